from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from viewer.app.octomap_facts import octomap_facts, with_octomap
from viewer.jobs.job import Progress
from viewer.model.camera import Cameras, Trajectory, pinhole_lens
from viewer.model.octomap import KEY_ORIGIN, Octomap
from viewer.model.scene import Gap, Scene

METRES_PER_UNIT = 0.5


def _octomap(**more: object) -> Octomap:
    """A free cube of four voxels at the origin, an occupied voxel beside it; a voxel is a unit."""
    keys = np.array([[0, 0, 0], [4, 0, 0]]) + KEY_ORIGIN
    return Octomap(1.0, keys, [14, 16], [False, True], **more)  # type: ignore[arg-type]


def _scene(positions: list[list[float]]) -> Scene:
    poses = np.tile(np.eye(4), (len(positions), 1, 1))
    poses[:, :3, 3] = np.reshape(positions, (-1, 3))
    path = Trajectory("cam_00", 10 * np.arange(len(positions)), poses, pinhole_lens(8, 6, 1.0))
    return Scene("s", Path("s"), METRES_PER_UNIT, parts={Cameras: Cameras((path,))})


def test_cameras_in_free_space_are_no_strays() -> None:
    facts = octomap_facts(_scene([[1, 1, 1], [3.9, 0.1, 2]]), _octomap(), Progress.silent())
    assert (facts.strays, facts.camera_count) == ((), 2)


@pytest.mark.parametrize(
    ("position", "why"),
    [
        ([4.5, 0.5, 0.5], "stands in an occupied cube"),
        ([-0.5, 1, 1], "stands in unknown space"),
        ([np.nan, 1, 1], "its position is not a finite number"),
    ],
)
def test_a_stray_camera_is_told_with_its_frame_and_the_reason(position: list[float], why: str) -> None:
    facts = octomap_facts(_scene([[1, 1, 1], position]), _octomap(), Progress.silent())
    (stray,) = facts.strays
    assert (stray.frame.camera, stray.frame.frame, stray.why) == ("cam_00", 10, why)


def test_the_bounds_of_free_space_reach_to_the_outer_faces_of_its_voxels() -> None:
    octomap = _octomap(free_space_min=np.array([0.5, 0.5, 0.5]), free_space_max=np.array([3.5, 3.5, 1.5]))
    scene = _scene([[0.01, 1, 1.99], [1, 1, 3], [-3, -4, 1]])
    facts = octomap_facts(scene, octomap, Progress.silent())
    assert [stray.why for stray in facts.strays] == [
        "0.50 m outside the bounds of free space",
        "stands in unknown space; 2.50 m outside the bounds of free space",
    ]


def test_a_place_is_described_by_state_and_size() -> None:
    facts = octomap_facts(_scene([]), _octomap(), Progress.silent())
    words = [facts.words_at(np.array(p, float), METRES_PER_UNIT) for p in ([1, 1, 1], [4.5, 0, 0], [9, 9, 9])]
    assert words == ["free cube of 2 m", "occupied cube of 0.5 m", "unknown space"]


def test_another_octomap_fills_the_gap() -> None:
    titles = "Octomap", "Mesh", "Bounds of free space"
    without = Scene("s", Path("s"), gaps=tuple(Gap(title, None, "not there") for title in titles))
    bounded = _octomap(free_space_min=np.zeros(3), free_space_max=np.ones(3))
    assert [gap.what for gap in with_octomap(without, bounded, Path("here")).gaps] == ["Mesh"]
    scene = with_octomap(without, _octomap(), Path("elsewhere"))
    assert [gap.what for gap in scene.gaps] == ["Mesh", "Bounds of free space"]
    assert scene.sources["Octomap"] == Path("elsewhere")
    assert scene.part(Octomap) is not None
