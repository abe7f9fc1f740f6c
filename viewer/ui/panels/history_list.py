"""Undo and redo by name, and the list of steps to jump in."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QVBoxLayout, QWidget

from viewer.app.session import Session
from viewer.ui import theme
from viewer.ui.numpy_table import Column, NumpyTable
from viewer.ui.parts import ElidedLabel, listen, tool_button, with_shortcut
from viewer.ui.swatches import SWATCH_PX
from viewer.ui.table_view import TableView

LIST_PX = 132


class HistoryList(QWidget):
    """Row 0 is the state before the first step; a click goes to the state after the step."""

    def __init__(self, session: Session, go_to: Callable[[int], None]) -> None:
        super().__init__()
        self._session = session
        self._undo = tool_button("undo", "Undo", clicked=lambda: self._go(-1, go_to))
        self._redo = tool_button("redo", "Redo", clicked=lambda: self._go(1, go_to))
        self._last = ElidedLabel("", "muted")
        self.toggle = tool_button("history", "History", "Show every step", is_checkable=True)
        self._table = NumpyTable(
            (Column("step", "Step", self._title, lambda: np.arange(self._count()), self._mark, width=80),)
        )
        self._table.set_faint(lambda item: item > self._position())
        self.view = TableView(self._table)
        self.view.setAccessibleName("History")
        self.view.setProperty("role", "field")
        self.view.horizontalHeader().hide()
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.stretch("step")
        self.view.setFixedHeight(LIST_PX)
        self.view.hide()
        self.view.selection_made.connect(lambda items: go_to(int(items[0])) if len(items) else None)
        self.toggle.toggled.connect(self._show_list)
        row = QHBoxLayout()
        row.setSpacing(2)
        row.addWidget(self._undo)
        row.addWidget(self._redo)
        row.addSpacing(4)
        row.addWidget(self._last, 1)
        row.addWidget(self.toggle)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.view)
        listen(self, session.history_changed, self.refresh)
        listen(self, session.saved_changed, self._table.all_changed)

    def refresh(self) -> None:
        """Show the steps there are now."""
        labelling = self._session.labelling
        history = None if labelling is None else labelling.history
        undo = None if history is None else history.undo_title
        redo = None if history is None else history.redo_title
        self._undo.setEnabled(undo is not None)
        self._redo.setEnabled(redo is not None)
        self._undo.setToolTip(with_shortcut("Undo" if undo is None else f"Undo {undo}", "Ctrl+Z"))
        self._redo.setToolTip(with_shortcut("Redo" if redo is None else f"Redo {redo}", "Ctrl+Shift+Z"))
        self._last.setText(undo if undo is not None else "Nothing to undo")
        if self.toggle.isChecked():
            self._table.show(np.arange(self._count()), self._count())
            self.view.show_selection(np.array([self._position()]), scrolls=True)

    def _show_list(self, is_open: bool) -> None:
        self.view.setVisible(is_open)
        self.refresh()

    def _go(self, steps: int, go_to: Callable[[int], None]) -> None:
        go_to(self._position() + steps)

    def _count(self) -> int:
        labelling = self._session.labelling
        return 0 if labelling is None else len(labelling.history.steps) + 1

    def _position(self) -> int:
        labelling = self._session.labelling
        return 0 if labelling is None else labelling.history.position

    def _title(self, item: int) -> str:
        labelling = self._session.labelling
        if item == 0 or labelling is None:
            return "As opened"
        return labelling.history.steps[item - 1].title

    def _mark(self, item: int) -> QIcon | None:
        labelling, colors = self._session.labelling, theme.tokens()
        if labelling is not None and item == labelling.history.clean_position:
            return theme.mark("save", SWATCH_PX, colors.ok)
        return theme.mark("right" if item == self._position() else "more", SWATCH_PX, colors.faint)
