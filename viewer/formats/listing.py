"""What a folder holds."""

from __future__ import annotations

import os
from pathlib import Path

from viewer.errors import FormatError

# pathlib's own raise PermissionError below a folder that may not be entered


def is_file(path: Path) -> bool:
    """Whether there is a file, as far as one may look."""
    return os.path.isfile(path)


def is_folder(path: Path) -> bool:
    """Whether there is a folder, as far as one may look."""
    return os.path.isdir(path)


def exists(path: Path) -> bool:
    """Whether there is anything, as far as one may look."""
    return os.path.exists(path)


def entries_of(folder: Path) -> list[os.DirEntry[str]]:
    """The entries of a folder by name; none when there is no such folder.

    Raises FormatError when it may not be listed.
    """
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise FormatError(f"cannot be listed: {error.strerror or error}", path=folder) from error


def check_open(folder: Path) -> None:
    """Raises FormatError when there is a folder that may not be listed or entered."""
    entries_of(folder)
    try:
        os.stat(os.path.join(folder, "."))
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise FormatError(f"cannot be entered: {error.strerror or error}", path=folder) from error


def folders_in(folder: Path) -> list[Path]:
    """The visible folders in a folder, by name. Raises FormatError when it may not be listed."""
    return [
        Path(entry.path)
        for entry in entries_of(folder)
        if not entry.name.startswith(".") and _is_folder(entry)
    ]


def folders_allowed_in(folder: Path) -> list[Path]:
    """As `folders_in`; one that may not be listed, such as `lost+found`, counts as empty."""
    try:
        return folders_in(folder)
    except FormatError:
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads nowhere, or in circles
        return False
