"""Looking through the current frame's camera, its image laid over the scene."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from viewer.app.frame_reasons import no_image_words
from viewer.errors import FormatError
from viewer.model.frames import FrameId

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

DEFAULT_OPACITY = 0.5


class Looking(QObject):
    """The look-through mode: which camera, which picture over it and how opaque."""

    changed = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.is_on = False
        self.opacity = DEFAULT_OPACITY
        self._hidden_opacity = 0.0
        self._picture: tuple[FrameId, NDArray[np.uint8]] | None = None
        window.session.frame_changed.connect(self._follow_frame)
        window.session.scene_changed.connect(self._leave)
        window.session.lens_changed.connect(self._apply)
        window.scene_view.look_through_left.connect(self._left)

    @property
    def absence(self) -> str:
        """Why no image lies over the scene; empty when the frame has one, or nothing is looked through."""
        session = self._window.session
        frame, images = session.frame, session.images
        if not self.is_on or frame is None or (images is not None and images.source.modalities(frame)):
            return ""
        return no_image_words(session, frame)

    @property
    def picture(self) -> NDArray[np.uint8] | None:
        """(H, W, 3) the image that lies over the scene; None while none does."""
        is_shown = self.is_on and self.opacity > 0 and self._picture is not None
        return self._picture[1] if is_shown and self._picture and self._picture[0] == self.frame else None

    @property
    def frame(self) -> FrameId | None:
        """The frame that is looked through, or would be."""
        return self._window.session.frame

    def toggle(self) -> None:
        if self.is_on:
            self._leave()
        else:
            self._enter()

    def toggle_overlay(self) -> None:
        """Show the scene alone, or the image over it as opaque as before."""
        if self.opacity > 0:
            self._hidden_opacity = self.opacity
            self.set_opacity(0.0)
        else:
            self.set_opacity(self._hidden_opacity or DEFAULT_OPACITY)
        if not self.is_on:
            self._enter()

    def set_opacity(self, opacity: float) -> None:
        if opacity != self.opacity:
            self.opacity = opacity
            self._apply()
            self.changed.emit()

    def _enter(self) -> None:
        if self._window.session.frame_camera() is None:
            self._window.tell("This frame has no camera pose to look through")
            self.changed.emit()
            return
        self.is_on = True
        self._window.bookmarks.remember()
        self._apply()
        self._fetch()
        self.changed.emit()

    def _leave(self) -> None:
        if self.is_on:
            self.is_on = False
            self._window.scene_view.look_through(None, None, 0.0)
            self.changed.emit()

    def _left(self) -> None:
        if self.is_on:
            self.is_on = False
            self.changed.emit()

    def _follow_frame(self, _: object) -> None:
        if self.is_on:
            self._apply()
            self._fetch()
            self.changed.emit()

    def _apply(self) -> None:
        if not self.is_on:
            return
        camera = self._window.session.frame_camera()
        if camera is None:
            self._leave()
            return
        frame = self._window.session.frame
        picture = self._picture[1] if self._picture is not None and self._picture[0] == frame else None
        self._window.scene_view.look_through(camera, picture, self.opacity)

    def _fetch(self) -> None:
        frame, images = self._window.session.frame, self._window.session.images
        if frame is None or images is None or (self._picture is not None and self._picture[0] == frame):
            return
        from viewer.app.frame_picture import frame_picture  # nothing that the first picture needs

        self._window.runner.start(
            self._window.runner.frame_lane,
            lambda _: frame_picture(images.source, frame),
            title="Image to look through",
            is_shown=False,
            key="look-through",
            done=partial(self._arrived, frame),
            failed=self._missing,
        )

    def _arrived(self, frame: FrameId, picture: NDArray[np.uint8] | None) -> None:
        if picture is not None and frame == self._window.session.frame:
            self._picture = (frame, picture)
            self._apply()

    def _missing(self, error: BaseException) -> None:
        if isinstance(error, FormatError):
            self._window.tell(str(error))
        else:
            raise error
