from __future__ import annotations

import numpy as np
import pytest

from viewer.app.thumbnails import shrink
from viewer.app.timeline import NO_TIMELINE, FrameKind, Timeline

BOTH, POSE, IMAGE = FrameKind.POSE_AND_IMAGE, FrameKind.POSE_ONLY, FrameKind.IMAGE_ONLY
LINE = Timeline("cam_00", np.array([0, 1, 3, 7, 9]), np.array([BOTH, POSE, BOTH, POSE, IMAGE]))


def test_kinds_are_told_by_frame_id() -> None:
    assert [LINE.kind_of(frame) for frame in (0, 1, 2, 9, 50)] == [BOTH, POSE, None, IMAGE, None]
    assert LINE.pictured.tolist() == [0, 3, 9]


@pytest.mark.parametrize(
    ("frame", "by", "options", "expected"),
    [
        (0, 1, {}, 1),
        (0, 1, {"only_pictured": True}, 3),
        (3, -1, {"only_pictured": True}, 0),
        (1, 1, {"only_pictured": True}, 3),
        (1, -1, {"only_pictured": True}, 0),
        (9, 1, {}, None),
        (9, 1, {"loop": True}, 0),
        (0, -1, {"loop": True}, 9),
        (7, 10, {}, 9),
        (2, 1, {}, 3),
        (2, -1, {}, 1),
        (0, 0, {}, None),
    ],
)
def test_stepping_visits_the_frames_that_exist(
    frame: int, by: int, options: dict[str, bool], expected: int | None
) -> None:
    assert LINE.step(frame, by, **options) == expected


def test_a_camera_without_any_image_is_stepped_by_its_poses() -> None:
    line = Timeline("cam_01", np.array([0, 4]), np.array([POSE, POSE]))
    assert line.step(0, 1, only_pictured=True) == 4


def test_the_nearest_frame_is_found_across_gaps() -> None:
    assert [LINE.nearest(x) for x in (-5, 1.9, 5.2, 100)] == [0, 1, 7, 9]
    assert LINE.nearest(1.9, only_pictured=True) == 3


def test_no_timeline_leads_nowhere() -> None:
    assert NO_TIMELINE.step(0, 1) is None
    assert NO_TIMELINE.nearest(3) is None


def test_small_pictures_average_blocks() -> None:
    rgb = np.zeros((4, 8, 3), np.uint8)
    rgb[:2, :2] = 100
    rgb[0, 0] = 60
    small = shrink(rgb, 4)
    assert small.shape == (2, 4, 3)
    assert small[0, 0].tolist() == [90, 90, 90]
    assert shrink(rgb, 100).shape == rgb.shape
