"""What a label tool is: it turns a finished gesture into a decision, and knows nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from viewer.model.arrays import frozen_array
from viewer.model.stroke import PixelSet


@dataclass(frozen=True, slots=True, eq=False)
class Gesture:
    """A mouse path with the button held, physical pixels, as `StrokeRecorder` keeps it."""

    path: NDArray[np.int32]  # (P, 2) x and y, press first
    modifiers: frozenset[str] = frozenset()  # "shift", "control", "alt", "meta"
    button: str = "left"

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", frozen_array("path", self.path, np.int32, (None, 2)))


@dataclass(frozen=True, slots=True)
class Cover:
    """Label what lies under these pixels."""

    pixels: PixelSet


@dataclass(frozen=True, slots=True)
class TakeLabel:
    """Make the label of the object at this pixel the current one."""

    x: int
    y: int


Outcome = Cover | TakeLabel | None


class Tool(Protocol):
    """One way of pointing at objects."""

    @property
    def key(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def shortcut(self) -> str: ...
    @property
    def icon(self) -> str:
        """Name of the icon file, without folder and ending."""
        ...

    @property
    def hint(self) -> str:
        """One sentence on how to use it."""
        ...

    def finish(self, gesture: Gesture) -> Outcome:
        """The decision; None when the gesture has no position."""
        ...
