"""The free camera: where it stands, where it looks, and how gestures move it. Pure numpy.

The camera never rolls: its direction is an azimuth and an elevation about the scene's up vector, which
keeps the poles harmless. Lengths are world units; whoever calls converts from metres.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer.model.camera import Camera, Lens, LensSource, pinhole_lens

Vector = NDArray[np.float64]
FOV_Y_DEGREES = 60.0
POLE_LIMIT = np.radians(89.0)
WHEEL_STEP = 0.14
"""Share of the distance to the point under the cursor that one wheel notch covers."""


@dataclass(frozen=True, slots=True)
class ViewState:
    """A view to come back to; plain numbers, so that it can be written as JSON. World units, degrees."""

    eye: tuple[float, float, float]
    look_at: tuple[float, float, float]
    up: tuple[float, float, float] = (0.0, 0.0, 1.0)
    fov_y_deg: float = FOV_Y_DEGREES

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> ViewState:
        """The inverse of `to_json`; raises KeyError, TypeError or ValueError for anything else."""

        def point(name: str) -> tuple[float, float, float]:
            x, y, z = (float(v) for v in values[name])
            return x, y, z

        return cls(point("eye"), point("look_at"), point("up"), float(values["fov_y_deg"]))


def unit(vector: ArrayLike) -> Vector:
    array = np.asarray(vector, np.float64)
    return np.asarray(array / np.linalg.norm(array))


def fov_x_radians(width: int, height: int, fov_y: float) -> float:
    """Horizontal angle of view of square pixels, radians, for a vertical one in radians."""
    return float(2 * np.arctan(width * np.tan(fov_y / 2) / height))


@dataclass(frozen=True, slots=True)
class Pose:
    """Eye (world units), azimuth and elevation (radians) and vertical angle of view (radians)."""

    eye: tuple[float, float, float]
    azimuth: float
    elevation: float
    fov_y: float

    def towards(self, other: Pose, share: float) -> Pose:
        """The pose `share` of the way to another one, turning the short way round."""
        turn = (other.azimuth - self.azimuth + np.pi) % (2 * np.pi) - np.pi

        def mix(a: float, b: float) -> float:
            return float(a + (b - a) * share)

        x, y, z = (mix(a, b) for a, b in zip(self.eye, other.eye, strict=True))
        return Pose(
            (x, y, z),
            float(self.azimuth + turn * share),
            mix(self.elevation, other.elevation),
            mix(self.fov_y, other.fov_y),
        )


class OrbitCamera:
    """A camera that orbits about a point, with a fixed up direction."""

    def __init__(self, up: ArrayLike = (0, 0, 1)) -> None:
        self.eye: Vector = np.zeros(3)
        self.azimuth = 0.0
        self.elevation = 0.0
        self.fov_y = np.radians(FOV_Y_DEGREES)
        self.reach = 1.0
        """Distance ahead, world units, where the interest lies when nothing is under the cursor."""
        self._newest: tuple[tuple[object, ...], Camera] | None = None  # and what it was made of
        self.set_up(up)

    def set_up(self, up: ArrayLike) -> None:
        self.up = unit(up)
        # any horizontal direction will do; x where up is z, as in Hypersim
        seed = np.eye(3)[int(np.argmin(np.abs(self.up)))]
        self._east = unit(seed - self.up * (seed @ self.up))
        self._north = np.cross(self.up, self._east)

    # directions

    @property
    def forward(self) -> Vector:
        return self._level_forward * np.cos(self.elevation) + self.up * np.sin(self.elevation)

    @property
    def _level_forward(self) -> Vector:
        return np.asarray(self._east * np.cos(self.azimuth) + self._north * np.sin(self.azimuth))

    @property
    def right(self) -> Vector:
        return np.asarray(self._east * np.sin(self.azimuth) - self._north * np.cos(self.azimuth))

    @property
    def upward(self) -> Vector:
        """Up in the picture; differs from `up` when the camera looks up or down."""
        return np.cross(self.right, self.forward)

    @property
    def world_from_cam(self) -> NDArray[np.float64]:
        """(4, 4); x right, y down, z forward."""
        matrix = np.eye(4)
        matrix[:3, 0], matrix[:3, 1], matrix[:3, 2] = self.right, -self.upward, self.forward
        matrix[:3, 3] = self.eye
        return matrix

    def lens(self, width: int, height: int) -> Lens:
        return pinhole_lens(width, height, fov_x_radians(width, height, self.fov_y), LensSource.OTHER)

    def camera(self, width: int, height: int) -> Camera:
        """This view as a camera of the model, for a picture of that many pixels.

        The same one until the view changes: every picture asks for it several times.
        """
        angles = (self.azimuth, self.elevation, self.fov_y)
        made_of = (self.eye.tobytes(), self.up.tobytes(), *angles, width, height)
        if self._newest is None or self._newest[0] != made_of:
            self._newest = made_of, Camera(self.lens(width, height), self.world_from_cam)
        return self._newest[1]

    # states

    @property
    def pose(self) -> Pose:
        x, y, z = (float(v) for v in self.eye)
        return Pose((x, y, z), self.azimuth, self.elevation, self.fov_y)

    @pose.setter
    def pose(self, pose: Pose) -> None:
        self.eye = np.array(pose.eye)
        self.azimuth, self.elevation, self.fov_y = pose.azimuth, pose.elevation, pose.fov_y

    def look(self, direction: ArrayLike) -> None:
        """Turn towards a direction; one that is straight up or down keeps the azimuth."""
        ahead = unit(direction)
        self.elevation = float(np.arcsin(np.clip(ahead @ self.up, -1, 1)))
        level = ahead - self.up * (ahead @ self.up)
        if np.linalg.norm(level) > 1e-9:
            self.azimuth = float(np.arctan2(level @ self._north, level @ self._east))

    def set_view(self, state: ViewState) -> None:
        """Take over a view; its up vector must be the scene's, for this camera does not roll."""
        eye, target = np.array(state.eye), np.array(state.look_at)
        self.eye = eye
        self.fov_y = float(np.radians(state.fov_y_deg))
        if np.linalg.norm(target - eye) > 0:
            self.reach = float(np.linalg.norm(target - eye))
            self.look(target - eye)

    def view(self) -> ViewState:
        ex, ey, ez = (float(v) for v in self.eye)
        tx, ty, tz = (float(v) for v in self.eye + self.forward * self.reach)
        ux, uy, uz = (float(v) for v in self.up)
        return ViewState((ex, ey, ez), (tx, ty, tz), (ux, uy, uz), float(np.degrees(self.fov_y)))

    def copy(self) -> OrbitCamera:
        twin = OrbitCamera(self.up)
        twin.pose, twin.reach = self.pose, self.reach
        return twin

    # gestures

    def orbit(self, pivot: Vector, turn: float, tilt: float) -> None:
        """Turn about a point by two angles in radians: to the right, and upwards over it.

        The point keeps its place in the picture; the elevation stops short of the poles.
        """
        if abs(self.elevation) <= POLE_LIMIT:
            tilt = float(np.clip(tilt, -POLE_LIMIT - self.elevation, POLE_LIMIT - self.elevation))
        offset = np.array([self.right, self.upward, self.forward]) @ (pivot - self.eye)
        self.azimuth = float((self.azimuth + turn + np.pi) % (2 * np.pi) - np.pi)
        self.elevation = float(np.clip(self.elevation + tilt, -np.pi / 2, np.pi / 2))
        self.eye = pivot - np.array([self.right, self.upward, self.forward]).T @ offset

    def pan(self, grabbed: Vector, ray: Vector) -> None:
        """Slide, without turning, until a grabbed point lies on a ray (unit, world) through the new cursor.

        The camera stays in its own image plane.
        """
        depth = (grabbed - self.eye) @ self.forward
        along = ray @ self.forward
        if depth > 0 and along > 1e-6:
            self.eye = grabbed - ray * (depth / along)

    def dolly(self, ray: Vector, distance: float, notches: float, least_step: float) -> None:
        """Move along the ray under the cursor by a share of the distance to what lies there.

        `least_step` keeps it moving when very near, so that one can go through a wall.
        """
        step = max(distance * WHEEL_STEP, least_step)
        # going out by the same factor undoes going in
        travel = step * notches if notches > 0 else step * notches / (1 - WHEEL_STEP)
        self.eye = self.eye + ray * travel
        self.reach = max(self.reach - travel * float(ray @ self.forward), least_step)

    def fly(self, right: float, up: float, ahead: float) -> None:
        """Move by lengths in world units: sideways, along the scene's up, and forward where it looks."""
        self.eye = self.eye + self.right * right + self.up * up + self.forward * ahead

    def focus(self, point: Vector, distance: float) -> Pose:
        """The pose that has a point in the middle, at a distance, seen from where the camera is now."""
        twin = self.copy()
        towards = point - self.eye
        if np.linalg.norm(towards) > 1e-12:
            twin.look(towards)
        twin.eye = point - twin.forward * distance
        return twin.pose

    def frame(self, low: Vector, high: Vector, aspect: float) -> Pose:
        """The pose that shows a box whole, from the direction the camera looks in now."""
        twin = self.copy()
        corners = np.array([[(low, high)[k >> axis & 1][axis] for axis in range(3)] for k in range(8)])
        middle = (low + high) / 2
        local = (corners - middle) @ np.array([self.right, self.upward, self.forward]).T
        slope_y = np.tan(self.fov_y / 2) * 0.92
        slope_x = slope_y * aspect
        needed = np.maximum(np.abs(local[:, 0]) / slope_x, np.abs(local[:, 1]) / slope_y) - local[:, 2]
        twin.eye = middle - self.forward * max(float(needed.max()), 1e-9)
        return twin.pose

    def above(self, low: Vector, high: Vector, aspect: float) -> Pose:
        """The pose that looks straight down on a box, north up."""
        twin = self.copy()
        twin.elevation = -np.pi / 2
        twin.azimuth = np.pi / 2
        return replace(twin.frame(low, high, aspect), elevation=-np.pi / 2)
