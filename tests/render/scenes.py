"""Small scenes for the renderer's tests, made of boxes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viewer.model.camera import Cameras, Lens, Trajectory, pinhole_lens
from viewer.model.mesh import Mesh
from viewer.model.points import PointSet
from viewer.model.scene import ObjectTable, Scene

_BOX_FACES = np.array(
    [
        (0, 3, 1), (0, 2, 3), (4, 5, 7), (4, 7, 6), (0, 1, 5), (0, 5, 4),
        (2, 7, 3), (2, 6, 7), (0, 6, 2), (0, 4, 6), (1, 3, 7), (1, 7, 5),
    ]
)  # fmt: skip
"""Triangles of a box, outside counter-clockwise; corner k has bits x, y, z."""

Box = tuple[Sequence[float], Sequence[float]]


def boxes_mesh(boxes: Sequence[Box]) -> Mesh:
    """One object per (low corner, high corner)."""
    bits = (np.arange(8)[:, None] >> np.arange(3)) & 1
    corners = [np.array(low) + bits * (np.array(high) - np.array(low)) for low, high in boxes]
    faces = [_BOX_FACES + 8 * k for k in range(len(boxes))]
    objects = np.repeat(np.arange(len(boxes)), len(_BOX_FACES))
    return Mesh(np.concatenate(corners).astype(np.float64), np.concatenate(faces), objects, len(boxes))


def two_cubes(scale: float = 1.0) -> Mesh:
    """Two unit cubes side by side along x, a gap between them."""
    near, far = 0.5 * scale, 1.5 * scale
    return boxes_mesh(
        [((-far, -near, -near), (-near, near, near)), ((near, -near, -near), (far, near, near))]
    )


def room(objects: int = 40, seed: int = 0) -> Mesh:
    """A hollow room of six slabs with boxes standing in it, metres."""
    walls: list[Box] = [
        ((-3, -2, -0.1), (3, 2, 0)),
        ((-3, -2, 2.5), (3, 2, 2.6)),
        ((-3.1, -2, 0), (-3, 2, 2.5)),
        ((3, -2, 0), (3.1, 2, 2.5)),
        ((-3, -2.1, 0), (3, -2, 2.5)),
        ((-3, 2, 0), (3, 2.1, 2.5)),
    ]
    random = np.random.default_rng(seed)
    for _ in range(objects):
        size = random.uniform(0.1, 0.7, 3)
        low = np.array([random.uniform(-2.9, 2.2), random.uniform(-1.9, 1.2), 0.001])
        walls.append((low.tolist(), (low + size).tolist()))
    return boxes_mesh(walls)


def scene_of(mesh: Mesh, *parts: object, metres_per_unit: float = 1.0) -> Scene:
    """A scene of a mesh whose objects have names."""
    names = ObjectTable(tuple(f"box {k}" for k in range(mesh.object_count)))
    all_parts = (mesh, names, *parts)
    return Scene("boxes", Path("boxes"), metres_per_unit, parts={type(part): part for part in all_parts})


def pose(eye: Sequence[float], target: Sequence[float]) -> NDArray[np.float64]:
    """world_from_cam (4, 4) of a camera at a point looking at another, z up."""
    forward = np.subtract(target, eye) / np.linalg.norm(np.subtract(target, eye))
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1], matrix[:3, 2] = right, np.cross(forward, right), forward
    matrix[:3, 3] = eye
    return matrix


def tilt_shift_lens(width: int = 320, height: int = 240) -> Lens:
    """A lens whose image plane is neither centred nor square to its axis."""
    straight = pinhole_lens(width, height, np.radians(65)).ray_from_pixel
    shift = np.array([[1, 0, 0.12], [0, 1, -0.21], [0, 0, 1]])
    tilt = np.array([[1, 0, 0], [0, 1, 0], [0.05, -0.14, 1]])
    return Lens(width, height, tilt @ shift @ straight)


def cameras_in_room(lens: Lens | None = None, count: int = 3) -> Cameras:
    """A walk through the room."""
    lens = pinhole_lens(320, 240, np.radians(60)) if lens is None else lens
    eyes = [(-2.2 + 0.5 * k, -1.2, 1.5) for k in range(count)]
    poses = np.array([pose(eye, (1.5, 0.6, 0.7)) for eye in eyes])
    return Cameras((Trajectory("cam_00", np.arange(count) * 5, poses, lens),))


def points_on(mesh: Mesh, spacing: float = 0.02) -> PointSet:
    """Points on the faces of a mesh, each with its object."""
    random = np.random.default_rng(1)
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    face = np.repeat(np.arange(len(mesh.faces)), np.ceil(area / spacing**2).astype(int))
    u, v = random.random((2, len(face), 1))
    flip = (u + v) > 1
    u, v = np.where(flip, 1 - u, u), np.where(flip, 1 - v, v)
    place = a[face] + u * (b - a)[face] + v * (c - a)[face]
    colors = np.column_stack([face % 256, face // 256 % 256, np.full(len(face), 7)]).astype(np.uint8)
    return PointSet(
        place.astype(np.float32), np.zeros(3), mesh.owners.dense()[face], mesh.object_count, colors
    )
