"""Oriented boxes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.model.arrays import frozen_array

CORNER_BITS = (np.arange(8)[:, None] >> np.arange(3)) & 1
BOX_EDGES = np.array([(a, a | (1 << k)) for a in range(8) for k in range(3) if not a >> k & 1])
"""(12, 2) pairs of corner indices that differ in one bit."""


@dataclass(frozen=True, slots=True, eq=False)
class OrientedBoxes:
    """Boxes of instances in world units; rows without a box are not in here."""

    ids: NDArray[np.int64]  # (B,) instance ids
    centres: NDArray[np.float64]  # (B, 3)
    extents: NDArray[np.float64]  # (B, 3) full lengths
    world_from_box: NDArray[np.float64]  # (B, 3, 3) rotations

    def __post_init__(self) -> None:
        fix = object.__setattr__
        fix(self, "ids", frozen_array("box ids", self.ids, np.int64, (None,)))
        count = len(self.ids)
        fix(self, "centres", frozen_array("box centres", self.centres, np.float64, (count, 3)))
        fix(self, "extents", frozen_array("box extents", self.extents, np.float64, (count, 3)))
        fix(self, "world_from_box", frozen_array("box axes", self.world_from_box, np.float64, (count, 3, 3)))

    def __len__(self) -> int:
        return len(self.ids)


def corners(boxes: OrientedBoxes) -> NDArray[np.float64]:
    """The eight corners of every box, world units, shape (B, 8, 3).

    Corner k is `centre + R @ (extent * (bits(k) - 0.5))`, x being the lowest bit.
    """
    local = boxes.extents[:, None, :] * (CORNER_BITS - 0.5)
    return np.asarray(boxes.centres[:, None, :] + local @ boxes.world_from_box.transpose(0, 2, 1))


@dataclass(frozen=True, slots=True, eq=False)
class BoxSets:
    """The kinds of boxes a scene has: `axis_aligned`, `object_aligned_2d`, `object_aligned_3d`."""

    by_kind: dict[str, OrientedBoxes]
