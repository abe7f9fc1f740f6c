"""The picture area of an image pane: zoom, pan, cursor and outlines over one picture."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.imaging.modality import Picture
from viewer.ui import theme
from viewer.ui.image_drawing import (
    ImagePainter,
    draw_cursor,
    draw_message,
    draw_outlines,
    hatch_brush,
    qimage_of,
    size_of,
)
from viewer.ui.image_stroke import PictureStroke
from viewer.ui.pan_zoom import PanZoom

CLICK_SLACK_PX: Final = 4
LARGEST_PIXEL_PX: Final = 64.0
WHEEL_STEP: Final = 1.25
WHEEL_UNITS: Final = 120
STALE_OPACITY: Final = 0.35
SHIFT: Final = Qt.KeyboardModifier.ShiftModifier


class ImageCanvas(QWidget):
    """Shows one picture sharply at any scale; tells what the pointer does in picture coordinates."""

    hovered = Signal(object)  # (x, y) | None
    clicked = Signal(int, int, object)  # x, y, Qt.KeyboardModifier
    context_asked = Signal(object, object)  # (x, y) | None, global QPoint
    pan_zoom_changed = Signal(object)  # PanZoom, by the user's hand only
    stroke_moved = Signal(object)  # (P, 2) int32 pixels so far
    stroke_finished = Signal(object)  # Gesture in picture coordinates
    stroke_cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(self.tr("Picture"))
        self.pan_zoom = PanZoom()
        self.picture: Picture | None = None
        self.is_stale = False
        self._image: QImage | None = None
        self._ground: QPixmap | None = None  # picture and outlines, drawn once per change
        self._images = ImagePainter()
        self._cursor: tuple[int, int] | None = None
        self._selected: QPainterPath | None = None
        self._hovered: QPainterPath | None = None
        self._outline_scale = 1.0
        self._message: tuple[str, str, bool] | None = None  # icon, text, is a problem
        self._pressed_at: QPointF | None = None
        self._panned_to: QPointF | None = None
        self._stroke: PictureStroke | None = None
        self.overlay: Callable[[QPainter, QRectF], None] | None = None  # draws over the picture's place
        self.stroke_shape = ""
        """What a drag with Shift draws: rectangle, line, pen, lasso or none; empty = it only pans."""
        theme.NEWS.changed.connect(self.redraw)

    # what is shown

    def show_picture(self, picture: Picture | None) -> None:
        """Replace the picture; None leaves the place empty."""
        resized = self._image is None or picture is None or self._image.size() != size_of(picture)
        self.picture = picture
        self._image = None if picture is None else qimage_of(picture)
        if resized:
            self.cancel_stroke()
        self._images.forget()
        self.is_stale = False
        self._message = None
        if resized:
            self._cursor = None
        self.redraw()

    def outdate(self) -> None:
        """What is shown belongs to another frame: it can be looked at, not pointed at."""
        self.cancel_stroke()
        self.is_stale = self.picture is not None

    def show_stale(self, text: str) -> None:
        """Fade what is shown, for it belongs to another frame; `text` says what is coming."""
        self.outdate()
        self._message = ("", text, False) if text else None
        self.redraw()

    def show_message(self, icon: str, text: str, *, is_problem: bool = False) -> None:
        """A sentence instead of a picture."""
        self.show_picture(None)
        self._message = (icon, text, is_problem)
        self.update()

    def set_cursor(self, pixel: tuple[int, int] | None) -> None:
        """Where another pane's pointer is, in picture coordinates."""
        if pixel != self._cursor:
            self._cursor = pixel
            self.update()

    def set_outlines(
        self, selected: QPainterPath | None, hovered: QPainterPath | None, scale: float = 1.0
    ) -> None:
        """Outlines to draw over the picture; `scale` takes their coordinates to the picture's."""
        if selected is not self._selected or hovered is not self._hovered or scale != self._outline_scale:
            self._selected, self._hovered, self._outline_scale = selected, hovered, scale
            self.redraw()

    def set_pan_zoom(self, pan_zoom: PanZoom) -> None:
        if pan_zoom != self.pan_zoom:
            self.pan_zoom = pan_zoom
            self.redraw()

    def fit(self) -> None:
        self._move(PanZoom())

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom about a point of the widget (its middle when None), which stays where it is."""
        if self._image is None:
            return
        at = QPointF(self.width() / 2, self.height() / 2) if at is None else at
        before = self._place()
        u = (at.x() - before.x()) / before.width()
        v = (at.y() - before.y()) / before.height()
        largest = LARGEST_PIXEL_PX / (self._fit_scale() or 1)
        zoom = min(max(self.pan_zoom.zoom * factor, 1.0), max(largest, 1.0))
        width, height = (
            before.width() * zoom / self.pan_zoom.zoom,
            before.height() * zoom / self.pan_zoom.zoom,
        )
        center_x = u + (self.width() / 2 - at.x()) / width
        center_y = v + (self.height() / 2 - at.y()) / height
        self._move(PanZoom(center_x, center_y, zoom))

    def show_actual_size(self) -> None:
        """One picture pixel on one pixel of the screen."""
        self.zoom_by(1 / (self._fit_scale() * self.pan_zoom.zoom * self.devicePixelRatioF()))

    @property
    def is_painted(self) -> bool:
        """True when what is to be shown is on the screen."""
        return self._ground is not None

    @property
    def message(self) -> str:
        """The sentence that is shown; empty when none is."""
        return "" if self._message is None else self._message[1]

    # geometry

    def sizeHint(self) -> QSize:
        return QSize(280, 210)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, 64)

    def pixel_at(self, position: QPointF) -> tuple[int, int] | None:
        """The picture's pixel below a point of the widget."""
        if self._image is None:
            return None
        x, y = self._unbounded_pixel(position)
        is_inside = 0 <= x < self._image.width() and 0 <= y < self._image.height()
        return (x, y) if is_inside else None

    def _unbounded_pixel(self, position: QPointF) -> tuple[int, int]:
        """As if the picture went on beyond its edges."""
        place = self._place()
        size = QSize(1, 1) if self._image is None else self._image.size()
        x = (position.x() - place.x()) * size.width() / place.width()
        y = (position.y() - place.y()) * size.height() / place.height()
        return floor(x), floor(y)

    def point_of(self, x: float, y: float) -> QPointF:
        """Where the middle of a pixel is in the widget."""
        place = self._place()
        width, height = (1, 1) if self._image is None else (self._image.width(), self._image.height())
        return QPointF(
            place.x() + (x + 0.5) * place.width() / width, place.y() + (y + 0.5) * place.height() / height
        )

    def _fit_scale(self) -> float:
        if self._image is None:
            return 1.0
        return min(self.width() / self._image.width(), self.height() / self._image.height())

    def _place(self) -> QRectF:
        """Where the whole picture lies, widget coordinates, at full device pixels when it fits."""
        if self._image is None:
            return QRectF(self.rect())
        scale = self._fit_scale() * self.pan_zoom.zoom
        width, height = self._image.width() * scale, self._image.height() * scale
        half_x, half_y = self.width() / width / 2, self.height() / height / 2
        center_x = 0.5 if half_x >= 0.5 else min(max(self.pan_zoom.center_x, half_x), 1 - half_x)
        center_y = 0.5 if half_y >= 0.5 else min(max(self.pan_zoom.center_y, half_y), 1 - half_y)
        dpr = self.devicePixelRatioF()
        left = round((self.width() / 2 - center_x * width) * dpr) / dpr
        top = round((self.height() / 2 - center_y * height) * dpr) / dpr
        return QRectF(left, top, width, height)

    def _move(self, pan_zoom: PanZoom) -> None:
        if pan_zoom != self.pan_zoom:
            self.set_pan_zoom(pan_zoom)
            self.pan_zoom_changed.emit(pan_zoom)

    # drawing

    def redraw(self) -> None:
        self._ground = None
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self.redraw()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._ground = None
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        dpr = self.devicePixelRatioF()
        if self._ground is None or self._ground.devicePixelRatioF() != dpr:
            self._ground = self._draw_ground(dpr)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._ground)
        place = self._place()
        if self._image is not None and self._cursor is not None and not self.is_stale:
            draw_cursor(painter, place, self.point_of(*self._cursor), place.width() / self._image.width())
        if self._stroke is not None and self._image is not None:
            self._stroke.draw(painter, place, place.width() / self._image.width())
        self._draw_message(painter)
        if self.hasFocus():
            painter.setPen(QColor(theme.tokens().accent_text))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _draw_ground(self, dpr: float) -> QPixmap:
        ground = QPixmap(ceil(self.width() * dpr), ceil(self.height() * dpr))
        ground.setDevicePixelRatio(dpr)
        ground.fill(QColor(theme.tokens().window))
        if self._image is None:
            return ground
        painter = QPainter(ground)
        place = self._place()
        if self.is_stale:
            painter.setOpacity(STALE_OPACITY)
        if self.picture is not None and self.picture.has_gaps:
            painter.fillRect(place, hatch_brush(dpr))
        self._draw_picture(painter, place, dpr)
        if not self.is_stale:
            self.draw_marks(painter, place)
        painter.end()
        return ground

    def draw_marks(self, painter: QPainter, place: QRectF) -> None:
        """What lies over a picture that lies at `place`."""
        if self.overlay is not None:
            self.overlay(painter, place)
        if self.picture is not None:
            scale = place.width() / self.picture.rgba.shape[1] * self._outline_scale
            draw_outlines(painter, place.topLeft(), scale, self._selected, self._hovered)

    def _draw_message(self, painter: QPainter) -> None:
        if self._message is not None:
            icon, text, is_problem = self._message
            draw_message(painter, self.rect(), icon, text, is_problem=is_problem, on_picture=self.is_stale)

    def _draw_picture(self, painter: QPainter, place: QRectF, dpr: float) -> None:
        if self._image is not None:
            self._images.draw(painter, self._image, place, self.rect(), dpr)

    # the user's hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        is_left, is_shifted = event.button() is Qt.MouseButton.LeftButton, event.modifiers() & SHIFT
        if is_left and is_shifted and self.stroke_shape and self._image is not None and not self.is_stale:
            press = self._unbounded_pixel(event.position())
            self._stroke = PictureStroke(press, self._image.size().toTuple(), self.stroke_shape)
            self.stroke_moved.emit(self._stroke.path)
            self.update()
        elif is_left or event.button() is Qt.MouseButton.MiddleButton:
            self._pressed_at = event.position()
            self._panned_to = event.position() if event.button() is Qt.MouseButton.MiddleButton else None
        elif event.button() is Qt.MouseButton.RightButton:
            self.context_asked.emit(self.pixel_at(event.position()), event.globalPosition().toPoint())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._stroke is not None:
            if self._stroke.move(self._unbounded_pixel(event.position())):
                self.stroke_moved.emit(self._stroke.path)
                self.update()
            return
        if self._pressed_at is not None:
            moved = event.position() - self._pressed_at
            if self._panned_to is None and moved.manhattanLength() > CLICK_SLACK_PX:
                self._panned_to = self._pressed_at
            if self._panned_to is not None:
                self._pan(event.position() - self._panned_to)
                self._panned_to = event.position()
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                return
        self.hovered.emit(None if self.is_stale else self.pixel_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._stroke is not None:
            if event.button() is Qt.MouseButton.LeftButton:
                finished, self._stroke = self._stroke, None
                self.update()
                self.stroke_finished.emit(finished.gesture(event))
            return
        was_click = self._pressed_at is not None and self._panned_to is None
        self._pressed_at = self._panned_to = None
        self.setCursor(Qt.CursorShape.CrossCursor)
        if was_click and event.button() is Qt.MouseButton.LeftButton and not self.is_stale:
            pixel = self.pixel_at(event.position())
            if pixel is not None:
                self.clicked.emit(*pixel, event.modifiers())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / WHEEL_UNITS
        if steps and self._image is not None:
            self.zoom_by(WHEEL_STEP**steps, event.position())
            self.hovered.emit(self.pixel_at(event.position()))
            event.accept()

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture
        ):
            self.zoom_by(1 + event.value(), event.position())
            return True
        return super().event(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered.emit(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(WHEEL_STEP)
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom_by(1 / WHEEL_STEP)
        elif event.key() == Qt.Key.Key_0:
            self.fit()
        elif event.key() == Qt.Key.Key_Escape and self._stroke is not None:
            self.cancel_stroke()
        else:
            super().keyPressEvent(event)

    def cancel_stroke(self) -> None:
        """Forget the stroke that is being drawn; nothing is labelled."""
        if self._stroke is not None:
            self._stroke = None
            self.update()
            self.stroke_cancelled.emit()

    def _pan(self, by: QPointF) -> None:
        place = self._place()
        # from where the picture really is, so that a pan beyond the edge does not have to be undone
        center_x = (self.width() / 2 - place.x()) / place.width()
        center_y = (self.height() / 2 - place.y()) / place.height()
        self._move(
            PanZoom(center_x - by.x() / place.width(), center_y - by.y() / place.height(), self.pan_zoom.zoom)
        )
