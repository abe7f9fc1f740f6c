"""Frames ranked by what they see and by how near they are to a view."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from viewer.app.best_view import camera_towards
from viewer.app.rows import ShowOnly, narrowed
from viewer.app.seen_in import frames_seeing, nearest_frame, never_seen, pixels_in_frame
from viewer.app.session import OpenedScene, Session
from viewer.app.visibility import Visibility
from viewer.model.camera import Camera, Cameras, Lens, Trajectory, pinhole_lens
from viewer.model.frames import FrameId, ImageArray, Images
from viewer.model.labels import ObjectLabels
from viewer.model.scene import Scene

FRAMES = (FrameId("cam_00", 0), FrameId("cam_00", 7), FrameId("cam_01", 2))
SEEN = Visibility(
    FRAMES,
    4,
    np.array([0, 0, 1, 1, 2], np.int32),
    np.array([0, 2, 0, 3, 0], np.int32),
    np.array([5, 9, 20, 1, 5], np.int32),
)
UP = np.array([0.0, 0.0, 1.0])
LENS = pinhole_lens(8, 6, np.pi / 3)


def test_frames_are_ranked_by_the_pixels_of_the_objects_taken_together():
    rows, pixels = frames_seeing(SEEN, [0])
    assert rows.tolist() == [1, 0, 2], "frames that show equally much stand in their order"
    assert pixels.tolist() == [20, 5, 5]
    rows, pixels = frames_seeing(SEEN, [2, 3])
    assert (rows.tolist(), pixels.tolist()) == ([0, 1], [9, 1])
    assert frames_seeing(SEEN, [1])[0].tolist() == frames_seeing(SEEN, [])[0].tolist() == []


def test_a_frame_tells_the_pixels_of_every_object_in_it():
    assert pixels_in_frame(SEEN, FrameId("cam_00", 7)).tolist() == [20, 0, 0, 1]
    assert pixels_in_frame(SEEN, FrameId("cam_00", 1)) is None
    assert pixels_in_frame(SEEN, None) is None


def test_objects_that_no_frame_shows_are_told():
    assert never_seen(SEEN).tolist() == [1]


def test_lists_are_narrowed_to_what_a_frame_or_no_frame_shows():
    labels, none = ObjectLabels.none(4), np.empty(0, np.int64)
    here = pixels_in_frame(SEEN, FRAMES[0])
    assert narrowed(ShowOnly.IN_FRAME, labels, none, none, here).tolist() == [True, False, True, False]
    everywhere = SEEN.pixels_of_objects
    assert np.flatnonzero(narrowed(ShowOnly.IN_NO_FRAME, labels, none, none, everywhere)).tolist() == [1]
    assert not narrowed(ShowOnly.IN_NO_FRAME, labels, none, none, None).any(), "nothing is known"


class Source:
    cameras = ("cam_00",)

    def __init__(self, ids: list[int]) -> None:
        self._ids = np.array(ids)

    def frame_ids(self, camera: str) -> np.ndarray:
        return self._ids if camera == "cam_00" else np.empty(0, np.int64)

    def modalities(self, frame: FrameId) -> frozenset[str]:
        return frozenset({"color"})

    def read(self, frame: FrameId, modality: str) -> ImageArray:
        raise AssertionError("the nearest frame is found without reading")


def looking(x: float, turn: float, lens: Lens = LENS) -> Camera:
    eye = np.array([x, 0.0, 1.0])
    return camera_towards(lens, eye, eye + np.array([np.cos(turn), np.sin(turn), 0.0]), UP)


def session(ids: list[int], *poses: Camera, metres: float = 1.0) -> Session:
    made = Session()
    stack = np.stack([pose.world_from_cam for pose in poses])
    trajectory = Trajectory("cam_00", np.arange(len(poses)) * 3, stack, LENS)
    parts = {Cameras: Cameras((trajectory,)), Images: Images(Source(ids))}
    made.replace_scene(OpenedScene(Scene("made", Path("made"), metres, parts=parts)))
    return made


def test_the_nearest_frame_is_near_and_looks_the_same_way():
    made = session([0, 3, 6], looking(0, 0), looking(1, 0), looking(1.2, np.pi))
    assert nearest_frame(made, looking(0.2, 0.1)) == FrameId("cam_00", 0)
    assert nearest_frame(made, looking(1.3, 0)) == FrameId("cam_00", 3)
    assert nearest_frame(made, looking(1.1, 3)) == FrameId("cam_00", 6)


def test_distance_is_metric_whatever_the_units():
    made = session([0, 3], looking(0, 0), looking(300, np.pi / 2), metres=0.01)
    # 2.9 m and no turn, against 0.1 m and a quarter turn (worth 3.1 m)
    assert nearest_frame(made, looking(290, 0)) == FrameId("cam_00", 0)


def test_frames_with_an_image_come_before_nearer_ones_without():
    poses = (looking(0, 0), looking(5, 0))
    assert nearest_frame(session([3], *poses), looking(0, 0)) == FrameId("cam_00", 3)
    assert nearest_frame(session([], *poses), looking(0, 0)) == FrameId("cam_00", 0)


def test_a_pose_that_is_not_a_number_is_never_the_nearest():
    broken = Camera(LENS, np.full((4, 4), np.nan))
    assert nearest_frame(session([0, 3], broken, looking(5, 0)), looking(0, 0)) == FrameId("cam_00", 3)
    assert nearest_frame(session([0], broken), looking(0, 0)) is None
    assert nearest_frame(Session(), looking(0, 0)) is None
