from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import write_scene
from viewer.errors import FormatError, SaveError
from viewer.formats.hdf5_array import read_array
from viewer.formats.hypersim.octomap_bt import write_bt
from viewer.formats.hypersim.octomap_files import read_tree, read_tree_size, write_octomap
from viewer.formats.registry import find_scenes
from viewer.jobs.job import Progress
from viewer.model.camera import Cameras
from viewer.model.mesh import Mesh
from viewer.model.octomap import Octomap

MAGICS = "'# Octomap OcTree binary file' or '# Octomap OcTree file'"
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
    octomap = read_tree(_file(tmp_path))
    assert octomap.resolution == 0.05
    assert octomap.keys.tolist() == [[0, 0, 0], [32768, 32768, 32768]]
    assert octomap.depths.tolist() == [2, 1]
    assert octomap.occupied.tolist() == [False, True]


def test_comments_in_the_header_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "octomap.bt"
    comment = "# (feel free to add / change comments, but leave the first line as it is!)\n#\n"
    header = HEADER.format(size=4, res="0.05").replace("id", comment + "id")
    path.write_bytes(header.encode() + TREE)
    assert len(read_tree(path).keys) == 2


QUIRKS = {
    "line ends of Windows": "{magic}\r\nid OcTree\r\nsize 4\r\nres 0.05\r\ndata\r\n",
    "spaces": "{magic} \n  id   OcTree \n\tsize 4\n res\t0.05  \n data \n",
    "comments between": "{magic}\n# one\nid OcTree # two\n#\nsize 4\nres 0.05\n# three\ndata\n",
    "one line": "{magic}\nid OcTree size 4 res 0.05 data\n",
    "a value on the next line": "{magic}\nid\nOcTree\nsize 4\nres\n0.05\ndata\n",
    "words of its writer's own": "{magic}\nframe_id res 7\nid OcTree\nsize 4\nres 0.05\ndata\n",
    "no size": "{magic}\nid OcTree\nres 0.05\ndata\n",
    "another order": "{magic}\nres 0.05\nsize 4\nid OcTree\ndata\n",
    "the kind in its old spelling": "{magic}\nid 1\nsize 4\nres 0.05\ndata\n",
}


@pytest.mark.parametrize("name", QUIRKS)
def test_what_other_tools_write_into_the_header_is_understood(tmp_path: Path, name: str) -> None:
    path = tmp_path / "octomap.bt"
    path.write_bytes(QUIRKS[name].format(magic="# Octomap OcTree binary file").encode() + TREE)
    octomap = read_tree(path)
    assert (octomap.resolution, octomap.tree_kind, octomap.depths.tolist()) == (0.05, "OcTree", [2, 1])


def test_a_colored_tree_says_so(tmp_path: Path) -> None:
    path = tmp_path / "octomap.bt"
    path.write_bytes(
        HEADER.format(size=4, res="0.05").replace("OcTree\nsize", "ColorOcTree\nsize").encode() + TREE
    )
    assert read_tree(path).tree_kind == read_tree_size(path).tree_kind == "ColorOcTree"


def test_an_inner_node_without_children_is_free(tmp_path: Path) -> None:
    octomap = read_tree(_file(tmp_path, size=2, data=np.array([3, 0], "<u2").tobytes()))
    assert _as_set(octomap) == {(0, 0, 0, 1, 0)}


def test_bytes_behind_the_tree_do_no_harm(tmp_path: Path) -> None:
    assert len(read_tree(_file(tmp_path, data=TREE + b"\xff\xff\xff")).keys) == 2


def test_an_empty_tree_has_no_leaves(tmp_path: Path) -> None:
    assert len(read_tree(_file(tmp_path, size=0, data=b"")).keys) == 0


def test_the_size_is_told_by_the_header_alone(tmp_path: Path) -> None:
    size = read_tree_size(_file(tmp_path))
    assert (size.resolution, size.nodes) == (0.05, 4)


def test_a_header_need_not_tell_the_size(tmp_path: Path) -> None:
    path = tmp_path / "octomap.bt"
    path.write_bytes(QUIRKS["no size"].format(magic="# Octomap OcTree binary file").encode() + TREE)
    assert read_tree_size(path).nodes is None


def test_an_empty_octomap_is_written_and_read(tmp_path: Path) -> None:
    write_bt(tmp_path / "a.bt", _octomap([]))
    assert len(read_tree(tmp_path / "a.bt").keys) == 0


voxel = st.integers(0, 65535)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.lists(st.tuples(voxel, voxel, voxel), max_size=40))
def test_voxels_survive_writing_and_reading(tmp_path: Path, voxels: list[tuple[int, int, int]]) -> None:
    octomap = _octomap(voxels)
    write_bt(tmp_path / "a.bt", octomap)
    found = read_tree(tmp_path / "a.bt")
    assert _as_set(found) == _as_set(octomap)
    write_bt(tmp_path / "b.bt", found)
    assert (tmp_path / "b.bt").read_bytes() == (tmp_path / "a.bt").read_bytes()


def test_leaves_of_many_sizes_survive(tmp_path: Path) -> None:
    keys = np.array([[0, 0, 0], [32768, 0, 0], [49152, 0, 0], [49152, 16384, 0], [65535, 65535, 65535]])
    octomap = Octomap(2.5, keys, np.array([1, 2, 3, 2, 16]), np.array([1, 0, 1, 0, 1], bool))
    write_bt(tmp_path / "a.bt", octomap)
    assert _as_set(read_tree(tmp_path / "a.bt")) == _as_set(octomap)


@pytest.mark.parametrize("resolution", [0.1, 3.93701, 0.1 / 0.0254, 1 / 3, 1e-5, 12345.6789])
def test_the_resolution_survives_exactly(tmp_path: Path, resolution: float) -> None:
    write_bt(tmp_path / "a.bt", Octomap(resolution, np.zeros((1, 3)), np.array([16]), np.array([True])))
    assert read_tree(tmp_path / "a.bt").resolution == resolution


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
    assert read_tree(_file(tmp_path, size=17, data=_deep_tree(16))).depths.tolist() == [16]


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
        ({"res": "0"}, "expected a resolution between 1e-06 and 1e+06, found '0'"),
        ({"res": "-1"}, "expected a resolution between 1e-06 and 1e+06, found '-1'"),
        ({"res": "nan"}, "expected a resolution between 1e-06 and 1e+06, found 'nan'"),
        ({"res": "1e9"}, "expected a resolution between 1e-06 and 1e+06, found '1e9'"),
        ({"res": "inf"}, "expected a resolution between 1e-06 and 1e+06, found 'inf'"),
        ({"res": "fine"}, "expected a resolution between 1e-06 and 1e+06, found 'fine'"),
    ],
)
def test_a_malformed_tree_is_refused(tmp_path: Path, file: dict[str, object], sentence: str) -> None:
    path = _file(tmp_path, **file)  # type: ignore[arg-type]
    with pytest.raises(FormatError) as caught:
        read_tree(path)
    assert (caught.value.message, caught.value.path) == (sentence, path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", f"expected {MAGICS} on the first line, found ''"),
        (b"\x89HDF", f"expected {MAGICS} on the first line, found '\ufffdHDF'"),
        (
            b"# Octomap OcTree binary file\nid OcTree\n",
            "expected a line 'data' after the header, found none",
        ),
        (
            b"# Octomap OcTree binary file\nid CountingOcTree\nsize 1\nres 1\ndata\n\0\0",
            "expected a tree of kind OcTree, ColorOcTree, OcTreeStamped, found 'CountingOcTree'",
        ),
        (
            b"# Octomap OcTree file\nid CountingOcTree\nsize 1\nres 1\ndata\n\0\0",
            "expected a tree of kind OcTree, ColorOcTree, OcTreeStamped, found 'CountingOcTree'",
        ),
        (
            b"# Octomap OcTree file\nsize 1\nres 1\ndata\n\0\0",
            "expected the kind of tree after 'id', found nothing",
        ),
    ],
)
def test_another_file_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "a.bt").write_bytes(content)
    with pytest.raises(FormatError) as caught:
        read_tree(tmp_path / "a.bt")
    assert caught.value.message == sentence


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be read: No such file or directory"):
        read_tree(tmp_path / "a.bt")


# full trees

PLAIN = [("log_odds", "<f4"), ("children", "u1")]
COLORED = [("log_odds", "<f4"), ("color", "u1", 3), ("children", "u1")]
FULL_HEADER = "# Octomap OcTree file\nid {kind}\nsize {size}\nres 0.05\ndata\n"


def _full(
    tmp_path: Path, rows: list[tuple[object, ...]], kind: str = "OcTree", size: int | None = None
) -> Path:
    path = tmp_path / "octomap.ot"
    nodes = np.array(rows, COLORED if kind == "ColorOcTree" else PLAIN)
    path.write_bytes(FULL_HEADER.format(kind=kind, size=size or len(rows)).encode() + nodes.tobytes())
    return path


# Root: child 0 inner, child 7 a leaf. That inner node: child 0 a leaf.
FULL_ROWS = [(1.0, 0b10000001), (1.0, 0b1), (-0.5, 0), (0.8, 0)]


def test_a_full_tree_is_read(tmp_path: Path) -> None:
    assert _as_set(read_tree(_full(tmp_path, FULL_ROWS))) == {(0, 0, 0, 2, 0), (32768, 32768, 32768, 1, 1)}


def test_a_full_tree_with_colors_is_read(tmp_path: Path) -> None:
    rows = [(odds, (255, 1, 2), children) for odds, children in FULL_ROWS]
    octomap = read_tree(_full(tmp_path, rows, "ColorOcTree"))
    assert octomap.tree_kind == "ColorOcTree"
    assert _as_set(octomap) == {(0, 0, 0, 2, 0), (32768, 32768, 32768, 1, 1)}


@pytest.mark.parametrize(
    ("log_odds", "occupied"),
    [(-3.5, 0), (-1e-7, 0), (0.0, 1), (1e-7, 1), (np.inf, 1), (-np.inf, 0), (np.nan, 0)],
)
def test_a_node_is_occupied_when_that_is_no_less_probable(
    tmp_path: Path, log_odds: float, occupied: int
) -> None:
    octomap = read_tree(_full(tmp_path, [(0.0, 1), (log_odds, 0)]))
    assert octomap.occupied.tolist() == [bool(occupied)]


def test_a_full_tree_of_a_root_alone_is_all_of_space(tmp_path: Path) -> None:
    octomap = read_tree(_full(tmp_path, [(0.5, 0)]))
    assert (octomap.depths.tolist(), octomap.occupied.tolist()) == ([1] * 8, [True] * 8)


@pytest.mark.parametrize(
    ("rows", "size", "sentence"),
    [
        (FULL_ROWS, 9, "expected 9 nodes as its header says, found bytes for 4"),
        (FULL_ROWS, 3, "expected 3 nodes as its header says, found 4"),
        (FULL_ROWS[:2], 2, "the tree is cut short: expected 2 more branches after 2 nodes"),
        ([(0.0, 1)] * 17 + [(0.0, 0)], 18, "expected a tree of at most 16 levels, found more"),
    ],
)
def test_a_malformed_full_tree_is_refused(
    tmp_path: Path, rows: list[tuple[object, ...]], size: int, sentence: str
) -> None:
    with pytest.raises(FormatError) as caught:
        read_tree(_full(tmp_path, rows, size=size))
    assert caught.value.message == sentence


def test_sixteen_levels_are_the_most_of_a_full_tree(tmp_path: Path) -> None:
    assert read_tree(_full(tmp_path, [(0.0, 1)] * 16 + [(0.0, 0)])).depths.tolist() == [16]


# the folder

FOLDER = ["octomap.bt", "octomap_free_space_max.hdf5", "octomap_free_space_min.hdf5"]


def test_tree_and_bounds_are_written_as_one(tmp_path: Path) -> None:
    octomap = replace(_octomap([(1, 2, 3)]), free_space_min=np.zeros(3), free_space_max=np.ones(3))
    paths = write_octomap(tmp_path / "new" / "octomap", octomap)
    assert (
        sorted(path.name for path in paths)
        == sorted(p.name for p in (tmp_path / "new/octomap").iterdir())
        == FOLDER
    )
    assert read_array(tmp_path / "new/octomap/octomap_free_space_max.hdf5").tolist() == [1, 1, 1]
    assert read_array(tmp_path / "new/octomap/octomap_free_space_max.hdf5").dtype == np.float64


def test_a_folder_that_cannot_take_all_three_keeps_what_it_has(tmp_path: Path) -> None:
    octomap = replace(_octomap([(1, 2, 3)]), free_space_min=np.zeros(3), free_space_max=np.ones(3))
    write_octomap(tmp_path, octomap)
    before = (tmp_path / "octomap.bt").read_bytes()
    (tmp_path / "octomap_free_space_max.hdf5").unlink()
    (tmp_path / "octomap_free_space_max.hdf5").mkdir()
    with pytest.raises(SaveError):
        write_octomap(tmp_path, replace(octomap, resolution=0.3))
    assert (tmp_path / "octomap.bt").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == FOLDER


# broken ones in a scene

MALFORMED = {
    "wrong magic": (b"# Octomap OcTree text file\n", "on the first line, found '# Octomap OcTree text file'"),
    "truncated": (HEADER.format(size=4, res="0.05").encode() + TREE[:2], "the tree is cut short: expected 1"),
    "more nodes than bytes": (
        HEADER.format(size=90, res="0.05").encode() + TREE,
        "found bytes for at most 17",
    ),
    "no resolution": (HEADER.format(size=4, res="0").encode() + TREE, "expected a resolution between"),
    "a resolution below zero": (HEADER.format(size=4, res="-0.1").encode() + TREE, "found '-0.1'"),
    "a resolution that is no number": (HEADER.format(size=4, res="nan").encode() + TREE, "found 'nan'"),
    "a resolution as large as a planet": (HEADER.format(size=4, res="1e9").encode() + TREE, "found '1e9'"),
    "empty": (b"", "on the first line, found ''"),
}


@pytest.mark.parametrize("name", MALFORMED)
@pytest.mark.parametrize("file", ["octomap.bt", "octomap.ot"])
def test_a_malformed_octomap_costs_a_sentence_and_not_the_scene(tmp_path: Path, name: str, file: str) -> None:
    scene_folder = write_scene(tmp_path)
    (scene_folder / "_detail/octomap/octomap.bt").unlink()
    content, sentence = MALFORMED[name]
    (scene_folder / "_detail/octomap" / file).write_bytes(content)
    reader, matches = find_scenes(scene_folder)
    scene = reader.read(matches[0], Progress.silent())
    (gap,) = (gap for gap in scene.gaps if gap.is_broken)
    assert gap.what == "Octomap"
    assert sentence in gap.why
    assert gap.why.startswith(f"{file}: ")
    assert "\n" not in gap.why
    assert scene.part(Octomap) is None
    assert scene.part(Mesh) is not None
    assert scene.part(Cameras) is not None


def test_a_full_tree_serves_a_scene_that_has_no_binary_one(tmp_path: Path) -> None:
    scene_folder = write_scene(tmp_path)
    (scene_folder / "_detail/octomap/octomap.bt").unlink()
    shutil.move(_full(tmp_path, FULL_ROWS), scene_folder / "_detail/octomap/octomap.ot")
    reader, matches = find_scenes(scene_folder)
    octomap = reader.read(matches[0], Progress.silent()).part(Octomap)
    assert octomap is not None
    assert len(octomap.keys) == 2
    assert octomap.free_space_max is not None
