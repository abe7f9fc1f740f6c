"""What is faint is seen, but not in the way: of the eye, of the pointer, of strokes."""

from __future__ import annotations

import numpy as np
import pytest

from tests.render.conftest import SIZE, Stage
from tests.render.scenes import boxes_mesh, points_on, scene_of
from viewer.model.mesh import Mesh
from viewer.render.layers.mesh import MeshStyle
from viewer.render.orbit_camera import ViewState

pytestmark = pytest.mark.gl
MIDDLE = SIZE[0] // 2, SIZE[1] // 2
BLUE, RED = (40, 60, 230), (230, 50, 40)


def one_behind_another() -> Mesh:
    """Object 0, small, behind object 1, large."""
    return boxes_mesh([((-0.3, 1.0, -0.3), (0.3, 1.6, 0.3)), ((-1.0, -0.5, -1.0), (1.0, 0.0, 1.0))])


def look(stage: Stage, mesh: Mesh, *, as_points: bool = False) -> None:
    stage.show(scene_of(mesh), None if as_points else mesh)
    if as_points:
        stage.view.set_points(points_on(mesh))
        stage.settle()
    stage.view.set_view(ViewState((0.0, -4.0, 0.0), (0.0, 0.0, 0.0)))
    stage.view.set_object_colors(np.array([BLUE, RED], np.uint8))


@pytest.mark.parametrize("as_points", [False, True], ids=["mesh", "points"])
def test_one_points_through_what_is_faint(stage: Stage, as_points: bool) -> None:
    look(stage, one_behind_another(), as_points=as_points)
    assert stage.view.pick(*MIDDLE).object_id == 1
    stage.view.set_faint([1])
    assert stage.view.pick(*MIDDLE).object_id == 0
    assert set(np.unique(stage.view.id_buffer().object_ids)) == {-1, 0}
    stage.view.set_faint([])
    assert stage.view.pick(*MIDDLE).object_id == 1


@pytest.mark.parametrize("as_points", [False, True], ids=["mesh", "points"])
def test_what_is_faint_still_shows_and_what_is_behind_shows_through(stage: Stage, as_points: bool) -> None:
    look(stage, one_behind_another(), as_points=as_points)
    stage.view.set_color_mode("table")
    stage.view.set_faint([0, 1])
    stage.view.set_hidden([0, 1])
    empty = stage.pixels().astype(int)
    stage.view.set_hidden([])
    stage.view.set_faint([1])
    picture = stage.pixels().astype(int)
    beside = MIDDLE[1], MIDDLE[0] + 50
    difference = np.abs(picture - empty).sum(axis=2)
    assert 20 < difference[beside] < 300, "the large box is there, faintly"
    red, _, blue = picture[MIDDLE[1], MIDDLE[0]]
    assert blue > 1.5 * red, "the small one behind it is in its own color"


def test_in_a_see_through_mesh_some_may_be_faint_too(stage: Stage) -> None:
    look(stage, one_behind_another())
    stage.view.set_layer_style("mesh", MeshStyle(opacity=0.5))
    stage.view.set_faint([1])
    assert stage.view.pick(*MIDDLE).object_id == 0
    red, _, blue = stage.pixels()[MIDDLE[1], MIDDLE[0]].astype(int)
    assert blue > red


def test_hidden_wins_over_faint(stage: Stage) -> None:
    look(stage, one_behind_another())
    stage.view.set_faint([0, 1])
    stage.view.set_hidden([0, 1])
    nothing = stage.pixels()
    stage.view.set_faint([])
    assert np.array_equal(stage.pixels(), nothing)


def test_no_edges_are_drawn_of_what_is_faint(stage: Stage) -> None:
    look(stage, one_behind_another())
    stage.view.set_faint([1])
    plain = stage.pixels()
    stage.view.set_layer_style("mesh", MeshStyle(wireframe=True))
    wired = stage.pixels()
    column = MIDDLE[0] + 30
    assert np.array_equal(wired[:, column:], plain[:, column:])
