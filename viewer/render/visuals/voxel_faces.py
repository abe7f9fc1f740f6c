"""Which faces of an octree's leaves can be seen at all; the same of coarser forms of the tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from viewer.model.octomap import TREE_DEPTH, LeafIndex, Octomap, morton
from viewer.render.visuals.voxel_blocks import Blocks, Stretches

LEAVES_PER_STEP = 60_000
NO_LEAF = -1
LARGEST_LEAF = (1 << 24) - 2
"""The id planes hold 24 bits; leaves beyond are drawn and cannot be told apart by the pointer."""
MOST_FORMS = 5
"""The leaves themselves, and cubes up to sixteen times as large."""
LEAST_GAIN = 0.7
"""A coarser form has at most this share of the faces of the one before."""
Chosen = tuple[NDArray[np.bool_], NDArray[np.bool_]]
"""Masks of the leaves that are drawn, and of those that hide their faces."""


class FaceSearch:
    """Finds the faces of some leaves with none of some others behind them, in steps of some milliseconds.

    A face next to smaller leaves counts as covered when the four corners and the middle of it are.
    """

    def __init__(
        self,
        octomap: Octomap,
        chosen: NDArray[np.bool_],
        covering: NDArray[np.bool_],
        block_level: int | None = None,
    ) -> None:
        """`chosen` and `covering` (L,) say which leaves are searched, and which hide a face.

        With `block_level`, log2 of an edge in voxels, faces between two blocks of that size are found, too.
        """
        rows = np.flatnonzero(chosen)
        self._chosen = rows[np.argsort(morton(octomap.keys[rows]), kind="stable")]
        self._keys = octomap.keys[self._chosen].astype(np.int64)
        self._edges = 1 << (TREE_DEPTH - octomap.depths[self._chosen].astype(np.int64)).clip(0, TREE_DEPTH)
        self._index = LeafIndex(octomap.only(covering))
        self._block_level = block_level
        self._found: list[tuple[NDArray[np.int64], int, NDArray[np.bool_]]] = []

    def steps(self) -> Iterator[None]:
        """Run the search, pausing now and then."""
        for direction in range(6):
            for start in range(0, len(self._chosen), LEAVES_PER_STEP):
                part = slice(start, start + LEAVES_PER_STEP)
                covered = self._is_covered(part, direction)
                closes = covered & self._leaves_block(part, direction)
                found = np.flatnonzero(~covered | closes)
                self._found.append((self._chosen[found + start], direction, closes[found]))
                yield

    def result(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Leaf and direction (2 * axis, + 1 for up the axis) of every face found, and whether it is covered.

        By direction, and along the curve of the tree within each, so that what follows is near.
        """
        if not self._found:
            return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.bool_)
        leaves, directions, closes = zip(*self._found, strict=True)
        counts = [len(some) for some in leaves]
        return np.concatenate(leaves), np.repeat(directions, counts), np.concatenate(closes)

    def _leaves_block(self, part: slice, direction: int) -> NDArray[np.bool_]:
        """Where the neighbour in a direction lies in another block."""
        axis, upward = direction >> 1, direction & 1
        here = self._keys[part, axis]
        if self._block_level is None:
            return np.zeros(len(here), np.bool_)
        there = here + self._edges[part] if upward else here - 1
        return np.asarray(here >> self._block_level != there >> self._block_level)

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
class ExposedFaces:
    """Faces as the graphics card gets them."""

    rows: NDArray[np.float32]
    """(F, 5): the cube's lowest corner minus the origin; direction, + 8 * log2 of its edge in voxels,
    + 256 * the same of the leaves it stands for; leaf."""
    origin: NDArray[np.float64]  # (3,) world units
    low: NDArray[np.float64]  # (3,) smallest and largest of the lowest corners
    high: NDArray[np.float64]
    levels: tuple[float, float]  # smallest and largest log2 of an edge in voxels, of the finest form
    smallest: int  # log2 of the edge of the smallest cubes in voxels; rises from form to form
    stretches: Stretches
    blocks: Blocks


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
    found = _searched(FaceSearch(octomap, chosen, covering), check)
    leaves = found[0]
    if not len(leaves):
        return None
    lows = octomap.lows[leaves]
    low, high = lows.min(axis=0), lows.max(axis=0)
    levels = _levels(octomap)
    shown = levels[leaves]
    numbers = leaves + first_leaf
    numbers = np.where(numbers <= LARGEST_LEAF, numbers, NO_LEAF)
    origin, blocks = (low + high) / 2, Blocks.of(octomap.only(chosen))
    check()
    rows, stretches = _arranged(octomap, found, levels, numbers, origin, blocks)
    smallest, largest = int(shown.min()), int(shown.max())
    ends = float(smallest), float(largest)
    return ExposedFaces(rows, origin, low, high, ends, smallest, stretches, blocks)


def coarser_forms(
    octomap: Octomap,
    finest: ExposedFaces,
    choose: Callable[[Octomap], Chosen],
    check: Callable[[], None],
) -> list[ExposedFaces]:
    """What `exposed_faces` found, with the smallest cubes joined to ones twice as large, and again.

    `choose` tells which leaves are drawn and which hide faces. Cubes have the color of those joined, and no
    number. As blocks may be drawn in different forms, faces between them are there, too.
    """
    forms: list[ExposedFaces] = []
    leaves, levels = octomap, _levels(octomap).astype(np.float64)
    deepest = int(octomap.depths.max(initial=1))
    last = max(TREE_DEPTH - finest.blocks.level, deepest - MOST_FORMS, 0)
    for depth in range(deepest - 1, last, -1):
        coarse = leaves.coarsened(depth)
        check()
        levels = _mean_of_joined(leaves, choose(leaves)[0], levels, coarse)
        leaves = coarse
        chosen, covering = choose(leaves)
        found = _searched(FaceSearch(leaves, chosen, covering, finest.blocks.level), check)
        before = forms[-1] if forms else finest
        if not len(found[0]):
            break
        if len(found[0]) > LEAST_GAIN * before.stretches.counts.sum():
            continue
        colors = np.round(levels).astype(np.int64)
        numbers = np.full(len(found[0]), NO_LEAF)
        rows, stretches = _arranged(leaves, found, colors, numbers, finest.origin, finest.blocks)
        forms.append(replace(finest, rows=rows, smallest=TREE_DEPTH - depth, stretches=stretches))
        check()
    return forms


def _searched(
    search: FaceSearch, check: Callable[[], None]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    for _ in search.steps():
        check()
    return search.result()


def _levels(octomap: Octomap) -> NDArray[np.int64]:
    """(L,) log2 of the edge of every leaf in voxels."""
    return TREE_DEPTH - octomap.depths.astype(np.int64)


def _mean_of_joined(
    leaves: Octomap, chosen: NDArray[np.bool_], values: NDArray[np.float64], joined: Octomap
) -> NDArray[np.float64]:
    """For every leaf of a coarser tree the mean of a value (L,) of those of its leaves that are chosen."""
    rows = LeafIndex(joined).leaves_of(leaves.keys[chosen].astype(np.int64))
    counts = np.bincount(rows, minlength=len(joined.keys))
    return np.asarray(np.bincount(rows, values[chosen], len(joined.keys)) / np.maximum(counts, 1))


def _arranged(
    octomap: Octomap,
    found: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]],
    color_levels: NDArray[np.int64],
    numbers: NDArray[np.int64],
    origin: NDArray[np.float64],
    blocks: Blocks,
) -> tuple[NDArray[np.float32], Stretches]:
    """Rows of `ExposedFaces` and their stretches; `numbers` (F,) are those of the leaves found."""
    leaves, directions, closes = found
    block_of_face = blocks.numbers_of(octomap.keys)[leaves]
    order = np.lexsort((closes, block_of_face, directions))
    leaves, directions = leaves[order], directions[order]
    lows, levels = octomap.lows[leaves], _levels(octomap)[leaves]
    rows = np.empty((len(leaves), 5), np.float32)
    rows[:, :3] = lows - origin
    rows[:, 3] = directions + 8 * levels + 256 * color_levels[leaves]
    rows[:, 4] = numbers[order]
    edges = octomap.sizes[leaves]
    return rows, Stretches.of(directions, block_of_face[order], closes[order], lows, edges)
