"""Rays against meshes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.labelling_builders import a_room, cubes
from viewer.app.original_camera import OriginalCamera
from viewer.geometry import ray_scene
from viewer.geometry.ray_scene import RayScene, grid_rays, pixel_rays
from viewer.model.clip_box import ClipBox
from viewer.model.mesh import Mesh

WINDOW = (160, 120)


def room_view():
    return OriginalCamera.at((260, 220, 150), (90, 70, 20), *WINDOW).camera


def all_pixels() -> np.ndarray:
    x, y = np.meshgrid(np.arange(WINDOW[0]), np.arange(WINDOW[1]))
    return np.stack([x.ravel(), y.ravel()], axis=1)


def along_x(scene: RayScene, visible=None, clip=None, count: int = 1) -> list[int]:
    """Objects hit by rays that pass the row of cubes from its low end."""
    rays = np.tile([1.0, 0.0, 0.0], (count, 1))
    return scene.objects_of(scene.first_hits(np.array([-5, 0.4, 0.3]), rays, visible, clip)).tolist()


def test_the_first_object_on_the_way_is_hit() -> None:
    assert along_x(RayScene(cubes())) == [0]


def test_a_ray_into_the_void_hits_nothing() -> None:
    hits = RayScene(cubes()).first_hits(np.zeros(3) - 5, np.array([[-1.0, 0, 0]]))
    assert hits.tolist() == [-1]


def test_both_sides_of_a_face_count() -> None:
    inside = np.array([0.5, 0.5, 0.5])
    scene = RayScene(cubes(1))
    assert (scene.first_hits(inside, np.concatenate([np.eye(3), -np.eye(3)])) >= 0).all()


def test_faces_of_no_object_are_hit_and_stand_in_the_way() -> None:
    mesh = cubes(2)
    owners = np.where(mesh.owners.dense() == 0, -1, mesh.owners.dense())
    scene = RayScene(Mesh(mesh.vertices, mesh.faces, owners, 2))
    assert along_x(scene) == [-1]
    assert along_x(scene, np.array([False, True])) == [-1]


def test_a_mesh_without_faces_is_never_hit() -> None:
    empty = Mesh(np.empty((0, 3)), np.empty((0, 3), np.int32), np.empty(0, np.int32), 1)
    assert along_x(RayScene(empty)) == [-1]


def test_faces_with_a_vertex_that_is_not_a_number_are_left_out() -> None:
    mesh = cubes(2)
    vertices = mesh.vertices.copy()
    vertices[:8] = np.nan
    scene = RayScene(Mesh(vertices, mesh.faces, mesh.owners.dense(), 2))
    face = scene.first_hits(np.array([-5, 0.4, 0.3]), np.array([[1.0, 0, 0]]))
    assert mesh.owners.dense()[face].tolist() == [1]


@pytest.mark.parametrize("hidden", [[0], [0, 1], [1]])
def test_rays_pass_through_hidden_objects(hidden: list[int]) -> None:
    visible = ~np.isin(np.arange(3), hidden)
    assert along_x(RayScene(cubes()), visible) == [int(np.flatnonzero(visible)[0])]


def test_when_everything_is_hidden_nothing_is_hit() -> None:
    assert along_x(RayScene(cubes()), np.zeros(3, np.bool_)) == [-1]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_hiding_objects_equals_a_mesh_without_them(share: float) -> None:
    mesh, camera = a_room(), room_view()
    visible = np.random.default_rng(1).random(mesh.object_count) < share
    shown = visible[mesh.owners.dense()]
    without = Mesh(mesh.vertices, mesh.faces[shown], mesh.owners.dense()[shown], mesh.object_count)
    expected = RayScene(without).object_hits(camera, all_pixels())
    assert np.array_equal(RayScene(mesh).object_hits(camera, all_pixels(), visible), expected)


def test_a_surface_that_coincides_with_a_hidden_one_is_hit() -> None:
    mesh, camera = a_room(), room_view()
    count = mesh.object_count
    twice = Mesh(
        mesh.vertices,
        np.concatenate([mesh.faces, mesh.faces]),
        np.concatenate([mesh.owners.dense(), mesh.owners.dense() + count]),
        2 * count,
    )
    expected = RayScene(mesh).object_hits(camera, all_pixels())
    first = np.arange(2 * count) < count
    scene = RayScene(twice)
    assert np.array_equal(scene.object_hits(camera, all_pixels(), first), expected)
    second = scene.object_hits(camera, all_pixels(), ~first)
    assert np.array_equal(np.where(second >= 0, second - count, -1), expected)


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_in_large_meshes_rays_go_on_behind_what_is_hidden(
    share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    mesh, camera = a_room(), room_view()
    visible = np.random.default_rng(1).random(mesh.object_count) < share
    expected = RayScene(mesh).object_hits(camera, all_pixels(), visible)
    monkeypatch.setattr(ray_scene, "FEW_FACES", 0)
    found = RayScene(mesh).object_hits(camera, all_pixels(), visible)
    # a ray along the common edge of two faces may slip through when it starts anew
    assert np.count_nonzero(found != expected) <= 1


def test_what_lies_outside_the_clip_box_is_passed_through() -> None:
    scene = RayScene(cubes())
    assert along_x(scene, clip=ClipBox(np.array([1.5, -9, -9]), np.array([9.0, 9, 9]))) == [1]
    assert along_x(scene, clip=ClipBox(np.array([0.5, -9, -9]), np.array([9.0, 9, 9]))) == [0]
    assert along_x(scene, clip=ClipBox(np.array([1.2, -9, -9]), np.array([1.8, 9, 9]))) == [-1]


def test_clipping_and_hiding_work_together() -> None:
    box = ClipBox(np.array([1.5, -9, -9]), np.array([9.0, 9, 9]))
    assert along_x(RayScene(cubes()), np.array([True, False, True]), box) == [2]


def test_a_box_of_pixels_sees_what_its_pixels_see() -> None:
    scene, camera = RayScene(a_room()), room_view()
    each = scene.object_hits(camera, all_pixels())
    assert scene.objects_in_box(camera, (0, 0, 159, 119)).tolist() == np.unique(each[each >= 0]).tolist()


def test_rays_along_pixels_find_what_stands_behind() -> None:
    mesh = cubes(4)
    camera = OriginalCamera.at((-6, 0.5, 0.6), (4, 0.5, 0.4), 9, 9).camera
    scene = RayScene(mesh)
    middle = np.array([[4, 4]])
    assert scene.object_hits(camera, middle).tolist() == [0]
    assert scene.objects_along(camera, middle).tolist() == [0, 1, 2, 3]
    assert scene.objects_along(camera, middle, np.array([True, False, True, True])).tolist() == [0, 2, 3]


def test_rays_of_a_grid_are_those_of_its_pixels() -> None:
    camera = room_view()
    grid = grid_rays(camera, np.arange(WINDOW[0]), np.arange(WINDOW[1]))
    assert np.array_equal(grid, pixel_rays(camera, all_pixels()))


def original_rays(eye: np.ndarray, center: np.ndarray, width: int, height: int) -> np.ndarray:
    """Directions as the specification of the original tool spells them out, float64."""
    z = -(center - eye) / np.linalg.norm(center - eye)
    x = -np.cross(z, [0, 0, 1])
    x /= np.linalg.norm(x)
    y = np.cross(z, x)
    y /= np.linalg.norm(y)
    fov_y = math.radians(60)
    fov_x = 2 * math.atan(width * math.tan(fov_y / 2) / height)
    u = -1 + (np.arange(width) + 0.5) * 2 / width
    v = 1 - (np.arange(height) + 0.5) * 2 / height
    grid = np.stack(np.broadcast_arrays(u * math.tan(fov_x / 2), v[:, None] * math.tan(fov_y / 2), -1.0), -1)
    rays = grid.reshape(-1, 3) @ np.stack([x, y, z])
    return rays / np.linalg.norm(rays, axis=1, keepdims=True)


def test_pixel_rays_are_those_of_the_original_tool_to_the_last_face() -> None:
    mesh, eye, center = a_room(), np.array([260.0, 220, 150]), np.array([90.0, 70, 20])
    rays = original_rays(eye, center, *WINDOW)
    found = pixel_rays(OriginalCamera.at(eye, center, *WINDOW).camera, all_pixels())
    assert np.abs(found - rays).max() < 1e-7
    scene = RayScene(mesh)
    assert np.array_equal(scene.first_hits(eye, found), scene.first_hits(eye, rays))


def test_the_same_cast_repeats_exactly() -> None:
    scene, camera = RayScene(a_room()), room_view()
    visible = np.arange(scene.object_count) % 3 != 0
    first = scene.object_hits(camera, all_pixels(), visible)
    assert np.array_equal(first, scene.object_hits(camera, all_pixels(), visible))
