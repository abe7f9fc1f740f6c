"""The classes to paint with: found by typing, those used last at hand, each with its count of objects."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton

from viewer.app.class_keys import DIGITS
from viewer.app.session import Session
from viewer.model.label_table import LabelClass
from viewer.model.labels import LabelChange, LabelLayer
from viewer.ui import theme
from viewer.ui.class_keys import ClassKeys, key_text
from viewer.ui.numpy_table import NONE_TEXT, Column, NumpyTable
from viewer.ui.panels.menu_parts import add_to
from viewer.ui.panels.pick_list import PickList
from viewer.ui.parts import listen
from viewer.ui.swatches import SWATCH_PX, swatch_icon

MOST_RECENT = 3


class ClassPicker(PickList):
    """An item is a place in the label table; `picked` tells a place, `class_at` the class."""

    def __init__(self, session: Session, class_keys: ClassKeys | None = None) -> None:
        self._session = session
        self._class_keys = ClassKeys(session) if class_keys is None else class_keys
        self._classes: tuple[LabelClass, ...] = ()
        self._counts: NDArray[np.int64] = np.zeros(0, np.int64)
        self._recent: list[int] = []
        super().__init__(
            NumpyTable(self._columns()), placeholder="Type to find a class…", name="Classes", stretched="name"
        )
        self._chips = [self._chip() for _ in range(MOST_RECENT)]
        for chip in self._chips:
            self.middle.addWidget(chip, 1)
        for signal, slot in ((session.labels_changed, self._take_labels),):
            listen(self, signal, slot)
        self._class_keys.changed.connect(self._show_keys)
        self._show_keys()

    @property
    def item_count(self) -> int:
        return len(self._classes)

    @property
    def recent(self) -> tuple[int, ...]:
        """Ids of the classes picked last, newest first."""
        return tuple(self._recent)

    def class_at(self, place: int) -> LabelClass:
        return self._classes[place]

    def take_classes(self) -> None:
        """The label table or the scene is another one."""
        labelling = self._session.labelling
        self._classes = () if labelling is None else labelling.table.classes
        self._recent = [entry for entry in self._recent if any(known.id == entry for known in self._classes)]
        self._show_chips()
        self._count()
        self._show_keys()
        self.refill()
        if labelling is not None:
            self.show_class(labelling.brush.class_id)

    def show_class(self, class_id: int) -> None:
        """Mark the class that is painted with, and draw locks and classes as they are now."""
        labelling = self._session.labelling
        if labelling is not None and labelling.table.classes is not self._classes:
            self.take_classes()
            return
        self.table.all_changed()
        places = [place for place, entry in enumerate(self._classes) if entry.id == class_id]
        self.show_current(places[0] if places else -1)
        if places and class_id not in self._recent:
            self._recent = [class_id, *self._recent][:MOST_RECENT]
        self._show_chips()

    def matching(self, query: str) -> NDArray[np.int64]:
        words = query.casefold().split()
        fits = [
            place
            for place, entry in enumerate(self._classes)
            if all(word in entry.name.casefold() or word == str(entry.id) for word in words)
        ]
        if words:  # what begins with the text stands before what merely contains it
            fits.sort(key=lambda place: not self._classes[place].name.casefold().startswith(words[0]))
        return np.array(fits, np.int64)

    def fill_menu(self, menu: QMenu, item: int) -> None:
        session, labelling, entry = self._session, self._session.labelling, self._classes[item]
        if labelling is None:
            return
        objects = np.flatnonzero(labelling.labels.semantic == entry.id)
        add_to(
            menu,
            f"Select all {entry.name}",
            lambda: session.select(objects),
            icon="select",
            is_enabled=len(objects) > 0,
        )
        add_to(
            menu,
            "Hide them",
            lambda: session.set_hidden(np.union1d(session.hidden, objects)),
            icon="hide",
            is_enabled=len(objects) > 0,
        )
        menu.addSeparator()
        self._fill_keys(menu.addMenu(theme.icon("keyboard"), "Key"), entry)
        locked = labelling.locked_classes
        title = "Unlock this class" if entry.id in locked else "Lock this class against strokes"
        add_to(menu, title, lambda: labelling.set_locked_classes(locked ^ {entry.id}), icon="lock")

    def _fill_keys(self, menu: QMenu, entry: LabelClass) -> None:
        """Every digit, and who has it."""
        keys = self._class_keys.keys
        names = {known.id: known.name for known in self._classes}
        own = self._class_keys.digit_of(entry.id)
        for digit in DIGITS:
            owner = names.get(keys.get(digit, 0))
            title = key_text(digit) if owner is None else f"{key_text(digit)}: {owner}"
            add_to(menu, title, lambda digit=digit: self._class_keys.assign(digit, entry.id))  # type: ignore[misc]
            action = menu.actions()[-1]
            action.setCheckable(True)
            action.setChecked(digit == own)
        menu.addSeparator()
        add_to(
            menu,
            "No key",
            lambda: None if own is None else self._class_keys.assign(own, None),
            is_enabled=own is not None,
        )

    def _show_keys(self) -> None:
        """The column of keys is there once a class has one."""
        place = [column.key for column in self.table.columns].index("key")
        self.view.setColumnHidden(place, not self._class_keys.keys)
        self.table.all_changed()

    def _take_labels(self, change: LabelChange) -> None:
        if change.layer is LabelLayer.SEMANTIC and len(self._classes):
            self._count()
            self.table.all_changed()

    def _count(self) -> None:
        labelling = self._session.labelling
        if labelling is None:
            self._counts = np.zeros(0, np.int64)
            return
        known = labelling.labels.semantic[labelling.labels.semantic > 0]
        totals = np.bincount(known, minlength=labelling.table.largest_id + 1)
        self._counts = totals[[entry.id for entry in self._classes]]

    def _chip(self) -> QToolButton:
        chip = QToolButton()
        chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        chip.setIconSize(QSize(SWATCH_PX, SWATCH_PX))
        chip.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        chip.setCheckable(True)
        chip.clicked.connect(lambda *_, chip=chip: self._pick_class(int(chip.property("classId") or 0)))
        chip.hide()
        return chip

    def _pick_class(self, class_id: int) -> None:
        for place, entry in enumerate(self._classes):
            if entry.id == class_id:
                self.picked.emit(place)
                self._show_chips()
                return

    def _show_chips(self) -> None:
        labelling = self._session.labelling
        by_id = {entry.id: entry for entry in self._classes}
        for k, chip in enumerate(self._chips):
            entry = by_id.get(self._recent[k]) if k < len(self._recent) else None
            chip.setVisible(entry is not None and len(self._recent) > 1)
            if entry is not None:
                room = max(30, self.width() // MOST_RECENT - 34)
                name = QFontMetrics(chip.font()).elidedText(entry.name, Qt.TextElideMode.ElideRight, room)
                chip.setText(name)
                chip.setIcon(swatch_icon(entry.color))
                chip.setProperty("classId", entry.id)
                chip.setToolTip(f"Paint with {entry.name}")
                chip.setAccessibleName(f"Paint with {entry.name}")
                chip.setChecked(labelling is not None and labelling.brush.class_id == entry.id)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._show_chips()

    def _columns(self) -> tuple[Column, ...]:
        def name(place: int) -> str:
            return self._classes[place].name

        def count(place: int) -> str:
            return f"{self._counts[place]:,}" if self._counts[place] else NONE_TEXT

        def tip(place: int) -> str:
            entry = self._classes[place]
            digit = self._class_keys.digit_of(entry.id)
            by_key = "" if digit is None else f"; {key_text(digit)} paints with it"
            return f"{entry.name}, class {entry.id}, {count(place)} objects{by_key}"

        def key(place: int) -> str:
            digit = self._class_keys.digit_of(self._classes[place].id)
            return "" if digit is None else f"⇧{digit}"

        def lock(place: int) -> object:
            labelling = self._session.labelling
            is_locked = labelling is not None and self._classes[place].id in labelling.locked_classes
            return theme.mark("lock", SWATCH_PX, theme.tokens().muted) if is_locked else None

        ids = np.arange
        return (
            Column(
                "name",
                "Class",
                name,
                lambda: ids(len(self._classes)),
                lambda place: swatch_icon(self._classes[place].color),
                tip,
                width=80,
            ),
            Column(
                "id",
                "ID",
                lambda place: str(self._classes[place].id),
                lambda: ids(len(self._classes)),
                lock,  # type: ignore[arg-type]
                tip,
                is_number=True,
                width=52,
            ),
            Column("count", "Objects", count, lambda: self._counts, None, tip, is_number=True, width=52),
            Column("key", "Key", key, lambda: ids(len(self._classes)), None, tip, is_number=True, width=34),
        )
