"""The exported mesh: vertices, faces, and which object, group and material each face belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.errors import FormatError
from viewer.formats.hdf5_array import read_array, read_blocks, read_column, read_form
from viewer.formats.hypersim import layout
from viewer.formats.hypersim.tables import read_materials, read_names
from viewer.model.dataset_notes import MeshSize
from viewer.model.face_parts import FaceGroups, FaceMaterials
from viewer.model.mesh import NO_OBJECT, Mesh
from viewer.model.run_length import RunLengthArray
from viewer.model.vertices import Places, exact_again, kept_form, kept_of_blocks

_BLOCK_ROWS = 1 << 16
_FARTHEST = 1e18  # world units; squares of what lies beyond overflow the graphics card's numbers


@dataclass(frozen=True, slots=True, eq=False)
class RawMesh:
    """A mesh before its object ids are checked against the object list."""

    scene: Path  # the scene folder it came from
    vertices: Places  # (V, 3) as they are kept
    faces: NDArray[np.int32]  # (F, 3)
    owners: RunLengthArray | None  # (F,) the object of every face as the file has it

    @property
    def least_object_count(self) -> int:
        """How many objects there must be for the ids to make sense."""
        owners = self.owners
        return 0 if owners is None or not len(owners) else int(max(owners.values.max() + 1, 0))


def mesh_size(folder: Path) -> MeshSize:
    """Counts of vertices and faces, without reading them. Raises FormatError."""
    counts = []
    for name in (layout.VERTICES, layout.FACES_VERTICES):
        shape, _ = read_form(folder / name)
        if len(shape) != 2 or shape[1] != 3:
            raise FormatError(f"expected an array of shape (n, 3), found {shape}", path=folder / name)
        counts.append(shape[0])
    return MeshSize(counts[0], counts[1])


def read_vertices(folder: Path) -> Places:
    """(V, 3) world units, as they are kept; NaN where the file has no coordinate that can be drawn."""
    path = folder / layout.VERTICES
    shape, _ = read_form(path)
    if len(shape) == 2:
        blocks = read_blocks(path, _BLOCK_ROWS, shape=(None, 3), dtype=np.float64)
        try:
            kept = kept_of_blocks(blocks, shape[0], _FARTHEST)
        except MemoryError:
            kept = None  # told below, with the file's name
        if kept is not None:
            return kept
    return kept_form(_exact_vertices(folder))


def _exact_vertices(folder: Path) -> NDArray[np.float64]:
    """(V, 3) world units; NaN where the file has no coordinate that can be drawn."""
    vertices = read_array(folder / layout.VERTICES, shape=(None, 3), dtype=np.float64)
    if vertices.size and not (vertices.min() >= -_FARTHEST and vertices.max() <= _FARTHEST):
        vertices[~(np.abs(vertices) <= _FARTHEST)] = np.nan
    return vertices


def read_faces(folder: Path, vertex_count: int) -> NDArray[np.int32]:
    """(F, 3) vertex indices. Raises FormatError when one is out of range."""
    path = folder / layout.FACES_VERTICES
    faces = read_array(path, shape=(None, 3), kind="i", dtype=np.int32)
    if faces.size:
        lowest, highest = int(faces.min()), int(faces.max())
        if lowest < 0 or highest >= vertex_count:
            found = lowest if lowest < 0 else highest
            raise FormatError(f"expected vertex indices 0 to {vertex_count - 1}, found {found}", path=path)
    return faces


def read_owners(folder: Path, face_count: int) -> RunLengthArray:
    """(F,) object ids as the file has them, -1 = none. Raises FormatError."""
    return _read_face_column(folder / layout.FACES_OBJECT, face_count)


def _read_face_column(path: Path, face_count: int) -> RunLengthArray:
    shape, _ = read_form(path)
    if shape not in ((face_count,), (face_count, 1)):
        return RunLengthArray.of(read_column(path, length=face_count, dtype=np.int32))
    blocks = read_blocks(path, _BLOCK_ROWS, shape=shape, kind="i", dtype=np.int32)
    return RunLengthArray.of_blocks(block.reshape(-1) for block in blocks)


def count_not_finite(vertices: NDArray[np.floating]) -> int:
    """How many vertices have a coordinate that is not finite."""
    # One sum finds the usual case, none at all, several times faster than testing every value.
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(vertices.sum()):
            return 0
    return int(np.count_nonzero(~np.isfinite(vertices).all(axis=1)))


def checked_owners(
    owners: RunLengthArray, count: int, path: Path, what: str
) -> tuple[RunLengthArray, FormatError | None]:
    """`owners` with ids that do not exist replaced by -1, and the error that tells of them, if any."""
    ids = owners.values
    wrong = (ids < NO_OBJECT) | (ids >= count)
    if not wrong.any():
        return owners, None
    fault = FormatError(
        f"expected {what} ids -1 to {count - 1}, found {ids[wrong][0]}: "
        f"{owners.count(wrong)} faces count as having no {what}",
        path=path,
    )
    return owners.with_values(np.where(wrong, np.int32(NO_OBJECT), ids)), fault


def build_mesh(raw: RawMesh, object_count: int, folder: Path) -> tuple[Mesh, FormatError | None]:
    """The mesh, and the error that tells of object ids out of range, if there are any."""
    owners, fault = raw.owners, None
    if owners is None:
        owners = RunLengthArray.of(np.full(len(raw.faces), NO_OBJECT, np.int32))
    else:
        owners, fault = checked_owners(owners, object_count, folder / layout.FACES_OBJECT, "object")
    source = layout.mesh_folder(raw.scene)
    again = partial(exact_again, raw.vertices, partial(_exact_vertices, source), source / layout.VERTICES)
    exact = again if raw.vertices.dtype == np.float32 else None
    return Mesh(raw.vertices, raw.faces, owners, object_count, exact), fault


def read_groups(folder: Path, face_count: int) -> tuple[FaceGroups, FormatError | None]:
    """The groups of faces; the error tells of ids out of range. Raises FormatError."""
    names = read_names(folder / layout.GROUPS_TABLE, "group_name")
    ids = _read_face_column(folder / layout.FACES_GROUP, face_count)
    owners, fault = checked_owners(ids, len(names), folder / layout.FACES_GROUP, "group")
    return FaceGroups(owners, names), fault


def read_face_materials(folder: Path, face_count: int) -> tuple[FaceMaterials, FormatError | None]:
    """The materials of faces; the error tells of ids out of range. Raises FormatError."""
    names, colors = read_materials(folder / layout.MATERIALS_TABLE)
    ids = _read_face_column(folder / layout.FACES_MATERIAL, face_count)
    owners, fault = checked_owners(ids, len(names), folder / layout.FACES_MATERIAL, "material")
    return FaceMaterials(owners, names, colors), fault


def check_form(path: Path, columns: tuple[int, ...], kind: str) -> None:
    """Check the form of a file whose values nobody needs yet. Raises FormatError."""
    shape, dtype = read_form(path)
    if len(shape) != 2 or shape[1] not in columns or not _is_kind(dtype, kind):
        widths = " or ".join(str(width) for width in columns)
        values = "integers" if kind == "i" else "floats"
        raise FormatError(
            f"expected {values} of shape (n, {widths}), found {dtype} of shape {shape}", path=path
        )


def _is_kind(dtype: np.dtype[Any], kind: str) -> bool:
    return dtype.kind in ("iu" if kind == "i" else kind)
