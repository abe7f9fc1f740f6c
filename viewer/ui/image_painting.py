"""Labelling by strokes over an image: the pixels of a frame say which objects they show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from viewer.app.frame_cache import FrameCache
from viewer.app.labelling import Labelling
from viewer.app.painting import ImagePicker, Picker, visible_mask
from viewer.app.pixel_probe import ENTITIES
from viewer.app.session import Session
from viewer.model.frames import FrameId
from viewer.tools.tool import Gesture
from viewer.ui.image_view import ImageView

PREVIEW_MS = 40
SHAPES = {"rectangle": "rectangle", "line": "line", "pen": "pen", "lasso": "lasso", "eyedropper": "none"}
Paint = Callable[[Labelling, Gesture, Picker], object]


def paint_now(labelling: Labelling, gesture: Gesture, picker: Picker) -> object:
    """Apply a stroke at once."""
    return labelling.stroke(gesture, picker)


class ImagePainting(QObject):
    """Turns the strokes of the panes into those of the labelling, with a preview while the button is held.

    `paint` does the work; a window whose strokes wait for one another puts its own queue there.
    """

    previewed = Signal(object)  # StrokeResult, or None when the stroke has ended

    def __init__(
        self,
        session: Session,
        panes: Sequence[ImageView],
        cache: Callable[[], FrameCache],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.paint: Paint = paint_now
        self._session = session
        self._panes = panes
        self._cache = cache
        self._path: NDArray[np.int32] | None = None
        self._frame: FrameId | None = None  # the one that is drawn over
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PREVIEW_MS)
        self._timer.timeout.connect(self._preview)
        for pane in panes:
            pane.stroke_moved.connect(partial(self._moved, pane))
            pane.stroke_finished.connect(partial(self._finished, pane))
            pane.canvas.stroke_cancelled.connect(self._end_preview)

    def follow_brush(self) -> None:
        """Let the panes draw the shape of the tool in use; nothing can be drawn without labels."""
        labelling = self._session.labelling
        shape = "" if labelling is None else SHAPES.get(labelling.brush.tool, "pen")
        for pane in self._panes:
            pane.canvas.stroke_shape = shape

    def picker(self, frame: FrameId | None) -> Picker | None:
        """What is seen at the pixels of a frame; None while its ids are not decoded."""
        session, nodes = self._session, self._session.nodes
        image = None if frame is None or nodes is None else self._cache().image(frame, ENTITIES)
        if image is None or nodes is None or image.pixels.dtype.kind not in "iu":
            return None
        objects = nodes.objects_in(image.pixels)
        known = np.where(objects < session.object_count, objects, -1)
        return ImagePicker(known, visible_mask(session.object_count, session.hidden))

    def _finished(self, pane: ImageView, gesture: Gesture) -> None:
        self._end_preview()
        labelling, picker = self._session.labelling, self.picker(pane.frame)
        if labelling is not None and picker is not None:
            self.paint(labelling, gesture, picker)

    def _moved(self, pane: ImageView, path: NDArray[np.int32]) -> None:
        self._path, self._frame = path, pane.frame
        if not self._timer.isActive():
            self._timer.start()

    def _preview(self) -> None:
        labelling, picker = self._session.labelling, self.picker(self._frame)
        if self._path is not None and labelling is not None and picker is not None:
            result = labelling.preview(Gesture(self._path), picker)
            if result.is_stroke:
                self.previewed.emit(result)

    def _end_preview(self) -> None:
        self._timer.stop()
        if self._path is not None:
            self._path = None
            self.previewed.emit(None)
