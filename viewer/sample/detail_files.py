"""Writing the `_detail` folder: mesh, tables, labels, boxes, cameras, octomap."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from viewer.formats.hdf5_array import write_array
from viewer.formats.hypersim import boxes, layout, octomap_files
from viewer.formats.hypersim.labels import write_labels
from viewer.formats.hypersim.session_log import append_loaded, append_unloaded
from viewer.geometry.instance_boxes import MeshInstances, fit_boxes
from viewer.jobs.job import Progress
from viewer.model.boxes import BOX_KINDS
from viewer.model.camera import GL_FROM_CAM, Lens
from viewer.model.instances import sequence_colors
from viewer.model.label_table import LabelTable
from viewer.model.labels import ObjectLabels
from viewer.model.mesh import Mesh
from viewer.model.octomap import Octomap
from viewer.sample.builder import SceneObject, Triangles
from viewer.sample.materials import Material
from viewer.sample.scene_model import (
    METRES_PER_UNIT,
    NULL_OBJECT,
    IndexedMesh,
    Nodes,
)
from viewer.sample.walk import FRAME_TIME_S, Keyframe, world_from_cam

LABELLED_ON = datetime(2019, 12, 31, 14, 15, 1)
NEAR, FAR = 1.0, 1000.0  # asset units, of the published projections


def write_tables(scene: Path, cameras: Iterable[str], nodes: Nodes, objects: Sequence[SceneObject]) -> None:
    """Scene, cameras and render nodes."""
    detail = layout.detail_folder(scene)
    _write_rows(
        detail / layout.SCENE_TABLE,
        ("parameter_name", "parameter_value"),
        [("meters_per_asset_unit", repr(METRES_PER_UNIT))],
    )
    _write_rows(detail / layout.CAMERAS_TABLE, ("camera_name",), [(name,) for name in cameras])
    rows = [
        (k, name, owner, objects[owner].name if owner >= 0 else NULL_OBJECT)
        for k, (name, owner) in enumerate(zip(nodes.names, nodes.objects.tolist(), strict=True), 1)
    ]
    _write_rows(detail / layout.NODES_TABLE, ("node_id", "node_name", "object_id", "object_name"), rows)
    strings = [(k, "<root>", name) for k, name in enumerate(nodes.names, 1)]
    _write_rows(detail / layout.NODE_STRINGS_TABLE, ("node_id", "path", "string"), strings)


def write_mesh(
    scene: Path,
    mesh: IndexedMesh,
    triangles: Triangles,
    objects: Sequence[SceneObject],
    materials: Sequence[Material],
) -> None:
    """Geometry, owners of faces, and the names of objects, groups and materials."""
    folder = layout.mesh_folder(scene)
    groups = list(dict.fromkeys(thing.group for thing in objects))
    number = {name: k for k, name in enumerate(groups)}
    group_of_object = np.array([number[thing.group] for thing in objects], np.int64)
    arrays = {
        layout.VERTICES: mesh.vertices,
        layout.NORMALS: mesh.normals,
        layout.TEXCOORDS: mesh.texcoords,
        layout.FACES_VERTICES: mesh.vertex_of_corner,
        layout.FACES_NORMALS: mesh.normal_of_corner,
        layout.FACES_TEXCOORDS: mesh.texcoord_of_corner,
        layout.FACES_OBJECT: triangles.object_of_face,
        layout.FACES_GROUP: group_of_object[triangles.object_of_face],
        layout.FACES_MATERIAL: triangles.material_of_face,
    }
    for name, array in arrays.items():
        write_array(folder / name, array)
    _write_lines(folder / layout.OBJECTS_TABLE, "object_name", [thing.name for thing in objects])
    _write_lines(folder / layout.GROUPS_TABLE, "group_name", groups)
    header = ("material_name", "illum", "d", "Kd", "Tr", "Ka", "Ks", "Tf", "Ns")
    _write_rows(folder / layout.MATERIALS_TABLE, header, [_material_row(m) for m in materials])


def _material_row(material: Material) -> tuple[str, ...]:
    color = material.texture.image.reshape(-1, 3).mean(axis=0)
    diffuse = " ".join(f"{channel:.6f}" for channel in color)
    shine = " ".join([f"{material.gloss:.6f}"] * 3)
    solid = "0.3" if material.is_clear else "1"
    through = "0.7" if material.is_clear else "0"
    return material.name, "2", solid, diffuse, through, diffuse, shine, "1 1 1", "32"


def write_label_files(scene: Path, labels: ObjectLabels, table: LabelTable, count: int) -> None:
    """The four label files and the log of the sessions that made them."""
    folder = layout.mesh_folder(scene)
    write_labels(folder, labels, table.color_rows(), sequence_colors(count))
    begin = LABELLED_ON
    for minutes in (47, 15):
        append_loaded(folder, begin)
        append_unloaded(folder, begin + timedelta(minutes=minutes, seconds=35))
        begin += timedelta(days=1, minutes=9)


def write_boxes(
    scene: Path, mesh: IndexedMesh, triangles: Triangles, labels: ObjectLabels, count: int, progress: Progress
) -> None:
    """The three kinds of boxes of all instances."""
    folder = layout.mesh_folder(scene)
    owners = triangles.object_of_face.astype(np.int32)
    corners = Mesh(mesh.vertices, mesh.vertex_of_corner.astype(np.int32), owners, len(labels))
    boxes.write_boxes(
        folder,
        fit_boxes(MeshInstances(corners, labels.instance), BOX_KINDS, progress=progress.quiet()),
        count,
    )


def write_octomap(scene: Path, octomap: Octomap) -> None:
    """The tree, and the bounds of its free space."""
    octomap_files.write_octomap(layout.octomap_folder(scene), octomap)


def write_cameras(scene: Path, walks: dict[str, tuple[Keyframe, ...]]) -> None:
    """The trajectories; the files' cameras look along -z with y up."""
    for name, keyframes in walks.items():
        folder = layout.camera_folder(scene, name)
        poses = np.stack([world_from_cam(keyframe) for keyframe in keyframes])
        targets = np.array([keyframe.look_at for keyframe in keyframes])
        write_array(folder / layout.FRAME_INDICES, np.array([k.frame for k in keyframes], np.int64))
        write_array(folder / layout.POSITIONS, poses[:, :3, 3] / METRES_PER_UNIT)
        write_array(folder / layout.ORIENTATIONS, poses[:, :3, :3] @ GL_FROM_CAM[:3, :3])
        write_array(folder / layout.LOOK_AT_POSITIONS, targets / METRES_PER_UNIT)
        _write_rows(
            folder / layout.CAMERA_TABLE,
            ("parameter_name", "parameter_value"),
            [("frame_time_seconds", repr(FRAME_TIME_S))],
        )


def write_camera_parameters(path: Path, scene_name: str, lens: Lens) -> None:
    """A camera table with one row, in the columns of the published one that describe the lens."""
    width, height = lens.width, lens.height
    pixel_from_uv = np.array([[width / 2, 0, (width - 1) / 2], [0, -height / 2, (height - 1) / 2], [0, 0, 1]])
    cam_from_uv = GL_FROM_CAM[:3, :3] @ lens.ray_from_pixel @ pixel_from_uv
    projection = lens.clip_from_cam(NEAR, FAR) @ GL_FROM_CAM
    row: dict[str, str] = {
        "scene_name": scene_name,
        "settings_output_img_height": repr(float(height)),
        "settings_output_img_width": repr(float(width)),
        "settings_units_info_meters_scale": repr(METRES_PER_UNIT),
    }
    for name, matrix in (("M_cam_from_uv", cam_from_uv), ("M_proj", projection)):
        for i, j in np.ndindex(*matrix.shape):
            row[f"{name}_{i}{j}"] = repr(float(matrix[i, j]))
    _write_rows(path, tuple(row), [tuple(row.values())])


def _write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _write_lines(path: Path, header: str, names: Sequence[str]) -> None:
    path.write_text("\n".join([header, *names]) + "\n", encoding="utf-8", newline="\n")
