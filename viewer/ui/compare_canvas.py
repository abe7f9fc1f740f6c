"""Two pictures in one place: one wiped over the other, both in turn, or their difference."""

from __future__ import annotations

import enum
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from viewer.imaging.modality import Picture
from viewer.ui import theme
from viewer.ui.image_canvas import ImageCanvas
from viewer.ui.image_drawing import hatch_brush, qimage_of
from viewer.ui.watch import is_seen

HANDLE_REACH_PX: Final = 9
KEY_STEP: Final = 0.05
GRIP_PX: Final = 11.0
BADGE_PX: Final = 20.0
BADGE_GAP_PX: Final = 8.0
HALO: Final = QColor(0, 0, 0, 130)
INK: Final = QColor(255, 255, 255, 235)


class CompareMode(enum.Enum):
    """How two pictures are compared."""

    WIPE = "Wipe"
    BLINK = "Blink"
    DIFFERENCE = "Difference"


class CompareCanvas(ImageCanvas):
    """An image canvas with a second picture.

    `split` is where the wipe stands, as a share of what is seen of the picture.
    """

    split_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mode = CompareMode.WIPE
        self.split = 0.5
        self.shows_second = False
        """Which of the two stands there just now, while they blink."""
        self._second_picture: Picture | None = None
        self._second: QImage | None = None
        self._is_wiping = False
        self._blinking = QTimer(self)
        self._blinking.timeout.connect(self._blink)
        self.set_rate(1.5)

    def show_pair(self, first: Picture, second: Picture | None) -> None:
        """Show two pictures, or a single one that says it all."""
        self._second_picture = second
        self._second = None if second is None else qimage_of(second)
        self.show_picture(first)

    def set_mode(self, mode: CompareMode) -> None:
        self.mode = mode
        self.shows_second = False
        if mode is CompareMode.BLINK:
            self._blinking.start()
        else:
            self._blinking.stop()
        self.redraw()

    def set_rate(self, changes_per_second: float) -> None:
        """How often the pictures change places while they blink."""
        self._blinking.setInterval(round(1000 / changes_per_second))

    def set_split(self, share: float) -> None:
        """Move the wipe."""
        share = min(max(share, 0.0), 1.0)
        if share != self.split:
            self.split = share
            self.redraw()
            self.split_changed.emit(share)

    def _blink(self) -> None:
        if is_seen(self) and self._second is not None:
            self.shows_second = not self.shows_second
            self.redraw()

    @property
    def part_seen(self) -> QRectF:
        """What the widget shows of the picture, widget coordinates."""
        return self._place().intersected(QRectF(self.rect()))

    @property
    def edge(self) -> float:
        """Where the wipe stands in the widget."""
        part = self.part_seen
        return part.left() + self.split * part.width()

    # drawing

    def _draw_picture(self, painter: QPainter, place: QRectF, dpr: float) -> None:
        if self._second is None or self.mode is CompareMode.DIFFERENCE:
            super()._draw_picture(painter, place, dpr)
        elif self.mode is CompareMode.BLINK:
            if self.shows_second:
                self._draw_second(painter, place, dpr)
            else:
                super()._draw_picture(painter, place, dpr)
        else:
            edge = self.edge
            painter.save()
            painter.setClipRect(QRectF(0, 0, edge, self.height()))
            super()._draw_picture(painter, place, dpr)
            painter.setClipRect(QRectF(edge, 0, self.width() - edge, self.height()))
            self._draw_second(painter, place, dpr)
            painter.restore()

    def _draw_second(self, painter: QPainter, place: QRectF, dpr: float) -> None:
        if self._second is None:
            return
        painter.fillRect(place, QColor(theme.tokens().window))
        if self._second_picture is not None and self._second_picture.has_gaps:
            painter.fillRect(place, hatch_brush(dpr))
        self._images.draw(painter, self._second, place, self.rect(), dpr)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._second is None or self.picture is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        part = self.part_seen
        left, top = part.left() + BADGE_GAP_PX, part.top() + BADGE_GAP_PX
        if self.mode is CompareMode.WIPE:
            self._draw_handle(painter, part)
            room = 2 * BADGE_GAP_PX + BADGE_PX
            if self.edge - part.left() > room:
                _draw_badge(painter, "A", left, top)
            if part.right() - self.edge > room:
                _draw_badge(painter, "B", part.right() - BADGE_GAP_PX - BADGE_PX, top)
        elif self.mode is CompareMode.BLINK:
            _draw_badge(painter, "B" if self.shows_second else "A", left, top)
        painter.end()

    def _draw_handle(self, painter: QPainter, part: QRectF) -> None:
        edge = self.edge
        for color, width in ((HALO, 4), (INK, 1.5)):
            painter.setPen(QPen(color, width))
            painter.drawLine(QPointF(edge, part.top()), QPointF(edge, part.bottom()))
        middle = QPointF(edge, part.center().y())
        painter.setPen(QPen(HALO, 1.5))
        painter.setBrush(INK)
        painter.drawEllipse(middle, GRIP_PX, GRIP_PX)
        painter.setPen(QPen(QColor(40, 44, 50), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        for way in (-1, 1):
            tip = middle + QPointF(way * 6, 0)
            painter.drawLine(tip, tip + QPointF(-way * 3, -3))
            painter.drawLine(tip, tip + QPointF(-way * 3, 3))

    # the user's hand

    def is_on_handle(self, x: float) -> bool:
        """True where a press takes hold of the wipe."""
        near = abs(x - self.edge) <= HANDLE_REACH_PX
        return near and self.mode is CompareMode.WIPE and self._second is not None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_BracketLeft: -KEY_STEP, Qt.Key.Key_BracketRight: KEY_STEP}.get(Qt.Key(event.key()))
        if step is not None and self.mode is CompareMode.WIPE:
            self.set_split(self.split + step)
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.is_on_handle(event.position().x()):
            self._is_wiping = True
            self.hovered.emit(None)
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_wiping:
            part = self.part_seen
            self.set_split((event.position().x() - part.left()) / max(part.width(), 1.0))
            return
        super().mouseMoveEvent(event)
        if not event.buttons():
            over = self.is_on_handle(event.position().x())
            self.setCursor(Qt.CursorShape.SplitHCursor if over else Qt.CursorShape.CrossCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._is_wiping and event.button() is Qt.MouseButton.LeftButton:
            self._is_wiping = False
            return
        super().mouseReleaseEvent(event)


def _draw_badge(painter: QPainter, letter: str, left: float, top: float) -> None:
    place = QRectF(left, top, BADGE_PX, BADGE_PX)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(20, 22, 26, 200))
    painter.drawRoundedRect(place, 5, 5)
    font = QFont(painter.font())
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(INK)
    painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), letter)
