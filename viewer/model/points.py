"""Point sets: clouds whose points may each belong to an object."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.model.arrays import frozen_array
from viewer.model.vertices import finite_bounds


class PointSource(enum.Enum):
    """Which images points are made from."""

    POSITION = "position"
    """Positions; distances and the lens in frames that have none."""
    DISTANCE = "distance"
    """Distances and the lens, and nothing else."""


@dataclass(frozen=True, slots=True, eq=False)
class PointSet:
    """Points in world units, each with an object id (-1 = none) and optionally a photo color and a normal."""

    positions: NDArray[np.float32]  # (P, 3) minus origin
    origin: NDArray[np.float64]  # (3,) world units
    object_of_point: NDArray[np.int32]  # (P,)
    object_count: int
    colors: NDArray[np.uint8] | None = None  # (P, 3) sRGB
    normals: NDArray[np.float32] | None = None  # (P, 3) unit
    residuals: NDArray[np.float32] | None = None  # (P,) metres between two ways to know the place, or NaN
    residual_colors: NDArray[np.uint8] | None = None  # (P, 3) sRGB of the residuals

    def __post_init__(self) -> None:
        fix = object.__setattr__
        fix(self, "positions", frozen_array("positions", self.positions, np.float32, (None, 3)))
        fix(self, "origin", frozen_array("origin", self.origin, np.float64, (3,)))
        count = len(self.positions)
        fix(
            self, "object_of_point", frozen_array("object of point", self.object_of_point, np.int32, (count,))
        )
        if self.colors is not None:
            fix(self, "colors", frozen_array("colors", self.colors, np.uint8, (count, 3)))
        if self.normals is not None:
            fix(self, "normals", frozen_array("normals", self.normals, np.float32, (count, 3)))
        if self.residuals is not None:
            fix(self, "residuals", frozen_array("residuals", self.residuals, np.float32, (count,)))
        if self.residual_colors is not None:
            colors = frozen_array("residual colors", self.residual_colors, np.uint8, (count, 3))
            fix(self, "residual_colors", colors)

    @property
    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Smallest and largest corner, each (3,), world units."""
        low, high = finite_bounds(self.positions)
        return low + self.origin, high + self.origin
