"""Walking once around a scene."""

from __future__ import annotations

import numpy as np

from viewer.model.camera import Camera
from viewer.model.vertices import Bounds
from viewer.render.orbit_camera import OrbitCamera, Vector

ELEVATION_DEGREES = -35.0


def turntable(
    bounds: Bounds,
    up: Vector,
    size: tuple[int, int],
    count: int,
    *,
    elevation_degrees: float = ELEVATION_DEGREES,
    start_degrees: float = -135.0,
) -> tuple[Camera, ...]:
    """`count` cameras around the middle of a box, all as far away as shows it whole from everywhere.

    The first follows after the last, so that the pictures make a loop. Looks down by `elevation_degrees`.
    """
    low, high = bounds
    free = OrbitCamera(up)
    free.elevation = float(np.radians(elevation_degrees))
    middle = (low + high) / 2
    turns = np.radians(start_degrees) + np.linspace(0, 2 * np.pi, count, endpoint=False)
    away = 0.0
    for azimuth in turns.tolist():
        free.azimuth = azimuth
        eye = np.array(free.frame(low, high, size[0] / size[1]).eye)
        away = max(away, float(np.linalg.norm(eye - middle)))
    cameras = []
    for azimuth in turns.tolist():
        free.azimuth = azimuth
        free.eye = middle - free.forward * away
        cameras.append(free.camera(*size))
    return tuple(cameras)
