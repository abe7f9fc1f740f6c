"""The list of objects: names, ids, labels and sizes, in step with the selection."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu

from viewer.app.rows import NameSearch, ShowOnly, narrowed, ordered
from viewer.app.seen_in import pixels_in_frame
from viewer.app.session import Session
from viewer.model.label_table import LabelTable
from viewer.model.labels import NO_LABEL, LabelChange, ObjectLabels
from viewer.ui import theme
from viewer.ui.in_turn import InTurn, at_once
from viewer.ui.numpy_table import NONE_TEXT, Column, NumpyTable
from viewer.ui.panels.label_menu import add_labelling
from viewer.ui.panels.list_page import ListPage
from viewer.ui.panels.menu_parts import add_copying, add_to, add_visibility, area_text
from viewer.ui.parts import count_text, listen
from viewer.ui.swatches import swatch_icon

LABEL_COLUMNS = {"class", "instance"}
SEEN_ONLY = (ShowOnly.IN_FRAME, ShowOnly.IN_NO_FRAME)


class ObjectList(ListPage):
    """Listens to the session; a click here selects everywhere."""

    def __init__(self, session: Session, in_turn: InTurn = at_once) -> None:
        self._session = session
        self._in_turn = in_turn
        self._names = NameSearch(())
        self._labels = ObjectLabels.none(0)
        self._class_table: LabelTable | None = None
        self._class_names: dict[int, str] = {}
        self._class_colors: dict[int, tuple[int, int, int]] = {}
        self._is_hidden = np.zeros(0, np.bool_)
        self._hidden: NDArray[np.int64] = np.empty(0, np.int64)
        self._locks: object = None
        self._pixels: NDArray[np.int64] = np.empty(0, np.int64)
        super().__init__(
            NumpyTable(self._columns()),
            placeholder="Search name, id or class…",
            name="Objects",
            icon="objects",
            narrowing=[show.value for show in ShowOnly],
        )
        self.table.set_faint(lambda item: bool(self._is_hidden[item]))
        self.view.stretch("name")
        self.show_sort("id", is_descending=False)
        self.view.selection_made.connect(self._select)
        self.view.activated_items.connect(self.focus_requested)
        self.view.cell_clicked.connect(self._toggle_eye)
        for signal, slot in (
            (session.scene_changed, self._take_scene),
            (session.facts_changed, self._take_facts),
            (session.labels_changed, self._take_labels),
            (session.instances_changed, self.table.all_changed),
            (session.brush_changed, self._take_brush),
            (session.selection_changed, self._show_selection),
            (session.visibility_changed, self._take_visibility),
            (session.seen_changed, self._take_facts),
            (session.frame_changed, self._take_frame),
        ):
            listen(self, signal, slot)
        self._take_scene()

    def refill(self) -> None:
        show = list(ShowOnly)[self.narrowing.currentIndex()]
        session = self._session
        pixels = self._count_pixels()
        self._pixels = np.zeros(len(self._labels), np.int64) if pixels is None else pixels
        fits = narrowed(show, self._labels, session.hidden, session.selection, pixels)
        if show in SEEN_ONLY and session.seen is None:
            self.empty.say("Pixels have not been counted.", "They are, once the scene's images are read.")
        elif session.object_count:
            self.empty.say("No object fits.", "Change the search, or list all.")
        query = self.search.text()
        if query.strip():
            fits &= self._names.matching(query, self._labels.semantic, self._class_names)
        column = next(column for column in self.table.columns if column.key == self.sort_column)
        order = ordered(np.flatnonzero(fits), column.sort_key(), is_descending=self.is_descending)
        self.fill(order, len(self._labels))
        self.view.show_selection(session.selection, scrolls=False)
        self._count()

    def show_only(self, show: ShowOnly) -> None:
        """List these objects only, whatever was searched for; those in a frame by their pixels there."""
        self.search.clear()
        self.narrowing.setCurrentText(show.value)
        if show is ShowOnly.IN_FRAME:
            self.show_sort("pixels", is_descending=True)

    def menu_for(self, items: NDArray[np.int64]) -> QMenu:
        session, labels = self._session, self._labels
        menu = QMenu(self)
        add_to(menu, "Focus", lambda: self.focus_requested.emit(items), icon="focus")
        menu.addSeparator()
        add_visibility(menu, session, items)
        menu.addSeparator()
        if session.labelling is not None:
            add_labelling(menu, session.labelling, items, self._in_turn)
            menu.addSeparator()
        for title, layer in (("class", labels.semantic), ("instance", labels.instance)):
            values = np.unique(layer[items])
            alike = np.flatnonzero(np.isin(layer, values[values != NO_LABEL]))
            add_to(
                menu,
                f"Select all of the same {title}",
                partial(session.select, alike),
                is_enabled=len(alike) > 0,
            )
        add_to(menu, "Select all listed", lambda: session.select(self.table.order))
        menu.addSeparator()
        add_copying(menu, "name", [self._names.names[item] for item in items.tolist()])
        add_copying(menu, "id", [str(item) for item in items.tolist()])
        return menu

    # news from the session

    def _take_scene(self) -> None:
        session = self._session
        labelling = session.labelling
        self._names = NameSearch(session.object_names)
        self._labels = ObjectLabels.none(session.object_count) if labelling is None else labelling.labels
        self._read_classes()
        self._read_hidden()
        if session.scene is None:
            self.empty.say("Nothing is open.", "Objects are listed here once a scene is.")
        elif not session.object_count:
            self.empty.say(
                "This scene has no object list.",
                "It is metadata_objects.csv in _detail/mesh; a folder with one can be laid over the scene.",
            )
        self.search.clear()
        self.narrowing.setCurrentIndex(0)
        self._take_facts()

    def _take_facts(self) -> None:
        self.table.columns = self._columns()
        self.table.headers_changed()
        facts = self._session.facts
        keys = [column.key for column in self.table.columns]
        has_area = facts is None or facts.elements == "faces"
        self.view.setColumnHidden(keys.index("area"), not has_area)
        self.view.setColumnHidden(keys.index("pixels"), self._session.seen is None)
        if self.is_watched():
            self.refill()

    def _take_labels(self, change: LabelChange) -> None:
        if not self.is_watched():
            return
        self.table.items_changed(change.object_ids)
        self._count()
        narrows = self.narrowing.currentText() in (ShowOnly.NO_CLASS.value, ShowOnly.NO_INSTANCE.value)
        if narrows or self.sort_column in LABEL_COLUMNS or self.search.text().strip():
            self.refill_soon()

    def _take_visibility(self) -> None:
        before = self._hidden
        self._read_hidden()
        if not self.is_watched():
            return
        self.table.items_changed(np.setxor1d(before, self._hidden))
        if self.narrowing.currentText() == ShowOnly.HIDDEN.value:
            self.refill_soon()

    def _take_frame(self, _frame: object) -> None:
        if self.narrowing.currentText() == ShowOnly.IN_FRAME.value and self.is_watched():
            self.refill()

    def _show_selection(self, selection: NDArray[np.int64]) -> None:
        if not self.is_watched():
            return
        if self.narrowing.currentText() == ShowOnly.SELECTED.value:
            self.refill()
        elif not np.array_equal(self._listed(selection), self.view.selected_items):
            self.view.show_selection(selection, scrolls=True)

    def _take_brush(self) -> None:
        labelling = self._session.labelling
        locks = None if labelling is None else (id(labelling.locked_objects), labelling.locked_classes)
        if locks != self._locks:
            self._locks = locks
            self.table.all_changed()
        if labelling is None or labelling.table is self._class_table:
            return
        self._read_classes()
        if self.is_watched():
            self.refill()

    # gestures

    def _select(self, items: NDArray[np.int64]) -> None:
        if not np.array_equal(self._listed(self._session.selection), items):
            self._session.select(items)

    def _toggle_eye(self, item: int, column: str) -> None:
        if column == "eye":
            self._session.set_hidden(np.setxor1d(self._session.hidden, [item]))

    def _listed(self, items: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.sort(self.table.order[self.table.rows_of(items)])

    # what the rows say

    def _read_classes(self) -> None:
        labelling = self._session.labelling
        self._class_table = None if labelling is None else labelling.table
        classes = () if labelling is None else labelling.table.classes
        self._class_names = {entry.id: entry.name for entry in classes}
        self._class_colors = {entry.id: entry.color for entry in classes}

    def _read_hidden(self) -> None:
        self._hidden = self._session.hidden
        self._is_hidden = np.zeros(len(self._labels), np.bool_)
        self._is_hidden[self._hidden] = True

    def _count(self) -> None:
        total = len(self._labels)
        text = count_text(len(self.table.order), total, "object", "objects")
        if total and self._session.labelling is not None:
            with_class = np.count_nonzero(self._labels.semantic != NO_LABEL)
            text += f", {with_class / total:.0%} labelled"
        self.counts.setText(text if total else "")

    def _class_text(self, item: int) -> str:
        value = int(self._labels.semantic[item])
        return NONE_TEXT if value == NO_LABEL else self._class_names.get(value, f"unknown class {value}")

    def _class_picture(self, item: int) -> QIcon | None:
        color = self._class_colors.get(int(self._labels.semantic[item]))
        return None if color is None else swatch_icon(color)

    def _instance_text(self, item: int) -> str:
        value = int(self._labels.instance[item])
        return NONE_TEXT if value == NO_LABEL else str(value)

    def _instance_picture(self, item: int) -> QIcon | None:
        value, labelling = int(self._labels.instance[item]), self._session.labelling
        if value == NO_LABEL or labelling is None or value > labelling.instances.count:
            return None
        return swatch_icon(labelling.instances.color_of(value))

    def _eye_picture(self, item: int) -> QIcon:
        colors = theme.tokens()
        return (
            theme.mark("hide", 14, colors.muted)
            if self._is_hidden[item]
            else theme.mark("show", 14, colors.faint)
        )

    def _is_locked(self, item: int) -> bool:
        labelling = self._session.labelling
        if labelling is None:
            return False
        locked = labelling.locked_objects
        place = int(np.searchsorted(locked, item))
        is_itself = place < len(locked) and int(locked[place]) == item
        return is_itself or int(self._labels.semantic[item]) in labelling.locked_classes

    def _lock_picture(self, item: int) -> QIcon | None:
        return theme.mark("lock", 12, theme.tokens().muted) if self._is_locked(item) else None

    def _name_tip(self, item: int) -> str:
        name = self._names.names[item]
        return f"{name}\nLocked against strokes" if self._is_locked(item) else name

    def _class_ranks(self) -> NDArray[np.int64]:
        """Classes in the order of their names, objects without one last."""
        names = self._class_names
        by_name = sorted(names, key=lambda entry: names[entry].casefold())
        largest = max([*by_name, int(self._labels.semantic.max(initial=0))], default=0)
        rank = np.full(largest + 2, len(by_name), np.int64)  # row -1 is the last one: no label
        rank[by_name] = np.arange(len(by_name))
        rank[-1] = len(by_name) + 1
        return rank[self._labels.semantic]

    def _instance_ranks(self) -> NDArray[np.int64]:
        values = self._labels.instance
        return np.where(values == NO_LABEL, np.iinfo(np.int64).max, values)

    def _count_pixels(self) -> NDArray[np.int64] | None:
        """(O,) pixels that show each object, in all frames or in the current one; None = not counted."""
        seen, frame = self._session.seen, self._session.frame
        if seen is None or seen.object_count != len(self._labels):
            return None
        if self.narrowing.currentText() != ShowOnly.IN_FRAME.value:
            return seen.pixels_of_objects
        return pixels_in_frame(seen, frame)

    def _columns(self) -> tuple[Column, ...]:
        session = self._session
        facts = session.facts
        scene = session.scene
        square = 1.0 if scene is None else scene.metres_per_unit**2
        count = len(self._labels)
        if facts is None or len(facts.area) != count:
            area, elements, unit = np.full(count, np.nan), np.full(count, -1), "Faces"
        else:
            area, elements, unit = facts.area * square, facts.element_count, facts.elements.capitalize()
        return (
            Column(
                "eye",
                "",
                lambda _item: "",
                lambda: self._is_hidden,
                self._eye_picture,
                lambda item: "Show" if self._is_hidden[item] else "Hide",
                width=26,
                title_tip="Shown or hidden in the 3D view; click to change",
            ),
            Column(
                "name",
                "Name",
                lambda item: self._names.names[item],
                lambda: self._names.ranks,
                self._lock_picture,
                self._name_tip,
                width=100,
            ),
            Column("class", "Class", self._class_text, self._class_ranks, self._class_picture, width=104),
            Column(
                "instance",
                "Instance",
                self._instance_text,
                self._instance_ranks,
                self._instance_picture,
                width=70,
            ),
            Column(
                "area",
                "Area m²",
                lambda item: area_text(float(area[item])),
                lambda: area,
                is_number=True,
                width=64,
                title_tip="Surface in square metres",
            ),
            Column(
                "elements",
                unit,
                lambda item: NONE_TEXT if elements[item] < 0 else f"{elements[item]:,}",
                lambda: elements,
                is_number=True,
                width=64,
                title_tip=f"{unit} that belong to the object",
            ),
            Column(
                "pixels",
                "Pixels",
                lambda item: f"{self._pixels[item]:,}" if self._pixels[item] else NONE_TEXT,
                lambda: self._pixels,
                is_number=True,
                width=72,
                title_tip="Pixels that show the object, in all frames; in the current one when only its "
                "objects are listed",
            ),
            Column(
                "id",
                "ID",
                str,
                lambda: np.arange(count),
                is_number=True,
                width=48,
                title_tip="Row of the object in the object list, from 0",
            ),
        )
