"""Every layer draws what it stands for, and the pointer finds what can be found."""

from __future__ import annotations

import numpy as np
import pytest

from tests.render.conftest import SIZE, Stage
from tests.render.scenes import cameras_in_room, points_on, room, scene_of, two_cubes
from viewer.errors import GpuError
from viewer.model.boxes import BoxSets, OrientedBoxes, corners
from viewer.model.clip_box import ClipBox
from viewer.model.frames import FrameId
from viewer.model.mesh import Mesh, split_at_objects
from viewer.model.octomap import KEY_ORIGIN, Octomap
from viewer.render.frame import Frame
from viewer.render.layers.boxes import BoxesStyle
from viewer.render.layers.cameras import CamerasStyle
from viewer.render.layers.grid import GridStyle
from viewer.render.layers.layer import Layer
from viewer.render.layers.octomap import LeafFound, OctomapLayer, OctomapStyle
from viewer.render.layers.points import PointsStyle
from viewer.render.orbit_camera import ViewState
from viewer.render.visuals import object_mesh
from viewer.render.visuals.object_mesh import ObjectMesh
from viewer.render.visuals.object_points import ObjectPoints
from viewer.render.visuals.sent_mesh import FACES_PER_BUFFER, UPLOAD_BYTES

pytestmark = pytest.mark.gl
SIDE_VIEW = ViewState((0.3, -5.0, 1.6), (0.0, 0.0, 0.0))


def boxes() -> BoxSets:
    """Boxes of instances 3 and 8 around the two cubes."""
    return BoxSets(
        {
            "object_aligned_2d": OrientedBoxes(
                np.array([3, 8]),
                np.array([[-1.0, 0, 0], [1.0, 0, 0]]),
                np.full((2, 3), 1.3),
                np.tile(np.eye(3), (2, 1, 1)),
            )
        }
    )


def test_boxes_are_found_by_their_instance_at_their_corners(stage: Stage) -> None:
    mesh, sets = two_cubes(), boxes()
    stage.show(scene_of(mesh, sets), mesh)
    stage.view.set_view(SIDE_VIEW)
    stage.view.set_layer_style("boxes", BoxesStyle(visible=True))

    near_corner = corners(sets.by_kind["object_aligned_2d"])[1, 0]
    pixel, _ = stage.view.current_camera().project(near_corner[None])
    hit = stage.view.pick(round(pixel[0, 0]), round(pixel[0, 1]))

    assert hit.kind == "box"
    assert hit.index == 8
    assert hit.object_id is None
    assert stage.view.pick(SIZE[0] // 2, 2).kind == "background"


def test_boxes_take_their_instance_colours_and_the_selection_stands_out(stage: Stage) -> None:
    mesh = two_cubes()
    stage.show(scene_of(mesh, boxes()), mesh)
    stage.view.set_view(SIDE_VIEW)
    plain = stage.pixels().astype(int)
    stage.view.set_box_colors(np.tile([[255, 0, 255]], (9, 1)).astype(np.uint8))
    stage.view.set_layer_style("boxes", BoxesStyle(visible=True, line_width=3))

    shown = stage.pixels().astype(int)
    changed = (shown != plain).any(axis=2)
    magenta = (shown[..., 0] > 180) & (shown[..., 1] < 110) & (shown[..., 2] > 180)
    assert changed.sum() > 500
    assert magenta.sum() > 200

    stage.view.set_box_selection([8])
    picked = stage.pixels().astype(int)
    assert (picked != shown).any(axis=2).sum() > 150

    stage.view.set_shown_boxes([8])
    assert set(np.unique(stage.view.id_buffer().indices[stage.view.id_buffer().kinds == 254])) == {8}


def test_boxes_can_be_left_out_and_replaced(stage: Stage) -> None:
    mesh = two_cubes()
    stage.show(scene_of(mesh, boxes()), mesh)
    stage.view.set_view(SIDE_VIEW)
    stage.view.set_layer_style("boxes", BoxesStyle(visible=True))
    stage.view.set_shown_boxes([])
    assert 254 not in stage.view.id_buffer().kinds
    stage.view.set_shown_boxes(None)
    assert 254 in stage.view.id_buffer().kinds
    before = stage.pixels()

    sets = boxes()
    larger = {
        kind: OrientedBoxes(old.ids, old.centres, old.extents * 1.5, old.world_from_box)
        for kind, old in sets.by_kind.items()
    }
    stage.view.set_boxes(BoxSets(larger))

    assert (stage.pixels() != before).any()


def test_solid_boxes_tint_what_is_in_them_and_the_pointer_still_finds_it(stage: Stage) -> None:
    mesh = two_cubes()
    stage.show(scene_of(mesh, boxes()), mesh)
    stage.view.set_view(SIDE_VIEW)
    stage.view.set_box_colors(np.tile([[255, 0, 255]], (9, 1)).astype(np.uint8))
    stage.view.set_layer_style("boxes", BoxesStyle(visible=True))
    wire, objects = stage.pixels().astype(int), stage.view.id_buffer().object_ids.copy()

    stage.view.set_layer_style("boxes", BoxesStyle(visible=True, form="solid", opacity=0.5))

    solid = stage.pixels().astype(int)
    assert (np.abs(solid - wire).max(axis=2) > 20).sum() > 5_000
    assert np.array_equal(stage.view.id_buffer().object_ids, objects)


def test_lines_do_not_take_objects_away_from_the_buffer(stage: Stage) -> None:
    mesh = two_cubes()
    stage.show(scene_of(mesh, boxes()), mesh)
    stage.view.set_view(SIDE_VIEW)
    before = stage.view.id_buffer().object_ids.copy()
    stage.view.set_layer_style("boxes", BoxesStyle(visible=True))
    assert np.array_equal(stage.view.id_buffer().object_ids, before)


def test_the_current_frustum_stands_out_and_is_never_thinned_away(stage: Stage) -> None:
    mesh = room()
    stage.show(scene_of(mesh, cameras_in_room(count=3)), mesh)
    stage.view.set_layer_style("cameras", CamerasStyle(size_m=0.4, stride=2))
    stage.view.set_view(ViewState((-2.5, 1.8, 1.9), (-1.9, -1.2, 1.4)))
    assert set(np.unique(stage.view.id_buffer().indices[stage.view.id_buffer().kinds == 253])) == {0, 2}
    before = stage.pixels()

    stage.view.set_current_frame(FrameId("cam_00", 5))

    assert (stage.pixels() != before).any()
    stage.view.set_view(ViewState((-2.5, 1.8, 1.91), (-1.9, -1.2, 1.4)))
    assert set(np.unique(stage.view.id_buffer().indices[stage.view.id_buffer().kinds == 253])) == {0, 1, 2}


def test_voxels_are_drawn_where_they_are_and_in_their_size(stage: Stage) -> None:
    """One voxel of 0.1 and one of 0.4: their silhouettes are those of cubes."""
    keys = np.array([[-8, 0, 0], [8, 0, 0]]) + KEY_ORIGIN
    tree = Octomap(0.1, keys.astype(np.uint16), np.array([16, 14], np.uint8), np.array([True, True]))
    mesh = two_cubes()
    scene = scene_of(mesh, tree)
    stage.show(scene, None)
    stage.view.set_view(ViewState((0.0, -4.0, 0.2), (0.0, 0.0, 0.2)))
    stage.view.set_layer_style("octomap", OctomapStyle(visible=True))
    stage.settle()

    ids = stage.view.id_buffer()
    camera = stage.view.current_camera()
    assert (ids.kinds == 252).any()
    for low, edge in (((-0.8, 0, 0), 0.1), ((0.8, 0, 0), 0.4)):
        cube = np.array(low) + edge * ((np.arange(8)[:, None] >> np.arange(3)) & 1)
        pixels, _ = camera.project(cube)
        (x0, y0), (x1, y1) = pixels.min(axis=0), pixels.max(axis=0)
        rows, columns = np.nonzero(ids.kinds == 252)
        inside = (columns >= x0 - 8) & (columns <= x1 + 8)
        assert columns[inside].min() == pytest.approx(x0, abs=1.01)
        assert columns[inside].max() == pytest.approx(x1, abs=1.01)
        assert rows[inside].min() == pytest.approx(y0, abs=1.01)
        assert rows[inside].max() == pytest.approx(y1, abs=1.01)


def test_free_space_is_see_through(stage: Stage) -> None:
    tree = Octomap(
        0.1,
        (np.array([[0, 0, 0]]) + KEY_ORIGIN).astype(np.uint16),
        np.array([13], np.uint8),
        np.array([False]),
    )
    mesh = two_cubes()
    stage.show(scene_of(mesh, tree), mesh)
    stage.view.set_view(SIDE_VIEW)
    before, ids = stage.pixels(), stage.view.id_buffer().object_ids.copy()
    stage.view.set_layer_style("octomap", OctomapStyle(visible=True, free=True))
    assert (stage.pixels() != before).any()
    assert np.array_equal(stage.view.id_buffer().object_ids, ids)


def test_see_through_cubes_are_found_where_nothing_stands_behind_them(stage: Stage) -> None:
    keys = (np.array([[0, 0, 0], [0, 0, 16]]) + KEY_ORIGIN).astype(np.uint16)
    tree = Octomap(0.1, keys, np.array([13, 13], np.uint8), np.array([False, True]))
    stage.show(scene_of(two_cubes(), tree), None)
    stage.view.set_view(ViewState((0.4, -6.0, 1.2), (0.4, 0.0, 1.2)))
    style = OctomapStyle(visible=True, free=True, occupied_depth=12, bounds=False)
    stage.view.set_layer_style("octomap", style)
    stage.settle()
    camera, layer = stage.view.current_camera(), stage.view.layers["octomap"]
    low, high = (tuple(int(v) for v in camera.project(np.array([[0.4, 0.0, z]]))[0][0]) for z in (0.4, 2.0))
    hit = stage.view.pick(*low)
    assert hit.kind == "voxel"
    assert layer.leaf_at(hit.index) == LeafFound(False, pytest.approx(0.8))
    occupied = stage.view.pick(*high)
    assert layer.leaf_at(occupied.index) == LeafFound(True, pytest.approx(1.6)), (
        "joined to one twice as large"
    )


def test_the_clip_box_cuts_cubes(stage: Stage) -> None:
    tree = Octomap(0.1, [[KEY_ORIGIN] * 3], [13], [True])
    stage.show(scene_of(two_cubes(), tree), None)
    stage.view.set_view(ViewState((0.4, -4.0, 0.4), (0.4, 0.0, 0.4)))
    stage.view.set_layer_style("octomap", OctomapStyle(visible=True))
    stage.settle()
    whole = stage.view.id_buffer().kinds == 252
    stage.view.set_clip(ClipBox(np.array([-9.0, -9, -9]), np.array([9.0, 9, 0.4])))
    half = stage.view.id_buffer().kinds == 252
    assert half.sum() == pytest.approx(whole.sum() / 2, rel=0.1)
    assert not (half & ~whole).any()


def test_another_octomap_takes_the_place_of_the_first(stage: Stage) -> None:
    first = Octomap(0.1, [[KEY_ORIGIN] * 3], [13], [True])
    stage.show(scene_of(two_cubes(), first), None)
    stage.view.set_view(ViewState((0.4, -4.0, 0.4), (0.4, 0.0, 0.4)))
    stage.view.set_layer_style("octomap", OctomapStyle(visible=True))
    stage.settle()
    assert (stage.view.id_buffer().kinds == 252).any()
    other = Octomap(0.1, [[0, 0, 0]], [16], [True])
    stage.view.change_layer(OctomapLayer, lambda layer: layer.set_octomap(other))
    stage.settle()
    assert not (stage.view.id_buffer().kinds == 252).any()


def test_the_grid_lies_on_the_floor_with_lines_a_metre_apart(stage: Stage) -> None:
    mesh = two_cubes()
    stage.show(scene_of(mesh), mesh)
    stage.view.set_hidden([0, 1])
    stage.view.set_view(ViewState((0.25, 0.25, 4.0), (0.25, 0.251, 0.0)))
    plain = stage.pixels().astype(int)
    stage.view.set_layer_style("grid", GridStyle(visible=True, opacity=1.0))
    lines = np.abs(stage.pixels().astype(int) - plain).sum(axis=2)

    camera = stage.view.current_camera()
    on_line, _ = camera.project(np.array([[1.0, 0.5, -0.5], [0.0, 0.5, -0.5], [-1.0, -0.5, -0.5]]))
    off_line, _ = camera.project(np.array([[0.5, 0.5, -0.5], [-0.5, 0.5, -0.5], [0.5, -0.5, -0.5]]))
    for x, y in on_line.round().astype(int):
        assert lines[y, x - 1 : x + 2].max() > 20
    for x, y in off_line.round().astype(int):
        assert lines[y, x] == 0


def test_dark_and_light_differ_in_the_background_and_not_in_labels(stage: Stage) -> None:
    mesh = two_cubes()
    stage.show(scene_of(mesh), mesh)
    stage.view.set_view(SIDE_VIEW)
    dark = stage.pixels()
    stage.view.set_theme(False)
    light = stage.pixels()
    ids = stage.view.id_buffer().object_ids
    assert light[2, 2].mean() - dark[2, 2].mean() > 120
    inner = (
        (ids >= 0) & (np.roll(ids, 5, 0) == ids) & (np.roll(ids, -5, 0) == ids) & (np.roll(ids, 5, 1) == ids)
    )
    inner &= np.roll(ids, -5, 1) == ids
    assert np.array_equal(dark[inner], light[inner])


def test_near_points_close_up_and_far_ones_stay_visible(stage: Stage) -> None:
    mesh = two_cubes()
    stage.show(scene_of(mesh), None)
    stage.view.set_points(points_on(mesh, spacing=0.02))
    stage.view.set_layer_style("points", PointsStyle(size_mm=60))
    stage.settle()
    stage.view.set_view(ViewState((1.0, -1.1, 0.0), (1.0, 0.0, 0.0)))
    assert (stage.view.id_buffer().object_ids == 1).all()
    stage.view.set_view(ViewState((0.0, -300.0, 0.0), (0.0, 0.0, 0.0)))
    assert (stage.view.id_buffer().object_ids >= 0).any()


def test_new_points_replace_the_old_ones_without_a_gap(stage: Stage) -> None:
    mesh = two_cubes()
    stage.show(scene_of(mesh), None)
    stage.view.set_points(points_on(mesh, 0.05))
    stage.settle()
    stage.view.set_view(SIDE_VIEW)
    few = (stage.view.id_buffer().object_ids >= 0).sum()

    stage.view.set_points(points_on(mesh, 0.04))
    assert (stage.view.id_buffer().object_ids >= 0).sum() == few
    stage.view.set_points(points_on(mesh, 0.01))
    stage.settle()
    assert (stage.view.id_buffer().object_ids >= 0).sum() > few

    stage.view.set_points(None)
    assert (stage.view.id_buffer().object_ids >= 0).sum() == 0


def test_a_large_mesh_is_sent_in_small_steps_and_appears_before_the_last(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_mesh, "can_share_memory", lambda: False)
    count = 1_500_000
    corners = np.zeros((count * 3, 3))
    corners[:, 0] = np.repeat(np.arange(count) % 1000, 3) + np.tile([0, 0.5, 0], count)
    faces = np.arange(count * 3, dtype=np.int32).reshape(-1, 3)
    mesh = split_at_objects(Mesh(corners, faces, np.zeros(count, np.int32), 1))
    stage.view._picture.make_current()
    visual = ObjectMesh(mesh)
    steps = []
    drawable_after = None
    for sent in visual.upload(stage.view._canvas.context):
        steps.append(sent)
        sent_pieces = len(visual._buffers.own.corners)
        if drawable_after is None and sent_pieces:
            drawable_after = len(steps)
        # as much of it as is there, and nothing before
        ranges = visual._ranges(np.arange(2))
        assert int(ranges[1].sum()) == min(sent_pieces * FACES_PER_BUFFER, count)
    visual.release()

    assert max(steps) <= UPLOAD_BYTES
    assert sum(steps) == count * (3 * 16 + 12)
    assert drawable_after is not None
    assert drawable_after < len(steps)


def test_points_are_sent_in_small_steps(stage: Stage) -> None:
    points = points_on(two_cubes(), 0.0028)
    stage.view._picture.make_current()
    visual = ObjectPoints(points)
    steps = list(visual.upload(stage.view._canvas.context))
    visual.release()
    assert len(steps) > 1
    assert max(steps) <= UPLOAD_BYTES


def test_a_scene_without_anything_shows_an_empty_room(stage: Stage) -> None:
    stage.view.set_scene(None)
    assert stage.pixels().std() > 0
    assert stage.view.pick(10, 10).kind == "background"
    stage.view.frame_all()
    stage.view.top_view()
    stage.settle()


class _Refusing(Layer):
    key, title = "refusing", "Refusing"

    def __init__(self) -> None:
        self.style = GridStyle(visible=True)

    def draw_surface(self, frame: Frame) -> None:
        raise RuntimeError("Shader compilation error in GL_FRAGMENT_SHADER:\n  on line 3: no")


def _colors_of_sky(stage: Stage) -> set[int]:
    image = stage.view.native.grabFramebuffer()
    return {image.pixel(image.width() // 2, y) for y in range(image.height() // 2)}


def test_before_the_first_scene_nothing_is_drawn(stage: Stage) -> None:
    assert len(_colors_of_sky(stage)) == 1
    stage.view.set_scene(None)
    stage.settle()
    assert len(_colors_of_sky(stage)) > 1


def test_a_driver_that_refuses_is_told_once_in_a_sentence(stage: Stage) -> None:
    stage.view.set_scene(None)
    failures: list[GpuError] = []
    stage.view.failed.connect(failures.append)
    stage.view.layers["refusing"] = _Refusing()
    for _ in range(3):
        stage.view._content_changed()
        stage.view.native.grabFramebuffer()

    assert [error.message for error in failures] == [
        "the graphics driver cannot draw the 3D view: Shader compilation error in GL_FRAGMENT_SHADER:"
    ]
    assert stage.view.error is failures[0]
    assert stage.view.gl_info().startswith("the graphics driver cannot draw")
    assert (stage.view.id_buffer().object_ids == -1).all()
    with pytest.raises(GpuError):
        stage.view.screenshot(10, 10)
    # another scene does not wait for ever to be sent to where it cannot be drawn
    mesh = two_cubes()
    stage.view.set_scene(scene_of(mesh), split_at_objects(mesh))
    assert not stage.view.is_uploading
    assert len(failures) == 1
