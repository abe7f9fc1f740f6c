"""Label tables: the classes an object can have, as CSV."""

from __future__ import annotations

from pathlib import Path

from viewer.errors import FormatError, LabelError
from viewer.formats.hypersim.tables import read_rows
from viewer.model.label_table import LabelClass, LabelTable
from viewer.resources import resource_path

LARGEST_CLASS_ID = 1_000_000
"""Color files have a row for every id up to the largest, so a stray huge one would fill the disk."""

_COLUMNS = ("semantic_id", "semantic_name", "semantic_color_r", "semantic_color_g", "semantic_color_b")


def default_label_table() -> LabelTable:
    """The 40 classes of NYU40."""
    return read_label_table(resource_path("label_tables/nyu40.csv"))


def read_label_table(path: Path) -> LabelTable:
    """The classes of a label table.

    Raises FormatError when the file is malformed, LabelError for reserved or repeated ids or no class at all.
    """
    classes = tuple(
        _label_class(row, path, number) for number, row in enumerate(read_rows(path, _COLUMNS), 1)
    )
    try:
        return LabelTable(classes)
    except LabelError as error:
        raise LabelError(error.message, path=path) from error


def _label_class(row: tuple[str, ...], path: Path, number: int) -> LabelClass:
    class_id = _integer(row[0], "a class id", path, number)
    if class_id > LARGEST_CLASS_ID:
        raise FormatError(
            f"class {number}: expected an id up to {LARGEST_CLASS_ID}, found {class_id}", path=path
        )
    red, green, blue = (_integer(text, "a color", path, number) for text in row[2:])
    if not all(0 <= channel <= 255 for channel in (red, green, blue)):
        raise FormatError(
            f"class {number}: expected a color of 0 to 255, found {red}, {green}, {blue}", path=path
        )
    return LabelClass(class_id, row[1], (red, green, blue))


def _integer(text: str, what: str, path: Path, number: int) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise FormatError(
            f"class {number}: expected {what} as an integer, found '{text}'", path=path
        ) from error
