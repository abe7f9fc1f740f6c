"""Small generated scenes in the Hypersim layout, complete: every test breaks what it needs broken."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray
from PIL import Image

SCENE = "ai_900_001"
METRES_PER_UNIT = 0.0254
IMAGE_SIZE = (8, 6)  # px
OBJECT_NAMES = ("floor", "chair, left", 'lamp "tall"', "Куб_007", "nan")
SEMANTIC = (2, 5, -1, 5, -1)
INSTANCE = (-1, 1, -1, 3, -1)
FRAMES = {"cam_00": (0, 1, 3, 7), "cam_01": (0, 5)}
FRAMES_WITH_IMAGES = {"cam_00": (0, 3)}
LOG = (
    "[HYPERSIM: SCENE_ANNOTATION_TOOL] Loaded scene:   Tue Dec 31 14:15:01 2019\n"
    "[HYPERSIM: SCENE_ANNOTATION_TOOL] Unloaded scene: Wed Jan  1 14:15:31 2020\n"
)
PHOTOGRAPHS = ("color", "diffuse_illumination", "diffuse_reflectance", "residual")
NORMAL_IMAGES = ("normal_cam", "normal_world", "normal_bump_cam", "normal_bump_world")
VECTOR_IMAGES = ("position", *NORMAL_IMAGES, "tex_coord")
ID_IMAGES = ("render_entity_id", "semantic", "semantic_instance")
CUBE_FACES = np.array(
    [
        (0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1),
        (2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4), (1, 5, 7), (1, 7, 3),
    ]
)  # fmt: skip


def save(path: Path, array: Any, **options: Any) -> Path:
    """Write one array as HDF5, without any of the program's own code."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        file.create_dataset("dataset", data=array, **options)
    return path


def load(path: Path) -> NDArray[Any]:
    with h5py.File(path) as file:
        return np.asarray(file["dataset"][()])


def write_text(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
    return path


def write_scene(root: Path, name: str = SCENE, *, image_size: tuple[int, int] = IMAGE_SIZE) -> Path:
    """A complete scene of five cubes in `root`; its folder."""
    scene = root / name
    write_mesh(scene)
    write_objects(scene)
    write_nodes(scene)
    write_labels(scene)
    write_boxes(scene)
    write_octomap(scene)
    write_text(
        scene / "_detail/metadata_scene.csv",
        f"parameter_name,parameter_value\nmeters_per_asset_unit,{METRES_PER_UNIT}\n",
    )
    write_cameras(scene)
    write_images(scene, image_size)
    write_text(scene / "_detail/mesh/metadata_scene_annotation_tool.log", LOG)
    return scene


def cube_scene(count: int) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Vertices (8 N, 3), faces (12 N, 3) and owners (12 N,) of unit cubes in a row, two units apart."""
    corner = ((np.arange(8)[:, None] >> np.arange(3)) & 1).astype(np.float64)
    vertices = np.concatenate([corner + np.array([2 * k, 0, 0]) for k in range(count)])
    faces = np.concatenate([CUBE_FACES + 8 * k for k in range(count)])
    return vertices, faces, np.repeat(np.arange(count), len(CUBE_FACES))


def write_mesh(scene: Path, names: Sequence[str] = OBJECT_NAMES) -> None:
    mesh = scene / "_detail/mesh"
    vertices, faces, owners = cube_scene(len(names))
    save(mesh / "mesh_vertices.hdf5", vertices)
    save(mesh / "mesh_faces_vi.hdf5", faces)
    save(mesh / "mesh_faces_oi.hdf5", owners)
    save(mesh / "mesh_faces_gi.hdf5", owners)
    save(mesh / "mesh_faces_mi.hdf5", owners % 2)
    save(mesh / "mesh_normals.hdf5", np.eye(3))
    save(mesh / "mesh_texcoords.hdf5", np.zeros((4, 2)))
    save(mesh / "mesh_faces_vti.hdf5", np.zeros_like(faces))
    save(mesh / "mesh_faces_vni.hdf5", np.zeros_like(faces))
    write_text(mesh / "metadata_groups.csv", "\n".join(["group_name", *names, ""]))
    rest = "0,1 1 1,0 0 0,1 1 1,32"
    write_text(
        mesh / "metadata_materials.csv",
        f"material_name,illum,d,Kd,Tr,Ka,Ks,Tf,Ns\nwood, oiled,2,1,0.5 0.25 0,{rest}\nglass,2,1,,{rest}\n",
    )


def write_objects(scene: Path, names: Sequence[str] = OBJECT_NAMES) -> None:
    write_text(scene / "_detail/mesh/metadata_objects.csv", "\n".join(["object_name", *names, ""]))


def write_nodes(scene: Path, names: Sequence[str] = OBJECT_NAMES) -> None:
    """One node per object, in reverse order, after a light that is no object."""
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    rows = ["1,light@node,-1,_NULL_OBJECT"]
    for node, k in enumerate(reversed(range(len(names))), 2):
        rows.append(f'{node},{quoted[k][:-1]}@node",{k},{quoted[k]}')
    write_text(
        scene / "_detail/metadata_nodes.csv",
        "\n".join(["node_id,node_name,object_id,object_name", *rows, ""]),
    )
    write_text(scene / "_detail/metadata_node_strings.csv", "node_id,path,string\n2,<root>,nan@node\n")


def write_labels(scene: Path, semantic: Sequence[int] = SEMANTIC, instance: Sequence[int] = INSTANCE) -> None:
    mesh = scene / "_detail/mesh"
    save(mesh / "mesh_objects_si.hdf5", np.array(semantic, np.int64)[:, None])
    save(mesh / "mesh_objects_sii.hdf5", np.array(instance, np.int64)[:, None])
    save(mesh / "metadata_semantic_colors.hdf5", np.full((41, 3), -1, np.int64))
    save(mesh / "metadata_semantic_instance_colors.hdf5", np.full((4, 3), -1, np.int64))


def write_boxes(scene: Path) -> None:
    """Boxes of the instances 1 and 3; row 2 is unused."""
    for kind in ("axis_aligned", "object_aligned_2d", "object_aligned_3d"):
        stem = scene / f"_detail/mesh/metadata_semantic_instance_bounding_box_{kind}_"
        centres, extents = np.full((4, 3), np.inf), np.full((4, 3), np.inf)
        rotations = np.full((4, 3, 3), np.inf)
        for row in (1, 3):
            centres[row], extents[row], rotations[row] = (row, 0.5, 0.5), (1, 2, 3), np.eye(3)
        save(Path(f"{stem}positions.hdf5"), centres)
        save(Path(f"{stem}extents.hdf5"), extents)
        save(Path(f"{stem}orientations.hdf5"), rotations)


def write_octomap(scene: Path) -> None:
    """A root with one inner child whose child 0 is free; child 7 of the root is occupied."""
    header = b"# Octomap OcTree binary file\nid OcTree\nsize 4\nres 0.05\ndata\n"
    folder = scene / "_detail/octomap"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "octomap.bt").write_bytes(header + np.array([2 << 14 | 3, 1], "<u2").tobytes())
    save(folder / "octomap_free_space_min.hdf5", np.zeros(3))
    save(folder / "octomap_free_space_max.hdf5", np.ones(3))


def poses(count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Positions (N, 3) and rotations (N, 3, 3) of cameras that look along y, as the files have them."""
    rotation = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])  # columns: right, up, backwards
    return np.arange(3 * count, dtype=np.float64).reshape(-1, 3), np.repeat(rotation[None], count, axis=0)


def write_cameras(scene: Path) -> None:
    detail = scene / "_detail"
    write_text(detail / "metadata_cameras.csv", "\n".join(["camera_name", *FRAMES, ""]))
    for name, frames in FRAMES.items():
        positions, rotations = poses(len(frames))
        save(detail / name / "camera_keyframe_frame_indices.hdf5", np.array(frames))
        save(detail / name / "camera_keyframe_positions.hdf5", positions)
        save(detail / name / "camera_keyframe_orientations.hdf5", rotations)
        save(detail / name / "camera_keyframe_look_at_positions.hdf5", positions + np.array([0, 5, 0]))
        write_text(
            detail / name / "metadata_camera.csv", "parameter_name,parameter_value\nframe_time_seconds,0.5\n"
        )


def write_images(scene: Path, size: tuple[int, int] = IMAGE_SIZE) -> None:
    width, height = size
    rgb = np.linspace(0, 1, width * height * 3).reshape(height, width, 3).astype(np.float16)
    ids = (np.arange(width * height).reshape(height, width) % 8 - 1).astype(np.int16)
    arrays: dict[str, dict[str, Any]] = {
        "final_hdf5": dict.fromkeys(PHOTOGRAPHS, rgb),
        "geometry_hdf5": {
            "depth_meters": rgb[:, :, 0] + 1,
            **dict.fromkeys(VECTOR_IMAGES, rgb),
            **dict.fromkeys(ID_IMAGES, ids),
        },
    }
    picture = Image.fromarray((rgb * 255).astype(np.uint8))
    for camera, frames in FRAMES_WITH_IMAGES.items():
        for frame in frames:
            for group, images in arrays.items():
                folder = scene / "images" / f"scene_{camera}_{group}"
                for name, pixels in images.items():
                    save(folder / f"frame.{frame:04d}.{name}.hdf5", pixels, compression="gzip")
            for group, name in (("final_preview", "tonemap.jpg"), ("geometry_preview", "semantic.png")):
                folder = scene / "images" / f"scene_{camera}_{group}"
                folder.mkdir(parents=True, exist_ok=True)
                picture.save(folder / f"frame.{frame:04d}.{name}")


def write_camera_table(path: Path, scenes: Sequence[str] = (SCENE,), *, shift: float = 0.0) -> Path:
    """A camera table of plain 60 degree lenses for 8 x 6 pixels, moved sideways by `shift`."""
    across, down = np.tan(np.pi / 6), np.tan(np.pi / 6) * IMAGE_SIZE[1] / IMAGE_SIZE[0]
    uv = {f"M_cam_from_uv_{i}{j}": 0.0 for i in range(3) for j in range(3)}
    uv |= {"M_cam_from_uv_00": across, "M_cam_from_uv_11": down, "M_cam_from_uv_22": -1.0}
    uv["M_cam_from_uv_02"] = shift
    columns = {
        "settings_output_img_height": float(IMAGE_SIZE[1]),
        "settings_output_img_width": float(IMAGE_SIZE[0]),
        "settings_units_info_meters_scale": 0.01,
        "settings_camera_dist": '"Color(1, 1, 1)"',
        **uv,
    }
    lines = [",".join(["scene_name", *columns])]
    lines += [",".join([name, *map(str, columns.values())]) for name in scenes]
    return write_text(path, "\n".join(lines) + "\n")
