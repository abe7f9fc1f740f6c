"""The camera of the original annotation tool, in its own arithmetic, for replaying its sessions.

It keeps eye and look-at point in float32 and rounds after every step; the formulas here do so in the same
places. Units are those of the scene; "up" is always z.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer.errors import FormatError
from viewer.model.camera import Camera, pinhole_lens

FOV_Y_DEGREES = 60.0
FILLED_SHARE = 0.8  # of the field of view, by the scene at first
KEY_STEP_UNITS = 5.0
LOOK_AT_STEP_UNITS = 5.0
NEAREST_LOOK_AT_UNITS = 10.0
POLE_MARGIN_RADIANS = math.radians(1.0)
Vector = NDArray[np.float32]  # (3,)
_f32 = np.float32
_UP = np.array([0, 0, 1], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class OriginalCamera:
    """Where the tool looks from and at, in a window of a size."""

    eye: Vector
    center: Vector
    width: int
    height: int
    fov_y_degrees: float = FOV_Y_DEGREES

    @classmethod
    def at(
        cls, eye: ArrayLike, center: ArrayLike, width: int, height: int, fov_y: float = FOV_Y_DEGREES
    ) -> OriginalCamera:
        return cls(np.array(eye, np.float32), np.array(center, np.float32), width, height, fov_y)

    @classmethod
    def initial(
        cls, vertices: NDArray[np.float64], width: int, height: int, fov_y: float = FOV_Y_DEGREES
    ) -> OriginalCamera:
        """As after loading a scene: from beside the bounding box, at the mean of the vertices (V, 3)."""
        half = (vertices.max(axis=0) - vertices.min(axis=0)) / 2
        middle = vertices.min(axis=0) + half
        eye = middle + initial_distance(vertices, width, height, fov_y) / math.sqrt(3.0)
        return cls.at(eye, vertices.mean(axis=0), width, height, fov_y)

    @property
    def fov_y(self) -> float:
        """Radians."""
        return self.fov_y_degrees * (math.pi / 180.0)

    @property
    def fov_x(self) -> float:
        return 2.0 * math.atan(self.width * math.tan(self.fov_y / 2.0) / self.height)

    @property
    def camera(self) -> Camera:
        """The camera whose pixel rays are those the tool casts."""
        eye, center = self.eye.astype(np.float64), self.center.astype(np.float64)
        backward = -_normalised(center - eye)
        right = -_normalised(np.cross(backward, [0.0, 0.0, 1.0]))
        up = _normalised(np.cross(backward, right))
        pose = np.eye(4)
        pose[:3, :3] = np.stack([right, -up, -backward], axis=1)
        pose[:3, 3] = eye
        return Camera(pinhole_lens(self.width, self.height, self.fov_x), pose)

    # navigation, one method for each gesture

    def rotated(self, path: Sequence[tuple[int, int]]) -> OriginalCamera:
        """After a left drag: around the look-at point, across the whole window by 180°."""
        return self._dragged(path, OriginalCamera._rotated_once)

    def translated(self, path: Sequence[tuple[int, int]]) -> OriginalCamera:
        """After a right drag: sideways, so that the plane of the look-at point follows the mouse."""
        return self._dragged(path, OriginalCamera._translated_once)

    def scrolled(self, delta: float) -> OriginalCamera:
        """After turning the wheel: along the view, but no nearer than 10 units to the look-at point."""
        offset = self.center - self.eye
        step = _f32(delta)
        if step > 0:
            step = min(step, _length(offset) - _f32(NEAREST_LOOK_AT_UNITS))
        return replace(self, eye=self.eye + step * _unit(offset))

    def key_pressed(self, key: str) -> OriginalCamera:
        """After W, A, S, D, R or F; other keys do nothing."""
        offset = self.center - self.eye
        distance = _length(offset)
        forward = _unit(offset)
        step = _f32(KEY_STEP_UNITS)
        match key.lower():
            case "w":
                push = min(max(_f32(NEAREST_LOOK_AT_UNITS) - distance + step, _f32(0)), step)
                return replace(self, eye=self.eye + step * forward, center=self.center + push * forward)
            case "s":
                return replace(self, eye=self.eye - step * forward)
            case "a":
                return self._moved(-step * _right_of(forward))
            case "d":
                return self._moved(step * _right_of(forward))
            case "r":
                return self._moved(step * _up_of(forward))
            case "f":
                return self._moved(-step * _up_of(forward))
        return self

    def look_at_reset(self) -> OriginalCamera:
        """With the look-at point 5 units in front of the eye."""
        offset = self.center - self.eye
        return replace(self, center=self.eye + _f32(LOOK_AT_STEP_UNITS) * _unit(offset))

    def _moved(self, by: Vector) -> OriginalCamera:
        return replace(self, eye=self.eye + by, center=self.center + by)

    def _dragged(
        self,
        path: Sequence[tuple[int, int]],
        step: Callable[[OriginalCamera, tuple[int, int], tuple[int, int]], OriginalCamera],
    ) -> OriginalCamera:
        """A step for each move whose start and end are both inside the window."""
        camera = self
        for before, now in pairwise(path):
            if self._is_inside(before) and self._is_inside(now):
                camera = step(camera, before, now)
        return camera

    def _is_inside(self, position: tuple[int, int]) -> bool:
        return 0 <= position[0] < self.width and 0 <= position[1] < self.height

    def _rotated_once(self, before: tuple[int, int], now: tuple[int, int]) -> OriginalCamera:
        around = _drag_angle(now[0], self.width) - _drag_angle(before[0], self.width)
        eye = self.center + _rotation(around, _UP, self.eye - self.center)
        offset = eye - self.center
        unit = _unit(offset)
        from_pole = float(_f32(math.acos(min(max(float(_dot(unit, _UP)), -1.0), 1.0))))
        wanted = _drag_angle(now[1], self.height) - _drag_angle(before[1], self.height)
        over = 0.0
        if wanted < 0.0:
            over = min(max(wanted, POLE_MARGIN_RADIANS - from_pole), 0.0)
        elif wanted > 0.0:
            over = min(wanted, math.pi - from_pole - POLE_MARGIN_RADIANS)
        axis = _cross(offset, _UP)
        return replace(self, eye=self.center + _rotation(-over, _unit(axis), offset))

    def _translated_once(self, before: tuple[int, int], now: tuple[int, int]) -> OriginalCamera:
        offset = self.center - self.eye
        distance = float(_length(offset))
        right = _right_of(_unit(offset))
        x = -((now[0] - before[0]) / (self.width / 2.0)) * math.tan(self.fov_x / 2.0) * distance
        moved = self._moved(_f32(x) * right)
        offset = moved.center - moved.eye
        distance = float(_length(offset))
        up = _up_of(_unit(offset))
        y = ((now[1] - before[1]) / (self.height / 2.0)) * math.tan(self.fov_y / 2.0) * distance
        return moved._moved(_f32(y) * up)


def initial_distance(
    vertices: NDArray[np.float64], width: int, height: int, fov_y_degrees: float = FOV_Y_DEGREES
) -> float:
    """How far from the middle of the scene the tool begins; its far plane is twice as far."""
    if not len(vertices):
        raise FormatError("expected a mesh with vertices, found none")
    half = (vertices.max(axis=0) - vertices.min(axis=0)) / 2
    fov_y = fov_y_degrees * (math.pi / 180.0)
    fov_x = 2.0 * math.atan(width * math.tan(fov_y / 2) / height)
    return float(half.max()) / math.tan(FILLED_SHARE * min(fov_x, fov_y) / 2.0)


def _drag_angle(position: int, size: int) -> float:
    return math.acos(min(max(2.0 * position / size - 1.0, -1.0), 1.0))


def _normalised(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    length = float(np.sqrt(vector @ vector))
    return vector / length if length else vector


def _dot(a: Vector, b: Vector) -> np.float32:
    return _f32(a[0] * b[0] + (a[1] * b[1] + a[2] * b[2]))


def _length(vector: Vector) -> np.float32:
    return _f32(np.sqrt(_dot(vector, vector)))


def _unit(vector: Vector) -> Vector:
    # Looking straight down leaves no direction to the right: not a number, as in the tool.
    with np.errstate(invalid="ignore", divide="ignore"):
        return vector / _length(vector)


def _cross(a: Vector, b: Vector) -> Vector:
    return np.array(
        [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]], np.float32
    )


def _right_of(forward: Vector) -> Vector:
    return _unit(_cross(forward, _UP))


def _up_of(forward: Vector) -> Vector:
    return -_unit(_cross(forward, _right_of(forward)))


def _rotation(angle: float, axis: Vector, vector: Vector) -> Vector:
    """A vector turned about a unit axis, the matrix and the product in float32."""
    turn = float(_f32(angle))
    sine, cosine = _f32(math.sin(turn)) * axis, _f32(math.cos(turn))
    rest = (_f32(1) - cosine) * axis
    xy, xz, yz = rest[0] * axis[1], rest[0] * axis[2], rest[1] * axis[2]
    diagonal = rest * axis + cosine
    rows = np.array(
        [
            [diagonal[0], xy - sine[2], xz + sine[1]],
            [xy + sine[2], diagonal[1], yz - sine[0]],
            [xz - sine[1], yz + sine[0], diagonal[2]],
        ],
        np.float32,
    )
    return np.array([_dot(row, vector) for row in rows], np.float32)
