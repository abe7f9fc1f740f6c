"""A searchable list: field, narrowing, table, counts. What it lists is up to the page built on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QStackedLayout, QVBoxLayout, QWidget

from viewer.ui import theme
from viewer.ui.numpy_table import NumpyTable
from viewer.ui.parts import ElidedLabel, EmptyState, search_field
from viewer.ui.table_view import TableView
from viewer.ui.watch import Watch

SETTLE_MS = 60
"""Strokes that come faster than this sort the list once."""


class ListPage(QWidget):
    """Base of the pages of the object panel."""

    focus_requested = Signal(object)  # (K,) object ids

    def __init__(
        self, table: NumpyTable, *, placeholder: str, name: str, icon: str, narrowing: Sequence[str] = ()
    ) -> None:
        super().__init__()
        self.table = table
        self.view = TableView(table)
        self.view.setAccessibleName(name)
        self.search = search_field(placeholder, placeholder.rstrip("…"))
        self.narrowing = QComboBox()
        self.narrowing.addItems(list(narrowing))
        shortened = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.narrowing.setSizeAdjustPolicy(shortened)  # in a narrow dock the search needs the room
        self.narrowing.setMinimumContentsLength(3)
        self.narrowing.setAccessibleName(f"Which {name.lower()} to list")
        self.narrowing.setToolTip("Which ones to list")
        self.narrowing.setVisible(bool(narrowing))
        self.counts = ElidedLabel("", "muted")
        self.empty = EmptyState(icon)
        self.sort_column = table.columns[0].key
        self.is_descending = False
        self._watch = Watch(self, self.refill)
        self._watch.misses()

        self.head = QHBoxLayout()
        self.head.setContentsMargins(6, 6, 6, 6)
        self.head.setSpacing(6)
        self.head.addWidget(self.search, 3)
        self.head.addWidget(self.narrowing, 1)
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 3, 8, 4)
        foot.addWidget(self.counts)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.column.addLayout(self.head)
        self.column.addWidget(body, 1)
        self.column.addLayout(foot)
        self.setFocusProxy(self.search)

        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._settling.timeout.connect(self.refill)
        self.search.textChanged.connect(lambda _text: self._refill_from_top())
        self.search.returnPressed.connect(self._go_to_first)
        self.narrowing.currentIndexChanged.connect(lambda _row: self._refill_from_top())
        self.view.sort_asked.connect(self._sort_by)
        self.view.typed.connect(self._start_search)
        self.view.customContextMenuRequested.connect(self._open_menu)
        theme.NEWS.changed.connect(self.table.all_changed)

    # what a page says

    def refill(self) -> None:
        """Search, narrow and sort anew, then call `fill`."""
        raise NotImplementedError

    def menu_for(self, items: NDArray[np.int64]) -> QMenu:
        """The context menu of some items."""
        raise NotImplementedError

    # what pages share

    def fill(self, order: NDArray[np.int64], item_count: int) -> None:
        """Show these items; the scroll position stays."""
        down = self.view.verticalScrollBar().value()
        self.table.show(order, item_count)
        self.view.verticalScrollBar().setValue(down)
        self._stack.setCurrentWidget(self.view if len(order) else self.empty)

    def refill_soon(self) -> None:
        """Refill once the strokes pause."""
        if self.is_watched():
            self._settling.start()

    def is_watched(self) -> bool:
        """True while the page can be seen; otherwise it only remembers that it has to catch up."""
        return not self._watch.misses()

    def show_sort(self, key: str, *, is_descending: bool) -> None:
        """Sort by a column as if its header had been clicked."""
        keys = [column.key for column in self.table.columns]
        header = self.view.horizontalHeader()
        direction = Qt.SortOrder.DescendingOrder if is_descending else Qt.SortOrder.AscendingOrder
        header.setSortIndicator(keys.index(key), direction)

    def _sort_by(self, key: str, is_descending: bool) -> None:
        self.sort_column, self.is_descending = key, is_descending
        self._refill_from_top()

    def _refill_from_top(self) -> None:
        if self.is_watched():
            self.refill()
        self.view.verticalScrollBar().setValue(0)

    def _start_search(self, text: str) -> None:
        self.search.setFocus()
        self.search.setText(text)

    def _go_to_first(self) -> None:
        if len(self.table.order):
            self.view.setFocus()
            self.view.selectRow(0)

    def _open_menu(self, at: QPoint) -> None:
        items = self.view.selected_items
        if len(items):
            menu = self.menu_for(items)
            menu.exec(self.view.viewport().mapToGlobal(at))
            menu.deleteLater()
