"""The variant with another lens: what is seen, and what the camera table says."""

from __future__ import annotations

import numpy as np
import pytest

from tests.sample.scenes import opened, write_and_time
from tests.sample.test_files import FRAME, reprojection_errors
from viewer.app.lenses import measure_lens
from viewer.formats.hypersim.camera_table import read_lens, read_projection
from viewer.formats.hypersim.layout import CAMERA_PARAMETERS_TABLE
from viewer.jobs.job import Progress
from viewer.model.camera import Cameras, Lens, LensSource, pinhole_lens, pixel_differences
from viewer.sample.detail_files import write_camera_parameters


def shifted_lens() -> Lens:
    """A lens tilted and shifted far out of the ordinary."""
    plain = pinhole_lens(1024, 768, np.radians(60))
    tilt = np.array([[1.0, 0.02, 0.05], [0.0, 1.1, -0.25], [0.03, 0.15, 1.0]])
    return Lens(1024, 768, tilt @ plain.ray_from_pixel)


def same_direction(a: np.ndarray, b: np.ndarray) -> None:
    """Equal but for the factor that a homogeneous matrix may have."""
    np.testing.assert_allclose(a / np.linalg.norm(a), b / np.linalg.norm(b), atol=1e-9)


@pytest.fixture(scope="module")
def shifted_scene(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shifted")
    return opened(write_and_time(folder, "small sample scene, other lens", lens=shifted_lens()))


def test_the_scene_of_a_lens_carries_it_and_its_images_obey_it(shifted_scene):
    scene = shifted_scene
    cameras = scene.part(Cameras)
    assert cameras is not None
    lens = cameras.trajectories[0].lens
    assert lens.source is LensSource.TABLE
    same_direction(lens.ray_from_pixel, shifted_lens().resized(128, 96).ray_from_pixel)
    assert reprojection_errors(scene, FRAME).max() < 0.5


def test_the_plain_scene_has_no_camera_table(sample):
    assert not (sample / CAMERA_PARAMETERS_TABLE).exists()


def test_a_resized_lens_looks_the_same_way_at_the_image_corners():
    lens = shifted_lens()
    small = lens.resized(128, 96)

    for corner in ((-0.5, -0.5), (1.0, 1.0)):
        x, y = (-0.5 if c < 0 else c * size - 0.5 for c, size in zip(corner, (1024, 768), strict=True))
        u, v = (-0.5 if c < 0 else c * size - 0.5 for c, size in zip(corner, (128, 96), strict=True))
        same_direction(lens.ray_from_pixel @ (x, y, 1), small.ray_from_pixel @ (u, v, 1))


@pytest.mark.parametrize("name", ["ai_001_001", "ai_037_002"])
def test_a_row_written_for_a_published_lens_says_what_the_published_row_says(shared, tmp_path, name):
    published = shared / "hypersim-public" / CAMERA_PARAMETERS_TABLE
    lens = read_lens(published, name)
    assert lens is not None
    table = tmp_path / CAMERA_PARAMETERS_TABLE

    write_camera_parameters(table, name, lens)

    again = read_lens(table, name)
    assert again is not None
    same_direction(again.ray_from_pixel, lens.ray_from_pixel)
    ours, theirs = read_projection(table, name), read_projection(published, name)
    assert ours is not None
    assert theirs is not None
    # Rows x, y and w; how depth is laid out between near and far does not change where points land.
    same_direction(ours[[0, 1, 3]], theirs[[0, 1, 3]])


def test_the_lens_measured_in_its_images_is_the_one_it_was_made_with(shifted_scene):
    fit = measure_lens(shifted_scene, Progress.silent())
    apart = pixel_differences(shifted_lens().resized(128, 96), fit.lens)
    assert apart is not None
    print(f"{apart.mean():.3f} px on average, {apart.max():.3f} px at worst")
    assert fit.is_sure
    assert apart.mean() <= 0.2
    assert apart.max() <= 0.5
