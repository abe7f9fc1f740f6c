"""The id buffer says what rays say."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.render.conftest import SIZE, Stage
from tests.render.scenes import boxes_mesh, points_on, room, scene_of, two_cubes
from viewer.geometry.ray_scene import RayScene
from viewer.model.camera import Camera
from viewer.model.mesh import Mesh
from viewer.render.id_buffer import KIND_OBJECT
from viewer.render.layers.mesh import MeshStyle
from viewer.render.orbit_camera import ViewState

pytestmark = pytest.mark.gl


def faces_by_rays(mesh: Mesh, camera: Camera) -> NDArray[np.int64]:
    """(H, W) face of the first hit through every pixel, -1 = none."""
    width, height = camera.lens.width, camera.lens.height
    y, x = np.indices((height, width))
    pixels = np.column_stack([x.ravel(), y.ravel()]).astype(np.float64)
    rays = camera.cast_rays(pixels).astype(np.float32)
    return RayScene(mesh).first_hits(camera.position.astype(np.float32), rays).reshape(height, width)


def objects_by_rays(mesh: Mesh, camera: Camera) -> NDArray[np.int32]:
    """(H, W) object of the first hit through every pixel, -1 = none."""
    faces = faces_by_rays(mesh, camera)
    return np.where(faces >= 0, mesh.owners.dense()[faces], -1).astype(np.int32)


def away_from_edges(ids: NDArray[np.int32], reach: int = 1) -> NDArray[np.bool_]:
    """Pixels whose neighbours all show the same object."""
    inside = np.ones(ids.shape, bool)
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            inside &= np.roll(ids, (dy, dx), (0, 1)) == ids
    inside[:reach] = inside[-reach:] = False
    inside[:, :reach] = inside[:, -reach:] = False
    return inside


@pytest.mark.parametrize("eye", [(0.3, -4.0, 1.2), (2.5, 3.0, -2.0), (-6.0, 0.2, 0.1)])
def test_two_cubes_are_where_rays_find_them(stage: Stage, eye: tuple[float, float, float]) -> None:
    mesh = two_cubes()
    stage.show(scene_of(mesh), mesh)
    stage.view.set_view(ViewState(eye, (0.0, 0.0, 0.0)))

    ids = stage.view.id_buffer()
    expected = objects_by_rays(mesh, stage.view.current_camera())

    assert ids.size == SIZE
    assert set(np.unique(ids.object_ids)) >= {-1, 0} or set(np.unique(ids.object_ids)) >= {-1, 1}
    assert np.array_equal(ids.object_ids[away_from_edges(expected)], expected[away_from_edges(expected)])
    # edges may fall on either side, and no pixel more
    assert (ids.object_ids != expected).mean() < 0.002


@pytest.mark.parametrize("metres_per_unit", [1.0, 0.01, 0.0254, 0.001])
def test_a_furnished_room_agrees_with_rays_in_every_unit(stage: Stage, metres_per_unit: float) -> None:
    plain = room()
    mesh = Mesh(plain.vertices / metres_per_unit, plain.faces, plain.owners.dense(), plain.object_count)
    stage.show(scene_of(mesh, metres_per_unit=metres_per_unit), mesh)
    eye, target = (np.array(p) / metres_per_unit for p in ((-2.4, -1.5, 1.7), (2.0, 1.0, 0.4)))
    stage.view.set_view(ViewState(tuple(eye), tuple(target)))

    ids = stage.view.id_buffer().object_ids
    expected = objects_by_rays(mesh, stage.view.current_camera())

    inner = away_from_edges(expected)
    assert len(np.unique(expected)) > 15
    assert np.array_equal(ids[inner], expected[inner])


def test_positions_are_right_to_the_tenth_of_a_millimetre(stage: Stage) -> None:
    mesh = room()
    stage.show(scene_of(mesh), mesh)
    stage.view.set_view(ViewState((-2.4, -1.5, 1.7), (2.0, 1.0, 0.4)))
    ids = stage.view.id_buffer()
    camera = stage.view.current_camera()
    floor = np.argwhere(ids.object_ids == 0)[::97]

    assert len(floor) > 50
    for y, x in floor:
        world = ids.world_at(int(x), int(y))
        assert world is not None
        assert abs(world[2]) < 1e-4
        pixel, _ = camera.project(world[None])
        assert np.allclose(pixel[0], (x, y), atol=1e-3)


def test_one_can_stand_five_centimetres_from_a_wall_in_any_unit(stage: Stage) -> None:
    for metres_per_unit in (1.0, 0.0254, 0.001):
        plain = two_cubes()
        mesh = Mesh(plain.vertices / metres_per_unit, plain.faces, plain.owners.dense(), plain.object_count)
        stage.show(scene_of(mesh, metres_per_unit=metres_per_unit), mesh)
        eye = np.array([1.0, -0.55, 0.1]) / metres_per_unit
        stage.view.set_view(ViewState(tuple(eye), (eye[0], eye[1] + 1.0, eye[2])))

        ids = stage.view.id_buffer()

        assert (ids.object_ids == 1).all()
        hit = stage.view.pick(SIZE[0] // 2, SIZE[1] // 2)
        assert hit.distance_units is not None
        assert hit.distance_units * metres_per_unit == pytest.approx(0.05, abs=1e-4)


def test_a_far_wall_does_not_show_through_a_near_one(stage: Stage) -> None:
    """Two walls half a unit apart, nine hundred away: what a coarse depth buffer gets wrong."""
    walls = [((-4e3, 900, -4e3), (4e3, 900.01, 4e3)), ((-4e3, 900.5, -4e3), (4e3, 900.51, 4e3))]
    mesh = boxes_mesh(walls)
    stage.show(scene_of(mesh, metres_per_unit=0.0254), mesh)
    stage.view.set_view(ViewState((0.0, 0.0, 0.0), (0.3, 1.0, 0.2)))

    assert set(np.unique(stage.view.id_buffer().object_ids)) == {0}


def test_hidden_objects_let_through_what_is_behind_them(stage: Stage) -> None:
    mesh = two_cubes()
    stage.show(scene_of(mesh), mesh)
    stage.view.set_view(ViewState((6.0, 0.0, 0.0), (0.0, 0.0, 0.0)))
    middle = (SIZE[0] // 2, SIZE[1] // 2)
    assert stage.view.pick(*middle).object_id == 1

    stage.view.set_hidden([1])

    assert stage.view.pick(*middle).object_id == 0
    assert 1 not in stage.view.id_buffer().object_ids


def test_points_can_be_picked_without_a_mesh(stage: Stage) -> None:
    mesh = two_cubes()
    stage.show(scene_of(mesh), None)
    stage.view.set_points(points_on(mesh))
    stage.settle()
    stage.view.set_view(ViewState((0.3, -4.0, 1.2), (0.0, 0.0, 0.0)))

    ids = stage.view.id_buffer()
    expected = objects_by_rays(mesh, stage.view.current_camera())
    inner = away_from_edges(expected, 4) & (ids.object_ids >= 0)

    assert inner.sum() > 2000
    assert np.array_equal(ids.object_ids[inner], expected[inner])
    assert (ids.kinds[inner] == KIND_OBJECT).all()


def test_a_see_through_mesh_is_picked_as_if_it_were_solid(stage: Stage) -> None:
    mesh = two_cubes()
    stage.show(scene_of(mesh), mesh)
    stage.view.set_view(ViewState((6.0, 0.0, 0.0), (0.0, 0.0, 0.0)))
    solid = stage.view.id_buffer().object_ids.copy()

    stage.view.set_layer_style("mesh", MeshStyle(opacity=0.3))

    assert np.array_equal(stage.view.id_buffer().object_ids, solid)


def test_the_buffer_is_kept_until_the_view_changes(stage: Stage) -> None:
    mesh = two_cubes()
    stage.show(scene_of(mesh), mesh)
    before = stage.view.id_buffer()

    stage.view.set_selection([0])
    stage.view.update_object_colors([0], np.array([[1, 2, 3]], np.uint8))
    assert stage.view.id_buffer() is before

    stage.view.set_view(ViewState((6.0, 0.0, 0.0), (0.0, 0.0, 0.0)))
    assert stage.view.id_buffer() is not before
