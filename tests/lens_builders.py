"""Images of positions and distances that a lens sees in an empty room: exact, for any lens and pose."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.builders import FRAMES, FRAMES_WITH_IMAGES, METRES_PER_UNIT, save, write_scene
from viewer.model.camera import Camera, Lens, pinhole_lens

ROOM = np.array([[-160.0, -130, 0], [190, 140, 110]])  # corners, world units
_FILE_FROM_CAM = np.diag([1.0, -1.0, -1.0])


def tilted_lens(width: int = 128, height: int = 96) -> Lens:
    """A lens tilted and shifted far from a plain pinhole."""
    tilt = np.array([[1.0, 0.02, 0.05], [0.0, 1.05, -0.2], [0.03, 0.12, 1.0]])
    return Lens(width, height, tilt @ pinhole_lens(width, height, np.radians(62)).ray_from_pixel)


def a_pose(number: int) -> NDArray[np.float64]:
    """World from camera (4, 4) of the number-th of many views of the room."""
    yaw, pitch = 2.1 * number + 0.3, 0.15 * np.sin(3.0 * number)
    ahead = np.array([np.cos(yaw) * np.cos(pitch), np.sin(yaw) * np.cos(pitch), np.sin(pitch)])
    right = np.cross(ahead, [0, 0, 1.0])
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(ahead, right), ahead], axis=1)
    pose[:3, 3] = 40 * np.cos(number), 30 * np.sin(2 * number), 50 + 10 * np.sin(number)
    return pose


def room_positions(lens: Lens, pose: NDArray[np.float64]) -> NDArray[np.float64]:
    """World positions (H, W, 3) of what every pixel sees of the room's walls, world units."""
    y, x = np.indices((lens.height, lens.width), np.float64)
    camera = Camera(lens, pose)
    rays = camera.cast_rays(np.stack([x.ravel(), y.ravel()], axis=1))
    with np.errstate(divide="ignore"):
        reach = np.where(rays > 0, ROOM[1] - camera.position, ROOM[0] - camera.position) / rays
    along = reach.min(axis=1, keepdims=True)
    return np.asarray((camera.position + rays * along).reshape(lens.height, lens.width, 3))


def write_room_scene(root: Path, lens: Lens) -> Path:
    """The scene of the other builders, but its cameras stand in a room that their images show rightly."""
    scene = write_scene(root, image_size=(lens.width, lens.height))
    for number, (camera, frames) in enumerate(FRAMES.items()):
        poses = np.array([a_pose(10 * number + k) for k in range(len(frames))])
        folder = scene / "_detail" / camera
        save(folder / "camera_keyframe_positions.hdf5", poses[:, :3, 3])
        save(folder / "camera_keyframe_orientations.hdf5", poses[:, :3, :3] @ _FILE_FROM_CAM)
        for frame in FRAMES_WITH_IMAGES.get(camera, ()):
            write_room_images(scene, camera, frame, lens, poses[frames.index(frame)])
    return scene


def write_room_images(scene: Path, camera: str, frame: int, lens: Lens, pose: NDArray[np.float64]) -> None:
    """Position and distance of one frame, as float16 as the dataset has them."""
    positions = room_positions(lens, pose)
    distances = np.linalg.norm(positions - pose[:3, 3], axis=2) * METRES_PER_UNIT
    stem = scene / "images" / f"scene_{camera}_geometry_hdf5" / f"frame.{frame:04d}"
    save(Path(f"{stem}.position.hdf5"), positions.astype(np.float16), compression="gzip")
    save(Path(f"{stem}.depth_meters.hdf5"), distances.astype(np.float16), compression="gzip")
