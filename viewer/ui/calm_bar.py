"""A progress bar that is seldom painted."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QProgressBar, QStyle, QStyleOptionProgressBar, QStylePainter, QWidget

from viewer.ui import theme

BEAT_MS = 400
PLACES = 6
"""Of the part that goes to and fro while nobody knows how far it is."""


class CalmBar(QProgressBar):
    """For use on and beside a 3D view, which may be laid together with each painting.

    That takes up to 40 ms where OpenGL is software.
    Qt's own bar is painted sixty times a second while it is unknown how far a job is, and at once, inside the
    call, when it is told a value.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextVisible(False)
        self._beats = 0
        self._timer = QTimer(self)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)

    @property
    def is_unknown(self) -> bool:
        """True while nobody knows how far it is."""
        return self.minimum() == self.maximum()

    def setValue(self, value: int) -> None:
        self.setUpdatesEnabled(False)
        super().setValue(value)
        self.setUpdatesEnabled(True)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _beat(self) -> None:
        if self.is_unknown:
            self._beats += 1
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.is_unknown:
            super().paintEvent(event)
            return
        painter = QStylePainter(self)
        option = QStyleOptionProgressBar()
        self.initStyleOption(option)
        painter.drawControl(QStyle.ControlElement.CE_ProgressBarGroove, option)
        inside = QRectF(self.rect())
        step = self._beats % (2 * PLACES)
        place = min(step, 2 * PLACES - step) / PLACES
        width = inside.width() / 4
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.tokens().accent_text))
        left = inside.left() + place * (inside.width() - width)
        painter.drawRoundedRect(QRectF(left, inside.top(), width, inside.height()), 2, 2)
        painter.end()
