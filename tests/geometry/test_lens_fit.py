"""A lens measured from positions: exact where they are, and honest where they are not enough."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies
from numpy.typing import NDArray

from tests.lens_builders import a_pose, room_positions, tilted_lens
from viewer.errors import ViewerError
from viewer.formats.hypersim.camera_table import read_lens
from viewer.geometry.lens_fit import LensFit, PixelRays, fit_lens, pixel_rays
from viewer.model.camera import Lens, LensSource, pinhole_lens, pixel_differences
from viewer.model.frames import FrameId

SIZE = (128, 96)


def a_frame(number: int) -> FrameId:
    return FrameId("cam_00", number)


def sample_of(
    lens: Lens, number: int, dtype: type = np.float16, pose: NDArray[np.float64] | None = None
) -> PixelRays:
    """What a frame's image of the room tells, read with its own pose or with another."""
    seen = room_positions(lens, a_pose(number)).astype(dtype)
    return pixel_rays(a_frame(number), seen, a_pose(number) if pose is None else pose)


def turned(pose: NDArray[np.float64], degrees: float) -> NDArray[np.float64]:
    angle = np.radians(degrees)
    turn = np.eye(4)
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return np.asarray(pose @ turn)


def apart(fit: LensFit, lens: Lens) -> tuple[float, float]:
    """Mean and largest difference in pixels over the whole image."""
    found = pixel_differences(lens, fit.lens)
    assert found is not None
    return float(found.mean()), float(found.max())


def test_exact_positions_give_the_exact_lens() -> None:
    lens = tilted_lens()
    fit = fit_lens([sample_of(lens, k, np.float64) for k in range(3)], SIZE)
    assert apart(fit, lens)[1] < 1e-6
    assert fit.lens.source is LensSource.MEASURED
    assert fit.is_sure
    assert fit.frames == (a_frame(0), a_frame(1), a_frame(2))


@hypothesis.given(
    strategies.lists(strategies.floats(-0.08, 0.08), min_size=8, max_size=8), strategies.floats(45, 80)
)
@hypothesis.settings(max_examples=15)
def test_any_lens_is_found_from_single_precision(bends: Sequence[float], fov_degrees: float) -> None:
    bend = np.eye(3) + np.append(bends, 0.0).reshape(3, 3)
    lens = Lens(*SIZE, bend @ pinhole_lens(*SIZE, np.radians(fov_degrees)).ray_from_pixel)
    fit = fit_lens([sample_of(lens, k, np.float32) for k in range(2)], SIZE)
    assert apart(fit, lens)[1] < 0.01


def test_half_precision_is_enough_for_a_fifth_of_a_pixel() -> None:
    lens = tilted_lens(1024, 768)
    fit = fit_lens([sample_of(lens, k) for k in range(4)], (1024, 768))
    mean, worst = apart(fit, lens)
    assert mean <= 0.2
    assert worst <= 0.5
    assert worst <= fit.uncertainty_px * 5 + 0.05
    assert 0 < fit.median_px <= fit.p95_px


def test_background_and_wrong_pixels_do_not_count() -> None:
    lens = tilted_lens()
    rng = np.random.default_rng(1)
    samples = []
    for k in range(3):
        seen = room_positions(lens, a_pose(k))
        wrong = rng.random(seen.shape[:2])
        seen[wrong < 0.2] = np.nan
        seen[wrong > 0.7] += rng.normal(0, 30, (np.count_nonzero(wrong > 0.7), 3))
        samples.append(pixel_rays(a_frame(k), seen, a_pose(k)))
    fit = fit_lens(samples, SIZE)
    assert apart(fit, lens)[1] < 0.02
    assert fit.median_px < 0.02
    assert fit.p95_px > 5


def test_a_frame_with_a_wrong_pose_is_left_out_and_named() -> None:
    lens = tilted_lens()
    samples = [sample_of(lens, k) for k in range(5)]
    samples[1] = sample_of(lens, 1, pose=turned(a_pose(1), 4))
    shifted = a_pose(3)
    shifted[:3, 3] += (15, 0, 0)
    samples[3] = sample_of(lens, 3, pose=shifted)
    fit = fit_lens(samples, SIZE)
    assert fit.disagreeing == (a_frame(1), a_frame(3))
    assert fit.is_sure
    assert apart(fit, lens)[1] < 0.2


def test_frames_that_all_disagree_make_it_doubtful() -> None:
    lens = tilted_lens()
    fit = fit_lens([sample_of(lens, k, pose=turned(a_pose(k), 6 * k)) for k in range(3)], SIZE)
    assert not fit.is_sure
    assert fit.doubts[0].startswith("Only 1 of 3 frames agree")
    assert fit.doubts[0].endswith("do not.")


def test_one_frame_alone_is_doubtful() -> None:
    fit = fit_lens([sample_of(tilted_lens(), 0)], SIZE)
    assert fit.doubts == ("It comes from one frame alone: a wrong pose would look like a lens.",)


def test_one_distance_is_doubtful() -> None:
    lens = pinhole_lens(*SIZE, np.radians(30))
    samples = []
    for k in range(3):
        pose = a_pose(k)
        y, x = np.indices(SIZE[::-1], np.float64)
        rays = np.stack([x, y, np.ones_like(x)], axis=2) @ (pose[:3, :3] @ lens.ray_from_pixel).T
        wall = pose[:3, 3] + 100 * rays  # a wall straight ahead in every frame
        samples.append(pixel_rays(a_frame(k), wall, pose))
    fit = fit_lens(samples, SIZE)
    assert fit.doubts == ("All pixels are at one distance: wrong poses would look like a lens.",)


def test_pixels_in_one_corner_leave_the_rest_open() -> None:
    lens = tilted_lens(512, 384)
    samples = []
    for k in range(2):
        seen = room_positions(lens, a_pose(k)).astype(np.float16)
        seen[20:] = np.nan
        seen[:, 28:] = np.nan
        samples.append(pixel_rays(a_frame(k), seen, a_pose(k)))
    fit = fit_lens(samples, (512, 384))
    assert any("px somewhere in the image" in doubt for doubt in fit.doubts)
    assert 0.3 < apart(fit, lens)[1] / fit.uncertainty_px < 3


def test_too_few_pixels_are_refused() -> None:
    seen = np.full((96, 128, 3), np.nan)
    seen[:5, :5] = room_positions(tilted_lens(), a_pose(0))[:5, :5]
    with pytest.raises(ViewerError, match=r"at least 200 pixels with positions .* found 25"):
        fit_lens([pixel_rays(a_frame(0), seen, a_pose(0))], SIZE)


def test_positions_that_no_lens_shows_are_refused() -> None:
    noise = np.random.default_rng(2).normal(0, 100, (96, 128, 3))
    with pytest.raises(ViewerError, match="no lens shows the positions"):
        fit_lens([pixel_rays(a_frame(k), noise, a_pose(k)) for k in range(3)], SIZE)


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0])
def test_a_pose_that_is_none_tells_nothing(value: float) -> None:
    pose = a_pose(0)
    pose[:3, :3] = value
    assert len(pixel_rays(a_frame(0), room_positions(tilted_lens(), a_pose(0)), pose)) == 0


def test_a_matrix_that_is_no_rotation_is_used_as_it_is() -> None:
    lens, stretched = tilted_lens(), []
    for k in range(3):
        pose = a_pose(k)
        pose[:3, :3] = pose[:3, :3] @ np.diag([1.0, 1.1, 0.9])
        stretched.append(pixel_rays(a_frame(k), room_positions(lens, pose), pose))
    assert apart(fit_lens(stretched, SIZE), lens)[1] < 1e-6


@pytest.mark.parametrize("scene", ["ai_001_001", "ai_021_002", "ai_024_004", "ai_026_006", "ai_037_002"])
def test_published_lenses_are_found_from_what_they_would_show(shared: Path, scene: str) -> None:
    published = read_lens(shared / "hypersim-public" / "metadata_camera_parameters.csv", scene)
    assert published is not None
    lens = published.resized(*SIZE)
    fit = fit_lens([sample_of(lens, k) for k in range(4)], SIZE)
    assert fit.is_sure
    in_full_size_px = 1024 / SIZE[0] * apart(fit, lens)[1]
    assert in_full_size_px < 0.1
