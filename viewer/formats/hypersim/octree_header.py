"""The text in front of every OctoMap file, read as OctoMap's own library reads it: word by word."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from viewer.errors import FormatError

BINARY_MAGIC = "# Octomap OcTree binary file"
FULL_MAGIC = "# Octomap OcTree file"
_LIMIT = 1 << 16  # bytes; a longer header is no header
_SMALLEST, _LARGEST = 1e-6, 1e6  # world units; 65,536 voxels span the tree
_OLD_KINDS = {"1": "OcTree"}


@dataclass(frozen=True, slots=True)
class OctreeHeader:
    """What the header says, and where the nodes begin."""

    is_binary: bool  # two bits a child, else a number a node
    tree_kind: str
    resolution: float  # world units
    node_count: int | None  # of all nodes, leaves or not; None when the file does not say
    start: int  # byte


def read_head(path: Path) -> OctreeHeader:
    """The header alone. Raises FormatError when the file is missing or has none."""
    try:
        with path.open("rb") as stream:
            return parse_header(stream.read(_LIMIT), path)
    except OSError as error:
        raise FormatError(f"cannot be read: {error.strerror or error}", path=path) from error


def parse_header(content: bytes, path: Path) -> OctreeHeader:
    """The header at the start of a file's content. Raises FormatError about `path`."""
    is_binary = content.startswith(BINARY_MAGIC.encode("ascii"))
    if not is_binary and not content.startswith(FULL_MAGIC.encode("ascii")):
        first = content[:40].split(b"\n")[0].decode("ascii", "replace").strip()
        raise FormatError(
            f"expected '{BINARY_MAGIC}' or '{FULL_MAGIC}' on the first line, found '{first}'", path=path
        )
    fields: dict[str, str] = {}
    wanted = ""  # the name of a value that comes next, on this line or a later one
    at = 0
    while True:
        end = content.find(b"\n", at, _LIMIT)
        if end < 0:
            raise FormatError("expected a line 'data' after the header, found none", path=path)
        line, at = content[at:end].decode("ascii", "replace"), end + 1
        for word in line.split():
            if wanted:
                fields[wanted], wanted = word, ""
            elif word in ("id", "size", "res"):
                wanted = word
            elif word == "data":
                return _checked(is_binary, fields, at, path)
            else:  # a comment, or a word that only its writer knows
                break


def _checked(is_binary: bool, fields: dict[str, str], start: int, path: Path) -> OctreeHeader:
    kind = fields.get("id", "")
    if not kind:
        raise FormatError("expected the kind of tree after 'id', found nothing", path=path)
    kind = _OLD_KINDS.get(kind, kind)
    return OctreeHeader(is_binary, kind, _resolution(fields, path), _node_count(fields, path), start)


def _resolution(fields: dict[str, str], path: Path) -> float:
    text = fields.get("res", "")
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not _SMALLEST <= value <= _LARGEST:
        raise FormatError(
            f"expected a resolution between {_SMALLEST:g} and {_LARGEST:g}, found '{text}'", path=path
        )
    return value


def _node_count(fields: dict[str, str], path: Path) -> int | None:
    text = fields.get("size")
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise FormatError(f"expected the number of nodes after 'size', found '{text}'", path=path)
    return int(text)
