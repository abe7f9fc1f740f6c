"""The picture of a moving view where full ones take long: fewer pixels, fewer triangles, the same look.

It is made in short turns, so that the window can answer in between even where drawing is slow, and painting
has only to show it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from vispy.gloo import Texture2D
from vispy.gloo.context import GLContext

from viewer.model.camera import Camera
from viewer.render.frame import Frame, resized
from viewer.render.id_buffer import PointerHit
from viewer.render.movement import MovementBudget
from viewer.render.renderer import Painters, Renderer
from viewer.render.surface_pass import SurfacePass, Surfaces

if TYPE_CHECKING:
    from viewer.render.layers.layer import Layer
    from viewer.render.picture_state import PictureState

TURN_SECONDS = 0.03
"""What a turn of making a picture takes, about, where it takes longer."""


def quick_side(side: int, share: float) -> int:
    """Pixels of a quick picture along a side of the window, odd.

    Where a size becomes a power of two, software drawing compiles programs anew, for a quarter of a second.
    """
    return round(side * share) | 1


class QuickPicture:
    """A renderer of its own, so that planes of full pictures stay as they are."""

    def __init__(self, context: GLContext, state: PictureState, painters: Painters | None) -> None:
        self._context = context
        self._state = state
        self._renderer = Renderer(context, painters)
        self._frame: Frame | None = None
        self._whole: Frame | None = None  # the same with the window's pixels
        self._pass: SurfacePass | None = None
        self._drawn: Surfaces | None = None
        self._is_composed = False
        self._is_coloring = False
        self._is_under_way = False
        self._shown: tuple[Frame, tuple[int, int]] | None = None
        self._seen: NDArray[np.bool_] | None = None
        self._begun_at = 0.0
        self.is_new = False
        """True when a picture is made that was not shown yet."""
        self.seconds = 0.0
        """How long the last picture was in the making."""

    @property
    def depths(self) -> Texture2D:
        """Clip w of what is in front, with the pixels of the quick picture."""
        return self._renderer.depths

    @property
    def seen(self) -> NDArray[np.bool_] | None:
        """By object id + 1, what the last picture showed; None = not known."""
        return self._seen if self._seen is not None and len(self._seen) == self._rows else None

    @property
    def _rows(self) -> int:
        return self._state.table.object_count + 1

    @property
    def is_under_way(self) -> bool:
        """True while a picture is being made."""
        return self._is_under_way

    def shown(self, size: tuple[int, int]) -> Frame | None:
        """What `present` shows a window of this size; None = there is nothing for it.

        While a picture is made that is the one before.
        """
        if self._shown is None or self._shown[0].size != size:
            return None
        # a picture of other pixels takes the place of the one before as soon as it is begun
        return self._shown[0] if self._shown[1] == self._renderer.size else None

    def follow(self, seen: NDArray[np.bool_] | None) -> None:
        """The view begins to move: what the full picture shows is what needs detail first."""
        self._seen, self._shown = seen, None
        self._is_composed = self.is_new = False

    def recompose(self) -> None:
        """The colors are others now."""
        self._is_composed = False

    def call_off(self) -> None:
        """What is drawn is no longer what is to be shown."""
        self._pass = self._drawn = None
        self._is_composed = self._is_coloring = self._is_under_way = self.is_new = False

    def begin(self, camera: Camera, pixel_scale: float, serial: int, budget: MovementBudget) -> None:
        """Begin with the picture of a camera, unless it is there or another one of its size is under way.

        That one is shown first: a view that moves all the time would never show anything else.
        """
        what = _what(camera, serial)
        if self._is_under_way and self._whole is not None and self._whole.size != what[2]:
            self.call_off()
        if self._is_under_way or (self._drawn == what and self._is_composed):
            return
        self._is_under_way, self._begun_at = True, time.perf_counter()
        if self._drawn != what:
            self._begin_surfaces(camera, pixel_scale, what, budget)

    def advance(self, seconds: float | None) -> bool:
        """Go on for about so long, None = to the end; True when the picture is made.

        What the graphics card was told goes on in the background, and is not waited for.
        """
        frame, in_turns = self._frame, seconds is not None
        if not self._is_under_way or frame is None:
            return True
        if self._pass is not None:
            if not self._pass.advance(seconds):
                return False
            self._drawn, self._pass = self._pass.what, None
            self._renderer.tell_end()
        if in_turns and not self._renderer.has_ended():
            return False
        if not self._is_coloring and not self._is_composed:
            self._color(frame)
            if in_turns:
                return False
        self._is_coloring = self._is_under_way = False
        self.is_new = True
        self.seconds = time.perf_counter() - self._begun_at
        return True

    def _begin_surfaces(
        self, camera: Camera, pixel_scale: float, what: Surfaces, budget: MovementBudget
    ) -> None:
        self._whole = self._state.frame(self._context, camera, pixel_scale)
        frame = self._frame = self._new_frame(camera, pixel_scale, budget)
        frame.seen = self.seen
        layers = self._state.layers.values()
        self._pass = SurfacePass(self._renderer, frame, layers, what, in_slices=True, asks_what_hides=False)
        self._drawn, self._is_composed = None, False

    def _color(self, frame: Frame) -> None:
        self._seen = self._renderer.seen_objects(self._rows - 1)
        self._compose(frame, self._state.layers.values())
        self._renderer.tell_end()
        self._is_composed = self._is_coloring = True
        self._shown = None if self._whole is None else (self._whole, frame.size)

    def _compose(self, frame: Frame, layers: Iterable[Layer]) -> None:
        style = self._state.mesh_style
        soft = style.shading == "soft"
        self._renderer.compose(
            frame,
            layers,
            shading=style.shading,
            back_faces=style.back_faces,
            occlusion=soft,
            edges=soft,
            marks=self._state.has_marks,
        )

    def _new_frame(self, camera: Camera, pixel_scale: float, budget: MovementBudget) -> Frame:
        lens = camera.lens
        width, height = (quick_side(side, budget.share) for side in (lens.width, lens.height))
        small = resized(camera, width, height)
        frame = self._state.frame(self._context, small, pixel_scale * width / lens.width)
        frame.most_faces, frame.sharpness = budget.most_faces, width / lens.width
        return frame

    def make_ready(self, camera: Camera, budget: MovementBudget) -> None:
        """Draw nothing once, for the memory and the programs that the first picture needs."""
        if self._frame is None:
            frame = self._new_frame(camera, 1.0, budget)
            self._renderer.draw_surfaces(frame, ())
            self._compose(frame, ())

    def present(self, window: int) -> None:
        """Enlarge the picture into the window."""
        self.is_new = False
        if self._shown is not None:
            self._renderer.present(self._shown[0], window, smooth=False)

    def pick(
        self, camera: Camera, pixel_scale: float, serial: int, budget: MovementBudget, at: tuple[int, int]
    ) -> PointerHit:
        """Roughly what lies under a pixel of the window: good enough to turn about."""
        what = _what(camera, serial)
        if what != (self._drawn if self._pass is None else self._pass.what):
            self._begin_surfaces(camera, pixel_scale, what, budget)
        frame = self._frame
        if frame is None:
            return PointerHit(*at)
        if self._pass is not None:
            self._pass.advance(None)
            self._drawn, self._pass = what, None
        x, y = (
            int((value + 0.5) * few / many)
            for value, few, many in zip(at, frame.size, (camera.lens.width, camera.lens.height), strict=True)
        )
        return self._renderer.pick(frame, self._state.layers.values(), x, y, 1)

    def release(self) -> None:
        self.call_off()
        self._renderer.release()


def _what(camera: Camera, serial: int) -> Surfaces:
    return serial, False, (camera.lens.width, camera.lens.height)
