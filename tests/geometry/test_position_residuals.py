"""Positions against distances: nothing between them where pose, lens and scale are right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.builders import load
from tests.lens_builders import a_pose, room_positions, tilted_lens
from viewer.formats.hypersim.camera_table import read_lens
from viewer.geometry.position_residuals import position_residuals, summarize, unproject
from viewer.model.camera import Camera, Lens, plain_lens

LENS = tilted_lens()
UNIT_M = 0.0254
FROM_FILE = np.diag([1.0, -1.0, -1.0])


def seen(lens: Lens = LENS) -> tuple[Camera, NDArray[np.float64], NDArray[np.float64]]:
    """A camera, the positions (H, W, 3) it sees and their distances (H, W) in metres."""
    camera = Camera(lens, a_pose(0))
    positions = room_positions(lens, a_pose(0))
    return camera, positions, np.linalg.norm(positions - camera.position, axis=2) * UNIT_M


def test_right_images_have_no_residual() -> None:
    camera, positions, distances = seen()
    assert position_residuals(camera, positions, distances, UNIT_M).max() < 1e-6


def test_the_plain_lens_is_centimetres_off_where_the_lens_is_tilted() -> None:
    camera, positions, distances = seen()
    wrong = position_residuals(camera.with_lens(plain_lens(128, 96)), positions, distances, UNIT_M)
    assert summarize(wrong).median_m > 0.05


def test_planar_depth_taken_for_distance_is_seen() -> None:
    camera, positions, _ = seen()
    planar = (positions - camera.position) @ camera.world_from_cam[:3, 2] * UNIT_M
    assert summarize(position_residuals(camera, positions, planar, UNIT_M)).p99_m > 0.1


def test_pixels_without_a_value_in_either_image_have_none() -> None:
    camera, positions, distances = seen()
    positions[0, 0] = np.nan
    distances[1, 1], distances[2, 2] = np.inf, np.nan
    residuals = position_residuals(camera, positions, distances, UNIT_M)
    assert np.isnan(residuals[[0, 1, 2], [0, 1, 2]]).all()
    found = summarize(residuals)
    assert found.count == 128 * 96 - 3
    assert found.p99_m < 1e-6


def test_no_residual_at_all_is_summarized_as_unknown() -> None:
    found = summarize(np.full((2, 2), np.nan, np.float32))
    assert found.count == 0
    assert np.isnan(found.median_m)


# The published depth image and its published lens, up to 105 px from the plain pinhole. These pixels show one
# plane each, as one sees in the image: the floor in front, the gable wall, the sloping roof.
def _floor(x: NDArray[np.int64], y: NDArray[np.int64]) -> NDArray[np.bool_]:
    return y > 705


def _gable(x: NDArray[np.int64], y: NDArray[np.int64]) -> NDArray[np.bool_]:
    return (y > 20) & (x > 500) & (y < 0.42 * (x - 420) - 25)


def _roof(x: NDArray[np.int64], y: NDArray[np.int64]) -> NDArray[np.bool_]:
    return (x >= 330) & (x <= 480) & (y >= 90) & (y <= 200)


def _plane(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Normal (3,) of the plane that points (N, 3) lie in, by reweighted least squares, and the root mean
    square distance to it of all of them."""
    weights = np.ones(len(points))
    normal, away = np.zeros(3), weights
    for _ in range(20):
        middle = weights @ points / weights.sum()
        offsets = points - middle
        _, axes = np.linalg.eigh((offsets * weights[:, None]).T @ offsets)
        normal = axes[:, 0]
        away = offsets @ normal
        spread = 1.4826 * float(np.median(np.abs(away)))
        weights = np.clip(1 - (away / (4.685 * max(spread, 1e-6))) ** 2, 0, None) ** 2
    return normal, float(np.sqrt((away**2).mean()))


def test_the_published_depth_lies_on_planes_with_its_own_lens_and_not_with_the_plain_one(
    shared: Path,
) -> None:
    public = shared / "hypersim-public"
    scene = public / "contrib_ai_037_002" / "ai_037_002"
    lens = read_lens(public / "metadata_camera_parameters.csv", "ai_037_002")
    assert lens is not None
    pose = np.eye(4)
    pose[:3, :3] = load(scene / "_detail/cam_00/camera_keyframe_orientations.hdf5")[0] @ FROM_FILE
    pose[:3, 3] = load(scene / "_detail/cam_00/camera_keyframe_positions.hdf5")[0]
    distances = load(scene / "images/scene_cam_00_geometry_hdf5/frame.0000.depth_meters.hdf5")
    right = unproject(Camera(lens, pose), distances, 0.01) * 0.01
    plain = unproject(Camera(plain_lens(1024, 768), pose), distances, 0.01) * 0.01

    y, x = np.indices(distances.shape)
    lean = {}
    for name, is_inside, least_ratio in (("floor", _floor, 8), ("gable", _gable, 1.4), ("roof", _roof, 1.7)):
        inside = is_inside(x, y)
        normal, off = _plane(right[inside])
        plain_normal, plain_off = _plane(plain[inside])
        lean[name] = np.degrees(np.arccos(min(abs(float(normal @ plain_normal)), 1)))
        print(
            f"{name}: {np.count_nonzero(inside):,} pixels are {1000 * off:.2f} mm off a plane, with the "
            f"plain pinhole {1000 * plain_off:.2f} mm, turned by {lean[name]:.1f} degrees; "
            f"normal {normal.round(4)}"
        )
        assert off < 0.001
        assert plain_off > least_ratio * off

    # What was built level, upright and square is so to a hundredth of a degree, but not with the plain lens.
    assert abs(_plane(right[_floor(x, y)])[0][2]) == pytest.approx(1, abs=1e-7)
    assert abs(_plane(right[_gable(x, y)])[0][1]) == pytest.approx(1, abs=1e-6)
    assert abs(_plane(right[_roof(x, y)])[0][1]) < 1e-3
    assert lean["floor"] > 4
