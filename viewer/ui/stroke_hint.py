"""What a stroke would do, in words beside the pointer."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from viewer.app.strokes import StrokeResult
from viewer.ui.parts import text_label

OFFSET = QPoint(18, 20)
"""From the pointer to the corner of the hint: out of the way of what is being covered."""


class StrokeHint(QFrame):
    """Two lines that follow the pointer while a stroke lasts: what changes, and what stays or is lost."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._over = window
        self.setProperty("role", "hint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.change = text_label("", "heading")
        self.remarks = text_label("", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 5, 8, 5)
        column.setSpacing(1)
        column.addWidget(self.change)
        column.addWidget(self.remarks)
        self.hide()

    def show_preview(
        self, result: StrokeResult | None, at: QPoint | None = None, *, is_partial: bool = False
    ) -> None:
        """Say what a stroke would do, beside a place of the window; None takes the hint away.

        `at` is where the pointer is unless given. `is_partial`: it will find more than what is seen.
        """
        if result is None:
            self.hide()
            return
        self.change.setText(result.change or "Nothing to change")
        remarks = [result.remarks, "and what lies behind" if is_partial else ""]
        self.remarks.setText(", ".join(remark for remark in remarks if remark))
        self.remarks.setVisible(bool(self.remarks.text()))
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
