"""What the image panes point at together: outlines of objects, and one place in the world."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainterPath

from viewer.app.frame_cache import FrameCache
from viewer.app.pixel_probe import ENTITIES, PixelHit, locate
from viewer.app.session import NOTHING, Session
from viewer.imaging.outlines import object_mask, outline
from viewer.model.frames import FrameId
from viewer.ui.image_drawing import outline_path

MOST_OUTLINES = 24


class Marked(Protocol):
    """What can be pointed into: a pane, or something that stands in for one."""

    @property
    def frame(self) -> FrameId | None: ...

    def set_cursor(self, pixel: tuple[int, int] | None, *, is_own: bool = False) -> None: ...

    def set_outlines(self, selected: QPainterPath | None, hovered: QPainterPath | None) -> None: ...


class ImageMarks:
    """Draws the same objects and the same place into every pane, each by its own frame's camera."""

    def __init__(
        self,
        session: Session,
        panes: Callable[[], Sequence[Marked]],
        cache: Callable[[], FrameCache],
    ) -> None:
        self._session = session
        self._panes = lambda: (*panes(), *self.also)
        self.also: Sequence[Marked] = ()
        """What is marked besides the panes."""
        self._cache = cache
        self._outlines: dict[object, QPainterPath | None] = {}
        self._shown: Callable[[], None] = lambda: None
        self._pointer: tuple[Marked, int, int] | None = None  # where the pointer is, in a frame's pixels
        self.previewed: NDArray[np.int64] = NOTHING
        """Objects that a stroke in hand would change."""

    def forget(self) -> None:
        """Another scene: nothing that was computed holds any more."""
        self._outlines.clear()
        self.previewed = NOTHING
        self._shown = lambda: None
        self._pointer = None

    def show_outlines(self) -> None:
        """Outline what is selected, and what is hovered or about to be painted."""
        session = self._session
        hovered = session.hovered
        marked = [] if hovered is None or hovered in session.selection else [hovered]
        light = self.previewed if len(self.previewed) else np.array(marked, np.int64)
        for pane in self._panes():
            pane.set_outlines(self._outline(pane.frame, session.selection), self._outline(pane.frame, light))

    def _outline(self, frame: FrameId | None, object_ids: NDArray[np.int64]) -> QPainterPath | None:
        """The outline of objects in a frame; computed once for all panes."""
        nodes = self._session.nodes
        image = None if frame is None or nodes is None else self._cache().image(frame, ENTITIES)
        if image is None or nodes is None or not len(object_ids) or image.pixels.dtype.kind not in "iu":
            return None
        wanted = (frame, object_ids.tobytes())
        if wanted not in self._outlines:
            segments = outline(object_mask(image.pixels, nodes, object_ids))
            while len(self._outlines) >= MOST_OUTLINES:
                self._outlines.pop(next(iter(self._outlines)))
            self._outlines[wanted] = outline_path(segments) if len(segments) else None
        return self._outlines[wanted]

    # the pointer

    def show_pixel(self, own: Marked, hit: PixelHit | None, *, is_linked: bool) -> None:
        """Put the crosshairs where the other panes show what the pointer is on.

        Panes of the same frame show the same pixel, while they are linked; those of other frames the same
        place in the world, where they see it.
        """
        if hit is None:
            self.show_point(None)
            return
        self._pointer = own, hit.x, hit.y
        own.set_cursor((hit.x, hit.y), is_own=True)
        for pane in self._panes():
            if pane is own:
                continue
            if pane.frame == hit.frame:
                pane.set_cursor((hit.x, hit.y) if is_linked else None)
            else:
                self._point_at(pane, hit.point, hit.object_id)
        self._shown = lambda: self.show_pixel(own, hit, is_linked=is_linked)

    def show_point(self, point: NDArray[np.floating] | None, object_id: int | None = None) -> None:
        """Put the crosshair of every pane where its frame shows a world point; nowhere when hidden there."""
        self._pointer = None
        for pane in self._panes():
            self._point_at(pane, point, object_id)
        self._shown = (lambda: None) if point is None else (lambda: self.show_point(point, object_id))

    def show_again(self) -> None:
        """More is decoded now: what is in the way may be known that was not before."""
        self.show_outlines()
        self._shown()

    def hover_again(self, hover: Callable[[Marked, FrameId | None, int, int], None]) -> None:
        """Another frame came under a pointer that rests: it points at something else now."""
        if self._pointer is not None:
            own, x, y = self._pointer
            hover(own, own.frame, x, y)

    def _point_at(self, pane: Marked, point: NDArray[np.floating] | None, object_id: int | None) -> None:
        pixel = None
        if point is not None and pane.frame is not None:
            pixel = locate(self._session, self._cache(), pane.frame, point, object_id)
        pane.set_cursor(pixel)
