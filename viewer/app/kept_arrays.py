"""Arrays kept in a file per user, so that what was computed once need not be computed again.

A digest at the end of the file tells damage before numpy sees it: what a damaged archive makes zipfile and
numpy raise, nobody can foresee.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.errors import SaveError
from viewer.formats.atomic_file import replace_file

log = logging.getLogger(__name__)
_CHECK_BYTES = 16


def load_arrays(file: Path) -> dict[str, NDArray[Any]] | None:
    """What `keep_arrays` wrote; None when there is nothing, or when the file is damaged."""
    try:
        content = memoryview(file.read_bytes())
        archive, check = content[:-_CHECK_BYTES], content[-_CHECK_BYTES:]
        if _digest(archive) != check:
            log.info("the file %s is damaged: what it held is computed again", file)
            return None
        with np.load(io.BytesIO(archive), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        os.utime(file)  # the files used longest ago go first
    except FileNotFoundError:
        return None
    except OSError as error:
        log.info("the file %s cannot be read, what it held is computed again: %s", file, error)
        return None
    return arrays


def keep_arrays(file: Path, arrays: Mapping[str, Any], *, most_bytes: int, compress: bool = False) -> None:
    """Write arrays for the next time; the folder's files used longest ago go when it grows over `most_bytes`.

    A folder that cannot be written to is logged and is no error.
    """
    archive = io.BytesIO()
    save = np.savez_compressed if compress else np.savez
    save(archive, **arrays)
    content = archive.getvalue()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        replace_file(file, content + _digest(content))
        _make_room(file.parent, most_bytes)
    except (OSError, SaveError) as error:
        log.info("%s was not kept for the next time: %s", file.name, error)


def _digest(content: bytes | memoryview) -> bytes:
    return hashlib.blake2b(content, digest_size=_CHECK_BYTES).digest()


def _make_room(folder: Path, most_bytes: int) -> None:
    kept = 0
    newest_first = sorted(folder.glob("*.npz"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    for position, file in enumerate(newest_first):
        kept += file.stat().st_size
        if position > 0 and kept > most_bytes:
            file.unlink(missing_ok=True)
