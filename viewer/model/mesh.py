"""Triangle meshes whose faces belong to objects, and their form for the graphics card."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.errors import FormatError
from viewer.model.arrays import frozen_array

NO_OBJECT = -1


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A triangle mesh in world units; every face belongs to one object, or to none (-1)."""

    vertices: NDArray[np.float64]  # (V, 3)
    faces: NDArray[np.int32]  # (F, 3)
    object_of_face: NDArray[np.int32]  # (F,)
    object_count: int
    normals: NDArray[np.float32] | None = None  # (V, 3) unit, one per vertex, when the file has them so

    def __post_init__(self) -> None:
        fix = object.__setattr__
        fix(self, "vertices", frozen_array("vertices", self.vertices, np.float64, (None, 3)))
        fix(self, "faces", frozen_array("faces", self.faces, np.int32, (None, 3)))
        count = len(self.faces)
        fix(self, "object_of_face", frozen_array("object of face", self.object_of_face, np.int32, (count,)))
        if self.faces.size and not (0 <= self.faces.min() and self.faces.max() < len(self.vertices)):
            raise FormatError(
                f"expected vertex indices 0 to {len(self.vertices) - 1}, "
                f"found {self.faces.min()} to {self.faces.max()}"
            )

    @property
    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Smallest and largest corner, each (3,), of the vertices that are finite."""
        return finite_bounds(self.vertices)


def finite_bounds(points: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Smallest and largest corner, each (3,) float64, of points (N, 3); zeros when none is finite."""
    low, high = points.min(axis=0, initial=np.inf), points.max(axis=0, initial=-np.inf)
    if not (np.isfinite(low).all() and np.isfinite(high).all()):
        finite = points[np.isfinite(points).all(axis=1)]
        if not len(finite):
            return np.zeros(3), np.zeros(3)
        low, high = finite.min(axis=0), finite.max(axis=0)
    return low.astype(np.float64), high.astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class GpuMesh:
    """A mesh as the graphics card wants it: one object per vertex, float32 about an origin."""

    origin: NDArray[np.float64]  # (3,) world units, subtracted in float64
    positions_and_object: NDArray[np.float32]  # (V', 4): x, y, z minus origin; object id (-1 = none)
    faces: NDArray[np.uint32]  # (F, 3), object by object
    object_count: int


def split_at_objects(mesh: Mesh) -> GpuMesh:
    """The mesh with vertices duplicated where faces of different objects meet, its faces in order of objects.

    Vertices that no face uses keep object -1. Faces with a vertex that is not finite are dropped.
    """
    faces, object_of_face = mesh.faces, mesh.object_of_face
    if (object_of_face[1:] < object_of_face[:-1]).any():
        order = np.argsort(object_of_face, kind="stable")
        faces, object_of_face = faces[order], object_of_face[order]
    finite = np.asarray(np.isfinite(mesh.vertices).all(axis=1))
    if not finite.all():
        keep = np.asarray(finite[faces].all(axis=1))
        faces, object_of_face = faces[keep], object_of_face[keep]
    object_of_vertex = np.full(len(mesh.vertices), NO_OBJECT, np.int32)
    for column in faces.T:
        object_of_vertex[column] = object_of_face
    source: NDArray[np.int64] = np.arange(len(mesh.vertices), dtype=np.int64)
    shared = object_of_vertex[faces] != object_of_face[:, None]
    out_faces = faces.astype(np.uint32)
    if shared.any():
        face, corner = np.nonzero(shared)
        pair = np.stack([faces[face, corner], object_of_face[face]], axis=1)
        copies, index = np.unique(pair, axis=0, return_inverse=True)
        out_faces[face, corner] = (len(source) + index.reshape(-1)).astype(np.uint32)
        source = np.concatenate([source, copies[:, 0]])
        object_of_vertex = np.concatenate([object_of_vertex, copies[:, 1].astype(np.int32)])
    low, high = mesh.bounds
    origin = (low + high) / 2
    packed = np.empty((len(source), 4), np.float32)
    packed[:, :3] = mesh.vertices[source] - origin
    packed[:, 3] = object_of_vertex
    return GpuMesh(origin, packed, out_faces, mesh.object_count)


def object_bounds(mesh: Mesh) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Smallest and largest corner of every object, each (O, 3) world units; NaN for objects without faces."""
    low = np.full((mesh.object_count, 3), np.inf)
    high = np.full((mesh.object_count, 3), -np.inf)
    owned = mesh.object_of_face >= 0
    finite = np.asarray(np.isfinite(mesh.vertices).all(axis=1))
    if not finite.all():
        owned &= finite[mesh.faces].all(axis=1)
    objects = mesh.object_of_face[owned]
    order = np.argsort(objects, kind="stable")
    ids, first = np.unique(objects[order], return_index=True)
    if len(ids):
        corners = mesh.vertices[mesh.faces[owned][order]]
        low[ids] = np.minimum.reduceat(corners.min(axis=1), first)
        high[ids] = np.maximum.reduceat(corners.max(axis=1), first)
    empty = ~np.isfinite(low).all(axis=1)
    low[empty] = high[empty] = np.nan
    return low, high


def object_areas(mesh: Mesh) -> NDArray[np.float64]:
    """Surface area of every object, (O,), square world units."""
    a, b, c = (mesh.vertices[mesh.faces[:, corner]] for corner in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    owned = (mesh.object_of_face >= 0) & np.isfinite(area)
    total = np.bincount(mesh.object_of_face[owned], weights=area[owned], minlength=mesh.object_count)
    return total.astype(np.float64)
