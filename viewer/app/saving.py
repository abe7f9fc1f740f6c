"""Save labels: never over somebody else's work, and never without a way back."""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from viewer.app.label_snapshot import LabelSnapshot
from viewer.app.state_folder import place_key, state_folder
from viewer.errors import SaveError
from viewer.formats.hypersim.labels import write_labels
from viewer.formats.hypersim.layout import LABEL_FILES
from viewer.formats.listing import is_file, is_folder

log = logging.getLogger(__name__)

KEPT_VERSIONS = 5
HDF5_TIME = slice(948, 952)
"""Where a label file holds its modification time."""
_STAMP = "%Y-%m-%dT%H-%M-%S-%f"


class ChangedOnDisk(SaveError):
    """Somebody else has written label files since they were read; nothing was overwritten."""


@dataclass(frozen=True, slots=True)
class FileMark:
    """By what a file is recognised as unchanged."""

    size: int
    modified_ns: int
    digest: str


FileMarks = Mapping[str, FileMark | None]
"""The label files of a folder by name; None for one that is not there."""


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """The label files as they were before a save."""

    folder: Path
    when: datetime  # of the save that replaced them


def mesh_folder_of(path: Path) -> Path:
    """Where labels belong when the user points at a folder: `_detail/mesh` inside a scene, else itself."""
    if is_folder(path / "_detail"):
        return path / "_detail" / "mesh"
    return path / "mesh" if path.name == "_detail" else path


def read_marks(folder: Path) -> FileMarks:
    """What the label files of a folder look like now."""
    return {name: _mark(folder / name) for name in LABEL_FILES}


def changed_files(folder: Path, expected: FileMarks) -> tuple[Path, ...]:
    """The label files whose content is not what it was; files that were only touched do not count."""
    changed = []
    for name, mark in expected.items():
        path = folder / name
        if not _is_same(path, mark):
            changed.append(path)
    return tuple(changed)


def save_labels(
    snapshot: LabelSnapshot, folder: Path, *, expected: FileMarks | None = None, keep: bool = True
) -> FileMarks:
    """Write the four label files, all or none; gives their marks, for the next save's `expected`.

    What they replace is kept: the last 5 versions, in the user's state folder. Raises ChangedOnDisk when a
    file is not as `expected` any more, SaveError when it cannot be written; the files are then as they were.
    """
    if expected is not None:
        changed = changed_files(folder, expected)
        if changed:
            names = ", ".join(path.name for path in changed)
            raise ChangedOnDisk(
                f"not saved: somebody else has changed {names} since the labels were loaded",
                path=folder,
                hint="save elsewhere, or save again to overwrite",
            )
    if keep:
        _keep_version(folder)
    write_labels(folder, snapshot.labels, snapshot.class_colors, snapshot.instance_colors)
    return read_marks(folder)


def kept_versions(folder: Path) -> tuple[KeptVersion, ...]:
    """The kept versions of a folder's label files, the newest first; each can be read like a mesh folder."""
    place = _versions_folder(folder)
    found = []
    for version in place.iterdir() if is_folder(place) else ():
        try:
            found.append(KeptVersion(version, datetime.strptime(version.name, _STAMP)))
        except ValueError:
            continue  # a version that was not finished, or a file of somebody else
    return tuple(sorted(found, key=lambda version: version.when, reverse=True))


def _keep_version(folder: Path) -> None:
    """Copy the label files that are about to be replaced. A save must not fail because this does."""
    present = [folder / name for name in LABEL_FILES if is_file(folder / name)]
    if not present:
        return
    place = _versions_folder(folder)
    versions = kept_versions(folder)
    if versions and all(_same_content(path, versions[0].folder / path.name) for path in present):
        return
    name = datetime.now().strftime(_STAMP)
    unfinished = place / f".{name}.unfinished"
    try:
        unfinished.mkdir(parents=True)
        for path in present:
            shutil.copy2(path, unfinished / path.name)
        unfinished.rename(place / name)
        for old in versions[KEPT_VERSIONS - 1 :]:
            shutil.rmtree(old.folder)
    except OSError as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        log.warning("the previous labels of %s could not be kept: %s", folder, error)


def _versions_folder(folder: Path) -> Path:
    return state_folder() / "versions" / place_key(folder)


def _mark(path: Path) -> FileMark | None:
    try:
        status = path.stat()
        return FileMark(status.st_size, status.st_mtime_ns, _digest(path))
    except OSError:
        return None


def _is_same(path: Path, mark: FileMark | None) -> bool:
    try:
        status = path.stat()
    except OSError:
        return mark is None
    if mark is None:
        return False
    if (status.st_size, status.st_mtime_ns) == (mark.size, mark.modified_ns):
        return True
    try:
        return status.st_size == mark.size and _digest(path) == mark.digest
    except OSError:
        return False


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _same_content(a: Path, b: Path) -> bool:
    """Whether two label files differ in nothing but the time that HDF5 notes in them."""
    try:
        first, second = bytearray(a.read_bytes()), bytearray(b.read_bytes())
    except OSError:
        return False
    first[HDF5_TIME] = second[HDF5_TIME] = bytes(4)
    return first == second
