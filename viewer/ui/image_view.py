"""One image pane: what it shows, the picture, and the value under the cursor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from math import floor
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QMenu,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from viewer.errors import FormatError
from viewer.imaging.modality import ImageSet, ImagingContext, Modality, Picture
from viewer.imaging.registry import find_modality
from viewer.imaging.style import RangeStyle
from viewer.model.frames import FrameId
from viewer.ui.image_canvas import ImageCanvas
from viewer.ui.image_style_form import ImageStyleForm
from viewer.ui.pane_head import PaneHead
from viewer.ui.parts import ElidedLabel
from viewer.ui.pin_button import frame_name

CHAIN = "→"
LOADING_AFTER_MS = 150
"""Frames that are decoded sooner come without a word; telling would only flicker."""


class Readout(ElidedLabel):
    """A value that keeps its beginning when there is no room; a chain keeps both of its ends."""

    def paintEvent(self, event: QPaintEvent) -> None:
        if CHAIN in self.text():
            super().paintEvent(event)
            return
        room = self.contentsRect()
        shown = QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), shown)
        painter.end()


class ImageView(QFrame):
    """Shows one modality of one frame. It is told what to draw and never reads anything itself."""

    # x and y count the frame's pixels: those of its ids, whatever size the picture has
    pixel_hovered = Signal(object, object, object)  # frame, x | None, y | None
    pixel_clicked = Signal(object, int, int, object)  # frame, x, y, Qt.KeyboardModifier
    context_asked = Signal(object, object)  # (x, y) of the picture | None, global QPoint
    stroke_moved = Signal(object)  # (P, 2) pixels so far
    stroke_finished = Signal(object)  # Gesture
    modality_chosen = Signal(str)
    pin_asked = Signal(bool)  # True: keep the frame that is shown, False: follow the current one
    style_changed = Signal(object)
    picture_changed = Signal()  # another picture is shown, or none

    def __init__(self, modality: Modality[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.modality = modality
        self.styles: dict[str, Any] = {}
        self.frame: FrameId | None = None
        self._frame_size: tuple[int, int] | None = None
        self._images: ImageSet = {}
        self._context = ImagingContext()
        self._pixel: tuple[int, int] | None = None
        self._coming = ""
        self.head = PaneHead(self)
        self.chooser, self.depth_switch = self.head.chooser, self.head.depth_switch
        self.legend, self.pin_button = self.head.legend, self.head.pin_button
        self.canvas = ImageCanvas(self)
        self.readout = Readout("", "muted")
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(LOADING_AFTER_MS)
        self._late.timeout.connect(self._fade)
        self._lay_out()
        self.chooser.chosen.connect(self.modality_chosen)
        self.depth_switch.chosen.connect(self.modality_chosen)
        self.pin_button.clicked.connect(self.pin_asked)
        self.canvas.hovered.connect(self._tell_hovered)
        self.canvas.clicked.connect(self._tell_clicked)
        self.canvas.stroke_moved.connect(lambda path: self.stroke_moved.emit(self._path_in_frame(path)))
        self.canvas.stroke_finished.connect(
            lambda gesture: self.stroke_finished.emit(
                replace(gesture, path=self._path_in_frame(gesture.path))
            )
        )
        self.canvas.context_asked.connect(self.context_asked)
        self.set_modality(modality)

    def _lay_out(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumSize(150, 120)
        self.head.name_moved.connect(self._describe)
        self.head.style_button.clicked.connect(self._open_style)
        self.readout.setContentsMargins(6, 0, 6, 0)
        self.readout.setAccessibleDescription(self.tr("Value under the cursor"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.head)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.readout)

    # what is shown

    @property
    def style_value(self) -> Any:
        """The style of the modality that is shown."""
        return self.styles.get(self.modality.key, self.modality.default_style)

    @property
    def pinned(self) -> FrameId | None:
        """The frame this pane keeps showing; None = it follows the current one."""
        return self.pin_button.pinned

    @property
    def shows_pinned(self) -> bool:
        """True when the frame that is pinned is on the screen."""
        return self.pinned is not None and self.frame == self.pinned

    def set_pinned(self, frame: FrameId | None) -> None:
        """Say which frame this pane keeps; None = it follows the current one."""
        self.head.set_pinned(frame)

    def set_modality(self, modality: Modality[Any]) -> None:
        self.modality = modality
        self.head.set_modality(modality, has_style=bool(fields(modality.default_style)))
        self.setAccessibleName(self.tr("Image pane: {0}").format(modality.title))
        self.canvas.setAccessibleDescription(modality.title)

    def show_picture(
        self,
        frame: FrameId,
        picture: Picture,
        images: ImageSet,
        context: ImagingContext,
        frame_size: tuple[int, int] | None = None,
    ) -> None:
        """The picture of a frame, with the arrays and facts that explain its pixels.

        `frame_size` is what the frame's pixels are counted in, where the picture has another size.
        """
        self._frame_size = frame_size
        self._late.stop()
        self.frame = frame
        self._images, self._context = images, context
        self.canvas.show_picture(picture)
        self.head.set_legend(picture.legend)
        self._describe()
        self.picture_changed.emit()

    def show_coming(self, text: str) -> None:
        """Another picture is on its way; unless it comes soon, what is shown fades and the text says why."""
        self.frame = None
        self._images = {}
        self._coming = text
        self.canvas.outdate()
        if not self._late.isActive():
            self._late.start()
        self.picture_changed.emit()

    def _fade(self) -> None:
        self.canvas.show_stale(self._coming)
        self.readout.setText("")

    def show_message(self, icon: str, text: str, *, is_problem: bool = False) -> None:
        """A sentence instead of a picture."""
        self._late.stop()
        self.frame = None
        self._images = {}
        self.head.set_legend(None)
        self.canvas.show_message(icon, text, is_problem=is_problem)
        self.readout.setText("")
        self.picture_changed.emit()

    def set_cursor(self, pixel: tuple[int, int] | None, *, is_own: bool = False) -> None:
        """The pixel the panes are asked about; the pane with the pointer draws no cross of its own."""
        self._pixel = pixel
        self.canvas.set_cursor(None if is_own or pixel is None else self._in_picture(pixel))
        self._describe()

    def set_outlines(self, selected: QPainterPath | None, hovered: QPainterPath | None) -> None:
        """Outlines of objects, in the frame's pixels."""
        self.canvas.set_outlines(selected, hovered, 1 / self._frame_scale())

    def describe(self, pixel: tuple[int, int]) -> str:
        """The value of a pixel of the picture in words; empty when there is none."""
        picture = self.canvas.picture
        if picture is None or self.frame is None:
            return ""
        x, y = pixel
        if not (0 <= x < picture.rgba.shape[1] and 0 <= y < picture.rgba.shape[0]):
            return ""
        try:
            return self.modality.describe_pixel(self._images, self._context, x, y)
        except (FormatError, KeyError, IndexError):
            return ""  # images of different sizes: the picture was made without this one

    def _describe(self) -> None:
        picture = self.canvas.picture
        words = "" if self._pixel is None else self.describe(self._in_picture(self._pixel))
        if words and self._pixel is not None:
            self.readout.setText(f"{self._pixel[0]}, {self._pixel[1]}    {words}")
        elif picture is not None and self.frame is not None:
            self.readout.setText(self._size_words(picture))
        else:
            self.readout.setText("")

    def _size_words(self, picture: Picture) -> str:
        size = f"{picture.rgba.shape[1]} × {picture.rgba.shape[0]}"
        if self.pinned is not None and not self.pin_button.is_named:
            size = f"{frame_name(self.pinned)}    {size}"
        if not picture.has_gaps:
            return size
        share = picture.gap_share
        percent = "<0.1" if share < 0.001 else f"{100 * share:.1f}"
        return self.tr("{0}    no value in {1} %").format(size, percent)

    def _tell_hovered(self, pixel: tuple[int, int] | None) -> None:
        x, y = (None, None) if pixel is None else self.in_frame(pixel)
        self.pixel_hovered.emit(self.frame, x, y)

    def _tell_clicked(self, x: int, y: int, keys: Qt.KeyboardModifier) -> None:
        self.pixel_clicked.emit(self.frame, *self.in_frame((x, y)), keys)

    # between the picture's pixels and the frame's

    def _frame_scale(self) -> float:
        picture = self.canvas.picture
        if self._frame_size is None or picture is None:
            return 1.0
        return self._frame_size[0] / picture.rgba.shape[1]

    def in_frame(self, pixel: tuple[int, int]) -> tuple[int, int]:
        """The frame's pixel at a pixel of the picture."""
        scale = self._frame_scale()
        return floor((pixel[0] + 0.5) * scale), floor((pixel[1] + 0.5) * scale)

    def _in_picture(self, pixel: tuple[int, int]) -> tuple[int, int]:
        scale = 1 / self._frame_scale()
        return floor((pixel[0] + 0.5) * scale), floor((pixel[1] + 0.5) * scale)

    def _path_in_frame(self, path: NDArray[np.int32]) -> NDArray[np.int32]:
        return np.floor((path + 0.5) * self._frame_scale()).astype(np.int32)

    # style

    def _open_style(self) -> None:
        menu = QMenu(self)
        form = ImageStyleForm(self._style_with_range(), self.modality.default_style, menu)
        form.changed.connect(self._set_style)
        action = QWidgetAction(menu)
        action.setDefaultWidget(form)
        menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.head.style_button.mapToGlobal(QPoint(0, self.head.style_button.height())))

    def _style_with_range(self) -> Any:
        """The style; a range that follows the image is filled in, as a start for a fixed one."""
        style, legend = self.style_value, self.legend.legend
        if isinstance(style, RangeStyle) and style.automatic and legend is not None:
            return replace(style, low=round(legend.low, 2), high=round(legend.high, 2))
        return style

    def _set_style(self, style: Any) -> None:
        self.styles[self.modality.key] = style
        self.style_changed.emit(style)

    # state

    def save_state(self) -> dict[str, Any]:
        """What to remember of this pane, in JSON's types."""
        kept = {key: asdict(style) for key, style in self.styles.items()}
        return {"modality": self.modality.key, "styles": kept}

    def restore_state(self, stored: object) -> None:
        """Take over what `save_state` gave; whatever is missing or unknown stays as it is."""
        if not isinstance(stored, dict):
            return
        modality = find_modality(str(stored.get("modality")))
        if modality is not None:
            self.set_modality(modality)
        styles = stored.get("styles")
        for key, values in (styles if isinstance(styles, dict) else {}).items():
            known = find_modality(key)
            if known is not None and isinstance(values, dict):
                self.styles[key] = _restored(known.default_style, values)


def _restored(style: Any, stored: Mapping[str, Any]) -> Any:
    """The style with remembered values; names and kinds that do not fit are left out."""
    for entry in fields(style):
        value, default = stored.get(entry.name), getattr(style, entry.name)
        fits = isinstance(value, type(default)) or (isinstance(default, float) and isinstance(value, int))
        choices = entry.metadata.get("choices")
        if (
            fits
            and isinstance(value, bool) == isinstance(default, bool)
            and (not choices or value in choices)
        ):
            style = replace(style, **{entry.name: value})
    return style
