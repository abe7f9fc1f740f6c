from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from viewer.model.camera import Trajectory, plain_lens
from viewer.model.camera_path import along_trajectory, nearest_rotations

LENS = plain_lens(64, 48)


def trajectory(ids: list[int], positions: list[tuple[float, float, float]], yaws: list[float]) -> Trajectory:
    poses = np.tile(np.eye(4), (len(ids), 1, 1))
    poses[:, :3, 3] = positions
    poses[:, :3, :3] = Rotation.from_euler("z", np.reshape(yaws, (-1, 1)), degrees=True).as_matrix()
    return Trajectory("cam_00", np.array(ids), poses, LENS)


def yaw_of(matrix: np.ndarray) -> float:
    return float(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0])))


def test_the_path_goes_through_every_keyframe_at_its_time() -> None:
    line = trajectory([0, 1, 3, 7], [(0, 0, 0), (1, 5, 0), (2, 0, 0), (2, 0, 9)], [0, 90, 170, 200])
    path = along_trajectory(line, 8)
    for row, frame in enumerate(line.frame_ids):
        np.testing.assert_allclose(path[frame].world_from_cam, line.world_from_cam[row], atol=1e-12)
        assert path[frame].lens is LENS


def test_positions_do_not_overshoot_and_gaps_take_their_time() -> None:
    line = trajectory([0, 1, 9, 10], [(0, 0, 0), (1, 0, 0), (1, 0, 0), (2, 0, 0)], [0, 0, 0, 0])
    x = np.array([camera.position[0] for camera in along_trajectory(line, 101)])
    assert (np.diff(x) >= -1e-12).all()
    assert np.ptp(x[10:91]) == pytest.approx(0, abs=1e-12)


def test_rotations_turn_the_short_way() -> None:
    line = trajectory([0, 2], [(0, 0, 0), (0, 0, 0)], [170, -170])
    assert abs(yaw_of(along_trajectory(line, 3)[1].world_from_cam)) == pytest.approx(180)


def test_one_keyframe_stands_still_and_none_is_refused() -> None:
    still = trajectory([4], [(1, 2, 3)], [30])
    path = along_trajectory(still, 3)
    assert [camera.position.tolist() for camera in path] == [[1, 2, 3]] * 3
    with pytest.raises(ValueError, match="found 0"):
        along_trajectory(_empty(), 3)


def _empty() -> Trajectory:
    return Trajectory("cam_00", np.empty(0, np.int64), np.empty((0, 4, 4)), LENS)


def test_what_is_no_rotation_counts_as_the_nearest_one() -> None:
    turn = Rotation.from_euler("xyz", (10, 20, 30), degrees=True).as_matrix()
    found = nearest_rotations(np.stack([turn * 1.5, turn @ np.diag([1, 1, 0.9])]))
    np.testing.assert_allclose(found, [turn, turn], atol=0.06)
    np.testing.assert_allclose(np.linalg.det(found), 1)
