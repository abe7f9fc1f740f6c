"""What kept versions hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.labelling_builders import a_labelling, paint
from viewer.app.kept_versions import look_at_versions
from viewer.app.labelling import Labelling
from viewer.app.saving import KEPT_VERSIONS, kept_versions, save_labels
from viewer.jobs.job import Progress


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "mesh"
    place.mkdir()
    return place


def save(labelling: Labelling, folder: Path) -> None:
    save_labels(labelling.snapshot(), folder)


def look(labelling: Labelling, folder: Path):
    return look_at_versions(folder, labelling.labels, Progress.silent())


def test_nothing_is_kept_of_a_folder_that_was_never_saved(folder: Path) -> None:
    assert look(a_labelling(8), folder) == ()


def test_each_version_tells_what_it_held_and_how_it_differs(folder: Path) -> None:
    labelling = a_labelling(8)
    for objects in range(1, 4):
        paint(labelling, 0, objects - 1)
        save(labelling, folder)
    versions = look(labelling, folder)
    assert [version.with_class for version in versions] == [2, 1]
    assert [version.differing for version in versions] == [1, 2]
    assert [version.with_instance for version in versions] == [0, 0]
    assert versions[0].saved <= versions[0].version.when


def test_no_more_than_the_last_five_are_kept(folder: Path) -> None:
    labelling = a_labelling(20)
    for objects in range(1, 10):
        paint(labelling, objects - 1)
        save(labelling, folder)
    assert [version.with_class for version in look(labelling, folder)] == [8, 7, 6, 5, 4]
    assert KEPT_VERSIONS == 5


def test_loading_one_is_one_step_back_and_forth(folder: Path) -> None:
    labelling = a_labelling(8)
    paint(labelling, 0, 2)
    save(labelling, folder)
    paint(labelling, 3, 5)
    save(labelling, folder)
    now = labelling.labels.copy()
    version = look(labelling, folder)[0]
    steps = len(labelling.history.steps)
    labelling.load_labels(version.labels, title="Restore version of today")
    assert len(labelling.history.steps) == steps + 1
    assert labelling.history.undo_title == "Restore version of today"
    assert (labelling.labels.semantic[3:6] == -1).all()
    labelling.undo()
    assert labelling.labels.equals(now)


def test_a_version_that_cannot_be_used_says_why(folder: Path) -> None:
    labelling = a_labelling(8)
    save(labelling, folder)
    paint(labelling, 0)
    save(labelling, folder)
    for path in kept_versions(folder)[0].folder.iterdir():
        path.write_bytes(b"damaged")
    (version,) = look(labelling, folder)
    assert version.labels is None
    assert version.trouble
    other = a_labelling(9)
    assert look(other, folder)[0].labels is None
