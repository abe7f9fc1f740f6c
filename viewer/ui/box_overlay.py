"""The boxes over the image panes: by each frame's own camera, hidden where its distances say so."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from viewer.app.frame_cache import FrameCache
from viewer.app.pixel_probe import DISTANCES
from viewer.errors import ViewerError
from viewer.geometry.box_projection import BoxLines, project_boxes
from viewer.jobs.job import Progress
from viewer.model.boxes import OrientedBoxes
from viewer.model.camera import Camera
from viewer.model.frames import FrameId, FrameSource
from viewer.ui.image_drawing import OUTLINE_HALO, SELECTED_COLOR
from viewer.ui.pane_grid import PaneGrid

if TYPE_CHECKING:
    from viewer.ui.box_display import BoxDisplay
    from viewer.ui.image_view import ImageView
    from viewer.ui.main_window import MainWindow

HIDDEN_OPACITY = 0.35
HALO_PX = 1.4
MOST_FRAMES = 12
"""Frames whose lines are kept: those of all panes, and the ones just left."""
CROWDED = 1500
"""More pieces than this are drawn as hairlines, without what is hidden: drawing must not be felt."""
WHOLE_WIDTH_FROM_PX = 700
"""Lines over smaller pictures are thinner."""
Colors = NDArray[np.uint8]


class BoxOverlay(QObject):
    """Projects in the frame lane and hands every pane what to draw; an old drawing stays until then."""

    def __init__(self, window: MainWindow, display: BoxDisplay) -> None:
        super().__init__(window)
        self._window = window
        self._display = display
        self._version = 0  # of what is to be drawn
        self._drawn: dict[FrameId, tuple[int, Callable[[QPainter, QRectF], None]]] = {}
        self._asked: dict[FrameId, int] = {}
        display.changed.connect(self.refresh)
        window.session.lens_changed.connect(self.refresh)
        window.session.scene_changed.connect(self._forget)
        panel = window.images_panel
        for pane in panel.panes:
            pane.picture_changed.connect(partial(self._draw_into, pane))
        grid = panel.findChild(PaneGrid)
        self.switch = grid.boxes if isinstance(grid, PaneGrid) else None
        if self.switch is not None:
            self.switch.clicked.connect(display.toggle_in_images)

    def refresh(self) -> None:
        """Something about the boxes is other now: draw them anew where frames are shown."""
        self._version += 1
        style = self._display.style
        if self.switch is not None:
            self.switch.setChecked(style.visible and style.in_images)
            self.switch.setEnabled(self._display.boxes is not None)
        for pane in self._window.images_panel.shown_panes:
            self._draw_into(pane)

    def lines_of(self, frame: FrameId) -> bool:
        """Whether the boxes of a frame are on the screen as they are now."""
        return self._drawn.get(frame, (-1, None))[0] == self._version

    def _forget(self) -> None:
        self._drawn.clear()
        self._asked.clear()
        self._version += 1

    def _draw_into(self, pane: ImageView) -> None:
        """Bring a pane up to date: at once when its frame's lines are known, else through a worker."""
        frame, session = pane.frame, self._window.session
        shown = None if frame is None else self._display.shown_in(frame)
        camera = None if frame is None else session.frame_camera(frame)
        if frame is None or shown is None or camera is None or not len(shown[0]):
            self._show(pane, None)
            return
        version, draw = self._drawn.get(frame, (-1, None))
        self._show(pane, draw)
        if version != self._version and self._asked.get(frame) != self._version:
            self._project(frame, camera, *shown)

    def _project(self, frame: FrameId, camera: Camera, boxes: OrientedBoxes, colors: Colors) -> None:
        window, session = self._window, self._window.session
        images, scene, cache, version = (
            session.images,
            session.scene,
            window.images_panel.cache,
            self._version,
        )
        if images is None or scene is None:
            return
        self._asked[frame] = version
        style, selected = self._display.style, self._selected(boxes)

        def work(progress: Progress) -> BoxLines:
            progress.check()
            distances = _distances(images.source, cache, frame)
            return project_boxes(boxes, camera, scene.metres_per_unit, distances)

        def done(lines: BoxLines) -> None:
            if session.scene is None or self._version != version:
                return
            paint = partial(
                draw_box_lines,
                lines=lines,
                colors=colors,
                selected=selected,
                width=style.line_width,
                hidden_opacity=HIDDEN_OPACITY if style.hidden_opacity > 0 else 0.0,
            )
            self._drawn.pop(frame, None)
            while len(self._drawn) >= MOST_FRAMES:
                self._drawn.pop(next(iter(self._drawn)))
            self._drawn[frame] = (version, paint)
            for pane in window.images_panel.shown_panes:
                if pane.frame == frame:
                    self._show(pane, paint)

        window.runner.start(
            window.runner.frame_lane,
            work,
            title="Projecting boxes",
            is_shown=False,
            key=("boxes", frame),
            done=done,
        )

    def _selected(self, boxes: OrientedBoxes) -> NDArray[np.bool_]:
        session = self._window.session
        labelling = session.labelling
        chosen = [] if labelling is None else labelling.labels.instance[session.selection].tolist()
        return np.isin(boxes.ids, chosen)

    @staticmethod
    def _show(pane: ImageView, draw: Callable[[QPainter, QRectF], None] | None) -> None:
        if pane.canvas.overlay is not draw:
            pane.canvas.overlay = draw
            pane.canvas.redraw()


def _distances(source: FrameSource, cache: FrameCache, frame: FrameId) -> NDArray[np.floating] | None:
    """The distances of a frame; None where it has none that can be read."""
    if DISTANCES not in source.modalities(frame):
        return None
    try:
        pixels = cache.fetch(frame, DISTANCES, partial(source.read, frame, DISTANCES)).pixels
    except ViewerError:
        return None  # the pane that shows the file says why
    return pixels if pixels.ndim == 2 and pixels.dtype.kind == "f" else None


def draw_box_lines(
    painter: QPainter,
    place: QRectF,
    *,
    lines: BoxLines,
    colors: Colors,
    selected: NDArray[np.bool_],
    width: float,
    hidden_opacity: float,
) -> None:
    """Draw lines over a picture that lies at `place`: what is hidden faintly, the rest with a dark rim."""
    if not len(lines.ends):
        return
    ends = lines.ends * (place.width(), place.height(), place.width(), place.height())
    ends += (place.x(), place.y(), place.x(), place.y())
    width *= min(1.0, max(0.5, place.width() / WHOLE_WIDTH_FROM_PX))
    painter.save()
    painter.setClipRect(place)
    is_seen = ~lines.is_hidden
    is_crowded = len(ends) > CROWDED
    if is_crowded:
        width = 1.0
    else:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _draw(painter, ends[is_seen], OUTLINE_HALO, width + HALO_PX)
    inks = colors.astype(np.int64)[lines.boxes] @ (65536, 256, 1)
    strong = selected[lines.boxes]
    inks[strong] = -1
    for is_hidden, opacity in ((True, hidden_opacity), (False, 1.0)):
        if opacity <= 0 or (is_hidden and is_crowded):
            continue
        chosen = np.flatnonzero(lines.is_hidden if is_hidden else is_seen)
        chosen = chosen[np.argsort(inks[chosen], kind="stable")]
        firsts = np.flatnonzero(np.diff(inks[chosen], prepend=-2))
        for rows in np.split(chosen, firsts[1:]) if len(chosen) else ():
            ink = int(inks[rows[0]])
            color = QColor(SELECTED_COLOR) if ink < 0 else QColor(ink >> 16, ink >> 8 & 255, ink & 255)
            color.setAlphaF(opacity)
            _draw(painter, ends[rows], color, width * (1.6 if ink < 0 and not is_crowded else 1.0))
    painter.restore()


def _draw(painter: QPainter, ends: NDArray[np.float64], color: QColor, width: float) -> None:
    pen = QPen(color, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if width > HALO_PX else Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawLines([QLineF(*line) for line in ends.tolist()])
