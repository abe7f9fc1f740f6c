"""The parts of the 3D view that need no graphics card."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.render.scenes import cameras_in_room, room, scene_of, tilt_shift_lens, two_cubes
from viewer.model.camera import Camera, Cameras, pinhole_lens
from viewer.model.mesh import split_at_objects
from viewer.model.octomap import Octomap, morton
from viewer.model.scene import Scene
from viewer.render.background import Background
from viewer.render.bounds import scene_bounds
from viewer.render.layers.cameras import frustum_points
from viewer.render.layers.registry import LAYERS
from viewer.render.look_through import LookThrough
from viewer.render.object_table import runs
from viewer.render.rulers import metric_text, round_length
from viewer.render.strokes import StrokeRecorder
from viewer.render.visuals.voxel_faces import ExposedFaces, FaceSearch, exposed_faces


def recorded(press: tuple[int, int], *moves: tuple[int, int]) -> list[tuple[int, ...]]:
    recorder = StrokeRecorder(press, (10, 10))
    for move in moves:
        recorder.move(move)
    return [tuple(point) for point in recorder.path.tolist()]


def test_a_stroke_inside_the_window_is_recorded_whole() -> None:
    assert recorded((1, 2), (3, 4), (5, 6)) == [(1, 2), (3, 4), (5, 6)]


def test_after_leaving_the_window_the_first_position_back_inside_is_not_recorded() -> None:
    assert recorded((1, 1), (12, 5), (8, 5), (7, 5)) == [(1, 1), (7, 5)]


def test_a_press_outside_records_nothing_until_the_second_position_inside() -> None:
    assert recorded((-3, 4), (2, 4), (3, 4)) == [(3, 4)]
    assert recorded((-3, 4), (-2, 4)) == []


def test_the_last_column_is_inside_and_the_next_is_not() -> None:
    assert recorded((9, 9), (9, 8), (10, 8)) == [(9, 9), (9, 8)]


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=60, unique=True), st.integers(0, 50))
def test_runs_cover_all_indices_and_no_gap_wider_than_allowed(values: list[int], gap: int) -> None:
    indices = np.array(sorted(values))
    found = runs(indices, gap)
    covered = np.concatenate([np.arange(a, b + 1) for a, b in found])
    assert np.isin(indices, covered).all()
    assert all(b + gap + 1 < c for (_, b), (c, _) in pairwise(found))
    assert not np.isin(np.array([a for a, _ in found] + [b for _, b in found]), indices, invert=True).any()


@pytest.mark.parametrize("size", [(800, 600), (900, 300), (300, 900), (320, 240)])
def test_the_window_of_a_camera_casts_its_rays(size: tuple[int, int]) -> None:
    camera = cameras_in_room(tilt_shift_lens()).trajectories[0].camera_at(1)
    look = LookThrough(camera)
    left, top, width, height = look.rectangle(*size)
    scale = look.scale(*size)
    window = look.window_camera(*size)

    image_pixels = np.array([[0, 0], [319, 239], [100.5, 20.25]])
    window_pixels = (image_pixels + 0.5) * scale + (left, top) - 0.5

    assert np.allclose(window.cast_rays(window_pixels), camera.cast_rays(image_pixels))
    assert width <= size[0] + 1e-9
    assert height <= size[1] + 1e-9
    assert window.lens.width, window.lens.height == size


@given(st.floats(1e-4, 1e5))
def test_round_lengths_are_round_and_at_most_as_long(metres: float) -> None:
    length = round_length(metres)
    assert metres / 2.5 <= length <= metres * (1 + 1e-9)
    assert metric_text(length).split()[0].strip("0.") in ("1", "2", "5")


def test_lengths_are_written_in_the_unit_people_use() -> None:
    texts = [metric_text(metres) for metres in (0.002, 0.05, 0.5, 1.0, 20.0, 5000.0)]
    assert texts == ["2 mm", "5 cm", "50 cm", "1 m", "20 m", "5 km"]


def test_a_scene_without_anything_still_has_room_around_it() -> None:
    low, high = scene_bounds(Scene("empty", Path("empty"), 0.001), None, None)
    assert ((high - low) * 0.001 > 1).all()


def test_the_bounds_of_a_mesh_are_in_world_units() -> None:
    mesh = two_cubes(100.0)
    low, high = scene_bounds(scene_of(mesh), split_at_objects(mesh), None)
    assert np.allclose(low, (-150, -50, -50))
    assert np.allclose(high, (150, 50, 50))


def test_a_frustum_is_skewed_as_its_lens_is() -> None:
    lens = tilt_shift_lens()
    trajectory = cameras_in_room(lens).trajectories[0]
    points = frustum_points(lens, trajectory.world_from_cam, 0.5)
    for row in range(len(trajectory)):
        camera = trajectory.camera_at(row)
        pixels, _ = camera.project(points[row, 1:5])
        assert np.allclose(pixels, [[-0.5, -0.5], [319.5, -0.5], [319.5, 239.5], [-0.5, 239.5]])
        assert np.allclose(points[row, 0], camera.position)


def test_every_layer_has_its_own_key_and_a_style_that_a_form_can_show() -> None:
    keys = [layer.key for layer in LAYERS]
    assert len(set(keys)) == len(keys)
    for kind in LAYERS:
        layer = kind()
        assert kind.title
        assert is_dataclass(layer.style)
        assert hasattr(layer.style, "visible")
        for entry in fields(layer.style):
            value = getattr(layer.style, entry.name)
            assert entry.metadata["title"]
            if entry.metadata["choices"]:
                assert value in entry.metadata["choices"]
            elif not isinstance(value, bool | str):
                assert entry.metadata["min"] <= value <= entry.metadata["max"]


def test_layers_without_their_part_have_nothing_to_draw() -> None:
    for kind in LAYERS:
        layer = kind()
        layer.set_scene(Scene("empty", Path("empty")))
        assert layer.is_available == (kind.needs is None)


def test_camera_frames_are_numbered_across_trajectories() -> None:
    from viewer.model.frames import FrameId
    from viewer.render.layers.cameras import CamerasLayer

    one = cameras_in_room().trajectories[0]
    two = type(one)("cam_01", one.frame_ids, one.world_from_cam, one.lens)
    layer = CamerasLayer()
    layer.set_scene(scene_of(room(), Cameras((one, two))))
    assert layer.frame_at(0) == FrameId("cam_00", 0)
    assert layer.frame_at(4) == FrameId("cam_01", 5)
    assert layer.frame_at(6) is None


def octomap(keys: list[tuple[int, int, int]], depths: list[int], occupied: list[bool]) -> Octomap:
    return Octomap(0.1, np.array(keys, np.uint16), np.array(depths, np.uint8), np.array(occupied))


def faces_of(tree: Octomap, occupied: bool = True) -> set[tuple[int, int]]:
    own = tree.occupied if occupied else ~tree.occupied
    search = FaceSearch(tree, own, own)
    for _ in search.steps():
        pass
    leaves, directions, _ = search.result()
    return set(zip(leaves.tolist(), directions.tolist(), strict=True))


def test_morton_order_keeps_every_octant_together() -> None:
    keys = np.array([[x, y, z] for x in range(8) for y in range(8) for z in range(8)])
    code = morton(keys)
    assert len(np.unique(code)) == 512
    for corner in keys[(keys % 4 == 0).all(axis=1)]:
        inside = ((keys >= corner) & (keys < corner + 4)).all(axis=1)
        assert np.array_equal(np.sort(code[inside]), np.arange(64) + morton(corner[None])[0])


def test_a_single_voxel_shows_all_its_faces() -> None:
    assert faces_of(octomap([(100, 100, 100)], [16], [True])) == {(0, way) for way in range(6)}


def test_neighbours_hide_the_faces_between_them() -> None:
    tree = octomap([(100, 100, 100), (101, 100, 100)], [16, 16], [True, True])
    assert faces_of(tree) == {(0, w) for w in (0, 2, 3, 4, 5)} | {(1, w) for w in (1, 2, 3, 4, 5)}


def test_free_space_hides_no_occupied_face() -> None:
    tree = octomap([(100, 100, 100), (101, 100, 100)], [16, 16], [True, False])
    assert len(faces_of(tree)) == 6
    assert len(faces_of(tree, occupied=False)) == 6


def test_a_large_leaf_is_covered_only_where_all_of_its_face_is() -> None:
    big = (96, 96, 96)
    small = [(100, y, z) for y in range(96, 100) for z in range(96, 100)]
    full = octomap([big, *small], [14] + [16] * 16, [True] * 17)
    assert (0, 1) not in faces_of(full)
    partly = octomap([big, *small[:1]], [14, 16], [True] * 2)
    assert (0, 1) in faces_of(partly)
    # the small one is covered by the large one whatever its size
    assert (1, 0) not in faces_of(partly)


def test_voxels_at_the_rim_of_the_tree_are_no_trouble() -> None:
    tree = octomap([(0, 0, 0), (65535, 65535, 65535)], [16, 16], [True, True])
    assert len(faces_of(tree)) == 12


def test_only_faces_before_the_unknown_bound_it() -> None:
    tree = octomap([(100, 100, 100), (101, 100, 100)], [16, 16], [False, True])
    search = FaceSearch(tree, ~tree.occupied, np.ones(2, bool))
    for _ in search.steps():
        pass
    leaves, directions, _ = search.result()
    assert leaves.tolist() == [0] * 5
    assert 1 not in directions.tolist(), "upwards along x there is something"


def _faces_of_noise(count: int) -> tuple[Octomap, ExposedFaces]:
    keys = np.unique(np.random.default_rng(0).integers(0, 70, (count, 3)), axis=0) + 32768 - 35
    tree = Octomap(0.1, keys.astype(np.uint16), np.full(len(keys), 16, np.uint8), np.ones(len(keys), bool))
    all_of_it = np.ones(len(keys), bool)
    faces = exposed_faces(tree, all_of_it, all_of_it, 5, lambda: None)
    assert faces is not None
    return tree, faces


def test_no_face_that_can_be_seen_is_left_out() -> None:
    _, faces = _faces_of_noise(60_000)
    stretches = faces.stretches
    assert len(stretches.starts) > 200
    assert stretches.counts.sum() == len(faces.rows)
    axes, upward = faces.rows[:, 3].astype(int) % 8 >> 1, faces.rows[:, 3].astype(int) & 1
    middles = faces.rows[:, :3] + faces.origin + 0.05
    middles[np.arange(len(axes)), axes] += np.where(upward, 0.05, -0.05)
    lens = pinhole_lens(64, 48, 0.9)
    random = np.random.default_rng(1)
    shares: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(10):
        eye = random.uniform(-5, 5, 3)
        rotation = np.linalg.qr(random.normal(size=(3, 3)))[0]
        rotation[:, 2] *= np.linalg.det(rotation)
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = rotation, eye
        camera = Camera(lens, pose)
        pixels, depths = camera.project(middles)
        inside = (depths > 0) & (np.abs(pixels - [31.5, 23.5]) < [32, 24]).all(axis=1)
        towards = np.where(upward, 1, -1) * (eye - middles)[np.arange(len(axes)), axes] > 0
        for both_sides in (False, True):
            seen = stretches.seen_from(camera, both_sides=both_sides)
            assert len(np.unique(seen)) == len(seen)
            drawn = np.zeros(len(faces.rows), bool)
            for first, count in zip(stretches.starts[seen], stretches.counts[seen], strict=True):
                drawn[first : first + count] = True
            assert not (inside & (towards | both_sides) & ~drawn).any()
            shares[both_sides].append(drawn.mean())
    assert np.mean(shares[False]) < np.mean(shares[True]) < 0.9, "and something is left out"


def test_the_number_of_a_leaf_goes_to_the_graphics_card_exactly() -> None:
    tree, faces = _faces_of_noise(3000)
    rows = faces.rows[:, 4].astype(int) - 5
    assert np.allclose(tree.lows[rows], faces.rows[:, :3] + faces.origin, atol=1e-5)


def test_a_search_nobody_waits_for_ends() -> None:
    started, ended = threading.Event(), threading.Event()

    def work(check: Callable[[], None]) -> int:
        started.set()
        try:
            while True:
                check()
        finally:
            ended.set()

    waits = Background(work).waits()
    next(waits)
    assert started.wait(10)
    waits.close()
    assert ended.wait(10)


def test_what_goes_wrong_in_the_background_is_told_where_the_result_is_wanted() -> None:
    def work(_check: Callable[[], None]) -> int:
        raise ValueError("no")

    task = Background(work)
    for _ in task.waits():
        pass
    with pytest.raises(ValueError, match="no"):
        _ = task.result
