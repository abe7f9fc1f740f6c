"""Where a scene is cut open."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from viewer.app.clipping import (
    box_around,
    box_from_numbers,
    ceiling_cut,
    clip_axes,
    cut_along,
    limits_along,
    range_in_metres,
)
from viewer.model.camera import Cameras, Trajectory, pinhole_lens
from viewer.model.clip_box import ClipBox
from viewer.model.scene import Scene

INCH = 0.0254


def a_scene(
    metres_per_unit: float = INCH, up=(0.0, 0.0, 1.0), camera_heights_m: tuple[float, ...] = ()
) -> Scene:
    scene = Scene("cut", Path("cut"), metres_per_unit, up=np.array(up))
    if not camera_heights_m:
        return scene
    poses = np.tile(np.eye(4), (len(camera_heights_m), 1, 1))
    poses[:, :3, 3] = np.outer(camera_heights_m, up) / metres_per_unit
    ids = np.arange(len(poses))
    return scene.with_parts(Cameras((Trajectory("cam_00", ids, poses, pinhole_lens(8, 6, 1.0)),)))


def bounds_of(height_m: float, metres_per_unit: float = INCH) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros(3), np.array([4.0, 5.0, height_m]) / metres_per_unit


@pytest.mark.parametrize("metres_per_unit", [1.0, INCH, 0.001])
def test_a_room_is_cut_at_three_quarters_of_its_height(metres_per_unit: float) -> None:
    box = ceiling_cut(a_scene(metres_per_unit), bounds_of(2.8, metres_per_unit))
    assert box.high[2] * metres_per_unit == pytest.approx(2.1, abs=0.02)
    assert box.low[2] < -1e9
    assert box.high[0] > 1e9


def test_a_house_is_cut_above_its_cameras() -> None:
    box = ceiling_cut(a_scene(camera_heights_m=(1.4, 1.5, 1.6, 4.5)), bounds_of(9.0))
    assert box.high[2] * INCH == pytest.approx(2.15, abs=0.02)


def test_the_height_is_measured_along_up_whatever_that_is() -> None:
    scene = a_scene(1.0, up=(0.0, -1.0, 0.0))
    axis = clip_axes(scene.up)[0]
    bounds = np.array([0.0, -2.8, 0.0]), np.array([4.0, 0.0, 5.0])
    assert limits_along(axis, bounds, 1.0) == pytest.approx((0.0, 2.8))
    box = ceiling_cut(scene, bounds)
    assert box.low[1] == pytest.approx(-2.1)
    assert box.high[1] > 1e9
    assert [other.title for other in clip_axes(scene.up)] == ["Height", "x", "z"]


def test_an_end_may_be_open() -> None:
    axis = clip_axes(np.array([0.0, 0, 1]))[0]
    box = cut_along(ClipBox.whole(), axis, 0.5, None, INCH)
    assert range_in_metres(box, axis, INCH) == (pytest.approx(0.5), None)
    assert range_in_metres(cut_along(box, axis, None, None, INCH), axis, INCH) == (None, None)
    assert cut_along(box, axis, None, None, INCH).is_whole


def test_a_flat_scene_has_something_to_slide() -> None:
    low, high = limits_along(clip_axes(np.array([0.0, 0, 1]))[0], (np.zeros(3), np.zeros(3)), 1.0)
    assert high > low


def test_a_box_around_something_leaves_room() -> None:
    box = box_around(np.zeros(3), np.ones(3), 0.01)
    assert box.low.tolist() == [-25] * 3
    assert box.high.tolist() == [26] * 3


@pytest.mark.parametrize(
    "numbers",
    [[], [1, 2, 3], [0, 0, 0, 1, 1, "x"], [0, 0, 0, 1, 1, float("nan")], [2, 0, 0, 1, 1, 1], [None] * 6],
)
def test_numbers_that_are_no_box_are_refused(numbers: list[object]) -> None:
    assert box_from_numbers(numbers) is None


def test_a_box_comes_back_from_its_numbers() -> None:
    box = ClipBox.whole().with_range(2, -1, 2)
    assert box_from_numbers([*box.low.tolist(), *box.high.tolist()]).equals(box)
