"""Objects, render nodes and labels of a scene."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from viewer.errors import FormatError, ViewerError
from viewer.formats.hdf5_array import read_form
from viewer.formats.hypersim import boxes, labels, layout, mesh, tables
from viewer.formats.hypersim.findings import Findings
from viewer.model.boxes import BOX_KINDS, BoxSets, OrientedBoxes
from viewer.model.saved_labels import SavedLabels
from viewer.model.scene import NodeTable, ObjectTable

LARGEST_OBJECT_COUNT = 10_000_000
"""Tables have a row per object, so a stray huge id would fill the memory."""


def find_object_names(seen: Findings) -> tuple[str, ...] | None:
    """Names by object id, or None without a usable list."""
    seen.step("objects")
    name = f"{layout.DETAIL}/{layout.MESH}/{layout.OBJECTS_TABLE}"
    folder = seen.with_file(name)
    if folder is None:
        return None
    try:
        names = tables.read_names(folder / name, "object_name")
    except FormatError as error:
        seen.broken("Object list", error, "the names of all objects")
        return None
    seen.sources["Object list"] = folder
    return names


def find_nodes(seen: Findings, object_names: tuple[str, ...] | None) -> tables.NodeRows | None:
    """The render nodes as listed, or None without a usable list."""
    enables = "labels and object names on images and points"
    folder = seen.with_file(f"{layout.DETAIL}/{layout.NODES_TABLE}")
    if folder is None:
        why = "the file is not there; it is a part of the public download"
        seen.absent("Render nodes", seen.first_detail(layout.NODES_TABLE), why, enables)
        return None
    try:
        rows = tables.read_nodes(layout.detail_folder(folder) / layout.NODES_TABLE, object_names or ())
    except FormatError as error:
        seen.broken("Render nodes", error, enables)
        return None
    seen.sources["Render nodes"] = folder
    return rows


def add_object_table(
    seen: Findings, names: tuple[str, ...] | None, nodes: tables.NodeRows | None, raw: mesh.RawMesh | None
) -> ObjectTable | None:
    """The object list, from its own file or else from the nodes; without both, a gap says what that costs."""
    if names is not None:
        table = ObjectTable(names, layout.OBJECTS_TABLE)
    elif nodes is not None:
        table = ObjectTable(_names_from_nodes(seen, nodes, raw), layout.NODES_TABLE)
        seen.sources["Object list"] = seen.sources["Render nodes"]
    else:
        seen.absent(
            "Object list",
            seen.first_mesh(layout.OBJECTS_TABLE),
            f"neither {layout.OBJECTS_TABLE} nor {layout.NODES_TABLE} is there",
            "labelling: labels belong to objects, so it needs one of these lists",
        )
        return None
    seen.parts[ObjectTable] = table
    return table


def _names_from_nodes(seen: Findings, nodes: tables.NodeRows, raw: mesh.RawMesh | None) -> tuple[str, ...]:
    """Names by object id as far as nodes tell; labels and mesh may know of more objects."""
    known = (nodes.object_ids >= 0) & (nodes.object_ids < LARGEST_OBJECT_COUNT)
    count = int(nodes.object_ids[known].max(initial=-1)) + 1
    if raw is not None and raw.least_object_count < LARGEST_OBJECT_COUNT:
        count = max(count, raw.least_object_count)
    count = max(count, _labelled_object_count(seen))
    names = [f"object {k}" for k in range(count)]
    for node in np.flatnonzero(known):
        names[nodes.object_ids[node]] = nodes.object_names[node]
    return tuple(names)


def _labelled_object_count(seen: Findings) -> int:
    folder = seen.with_file(f"{layout.DETAIL}/{layout.MESH}/{layout.OBJECT_CLASSES}")
    if folder is None:
        return 0
    try:
        shape, _ = read_form(layout.mesh_folder(folder) / layout.OBJECT_CLASSES)
    except FormatError:
        return 0  # told where the labels are read
    return shape[0] if shape and shape[0] < LARGEST_OBJECT_COUNT else 0


def add_node_table(seen: Findings, nodes: tables.NodeRows | None, object_count: int | None) -> None:
    """The object of each node; objects that do not exist become none."""
    if nodes is None:
        return
    limit = LARGEST_OBJECT_COUNT if object_count is None else object_count
    wrong = (nodes.object_ids < -1) | (nodes.object_ids >= limit)
    folder = seen.sources["Render nodes"]
    if wrong.any():
        error = FormatError(
            f"expected object ids -1 to {limit - 1}, found {nodes.object_ids[wrong][0]}: "
            f"{np.count_nonzero(wrong)} nodes count as having no object",
            path=layout.detail_folder(folder) / layout.NODES_TABLE,
        )
        seen.broken("Render nodes", error)
    owners = np.where(wrong, -1, nodes.object_ids).astype(np.int32)
    seen.add("Render nodes", NodeTable(owners, nodes.names), folder)


def add_node_strings(seen: Findings) -> None:
    """The strings attached to nodes; hardly any scene needs them, so their absence is no gap."""
    folder = seen.with_file(f"{layout.DETAIL}/{layout.NODE_STRINGS_TABLE}")
    if folder is None:
        return
    try:
        strings = tables.read_node_strings(layout.detail_folder(folder) / layout.NODE_STRINGS_TABLE)
    except FormatError as error:
        seen.broken("Node strings", error)
        return
    seen.add("Node strings", strings, folder)


def add_labels(seen: Findings, object_count: int | None) -> None:
    """The labels saved with the scene."""
    seen.step("labels")
    scene = next((f for f in seen.match.folders if labels.has_labels(layout.mesh_folder(f))), None)
    enables = "classes and instances to start from; without them every object is unlabelled"
    if scene is None:
        seen.absent(
            "Labels",
            seen.first_mesh(layout.OBJECT_CLASSES),
            "labels are in the dataset's public repository, not in the download of images",
            enables,
        )
        return
    folder = layout.mesh_folder(scene)
    try:
        saved, faults = labels.read_labels_and_faults(folder, object_count)
    except ViewerError as error:
        seen.broken("Labels", error, enables)
        return
    seen.add("Labels", saved, scene)
    seen.faults("Labels", faults)


def add_boxes(seen: Findings) -> None:
    """The boxes of every kind."""
    seen.step("boxes")
    enables = "boxes around the instances"
    why = "the files are not there; they are a part of the public download"
    places = {kind: _folder_of_boxes(seen, kind) for kind in BOX_KINDS}
    if not any(places.values()):
        path = seen.first_mesh(layout.box_file(BOX_KINDS[0], "positions"))
        seen.absent("Boxes", path, why, enables)
        return
    by_kind: dict[str, OrientedBoxes] = {}
    row_count = _rows_for_labels(seen)
    for kind, scene in places.items():
        title = f"Boxes, {kind.replace('_', ' ')}"
        if scene is None:
            seen.absent(title, seen.first_mesh(layout.box_file(kind, "positions")), why, enables)
            continue
        try:
            by_kind[kind], faults = boxes.read_boxes(layout.mesh_folder(scene), kind, row_count)
        except FormatError as error:
            seen.broken(title, error, enables)
            continue
        seen.faults(title, faults)
        seen.sources[title] = scene
    if by_kind:
        seen.parts[BoxSets] = BoxSets(by_kind)


def _rows_for_labels(seen: Findings) -> int | None:
    """How many rows the boxes of these labels have: the dataset counts the rows of instance colors."""
    saved = seen.parts.get(SavedLabels)
    if not isinstance(saved, SavedLabels) or saved.instance_colors is None:
        return None
    return len(saved.instance_colors)


def _folder_of_boxes(seen: Findings, kind: str) -> Path | None:
    return next((f for f in seen.match.folders if boxes.has_boxes(layout.mesh_folder(f), kind)), None)
