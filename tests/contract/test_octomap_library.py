"""Trees made by OctoMap's own library are read leaf for leaf, and it reads ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from viewer.formats.hypersim.octomap_bt import write_bt
from viewer.formats.hypersim.octomap_files import read_tree
from viewer.model.octomap import FREE, OCCUPIED, UNKNOWN, LeafIndex, Octomap

RESOLUTION = 0.05
# A tree that OctoMap 1.10 wrote: a solid cube of 4 voxels, a free one of 2, three single voxels.
HEADER = (
    b"# Octomap OcTree %sfile\n"
    b"# (feel free to add / change comments, but leave the first line as it is!)\n#\n"
    b"id OcTree\nsize 63\nres 0.05\ndata\n"
)
BINARY = HEADER % b"binary " + bytes.fromhex(
    "03fc00c000c000c000c000c000c000c000c000c000c000c000c0030003000600300030003000300030003000300030003000"
    "03000c000c000c0000c020000c000c000c000c000c000c000c000c000c000c000c000c000c00010003000300030003000300"
    "03000300030003000300030003000200"
)
FULL = HEADER % b"" + bytes.fromhex(
    "bab46040e1bab4604080bab4604080bab4604080bab4604080bab4604080bab4604080bab4604080bab4604080bab4604080"
    "bab4604080bab4604080bab4604080bab4604001bab4604001bab4604003bab4604000750000c000bab4604004bab4604004"
    "bab4604004bab4604004bab4604004bab4604004bab4604004bab4604004bab4604004bab4604001bab4604002bab4604002"
    "bab4604002bab4604080bab4604004bab4604000750000c002750000c002750000c002750000c002750000c002750000c002"
    "750000c002750000c002750000c002750000c002750000c002750000c002750000c002750000c001750000c000bab4604001"
    "bab4604001bab4604001bab4604001bab4604001bab4604001bab4604001bab4604001bab4604001bab4604001bab4604001"
    "bab4604001bab4604001bab4604000"
)
LEAVES = {  # centre in half voxels, edge in voxels, occupied
    (-15, -15, -15, 1, True),
    (-13, -15, -15, 1, False),
    (61, -121, 5, 1, True),
    (-6, 2, 2, 2, False),
    (4, 4, 4, 4, True),
}


def _leaves(octomap: Octomap) -> set[tuple[Any, ...]]:
    centres = np.rint(octomap.centres / octomap.resolution * 2).astype(int)
    edges = np.rint(octomap.sizes / octomap.resolution).astype(int)
    rows = zip(centres.tolist(), edges.tolist(), octomap.occupied.tolist(), strict=True)
    return {(*centre, edge, occupied) for centre, edge, occupied in rows}


def _leaves_of_library(tree: Any) -> set[tuple[Any, ...]]:
    resolution = tree.getResolution()
    return {
        (
            *(round(c / resolution * 2) for c in leaf.getCoordinate()),
            round(leaf.getSize() / resolution),
            bool(tree.isNodeOccupied(leaf)),
        )
        for leaf in tree.begin_leafs()
    }


@pytest.mark.parametrize(("name", "content"), [("octomap.bt", BINARY), ("octomap.ot", FULL)])
def test_a_tree_that_octomap_wrote_is_read_leaf_for_leaf(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    octomap = read_tree(tmp_path / name)
    assert (octomap.resolution, octomap.tree_kind) == (RESOLUTION, "OcTree")
    assert _leaves(octomap) == LEAVES


@pytest.fixture(scope="module")
def library() -> Any:
    return pytest.importorskip("octomap", reason="OctoMap's own library is not installed: octomap-python")


def _tree(library: Any, kind: str = "OcTree", count: int = 4000, seed: int = 0) -> Any:
    """A ball, free inside an occupied shell, with hits and misses on top, as a sensor would give them."""
    rng = np.random.default_rng(seed)
    tree = getattr(library, kind)(RESOLUTION)
    axis = (np.arange(-24, 24) + 0.5) * RESOLUTION
    grid = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    radius = np.linalg.norm(grid, axis=1)
    for point in grid[radius < 0.8]:
        tree.updateNode(point, False)
    for point in grid[(radius >= 0.8) & (radius < 1.0)]:
        tree.updateNode(point, True)
    for point, hit in zip(rng.uniform(-8, 8, (count, 3)), rng.random(count) < 0.6, strict=True):
        tree.updateNode(point, bool(hit))
    tree.updateInnerOccupancy()
    return tree


@pytest.mark.parametrize("kind", ["OcTree", "ColorOcTree"])
def test_what_the_library_writes_is_read_leaf_for_leaf(tmp_path: Path, library: Any, kind: str) -> None:
    tree = _tree(library, kind)
    assert tree.write(str(tmp_path / "full.ot"))
    assert tree.writeBinary(str(tmp_path / "binary.bt"))  # prunes the tree and makes it clear-cut
    full, binary = read_tree(tmp_path / "full.ot"), read_tree(tmp_path / "binary.bt")
    assert full.tree_kind == binary.tree_kind == kind
    assert _leaves(binary) == _leaves_of_library(tree)
    again = getattr(library, kind).read(str(tmp_path / "full.ot"))
    assert _leaves(full) == _leaves_of_library(again)
    assert len(binary.keys) > 5000
    assert len(set(binary.depths.tolist())) > 3


def test_the_library_reads_what_we_write(tmp_path: Path, library: Any) -> None:
    tree = _tree(library)
    tree.writeBinary(str(tmp_path / "theirs.bt"))
    ours = read_tree(tmp_path / "theirs.bt")
    write_bt(tmp_path / "ours.bt", ours)
    again = library.OcTree(1.0)
    assert again.readBinary(str(tmp_path / "ours.bt").encode())
    assert _leaves_of_library(again) == _leaves(ours) == _leaves_of_library(tree)
    start = b"\ndata\n"
    theirs = (tmp_path / "theirs.bt").read_bytes()
    assert (tmp_path / "ours.bt").read_bytes().split(start, 1)[1] == theirs.split(start, 1)[1]


def test_samples_are_those_of_a_search_by_the_library(tmp_path: Path, library: Any) -> None:
    tree = _tree(library)
    tree.writeBinary(str(tmp_path / "a.bt"))
    points = np.random.default_rng(3).uniform(-1.3, 1.3, (3000, 3))
    points[::7] = np.rint(points[::7] / RESOLUTION) * RESOLUTION  # on the borders of voxels
    found = []
    for point in points:
        node = tree.search(point.astype(np.float32).astype(np.float64))  # a `point3d` of C++ holds floats
        try:
            found.append(OCCUPIED if node.getOccupancy() > tree.getOccupancyThres() else FREE)
        except library.NullPointerException:
            found.append(UNKNOWN)
    assert LeafIndex(read_tree(tmp_path / "a.bt")).states_at(points).tolist() == found
    assert set(found) == {OCCUPIED, FREE, UNKNOWN}
