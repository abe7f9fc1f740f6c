"""Pictures of the 3D view, of an image pane or of the whole window, at any size."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from viewer.errors import GpuError
from viewer.formats.picture_file import write_png
from viewer.render.look_through import LookThrough
from viewer.ui.dialogs.screenshot import ScreenshotDialog
from viewer.ui.widget_pictures import pane_picture, window_picture, with_image_over

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

VIEW, WINDOW, PANE = "view", "window", "pane"


@dataclass(frozen=True, slots=True)
class Subject:
    """Something to take a picture of."""

    kind: str  # VIEW, WINDOW or PANE
    title: str
    size: tuple[int, int]  # px, as it is
    number: int = 0  # of the pane

    @property
    def keeps_shape(self) -> bool:
        """True when the height follows from the width."""
        return self.kind != VIEW

    @property
    def can_be_transparent(self) -> bool:
        return self.kind != WINDOW


class Screenshots(QObject):
    """Asks what, how large and where to; draws here and writes in the background."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def ask(self) -> None:
        dialog = ScreenshotDialog(self.subjects(), self._window)
        dialog.chosen.connect(self._ask_where)
        dialog.show_for_scene(self._window.session)

    def subjects(self) -> tuple[Subject, ...]:
        """What there is to take a picture of now."""
        window = self._window
        found = []
        if window.scene_view.native.isVisible():
            found.append(Subject(VIEW, "3D view", window.scene_view.size))
        for number, pane in enumerate(window.images_panel.shown_panes):
            picture = pane.canvas.picture
            if picture is not None and not pane.canvas.is_stale:
                size = (picture.rgba.shape[1], picture.rgba.shape[0])
                found.append(Subject(PANE, f"Image: {pane.modality.title}", size, number))
        scale = window.devicePixelRatioF()
        size = (round(window.width() * scale), round(window.height() * scale))
        return (*found, Subject(WINDOW, "Whole window", size))

    def _ask_where(self, subject: Subject, size: tuple[int, int], transparent: bool) -> None:
        scene = self._window.session.scene
        name = "view" if scene is None else scene.name
        path, _ = QFileDialog.getSaveFileName(
            self._window, f"Save a picture of the {subject.title}", f"{name}.png", "PNG pictures (*.png)"
        )
        if path:
            self.take(subject, size, transparent, Path(path))

    def take(self, subject: Subject, size: tuple[int, int], transparent: bool, path: Path) -> None:
        """Draw the subject at a size in pixels and write it."""
        window = self._window
        try:
            picture = self._drawn(subject, size, transparent)
        except GpuError as error:
            window.banners.show_error(error)
            return
        if picture is None:
            window.tell("This pane shows no picture any more")
            return
        window.runner.start(
            window.runner.export_lane,
            lambda _: write_png(path, picture if transparent else picture[..., :3]),
            title="Writing a picture",
            is_shown=False,
            done=partial(self._tell, size),
            failed=window.opening.explain,
        )

    def _drawn(self, subject: Subject, size: tuple[int, int], transparent: bool) -> NDArray[np.uint8] | None:
        window, view = self._window, self._window.scene_view
        if subject.kind == VIEW:
            return self._with_image(view.screenshot(*size, transparent=transparent))
        if subject.kind == PANE:
            canvas = window.images_panel.panes[subject.number].canvas
            return None if canvas.picture is None else pane_picture(canvas, size, transparent=transparent)
        scale = size[0] / window.width()
        sharp = None
        if scale > window.devicePixelRatioF() and view.native.isVisible() and not view.is_looking_through:
            sharp = view.screenshot(
                max(round(view.native.width() * scale), 1), max(round(view.native.height() * scale), 1)
            )
        return window_picture(window, size[0], view.native, sharp)

    def _with_image(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The picture with what lies over the scene while looking through a camera."""
        looking = self._window.looking
        image, camera = looking.picture, self._window.session.frame_camera()
        if image is None or camera is None:
            return picture
        place = LookThrough(camera).rectangle(picture.shape[1], picture.shape[0])
        return with_image_over(picture, image, place, looking.opacity)

    def _tell(self, size: tuple[int, int], path: Path) -> None:
        self._window.tell(f"Saved {path} ({size[0]} by {size[1]})")
