"""How far apart the two images are that tell where a pixel lies: positions, and distances along its ray.

Where they agree, the pose, the lens and the scale are right, all three at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.model.camera import Camera


@dataclass(frozen=True, slots=True)
class ResidualSummary:
    """Residuals in three numbers, metres."""

    count: int
    median_m: float
    p99_m: float


def position_residuals(
    camera: Camera,
    positions: NDArray[np.floating],
    distance_m: NDArray[np.floating],
    metres_per_unit: float,
) -> NDArray[np.float32]:
    """Metres (H, W) between the stored position (H, W, 3) of a pixel and its distance (H, W) along its ray.

    NaN where either image has no value. Distances run from the camera's centre, not along its axis.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        offset = positions.astype(np.float64) - unproject(camera, distance_m, metres_per_unit)
        residuals = np.linalg.norm(offset, axis=2) * metres_per_unit
    return np.where(np.isfinite(residuals), residuals, np.nan).astype(np.float32)


def summarize(residuals: NDArray[np.floating]) -> ResidualSummary:
    """Count, median and 99th percentile of the residuals that are known; NaN when none is."""
    known = residuals[np.isfinite(residuals)]
    if not len(known):
        return ResidualSummary(0, float("nan"), float("nan"))
    median, p99 = np.percentile(known, [50, 99])
    return ResidualSummary(len(known), float(median), float(p99))


def unproject(
    camera: Camera, distance_m: NDArray[np.floating], metres_per_unit: float
) -> NDArray[np.float64]:
    """World positions (H, W, 3) of pixels at distances (H, W) from the camera's centre, in metres.

    The distance runs along the pixel's ray; it is not the depth along the camera's axis.
    """
    height, width = distance_m.shape
    y, x = np.indices((height, width), np.float64)
    directions = camera.cast_rays(np.stack([x.ravel(), y.ravel()], axis=1))
    reach = distance_m.astype(np.float64).reshape(-1, 1) / metres_per_unit
    with np.errstate(
        invalid="ignore"
    ):  # a distance may be inf where nothing was hit; 0 * inf is not a number
        return np.asarray((camera.position + directions * reach).reshape(height, width, 3))
