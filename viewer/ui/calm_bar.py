"""A progress bar that is seldom painted."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QProgressBar, QWidget

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
        self._is_unknown = False
        self._timer = QTimer(self)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)

    @property
    def is_unknown(self) -> bool:
        """True while nobody knows how far it is."""
        return self._is_unknown

    def setRange(self, minimum: int, maximum: int) -> None:
        """As Qt's own: nobody knows how far it is while both are the same."""
        self._is_unknown = minimum == maximum
        self.setUpdatesEnabled(False)
        super().setRange(minimum, maximum + 1 if self._is_unknown else maximum)
        if self._is_unknown:
            self.reset()  # Qt draws an empty bar
        self.setUpdatesEnabled(True)

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
        super().paintEvent(event)
        if not self.is_unknown:
            return
        painter = QPainter(self)
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
