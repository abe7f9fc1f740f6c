"""The form of a mesh for the graphics card: the same surface, with vertices that have one object each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.model.mesh import BLOCK_FACES, NO_OBJECT, Mesh, split_at_objects


@st.composite
def meshes(draw: st.DrawFn) -> Mesh:
    """Small meshes: objects with vertices of their own, one after the other in any order, or all mixed."""
    objects, count = draw(st.integers(1, 4)), draw(st.integers(3, 24))
    random = np.random.default_rng(draw(st.integers(0, 1 << 32)))
    owner = random.integers(NO_OBJECT, objects, draw(st.integers(0, 20))).astype(np.int32)
    low, high = np.zeros(objects + 1, np.int64), np.full(objects + 1, count)
    if draw(st.booleans()):
        cuts = np.r_[0, np.sort(random.integers(1, count, objects)), count]
        order = random.permutation(objects + 1)
        low, high = cuts[order], np.maximum(cuts[order + 1], cuts[order] + 1)
    faces = np.array([random.integers(low[o], high[o], 3) for o in owner], np.int32).reshape(-1, 3)
    vertices = random.normal(size=(count, 3)).astype(draw(st.sampled_from([np.float32, np.float64])))
    if draw(st.booleans()):
        vertices[random.integers(count)] = draw(st.sampled_from([np.nan, np.inf]))
    return Mesh(vertices, np.minimum(faces, count - 1), owner, objects)


@given(meshes())
def test_every_corner_keeps_its_place_and_gets_the_object_of_its_face(mesh: Mesh) -> None:
    gpu = split_at_objects(mesh)
    order = np.argsort(mesh.owners.dense(), kind="stable")
    order = order[np.isfinite(mesh.vertices[mesh.faces[order]]).all(axis=(1, 2))]
    owners = mesh.owners.dense()[order]
    packed = gpu.positions_and_object(gpu.faces.reshape(-1)).reshape(-1, 3, 4)

    assert len(gpu.faces) == len(order)
    places = (mesh.vertices[mesh.faces[order]] - gpu.origin).astype(np.float32)
    assert np.array_equal(packed[..., :3], places)
    assert (packed[..., 3] == owners[:, None]).all()
    assert np.array_equal(gpu.object_of_vertex[gpu.faces], np.repeat(owners[:, None], 3, axis=1))
    # no vertex more than there must be, and those that no face uses have no object
    corners = np.column_stack([mesh.faces[order].reshape(-1), np.repeat(owners, 3)])
    shared = len(np.unique(corners, axis=0)) - len(np.unique(corners[:, 0]))
    assert gpu.vertex_count == len(mesh.vertices) + shared
    unused = np.setdiff1d(np.arange(gpu.vertex_count), gpu.faces)
    assert (gpu.object_of_vertex[unused] == NO_OBJECT).all()

    # rows of objects
    assert gpu.rows.face_counts.tolist() == np.bincount(owners + 1, minlength=mesh.object_count + 1).tolist()
    for row in range(mesh.object_count + 1):
        own = places[owners == row - 1].reshape(-1, 3)
        assert np.array_equal(gpu.rows.low[row], own.min(axis=0, initial=np.inf))
        assert np.array_equal(gpu.rows.high[row], own.max(axis=0, initial=-np.inf))


@pytest.mark.parametrize("is_shared", [False, True])
def test_a_mesh_of_many_blocks_is_split_as_a_small_one(is_shared: bool) -> None:
    """Three objects in strips that share no vertex, or the one at each border."""
    length = BLOCK_FACES // 2 + 7
    strip = np.arange(length, dtype=np.int32)[:, None] + np.arange(3, dtype=np.int32)
    apart = length + (0 if is_shared else 5)
    faces = np.concatenate([strip + k * apart for k in range(3)])
    owner = np.repeat(np.arange(3, dtype=np.int32), length)
    count = int(faces.max()) + 3
    vertices = np.column_stack([np.arange(count), np.zeros(count), np.ones(count)]).astype(np.float32)

    gpu = split_at_objects(Mesh(vertices, faces, owner, 3))

    # each strip ends in two vertices that the next one has as well
    assert gpu.vertex_count == count + (4 if is_shared else 0)
    for k in range(3):
        own = gpu.faces[gpu.rows.first_face[k + 1] : gpu.rows.first_face[k + 2]]
        packed = gpu.positions_and_object(own.reshape(-1))
        assert (packed[:, 3] == k).all()
        assert np.array_equal(packed[:, 0] + np.float32(gpu.origin[0]), faces[owner == k].reshape(-1))
        assert gpu.rows.low[k + 1][0] + gpu.origin[0] == k * apart
        assert gpu.rows.high[k + 1][0] + gpu.origin[0] == k * apart + length + 1
