"""The whole flat, as it is modelled; nothing is drawn here."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from viewer.formats.hypersim.label_tables import default_label_table
from viewer.sample.builder import Builder, Triangles, all_triangles
from viewer.sample.flat import build_flat
from viewer.sample.materials import all_materials
from viewer.sample.scene_model import IndexedMesh, indexed, labels_of, nodes_of
from viewer.sample.shell import CEILING
from viewer.sample.walk import WALKS


@pytest.fixture(scope="module")
def flat() -> Builder:
    return build_flat()


@pytest.fixture(scope="module")
def material_names() -> list[str]:
    return [material.name for material in all_materials()]


@pytest.fixture(scope="module")
def triangles(flat: Builder, material_names: list[str]) -> Triangles:
    return all_triangles(flat.objects, {name: number for number, name in enumerate(material_names)})


@pytest.fixture(scope="module")
def mesh(flat: Builder, triangles: Triangles) -> IndexedMesh:
    return indexed(triangles, flat.objects)


def test_it_is_as_large_as_promised(flat, triangles):
    assert len(flat.objects) >= 150
    assert len(triangles.faces) >= 200_000


def test_every_name_stands_once(flat):
    assert max(Counter(thing.name for thing in flat.objects).values()) == 1


def test_every_material_is_used(flat, material_names):
    used = {material for thing in flat.objects for _, material in thing.pieces}

    assert used == set(material_names)


def test_coordinates_are_finite(triangles):
    for array in (triangles.positions, triangles.normals, triangles.uvs):
        assert np.isfinite(array).all()


def test_nothing_stands_below_the_floor_or_above_the_ceiling_of_a_room(flat, triangles):
    indoors = np.abs(triangles.positions[:, 1]) < 4.2

    assert triangles.positions[indoors, 2].min() > -0.01
    assert triangles.positions[indoors, 2].max() < CEILING + 0.01


def test_repeated_chairs_are_instances_of_one_class_and_some_wait_for_a_label(flat):
    table = default_label_table()
    labels = labels_of(flat.objects, table)
    chair_id = next(entry.id for entry in table.classes if entry.name == "chair")
    seats = [
        k for k, thing in enumerate(flat.objects) if thing.name.endswith("_seat") and "dining" in thing.name
    ]

    labelled = [k for k in seats if labels.semantic[k] == chair_id]
    assert len({int(labels.instance[k]) for k in labelled}) == len(labelled) >= 3
    assert sum(labels.semantic[k] == -1 and labels.instance[k] == -1 for k in seats) >= 2


def test_about_three_in_five_objects_are_labelled_and_some_only_halfway(flat):
    labels = labels_of(flat.objects, default_label_table())
    has_class, has_instance = labels.semantic != -1, labels.instance != -1

    assert 0.5 < (has_class | has_instance).mean() < 0.75
    assert (has_class & ~has_instance).any()


def test_instances_are_numbered_without_holes(flat):
    instance = labels_of(flat.objects, default_label_table()).instance

    np.testing.assert_array_equal(np.unique(instance), [-1, *range(1, instance.max() + 1)])


def test_every_object_has_one_node_and_lights_have_no_object(flat):
    nodes = nodes_of(flat)
    count = len(flat.objects)

    np.testing.assert_array_equal(np.sort(nodes.objects[nodes.objects >= 0]), np.arange(count))
    assert (nodes.objects == -1).sum() > 0
    node_of_object = nodes.node_of_object(count)
    np.testing.assert_array_equal(nodes.objects[node_of_object - 1], np.arange(count))


def test_a_few_neighbours_share_vertices_and_the_others_do_not(mesh, triangles):
    owner = np.repeat(triangles.object_of_face, 3)
    pairs = np.unique(mesh.vertex_of_corner.ravel() * (owner.max() + 1) + owner)
    owners = np.bincount(pairs // (owner.max() + 1))

    assert 4 < (owners > 1).sum() < 0.01 * len(owners)


def test_shared_numbers_give_back_the_same_corners(mesh, triangles):
    faces = triangles.faces

    np.testing.assert_allclose(
        mesh.vertices[mesh.vertex_of_corner] * 0.01, triangles.positions[faces], atol=1e-6
    )
    np.testing.assert_allclose(mesh.normals[mesh.normal_of_corner], triangles.normals[faces], atol=1e-3)
    np.testing.assert_allclose(mesh.texcoords[mesh.texcoord_of_corner], triangles.uvs[faces], atol=1e-4)


def test_no_camera_stands_inside_of_something(triangles):
    corners = triangles.positions
    for walk in WALKS.values():
        for keyframe in walk:
            nearest = np.linalg.norm(corners - keyframe.position, axis=1).min()
            assert nearest > 0.12, f"frame {keyframe.frame} is {nearest:.2f} m from a vertex"
