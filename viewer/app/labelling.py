"""Labelling: the labels being edited, and everything that may be done to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from psygnal import Signal

from viewer.app.brush import Brush
from viewer.app.deeds import Deed, InstancesCounted, InstanceStyled, LabelsReplaced, StepDone, WentTo
from viewer.app.label_fitting import edits_between, fitting, largest_instance, net_edits, saved_instances
from viewer.app.label_snapshot import LabelSnapshot, class_color_rows, instance_color_rows
from viewer.app.painting import Picker
from viewer.app.strokes import StrokeResult, Stroking, counted, label_title, plan_stroke
from viewer.errors import LabelError
from viewer.model.filters import Filter
from viewer.model.history import History, Step
from viewer.model.instances import RGB, InstanceIds
from viewer.model.label_table import LabelTable
from viewer.model.labels import NO_LABEL, LabelChange, LabelEdit, LabelLayer, ObjectLabels
from viewer.model.saved_labels import SavedLabels
from viewer.model.scene import Scene
from viewer.tools.tool import Gesture


class Labelling:
    """The labels of one scene, the brush, and the history. Lives on the main thread.

    `deed_done` tells every change in a form that `repeat` can do again.
    """

    labels_changed = Signal(LabelChange)
    instances_changed = Signal()
    brush_changed = Signal()
    history_changed = Signal()
    history_walked = Signal(int, int)  # positions before and after: steps were undone or redone
    saved_changed = Signal()
    locks_changed = Signal()
    table_changed = Signal()
    deed_done = Signal(object)  # Deed
    was_saved = Signal(object)  # LabelSnapshot
    stroke_begins = Signal(object)  # Stroking

    def __init__(self, labels: ObjectLabels, table: LabelTable, instances: InstanceIds | None = None) -> None:
        self.labels = labels
        self.table = table
        self.instances = instances if instances is not None else InstanceIds(largest_instance(labels))
        self.history = History()
        self.brush = Brush(class_id=first_class(table), instance_id=self.instances.count)
        self.locked_objects: NDArray[np.int64] = np.empty(0, np.int64)
        self.locked_classes: frozenset[int] = frozenset()
        self._class_colors: NDArray[np.int64] | None = None
        self._saved_colors = dict(self.instances.own_colors)
        self._was_dirty = False

    @classmethod
    def for_scene(cls, scene: Scene, table: LabelTable) -> Labelling:
        """The labels a scene was saved with, or none; ids and colors as in its files.

        Raises LabelError when the saved labels do not fit the scene.
        """
        saved = scene.part(SavedLabels)
        if saved is None:
            return cls(ObjectLabels.none(scene.object_count), table)
        labels = fitting(saved, scene.object_count)
        labelling = cls(labels, table, saved_instances(labels, saved.instance_colors))
        labelling._class_colors = saved.class_colors
        return labelling

    @property
    def object_count(self) -> int:
        return len(self.labels)

    # the brush

    def set_brush(self, **changes: Any) -> None:
        """Change fields of the brush; toggling erase or unique, either way, clears the other."""
        self._use(self.brush.changed(**changes))

    def set_filter(self, which: Filter, on: bool) -> None:
        """Turn one of the four filters on or off; its opposite goes off with either."""
        self._use(self.brush.with_filter(which, on))

    def set_table(self, table: LabelTable) -> None:
        """Use other classes; labels keep their ids."""
        if table == self.table:
            return
        self.table = table
        self.table_changed.emit()
        everything = np.flatnonzero(self.labels.semantic != NO_LABEL)
        if len(everything):
            self.labels_changed.emit(LabelChange(LabelLayer.SEMANTIC, everything))
        if table.get(self.brush.class_id) is None:
            self.set_brush(class_id=first_class(table))

    # instances

    def create_instance(self) -> int:
        """Add an instance id and make it the current one."""
        newest = self.instances.create()
        self.deed_done.emit(InstancesCounted(newest))
        self.instances_changed.emit()
        self.set_brush(instance_id=newest)
        return newest

    def create_instance_in_layer(self) -> int | None:
        """Space and Shift + right click: as `create_instance`, but nothing while classes are painted."""
        return self.create_instance() if self.brush.layer is LabelLayer.INSTANCE else None

    def set_instance_color(self, instance_id: int, rgb: RGB | None) -> None:
        """Recolor an instance; None = the usual color."""
        self._style(instance_id, rgb, self.instances.own_names.get(instance_id))

    def set_instance_name(self, instance_id: int, name: str | None) -> None:
        """Name an instance for this session; the four files have no place for names."""
        self._style(instance_id, self.instances.own_colors.get(instance_id), name)

    # locks

    def set_locked_objects(self, object_ids: ArrayLike) -> None:
        """Objects that no stroke changes."""
        ids = np.unique(np.asarray(object_ids, np.int64))
        if not np.array_equal(ids, self.locked_objects):
            self.locked_objects = ids
            self.locks_changed.emit()

    def set_locked_classes(self, class_ids: Iterable[int]) -> None:
        """Classes whose objects no stroke changes."""
        classes = frozenset(class_ids)
        if classes != self.locked_classes:
            self.locked_classes = classes
            self.locks_changed.emit()

    @property
    def locked(self) -> NDArray[np.bool_] | None:
        """(O,) which objects are locked; None when none is."""
        if not len(self.locked_objects) and not self.locked_classes:
            return None
        mask = np.isin(self.labels.semantic, list(self.locked_classes))
        mask[self.locked_objects] = True
        return mask

    # strokes and other edits

    def preview(self, gesture: Gesture, picker: Picker) -> StrokeResult:
        """What `stroke` would do; changes nothing."""
        return plan_stroke(
            gesture, picker, self.brush, self.labels, self.table, self.instances.count, self.locked
        )

    def stroke(self, gesture: Gesture, picker: Picker) -> StrokeResult:
        """Do what the tool of the brush does with a finished gesture; one step if any label changes."""
        result = self.preview(gesture, picker)
        self.stroke_begins.emit(Stroking(gesture, picker, result))
        if result.taken is not None:
            self._use(self.brush.with_current_id(result.taken))
        if result.new_instances:
            self.instances.create(result.new_instances)
        if result.edit is not None:
            self._do(result.title, (result.edit,))
        if result.new_instances:
            self.instances_changed.emit()
            self.set_brush(instance_id=self.instances.count)
        return result

    def assign(
        self, object_ids: ArrayLike, label: int = NO_LABEL, layer: LabelLayer | None = None
    ) -> LabelEdit | None:
        """Give objects a label (-1 = none) without a stroke; locked ones stay. None when nothing changes."""
        where = self.brush.layer if layer is None else layer
        edit = LabelEdit.assign(self.labels, where, self._open(object_ids), label)
        if edit is not None:
            objects = counted(len(edit.object_ids), "object")
            what = "erased" if label == NO_LABEL else f"→ {label_title(edit, self.table)}"
            self._do(f"{objects} {what}", (edit,))
        return edit

    def merge_instances(self, instance_ids: Sequence[int]) -> LabelEdit | None:
        """Give all objects of several instances the smallest of their ids."""
        ids = sorted(set(instance_ids))
        objects = np.flatnonzero(np.isin(self.labels.instance, ids))
        edit = (
            LabelEdit.assign(self.labels, LabelLayer.INSTANCE, self._open(objects), ids[0]) if ids else None
        )
        if edit is not None:
            self._do(f"Merge {counted(len(ids), 'instance')} → instance {ids[0]}", (edit,))
        return edit

    def split_objects(self, object_ids: ArrayLike, *, each: bool = False) -> LabelEdit | None:
        """Take objects out of their instances: into a new one together, or each into one of its own."""
        objects = self._open(object_ids)
        if not len(objects):
            return None
        first = self.instances.count + 1
        self.instances.create(len(objects) if each else 1)
        values = first + np.arange(len(objects)) if each else first
        edit = LabelEdit.assign(self.labels, LabelLayer.INSTANCE, objects, values)
        if edit is not None:
            self._do(f"Split: {counted(len(objects), 'object')} → {label_title(edit, self.table)}", (edit,))
        self.instances_changed.emit()
        self.set_brush(instance_id=self.instances.count)
        return edit

    def load_labels(
        self, labels: SavedLabels | ObjectLabels, *, as_command: bool = True, title: str = "Load labels"
    ) -> None:
        """Replace all labels. The instance ids start anew as 1..largest, the last one current.

        As a command it is one step; undo brings back the labels, not the ids. Else the history starts anew
        too, and the labels count as saved. Raises LabelError, changing nothing, when they do not fit.
        """
        new = fitting(labels, self.object_count)
        count = largest_instance(new)
        edits = edits_between(self.labels, new)
        self.instances.rebuild(count)
        if as_command:
            self.deed_done.emit(InstancesCounted(count, restarted=True))
            if edits:
                self._do(title, edits)
        else:
            changes = [edit.apply(self.labels) for edit in edits]
            self.history.clear()
            self._saved_colors = {}
            self.deed_done.emit(LabelsReplaced())
            for change in changes:
                self.labels_changed.emit(change)
            self._tell_history()
        self.instances_changed.emit()
        self.set_brush(instance_id=count)

    def replace_labels(self, title: str, labels: ObjectLabels) -> None:
        """Replace all labels in one step; the instance ids stay. Raises LabelError when they do not fit."""
        edits = edits_between(self.labels, fitting(labels, self.object_count))
        if edits:
            self._do(title, edits)

    def adopt_instances(self, instances: InstanceIds) -> None:
        """Add the ids, colors and names of another list."""
        if instances.count > self.instances.count:
            self.instances.create(instances.count - self.instances.count)
            self.deed_done.emit(InstancesCounted(instances.count))
            self.instances_changed.emit()
        for instance_id in {*instances.own_colors, *instances.own_names}:
            self._style(
                instance_id,
                instances.own_colors.get(instance_id, self.instances.own_colors.get(instance_id)),
                instances.own_names.get(instance_id, self.instances.own_names.get(instance_id)),
            )

    def reset(self) -> None:
        """Remove all labels: one step. The instance ids start anew."""
        self.load_labels(ObjectLabels.none(self.object_count))

    # history

    def undo(self) -> None:
        self.go_to(self.history.position - 1)

    def redo(self) -> None:
        self.go_to(self.history.position + 1)

    def go_to(self, position: int) -> None:
        """Undo or redo up to a position of the history; beyond its ends, to the nearest one."""
        start, before = self.history.position, self.labels.copy()
        changes = list(self.history.walk(position, self.labels))
        if self.history.position == start:
            return
        edits = net_edits(before, self.labels, changes)
        self.deed_done.emit(WentTo(self.history.position, edits))
        for edit in edits:
            self.labels_changed.emit(LabelChange(edit.layer, edit.object_ids))
        self._tell_history()
        self.history_walked.emit(start, self.history.position)

    def repeat(self, deed: Deed) -> None:
        """Do again what `deed_done` once told, on labels that are as they were then."""
        match deed:
            case StepDone(step):
                grown = step.instance_count > self.instances.count
                if grown:
                    self.instances.create(step.instance_count - self.instances.count)
                self._push(step)
                if grown:
                    self.instances_changed.emit()
                    self.set_brush(instance_id=self.instances.count)
            case WentTo(position, _):
                self.go_to(position)
            case InstancesCounted(count, restarted):
                if restarted or count < self.instances.count:
                    self.instances.rebuild(count)
                elif count > self.instances.count:
                    self.instances.create(count - self.instances.count)
                self.deed_done.emit(deed)
                self.instances_changed.emit()
                self.set_brush(instance_id=count)
            case InstanceStyled(instance_id, color, name):
                self._style(instance_id, color, name)
            case LabelsReplaced():
                raise LabelError(
                    "labels that were replaced as a whole cannot be repeated from a record of it"
                )

    # saving

    @property
    def is_dirty(self) -> bool:
        """Whether labels or colors differ from what was last saved."""
        return not self.history.is_clean or dict(self.instances.own_colors) != self._saved_colors

    def snapshot(self) -> LabelSnapshot:
        """What a save has to write."""
        position = self.history.position
        return LabelSnapshot(
            self.labels.copy(),
            class_color_rows(self.labels, self.table, self._class_colors),
            instance_color_rows(self.labels, self.instances),
            position,
            self.history.steps[position - 1] if position else None,
        )

    def mark_saved(self, snapshot: LabelSnapshot | None = None) -> None:
        """Say that the present state, or that of a snapshot, is on disk now."""
        saved = self.snapshot() if snapshot is None else snapshot
        steps, position = self.history.steps, saved.position
        if position == 0 or (position <= len(steps) and steps[position - 1] is saved.last_step):
            self.history.mark_clean(position)
        else:
            self.history.forget_clean()
        own = self.instances.own_colors
        self._saved_colors = {
            k: rgb
            for k, rgb in own.items()
            if k < len(saved.instance_colors) and tuple(saved.instance_colors[k].tolist()) == rgb
        }
        self.was_saved.emit(saved)
        self._tell_saved()

    def mark_unsaved(self) -> None:
        """Say that what is on disk is something else, such as after restoring a recovery copy."""
        self.history.forget_clean()
        self._tell_saved()

    def _use(self, brush: Brush) -> None:
        if brush != self.brush:
            self.brush = brush
            self.brush_changed.emit()

    def _style(self, instance_id: int, color: RGB | None, name: str | None) -> None:
        before = self.instances.color_of(instance_id), self.instances.name_of(instance_id)
        self.instances.set_color(instance_id, color)
        self.instances.set_name(instance_id, name)
        if (self.instances.color_of(instance_id), self.instances.name_of(instance_id)) != before:
            own = self.instances
            self.deed_done.emit(
                InstanceStyled(instance_id, own.own_colors.get(instance_id), own.own_names.get(instance_id))
            )
            self.instances_changed.emit()
            self._tell_saved()

    def _open(self, object_ids: ArrayLike) -> NDArray[np.int64]:
        """Those of the objects that exist and are not locked."""
        ids = np.unique(np.asarray(object_ids, np.int64))
        ids = ids[(ids >= 0) & (ids < self.object_count)]
        locked = self.locked
        return ids if locked is None else ids[~locked[ids]]

    def _do(self, title: str, edits: Sequence[LabelEdit]) -> None:
        self._push(Step.of(title, edits, self.instances.count))

    def _push(self, step: Step) -> None:
        changes = step.apply(self.labels)
        self.history.push(step)
        self.deed_done.emit(StepDone(step))
        for change in changes:
            self.labels_changed.emit(change)
        self._tell_history()

    def _tell_history(self) -> None:
        self.history_changed.emit()
        self._tell_saved()

    def _tell_saved(self) -> None:
        if self.is_dirty != self._was_dirty:
            self._was_dirty = self.is_dirty
            self.saved_changed.emit()


def first_class(table: LabelTable) -> int:
    """The class that is current at first: 1, as in the original tool, or else the table's first."""
    return 1 if table.get(1) is not None else table.classes[0].id
