"""A color scale with its two ends in words."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.imaging.modality import Legend, number
from viewer.ui import theme

BAR_WIDTH_PX: Final = 84
NARROWEST_BAR_PX: Final = 14
BAR_HEIGHT_PX: Final = 8
SPACE_PX: Final = 5


class LegendBar(QWidget):
    """`0.91 [colors] 6.3 m`; a ≤ or ≥ says that pixels beyond the end have its color."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Color scale"))
        self._legend: Legend | None = None
        self._has_room = True
        self._image = QImage()
        self.hide()

    @property
    def legend(self) -> Legend | None:
        return self._legend

    def set_legend(self, legend: Legend | None) -> None:
        self._legend = legend
        self.setVisible(legend is not None and self._has_room)
        if legend is None:
            return
        rows = np.ascontiguousarray(legend.colors, np.uint8)
        self._image = QImage(rows.tobytes(), len(rows), 1, 3 * len(rows), QImage.Format.Format_RGB888).copy()
        low, high = self._words(legend)
        words = self.tr("Colors run from {0} to {1}").format(f"{low} {legend.unit}".strip(), high)
        self.setToolTip(words)
        self.setAccessibleDescription(words)
        self.updateGeometry()
        self.update()

    def set_room(self, is_there: bool) -> None:
        """Without room it is not there."""
        self._has_room = is_there
        self.setVisible(self._legend is not None and is_there)

    def _words(self, legend: Legend, *, is_short: bool = False) -> tuple[str, str]:
        low = ("≤ " if legend.is_cut_below and not is_short else "") + number(legend.low)
        high = ("≥ " if legend.is_cut_above and not is_short else "") + number(legend.high)
        return low, f"{high} {legend.unit}".rstrip()

    def sizeHint(self) -> QSize:
        return self._size(BAR_WIDTH_PX)

    def minimumSizeHint(self) -> QSize:
        return self._size(NARROWEST_BAR_PX, is_short=True)

    def _size(self, bar: int, *, is_short: bool = False) -> QSize:
        metrics = QFontMetrics(self.font())
        if self._legend is None:
            return QSize(0, metrics.height())
        words = sum(metrics.horizontalAdvance(text) for text in self._words(self._legend, is_short=is_short))
        return QSize(words + bar + 2 * SPACE_PX + 3, metrics.height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if self._legend is None:
            return
        colors = theme.tokens()
        low, high = self._words(self._legend, is_short=self.width() < self._size(NARROWEST_BAR_PX).width())
        if self.width() < self.minimumSizeHint().width():
            low = high = ""  # rather than a part of a number; the tool tip has both
        metrics = QFontMetrics(self.font())
        painter = QPainter(self)
        painter.setPen(QColor(colors.muted))
        left = metrics.horizontalAdvance(low)
        painter.drawText(QRectF(0, 0, left + 1, self.height()), int(Qt.AlignmentFlag.AlignVCenter), low)
        room = self.width() - left - metrics.horizontalAdvance(high) - 2 * SPACE_PX - 3
        top = (self.height() - BAR_HEIGHT_PX) // 2 + 0.5
        bar = QRectF(left + SPACE_PX + 0.5, top, max(room, NARROWEST_BAR_PX), BAR_HEIGHT_PX)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(bar, self._image)
        painter.setPen(QPen(QColor(colors.field_border), 1))
        painter.drawRect(bar)
        painter.setPen(QColor(colors.muted))
        rest = QRectF(bar.right() + SPACE_PX, 0, self.width() - bar.right() - SPACE_PX, self.height())
        painter.drawText(rest, int(Qt.AlignmentFlag.AlignVCenter), high)
        painter.end()
