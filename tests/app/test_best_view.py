"""From where an object is looked at."""

from __future__ import annotations

import numpy as np
import pytest

from tests.labelling_builders import a_room, cubes
from viewer.app.best_view import Subject, best_view, camera_towards
from viewer.geometry.ray_scene import RayScene
from viewer.model.camera import Camera, Lens, pinhole_lens
from viewer.model.mesh import Mesh

UP = np.array([0.0, 0.0, 1.0])
LENS: Lens = pinhole_lens(64, 48, np.radians(70))


def subject_of(mesh: Mesh, object_id: int) -> Subject:
    places = mesh.vertices[np.unique(mesh.faces[mesh.owners.dense() == object_id])]
    return Subject(object_id, places.min(axis=0), places.max(axis=0))


def seen_by(camera: Camera, mesh: Mesh, visible: np.ndarray | None = None) -> np.ndarray:
    pixels = np.stack(np.meshgrid(np.arange(64), np.arange(48)), axis=-1).reshape(-1, 2)
    return np.asarray(RayScene(mesh).object_hits(camera, pixels, visible))


def test_a_camera_looks_where_it_is_told_and_stands_upright() -> None:
    camera = camera_towards(LENS, np.array([3.0, -4.0, 2.0]), np.array([0.0, 0.0, 1.0]), UP)
    pixel, depth = camera.project(np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 1.5]]))
    assert pixel[0] == pytest.approx([31.5, 23.5])
    assert depth[0] > 0
    assert pixel[1][1] < pixel[0][1], "what is higher in the world is higher in the picture"
    assert np.linalg.det(camera.world_from_cam[:3, :3]) == pytest.approx(1)


def test_a_camera_may_look_straight_down() -> None:
    camera = camera_towards(LENS, np.array([0.0, 0.0, 9.0]), np.zeros(3), UP)
    assert np.isfinite(camera.world_from_cam).all()
    assert np.allclose(camera.world_from_cam[:3, 2], [0, 0, -1])


def test_what_stands_between_is_looked_round() -> None:
    mesh = cubes(3)
    from_the_end = np.array([-4.0, 0.5, 0.5])  # the first cube hides the others
    view = best_view(subject_of(mesh, 2), LENS, UP, from_the_end, rays=RayScene(mesh))
    assert np.count_nonzero(seen_by(view, mesh) == 2) > 100


@pytest.mark.parametrize("object_id", range(1, 20))
def test_everything_in_a_room_is_seen_from_somewhere(object_id: int) -> None:
    mesh = a_room(20)
    view = best_view(subject_of(mesh, object_id), LENS, UP, np.array([100.0, 80, 40]), rays=RayScene(mesh))
    assert np.count_nonzero(seen_by(view, mesh) == object_id) > 10


def test_the_camera_whose_image_shows_it_gives_the_direction() -> None:
    mesh = cubes(3)
    frame = camera_towards(LENS, np.array([4.5, -20.0, 0.5]), np.array([4.5, 0, 0.5]), UP)
    for rays in (RayScene(mesh), None):
        view = best_view(subject_of(mesh, 2), LENS, UP, np.array([-4.0, 0, 0]), frame=frame, rays=rays)
        towards = (subject_of(mesh, 2).middle - view.position) @ [0, 1, 0]
        assert 0.3 <= towards < 10, "on the way there, but nearer"
        assert view.position == pytest.approx([4.5, view.position[1], 0.5])


def test_what_is_larger_than_the_view_is_seen_from_the_frame_itself() -> None:
    room = Subject(0, np.array([-50.0, -50, 0]), np.array([50.0, 50, 30]))
    frame = camera_towards(LENS, np.array([20.0, 10, 15]), np.array([40.0, 10, 10]), UP)
    view = best_view(room, LENS, UP, np.zeros(3), frame=frame)
    assert np.array_equal(view.world_from_cam, frame.world_from_cam)


def test_hidden_objects_are_not_in_the_way() -> None:
    mesh = cubes(3)
    visible = np.array([False, False, True])
    start = np.array([-4.0, 0.5, 0.5])
    view = best_view(subject_of(mesh, 2), LENS, UP, start, rays=RayScene(mesh), visible=visible)
    assert view.world_from_cam[0, 2] > 0.99, "straight on through what is hidden"


def test_a_tiny_object_is_not_approached_nearer_than_30_centimetres() -> None:
    speck = Subject(0, np.zeros(3), np.full(3, 1e-3))
    view = best_view(speck, LENS, UP, np.array([100.0, 0, 0]), metres_per_unit=0.01)
    assert np.linalg.norm(view.position - speck.middle) == pytest.approx(30, rel=1e-3)


def test_an_object_without_extent_where_one_stands_gets_a_view_all_the_same() -> None:
    view = best_view(Subject(0, np.zeros(3), np.zeros(3)), LENS, UP, np.zeros(3))
    assert np.isfinite(view.world_from_cam).all()
