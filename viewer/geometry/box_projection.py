"""Edges of boxes as a camera sees them: cut off at the camera, and told apart by what hides them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.model.boxes import BOX_EDGES, OrientedBoxes, corners
from viewer.model.camera import Camera

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEAR_M: Final = 0.02
"""Nearer to the camera's plane nothing is drawn."""
FARTHEST: Final = 1e12
"""World units: boxes that are larger or farther cannot be computed with, let alone be seen."""
SAMPLE_PX: Final = 6.0
MOST_SAMPLES: Final = 256  # of an edge
BEHIND_SHARE, BEHIND_M = 0.02, 0.02
"""A line this much farther than the surface in its pixel is hidden; nearer ones lie on it."""


@dataclass(frozen=True, slots=True, eq=False)
class BoxLines:
    """Straight pieces of edges within an image."""

    ends: Floats  # (S, 4): x, y of both ends, in shares of the image's width and height
    boxes: Ints  # (S,) row of the box
    is_hidden: NDArray[np.bool_]  # (S,)


@dataclass(frozen=True, slots=True, eq=False)
class _Edges:
    """Edges within the image, in the lens's pixels; 1 / depth is linear along them."""

    start: Floats  # (E, 2)
    end: Floats  # (E, 2)
    start_inverse: Floats  # (E,) 1 / depth along the lens's axis, per world unit
    end_inverse: Floats  # (E,)
    boxes: Ints  # (E,)


def project_boxes(
    boxes: OrientedBoxes,
    camera: Camera,
    metres_per_unit: float,
    distances_m: NDArray[np.floating] | None = None,
) -> BoxLines:
    """The edges of boxes in a camera's image; by `distances_m` (H, W) split where something hides them.

    The image may have another size than the lens. Pixels without a finite distance hide nothing.
    """
    edges = _edges_within(boxes, camera, NEAR_M / metres_per_unit)
    size = np.array([camera.lens.width, camera.lens.height])
    if distances_m is None or not len(edges.boxes):
        ends = np.concatenate([(edges.start + 0.5) / size, (edges.end + 0.5) / size], axis=1)
        return BoxLines(ends, edges.boxes, np.zeros(len(ends), np.bool_))
    return _split(edges, camera, metres_per_unit, distances_m)


def _edges_within(boxes: OrientedBoxes, camera: Camera, near: float) -> _Edges:
    lens = camera.lens
    from_ray = lens.pixel_from_ray
    from_ray = from_ray / np.linalg.norm(from_ray[2])  # so that the third coordinate is a depth
    turn = camera.cam_from_world[:3, :3]
    can_be_drawn = (np.abs(boxes.centres) < FARTHEST) & (boxes.extents < FARTHEST)
    drawn = np.flatnonzero(can_be_drawn.all(axis=1))
    seen = (corners(boxes.rows(drawn)) - camera.position) @ (from_ray @ turn).T
    a, b = (seen[:, BOX_EDGES[:, k]].reshape(-1, 3) for k in range(2))
    rows = np.repeat(drawn, len(BOX_EDGES))
    in_front = (a[:, 2] > near) | (b[:, 2] > near)
    a, b, rows = a[in_front], b[in_front], rows[in_front]
    deeper = np.where(b[:, 2] == a[:, 2], 1.0, b[:, 2] - a[:, 2])  # level edges are not cut
    middle = a + ((near - a[:, 2]) / deeper)[:, None] * (b - a)
    middle[:, 2] = near  # exactly, however far the corners are
    a, b = (np.where(p[:, 2:] < near, middle, p) for p in (a, b))
    start, end = a[:, :2] / a[:, 2:], b[:, :2] / b[:, 2:]
    first, last = _within(start, end, np.array([lens.width, lens.height]) - 0.5)
    kept = first < last
    start, end, rows = start[kept], end[kept], rows[kept]
    inverse_a, inverse_b = 1 / a[kept, 2], 1 / b[kept, 2]
    first, last = first[kept], last[kept]
    along, growth = end - start, inverse_b - inverse_a
    return _Edges(
        start + first[:, None] * along,
        start + last[:, None] * along,
        inverse_a + first * growth,
        inverse_a + last * growth,
        rows,
    )


def _within(start: Floats, end: Floats, corner: Floats) -> tuple[Floats, Floats]:
    """The share of every line, from and to, that lies between (-0.5, -0.5) and a corner; from > to: none."""
    first, last = np.zeros(len(start)), np.ones(len(start))
    along = end - start
    for axis in range(2):
        with np.errstate(divide="ignore", invalid="ignore"):
            one = (-0.5 - start[:, axis]) / along[:, axis]
            other = (corner[axis] - start[:, axis]) / along[:, axis]
        still = along[:, axis] == 0
        outside = (start[:, axis] < -0.5) | (start[:, axis] > corner[axis])
        enter = np.where(still, np.where(outside, np.inf, -np.inf), np.minimum(one, other))
        leave = np.where(still, np.where(outside, -np.inf, np.inf), np.maximum(one, other))
        first, last = np.maximum(first, enter), np.minimum(last, leave)
    return first, last


def _split(
    edges: _Edges, camera: Camera, metres_per_unit: float, distances_m: NDArray[np.floating]
) -> BoxLines:
    """Edges cut where they go behind a surface or come out, judged every few pixels."""
    lens = camera.lens
    along = edges.end - edges.start
    counts = np.clip(np.ceil(np.linalg.norm(along, axis=1) / SAMPLE_PX), 1, MOST_SAMPLES).astype(np.int64)
    edge = np.repeat(np.arange(len(counts)), counts)
    number = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts)
    share = (number + 0.5) / counts[edge]
    pixel = edges.start[edge] + share[:, None] * along[edge]
    inverse = edges.start_inverse[edge] + share * (edges.end_inverse - edges.start_inverse)[edge]
    scale = np.linalg.norm(lens.pixel_from_ray[2])
    rays = np.column_stack([pixel, np.ones(len(pixel))]) @ (lens.ray_from_pixel * scale).T
    away_m = np.linalg.norm(rays, axis=1) / inverse * metres_per_unit
    height, width = distances_m.shape[:2]
    column = np.clip((pixel[:, 0] + 0.5) * width / lens.width, 0, width - 1).astype(np.int64)
    row = np.clip((pixel[:, 1] + 0.5) * height / lens.height, 0, height - 1).astype(np.int64)
    surface_m = distances_m[row, column].astype(np.float64)
    hidden = np.isfinite(surface_m) & (away_m > surface_m * (1 + BEHIND_SHARE) + BEHIND_M)
    begins = np.flatnonzero(np.diff(edge, prepend=-1).astype(np.bool_) | np.diff(hidden, prepend=False))
    begins = np.unique(np.append(begins, np.flatnonzero(number == 0)))
    stops = np.append(begins[1:], len(edge)) - 1
    of = edge[begins]
    low, high = (number[begins] / counts[of])[:, None], ((number[stops] + 1) / counts[of])[:, None]
    size = np.array([lens.width, lens.height])
    ends = [(edges.start[of] + share * along[of] + 0.5) / size for share in (low, high)]
    return BoxLines(np.concatenate(ends, axis=1), edges.boxes[of], hidden[begins])
