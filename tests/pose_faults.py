"""Scenes with something wrong in their poses or images, made from a sound one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from tests.builders import load, save
from viewer.formats.registry import find_scenes
from viewer.jobs.job import Progress
from viewer.model.scene import Scene

CAMERA = "cam_00"
IDS, DISTANCES, POSITIONS = "render_entity_id", "depth_meters", "position"
EVERY_IMAGE = (IDS, DISTANCES, POSITIONS)


def read_scene(folder: Path) -> Scene:
    reader, matches = find_scenes(folder, [])
    return reader.read(matches[0], Progress.silent())


def without_mesh(scene: Path) -> None:
    """The scene as the public download has it."""
    for path in (scene / "_detail" / "mesh").glob("mesh_*.hdf5"):
        if "objects" not in path.name:  # those are labels
            path.unlink()


def image(scene: Path, frame: int, key: str, camera: str = CAMERA) -> Path:
    return scene / f"images/scene_{camera}_geometry_hdf5/frame.{frame:04d}.{key}.hdf5"


def change_image(
    scene: Path, frame: int, change: Callable[[NDArray[Any]], NDArray[Any]], *keys: str, camera: str = CAMERA
) -> None:
    for key in keys:
        path = image(scene, frame, key, camera)
        save(path, change(load(path)))


def shift_images(scene: Path, frame: int, dx: int, dy: int, *keys: str) -> None:
    """Move the content of images to the right and down, what leaves them coming in at the other side."""
    change_image(scene, frame, lambda pixels: np.roll(pixels, (dy, dx), (0, 1)), *keys)


def swap_images(scene: Path, one: int, other: int, *keys: str) -> None:
    for key in keys:
        first, second = image(scene, one, key), image(scene, other, key)
        pixels = load(first), load(second)
        save(first, pixels[1])
        save(second, pixels[0])


def pose_file(scene: Path, name: str, camera: str = CAMERA) -> Path:
    return scene / f"_detail/{camera}/camera_keyframe_{name}.hdf5"


def row_of(scene: Path, frame: int) -> int:
    return int(np.flatnonzero(load(pose_file(scene, "frame_indices")).ravel() == frame)[0])


def change_rotation(
    scene: Path, frame: int, change: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> None:
    path = pose_file(scene, "orientations")
    rotations = load(path)
    row = row_of(scene, frame)
    rotations[row] = change(rotations[row])
    save(path, rotations)


def rotate_pose(scene: Path, frame: int, degrees: float) -> None:
    turn = Rotation.from_rotvec(np.radians(degrees) * np.array([0.6, 0.0, 0.8])).as_matrix()
    change_rotation(scene, frame, lambda rotation: turn @ rotation)


def change_positions(scene: Path, change: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> None:
    path = pose_file(scene, "positions")
    save(path, change(load(path)))


def set_unit(scene: Path, metres: float) -> None:
    (scene / "_detail/metadata_scene.csv").write_text(
        f"parameter_name,parameter_value\nmeters_per_asset_unit,{metres}\n", encoding="utf-8"
    )
