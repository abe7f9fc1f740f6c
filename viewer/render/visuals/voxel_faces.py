"""Which faces of an octree's leaves can be seen at all, in stretches that are drawn or left out as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.model.camera import Camera
from viewer.model.octomap import TREE_DEPTH, LeafIndex, Octomap, morton

LEAVES_PER_STEP = 60_000
NO_LEAF = -1
LARGEST_LEAF = (1 << 24) - 2
"""The id planes hold 24 bits; leaves beyond are drawn and cannot be told apart by the pointer."""
FACES_PER_STRETCH = 4096


class FaceSearch:
    """Finds the faces of some leaves with none of some others behind them, in steps of some milliseconds.

    A face next to smaller leaves counts as covered when the four corners and the middle of it are.
    """

    def __init__(self, octomap: Octomap, chosen: NDArray[np.bool_], covering: NDArray[np.bool_]) -> None:
        """`chosen` and `covering` (L,) say which leaves are searched, and which hide a face."""
        rows = np.flatnonzero(chosen)
        self._chosen = rows[np.argsort(morton(octomap.keys[rows]), kind="stable")]
        self._keys = octomap.keys[self._chosen].astype(np.int64)
        self._edges = 1 << (TREE_DEPTH - octomap.depths[self._chosen].astype(np.int64)).clip(0, TREE_DEPTH)
        self._index = LeafIndex(octomap.only(covering))
        self._found: list[tuple[NDArray[np.int64], int]] = []

    def steps(self) -> Iterator[None]:
        """Run the search, pausing now and then."""
        for direction in range(6):
            for start in range(0, len(self._chosen), LEAVES_PER_STEP):
                part = slice(start, start + LEAVES_PER_STEP)
                open_ones = np.flatnonzero(~self._is_covered(part, direction)) + start
                self._found.append((self._chosen[open_ones], direction))
                yield

    def result(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Leaf and direction (2 * axis, + 1 for up the axis) of every face found.

        By direction, and along the curve of the tree within each, so that what follows is near.
        """
        if not self._found:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        directions = [np.full(len(leaves), direction) for leaves, direction in self._found]
        return np.concatenate([leaves for leaves, _ in self._found]), np.concatenate(directions)

    def _is_covered(self, part: slice, direction: int) -> NDArray[np.bool_]:
        axis, upward = direction >> 1, direction & 1
        keys, edges = self._keys[part], self._edges[part]
        covered = np.ones(len(keys), bool)
        for probe in range(5):
            place = keys.copy()
            place[:, axis] += edges if upward else -1
            for k, other in enumerate(((axis + 1) % 3, (axis + 2) % 3)):
                place[:, other] += (edges - 1) * (probe >> k & 1) if probe < 4 else edges // 2
            # a voxel of the smallest size has all five probes in one place
            ask = covered if probe == 0 else covered & (edges > 1)
            if ask.any():
                covered[ask] = self._index.leaves_of(place[ask]) >= 0
        return covered


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """Runs of faces of one direction that lie together: where each begins, its box, which way it faces."""

    starts: NDArray[np.int64]  # (S,) first face
    counts: NDArray[np.int64]  # (S,)
    low: NDArray[np.float64]  # (S, 3) corners of the box around the faces
    high: NDArray[np.float64]  # (S, 3)
    directions: NDArray[np.int64]  # (S,)

    @classmethod
    def of(
        cls,
        directions: NDArray[np.int64],
        lows: NDArray[np.float64],
        edges: NDArray[np.float64],
    ) -> Stretches:
        """Of faces in the order of `FaceSearch.result`: direction, lowest corner and edge of the leaf."""
        borders = np.flatnonzero(np.diff(directions)) + 1
        ends = np.append(borders, len(directions))
        starts = np.concatenate(
            [
                np.arange(first, last, FACES_PER_STRETCH)
                for first, last in zip(np.append(0, borders), ends, strict=True)
            ]
        ).astype(np.int64)
        highs = lows + edges[:, None]
        return cls(
            starts,
            np.diff(np.append(starts, len(directions))),
            np.minimum.reduceat(lows, starts),
            np.maximum.reduceat(highs, starts),
            directions[starts],
        )

    def seen_from(self, camera: Camera, *, both_sides: bool) -> NDArray[np.int64]:
        """Those that may be in the picture, nearest first; with `both_sides` seen from behind as well."""
        eye = camera.position
        lens = camera.lens
        corners = np.array([[0, 0], [lens.width, 0], [lens.width, lens.height], [0, lens.height]]) - 0.5
        rays = camera.cast_rays(corners)
        normals = np.cross(rays, np.roll(rays, -1, axis=0))
        normals *= np.sign(normals @ rays.mean(axis=0))[:, None]
        middle, half = (self.low + self.high) / 2 - eye, (self.high - self.low) / 2
        may = ((middle @ normals.T + half @ np.abs(normals).T) >= 0).all(axis=1)
        if not both_sides:
            axis, upward = self.directions >> 1, self.directions & 1
            row = np.arange(len(axis))
            may &= np.where(upward, self.low[row, axis] < eye[axis], self.high[row, axis] > eye[axis])
        found = np.flatnonzero(may)
        gap = np.maximum(np.abs(middle[found]) - half[found], 0)
        return found[np.argsort((gap * gap).sum(axis=1), kind="stable")]


@dataclass(frozen=True, slots=True, eq=False)
class ExposedFaces:
    """Faces as the graphics card gets them."""

    rows: NDArray[np.float32]
    """(F, 5): the cube's lowest corner minus the origin, direction + 8 * log2 of its edge in voxels, leaf."""
    origin: NDArray[np.float64]  # (3,) world units
    low: NDArray[np.float64]  # (3,) smallest and largest of the lowest corners
    high: NDArray[np.float64]
    levels: tuple[float, float]  # smallest and largest log2 of an edge in voxels
    stretches: Stretches


def exposed_faces(
    octomap: Octomap,
    chosen: NDArray[np.bool_],
    covering: NDArray[np.bool_],
    first_leaf: int,
    check: Callable[[], None],
) -> ExposedFaces | None:
    """The faces of the `chosen` leaves that no `covering` one hides, masks (L,); None when there are none.

    The number of a leaf is its row plus `first_leaf`. `check` is called now and then and may raise.
    """
    search = FaceSearch(octomap, chosen, covering)
    for _ in search.steps():
        check()
    leaves, directions = search.result()
    if not len(leaves):
        return None
    lows = octomap.lows[leaves]
    check()
    levels = TREE_DEPTH - octomap.depths[leaves].astype(np.int64)
    stretches = Stretches.of(directions, lows, octomap.sizes[leaves])
    low, high = lows.min(axis=0), lows.max(axis=0)
    origin = (low + high) / 2
    check()
    rows = np.empty((len(leaves), 5), np.float32)
    rows[:, :3] = lows - origin
    rows[:, 3] = directions + 8 * levels
    numbers = leaves + first_leaf
    rows[:, 4] = np.where(numbers <= LARGEST_LEAF, numbers, NO_LEAF)
    return ExposedFaces(rows, origin, low, high, (float(levels.min()), float(levels.max())), stretches)
