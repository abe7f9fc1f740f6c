"""Making a few noisy samples per pixel into smooth light that stops at edges."""

from __future__ import annotations

import numpy as np

from viewer.sample.rays import Floats

_TAPS = ((-2, 0.5), (-1, 1.0), (0, 1.0), (1, 1.0), (2, 0.5))
"""Samples differ within tiles of four by four pixels; these weights average evenly over one tile."""
_LEAK = 0.03
"""Weight of close neighbours on another surface. Narrow edges have few of their own, and would stay noisy."""
_CLOSE = 8.0
"""How far away, in units of reach, a close neighbour may be."""


def smoothed(
    values: Floats, positions: Floats, normals: Floats, reach: Floats, steps: tuple[int, ...] = (1,)
) -> Floats:
    """Values (H, W, C) averaged along rows and columns over neighbours on the same surface.

    `reach` (H, W) is the distance in metres, off its tangent plane, at which a neighbour counts little.
    """
    for step in steps:
        for axis in (1, 0):
            values = _one_way(values, positions, normals, reach, axis, step)
    return values


def _one_way(
    values: Floats, positions: Floats, normals: Floats, reach: Floats, axis: int, step: int
) -> Floats:
    total = np.zeros_like(values)
    weights = np.zeros(values.shape[:2], np.float32)
    for offset, tap in _TAPS:
        here, there = _overlap(values.shape[axis], offset * step)
        a = (here, slice(None)) if axis == 0 else (slice(None), here)
        b = (there, slice(None)) if axis == 0 else (slice(None), there)
        if offset == 0:
            weight = np.full(values.shape[:2], tap, np.float32)[a]
        else:
            alike = np.einsum("ijk,ijk->ij", normals[a], normals[b])
            apart = (positions[b] - positions[a]) / reach[a][..., None]
            away = np.einsum("ijk,ijk->ij", apart, normals[a])
            close = np.einsum("ijk,ijk->ij", apart, apart) < (_CLOSE * step) ** 2
            weight = np.clip(alike, 0, 1) ** 8 * np.exp(-away * away) + _LEAK * close
            weight = np.nan_to_num(weight * np.float32(tap), nan=0.0)
        total[a] += weight[..., None] * values[b]
        weights[a] += weight
    return np.asarray(total / np.maximum(weights, 1e-6)[..., None])


def _overlap(length: int, offset: int) -> tuple[slice, slice]:
    """Slices such that there = here + offset, both inside."""
    if offset >= 0:
        return slice(0, length - offset), slice(offset, length)
    return slice(-offset, length), slice(0, length + offset)


def enlarged(
    coarse: Floats,
    coarse_positions: Floats,
    coarse_normals: Floats,
    positions: Floats,
    normals: Floats,
    reach: Floats,
) -> Floats:
    """Values known at every other pixel, rows and columns, for all pixels: taken from their own surface."""
    height, width = positions.shape[:2]
    result = np.empty((height, width, coarse.shape[2]), np.float32)
    result[::2, ::2] = coarse
    # Each of the other three kinds of pixels lies between two or four known ones.
    for dy, dx in ((0, 1), (1, 0), (1, 1)):
        p, n, near = positions[dy::2, dx::2], normals[dy::2, dx::2], reach[dy::2, dx::2]
        total = np.zeros((*p.shape[:2], coarse.shape[2]), np.float32)
        weights = np.zeros(p.shape[:2], np.float32)
        for y in range(dy + 1):
            for x in range(dx + 1):
                rows, columns = slice(y, y + p.shape[0]), slice(x, x + p.shape[1])
                values, at, facing = (
                    _filled(a[rows, columns], p.shape[0], p.shape[1])
                    for a in (coarse, coarse_positions, coarse_normals)
                )
                alike = np.einsum("ijk,ijk->ij", n, facing)
                away = np.einsum("ijk,ijk->ij", at - p, n) / near
                weight = np.clip(alike, 0, 1) ** 6 * np.exp(-away * away)
                weight = np.nan_to_num(weight, nan=0.0) + np.float32(1e-6)
                total += weight[..., None] * values
                weights += weight
        result[dy::2, dx::2] = total / weights[..., None]
    return result


def _filled(part: Floats, rows: int, columns: int) -> Floats:
    """A part that may lack its last row or column at the border, which is then repeated."""
    if part.shape[0] < rows:
        part = np.concatenate([part, part[-1:]])
    if part.shape[1] < columns:
        part = np.concatenate([part, part[:, -1:]], axis=1)
    return part
