from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.builders import load, save
from viewer.errors import FormatError, LabelError, SaveError, ViewerError
from viewer.formats.hypersim import labels as label_files
from viewer.formats.hypersim.labels import read_labels, read_labels_and_faults, write_labels
from viewer.model.labels import ObjectLabels

SI, SII = "mesh_objects_si.hdf5", "mesh_objects_sii.hdf5"
CLASS_COLORS, INSTANCE_COLORS = "metadata_semantic_colors.hdf5", "metadata_semantic_instance_colors.hdf5"
FILES = (SI, SII, CLASS_COLORS, INSTANCE_COLORS)
LABELS = ObjectLabels([1, -1, 40], [2, -1, 1])


def _colors(count: int) -> NDArray[np.int64]:
    rows = np.arange(3 * (count + 1), dtype=np.int64).reshape(-1, 3)
    rows[0] = -1
    return rows


def _write(folder: Path, labels: ObjectLabels = LABELS) -> tuple[Path, ...]:
    return write_labels(folder, labels, _colors(40), _colors(2))


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_saved_labels_are_read_back(tmp_path: Path) -> None:
    paths = _write(tmp_path)
    assert paths == tuple(tmp_path / name for name in FILES)
    found = read_labels(tmp_path, 3)
    assert found.semantic.tolist() == [1, -1, 40]
    assert found.instance.tolist() == [2, -1, 1]
    assert found.class_colors is not None
    assert np.array_equal(found.class_colors, _colors(40))
    assert found.instance_colors is not None
    assert np.array_equal(found.instance_colors, _colors(2))


ids = st.one_of(st.just(-1), st.integers(1, 30))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(st.lists(st.tuples(ids, ids), max_size=30))
def test_any_labels_survive_saving(tmp_path: Path, rows: list[tuple[int, int]]) -> None:
    labels = ObjectLabels([row[0] for row in rows], [row[1] for row in rows])
    write_labels(tmp_path, labels, _colors(40), _colors(30))
    found = read_labels(tmp_path, len(rows))
    assert labels.equals(ObjectLabels(found.semantic, found.instance))


def test_a_mesh_folder_is_made_when_it_is_missing(tmp_path: Path) -> None:
    _write(tmp_path / "_detail" / "mesh")
    assert sorted(_contents(tmp_path / "_detail" / "mesh")) == sorted(FILES)


def test_saving_again_leaves_only_the_four_files(tmp_path: Path) -> None:
    _write(tmp_path)
    _write(tmp_path, ObjectLabels([-1], [-1]))
    assert sorted(_contents(tmp_path)) == sorted(FILES)
    assert load(tmp_path / SI).tolist() == [[-1]]


def test_readers_of_the_first_column_get_the_labels(tmp_path: Path) -> None:
    _write(tmp_path)
    assert load(tmp_path / SI)[:, 0].tolist() == [1, -1, 40]


@pytest.mark.parametrize("failing", [1, 2, 3, 4])
def test_a_failed_swap_leaves_the_old_four_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    _write(tmp_path)
    before = _contents(tmp_path)
    calls = iter(range(1, 100))
    real = os.replace

    def replace(source: Path, target: Path) -> None:
        if next(calls) == failing:
            raise PermissionError(errno.EACCES, "Permission denied")
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(SaveError, match="could not be saved: writing here is not allowed"):
        _write(tmp_path, ObjectLabels([3, 3, 3], [1, 1, 1]))
    assert _contents(tmp_path) == before


def test_a_full_disk_leaves_the_old_four_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(tmp_path)
    before = _contents(tmp_path)
    calls = iter(range(1, 100))

    def full(_: int) -> None:
        if next(calls) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SaveError, match="could not be saved: no room is left on the disk") as caught:
        _write(tmp_path, ObjectLabels([3, 3, 3], [1, 1, 1]))
    assert caught.value.path == tmp_path / CLASS_COLORS
    assert _contents(tmp_path) == before


@pytest.mark.parametrize("damage", [lambda content: content[:-8], lambda content: content[:-8] + b"\7" * 8])
def test_a_disk_that_returns_something_else_leaves_the_old_four_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: Any
) -> None:
    _write(tmp_path)
    before = _contents(tmp_path)
    monkeypatch.setattr(label_files, "write_bytes", lambda path, content: path.write_bytes(damage(content)))
    with pytest.raises(SaveError, match="the disk returned something else than was written"):
        _write(tmp_path, ObjectLabels([3, 3, 3], [1, 1, 1]))
    assert _contents(tmp_path) == before


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SaveError, match="could not be saved"):
        _write(tmp_path / "file" / "mesh")


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        (ObjectLabels([0], [-1]), "expected class ids of 1 or more, or -1 for none, found 0"),
        (ObjectLabels([1], [-2]), "expected instance ids of 1 or more, or -1 for none, found -2"),
        (ObjectLabels([41], [1]), "expected a color for class 41, found colors up to 40"),
        (ObjectLabels([1], [3]), "expected a color for instance 3, found colors up to 2"),
    ],
)
def test_labels_that_nobody_could_read_are_not_saved(
    tmp_path: Path, labels: ObjectLabels, sentence: str
) -> None:
    with pytest.raises(LabelError) as caught:
        _write(tmp_path, labels)
    assert caught.value.message == sentence
    assert list(tmp_path.iterdir()) == []


def test_colors_of_another_shape_are_not_saved(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match=r"expected class colors of shape \(n, 3\), found \(41, 4\)"):
        write_labels(tmp_path, LABELS, np.zeros((41, 4), np.int64), _colors(2))


def test_no_labels_at_all(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=f"expected {SI} and {SII}, found neither"):
        read_labels(tmp_path)


def _break(folder: Path, name: str, array: Any) -> None:
    _write(folder)
    save(folder / name, array)


@pytest.mark.parametrize(
    ("name", "array", "sentence"),
    [
        (SI, np.ones((4, 1), np.int64), "expected labels of 3 objects as the scene has, found 4"),
        (SII, np.ones((1, 3), np.int64), "expected an array of shape (n,) or (n, 1), found (1, 3)"),
        (SI, np.ones((3, 1)), "expected integers, found values of type float64"),
        (SII, np.array([1, 2, 10**9]), "expected ids up to 1000000, found 1000000000"),
    ],
)
def test_malformed_labels_are_refused(tmp_path: Path, name: str, array: Any, sentence: str) -> None:
    _break(tmp_path, name, array)
    with pytest.raises(ViewerError) as caught:
        read_labels(tmp_path, 3)
    assert (caught.value.message, caught.value.path) == (sentence, tmp_path / name)


def test_two_layers_of_different_length_are_refused_without_an_object_list_too(tmp_path: Path) -> None:
    _break(tmp_path, SI, np.ones((4, 1), np.int64))
    with pytest.raises(LabelError, match="found 4 classes and 3 instances"):
        read_labels(tmp_path)


@pytest.mark.parametrize(
    ("name", "array", "sentence"),
    [
        (
            SI,
            np.array([0, 5, -7]),
            "expected ids of 1 or more, or -1 for none, found 0: 2 objects count as unlabelled",
        ),
        (CLASS_COLORS, np.ones((41, 4), np.int64), "expected an array of shape (n, 3), found (41, 4)"),
        (INSTANCE_COLORS, np.ones((3, 3)), "expected integers, found values of type float64"),
    ],
)
def test_small_faults_are_told_and_the_rest_is_used(
    tmp_path: Path, name: str, array: Any, sentence: str
) -> None:
    _break(tmp_path, name, array)
    found, faults = read_labels_and_faults(tmp_path, 3)
    assert [(fault.message, fault.path) for fault in faults] == [(sentence, tmp_path / name)]
    assert found.instance.tolist() == [2, -1, 1]


def test_a_missing_layer_counts_as_unlabelled_and_is_told(tmp_path: Path) -> None:
    _write(tmp_path)
    (tmp_path / SII).unlink()
    found, faults = read_labels_and_faults(tmp_path, 3)
    assert found.instance.tolist() == [-1, -1, -1]
    assert [fault.message for fault in faults] == ["the file is missing: no object has an instance"]
