"""What a camera of the scene sees, drawn off screen: colors, objects and distances, pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from vispy.gloo.context import GLContext

from viewer.model.camera import Camera
from viewer.render.id_buffer import IdBuffer, depth_scale
from viewer.render.picture_state import PictureState
from viewer.render.renderer import Renderer
from viewer.render.targets import DRIVER_ERRORS, driver_problem

LEFT_OUT: Final = ("cameras", "grid")
"""Layers that no camera of the scene could have seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One picture from a camera, of its lens's size."""

    rgb: NDArray[np.uint8]  # (H, W, 3)
    ids: IdBuffer

    def distances(self) -> NDArray[np.float32]:
        """(H, W) world units along the ray to what is drawn, NaN where nothing is. For worker threads too."""
        lens = self.ids.camera.lens
        x, y = np.arange(lens.width), np.arange(lens.height)
        matrix = lens.ray_from_pixel
        rays = matrix[:, 0] * x[None, :, None] + matrix[:, 1] * y[:, None, None] + matrix[:, 2]
        scale = np.linalg.norm(rays, axis=2) * depth_scale(self.ids.camera)
        return np.where(self.ids.depths > 0, self.ids.depths * scale, np.nan).astype(np.float32)


class Shooter:
    """Takes shots; keeps what drawing them needs, for the next one is likely of the same size."""

    def __init__(self) -> None:
        self._renderer: Renderer | None = None

    def shoot(self, context: GLContext, state: PictureState, camera: Camera) -> Shot:
        """Draw through a camera; the context must be current, all layers on the graphics card.

        Nothing is marked and no edges are drawn: an image on disk has none either. Raises GpuError when the
        driver refuses.
        """
        try:
            return self._draw(context, state, camera)
        except DRIVER_ERRORS as error:
            raise driver_problem(error) from error

    def _draw(self, context: GLContext, state: PictureState, camera: Camera) -> Shot:
        if self._renderer is None:
            self._renderer = Renderer(context)
        renderer = self._renderer
        layers = [layer for key, layer in state.layers.items() if key not in LEFT_OUT]
        frame = state.frame(context, camera)
        renderer.draw_surfaces(frame, layers)
        style = state.mesh_style
        renderer.compose(
            frame,
            layers,
            shading=style.shading,
            back_faces=style.back_faces,
            occlusion=False,
            edges=False,
            marks=False,
        )
        return Shot(renderer.read_picture()[..., :3], renderer.read_ids(frame, (), 0))

    def release(self) -> None:
        """Give the graphics memory back; the context must be current."""
        if self._renderer is not None:
            self._renderer.release()
            self._renderer = None
