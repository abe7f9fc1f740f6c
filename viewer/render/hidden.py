"""What is certainly hidden behind that which is drawn already, so that it need not be drawn at all.

The depth of a picture, each time halved, keeping the farthest: a box that is farther than all the cells
it covers cannot show. (Greene, Kass and Miller, Hierarchical Z-buffer visibility, 1993.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer.render.frame import Frame

_CELL_PX = 4
_MOST_CELLS = 8
"""Cells that a box covers in each direction, at most."""
_MARGIN = 1e-3
"""Of the depth; the ranks of objects in one place and the rounding of depths stay far below it."""


class DepthPyramid:
    """How far one sees at most, anywhere in a picture."""

    def __init__(self, depths: NDArray[np.float32]) -> None:
        """`depths` (H, W) are clip w with row 0 at the bottom, 0 where nothing is, which becomes infinite."""
        self._size = (depths.shape[1], depths.shape[0])
        np.copyto(depths, np.inf, where=depths <= 0)
        farthest = _coarser(depths, _CELL_PX)
        self._levels = [farthest]
        while max(farthest.shape) > _MOST_CELLS:
            farthest = _coarser(farthest, 2)
            self._levels.append(farthest)

    def hides(self, low: NDArray[np.float32], high: NDArray[np.float32], frame: Frame) -> NDArray[np.bool_]:
        """(N,) whether boxes with these corners (N, 3), relative to the eye, are hidden for certain."""
        w = _at_corners(low, high, frame.clip_from_rel[:, 3])
        nearest = w.min(axis=0)
        is_before = nearest > 0
        # what reaches past the eye is everywhere
        w = np.where(is_before, w, np.float32(1))
        first, last = [], []
        for axis, side in enumerate(self._size):
            place, half = _at_corners(low, high, frame.clip_from_rel[:, axis]) / w, np.float32(side / 2)
            # a pixel more on every side, for rounding
            begin, end = place.min(axis=0) * half + (half - 1), place.max(axis=0) * half + (half + 1)
            first.append(np.clip(begin, 0, side - 1).astype(np.int64) // _CELL_PX)
            last.append(np.clip(end, 0, side - 1).astype(np.int64) // _CELL_PX)
        span = np.maximum(last[0] - first[0], last[1] - first[1])
        # so coarse that a box covers few cells: each of them is looked at
        level_of = np.ceil(np.log2(np.maximum(span / (_MOST_CELLS - 1), 1))).astype(np.int64)
        behind = np.empty(len(low), np.float32)
        steps = np.arange(_MOST_CELLS)[:, None]
        for level in np.flatnonzero(np.bincount(level_of)).tolist():
            boxes = np.flatnonzero(level_of == level)
            cells = self._levels[min(level, len(self._levels) - 1)]
            x, y = (
                np.minimum((begin[boxes] >> level) + steps, end[boxes] >> level)
                for begin, end in zip(first, last, strict=True)
            )
            behind[boxes] = cells.ravel().take(y[:, None] * cells.shape[1] + x).max(axis=(0, 1))
        return np.asarray(is_before & (nearest * (1 - _MARGIN) > behind))


def _at_corners(
    low: NDArray[np.float32], high: NDArray[np.float32], column: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(8, N) what a column (4,) of a matrix makes of the corners of boxes (N, 3)."""
    x, y, z = (np.stack([low[:, k], high[:, k]]) * column[k] for k in range(3))
    return (x[:, None, None] + y[:, None] + (z + column[3])).reshape(8, -1)


def _coarser(values: NDArray[np.float32], times: int) -> NDArray[np.float32]:
    """The largest of every `times` by `times` neighbours; at the far sides they may be fewer."""
    whole = len(values) // times * times
    rows = [values[:whole].reshape(-1, times, values.shape[1]).max(axis=1)]
    if whole < len(values):
        rows.append(values[whole:].max(axis=0, keepdims=True))
    # along memory `reduceat` is the fastest, across it the slowest
    return np.maximum.reduceat(np.concatenate(rows), np.arange(0, values.shape[1], times), axis=1)
