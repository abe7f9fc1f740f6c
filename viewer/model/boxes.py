"""Oriented boxes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from viewer.model.arrays import frozen_array

CORNER_BITS = (np.arange(8)[:, None] >> np.arange(3)) & 1
BOX_EDGES = np.array([(a, a | (1 << k)) for a in range(8) for k in range(3) if not a >> k & 1])
"""(12, 2) pairs of corner indices that differ in one bit."""
BOX_KINDS = ("axis_aligned", "object_aligned_2d", "object_aligned_3d")
KIND_TITLES = {
    "axis_aligned": "Axis-aligned",
    "object_aligned_2d": "Object-aligned 2D",
    "object_aligned_3d": "Object-aligned 3D",
}


@dataclass(frozen=True, slots=True, eq=False)
class OrientedBoxes:
    """Boxes of instances in world units; rows without a box are not in here."""

    ids: NDArray[np.int64]  # (B,) instance ids
    centres: NDArray[np.float64]  # (B, 3)
    extents: NDArray[np.float64]  # (B, 3) full lengths
    world_from_box: NDArray[np.float64]  # (B, 3, 3) rotations
    no_box: Mapping[int, str] = field(default_factory=dict)
    """Instances whose values make no box, and why; those without any value are in neither list."""

    def __post_init__(self) -> None:
        fix = object.__setattr__
        fix(self, "ids", frozen_array("box ids", self.ids, np.int64, (None,)))
        count = len(self.ids)
        fix(self, "centres", frozen_array("box centres", self.centres, np.float64, (count, 3)))
        fix(self, "extents", frozen_array("box extents", self.extents, np.float64, (count, 3)))
        fix(self, "world_from_box", frozen_array("box axes", self.world_from_box, np.float64, (count, 3, 3)))

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def none(cls) -> OrientedBoxes:
        """No box at all."""
        place = np.empty((0, 3))
        return cls(np.empty(0, np.int64), place, place, np.empty((0, 3, 3)))

    def rows(self, keep: NDArray[np.generic]) -> OrientedBoxes:
        """Some of the boxes, by a mask (B,) or by row numbers."""
        return OrientedBoxes(
            self.ids[keep], self.centres[keep], self.extents[keep], self.world_from_box[keep], self.no_box
        )

    def replaced(self, instance_ids: NDArray[np.int64], new: OrientedBoxes) -> OrientedBoxes:
        """These boxes with those of some instances taken out and new ones put in, by ascending id."""
        kept = self.rows(~np.isin(self.ids, instance_ids))
        ids = np.concatenate([kept.ids, new.ids])
        order = np.argsort(ids, kind="stable")
        gone = set(instance_ids.tolist())
        return OrientedBoxes(
            ids[order],
            np.concatenate([kept.centres, new.centres])[order],
            np.concatenate([kept.extents, new.extents])[order],
            np.concatenate([kept.world_from_box, new.world_from_box])[order],
            {key: why for key, why in self.no_box.items() if key not in gone} | dict(new.no_box),
        )


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
