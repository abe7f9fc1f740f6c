"""Writing files so that a reader, or a crash, never meets half of one."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from viewer.errors import SaveError

_serial = itertools.count()
_READ_ONLY = {errno.EACCES, errno.EPERM, errno.EROFS}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def temporary_beside(path: Path) -> Path:
    """A name in the folder of `path` that nobody uses: only there can a file be swapped in atomically."""
    return path.with_name(f".{path.name}.{os.getpid()}-{next(_serial)}.tmp")


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file and wait until it is on the disk. Raises OSError."""
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` to `path` in one step. Raises SaveError; the file is then as it was."""
    temporary = temporary_beside(path)
    with saving_to(path), removing([temporary]):
        write_bytes(temporary, content)
        os.replace(temporary, path)
        _sync_folder(path.parent)


def replace_all(swaps: Sequence[tuple[Path, Path]]) -> None:
    """Put each temporary (first) in the place of its file (second): all of them, or none.

    Raises OSError when a swap fails; the files swapped before it have their old content again. Raises
    SaveError when even that cannot be had back: it tells where the old content is kept.
    """
    backups = {target: temporary_beside(target) for _, target in swaps}
    done: list[Path] = []
    with removing(backups.values()):
        for target, backup in backups.items():
            if target.exists():
                _second_name(target, backup)
        try:
            for temporary, target in swaps:
                os.replace(temporary, target)
                done.append(target)
        except OSError as error:
            _restore({target: backups[target] for target in done}, backups, error)
            raise
    for folder in {target.parent for _, target in swaps}:
        _sync_folder(folder)


def _restore(done: dict[Path, Path], backups: dict[Path, Path], cause: OSError) -> None:
    stranded = []
    for target, backup in done.items():
        try:
            if backup.exists():
                os.replace(backup, target)
            else:
                target.unlink()
        except OSError:
            stranded.append(backups.pop(target))
    if stranded:
        raise SaveError(
            f"could not be saved, and the old file could not be put back; it is kept as {stranded[0].name}",
            path=stranded[0].parent,
            hint="copy it to a safe place",
        ) from cause


@contextlib.contextmanager
def saving_to(path: Path) -> Iterator[None]:
    """Turn an OSError of the block into a SaveError about `path`."""
    try:
        yield
    except OSError as error:
        raise save_error(error, path) from error


def save_error(error: OSError, path: Path) -> SaveError:
    """What a failed write means to the user."""
    if error.errno in _READ_ONLY:
        return SaveError(
            "could not be saved: writing here is not allowed", path=path, hint="save to another folder"
        )
    if error.errno in _FULL:
        return SaveError(
            "could not be saved: no room is left on the disk",
            path=path,
            hint="make room or save to another folder",
        )
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        return SaveError(
            "could not be saved: its folder does not exist", path=path, hint="save to another folder"
        )
    return SaveError(f"could not be saved: {error.strerror or error}", path=path)


@contextlib.contextmanager
def removing(paths: Iterable[Path]) -> Iterator[None]:
    """Remove the files that are still there when the block ends, whatever happened."""
    try:
        yield
    finally:
        for path in paths:
            with contextlib.suppress(OSError):
                path.unlink()


def _second_name(path: Path, other: Path) -> None:
    """Keep the content of `path` under another name, too; a copy where there are no hard links."""
    try:
        os.link(path, other, follow_symlinks=False)
    except OSError:
        shutil.copy2(path, other)


def _sync_folder(folder: Path) -> None:
    """Make renames in a folder last; a no-op where folders cannot be opened (Windows)."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
