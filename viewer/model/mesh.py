"""Triangle meshes whose faces belong to objects, and their form for the graphics card."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import InitVar, dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from viewer.errors import FormatError
from viewer.model.arrays import frozen_array
from viewer.model.run_length import RunLengthArray
from viewer.model.vertices import (
    SAMPLES,
    Bounds,
    Places,
    finite_bounds,
    finite_rows,
    is_shareable,
    robust_bounds,
)

NO_OBJECT = -1
BLOCK_FACES = 1 << 16
"""Faces, or vertices, measured at a time: millions of them at once would take gigabytes."""
RUN_FACES = 1 << 19
"""Faces worked on at a time where objects must stay whole: bounds memory, and time until cancelling."""
RUN_ROWS = 1 << 18


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A triangle mesh in world units; every face belongs to one object, or to none (-1)."""

    vertices: Places  # (V, 3) as they are kept: where they were read from a file, rounded to float32
    faces: NDArray[np.int32]  # (F, 3)
    object_of_face: InitVar[NDArray[np.integer] | RunLengthArray]  # (F,) kept as `owners`
    object_count: int
    read_exact: Callable[[], NDArray[np.float64]] | None = field(default=None, repr=False)  # None: as kept
    owners: RunLengthArray = field(init=False, repr=False)  # (F,) the object of every face, -1 = none

    def __post_init__(self, object_of_face: NDArray[np.integer] | RunLengthArray) -> None:
        fix = object.__setattr__
        kept = np.float32 if np.asarray(self.vertices).dtype == np.float32 else np.float64
        fix(self, "vertices", frozen_array("vertices", self.vertices, kept, (None, 3)))
        fix(self, "faces", frozen_array("faces", self.faces, np.int32, (None, 3)))
        fix(self, "owners", _owners_of(object_of_face, len(self.faces)))
        if self.faces.size and not (0 <= self.faces.min() and self.faces.max() < len(self.vertices)):
            raise FormatError(
                f"expected vertex indices 0 to {len(self.vertices) - 1}, "
                f"found {self.faces.min()} to {self.faces.max()}"
            )

    @property
    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Smallest and largest corner, each (3,), of the vertices that are finite."""
        return finite_bounds(self.vertices)

    def exact_vertices(self) -> NDArray[np.float64]:
        """(V, 3) not rounded; for worker threads, and not to be kept, for it may be read from a file again.

        Raises FormatError where that holds others by now.
        """
        return self.vertices.astype(np.float64, copy=False) if self.read_exact is None else self.read_exact()


def _owners_of(object_of_face: NDArray[np.integer] | RunLengthArray, count: int) -> RunLengthArray:
    if not isinstance(object_of_face, RunLengthArray):
        return RunLengthArray.of(frozen_array("object of face", object_of_face, np.int32, (count,)))
    if len(object_of_face) != count:
        raise FormatError(f"object of face: expected shape ({count},), found ({len(object_of_face)},)")
    return object_of_face


@dataclass(frozen=True, slots=True, eq=False)
class ObjectRows:
    """Where every object of a mesh is: in its list of faces, and in space.

    Row 0 stands for the faces without an object; object o has row o + 1.
    """

    first_face: NDArray[np.int64]  # (O + 2,) the faces of row r are first_face[r] to first_face[r + 1]
    low: NDArray[np.float32]  # (O + 1, 3) smallest corner minus the mesh's origin; inf without faces
    high: NDArray[np.float32]  # (O + 1, 3) largest corner; -inf without faces

    @property
    def face_counts(self) -> NDArray[np.int64]:
        """(O + 1,)"""
        return np.diff(self.first_face)

    def runs(self) -> list[tuple[int, int]]:
        """Rows start..stop that follow each other, of some `RUN_FACES` faces: more where one object has more.

        In such parts a mesh is made coarser and sent to the graphics card.
        """
        runs, start, faces = [], 0, 0
        for row, count in enumerate(self.face_counts.tolist()):
            if row > start and (faces + count > RUN_FACES or row - start >= RUN_ROWS):
                runs.append((start, row))
                start, faces = row, 0
            faces += count
        runs.append((start, len(self.first_face) - 1))
        return runs


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class GpuMesh:
    """A mesh as the graphics card wants it: one object per vertex, float32 about an origin.

    Vertices are made of the scene's own when they are asked for: another copy of millions of them would last.
    """

    origin: NDArray[np.float64]  # (3,) world units, subtracted in float64
    faces: NDArray[np.uint32]  # (F, 3), object by object
    object_of_vertex: NDArray[np.int32]  # (V',), -1 = none
    object_count: int
    rows: ObjectRows
    robust_bounds: Bounds | None  # minus origin, of most vertices that faces use; None without any
    _vertices: Places  # (V, 3) world units
    _copied: NDArray[np.int32]  # (V' - V,) which of those come once more, after all of them

    @classmethod
    def of(
        cls,
        vertices: Places,
        copied: NDArray[np.int32],
        object_of_vertex: NDArray[np.int32],
        faces: NDArray[np.uint32],
        object_count: int,
    ) -> GpuMesh:
        """A mesh of these arrays. Raises ValueError for faces that do not come object by object."""
        low, high = finite_bounds(vertices)
        first_face = _first_faces(object_of_vertex, faces, object_count)
        nothing = np.empty((0, 3), np.float32)
        mesh = cls(
            (low + high) / 2,
            faces,
            object_of_vertex,
            object_count,
            ObjectRows(first_face, nothing, nothing),
            None,
            vertices,
            copied,
        )
        return replace(
            mesh, rows=ObjectRows(first_face, *_object_corners(mesh)), robust_bounds=_bounds_of(mesh)
        )

    @property
    def vertex_count(self) -> int:
        return len(self.object_of_vertex)

    def kept_vertices(self) -> NDArray[np.float32] | None:
        """(V', 3) world units, where all of them are in memory as float32 and `shareable`; else None."""
        if len(self._copied) or not is_shareable(self._vertices):
            return None
        return self._vertices

    def positions_and_object(self, which: slice | NDArray[np.integer] = slice(None)) -> NDArray[np.float32]:
        """Some vertices (N, 4): x, y, z minus origin; object id (-1 = none)."""
        objects = self.object_of_vertex[which]
        packed = np.empty((len(objects), 4), np.float32)
        own = len(self._vertices)
        if isinstance(which, slice):
            start, stop, _ = which.indices(self.vertex_count)
            if stop <= own:
                np.subtract(self._vertices[start:stop], self.origin, out=packed[:, :3], casting="same_kind")
                packed[:, 3] = objects
                return packed
            which = np.arange(start, stop)
        source = np.array(which, np.int64)
        is_copy = source >= own
        source[is_copy] = self._copied[source[is_copy] - own]
        np.subtract(self._vertices[source], self.origin, out=packed[:, :3], casting="same_kind")
        packed[:, 3] = objects
        return packed

    def positions_along(self, axis: int, start: int, stop: int) -> NDArray[np.float32]:
        """One coordinate (N,) of vertices start..stop, minus origin."""
        own = len(self._vertices)
        source = self._copied[max(start - own, 0) : max(stop - own, 0)]
        parts = (self._vertices[start:stop, axis], self._vertices[source, axis])
        exact = [np.subtract(part, self.origin[axis], dtype=np.float64) for part in parts if len(part)]
        return np.concatenate(exact).astype(np.float32)


def _first_faces(
    object_of_vertex: NDArray[np.int32], faces: NDArray[np.uint32], object_count: int
) -> NDArray[np.int64]:
    counts = np.zeros(object_count + 1, np.int64)
    last = -1
    for start in range(0, len(faces), BLOCK_FACES):
        rows = object_of_vertex[faces[start : start + BLOCK_FACES, 0].astype(np.intp)] + 1
        if rows[0] < last or (rows[1:] < rows[:-1]).any():
            raise ValueError("expected faces that come object by object")
        last = rows[-1]
        counts += np.bincount(rows, minlength=object_count + 1)
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])


def _bounds_of(mesh: GpuMesh) -> Bounds | None:
    step = len(mesh.faces) // SAMPLES
    used = mesh.faces[::step, 0] if step > 1 else mesh.faces.reshape(-1)
    return robust_bounds(mesh.positions_and_object(used)[:, :3])


def _object_corners(mesh: GpuMesh) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    low = np.full((mesh.object_count + 1, 3), np.inf, np.float32)
    high = np.full((mesh.object_count + 1, 3), -np.inf, np.float32)
    for start in range(0, mesh.vertex_count, BLOCK_FACES):
        owners = mesh.object_of_vertex[start : start + BLOCK_FACES]
        # vertices come mostly object by object, too: far fewer runs than vertices
        runs = np.r_[0, np.flatnonzero(owners[1:] != owners[:-1]) + 1]
        row = owners[runs] + 1
        for axis in range(3):
            along = mesh.positions_along(axis, start, start + len(owners))
            with np.errstate(invalid="ignore"):  # vertices that no face uses may be anywhere or nowhere
                np.minimum.at(low[:, axis], row, np.minimum.reduceat(along, runs))
                np.maximum.at(high[:, axis], row, np.maximum.reduceat(along, runs))
    # vertices that no face uses have no object either, and may be anywhere
    used = mesh.faces[: mesh.rows.first_face[1]].reshape(-1)
    without = mesh.positions_and_object(used)[:, :3]
    low[0], high[0] = without.min(axis=0, initial=np.inf), without.max(axis=0, initial=-np.inf)
    return low, high


def split_at_objects(mesh: Mesh) -> GpuMesh:
    """The mesh with vertices duplicated where faces of different objects meet, its faces in order of objects.

    Vertices that no face uses keep object -1. Faces with a vertex that is not finite are dropped.
    """
    faces, owners = mesh.faces, mesh.owners
    if (owners.values[1:] < owners.values[:-1]).any():
        object_of_face = owners.dense()
        order = np.argsort(object_of_face, kind="stable")
        faces, owners = faces[order], RunLengthArray.of(object_of_face[order])
    finite = finite_rows(mesh.vertices)
    if not finite.all():
        keep = np.asarray(finite[faces].all(axis=1))
        faces, owners = faces[keep], RunLengthArray.of(owners.dense()[keep])
    in_runs = _owners_in_runs(faces, owners, len(mesh.vertices))
    if in_runs is not None:
        nothing = np.empty(0, np.int32)
        return GpuMesh.of(mesh.vertices, nothing, in_runs, faces.view(np.uint32), mesh.object_count)
    object_of_face = owners.dense()
    object_of_vertex = np.full(len(mesh.vertices), NO_OBJECT, np.int32)
    for column in faces.T:
        object_of_vertex[column] = object_of_face
    face, corner = _shared_corners(faces, object_of_face, object_of_vertex)
    # no copy where nothing changes: the graphics card wants the same numbers
    out_faces = faces.view(np.uint32)
    copied = np.empty(0, np.int32)
    if len(face):
        out_faces = out_faces.copy()
        pair = np.stack([faces[face, corner], object_of_face[face]], axis=1)
        copies, index = np.unique(pair, axis=0, return_inverse=True)
        out_faces[face, corner] = (len(mesh.vertices) + index.reshape(-1)).astype(np.uint32)
        copied = copies[:, 0].astype(np.int32)
        object_of_vertex = np.concatenate([object_of_vertex, copies[:, 1].astype(np.int32)])
    return GpuMesh.of(mesh.vertices, copied, object_of_vertex, out_faces, mesh.object_count)


def _owners_in_runs(
    faces: NDArray[np.int32], owners: RunLengthArray, vertex_count: int
) -> NDArray[np.int32] | None:
    """(V,) the object of every vertex where those of each object follow each other; None where they do not.

    Most exported meshes are so, and it takes a fifth of the time. Needs faces in order of objects.
    """
    if not len(faces):
        return None
    objects, starts = owners.runs()
    starts = starts[:-1]
    corners = faces.reshape(-1)
    low, high = np.minimum.reduceat(corners, 3 * starts), np.maximum.reduceat(corners, 3 * starts)
    order = np.argsort(low)
    low, high = low[order], high[order]
    if (low[1:] <= high[:-1]).any():
        return None
    # an object's first vertex up to the next one's; what lies between two objects is not used. Summed up,
    # for NumPy repeats with Python's lock held, in which no window can answer
    of_vertex = np.zeros(vertex_count, np.int32)
    of_vertex[0] = NO_OBJECT
    of_vertex[low] += np.diff(objects[order], prepend=np.int32(NO_OBJECT))
    np.add.accumulate(of_vertex, out=of_vertex)
    is_used = np.zeros(vertex_count, np.bool_)
    for start in range(0, len(corners), BLOCK_FACES):
        is_used[corners[start : start + BLOCK_FACES].astype(np.intp)] = True
    of_vertex[~is_used] = NO_OBJECT
    return of_vertex


def _shared_corners(
    faces: NDArray[np.int32], object_of_face: NDArray[np.int32], object_of_vertex: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of the corners whose vertex belongs to another object than their face."""
    rows, columns = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for start in range(0, len(faces), BLOCK_FACES):
        part = slice(start, start + BLOCK_FACES)
        row, column = np.divmod(
            np.flatnonzero(object_of_vertex[faces[part]] != object_of_face[part, None]), 3
        )
        rows.append(row + start)
        columns.append(column)
    return np.concatenate(rows), np.concatenate(columns)


def face_counts(owners: RunLengthArray, object_count: int) -> NDArray[np.int64]:
    """(O + 1,) faces without an object, then those of every object."""
    return owners.bincount(NO_OBJECT, object_count + 1)


def object_bounds(mesh: Mesh) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Smallest and largest corner of every object, each (O, 3) world units; NaN for objects without faces."""
    low = np.full((mesh.object_count, 3), np.inf)
    high = np.full((mesh.object_count, 3), -np.inf)
    for faces, objects in _owned_blocks(mesh):
        order = np.argsort(objects, kind="stable")
        ids, first = np.unique(objects[order], return_index=True)
        for axis in range(3):
            corners = mesh.vertices[:, axis][faces[order]]
            low[ids, axis] = np.minimum(low[ids, axis], np.minimum.reduceat(corners.min(axis=1), first))
            high[ids, axis] = np.maximum(high[ids, axis], np.maximum.reduceat(corners.max(axis=1), first))
    empty = ~np.isfinite(low).all(axis=1)
    low[empty] = high[empty] = np.nan
    return low, high


def object_areas(mesh: Mesh) -> NDArray[np.float64]:
    """Surface area of every object, (O,), square world units."""
    total = np.zeros(mesh.object_count)
    for faces, objects in _owned_blocks(mesh):
        a, b, c = (mesh.vertices[faces[:, corner]].astype(np.float64) for corner in range(3))
        area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
        total += np.bincount(objects, weights=area, minlength=mesh.object_count)
    return total


def _owned_blocks(mesh: Mesh) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """Faces (B, 3) and their objects (B,), block by block; those of no object or not finite left out."""
    finite = finite_rows(mesh.vertices)
    all_finite = bool(finite.all())
    for start in range(0, len(mesh.faces), BLOCK_FACES):
        faces = mesh.faces[start : start + BLOCK_FACES]
        objects = mesh.owners.part(start, start + BLOCK_FACES)
        owned = objects >= 0
        if not all_finite:
            owned &= finite[faces].all(axis=1)
        if owned.all():
            yield faces, objects
        elif owned.any():
            yield faces[owned], objects[owned]
