"""A box outside of which nothing is there: neither to be seen nor to be hit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OPEN_UNITS = 1e12
"""A side this far away cuts nothing; a number, and not infinity, for JSON has none."""


@dataclass(frozen=True, slots=True, eq=False)
class ClipBox:
    """Only what is inside is there. World units, along the axes of the world."""

    low: NDArray[np.float64]  # (3,)
    high: NDArray[np.float64]  # (3,)

    @classmethod
    def whole(cls) -> ClipBox:
        """A box that cuts nothing."""
        return cls(np.full(3, -OPEN_UNITS), np.full(3, OPEN_UNITS))

    @property
    def is_whole(self) -> bool:
        """True when it cuts nothing."""
        return bool((self.low <= -OPEN_UNITS).all() and (self.high >= OPEN_UNITS).all())

    def equals(self, other: ClipBox | None) -> bool:
        return other is not None and bool((self.low == other.low).all() and (self.high == other.high).all())

    def range_along(self, axis: int, sign: float = 1.0) -> tuple[float, float]:
        """From where to where it reaches, measured along `sign` times an axis."""
        ends = float(self.low[axis] * sign), float(self.high[axis] * sign)
        return min(ends), max(ends)

    def with_range(self, axis: int, low: float, high: float, sign: float = 1.0) -> ClipBox:
        """With another range, measured likewise."""
        new_low, new_high = self.low.copy(), self.high.copy()
        new_low[axis], new_high[axis] = sorted((low * sign, high * sign))
        return ClipBox(new_low, new_high)
