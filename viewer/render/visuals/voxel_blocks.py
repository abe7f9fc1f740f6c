"""Space in blocks, whose faces are drawn, made coarser or left out together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.model.camera import Camera
from viewer.model.octomap import TREE_DEPTH, Octomap, morton
from viewer.render.detail_choice import NEAREST_METRES, TOLERANCES_PX
from viewer.render.frame import Frame

MOST_BLOCKS = 600
"""More would be drawn in too many calls."""
LEAST_CELLS = 16
"""Blocks hold at least so many of the smallest leaves a side, so that there is something to join."""


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Those cubes of one size, each a place in the octree, that some leaves begin in."""

    level: int  # log2 of their edge in voxels
    codes: NDArray[np.uint64]  # (B,) places along the curve of the tree, ascending

    @classmethod
    def of(cls, leaves: Octomap) -> Blocks:
        """The smallest that are not too many."""
        deepest = int(leaves.depths.max(initial=1))
        level = TREE_DEPTH - deepest + LEAST_CELLS.bit_length() - 1
        codes = np.unique(morton(leaves.keys) >> np.uint64(3 * level))
        while len(codes) > MOST_BLOCKS:
            level += 1
            codes = np.unique(codes >> np.uint64(3))
        return cls(level, codes)

    def numbers_of(self, keys: NDArray[np.uint16]) -> NDArray[np.int64]:
        """Which block each leaf (L, 3) begins in."""
        return np.searchsorted(self.codes, morton(keys) >> np.uint64(3 * self.level)).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """Runs of faces of one direction in one block: where each begins, its box, which way it faces."""

    starts: NDArray[np.int64]  # (S,) first face
    counts: NDArray[np.int64]  # (S,)
    bare_counts: NDArray[np.int64]  # (S,) without those at the end that only close a block
    low: NDArray[np.float64]  # (S, 3) corners of the box around the faces
    high: NDArray[np.float64]  # (S, 3)
    directions: NDArray[np.int64]  # (S,)
    blocks: NDArray[np.int64]  # (S,)

    @classmethod
    def of(
        cls,
        directions: NDArray[np.int64],
        blocks: NDArray[np.int64],
        closes: NDArray[np.bool_],
        lows: NDArray[np.float64],
        edges: NDArray[np.float64],
    ) -> Stretches:
        """Of faces in this order: by direction, block, and whether they only close it.

        `lows` (F, 3) and `edges` (F,) are of their cubes.
        """
        borders = np.flatnonzero((np.diff(directions) != 0) | (np.diff(blocks) != 0)) + 1
        starts = np.append(0, borders)
        counts = np.diff(np.append(starts, len(directions)))
        return cls(
            starts,
            counts,
            counts - np.add.reduceat(closes.astype(np.int64), starts),
            np.minimum.reduceat(lows, starts),
            np.maximum.reduceat(lows + edges[:, None], starts),
            directions[starts],
            blocks[starts],
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
        return found[np.argsort(self.distances(found, camera), kind="stable")]

    def distances(self, rows: NDArray[np.int64], camera: Camera) -> NDArray[np.float64]:
        """From the eye to the boxes of some, world units; 0 inside."""
        eye = camera.position
        gap = np.maximum(np.maximum(self.low[rows] - eye, eye - self.high[rows]), 0)
        return np.asarray(np.linalg.norm(gap, axis=1))


Choice = tuple[int, NDArray[np.int64], bool]
"""Which form, which of its stretches, and whether those faces are wanted that only close a block."""


def choose_forms(
    forms: Sequence[Stretches],
    edges: Sequence[float],
    frame: Frame,
    most_faces: int | None,
    *,
    both_sides: bool,
) -> list[Choice]:
    """What to draw, nearest first: the finest of some forms, or as fine as so many faces allow.

    `edges` are those of the smallest cubes of each form, world units. Where cubes are seen from outside only,
    near blocks get finer forms than far ones, and are closed towards their neighbours. Where one sees into
    them, all have the same form, for what closes blocks would show.
    """
    seen = [
        form.seen_from(frame.camera, both_sides=both_sides)
        for form in (forms[:1] if most_faces is None else forms)
    ]
    if most_faces is None or len(forms) == 1:
        return [(0, seen[0], False)]
    if both_sides:
        for k, rows in enumerate(seen):
            if int(forms[k].bare_counts[rows].sum()) <= most_faces:
                break
        return [(k, rows, False)]
    away = _distances_of_blocks(forms, seen, frame.camera)
    px = frame.pixels_per_slope / np.maximum(away, NEAREST_METRES / frame.metres_per_unit)
    edges_px = np.array(edges)[:, None] * px
    counts = np.zeros_like(edges_px)
    for k, rows in enumerate(seen):
        np.add.at(counts[k], forms[k].blocks[rows], forms[k].counts[rows])
    every = np.arange(len(px))

    def levels(tolerance: float) -> NDArray[np.int64]:
        # edges rise with the form: the coarsest allowed is the number of those allowed
        return np.asarray((edges_px[1:] <= tolerance).sum(axis=0))

    first, last = 0, len(TOLERANCES_PX) - 1
    while first < last:
        middle = (first + last) // 2
        if counts[levels(TOLERANCES_PX[middle]), every].sum() <= most_faces:
            last = middle
        else:
            first = middle + 1
    chosen = levels(TOLERANCES_PX[first])
    return [(k, rows[chosen[forms[k].blocks[rows]] == k], True) for k, rows in enumerate(seen)]


def _distances_of_blocks(
    forms: Sequence[Stretches], seen: Sequence[NDArray[np.int64]], camera: Camera
) -> NDArray[np.float64]:
    """(B,) from the eye to the nearest of the stretches of every block; far away for those without any."""
    count = 1 + max(int(form.blocks.max(initial=0)) for form in forms)
    away = np.full(count, np.inf)
    for form, rows in zip(forms, seen, strict=True):
        np.minimum.at(away, form.blocks[rows], form.distances(rows, camera))
    return away
