"""Occupancy octrees as flat leaf lists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.model.arrays import frozen_array

TREE_DEPTH = 16
KEY_ORIGIN = 1 << (TREE_DEPTH - 1)
PLAIN_TREE: Final = "OcTree"
"""The kind of tree that the dataset has."""
OCCUPIED: Final = 1
FREE: Final = 0
UNKNOWN: Final = -1
NOT_FINITE: Final = -2
"""The state of a place: in a leaf of one kind or the other, in none, or no place at all."""


@dataclass(frozen=True, slots=True, eq=False)
class Octomap:
    """Leaves of an occupancy octree.

    A leaf of depth d is a cube of `resolution * 2**(16 - d)`; its key is that of its lowest corner voxel.
    """

    resolution: float  # world units, edge of the smallest voxel
    keys: NDArray[np.uint16]  # (L, 3)
    depths: NDArray[np.uint8]  # (L,) 1..16
    occupied: NDArray[np.bool_]  # (L,); the others are free
    free_space_min: NDArray[np.float64] | None = None  # (3,) world units, centre of the lowest free voxels
    free_space_max: NDArray[np.float64] | None = None  # (3,) centre of the highest
    tree_kind: str = PLAIN_TREE  # as its file calls it

    def __post_init__(self) -> None:
        fix = object.__setattr__
        fix(self, "keys", frozen_array("voxel keys", self.keys, np.uint16, (None, 3)))
        count = len(self.keys)
        fix(self, "depths", frozen_array("voxel depths", self.depths, np.uint8, (count,)))
        fix(self, "occupied", frozen_array("occupancy", self.occupied, np.bool_, (count,)))

    @property
    def sizes(self) -> NDArray[np.float64]:
        """Edge length of every leaf, (L,), world units."""
        return self.resolution * np.exp2(TREE_DEPTH - self.depths.astype(np.float64))

    def size_of(self, leaf: int) -> float:
        """Edge length of one leaf, world units."""
        return self.resolution * float(1 << (TREE_DEPTH - int(self.depths[leaf])))

    @property
    def lows(self) -> NDArray[np.float64]:
        """Lowest corner of every leaf, (L, 3), world units."""
        return (self.keys.astype(np.float64) - KEY_ORIGIN) * self.resolution

    @property
    def centres(self) -> NDArray[np.float64]:
        """Centre of every leaf, (L, 3), world units."""
        return self.lows + self.sizes[:, None] / 2

    @property
    def free_bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Corners (3,) of the box around all free voxels, as the scene's files have it; None without them."""
        if self.free_space_min is None or self.free_space_max is None:
            return None
        return self.free_space_min - self.resolution / 2, self.free_space_max + self.resolution / 2

    def only(self, chosen: NDArray[np.bool_]) -> Octomap:
        """With some of the leaves, by a mask (L,)."""
        return replace(
            self, keys=self.keys[chosen], depths=self.depths[chosen], occupied=self.occupied[chosen]
        )

    def coarsened(self, finest_depth: int) -> Octomap:
        """With no leaf below a depth (1..16); what is deeper is joined, and occupied where any part is."""
        deep = np.asarray(self.depths > finest_depth)
        if not deep.any():
            return self
        shift = np.uint64(3 * (TREE_DEPTH - finest_depth))
        codes = morton(self.keys[deep]) >> shift
        order = np.argsort(codes, kind="stable")
        ordered = codes[order]
        first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
        joined = np.logical_or.reduceat(self.occupied[deep][order], first)
        keys = np.concatenate([self.keys[~deep], keys_of_morton(ordered[first] << shift)])
        depths = np.concatenate([self.depths[~deep], np.full(len(first), finest_depth, np.uint8)])
        return replace(
            self, keys=keys, depths=depths, occupied=np.concatenate([self.occupied[~deep], joined])
        )


class LeafIndex:
    """Finds the leaf that holds a voxel or a place, for all at once."""

    def __init__(self, octomap: Octomap) -> None:
        self._octomap = octomap
        first = morton(octomap.keys)
        self._rows = np.argsort(first, kind="stable")
        self._starts = first[self._rows]
        levels = (TREE_DEPTH - octomap.depths[self._rows].astype(np.int64)).clip(0, TREE_DEPTH)
        self._stops = self._starts + (np.uint64(1) << (3 * levels).astype(np.uint64))

    def leaves_of(self, voxels: NDArray[np.integer]) -> NDArray[np.int64]:
        """Row of the leaf that holds each voxel (N, 3), -1 where none does or the tree does not reach."""
        if not len(self._starts):
            return np.full(len(voxels), -1, np.int64)
        within = np.asarray(((voxels >= 0) & (voxels < 2 * KEY_ORIGIN)).all(axis=1))
        codes = morton(voxels.clip(0, 2 * KEY_ORIGIN - 1))
        at = np.searchsorted(self._starts, codes, side="right") - 1
        held = within & (at >= 0) & (codes < self._stops[at.clip(0)])
        return np.where(held, self._rows[at.clip(0)], -1)

    def leaves_at(self, points: NDArray[np.floating]) -> NDArray[np.int64]:
        """Row of the leaf around each point (N, 3) in world units, -1 where there is none."""
        return self.leaves_of(voxels_of(points, self._octomap.resolution))

    def states_at(self, points: NDArray[np.floating]) -> NDArray[np.int64]:
        """(N,) `OCCUPIED`, `FREE`, `UNKNOWN`, or `NOT_FINITE` where a coordinate is not a finite number.

        To the last voxel as the original's sampler answers, see `voxels_of`.
        """
        rows = self.leaves_at(points)
        states = np.where(rows < 0, UNKNOWN, np.append(self._octomap.occupied, False)[rows])
        return np.where(np.isfinite(points).all(axis=1), states, NOT_FINITE).astype(np.int64)


def voxels_of(points: NDArray[np.floating], resolution: float) -> NDArray[np.int64]:
    """The smallest voxel (N, 3) around each point; (-1, -1, -1) where the tree does not reach.

    As OctoMap does it: coordinates in single precision, times the double precision inverse of the resolution.
    """
    with np.errstate(over="ignore"):
        single = np.asarray(points, np.float32).astype(np.float64)
    with np.errstate(invalid="ignore"):
        scaled = np.floor(single * (1.0 / resolution)) + KEY_ORIGIN
    within = np.asarray(((scaled >= 0) & (scaled < 2 * KEY_ORIGIN)).all(axis=1))
    return np.where(within[:, None], scaled, -1.0).astype(np.int64)


def morton(voxels: NDArray[np.integer]) -> NDArray[np.uint64]:
    """Place of voxels (N, 3) along the curve on which every octree cube is one stretch.

    Three bits per level from the root down, the x bit lowest: the path through the tree, child by child.
    """
    x, y, z = (_spread(voxels[:, axis]) for axis in range(3))
    return np.asarray(x | (y << np.uint64(1)) | (z << np.uint64(2)))


def keys_of_morton(codes: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """The voxels (N, 3) at places along the curve."""
    return np.stack([_gathered(codes >> np.uint64(axis)) for axis in range(3)], axis=1)


_MASKS: Final = tuple(
    np.uint64(mask)
    for mask in (
        0x1249249249249249,
        0x10C30C30C30C30C3,
        0x100F00F00F00F00F,
        0x1F0000FF0000FF,
        0x1F00000000FFFF,
    )
)


def _spread(values: NDArray[np.integer]) -> NDArray[np.uint64]:
    """Bits of 16-bit numbers, two holes after each."""
    x = values.astype(np.uint64)
    for shift, mask in zip((32, 16, 8, 4, 2), reversed(_MASKS), strict=True):
        x = (x | (x << np.uint64(shift))) & mask
    return x


def _gathered(codes: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """Every third bit, the opposite of `_spread`."""
    x = codes & _MASKS[0]
    for shift, mask in zip((2, 4, 8, 16), _MASKS[1:], strict=True):
        x = (x | (x >> np.uint64(shift))) & mask
    return np.asarray(x | (x >> np.uint64(32)), np.uint64).astype(np.uint16)
