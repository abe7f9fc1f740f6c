"""Widgets as pictures of any size: an image pane with its marks, and the whole window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtWidgets import QWidget

from viewer.ui.image_canvas import ImageCanvas
from viewer.ui.image_drawing import hatch_brush, qimage_of

RENDERED = QWidget.RenderFlag.DrawWindowBackground | QWidget.RenderFlag.DrawChildren


def pane_picture(canvas: ImageCanvas, size: tuple[int, int], *, transparent: bool) -> NDArray[np.uint8]:
    """The whole picture of a pane with its outlines, (H, W, 4), whatever part of it is shown.

    Places without a value are hatched, or left out when `transparent`. Raises ValueError without a picture.
    """
    picture = canvas.picture
    if picture is None:
        raise ValueError("expected a pane with a picture")
    image = qimage_of(picture)
    wanted = QSize(*size)
    drawn = QImage(wanted, QImage.Format.Format_ARGB32_Premultiplied)
    drawn.fill(Qt.GlobalColor.transparent if transparent else Qt.GlobalColor.black)
    place = QRectF(0, 0, *size)
    painter = QPainter(drawn)
    if picture.has_gaps and not transparent:
        painter.fillRect(place, hatch_brush(1.0))
    if wanted.width() >= image.width():
        painter.drawImage(place, image)  # whole pixels, as the pane shows them
    else:
        smooth = Qt.TransformationMode.SmoothTransformation
        painter.drawImage(0, 0, image.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, smooth))
    canvas.draw_marks(painter, place)
    painter.end()
    return as_array(drawn)


def with_image_over(
    view: NDArray[np.uint8],
    image: NDArray[np.uint8],
    place: tuple[float, float, float, float],
    opacity: float,
) -> NDArray[np.uint8]:
    """A picture of the view (H, W, 4) with an image (h, w, 3) at left, top, width and height over it."""
    ground, over = np.ascontiguousarray(view), np.ascontiguousarray(image)  # Qt's images share their memory
    height, width = ground.shape[:2]
    drawn = QImage(ground.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
    drawn = drawn.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    wide = over.shape[1]
    overlay = QImage(over.data, wide, over.shape[0], 3 * wide, QImage.Format.Format_RGB888)
    painter = QPainter(drawn)
    painter.setOpacity(opacity)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(QRectF(*place), overlay)
    painter.end()
    return as_array(drawn)


def window_picture(
    window: QWidget, width: int, view: QWidget | None, view_picture: NDArray[np.uint8] | None
) -> NDArray[np.uint8]:
    """A window `width` pixels wide, (H, W, 4), its text as sharp as that allows.

    OpenGL widgets would only be enlarged, so that what `view` shows is replaced by `view_picture`, if given.
    """
    scale = width / window.width()
    drawn = QImage(width, round(window.height() * scale), QImage.Format.Format_ARGB32_Premultiplied)
    drawn.setDevicePixelRatio(scale)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    window.render(painter, QPoint(), QRegion(), RENDERED)
    if view is not None and view_picture is not None:
        corner = view.mapTo(window, QPoint(0, 0))
        kept = np.ascontiguousarray(view_picture)  # Qt's image shares its memory
        height, wide = kept.shape[:2]
        sharp = QImage(kept.data, wide, height, 4 * wide, QImage.Format.Format_RGBA8888)
        painter.drawImage(QRectF(corner.x(), corner.y(), view.width(), view.height()), sharp)
    painter.end()
    return as_array(drawn)


def as_array(image: QImage) -> NDArray[np.uint8]:
    """(H, W, 4) sRGB with straight alpha."""
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 4 * plain.width()].reshape(plain.height(), plain.width(), 4).copy()
