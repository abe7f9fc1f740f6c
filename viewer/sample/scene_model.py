"""The flat in the dataset's terms: tables of objects, groups, nodes, labels and boxes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.box_fit import (
    FittedBox,
    axis_aligned_box,
    object_aligned_2d_box,
    object_aligned_3d_box,
)
from viewer.jobs.job import Progress
from viewer.model.label_table import LabelTable
from viewer.model.labels import NO_LABEL, ObjectLabels
from viewer.sample.builder import Builder, SceneObject, Triangles

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

METRES_PER_UNIT = 0.01
NULL_OBJECT = "_NULL_OBJECT"
LIGHT_NODES = 12
TRIED_HULL_FACES = 8
"""Enough for furniture, whose hulls have a few large faces; trying all would take minutes."""


@dataclass(frozen=True, slots=True, eq=False)
class IndexedMesh:
    """A mesh whose places, normals and texture coordinates are numbered apart; asset units."""

    vertices: Floats  # (V, 3)
    normals: Floats  # (N, 3)
    texcoords: Floats  # (T, 2)
    vertex_of_corner: Ints  # (F, 3)
    normal_of_corner: Ints  # (F, 3)
    texcoord_of_corner: Ints  # (F, 3)


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """Render nodes in the order of their ids, which start at 1; a light has no object."""

    names: tuple[str, ...]
    objects: Ints  # (M,) -1 = none

    def node_of_object(self, count: int) -> Ints:
        """(O,) the node id of every object."""
        ids = np.full(count, -1, np.int64)
        owned = self.objects >= 0
        ids[self.objects[owned]] = np.flatnonzero(owned) + 1
        return ids


def labels_of(objects: list[SceneObject], table: LabelTable) -> ObjectLabels:
    """What the builder noted as class and instance of every object."""
    ids = {entry.name: entry.id for entry in table.classes}
    semantic = [NO_LABEL if thing.class_name is None else ids[thing.class_name] for thing in objects]
    return ObjectLabels(semantic, [thing.instance for thing in objects])


def nodes_of(builder: Builder) -> Nodes:
    """Nodes in an order that is not that of the objects, with a few lights among them."""
    rng = np.random.default_rng(builder.seed + 1)
    count = len(builder.objects)
    order = rng.permutation(count + LIGHT_NODES)
    objects = np.where(order < count, order, -1).astype(np.int64)
    names = [
        f"{builder.objects[number].name}@node_{k + 1}"
        if number < count
        else f"VRayLight{number - count + 1:03d}"
        for k, number in enumerate(order)
    ]
    return Nodes(tuple(names), objects)


def indexed(triangles: Triangles, objects: list[SceneObject]) -> IndexedMesh:
    """The mesh with equal places, normals and texture coordinates of an object stored once.

    Objects that share vertices have the same place number, as some exporters write it.
    """
    shared = {name: -1 - k for k, name in enumerate(sorted({o.shares_vertices_in or "" for o in objects}))}
    owner_of_object = np.array(
        [k if o.shares_vertices_in is None else shared[o.shares_vertices_in] for k, o in enumerate(objects)]
    )
    owner = np.zeros(len(triangles.positions), np.int64)
    owner[triangles.faces] = owner_of_object[triangles.object_of_face][:, None]
    places = np.round(triangles.positions * 1e6).astype(np.int64)
    first, vertex = _distinct(owner, *places.T)
    normal_first, normal = _distinct(*np.round(triangles.normals * 1e4).astype(np.int64).T)
    uv_first, uv = _distinct(*np.round(triangles.uvs * 1e5).astype(np.int64).T)
    units = triangles.positions[first] / METRES_PER_UNIT
    faces = triangles.faces
    return IndexedMesh(
        units,
        triangles.normals[normal_first],
        triangles.uvs[uv_first],
        vertex[faces],
        normal[faces],
        uv[faces],
    )


def _distinct(*columns: Ints) -> tuple[Ints, Ints]:
    """Positions of one row of each kind, and the kind of every row. Sorting by ranks beats sorting rows."""
    rank = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        values, code = np.unique(column, return_inverse=True)
        _, rank = np.unique(rank * len(values) + code.reshape(-1), return_inverse=True)
        rank = rank.reshape(-1)
    _, first = np.unique(rank, return_index=True)
    return first, rank


def boxes_of(
    mesh: IndexedMesh, object_of_face: Ints, labels: ObjectLabels, count: int, progress: Progress
) -> dict[str, list[FittedBox | None]]:
    """Boxes by kind; row k is that of instance k, None where the instance has no faces (row 0 is unused)."""
    instance = labels.instance[object_of_face]
    order = np.argsort(instance, kind="stable")
    ends = np.searchsorted(instance[order], np.arange(count + 2))
    boxes: dict[str, list[FittedBox | None]] = {
        "axis_aligned": [None],
        "object_aligned_2d": [None],
        "object_aligned_3d": [None],
    }
    for number in range(1, count + 1):
        progress.check()
        faces = order[ends[number] : ends[number + 1]]
        if not len(faces):
            for rows in boxes.values():
                rows.append(None)
            continue
        points = mesh.vertices[mesh.vertex_of_corner[faces].reshape(-1)]
        boxes["axis_aligned"].append(axis_aligned_box(points))
        boxes["object_aligned_2d"].append(object_aligned_2d_box(points))
        boxes["object_aligned_3d"].append(object_aligned_3d_box(points, TRIED_HULL_FACES))
    return boxes


def box_columns(rows: list[FittedBox | None]) -> dict[str, Floats]:
    """The three columns of a box file; infinite in rows without a box."""
    positions, extents = np.full((len(rows), 3), np.inf), np.full((len(rows), 3), np.inf)
    orientations = np.full((len(rows), 3, 3), np.inf)
    for number, box in enumerate(rows):
        if box is not None:
            positions[number], extents[number], orientations[number] = box.centre, box.extent, box.rotation
    return {"positions": positions, "extents": extents, "orientations": orientations}
