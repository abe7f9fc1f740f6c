"""Which frames see what: ranked by the pixels that show it, and by how near a view is."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer.app.session import Session
from viewer.app.visibility import Visibility
from viewer.model.camera import Camera, Trajectory
from viewer.model.frames import FrameId

METRES_PER_RADIAN = 2.0
"""Turning by a radian counts as walking so far: a view across the room is nearer than one the other way."""


def frames_seeing(seen: Visibility, object_ids: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows (K,) of `seen.frames` that show any of some objects, and their pixels (K,), most of them first."""
    pixels = seen.pixels_per_frame(object_ids)
    rows = np.argsort(-pixels, kind="stable")[: np.count_nonzero(pixels)]
    return rows.astype(np.int64), pixels[rows]


def pixels_in_frame(seen: Visibility, frame: FrameId | None) -> NDArray[np.int64] | None:
    """(O,) pixels of every object in a frame; None when that frame was not counted."""
    if frame is None or frame not in seen.frames:
        return None
    entries = seen.frame_rows == seen.frames.index(frame)
    return np.bincount(seen.object_ids[entries], seen.pixels[entries], seen.object_count).astype(np.int64)


def never_seen(seen: Visibility) -> NDArray[np.int64]:
    """(K,) ascending ids of the objects that no counted frame shows."""
    return np.flatnonzero(seen.pixels_of_objects == 0)


def nearest_frame(session: Session, view: Camera) -> FrameId | None:
    """The frame whose camera stands and looks most like a view; None when no frame has a pose.

    Frames with an image are preferred to all others.
    """
    scene, cameras, images = session.scene, session.cameras, session.images
    if scene is None or cameras is None:
        return None
    ahead = _ahead(view)
    best: tuple[bool, float, FrameId] | None = None
    for trajectory in cameras.trajectories:
        if not len(trajectory):
            continue
        away = np.linalg.norm(trajectory.positions - view.position, axis=1) * scene.metres_per_unit
        turn = np.arccos(np.clip(_directions(trajectory) @ ahead, -1, 1))
        distance = np.nan_to_num(away + METRES_PER_RADIAN * turn, nan=np.inf)
        pictured = np.zeros(len(trajectory), np.bool_)
        if images is not None:
            pictured = np.isin(trajectory.frame_ids, images.source.frame_ids(trajectory.name))
        row = int(np.lexsort([distance, ~pictured])[0])
        frame = FrameId(trajectory.name, int(trajectory.frame_ids[row]))
        found = (not pictured[row], float(distance[row]), frame)
        if np.isfinite(distance[row]) and (best is None or found < best):
            best = found
    return None if best is None else best[2]


def _ahead(camera: Camera) -> NDArray[np.float64]:
    """(3,) unit direction through the middle of a camera's image."""
    lens = camera.lens
    return np.asarray(camera.cast_rays(np.array([[lens.width - 1, lens.height - 1]]) / 2)[0])


def _directions(trajectory: Trajectory) -> NDArray[np.float64]:
    """(N, 3) unit directions through the middles of a trajectory's images."""
    lens = trajectory.lens
    ray = lens.ray_from_pixel @ np.array([(lens.width - 1) / 2, (lens.height - 1) / 2, 1.0])
    rays = trajectory.world_from_cam[:, :3, :3] @ ray
    return np.asarray(rays / np.linalg.norm(rays, axis=1, keepdims=True))
