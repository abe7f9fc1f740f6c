"""What the Label menu does to the selection: labels, instances and locks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from viewer.app.labelling import Labelling
from viewer.app.strokes import counted
from viewer.errors import ViewerError
from viewer.model.labels import NO_LABEL, LabelEdit
from viewer.ui.instance_dialogs import ask_instance_color, ask_instance_name

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

Deed = Callable[[Labelling, NDArray[np.int64]], object]


class LabelCommands(QObject):
    """Each is one step of the history, done after the strokes that are still being computed."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    # labels of the selection

    def label_selection(self) -> None:
        """Give the selected objects the label that strokes give now."""
        self._on_selection(lambda one, objects: self._assign(one, objects, one.brush.current_id))

    def erase_selection(self) -> None:
        """Take the label of the current layer from the selected objects."""
        self._on_selection(lambda one, objects: self._assign(one, objects, NO_LABEL))

    def _assign(self, labelling: Labelling, objects: NDArray[np.int64], label: int) -> None:
        locked = self._locked_among(labelling, objects)
        self._tell(labelling, labelling.assign(objects, label), locked)

    # instances

    def group_selection(self) -> None:
        """Put the selected objects into one new instance."""
        self._split(each=False)

    def split_selection(self) -> None:
        """Give every selected object an instance of its own."""
        self._split(each=True)

    def _split(self, *, each: bool) -> None:
        def split(labelling: Labelling, objects: NDArray[np.int64]) -> None:
            locked = self._locked_among(labelling, objects)
            self._tell(labelling, labelling.split_objects(objects, each=each), locked)

        self._on_selection(split)

    def merge_instances(self) -> None:
        """Make one of the instances that the selected objects belong to."""

        def merge(labelling: Labelling, objects: NDArray[np.int64]) -> None:
            ids = np.unique(labelling.labels.instance[objects])
            ids = ids[ids != NO_LABEL]
            if len(ids) < 2:
                self._window.tell("Select objects of two or more instances to merge these")
                return
            members = np.flatnonzero(np.isin(labelling.labels.instance, ids))
            locked = self._locked_among(labelling, members)
            self._tell(labelling, labelling.merge_instances(ids.tolist()), locked)

        self._on_selection(merge)

    def rename_instance(self) -> None:
        """Name the selected instance, or the one that is painted with."""
        self._on_labelling(lambda one: ask_instance_name(self._window, one, self._instance_meant(one)))

    def recolor_instance(self) -> None:
        """Choose another color for it."""
        self._on_labelling(lambda one: ask_instance_color(self._window, one, self._instance_meant(one)))

    def _instance_meant(self, labelling: Labelling) -> int:
        chosen = np.unique(labelling.labels.instance[self._window.session.selection])
        is_one = len(chosen) == 1 and chosen[0] != NO_LABEL
        return int(chosen[0]) if is_one else labelling.brush.instance_id

    # locks

    def toggle_selection_lock(self) -> None:
        """Lock the selected objects against strokes, or unlock them when they all are."""

        def toggle(labelling: Labelling, objects: NDArray[np.int64]) -> None:
            locked = labelling.locked_objects
            unlocks = bool(np.isin(objects, locked).all())
            change = np.setdiff1d if unlocks else np.union1d
            labelling.set_locked_objects(change(locked, objects))
            self._window.tell(f"{counted(len(objects), 'object')} {'unlocked' if unlocks else 'locked'}")

        self._on_selection(toggle)

    def toggle_class_lock(self) -> None:
        """Lock the objects of the current class against strokes, or unlock them."""

        def toggle(labelling: Labelling) -> None:
            class_id = labelling.brush.class_id
            labelling.set_locked_classes(labelling.locked_classes ^ {class_id})
            state = "locked" if class_id in labelling.locked_classes else "unlocked"
            self._window.tell(f"Class {labelling.table.name_of(class_id)} {state}")

        self._on_labelling(toggle)

    def unlock_all(self) -> None:
        """Open every object and class to strokes again."""

        def unlock(labelling: Labelling) -> None:
            labelling.set_locked_objects([])
            labelling.set_locked_classes([])
            self._window.tell("Everything is unlocked")

        self._on_labelling(unlock)

    # how it is done

    @staticmethod
    def _locked_among(labelling: Labelling, objects: NDArray[np.int64]) -> int:
        locked = labelling.locked
        return 0 if locked is None else int(np.count_nonzero(locked[objects]))

    def _tell(self, labelling: Labelling, edit: LabelEdit | None, locked: int) -> None:
        said = "Nothing to change" if edit is None else labelling.history.undo_title or ""
        self._window.tell(f"{said}, {locked:,} locked" if locked else said)

    def _on_selection(self, deed: Deed) -> None:
        def do(labelling: Labelling) -> None:
            objects = self._window.session.selection
            if len(objects):
                deed(labelling, objects)

        self._on_labelling(do)

    def _on_labelling(self, deed: Callable[[Labelling], object]) -> None:
        def do() -> None:
            labelling = self._window.session.labelling
            if labelling is None:
                self._window.tell("There are no labels: this scene has no object list")
                return
            try:
                deed(labelling)
            except ViewerError as error:
                self._window.banners.show_error(error)

        self._window.painting.in_turn(do)
