"""Boxes around points: axis-aligned, upright with the smallest base, and of the smallest volume.

Axes follow the dataset's rules: the longest side first, its direction chosen so that it points from the
box's centre towards the mean of the points. Points are one per face corner, duplicates kept, for the mean
counts them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from viewer.errors import ViewerError

Floats = NDArray[np.float64]

SAME_DIRECTION_DIGITS = 6
"""Hull faces whose normals agree to this many digits lie in one plane."""
FLAT_EXTENT = 1e-12
"""Extent of a flat set across its plane, as the dataset's boxes have it."""
_UP = np.array([0.0, 0, 1])


@dataclass(frozen=True, slots=True, eq=False)
class FittedBox:
    """One box: its corners are `centre + rotation @ (extent * (c - 0.5))`, c in {0, 1}³."""

    centre: Floats  # (3,)
    extent: Floats  # (3,) full lengths
    rotation: Floats  # (3, 3) world from box, determinant 1

    @property
    def volume(self) -> float:
        return float(self.extent.prod())


def axis_aligned_box(points: Floats) -> FittedBox:
    """The bounding box along the world axes of points (N, 3)."""
    points = _checked(points)
    low, high = points.min(axis=0), points.max(axis=0)
    return FittedBox((low + high) / 2, high - low, np.eye(3))


def object_aligned_2d_box(points: Floats) -> FittedBox:
    """The upright box with the smallest base around points (N, 3); x is along the longer side of the base."""
    points = _checked(points)
    flat = points[:, :2]
    angle = _smallest_rectangle(_hull_2d(flat))
    x_axis = np.array([np.cos(angle), np.sin(angle), 0.0])
    y_axis = np.array([-x_axis[1], x_axis[0], 0.0])
    if np.ptp(points @ y_axis) > np.ptp(points @ x_axis):
        x_axis, y_axis = y_axis, -x_axis
    if _points_away(points, x_axis):
        x_axis, y_axis = -x_axis, -y_axis
    return _box_along(points, np.stack([x_axis, y_axis, _UP], axis=1))


def object_aligned_3d_box(points: Floats, max_faces: int | None = None) -> FittedBox:
    """The smallest box around points (N, 3) that has a side flush with a face of their convex hull, or level.

    Axes by descending length. `max_faces` tries only the largest faces of the hull, for speed.
    A flat or straight set gets an extent of 1e-12 in the directions it does not span.
    """
    points = _checked(points)
    try:
        hull = ConvexHull(points)
    except (QhullError, ValueError):  # flat, straight, or too few
        return _flat_box(points, _spanned_axes(points)[:, :2])
    corners = points[hull.vertices]
    best_volume, best_axes = np.inf, np.eye(3)
    for normal in np.vstack([_face_normals(points, hull, max_faces), _UP]):
        axes = _axes_about(normal)
        base = corners @ axes[:, :2]
        angle = _smallest_rectangle(_hull_2d(base))
        c, s = np.cos(angle), np.sin(angle)
        turned = axes @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
        volume = float(np.ptp(corners @ turned, axis=0).prod())
        if volume < best_volume:
            best_volume, best_axes = volume, turned
    return _box_along(points, _ordered_axes(points, best_axes))


def _checked(points: Floats) -> Floats:
    array = np.asarray(points, np.float64)
    if array.ndim != 2 or array.shape[1] != 3 or not len(array):
        raise ViewerError(f"expected points of shape (n, 3) with n of 1 or more, found {array.shape}")
    if not np.isfinite(array).all():
        raise ViewerError("expected finite points, found NaN or infinity")
    return array


def _box_along(points: Floats, rotation: Floats) -> FittedBox:
    local = points @ rotation
    low, high = local.min(axis=0), local.max(axis=0)
    return FittedBox(rotation @ ((low + high) / 2), high - low, rotation)


def _points_away(points: Floats, axis: Floats) -> bool:
    """Whether an axis points from the middle of the points' extent away from their mean."""
    along = points @ axis
    return bool(along.mean() < (along.min() + along.max()) / 2)


def _ordered_axes(points: Floats, axes: Floats) -> Floats:
    """Axes by descending extent, the first two towards the mean; the third makes the frame right-handed."""
    order = np.argsort(-np.ptp(points @ axes, axis=0), kind="stable")
    x_axis, y_axis = axes[:, order[0]], axes[:, order[1]]
    x_axis = -x_axis if _points_away(points, x_axis) else x_axis
    y_axis = -y_axis if _points_away(points, y_axis) else y_axis
    return np.stack([x_axis, y_axis, np.cross(x_axis, y_axis)], axis=1)


def _spanned_axes(points: Floats) -> Floats:
    """Orthonormal directions (3, k) that the points extend in, k = 0..3."""
    centred = points - points.mean(axis=0)
    _, singular, directions = np.linalg.svd(centred, full_matrices=False)
    # Rounding of the coordinates alone spreads flat sets by about this much.
    threshold = 1e-9 * max(float(np.abs(points).max()), 1e-300) * np.sqrt(len(points))
    return np.asarray(directions[singular > threshold].T)


def _flat_box(points: Floats, spanned: Floats) -> FittedBox:
    """The box of points in a plane, on a line or in one place."""
    count = spanned.shape[1]
    if count == 2:
        base = points @ spanned
        angle = _smallest_rectangle(_hull_2d(base))
        c, s = np.cos(angle), np.sin(angle)
        spanned = spanned @ np.array([[c, -s], [s, c]])
        axes = np.column_stack([spanned, np.cross(spanned[:, 0], spanned[:, 1])])
    elif count == 1:
        axes = np.roll(_axes_about(spanned[:, 0]), 1, axis=1)
    else:
        axes = np.eye(3)
    box = _box_along(points, _ordered_axes(points, axes))
    extent = box.extent.copy()
    extent[count:] = FLAT_EXTENT
    return FittedBox(box.centre, extent, box.rotation)


def _hull_2d(flat: Floats) -> Floats:
    """Corners of the convex hull of points (N, 2), counter-clockwise; two for points on a line, or one."""
    spread = np.ptp(flat, axis=0)
    if not spread.any():
        return flat[:1]
    try:
        return np.asarray(flat[ConvexHull(flat).vertices])
    except (QhullError, ValueError):
        # On a line, or too few points: the two ends along the direction of largest spread.
        centred = flat - flat.mean(axis=0)
        direction = np.linalg.svd(centred, full_matrices=False)[2][0]
        along = flat @ direction
        return flat[[int(along.argmin()), int(along.argmax())]]


def _smallest_rectangle(corners: Floats) -> float:
    """Direction of one side, radians, of the smallest rectangle around a convex polygon.

    The smallest rectangle has a side flush with an edge, so trying every edge is exact.
    """
    if len(corners) < 2:
        return 0.0
    edges = np.roll(corners, -1, axis=0) - corners
    edges = edges[np.hypot(edges[:, 0], edges[:, 1]) > 0]
    angles = np.unique(np.arctan2(edges[:, 1], edges[:, 0]) % (np.pi / 2))
    c, s = np.cos(angles)[:, None], np.sin(angles)[:, None]
    x, y = corners[:, 0], corners[:, 1]
    areas = np.ptp(c * x + s * y, axis=1) * np.ptp(c * y - s * x, axis=1)
    return float(angles[int(areas.argmin())])


def _face_normals(points: Floats, hull: ConvexHull, max_faces: int | None) -> Floats:
    """One normal per pair of opposite directions of hull faces, those with the largest area first."""
    normals = hull.equations[:, :3]
    flip = np.where(np.abs(normals) > 1e-9, np.sign(normals), 0.0)
    first = flip[np.arange(len(flip)), (flip != 0).argmax(axis=1)]
    normals = normals * first[:, None]
    a, b, c = (points[hull.simplices[:, k]] for k in range(3))
    areas = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    _, index, group = np.unique(
        np.round(normals, SAME_DIRECTION_DIGITS), axis=0, return_index=True, return_inverse=True
    )
    total = np.bincount(group.reshape(-1), weights=areas)
    return np.asarray(normals[index][np.argsort(-total, kind="stable")][:max_faces])


def _axes_about(normal: Floats) -> Floats:
    """Right-handed axes (3, 3) whose third is a unit normal."""
    helper = np.eye(3)[int(np.abs(normal).argmin())]
    x_axis = np.cross(helper, normal)
    x_axis /= np.linalg.norm(x_axis)
    return np.stack([x_axis, np.cross(normal, x_axis), normal], axis=1)
