"""From where an object is looked at best: near enough to fill the view, with nothing in between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.ray_scene import RayScene
from viewer.model.camera import Camera, Lens
from viewer.model.clip_box import ClipBox

Vector = NDArray[np.float64]

ROOM_AROUND = 1.35
"""How much farther than needed: what stands around an object tells what it is."""
LEAST_METRES = 0.3
AROUND = 8
"""Directions that are tried, at each of the elevations."""
ELEVATIONS = (-0.3, -0.8)
GOOD_ENOUGH = 0.5
"""A view that stands earlier in the order is taken when it shows this share of what the best one shows."""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is to be looked at: an object and the box around it, world units."""

    object_id: int
    low: Vector  # (3,)
    high: Vector  # (3,)

    @property
    def middle(self) -> Vector:
        return (self.low + self.high) / 2

    @property
    def radius(self) -> float:
        return float(np.linalg.norm(self.high - self.low)) / 2


def camera_towards(lens: Lens, eye: Vector, target: Vector, up: Vector) -> Camera:
    """A camera at `eye` that looks at `target`; any level direction is right where that is straight down."""
    ahead = (target - eye) / max(float(np.linalg.norm(target - eye)), 1e-12)
    right = np.cross(ahead, up)
    if np.linalg.norm(right) < 1e-6:
        right = np.cross(ahead, np.eye(3)[int(np.argmin(np.abs(up)))])
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, 0], pose[:3, 1], pose[:3, 2] = right, np.cross(ahead, right), ahead
    pose[:3, 3] = eye
    return Camera(lens, pose)


def best_view(
    subject: Subject,
    lens: Lens,
    up: Vector,
    present: Vector,
    *,
    frame: Camera | None = None,
    metres_per_unit: float = 1.0,
    rays: RayScene | None = None,
    visible: NDArray[np.bool_] | None = None,
    clip: ClipBox | None = None,
) -> Camera:
    """A camera with `lens` that sees the subject; the best of several as far as `rays` can tell.

    `frame` is a camera whose image is known to show it, `present` (3,) where the view stands now. Without
    `rays` the frame decides. For worker threads.
    """
    least = LEAST_METRES / metres_per_unit
    views = list(_views(subject, lens, up, present, frame, least))
    if rays is None or subject.object_id >= rays.object_count:
        return views[0]
    shown = [_pixels_showing(subject.object_id, view, rays, visible, clip) for view in views]
    return next(view for view, pixels in zip(views, shown, strict=True) if pixels >= GOOD_ENOUGH * max(shown))


def _views(
    subject: Subject, lens: Lens, up: Vector, present: Vector, frame: Camera | None, least: float
) -> Iterator[Camera]:
    """Cameras to choose from, the likeliest first."""
    middle = subject.middle
    distance = max(subject.radius / np.sin(_half_angle(lens)) * ROOM_AROUND, least)
    if frame is not None:
        away = frame.position - middle
        length = float(np.linalg.norm(away))
        if length > subject.radius and length > least:
            # on the way from the frame's camera nothing is in between, or its image would not show it
            eye = middle + away / length * min(distance, length)
            yield camera_towards(lens, eye, middle, up)
        yield frame.with_lens(lens)
    away = present - middle
    length = float(np.linalg.norm(away))
    if length > 1e-9:
        yield camera_towards(lens, middle + away / length * distance, middle, up)
    seed = np.eye(3)[int(np.argmin(np.abs(up)))]
    east = seed - up * (seed @ up)
    east /= np.linalg.norm(east)
    north = np.cross(up, east)
    for elevation in ELEVATIONS:
        for turn in np.arange(AROUND) * (2 * np.pi / AROUND):
            level = east * np.cos(turn) + north * np.sin(turn)
            ahead = level * np.cos(elevation) + up * np.sin(elevation)
            yield camera_towards(lens, middle - ahead * distance, middle, up)


def _half_angle(lens: Lens) -> float:
    """Half of the smaller angle of view, radians."""
    middle = np.array([(lens.width - 1) / 2, (lens.height - 1) / 2, 1.0])
    sides = np.array([[-0.5, middle[1], 1.0], [middle[0], -0.5, 1.0]])
    ahead = lens.ray_from_pixel @ middle
    rays = sides @ lens.ray_from_pixel.T
    cosines = rays @ ahead / (np.linalg.norm(rays, axis=1) * np.linalg.norm(ahead))
    return float(np.arccos(np.clip(cosines.max(), -1, 1)))


def _pixels_showing(
    object_id: int,
    camera: Camera,
    rays: RayScene,
    visible: NDArray[np.bool_] | None,
    clip: ClipBox | None,
) -> int:
    width, height = camera.lens.width, camera.lens.height
    pixels = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).reshape(-1, 2)
    return int(np.count_nonzero(rays.object_hits(camera, pixels, visible, clip) == object_id))
