"""The picture of ids is what rays find; every pixel that differs has a reason, and is told from a mistake."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.render.agreement import Agreement, Reason, compare
from tests.render.conftest import Stage
from tests.render.scenes import boxes_mesh, cameras_in_room, room, scene_of, tilt_shift_lens
from viewer.formats.registry import find_scenes
from viewer.jobs.job import Progress
from viewer.model.camera import Camera, Cameras
from viewer.model.mesh import Mesh
from viewer.render import depth_test
from viewer.render.layers.cameras import CamerasStyle
from viewer.render.orbit_camera import ViewState
from viewer.render.visuals import object_mesh

pytestmark = pytest.mark.gl
MOST_AT_EDGES = 0.001
"""Share of the pixels: outlines run through few middles of pixels."""
MOST_CROSSINGS = 0.0001
"""Share of the pixels: where surfaces cross they coincide, but in a line only."""


def joined(*meshes: Mesh) -> Mesh:
    """All objects of several meshes, one after the other."""
    vertices = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes)])
    objects = np.cumsum([0, *(mesh.object_count for mesh in meshes)])
    return Mesh(
        np.concatenate([mesh.vertices for mesh in meshes]),
        np.concatenate([mesh.faces + at for mesh, at in zip(meshes, vertices, strict=False)]),
        np.concatenate([mesh.owners.dense() + at for mesh, at in zip(meshes, objects, strict=False)]),
        int(objects[-1]),
    )


def needles(count: int = 400) -> Mesh:
    """Triangles of a tenth of a millimetre to a centimetre across and up to two metres long, in all
    directions, each an object."""
    random = np.random.default_rng(3)
    start = random.uniform((-2.5, -1.8, 0.1), (2.5, 1.8, 2.3), (count, 3))
    along = random.normal(size=(count, 3))
    along *= random.uniform(0.2, 2.0, (count, 1)) / np.linalg.norm(along, axis=1, keepdims=True)
    across = np.cross(along, random.normal(size=(count, 3)))
    across *= 10 ** random.uniform(-4, -2, (count, 1)) / np.linalg.norm(across, axis=1, keepdims=True)
    corners = np.stack([start, start + along, start + across], axis=1).reshape(-1, 3)
    return Mesh(corners, np.arange(3 * count).reshape(-1, 3), np.arange(count), count)


def clad_walls() -> Mesh:
    """Panels that lie in the floor and in a wall of the room, cut into other triangles than these."""
    floor = boxes_mesh([((-2, -1, 0), (0.3, 1.1, 0)), ((-1, -1.7, 0), (2.2, 0.2, 0))])
    wall = boxes_mesh([((3, -1.5, 0.4), (3, 1.2, 2.1))])
    return joined(floor, wall)


def seen_from(
    stage: Stage, mesh: Mesh, eye: tuple[float, float, float], metres_per_unit: float = 1.0
) -> Agreement:
    units = np.array(eye) / metres_per_unit
    stage.view.set_view(ViewState(tuple(units), tuple(np.array((1.4, 0.7, 0.6)) / metres_per_unit)))
    return compare(mesh, stage.view.id_buffer(), metres_per_unit)


@pytest.mark.parametrize("metres_per_unit", [1.0, 0.01, 0.0254])
def test_in_a_room_only_pixels_on_outlines_differ(stage: Stage, metres_per_unit: float) -> None:
    plain = room(200)
    mesh = replace(plain, vertices=plain.vertices / metres_per_unit, object_of_face=plain.owners)
    stage.show(scene_of(mesh, metres_per_unit=metres_per_unit), mesh)
    for eye in ((-2.4, -1.5, 1.7), (2.3, 1.6, 2.2), (-1.0, 1.7, 0.4)):
        found = seen_from(stage, mesh, eye, metres_per_unit)
        assert found.unexplained == []
        _differs_little(found)
        assert len(np.unique(found.hit)) > 15


def test_slivers_are_drawn_where_rays_meet_them(stage: Stage) -> None:
    mesh = joined(room(0), needles())
    stage.show(scene_of(mesh), mesh)
    for eye in ((-2.4, -1.5, 1.7), (2.3, 1.6, 2.2)):
        found = seen_from(stage, mesh, eye)
        assert found.unexplained == []
        _differs_little(found)
        assert np.unique(found.hit[found.hit >= 6]).size > 100  # the first six are the room


def test_where_surfaces_coincide_either_may_be_drawn_and_nowhere_else(stage: Stage) -> None:
    plain = room(40)
    mesh = joined(plain, clad_walls())
    stage.show(scene_of(mesh), mesh)
    found = seen_from(stage, mesh, (-2.4, -1.5, 1.7))
    assert found.unexplained == []
    ties = found.reasons == Reason.TIE
    assert ties.any()
    floor, wall, panels = 0, 3, range(plain.object_count, mesh.object_count)
    assert set(found.hit[ties]) | set(found.drawn[ties]) <= {floor, wall, *panels}


def test_depths_made_at_vertices_and_at_pixels_show_the_same(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Older OpenGL has the latter only; where surfaces coincide the same one must win."""
    plain = room(120)
    mesh = joined(plain, clad_walls(), needles(100))
    eyes = ((-2.4, -1.5, 1.7), (2.3, 1.6, 2.2), (-2.97, 0.3, 0.004))
    pictures = []
    for can_fix in (True, False):
        monkeypatch.setattr(object_mesh, "can_fix_depth", lambda can_fix=can_fix: can_fix)
        stage.show(scene_of(mesh), mesh)
        pictures.append([seen_from(stage, mesh, eye) for eye in eyes])
        assert all(found.unexplained == [] for found in pictures[-1])
    assert stage.view._picture.make_current()
    assert depth_test.can_fix_depth(), "software OpenGL can do both"
    for at_vertices, at_pixels in zip(*pictures, strict=True):
        differ = at_vertices.drawn != at_pixels.drawn
        assert differ.mean() < MOST_CROSSINGS
        ties = at_pixels.reasons == Reason.TIE
        assert (ties & differ).sum() <= 0.01 * ties.sum()


def test_through_a_lens_that_is_shifted_and_tilted(stage: Stage) -> None:
    mesh = joined(room(120), needles(100))
    stage.show(scene_of(mesh, cameras_in_room(tilt_shift_lens())), mesh)
    stage.view.set_layer_style("cameras", CamerasStyle(visible=False))
    trajectory = cameras_in_room(tilt_shift_lens()).get("cam_00")
    assert trajectory is not None
    for row in range(len(trajectory.frame_ids)):
        stage.view.look_through(trajectory.camera_at(row))
        stage.settle()
        found = compare(mesh, stage.view.id_buffer())
        assert found.unexplained == []
        _differs_little(found)
        assert len(np.unique(found.hit)) > 15


def test_nearer_than_two_millimetres_rays_hit_what_is_not_drawn(stage: Stage) -> None:
    wall = boxes_mesh([((-3, 0, -3), (3, 0.0005, 3)), ((-9, 2, -9), (9, 2.1, 9))])
    stage.show(scene_of(wall), wall)
    stage.view.set_view(ViewState((0.0, -0.001, 0.0), (0.3, 1.0, 0.1)))
    found = compare(wall, stage.view.id_buffer())
    assert found.unexplained == []
    assert (found.hit == 0).all()
    assert found.count(Reason.NEAR) > 0.2 * found.drawn.size
    assert set(found.drawn[found.reasons == Reason.NEAR]) == {1}


@pytest.mark.parametrize("name", ["ai_903_001", "ai_902_001"])
def test_on_real_meshes_seen_from_their_middle_and_by_their_cameras(
    stage: Stage, shared: Path, name: str
) -> None:
    reader, matches = find_scenes(shared / "scenes" / name)
    scene = reader.read(matches[0], Progress.silent())
    mesh, cameras = scene.part(Mesh), scene.part(Cameras)
    assert mesh is not None
    assert cameras is not None
    stage.show(scene, mesh)
    stage.view.set_layer_style("cameras", CamerasStyle(visible=False))
    low, high = mesh.bounds
    for turn in (0.4, 1.9, 3.4):
        eye = (low + high) / 2 + 0.3 * (high - low) * (np.cos(turn), np.sin(turn), 0.5)
        stage.view.set_view(ViewState(tuple(eye), tuple((low + high) / 2)))
        _holds(compare(mesh, stage.view.id_buffer(), scene.metres_per_unit))
    trajectory = cameras.get(cameras.names[0])
    assert trajectory is not None
    for row in (0, len(trajectory.frame_ids) // 2):
        stage.view.look_through(trajectory.camera_at(row))
        stage.settle()
        _holds(compare(mesh, stage.view.id_buffer(), scene.metres_per_unit))


def _differs_little(found: Agreement) -> None:
    """Where no surfaces lie in one another."""
    assert found.count(Reason.NEAR) == 0
    assert found.count(Reason.TIE) <= MOST_CROSSINGS * found.drawn.size
    assert found.count(Reason.EDGE) < MOST_AT_EDGES * found.drawn.size


def _holds(found: Agreement) -> None:
    assert found.unexplained == []
    assert found.count(Reason.NEAR) == 0
    assert found.count(Reason.EDGE) < MOST_AT_EDGES * found.drawn.size


# the comparison itself


def test_mistakes_have_no_reason(stage: Stage) -> None:
    mesh = joined(room(40), clad_walls())
    stage.show(scene_of(mesh), mesh)
    stage.view.set_view(ViewState((-2.4, -1.5, 1.7), (1.4, 0.7, 0.6)))
    ids = stage.view.id_buffer()

    beside = replace(ids, object_ids=np.roll(ids.object_ids, 1, axis=1))
    assert len(compare(mesh, beside).unexplained) > 500, "a picture that is off by a pixel"
    a_little = replace(ids, camera=_shifted(ids.camera, 1 / 8))
    assert len(compare(mesh, a_little).unexplained) > 20, "a picture that is off by the eighth of a pixel"
    other = ids.object_ids.copy()
    other[100, 200] = 17 if other[100, 200] != 17 else 18
    assert [one[:2] for one in compare(mesh, replace(ids, object_ids=other)).unexplained] == [(200, 100)]
    boxes = ids.object_ids[(ids.object_ids >= 6) & (ids.object_ids < 46)]
    stage.view.set_hidden([int(np.bincount(boxes).argmax())])
    assert len(compare(mesh, stage.view.id_buffer()).unexplained) > 500, "an object that is missing"


def _shifted(camera: Camera, pixels: float) -> Camera:
    shift = np.eye(3)
    shift[0, 2] = pixels
    return replace(camera, lens=replace(camera.lens, ray_from_pixel=camera.lens.ray_from_pixel @ shift))
