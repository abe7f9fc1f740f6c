"""Seeing the scene exactly as one of its cameras does, in a window of any shape."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.model.camera import Camera, Lens


@dataclass(frozen=True, slots=True, eq=False)
class LookThrough:
    """A camera of the scene, fitted into the window with bars at two sides."""

    camera: Camera
    opacity: float = 0.5  # of the image over the scene

    def scale(self, width: int, height: int) -> float:
        """Window pixels per image pixel."""
        return min(width / self.camera.lens.width, height / self.camera.lens.height)

    def rectangle(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Left, top, width and height of the image in a window of that many pixels."""
        scale = self.scale(width, height)
        w, h = self.camera.lens.width * scale, self.camera.lens.height * scale
        return (width - w) / 2, (height - h) / 2, w, h

    def window_camera(self, width: int, height: int) -> Camera:
        """The camera of the whole window: the same projection, carried on into the bars."""
        lens = self.camera.lens
        scale = self.scale(width, height)
        left, top, _, _ = self.rectangle(width, height)
        image_from_window = np.array(
            [
                [1 / scale, 0, (0.5 - left) / scale - 0.5],
                [0, 1 / scale, (0.5 - top) / scale - 0.5],
                [0, 0, 1],
            ]
        )
        wide = Lens(width, height, lens.ray_from_pixel @ image_from_window, lens.source)
        return self.camera.with_lens(wide)


def middle_direction(camera: Camera) -> NDArray[np.float64]:
    """World direction (3,) through the middle of a camera's image."""
    lens = camera.lens
    return np.asarray(camera.cast_rays(np.array([[lens.width - 1, lens.height - 1]]) / 2)[0])
