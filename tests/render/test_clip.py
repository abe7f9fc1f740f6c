"""What lies outside the clip box is neither seen nor hit, by the picture as by rays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.render.conftest import Stage
from tests.render.scenes import points_on, room, scene_of, two_cubes
from tests.render.test_id_buffer import away_from_edges
from viewer.geometry.ray_scene import RayScene
from viewer.model.boxes import BoxSets, OrientedBoxes
from viewer.model.clip_box import ClipBox
from viewer.model.mesh import Mesh
from viewer.render.layers.boxes import BoxesStyle
from viewer.render.layers.mesh import MeshStyle
from viewer.render.orbit_camera import ViewState

pytestmark = pytest.mark.gl
BOXES = {
    "the ceiling": ClipBox.whole().with_range(2, -1.0, 1.9),
    "all sides": ClipBox(np.array([-1.5, -1.0, 0.05]), np.array([2.0, 1.2, 1.4])),
    "one side": ClipBox.whole().with_range(0, 0.2, 9.0),
}


def rays_in_box(mesh: Mesh, stage: Stage, clip: ClipBox | None) -> np.ndarray:
    camera = stage.view.current_camera()
    height, width = camera.lens.height, camera.lens.width
    y, x = np.indices((height, width))
    pixels = np.column_stack([x.ravel(), y.ravel()])
    return RayScene(mesh).object_hits(camera, pixels, None, clip).reshape(height, width)


@pytest.mark.parametrize("metres_per_unit", [1.0, 0.01])
@pytest.mark.parametrize("name", BOXES)
def test_the_picture_is_cut_where_rays_are_cut(stage: Stage, name: str, metres_per_unit: float) -> None:
    plain = room()
    mesh = Mesh(plain.vertices / metres_per_unit, plain.faces, plain.owners.dense(), plain.object_count)
    stage.show(scene_of(mesh, metres_per_unit=metres_per_unit), mesh)
    eye, target = (np.array(p) / metres_per_unit for p in ((-4.5, -3.5, 4.0), (0.5, 0.2, 0.4)))
    stage.view.set_view(ViewState(tuple(eye), tuple(target)))
    clip = ClipBox(BOXES[name].low / metres_per_unit, BOXES[name].high / metres_per_unit)
    stage.view.set_clip(clip)
    ids = stage.view.id_buffer().object_ids
    expected = rays_in_box(mesh, stage, clip)
    inner = away_from_edges(expected)
    assert len(np.unique(expected)) > 10, "one sees into the room from outside"
    assert np.array_equal(ids[inner], expected[inner])
    stage.view.set_clip(None)
    whole = rays_in_box(mesh, stage, None)
    inner = away_from_edges(whole)
    assert np.array_equal(stage.view.id_buffer().object_ids[inner], whole[inner])


@pytest.mark.parametrize(
    "style", [MeshStyle(), MeshStyle(opacity=0.4), MeshStyle(wireframe=True)], ids=["solid", "glass", "wire"]
)
def test_nothing_is_drawn_of_what_is_cut_away(stage: Stage, style: MeshStyle) -> None:
    mesh = two_cubes()
    stage.show(scene_of(mesh), mesh)
    stage.view.set_view(ViewState((0.0, -5.0, 0.0), (0.0, 0.0, 0.0)))
    stage.view.set_layer_style("mesh", style)
    stage.view.set_clip(ClipBox.whole().with_range(0, 5.0, 9.0))
    empty = stage.pixels()
    stage.view.set_clip(ClipBox.whole().with_range(0, 0.0, 9.0))
    half = stage.pixels()
    width = half.shape[1]
    assert np.array_equal(half[:, : width // 2], empty[:, : width // 2])
    assert not np.array_equal(half[:, width // 2 :], empty[:, width // 2 :])
    hit = stage.view.pick(width * 3 // 10, half.shape[0] // 2)
    assert hit.kind == "background"


def test_points_are_cut_like_surfaces(stage: Stage) -> None:
    mesh = two_cubes()
    stage.show(scene_of(mesh), None)
    stage.view.set_points(points_on(mesh))
    stage.settle()
    stage.view.set_view(ViewState((0.0, -5.0, 0.0), (0.0, 0.0, 0.0)))
    assert set(np.unique(stage.view.id_buffer().object_ids)) == {-1, 0, 1}
    stage.view.set_clip(ClipBox.whole().with_range(0, -9.0, 0.0))
    assert set(np.unique(stage.view.id_buffer().object_ids)) == {-1, 0}


def test_another_scene_starts_whole(stage: Stage) -> None:
    mesh = two_cubes()
    stage.show(scene_of(mesh), mesh)
    stage.view.set_clip(ClipBox.whole().with_range(2, 5.0, 9.0))
    stage.show(scene_of(mesh), mesh)
    stage.view.set_view(ViewState((0.0, -5.0, 0.0), (0.0, 0.0, 0.0)))
    assert set(np.unique(stage.view.id_buffer().object_ids)) == {-1, 0, 1}


def test_the_sides_of_solid_boxes_are_cut_like_surfaces(stage: Stage) -> None:
    mesh = two_cubes()
    box = OrientedBoxes(np.array([1]), np.zeros((1, 3)), np.full((1, 3), 3.0), np.eye(3)[None])
    stage.show(scene_of(mesh, BoxSets({"axis_aligned": box})), mesh)
    stage.view.set_view(ViewState((0.0, -9.0, 0.0), (0.0, 0.0, 0.0)))
    stage.view.set_clip(ClipBox.whole().with_range(0, 0.0, 9.0))
    style = BoxesStyle(visible=True, kind="axis_aligned", form="wire")
    stage.view.set_layer_style("boxes", style)
    wire = stage.pixels().astype(int)
    stage.view.set_layer_style("boxes", replace(style, form="solid", opacity=0.5))
    tinted = np.abs(stage.pixels().astype(int) - wire).max(axis=2) > 20
    middle = tinted.shape[1] // 2
    assert tinted[:, middle:].sum() > 3_000
    assert not tinted[:, : middle - 5].any()
    stage.view.set_clip(None)
    whole = np.abs(stage.pixels().astype(int) - wire).max(axis=2) > 20
    assert whole[:, : middle - 5].sum() > 3_000
