"""What is in the window: colours, marks, sizes and how little is sent for a new label."""

from __future__ import annotations

import numpy as np
import pytest

from tests.render.conftest import SIZE, Stage
from tests.render.scenes import (
    boxes_mesh,
    cameras_in_room,
    points_on,
    room,
    scene_of,
    tilt_shift_lens,
    two_cubes,
)
from viewer.errors import GpuError
from viewer.model.mesh import Mesh, split_at_objects
from viewer.render.layers.mesh import MeshStyle
from viewer.render.orbit_camera import ViewState
from viewer.render.visuals import object_mesh

pytestmark = pytest.mark.gl
SIDE_VIEW = ViewState((0.3, -4.0, 1.2), (0.0, 0.0, 0.0))


def distinct_colors(count: int) -> np.ndarray:
    ids = np.arange(count)
    return np.column_stack([40 + ids * 7 % 200, 30 + ids * 31 % 220, 20 + ids * 57 % 230]).astype(np.uint8)


def shown(stage: Stage, mesh: Mesh, view: ViewState = SIDE_VIEW) -> None:
    stage.show(scene_of(mesh), mesh)
    stage.view.set_view(view)
    stage.view.set_layer_style("mesh", MeshStyle(shading="none"))
    stage.view.set_object_colors(distinct_colors(mesh.object_count))


def test_every_pixel_has_the_colour_of_the_object_beneath_it(stage: Stage) -> None:
    mesh = room()
    shown(stage, mesh, ViewState((-2.4, -1.5, 1.7), (2.0, 1.0, 0.4)))

    pixels = stage.pixels()
    ids = stage.view.id_buffer().object_ids

    assert pixels.shape == (SIZE[1], SIZE[0], 3)
    seen = ids >= 0
    assert np.array_equal(pixels[seen], distinct_colors(mesh.object_count)[ids[seen]])


def test_points_without_photo_colours_have_the_colours_of_their_objects(stage: Stage) -> None:
    mesh = two_cubes()
    stage.show(scene_of(mesh), None)
    stage.view.set_points(points_on(mesh))
    stage.view.set_view(SIDE_VIEW)
    stage.view.set_layer_style("mesh", MeshStyle(shading="none"))
    stage.view.set_object_colors(distinct_colors(2))

    pixels = stage.pixels()
    ids = stage.view.id_buffer().object_ids

    assert (ids >= 0).sum() > 3000
    assert np.array_equal(pixels[ids >= 0], distinct_colors(2)[ids[ids >= 0]])

    stage.view.set_color_mode("photo")
    assert (stage.pixels()[ids >= 0][:, 2] == 7).all()


@pytest.mark.parametrize("changed", [1, 5, 40])
def test_a_new_label_sends_bytes_in_proportion_to_the_objects_it_changes(stage: Stage, changed: int) -> None:
    mesh = room(objects=3000)
    stage.show(scene_of(mesh), mesh)
    stage.view.set_object_colors(distinct_colors(mesh.object_count))
    stage.pixels()
    table = stage.view._state.table
    before = table.uploaded_bytes

    ids = np.arange(500, 500 + changed)
    stage.view.update_object_colors(ids, np.full((changed, 4), 99, np.uint8))
    stage.pixels()

    assert table.uploaded_bytes - before == 4 * changed
    assert table.color_of(500) == (99, 99, 99)


def test_a_mesh_whose_place_another_takes_while_it_is_sent_leaves_nothing_behind(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_mesh, "can_share_memory", lambda: False)
    mesh = room(objects=300)
    shown(stage, mesh)
    whole = stage.pixels()
    left = []
    for steps in range(4):
        stage.view.set_mesh(split_at_objects(two_cubes()))
        uploads = stage.view._uploads._waiting
        left.append(stage.view.layers["mesh"]._visual._buffers)
        for _ in range(steps):
            next(uploads[0])
        stage.view.set_mesh(split_at_objects(mesh))

        pixels = stage.pixels()
        assert stage.view.error is None
        assert np.array_equal(pixels, whole)
    assert left
    for buffers in left:
        assert not buffers._vertices
        assert not buffers.own.corners


def test_what_is_selected_or_hovered_looks_different_and_then_as_before(stage: Stage) -> None:
    mesh = two_cubes()
    shown(stage, mesh)
    plain = stage.pixels()
    ids = stage.view.id_buffer().object_ids

    stage.view.set_selection([0])
    selected = stage.pixels()
    assert (selected[ids == 0] != plain[ids == 0]).any(axis=1).all()
    inner = ids == 1
    inner &= np.roll(inner, 4, 1) & np.roll(inner, -4, 1) & np.roll(inner, 4, 0) & np.roll(inner, -4, 0)
    assert np.array_equal(selected[inner], plain[inner])

    stage.view.set_hovered(1)
    assert (stage.pixels()[inner] != plain[inner]).any()

    stage.view.set_selection([])
    stage.view.set_hovered(None)
    assert np.array_equal(stage.pixels(), plain)


def test_a_white_mesh_reads_as_shape(stage: Stage) -> None:
    """Neighbouring sides of a white cube differ clearly, and none is lost in white or black."""
    mesh = two_cubes()
    stage.show(scene_of(mesh), mesh)
    stage.view.set_object_colors(np.full((2, 3), 255, np.uint8))
    stage.view.set_view(ViewState((3.5, -3.0, 2.6), (0.0, 0.0, 0.0)))

    pixels = stage.pixels().astype(int)
    ids = stage.view.id_buffer()
    sides: dict[int, list[int]] = {0: [], 1: [], 2: []}
    low, high = np.array([0.5, -0.5, -0.5]), np.array([1.5, 0.5, 0.5])
    for y, x in np.argwhere(ids.object_ids == 1)[::7]:
        world = ids.world_at(int(x), int(y))
        assert world is not None
        near = np.minimum(abs(world - low), abs(world - high))
        if np.sort(near)[1] > 0.15:
            sides[int(np.argmin(near))].append(int(pixels[y, x].mean()))
    tones = sorted(float(np.median(side)) for side in sides.values() if side)

    assert len(tones) == 3
    assert tones[1] - tones[0] > 12
    assert tones[2] - tones[1] > 12
    assert tones[0] > 90
    assert tones[2] < 252


def test_normals_show_as_colours(stage: Stage) -> None:
    mesh = two_cubes()
    shown(stage, mesh, ViewState((6.0, 0.0, 0.0), (0.0, 0.0, 0.0)))
    stage.view.set_color_mode("normal")

    middle = stage.pixels()[SIZE[1] // 2, SIZE[0] // 2]

    assert np.allclose(middle, (255, 127.5, 127.5), atol=1.5)


def test_hidden_back_faces_let_one_look_into_a_room(stage: Stage) -> None:
    shell_and_table = boxes_mesh([((-2, -2, 0), (2, 2, 2)), ((-0.5, -0.5, 0.1), (0.5, 0.5, 0.9))])
    faces = shell_and_table.faces.copy()
    faces[:12] = faces[:12, ::-1]
    mesh = Mesh(shell_and_table.vertices, faces, shell_and_table.owners.dense(), 2)
    stage.show(scene_of(mesh), mesh)
    stage.view.set_view(ViewState((0.0, -8.0, 3.0), (0.0, 0.0, 1.0)))
    assert 1 not in stage.view.id_buffer().object_ids

    stage.view.set_layer_style("mesh", MeshStyle(back_faces="hide"))

    assert 1 in stage.view.id_buffer().object_ids


def test_a_wireframe_and_a_see_through_mesh_change_the_picture(stage: Stage) -> None:
    mesh = two_cubes()
    stage.show(scene_of(mesh), mesh)
    stage.view.set_view(ViewState((6.0, 0.4, 0.3), (0.0, 0.0, 0.0)))
    stage.view.set_object_colors(np.array([[250, 30, 30], [30, 30, 250]], np.uint8))
    solid = stage.pixels().astype(int)

    stage.view.set_layer_style("mesh", MeshStyle(wireframe=True))
    assert (stage.pixels() != solid).any()

    stage.view.set_layer_style("mesh", MeshStyle(opacity=0.35))
    glass = stage.pixels().astype(int)
    y, x = SIZE[1] // 2, SIZE[0] // 2
    # the red cube shows through the blue one
    assert glass[y, x, 0] > solid[y, x, 0] + 15


@pytest.mark.parametrize("size", [(64, 48), (333, 217), (1600, 900)])
def test_screenshots_have_the_size_asked_for(stage: Stage, size: tuple[int, int]) -> None:
    mesh = two_cubes()
    stage.show(scene_of(mesh), mesh)
    stage.view.set_view(SIDE_VIEW)
    before = stage.pixels()

    picture = stage.view.screenshot(*size)

    assert picture.shape == (size[1], size[0], 4)
    assert (picture[..., 3] == 255).all()
    assert picture[..., :3].std() > 10
    assert np.array_equal(stage.pixels(), before)


def test_a_transparent_screenshot_leaves_the_background_out(stage: Stage) -> None:
    mesh = two_cubes()
    stage.show(scene_of(mesh), mesh)
    stage.view.set_view(SIDE_VIEW)

    picture = stage.view.screenshot(*SIZE, transparent=True)
    ids = stage.view.id_buffer().object_ids

    assert picture[0, 0, 3] == 0
    cube = ids >= 0
    inner = cube & np.roll(cube, 2, 0) & np.roll(cube, -2, 0) & np.roll(cube, 2, 1) & np.roll(cube, -2, 1)
    assert (picture[inner][:, 3] == 255).all()
    assert (picture[~cube][:, 3] < 255).all()


def test_a_screenshot_beyond_the_graphics_card_is_refused(stage: Stage) -> None:
    mesh = two_cubes()
    stage.show(scene_of(mesh), mesh)

    with pytest.raises(GpuError, match="expected a picture of 1 to"):
        stage.view.screenshot(200_000, 10)


def test_looking_through_a_tilt_shift_camera_is_exact_to_the_pixel(stage: Stage) -> None:
    """Corners of the furniture land where the model's projection says, at the window's scale."""
    mesh = room()
    camera = cameras_in_room(tilt_shift_lens()).trajectories[0].camera_at(1)
    stage.show(scene_of(mesh), mesh)
    stage.view.look_through(camera)
    stage.settle()
    look = stage.view._look
    assert look is not None
    left, top, width, height = look.rectangle(*SIZE)
    scale = look.scale(*SIZE)

    ids = stage.view.id_buffer()
    checked = 0
    for y in range(3, SIZE[1], 11):
        for x in range(3, SIZE[0], 13):
            world = ids.world_at(x, y)
            if world is None:
                continue
            pixel, _ = camera.project(world[None])
            window = (pixel[0] + 0.5) * scale + (left, top) - 0.5
            assert np.allclose(window, (x, y), atol=2e-3)
            checked += 1

    assert checked > 400
    assert width / height == pytest.approx(camera.lens.width / camera.lens.height)


def test_the_image_of_a_camera_lies_over_the_scene(stage: Stage) -> None:
    mesh = room()
    camera = cameras_in_room().trajectories[0].camera_at(0)
    stage.show(scene_of(mesh), mesh)
    image = np.zeros((240, 320, 3), np.uint8)
    image[:120, :160] = (255, 0, 0)
    image[120:, 160:] = (0, 0, 255)

    stage.view.look_through(camera, image, 1.0)
    pixels = stage.pixels()

    assert stage.view.is_looking_through
    assert tuple(pixels[SIZE[1] // 4, SIZE[0] // 4]) == (255, 0, 0)
    assert tuple(pixels[SIZE[1] * 3 // 4, SIZE[0] * 3 // 4]) == (0, 0, 255)


def test_frusta_of_a_tilted_lens_are_drawn_where_its_corners_project(stage: Stage) -> None:
    from viewer.model.frames import FrameId
    from viewer.render.id_buffer import KIND_FRUSTUM
    from viewer.render.layers.cameras import CamerasStyle, frustum_points

    mesh = two_cubes()
    cameras = cameras_in_room(tilt_shift_lens(), count=1)
    stage.show(scene_of(mesh, cameras), mesh)
    stage.view.set_layer_style("cameras", CamerasStyle(size_m=0.6, path=False))
    stage.view.set_view(ViewState((-4.5, -4.0, 3.4), (-1.8, -1.0, 1.4)))

    trajectory = cameras.trajectories[0]
    ids = stage.view.id_buffer()
    points = frustum_points(trajectory.lens, trajectory.world_from_cam, 0.6)[0]
    pixels, _ = stage.view.current_camera().project(points)

    for x, y in pixels[:5]:
        column, row = round(float(x)), round(float(y))
        assert (ids.kinds[row - 1 : row + 2, column - 1 : column + 2] == KIND_FRUSTUM).any()
        hit = stage.view.pick(column, row)
        assert hit.kind == "frustum"
        assert stage.view.frame_of_frustum(hit.index) == FrameId("cam_00", 0)
    # the far corners are on the rays of the image's corners
    corner = trajectory.camera_at(0).cast_rays(np.array([[-0.5, -0.5]]))[0]
    towards = points[1] - points[0]
    assert np.allclose(towards / np.linalg.norm(towards), corner, atol=1e-9)


def test_the_first_picture_of_a_window_is_as_bright_as_the_next(stage: Stage) -> None:
    """What is prepared at the first picture must leave nothing of itself in it."""
    mesh = room()
    stage.show(scene_of(mesh), mesh)
    view = ViewState((-2.4, -1.5, 1.7), (2.0, 1.0, 0.4))
    stage.view.set_view(view)
    usual = stage.pixels()
    stage.view.set_view(SIDE_VIEW)
    assert not np.array_equal(stage.pixels(), usual)

    stage.view._picture._is_warm = False
    stage.view.set_view(view)

    assert np.array_equal(stage.pixels(), usual)


def test_a_picture_shown_again_is_the_same_to_the_pixel_until_something_changes(stage: Stage) -> None:
    mesh = two_cubes()
    stage.show(scene_of(mesh), mesh)
    first = stage.pixels()
    assert all((stage.pixels() == first).all() for _ in range(3))
    stage.view.set_object_colors(np.array([[200, 20, 20], [20, 20, 200]], np.uint8))
    changed = stage.pixels()
    assert (changed != first).any()
    assert (stage.pixels() == changed).all()
    stage.window.resize(stage.window.width() + 40, stage.window.height())
    stage.settle()
    assert stage.pixels().shape != first.shape
    np.testing.assert_array_equal(stage.pixels(), stage.pixels())
