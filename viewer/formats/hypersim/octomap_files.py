"""An octomap on disk: the tree in either of OctoMap's formats, and the bounds of free space beside it."""

from __future__ import annotations

from pathlib import Path

from viewer.errors import FormatError
from viewer.formats.atomic_file import removing, replace_all, save_error, temporary_beside, write_bytes
from viewer.formats.hdf5_array import array_file
from viewer.formats.hypersim import layout
from viewer.formats.hypersim.octomap_bt import decode_bt, encode_bt
from viewer.formats.hypersim.octomap_ot import decode_ot
from viewer.formats.hypersim.octree_header import parse_header, read_head
from viewer.model.dataset_notes import OctomapSize
from viewer.model.octomap import Octomap


def read_tree(path: Path) -> Octomap:
    """The leaves of a tree, depth first, without the bounds of free space; what it is, its first line says.

    Raises FormatError when the file is missing or malformed.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FormatError(f"cannot be read: {error.strerror or error}", path=path) from error
    header = parse_header(content, path)
    return (decode_bt if header.is_binary else decode_ot)(content, header, path)


def read_tree_size(path: Path) -> OctomapSize:
    """What the header of a tree says. Raises FormatError when it is missing or malformed."""
    header = read_head(path)
    return OctomapSize(header.resolution, header.node_count, header.tree_kind)


def write_octomap(folder: Path, octomap: Octomap) -> tuple[Path, ...]:
    """Write the tree and the bounds of its free space into a folder, made if need be, as one unit.

    Returns the paths. Raises FormatError for leaves that no tree can hold, SaveError when something cannot be
    written; the folder is then as it was.
    """
    contents = {folder / layout.OCTOMAP_TREE: encode_bt(octomap)}
    for name, corner in (
        (layout.OCTOMAP_FREE_SPACE_MIN, octomap.free_space_min),
        (layout.OCTOMAP_FREE_SPACE_MAX, octomap.free_space_max),
    ):
        if corner is not None:
            contents[folder / name] = array_file(corner)
    temporaries = {path: temporary_beside(path) for path in contents}
    at = folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with removing(temporaries.values()):
            for at, content in contents.items():
                write_bytes(temporaries[at], content)
            at = folder
            replace_all([(temporary, path) for path, temporary in temporaries.items()])
    except OSError as error:
        raise save_error(error, at) from error
    return tuple(contents)
