"""Boxes around points: axis-aligned, upright with the smallest base, and of the smallest volume.

Axes follow the dataset's rules: the longest side first, its direction chosen so that it points from the
box's centre towards the mean of the points. That mean counts every face corner, so points are one per face
corner, duplicates kept; or each place once, and `mean` says what the mean of all corners is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.errors import ViewerError
from viewer.geometry.projections import along

Floats = NDArray[np.float64]

FLAT_EXTENT = 1e-12
"""Least extent of a flat set across its plane, as the dataset's boxes have it."""
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


def object_aligned_2d_box(points: Floats, mean: Floats | None = None) -> FittedBox:
    """The upright box with the smallest base around points (N, 3); x is along the longer side of the base."""
    points = _checked(points)
    middle = points.mean(axis=0) if mean is None else mean
    angle = _smallest_rectangle(_hull_2d(points[:, :2]))
    x_axis = np.array([np.cos(angle), np.sin(angle), 0.0])
    y_axis = np.array([-x_axis[1], x_axis[0], 0.0])
    if np.ptp(_coordinate(points, y_axis)) > np.ptp(_coordinate(points, x_axis)):
        x_axis, y_axis = y_axis, -x_axis
    if _points_away(points, middle, x_axis):
        x_axis, y_axis = -x_axis, -y_axis
    return _box_along(points, np.stack([x_axis, y_axis, _UP], axis=1))


def object_aligned_3d_box(points: Floats, mean: Floats | None = None) -> FittedBox:
    """The smallest box found around points (N, 3); never larger than the upright one.

    Axes by descending length. A flat or straight set gets an extent of 1e-12 in the directions it does not
    span.
    """
    # the window starts without scipy
    from scipy.spatial import QhullError

    from viewer.geometry.smallest_box import smallest_box_axes

    points = _checked(points)
    middle = points.mean(axis=0) if mean is None else mean
    upright = object_aligned_2d_box(points, middle).rotation
    try:
        # about the middle, for the hull's own tolerance grows with the coordinates
        axes = smallest_box_axes(points - middle, upright[None])
    except (QhullError, ValueError):  # flat, straight, or too few
        return _flat_box(points, middle, _spanned_axes(points)[:, :2])
    return _box_along(points, _ordered_axes(points, middle, axes))


def _checked(points: Floats) -> Floats:
    array = np.asarray(points, np.float64)
    if array.ndim != 2 or array.shape[1] != 3 or not len(array):
        raise ViewerError(f"expected points of shape (n, 3) with n of 1 or more, found {array.shape}")
    if not np.isfinite(array).all():
        raise ViewerError("expected finite points, found NaN or infinity")
    return array


def _box_along(points: Floats, rotation: Floats) -> FittedBox:
    local = along(points, rotation.T)
    low, high = local.min(axis=0), local.max(axis=0)
    return FittedBox(rotation @ ((low + high) / 2), high - low, rotation)


def _points_away(points: Floats, mean: Floats, axis: Floats) -> bool:
    """Whether an axis points from the middle of the points' extent away from their mean."""
    places = _coordinate(points, axis)
    return bool(mean @ axis < (places.min() + places.max()) / 2)


def _coordinate(points: Floats, axis: Floats) -> Floats:
    """(N,) coordinate of points (N, K) along one axis (K,)."""
    return along(points, axis[None])[:, 0]


def _ordered_axes(points: Floats, mean: Floats, axes: Floats) -> Floats:
    """Axes by descending extent, the first two towards the mean; the third makes the frame right-handed."""
    order = np.argsort(-np.ptp(along(points, axes.T), axis=0), kind="stable")
    x_axis = axes[:, order[0]] / np.linalg.norm(axes[:, order[0]])
    y_axis = axes[:, order[1]] - (axes[:, order[1]] @ x_axis) * x_axis  # found to a few digits less than all
    y_axis /= np.linalg.norm(y_axis)
    x_axis = -x_axis if _points_away(points, mean, x_axis) else x_axis
    y_axis = -y_axis if _points_away(points, mean, y_axis) else y_axis
    return np.stack([x_axis, y_axis, np.cross(x_axis, y_axis)], axis=1)


def _spanned_axes(points: Floats) -> Floats:
    """Orthonormal directions (3, k), k = 0..3, that the points extend in, by those farthest apart."""
    # Rounding of the coordinates alone spreads flat sets by about this much.
    least = 1e-12 * max(float(np.abs(points).max()), 1e-300)
    start = points[_farthest(points - points.mean(axis=0))]
    rest = points - start
    axes: list[Floats] = []
    for _ in range(3):
        far = rest[_farthest(rest)]
        reach = float(np.linalg.norm(far))
        if reach <= least:
            break
        axes.append(far / reach)
        rest = rest - _coordinate(rest, axes[-1])[:, None] * axes[-1]
    return np.stack(axes, axis=1) if axes else np.empty((3, 0))


def _farthest(offsets: Floats) -> int:
    return int((offsets * offsets).sum(axis=1).argmax())


def _flat_box(points: Floats, mean: Floats, spanned: Floats) -> FittedBox:
    """The box of points in a plane, on a line or in one place."""
    count = spanned.shape[1]
    if count == 2:
        base = along(points, spanned.T)
        angle = _smallest_rectangle(_hull_2d(base))
        c, s = np.cos(angle), np.sin(angle)
        spanned = spanned @ np.array([[c, -s], [s, c]])
        axes = np.column_stack([spanned, np.cross(spanned[:, 0], spanned[:, 1])])
    elif count == 1:
        axes = np.roll(_axes_about(spanned[:, 0]), 1, axis=1)
    else:
        axes = np.eye(3)
    box = _box_along(points, _ordered_axes(points, mean, axes))
    extent = box.extent.copy()
    extent[count:] = np.maximum(extent[count:], FLAT_EXTENT)
    return FittedBox(box.centre, extent, box.rotation)


def _hull_2d(flat: Floats) -> Floats:
    """Corners of the convex hull of points (N, 2), counter-clockwise; two for points on a line, or one."""
    from scipy.spatial import ConvexHull, QhullError

    spread = np.ptp(flat, axis=0)
    if not spread.any():
        return flat[:1]
    try:
        return np.asarray(flat[ConvexHull(flat).vertices])
    except (QhullError, ValueError):
        # On a line, or too few points: the two ends along the direction of largest spread.
        start = flat[_farthest(flat - flat.mean(axis=0))]
        places = _coordinate(flat, flat[_farthest(flat - start)] - start)
        return flat[[int(places.argmin()), int(places.argmax())]]


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


def _axes_about(normal: Floats) -> Floats:
    """Right-handed axes (3, 3) whose third is a unit normal."""
    helper = np.eye(3)[int(np.abs(normal).argmin())]
    x_axis = np.cross(helper, normal)
    x_axis /= np.linalg.norm(x_axis)
    return np.stack([x_axis, np.cross(normal, x_axis), normal], axis=1)
