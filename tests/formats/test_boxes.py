from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tests.builders import load, save, write_scene
from viewer.errors import FormatError
from viewer.formats.hypersim.boxes import has_boxes, read_boxes, write_boxes
from viewer.model.boxes import OrientedBoxes

KIND = "object_aligned_2d"


@pytest.fixture
def mesh(tmp_path: Path) -> Path:
    return write_scene(tmp_path) / "_detail/mesh"


def _path(mesh: Path, column: str) -> Path:
    return mesh / f"metadata_semantic_instance_bounding_box_{KIND}_{column}.hdf5"


def _change(mesh: Path, column: str, row: int, value: Any) -> None:
    array = load(_path(mesh, column))
    array[row] = value
    save(_path(mesh, column), array)


def test_rows_are_instance_ids_and_unused_ones_are_left_out(mesh: Path) -> None:
    boxes, faults = read_boxes(mesh, KIND)
    assert boxes.ids.tolist() == [1, 3]
    assert boxes.extents.tolist() == [[1, 2, 3], [1, 2, 3]]
    assert boxes.no_box == {}
    assert faults == ()


@pytest.mark.parametrize("unused", [np.inf, -np.inf, np.nan])
def test_a_file_of_unused_rows_has_no_boxes(mesh: Path, unused: float) -> None:
    for column, shape in (("positions", (2, 3)), ("extents", (2, 3)), ("orientations", (2, 3, 3))):
        save(_path(mesh, column), np.full(shape, unused))
    boxes, faults = read_boxes(mesh, KIND)
    assert len(boxes) == 0
    assert faults == ()


@pytest.mark.parametrize(
    ("column", "value", "expected", "found"),
    [
        ("positions", (0, np.nan, 0), "finite numbers", "NaN or infinity"),
        ("orientations", np.full((3, 3), np.inf), "finite numbers", "NaN or infinity"),
        ("extents", (1, -1, 1), "lengths of 0 or more", "a negative one"),
        ("orientations", np.diag([1, 1, -1]), "right-handed axes", "left-handed ones"),
        ("orientations", 2 * np.eye(3), "axes at right angles and of length 1", "others"),
        (
            "orientations",
            np.array([[1, 0.5, 0], [0, 1, 0], [0, 0, 1]]),
            "axes at right angles and of length 1",
            "others",
        ),
    ],
)
def test_a_row_that_makes_no_box_is_left_out_and_told_in_a_sentence(
    mesh: Path, column: str, value: Any, expected: str, found: str
) -> None:
    _change(mesh, column, 3, value)
    boxes, faults = read_boxes(mesh, KIND)
    assert boxes.ids.tolist() == [1]
    assert boxes.no_box == {3: found}
    assert [(fault.message, fault.path) for fault in faults] == [
        (f"expected {expected}, found {found} in instance 3: no box", _path(mesh, column))
    ]


def test_several_faults_are_told_one_by_one(mesh: Path) -> None:
    _change(mesh, "extents", 1, (-1, 1, 1))
    _change(mesh, "orientations", 3, np.diag([1, -1, 1]))
    boxes, faults = read_boxes(mesh, KIND)
    assert len(boxes) == 0
    assert boxes.no_box == {1: "a negative one", 3: "left-handed ones"}
    assert len(faults) == 2


@pytest.mark.parametrize(
    ("row_count", "effect"),
    [(3, "the last ones belong to no instance"), (9, "later instances have no box")],
)
def test_another_number_of_rows_than_the_labels_ask_for_is_told(
    mesh: Path, row_count: int, effect: str
) -> None:
    boxes, faults = read_boxes(mesh, KIND, row_count)
    assert boxes.ids.tolist() == [1, 3]
    assert [fault.message for fault in faults] == [
        f"expected {row_count} rows, one for id 0 and each instance, found 4: {effect}"
    ]
    assert read_boxes(mesh, KIND, 4)[1] == ()


def test_boxes_that_are_written_are_read_back_as_they_were(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    turns = np.linalg.qr(rng.normal(size=(3, 3, 3)))[0]
    turns[np.linalg.det(turns) < 0] *= -1
    boxes = OrientedBoxes(np.array([1, 4, 6]), rng.normal(size=(3, 3)), rng.uniform(size=(3, 3)), turns)
    paths = write_boxes(tmp_path / "mesh", {KIND: boxes}, 7)
    again, faults = read_boxes(tmp_path / "mesh", KIND, 8)
    assert faults == ()
    assert len(paths) == 3
    for name in ("ids", "centres", "extents", "world_from_box"):
        np.testing.assert_array_equal(getattr(again, name), getattr(boxes, name))


def test_files_are_laid_out_as_the_original_tools_write_them(tmp_path: Path) -> None:
    boxes = OrientedBoxes(np.array([1]), np.zeros((1, 3)), np.ones((1, 3)), np.eye(3)[None])
    for path in write_boxes(tmp_path, {KIND: boxes}, 2):
        with h5py.File(path) as file:
            dataset = file["dataset"]
            assert (dataset.dtype, dataset.chunks, dataset.compression) == (np.dtype("<f8"), None, None)
            assert list(file) == ["dataset"]
            assert path.stat().st_size == 2048 + dataset.nbytes


def test_the_reserved_row_makes_no_box(mesh: Path) -> None:
    for column, value in (("positions", 0), ("extents", 1), ("orientations", np.eye(3))):
        _change(mesh, column, 0, value)
    boxes, faults = read_boxes(mesh, KIND)
    assert boxes.ids.tolist() == [1, 3]
    assert [fault.message for fault in faults] == [
        "expected no box in row 0, which is no instance, found one in instance 0: no box"
    ]


@pytest.mark.parametrize("column", ["positions", "extents", "orientations"])
def test_every_column_is_needed(mesh: Path, column: str) -> None:
    _path(mesh, column).unlink()
    assert has_boxes(mesh, KIND)
    with pytest.raises(FormatError) as caught:
        read_boxes(mesh, KIND)
    assert (caught.value.message, caught.value.path) == ("the file is missing", _path(mesh, column))


def test_columns_of_different_length_are_refused(mesh: Path) -> None:
    save(_path(mesh, "extents"), np.ones((3, 3)))
    with pytest.raises(FormatError, match=r"expected an array of shape \(4, 3\), found \(3, 3\)"):
        read_boxes(mesh, KIND)
