"""Fused points are kept until an image changes."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import h5py
import numpy as np
import pytest

from viewer.app.kept_arrays import keep_arrays, load_arrays
from viewer.app.point_cache import fused_points
from viewer.errors import ViewerError
from viewer.formats.hypersim.frames import HypersimFrames
from viewer.jobs.job import Progress
from viewer.model.frames import Images
from viewer.model.scene import NodeTable, ObjectTable, Scene


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Two frames of 8 x 6 pixels on disk."""
    folder = tmp_path / "ai_001_001"
    for frame in range(2):
        y, x = np.indices((6, 8))
        positions = np.stack([x * 0.5 + 10 * frame, y * 0.5, x * 0.0], axis=2).astype(np.float16)
        _write(image_file(folder, frame, "position"), positions)
        _write(image_file(folder, frame, "normal_world"), np.full((6, 8, 3), (0, 0, 1), np.float16))
        _write(image_file(folder, frame, "render_entity_id"), np.full((6, 8), frame + 1, np.int16))
        _write(image_file(folder, frame, "color", "final"), np.full((6, 8, 3), 0.5, np.float16))
    return scene_at(folder)


def scene_at(folder: Path) -> Scene:
    nodes = NodeTable(np.array([-1, 0, 1], np.int32), ("", "chair", "table"))
    objects = ObjectTable(("chair", "table"))
    return Scene("ai_001_001", folder).with_parts(nodes, objects, Images(HypersimFrames([folder])))


def image_file(folder: Path, frame: int, modality: str, group: str = "geometry") -> Path:
    return folder / "images" / f"scene_cam_00_{group}_hdf5" / f"frame.{frame:04d}.{modality}.hdf5"


def _write(path: Path, array: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        file["dataset"] = array


def fused(scene: Scene, cache: Path, **options: float):
    """The points, and whether they were fused just now."""
    partials = []
    points = fused_points(
        scene, progress=Progress.silent(), folder=cache, on_partial=partials.append, **options
    )
    return points, bool(partials)


def test_points_from_the_cache_equal_those_fused(scene, tmp_path):
    first, was_fused = fused(scene, tmp_path / "cache")
    again, was_fused_again = fused(scene, tmp_path / "cache")
    assert (was_fused, was_fused_again) == (True, False)
    assert len(first.positions) == 2 * 48
    for name in ("positions", "origin", "object_of_point", "colors", "normals"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert first.object_count == again.object_count == 2


def test_an_image_written_anew_makes_the_points_anew(scene, tmp_path):
    fused(scene, tmp_path / "cache")
    file = image_file(scene.path, 1, "render_entity_id")
    later = file.stat().st_mtime_ns + 1_000_000_000
    os.utime(file, ns=(later, later))
    assert fused(scene, tmp_path / "cache")[1]


def test_another_spacing_is_kept_apart(scene, tmp_path):
    fused(scene, tmp_path / "cache")
    assert fused(scene, tmp_path / "cache", voxel_m=2.0)[1]
    assert not fused(scene, tmp_path / "cache")[1]


def test_another_folder_with_the_same_files_uses_the_same_points(scene, tmp_path):
    fused(scene, tmp_path / "cache")
    moved = scene.path.rename(tmp_path / "elsewhere")
    assert not fused(scene_at(moved), tmp_path / "cache")[1]


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_a_damaged_cache_file_is_made_again(scene, tmp_path, content):
    fused(scene, tmp_path / "cache")
    (file,) = (tmp_path / "cache").glob("*.npz")
    file.write_bytes(file.read_bytes()[:200] if content is None else content)
    assert fused(scene, tmp_path / "cache")[1]
    assert not fused(scene, tmp_path / "cache")[1]


def test_a_cache_that_cannot_be_written_is_no_error(scene, tmp_path):
    in_the_way = tmp_path / "cache"
    in_the_way.write_text("a file where the folder should be")
    points, was_fused = fused(scene, in_the_way)
    assert was_fused
    assert len(points.positions) == 96


def test_a_malformed_image_is_logged_by_name(scene, tmp_path, caplog):
    image_file(scene.path, 1, "position").write_bytes(b"not HDF5")
    points, _ = fused(scene, tmp_path / "cache")
    assert len(points.positions) == 48
    warnings = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(warnings) == 1
    assert "frame.0001.position.hdf5" in warnings[0]


def test_nothing_is_left_beside_the_cache_file(scene, tmp_path):
    fused(scene, tmp_path / "cache")
    assert [file.suffix for file in (tmp_path / "cache").iterdir()] == [".npz"]


def test_a_scene_without_images_says_so(tmp_path):
    with pytest.raises(ViewerError, match="no images to make points from"):
        fused_points(Scene("empty", tmp_path), progress=Progress.silent())


def test_a_damaged_file_of_kept_arrays_counts_as_none(tmp_path: Path) -> None:
    file = tmp_path / "kept.npz"
    keep_arrays(file, {"a": np.arange(1000)}, most_bytes=1 << 20)
    kept = load_arrays(file)
    assert kept is not None
    assert np.array_equal(kept["a"], np.arange(1000))
    whole = file.read_bytes()
    for place in range(0, len(whole), 97):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert load_arrays(file) is None
    file.write_bytes(whole[:10])
    assert load_arrays(file) is None
