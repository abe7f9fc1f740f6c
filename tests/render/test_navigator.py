"""Gestures feel the same in every unit and at every frame rate. No OpenGL."""

from __future__ import annotations

import numpy as np
import pytest

from viewer.render.navigator import FLY_METRES_PER_SECOND, Navigator
from viewer.render.orbit_camera import OrbitCamera

UNITS = [1.0, 0.01, 0.0254, 0.001]


def navigator(metres_per_unit: float = 1.0, under: tuple[float, float, float] | None = None) -> Navigator:
    camera = OrbitCamera()
    hit = None if under is None else np.array(under) / metres_per_unit
    found = Navigator(camera, lambda _x, _y: hit)
    found.metres_per_unit = metres_per_unit
    found.size = (800, 600)
    camera.reach = 2.5 / metres_per_unit
    return found


def flown(nav: Navigator, seconds: float, step: float) -> float:
    """Metres flown in a time."""
    start = nav.camera.eye.copy()
    for _ in range(round(seconds / step)):
        nav.tick(step)
    return float(np.linalg.norm(nav.camera.eye - start)) * nav.metres_per_unit


@pytest.mark.parametrize("metres_per_unit", UNITS)
def test_flying_covers_the_same_metres_in_every_unit(metres_per_unit: float) -> None:
    nav = navigator(metres_per_unit)
    nav.press_key("W", shift=False)
    assert flown(nav, 2.0, 1 / 60) == pytest.approx(FLY_METRES_PER_SECOND * (2 - 0.09), rel=0.01)


@pytest.mark.parametrize("step", [1 / 120, 1 / 60, 0.1, 0.25])
def test_flying_covers_the_same_metres_at_every_frame_rate(step: float) -> None:
    nav = navigator()
    nav.press_key("D", shift=False)
    assert flown(nav, 1.0, step) == pytest.approx(FLY_METRES_PER_SECOND * (1 - 0.09), rel=0.01)


def test_letting_go_comes_to_rest_smoothly() -> None:
    nav = navigator()
    nav.press_key("W", shift=False)
    flown(nav, 1.0, 1 / 60)
    nav.release_key("W", shift=False)
    first = flown(nav, 1 / 60, 1 / 60)
    assert 0 < first < FLY_METRES_PER_SECOND / 60
    flown(nav, 1.0, 1 / 60)
    assert not nav.is_moving


def test_the_six_keys_go_six_ways() -> None:
    ways = {"W": (0, 1), "S": (0, -1), "D": (1, 1), "A": (1, -1), "R": (2, 1), "F": (2, -1)}
    for key, (axis, sign) in ways.items():
        nav = navigator()
        nav.camera.azimuth = np.pi / 2
        axes = [nav.camera.forward, nav.camera.right, nav.camera.up]
        nav.press_key(key, shift=False)
        flown(nav, 0.5, 1 / 60)
        assert nav.camera.eye @ axes[axis] * sign > 0.3
        nav.camera.eye -= axes[axis] * (nav.camera.eye @ axes[axis])
        assert np.allclose(nav.camera.eye, 0, atol=1e-9)


def test_minus_and_equals_change_the_speed_and_shift_sprints() -> None:
    nav = navigator()
    assert nav.press_key("=", shift=False)
    assert nav.speed == pytest.approx(FLY_METRES_PER_SECOND * 1.25)
    assert nav.press_key("-", shift=False)
    assert nav.speed == pytest.approx(FLY_METRES_PER_SECOND)
    assert not nav.press_key("X", shift=False)
    nav.press_key("W", shift=True)
    assert flown(nav, 2.0, 1 / 60) > 2.5 * FLY_METRES_PER_SECOND


@pytest.mark.parametrize("metres_per_unit", UNITS)
def test_the_wheel_moves_by_a_share_of_the_distance_in_every_unit(metres_per_unit: float) -> None:
    nav = navigator(metres_per_unit, under=(4.0, 0.0, 0.0))
    nav.dolly(399, 299, 1.0)
    assert np.linalg.norm(nav.camera.eye) * metres_per_unit == pytest.approx(0.56, rel=1e-6)


@pytest.mark.parametrize("metres_per_unit", UNITS)
def test_the_wheel_over_nothing_still_moves(metres_per_unit: float) -> None:
    nav = navigator(metres_per_unit)
    nav.dolly(399, 299, 1.0)
    assert np.linalg.norm(nav.camera.eye) * metres_per_unit == pytest.approx(2.5 * 0.14, rel=1e-3)


def test_many_small_wheel_steps_go_as_far_as_one_big_one() -> None:
    small, big = navigator(under=(4.0, 0.0, 0.0)), navigator(under=(4.0, 0.0, 0.0))
    for _ in range(20):
        small.dolly(399, 299, 0.05)
    big.dolly(399, 299, 1.0)
    assert np.linalg.norm(small.camera.eye) == pytest.approx(float(np.linalg.norm(big.camera.eye)), rel=0.08)


def test_a_drag_orbits_about_what_was_under_the_press() -> None:
    nav = navigator(under=(3.0, 0.4, -0.2))
    before, _ = nav.camera.camera(800, 600).project(np.array([[3.0, 0.4, -0.2]]))
    nav.grab(400, 300)
    nav.orbit_to(520, 250)
    after, _ = nav.camera.camera(800, 600).project(np.array([[3.0, 0.4, -0.2]]))
    assert np.allclose(before, after, atol=1e-6)
    assert np.linalg.norm(nav.camera.eye) > 0.3


def test_a_drag_right_turns_the_room_to_the_right() -> None:
    nav = navigator(under=(3.0, 0.0, 0.0))
    beyond = np.array([[6.0, 0.0, 0.0]])
    nav.grab(400, 300)
    near_before, _ = nav.camera.camera(800, 600).project(np.array([[1.0, 0.0, 0.0]]))
    far_before, _ = nav.camera.camera(800, 600).project(beyond)
    nav.orbit_to(430, 300)
    near_after, _ = nav.camera.camera(800, 600).project(np.array([[1.0, 0.0, 0.0]]))
    far_after, _ = nav.camera.camera(800, 600).project(beyond)
    assert near_after[0, 0] > near_before[0, 0]
    assert far_after[0, 0] < far_before[0, 0]


def test_a_glide_takes_a_quarter_of_a_second_and_none_when_motion_is_unwelcome() -> None:
    nav = navigator()
    target = nav.camera.focus(np.array([3.0, 1.0, 0.5]), 1.0)
    nav.glide_to(target)
    nav.tick(0.12)
    assert nav.is_moving
    nav.tick(0.14)
    assert not nav.is_moving
    assert np.allclose(nav.camera.eye, target.eye)

    nav.camera.eye[:] = 0
    nav.reduced_motion = True
    nav.glide_to(target)
    assert not nav.is_moving
    assert np.allclose(nav.camera.eye, target.eye)
