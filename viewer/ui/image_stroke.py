"""A stroke drawn over a picture while the button is held."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen, QPolygonF

from viewer.render.strokes import StrokeRecorder
from viewer.tools.tool import Gesture

HALO: Final = QColor(0, 0, 0, 150)
INK: Final = QColor(255, 255, 255)
FILL: Final = QColor(255, 255, 255, 40)
KEYS: Final = {
    Qt.KeyboardModifier.ShiftModifier: "shift",
    Qt.KeyboardModifier.ControlModifier: "control",
    Qt.KeyboardModifier.AltModifier: "alt",
    Qt.KeyboardModifier.MetaModifier: "meta",
}


class PictureStroke:
    """Collects the pixels a drag goes through, by the same rule as in the 3D view, and draws its shape."""

    def __init__(self, press: tuple[int, int], size: tuple[int, int], shape: str) -> None:
        self._recorder = StrokeRecorder(press, size)
        self._shape = shape

    def move(self, pixel: tuple[int, int]) -> bool:
        """Take a new position; True when it was recorded."""
        return self._recorder.move(pixel)

    @property
    def path(self) -> NDArray[np.int32]:
        """(P, 2) x, y of the recorded pixels."""
        return self._recorder.path

    def gesture(self, event: QMouseEvent) -> Gesture:
        """The finished stroke, with the modifiers of the release."""
        held = frozenset(name for key, name in KEYS.items() if event.modifiers() & key)
        return Gesture(self.path, held)

    def draw(self, painter: QPainter, place: QRectF, scale: float) -> None:
        """Over the picture lying at `place`, `scale` screen pixels to one of its own."""
        path = self.path
        if not len(path) or self._shape == "none":
            return
        points = [
            QPointF(place.x() + (x + 0.5) * scale, place.y() + (y + 0.5) * scale) for x, y in path.tolist()
        ]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for pen in (QPen(HALO, 3), QPen(INK, 1.2)):
            painter.setPen(pen)
            painter.setBrush(
                FILL
                if self._shape in ("rectangle", "lasso") and pen.color() == INK
                else Qt.BrushStyle.NoBrush
            )
            if self._shape == "rectangle":
                half = QPointF(scale / 2, scale / 2)
                low = QPointF(min(points[0].x(), points[-1].x()), min(points[0].y(), points[-1].y()))
                high = QPointF(max(points[0].x(), points[-1].x()), max(points[0].y(), points[-1].y()))
                painter.drawRect(QRectF(low - half, high + half))
            elif self._shape == "lasso":
                painter.drawPolygon(QPolygonF(points))
            else:
                painter.drawPolyline(QPolygonF([points[0], points[-1]] if self._shape == "line" else points))
        painter.restore()
