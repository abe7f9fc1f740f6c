"""A short searchable list to pick one thing from, without a header."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from viewer.ui import theme
from viewer.ui.numpy_table import NumpyTable
from viewer.ui.parts import SearchField
from viewer.ui.table_view import TableView
from viewer.ui.watch import Watch

SETTLE_MS = 60
LEAST_ROWS = 4


class PickList(QWidget):
    """Emits `picked(item)` for what the user picks; `show_current` marks one and emits nothing."""

    picked = Signal(int)

    def __init__(self, table: NumpyTable, *, placeholder: str, name: str, stretched: str) -> None:
        super().__init__()
        self.table = table
        self._current = -1
        self._watch = Watch(self, self._catch_up)
        self.search = _PickSearch(placeholder)
        self.view = TableView(table)
        self.view.setAccessibleName(name)
        self.view.setProperty("role", "field")
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.horizontalHeader().hide()
        self.view.stretch(stretched)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setMinimumHeight(LEAST_ROWS * self.view.verticalHeader().defaultSectionSize() + 4)
        self.head = QHBoxLayout()
        self.head.setSpacing(4)
        self.head.addWidget(self.search, 1)
        self.middle = QHBoxLayout()
        self.middle.setSpacing(2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self.head)
        column.addLayout(self.middle)
        column.addWidget(self.view, 1)
        self.setFocusProxy(self.search)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._settling.timeout.connect(self.refill)
        self.search.textChanged.connect(lambda _text: self.refill())
        self.search.accepted.connect(self._pick_first)
        self.search.left_downwards.connect(self._enter_list)
        self.view.selection_made.connect(self._tell)
        self.view.activated_items.connect(self._tell)
        self.view.typed.connect(self._start_search)
        self.view.customContextMenuRequested.connect(self._open_menu)
        theme.NEWS.changed.connect(self.table.all_changed)

    def matching(self, query: str) -> NDArray[np.int64]:
        """Items to list, in order, for a query."""
        raise NotImplementedError

    @property
    def item_count(self) -> int:
        raise NotImplementedError

    def fill_menu(self, menu: QMenu, item: int) -> None:
        """Add the lines of an item's context menu."""

    def refill(self) -> None:
        """List anew what fits the search."""
        if self._watch.misses():
            return
        down = self.view.verticalScrollBar().value()
        self.table.show(self.matching(self.search.text()), self.item_count)
        self.view.verticalScrollBar().setValue(down)
        self.view.show_selection(np.array([self._current]), scrolls=False)

    def refill_soon(self) -> None:
        """List anew once the strokes pause."""
        self._settling.start()

    def show_current(self, item: int) -> None:
        """Mark an item and bring it into view."""
        if item != self._current or self.view.selected_items.tolist() != [item]:
            self._current = item
            self.view.show_selection(np.array([item]), scrolls=True)

    def _catch_up(self) -> None:
        self.refill()
        self.view.show_selection(np.array([self._current]), scrolls=True)

    def _tell(self, items: NDArray[np.int64]) -> None:
        if len(items):
            self._current = int(items[0])
            self.picked.emit(self._current)

    def _pick_first(self) -> None:
        if len(self.table.order):
            self._tell(self.table.order[:1])
            self.search.clear()

    def _enter_list(self) -> None:
        if len(self.table.order):
            self.view.setFocus()
            if not len(self.view.selected_items):
                self.view.selectRow(0)

    def _start_search(self, text: str) -> None:
        self.search.setFocus()
        self.search.setText(text)

    def _open_menu(self, at: QPoint) -> None:
        index = self.view.indexAt(at)
        if index.isValid():
            menu = QMenu(self)
            self.fill_menu(menu, int(self.table.order[index.row()]))
            menu.exec(self.view.viewport().mapToGlobal(at))
            menu.deleteLater()


class _PickSearch(SearchField):
    """Return picks the first that fits, the down key goes to the list."""

    accepted = Signal()
    left_downwards = Signal()

    def __init__(self, placeholder: str) -> None:
        super().__init__()
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder.rstrip("…"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accepted.emit()
        elif event.key() == Qt.Key.Key_Down:
            self.left_downwards.emit()
        else:
            super().keyPressEvent(event)
