"""The mesh of a scene."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from viewer.errors import FormatError
from viewer.formats.hypersim import layout, mesh
from viewer.formats.hypersim.findings import Findings
from viewer.formats.hypersim.scene_objects import LARGEST_OBJECT_COUNT
from viewer.formats.listing import is_file
from viewer.model.mesh import Mesh
from viewer.model.run_length import RunLengthArray

_VERTICES = f"{layout.DETAIL}/{layout.MESH}/{layout.VERTICES}"
_FACES = f"{layout.DETAIL}/{layout.MESH}/{layout.FACES_VERTICES}"


def find_mesh(seen: Findings) -> mesh.RawMesh | None:
    """The mesh as its files have it, or None without a usable one; a survey notes its size only."""
    enables = "true surfaces in 3D, and labelling that is exact to the last pixel"
    scene = seen.with_file(_VERTICES) or seen.with_file(_FACES)
    if scene is None:
        seen.absent(
            "Mesh",
            seen.first_mesh(layout.VERTICES),
            "meshes are not in the public download: they are sold with the original scenes",
            enables,
        )
        return None
    folder = layout.mesh_folder(scene)
    try:
        if seen.is_survey:
            seen.add("Mesh", mesh.mesh_size(folder), scene)
            return None
        seen.step("vertices")
        vertices = mesh.read_vertices(folder)
        seen.step("faces")
        faces = mesh.read_faces(folder, len(vertices))
    except FormatError as error:
        seen.broken("Mesh", error, enables)
        return None
    owners = _owners(seen, folder, len(faces))
    return mesh.RawMesh(scene, vertices, faces, owners)


def _owners(seen: Findings, folder: Path, face_count: int) -> RunLengthArray | None:
    seen.step("objects of faces")
    path = folder / layout.FACES_OBJECT
    enables = "telling the objects of the mesh apart"
    if not is_file(path):
        seen.absent("Objects of faces", path, "the file is not there", enables)
        return None
    try:
        return mesh.read_owners(folder, face_count)
    except FormatError as error:
        seen.broken("Objects of faces", error, enables)
        return None


def add_mesh(seen: Findings, raw: mesh.RawMesh | None, object_count: int | None) -> None:
    """The mesh with its object ids checked against the object list, and its groups and materials."""
    if raw is None:
        return
    folder = layout.mesh_folder(raw.scene)
    if object_count is None:
        object_count = min(raw.least_object_count, LARGEST_OBJECT_COUNT)
    try:
        part, fault = mesh.build_mesh(raw, object_count, folder)
    except FormatError as error:
        seen.broken("Mesh", error)
        return
    seen.add("Mesh", part, raw.scene)
    seen.faults("Objects of faces", [fault])
    lost = mesh.count_not_finite(raw.vertices)
    if lost:
        message = f"expected finite coordinates, found {lost} vertices without: their faces are not shown"
        seen.faults("Mesh", [FormatError(message, path=folder / layout.VERTICES)])
    _mesh_details(seen, part, raw.scene)


def _mesh_details(seen: Findings, part: Mesh, scene: Path) -> None:
    """Groups and materials; the form of texture coordinates and indices, which nobody uses yet."""
    folder = layout.mesh_folder(scene)
    count = len(part.faces)
    seen.step("groups and materials")
    if is_file(folder / layout.FACES_GROUP) and is_file(folder / layout.GROUPS_TABLE):
        _detail(seen, "Groups", lambda: mesh.read_groups(folder, count), scene)
    if is_file(folder / layout.FACES_MATERIAL) and is_file(folder / layout.MATERIALS_TABLE):
        _detail(seen, "Materials", lambda: mesh.read_face_materials(folder, count), scene)
    forms: tuple[tuple[str, str, tuple[int, ...], str], ...] = (
        ("Texture coordinates", layout.TEXCOORDS, (2, 3), "f"),
        ("Texture coordinates", layout.FACES_TEXCOORDS, (3,), "i"),
        ("Mesh normals", layout.NORMALS, (3,), "f"),
        ("Mesh normals", layout.FACES_NORMALS, (3,), "i"),
    )
    for title, name, columns, kind in forms:
        if is_file(folder / name):
            try:
                mesh.check_form(folder / name, columns, kind)
            except FormatError as error:
                seen.broken(title, error)
            else:
                seen.sources[title] = scene


def _detail(
    seen: Findings, title: str, read: Callable[[], tuple[object, FormatError | None]], scene: Path
) -> None:
    try:
        part, fault = read()
    except FormatError as error:
        seen.broken(title, error)
        return
    seen.add(title, part, scene)
    seen.faults(title, [fault])
