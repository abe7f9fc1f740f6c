from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.builders import IMAGE_SIZE, SCENE, write_camera_table, write_text
from viewer.errors import FormatError
from viewer.formats.hypersim.camera_table import (
    find_camera_table,
    list_scenes,
    read_lens,
    read_projection,
    read_table_scale,
)
from viewer.model.camera import Camera, LensSource, pinhole_lens

NAME = "metadata_camera_parameters.csv"


def test_a_plain_lens_is_the_plain_pinhole(tmp_path: Path) -> None:
    lens = read_lens(write_camera_table(tmp_path / NAME), SCENE)
    plain = pinhole_lens(*IMAGE_SIZE, np.pi / 3)
    assert lens is not None
    assert (lens.width, lens.height, lens.source) == (*IMAGE_SIZE, LensSource.TABLE)
    assert np.allclose(lens.ray_from_pixel, plain.ray_from_pixel)


def test_the_same_lens_serves_images_of_another_size(tmp_path: Path) -> None:
    lens = read_lens(write_camera_table(tmp_path / NAME), SCENE, (80, 60))
    assert lens is not None
    assert np.allclose(lens.ray_from_pixel, pinhole_lens(80, 60, np.pi / 3).ray_from_pixel)
    assert lens.remark == "Scaled from 8 x 6 px, for which the camera table has it."


def test_images_of_another_shape_than_the_table_says_are_refused(tmp_path: Path) -> None:
    path = write_camera_table(tmp_path / NAME)
    with pytest.raises(FormatError) as caught:
        read_lens(path, SCENE, (80, 80))
    assert caught.value.message == (
        "expected images of 8 x 6 px as the table says, found 80 x 80 px: its lens does not fit them"
    )


def test_a_table_without_the_scene_does_not_hide_one_that_has_it(tmp_path: Path) -> None:
    write_camera_table(tmp_path / "near" / NAME, ("ai_900_009",))
    far = write_camera_table(tmp_path / "settings" / "lenses of mine.csv")
    assert find_camera_table([tmp_path / "near", far], SCENE) == far


def test_a_malformed_table_does_not_hide_a_good_one(tmp_path: Path) -> None:
    write_text(tmp_path / "near" / NAME, "nonsense")
    far = write_camera_table(tmp_path / "far" / NAME)
    assert find_camera_table([tmp_path / "near", tmp_path / "far"], SCENE) == far


def test_a_scene_without_a_row_has_no_lens(tmp_path: Path) -> None:
    assert read_lens(write_camera_table(tmp_path / NAME), "ai_999_999") is None


def test_scenes_and_units_are_listed(tmp_path: Path) -> None:
    path = write_camera_table(tmp_path / NAME, ("ai_900_001", "ai_900_002"))
    assert list_scenes(path) == ("ai_900_001", "ai_900_002")
    assert read_table_scale(path, "ai_900_002") == 0.01
    assert read_table_scale(path, "ai_999_999") is None


def test_a_table_that_changes_is_read_again(tmp_path: Path) -> None:
    path = write_camera_table(tmp_path / NAME)
    assert list_scenes(path) == (SCENE,)
    write_camera_table(path, ("ai_900_002", "ai_900_003"))
    assert list_scenes(path) == ("ai_900_002", "ai_900_003")


@pytest.mark.parametrize("place", ["a/b/c", "a/b", "a", "."])
def test_the_table_is_found_up_to_three_folders_above(tmp_path: Path, place: str) -> None:
    path = write_camera_table(tmp_path / place / NAME)
    assert find_camera_table([tmp_path / "a/b/c"], SCENE) == path


def test_the_table_is_not_looked_for_further_up(tmp_path: Path) -> None:
    write_camera_table(tmp_path / NAME)
    assert find_camera_table([tmp_path / "a/b/c/d"], SCENE) is None


def test_the_table_of_a_checkout_is_found(tmp_path: Path) -> None:
    path = write_camera_table(tmp_path / "contrib/mikeroberts3000" / NAME)
    assert find_camera_table([tmp_path / "evermotion_dataset/scenes/ai_001_001"], SCENE) == path


def _edited(tmp_path: Path, old: str, new: str) -> Path:
    text = write_camera_table(tmp_path / NAME).read_text()
    assert old in text
    return write_text(tmp_path / NAME, text.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("scene_name", "scene", "expected a column 'scene_name', found none"),
        ("M_cam_from_uv_22", "other", f"expected a column 'M_cam_from_uv_22' for {SCENE}, found none"),
        (",-1.0", ",far", f"expected a number in 'M_cam_from_uv_22' of {SCENE}, found 'far'"),
        (",-1.0", ",0.0", "expected a lens that looks forward in every pixel, found another"),
        (",8.0", ",0.5", f"expected an image width in pixels for {SCENE}, found 0.5"),
    ],
)
def test_a_malformed_table_is_refused(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    path = _edited(tmp_path, old, new)
    with pytest.raises(FormatError) as caught:
        read_lens(path, SCENE)
    assert (caught.value.message, caught.value.path) == (sentence, path)


def test_rays_and_projection_agree_for_every_published_lens(shared: Path) -> None:
    table = shared / "hypersim-public" / NAME
    scenes = list_scenes(table)
    assert len(scenes) == 482
    pixels = np.array([(0, 0), (1023, 0), (0, 767), (1023, 767), (511.5, 383.5), (100, 700)])
    for scene in scenes:
        lens, projection = read_lens(table, scene), read_projection(table, scene)
        assert lens is not None
        assert projection is not None
        rays = np.column_stack([pixels, np.ones(len(pixels))]) @ lens.ray_from_pixel.T
        assert (rays[:, 2] > 0).all(), scene
        # The table's projection is for cameras with y up and z backwards.
        clip = np.column_stack([3 * rays * (1, -1, -1), np.ones(len(rays))]) @ projection.T
        assert (clip[:, 3] > 0).all(), scene
        u, v = (clip[:, :2] / clip[:, 3:]).T
        found = np.column_stack([(u + 1) / 2 * 1024 - 0.5, (1 - v) / 2 * 768 - 0.5])
        assert np.abs(found - pixels).max() < 1e-3, scene


def test_every_published_lens_sees_what_it_casts(shared: Path) -> None:
    table = shared / "hypersim-public" / NAME
    pixels = np.array([(0.0, 0.0), (1023, 767), (300, 40)])
    for scene in list_scenes(table):
        lens = read_lens(table, scene)
        assert lens is not None
        camera = Camera(lens, np.eye(4))
        found, depth = camera.project(5 * camera.cast_rays(pixels))
        assert np.allclose(found, pixels, atol=1e-6), scene
        assert (depth > 0).all(), scene
