"""Pictures of any size, drawn off screen and smoothed by drawing them larger than asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from vispy.gloo.context import GLContext

from viewer.errors import GpuError
from viewer.model.camera import Camera
from viewer.render.frame import Frame, resized
from viewer.render.gl import GL
from viewer.render.picture_state import PictureState
from viewer.render.renderer import Renderer

FINENESS = 2
"""Pixels drawn per pixel asked for, in each direction."""
_BLACK, _WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)


def finer(camera: Camera, times: int) -> Camera:
    """The same camera with every pixel cut into `times` by `times`."""
    return resized(camera, camera.lens.width * times, camera.lens.height * times)


class StillPainter:
    """Paints pictures of any size, one after the other; `release` gives the graphics memory back."""

    def __init__(self, context: GLContext) -> None:
        self._context = context
        self._renderer = Renderer(context)

    def paint(
        self, state: PictureState, camera: Camera, *, transparent: bool = False, marks: bool = True
    ) -> NDArray[np.uint8]:
        """What a camera sees, (H, W, 4) of its lens's size; all layers must be on the graphics card already.

        `transparent` leaves the background out instead of painting it. Raises GpuError when the picture is
        larger than the graphics card can make.
        """
        size = (camera.lens.width, camera.lens.height)
        largest = _largest_picture()
        if min(size) < 1 or max(size) > largest:
            raise GpuError(
                f"expected a picture of 1 to {largest} pixels a side, found {size[0]} by {size[1]}",
                hint="ask for a smaller one",
            )
        times = FINENESS if max(size) * FINENESS <= largest else 1
        renderer = self._renderer
        frame = state.frame(self._context, finer(camera, times), float(times))
        renderer.draw_surfaces(frame, state.layers.values())
        if not transparent:
            return _smaller(_composed(renderer, frame, state, marks), times)
        # over black and over white: what differs is how much of the background comes through
        dark, light = (
            _smaller(_composed(renderer, _before(frame, color), state, marks), times).astype(np.float32)
            for color in (_BLACK, _WHITE)
        )
        opacity = 1 - (light - dark)[..., :3].mean(axis=2) / 255
        straight = dark[..., :3] / np.maximum(opacity, 1 / 255)[..., None]
        return (
            np.concatenate([straight, 255 * opacity[..., None]], axis=2).clip(0, 255).round().astype(np.uint8)
        )

    def release(self) -> None:
        self._renderer.release()


def render_still(
    context: GLContext, state: PictureState, camera: Camera, *, transparent: bool = False, marks: bool = True
) -> NDArray[np.uint8]:
    """One picture, as `StillPainter.paint` makes it."""
    painter = StillPainter(context)
    try:
        return painter.paint(state, camera, transparent=transparent, marks=marks)
    finally:
        painter.release()


def _before(frame: Frame, color: tuple[float, float, float]) -> Frame:
    """The frame with a plain background."""
    return replace(frame, theme=replace(frame.theme, sky=color, ground=color))


def _composed(renderer: Renderer, frame: Frame, state: PictureState, marks: bool) -> NDArray[np.uint8]:
    style = state.mesh_style
    renderer.compose(
        frame,
        state.layers.values(),
        shading=style.shading,
        back_faces=style.back_faces,
        occlusion=style.shading == "soft",
        edges=style.shading == "soft",
        marks=marks and state.has_marks,
    )
    return renderer.read_picture()


def _smaller(pixels: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    """Mean of blocks of `times` by `times` pixels."""
    if times == 1:
        return pixels
    height, width = pixels.shape[0] // times, pixels.shape[1] // times
    blocks = pixels.reshape(height, times, width, times, 4).astype(np.uint16)
    total = blocks.sum(axis=(1, 3)) + times * times // 2
    return (total // (times * times)).astype(np.uint8)


def _largest_picture() -> int:
    return min(*GL.integers(GL.GL_MAX_TEXTURE_SIZE, 1), *GL.integers(GL.GL_MAX_VIEWPORT_DIMS, 2))
