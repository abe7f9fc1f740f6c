"""The list of oriented boxes, one kind at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu

from viewer.app.rows import instance_rows, ordered
from viewer.app.session import Session
from viewer.model.boxes import BoxSets, OrientedBoxes, corners
from viewer.model.labels import LabelChange
from viewer.ui.numpy_table import NONE_TEXT, Column, NumpyTable
from viewer.ui.panels.list_page import ListPage
from viewer.ui.panels.menu_parts import add_copying, add_to, add_visibility
from viewer.ui.parts import count_text, listen
from viewer.ui.swatches import swatch_icon

KIND_TITLES = {
    "axis_aligned": "Axis-aligned",
    "object_aligned_2d": "Object-aligned 2D",
    "object_aligned_3d": "Object-aligned 3D",
}


class BoxList(ListPage):
    """An item is a row of the kind of boxes that is shown; selecting it selects its instance's objects."""

    focus_box_requested = Signal(object, object)  # lowest and highest corner, (3,) world units each

    def __init__(self, session: Session) -> None:
        self._session = session
        self._boxes: OrientedBoxes | None = None
        self._sizes = np.zeros((0, 3))
        self._class_of: NDArray[np.int64] = np.zeros(0, np.int64)
        self._class_names: dict[int, str] = {}
        self._kinds: list[str] = []
        super().__init__(
            NumpyTable(self._columns()),
            placeholder="Search instance or class…",
            name="Boxes",
            icon="boxes",
            narrowing=["–"],
        )
        self.view.stretch("class")
        self.show_sort("id", is_descending=False)
        self.view.selection_made.connect(lambda items: session.select(self._objects_of(items)))
        self.view.activated_items.connect(self._focus)
        for signal, slot in (
            (session.scene_changed, self._take_scene),
            (session.labels_changed, self._take_labels),
            (session.selection_changed, self._show_selection),
        ):
            listen(self, signal, slot)
        self._take_scene()

    @property
    def kind(self) -> str | None:
        """The kind of boxes listed."""
        row = self.narrowing.currentIndex()
        return self._kinds[row] if 0 <= row < len(self._kinds) else None

    def refill(self) -> None:
        scene = self._session.scene
        sets = None if scene is None else scene.part(BoxSets)
        kind = self.kind
        self._boxes = None if sets is None or kind is None else sets.by_kind[kind]
        if self._boxes is None:
            self._sizes = np.zeros((0, 3))
            self.fill(np.empty(0, np.int64), 0)
            self.counts.setText("")
            return
        self._sizes = self._boxes.extents * (1.0 if scene is None else scene.metres_per_unit)
        self._find_classes()
        fits = np.ones(len(self._boxes), np.bool_)
        for word in self.search.text().casefold().split():
            classes = [entry for entry, name in self._class_names.items() if word in name.casefold()]
            fits &= (np.char.find(self._boxes.ids.astype(str), word.removeprefix("#")) >= 0) | np.isin(
                self._class_of, classes
            )
        column = next(column for column in self.table.columns if column.key == self.sort_column)
        order = ordered(np.flatnonzero(fits), column.sort_key(), is_descending=self.is_descending)
        self.fill(order, len(self._boxes))
        self.view.show_selection(self._boxes_of(self._session.selection), scrolls=False)
        self.counts.setText(count_text(len(order), len(self._boxes), "box", "boxes"))

    def menu_for(self, items: NDArray[np.int64]) -> QMenu:
        menu = QMenu(self)
        add_to(menu, "Focus", lambda: self._focus(items), icon="focus")
        menu.addSeparator()
        add_visibility(menu, self._session, self._objects_of(items))
        menu.addSeparator()
        add_copying(menu, "size", [self._size_text(item) for item in items.tolist()])
        return menu

    # news from the session

    def _take_scene(self) -> None:
        session = self._session
        sets = None if session.scene is None else session.scene.part(BoxSets)
        labelling = session.labelling
        self._class_names = (
            {} if labelling is None else {entry.id: entry.name for entry in labelling.table.classes}
        )
        self._kinds = [] if sets is None else [kind for kind, boxes in sets.by_kind.items() if len(boxes)]
        self.search.clear()
        self.narrowing.clear()
        self.narrowing.addItems([KIND_TITLES.get(kind, kind) for kind in self._kinds])
        self.narrowing.setVisible(len(self._kinds) > 1)
        if session.scene is None:
            self.empty.say("Nothing is open.", "Boxes are listed here once a scene is.")
        elif not self._kinds:
            self.empty.say(
                "This scene has no boxes.", "They come as metadata_semantic_instance_bounding_box_*.hdf5."
            )
        else:
            self.empty.say("No box fits.", "Change the search.")
        if self.is_watched():
            self.refill()

    def _take_labels(self, change: LabelChange) -> None:
        if not self.is_watched():
            return
        if self._boxes is not None:
            self._find_classes()
            touched = self._boxes_of(change.object_ids)
            self.table.items_changed(touched)
            if self.sort_column == "class":
                self.refill_soon()

    def _show_selection(self, selection: NDArray[np.int64]) -> None:
        if self.is_watched() and not np.array_equal(self._objects_of(self.view.selected_items), selection):
            self.view.show_selection(self._boxes_of(selection), scrolls=True)

    def _focus(self, items: NDArray[np.int64]) -> None:
        if self._boxes is not None and len(items):
            points = corners(self._boxes)[items].reshape(-1, 3)
            self.focus_box_requested.emit(points.min(axis=0), points.max(axis=0))

    # what the rows say

    def _find_classes(self) -> None:
        """The class that most objects of each box's instance have."""
        boxes, labelling = self._boxes, self._session.labelling
        if boxes is None:
            return
        self._class_of = np.full(len(boxes), -1, np.int64)
        if labelling is not None:
            rows = instance_rows(labelling.labels, labelling.instances.count, None)
            known = boxes.ids < len(rows.class_of)
            self._class_of[known] = rows.class_of[boxes.ids[known]]

    def _objects_of(self, items: NDArray[np.int64]) -> NDArray[np.int64]:
        labelling = self._session.labelling
        if labelling is None or self._boxes is None:
            return np.empty(0, np.int64)
        return np.flatnonzero(np.isin(labelling.labels.instance, self._boxes.ids[items]))

    def _boxes_of(self, objects: NDArray[np.int64]) -> NDArray[np.int64]:
        labelling = self._session.labelling
        if labelling is None or self._boxes is None:
            return np.empty(0, np.int64)
        return np.flatnonzero(np.isin(self._boxes.ids, labelling.labels.instance[objects]))

    def _ids(self) -> NDArray[np.int64]:
        return np.empty(0, np.int64) if self._boxes is None else self._boxes.ids

    def _picture(self, item: int) -> QIcon:
        labelling, instance = self._session.labelling, int(self._ids()[item])
        if labelling is None or not 1 <= instance <= labelling.instances.count:
            return swatch_icon(None)
        return swatch_icon(labelling.instances.color_of(instance))

    def _class_text(self, item: int) -> str:
        value = int(self._class_of[item])
        return NONE_TEXT if value < 0 else self._class_names.get(value, f"unknown class {value}")

    def _class_picture(self, item: int) -> QIcon | None:
        labelling = self._session.labelling
        entry = None if labelling is None else labelling.table.get(int(self._class_of[item]))
        return None if entry is None else swatch_icon(entry.color)

    def _size_text(self, item: int) -> str:
        return " × ".join(f"{edge:.2f}" for edge in self._sizes[item])

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column("id", "Instance", lambda item: str(self._ids()[item]), self._ids, self._picture, width=96),
            Column(
                "class", "Class", self._class_text, lambda: self._class_of, self._class_picture, width=110
            ),
            Column(
                "size",
                "Size m",
                self._size_text,
                lambda: self._sizes.max(axis=1, initial=0.0),
                is_number=True,
                width=140,
                title_tip="Edges in metres; sorts by the longest",
            ),
            Column(
                "volume",
                "Volume m³",
                lambda item: f"{self._sizes[item].prod():,.3f}",
                lambda: self._sizes.prod(axis=1),
                is_number=True,
                width=80,
            ),
        )
