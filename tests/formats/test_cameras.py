from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.builders import poses, save, write_cameras, write_text
from viewer.errors import FormatError
from viewer.formats.hypersim.cameras import camera_names, read_trajectory
from viewer.model.camera import Trajectory, pinhole_lens

LENS = pinhole_lens(8, 6, np.pi / 3)
FOLDER = "_detail/cam_00"


def _read(scene: Path) -> tuple[Trajectory, list[str]]:
    trajectory, faults = read_trajectory(scene, "cam_00", LENS)
    return trajectory, [fault.message for fault in faults]


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    write_cameras(tmp_path)
    return tmp_path


def test_keyframes_have_their_ids_and_gaps(scene: Path) -> None:
    trajectory, faults = _read(scene)
    assert trajectory.frame_ids.tolist() == [0, 1, 3, 7]
    assert trajectory.frame_time_s == 0.5
    assert faults == []


def test_the_camera_looks_where_the_file_says(scene: Path) -> None:
    trajectory, _ = _read(scene)
    assert trajectory.look_at is not None
    for row in range(4):
        camera = trajectory.camera_at(row)
        pixel, depth = camera.project(trajectory.look_at[row : row + 1])
        assert np.allclose(pixel, [[3.5, 2.5]])
        assert np.allclose(depth, 5)


def test_up_in_the_world_is_up_in_the_image(scene: Path) -> None:
    camera = _read(scene)[0].camera_at(0)
    pixels, _ = camera.project(camera.position + np.array([[0.0, 5, 0], [0, 5, 1], [1, 5, 0]]))
    assert pixels[1, 1] < pixels[0, 1]
    assert pixels[2, 0] > pixels[0, 0]


def test_the_rotation_is_kept_as_the_file_has_it(scene: Path) -> None:
    _, rotations = poses(4)
    assert np.array_equal(_read(scene)[0].world_from_cam[:, :3, :3], rotations * (1, -1, -1))


def test_look_at_and_frame_time_are_optional(scene: Path) -> None:
    (scene / FOLDER / "camera_keyframe_look_at_positions.hdf5").unlink()
    (scene / FOLDER / "metadata_camera.csv").unlink()
    trajectory, faults = _read(scene)
    assert (trajectory.look_at, trajectory.frame_time_s, faults) == (None, None, [])


def test_without_frame_ids_the_keyframes_are_numbered(scene: Path) -> None:
    (scene / FOLDER / "camera_keyframe_frame_indices.hdf5").unlink()
    trajectory, faults = _read(scene)
    assert trajectory.frame_ids.tolist() == [0, 1, 2, 3]
    assert faults == ["the file is missing: keyframes are numbered 0 to 3"]


def test_poses_that_are_not_finite_are_left_out(scene: Path) -> None:
    positions, _ = poses(4)
    positions[1, 2] = np.nan
    save(scene / FOLDER / "camera_keyframe_positions.hdf5", positions)
    trajectory, faults = _read(scene)
    assert trajectory.frame_ids.tolist() == [0, 3, 7]
    assert faults == ["expected usable poses, found one of frame 1 that is not: it is left out"]


def test_flat_orientations_are_left_out(scene: Path) -> None:
    _, rotations = poses(4)
    rotations[3] = 0
    save(scene / FOLDER / "camera_keyframe_orientations.hdf5", rotations)
    trajectory, faults = _read(scene)
    assert trajectory.frame_ids.tolist() == [0, 1, 3]
    assert faults == ["expected usable poses, found one of frame 7 that is not: it is left out"]


def test_a_matrix_that_is_no_rotation_is_told(scene: Path) -> None:
    _, rotations = poses(4)
    rotations[2] *= 2
    save(scene / FOLDER / "camera_keyframe_orientations.hdf5", rotations)
    trajectory, faults = _read(scene)
    assert len(trajectory) == 4
    assert faults == [
        "expected rotations, found a matrix of frame 3 that is none: 1 keyframes may look distorted"
    ]


@pytest.mark.parametrize(
    ("name", "array", "sentence"),
    [
        ("positions", np.zeros((4, 2)), "expected an array of shape (n, 3), found (4, 2)"),
        ("orientations", np.zeros((3, 3, 3)), "expected an array of shape (4, 3, 3), found (3, 3, 3)"),
        ("frame_indices", np.arange(3), "expected 4 rows, found 3"),
        ("frame_indices", np.array([0, 1, 1, 2]), "expected every frame id once, found 1 again"),
        ("frame_indices", np.array([-1, 0, 1, 2]), "expected frame ids of 0 or more, found -1"),
        ("frame_indices", np.zeros(4), "expected integers, found values of type float64"),
    ],
)
def test_malformed_poses_are_refused(scene: Path, name: str, array: Any, sentence: str) -> None:
    path = save(scene / FOLDER / f"camera_keyframe_{name}.hdf5", array)
    with pytest.raises(FormatError) as caught:
        _read(scene)
    assert (caught.value.message, caught.value.path) == (sentence, path)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("camera_keyframe_look_at_positions.hdf5", "x", "expected an HDF5 file, found something else"),
        ("metadata_camera.csv", "", "expected a header line, found an empty file"),
        (
            "metadata_camera.csv",
            "parameter_name,parameter_value\nframe_time_seconds,soon\n",
            "expected a number for 'frame_time_seconds', found 'soon'",
        ),
    ],
)
def test_a_broken_extra_leaves_the_poses(scene: Path, name: str, content: str, sentence: str) -> None:
    write_text(scene / FOLDER / name, content)
    trajectory, faults = _read(scene)
    assert len(trajectory) == 4
    assert faults == [sentence]


def test_cameras_are_listed_by_the_table_then_by_their_folders(scene: Path) -> None:
    write_text(scene / "_detail/metadata_cameras.csv", "camera_name\ncam_01\n")
    (scene / "_detail/mesh").mkdir()
    assert camera_names(scene) == ("cam_01", "cam_00")
