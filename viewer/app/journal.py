"""The autosave: every stroke is written down before the next one begins, in the user's state folder."""

from __future__ import annotations

import contextlib
import errno
import itertools
import logging
import os
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psygnal import Signal

from viewer.app.deeds import Deed, LabelsReplaced, StepDone
from viewer.app.disk_sync import DiskSync
from viewer.app.file_lock import try_lock
from viewer.app.journal_format import SIGNATURE, encode_deed, encode_head, frame
from viewer.app.label_snapshot import LabelSnapshot
from viewer.app.labelling import Labelling
from viewer.app.state_folder import place_key, state_folder
from viewer.formats.atomic_file import save_error
from viewer.model.history import Step
from viewer.model.labels import ObjectLabels

log = logging.getLogger(__name__)

LARGEST_JOURNAL_BYTES = 64 << 20
"""A longer one is begun anew from the present labels."""
SUFFIX = ".journal"
_serial = itertools.count()


@dataclass(frozen=True, slots=True)
class Place:
    """The scene a journal belongs to."""

    name: str
    path: Path

    @property
    def folder(self) -> Path:
        """Where the journals of the scene are."""
        return state_folder() / "journals" / place_key(self.path)


class Journal:
    """Follows a labelling and writes down every deed; one file for each window that a scene is open in.

    A deed is with the system before the signal that tells it returns, so nothing is lost when the process is
    killed; a thread brings it to the disk, so that no stroke has to wait for that. The lock on the file tells
    other windows that its owner is alive.
    """

    trouble = Signal(str)
    """Autosave does not work, as a sentence; told once, until it works again."""

    def __init__(self, labelling: Labelling, place: Place) -> None:
        """Begin a journal from the present labels. Raises SaveError when it cannot be written at all."""
        self._labelling = labelling
        self._place = place
        self._path = place.folder / (
            f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}-{next(_serial)}{SUFFIX}"
        )
        self._handle: int | None = None
        self._size = 0
        self._strokes = 0  # since the last save
        self._is_behind = False
        self._disk = DiskSync()
        try:
            place.folder.mkdir(parents=True, exist_ok=True)
            self._begin(labelling.labels, is_saved=True)
        except OSError as error:
            raise save_error(error, self._path) from error
        labelling.deed_done.connect(self._note)
        labelling.was_saved.connect(self._start_from)

    @property
    def path(self) -> Path:
        return self._path

    def wait(self, timeout_s: float = 10.0) -> bool:
        """Wait until everything noted is on the disk itself; False when that takes too long."""
        return self._disk.wait(timeout_s)

    def close(self, *, keep: bool = False) -> None:
        """End the journal; the file goes too, unless it is to be kept for the next start."""
        if self._handle is None:
            return
        self._labelling.deed_done.disconnect(self._note)
        self._labelling.was_saved.disconnect(self._start_from)
        self._disk.stop()
        os.close(self._handle)
        self._handle = None
        if not keep:
            with contextlib.suppress(OSError):
                self._path.unlink()

    def _note(self, deed: Deed) -> None:
        """Append a deed."""
        if isinstance(deed, StepDone):
            self._strokes += 1
        if isinstance(deed, LabelsReplaced):
            self._strokes = 0
            self._try_to_begin(self._labelling.labels, is_saved=True)
        elif self._is_behind or self._size > LARGEST_JOURNAL_BYTES:
            self._try_to_begin(self._labelling.labels, is_saved=False)
        else:
            try:
                self._append(frame(encode_deed(deed)))
            except OSError as error:
                self._fall_behind(error)

    def _start_from(self, saved: LabelSnapshot) -> None:
        """Begin anew from what has been saved, with the steps done since."""
        steps = self._steps_since(saved)
        if steps is None:
            self._strokes = 1
            self._try_to_begin(self._labelling.labels, is_saved=False)
        else:
            self._strokes = len(steps)
            self._try_to_begin(saved.labels, is_saved=True, steps=steps)

    def _steps_since(self, saved: LabelSnapshot) -> Sequence[Step] | None:
        """The steps that lead from a saved state to the present one; None when none do."""
        history = self._labelling.history
        if history.position < saved.position:
            return None
        if saved.position and history.steps[saved.position - 1] is not saved.last_step:
            return None
        return history.steps[saved.position : history.position]

    def _try_to_begin(self, labels: ObjectLabels, *, is_saved: bool, steps: Sequence[Step] = ()) -> None:
        try:
            self._begin(labels, is_saved=is_saved, steps=steps)
        except OSError as error:
            self._fall_behind(error)
        else:
            self._is_behind = False

    def _begin(self, labels: ObjectLabels, *, is_saved: bool, steps: Sequence[Step] = ()) -> None:
        """Replace the journal by one that starts from labels. Raises OSError; the old one then stays."""
        head = frame(encode_head(self._facts(0 if is_saved else max(self._strokes, 1), len(steps)), labels))
        content = SIGNATURE + head + b"".join(frame(encode_deed(StepDone(step))) for step in steps)
        new_path = self._path.with_suffix(".new")
        handle = os.open(
            new_path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600
        )
        try:
            try_lock(handle)
            _write_whole(handle, content)
            os.fsync(handle)
            if sys.platform == "win32":  # where an open file cannot be replaced
                self._let_go()
            os.replace(new_path, self._path)
        except OSError:
            os.close(handle)
            with contextlib.suppress(OSError):
                new_path.unlink()
            raise
        self._let_go()
        self._handle, self._size = handle, len(content)
        self._disk.use(handle)

    def _let_go(self) -> None:
        self._disk.use(None)
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _append(self, record: bytes) -> None:
        if self._handle is None:
            raise OSError(errno.EBADF, "the journal is not open")
        try:
            _write_whole(self._handle, record)
        except OSError:
            # Half a record would hide all that come after it.
            with contextlib.suppress(OSError):
                os.ftruncate(self._handle, self._size)
            raise
        self._size += len(record)
        self._disk.sync()

    def _fall_behind(self, error: OSError) -> None:
        """A failure must not stop the stroke: it is told, and everything is written with the next one."""
        if not self._is_behind:
            self._is_behind = True
            log.error("autosave to %s failed: %s", self._path, error)
            self.trouble.emit(f"Strokes cannot be saved automatically: {error.strerror or error}")

    def _facts(self, unsaved_strokes: int, steps_to_follow: int) -> dict[str, Any]:
        instances = self._labelling.instances
        return {
            "scene": self._place.name,
            "path": str(self._place.path),
            "written": time.time(),
            "process": os.getpid(),
            "computer": socket.gethostname(),
            "unsaved_strokes": unsaved_strokes,
            "position": self._labelling.history.position - steps_to_follow,
            "instance_count": instances.count,
            "instance_colors": [[k, *rgb] for k, rgb in instances.own_colors.items()],
            "instance_names": [[k, name] for k, name in instances.own_names.items()],
        }


def _write_whole(handle: int, content: bytes) -> None:
    written = os.write(handle, content)
    while written < len(content):
        more = os.write(handle, content[written:])
        if not more:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written += more
