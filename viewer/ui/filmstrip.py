"""A row of small pictures, one per frame, decoded as they come into sight."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap, QPixmapCache
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from viewer.app.timeline import Timeline
from viewer.model.frames import FrameSource
from viewer.model.scene import NodeTable
from viewer.ui import theme
from viewer.ui.job_runner import JobRunner
from viewer.ui.thumbnails import Index, Thumbnails

CAPTION_PX: Final = 14
SPACE_PX: Final = 3
SMALL_TEXT: Final = 0.8
"""Share of the usual size at which a frame without a picture says so inside its box."""


class _Painter(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        strip = self.parent()
        room = strip.viewport().height() if isinstance(strip, QListView) else 60
        height = max(room - 2, 30)
        return QSize(round((height - CAPTION_PX) * 4 / 3) + 2 * SPACE_PX, height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colors = theme.tokens()
        model = index.model()
        is_current = bool(option.state & QStyle.StateFlag.State_Selected)
        box: QRect = option.rect
        place = QRectF(box).adjusted(SPACE_PX, 2, -SPACE_PX, -CAPTION_PX)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.raised))
        if isinstance(picture, QImage):
            fitted = _fitted(picture.size(), place).toAlignedRect()
            painter.drawPixmap(fitted, _scaled(picture, fitted.size(), painter.device().devicePixelRatio()))
        elif isinstance(model, Thumbnails) and model.has_image(index.row()):
            painter.drawRoundedRect(place, 2, 2)
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colors.field_border), 1, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
            painter.setPen(QColor(colors.faint))
            caption_font = painter.font()
            small = painter.font()
            small.setPixelSize(max(8, round(painter.fontMetrics().height() * SMALL_TEXT * 0.75)))
            painter.setFont(small)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self.tr("no image"))
            painter.setFont(caption_font)
        if is_current:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colors.accent_text), 2))
            painter.drawRoundedRect(place.adjusted(-1, -1, 1, 1), 3, 3)
        painter.setPen(QColor(colors.accent_text if is_current else colors.muted))
        caption = QRectF(box.left(), place.bottom(), box.width(), CAPTION_PX)
        painter.drawText(caption, Qt.AlignmentFlag.AlignCenter, str(index.data()))
        painter.restore()


class Filmstrip(QListView):
    """Shows the thumbnails of a camera; a click asks for the frame."""

    frame_asked = Signal(int)

    def __init__(self, runner: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.thumbnails = Thumbnails(runner, self)
        self.setModel(self.thumbnails)
        self.setItemDelegate(_Painter(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QListView.SelectionMode.SingleSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the timeline above is the same by keyboard
        self.setAccessibleName(self.tr("Filmstrip"))
        self.setMinimumHeight(0)
        self.clicked.connect(lambda index: self.frame_asked.emit(self.thumbnails.frame_of(index.row()).frame))
        theme.NEWS.changed.connect(self.viewport().update)

    def set_timeline(
        self, source: FrameSource | None, timeline: Timeline, nodes: NodeTable | None = None
    ) -> None:
        self.thumbnails.set_timeline(source, timeline, nodes)

    def set_current(self, frame: int | None) -> None:
        row = self.thumbnails.row_of(frame)
        if row is None:
            self.clearSelection()
            return
        index = self.thumbnails.index(row)
        self.setCurrentIndex(index)
        self.scrollTo(index, QListView.ScrollHint.EnsureVisible)

    def wheelEvent(self, event: Any) -> None:
        delta = event.angleDelta().y() or event.angleDelta().x()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - delta)
        event.accept()

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()


def _scaled(picture: QImage, size: QSize, dpr: float) -> QPixmap:
    """The picture at `size`, made once: a step to another frame paints the whole strip."""
    key = f"thumbnail {picture.cacheKey()} {size.width()} {size.height()} {dpr}"
    found = QPixmap()
    if not QPixmapCache.find(key, found):
        smooth = Qt.TransformationMode.SmoothTransformation
        whole = Qt.AspectRatioMode.IgnoreAspectRatio
        found = QPixmap.fromImage(picture.scaled(size * dpr, whole, smooth))
        found.setDevicePixelRatio(dpr)
        QPixmapCache.insert(key, found)
    return found


def _fitted(size: QSize, place: QRectF) -> QRectF:
    scale = min(place.width() / max(size.width(), 1), place.height() / max(size.height(), 1))
    width, height = size.width() * scale, size.height() * scale
    return QRectF(place.center().x() - width / 2, place.center().y() - height / 2, width, height)
