"""A small picture of a lens: where a plain pinhole would put what its pixels see."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.app.pose_facts import LensFacts
from viewer.ui import theme

SIDE_PX: Final = 8.0
ARROW_PX: Final = 4.0
SHORTEST_ARROW_PX: Final = 1.5
FURTHEST_SHARE: Final = 0.12
"""Arrows are lengthened until the longest has this share of the image's width, when it is shorter."""
STRENGTHS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


class LensPicture(QWidget):
    """The image's frame, and an arrow per place from where things are to where a plain pinhole puts them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Lens beside a plain pinhole"))
        self._facts: LensFacts | None = None
        self.strength = 1
        """How many times longer than they are the arrows are drawn."""
        theme.NEWS.changed.connect(self.update)

    def show_lens(self, facts: LensFacts | None) -> None:
        self._facts = facts
        self.strength = 1
        if facts is not None and facts.is_other:
            wanted = FURTHEST_SHARE * facts.lens.width / facts.worst_px
            self.strength = max((s for s in STRENGTHS if s <= wanted), default=1)
        words = "" if facts is None else facts.words
        self.setAccessibleDescription(words)
        times = "" if self.strength == 1 else self.tr(", drawn {0} times longer").format(self.strength)
        tip = self.tr("From where the lens puts things to where a plain pinhole would{0}").format(times)
        self.setToolTip(tip if words else "")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 150)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 150)

    def paintEvent(self, event: QPaintEvent) -> None:
        facts = self._facts
        if facts is None:
            return
        colors = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, height = facts.lens.width, facts.lens.height
        heads = facts.pixels + (facts.plain_pixels - facts.pixels) * self.strength
        low = np.minimum(heads.min(axis=0), -0.5)
        high = np.maximum(heads.max(axis=0), (width - 0.5, height - 0.5))
        room = np.array([self.width() - 2 * SIDE_PX, self.height() - 2 * SIDE_PX])
        scale = float((room / (high - low)).min())
        corner = (np.array([self.width(), self.height()]) - (high - low) * scale) / 2 - low * scale

        def place(pixel: np.ndarray) -> QPointF:
            x, y = corner + pixel * scale
            return QPointF(float(x), float(y))

        painter.setPen(QPen(QColor(colors.field_border), 1))
        painter.setBrush(QColor(colors.base))
        edges = place(np.array([-0.5, -0.5])), place(np.array([width - 0.5, height - 0.5]))
        painter.drawRoundedRect(QRectF(*edges), 2, 2)
        for tail, head in zip(facts.pixels, heads, strict=True):
            _draw_arrow(painter, place(tail), place(head), QColor(colors.accent_text), QColor(colors.faint))
        if self.strength > 1:
            painter.setPen(QColor(colors.muted))
            inside = QRectF(*edges).adjusted(0, 0, -4, -2)
            at = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
            painter.drawText(inside, int(at), f"× {self.strength}")
        painter.end()


def _draw_arrow(painter: QPainter, tail: QPointF, head: QPointF, color: QColor, dot: QColor) -> None:
    """An arrow, or a dot where it would be too short to see."""
    way = head - tail
    length = float(np.hypot(way.x(), way.y()))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(dot)
    painter.drawEllipse(tail, 1.2, 1.2)
    if length < SHORTEST_ARROW_PX:
        return
    along, side = way / length, QPointF(-way.y(), way.x()) / length
    tip = min(ARROW_PX, length)
    painter.setPen(QPen(color, 1.2))
    painter.drawLine(tail, head - along * (tip / 2))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    base = head - along * tip
    painter.drawPolygon(QPolygonF([head, base + side * (tip / 2.4), base - side * (tip / 2.4)]))
