"""The dataset's CSV files: lists of names, parameters, render nodes, materials."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viewer.errors import FormatError
from viewer.model.dataset_notes import NodeStrings

LARGEST_NODE_ID = 10_000_000
_NODE_COLUMNS = ("node_id", "node_name", "object_id", "object_name")
_MATERIAL_COLUMNS = ("material_name", "illum", "d", "Kd", "Tr", "Ka", "Ks", "Tf", "Ns")
_INTEGER = re.compile(r"\s*-?\d{1,18}\s*")


def read_lines(path: Path) -> list[str]:
    """The lines of a text file, at least one. Bytes that are not UTF-8 become replacement characters.

    Only line feeds end a line: names may hold the characters that Python, too, takes for line ends.
    Raises FormatError when the file is missing or empty.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig", "replace")
    except FileNotFoundError as error:
        raise FormatError("the file is missing", path=path) from error
    except OSError as error:
        raise FormatError(f"cannot be read: {error.strerror or error}", path=path) from error
    if not text.strip():
        raise FormatError("expected a header line, found an empty file", path=path)
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return lines[:-1] if lines[-1] == "" else lines


def read_names(path: Path, header: str) -> tuple[str, ...]:
    """A list of names: a header line, then the whole of each line is one name, commas and quotes included."""
    lines = read_lines(path)
    if _plain(lines[0]) != header:
        raise FormatError(f"expected the header '{header}', found '{_short(lines[0])}'", path=path)
    return tuple(lines[1:])


def read_rows(path: Path, columns: Sequence[str], *, only_lines_with: str = "") -> list[tuple[str, ...]]:
    """The values of some columns of a CSV file, row by row, blanks at their ends removed.

    With `only_lines_with` other lines are passed over before they are parsed: long tables have a few rows
    on each scene. Raises FormatError for a missing column and for a row of another length than the header.
    """
    lines = read_lines(path)
    body = [
        (number, line) for number, line in enumerate(lines[1:], 2) if only_lines_with in line and line.strip()
    ]
    header = [_plain(name) for name in _parse_line(lines[0], path, 1)]
    missing = [name for name in columns if name not in header]
    if missing:
        raise FormatError(f"expected a column '{missing[0]}', found '{_short(lines[0])}'", path=path)
    wanted = [header.index(name) for name in columns]
    rows = []
    for number, line in body:
        row = _parse_line(line, path, number)
        if len(row) != len(header):
            raise FormatError(f"line {number}: expected {len(header)} values, found {len(row)}", path=path)
        rows.append(tuple(_plain(row[column]) for column in wanted))
    return rows


def read_parameter(path: Path, name: str) -> float:
    """One number of a `parameter_name,parameter_value` file. Raises FormatError when it is not there."""
    values = {row[0]: row[1] for row in read_rows(path, ("parameter_name", "parameter_value"))}
    if name not in values:
        raise FormatError(f"expected a row '{name}', found none", path=path)
    value = parse_float(values[name])
    if not math.isfinite(value):
        raise FormatError(f"expected a number for '{name}', found '{_short(values[name])}'", path=path)
    return value


def parse_float(text: str) -> float:
    """A number, or NaN when the text is none."""
    try:
        return float(text)
    except ValueError:
        return math.nan


@dataclass(frozen=True, slots=True, eq=False)
class NodeRows:
    """The render nodes as their file lists them; row 0 of each column is unused."""

    object_ids: NDArray[np.int64]  # (M + 1,), -1 = no object
    names: tuple[str, ...]  # (M + 1,)
    object_names: tuple[str, ...]  # (M + 1,)


def read_nodes(path: Path, object_names: Sequence[str] = ()) -> NodeRows:
    """The render nodes. Names with commas are understood with quotes and without.

    `object_names`, where known, tell apart the ways to read a line with too many commas.
    """
    lines = read_lines(path)
    header = tuple(_plain(name) for name in _parse_line(lines[0], path, 1))
    if header != _NODE_COLUMNS:
        raise FormatError(
            f"expected the header '{','.join(_NODE_COLUMNS)}', found '{_short(lines[0])}'", path=path
        )
    found: dict[int, tuple[int, str, str]] = {}
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        node, name, owner, owner_name = _node_row(line, object_names, path, number)
        if not 1 <= node <= LARGEST_NODE_ID:
            raise FormatError(
                f"line {number}: expected a node id of 1 to {LARGEST_NODE_ID}, found {node}", path=path
            )
        if node in found:
            raise FormatError(f"line {number}: expected every node id once, found {node} again", path=path)
        found[node] = (owner, name, owner_name)
    count = max(found, default=0) + 1
    object_ids = np.full(count, -1, np.int64)
    names, owner_names = [""] * count, [""] * count
    for node, (owner, name, owner_name) in found.items():
        object_ids[node], names[node], owner_names[node] = owner, name, owner_name
    return NodeRows(object_ids, tuple(names), tuple(owner_names))


def _node_row(line: str, object_names: Sequence[str], path: Path, number: int) -> tuple[int, str, int, str]:
    plain = line.split(",")
    if len(plain) == 4 and '"' not in line and all(map(_INTEGER.fullmatch, plain[::2])):
        return int(plain[0]), plain[1], int(plain[2]), plain[3]  # nearly all lines; any reading would agree
    for fields in (_try_line(line), plain):
        if fields is None or len(fields) < 4 or not _INTEGER.fullmatch(fields[0]):
            continue
        ways = [k for k in range(2, len(fields) - 1) if _INTEGER.fullmatch(fields[k])]
        if len(fields) == 4 and ways:
            return int(fields[0]), fields[1], int(fields[2]), fields[3]
        if not ways:
            continue
        readings = [
            (int(fields[0]), ",".join(fields[1:k]), int(fields[k]), ",".join(fields[k + 1 :])) for k in ways
        ]
        return max(readings, key=lambda reading: _likelihood(reading, object_names))
    raise FormatError(
        f"line {number}: expected node id, node name, object id, object name, found '{_short(line)}'",
        path=path,
    )


def _likelihood(reading: tuple[int, str, int, str], object_names: Sequence[str]) -> int:
    """How well one way to read a line agrees with what else is known."""
    _, name, owner, owner_name = reading
    if 0 <= owner < len(object_names) and _plain(object_names[owner]) == _plain(owner_name):
        return 2
    return 1 if name.startswith(owner_name) else 0


def read_node_strings(path: Path) -> NodeStrings:
    """The strings attached to nodes; a string or path with commas may lack its quotes."""
    lines = read_lines(path)
    header = tuple(_plain(name) for name in _parse_line(lines[0], path, 1))
    if header != ("node_id", "path", "string"):
        raise FormatError(f"expected the header 'node_id,path,string', found '{_short(lines[0])}'", path=path)
    rows = []
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        fields = _try_line(line) or line.split(",")
        if len(fields) < 3 or not _INTEGER.fullmatch(fields[0]):
            raise FormatError(
                f"line {number}: expected node id, path, string, found '{_short(line)}'", path=path
            )
        rows.append((int(fields[0]), fields[1], ",".join(fields[2:])))
    return NodeStrings(tuple(rows))


def read_materials(path: Path) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Names and diffuse colors (M, 3) of the materials; NaN where a color is missing."""
    lines = read_lines(path)
    if _plain(lines[0].split(",")[0]) != _MATERIAL_COLUMNS[0]:
        raise FormatError(
            f"expected the header '{','.join(_MATERIAL_COLUMNS)}', found '{_short(lines[0])}'", path=path
        )
    names = []
    colors = np.full((len(lines) - 1, 3), np.nan, np.float32)
    for row, line in enumerate(lines[1:]):
        fields = _try_line(line)
        if fields is None or len(fields) < len(_MATERIAL_COLUMNS):
            fields = line.split(",")
        # Counted from the right, where no value holds a comma: the name may, without quotes.
        extra = max(len(fields) - len(_MATERIAL_COLUMNS), 0)
        names.append(",".join(fields[: extra + 1]))
        diffuse = fields[extra + 3].split() if len(fields) > extra + 3 else []
        if len(diffuse) == 3:
            colors[row] = [parse_float(value) for value in diffuse]
    return tuple(names), colors


def _try_line(line: str) -> list[str] | None:
    """The fields of a line by the rules of CSV, or None when its quotes do not close."""
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
        return None


def _parse_line(line: str, path: Path, number: int) -> list[str]:
    fields = _try_line(line)
    if fields is None:
        raise FormatError(f"line {number}: expected quotes to close, found '{_short(line)}'", path=path)
    return fields


def _plain(text: str) -> str:
    """Without blanks and quotes around it."""
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1].replace('""', '"')
    return text


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
