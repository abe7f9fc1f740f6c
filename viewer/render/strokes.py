"""Recording the path of a stroke, by the original tool's rule for positions near the border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Point = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """A finished stroke: the recorded positions, press first, and what was held."""

    path: NDArray[np.int32]  # (P, 2) physical px (x, y)
    button: str = "left"
    modifiers: frozenset[str] = frozenset()


class StrokeRecorder:
    """Positions of a drag. A move counts only if it and the one before it lie inside the window.

    So after leaving the window, the first position back inside is not recorded, but the second is.
    """

    def __init__(self, press: Point, size: tuple[int, int]) -> None:
        self._size = size
        self._previous = press
        self._path: list[Point] = [press] if self._inside(press) else []

    def _inside(self, point: Point) -> bool:
        return 0 <= point[0] < self._size[0] and 0 <= point[1] < self._size[1]

    def move(self, point: Point) -> bool:
        """Take a new position; True when it was recorded."""
        counts = self._inside(point) and self._inside(self._previous)
        self._previous = point
        if counts:
            self._path.append(point)
        return counts

    @property
    def path(self) -> NDArray[np.int32]:
        """(P, 2) x, y of the recorded positions."""
        return np.array(self._path, np.int32).reshape(-1, 2)
