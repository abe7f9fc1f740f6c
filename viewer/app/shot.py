"""One frame's camera, what it sees, and what the cameras of other programs cannot hold of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.errors import FormatError
from viewer.model.camera import Camera
from viewer.model.factored_camera import FactoredCamera, factor
from viewer.model.frames import FrameId

WORTH_TELLING_PX = 5e-4
"""Less reads as 0.000."""
_GRID = (17, 13)
_DISTANCES_M = (0.5, 3.0, 30.0)

Points = NDArray[np.floating]
Pixels = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One frame's camera and what it is called."""

    frame: FrameId
    camera: Camera
    metres_per_unit: float
    file_name: str  # of its image, relative to the scene

    @property
    def name(self) -> str:
        return f"{self.frame.camera} frame {self.frame.frame}"


def seen_points(shot: Shot, *first: tuple[float, float, float]) -> tuple[Pixels, NDArray[np.float64]]:
    """Pixels (N, 2) all over the image and the world points (N, 3) they see, near and far.

    They begin with those asked for, each as x, y and distance in metres.
    """
    lens = shot.camera.lens
    columns = np.linspace(-0.5, lens.width - 0.5, _GRID[0])
    rows = np.linspace(-0.5, lens.height - 0.5, _GRID[1])
    grid = [(x, y, away) for away in _DISTANCES_M for y in rows for x in columns]
    seen = np.array([*first, *grid])
    along = shot.camera.cast_rays(seen[:, :2]) * (seen[:, 2:] / shot.metres_per_unit)
    return seen[:, :2], shot.camera.position + along


def without_skew(camera: FactoredCamera) -> NDArray[np.float64]:
    """(3, 3) intrinsics without skew that are right along the middle row of the image."""
    k = np.array(camera.intrinsics)
    k[0, 2] += k[0, 1] * ((camera.height - 1) / 2 - k[1, 2]) / k[1, 1]
    k[0, 1] = 0.0
    return k


def skew_warp(camera: FactoredCamera) -> NDArray[np.float64]:
    """(3, 3): pixel of the camera without skew, from the pixel of the image as it is."""
    return np.asarray(without_skew(camera) @ np.linalg.inv(camera.intrinsics))


def lost_without_skew(camera: FactoredCamera) -> float:
    """The largest error in pixels over the image when the skew is left out."""
    return largest_difference(camera, without_skew(camera))


def largest_difference(camera: FactoredCamera, other: NDArray[np.float64]) -> float:
    """How far other intrinsics put the corners of the image from where they are, in pixels."""
    corners = np.array([(x, y, 1.0) for x in (-0.5, camera.width - 0.5) for y in (-0.5, camera.height - 0.5)])
    moved = corners @ (other @ np.linalg.inv(camera.intrinsics)).T
    return float(np.linalg.norm((moved - corners)[:, :2], axis=1).max())


def must_not_mirror(intrinsics: NDArray[np.float64], program: str) -> None:
    """Raise FormatError when the first focal length is negative, which a program's cameras cannot have."""
    if not intrinsics[0, 0] > 0:
        raise FormatError(
            f"{program} has no mirrored cameras, and this pose is one: its determinant is negative"
        )


def tilt_notes(shot: Shot) -> tuple[str, ...]:
    """That a rotation is not the trajectory's own; nothing without a tilt."""
    turned = factor(shot.camera).rotation @ shot.camera.world_from_cam[:3, :3]
    angle = float(np.degrees(np.arccos(np.clip((np.trace(turned) - 1) / 2, -1, 1))))
    if angle < 0.01:
        return ()
    return (
        f"The lens is tilted by {angle:.2f}°; the rotation holds that, so it is not the trajectory's own.",
    )


def skew_notes(shot: Shot, program: str, remedy: str) -> tuple[str, ...]:
    """That a program has no skew, and how much that matters; nothing without one."""
    lost = lost_without_skew(factor(shot.camera))
    if lost < WORTH_TELLING_PX:
        return ()
    return (f"{program} cannot hold this lens's skew: up to {lost:.3f} px off. {remedy}".rstrip(),)
