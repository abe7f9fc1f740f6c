"""The view of a `NumpyTable`: whole rows are selected, sorting is asked for, typing starts a search."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from viewer.app.rows import runs
from viewer.ui.numpy_table import NumpyTable
from viewer.ui.swatches import SWATCH_PX

ROW_PADDING_PX = 7


class TableView(QTableView):
    """Speaks in items, never in rows."""

    selection_made = Signal(object)  # (K,) items the user selected, ascending
    activated_items = Signal(object)  # (K,) items: double click or Return
    sort_asked = Signal(str, bool)  # column key, is_descending
    typed = Signal(str)  # a character that should start a search
    cell_clicked = Signal(int, str)  # item, column key

    def __init__(self, table: NumpyTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self._is_own_change = False
        self._stretched: int | None = None
        self.setModel(table)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setIconSize(QSize(SWATCH_PX, SWATCH_PX))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(10)
        rows.setDefaultSectionSize(QFontMetrics(self.font()).height() + ROW_PADDING_PX)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        # With the view's own, painting the header asks every row whether its column is wholly selected.
        header.setSelectionModel(QItemSelectionModel(table, header))
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setMinimumSectionSize(24)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for k, column in enumerate(table.columns):
            header.resizeSection(k, column.width)
        header.sortIndicatorChanged.connect(self._ask_sort)
        self.doubleClicked.connect(self._activate)
        self.clicked.connect(self._tell_cell)
        self.selectionModel().selectionChanged.connect(self._tell_selection)

    @property
    def selected_items(self) -> NDArray[np.int64]:
        """Items of the selected rows, ascending."""
        spans = [(span.top(), span.bottom() + 1) for span in self.selectionModel().selection().toList()]
        if not spans:
            return np.empty(0, np.int64)
        rows = np.concatenate([np.arange(first, last) for first, last in spans])
        return np.unique(self._table.order[rows])

    def show_selection(self, items: NDArray[np.int64], *, scrolls: bool) -> None:
        """Select the rows of these items, as far as they are listed; tells nobody."""
        rows = self._table.rows_of(items)
        last = len(self._table.columns) - 1
        selection = QItemSelection()
        for first_row, last_row in runs(rows):
            selection.append(
                QItemSelectionRange(self._table.index(first_row, 0), self._table.index(last_row, last))
            )
        self._is_own_change = True
        try:
            flags = QItemSelectionModel.SelectionFlag
            # Replacing thousands of ranges compares each old one with each new one; starting from nothing
            # does not. Nobody hears of a reset, so the view is told to paint.
            self.selectionModel().reset()
            self.selectionModel().select(selection, flags.Select)
            self.viewport().update()
            if len(rows):
                first = self._table.index(int(rows[0]), 1 if last else 0)
                self.setAutoScroll(False)  # else becoming current scrolls
                self.selectionModel().setCurrentIndex(first, flags.NoUpdate)
                self.setAutoScroll(True)
                if scrolls:
                    self._bring_into_view(first)
        finally:
            self._is_own_change = False

    def stretch(self, key: str) -> None:
        """Give a column all the room that the others leave, and never less than its width."""
        self._stretched = [column.key for column in self._table.columns].index(key)
        self._fill_width()

    def setColumnHidden(self, column: int, hide: bool) -> None:
        super().setColumnHidden(column, hide)
        self._fill_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fill_width()

    def _fill_width(self) -> None:
        if self._stretched is None:
            return
        header = self.horizontalHeader()
        rest = sum(header.sectionSize(k) for k in range(header.count()) if k != self._stretched)
        least = self._table.columns[self._stretched].width
        header.resizeSection(self._stretched, max(least, self.viewport().width() - rest))

    def keyboardSearch(self, search: str) -> None:
        """Typing goes to the search field; Qt's own would ask the model for every row."""
        if search.strip():
            self.typed.emit(search)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated_items.emit(self.selected_items)
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.RightButton:
            # A right click on a selected row opens the menu of all of them.
            index = self.indexAt(event.position().toPoint())
            if index.isValid() and self.selectionModel().isSelected(index):
                return
        super().mousePressEvent(event)

    def _bring_into_view(self, index: QModelIndex) -> None:
        # Sideways the view stays where it is: jumping columns are hard to follow.
        across = self.horizontalScrollBar().value()
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
        self.horizontalScrollBar().setValue(across)

    def _ask_sort(self, section: int, direction: Qt.SortOrder) -> None:
        if 0 <= section < len(self._table.columns):
            is_descending = direction is Qt.SortOrder.DescendingOrder
            self.sort_asked.emit(self._table.columns[section].key, is_descending)

    def _activate(self, index: QModelIndex) -> None:
        self.activated_items.emit(self._table.order[[index.row()]])

    def _tell_cell(self, index: QModelIndex) -> None:
        self.cell_clicked.emit(int(self._table.order[index.row()]), self._table.columns[index.column()].key)

    def _tell_selection(self, *_: object) -> None:
        if not self._is_own_change:
            self.selection_made.emit(self.selected_items)
