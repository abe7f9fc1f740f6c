from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.builders import load, save, write_boxes
from viewer.errors import FormatError
from viewer.formats.hypersim.boxes import has_boxes, read_boxes

KIND = "object_aligned_2d"


@pytest.fixture
def mesh(tmp_path: Path) -> Path:
    write_boxes(tmp_path)
    return tmp_path / "_detail/mesh"


def _path(mesh: Path, column: str) -> Path:
    return mesh / f"metadata_semantic_instance_bounding_box_{KIND}_{column}.hdf5"


def _change(mesh: Path, column: str, row: int, value: Any) -> None:
    array = load(_path(mesh, column))
    array[row] = value
    save(_path(mesh, column), array)


def test_rows_are_instance_ids_and_unused_ones_are_left_out(mesh: Path) -> None:
    boxes, fault = read_boxes(mesh, KIND)
    assert boxes.ids.tolist() == [1, 3]
    assert boxes.extents.tolist() == [[1, 2, 3], [1, 2, 3]]
    assert fault is None


def test_a_file_of_unused_rows_has_no_boxes(mesh: Path) -> None:
    for column, shape in (("positions", (2, 3)), ("extents", (2, 3)), ("orientations", (2, 3, 3))):
        save(_path(mesh, column), np.full(shape, np.inf))
    boxes, fault = read_boxes(mesh, KIND)
    assert len(boxes) == 0
    assert fault is None


@pytest.mark.parametrize(
    ("column", "row", "value", "reason"),
    [
        ("positions", 3, (0, np.nan, 0), "1 with a value that is not finite (id 3)"),
        ("orientations", 3, np.full((3, 3), np.inf), "1 with a value that is not finite (id 3)"),
        ("extents", 3, (1, -1, 1), "1 with a negative extent (id 3)"),
        ("orientations", 3, np.diag([1, 1, -1]), "1 with axes that are no rotation (id 3)"),
        ("orientations", 3, 2 * np.eye(3), "1 with axes that are no rotation (id 3)"),
    ],
)
def test_a_row_that_makes_no_box_is_left_out_and_told(
    mesh: Path, column: str, row: int, value: Any, reason: str
) -> None:
    _change(mesh, column, row, value)
    boxes, fault = read_boxes(mesh, KIND)
    assert boxes.ids.tolist() == [1]
    assert fault is not None
    assert fault.message == f"expected a box in every used row, found {reason}: left out"


def test_the_reserved_row_makes_no_box(mesh: Path) -> None:
    for column, value in (("positions", 0), ("extents", 1), ("orientations", np.eye(3))):
        _change(mesh, column, 0, value)
    boxes, fault = read_boxes(mesh, KIND)
    assert boxes.ids.tolist() == [1, 3]
    assert fault is not None
    assert "1 with the reserved id 0" in fault.message


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
