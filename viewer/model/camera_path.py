"""Moving smoothly from keyframe to keyframe."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer.model.camera import Camera, Trajectory


def along_trajectory(trajectory: Trajectory, count: int) -> tuple[Camera, ...]:
    """`count` cameras from the first keyframe to the last, evenly in time, all with the trajectory's lens.

    Frame ids are times. Positions follow a smooth curve that never overshoots its keyframes; rotations turn
    evenly the short way from one to the next. A keyframe whose matrix is no rotation counts as the nearest
    one. Raises ValueError without keyframes.
    """
    # the window starts without scipy
    from scipy.interpolate import PchipInterpolator
    from scipy.spatial.transform import Rotation, Slerp

    order = np.argsort(trajectory.frame_ids)
    times = trajectory.frame_ids[order].astype(np.float64)
    poses = trajectory.world_from_cam[order]
    if not len(times) or count < 1:
        raise ValueError(f"expected keyframes and pictures, found {len(times)} and {count}")
    rotations = Rotation.from_matrix(nearest_rotations(poses[:, :3, :3]))
    if len(times) == 1:
        return (_camera(trajectory, rotations.as_matrix()[0], poses[0, :3, 3]),) * count
    wanted = np.linspace(times[0], times[-1], count)
    positions = PchipInterpolator(times, poses[:, :3, 3], axis=0)(wanted)
    turned = Slerp(times, rotations)(wanted).as_matrix()
    return tuple(_camera(trajectory, turn, at) for turn, at in zip(turned, positions, strict=True))


def nearest_rotations(matrices: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, 3, 3) the rotations nearest to matrices (N, 3, 3)."""
    left, _, right = np.linalg.svd(matrices)
    sign = np.linalg.det(left @ right)
    left[:, :, 2] *= sign[:, None]
    return np.asarray(left @ right)


def _camera(trajectory: Trajectory, rotation: NDArray[np.float64], position: NDArray[np.float64]) -> Camera:
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = rotation, position
    return Camera(trajectory.lens, pose)
