"""Coordinates of points along directions, computed on the calling thread alone.

NumPy hands large products to BLAS, which starts threads of its own; fitting boxes in several threads took
seven times as long with them. Products of this size BLAS does itself.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_MOST_AT_ONCE: Final = 1 << 16  # numbers of the result; OpenBLAS stays alone up to 262,144 multiplications


def along(points: Floats, directions: Floats) -> Floats:
    """(N, M) coordinate of every point (N, 3) along every direction (M, 3)."""
    result = np.empty((len(points), len(directions)))
    rows = max(1, _MOST_AT_ONCE // max(1, len(directions)))
    for start in range(0, len(points), rows):
        block = slice(start, start + rows)
        for first in range(0, len(directions), _MOST_AT_ONCE):
            some = slice(first, first + _MOST_AT_ONCE)
            np.matmul(points[block], directions[some].T, out=result[block, some])
    return result


def extents_along(points: Floats, directions: Floats) -> Floats:
    """(M,) how far points (N, 3) reach along every direction (M, 3)."""
    high = np.full(len(directions), -np.inf)
    low = np.full(len(directions), np.inf)
    columns = max(1, min(len(directions), _MOST_AT_ONCE // 64))
    for first in range(0, len(directions), columns):
        some = slice(first, first + columns)
        rows = max(1, _MOST_AT_ONCE // len(directions[some]))
        for start in range(0, len(points), rows):
            block = points[start : start + rows] @ directions[some].T
            np.maximum(high[some], block.max(axis=0), out=high[some])
            np.minimum(low[some], block.min(axis=0), out=low[some])
    return np.asarray(high - low)
