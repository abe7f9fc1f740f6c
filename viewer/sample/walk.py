"""Two walks through the flat: where the cameras stand, where they look, and which frames were taken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Place = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Keyframe:
    """One pose of a camera, metres. Not every keyframe has images, as in the real dataset."""

    frame: int
    position: Place
    look_at: Place
    has_images: bool = True
    is_in_test: bool = False
    """Also part of the small scene that tests write."""


# Frame numbers have gaps, too: 3, 7, 11 and so on were dropped.
WALKS: dict[str, tuple[Keyframe, ...]] = {
    "cam_00": (
        Keyframe(0, (-0.15, -0.1, 1.5), (-4.6, -2.2, 0.75), is_in_test=True),
        Keyframe(1, (-1.3, 0.25, 1.5), (-4.2, -2.6, 0.7), has_images=False),
        Keyframe(2, (-2.9, 0.1, 1.55), (-0.75, -2.9, 0.8), is_in_test=True),
        Keyframe(4, (-3.2, -0.45, 1.45), (-4.5, -4.0, 0.85)),
        Keyframe(5, (-2.35, -3.3, 1.5), (-5.0, 0.35, 0.85)),
        Keyframe(6, (-1.9, -3.75, 1.5), (-0.4, -2.2, 0.9), has_images=False),
        Keyframe(8, (-0.55, -3.75, 1.5), (0.8, -1.6, 1.0), has_images=False),
        Keyframe(9, (-0.2, -1.75, 1.5), (3.4, -2.75, 0.95), has_images=False),
        Keyframe(10, (0.75, -1.9, 1.5), (3.2, -2.3, 1.0), has_images=False),
        Keyframe(12, (0.95, -1.35, 1.55), (2.45, -3.9, 0.95)),
        Keyframe(13, (2.75, -2.0, 1.5), (-1.4, -2.5, 1.0)),
        Keyframe(14, (1.4, -2.2, 1.5), (-3.0, -1.2, 1.0), has_images=False),
    ),
    "cam_01": (
        Keyframe(0, (0.75, -0.12, 1.5), (5.4, 0.12, 1.1), is_in_test=True),
        Keyframe(1, (2.2, -0.1, 1.5), (3.2, 1.6, 1.2), has_images=False),
        Keyframe(2, (2.75, 1.2, 1.55), (5.3, 2.85, 0.65)),
        Keyframe(3, (4.0, 1.45, 1.55), (3.0, 3.6, 0.9), has_images=False),
        Keyframe(5, (4.75, 3.75, 1.55), (2.95, 0.95, 0.85), has_images=False),
        Keyframe(6, (3.4, 0.2, 1.5), (4.6, -1.6, 1.2), has_images=False),
        Keyframe(8, (4.35, -1.25, 1.55), (5.05, -4.1, 0.75)),
        Keyframe(9, (5.55, -3.15, 1.55), (3.7, -2.15, 1.0)),
        Keyframe(10, (1.2, -0.1, 1.5), (-1.5, 0.6, 1.3), has_images=False),
        Keyframe(12, (1.45, 1.45, 1.55), (-1.5, 3.35, 0.75)),
        Keyframe(13, (-0.8, 0.5, 1.5), (-3.1, 0.5, 1.3), has_images=False),
        Keyframe(15, (-2.7, 1.75, 1.6), (-4.9, 3.75, 0.55)),
        Keyframe(16, (-5.45, 3.35, 1.5), (-2.75, 1.9, 0.7), has_images=False),
    ),
}
FRAME_TIME_S = 1.0


def world_from_cam(keyframe: Keyframe) -> Floats:
    """(4, 4) pose of a keyframe: camera x right, y down, z forward; metres."""
    position, target = np.array(keyframe.position), np.array(keyframe.look_at)
    forward = target - position
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, [0.0, 0, 1])
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(forward, right), forward], axis=1)
    pose[:3, 3] = position
    return pose
