"""Scenes with something wrong in their poses or images, made from a sound one."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from tests.builders import load, save
from viewer.formats.registry import find_scenes
from viewer.geometry.expected_view import mesh_view
from viewer.geometry.ray_scene import RayScene, grid_rays
from viewer.jobs.job import Progress
from viewer.model.camera import Camera, Cameras
from viewer.model.mesh import Mesh
from viewer.model.scene import NodeTable, Scene

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


def change_sizes(table: Path, width: int, height: int) -> None:
    """Let a camera table of one scene say that its images have another size."""
    with table.open(encoding="utf-8", newline="") as stream:
        row = next(csv.DictReader(stream))
    row["settings_output_img_width"], row["settings_output_img_height"] = str(width), str(height)
    with table.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(row))
        writer.writeheader()
        writer.writerow(row)


def look_around(folder: Path, turns: Sequence[float] = (0.0, 9.0, -9.0, 5.0)) -> None:
    """Replace the frames of the first camera by several from about one place, and take the others away.

    Their images are cast from the scene's own mesh, so that they see the same and can vouch for each other.
    """
    scene = read_scene(folder)
    mesh, nodes, cameras = scene.part(Mesh), scene.part(NodeTable), scene.part(Cameras)
    assert mesh is not None
    assert nodes is not None
    assert cameras is not None
    trajectory = cameras.trajectories[0]
    rays = RayScene(mesh)
    node_of_object = np.full(mesh.object_count + 1, -1, np.int16)  # the last answers for "no object"
    node_of_object[nodes.object_of_node[nodes.object_of_node >= 0]] = np.flatnonzero(
        nodes.object_of_node >= 0
    )
    for path in folder.glob("images/*/*"):
        path.unlink()
    poses = []
    for frame, turn in enumerate(turns):
        pose = np.array(trajectory.world_from_cam[0])
        pose[:3, :3] = Rotation.from_rotvec([0, 0, np.radians(turn)]).as_matrix() @ pose[:3, :3]
        pose[:3, 3] += frame * np.array([4.0, 3.0, 1.0]) * (0.01 / scene.metres_per_unit)
        camera = Camera(trajectory.lens, pose)
        view = mesh_view(rays, mesh, camera)
        directions = grid_rays(camera, np.arange(camera.lens.width), np.arange(camera.lens.height))
        points = camera.position + directions * view.distance.reshape(-1, 1)
        save(image(folder, frame, IDS), node_of_object[view.objects])
        save(image(folder, frame, DISTANCES), (view.distance * scene.metres_per_unit).astype(np.float16))
        save(image(folder, frame, POSITIONS), points.reshape(*view.distance.shape, 3).astype(np.float16))
        poses.append(pose)
    save(pose_file(folder, "frame_indices"), np.arange(len(turns)))
    save(pose_file(folder, "positions"), np.array(poses)[:, :3, 3])
    save(pose_file(folder, "orientations"), np.array(poses)[:, :3, :3] @ np.diag([1.0, -1.0, -1.0]))
    pose_file(folder, "look_at_positions").unlink(missing_ok=True)
