"""What a crash left behind: finding it, telling what it holds, and bringing it back."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from viewer.app.deeds import Deed, StepDone, WentTo
from viewer.app.file_lock import try_lock
from viewer.app.journal import SUFFIX, Place
from viewer.app.journal_format import JournalContent, decode
from viewer.app.labelling import Labelling
from viewer.errors import FormatError, LabelError
from viewer.model.history import Step
from viewer.model.instances import RGB, InstanceIds
from viewer.model.label_table import LabelClass, LabelTable
from viewer.model.labels import ObjectLabels

log = logging.getLogger(__name__)

_ANY_TABLE = LabelTable((LabelClass(1, "", (0, 0, 0)),))
"""Repeating steps does not ask for the names of classes."""


@dataclass(frozen=True, slots=True)
class OtherWindow:
    """The scene is open in another window, here or on another computer with the same home folder."""

    process: int
    computer: str
    since: datetime


@dataclass(frozen=True, slots=True, eq=False)
class UnsavedWork:
    """Labels that were never saved."""

    path: Path  # of the journal
    scene_name: str
    scene_path: Path
    strokes: int
    last_change: datetime
    base: ObjectLabels  # from where the deeds lead on
    deeds: tuple[Deed, ...]
    labels: ObjectLabels  # where they lead to
    instances: InstanceIds
    base_position: int  # in the history of the window that wrote the journal
    base_is_unsaved: bool
    base_colors: Mapping[int, RGB]  # chosen for instances

    @property
    def has_changes(self) -> bool:
        """Whether there is anything to bring back; strokes that were undone again are not."""
        is_other = not self.labels.equals(self.base)
        return is_other or self.base_is_unsaved or self.instances.own_colors != self.base_colors

    def differing_objects(self, labels: ObjectLabels) -> int:
        """How many objects are labelled otherwise here."""
        if len(labels) != len(self.labels):
            return len(self.labels)
        other = (labels.semantic != self.labels.semantic) | (labels.instance != self.labels.instance)
        return int(np.count_nonzero(other))


def find_unsaved(place: Place) -> tuple[UnsavedWork, ...]:
    """What windows that are gone have left unsaved of a scene, the newest first.

    Journals of theirs in which nothing was changed are removed.
    """
    found = []
    for path in _journals(place):
        if _owner_is_alive(path):
            continue
        try:
            work = replay_journal(path)
        except FormatError as error:
            log.info("the journal %s cannot be used: %s", path, error)
            continue
        if work.has_changes:
            found.append(work)
        else:
            discard(work)
    return tuple(sorted(found, key=lambda work: work.last_change, reverse=True))


def other_windows(place: Place, own: Path | None = None) -> tuple[OtherWindow, ...]:
    """Who else has the scene open; `own` is the path of this window's journal."""
    others = []
    for path in _journals(place):
        if path == own or not _owner_is_alive(path):
            continue
        with contextlib.suppress(FormatError, OSError, KeyError, ValueError):
            facts = decode(path.read_bytes()).head.facts
            others.append(
                OtherWindow(
                    int(facts["process"]), str(facts["computer"]), datetime.fromtimestamp(facts["written"])
                )
            )
    return tuple(others)


def replay_journal(path: Path) -> UnsavedWork:
    """What a journal leads to; a torn last record is left out. Raises FormatError."""
    try:
        content = decode(path.read_bytes())
        changed = datetime.fromtimestamp(path.stat().st_mtime)
    except OSError as error:
        raise FormatError(f"this journal cannot be read: {error.strerror or error}", path=path) from error
    except FormatError as error:
        raise FormatError(error.message, path=path) from error
    return _work(path, content, changed)


def restore(work: UnsavedWork, labelling: Labelling) -> None:
    """Bring unsaved labels back, step by step where the labels are still those they began from.

    Otherwise in one step. Raises LabelError when they are for another number of objects.
    """
    if len(work.labels) != labelling.object_count:
        raise LabelError(
            f"expected labels of {labelling.object_count} objects as the scene has, found {len(work.labels)}",
            path=work.path,
        )
    if labelling.labels.equals(work.base) and not work.base_is_unsaved and not labelling.history.steps:
        _repeat(work.deeds, labelling, work.base_position)
    else:
        labelling.replace_labels("Restore unsaved labels", work.labels)
    labelling.adopt_instances(work.instances)


def discard(work: UnsavedWork) -> None:
    """Forget unsaved labels for good."""
    with contextlib.suppress(OSError):
        work.path.unlink()
    with contextlib.suppress(OSError):
        work.path.parent.rmdir()  # which works only when nothing else is in it


def _journals(place: Place) -> list[Path]:
    try:
        return sorted(path for path in place.folder.iterdir() if path.suffix == SUFFIX)
    except OSError:
        return []


def _owner_is_alive(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return not try_lock(handle)
    finally:
        os.close(handle)


def _work(path: Path, content: JournalContent, changed: datetime) -> UnsavedWork:
    facts: Mapping[str, Any] = content.head.facts
    base = content.head.labels
    before = int(facts.get("unsaved_strokes", 0))
    scratch = Labelling(base.copy(), _ANY_TABLE, _instances(facts))
    _repeat(content.deeds, scratch, int(facts.get("position", 0)))
    strokes = before + sum(isinstance(deed, StepDone) for deed in content.deeds)
    return UnsavedWork(
        path,
        str(facts.get("scene", path.parent.name)),
        Path(str(facts.get("path", ""))),
        strokes,
        changed,
        base,
        content.deeds,
        scratch.labels,
        scratch.instances,
        int(facts.get("position", 0)),
        before > 0,
        _instances(facts).own_colors,
    )


def _repeat(deeds: tuple[Deed, ...], labelling: Labelling, base_position: int) -> None:
    """Do deeds again, on a labelling with an empty history.

    Positions are those in the history of the window that noted them; `base_position` is where the journal
    begins in it. When that window undid a step from before, or redid one, the steps here cannot follow: from
    then on, what undo and redo changed is repeated as steps of its own.
    """
    in_step = True
    for deed in deeds:
        if not isinstance(deed, WentTo):
            labelling.repeat(deed)
            continue
        target = deed.position - base_position
        in_step = in_step and 0 <= target <= len(labelling.history.steps)
        if in_step:
            labelling.go_to(target)
        elif deed.edits:
            labelling.repeat(StepDone(Step.of("Undo or redo", deed.edits, labelling.instances.count)))


def _instances(facts: Mapping[str, Any]) -> InstanceIds:
    instances = InstanceIds(max(1, int(facts.get("instance_count", 1))))
    for instance_id, red, green, blue in facts.get("instance_colors", ()):
        instances.set_color(int(instance_id), (int(red), int(green), int(blue)))
    for instance_id, name in facts.get("instance_names", ()):
        instances.set_name(int(instance_id), str(name))
    return instances
