"""Occupancy octrees as flat leaf lists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.model.arrays import frozen_array

TREE_DEPTH = 16
KEY_ORIGIN = 1 << (TREE_DEPTH - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Octomap:
    """Leaves of an occupancy octree.

    A leaf of depth d is a cube of `resolution * 2**(16 - d)`; its key is that of its lowest corner voxel.
    """

    resolution: float  # world units, edge of the smallest voxel
    keys: NDArray[np.uint16]  # (L, 3)
    depths: NDArray[np.uint8]  # (L,) 1..16
    occupied: NDArray[np.bool_]  # (L,); the others are free
    free_space_min: NDArray[np.float64] | None = None  # (3,) world units
    free_space_max: NDArray[np.float64] | None = None  # (3,)

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

    @property
    def centres(self) -> NDArray[np.float64]:
        """Centre of every leaf, (L, 3), world units."""
        low = (self.keys.astype(np.float64) - KEY_ORIGIN) * self.resolution
        return low + self.sizes[:, None] / 2
