"""Where the files that travel with the program are."""

from __future__ import annotations

from pathlib import Path

from viewer.errors import ViewerError

_PACKAGE = Path(__file__).parent
_ROOTS = (_PACKAGE / "_resources", _PACKAGE.parent / "resources")  # an installed wheel, a checkout


def resource_path(*parts: str) -> Path:
    """A file or folder of `resources/`, by its path inside it. Raises ViewerError when it is not there."""
    for root in _ROOTS:
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise ViewerError(
        "a file that belongs to the program is missing",
        path=_ROOTS[-1].joinpath(*parts),
        hint="install the program again",
    )
