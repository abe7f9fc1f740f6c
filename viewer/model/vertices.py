"""The places of a mesh's vertices: exact ones, and what is kept of them.

Files hold float64, and millions of them. Pictures and rays need float32, so that is what stays in memory;
who needs more, such as boxes that are written to files, reads the file again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray

from viewer.errors import FormatError

Places = NDArray[np.float32] | NDArray[np.float64]
Bounds = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Smallest and largest corner, (3,) each."""
SAMPLES = 50_000
"""So many points tell how much room millions of them take."""
_CLUTTER_PERCENT = 0.5
FARTHEST_SIZES = 4
"""Up to so many sizes of the mesh away from the origin rounding to float32 cannot be seen."""
_BLOCK = 1 << 18
_TOGETHER = 512


def kept_form(vertices: NDArray[np.float64]) -> Places:
    """Vertices (V, 3) as `shareable` float32; as they are where rounding could be seen."""
    return shareable(vertices) if _may_be_rounded(*finite_bounds(vertices)) else vertices


def _may_be_rounded(low: NDArray[np.float64], high: NDArray[np.float64]) -> bool:
    size, farthest = (high - low).max(), max(np.abs(low).max(), np.abs(high).max())
    return bool(farthest <= FARTHEST_SIZES * size)


def kept_of_blocks(
    blocks: Iterable[NDArray[np.float64]], count: int, farthest: float
) -> NDArray[np.float32] | None:
    """The `kept_form` of vertices (V, 3) that come in blocks (B, 3) of the V = `count` there are.

    None where it takes all of them at once to tell: some lie beyond `farthest` or nowhere, or are not to be
    rounded.
    """
    padded = np.zeros((count + 1, 3), np.float32)
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    start = 0
    for block in blocks:
        low = np.minimum(low, _corner(block, np.minimum, np.inf))
        high = np.maximum(high, _corner(block, np.maximum, -np.inf))
        if not (low.min() >= -farthest and high.max() <= farthest):
            return None
        padded[start : start + len(block)] = block
        start += len(block)
    return padded[:-1] if start and _may_be_rounded(low, high) else None


def shareable(vertices: NDArray[np.floating]) -> NDArray[np.float32]:
    """Vertices (V, 3) that embree and software drawing may read: they take four floats at once.

    So there is room behind the last. Not a copy where they are such already.
    """
    if is_shareable(vertices):
        return vertices
    padded = np.zeros((len(vertices) + 1, 3), np.float32)
    with np.errstate(over="ignore"):
        padded[:-1] = vertices
    return padded[:-1]


def is_shareable(vertices: NDArray[np.floating]) -> TypeGuard[NDArray[np.float32]]:
    """True for float32 (V, 3) in one piece with room for another float behind it."""
    owner = vertices.base
    if vertices.dtype != np.float32 or not vertices.flags.c_contiguous or not isinstance(owner, np.ndarray):
        return False
    end = vertices.ctypes.data + vertices.nbytes
    return owner.flags.c_contiguous and end + 4 <= owner.ctypes.data + owner.nbytes


def exact_again(kept: Places, read: Callable[[], NDArray[np.float64]], path: Path) -> NDArray[np.float64]:
    """(V, 3) read once more from their file. Raises FormatError when it holds others than were kept."""
    found = read()
    with np.errstate(over="ignore"):
        is_same = found.shape == kept.shape and all(
            np.array_equal(
                found[start : start + _BLOCK].astype(kept.dtype), kept[start : start + _BLOCK], True
            )
            for start in range(0, len(kept), _BLOCK)
        )
    if not is_same:
        raise FormatError(
            "expected the vertices that the scene was opened with, found others",
            path=path,
            hint="open the scene again",
        )
    return found


def finite_bounds(points: NDArray[np.floating]) -> Bounds:
    """Smallest and largest corner, each (3,) float64, of points (N, 3); zeros when none is finite."""
    low, high = _corner(points, np.minimum, np.inf), _corner(points, np.maximum, -np.inf)
    if not (np.isfinite(low).all() and np.isfinite(high).all()):
        finite = points[finite_rows(points)]
        if not len(finite):
            return np.zeros(3), np.zeros(3)
        low, high = finite.min(axis=0), finite.max(axis=0)
    return low.astype(np.float64), high.astype(np.float64)


def robust_bounds(points: NDArray[np.floating]) -> Bounds | None:
    """Corners of the box of most points (N, 3): a few far ones, as skies and suns are, do not count."""
    sample = points[:: max(1, len(points) // SAMPLES)]
    along = np.ascontiguousarray(sample[finite_rows(sample)].T, np.float64)
    if not along.size:
        return None
    low, high = _percentile(along, _CLUTTER_PERCENT), _percentile(along, 100 - _CLUTTER_PERCENT)
    margin = 0.25 * (high - low) + 1e-9
    near = ((along >= (low - margin)[:, None]) & (along <= (high + margin)[:, None])).all(axis=0)
    return along[:, near].min(axis=1), along[:, near].max(axis=1)


def _percentile(along: NDArray[np.float64], percent: float) -> NDArray[np.float64]:
    """The percentile (3,) of each row of (3, N), as `np.percentile` has it.

    That loads numpy's masked arrays, which takes longer than this for all of a small scene.
    """
    place = percent / 100 * (along.shape[1] - 1)
    below = int(place)
    above = min(below + 1, along.shape[1] - 1)
    ordered = np.partition(along, (below, above), axis=1)
    return np.asarray(ordered[:, below] + (ordered[:, above] - ordered[:, below]) * (place - below))


def finite_rows(points: NDArray[np.floating]) -> NDArray[np.bool_]:
    """(N,): which points (N, 3) have no infinite or undefined coordinate."""
    rows = np.ones(len(points), np.bool_)
    for start in range(0, len(points), _BLOCK):
        finite = np.isfinite(points[start : start + _BLOCK])
        # nearly always all of them, which numpy finds out far faster than for each row of three
        if not finite.all():
            rows[start : start + _BLOCK] = finite.all(axis=1)
    return rows


def _corner(points: NDArray[np.floating], smaller: np.ufunc, start: float) -> NDArray[np.floating]:
    """`smaller` of every column: by rows of many points at first, for numpy is slow at rows of three."""
    many = len(points) // _TOGETHER * _TOGETHER if points.flags.c_contiguous else 0
    wide = smaller.reduce(points[:many].reshape(-1, 3 * _TOGETHER), axis=0, initial=start).reshape(-1, 3)
    found = smaller.reduce(np.concatenate([wide, points[many:]]), axis=0, initial=start)
    return np.asarray(found)
