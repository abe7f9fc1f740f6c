"""Small squares in the color of a class or an instance."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QApplication

SWATCH_PX = 14  # with a margin of one pixel, so that it is the size of other small marks
CORNER_PX = 3
Rgb = tuple[int, int, int]


def swatch(color: Rgb | None, size: int = SWATCH_PX) -> QPixmap:
    """A rounded square; an empty dashed one for no color."""
    app = QApplication.instance()
    return _drawn(color, size, app.devicePixelRatio() if isinstance(app, QApplication) else 1.0)


@lru_cache(maxsize=8192)
def swatch_icon(color: Rgb | None, size: int = SWATCH_PX) -> QIcon:
    """A swatch for lists: it keeps its color in selected rows, where Qt would tint it."""
    return untinted(swatch(color, size))


def untinted(pixmap: QPixmap) -> QIcon:
    """An icon that looks the same in selected rows."""
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon


@lru_cache(maxsize=8192)
def _drawn(color: Rgb | None, size: int, scale: float) -> QPixmap:
    pixmap = QPixmap(round(size * scale), round(size * scale))
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    # The rim keeps white and black squares visible on any ground.
    rim = QColor(128, 136, 148, 150)
    box = QRectF(1.5, 1.5, size - 3, size - 3)
    if color is None:
        painter.setPen(QPen(rim, 1, Qt.PenStyle.DotLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
    else:
        painter.setPen(QPen(rim, 1))
        painter.setBrush(QColor(*color))
    painter.drawRoundedRect(box, CORNER_PX, CORNER_PX)
    painter.end()
    return pixmap
