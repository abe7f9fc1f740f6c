"""What the program asks of a dataset's reader."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from viewer.jobs.job import Progress
from viewer.model.scene import Scene


@dataclass(frozen=True, slots=True)
class SceneMatch:
    """A scene that a reader found: its name and the folders that hold its parts, the best first."""

    name: str
    folders: tuple[Path, ...]
    reader_key: str
    roots: tuple[Path, ...] = ()
    """What the user pointed at, overlays included: tables about the whole dataset may lie there."""


class Reader(Protocol):
    """Reads one kind of dataset."""

    @property
    def key(self) -> str:
        """Short name for settings and the command line."""
        ...

    @property
    def title(self) -> str:
        """Name for people."""
        ...

    def recognise(self, path: Path) -> tuple[SceneMatch, ...]:
        """The scenes at or under `path`, by the names of files alone; none when it is another dataset."""
        ...

    def read(self, match: SceneMatch, progress: Progress) -> Scene:
        """The scene with every part that could be read; what could not is a `Gap`."""
        ...

    def survey(self, match: SceneMatch, progress: Progress) -> Scene:
        """The scene as `read` gives it, but with the sizes of its large parts in their place."""
        ...
