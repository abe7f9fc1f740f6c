"""The picture of a moving view where full ones take long: fewer pixels, fewer triangles, the same look."""

from __future__ import annotations

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

if TYPE_CHECKING:
    from viewer.render.layers.layer import Layer
    from viewer.render.picture_state import PictureState


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
        self._drawn: tuple[int, tuple[int, int]] | None = None
        self._is_composed = False
        self._seen: NDArray[np.bool_] | None = None

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

    def follow(self, seen: NDArray[np.bool_] | None) -> None:
        """The view begins to move: what the full picture shows is what needs detail first."""
        self._seen = seen

    def recompose(self) -> None:
        """The colors are others now."""
        self._is_composed = False

    def draw(self, camera: Camera, pixel_scale: float, serial: int, budget: MovementBudget) -> bool:
        """Bring the picture up to date; True when there was something to do."""
        frame = self._surfaces(camera, pixel_scale, serial, budget)
        if self._is_composed:
            return False
        self._compose(frame, self._state.layers.values())
        self._is_composed = True
        return True

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

    def _surfaces(self, camera: Camera, pixel_scale: float, serial: int, budget: MovementBudget) -> Frame:
        wanted = (serial, (camera.lens.width, camera.lens.height))
        if self._frame is not None and self._drawn == wanted:
            return self._frame
        frame = self._new_frame(camera, pixel_scale, budget)
        frame.seen = self.seen
        self._renderer.draw_surfaces(frame, self._state.layers.values())
        self._seen = self._renderer.seen_objects(self._rows - 1)
        self._frame, self._drawn, self._is_composed = frame, wanted, False
        return frame

    def _new_frame(self, camera: Camera, pixel_scale: float, budget: MovementBudget) -> Frame:
        lens = camera.lens
        width, height = (quick_side(side, budget.share) for side in (lens.width, lens.height))
        small = resized(camera, width, height)
        frame = self._state.frame(self._context, small, pixel_scale * width / lens.width)
        frame.most_faces = budget.most_faces
        return frame

    def make_ready(self, camera: Camera, budget: MovementBudget) -> None:
        """Draw nothing once, for the memory and the programs that the first picture needs."""
        if self._frame is None:
            frame = self._new_frame(camera, 1.0, budget)
            self._renderer.draw_surfaces(frame, ())
            self._compose(frame, ())

    def present(self, frame: Frame, window: int) -> None:
        """Enlarge the picture into the window."""
        self._renderer.present(frame, window, smooth=False)

    def pick(
        self, camera: Camera, pixel_scale: float, serial: int, budget: MovementBudget, at: tuple[int, int]
    ) -> PointerHit:
        """Roughly what lies under a pixel of the window: good enough to turn about."""
        frame = self._surfaces(camera, pixel_scale, serial, budget)
        x, y = (
            int((value + 0.5) * few / many)
            for value, few, many in zip(at, frame.size, (camera.lens.width, camera.lens.height), strict=True)
        )
        return self._renderer.pick(frame, self._state.layers.values(), x, y, 1)

    def release(self) -> None:
        self._renderer.release()
