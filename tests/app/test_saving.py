"""Saving labels."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import load, save
from tests.labelling_builders import a_labelling, a_table, paint
from viewer.app.labelling import Labelling
from viewer.app.saving import (
    KEPT_VERSIONS,
    ChangedOnDisk,
    changed_files,
    kept_versions,
    mesh_folder_of,
    read_marks,
    save_labels,
)
from viewer.errors import SaveError
from viewer.formats.hypersim.label_tables import default_label_table
from viewer.formats.hypersim.labels import read_labels
from viewer.formats.hypersim.layout import LABEL_FILES
from viewer.model.label_table import LabelTable
from viewer.model.labels import LabelLayer, ObjectLabels
from viewer.model.scene import ObjectTable, Scene

TIME_OF_CHANGE = slice(948, 952)


def files(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in LABEL_FILES}


def reopened(folder: Path, objects: int, table: LabelTable) -> Labelling:
    """The labels of a folder, as they are loaded with a scene."""
    names = ObjectTable(tuple(str(k) for k in range(objects)))
    saved = read_labels(folder, objects)
    parts = {ObjectTable: names, type(saved): saved}
    return Labelling.for_scene(Scene("ai_001_001", folder, parts=parts), table)


def a_painted_labelling() -> Labelling:
    labelling = a_labelling(6)
    paint(labelling, 1, 3, class_id=5)
    paint(labelling, 0, 2, layer=LabelLayer.INSTANCE, unique=True)
    labelling.create_instance()
    return labelling


# what is written


def test_the_four_files_hold_labels_and_colors(tmp_path: Path) -> None:
    save_labels(a_painted_labelling().snapshot(), tmp_path)
    assert load(tmp_path / "mesh_objects_si.hdf5")[:, 0].tolist() == [-1, 5, 5, 5, -1, -1]
    assert load(tmp_path / "mesh_objects_sii.hdf5")[:, 0].tolist() == [2, 3, 4, -1, -1, -1]
    assert load(tmp_path / "metadata_semantic_colors.hdf5").shape == (6, 3)
    assert load(tmp_path / "metadata_semantic_instance_colors.hdf5").shape == (6, 3)


ids = st.lists(st.integers(-1, 9).map(lambda k: k or -1), min_size=5, max_size=5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(ids, ids, st.integers(0, 5))
def test_loading_what_was_saved_gives_the_same_state(
    tmp_path: Path, semantic: list[int], instance: list[int], extra: int
) -> None:
    labelling = a_labelling(5, semantic, instance)
    for _ in range(extra):
        labelling.create_instance()
    labelling.set_instance_color(1, (1, 2, 3))
    save_labels(labelling.snapshot(), tmp_path, keep=False)
    found = reopened(tmp_path, 5, a_table())
    assert found.labels.equals(labelling.labels)
    assert found.instances.color_rows().tolist() == labelling.instances.color_rows().tolist()
    assert not found.is_dirty


def test_published_labels_are_saved_unchanged_to_the_byte(shared: Path, tmp_path: Path) -> None:
    scenes = sorted((shared / "hypersim-public/evermotion_dataset/scenes").glob("*/_detail/mesh"))
    scenes = [scene for scene in scenes if all((scene / name).is_file() for name in LABEL_FILES)]
    assert scenes
    for scene in scenes:
        count = len(load(scene / "mesh_objects_si.hdf5"))
        folder = tmp_path / scene.parents[1].name
        save_labels(reopened(scene, count, default_label_table()).snapshot(), folder)
        for name, content in files(folder).items():
            ours, theirs = bytearray(content), bytearray((scene / name).read_bytes())
            ours[TIME_OF_CHANGE] = theirs[TIME_OF_CHANGE] = bytes(4)
            assert ours == theirs, scene / name


def test_labels_of_classes_that_the_table_lacks_can_be_saved(tmp_path: Path) -> None:
    labelling = a_labelling(2, semantic=[44, -1])
    save_labels(labelling.snapshot(), tmp_path)
    assert load(tmp_path / "metadata_semantic_colors.hdf5").shape == (45, 3)
    assert reopened(tmp_path, 2, a_table()).labels.semantic.tolist() == [44, -1]


def test_nothing_else_is_left_in_the_folder(tmp_path: Path) -> None:
    for _ in range(2):
        save_labels(a_painted_labelling().snapshot(), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(LABEL_FILES)


# where


def test_a_scene_folder_stands_for_its_mesh_folder(tmp_path: Path) -> None:
    (tmp_path / "_detail").mkdir()
    inner = tmp_path / "_detail" / "mesh"
    assert mesh_folder_of(tmp_path) == mesh_folder_of(tmp_path / "_detail") == mesh_folder_of(inner) == inner


def test_any_other_folder_stands_for_itself(tmp_path: Path) -> None:
    assert mesh_folder_of(tmp_path) == tmp_path


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    save_labels(a_labelling().snapshot(), tmp_path / "new" / "folder")
    assert (tmp_path / "new/folder/mesh_objects_si.hdf5").is_file()


# somebody else


def test_files_changed_by_somebody_else_are_noticed_and_not_overwritten(tmp_path: Path) -> None:
    marks = save_labels(a_labelling().snapshot(), tmp_path)
    save(tmp_path / "mesh_objects_si.hdf5", np.full((8, 1), 3))
    before = files(tmp_path)
    with pytest.raises(ChangedOnDisk, match=r"somebody else has changed mesh_objects_si\.hdf5"):
        save_labels(a_painted_labelling().snapshot(), tmp_path, expected=marks)
    assert files(tmp_path) == before


def test_a_file_that_appeared_or_went_is_a_change(tmp_path: Path) -> None:
    marks = read_marks(tmp_path)
    save(tmp_path / "mesh_objects_si.hdf5", np.full((8, 1), 3))
    assert [path.name for path in changed_files(tmp_path, marks)] == ["mesh_objects_si.hdf5"]
    marks = read_marks(tmp_path)
    (tmp_path / "mesh_objects_si.hdf5").unlink()
    assert [path.name for path in changed_files(tmp_path, marks)] == ["mesh_objects_si.hdf5"]


def test_a_file_that_was_only_touched_is_no_change(tmp_path: Path) -> None:
    marks = save_labels(a_labelling().snapshot(), tmp_path)
    os.utime(tmp_path / "mesh_objects_si.hdf5", (1, 1))
    assert changed_files(tmp_path, marks) == ()
    save_labels(a_labelling().snapshot(), tmp_path, expected=marks)


def test_saving_twice_expects_ones_own_files(tmp_path: Path) -> None:
    marks = save_labels(a_labelling().snapshot(), tmp_path)
    save_labels(a_painted_labelling().snapshot(), tmp_path, expected=marks)


# the last versions


def test_what_a_save_replaces_is_kept_and_can_be_read(tmp_path: Path) -> None:
    save_labels(a_painted_labelling().snapshot(), tmp_path)
    old = files(tmp_path)
    save_labels(a_labelling(6).snapshot(), tmp_path)
    version = kept_versions(tmp_path)[0]
    assert files(version.folder) == old
    assert read_labels(version.folder, 6).semantic.tolist() == [-1, 5, 5, 5, -1, -1]


def test_the_last_five_versions_are_kept_the_newest_first(tmp_path: Path) -> None:
    for value in range(1, 9):
        save_labels(a_labelling(2, semantic=[value, -1]).snapshot(), tmp_path)
    kept = [int(read_labels(version.folder, 2).semantic[0]) for version in kept_versions(tmp_path)]
    assert kept == [7, 6, 5, 4, 3]
    assert len(kept) == KEPT_VERSIONS


def test_versions_are_not_kept_in_the_dataset(tmp_path: Path) -> None:
    for _ in range(2):
        save_labels(a_painted_labelling().snapshot(), tmp_path)
    assert not kept_versions(tmp_path)[0].folder.is_relative_to(tmp_path)


def test_a_save_succeeds_where_versions_cannot_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    save_labels(a_labelling(6).snapshot(), tmp_path / "scene")
    blocked = tmp_path / "state"
    blocked.write_text("a file where the folder should be")
    monkeypatch.setenv("XDG_STATE_HOME", str(blocked))
    save_labels(a_painted_labelling().snapshot(), tmp_path / "scene")
    assert load(tmp_path / "scene/mesh_objects_si.hdf5")[1, 0] == 5
    assert "could not be kept" in caplog.text


def test_saving_the_same_labels_again_pushes_no_version_out(tmp_path: Path, monkeypatch) -> None:
    save_labels(a_labelling(2, semantic=[1, -1]).snapshot(), tmp_path)
    for _ in range(7):
        save_labels(a_labelling(2, semantic=[2, -1]).snapshot(), tmp_path)
        for name in LABEL_FILES:
            content = bytearray((tmp_path / name).read_bytes())
            content[TIME_OF_CHANGE] = os.urandom(4)
            (tmp_path / name).write_bytes(content)
    kept = [int(read_labels(version.folder, 2).semantic[0]) for version in kept_versions(tmp_path)]
    assert kept == [2, 1]


# failing


def test_a_folder_that_may_not_be_written_is_told_with_a_way_out(tmp_path: Path) -> None:
    folder = tmp_path / "read-only"
    save_labels(a_labelling().snapshot(), folder)
    before = files(folder)
    folder.chmod(0o500)
    try:
        if os.access(folder, os.W_OK):
            pytest.skip("this user may write everywhere")
        with pytest.raises(SaveError, match="not allowed") as raised:
            save_labels(a_painted_labelling().snapshot(), folder)
    finally:
        folder.chmod(0o700)
    assert raised.value.hint == "save to another folder"
    assert files(folder) == before


class FailingDisk:
    """Makes the n-th call of the system that writes, syncs or renames fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
        self.left = -1
        self.calls = 0
        for name in ("fsync", "replace", "link"):
            monkeypatch.setattr(os, name, self._failing(getattr(os, name), code))
        monkeypatch.setattr(Path, "open", self._failing_for_writing(Path.open, code))

    def _count(self, code: int) -> None:
        self.calls += 1
        self.left -= 1
        if self.left == 0:
            raise OSError(code, os.strerror(code))

    def _failing(self, real, code: int):
        def call(*arguments: object, **options: object):
            self._count(code)
            return real(*arguments, **options)

        return call

    def _failing_for_writing(self, real, code: int):
        def call(path: Path, mode: str = "r", *arguments: object, **options: object):
            if mode not in {"r", "rb"}:
                self._count(code)
            return real(path, mode, *arguments, **options)

        return call


def test_a_read_only_file_system_is_told_with_a_way_out(tmp_path: Path, monkeypatch) -> None:
    FailingDisk(monkeypatch, errno.EROFS).left = 1
    with pytest.raises(SaveError, match="writing here is not allowed") as raised:
        save_labels(a_labelling().snapshot(), tmp_path)
    assert raised.value.hint == "save to another folder"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_failure_at_any_step_leaves_the_old_files_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    save_labels(a_labelling(6).snapshot(), tmp_path, keep=False)
    before = files(tmp_path)
    new = a_painted_labelling().snapshot()
    disk = FailingDisk(monkeypatch, code)
    failures = 0
    for step in range(1, 100):
        disk.left = step
        try:
            save_labels(new, tmp_path, keep=False)
        except SaveError:
            failures += 1
            assert files(tmp_path) == before, f"step {step}"
            assert sorted(path.name for path in tmp_path.iterdir()) == sorted(LABEL_FILES), f"step {step}"
        else:
            if disk.left > 0:
                break
            # A step that may fail, such as a hard link that can be a copy: the save succeeded.
            assert load(tmp_path / "mesh_objects_si.hdf5")[1, 0] == 5
            save_labels(a_labelling(6).snapshot(), tmp_path, keep=False)
            before = files(tmp_path)
    assert failures >= 8


def test_a_full_disk_leaves_the_old_files_whole(tmp_path: Path) -> None:
    """On a real small file system, where the tests may mount one."""
    small = tmp_path / "small"
    small.mkdir()
    if not shutil.which("mount") or os.geteuid() != 0:
        pytest.skip("a small file system can only be mounted as root")
    if os.system(f"mount -t tmpfs -o size=64k tmpfs {small} 2>/dev/null") != 0:
        pytest.skip("mounting is not allowed here")
    try:
        save_labels(a_labelling(1).snapshot(), small, keep=False)
        before = files(small)
        with pytest.raises(SaveError, match="no room is left"):
            save_labels(a_labelling(9000).snapshot(), small, keep=False)
        assert files(small) == before
        assert sorted(path.name for path in small.iterdir()) == sorted(LABEL_FILES)
    finally:
        os.system(f"umount {small}")


def test_labels_are_not_saved_as_something_else(tmp_path: Path) -> None:
    labels = ObjectLabels([1, 2, -1], [3, -1, 9])
    labelling = Labelling(labels, a_table())
    save_labels(labelling.snapshot(), tmp_path)
    assert read_labels(tmp_path, 3).instance.tolist() == [3, -1, 9]
