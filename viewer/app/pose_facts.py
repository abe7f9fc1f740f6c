"""What a frame's pose and lens are, in numbers a person reads, and what is odd about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.app.session import Session
from viewer.model.camera import GL_FROM_CAM, PLAIN_FOV_X, Camera, Lens, LensSource, plain_lens
from viewer.model.factored_camera import lens_intrinsics, lens_tilt
from viewer.model.frames import FrameId

ROTATION_TOLERANCE = 1e-3
LOOK_AT_TOLERANCE_DEG = 5.0
LEVEL_TOLERANCE_DEG = 5.0
SAME_LENS_PX = 0.01
FIELD_COLUMNS, FIELD_ROWS = 9, 7
_MEAN_COLUMNS, _MEAN_ROWS = 65, 49


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is right, or that should make one careful."""

    is_good: bool
    words: str


@dataclass(frozen=True, slots=True, eq=False)
class PoseFacts:
    """A pose in numbers. Angles in degrees; NaN where they mean nothing."""

    position: NDArray[np.float64]  # (3,) world units
    axes: NDArray[np.float64]  # (3, 3) rows: right, down, forward, as the file has them
    determinant: float
    orthogonality_error: float  # largest entry of R R^T - I
    yaw: float  # of the view direction about up, from the world's first horizontal axis, counter-clockwise
    pitch: float  # above the horizon
    roll: float  # of the picture, clockwise; NaN when looking straight up or down
    look_at: NDArray[np.float64] | None  # (3,) world units
    look_at_error: float  # between the view axis and the look-at point; NaN without one

    @property
    def dataset_axes(self) -> NDArray[np.float64]:
        """(3, 3) rows: right, up, backwards, the columns of the dataset's own matrix."""
        return np.asarray(GL_FROM_CAM[:3, :3] @ self.axes)


@dataclass(frozen=True, slots=True, eq=False)
class LensFacts:
    """A lens beside the plain pinhole of 60 degrees that most people take it for."""

    lens: Lens
    tilt: float  # degrees between the camera's axis and the axis of the pinhole that the lens is
    shift_px: tuple[float, float]  # from the image's centre to where that axis meets it, right and down
    fov_x: float  # degrees between the middles of the left and right edges
    fov_y: float
    skew: float  # px per focal length
    worst_px: float  # how far a plain pinhole puts a point from where it is
    mean_px: float
    pixels: NDArray[np.float64]  # (N, 2) places in the image
    plain_pixels: NDArray[np.float64]  # (N, 2) where the plain pinhole puts what is seen there

    @property
    def is_other(self) -> bool:
        """True when a plain pinhole is wrong by more than rounding."""
        return self.worst_px >= SAME_LENS_PX

    @property
    def words(self) -> str:
        """The lens in a few words."""
        if not self.is_other:
            return f"plain {np.degrees(PLAIN_FOV_X):.0f}° pinhole"
        is_tilted = self.tilt > 0.01 or bool(self.skew)
        is_shifted = max(map(abs, self.shift_px)) > 0.5
        kind = "tilt-shift" if is_tilted else "shifted" if is_shifted else f"{self.fov_x:.1f}° pinhole"
        worst = f"{self.worst_px:.0f}" if self.worst_px >= 10 else f"{self.worst_px:.2f}"
        return f"{kind}: up to {worst} px from the plain pinhole"


def pose_facts(
    camera: Camera, up: NDArray[np.float64], look_at: NDArray[np.float64] | None = None
) -> PoseFacts:
    """The facts of one pose; `up` is the scene's."""
    matrix = camera.world_from_cam[:3, :3]
    right, down, forward = (axis / np.linalg.norm(axis) for axis in matrix.T)
    up = up / np.linalg.norm(up)
    east = np.eye(3)[int(np.argmin(np.abs(up)))]
    east = east - up * (east @ up)
    east /= np.linalg.norm(east)
    north = np.cross(up, east)
    level = float(np.hypot(forward @ east, forward @ north))
    is_steep = level < 1e-6
    yaw = np.nan if is_steep else float(np.degrees(np.arctan2(forward @ north, forward @ east)))
    roll = np.nan if is_steep else float(np.degrees(np.arctan2(-right @ up, -down @ up)))
    error = np.nan
    if look_at is not None:
        towards = look_at - camera.position
        distance = np.linalg.norm(towards)
        if distance > 0 and np.isfinite(distance):
            across = np.linalg.norm(np.cross(forward, towards))
            error = float(np.degrees(np.arctan2(across, forward @ towards)))
    return PoseFacts(
        camera.position,
        matrix.T,
        float(np.linalg.det(matrix)),
        float(np.abs(matrix @ matrix.T - np.eye(3)).max()),
        yaw,
        float(np.degrees(np.arctan2(forward @ up, level))),
        roll,
        look_at,
        error,
    )


def lens_facts(lens: Lens) -> LensFacts:
    """The facts of a lens. Arithmetic over a few thousand rays: a millisecond."""
    plain = plain_lens(lens.width, lens.height)
    dense = _grid(lens, _MEAN_COLUMNS, _MEAN_ROWS)
    off = np.linalg.norm(_as_plain(lens, plain, dense) - dense, axis=1)
    coarse = _grid(lens, FIELD_COLUMNS, FIELD_ROWS)
    intrinsics, tilt = lens_intrinsics(lens), lens_tilt(lens)
    axis = float(np.degrees(np.arctan2(np.linalg.norm(tilt[2, :2]), tilt[2, 2])))
    across, down = (lens.width - 1) / 2, (lens.height - 1) / 2
    return LensFacts(
        lens,
        axis,
        (float(intrinsics[0, 2] - across), float(intrinsics[1, 2] - down)),
        _angle(lens, (-0.5, down), (lens.width - 0.5, down)),
        _angle(lens, (across, -0.5), (across, lens.height - 0.5)),
        float(intrinsics[0, 1]),
        float(off.max()),
        float(off.mean()),
        coarse,
        _as_plain(lens, plain, coarse),
    )


def findings(facts: PoseFacts, lens: LensFacts, metres_per_unit: float) -> tuple[Finding, ...]:
    """What is right and what is odd, most important first."""
    found = [_lens_finding(lens), _rotation_finding(facts)]
    if np.isfinite(facts.look_at_error) and facts.look_at is not None:
        away = float(np.linalg.norm(facts.look_at - facts.position)) * metres_per_unit
        is_good = facts.look_at_error <= LOOK_AT_TOLERANCE_DEG
        words = f"The look-at point, {away:.2f} m away, is {facts.look_at_error:.2f}° off the view axis"
        found.append(Finding(is_good, words))
    if np.isfinite(facts.roll):
        is_level = abs(facts.roll) <= LEVEL_TOLERANCE_DEG
        words = "The camera stands upright" if is_level else f"The camera is rolled by {facts.roll:.1f}°"
        found.append(Finding(is_level, words))
    return tuple(found)


def _lens_finding(facts: LensFacts) -> Finding:
    words = {
        LensSource.TABLE: "The lens is that of the camera table",
        LensSource.MEASURED: "The lens was measured from the scene's position images",
        LensSource.PINHOLE: "The lens is only assumed: a plain pinhole, which most scenes were not made with",
        LensSource.OTHER: "The lens is the dataset's own",
    }
    source = facts.lens.source
    return Finding(source is not LensSource.PINHOLE, words[source])


def _rotation_finding(facts: PoseFacts) -> Finding:
    is_rotation = facts.determinant > 0 and facts.orthogonality_error <= ROTATION_TOLERANCE
    numbers = f"determinant {facts.determinant:.6g}, off by {facts.orthogonality_error:.1g}"
    if is_rotation:
        return Finding(True, f"The orientation is a rotation ({numbers})")
    what = "mirrored" if facts.determinant < 0 else "no rotation"
    return Finding(False, f"The orientation is {what} ({numbers}): what is seen is distorted")


def look_at_of(session: Session, frame: FrameId) -> NDArray[np.float64] | None:
    """(3,) the look-at point of a keyframe, world units; None when the scene has none for it."""
    trajectory = session.trajectory(frame.camera)
    row = None if trajectory is None else trajectory.index_of(frame.frame)
    if trajectory is None or trajectory.look_at is None or row is None:
        return None
    point = trajectory.look_at[row]
    return np.asarray(point) if np.isfinite(point).all() else None


def _grid(lens: Lens, columns: int, rows: int) -> NDArray[np.float64]:
    """(N, 2) pixels from edge to edge."""
    x, y = np.linspace(-0.5, lens.width - 0.5, columns), np.linspace(-0.5, lens.height - 0.5, rows)
    return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)


def _as_plain(lens: Lens, plain: Lens, pixels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where a plain lens puts what the pixels (N, 2) of another one see."""
    seen = np.column_stack([pixels, np.ones(len(pixels))]) @ (plain.pixel_from_ray @ lens.ray_from_pixel).T
    return np.asarray(seen[:, :2] / seen[:, 2:])


def _angle(lens: Lens, first: tuple[float, float], second: tuple[float, float]) -> float:
    a, b = (lens.ray_from_pixel @ (*pixel, 1.0) for pixel in (first, second))
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b)))
