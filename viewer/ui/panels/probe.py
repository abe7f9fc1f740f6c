"""All values of one pixel, as they are under the pointer or were at a click."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QStackedLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.app.pixel_report import PixelReport
from viewer.ui.panels.menu_parts import add_to
from viewer.ui.parts import ElidedLabel, EmptyState, tool_button

TITLE_PX = 112


class ProbePanel(QWidget):
    """Shows a report; a click in an image holds it, so that it can be read and copied."""

    hold_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self.report: PixelReport | None = None
        self.headline = ElidedLabel("", "heading")
        self.hold = tool_button(
            "lock",
            "Hold",
            "Keep this pixel while the pointer moves on; a click in an image holds its pixel",
            is_checkable=True,
        )
        self.hold.toggled.connect(self.hold_changed)
        self.copy = tool_button("copy", "Copy all values", clicked=self.copy_all)
        self.tree = ReportTree()
        self.empty = EmptyState("eyedropper")
        head = QHBoxLayout()
        head.setContentsMargins(8, 6, 6, 2)
        head.setSpacing(4)
        head.addWidget(self.headline, 1)
        head.addWidget(self.hold)
        head.addWidget(self.copy)
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.tree)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(body, 1)
        self.show_report(None)

    def show_report(self, report: PixelReport | None) -> None:
        """Show what is known of a pixel; None = of no pixel."""
        self.report = report
        self.headline.setText("" if report is None else report.title)
        self.copy.setEnabled(report is not None)
        self.hold.setEnabled(report is not None)
        if report is None:
            self.say("No pixel is probed.", "Point at an image, or at the 3D view; click to hold.")
        else:
            self.tree.show_report(report)
            self._stack.setCurrentWidget(self.tree)

    def say(self, sentence: str, hint: str = "") -> None:
        """A sentence instead of values."""
        self.empty.say(sentence, hint)
        self._stack.setCurrentWidget(self.empty)

    def copy_all(self) -> None:
        """Put the whole report on the clipboard."""
        if self.report is not None:
            QGuiApplication.clipboard().setText(self.report.text())


class ReportTree(QTreeWidget):
    """Sections with lines of two columns; what is selected can be copied."""

    def __init__(self) -> None:
        super().__init__()
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setIndentation(12)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setAccessibleName("Values of the pixel")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        header = self.header()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(0, TITLE_PX)
        self._shape: tuple[tuple[str, ...], ...] = ()

    def show_report(self, report: PixelReport) -> None:
        """Show a report; where the lines are the same as before, only their values change."""
        shape = tuple((section.title, *(title for title, _ in section.lines)) for section in report.sections)
        if shape != self._shape:
            self._shape = shape
            self.clear()
            for section in report.sections:
                top = QTreeWidgetItem(self, [section.title])
                top.setFirstColumnSpanned(True)
                font = top.font(0)
                font.setBold(True)
                top.setFont(0, font)
                for title, _ in section.lines:
                    QTreeWidgetItem(top, [title, ""]).setToolTip(0, title)
            self.expandAll()
        for row, section in enumerate(report.sections):
            top_item = self.topLevelItem(row)
            for k, (_, value) in enumerate(section.lines):
                item = None if top_item is None else top_item.child(k)
                if item is not None and item.text(1) != value:
                    item.setText(1, value)
                    item.setToolTip(1, value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy(with_titles=True)
            return
        super().keyPressEvent(event)

    def _open_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        has_some = bool(self.selectedItems())
        add_to(menu, "Copy Value", lambda: self._copy(with_titles=False), icon="copy", is_enabled=has_some)
        add_to(menu, "Copy Line", lambda: self._copy(with_titles=True), is_enabled=has_some)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.viewport().mapToGlobal(at))

    def _copy(self, *, with_titles: bool) -> None:
        chosen = [item for item in self.selectedItems() if item.parent() is not None]
        lines = [f"{item.text(0)}\t{item.text(1)}" if with_titles else item.text(1) for item in chosen]
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines))
