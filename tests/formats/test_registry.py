from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import SCENE, save, write_labels, write_mesh, write_objects, write_scene, write_text
from viewer.errors import FormatError
from viewer.formats.registry import READERS, find_reader, find_scenes


def _folders(path: Path, *also: Path) -> dict[str, tuple[Path, ...]]:
    _, matches = find_scenes(path, also)
    return {match.name: match.folders for match in matches}


def test_readers_have_keys_of_their_own() -> None:
    keys = [reader.key for reader in READERS]
    assert len(set(keys)) == len(keys)
    assert find_reader("hypersim") is READERS[0]
    assert find_reader("none") is None


@pytest.mark.parametrize(
    "inside",
    [
        ".",
        "_detail",
        "_detail/mesh",
        "_detail/cam_00",
        "images",
        "images/scene_cam_00_final_hdf5",
        "_detail/mesh/metadata_objects.csv",
    ],
)
def test_a_scene_is_known_by_every_folder_of_it(tmp_path: Path, inside: str) -> None:
    scene = write_scene(tmp_path)
    assert _folders(scene / inside) == {SCENE: (scene,)}


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ("", ""),
        ("scenes", "scenes"),
        ("scenes", ""),
        ("evermotion_dataset/scenes", ""),
        ("evermotion_dataset/scenes", "evermotion_dataset"),
        ("downloads", ""),
        ("data/scenes", ""),
        ("repository/evermotion_dataset/scenes", ""),
    ],
)
def test_scenes_are_found_in_a_folder_of_them_and_in_dataset_roots(
    tmp_path: Path, place: str, path: str
) -> None:
    for name in ("ai_001_002", "ai_001_001"):
        (tmp_path / place / name / "_detail").mkdir(parents=True)
    (tmp_path / place / "notes").mkdir()
    found = _folders(tmp_path / path)
    assert found == {name: (tmp_path / place / name,) for name in ("ai_001_001", "ai_001_002")}


def test_a_relative_path_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = write_scene(tmp_path)
    monkeypatch.chdir(scene / "_detail")
    assert _folders(Path()) == {SCENE: (scene,)}


def test_images_alone_make_a_scene(tmp_path: Path) -> None:
    (tmp_path / "ai_001_001/images/scene_cam_00_final_preview").mkdir(parents=True)
    assert list(_folders(tmp_path)) == ["ai_001_001"]


def test_a_folder_of_other_images_makes_none(tmp_path: Path) -> None:
    (tmp_path / "holiday/images/beach").mkdir(parents=True)
    with pytest.raises(FormatError):
        find_scenes(tmp_path)


def test_one_scene_in_two_places_of_a_root_is_one_scene(tmp_path: Path) -> None:
    first, second = tmp_path / "a/ai_001_001", tmp_path / "b/ai_001_001"
    for folder in (first, second):
        (folder / "_detail").mkdir(parents=True)
    assert _folders(tmp_path) == {"ai_001_001": (first, second)}


def test_other_roots_are_laid_over_by_name(tmp_path: Path) -> None:
    scene = write_scene(tmp_path / "images")
    for name in (SCENE, "ai_900_002"):
        write_objects(tmp_path / "repository/evermotion_dataset/scenes" / name)
    write_mesh(tmp_path / "bought" / SCENE)
    found = _folders(scene, tmp_path / "repository", tmp_path / "bought" / SCENE, tmp_path / "images")
    assert found == {
        SCENE: (
            scene,
            tmp_path / "repository/evermotion_dataset/scenes" / SCENE,
            tmp_path / "bought" / SCENE,
        )
    }


def test_an_overlay_without_the_scene_changes_nothing(tmp_path: Path) -> None:
    scene = write_scene(tmp_path / "a")
    (tmp_path / "b").mkdir()
    assert _folders(scene, tmp_path / "b", tmp_path / "none") == {SCENE: (scene,)}


EXPECTED = "expected a scene folder (one that holds '_detail' or 'images') or a folder of scenes, found "


def test_a_path_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(FormatError) as caught:
        find_scenes(tmp_path / "none")
    assert caught.value.message == "this folder does not exist"


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ((), "an empty folder"),
        (("a", "b"), "'a', 'b'"),
        (("a", "b", "c", "d", "e"), "'a', 'b', 'c' and 2 more"),
    ],
)
def test_another_folder_is_described(tmp_path: Path, names: tuple[str, ...], found: str) -> None:
    for name in names:
        (tmp_path / name).mkdir()
    with pytest.raises(FormatError) as caught:
        find_scenes(tmp_path)
    assert caught.value.message == EXPECTED + found


def test_a_file_outside_of_any_scene(tmp_path: Path) -> None:
    with pytest.raises(FormatError) as caught:
        find_scenes(write_text(tmp_path / "a.txt", "a"))
    assert caught.value.message == EXPECTED + "a file that belongs to none"


def test_archives_are_to_be_unpacked(tmp_path: Path) -> None:
    (tmp_path / "ai_001_001.zip").touch()
    with pytest.raises(FormatError) as caught:
        find_scenes(tmp_path)
    assert caught.value.hint == "unpack the archives first"


def test_labels_of_a_session_folder_are_no_scene(tmp_path: Path) -> None:
    write_labels(tmp_path / "a")
    save(tmp_path / "b/mesh_objects_si.hdf5", [[1]])
    assert list(_folders(tmp_path)) == ["a"]
