"""From mouse positions to covered pixels, by the rules of the original annotation tool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

SAMPLES_PER_PIXEL = 4
"""Lines are sampled this densely instead of being rasterised exactly."""
LARGEST_COORDINATE = 2**20


class PixelSet(Protocol):
    """Pixels a stroke covers."""

    @property
    def pixels(self) -> NDArray[np.int32]:
        """(K, 2) x and y, without repeats."""
        ...

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """Smallest x and y, largest x and y, all included; largest < smallest when there is no pixel."""
        ...

    def values_in(self, image: NDArray[Any]) -> NDArray[Any]:
        """(K',) the values of an image (H, W) under the pixels; pixels beside the image are left out."""
        ...

    def __len__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class PixelBox:
    """All pixels from (left, top) to (right, bottom), both included."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        return self.left, self.top, self.right, self.bottom

    @property
    def pixels(self) -> NDArray[np.int32]:
        width, height = self.right - self.left + 1, self.bottom - self.top + 1
        grid = np.empty((height, width, 2), np.int32)
        grid[..., 0] = np.arange(self.left, self.right + 1, dtype=np.int32)
        grid[..., 1] = np.arange(self.top, self.bottom + 1, dtype=np.int32)[:, None]
        return grid.reshape(-1, 2)

    def values_in(self, image: NDArray[Any]) -> NDArray[Any]:
        part = image[max(self.top, 0) : max(self.bottom + 1, 0), max(self.left, 0) : max(self.right + 1, 0)]
        return part.reshape(-1)

    def __len__(self) -> int:
        return (self.right - self.left + 1) * (self.bottom - self.top + 1)


@dataclass(frozen=True, slots=True, eq=False)
class PixelList:
    """Single pixels, (K, 2) x and y, without repeats."""

    pixels: NDArray[np.int32]

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        if not len(self.pixels):
            return 0, 0, -1, -1
        left, top = self.pixels.min(axis=0)
        right, bottom = self.pixels.max(axis=0)
        return int(left), int(top), int(right), int(bottom)

    def values_in(self, image: NDArray[Any]) -> NDArray[Any]:
        height, width = image.shape[:2]
        x, y = self.pixels[:, 0], self.pixels[:, 1]
        inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
        values: NDArray[Any] = image[y[inside], x[inside]]
        return values

    def __len__(self) -> int:
        return len(self.pixels)


class StrokeRecorder:
    """Which of the mouse's positions belong to a stroke.

    The press is recorded if it is inside the window; a move only if it *and the position before it* are. So
    after a press outside, or after leaving the window, the first position back inside is not recorded.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._previous = (0, 0)
        self._positions: list[tuple[int, int]] = []

    def press(self, x: int, y: int) -> bool:
        """Begin; True when the position was recorded."""
        self._previous = (x, y)
        self._positions = [(x, y)] if self._is_inside(x, y) else []
        return bool(self._positions)

    def move(self, x: int, y: int) -> bool:
        """Go on; True when the position was recorded."""
        recorded = self._is_inside(x, y) and self._is_inside(*self._previous)
        self._previous = (x, y)
        if recorded:
            self._positions.append((x, y))
        return recorded

    @property
    def path(self) -> NDArray[np.int32]:
        """(P, 2) recorded positions; empty when the release has nothing to do."""
        return np.array(self._positions, np.int32).reshape(-1, 2)

    def _is_inside(self, x: int, y: int) -> bool:
        return 0 <= x < self.width and 0 <= y < self.height


def record(width: int, height: int, positions: Sequence[tuple[int, int]]) -> NDArray[np.int32]:
    """The path recorded from a press at the first position and moves through the rest, (P, 2)."""
    recorder = StrokeRecorder(width, height)
    for index, (x, y) in enumerate(positions):
        (recorder.move if index else recorder.press)(int(x), int(y))
    return recorder.path


def pen_pixels(path: ArrayLike) -> PixelList:
    """The line through all positions (P, 2)."""
    points = _points(path)
    if len(points) < 2:
        return PixelList(points)
    segments = [_segment(start, end) for start, end in pairwise(points)]
    return PixelList(_unique(np.concatenate(segments)))


def line_pixels(path: ArrayLike) -> PixelList:
    """The straight line from the first to the last position."""
    points = _points(path)
    if len(points) < 2:
        return PixelList(points)
    return PixelList(_unique(_segment(points[0], points[-1])))


def rectangle_pixels(path: ArrayLike) -> PixelSet:
    """The box between the first and the last position, both included."""
    points = _points(path)
    if not len(points):
        return PixelList(points)
    (left, top), (right, bottom) = points[[0, -1]].min(axis=0), points[[0, -1]].max(axis=0)
    return PixelBox(int(left), int(top), int(right), int(bottom))


def lasso_pixels(path: ArrayLike) -> PixelList:
    """Every pixel whose centre lies inside the closed outline (even-odd rule), and the outline itself."""
    points = _points(path)
    if len(points) < 3:
        return pen_pixels(points)
    outline = pen_pixels(np.concatenate([points, points[:1]])).pixels
    corner = outline.min(axis=0)
    width, height = (outline.max(axis=0) - corner + 1).tolist()
    covered = _inside(points - corner, width, height)
    x, y = (outline - corner).T
    covered[y, x] = True
    rows, columns = np.nonzero(covered)
    return PixelList(np.stack([columns, rows], axis=1).astype(np.int32) + corner)


def _inside(points: NDArray[np.int32], width: int, height: int) -> NDArray[np.bool_]:
    """(height, width) whether each pixel's centre is inside a polygon with corners 0..width, 0..height.

    A pixel is inside when an odd number of edges crosses its row at or before it.
    """
    starts = points.astype(np.float64)
    edges = np.concatenate([starts, np.roll(starts, -1, axis=0)], axis=1)
    x0, y0, x1, y1 = edges[edges[:, 1] != edges[:, 3]].T
    first = np.minimum(y0, y1).astype(np.int64)
    rows_per_edge = np.maximum(y0, y1).astype(np.int64) - first
    edge = np.repeat(np.arange(len(first)), rows_per_edge)
    before = np.cumsum(rows_per_edge) - rows_per_edge
    row = np.arange(len(edge)) - before[edge] + first[edge]
    x = x0[edge] + (row - y0[edge]) * (x1[edge] - x0[edge]) / (y1[edge] - y0[edge])
    crossings = np.bincount(row * width + np.ceil(x).astype(np.int64), minlength=width * height)
    parity = (crossings & 1).astype(np.uint8).reshape(height, width)
    return np.bitwise_xor.accumulate(parity, axis=1).astype(np.bool_)


def _points(path: ArrayLike) -> NDArray[np.int32]:
    return np.asarray(path, np.int32).reshape(-1, 2)


def _segment(start: NDArray[np.int32], end: NDArray[np.int32]) -> NDArray[np.int32]:
    """(n, 2) samples from start to end, both included, truncated toward zero."""
    a, b = start.astype(np.float64), end.astype(np.float64)
    count = int(SAMPLES_PER_PIXEL * float(np.sqrt(((b - a) ** 2).sum())) + 1)
    if count < 2:
        return start[None]
    # Not np.linspace: it rounds differently when one of the two coordinates does not change.
    samples = a + np.arange(count)[:, None] * ((b - a) / (count - 1))
    samples[-1] = b
    return samples.astype(np.int32)


def _unique(pixels: NDArray[np.int32]) -> NDArray[np.int32]:
    """Without repeats, by x and then y."""
    keys = (pixels[:, 0].astype(np.int64) + LARGEST_COORDINATE) << 32 | (
        pixels[:, 1].astype(np.int64) + LARGEST_COORDINATE
    )
    _, first = np.unique(keys, return_index=True)
    return np.ascontiguousarray(pixels[first])
