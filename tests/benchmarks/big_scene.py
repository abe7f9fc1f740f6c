"""Big scenes in the Hypersim layout, made in seconds: a closed room crowded with finely modelled things.

The same arguments give the same files, byte by byte. Every object owns its vertices, as in an exported scene.

    python tests/benchmarks/big_scene.py FOLDER --triangles 5000000 --objects 5000
"""

from __future__ import annotations

import argparse
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

NAME = "ai_990_001"
METRES_PER_UNIT = 0.0254
ROOM = np.array([420.0, 320.0, 115.0])
SHAPES = ("cushion", "vase", "crate", "lamp", "bowl")
SIZES = {"1M": (1_000_000, 2000), "5M": (5_000_000, 5000), "14M": (14_000_000, 12_800)}
Part = tuple[NDArray[np.float64], NDArray[np.int64]]


def sheet(columns: int, rows: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Parameters u and v (N,) of a grid of vertices, 0 to 1, and its triangles."""
    u, v = np.meshgrid(np.linspace(0, 1, columns + 1), np.linspace(0, 1, rows + 1), indexing="ij")
    corner = (np.arange(columns)[:, None] * (rows + 1) + np.arange(rows)).reshape(-1)
    beside = corner + rows + 1
    upper = np.stack([corner, beside, beside + 1], axis=1)
    lower = np.stack([corner, beside + 1, corner + 1], axis=1)
    return u.reshape(-1), v.reshape(-1), np.concatenate([upper, lower])


def turned(triangles: int, kind: str, random: np.random.Generator) -> Part:
    """A body of revolution, or a crate, about one unit large, of about so many triangles."""
    if kind == "crate":
        return crate(triangles)
    around = max(6, int(np.sqrt(triangles)))
    along = max(3, triangles // (2 * around))
    u, v, faces = sheet(around, along)
    angle = 2 * np.pi * u
    wave = random.uniform(3, 8)
    radius = {
        "cushion": np.sin(np.pi * v) * (1 + 0.08 * np.sin(5 * angle)),
        "vase": 0.55 + 0.3 * np.sin(wave * v),
        "lamp": 0.25 + 0.75 * v**2,
        "bowl": np.sqrt(np.clip(1 - (1 - v) ** 2, 0, 1)),
    }[kind]
    height = -np.cos(np.pi * v) if kind == "cushion" else 2 * v - 1
    return np.stack([np.cos(angle) * radius, np.sin(angle) * radius, height], axis=1) / 2, faces


def crate(triangles: int) -> Part:
    """A box of six grids."""
    fine = max(1, int(np.sqrt(triangles / 12)))
    u, v, faces = sheet(fine, fine)
    points, triangles_of = [], []
    for axis in range(3):
        for side in (-0.5, 0.5):
            place = np.empty((len(u), 3))
            place[:, axis], place[:, axis - 2], place[:, axis - 1] = side, u - 0.5, v - 0.5
            triangles_of.append(faces + len(u) * len(points))
            points.append(place)
    return np.concatenate(points), np.concatenate(triangles_of)


def walls(triangles: int) -> list[Part]:
    """Floor, ceiling and four walls."""
    fine = max(2, int(np.sqrt(triangles / 2)))
    u, v, faces = sheet(fine, fine)
    parts = []
    for axis in (2, 1, 0):
        for side in (0.0, 1.0):
            place = np.empty((len(u), 3))
            place[:, axis], place[:, axis - 2], place[:, axis - 1] = side, u, v
            parts.append((place * ROOM, faces))
    return parts


def write_big_scene(folder: Path, triangles: int, objects: int, seed: int = 0) -> Path:
    """Write the scene below `folder` unless it is there; returns its own folder."""
    scene = folder / NAME
    done = scene / "complete"
    if done.exists():
        return scene
    random = np.random.default_rng(seed)
    shares = random.lognormal(0, 1.2, objects)
    budgets = np.maximum(24, shares / shares.sum() * triangles).astype(int)
    parts = walls(int(np.median(budgets)))
    names = ["floor", "ceiling", "wall_a", "wall_b", "wall_c", "wall_d"]
    for k in range(len(parts), objects):
        kind = SHAPES[k % len(SHAPES)]
        points, faces = turned(int(budgets[k]), kind, random)
        size = np.clip(np.exp(random.normal(2.1, 0.6, 3)) * (1500 / objects) ** 0.25, 1.0, 60.0)
        turn = random.uniform(0, 2 * np.pi)
        cos, sin = np.cos(turn), np.sin(turn)
        points = (points * size) @ np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])
        middle = (0.04 + 0.92 * random.beta(0.6, 0.6, 3)) * ROOM
        middle[2] = size[2] / 2 + random.random() ** 3 * (ROOM[2] - size[2])
        parts.append((points + middle, faces))
        names.append(f"{kind}_{k:05d}")
    _write(scene, parts, names)
    done.touch()
    return scene


def _write(scene: Path, parts: list[Part], names: list[str]) -> None:
    mesh, camera = scene / "_detail" / "mesh", scene / "_detail" / "cam_00"
    mesh.mkdir(parents=True, exist_ok=True)
    camera.mkdir(parents=True, exist_ok=True)
    starts = np.cumsum([0] + [len(points) for points, _ in parts])
    owners = np.repeat(np.arange(len(parts)), [len(faces) for _, faces in parts])
    save(mesh / "mesh_vertices.hdf5", np.concatenate([points for points, _ in parts]))
    save(
        mesh / "mesh_faces_vi.hdf5",
        np.concatenate([faces + start for (_, faces), start in zip(parts, starts, strict=False)]),
    )
    save(mesh / "mesh_faces_oi.hdf5", owners)
    (mesh / "metadata_objects.csv").write_text("object_name\n" + "\n".join(names) + "\n")
    turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    middle = ROOM * (0.5, 0.5, 0.35)
    eyes = middle + 0.34 * ROOM * np.stack([np.cos(turns), np.sin(turns), np.ones(24)], axis=1)
    away = eyes - middle
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    right = np.cross([0.0, 0.0, 1.0], away)
    right /= np.linalg.norm(right, axis=1, keepdims=True)
    save(camera / "camera_keyframe_frame_indices.hdf5", np.arange(24))
    save(camera / "camera_keyframe_positions.hdf5", eyes)
    save(camera / "camera_keyframe_orientations.hdf5", np.stack([right, np.cross(away, right), away], axis=2))
    (scene / "_detail" / "metadata_cameras.csv").write_text("camera_name\ncam_00\n")
    (scene / "_detail" / "metadata_scene.csv").write_text(
        f"parameter_name,parameter_value\nmeters_per_asset_unit,{METRES_PER_UNIT}\n"
    )
    nodes = "".join(f"{k + 1},{name},{k},{name}\n" for k, name in enumerate(names))
    (scene / "_detail" / "metadata_nodes.csv").write_text("node_id,node_name,object_id,object_name\n" + nodes)


def save(path: Path, values: NDArray[np.generic]) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("dataset", data=values)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--triangles", type=int, default=1_000_000)
    parser.add_argument("--objects", type=int, default=2000)
    arguments = parser.parse_args()
    print(write_big_scene(arguments.folder, arguments.triangles, arguments.objects))


if __name__ == "__main__":
    main()
