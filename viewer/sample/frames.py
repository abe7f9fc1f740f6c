"""A frame as arrays, and the rays through its pixels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from viewer.jobs.job import Progress
from viewer.model.camera import Camera
from viewer.sample.rays import Floats, Ints

BLOCK = 1 << 15  # pixels


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Everything known of the pixels of one frame; a pixel that hits nothing is NaN or -1."""

    face: Ints  # (H, W), -1 = nothing
    distance: Floats  # (H, W) m
    position: Floats  # (H, W, 3) m
    normal: Floats  # (H, W, 3) world, towards the camera
    bumped_normal: Floats  # (H, W, 3)
    uv: Floats  # (H, W, 2)
    reflectance: Floats  # (H, W, 3)
    illumination: Floats  # (H, W, 3)
    residual: Floats  # (H, W, 3)


def blocks(count: int, progress: Progress) -> Iterator[slice]:
    """Slices of a list, each small enough that what is computed from it stays in the processor's cache."""
    for first in range(0, max(count, 1), BLOCK):
        progress.check()
        yield slice(first, min(first + BLOCK, count))


def rays_through(camera: Camera, x: Floats, y: Floats) -> Floats:
    """Unit world directions through pixels."""
    along = camera.world_from_cam[:3, :3] @ camera.lens.ray_from_pixel
    directions = np.asarray(x)[:, None] * along[:, 0] + y[:, None] * along[:, 1] + along[:, 2]
    directions /= np.sqrt(np.einsum("ij,ij->i", directions, directions))[:, None]
    return directions.astype(np.float32)


def pixel_angle(camera: Camera) -> float:
    lens = camera.lens
    middle = np.array([lens.width / 2, lens.height / 2, 1.0])
    centre, beside = lens.ray_from_pixel @ middle, lens.ray_from_pixel @ (middle + np.array([1.0, 0, 0]))
    return float(np.linalg.norm(beside / np.linalg.norm(beside) - centre / np.linalg.norm(centre)))
