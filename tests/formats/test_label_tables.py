from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import write_text
from viewer.errors import FormatError, LabelError
from viewer.formats.hypersim.label_tables import default_label_table, read_label_table

HEADER = "semantic_id,semantic_name,semantic_color_r,semantic_color_g,semantic_color_b\n"


def _table(tmp_path: Path, rows: str) -> Path:
    return write_text(tmp_path / "classes.csv", HEADER + rows)


def test_the_default_table_has_forty_classes() -> None:
    table = default_label_table()
    assert [entry.id for entry in table.classes] == list(range(1, 41))
    assert (table.name_of(1), table.name_of(40)) == ("wall", "otherprop")


def test_padded_values_and_headers_are_understood(tmp_path: Path) -> None:
    path = write_text(
        tmp_path / "classes.csv",
        "semantic_id , semantic_name , semantic_color_r , semantic_color_g , semantic_color_b\n"
        '  7        , "arm chair"     ,  10              ,  20              ,  30\n',
    )
    entry = read_label_table(path).classes[0]
    assert (entry.id, entry.name, entry.color) == (7, "arm chair", (10, 20, 30))


@pytest.mark.parametrize(
    ("rows", "kind", "sentence"),
    [
        ("", LabelError, "expected at least one class in the label table, found none"),
        ("0,a,1,2,3\n", LabelError, "class id 0 is reserved; expected ids of 1 or more"),
        ("-1,a,1,2,3\n", LabelError, "class id -1 is reserved; expected ids of 1 or more"),
        ("1,a,1,2,3\n1,b,1,2,3\n", LabelError, "class id 1 stands twice in the label table"),
        ("one,a,1,2,3\n", FormatError, "class 1: expected a class id as an integer, found 'one'"),
        ("1,a,1,2,3.5\n", FormatError, "class 1: expected a color as an integer, found '3.5'"),
        ("1,a,1,2,256\n", FormatError, "class 1: expected a color of 0 to 255, found 1, 2, 256"),
        ("99999999,a,1,2,3\n", FormatError, "class 1: expected an id up to 1000000, found 99999999"),
        ("1,a,b,1,2,3\n", FormatError, "line 2: expected 5 values, found 6"),
    ],
)
def test_a_table_without_sense_is_refused(
    tmp_path: Path, rows: str, kind: type[FormatError | LabelError], sentence: str
) -> None:
    path = _table(tmp_path, rows)
    with pytest.raises(kind) as caught:
        read_label_table(path)
    assert (caught.value.message, caught.value.path) == (sentence, path)


def test_the_default_table_equals_the_published_one(shared: Path) -> None:
    published = read_label_table(shared / "hypersim-public/nyu40_labels.csv")
    assert default_label_table() == published
