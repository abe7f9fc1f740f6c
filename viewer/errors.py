"""Everything this program can explain to its user when something goes wrong."""

from __future__ import annotations

from pathlib import Path


class ViewerError(Exception):
    """A problem told in the user's words.

    `message` is one sentence, `hint` says what to do about it, `path` names the file or folder concerned.
    """

    def __init__(self, message: str, *, path: Path | str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.path = None if path is None else Path(path)
        self.hint = hint

    @property
    def sentence(self) -> str:
        """What went wrong, with a capital and a full stop."""
        return f"{self.message[:1].upper()}{self.message[1:]}."

    def __str__(self) -> str:
        where = "" if self.path is None else f"{self.path}: "
        advice = "" if self.hint is None else f" ({self.hint})"
        return f"{where}{self.message}{advice}"


class FormatError(ViewerError):
    """A file breaks its layout; the message says what was expected and what was found."""


class LabelError(ViewerError):
    """Labels do not fit the scene, or an id is reserved or unknown."""


class SaveError(ViewerError):
    """Nothing was written; the previous files are intact."""


class GpuError(ViewerError):
    """No OpenGL context, not enough memory, or a driver limit."""


class UsageError(ViewerError):
    """Words on the command line that do not go together."""


class Cancelled(Exception):
    """The user asked a job to stop. Not an error and never shown."""
