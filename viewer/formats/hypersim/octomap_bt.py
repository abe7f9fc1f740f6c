"""OctoMap binary trees (`.bt`): every cube of space is free, occupied or unknown.

A text header, then two bytes per inner node, depth first: for each of its eight children two bits, the lower
one first: 00 unknown, 10 free, 01 occupied, 11 an inner node. Child index = x + 2y + 4z.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viewer.errors import FormatError
from viewer.formats.atomic_file import replace_file
from viewer.model.dataset_notes import OctomapSize
from viewer.model.octomap import TREE_DEPTH, Octomap

_MAGIC = "# Octomap OcTree binary file"
_TREE_KIND = "OcTree"
_FREE, _OCCUPIED, _INNER = 1, 2, 3
_CHILD_SHIFTS = 2 * np.arange(8, dtype=np.uint16)
_HEADER_LIMIT = 1 << 16  # bytes; a longer header is no header


def read_bt(path: Path) -> Octomap:
    """The leaves of a tree, in the file's depth-first order, without the bounds of free space.

    Raises FormatError when the file is missing or malformed.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FormatError(f"cannot be read: {error.strerror or error}", path=path) from error
    resolution, node_count, start = _read_header(content, path)
    available = (len(content) - start) // 2
    if node_count > 1 + 8 * available:
        raise FormatError(
            f"expected {node_count} nodes as its header says, found bytes for at most {1 + 8 * available}",
            path=path,
        )
    masks = np.frombuffer(content, "<u2", available, start).astype(np.uint16)
    if node_count == 0:
        masks = masks[:0]
    keys, depths, occupied, found = _decode(masks, path)
    if found != node_count:
        raise FormatError(f"expected {node_count} nodes as its header says, found {found}", path=path)
    return Octomap(resolution, keys, depths, occupied)


def read_bt_size(path: Path) -> OctomapSize:
    """What the header of a tree says. Raises FormatError when it is missing or malformed."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEADER_LIMIT)
    except OSError as error:
        raise FormatError(f"cannot be read: {error.strerror or error}", path=path) from error
    resolution, node_count, _ = _read_header(head, path)
    return OctomapSize(resolution, node_count)


def write_bt(path: Path, octomap: Octomap) -> None:
    """Write the leaves as a tree that OctoMap reads; `read_bt` gives the same leaves in depth-first order.

    Raises FormatError for leaves that no tree can hold, SaveError when the file cannot be written.
    """
    masks, node_count = _encode(octomap)
    # Six digits as OctoMap writes them, but never another number than ours.
    short = f"{octomap.resolution:g}"
    resolution = short if float(short) == octomap.resolution else repr(float(octomap.resolution))
    header = f"{_MAGIC}\nid {_TREE_KIND}\nsize {node_count}\nres {resolution}\ndata\n"
    replace_file(path, header.encode("ascii") + masks.astype("<u2").tobytes())


def _read_header(content: bytes, path: Path) -> tuple[float, int, int]:
    """Resolution, number of nodes and where the nodes start."""
    if not content.startswith(_MAGIC.encode("ascii")):
        first = content[:40].split(b"\n")[0].decode("ascii", "replace")
        raise FormatError(f"expected '{_MAGIC}' on the first line, found '{first}'", path=path)
    fields: dict[str, str] = {}
    at = 0
    while True:
        end = content.find(b"\n", at, _HEADER_LIMIT)
        if end < 0:
            raise FormatError("expected a line 'data' after the header, found none", path=path)
        words = content[at:end].decode("ascii", "replace").strip().split(maxsplit=1)
        at = end + 1
        if words and words[0] == "data":
            break
        if words and not words[0].startswith("#"):
            fields[words[0]] = words[1] if len(words) > 1 else ""
    if fields.get("id") != _TREE_KIND:
        raise FormatError(
            f"expected a tree of kind '{_TREE_KIND}', found '{fields.get('id', '')}'", path=path
        )
    return _resolution(fields, path), _node_count(fields, path), at


def _resolution(fields: dict[str, str], path: Path) -> float:
    text = fields.get("res", "")
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    # 65,536 voxels span the tree; beyond these limits the coordinates overflow or vanish.
    if not 1e-9 <= value <= 1e9:
        raise FormatError(f"expected a resolution above 0, found '{text}'", path=path)
    return value


def _node_count(fields: dict[str, str], path: Path) -> int:
    text = fields.get("size", "")
    if not text.isdecimal():
        raise FormatError(f"expected the number of nodes after 'size', found '{text}'", path=path)
    return int(text)


def _decode(
    masks: NDArray[np.uint16], path: Path
) -> tuple[NDArray[np.uint16], NDArray[np.uint8], NDArray[np.bool_], int]:
    """Keys, depths and occupancy of the leaves, and the number of all nodes."""
    if not len(masks):
        return np.empty((0, 3), np.uint16), np.empty(0, np.uint8), np.empty(0, np.bool_), 0
    kinds = ((masks[:, None] >> _CHILD_SHIFTS) & 3).astype(np.uint8)
    inner_count = np.count_nonzero(kinds == _INNER, axis=1)
    # Inner nodes still to come before node i; the tree ends where none is left.
    pending = np.concatenate([[1], 1 + np.cumsum(inner_count - 1)])
    ends = np.flatnonzero(pending == 0)
    if not len(ends):
        raise FormatError(
            f"the tree is cut short: expected {pending[-1]} more branches after {len(masks)} inner nodes",
            path=path,
        )
    count = int(ends[0])
    kinds, inner_count, pending = kinds[:count], inner_count[:count], pending[: count + 1]
    child_of = _children(kinds, inner_count, pending)

    codes, depths, occupied = [], [], []
    nodes, code = np.zeros(1, np.int64), np.zeros(1, np.int64)
    for depth in range(1, TREE_DEPTH + 1):
        level = kinds[nodes]
        leaf_row, leaf_child = np.nonzero((level == _FREE) | (level == _OCCUPIED))
        codes.append((code[leaf_row] << 3 | leaf_child) << 3 * (TREE_DEPTH - depth))
        depths.append(np.full(len(leaf_row), depth, np.uint8))
        occupied.append(level[leaf_row, leaf_child] == _OCCUPIED)
        row, child = np.nonzero(level == _INNER)
        nodes, code = child_of[nodes[row], child], code[row] << 3 | child
        if not len(nodes):
            break
    if len(nodes):
        raise FormatError(f"expected a tree of at most {TREE_DEPTH} levels, found more", path=path)
    all_codes = np.concatenate(codes)
    order = np.argsort(all_codes, kind="stable")
    keys = _keys_of_codes(all_codes[order])
    found = count + len(all_codes)
    return keys, np.concatenate(depths)[order], np.concatenate(occupied)[order], found


def _children(
    kinds: NDArray[np.uint8], inner_count: NDArray[np.intp], pending: NDArray[np.int64]
) -> NDArray[np.int64]:
    """(N, 8) position of the inner node that each child is, where it is one.

    Depth first, the k-th inner child of node j is the first node after j that is met when k fewer branches
    are pending than just after j. Sorting the nodes by (pending, position) answers all searches at once.
    """
    count = len(kinds)
    by_pending = np.sort(pending[:-1] * count + np.arange(count))
    parent, child = np.nonzero(kinds == _INNER)
    before = np.arange(len(parent)) - np.repeat(np.cumsum(inner_count) - inner_count, inner_count)
    wanted = (pending[parent + 1] - before) * count + parent + 1
    children = np.zeros((count, 8), np.int64)
    children[parent, child] = by_pending[np.searchsorted(by_pending, wanted)] % count
    return children


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
    leaf_codes = _codes_of_keys(octomap.keys) >> 3 * (TREE_DEPTH - depths)
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


def _codes_of_keys(keys: NDArray[np.uint16]) -> NDArray[np.int64]:
    """Path from the root to a voxel: three bits per level, the highest level first."""
    code = np.zeros(len(keys), np.int64)
    wide = keys.astype(np.int64)
    for bit in range(TREE_DEPTH):
        for axis in range(3):
            code |= (wide[:, axis] >> bit & 1) << (3 * bit + axis)
    return code


def _keys_of_codes(codes: NDArray[np.int64]) -> NDArray[np.uint16]:
    keys = np.zeros((len(codes), 3), np.int64)
    for bit in range(TREE_DEPTH):
        for axis in range(3):
            keys[:, axis] |= (codes >> (3 * bit + axis) & 1) << bit
    return keys.astype(np.uint16)
