"""The ray and the ring that show in 3D what an image's pixel means."""

from __future__ import annotations

import numpy as np
import pytest

from tests.render.conftest import Stage
from tests.render.scenes import boxes_mesh, scene_of
from viewer.render.layers.mesh import MeshStyle
from viewer.render.marker import Marker
from viewer.render.orbit_camera import ViewState

pytestmark = pytest.mark.gl
EYE = (0.0, -4.0, 0.0)


@pytest.fixture
def wall(stage: Stage) -> Stage:
    """A dark wall across the view, its front at y = 0."""
    mesh = boxes_mesh([((-3, 0, -3), (3, 1, 3))])
    stage.show(scene_of(mesh), mesh)
    stage.view.set_view(ViewState(EYE, (0.0, 0.0, 0.0)))
    stage.view.set_layer_style("mesh", MeshStyle(shading="none"))
    stage.view.set_object_colors(np.array([[10, 20, 30]], np.uint8))
    stage.pixels()
    return stage


def brightest_near(stage: Stage, point: tuple[float, float, float]) -> int:
    """The largest byte within a ring's reach of where a point is drawn."""
    camera = stage.view.current_camera()
    x, y = np.round(camera.project(np.array([point]))[0][0]).astype(int)
    return int(stage.pixels()[y - 9 : y + 10, x - 9 : x + 10].max())


def test_a_point_on_a_surface_is_ringed_where_it_is(wall: Stage) -> None:
    point = (0.5, 0.0, 0.3)
    assert brightest_near(wall, point) <= 30
    wall.view.set_marker(Marker(np.array(point)))
    assert brightest_near(wall, point) > 240
    assert brightest_near(wall, (-0.5, 0.0, -0.3)) <= 30, "and nowhere else"
    wall.view.set_marker(None)
    assert brightest_near(wall, point) <= 30


def test_what_lies_behind_a_surface_is_marked_faintly(wall: Stage) -> None:
    behind = (0.5, 2.0, 0.3)
    wall.view.set_marker(Marker(np.array(behind)))
    assert 50 < brightest_near(wall, behind) < 150


def test_the_ray_is_drawn_from_its_eye_and_faintly_behind_the_surface(wall: Stage) -> None:
    start, end = np.array([-1.0, -1.0, 0.0]), np.array([1.0, 1.0, 0.0])
    wall.view.set_marker(Marker(end, start, (end - start) / np.linalg.norm(end - start)))
    assert brightest_near(wall, (-0.5, -0.5, 0.0)) > 200
    assert 50 < brightest_near(wall, (0.5, 0.5, 0.0)) < 150


def test_a_ray_that_hits_nothing_goes_on_and_one_from_behind_the_eye_comes_into_view(wall: Stage) -> None:
    wall.view.set_marker(Marker(None, np.array([0.5, -9.0, 0.3]), np.array([0.0, 1.0, 0.0])))
    assert brightest_near(wall, (0.5, -1.0, 0.3)) > 200
    wall.view.set_marker(Marker(None, np.array([0.0, -9.0, 0.0]), np.array([0.0, -1.0, 0.0])))
    assert int(wall.pixels().max()) <= 62, "all of it is behind the eye"


def test_a_marker_leaves_the_scene_as_it_was_composed(wall: Stage) -> None:
    before = wall.view._picture._full._composed
    wall.view.set_marker(Marker(np.array([0.0, 0.0, 0.0])))
    wall.pixels()
    assert wall.view._picture._full._composed is before
    wall.view.set_scene(None)
    assert wall.view._marker is None
