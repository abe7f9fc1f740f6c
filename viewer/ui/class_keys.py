"""Shift and a digit paint with the class the user gave it to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QKeySequence

from viewer.app.class_keys import DIGITS, keys_from_json, table_key, with_key
from viewer.app.session import Session
from viewer.model.label_table import LabelTable
from viewer.model.labels import LabelLayer
from viewer.ui.in_turn import InTurn, at_once

if TYPE_CHECKING:
    from viewer.ui.actions import ActionSet
    from viewer.ui.main_window import MainWindow


def key_text(digit: int) -> str:
    """The key of a digit, as the platform writes it."""
    return QKeySequence(f"Shift+{digit}").toString(QKeySequence.SequenceFormat.NativeText)


class ClassKeys(QObject):
    """The digits of the classes in use, kept in the user's settings.

    `use_1` to `use_9` are what the keys call.
    """

    changed = Signal()
    told = Signal(str)

    def __init__(self, session: Session, in_turn: InTurn = at_once, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._in_turn = in_turn
        self._table: LabelTable | None = None
        self._keys: dict[int, int] = {}
        for digit in DIGITS:
            setattr(self, f"use_{digit}", partial(self.use, digit))

    @property
    def keys(self) -> Mapping[int, int]:
        """The class of each digit that has one."""
        labelling = self._session.labelling
        table = None if labelling is None else labelling.table
        if table is not self._table:
            self._table = table
            self._keys = {} if table is None else keys_from_json(self._stored(table), table)
        return self._keys

    def digit_of(self, class_id: int) -> int | None:
        """The digit of a class."""
        return next((digit for digit, known in self.keys.items() if known == class_id), None)

    def assign(self, digit: int, class_id: int | None) -> None:
        """Give a digit to a class, from whichever had it; None takes it away."""
        keys = with_key(self.keys, digit, class_id)
        if self._table is None or keys == self._keys:
            return
        self._keys = keys
        QSettings().setValue(f"class_keys/{table_key(self._table)}", json.dumps(keys))
        self.changed.emit()

    def use(self, digit: int) -> None:
        """Paint with the class of a digit, in the class layer."""

        def paint() -> None:
            labelling = self._session.labelling
            if labelling is None:
                return
            class_id = self.keys.get(digit)
            if class_id is None:
                self.told.emit(f"{key_text(digit)} has no class yet: right-click one in the list of classes")
                return
            labelling.set_brush(layer=LabelLayer.SEMANTIC, class_id=class_id)
            self.told.emit(f"Painting with {labelling.table.name_of(class_id)}")

        self._in_turn(paint)

    def show_state(self, table: ActionSet) -> None:
        """Name the classes in the menu."""
        labelling = self._session.labelling
        for digit in DIGITS:
            entry = None if labelling is None else labelling.table.get(self.keys.get(digit, 0))
            name = "no class yet" if entry is None else entry.name
            table[f"class_key_{digit}"].setText(name.replace("&", "&&"))

    @staticmethod
    def _stored(table: LabelTable) -> object:
        text = QSettings().value(f"class_keys/{table_key(table)}", "{}", str)
        try:
            return json.loads(str(text))
        except ValueError:
            return {}


def class_keys_of(window: MainWindow) -> ClassKeys:
    """The keys of a window, wired."""
    keys = ClassKeys(window.session, window.painting.in_turn, window)
    keys.told.connect(window.tell)
    keys.changed.connect(window.refresh_actions)
    return keys
