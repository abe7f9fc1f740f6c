"""Cameras with any projective lens (pinhole and tilt-shift alike), and their trajectories.

Camera frame: x right, y down, z forward. Pixel (0, 0) is the centre of the top-left pixel.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from viewer.model.arrays import frozen_array

GL_FROM_CAM = np.diag([1.0, -1.0, -1.0, 1.0])
"""OpenGL's eye frame (x right, y up, z backwards) from ours."""
PLAIN_FOV_X = np.pi / 3
"""Horizontal angle of the lens that is assumed where nothing better is known."""
_GRID_STEP_PX = 16


class LensSource(enum.Enum):
    """Where a lens comes from, best first."""

    TABLE = "camera table"
    MEASURED = "the scene's images"
    PINHOLE = "plain 60° pinhole"
    OTHER = "the dataset"


@dataclass(frozen=True, slots=True, eq=False)
class Lens:
    """The part of a camera that does not move: image size and the ray through every pixel."""

    width: int  # px
    height: int  # px
    ray_from_pixel: NDArray[np.float64]  # (3, 3): ray_cam = ray_from_pixel @ (x, y, 1), any length, z > 0
    source: LensSource = LensSource.OTHER
    remark: str = ""
    """What a person should know of how it came about, as a sentence; mostly nothing."""

    def __post_init__(self) -> None:
        fix = object.__setattr__
        fix(self, "ray_from_pixel", frozen_array("ray from pixel", self.ray_from_pixel, np.float64, (3, 3)))

    @property
    def pixel_from_ray(self) -> NDArray[np.float64]:
        """(3, 3): homogeneous pixel of a camera-frame point; points in front have a third component > 0."""
        return np.asarray(np.linalg.inv(self.ray_from_pixel))

    def resized(self, width: int, height: int) -> Lens:
        """The same view in images of another size."""
        here_from_there = np.array(
            [
                [self.width / width, 0, 0.5 * self.width / width - 0.5],
                [0, self.height / height, 0.5 * self.height / height - 0.5],
                [0, 0, 1],
            ]
        )
        return replace(self, width=width, height=height, ray_from_pixel=self.ray_from_pixel @ here_from_there)

    def clip_from_cam(self, near: float, far: float) -> NDArray[np.float64]:
        """(4, 4) OpenGL clip coordinates of camera-frame points; exact for any lens.

        Clip w is the depth along the principal direction of the lens, so `near` and `far` are measured
        along that direction (it is the camera's z for an untilted lens), world units.
        """
        homogeneous = self.pixel_from_ray
        ndc_from_pixel = np.array(
            [
                [2 / self.width, 0, 1 / self.width - 1],
                [0, -2 / self.height, 1 - 1 / self.height],
                [0, 0, 1],
            ]
        )
        plane = ndc_from_pixel @ homogeneous
        plane = plane / np.linalg.norm(plane[2])
        clip = np.zeros((4, 4))
        clip[:2, :3] = plane[:2]
        clip[3, :3] = plane[2]
        clip[2, :3] = plane[2] * (far + near) / (far - near)
        clip[2, 3] = -2 * far * near / (far - near)
        return clip


def max_pixel_difference(lens: Lens, other: Lens) -> float | None:
    """Largest distance in pixels between where two lenses of one size show the same direction.

    None when the other lens cannot show one of the directions at all.
    """
    apart = pixel_differences(lens, other)
    return None if apart is None else float(apart.max())


def pixel_differences(lens: Lens, other: Lens) -> NDArray[np.float64] | None:
    """Distances in pixels (N,) over the whole image, borders included, as `max_pixel_difference` has them."""
    x, y = (
        np.array(sorted({*range(0, side, _GRID_STEP_PX), side - 1})) for side in (lens.width, lens.height)
    )
    pixels = np.stack([*(axis.ravel() for axis in np.meshgrid(x, y)), np.ones(len(x) * len(y))], axis=1)
    seen = pixels @ (other.pixel_from_ray @ lens.ray_from_pixel).T
    if not (seen[:, 2] > 0).all():
        return None
    return np.asarray(np.linalg.norm(seen[:, :2] / seen[:, 2:] - pixels[:, :2], axis=1))


def plain_lens(width: int, height: int) -> Lens:
    """The 60 degree pinhole of a size, which says that it is only assumed."""
    return pinhole_lens(width, height, PLAIN_FOV_X, LensSource.PINHOLE)


def pinhole_lens(
    width: int, height: int, fov_x_radians: float, source: LensSource = LensSource.PINHOLE
) -> Lens:
    """A lens with square pixels and its axis through the image centre; the angle spans the full width."""
    pixel = 2 * np.tan(fov_x_radians / 2) / width
    rays = [[pixel, 0, (1 - width) * pixel / 2], [0, pixel, (1 - height) * pixel / 2], [0, 0, 1.0]]
    return Lens(width, height, np.array(rays), source)


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """A lens at a pose."""

    lens: Lens
    world_from_cam: NDArray[np.float64]  # (4, 4); the 3x3 block is kept as the file has it

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "world_from_cam", frozen_array("world from cam", self.world_from_cam, np.float64, (4, 4))
        )

    @property
    def position(self) -> NDArray[np.float64]:
        """(3,) world units."""
        return self.world_from_cam[:3, 3]

    @property
    def cam_from_world(self) -> NDArray[np.float64]:
        return np.asarray(np.linalg.inv(self.world_from_cam))

    def with_lens(self, lens: Lens) -> Camera:
        return replace(self, lens=lens)

    def project(self, points: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Pixels (N, 2) and depths (N,) along the lens's principal direction of world points (N, 3).

        A depth <= 0 means behind the camera; its pixel is NaN.
        """
        m = self.cam_from_world
        cam = points @ m[:3, :3].T + m[:3, 3]
        homogeneous = cam @ self.lens.pixel_from_ray.T
        depth = homogeneous[:, 2]
        with np.errstate(divide="ignore", invalid="ignore"):
            pixels = np.where(depth[:, None] > 0, homogeneous[:, :2] / depth[:, None], np.nan)
        return pixels, depth

    def cast_rays(self, pixels: NDArray[np.floating]) -> NDArray[np.float64]:
        """World-space unit directions (N, 3) of the rays through pixels (N, 2)."""
        homogeneous = np.concatenate([pixels, np.ones((len(pixels), 1))], axis=1)
        rays = homogeneous @ (self.world_from_cam[:3, :3] @ self.lens.ray_from_pixel).T
        return np.asarray(rays / np.linalg.norm(rays, axis=1, keepdims=True))


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory:
    """A camera's keyframes, in time order; ids may have gaps and need not have images."""

    name: str
    frame_ids: NDArray[np.int64]  # (N,)
    world_from_cam: NDArray[np.float64]  # (N, 4, 4)
    lens: Lens
    look_at: NDArray[np.float64] | None = None  # (N, 3) world units
    frame_time_s: float | None = None
    unusable: tuple[int, ...] = ()
    """Frame ids of keyframes that were left out: their poses are not finite, or flat."""

    def __post_init__(self) -> None:
        fix = object.__setattr__
        fix(self, "frame_ids", frozen_array("frame ids", self.frame_ids, np.int64, (None,)))
        count = len(self.frame_ids)
        fix(self, "world_from_cam", frozen_array("poses", self.world_from_cam, np.float64, (count, 4, 4)))

    def __len__(self) -> int:
        return len(self.frame_ids)

    @property
    def positions(self) -> NDArray[np.float64]:
        """(N, 3) world units."""
        return self.world_from_cam[:, :3, 3]

    def index_of(self, frame_id: int) -> int | None:
        """Row of a frame id, or None when the trajectory has no such keyframe."""
        rows = np.flatnonzero(self.frame_ids == frame_id)
        return int(rows[0]) if len(rows) else None

    def camera_at(self, row: int) -> Camera:
        return Camera(self.lens, self.world_from_cam[row])


@dataclass(frozen=True, slots=True, eq=False)
class Cameras:
    """All trajectories of a scene, by camera name, in the dataset's order."""

    trajectories: tuple[Trajectory, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(trajectory.name for trajectory in self.trajectories)

    def get(self, name: str) -> Trajectory | None:
        return next((t for t in self.trajectories if t.name == name), None)

    def with_lens(self, lens: Lens) -> Cameras:
        return Cameras(tuple(replace(t, lens=lens) for t in self.trajectories))
