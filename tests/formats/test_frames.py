from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.builders import save, write_images
from viewer.errors import FormatError
from viewer.formats.hypersim.frames import HypersimFrames
from viewer.model.frames import FrameId

FIRST = FrameId("cam_00", 0)
GEOMETRY = "images/scene_cam_00_geometry_hdf5"
PREVIEW = "images/scene_cam_00_final_preview"


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    write_images(tmp_path / "a")
    return tmp_path / "a"


def test_cameras_and_frames_are_listed(scene: Path) -> None:
    frames = HypersimFrames([scene])
    assert frames.cameras == ("cam_00",)
    assert frames.frame_ids("cam_00").tolist() == [0, 3]
    assert frames.frame_ids("cam_01").tolist() == []


def test_every_image_has_its_key(scene: Path) -> None:
    keys = HypersimFrames([scene]).modalities(FIRST)
    assert len(keys) == 16
    assert {"color", "depth_meters", "final_preview.tonemap", "geometry_preview.semantic"} <= keys


def test_listing_opens_no_file(tmp_path: Path) -> None:
    folder = tmp_path / GEOMETRY
    folder.mkdir(parents=True)
    (folder / "frame.0000.depth_meters.hdf5").write_bytes(b"not an image")
    assert HypersimFrames([tmp_path]).modalities(FIRST) == {"depth_meters"}


def test_other_files_are_passed_over_and_other_images_listed(scene: Path) -> None:
    for name in ("frame.0000.depth.edges.hdf5", "frame.hdf5", "notes.txt", ".frame.0000.color.hdf5.tmp"):
        (scene / GEOMETRY / name).touch()
    save(scene / GEOMETRY / "frame.0000.albedo_ours.hdf5", np.zeros((6, 8)))
    (scene / "images/thumbnails").mkdir()
    frames = HypersimFrames([scene])
    assert len(frames.modalities(FIRST)) == 17
    assert frames.read(FIRST, "albedo_ours").size == (8, 6)


def test_values_come_in_the_type_of_their_file(scene: Path) -> None:
    frames = HypersimFrames([scene])
    assert frames.read(FIRST, "color").pixels.dtype == np.float16
    assert frames.read(FIRST, "render_entity_id").pixels.dtype == np.int16
    assert frames.read(FIRST, "depth_meters").pixels.shape == (6, 8)


@pytest.mark.parametrize("modality", ["final_preview.tonemap", "geometry_preview.semantic"])
def test_previews_come_as_rgb(scene: Path, modality: str) -> None:
    image = HypersimFrames([scene]).read(FIRST, modality)
    assert (image.pixels.shape, image.pixels.dtype) == ((6, 8, 3), np.uint8)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "1"])
def test_previews_of_any_mode_come_as_rgb(scene: Path, mode: str) -> None:
    Image.new(mode, (8, 6), 1).save(scene / PREVIEW / "frame.0000.gamma.png")
    assert HypersimFrames([scene]).read(FIRST, "final_preview.gamma").pixels.shape == (6, 8, 3)


def test_sixteen_bit_previews_keep_their_high_byte(scene: Path) -> None:
    Image.fromarray(np.full((6, 8), 0x80FF, np.uint16)).save(scene / PREVIEW / "frame.0000.gamma.png")
    image = HypersimFrames([scene]).read(FIRST, "final_preview.gamma")
    assert (image.pixels == 0x80).all()


def test_the_first_of_several_folders_counts_and_the_others_fill_in(scene: Path, tmp_path: Path) -> None:
    save(tmp_path / "b" / GEOMETRY / "frame.0000.depth_meters.hdf5", np.ones((2, 2), np.float16))
    save(tmp_path / "b" / GEOMETRY / "frame.0004.depth_meters.hdf5", np.ones((2, 2), np.float16))
    frames = HypersimFrames([scene, tmp_path / "b"])
    assert frames.frame_ids("cam_00").tolist() == [0, 3, 4]
    assert frames.read(FIRST, "depth_meters").size == (8, 6)
    assert frames.read(FrameId("cam_00", 4), "depth_meters").size == (2, 2)
    assert frames.folders == (scene / "images", tmp_path / "b/images")


def test_the_size_of_images_is_told(scene: Path) -> None:
    frames = HypersimFrames([scene])
    assert frames.image_size("cam_00") == (8, 6)
    assert frames.image_size("cam_01") is None


def test_an_image_that_is_not_there(scene: Path) -> None:
    with pytest.raises(FormatError, match="cam_00 has no image 'color' of frame 1"):
        HypersimFrames([scene]).read(FrameId("cam_00", 1), "color")


def test_an_image_that_went_away(scene: Path) -> None:
    frames = HypersimFrames([scene])
    (scene / PREVIEW / "frame.0000.tonemap.jpg").unlink()
    with pytest.raises(FormatError, match="the file is missing"):
        frames.read(FIRST, "final_preview.tonemap")


@pytest.mark.parametrize(
    ("name", "array", "sentence"),
    [
        ("depth_meters", np.zeros((6, 8, 3)), "expected an array of shape (n, n), found (6, 8, 3)"),
        ("depth_meters", np.zeros((6, 8), int), "expected floats, found values of type int64"),
        ("render_entity_id", np.zeros((6, 8)), "expected integers, found values of type float64"),
        ("position", np.zeros((6, 8)), "expected an array of shape (n, n, 3), found (6, 8)"),
        ("normal_cam", np.zeros((6, 8, 4)), "expected an array of shape (n, n, 3), found (6, 8, 4)"),
        ("ours", np.zeros(6), "expected an image of 2 or 3 dimensions, found (6,)"),
    ],
)
def test_an_image_of_another_form_is_refused(scene: Path, name: str, array: Any, sentence: str) -> None:
    path = save(scene / GEOMETRY / f"frame.0000.{name}.hdf5", array)
    with pytest.raises(FormatError) as caught:
        HypersimFrames([scene]).read(FIRST, name)
    assert (caught.value.message, caught.value.path) == (sentence, path)


def test_texture_coordinates_may_have_two_channels(scene: Path) -> None:
    save(scene / GEOMETRY / "frame.0000.tex_coord.hdf5", np.zeros((6, 8, 2), np.float16))
    assert HypersimFrames([scene]).read(FIRST, "tex_coord").pixels.shape == (6, 8, 2)


def test_a_preview_that_is_no_image(scene: Path) -> None:
    (scene / PREVIEW / "frame.0000.tonemap.jpg").write_bytes(b"not an image")
    with pytest.raises(FormatError, match="expected a JPEG or PNG image, found something else"):
        HypersimFrames([scene]).read(FIRST, "final_preview.tonemap")


def test_a_truncated_preview(scene: Path) -> None:
    path = scene / PREVIEW / "frame.0000.gamma.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(FormatError, match="the image is damaged"):
        HypersimFrames([scene]).read(FIRST, "final_preview.gamma")
