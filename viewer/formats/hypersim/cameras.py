"""Camera trajectories: where each camera was at its keyframes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viewer.errors import FormatError
from viewer.formats.hdf5_array import read_array, read_column
from viewer.formats.hypersim import layout
from viewer.formats.hypersim.tables import read_names, read_parameter
from viewer.formats.listing import folders_allowed_in, is_file
from viewer.model.camera import Lens, Trajectory

_CAM_FROM_FILE = np.diag([1.0, -1.0, -1.0])
"""The file's cameras have y up and look along -z, ours have y down and look along z."""

_ROTATION_TOLERANCE = 1e-3
_LEAST_VOLUME = 1e-6  # of the unit cube after an orientation; less is flat and has no view


def camera_names(scene: Path) -> tuple[str, ...]:
    """Cameras of a scene folder: those in its list, then those that have a folder only.

    Raises FormatError when the list is malformed.
    """
    listed: tuple[str, ...] = ()
    table = layout.detail_folder(scene) / layout.CAMERAS_TABLE
    if is_file(table):
        listed = tuple(name.strip() for name in read_names(table, "camera_name") if name.strip())
    return tuple(dict.fromkeys((*listed, *camera_folders(scene))))


def camera_folders(scene: Path) -> tuple[str, ...]:
    """Names of the folders that hold a trajectory, by their files alone."""
    detail = layout.detail_folder(scene)
    return tuple(folder.name for folder in folders_allowed_in(detail) if is_file(folder / layout.POSITIONS))


def read_trajectory(scene: Path, name: str, lens: Lens) -> tuple[Trajectory, tuple[FormatError, ...]]:
    """A camera's keyframes, and what is wrong with them that does not stand in the way.

    Raises FormatError when poses are missing or malformed.
    """
    folder = layout.camera_folder(scene, name)
    faults: list[FormatError] = []
    positions = read_array(folder / layout.POSITIONS, shape=(None, 3), dtype=np.float64)
    count = len(positions)
    rotations = read_array(folder / layout.ORIENTATIONS, shape=(count, 3, 3), dtype=np.float64)
    frame_ids = _frame_ids(folder, count, faults)
    look_at = _optional_look_at(folder, count, faults)
    seconds = _optional_frame_time(folder, faults)

    usable = np.isfinite(positions).all(axis=1) & np.isfinite(rotations).all(axis=(1, 2))
    usable[usable] = np.abs(np.linalg.det(rotations[usable])) > _LEAST_VOLUME
    unusable = tuple(frame_ids[~usable].tolist())
    if not usable.all():
        row = int(np.flatnonzero(~usable)[0])
        left_out = "it is" if len(unusable) == 1 else f"{len(unusable)} keyframes are"
        faults.append(
            FormatError(
                f"expected usable poses, found one of frame {frame_ids[row]} that is not: "
                f"{left_out} left out",
                path=folder,
            )
        )
        positions, rotations, frame_ids = positions[usable], rotations[usable], frame_ids[usable]
        look_at = None if look_at is None else look_at[usable]
    _check_rotations(rotations, frame_ids, folder, faults)

    poses = np.zeros((len(positions), 4, 4))
    poses[:, :3, :3] = rotations @ _CAM_FROM_FILE
    poses[:, :3, 3] = positions
    poses[:, 3, 3] = 1
    return Trajectory(name, frame_ids, poses, lens, look_at, seconds, unusable), tuple(faults)


def _frame_ids(folder: Path, count: int, faults: list[FormatError]) -> NDArray[np.int64]:
    path = folder / layout.FRAME_INDICES
    if not is_file(path):
        faults.append(FormatError(f"the file is missing: keyframes are numbered 0 to {count - 1}", path=path))
        return np.arange(count, dtype=np.int64)
    ids = read_column(path, length=count)
    if len(ids) and ids.min() < 0:
        raise FormatError(f"expected frame ids of 0 or more, found {ids.min()}", path=path)
    unique, first = np.unique(ids, return_index=True)
    if len(unique) != len(ids):
        again = np.delete(ids, first)[0]
        raise FormatError(f"expected every frame id once, found {again} again", path=path)
    return np.asarray(ids, np.int64)


def _optional_look_at(folder: Path, count: int, faults: list[FormatError]) -> NDArray[np.float64] | None:
    path = folder / layout.LOOK_AT_POSITIONS
    if not is_file(path):
        return None
    try:
        return read_array(path, shape=(count, 3), dtype=np.float64)
    except FormatError as error:
        faults.append(error)
        return None


def _optional_frame_time(folder: Path, faults: list[FormatError]) -> float | None:
    path = folder / layout.CAMERA_TABLE
    if not is_file(path):
        return None
    try:
        return read_parameter(path, "frame_time_seconds")
    except FormatError as error:
        faults.append(error)
        return None


def _check_rotations(
    rotations: NDArray[np.float64], frame_ids: NDArray[np.int64], folder: Path, faults: list[FormatError]
) -> None:
    error = np.abs(rotations @ rotations.transpose(0, 2, 1) - np.eye(3)).max(axis=(1, 2))
    wrong = (error > _ROTATION_TOLERANCE) | (np.linalg.det(rotations) < 0)
    if wrong.any():
        faults.append(
            FormatError(
                f"expected rotations, found a matrix of frame {frame_ids[wrong][0]} that is none: "
                f"{np.count_nonzero(wrong)} keyframes may look distorted",
                path=folder / layout.ORIENTATIONS,
            )
        )
