"""The shape of every object, as far as it is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class ObjectFacts:
    """What is known of every object's shape, world units; NaN and 0 for objects nobody has seen."""

    low: NDArray[np.float64]  # (O, 3)
    high: NDArray[np.float64]  # (O, 3)
    area: NDArray[np.float64]  # (O,) square world units; 0 where only points are known
    element_count: NDArray[np.int64]  # (O,) faces, or points where there is no mesh
    elements: str = "faces"  # "faces" or "points"
