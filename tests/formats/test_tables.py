from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.builders import write_text
from viewer.errors import FormatError
from viewer.formats.hypersim.tables import (
    read_materials,
    read_names,
    read_node_strings,
    read_nodes,
    read_parameter,
    read_rows,
)

NODES = "node_id,node_name,object_id,object_name\n"


def _table(tmp_path: Path, text: str) -> Path:
    return write_text(tmp_path / "table.csv", text)


def test_the_whole_line_is_the_name(tmp_path: Path) -> None:
    names = ("a, b", '"quoted"', "Куб", "nan", " spaced ", "line\u2028separator", "03")
    path = _table(tmp_path, "\n".join(["object_name", *names, ""]))
    assert read_names(path, "object_name") == names


def test_windows_line_ends_and_a_byte_order_mark_are_no_part_of_a_name(tmp_path: Path) -> None:
    path = _table(tmp_path, "\ufeffobject_name\r\na\r\nb\r\n")
    assert read_names(path, "object_name") == ("a", "b")


def test_the_last_line_may_lack_its_end(tmp_path: Path) -> None:
    assert read_names(_table(tmp_path, "object_name\na"), "object_name") == ("a",)


def test_an_empty_line_keeps_its_place(tmp_path: Path) -> None:
    assert read_names(_table(tmp_path, "object_name\na\n\nb\n"), "object_name") == ("a", "", "b")


def test_bytes_that_are_not_utf8_do_not_stop_reading(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"object_name\nlamp\xe9\n")
    assert read_names(path, "object_name") == ("lamp\ufffd",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "expected a header line, found an empty file"),
        ("\n\n", "expected a header line, found an empty file"),
        ("wall_00\nwall_01\n", "expected the header 'object_name', found 'wall_00'"),
    ],
)
def test_a_list_without_its_header_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_names(_table(tmp_path, text), "object_name")
    assert caught.value.message == sentence


def test_nodes_are_found_by_their_id(tmp_path: Path) -> None:
    nodes = read_nodes(_table(tmp_path, NODES + "2,b@n,0,b\n1,light,-1,_NULL_OBJECT\n"))
    assert nodes.object_ids.tolist() == [-1, -1, 0]
    assert nodes.names == ("", "light", "b@n")
    assert nodes.object_names == ("", "_NULL_OBJECT", "b")


@pytest.mark.parametrize(
    "line",
    [
        '1,"Line,07@n",5,"Line,07"',
        "1,Line,07@n,5,Line,07",
    ],
)
def test_a_name_with_a_comma_is_understood_with_quotes_and_without(tmp_path: Path, line: str) -> None:
    nodes = read_nodes(_table(tmp_path, NODES + line + "\n"))
    assert (nodes.names[1], nodes.object_ids[1], nodes.object_names[1]) == ("Line,07@n", 5, "Line,07")


def test_known_object_names_tell_numbers_in_names_from_ids(tmp_path: Path) -> None:
    known = ["", "", "a,3,b"]
    nodes = read_nodes(_table(tmp_path, NODES + "1,a,3,b,2,a,3,b\n"), known)
    assert (nodes.object_ids[1], nodes.object_names[1]) == (2, "a,3,b")


def test_a_quote_inside_a_name_is_kept(tmp_path: Path) -> None:
    nodes = read_nodes(_table(tmp_path, NODES + '1,"quote""d@n",5,"quote""d"\n2,5" pipe@n,6,5" pipe\n'))
    assert nodes.object_names == ("", 'quote"d', '5" pipe')


def test_a_quote_that_does_not_close_ends_at_its_line(tmp_path: Path) -> None:
    nodes = read_nodes(_table(tmp_path, NODES + '1,"a,0,"a\n2,b,1,b\n'))
    assert nodes.object_ids.tolist() == [-1, 0, 1]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("1,a,b,c\n", "line 2: expected node id, node name, object id, object name, found '1,a,b,c'"),
        ("1,a\n", "line 2: expected node id, node name, object id, object name, found '1,a'"),
        ("x,a,0,a\n", "line 2: expected node id, node name, object id, object name, found 'x,a,0,a'"),
        ("0,a,0,a\n", "line 2: expected a node id of 1 to 10000000, found 0"),
        ("1,a,0,a\n1,b,1,b\n", "line 3: expected every node id once, found 1 again"),
    ],
)
def test_nodes_without_sense_are_refused(tmp_path: Path, rows: str, sentence: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_nodes(_table(tmp_path, NODES + rows))
    assert caught.value.message == sentence


def test_another_header_of_nodes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError) as caught:
        read_nodes(_table(tmp_path, "id,name\n"))
    assert caught.value.message == (
        "expected the header 'node_id,node_name,object_id,object_name', found 'id,name'"
    )


def test_node_strings_may_hold_commas(tmp_path: Path) -> None:
    path = _table(tmp_path, 'node_id,path,string\n1,<root>,"a,b"\n2,<root>,c,d\n')
    assert read_node_strings(path).rows == ((1, "<root>", "a,b"), (2, "<root>", "c,d"))


def test_a_short_row_of_node_strings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="line 2: expected node id, path, string, found '1,a'"):
        read_node_strings(_table(tmp_path, "node_id,path,string\n1,a\n"))


def test_materials_have_names_with_commas_and_colors_where_given(tmp_path: Path) -> None:
    path = _table(
        tmp_path,
        "material_name,illum,d,Kd,Tr,Ka,Ks,Tf,Ns\n"
        "wood, oiled,2,1,0.5 0.25 0,0,1 1 1,0 0 0,1 1 1,32\n"
        '"glass, thin",2,1,,0,1 1 1,0 0 0,1 1 1,32\n',
    )
    names, colors = read_materials(path)
    assert names == ("wood, oiled", "glass, thin")
    assert colors[0].tolist() == [0.5, 0.25, 0]
    assert np.isnan(colors[1]).all()


def test_columns_are_found_by_their_padded_and_quoted_names(tmp_path: Path) -> None:
    path = _table(tmp_path, ' b , "a" \n 1 , two \n')
    assert read_rows(path, ("a", "b")) == [("two", "1")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a\n1\n", "expected a column 'b', found 'a'"),
        ("a,b\n1,2,3\n", "line 2: expected 2 values, found 3"),
        ("a,b\n1\n", "line 2: expected 2 values, found 1"),
        ('a,b\n"1,2\n', "line 2: expected quotes to close, found '\"1,2'"),
    ],
)
def test_ragged_rows_are_refused(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_rows(_table(tmp_path, text), ("a", "b"))
    assert caught.value.message == sentence


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("other,1", "expected a row 'scale', found none"),
        ("scale,inch", "expected a number for 'scale', found 'inch'"),
        ("scale,nan", "expected a number for 'scale', found 'nan'"),
    ],
)
def test_a_parameter_must_be_a_number(tmp_path: Path, row: str, sentence: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_parameter(_table(tmp_path, f"parameter_name,parameter_value\n{row}\n"), "scale")
    assert caught.value.message == sentence
