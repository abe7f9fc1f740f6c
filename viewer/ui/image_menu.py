"""What a right click on a picture offers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QMenu

from viewer.model.frames import FrameId
from viewer.ui import theme
from viewer.ui.image_drawing import qimage_of
from viewer.ui.image_view import ImageView
from viewer.ui.pan_zoom import PanZoom


def open_image_menu(
    pane: ImageView,
    pixel: tuple[int, int] | None,
    place: QPoint,
    probe: Callable[[FrameId, int, int], object],
) -> None:
    """Open the menu of a pane at a place on the screen; `probe` tells all about a pixel of a frame."""
    menu = QMenu(pane)
    menu.aboutToHide.connect(menu.deleteLater)
    words = "" if pixel is None else pane.describe(pixel)
    copy_image = menu.addAction(theme.icon("copy"), pane.tr("Copy Picture"))
    copy_image.setEnabled(pane.canvas.picture is not None)
    copy_image.triggered.connect(lambda: _copy_picture(pane))
    copy_value = menu.addAction(pane.tr("Copy Value"))
    copy_value.setEnabled(bool(words))
    copy_value.setToolTip(words)
    copy_value.triggered.connect(lambda: _copy_value(pixel, words))
    frame = pane.frame
    all_values = menu.addAction(theme.icon("eyedropper"), pane.tr("Probe This Pixel"))
    all_values.setEnabled(pixel is not None and frame is not None)
    if pixel is not None and frame is not None:
        at = pane.in_frame(pixel)
        all_values.triggered.connect(lambda: probe(frame, *at))
    menu.addSeparator()
    pin = menu.addAction(
        theme.icon("pin"),
        pane.tr("Pin This Frame") if pane.pinned is None else pane.tr("Follow the Current Frame"),
    )
    pin.setEnabled(pane.pinned is not None or pane.frame is not None)
    pin.triggered.connect(lambda: pane.pin_asked.emit(pane.pinned is None))
    menu.addSeparator()
    fit = menu.addAction(theme.icon("fit"), pane.tr("Whole Picture"))
    fit.setEnabled(pane.canvas.pan_zoom != PanZoom())
    fit.triggered.connect(pane.canvas.fit)
    actual = menu.addAction(pane.tr("One Pixel to One"))
    actual.setEnabled(pane.canvas.picture is not None)
    actual.triggered.connect(pane.canvas.show_actual_size)
    menu.popup(place)


def _copy_picture(pane: ImageView) -> None:
    picture = pane.canvas.picture
    if picture is not None:
        image = qimage_of(picture).convertToFormat(QImage.Format.Format_ARGB32)
        QGuiApplication.clipboard().setImage(image)


def _copy_value(pixel: tuple[int, int] | None, words: str) -> None:
    if pixel is not None:
        QGuiApplication.clipboard().setText(f"x {pixel[0]}, y {pixel[1]}: {words}")
