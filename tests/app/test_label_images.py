"""Label images: every pixel gets the labels of its object, in the dataset's own files."""

from __future__ import annotations

import errno
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import h5py
import numpy as np
import pytest
from PIL import Image

from tests.builders import INSTANCE, OBJECT_NAMES, SEMANTIC, load, save, write_labels, write_scene
from viewer.app.label_images import saved_snapshot, write_label_images
from viewer.cli import main
from viewer.errors import Cancelled, LabelError, SaveError
from viewer.formats.hdf5_array import array_file
from viewer.formats.hypersim.label_tables import default_label_table
from viewer.formats.registry import find_scenes
from viewer.jobs.job import Progress
from viewer.model.colors import UNKNOWN_CLASS
from viewer.model.instances import InstanceIds
from viewer.model.scene import Scene

SIZE = (8, 6)  # px
ENTITY_IDS = np.array([-1, 1, 2, 3, 4, 5, 6, 2])
FRAMES = {"cam_00": (0, 3, 7), "cam_01": (5,)}
CLASS_COLORS = np.array([(-1, -1, -1), *((k, 2 * k, 255 - k) for k in range(1, 41))])
INSTANCE_COLORS = np.array([(-1, -1, -1), (50, 141, 255), (204, 0, 190), (0, 52, 204)])
LAYERS = ("semantic", "semantic_instance")


def entity_image(frame: int) -> np.ndarray:
    """Every node somewhere, a different row of them in each frame."""
    pixels = np.arange(SIZE[0] * SIZE[1]).reshape(SIZE[::-1]) + frame
    return ENTITY_IDS[pixels % len(ENTITY_IDS)].astype(np.int16)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A scene with images of nodes and nothing else."""
    scene = write_scene(tmp_path / "data")
    shutil.rmtree(scene / "images")
    for camera, frames in FRAMES.items():
        for frame in frames:
            save(
                image_file(scene, frame, "render_entity_id", camera), entity_image(frame), compression="gzip"
            )
    save(scene / "_detail/mesh/metadata_semantic_colors.hdf5", CLASS_COLORS)
    save(scene / "_detail/mesh/metadata_semantic_instance_colors.hdf5", INSTANCE_COLORS)
    return scene


def image_file(root: Path, frame: int, name: str, camera: str = "cam_00") -> Path:
    return root / "images" / f"scene_{camera}_geometry_hdf5" / f"frame.{frame:04d}.{name}.hdf5"


def preview_file(root: Path, frame: int, name: str, camera: str = "cam_00") -> Path:
    return root / "images" / f"scene_{camera}_geometry_preview" / f"frame.{frame:04d}.{name}.png"


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def read(folder: Path) -> Scene:
    reader, matches = find_scenes(folder)
    return reader.survey(matches[0], Progress.silent())


def label_of(entity: int, labels: tuple[int, ...]) -> int:
    """Node 1 is a light; nodes 2, 3, … are the objects from the last to the first."""
    return labels[len(OBJECT_NAMES) + 1 - entity] if entity > 1 else -1


def run(*words: str | Path) -> int:
    return main(["label-images", *map(str, words)])


@pytest.mark.parametrize(("name", "labels"), [("semantic", SEMANTIC), ("semantic_instance", INSTANCE)])
def test_every_pixel_has_the_label_of_its_object(folder, tmp_path, name, labels):
    assert run(folder, "--out", tmp_path / "out") == 0
    for camera, frames in FRAMES.items():
        for frame in frames:
            expected = np.vectorize(lambda entity: label_of(entity, labels))(entity_image(frame))
            np.testing.assert_array_equal(load(image_file(tmp_path / "out", frame, name, camera)), expected)


@pytest.mark.parametrize(
    ("name", "colors"), [("semantic", CLASS_COLORS), ("semantic_instance", INSTANCE_COLORS)]
)
def test_previews_have_the_colors_of_the_label_files_and_black_for_none(folder, tmp_path, name, colors):
    run(folder, "--out", tmp_path)
    labels = load(image_file(tmp_path, 3, name))
    with Image.open(preview_file(tmp_path, 3, name)) as preview:
        assert (preview.format, preview.mode) == ("PNG", "RGB")
        pixels = np.asarray(preview)
    np.testing.assert_array_equal(pixels[labels == -1], 0)
    np.testing.assert_array_equal(pixels[labels > 0], colors[labels[labels > 0]])
    assert (labels > 0).any()
    assert (labels == -1).any()


def test_label_images_have_the_form_of_the_dataset_s(folder, tmp_path):
    run(folder, "--out", tmp_path)
    for name in LAYERS:
        with h5py.File(image_file(tmp_path, 0, name)) as file:
            dataset = file["dataset"]
            assert list(file) == ["dataset"]
            assert (dataset.dtype, dataset.shape, dataset.maxshape) == (np.int16, (6, 8), (6, 8))
            assert (dataset.compression, dataset.compression_opts, dataset.shuffle) == ("gzip", 9, False)
            assert not dataset.attrs


def test_images_of_the_usual_size_are_chunked_as_published_ones(tmp_path):
    path = tmp_path / "image.hdf5"
    path.write_bytes(array_file(np.zeros((768, 1024), np.int16), gzip_level=9, track_times=False))
    with h5py.File(path) as file:
        assert file["dataset"].chunks == (96, 128)


@pytest.mark.parametrize("name", ["ai_902_001", "ai_903_001"])
def test_the_images_of_real_geometry_come_out_equal(shared, tmp_path, name, capsys):
    scene = shared / "scenes" / name
    if not scene.is_dir():
        pytest.skip(f"{name} is not among the example data")
    assert run(scene, "--out", tmp_path) == 0
    made = [path.relative_to(tmp_path) for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    assert len(made) == 4 * 4
    for path in made:
        if path.suffix == ".png":
            with Image.open(tmp_path / path) as ours, Image.open(scene / path) as theirs:
                assert ours.mode == theirs.mode
                np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs), str(path))
            continue
        np.testing.assert_array_equal(load(tmp_path / path), load(scene / path), str(path))
        with h5py.File(tmp_path / path) as ours, h5py.File(scene / path) as theirs:
            for form in ("dtype", "chunks", "compression", "compression_opts", "shuffle", "maxshape"):
                assert getattr(ours["dataset"], form) == getattr(theirs["dataset"], form), form


def test_the_dataset_stays_as_it_is(folder, tmp_path):
    before = files_of(folder)
    run(folder, "--out", tmp_path / "out")
    assert files_of(folder) == before


def test_the_scene_s_own_folder_gets_new_images_when_it_is_named(folder):
    run(folder, "--out", folder)
    write_labels(folder, [7] * len(OBJECT_NAMES), [2] * len(OBJECT_NAMES))
    assert run(folder, "--out", folder) == 0
    labels = load(image_file(folder, 0, "semantic"))
    np.testing.assert_array_equal(np.unique(labels), [-1, 7])
    assert not list(folder.rglob("*.tmp"))


def test_the_same_labels_give_the_same_bytes(folder, tmp_path):
    run(folder, "--out", tmp_path / "first")
    run(folder, "--out", tmp_path / "second")
    assert files_of(tmp_path / "first") == files_of(tmp_path / "second")


def test_only_the_cameras_asked_for_are_written(folder, tmp_path, capsys):
    assert run(folder, "--out", tmp_path / "out", "--camera", "cam_01") == 0
    assert {path.name for path in (tmp_path / "out/images").iterdir()} == {
        "scene_cam_01_geometry_hdf5",
        "scene_cam_01_geometry_preview",
    }
    assert "1 frame of 1 camera" in capsys.readouterr().out


def test_a_camera_that_is_not_there_is_told_with_those_that_are(folder, tmp_path, capsys):
    assert run(folder, "--out", tmp_path / "out", "--camera", "cam_09") == 1
    assert "(cam_00, cam_01), found 'cam_09'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_labels_may_come_from_another_folder(folder, tmp_path):
    other = tmp_path / "labels" / folder.name / "_detail" / "mesh"
    other.mkdir(parents=True)
    for name in ("mesh_objects_si.hdf5", "mesh_objects_sii.hdf5"):
        shutil.move(folder / "_detail/mesh" / name, other / name)
    assert run(folder, "--also", tmp_path / "labels", "--out", tmp_path / "out") == 0
    assert set(np.unique(load(image_file(tmp_path / "out", 0, "semantic")))) == {-1, 2, 5}


def test_a_malformed_frame_is_told_and_passed_over(folder, tmp_path, capsys):
    broken = image_file(folder, 3, "render_entity_id")
    broken.write_bytes(broken.read_bytes()[:900])
    assert run(folder, "--out", tmp_path / "out") == 1
    captured = capsys.readouterr()
    assert f"{broken}: the HDF5 file is" in captured.err
    assert "3 frames of 2 cameras" in captured.out
    assert "1 frame could not be made" in captured.out
    assert not image_file(tmp_path / "out", 3, "semantic").exists()
    assert image_file(tmp_path / "out", 7, "semantic").exists()


@pytest.mark.parametrize("stray", [0, -2, 7, 30_000])
def test_a_frame_with_unknown_nodes_is_told_and_passed_over(folder, tmp_path, capsys, stray):
    pixels = entity_image(0)
    pixels[2, 3] = stray
    save(image_file(folder, 0, "render_entity_id"), pixels)
    assert run(folder, "--out", tmp_path / "out") == 1
    assert f"expected node ids 1 to 6, or -1 for none, found {stray}" in capsys.readouterr().err
    assert not image_file(tmp_path / "out", 0, "semantic").exists()


def test_a_frame_of_no_size_is_told_and_passed_over(folder, tmp_path, capsys):
    save(image_file(folder, 0, "render_entity_id"), np.empty((0, 8), np.int16))
    assert run(folder, "--out", tmp_path / "out") == 1
    assert "expected an image, found one of shape (0, 8)" in capsys.readouterr().err


def test_a_missing_layer_of_labels_is_told(folder, tmp_path, capsys):
    (folder / "_detail/mesh/mesh_objects_si.hdf5").unlink()
    assert run(folder, "--out", tmp_path) == 1
    assert "no object has a class" in capsys.readouterr().err
    assert (load(image_file(tmp_path, 0, "semantic")) == -1).all()
    assert (load(image_file(tmp_path, 0, "semantic_instance")) > 0).any()


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ("_detail/mesh/mesh_objects_si*.hdf5", "need the labels of its objects"),
        ("_detail/metadata_nodes.csv", "need the list of render nodes"),
        ("images/*/*.hdf5", "need images"),
    ],
)
def test_what_label_images_need_and_the_scene_lacks_is_told(folder, tmp_path, capsys, missing, told):
    for path in folder.glob(missing):
        path.unlink()
    assert run(folder, "--out", tmp_path / "out") == 1
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_several_scenes_at_the_path_are_refused(folder, tmp_path, capsys):
    shutil.copytree(folder, folder.parent / "ai_900_002")
    assert run(folder.parent, "--out", tmp_path / "out") == 1
    assert "expected one scene, found 2" in capsys.readouterr().err


def test_an_id_that_an_image_cannot_hold_is_refused_before_anything_is_written(folder, tmp_path):
    write_labels(folder, SEMANTIC, [40_000, *INSTANCE[1:]])
    scene = read(folder)
    with pytest.raises(LabelError, match="instance ids up to 32767 in label images, found 40000"):
        write_label_images(
            scene, saved_snapshot(scene, default_label_table()), tmp_path / "out", progress=Progress.silent()
        )
    assert not (tmp_path / "out").exists()


def test_colors_that_the_files_lack_are_the_usual_ones(folder):
    write_labels(folder, [1, 40, 41, -1, -1], [5, -1, -1, -1, -1])
    (folder / "_detail/mesh/metadata_semantic_colors.hdf5").unlink()
    save(folder / "_detail/mesh/metadata_semantic_instance_colors.hdf5", INSTANCE_COLORS[:2] + 1)
    snapshot = saved_snapshot(read(folder), default_label_table())
    np.testing.assert_array_equal(snapshot.class_colors[1:41], default_label_table().color_rows()[1:])
    assert tuple(snapshot.class_colors[41]) == UNKNOWN_CLASS[:3]
    np.testing.assert_array_equal(snapshot.instance_colors[1], INSTANCE_COLORS[1] + 1)
    np.testing.assert_array_equal(snapshot.instance_colors[2:], InstanceIds(5).color_rows()[2:])


def test_progress_counts_the_frames(folder, tmp_path):
    scene, steps = read(folder), []
    write_label_images(
        scene, saved_snapshot(scene, default_label_table()), tmp_path, progress=Progress(steps.append)
    )
    assert [(step.done, step.total) for step in steps] == [(k, 4) for k in range(1, 5)]


def test_a_cancelled_run_leaves_whole_frames_only(folder, tmp_path):
    for frame in range(20, 60):
        shutil.copy(image_file(folder, 0, "render_entity_id"), image_file(folder, frame, "render_entity_id"))
    scene = read(folder)
    progress = Progress(lambda step: progress.cancel() if step.done == 3 else None)
    with pytest.raises(Cancelled):
        write_label_images(
            scene, saved_snapshot(scene, default_label_table()), tmp_path / "out", progress=progress
        )
    names = [path.name for path in (tmp_path / "out").rglob("*") if path.is_file()]
    frames = {name.split(".")[1] for name in names}
    assert 3 <= len(frames) < 44
    assert len(names) == 4 * len(frames)
    assert all(name.startswith("frame.") for name in names)


def test_a_place_that_cannot_be_written_to_ends_everything(folder, tmp_path):
    (tmp_path / "file").write_text("in the way")
    scene = read(folder)
    with pytest.raises(SaveError):
        write_label_images(
            scene,
            saved_snapshot(scene, default_label_table()),
            tmp_path / "file",
            progress=Progress.silent(),
        )


def test_a_frame_that_cannot_be_saved_as_a_whole_keeps_its_old_images(folder, tmp_path, monkeypatch):
    run(folder, "--out", tmp_path / "out")
    before = files_of(tmp_path / "out")
    write_labels(folder, [7] * len(OBJECT_NAMES), [2] * len(OBJECT_NAMES))
    replace = os.replace

    def full_disk(source: Path, target: Path) -> None:
        if str(target).endswith(".semantic_instance.png"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
        replace(source, target)

    monkeypatch.setattr(os, "replace", full_disk)
    assert run(folder, "--out", tmp_path / "out") == 1
    assert files_of(tmp_path / "out") == before


def test_array_files_can_be_made_by_several_threads_at_once():
    arrays = [np.full((300, 400), k, np.int16) for k in range(40)]
    with ThreadPoolExecutor(4) as threads:
        contents = list(threads.map(lambda array: array_file(array, gzip_level=1, track_times=False), arrays))
    assert contents == [array_file(array, gzip_level=1, track_times=False) for array in arrays]
