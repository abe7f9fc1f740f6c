from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.builders import write_scene, write_text
from viewer.app.frame_reasons import no_image_words, trajectory_words
from viewer.app.session import OpenedScene, Session
from viewer.app.timeline import FrameKind, timeline_of
from viewer.formats.registry import find_scenes
from viewer.jobs.job import Progress
from viewer.model.frames import FrameId

LISTS = "scene_name,camera_name,frame_id,included_in_public_release,exclude_reason\n"


def opened(scene: Path) -> Session:
    reader, matches = find_scenes(scene)
    session = Session()
    session.replace_scene(OpenedScene(reader.survey(matches[0], Progress.silent())))
    return session


@pytest.fixture
def noted(tmp_path: Path) -> Session:
    """cam_00 has one flagged frame, cam_01 was left out as a whole."""
    scene = write_scene(tmp_path)
    rows = [("cam_00", 0, "True", ""), ("cam_00", 1, "False", "CONTENT FLAGGED FOR REMOVAL")]
    rows += [("cam_01", k, "False", "OUTSIDE VIEWING AREA (BAD TRAJECTORY)") for k in (0, 5)]
    text = "".join(f"{scene.name},{camera},{frame},{ok},{why}\n" for camera, frame, ok, why in rows)
    write_text(tmp_path / "analysis/metadata_images.csv", LISTS + text)
    return opened(scene)


def test_the_list_of_images_says_why_a_keyframe_has_none(noted: Session) -> None:
    line = timeline_of(noted, "cam_00")
    assert line.ids.tolist() == [0, 1, 3, 7]
    assert line.kind_of(1) is FrameKind.POSE_ONLY
    assert line.reason_for(1) == "CONTENT FLAGGED FOR REMOVAL"
    assert not line.reason_for(7)
    words = no_image_words(noted, FrameId("cam_00", 1))
    assert words == "frame.0001 of cam_00 is not in the public release: content flagged for removal."
    assert "not in the download" in no_image_words(noted, FrameId("cam_00", 7))
    assert "neither a pose nor an image" in no_image_words(noted, FrameId("cam_00", 99))


def test_a_trajectory_that_was_left_out_is_marked_by_the_list_of_images_alone(noted: Session) -> None:
    assert timeline_of(noted, "cam_01").exclusion.startswith("OUTSIDE")
    assert not timeline_of(noted, "cam_00").exclusion
    assert trajectory_words(noted, "cam_01") == (
        "cam_01 was left out of the dataset by its authors: outside viewing area (bad trajectory)."
    )
    assert trajectory_words(noted, "cam_00") == ""


def test_a_keyframe_without_an_image_can_be_looked_through(noted: Session) -> None:
    camera = noted.frame_camera(FrameId("cam_00", 1))
    assert camera is not None
    np.testing.assert_array_equal(camera.position, [3, 4, 5])


def test_the_list_of_trajectories_says_what_its_authors_noted(tmp_path: Path) -> None:
    scene = write_scene(tmp_path)
    write_text(
        tmp_path / "analysis/metadata_camera_trajectories.csv",
        "Animation,Scene type,Notes,Any good views of scene?\n"
        f"{scene.name}_cam_00,Bathroom,dark corner,No\n"
        f"{scene.name}_cam_01,OUTSIDE VIEWING AREA (BAD INITIALIZATION),,\n",
    )
    session = opened(scene)
    assert trajectory_words(session, "cam_00") == (
        "cam_00: Bathroom; no good views, by the authors' own note; dark corner"
    )
    assert timeline_of(session, "cam_01").reason_for(5) == "OUTSIDE VIEWING AREA (BAD INITIALIZATION)"
