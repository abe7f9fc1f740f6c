"""The drop-down that says what an image pane shows: grouped, and searched by typing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from viewer.imaging.modality import Modality
from viewer.imaging.registry import MODALITIES, groups
from viewer.ui.parts import search_field

KEY_ROLE = int(Qt.ItemDataRole.UserRole)
SEARCH_ROLE = KEY_ROLE + 1
LIST_WIDTH_PX = 300
LIST_HEIGHT_PX = 380
NARROWEST_PX = 96
"""Longer titles may be shortened to this in a narrow pane."""


class ModalityChooser(QToolButton):
    """Shows the chosen modality; a click opens a list with a search field."""

    chosen = Signal(str)  # key, by the user's hand

    def __init__(
        self, parent: QWidget | None = None, modalities: Sequence[Modality[Any]] = MODALITIES
    ) -> None:
        super().__init__(parent)
        self._modalities = tuple(modalities)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setAccessibleName(self.tr("What this pane shows"))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._missing: dict[str, str] = {}
        self._key = ""
        self._model = QStandardItemModel(self)
        self._shown = _Matching(self)
        self._shown.setSourceModel(self._model)
        menu = QMenu(self)
        menu.aboutToShow.connect(self._open)
        menu.addAction(self._make_list(menu))
        self.setMenu(menu)

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), NARROWEST_PX), hint.height())

    @property
    def key(self) -> str:
        return self._key

    def set_key(self, modality: Modality[Any]) -> None:
        self._key = modality.key
        self.setText(f"{modality.title}  ▾")
        self.setToolTip(self.tr("Choose what this pane shows (now: {0})").format(modality.title))

    def set_missing(self, reasons: dict[str, str]) -> None:
        """Why some modalities cannot be shown for this frame, by key; they stay choosable, in grey."""
        self._missing = reasons

    def _make_list(self, menu: QMenu) -> QWidgetAction:
        body = QWidget(menu)
        column = QVBoxLayout(body)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(4)
        self.search = search_field(self.tr("Search…"), self.tr("Search what to show"))
        self.search.textChanged.connect(self._search_for)
        self.search.installEventFilter(self)
        self._list = QListView(body)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setModel(self._shown)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setMinimumSize(LIST_WIDTH_PX, LIST_HEIGHT_PX)
        self._list.setAccessibleName(self.tr("What can be shown"))
        self._list.setMouseTracking(True)
        self._list.clicked.connect(self._choose)
        self._list.activated.connect(self._choose)
        column.addWidget(self.search)
        column.addWidget(self._list)
        action = QWidgetAction(menu)
        action.setDefaultWidget(body)
        return action

    def _open(self) -> None:
        self._model.clear()
        heading = QFont(self.font())
        heading.setBold(True)
        for group, members in groups(self._modalities).items():
            title = QStandardItem(group)
            title.setFont(heading)
            title.setEnabled(False)
            title.setData(" ".join(member.title for member in members) + " " + group, SEARCH_ROLE)
            self._model.appendRow(title)
            for member in members:
                self._model.appendRow(self._row(member, group))
        self.search.clear()
        self.search.setFocus()
        for row in range(self._shown.rowCount()):
            index = self._shown.index(row, 0)
            if index.data(KEY_ROLE) == self._key:
                self._list.setCurrentIndex(index)
                self._list.scrollTo(index, QListView.ScrollHint.PositionAtCenter)

    def _row(self, modality: Modality[Any], group: str) -> QStandardItem:
        row = QStandardItem(f"   {modality.title}")
        row.setData(modality.key, KEY_ROLE)
        row.setData(f"{modality.title} {modality.key} {group}", SEARCH_ROLE)
        reason = self._missing.get(modality.key)
        if reason is not None:
            row.setForeground(self.palette().placeholderText())
            row.setToolTip(reason)
        elif modality.unit:
            row.setToolTip(f"{modality.title}, {modality.unit}")
        return row

    def _search_for(self, text: str) -> None:
        self._shown.setFilterFixedString(text)
        for row in range(self._shown.rowCount()):
            index = self._shown.index(row, 0)
            if index.data(KEY_ROLE):
                self._list.setCurrentIndex(index)
                return

    def _choose(self, index: Any) -> None:
        key = index.data(KEY_ROLE)
        if key:
            self.menu().hide()
            self.chosen.emit(str(key))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose(self._list.currentIndex())
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
                self._step(1 if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_PageDown) else -1)
                return True
        return super().eventFilter(watched, event)

    def _step(self, by: int) -> None:
        row = self._list.currentIndex().row() + by
        while 0 <= row < self._shown.rowCount():
            index = self._shown.index(row, 0)
            if index.data(KEY_ROLE):
                self._list.setCurrentIndex(index)
                return
            row += by


class _Matching(QSortFilterProxyModel):
    """Rows that contain the text; a heading stays while any of its rows does."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setFilterRole(SEARCH_ROLE)
        self.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
