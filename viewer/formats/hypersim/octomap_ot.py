"""OctoMap full trees (`.ot`): what OctoMap knows of every node, its children included.

A text header, then one record per node, depth first: the logarithm of the odds that it is occupied (float32),
in colored trees three bytes of color, and one byte with a bit for each child. Child index = x + 2y + 4z.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viewer.errors import FormatError
from viewer.formats.hypersim.octree_header import OctreeHeader
from viewer.formats.hypersim.octree_nodes import (
    branch_count,
    children_of,
    cut_short,
    too_deep,
    wrong_count,
)
from viewer.model.octomap import TREE_DEPTH, Octomap, keys_of_morton

_PLAIN = np.dtype([("log_odds", "<f4"), ("children", "u1")])
_COLORED = np.dtype([("log_odds", "<f4"), ("color", "u1", 3), ("children", "u1")])
RECORDS = {"OcTree": _PLAIN, "ColorOcTree": _COLORED, "OcTreeStamped": _PLAIN}
"""What a node of each kind of tree looks like."""


def decode_ot(content: bytes, header: OctreeHeader, path: Path) -> Octomap:
    """The leaves of a full tree in depth-first order. Raises FormatError about `path`.

    A leaf is occupied when that is at least as probable as not: so OctoMap decides when it writes `.bt`.
    """
    record = RECORDS.get(header.tree_kind)
    if record is None:
        raise FormatError(
            f"expected a tree of kind {', '.join(RECORDS)}, found '{header.tree_kind}'", path=path
        )
    available = (len(content) - header.start) // record.itemsize
    if header.node_count is not None and header.node_count > available:
        raise FormatError(
            f"expected {header.node_count} nodes as its header says, found bytes for {available}", path=path
        )
    nodes = np.frombuffer(content, record, available, header.start)
    keys, depths, log_odds, found = _decode(nodes[:0] if header.node_count == 0 else nodes, path)
    if header.node_count not in (None, found):
        raise wrong_count(header.node_count or 0, found, path)
    return Octomap(header.resolution, keys, depths, log_odds >= 0, tree_kind=header.tree_kind)


def _decode(
    nodes: NDArray[np.void], path: Path
) -> tuple[NDArray[np.uint16], NDArray[np.uint8], NDArray[np.float32], int]:
    """Keys, depths and log odds of the leaves, and the number of all nodes."""
    if not len(nodes):
        return np.empty((0, 3), np.uint16), np.empty(0, np.uint8), np.empty(0, np.float32), 0
    has_child = np.unpackbits(nodes["children"][:, None], axis=1, bitorder="little").view(np.bool_)
    count, pending = branch_count(np.count_nonzero(has_child, axis=1))
    if pending[-1] > 0:
        raise cut_short(int(pending[-1]), count, "nodes", path)
    has_child = has_child[:count]
    child_of = children_of(has_child, pending)
    is_leaf = np.asarray(~has_child.any(axis=1))
    if is_leaf[0]:  # all of space is alike; a leaf of ours has a depth of 1 or more
        eighths = keys_of_morton(np.arange(8, dtype=np.uint64) << np.uint64(3 * (TREE_DEPTH - 1)))
        return eighths, np.ones(8, np.uint8), np.repeat(nodes["log_odds"][:1], 8), count

    codes, depths, rows = [], [], []
    here, code = np.zeros(1, np.int64), np.zeros(1, np.uint64)
    for depth in range(TREE_DEPTH + 1):
        leaves = is_leaf[here]
        codes.append(code[leaves] << np.uint64(3 * (TREE_DEPTH - depth)))
        depths.append(np.full(np.count_nonzero(leaves), depth, np.uint8))
        rows.append(here[leaves])
        here, code = here[~leaves], code[~leaves]
        row, child = np.nonzero(has_child[here])
        here, code = child_of[here[row], child], code[row] << np.uint64(3) | child.astype(np.uint64)
        if not len(here):
            break
    if len(here):
        raise too_deep(path)
    all_codes = np.concatenate(codes)
    order = np.argsort(all_codes, kind="stable")
    log_odds = nodes["log_odds"][np.concatenate(rows)[order]]
    return keys_of_morton(all_codes[order]), np.concatenate(depths)[order], log_odds, count
