"""What would have to change for a camera to see given world points at given pixels.

Every model is fitted robustly, and judged by the offsets that remain between where the camera sees the points
and where the image has them: medians over the cells of a grid, so that the coarse steps of 16-bit positions
average out and what is left is the camera's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation

from viewer.model.camera import Camera, Lens

CELLS = (8, 6)
LEAST_IN_CELL = 12
CELLS_WITHIN = 0.9
"""The offset of a fit is what this share of the cells stays below: a few may be odd."""
MOST_POINTS = 20_000
_ROUNDS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Sightings:
    """World points and the pixels that show them."""

    points: NDArray[np.float64]  # (N, 3) world units
    pixels: NDArray[np.float64]  # (N, 2)

    def __len__(self) -> int:
        return len(self.points)

    @classmethod
    def of_image(cls, positions: NDArray[np.floating]) -> Sightings:
        """A regular choice of the pixels of a `position` image (H, W, 3) that hold a point."""
        height, width = positions.shape[:2]
        step = max(1, int(np.sqrt(height * width / MOST_POINTS)))
        y, x = (grid.ravel() for grid in np.mgrid[step // 2 : height : step, step // 2 : width : step])
        points = positions[y, x].astype(np.float64)
        there = np.isfinite(points).all(axis=1)
        return cls(points[there], np.column_stack([x, y])[there].astype(np.float64))

    def without_border(self, by: NDArray[np.float64], lens: Lens) -> Sightings:
        """Without the pixels that have come in at a border when the image was shifted `by` (2,) px."""
        before = self.pixels - by
        there = (before > -1).all(axis=1) & (before < [lens.width, lens.height]).all(axis=1)
        return Sightings(self.points[there], self.pixels[there])


def offsets(camera: Camera, seen: Sightings) -> NDArray[np.float64]:
    """(N, 2) px from where the camera sees each point to the pixel that shows it; NaN behind the camera."""
    return np.asarray(seen.pixels - camera.project(seen.points)[0])


def offset_px(camera: Camera, seen: Sightings) -> float:
    """How far off most of the image is, in pixels: the cells' median offsets, of which 90 % are below.

    Infinite when much of it lies behind the camera, or there are too few points to tell.
    """
    field = cell_offsets(camera, seen)
    if not len(field):
        return np.inf
    lengths = np.linalg.norm(field, axis=1)
    return float(np.quantile(np.where(np.isfinite(lengths), lengths, np.inf), CELLS_WITHIN, method="lower"))


def step_px(camera: Camera, seen: Sightings, stored: np.dtype[np.floating] | None) -> float:
    """How far rounding to half a step of the stored type may move points, in pixels, in most of the image.

    It does not average out: all of a wall along an axis is rounded the same way.
    """
    if stored is None or not len(seen):
        return 0.0
    with np.errstate(over="ignore"):
        half_steps = np.spacing(np.abs(seen.points).astype(stored)).astype(np.float64).max(axis=1) / 2
    away = np.linalg.norm(seen.points - camera.position, axis=1)
    middle = np.array([[camera.lens.width / 2, camera.lens.height / 2]])
    one, other = camera.cast_rays(middle)[0], camera.cast_rays(middle + np.array([[1.0, 0.0]]))[0]
    pixel_angle = float(np.linalg.norm(np.cross(one, other)))
    usual = np.quantile(half_steps / np.maximum(away, 1e-9), CELLS_WITHIN)
    return float(usual) / max(pixel_angle, 1e-12)


def cell_offsets(camera: Camera, seen: Sightings) -> NDArray[np.float64]:
    """(C, 2) px: the median offset of every cell that has enough points."""
    found = offsets(camera, seen)
    across = np.clip((seen.pixels[:, 0] + 0.5) * CELLS[0] / camera.lens.width, 0, CELLS[0] - 1).astype(
        np.int64
    )
    down = np.clip((seen.pixels[:, 1] + 0.5) * CELLS[1] / camera.lens.height, 0, CELLS[1] - 1).astype(
        np.int64
    )
    cell = down * CELLS[0] + across
    order = np.argsort(cell, kind="stable")
    ids, first = np.unique(cell[order], return_index=True)
    groups = np.split(found[order], first[1:]) if len(ids) else []
    return np.array([_median(group) for group in groups if len(group) >= LEAST_IN_CELL]).reshape(-1, 2)


def _median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    there = np.isfinite(values).all(axis=1)
    if np.count_nonzero(there) < len(values) / 2:
        return np.full(2, np.inf)
    return np.asarray(np.median(values[there], axis=0))


def turned(camera: Camera, turn: NDArray[np.float64]) -> Camera:
    """The camera turned about its centre by a rotation (3, 3) in world axes."""
    pose = np.array(camera.world_from_cam)
    pose[:3, :3] = turn @ pose[:3, :3]
    return replace(camera, world_from_cam=pose)


def moved(camera: Camera, centre: NDArray[np.float64]) -> Camera:
    """The camera at another place (3,), world units."""
    pose = np.array(camera.world_from_cam)
    pose[:3, 3] = centre
    return replace(camera, world_from_cam=pose)


def shifted(camera: Camera, by: NDArray[np.float64]) -> Camera:
    """The camera whose images lie `by` (2,) px to the right and down."""
    lens = camera.lens
    pixel_from_shifted = np.array([[1, 0, -by[0]], [0, 1, -by[1]], [0, 0, 1.0]])
    return camera.with_lens(replace(lens, ray_from_pixel=lens.ray_from_pixel @ pixel_from_shifted))


def fit_shift(camera: Camera, seen: Sightings) -> NDArray[np.float64]:
    """(2,) px by which the image lies off: the same everywhere."""
    found = offsets(camera, seen)
    there = found[np.isfinite(found).all(axis=1)]
    return np.asarray(np.median(there, axis=0)) if len(there) else np.zeros(2)


def fit_turn(camera: Camera, seen: Sightings) -> NDArray[np.float64]:
    """(3, 3) the rotation about the camera's centre, in world axes, that brings its rays to the points."""
    rays = camera.cast_rays(seen.pixels)
    towards = _unit(seen.points - camera.position)

    def fit(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        u, _, vt = np.linalg.svd((towards * weights[:, None]).T @ rays)
        return np.asarray(u @ np.diag([1, 1, np.sign(np.linalg.det(u @ vt))]) @ vt)

    return _robust(fit, lambda turn: np.linalg.norm(rays @ turn.T - towards, axis=1), len(seen))


def fit_centre(camera: Camera, seen: Sightings) -> NDArray[np.float64]:
    """(3,) where the camera would have to be, its rotation as it is, to see the points along its rays."""
    rays = camera.cast_rays(seen.pixels)
    # What is across each ray; the line of sight itself tells nothing of the distance.
    across = np.eye(3) - rays[:, :, None] * rays[:, None, :]

    def fit(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        weighted = across * weights[:, None, None]
        right = np.einsum("nij,nj->i", weighted, seen.points)
        return np.asarray(np.linalg.lstsq(weighted.sum(axis=0), right, rcond=None)[0])

    def angles(centre: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.linalg.norm(_unit(seen.points - centre) - rays, axis=1))

    return _robust(fit, angles, len(seen))


def fit_pose(camera: Camera, seen: Sightings) -> Camera:
    """The camera turned and moved so that it sees the points along its rays; for small errors of both."""
    few = slice(None, None, max(1, len(seen) // 2000))
    points, pixels = seen.points[few], seen.pixels[few]
    rays = camera.cast_rays(pixels)
    scale = float(np.median(np.linalg.norm(points - camera.position, axis=1))) or 1.0

    def build(parameters: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        turn = Rotation.from_rotvec(parameters[:3]).as_matrix()
        return turn, camera.position + parameters[3:] * scale

    def misses(parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        turn, centre = build(parameters)
        return np.asarray((_unit(points - centre) - rays @ turn.T).ravel())

    found = least_squares(misses, np.zeros(6), loss="soft_l1", f_scale=2e-3, max_nfev=60)
    turn, centre = build(np.asarray(found.x))
    return moved(turned(camera, turn), centre)


def _robust(
    fit: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    misses: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    count: int,
) -> NDArray[np.float64]:
    """Fit again and again, each time trusting less what lay far off the last time."""
    weights = np.ones(count)
    found = fit(weights)
    for _ in range(_ROUNDS):
        away = misses(found)
        usual = max(
            float(np.median(away[np.isfinite(away)], axis=0)) if np.isfinite(away).any() else 0.0, 1e-9
        )
        weights = 1 / (1 + (np.where(np.isfinite(away), away, 1e9) / (2 * usual)) ** 2)
        found = fit(weights)
    return found


def degrees(turn: NDArray[np.float64]) -> float:
    """The angle of a rotation (3, 3)."""
    return float(np.degrees(Rotation.from_matrix(turn).magnitude()))


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
