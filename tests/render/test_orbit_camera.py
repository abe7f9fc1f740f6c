"""The free camera does what a hand expects. No OpenGL."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.render.orbit_camera import OrbitCamera, ViewState

ANGLE = st.floats(-1.2, 1.2)
PLACE = st.tuples(*[st.floats(-20, 20)] * 3)


def camera_at(eye: tuple[float, float, float], azimuth: float = 0.3, elevation: float = -0.2) -> OrbitCamera:
    camera = OrbitCamera()
    camera.eye = np.array(eye)
    camera.azimuth, camera.elevation = azimuth, elevation
    return camera


@given(PLACE, ANGLE, ANGLE)
def test_its_axes_are_a_right_handed_frame_without_roll(eye, azimuth, elevation):
    camera = camera_at(eye, azimuth, elevation)
    frame = camera.world_from_cam[:3, :3]
    assert np.allclose(frame @ frame.T, np.eye(3))
    assert np.linalg.det(frame) == pytest.approx(1)
    assert camera.right @ camera.up == pytest.approx(0, abs=1e-12)
    assert camera.upward @ camera.up > 0


@given(PLACE, PLACE, ANGLE, ANGLE)
def test_orbiting_keeps_the_point_under_the_cursor_where_it_is(eye, pivot, turn, tilt):
    camera = camera_at(eye)
    before = camera.camera(400, 300).cam_from_world @ [*pivot, 1]
    camera.orbit(np.array(pivot), turn, tilt)
    after = camera.camera(400, 300).cam_from_world @ [*pivot, 1]
    assert np.allclose(before, after, atol=1e-8)


def test_orbiting_stops_short_of_the_poles():
    camera = camera_at((5.0, 0.0, 2.0))
    for _ in range(50):
        camera.orbit(np.zeros(3), 0.0, 0.5)
    assert np.degrees(camera.elevation) == pytest.approx(89)
    for _ in range(50):
        camera.orbit(np.zeros(3), 0.0, -0.5)
    assert np.degrees(camera.elevation) == pytest.approx(-89)


@given(st.floats(0, 399), st.floats(0, 299), st.floats(0, 399), st.floats(0, 299))
def test_a_panned_point_follows_the_cursor(x0, y0, x1, y1):
    camera = camera_at((0.0, 0.0, 0.0))
    grabbed = camera.camera(400, 300).cast_rays(np.array([[x0, y0]]))[0] * 3.0
    camera.pan(grabbed, camera.camera(400, 300).cast_rays(np.array([[x1, y1]]))[0])
    pixel, depth = camera.camera(400, 300).project(grabbed[None])
    assert np.allclose(pixel[0], (x1, y1), atol=1e-6)
    assert depth[0] > 0


def test_panning_does_not_change_the_distance_along_the_view():
    camera = camera_at((1.0, 2.0, 3.0))
    grabbed = camera.eye + camera.forward * 4
    camera.pan(grabbed, camera.camera(400, 300).cast_rays(np.array([[30.0, 250.0]]))[0])
    assert (grabbed - camera.eye) @ camera.forward == pytest.approx(4)


@given(st.floats(0, 399), st.floats(0, 299), st.floats(0.5, 40))
def test_a_dollied_point_stays_under_the_cursor(x, y, distance):
    camera = camera_at((0.0, 0.0, 0.0))
    ray = camera.camera(400, 300).cast_rays(np.array([[x, y]]))[0]
    target = ray * distance
    camera.dolly(ray, distance, 1.0, 0.05)
    pixel, _ = camera.camera(400, 300).project(target[None])
    assert np.allclose(pixel[0], (x, y), atol=1e-6)


def test_out_undoes_in():
    camera = camera_at((0.0, 0.0, 0.0))
    ray = camera.forward
    camera.dolly(ray, 5.0, 1.0, 0.05)
    camera.dolly(ray, 5.0 - float(camera.eye @ ray), -1.0, 0.05)
    assert np.allclose(camera.eye, 0, atol=1e-9)


def test_one_can_dolly_through_a_wall():
    camera = camera_at((0.0, 0.0, 0.0))
    ray = camera.forward
    for _ in range(60):
        camera.dolly(ray, 1.0 - float(camera.eye @ ray), 1.0, 0.05)
    assert camera.eye @ ray > 1.5


def test_framing_shows_every_corner_and_wastes_little():
    camera = camera_at((0.0, 0.0, 0.0), 0.8, -0.5)
    low, high = np.array([-3.0, 1.0, 0.0]), np.array([4.0, 6.0, 2.5])
    camera.pose = camera.frame(low, high, 400 / 300)
    corners = np.array([[(low, high)[k >> axis & 1][axis] for axis in range(3)] for k in range(8)])
    pixels, depth = camera.camera(400, 300).project(corners)
    assert (depth > 0).all()
    assert (pixels > 0).all()
    assert (pixels < (399, 299)).all()
    assert np.ptp(pixels[:, 0]) > 200 or np.ptp(pixels[:, 1]) > 150


def test_from_above_north_is_up():
    camera = camera_at((0.0, 0.0, 0.0))
    camera.pose = camera.above(np.array([-2.0, -1, 0]), np.array([2.0, 1, 3]), 4 / 3)
    assert np.allclose(camera.forward, (0, 0, -1), atol=1e-9)
    assert np.allclose(camera.upward, (0, 1, 0), atol=1e-9)


def test_a_view_survives_json():
    camera = camera_at((1.0, -2.0, 0.5), 2.1, 0.4)
    camera.reach = 3.0
    again = OrbitCamera()
    again.set_view(ViewState.from_json(json.loads(json.dumps(camera.view().to_json()))))
    assert np.allclose(again.world_from_cam, camera.world_from_cam)
    assert again.reach == pytest.approx(3)


@pytest.mark.parametrize("bad", [{}, {"eye": [1, 2], "look_at": [0, 0, 0], "up": [0, 0, 1], "fov_y_deg": 60}])
def test_a_broken_view_is_refused(bad):
    with pytest.raises((KeyError, ValueError)):
        ViewState.from_json(bad)


def test_another_up_is_obeyed():
    camera = OrbitCamera((0, 1, 0))
    camera.look((1, 0, 0))
    assert np.allclose(camera.upward, (0, 1, 0))
    assert np.allclose(camera.forward, (1, 0, 0))


def test_a_glide_turns_the_short_way():
    camera = camera_at((0.0, 0.0, 0.0), np.radians(170))
    other = camera_at((0.0, 0.0, 0.0), np.radians(-170))
    half = camera.pose.towards(other.pose, 0.5)
    assert abs(np.degrees(half.azimuth)) % 360 == pytest.approx(180)


def test_the_vertical_angle_is_sixty_degrees_at_any_shape():
    for width, height in ((300, 300), (1600, 900), (400, 1200)):
        camera = camera_at((0.0, 0.0, 0.0)).camera(width, height)
        top, bottom = camera.cast_rays(np.array([[(width - 1) / 2, -0.5], [(width - 1) / 2, height - 0.5]]))
        assert np.degrees(np.arccos(top @ bottom)) == pytest.approx(60)


def test_the_camera_of_a_view_is_made_anew_only_when_the_view_changes() -> None:
    camera = OrbitCamera()
    first = camera.camera(640, 480)
    assert camera.camera(640, 480) is first

    def eye(to: OrbitCamera) -> None:
        to.eye[1] = 2.0  # in place

    changes: list[Callable[[OrbitCamera], object]] = [
        eye,
        lambda to: setattr(to, "azimuth", 1.0),
        lambda to: setattr(to, "elevation", -0.5),
        lambda to: setattr(to, "fov_y", 0.7),
        lambda to: to.set_up((0, 1, 0)),
    ]
    plain = OrbitCamera()
    for change in changes:
        before = camera.camera(640, 480)
        change(camera)
        change(plain)
        now, anew = camera.camera(640, 480), plain.copy().camera(640, 480)
        assert now is not before
        assert np.array_equal(now.world_from_cam, anew.world_from_cam)
        assert np.array_equal(now.lens.ray_from_pixel, anew.lens.ray_from_pixel)
    assert camera.camera(320, 480).lens.width == 320
