"""Icons: line drawings in `resources/icons`, colored to fit the theme when they are loaded."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from viewer.errors import ViewerError
from viewer.resources import resource_path
from viewer.ui.tokens import Tokens

INK = "currentColor"


def icon_names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in resource_path("icons").glob("*.svg")))


@lru_cache(maxsize=512)
def make_icon(name: str, tokens: Tokens, sizes: tuple[int, ...]) -> QIcon:
    """The icon in the colors of a theme: normal, disabled, and the accent where it is switched on.

    Pixmaps and not an icon engine of our own: an engine written in Python dies when Qt clones it. `sizes` are
    the physical ones that it is to be sharp in.
    """
    made = QIcon()
    mode, state = QIcon.Mode, QIcon.State
    for size in sizes:
        for color, uses in (
            (tokens.text, ((mode.Normal, state.Off), (mode.Selected, state.Off))),
            (tokens.accent_text, ((mode.Normal, state.On),)),
            (tokens.faint, ((mode.Disabled, state.Off), (mode.Disabled, state.On))),
        ):
            pixmap = _tinted(_stencil(name, size), color)
            for use in uses:
                made.addPixmap(pixmap, *use)
    return made


@lru_cache(maxsize=1024)
def icon_pixmap(name: str, size: int, color: str, scale: float = 1.0) -> QPixmap:
    """One icon in one color, `size` logical pixels wide."""
    pixmap = _tinted(_stencil(name, round(size * scale)), color)
    pixmap.setDevicePixelRatio(scale)
    return pixmap


@lru_cache(maxsize=2048)
def _stencil(name: str, size: int) -> QImage:
    image = QImage(QSize(size, size), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    _drawing(name).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return image


@lru_cache(maxsize=256)
def _drawing(name: str) -> QSvgRenderer:
    path = resource_path("icons", f"{name}.svg")
    drawing = QSvgRenderer(QByteArray(path.read_bytes().replace(INK.encode(), b"#000000")))
    if not drawing.isValid():
        raise ViewerError("expected an SVG drawing", path=path)
    return drawing


def _tinted(stencil: QImage, color: str) -> QPixmap:
    tinted = stencil.copy()
    painter = QPainter(tinted)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(tinted.rect(), QColor(color))
    painter.end()
    return QPixmap.fromImage(tinted)
