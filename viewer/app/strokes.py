"""What a stroke does, decided before anything is changed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from viewer.app.brush import Brush
from viewer.app.painting import Picker
from viewer.model.filters import select
from viewer.model.label_table import LabelTable
from viewer.model.labels import NO_LABEL, LabelEdit, LabelLayer, ObjectLabels
from viewer.tools.registry import tool_named
from viewer.tools.tool import Cover, Gesture, TakeLabel

_NOTHING: NDArray[np.int64] = np.empty(0, np.int64)
_NOTHING.flags.writeable = False


def _nothing() -> NDArray[np.int64]:
    return _NOTHING


@dataclass(frozen=True, slots=True, eq=False)
class StrokeResult:
    """What a stroke did, or would do. Object ids are ascending."""

    edit: LabelEdit | None = None  # None when no label changes
    hit_objects: NDArray[np.int64] = field(default_factory=_nothing)
    selected: NDArray[np.int64] = field(default_factory=_nothing)
    filtered: NDArray[np.int64] = field(default_factory=_nothing)  # hit, but rejected by the filters
    locked: NDArray[np.int64] = field(default_factory=_nothing)  # left alone because they are locked
    title: str = ""  # the name of the step
    taken: int | None = None  # the id an eyedropper took
    new_instances: int = 0  # ids that the stroke creates
    is_stroke: bool = False  # False for an eyedropper, and for a gesture without any position

    @property
    def changed(self) -> NDArray[np.int64]:
        """Objects whose label changes."""
        return _NOTHING if self.edit is None else self.edit.object_ids

    @property
    def overwritten(self) -> NDArray[np.int64]:
        """Objects that lose a label they had."""
        return _NOTHING if self.edit is None else self.edit.object_ids[self.edit.before != NO_LABEL]

    @property
    def change(self) -> str:
        """What it does: "12 objects → chair"; nothing when no label changes."""
        return self.title.partition(": ")[2]

    @property
    def remarks(self) -> str:
        """What it does besides, and what it leaves alone: "3 overwritten, 5 filtered out"."""
        kinds = (
            (self.overwritten, "overwritten"),
            (self.filtered, "filtered out"),
            (self.locked, "locked"),
        )
        return ", ".join(f"{len(ids):,} {what}" for ids, what in kinds if len(ids))

    @property
    def summary(self) -> str:
        """ "12 objects, 3 overwritten, 5 filtered out"."""
        objects = counted(len(self.changed), "object")
        return f"{objects}, {self.remarks}" if self.remarks else objects


@dataclass(frozen=True, slots=True, eq=False)
class Stroking:
    """A stroke that is about to be applied."""

    gesture: Gesture
    picker: Picker
    result: StrokeResult


def plan_stroke(
    gesture: Gesture,
    picker: Picker,
    brush: Brush,
    labels: ObjectLabels,
    table: LabelTable,
    instance_count: int,
    locked: NDArray[np.bool_] | None = None,
) -> StrokeResult:
    """What a gesture does with a brush. Nothing is changed."""
    outcome = tool_named(brush.tool).finish(gesture)
    match outcome:
        case Cover():
            return _plan_cover(outcome, picker, brush, labels, table, instance_count, locked)
        case TakeLabel():
            return _plan_taking(outcome, picker, brush, labels)
        case None:
            return StrokeResult()


def _plan_cover(
    outcome: Cover,
    picker: Picker,
    brush: Brush,
    labels: ObjectLabels,
    table: LabelTable,
    instance_count: int,
    locked: NDArray[np.bool_] | None,
) -> StrokeResult:
    pick = picker.objects_through if brush.select_through else picker.objects_hit
    selection = select(pick(outcome.pixels), labels, brush.filters, brush.prefer, locked)
    new_instances = len(selection.selected) if brush.gives_unique_ids else 0
    values: NDArray[np.int64] | int
    if brush.erase:
        values = NO_LABEL
    elif brush.gives_unique_ids:
        values = instance_count + 1 + np.arange(new_instances)
    else:
        values = brush.current_id
    edit = LabelEdit.assign(labels, brush.layer, selection.selected, values)
    return StrokeResult(
        edit,
        selection.hit,
        selection.selected,
        selection.filtered,
        selection.locked,
        "" if edit is None else f"{tool_named(brush.tool).title}: {_told(edit, brush, table)}",
        None,
        new_instances,
        True,
    )


def _plan_taking(outcome: TakeLabel, picker: Picker, brush: Brush, labels: ObjectLabels) -> StrokeResult:
    object_id = picker.object_at(outcome.x, outcome.y)
    if not 0 <= object_id < len(labels):
        return StrokeResult()
    label = int(labels.layer(brush.layer)[object_id])
    hit = np.array([object_id])
    return StrokeResult(hit_objects=hit, taken=label if label != NO_LABEL else None)


def _told(edit: LabelEdit, brush: Brush, table: LabelTable) -> str:
    objects = counted(len(edit.object_ids), "object")
    if brush.erase:
        return f"{objects} erased"
    return f"{objects} → {label_title(edit, table)}"


def label_title(edit: LabelEdit, table: LabelTable) -> str:
    """What an edit gives, in words: the name of a class, "instance 7", "3 instances"."""
    first = int(edit.after[0])
    if (edit.after != first).any():
        return (
            f"{len(np.unique(edit.after))} {'classes' if edit.layer is LabelLayer.SEMANTIC else 'instances'}"
        )
    return table.name_of(first) if edit.layer is LabelLayer.SEMANTIC else f"instance {first}"


def counted(count: int, what: str) -> str:
    """ "1 object", "12 objects"."""
    return f"{count} {what}" if count == 1 else f"{count:,} {what}s"
