"""The log that tells when a scene was loaded and unloaded for labelling."""

from __future__ import annotations

import re
import time
from datetime import datetime
from pathlib import Path

from viewer.formats.atomic_file import saving_to
from viewer.formats.hypersim.layout import SESSION_LOG
from viewer.model.dataset_notes import LabellingTime

_PREFIX = "[HYPERSIM: SCENE_ANNOTATION_TOOL]"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LINE = re.compile(
    re.escape(_PREFIX) + r" (Loaded|Unloaded) scene: +\w{3} (\w{3}) +(\d+) (\d+):(\d+):(\d+) (\d{4})\s*"
)


def append_loaded(folder: Path, when: datetime) -> None:
    """Note that the scene with this mesh folder was opened for labelling. Raises SaveError."""
    _append(folder, "Loaded scene:  ", when)


def append_unloaded(folder: Path, when: datetime) -> None:
    """Note that the scene with this mesh folder was closed. Raises SaveError."""
    _append(folder, "Unloaded scene:", when)


def _append(folder: Path, event: str, when: datetime) -> None:
    path = folder / SESSION_LOG
    # asctime and not strftime: the names of days and months are English in every locale.
    line = f"{_PREFIX} {event} {time.asctime(when.timetuple())}\n"
    with saving_to(path), path.open("a", encoding="ascii", newline="\n") as stream:
        stream.write(line)


def labelling_time(text: str) -> LabellingTime:
    """Sum over matched pairs of loading and unloading in a log.

    A load that is followed by another load counts for nothing, an unload without a load is told as a warning.
    """
    loaded: datetime | None = None
    seconds, sessions = 0.0, 0
    warnings: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        event = _event(line)
        if event is None:
            warnings.append(f"line {number} is no load or unload")
        elif event[0] == "Loaded":
            loaded = event[1]
        elif loaded is None:
            warnings.append(f"line {number}: unloaded without being loaded")
        else:
            seconds += max((event[1] - loaded).total_seconds(), 0.0)
            sessions += 1
            loaded = None
    return LabellingTime(seconds, sessions, tuple(warnings))


def _event(line: str) -> tuple[str, datetime] | None:
    match = _LINE.fullmatch(line)
    if match is None or match[2] not in _MONTHS:
        return None
    day, hour, minute, second, year = (int(match[k]) for k in range(3, 8))
    try:
        return match[1], datetime(year, _MONTHS.index(match[2]) + 1, day, hour, minute, second)
    except ValueError:
        return None
