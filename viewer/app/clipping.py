"""Where to cut a scene open: below its ceiling, or around what is of interest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.model.camera import Cameras
from viewer.model.clip_box import OPEN_UNITS, ClipBox
from viewer.model.scene import Scene

Vector = NDArray[np.float64]
CEILING_SHARE = 0.75
"""Of a room's height: below its ceiling, above most of what stands in it."""
TALLEST_ROOM_METRES = 3.6
"""What is higher has several floors, or things around the house."""
ABOVE_CAMERAS_METRES = 0.6
MARGIN_METRES = 0.25
_STEP_METRES = 0.01


@dataclass(frozen=True, slots=True)
class ClipAxis:
    """A direction along which a scene is cut: an axis of the world, or against it."""

    index: int
    sign: float
    title: str


def clip_axes(up: Vector) -> tuple[ClipAxis, ...]:
    """Height first, then the two level axes by their names."""
    upright = int(np.argmax(np.abs(up)))
    height = ClipAxis(upright, 1.0 if up[upright] > 0 else -1.0, "Height")
    return (height, *(ClipAxis(k, 1.0, name) for k, name in enumerate("xyz") if k != upright))


def limits_along(
    axis: ClipAxis, bounds: tuple[Vector, Vector], metres_per_unit: float
) -> tuple[float, float]:
    """From where to where there is something to cut, in whole centimetres outside of the bounds; metres."""
    low, high = sorted(float(corner[axis.index]) * axis.sign * metres_per_unit for corner in bounds)
    first, last = np.floor(low / _STEP_METRES), np.ceil(high / _STEP_METRES)
    return float(first * _STEP_METRES), float(max(last, first + 1) * _STEP_METRES)


def ceiling_cut(scene: Scene, bounds: tuple[Vector, Vector]) -> ClipBox:
    """Everything below the ceiling: of the room where the cameras are, if the scene is higher than a room."""
    axis, unit = clip_axes(scene.up)[0], scene.metres_per_unit
    low, high = limits_along(axis, bounds, unit)
    cut = low + CEILING_SHARE * (high - low)
    cameras = scene.part(Cameras)
    if high - low > TALLEST_ROOM_METRES and cameras is not None and any(len(t) for t in cameras.trajectories):
        heights = np.concatenate([t.positions[:, axis.index] for t in cameras.trajectories])
        cut = min(cut, float(np.median(heights)) * axis.sign * unit + ABOVE_CAMERAS_METRES)
    return cut_along(ClipBox.whole(), axis, None, cut, unit)


def cut_along(
    box: ClipBox, axis: ClipAxis, low_m: float | None, high_m: float | None, metres_per_unit: float
) -> ClipBox:
    """The box with another range along an axis, in metres; None = open at that end."""
    low = -OPEN_UNITS if low_m is None else low_m / metres_per_unit
    high = OPEN_UNITS if high_m is None else high_m / metres_per_unit
    return box.with_range(axis.index, low, high, axis.sign)


def range_in_metres(
    box: ClipBox, axis: ClipAxis, metres_per_unit: float
) -> tuple[float | None, float | None]:
    """From where to where a box reaches along an axis; None = it is open at that end."""
    low, high = box.range_along(axis.index, axis.sign)
    return (
        None if low <= -OPEN_UNITS else low * metres_per_unit,
        None if high >= OPEN_UNITS else high * metres_per_unit,
    )


def box_around(low: Vector, high: Vector, metres_per_unit: float) -> ClipBox:
    """A clip box around what lies between two corners (3,), with a little room."""
    margin = MARGIN_METRES / metres_per_unit
    return ClipBox(low - margin, high + margin)


def box_from_numbers(numbers: Sequence[object]) -> ClipBox | None:
    """A box from six stored numbers, lowest corner first; None when they are none."""
    if len(numbers) != 6 or not all(isinstance(number, int | float) for number in numbers):
        return None
    corners = np.array(numbers, np.float64).reshape(2, 3)
    if not np.isfinite(corners).all() or (corners[0] > corners[1]).any():
        return None
    return ClipBox(corners[0], corners[1])
