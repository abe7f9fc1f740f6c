"""The list of boxes, one kind at a time: every instance, with its box or why it has none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QWidget

from viewer.app.box_choice import boxes_of
from viewer.app.box_table import NO_BOX, STALE, STATE_WORDS, BoxTable, box_csv, box_table
from viewer.app.rows import ordered
from viewer.app.session import Session
from viewer.model.boxes import KIND_TITLES, corners
from viewer.ui.numpy_table import NONE_TEXT, Column, NumpyTable
from viewer.ui.panels.list_page import ListPage
from viewer.ui.panels.menu_parts import add_copying, add_to, add_visibility
from viewer.ui.parts import count_text, listen, push_button, text_label, tool_button
from viewer.ui.swatches import swatch_icon

NUMBER_PX = 62
SHORT_TITLES = {"object_aligned_2d": "2D", "object_aligned_3d": "3D", "axis_aligned": "Axis-aligned"}
"""In the order of the list; the one drawn at first is listed at first."""


class BoxList(ListPage):
    """An item is a row of the table of the kind that is shown; selecting it selects its objects."""

    focus_box_requested = Signal(object, object)  # lowest and highest corner, (3,) world units each
    recompute_asked = Signal()  # what is stale
    export_asked = Signal(object, str)  # Path, CSV text

    def __init__(self, session: Session) -> None:
        self._session = session
        self._table: BoxTable | None = None
        self._class_names: dict[int, str] = {}
        self._kinds: list[str] = []
        super().__init__(
            NumpyTable(self._columns()),
            placeholder="Search instance, class, name or state…",
            name="Boxes",
            icon="boxes",
            narrowing=["–"],
        )
        self.view.stretch("class")
        self.show_sort("id", is_descending=False)
        self.view.selection_made.connect(lambda items: session.select(self._objects_of(items)))
        self.view.activated_items.connect(self._focus)
        self.export = tool_button(
            "export", "Export CSV", "Write the boxes listed into a CSV file", clicked=self._ask_export
        )
        self.stale_bar = QWidget()
        self._stale_words = text_label("", "warning")
        self.recompute = push_button("Recompute", tip="Fit these boxes anew; no file is written")
        self.recompute.setProperty("compact", "true")
        self.recompute.clicked.connect(self.recompute_asked.emit)
        bar = QHBoxLayout(self.stale_bar)
        bar.setContentsMargins(8, 0, 6, 4)
        bar.addWidget(self._stale_words, 1)
        bar.addWidget(self.recompute)
        self.head.addWidget(self.export)
        self.column.insertWidget(1, self.stale_bar)
        self.stale_bar.hide()
        for signal, slot in (
            (session.scene_changed, self._take_scene),
            (session.boxes_changed, self._take_boxes),
            (session.labels_changed, self._take_labels),
            (session.instances_changed, self._take_labels),
            (session.selection_changed, self._show_selection),
        ):
            listen(self, signal, slot)
        self._take_scene()

    @property
    def kind(self) -> str | None:
        """The kind of boxes listed."""
        row = self.narrowing.currentIndex()
        return self._kinds[row] if 0 <= row < len(self._kinds) else None

    @property
    def rows(self) -> BoxTable | None:
        """All rows of the kind that is listed."""
        return self._table

    def show_kind(self, kind: str) -> None:
        """List the kind that is drawn."""
        if kind in self._kinds:
            self.narrowing.setCurrentIndex(self._kinds.index(kind))

    def refill(self) -> None:
        kind = self.kind
        self._table = None if kind is None else box_table(self._session, kind)
        table = self._table
        self.export.setEnabled(table is not None)
        if table is None:
            self.fill(np.empty(0, np.int64), 0)
            self.counts.setText("")
            self.stale_bar.hide()
            return
        fits = np.ones(len(table), np.bool_)
        for word in self.search.text().casefold().split():
            fits &= self._matching(table, word)
        column = next(column for column in self.table.columns if column.key == self.sort_column)
        order = ordered(np.flatnonzero(fits), column.sort_key(), is_descending=self.is_descending)
        self.fill(order, len(table))
        self.view.show_selection(self._items_of(self._session.selection), scrolls=False)
        without = int(np.count_nonzero(table.states == NO_BOX))
        words = count_text(len(order), len(table), "instance", "instances")
        self.counts.setText(f"{words}, {without:,} without a box" if without else words)
        stale = int(np.count_nonzero(table.states == STALE))
        self.stale_bar.setVisible(stale > 0)
        self._stale_words.setText(f"{stale:,} stale")

    def menu_for(self, items: NDArray[np.int64]) -> QMenu:
        menu = QMenu(self)
        add_to(menu, "Focus", lambda: self._focus(items), icon="focus")
        menu.addSeparator()
        add_visibility(menu, self._session, self._objects_of(items))
        menu.addSeparator()
        add_copying(menu, "size", [self._size_text(item) for item in items.tolist()])
        return menu

    def export_to(self, path: Path) -> None:
        """Write what is listed, in its order."""
        if self._table is not None:
            text = box_csv(self._session, self._table, self.table.order.tolist())
            self.export_asked.emit(path, text)

    # news from the session

    def _take_scene(self) -> None:
        labelling = self._session.labelling
        self._class_names = (
            {} if labelling is None else {entry.id: entry.name for entry in labelling.table.classes}
        )
        self.search.clear()
        self._take_boxes()

    def _take_boxes(self) -> None:
        sets, kind = boxes_of(self._session), self.kind
        self._kinds = [] if sets is None else [each for each in SHORT_TITLES if each in sets.by_kind]
        self.narrowing.blockSignals(True)
        self.narrowing.clear()
        for row, each in enumerate(self._kinds):
            self.narrowing.addItem(SHORT_TITLES[each])
            self.narrowing.setItemData(row, KIND_TITLES[each], Qt.ItemDataRole.ToolTipRole)
        if kind in self._kinds:
            self.narrowing.setCurrentIndex(self._kinds.index(kind))
        self.narrowing.blockSignals(False)
        self.narrowing.setVisible(len(self._kinds) > 1)
        if self._session.scene is None:
            self.empty.say("Nothing is open.", "Boxes are listed here once a scene is.")
        elif not self._kinds:
            self.empty.say(
                "This scene has no boxes.", "Tools, Recompute Boxes… fits them to the mesh or the points."
            )
        else:
            self.empty.say("No instance fits.", "Change the search.")
        if self.is_watched():
            self.refill()

    def _take_labels(self, *_: object) -> None:
        self.refill_soon()

    def _show_selection(self, selection: NDArray[np.int64]) -> None:
        if self.is_watched() and not np.array_equal(self._objects_of(self.view.selected_items), selection):
            self.view.show_selection(self._items_of(selection), scrolls=True)

    def _focus(self, items: NDArray[np.int64]) -> None:
        sets, kind = boxes_of(self._session), self.kind
        if self._table is None or sets is None or kind is None or not len(items):
            return
        boxes = sets.by_kind[kind]
        points = corners(boxes)[np.isin(boxes.ids, self._table.ids[items])].reshape(-1, 3)
        if len(points):
            self.focus_box_requested.emit(points.min(axis=0), points.max(axis=0))
        else:
            self.focus_requested.emit(self._objects_of(items))

    def _ask_export(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Write the boxes as", "boxes.csv", "CSV tables (*.csv)")
        if path:
            self.export_to(Path(path))

    # what the rows say

    def _matching(self, table: BoxTable, word: str) -> NDArray[np.bool_]:
        number = word.removeprefix("#")
        fits = np.asarray(np.char.find(table.ids.astype(str), number) >= 0) & number.isdigit()
        if word.startswith("#"):
            return fits
        classes = [entry for entry, name in self._class_names.items() if word in name.casefold()]
        states = [state for state, words in enumerate(STATE_WORDS) if word in words]
        named = np.array([word in name.casefold() for name in table.names], np.bool_)
        return np.asarray(fits | np.isin(table.class_of, classes) | np.isin(table.states, states) | named)

    def _objects_of(self, items: NDArray[np.int64]) -> NDArray[np.int64]:
        labelling = self._session.labelling
        if labelling is None or self._table is None:
            return np.empty(0, np.int64)
        return np.flatnonzero(np.isin(labelling.labels.instance, self._table.ids[items]))

    def _items_of(self, objects: NDArray[np.int64]) -> NDArray[np.int64]:
        labelling = self._session.labelling
        if labelling is None or self._table is None:
            return np.empty(0, np.int64)
        return np.flatnonzero(np.isin(self._table.ids, labelling.labels.instance[objects]))

    def _of(self, name: str) -> NDArray[np.generic]:
        return np.empty(0) if self._table is None else getattr(self._table, name)

    def _picture(self, item: int) -> QIcon:
        labelling, instance = self._session.labelling, int(self._of("ids")[item])
        if labelling is None or not 1 <= instance <= labelling.instances.count:
            return swatch_icon(None)
        return swatch_icon(labelling.instances.color_of(instance))

    def _class_text(self, item: int) -> str:
        value = int(self._of("class_of")[item])
        return NONE_TEXT if value < 0 else self._class_names.get(value, f"unknown class {value}")

    def _class_picture(self, item: int) -> QIcon | None:
        labelling = self._session.labelling
        entry = None if labelling is None else labelling.table.get(int(self._of("class_of")[item]))
        return None if entry is None else swatch_icon(entry.color)

    def _number(self, name: str, item: int, axis: int | None = None, digits: int = 2) -> str:
        value = self._of(name)[item] if axis is None else self._of(name)[item, axis]
        return f"{value:,.{digits}f}" if np.isfinite(value) else NONE_TEXT

    def _size_text(self, item: int) -> str:
        return " × ".join(self._number("sizes_m", item, axis) for axis in range(3))

    def _state_tip(self, item: int) -> str:
        table = self._table
        if table is None:
            return ""
        words = STATE_WORDS[table.states[item]]
        return f"{words}: {table.reasons[item]}" if table.reasons[item] else words

    def _columns(self) -> tuple[Column, ...]:
        def number(key: str, title: str, name: str, axis: int | None, digits: int, tip: str) -> Column:
            return Column(
                key,
                title,
                lambda item: self._number(name, item, axis, digits),
                lambda: self._of(name) if axis is None else self._of(name)[:, axis],
                is_number=True,
                width=NUMBER_PX,
                title_tip=tip,
            )

        lengths = [
            number(
                f"size_{axis}", f"{axis} m", "sizes_m", k, 2, f"Length along the box's {axis} axis, metres"
            )
            for k, axis in enumerate("xyz")
        ]
        places = [
            number(f"center_{axis}", f"center {axis}", "centers_m", k, 2, f"Center's world {axis}, metres")
            for k, axis in enumerate("xyz")
        ]
        return (
            Column(
                "id",
                "Instance",
                lambda item: str(self._of("ids")[item]),
                lambda: self._of("ids"),
                self._picture,
                width=66,
            ),
            Column(
                "class",
                "Class",
                self._class_text,
                lambda: self._of("class_of"),
                self._class_picture,
                width=84,
            ),
            Column(
                "state",
                "State",
                lambda item: STATE_WORDS[int(self._of("states")[item])],
                lambda: self._of("states"),
                tip=self._state_tip,
                width=58,
            ),
            *lengths,
            number("volume", "m³", "volumes_m3", None, 3, "Volume of the box, cubic metres"),
            *places,
            Column(
                "members",
                "Objects",
                lambda item: f"{self._of('members')[item]:,}",
                lambda: self._of("members"),
                is_number=True,
                width=62,
            ),
            Column(
                "name",
                "Name",
                lambda item: "" if self._table is None else self._table.names[item],
                lambda: np.array([] if self._table is None else self._table.names, np.str_),
                width=90,
            ),
        )
