"""The octomap of the flat: what is occupied, and what lies free around the cameras."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from viewer.model.octomap import KEY_ORIGIN, TREE_DEPTH, Octomap
from viewer.sample.builder import Triangles
from viewer.sample.lighting import spread_draws
from viewer.sample.shell import CEILING, ROOMS

Floats = NDArray[np.float64]

VOXEL = 0.1  # m
SPACING = 0.045  # m between points that are put on surfaces
COARSEST_STEPS = 7
"""How many times eight equal leaves are joined to a larger one."""


def octomap_of(triangles: Triangles, cameras: Floats, units_per_metre: float) -> Octomap:
    """Occupied where a surface passes; free where one gets from a camera (N, 3) without leaving the flat."""
    occupied = _distinct(_keys(_points_on(triangles)))
    free = _free_keys(occupied, _keys(cameras))
    keys = np.concatenate([occupied, free])
    is_occupied = np.concatenate([np.ones(len(occupied), np.bool_), np.zeros(len(free), np.bool_)])
    joined, depths, states = _joined(keys, is_occupied)
    size = VOXEL * units_per_metre
    centres = (free - KEY_ORIGIN + 0.5) * size
    return Octomap(
        size,
        joined.astype(np.uint16),
        depths.astype(np.uint8),
        states,
        centres.min(axis=0),
        centres.max(axis=0),
    )


def _keys(points: Floats) -> NDArray[np.int64]:
    return np.asarray(np.floor(points / VOXEL), np.int64) + KEY_ORIGIN


def _distinct(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each key (N, 3) once. Packed into one number, for sorting rows takes many times as long."""
    return _unpacked(np.unique(_packed(keys)))


def _packed(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray((keys[:, 0] << 32) | (keys[:, 1] << 16) | keys[:, 2])


def _unpacked(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.stack([numbers >> 32, (numbers >> 16) & 0xFFFF, numbers & 0xFFFF], axis=1)


def _points_on(triangles: Triangles) -> Floats:
    """Points spread over all faces, the corners among them."""
    a, b, c = (triangles.positions[triangles.faces[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    face = np.repeat(np.arange(len(area)), np.ceil(area / SPACING**2).astype(np.int64))
    draws = spread_draws(np.arange(len(face))).astype(np.float64)
    folded = np.where(draws.sum(axis=1, keepdims=True) > 1, 1 - draws, draws)
    inside = a[face] + folded[:, :1] * (b - a)[face] + folded[:, 1:] * (c - a)[face]
    return np.concatenate([triangles.positions, inside])


def _free_keys(occupied: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Voxels between the outer walls that hang together with a start and hold no surface."""
    low = _keys(np.array([min(r.x[0] for r in ROOMS), min(r.y[0] for r in ROOMS), 0.0]))
    high = _keys(np.array([max(r.x[1] for r in ROOMS), max(r.y[1] for r in ROOMS), CEILING]))
    solid = np.zeros(high - low + 1, np.bool_)
    inside = ((occupied >= low) & (occupied <= high)).all(axis=1)
    solid[tuple((occupied[inside] - low).T)] = True
    region, _ = ndimage.label(~solid)
    wanted = np.unique(region[tuple((starts - low).T)])
    return np.argwhere(np.isin(region, wanted[wanted > 0])) + low


def _joined(
    keys: NDArray[np.int64], occupied: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Leaves of a tree: wherever all eight parts of a cube are alike, the cube is one leaf."""
    done: list[tuple[NDArray[np.int64], int, NDArray[np.bool_]]] = []
    for step in range(COARSEST_STEPS):
        depth, span = TREE_DEPTH - step, 1 << step
        numbers, parent, counts = np.unique(
            _packed(keys // (2 * span)), return_inverse=True, return_counts=True
        )
        parent = parent.reshape(-1)
        full = np.bincount(parent, occupied, minlength=len(counts))
        whole = (counts == 8) & ((full == 0) | (full == 8))
        keep = ~whole[parent]
        done.append((keys[keep], depth, occupied[keep]))
        keys, occupied = _unpacked(numbers[whole]) * 2 * span, full[whole] == 8
        if not len(keys):
            break
    else:
        done.append((keys, TREE_DEPTH - COARSEST_STEPS, occupied))
    return (
        np.concatenate([k for k, _, _ in done]),
        np.concatenate([np.full(len(k), depth) for k, depth, _ in done]),
        np.concatenate([o for _, _, o in done]),
    )
