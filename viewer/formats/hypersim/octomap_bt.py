"""OctoMap binary trees (`.bt`): every cube of space is free, occupied or unknown.

A text header, then two bytes per inner node, depth first: for each of its eight children two bits, the lower
one first: 00 unknown, 10 free, 01 occupied, 11 an inner node. Child index = x + 2y + 4z.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viewer.errors import FormatError
from viewer.formats.atomic_file import replace_file
from viewer.formats.hypersim.octree_header import BINARY_MAGIC, OctreeHeader
from viewer.formats.hypersim.octree_nodes import (
    branch_count,
    children_of,
    cut_short,
    too_deep,
    wrong_count,
)
from viewer.model.octomap import TREE_DEPTH, Octomap, keys_of_morton, morton

TREE_KINDS = ("OcTree", "ColorOcTree", "OcTreeStamped")
"""Kinds of trees whose binary files hold nothing but occupancy."""
_FREE, _OCCUPIED, _INNER = 1, 2, 3
_CHILD_SHIFTS = 2 * np.arange(8, dtype=np.uint16)


def decode_bt(content: bytes, header: OctreeHeader, path: Path) -> Octomap:
    """The leaves of a binary tree in depth-first order. Raises FormatError about `path`."""
    if header.tree_kind not in TREE_KINDS:
        raise FormatError(
            f"expected a tree of kind {', '.join(TREE_KINDS)}, found '{header.tree_kind}'", path=path
        )
    available = (len(content) - header.start) // 2
    most = 1 + 8 * available
    if header.node_count is not None and header.node_count > most:
        raise FormatError(
            f"expected {header.node_count} nodes as its header says, found bytes for at most {most}",
            path=path,
        )
    masks = np.frombuffer(content, "<u2", available, header.start).astype(np.uint16)
    if header.node_count == 0:
        masks = masks[:0]
    keys, depths, occupied, found = _decode(masks, path)
    if header.node_count not in (None, found):
        raise wrong_count(header.node_count or 0, found, path)
    return Octomap(header.resolution, keys, depths, occupied, tree_kind=header.tree_kind)


def write_bt(path: Path, octomap: Octomap) -> None:
    """Write the leaves as a tree that OctoMap reads; reading gives the same leaves in depth-first order.

    Raises FormatError for leaves that no tree can hold, SaveError when the file cannot be written.
    """
    replace_file(path, encode_bt(octomap))


def encode_bt(octomap: Octomap) -> bytes:
    """The file that `write_bt` writes. Raises FormatError for leaves that no tree can hold."""
    masks, node_count = _encode(octomap)
    # Six digits as OctoMap writes them, but never another number than ours.
    short = f"{octomap.resolution:g}"
    resolution = short if float(short) == octomap.resolution else repr(float(octomap.resolution))
    header = f"{BINARY_MAGIC}\nid {TREE_KINDS[0]}\nsize {node_count}\nres {resolution}\ndata\n"
    return header.encode("ascii") + masks.astype("<u2").tobytes()


def _decode(
    masks: NDArray[np.uint16], path: Path
) -> tuple[NDArray[np.uint16], NDArray[np.uint8], NDArray[np.bool_], int]:
    """Keys, depths and occupancy of the leaves, and the number of all nodes."""
    if not len(masks):
        return np.empty((0, 3), np.uint16), np.empty(0, np.uint8), np.empty(0, np.bool_), 0
    kinds = ((masks[:, None] >> _CHILD_SHIFTS) & 3).astype(np.uint8)
    count, pending = branch_count(np.count_nonzero(kinds == _INNER, axis=1))
    if pending[-1] > 0:
        raise cut_short(int(pending[-1]), count, "inner nodes", path)
    kinds = kinds[:count]
    child_of = children_of(kinds == _INNER, pending)

    codes, depths, occupied = [], [], []
    found = count
    nodes, code = np.zeros(1, np.int64), np.zeros(1, np.uint64)
    for depth in range(1, TREE_DEPTH + 1):
        level = kinds[nodes]
        shift = np.uint64(3 * (TREE_DEPTH - depth))
        leaf_row, leaf_child = np.nonzero((level == _FREE) | (level == _OCCUPIED))
        codes.append((code[leaf_row] << np.uint64(3) | leaf_child.astype(np.uint64)) << shift)
        depths.append(np.full(len(leaf_row), depth, np.uint8))
        occupied.append(level[leaf_row, leaf_child] == _OCCUPIED)
        found += len(leaf_row)
        if depth > 1:
            # OctoMap takes an inner node without children for a free leaf.
            bare = np.flatnonzero(~level.any(axis=1))
            codes.append(code[bare] << (shift + np.uint64(3)))
            depths.append(np.full(len(bare), depth - 1, np.uint8))
            occupied.append(np.zeros(len(bare), np.bool_))
        row, child = np.nonzero(level == _INNER)
        nodes, code = child_of[nodes[row], child], code[row] << np.uint64(3) | child.astype(np.uint64)
        if not len(nodes):
            break
    if len(nodes):
        raise too_deep(path)
    all_codes = np.concatenate(codes)
    order = np.argsort(all_codes, kind="stable")
    keys = keys_of_morton(all_codes[order])
    return keys, np.concatenate(depths)[order], np.concatenate(occupied)[order], found


def _encode(octomap: Octomap) -> tuple[NDArray[np.uint16], int]:
    """The two bytes of every inner node, depth first, and the number of all nodes."""
    depths = octomap.depths.astype(np.int64)
    if not len(depths):
        return np.empty(0, np.uint16), 0
    if depths.min() < 1 or depths.max() > TREE_DEPTH:
        raise FormatError(f"expected leaf depths 1 to {TREE_DEPTH}, found {depths.min()} to {depths.max()}")
    span = np.int64(1) << (TREE_DEPTH - depths)
    if (octomap.keys & (span - 1)[:, None]).any():
        raise FormatError("expected each leaf's key to be that of its lowest corner voxel")
    leaf_codes = morton(octomap.keys).astype(np.int64) >> 3 * (TREE_DEPTH - depths)
    leaf_values = np.where(octomap.occupied, _OCCUPIED, _FREE)

    starts, levels, masks = [], [], []
    inner = np.empty(0, np.int64)
    for depth in range(TREE_DEPTH, 0, -1):
        here = depths == depth
        code = np.concatenate([inner, leaf_codes[here]])
        value = np.concatenate([np.full(len(inner), _INNER), leaf_values[here]])
        order = np.argsort(code, kind="stable")
        code, value = code[order], value[order]
        if (code[1:] == code[:-1]).any():
            raise FormatError("expected leaves that do not overlap, found two in one place")
        if not len(code):
            continue
        inner, first = np.unique(code >> 3, return_index=True)
        masks.append(np.bitwise_or.reduceat(value << 2 * (code & 7), first))
        starts.append(inner << 3 * (TREE_DEPTH - depth + 1))
        levels.append(np.full(len(inner), depth))
    order = np.lexsort((np.concatenate(levels), np.concatenate(starts)))
    ordered = np.concatenate(masks)[order].astype(np.uint16)
    return ordered, len(ordered) + len(depths)
