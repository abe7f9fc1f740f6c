"""Pixels of every object in every frame, counted once and kept until an image changes."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import numpy as np
import pytest

from tests.builders import save
from viewer.app.visibility import count_visible, objects_in_image
from viewer.app.visibility_cache import scene_visibility
from viewer.errors import Cancelled, ViewerError
from viewer.formats.hypersim.frames import HypersimFrames
from viewer.jobs.job import Progress
from viewer.model.frames import FrameId, Images
from viewer.model.scene import NodeTable, ObjectTable, Scene

NODES = NodeTable(np.array([-1, -1, 2, 0, 2, 1], np.int32), ("", "light", "a", "b", "c", "d"))
IMAGES = {
    FrameId("cam_00", 0): [[-1, 1, 2], [2, 3, 4]],  # object 0: 1 pixel, object 2: 3
    FrameId("cam_00", 4): [[3, 3, 3], [3, 3, -1]],  # object 0: 5
    FrameId("cam_01", 2): [[-1, -1, 1], [1, -1, 4]],  # object 2: 1
}


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    folder = tmp_path / "ai_001_001"
    for frame, pixels in IMAGES.items():
        save(image_file(folder, frame), np.array(pixels, np.int16))
    save(image_file(folder, FrameId("cam_01", 9), "depth_meters"), np.ones((2, 3), np.float16))
    parts = (NODES, ObjectTable(("a", "b", "c", "d")), Images(HypersimFrames([folder])))
    return Scene("ai_001_001", folder).with_parts(*parts)


def image_file(folder: Path, frame: FrameId, name: str = "render_entity_id") -> Path:
    return folder / f"images/scene_{frame.camera}_geometry_hdf5/frame.{frame.frame:04d}.{name}.hdf5"


def counted(scene: Scene, cache: Path):
    """The counts, and whether they were counted just now."""
    steps = []
    found = scene_visibility(scene, progress=Progress(steps.append), folder=cache)
    return found, any(step.text.startswith("Counting") for step in steps)


def test_pixels_are_counted_by_object_over_all_frames_with_nodes(scene, tmp_path):
    seen, _ = counted(scene, tmp_path)
    assert seen.frames == tuple(IMAGES)
    assert seen.pixels_of_objects.tolist() == [6, 0, 4, 0]


def test_pixels_of_a_few_objects_are_told_by_frame(scene, tmp_path):
    seen, _ = counted(scene, tmp_path)
    assert seen.pixels_per_frame([2]).tolist() == [3, 0, 1]
    assert seen.pixels_per_frame([0, 2]).tolist() == [4, 5, 1]
    assert seen.pixels_per_frame([]).tolist() == [0, 0, 0]


def test_the_best_frame_shows_most_of_the_objects(scene, tmp_path):
    seen, _ = counted(scene, tmp_path)
    assert seen.best_frame([0]) == FrameId("cam_00", 4)
    assert seen.best_frame([2]) == FrameId("cam_00", 0)
    assert seen.best_frame([1, 3]) is None


@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.int64, np.uint16])
def test_unknown_nodes_count_for_nobody(dtype):
    pixels = np.array([[2, 2, 0, 6, 30_000, 5]]).astype(dtype)
    assert objects_in_image(pixels, NODES, 4).tolist() == [0, 1, 2, 0]


def test_an_image_without_pixels_shows_nothing():
    assert objects_in_image(np.empty((0, 4), np.int16), NODES, 4).tolist() == [0, 0, 0, 0]


def test_counts_agree_with_looking_up_every_pixel():
    random = np.random.default_rng(0)
    owners = random.integers(-1, 300, 1001).astype(np.int32)
    owners[0] = -1
    nodes = NodeTable(owners, ("",) * 1001)
    pixels = random.integers(-1, 1001, (60, 80)).astype(np.int16)
    objects = nodes.objects_in(pixels)
    expected = np.bincount(objects[objects >= 0], minlength=300)
    np.testing.assert_array_equal(objects_in_image(pixels, nodes, 300), expected)


def test_counts_from_the_cache_equal_those_counted(scene, tmp_path):
    first, was_counted = counted(scene, tmp_path / "cache")
    again, was_counted_again = counted(scene, tmp_path / "cache")
    assert (was_counted, was_counted_again) == (True, False)
    assert again.frames == first.frames
    for name in ("frame_rows", "object_ids", "pixels", "pixels_of_objects"):
        np.testing.assert_array_equal(getattr(again, name), getattr(first, name))


def test_an_image_written_anew_is_counted_anew(scene, tmp_path):
    counted(scene, tmp_path / "cache")
    file = image_file(scene.path, FrameId("cam_00", 4))
    later = file.stat().st_mtime_ns + 1_000_000_000
    save(file, np.full((2, 3), 5, np.int16))
    os.utime(file, ns=(later, later))
    again, was_counted = counted(scene, tmp_path / "cache")
    assert was_counted
    assert again.pixels_of_objects.tolist() == [1, 6, 4, 0]


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 cut short", b"not an archive"])
def test_a_damaged_cache_is_made_again(scene, tmp_path, damage):
    first, _ = counted(scene, tmp_path / "cache")
    (file,) = (tmp_path / "cache").iterdir()
    file.write_bytes(damage)
    again, was_counted = counted(scene, tmp_path / "cache")
    assert was_counted
    np.testing.assert_array_equal(again.pixels, first.pixels)
    assert not counted(scene, tmp_path / "cache")[1]


def test_a_bit_flipped_anywhere_in_the_cache_never_gives_other_counts(scene, tmp_path):
    first, _ = counted(scene, tmp_path / "cache")
    (file,) = (tmp_path / "cache").iterdir()
    whole = file.read_bytes()
    for place in range(0, len(whole), 5):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        again, _ = counted(scene, tmp_path / "cache")
        assert again.pixels_of_objects.tolist() == first.pixels_of_objects.tolist()


def test_a_cache_that_cannot_be_written_is_no_error(scene, tmp_path):
    (tmp_path / "cache").write_text("a file is in the way")
    seen, _ = counted(scene, tmp_path / "cache")
    assert seen.pixels_of_objects.tolist() == [6, 0, 4, 0]


def test_a_frame_that_cannot_be_read_is_told_and_left_out(scene, tmp_path, caplog):
    image_file(scene.path, FrameId("cam_00", 4)).write_bytes(b"broken")
    with caplog.at_level(logging.WARNING):
        seen, _ = counted(scene, tmp_path / "cache")
    assert "frame.0004.render_entity_id.hdf5" in caplog.text
    assert seen.frames == (FrameId("cam_00", 0), FrameId("cam_01", 2))
    assert seen.pixels_of_objects.tolist() == [1, 0, 4, 0]


def test_counting_can_be_cancelled_and_keeps_nothing(scene, tmp_path):
    progress = Progress(lambda step: progress.cancel())
    with pytest.raises(Cancelled):
        scene_visibility(scene, progress=progress, folder=tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_progress_counts_the_frames(scene):
    steps = []
    count_visible(scene.part(Images).source, NODES, 4, Progress(steps.append))
    assert [(step.done, step.total) for step in steps] == [(0, 3), (1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(("kept", "told"), [((NODES,), "images"), ((), "images")])
def test_a_scene_without_images_says_so(tmp_path, kept, told):
    scene = Scene("ai_001_001", tmp_path).with_parts(*kept)
    with pytest.raises(ViewerError, match=told):
        scene_visibility(scene, progress=Progress.silent(), folder=tmp_path)


def test_a_scene_without_a_list_of_nodes_says_so(scene, tmp_path):
    bare = Scene(scene.name, scene.path).with_parts(scene.part(Images))
    with pytest.raises(ViewerError, match="render nodes"):
        scene_visibility(bare, progress=Progress.silent(), folder=tmp_path)
