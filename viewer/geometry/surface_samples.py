"""The voxels that a mesh's surfaces pass through, sampled as the dataset's octomap generator does."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from viewer.jobs.job import Progress
from viewer.model.mesh import Mesh
from viewer.model.octomap import voxels_of

Floats = NDArray[np.float64]

SPACING = 0.25
"""Between samples of a face, in voxels, along its plane."""
FLAT = 1e-12
"""The sine of an angle below which two edges count as one direction."""
FACES_PER_BATCH = 1 << 18
ROWS_PER_BATCH = 1 << 16
SAMPLES_PER_BATCH = 1 << 20


def surface_voxels(
    mesh: Mesh, low: Floats, high: Floats, voxel: float, progress: Progress
) -> Iterator[NDArray[np.int64]]:
    """Batches of voxels (N, 3), not distinct, within a box: its corners (3,) and the voxel in world units.

    Only faces with a corner in the box count. One within a single voxel gives that; any other gives the
    voxels of its middle and of points on a grid in its plane about the middle, one axis towards its first
    corner.
    """
    vertices = mesh.exact_vertices()
    for start in range(0, len(mesh.faces), FACES_PER_BATCH):
        progress.step(start, len(mesh.faces), "Sampling surfaces")
        corners = vertices[mesh.faces[start : start + FACES_PER_BATCH]]
        inside = _within(corners.reshape(-1, 3), low, high).reshape(-1, 3).any(axis=1)
        corners = corners[inside & np.isfinite(corners).all(axis=(1, 2))]
        keys = voxels_of(corners.reshape(-1, 3), voxel).reshape(-1, 3, 3)
        is_small = (keys == keys[:, :1]).all(axis=(1, 2))
        yield keys[is_small, 0]
        corners = corners[~is_small]
        middles = corners.mean(axis=1)
        yield voxels_of(middles[_within(middles, low, high)], voxel)
        for points in _plane_samples(corners, middles, low, high, SPACING * voxel):
            progress.check()
            yield voxels_of(points, voxel)


def _within(points: Floats, low: Floats, high: Floats) -> NDArray[np.bool_]:
    return np.asarray(((points >= low) & (points <= high)).all(axis=1))


def _plane_samples(
    corners: Floats, middles: Floats, low: Floats, high: Floats, spacing: float
) -> Iterator[Floats]:
    """Batches of points (N, 3) on faces (F, 3, 3) and within the box, row by row of each face's grid."""
    a, b = corners[:, 0] - middles, corners[:, 1] - middles
    normal = np.cross(a, b)
    # corners in a line span no plane; what rounding leaves of their normal points anywhere
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    normal[np.linalg.norm(normal, axis=1) <= FLAT * lengths] = 0
    x_axis, z_axis = _unit(a), _unit(normal)
    y_axis = _unit(np.cross(z_axis, x_axis))
    relative = corners - middles[:, None]
    plane = np.stack(
        [(relative * axis[:, None]).sum(axis=2) for axis in (x_axis, y_axis)], axis=2
    )  # (F, 3, 2)
    sides = np.roll(plane, -1, axis=1) - plane
    first = np.ceil(plane[:, :, 1].min(axis=1) / spacing).astype(np.int64)
    last = np.floor(plane[:, :, 1].max(axis=1) / spacing).astype(np.int64)
    rows = np.where((z_axis != 0).any(axis=1), np.maximum(last - first + 1, 0), 0)
    ends = np.cumsum(rows)
    for start in range(0, int(ends[-1]) if len(ends) else 0, ROWS_PER_BATCH):
        number = np.arange(start, min(start + ROWS_PER_BATCH, int(ends[-1])))
        face = np.searchsorted(ends, number, side="right")
        y = (first[face] + number - (ends[face] - rows[face])) * spacing
        origin = middles[face] + y[:, None] * y_axis[face]
        # where c * x + k >= 0 for all of these is the stretch of the row within the face and the box
        bounds = [
            (
                -sides[face, k, 1],
                sides[face, k, 0] * (y - plane[face, k, 1]) + sides[face, k, 1] * plane[face, k, 0],
            )
            for k in range(3)
        ]
        for axis in range(3):
            bounds.append((x_axis[face, axis], origin[:, axis] - low[axis]))
            bounds.append((-x_axis[face, axis], high[axis] - origin[:, axis]))
        left, right = _stretch(bounds)
        begin = np.ceil(left / spacing)
        counts = np.maximum(np.floor(right / spacing) - begin + 1, 0).astype(np.int64)
        yield from _along_rows(origin, x_axis[face], begin, counts, spacing)


def _stretch(bounds: list[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """Ends (R,) of where c * x + k >= 0 for all pairs (c, k); the first behind the second for nowhere."""
    left = np.full(len(bounds[0][0]), -np.inf)
    right = np.full(len(bounds[0][0]), np.inf)
    for slope, offset in bounds:
        with np.errstate(divide="ignore", invalid="ignore"):
            root = -offset / slope
        left = np.where(slope > 0, np.maximum(left, root), left)
        right = np.where(slope < 0, np.minimum(right, root), right)
        right = np.where((slope == 0) & (offset < 0), -np.inf, right)
    empty = ~(left <= right)
    return np.where(empty, 1.0, left), np.where(empty, 0.0, right)


def _along_rows(
    origin: Floats, x_axis: Floats, begin: Floats, counts: NDArray[np.int64], spacing: float
) -> Iterator[Floats]:
    """The points of rows, `counts` (R,) of each from `begin` steps along its axis on."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    for start in range(0, total, SAMPLES_PER_BATCH):
        number = np.arange(start, min(start + SAMPLES_PER_BATCH, total))
        row = np.searchsorted(ends, number, side="right")
        x = (begin[row] + number - (ends[row] - counts[row])) * spacing
        yield origin[row] + x[:, None] * x_axis[row]


def _unit(vectors: Floats) -> Floats:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0))
