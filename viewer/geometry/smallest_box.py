"""The axes of the smallest box around points, by trying what a smallest box can rest on.

A box with a side flush with a face of the convex hull and another side touching an edge of its outline is
mostly at most a few thousandths larger than the smallest of all. Faces are tried in the order of a lower
bound, width times the area of the shadow, until none can win. Boxes that rest on edges alone, as that of a
tetrahedron does, are found from orientations spread over all there are. Hulls with many corners are searched
by their outermost corners only; the best are then turned in small steps against all corners.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull
from scipy.spatial.transform import Rotation

from viewer.geometry.projections import along, extents_along

Floats = NDArray[np.float64]

MOST_CORNERS: Final = 100
"""Hulls with more corners than this are searched by their outermost ones."""
LOOKS: Final = 96
"""Directions, and their opposites, in which the outermost corners are looked for."""
SPREAD, SPREAD_STARTS = 256, 12
"""Orientations spread over all there are, and how many of them are turned."""
FINALISTS: Final = 12
"""Different boxes that are turned in small steps at the end."""
WORTH_TURNING: Final = 1.05
"""Boxes this much larger than the smallest one found are not."""
CLOSE_ENOUGH: Final = 0.9995
"""What could at best be this share of the best box is not tried."""
SAME_DIRECTION_DIGITS: Final = 6
"""Hull faces whose normals agree to this many digits lie in one plane."""
SAME_BOX: Final = 0.99
"""Boxes whose axes agree pairwise to this cosine are turned into one another anyway."""
_WORTHWHILE: Final = 1 - 1e-7
_FACES_AT_ONCE: Final = (8, 64)
_UP: Final = np.array([[0.0, 0, 1]])
_TURN_ANGLES: Final = 0.1 / 2.0 ** np.arange(10)  # radians
_TURNS: Final = np.stack(
    [Rotation.from_rotvec(np.vstack([np.eye(3), -np.eye(3)]) * angle).as_matrix() for angle in _TURN_ANGLES]
)
"""(10, 6, 3, 3): both ways about each axis, by ever smaller angles."""


def smallest_box_axes(points: Floats, others: Floats) -> Floats:
    """Axes (3, 3), as columns, of the smallest box found around points (N, 3) that span a volume.

    No worse than any of the `others` (K, 3, 3). Raises QhullError when the points span no volume.
    """
    hull = ConvexHull(points)
    corners = points[hull.vertices]
    if len(corners) > MOST_CORNERS:
        hull = ConvexHull(_outermost(corners))
    sizes, axes = _flush_boxes(hull)
    if sizes.min() * CLOSE_ENOUGH > hull.volume:  # no box is smaller than the hull
        few = hull.points[hull.vertices]
        starts = _distinct(volumes(few, _SPREAD), _SPREAD, SPREAD_STARTS, np.inf)
        more_sizes, more_axes = _turned(few, starts)
        sizes, axes = np.concatenate([sizes, more_sizes]), np.concatenate([axes, more_axes])
    finalists = _distinct(sizes, axes, FINALISTS, WORTH_TURNING)
    sizes, axes = _turned(corners, np.concatenate([finalists, others]))
    return np.asarray(axes[int(sizes.argmin())])


def volumes(corners: Floats, axes: Floats) -> Floats:
    """Volumes (K,) of the boxes around points (N, 3) along axes (K, 3, 3)."""
    sides = extents_along(corners, axes.transpose(0, 2, 1).reshape(-1, 3))
    return np.asarray(sides.reshape(-1, 3).prod(axis=1))


def _looks(count: int) -> Floats:
    """Directions (count, 3) spread evenly over half a sphere."""
    k = np.arange(count) + 0.5
    height = 1 - k / count
    angle = np.pi * (1 + np.sqrt(5)) * k
    flat = np.sqrt(1 - height**2)
    return np.stack([flat * np.cos(angle), flat * np.sin(angle), height], axis=1)


def _spread_axes(count: int) -> Floats:
    """Axes (count, 3, 3) spread over all orientations."""
    quaternions = np.random.default_rng(0).normal(size=(count, 4))
    return np.asarray(Rotation.from_quat(quaternions).as_matrix())


_LOOKS: Final = _looks(LOOKS)
_SPREAD: Final = _spread_axes(SPREAD)


def _outermost(corners: Floats) -> Floats:
    """The corners that are outermost in some direction, once all directions are made equally wide."""
    centred = corners - corners.mean(axis=0)
    spread, directions = np.linalg.eigh(centred.T @ centred / len(centred))
    even = centred @ (directions / np.sqrt(np.maximum(spread, spread[-1] * 1e-12)))
    seen = along(even, _LOOKS)
    return np.asarray(corners[np.unique([seen.argmax(axis=0), seen.argmin(axis=0)])])


def _flush_boxes(hull: ConvexHull) -> tuple[Floats, Floats]:
    """The smallest box flush with each face that is worth trying: volumes (K,), axes (K, 3, 3)."""
    corners = hull.points[hull.vertices]
    outward = hull.equations[:, :3]
    first, second, edges = _ridges(hull)
    normals = np.vstack([_distinct_normals(outward), _UP])
    widths = extents_along(corners, normals)
    a, b, c = (hull.points[hull.simplices[:, k]] for k in range(3))
    areas = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    facing = along(normals, outward)
    least = widths * (np.abs(facing) * areas).sum(axis=1) / 2  # Cauchy: the shadow of a convex body
    order = np.argsort(least, kind="stable")
    found_volumes, found_axes = [], []
    best, start, (many, most) = np.inf, 0, _FACES_AT_ONCE
    while start < len(order) and least[order[start]] < best * CLOSE_ENOUGH:
        rows = order[start : start + many]
        start, many = start + many, min(2 * many, most)
        row, ridge = np.nonzero(facing[rows][:, first] * facing[rows][:, second] <= 1e-12)
        normal, edge = normals[rows][row], edges[ridge]
        side = edge - (edge * normal).sum(axis=1, keepdims=True) * normal
        length = np.linalg.norm(side, axis=1)
        lies_across = length > 1e-9 * np.linalg.norm(edge, axis=1)
        row, normal, side = row[lies_across], normal[lies_across], side[lies_across]
        side = side / length[lies_across, None]
        across = np.cross(normal, side)
        volume = widths[rows][row] * extents_along(corners, side) * extents_along(corners, across)
        by_face = np.lexsort([volume, row])
        smallest = by_face[np.diff(row[by_face], prepend=-1) > 0]
        found_volumes.append(volume[smallest])
        found_axes.append(np.stack([side[smallest], across[smallest], normal[smallest]], axis=2))
        best = min(best, float(volume.min(initial=np.inf)))
    return np.concatenate(found_volumes), np.concatenate(found_axes)


def _ridges(hull: ConvexHull) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """The two faces at every edge between faces of different planes, (E,) each, and its direction (E, 3)."""
    count = len(hull.simplices)
    first, second = np.repeat(np.arange(count), 3), hull.neighbors.reshape(-1)
    opposite = np.tile(np.arange(3), count)
    once = first < second
    first, second, opposite = first[once], second[once], opposite[once]
    ends = [hull.points[hull.simplices[first, (opposite + k) % 3]] for k in (1, 2)]
    outward = hull.equations[:, :3]
    is_bent = np.abs((outward[first] * outward[second]).sum(axis=1)) < 1 - 1e-12
    return first[is_bent], second[is_bent], (ends[0] - ends[1])[is_bent]


def _distinct_normals(normals: Floats) -> Floats:
    """One of all normals that agree, or that are opposite."""
    signs = np.where(np.abs(normals) > 1e-9, np.sign(normals), 0.0)
    leading = signs[np.arange(len(signs)), (signs != 0).argmax(axis=1)]
    upright = normals * leading[:, None]
    _, rows = np.unique(np.round(upright, SAME_DIRECTION_DIGITS), axis=0, return_index=True)
    return np.asarray(upright[rows])


def _distinct(sizes: Floats, axes: Floats, most: int, worth: float) -> Floats:
    """Axes (M, 3, 3) of the smallest boxes that differ from each other; sizes (K,), axes (K, 3, 3)."""
    ascending = np.argsort(sizes, kind="stable")
    sizes, axes = sizes[ascending], axes[ascending]
    chosen: list[Floats] = []
    is_left = sizes <= sizes[0] * worth
    while len(chosen) < most and is_left.any():
        chosen.append(axes[int(is_left.argmax())])
        agreement = np.abs(axes.transpose(0, 2, 1) @ chosen[-1]).max(axis=2).min(axis=1)
        is_left &= agreement < SAME_BOX
    return np.stack(chosen)


def _turned(corners: Floats, axes: Floats) -> tuple[Floats, Floats]:
    """Volumes and axes of boxes (K, 3, 3), each turned as long as that makes it smaller."""
    axes = axes.copy()
    best, step = volumes(corners, axes), np.zeros(len(axes), np.int64)
    while (active := np.flatnonzero(step < len(_TURNS))).size:
        tries = (axes[active, None] @ _TURNS[step[active]]).reshape(-1, 3, 3)
        sizes = volumes(corners, tries).reshape(len(active), -1)
        chosen = sizes.argmin(axis=1)
        sizes = sizes[np.arange(len(active)), chosen]
        is_better = sizes < best[active] * _WORTHWHILE
        better = active[is_better]
        best[better] = sizes[is_better]
        axes[better] = tries.reshape(len(active), -1, 3, 3)[is_better, chosen[is_better]]
        step[active[~is_better]] += 1
    return best, axes
