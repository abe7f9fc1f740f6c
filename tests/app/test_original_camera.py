"""The camera of the original tool."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.app.original_camera import OriginalCamera

W, H = 1440, 985


def a_camera() -> OriginalCamera:
    return OriginalCamera.at((190, 150, 85), (60, 50, 20), W, H)


def distance(camera: OriginalCamera) -> float:
    return float(np.linalg.norm(camera.eye.astype(float) - camera.center.astype(float)))


def forward(camera: OriginalCamera) -> np.ndarray:
    return (camera.center - camera.eye) / distance(camera)


paths = st.lists(st.tuples(st.integers(0, W - 1), st.integers(0, H - 1)), min_size=2, max_size=6)


def test_the_view_begins_beside_the_box_and_at_the_mean_of_the_vertices(shared) -> None:
    from viewer.app.replay import read_mesh
    from viewer.app.session_file import read_session

    mesh = read_mesh(shared / "recorded-sessions/scene")
    session = read_session(shared / "recorded-sessions/01_rect_si/sequence.json")
    camera = OriginalCamera.initial(mesh.exact_vertices(), *session.window)
    assert np.array_equal(camera.eye, np.array(session.initial_state["eye"], np.float32))
    assert np.array_equal(camera.center, np.array(session.initial_state["center"], np.float32))


@given(paths)
def test_rotating_keeps_the_look_at_point_and_the_distance(path) -> None:
    camera = a_camera().rotated(path)
    assert np.array_equal(camera.center, a_camera().center)
    assert distance(camera) == pytest.approx(distance(a_camera()), rel=1e-5)


def test_dragging_across_the_whole_window_turns_by_half_a_turn() -> None:
    camera = a_camera().rotated([(0, 400), (W - 1, 400)])
    before, after = a_camera().eye - a_camera().center, camera.eye - camera.center
    angle = math.atan2(after[1], after[0]) - math.atan2(before[1], before[0])
    expected = math.acos(2 * (W - 1) / W - 1) - math.acos(-1)
    assert math.cos(angle) == pytest.approx(math.cos(expected), abs=1e-5)


@given(paths)
def test_the_eye_stays_a_degree_away_from_the_poles(path) -> None:
    camera = a_camera().rotated(path)
    up = (camera.eye - camera.center)[2] / distance(camera)
    assert abs(up) <= math.cos(math.radians(1)) + 1e-5


@given(paths)
def test_panning_moves_eye_and_look_at_point_alike(path) -> None:
    camera = a_camera().translated(path)
    moved = camera.eye.astype(float) - a_camera().eye
    assert np.allclose(moved, camera.center.astype(float) - a_camera().center, atol=1e-3)


def test_panning_keeps_the_look_at_plane_under_the_mouse() -> None:
    camera = a_camera().translated([(700, 500), (800, 450)])
    pixel, _ = camera.camera.project(a_camera().center[None].astype(float))
    before, _ = a_camera().camera.project(a_camera().center[None].astype(float))
    assert np.allclose(pixel - before, [[100, -50]], atol=0.01)


def test_moves_that_start_or_end_outside_the_window_do_not_count() -> None:
    path = [(10, 10), (-1, 10), (500, 400), (520, 400)]
    assert np.array_equal(a_camera().rotated(path).eye, a_camera().rotated(path[2:]).eye)


def test_scrolling_stops_ten_units_before_the_look_at_point() -> None:
    camera = a_camera().scrolled(3.0)
    assert distance(camera) == pytest.approx(distance(a_camera()) - 3, abs=1e-4)
    assert distance(a_camera().scrolled(1e6)) == pytest.approx(10, abs=1e-3)
    assert distance(a_camera().scrolled(-50.0)) == pytest.approx(distance(a_camera()) + 50, abs=1e-3)


def test_w_pushes_the_look_at_point_ahead_when_it_is_near() -> None:
    near = OriginalCamera.at((0, 0, 0), (8, 0, 0), W, H).key_pressed("w")
    assert near.eye.tolist() == [5, 0, 0]
    assert near.center.tolist() == [13, 0, 0]
    middle = OriginalCamera.at((0, 0, 0), (12, 0, 0), W, H).key_pressed("W")
    assert (middle.eye[0], middle.center[0]) == (5, 15)
    far = a_camera().key_pressed("w")
    assert np.array_equal(far.center, a_camera().center)


@pytest.mark.parametrize(
    ("key", "moved"), [("a", (0, 5, 0)), ("d", (0, -5, 0)), ("r", (0, 0, 5)), ("f", (0, 0, -5))]
)
def test_keys_move_eye_and_look_at_point_five_units(key: str, moved: tuple[float, ...]) -> None:
    camera = OriginalCamera.at((0, 0, 0), (100, 0, 0), W, H).key_pressed(key)
    assert np.allclose(camera.eye, moved)
    assert np.allclose(camera.center, np.add(moved, (100, 0, 0)))


def test_s_backs_away_from_the_look_at_point() -> None:
    camera = OriginalCamera.at((0, 0, 0), (100, 0, 0), W, H).key_pressed("s")
    assert camera.eye.tolist() == [-5, 0, 0]
    assert camera.center.tolist() == [100, 0, 0]


def test_other_keys_do_nothing() -> None:
    assert np.array_equal(a_camera().key_pressed("x").eye, a_camera().eye)


def test_resetting_puts_the_look_at_point_five_units_ahead() -> None:
    camera = a_camera().look_at_reset()
    assert distance(camera) == pytest.approx(5, abs=1e-4)
    assert np.allclose(forward(camera), forward(a_camera()), atol=1e-5)


def test_the_middle_of_the_window_looks_at_the_look_at_point() -> None:
    pixel, _ = a_camera().camera.project(a_camera().center[None].astype(float))
    assert np.allclose(pixel, [[(W - 1) / 2, (H - 1) / 2]], atol=1e-3)


def test_the_camera_has_z_up() -> None:
    camera = a_camera().camera
    assert camera.world_from_cam[2, 0] == pytest.approx(0)  # x, to the right, is level
    assert camera.world_from_cam[2, 1] < 0  # y is down
