"""Coarser forms of a mesh by clustering: all vertices of an object in one cell of a grid become one.

The grid belongs to the object and starts at twice the length of its edges, so a finely modelled cushion and
a wall of two triangles both keep their shape, and no surface gets a hole: an object has one level at a time.
(Rossignac and Borrel, Multi-resolution 3D approximations for rendering complex scenes, 1993.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.jobs.job import Progress
from viewer.model.mesh import GpuMesh
from viewer.model.mesh_detail import MeshDetail

LEVELS = 7
"""The mesh itself and six coarser ones; each has about a quarter of the faces of the one before."""
FEWEST_FACES = 8
"""An object is made no coarser than this."""
LEAST_CELLS = 3
"""Cells along every axis of an object, so that round things stay round and thick ones thick."""
FEWEST_CELLS = 2
"""Likewise at the last level, for what is a few pixels large."""
_AXIS_BITS = 15
"""With these, the cell and the row of a vertex, one of a run's `RUN_ROWS`, are one number of 63 bits."""


@dataclass(slots=True, eq=False)
class _Table:
    """The columns of a `MeshDetail` as they grow."""

    first: NDArray[np.int64]
    count: NDArray[np.int64]
    error: NDArray[np.float32]
    faces: list[NDArray[np.uint32]]
    face_count: int = 0


def mesh_detail(mesh: GpuMesh, progress: Progress) -> MeshDetail:
    """Levels of detail of a mesh.

    Deterministic. Raises Cancelled when asked to stop.
    """
    shape = (mesh.object_count + 1, LEVELS)
    table = _Table(np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.float32), [])
    table.first[:, 0], table.count[:, 0] = mesh.rows.first_face[:-1], mesh.rows.face_counts
    first_of_run = []
    for start, stop in mesh.rows.runs():
        first_of_run.append(table.face_count)
        first = int(table.first[start, 0])
        last = int(table.first[stop - 1, 0] + table.count[stop - 1, 0])
        progress.step(first, len(mesh.faces), "Making a lighter mesh for moving")
        if last > first:
            _coarsen_run(mesh, table, start, stop, first, last, progress)
    progress.step(len(mesh.faces), len(mesh.faces), "Making a lighter mesh for moving")
    faces = np.concatenate(table.faces) if table.faces else np.empty((0, 3), np.uint32)
    ends = np.array([*first_of_run, len(faces)], np.int64)
    return MeshDetail(faces, table.first, table.count, ends, table.error)


def _coarsen_run(
    mesh: GpuMesh, table: _Table, start: int, stop: int, first: int, last: int, progress: Progress
) -> None:
    """Fill the rows start..stop, whose faces are first..last of the mesh."""
    vertex_ids, faces = _own_vertices(mesh.faces[first:last])
    points = mesh.positions_and_object(vertex_ids)[:, :3]
    row_of_vertex = mesh.object_of_vertex[vertex_ids] + np.int32(1 - start)
    rows = stop - start
    row_of_face = row_of_vertex[faces[:, 0]]
    has_faces = np.flatnonzero(table.count[start:stop, 0])
    low, high = mesh.rows.low[start:stop], mesh.rows.high[start:stop]
    edge = _mean_edge(points, faces, row_of_face, rows)
    middle = np.zeros((rows, 3), np.float32)
    middle[has_faces] = (low[has_faces] + high[has_faces]) / 2
    size = np.zeros(rows, np.float32)
    size[has_faces] = (high[has_faces] - low[has_faces]).max(axis=1)
    # those far out come first in their cells: an object's outline moves least
    order = np.argsort(-((points - middle[row_of_vertex]) ** 2).sum(axis=1), kind="stable")
    ids = vertex_ids[order]
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    faces = place[faces]
    points, row_of_vertex = points[order], row_of_vertex[order]
    for level in range(1, LEVELS):
        progress.check()
        cell, cells = edge * np.float32(1 << level), LEAST_CELLS
        if level == LEVELS - 1:
            cell, cells = np.maximum(cell, size / FEWEST_CELLS), FEWEST_CELLS
        keep, merged = _cluster(points, row_of_vertex, low, high, cell, cells)
        faces, kept = _collapse(merged[faces], len(keep))
        row_of_face = row_of_face[kept]
        points, row_of_vertex, ids = points[keep], row_of_vertex[keep], ids[keep]
        found = np.bincount(row_of_face, minlength=rows)
        is_new = (found >= FEWEST_FACES) & (found < table.count[start:stop, level - 1])
        new_faces = faces[is_new[row_of_face]]
        starts = table.face_count + np.r_[0, np.cumsum(np.where(is_new, found, 0)[:-1])]
        for column, values in (
            (table.first, starts),
            (table.count, found),
            (table.error, cell * np.float32(np.sqrt(3))),
        ):
            column[start:stop, level] = np.where(is_new, values, column[start:stop, level - 1])
        table.faces.append(ids[new_faces].astype(np.uint32).reshape(-1, 3))
        table.face_count += len(new_faces)


def _own_vertices(faces: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The vertices that some faces use, ascending, and the faces in terms of them."""
    low, high = int(faces.min()), int(faces.max())
    used = np.zeros(high - low + 1, np.bool_)
    used[faces.reshape(-1) - np.uint32(low)] = True
    ids = np.flatnonzero(used)
    place = np.cumsum(used) - 1
    return ids + low, place[faces - np.uint32(low)]


def _mean_edge(
    points: NDArray[np.float32], faces: NDArray[np.int64], row_of_face: NDArray[np.int32], rows: int
) -> NDArray[np.float32]:
    """(R,) mean length of two sides of every face, by row; 1 for rows without faces."""
    a, b, c = (points[faces[:, corner]] for corner in range(3))
    length = np.sqrt(((b - a) ** 2).sum(axis=1)) + np.sqrt(((c - b) ** 2).sum(axis=1))
    total = np.bincount(row_of_face, weights=length, minlength=rows)
    count = np.bincount(row_of_face, minlength=rows)
    edge = np.where(count > 0, total / np.maximum(2 * count, 1), 1.0)
    return np.where(edge > 0, edge, 1.0).astype(np.float32)


def _cluster(
    points: NDArray[np.float32],
    row_of_vertex: NDArray[np.int32],
    low: NDArray[np.float32],
    high: NDArray[np.float32],
    cell: NDArray[np.float32],
    least_cells: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first vertex of every cell, and for every vertex which of those it becomes."""
    key = row_of_vertex.astype(np.int64)
    for axis in range(3):
        size = np.minimum(cell, (high[:, axis] - low[:, axis]) / least_cells)
        per_unit = np.where(size > 0, 1 / np.maximum(size, np.float32(1e-30)), 0)
        along = (points[:, axis] - low[row_of_vertex, axis]) * per_unit[row_of_vertex]
        key = (key << _AXIS_BITS) | np.clip(along, 0, (1 << _AXIS_BITS) - 1).astype(np.int64)
    _, first, merged = np.unique(key, return_index=True, return_inverse=True)
    # in the order of the vertices, so that the next level again takes those far out
    rank = np.argsort(first, kind="stable")
    place = np.empty_like(rank)
    place[rank] = np.arange(len(rank))
    return first[rank], place[merged.reshape(-1)]


def _collapse(faces: NDArray[np.int64], vertex_count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The faces that still have three corners, each once, in order; and which ones they were."""
    a, b, c = faces.T
    kept = np.flatnonzero((a != b) & (b != c) & (c != a))
    faces = faces[kept]
    if vertex_count < 1 << 21:
        a, b, c = np.sort(faces, axis=1).T
        _, once = np.unique((a << 42) | (b << 21) | c, return_index=True)
        once.sort()
        faces, kept = faces[once], kept[once]
    return faces, kept
