"""What an image canvas is drawn with: the hatch, outlines, the crosshair and messages."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QPixmap

from viewer.imaging.modality import Picture
from viewer.ui import theme

HATCH_TILE_PX: Final = 7
PIXEL_FRAME_FROM_PX: Final = 12.0
"""The pixel under the cursor is framed when it is at least this large."""
CURSOR_GAP_PX: Final = 5.0
CURSOR_HALO: Final = QColor(0, 0, 0, 70)
CURSOR_COLOR: Final = QColor(255, 255, 255, 220)
OUTLINE_HALO: Final = QColor(0, 0, 0, 170)
SELECTED_COLOR: Final = QColor(255, 214, 64)
HOVERED_COLOR: Final = QColor(255, 255, 255)
MESSAGE_ICON_PX: Final = 28
MESSAGE_WIDTH_PX: Final = 420


def qimage_of(picture: Picture) -> QImage:
    """The picture as Qt wants it, sharing its memory; keep the picture as long as the image."""
    height, width = picture.rgba.shape[:2]
    kinds = QImage.Format
    kind = kinds.Format_RGBA8888_Premultiplied if picture.has_gaps else kinds.Format_RGBX8888
    return QImage(picture.rgba.data, width, height, 4 * width, kind)


def size_of(picture: Picture) -> QSize:
    return QSize(picture.rgba.shape[1], picture.rgba.shape[0])


def outline_path(segments: NDArray[np.integer]) -> QPainterPath:
    """Segments (S, 4) between pixel corners as a path in picture coordinates."""
    path = QPainterPath()
    for x0, y0, x1, y1 in segments.tolist():
        path.moveTo(x0, y0)
        path.lineTo(x1, y1)
    return path


def visible_part(size: QSize, place: QRectF, window: QRectF) -> tuple[QRect, QRectF]:
    """The whole pixels of a picture lying at `place` that a window shows, and where these lie."""
    scale = place.width() / size.width()
    shown = window.intersected(place)
    x0 = max(int((shown.left() - place.left()) / scale), 0)
    y0 = max(int((shown.top() - place.top()) / scale), 0)
    x1 = min(int((shown.right() - place.left()) / scale) + 1, size.width())
    y1 = min(int((shown.bottom() - place.top()) / scale) + 1, size.height())
    target = QRectF(place.left() + x0 * scale, place.top() + y0 * scale, (x1 - x0) * scale, (y1 - y0) * scale)
    return QRect(x0, y0, x1 - x0, y1 - y0), target


class ImagePainter:
    """Draws images sharply at any scale; keeps what it has averaged until told to `forget`."""

    def __init__(self) -> None:
        self._small: dict[int, tuple[object, QImage]] = {}  # and what part of, by image

    def forget(self) -> None:
        self._small.clear()

    def draw(self, painter: QPainter, image: QImage, place: QRectF, room: QRect, dpr: float) -> None:
        """Draw what shows in a room of an image that lies at `place`."""
        source, target = visible_part(image.size(), place, QRectF(room))
        if place.width() / image.width() * dpr >= 1:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(target, image, QRectF(source))
            return
        # every source pixel counts in the average; the painter's own smoothing would skip some
        size = QSize(max(round(target.width() * dpr), 1), max(round(target.height() * dpr), 1))
        wanted, kept = (source.getRect(), size.toTuple(), dpr), self._small.get(image.cacheKey())
        if kept is None or kept[0] != wanted:
            part = image if source == image.rect() else image.copy(source)
            small = part.scaled(
                size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            small.setDevicePixelRatio(dpr)
            kept = self._small[image.cacheKey()] = (wanted, small)
        painter.drawImage(target.topLeft(), kept[1])


def hatch_brush(dpr: float) -> QBrush:
    """Thin diagonal lines in the theme's colors, the same on the screen at every zoom."""
    colors = theme.tokens()
    side = round(HATCH_TILE_PX * dpr)
    tile = QPixmap(side, side)
    tile.fill(QColor(colors.panel))
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colors.field_border), dpr))
    for shift in (-side, 0, side):
        painter.drawLine(QPointF(shift - 1, side + 1), QPointF(shift + side + 1, -1))
    painter.end()
    tile.setDevicePixelRatio(dpr)
    return QBrush(tile)


def draw_outlines(
    painter: QPainter,
    corner: QPointF,
    scale: float,
    selected: QPainterPath | None,
    hovered: QPainterPath | None,
) -> None:
    """Outlines in picture coordinates, equally thick at every zoom and visible on every color."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(corner)
    painter.scale(scale, scale)
    for path, color, width in ((hovered, HOVERED_COLOR, 1.0), (selected, SELECTED_COLOR, 1.8)):
        if path is None:
            continue
        for ink, extra in ((OUTLINE_HALO, 2.0), (color, 0.0)):
            pen = QPen(ink, width + extra)
            pen.setCosmetic(True)
            pen.setCapStyle(Qt.PenCapStyle.SquareCap)
            painter.strokePath(path, pen)
    painter.restore()


def draw_cursor(painter: QPainter, place: QRectF, middle: QPointF, pixel_px: float) -> None:
    """A crosshair over the picture, open around the pixel it points at."""
    at = QPointF(int(middle.x()) + 0.5, int(middle.y()) + 0.5)  # hairlines on whole pixels stay sharp
    gap = max(CURSOR_GAP_PX, pixel_px / 2 + 1)
    painter.save()
    painter.setClipRect(place)
    for pen in (QPen(CURSOR_HALO, 3), QPen(CURSOR_COLOR, 1)):
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLine(QPointF(place.left(), at.y()), QPointF(at.x() - gap, at.y()))
        painter.drawLine(QPointF(at.x() + gap, at.y()), QPointF(place.right(), at.y()))
        painter.drawLine(QPointF(at.x(), place.top()), QPointF(at.x(), at.y() - gap))
        painter.drawLine(QPointF(at.x(), at.y() + gap), QPointF(at.x(), place.bottom()))
        if pixel_px >= PIXEL_FRAME_FROM_PX:
            half = pixel_px / 2
            painter.drawRect(QRectF(middle.x() - half, middle.y() - half, pixel_px, pixel_px))
    painter.restore()


def draw_message(
    painter: QPainter, room: QRect, icon: str, text: str, *, is_problem: bool, on_picture: bool
) -> None:
    """A sentence in the middle, with a drawing above it where there is room."""
    colors = theme.tokens()
    size = MESSAGE_ICON_PX if icon and room.height() > 90 else 0
    flags = int(Qt.AlignmentFlag.AlignHCenter) | int(Qt.TextFlag.TextWordWrap)
    width = max(min(room.width() - 16, MESSAGE_WIDTH_PX), 40)
    bounds = painter.boundingRect(QRect(0, 0, width, 1000), flags, text)
    top = (room.height() - bounds.height() - (size + 8 if size else 0)) / 2
    left = (room.width() - width) / 2
    painter.save()
    if on_picture:
        pill = QRectF((room.width() - bounds.width()) / 2, top, bounds.width(), bounds.height())
        ground = QColor(colors.panel)
        ground.setAlpha(225)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(pill.adjusted(-10, -5, 10, 5), 6, 6)
    if size:
        glyph = theme.pixmap(icon, size, colors.warning if is_problem else colors.faint)
        painter.drawPixmap(QPointF((room.width() - size) / 2, top), glyph)
        top += size + 8
    painter.setPen(QColor(colors.warning if is_problem else colors.muted))
    painter.drawText(QRectF(left, top, width, bounds.height() + 2), flags, text)
    painter.restore()
