"""Two lines of words beside the pointer."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from viewer.ui.parts import text_label

OFFSET = QPoint(18, 20)
"""From the pointer to the corner of the hint: out of the way of what is pointed at."""


class PointerHint(QFrame):
    """A heading and a remark over a window, which no click ever meets."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._over = window
        self.setProperty("role", "hint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.heading = text_label("", "heading")
        self.remarks = text_label("", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 5, 8, 5)
        column.setSpacing(1)
        column.addWidget(self.heading)
        column.addWidget(self.remarks)
        self.hide()

    def say(self, heading: str, remarks: str, at: QPoint | None = None) -> None:
        """Show words beside a place of the window, that of the pointer unless given, and inside of it."""
        self.heading.setText(heading)
        self.remarks.setText(remarks)
        self.remarks.setVisible(bool(remarks))
        self.adjustSize()
        window = self._over
        place = window.mapFromGlobal(QCursor.pos()) if at is None else at
        corner = place + OFFSET
        if corner.x() + self.width() > window.width():
            corner.setX(place.x() - OFFSET.x() - self.width())
        if corner.y() + self.height() > window.height():
            corner.setY(place.y() - OFFSET.y() - self.height())
        self.move(max(corner.x(), 0), max(corner.y(), 0))
        self.show()
        self.raise_()
