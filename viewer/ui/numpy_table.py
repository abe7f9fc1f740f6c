"""A table of items that are numbers 0..N-1: nothing is copied, only what is on screen is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QIcon

from viewer.ui import theme

Index = QModelIndex | QPersistentModelIndex
NOTHING: NDArray[np.int64] = np.empty(0, np.int64)
NONE_TEXT = "–"
MOST_SINGLE_REFRESHES = 16
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it says of an item, and the array it sorts by."""

    key: str
    title: str
    text: Callable[[int], str]
    sort_key: Callable[[], NDArray[Any]]  # one value per item
    picture: Callable[[int], QIcon | None] | None = None
    tip: Callable[[int], str] | None = None
    is_number: bool = False
    width: int = 80  # px
    title_tip: str = ""


class NumpyTable(QAbstractTableModel):
    """Shows `order`, an array of items; sorting and filtering is a new array."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.order: NDArray[np.int64] = NOTHING
        self._row_of: NDArray[np.int64] = NOTHING
        self._is_faint: Callable[[int], bool] = lambda _item: False

    def set_faint(self, is_faint: Callable[[int], bool]) -> None:
        """Say which items are drawn in the color of what is switched off."""
        self._is_faint = is_faint

    def show(self, order: NDArray[np.int64], item_count: int) -> None:
        """Show these items, in this order."""
        self.beginResetModel()
        self.order = order
        self._row_of = np.full(item_count, -1, np.int64)
        self._row_of[order] = np.arange(len(order))
        self.endResetModel()

    def rows_of(self, items: NDArray[np.int64]) -> NDArray[np.int64]:
        """Ascending rows of those items that are shown."""
        known = items[(items >= 0) & (items < len(self._row_of))]
        rows = self._row_of[known]
        return np.sort(rows[rows >= 0])

    def items_changed(self, items: NDArray[np.int64]) -> None:
        """Draw some items anew; rows that are not on screen cost nothing."""
        rows = self.rows_of(items)
        if not len(rows):
            return
        last = len(self.columns) - 1
        if len(rows) <= MOST_SINGLE_REFRESHES:
            spans = [(row, row) for row in rows.tolist()]
        else:
            spans = [(int(rows[0]), int(rows[-1]))]
        for first_row, last_row in spans:
            self.dataChanged.emit(self.index(first_row, 0), self.index(last_row, last))

    def all_changed(self) -> None:
        if len(self.order):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.order) - 1, len(self.columns) - 1))

    def headers_changed(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    # what Qt asks

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(int(self.order[index.row()]))
        if role == Qt.ItemDataRole.DecorationRole:
            return None if column.picture is None else column.picture(int(self.order[index.row()]))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.is_number else _LEFT
        if role == Qt.ItemDataRole.ForegroundRole:
            item = int(self.order[index.row()])
            if self._is_faint(item) or column.text(item) == NONE_TEXT:
                return QColor(theme.tokens().faint)
            return None
        if role == Qt.ItemDataRole.ToolTipRole:
            item = int(self.order[index.row()])
            return column.text(item) if column.tip is None else column.tip(item)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.is_number else _LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.title_tip or None
        return None
