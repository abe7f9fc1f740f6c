from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from viewer.errors import FormatError
from viewer.formats.hypersim.octomap_bt import read_bt, read_bt_size, write_bt
from viewer.model.octomap import Octomap

HEADER = "# Octomap OcTree binary file\nid OcTree\nsize {size}\nres {res}\ndata\n"
# Root: child 0 is an inner node, child 7 occupied. That inner node: child 0 free.
TREE = np.array([2 << 14 | 3, 1], "<u2").tobytes()


def _file(tmp_path: Path, size: object = 4, res: str = "0.05", data: bytes = TREE) -> Path:
    path = tmp_path / "octomap.bt"
    path.write_bytes(HEADER.format(size=size, res=res).encode() + data)
    return path


def _octomap(voxels: list[tuple[int, int, int]], depth: int = 16) -> Octomap:
    keys = np.array(sorted(set(voxels)), np.uint16).reshape(-1, 3) << (16 - depth)
    return Octomap(0.1, keys, np.full(len(keys), depth), np.arange(len(keys)) % 2 == 0)


def _as_set(octomap: Octomap) -> set[tuple[int, ...]]:
    rows = np.column_stack([octomap.keys, octomap.depths, octomap.occupied])
    return {tuple(row) for row in rows.tolist()}


def test_leaves_of_two_levels_are_read(tmp_path: Path) -> None:
    octomap = read_bt(_file(tmp_path))
    assert octomap.resolution == 0.05
    assert octomap.keys.tolist() == [[0, 0, 0], [32768, 32768, 32768]]
    assert octomap.depths.tolist() == [2, 1]
    assert octomap.occupied.tolist() == [False, True]


def test_comments_in_the_header_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "octomap.bt"
    comment = "# (feel free to add / change comments, but leave the first line as it is!)\n#\n"
    header = HEADER.format(size=4, res="0.05").replace("id", comment + "id")
    path.write_bytes(header.encode() + TREE)
    assert len(read_bt(path).keys) == 2


def test_an_empty_tree_has_no_leaves(tmp_path: Path) -> None:
    assert len(read_bt(_file(tmp_path, size=0, data=b"")).keys) == 0


def test_the_size_is_told_by_the_header_alone(tmp_path: Path) -> None:
    size = read_bt_size(_file(tmp_path))
    assert (size.resolution, size.nodes) == (0.05, 4)


def test_an_empty_octomap_is_written_and_read(tmp_path: Path) -> None:
    write_bt(tmp_path / "a.bt", _octomap([]))
    assert len(read_bt(tmp_path / "a.bt").keys) == 0


voxel = st.integers(0, 65535)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.lists(st.tuples(voxel, voxel, voxel), max_size=40))
def test_voxels_survive_writing_and_reading(tmp_path: Path, voxels: list[tuple[int, int, int]]) -> None:
    octomap = _octomap(voxels)
    write_bt(tmp_path / "a.bt", octomap)
    found = read_bt(tmp_path / "a.bt")
    assert _as_set(found) == _as_set(octomap)
    write_bt(tmp_path / "b.bt", found)
    assert (tmp_path / "b.bt").read_bytes() == (tmp_path / "a.bt").read_bytes()


def test_leaves_of_many_sizes_survive(tmp_path: Path) -> None:
    keys = np.array([[0, 0, 0], [32768, 0, 0], [49152, 0, 0], [49152, 16384, 0], [65535, 65535, 65535]])
    octomap = Octomap(2.5, keys, np.array([1, 2, 3, 2, 16]), np.array([1, 0, 1, 0, 1], bool))
    write_bt(tmp_path / "a.bt", octomap)
    assert _as_set(read_bt(tmp_path / "a.bt")) == _as_set(octomap)


@pytest.mark.parametrize("resolution", [0.1, 3.93701, 0.1 / 0.0254, 1 / 3, 1e-5, 12345678.9])
def test_the_resolution_survives_exactly(tmp_path: Path, resolution: float) -> None:
    write_bt(tmp_path / "a.bt", Octomap(resolution, np.zeros((1, 3)), np.array([16]), np.array([True])))
    assert read_bt(tmp_path / "a.bt").resolution == resolution


def test_a_resolution_of_six_digits_is_written_as_the_original_does(tmp_path: Path) -> None:
    write_bt(tmp_path / "a.bt", Octomap(3.93701, np.zeros((1, 3)), np.array([16]), np.array([True])))
    assert b"\nres 3.93701\n" in (tmp_path / "a.bt").read_bytes()


@pytest.mark.parametrize(
    ("keys", "depths", "sentence"),
    [
        ([[0, 0, 0]], [0], "expected leaf depths 1 to 16, found 0 to 0"),
        ([[1, 0, 0]], [15], "expected each leaf's key to be that of its lowest corner voxel"),
        ([[4, 4, 4], [4, 4, 4]], [16, 16], "expected leaves that do not overlap, found two in one place"),
        ([[0, 0, 0], [4, 4, 4]], [10, 16], "expected leaves that do not overlap, found two in one place"),
    ],
)
def test_leaves_that_no_tree_holds_are_not_written(
    tmp_path: Path, keys: list[list[int]], depths: list[int], sentence: str
) -> None:
    octomap = Octomap(1.0, np.array(keys), np.array(depths), np.ones(len(keys), bool))
    with pytest.raises(FormatError) as caught:
        write_bt(tmp_path / "a.bt", octomap)
    assert caught.value.message == sentence
    assert list(tmp_path.iterdir()) == []


def _deep_tree(levels: int) -> bytes:
    """A chain of inner nodes, the last of which has one free child."""
    return np.array([3] * (levels - 1) + [1], "<u2").tobytes()


def test_sixteen_levels_are_the_most(tmp_path: Path) -> None:
    assert read_bt(_file(tmp_path, size=17, data=_deep_tree(16))).depths.tolist() == [16]


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ({"size": 18, "data": _deep_tree(17)}, "expected a tree of at most 16 levels, found more"),
        ({"data": TREE[:2]}, "the tree is cut short: expected 1 more branches after 1 inner nodes"),
        ({"data": TREE[:3]}, "the tree is cut short: expected 1 more branches after 1 inner nodes"),
        ({"size": 5}, "expected 5 nodes as its header says, found 4"),
        ({"size": 10**12}, "expected 1000000000000 nodes as its header says, found bytes for at most 17"),
        ({"size": "many"}, "expected the number of nodes after 'size', found 'many'"),
        ({"size": -4}, "expected the number of nodes after 'size', found '-4'"),
        ({"res": "0"}, "expected a resolution above 0, found '0'"),
        ({"res": "-1"}, "expected a resolution above 0, found '-1'"),
        ({"res": "nan"}, "expected a resolution above 0, found 'nan'"),
        ({"res": "inf"}, "expected a resolution above 0, found 'inf'"),
        ({"res": "fine"}, "expected a resolution above 0, found 'fine'"),
    ],
)
def test_a_malformed_tree_is_refused(tmp_path: Path, file: dict[str, object], sentence: str) -> None:
    path = _file(tmp_path, **file)  # type: ignore[arg-type]
    with pytest.raises(FormatError) as caught:
        read_bt(path)
    assert (caught.value.message, caught.value.path) == (sentence, path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "expected '# Octomap OcTree binary file' on the first line, found ''"),
        (b"\x89HDF", "expected '# Octomap OcTree binary file' on the first line, found '\ufffdHDF'"),
        (
            b"# Octomap OcTree binary file\nid OcTree\n",
            "expected a line 'data' after the header, found none",
        ),
        (
            b"# Octomap OcTree binary file\nid ColorOcTree\nsize 1\nres 1\ndata\n\0\0",
            "expected a tree of kind 'OcTree', found 'ColorOcTree'",
        ),
    ],
)
def test_another_file_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "a.bt").write_bytes(content)
    with pytest.raises(FormatError) as caught:
        read_bt(tmp_path / "a.bt")
    assert caught.value.message == sentence


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be read: No such file or directory"):
        read_bt(tmp_path / "a.bt")
