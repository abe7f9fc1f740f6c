"""The flat in the dataset's terms: tables of objects, groups, nodes and labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.model.label_table import LabelTable
from viewer.model.labels import NO_LABEL, ObjectLabels
from viewer.sample.builder import Builder, SceneObject, Triangles

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

METRES_PER_UNIT = 0.01
NULL_OBJECT = "_NULL_OBJECT"
LIGHT_NODES = 12


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
