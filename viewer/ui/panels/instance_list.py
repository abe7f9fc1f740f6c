"""The list of instances: what each is made of."""

from __future__ import annotations

import enum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu

from viewer.app.rows import instance_rows, ordered
from viewer.app.session import Session
from viewer.model.labels import NO_LABEL, LabelChange, ObjectLabels
from viewer.ui import theme
from viewer.ui.in_turn import InTurn, at_once
from viewer.ui.numpy_table import NONE_TEXT, Column, NumpyTable
from viewer.ui.panels.list_page import ListPage
from viewer.ui.panels.menu_parts import add_copying, add_to, add_visibility, area_text
from viewer.ui.parts import count_text, listen
from viewer.ui.swatches import swatch_icon


class ShowInstances(enum.Enum):
    USED = "In use"
    ALL = "All"
    MIXED = "Mixed classes"
    UNUSED = "Unused"


class InstanceList(ListPage):
    """Selecting an instance selects its objects."""

    def __init__(self, session: Session, in_turn: InTurn = at_once) -> None:
        self._session = session
        self._in_turn = in_turn
        self._labels = ObjectLabels.none(0)
        self._rows = instance_rows(self._labels, 0, None)
        self._class_names: dict[int, str] = {}
        super().__init__(
            NumpyTable(self._columns()),
            placeholder="Search id or class…",
            name="Instances",
            icon="unique",
            narrowing=[show.value for show in ShowInstances],
        )
        self.view.stretch("class")
        self.table.set_faint(lambda item: self._rows.object_count[item] == 0)
        self.show_sort("id", is_descending=False)
        self.view.selection_made.connect(self._select)
        self.view.activated_items.connect(lambda items: self.focus_requested.emit(self._objects_of(items)))
        for signal, slot in (
            (session.scene_changed, self._take_scene),
            (session.facts_changed, self._take_facts),
            (session.labels_changed, self._take_labels),
            (session.instances_changed, self.refill_soon),
            (session.selection_changed, self._show_selection),
        ):
            listen(self, signal, slot)
        self._take_scene()

    def refill(self) -> None:
        self._sum_up()
        rows = self._rows
        show = list(ShowInstances)[self.narrowing.currentIndex()]
        fits = {
            ShowInstances.USED: rows.object_count > 0,
            ShowInstances.ALL: np.ones(len(rows.object_count), np.bool_),
            ShowInstances.MIXED: rows.is_mixed,
            ShowInstances.UNUSED: rows.object_count == 0,
        }[show]
        fits[:1] = False
        for word in self.search.text().casefold().split():
            fits = fits & self._matching(word)
        column = next(column for column in self.table.columns if column.key == self.sort_column)
        order = ordered(np.flatnonzero(fits), column.sort_key(), is_descending=self.is_descending)
        self.fill(order, len(rows.object_count))
        self.view.show_selection(self._instances_of(self._session.selection), scrolls=False)
        mixed = int(np.count_nonzero(rows.is_mixed))
        text = count_text(len(order), len(rows.object_count) - 1, "instance", "instances")
        text += f", {mixed:,} of mixed classes" if mixed else ""
        self.counts.setText(text if len(rows.object_count) > 1 else "")

    def menu_for(self, items: NDArray[np.int64]) -> QMenu:
        session, objects = self._session, self._objects_of(items)
        menu = QMenu(self)
        add_to(
            menu,
            "Focus",
            lambda: self.focus_requested.emit(objects),
            icon="focus",
            is_enabled=len(objects) > 0,
        )
        labelling = session.labelling
        if labelling is not None and len(items) == 1:
            add_to(
                menu,
                "Paint with this instance",
                lambda: labelling.set_brush(instance_id=int(items[0])),
                icon="brush",
            )
        elif labelling is not None:
            ids = items.tolist()
            add_to(
                menu,
                f"Merge into instance {ids[0]}",
                lambda: self._in_turn(lambda: labelling.merge_instances(ids)),
                icon="unique",
                is_enabled=len(objects) > 0,
            )
        menu.addSeparator()
        add_visibility(menu, session, objects)
        menu.addSeparator()
        add_copying(menu, "id", [str(item) for item in items.tolist()])
        return menu

    # news from the session

    def _take_scene(self) -> None:
        session = self._session
        labelling = session.labelling
        self._labels = ObjectLabels.none(session.object_count) if labelling is None else labelling.labels
        self._class_names = (
            {} if labelling is None else {entry.id: entry.name for entry in labelling.table.classes}
        )
        if session.scene is None:
            self.empty.say("Nothing is open.", "Instances are listed here once a scene is.")
        elif labelling is None:
            self.empty.say("This scene has no object list.", "Without one there is nothing to group.")
        else:
            self.empty.say("No instance fits.", "Press Space in the 3D view to create one.")
        self.search.clear()
        self.narrowing.setCurrentIndex(0)
        self._take_facts()

    def _take_facts(self) -> None:
        facts = self._session.facts
        keys = [column.key for column in self.table.columns]
        self.view.setColumnHidden(keys.index("area"), facts is not None and facts.elements != "faces")
        if self.is_watched():
            self.refill()

    def _take_labels(self, change: LabelChange) -> None:
        if not self.is_watched():
            return
        before = self._rows
        self._sum_up()
        after = self._rows
        if len(before.object_count) != len(after.object_count):
            self.refill()
            return
        touched = self._labels.instance[change.object_ids]
        lost = np.flatnonzero(before.object_count != after.object_count)
        touched = np.union1d(touched[touched > 0], lost)
        self.table.items_changed(touched)
        self.refill_soon()

    def _show_selection(self, selection: NDArray[np.int64]) -> None:
        if self.is_watched() and not np.array_equal(self._objects_of(self.view.selected_items), selection):
            self.view.show_selection(self._instances_of(selection), scrolls=True)

    def _select(self, items: NDArray[np.int64]) -> None:
        self._session.select(self._objects_of(items))

    # what the rows say

    def _sum_up(self) -> None:
        labelling = self._session.labelling
        count = 0 if labelling is None else labelling.instances.count
        self._rows = instance_rows(self._labels, count, self._session.facts)

    def _objects_of(self, instances: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.flatnonzero(np.isin(self._labels.instance, instances))

    def _instances_of(self, objects: NDArray[np.int64]) -> NDArray[np.int64]:
        found = np.unique(self._labels.instance[objects])
        return found[found != NO_LABEL]

    def _matching(self, word: str) -> NDArray[np.bool_]:
        rows = self._rows
        number = word.removeprefix("#")
        ids = np.arange(len(rows.object_count)).astype(str)
        found = ids == number if word.startswith("#") else np.char.find(ids, number) >= 0
        classes = [entry for entry, name in self._class_names.items() if word in name.casefold()]
        return np.asarray(found | np.isin(rows.class_of, classes))

    def _color(self, item: int) -> tuple[int, int, int] | None:
        labelling = self._session.labelling
        if labelling is None or item > labelling.instances.count:
            return None
        return labelling.instances.color_of(item)

    def _class_text(self, item: int) -> str:
        value = int(self._rows.class_of[item])
        if value == NO_LABEL:
            return NONE_TEXT
        name = self._class_names.get(value, f"unknown class {value}")
        return f"{name} and others" if self._rows.is_mixed[item] else name

    def _class_picture(self, item: int) -> QIcon | None:
        if self._rows.is_mixed[item]:
            return theme.mark("warning", 14, theme.tokens().warning)
        labelling = self._session.labelling
        entry = None if labelling is None else labelling.table.get(int(self._rows.class_of[item]))
        return None if entry is None else swatch_icon(entry.color)

    def _area(self) -> NDArray[np.float64]:
        scene = self._session.scene
        return self._rows.area * (1.0 if scene is None else scene.metres_per_unit**2)

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column(
                "id",
                "Instance",
                str,
                lambda: np.arange(len(self._rows.object_count)),
                lambda item: swatch_icon(self._color(item)),
                width=96,
            ),
            Column(
                "class",
                "Class",
                self._class_text,
                lambda: self._rows.class_of,
                self._class_picture,
                width=120,
                title_tip="The class that most of its objects have",
            ),
            Column(
                "objects",
                "Objects",
                lambda item: f"{self._rows.object_count[item]:,}",
                lambda: self._rows.object_count,
                is_number=True,
                width=72,
            ),
            Column(
                "area",
                "Area m²",
                lambda item: area_text(float(self._area()[item])),
                self._area,
                is_number=True,
                width=80,
                title_tip="Surface in square metres",
            ),
        )
