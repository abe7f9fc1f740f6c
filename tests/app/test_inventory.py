from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.builders import METRES_PER_UNIT, SCENE, save, write_camera_table, write_scene, write_text
from viewer.app.inventory import (
    CameraEntry,
    Counts,
    SceneInventory,
    inventory,
    scene_inventory,
    to_json,
    to_text,
)
from viewer.app.inventory_parts import unit_name
from viewer.app.inventory_text import frame_ranges
from viewer.errors import FormatError
from viewer.jobs.job import Progress
from viewer.model.camera import Lens, max_pixel_difference, pinhole_lens
from viewer.model.scene import Scene


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_scene(tmp_path)


def _only(path: Path, *also: Path) -> SceneInventory:
    found = inventory(path, also)
    assert len(found.scenes) == 1
    return found.scenes[0]


def _camera(scene: SceneInventory, name: str = "cam_00") -> CameraEntry:
    return next(camera for camera in scene.cameras if camera.name == name)


def test_everything_is_counted(folder: Path) -> None:
    assert _only(folder).counts == Counts(
        vertices=40,
        faces=60,
        objects=5,
        nodes=6,
        labelled_objects=3,
        classes=2,
        instances=2,
        boxes=6,
        keyframes=6,
        frames_with_images=2,
    )


def test_gaps_in_the_frames_are_told(folder: Path) -> None:
    camera = _camera(_only(folder))
    assert camera.frames == (0, 1, 3, 7)
    assert camera.frames_with_images == (0, 3)
    assert camera.frames_without_images == (1, 7)
    assert camera.frames_without_pose == ()


def test_an_image_that_single_frames_lack_is_told(folder: Path) -> None:
    (folder / "images/scene_cam_00_geometry_hdf5/frame.0003.position.hdf5").unlink()
    entries = {entry.key: entry for entry in _camera(_only(folder)).modalities}
    assert (entries["position"].frames, entries["position"].missing_frames) == (1, (3,))
    assert (entries["color"].frames, entries["color"].missing_frames) == (2, ())


def test_images_with_values_come_before_previews(folder: Path) -> None:
    keys = [entry.key for entry in _camera(_only(folder)).modalities]
    assert keys[0] == "color"
    assert keys[-2:] == ["final_preview.tonemap", "geometry_preview.semantic"]


def test_frames_without_a_pose_are_told(folder: Path) -> None:
    source = folder / "images/scene_cam_00_final_hdf5"
    shutil.copy(source / "frame.0000.color.hdf5", source / "frame.0009.color.hdf5")
    assert _camera(_only(folder)).frames_without_pose == (9,)


def test_the_plain_lens_is_named_and_equal_to_itself(folder: Path) -> None:
    lens = _only(folder).lens
    assert lens is not None
    assert lens.source == "plain 60° pinhole"
    assert lens.fov_x_degrees == pytest.approx(60)
    assert lens.max_difference_px == pytest.approx(0, abs=1e-9)


def test_a_shifted_lens_tells_how_far_it_is_off(folder: Path) -> None:
    shift = 0.1
    write_camera_table(folder.parent / "metadata_camera_parameters.csv", shift=shift)
    lens = _only(folder).lens
    assert lens is not None
    assert lens.source == "camera table"
    # A shift in the plane z = 1 moves every pixel by as many pixels as lie in it.
    assert lens.max_difference_px == pytest.approx(shift * 4 / np.tan(np.pi / 6))


def test_a_lens_that_looks_elsewhere_cannot_be_compared() -> None:
    plain = pinhole_lens(8, 6, np.pi / 3)
    turned = Lens(8, 6, np.diag([1.0, 1, -1]) @ plain.ray_from_pixel)
    assert max_pixel_difference(turned, plain) is None


def test_every_part_names_its_root(folder: Path, tmp_path: Path) -> None:
    shutil.move(folder / "_detail/mesh", tmp_path / "bought" / SCENE / "_detail/mesh")
    sources = {part.title: part.source for part in _only(folder, tmp_path / "bought").parts}
    assert sources["Mesh"] == sources["Labels"] == str(tmp_path / "bought" / SCENE)
    assert sources["Images"] == str(folder)


def test_what_is_missing_and_what_is_broken_are_told_apart(folder: Path) -> None:
    (folder / "_detail/octomap/octomap.bt").unlink()
    save(folder / "_detail/mesh/mesh_vertices.hdf5", np.zeros((2, 2)))
    missing = {entry.what: entry for entry in _only(folder).missing}
    assert not missing["Octomap"].is_broken
    assert missing["Mesh"].is_broken
    assert missing["Mesh"].why == "mesh_vertices.hdf5: expected an array of shape (n, 3), found (2, 2)"


def test_reasons_from_the_tables_of_the_dataset_are_told(folder: Path) -> None:
    write_text(
        folder.parent / "metadata_images.csv",
        "scene_name,camera_name,frame_id,included_in_public_release,exclude_reason\n"
        f"{SCENE},cam_00,1,False,CONTENT FLAGGED FOR REMOVAL\n{SCENE},cam_00,7,False,other\n",
    )
    assert _camera(_only(folder)).excluded == {"CONTENT FLAGGED FOR REMOVAL": (1,), "other": (7,)}


def test_every_scene_of_a_dataset_is_listed(tmp_path: Path) -> None:
    for name in ("ai_900_003", "ai_900_001", "ai_900_002"):
        write_scene(tmp_path / "scenes", name)
    steps = []
    found = inventory(tmp_path, progress=Progress(steps.append))
    assert [scene.name for scene in found.scenes] == ["ai_900_001", "ai_900_002", "ai_900_003"]
    assert [step.text for step in steps] == ["ai_900_001", "ai_900_002", "ai_900_003"]
    assert all(scene.is_survey and scene.counts.faces == 60 for scene in found.scenes)


def test_the_table_of_a_dataset_has_a_line_per_scene(tmp_path: Path) -> None:
    for name in ("ai_900_001", "ai_900_002"):
        write_scene(tmp_path, name)
    lines = to_text(inventory(tmp_path)).splitlines()
    assert lines[0] == f"Hypersim: 2 scenes at {tmp_path}"
    assert [line.split()[:6] for line in lines[3:]] == [
        ["ai_900_001", "inch", "60", "5", "3", "2"],
        ["ai_900_002", "inch", "60", "5", "3", "2"],
    ]


def test_the_text_of_a_scene_says_all_of_it(folder: Path) -> None:
    (folder / "_detail/octomap/octomap.bt").unlink()
    (folder / "images/scene_cam_00_geometry_hdf5/frame.0003.position.hdf5").unlink()
    lines = [" ".join(line.split()) for line in to_text(inventory(folder)).splitlines()]
    for line in (
        f"{SCENE} {folder}",
        f"1 unit = {METRES_PER_UNIT} m (inch)",
        "Lens: 8 x 6 px, 60.0° wide, from plain 60° pinhole; the same as a plain 60° pinhole",
        f"Labels are saved to {folder}/_detail/mesh",
        f"Mesh 60 faces, 40 vertices {folder}",
        f"Labels 3 of 5 objects in 2 classes, 2 instances {folder}",
        f"Labelling log 24 h 00 min in 1 session {folder}",
        "Octomap: the file is not there",
        "for showing free and occupied space",
        "keyframes: 4 frames (0-1, 3, 7)",
        "images of: 2 frames (0, 3)",
        "no images of: 2 frames (1, 7)",
        "position 1 of 2 missing 3",
        "color all",
    ):
        assert line in lines


def test_the_json_is_valid_and_holds_the_same(folder: Path) -> None:
    found = inventory(folder)
    parsed = json.loads(to_json(found))
    scene = parsed["scenes"][0]
    assert parsed["dataset"] == "Hypersim"
    assert scene["counts"]["faces"] == 60
    assert scene["cameras"][0]["frames_without_images"] == [1, 7]
    assert scene["cameras"][0]["modalities"][0]["key"] == "color"
    assert scene["lens"]["width"] == 8
    assert {entry["what"] for entry in scene["missing"]} == {"Lens from the camera table"}


def test_a_scene_that_is_open_has_an_inventory_too() -> None:
    found = scene_inventory(Scene("empty", Path("/nowhere")))
    assert found.cameras == found.parts == found.missing == ()
    assert to_text(found).startswith("empty   /nowhere\n")
    assert json.loads(to_json(found))["lens"] is None


def test_a_path_without_scenes_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FormatError):
        inventory(tmp_path)


@pytest.mark.parametrize(
    ("frames", "text"),
    [((), ""), ((4,), "4"), ((0, 1, 2), "0-2"), ((0, 1, 3, 5, 6), "0-1, 3, 5-6")],
)
def test_frames_are_written_in_ranges(frames: tuple[int, ...], text: str) -> None:
    assert frame_ranges(frames) == text


@pytest.mark.parametrize(
    ("size", "name"),
    [
        (0.001, "millimetre"),
        (0.009999999776482582, "centimetre"),
        (0.02539999969303608, "inch"),
        (0.0255, "0.0255 m"),
        (1.0, "metre"),
    ],
)
def test_units_have_names(size: float, name: str) -> None:
    assert unit_name(size) == name


def test_published_scenes_are_listed_with_what_they_lack(shared: Path) -> None:
    found = inventory(shared / "hypersim-public")
    assert len(found.scenes) == 24
    tilted = next(scene for scene in found.scenes if scene.name == "ai_037_002")
    assert tilted.lens is not None
    assert tilted.lens.max_difference_px == pytest.approx(105.29, abs=0.01)
    assert _camera(tilted).excluded["CONTENT FLAGGED FOR REMOVAL"] == (20, 37, 38, 48, 85)
    json.loads(to_json(found))
