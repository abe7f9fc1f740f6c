"""Where every file of a Hypersim scene lies, and what it is called."""

from __future__ import annotations

import re
from pathlib import Path

DETAIL = "_detail"
MESH = "mesh"
IMAGES = "images"
OCTOMAP = "octomap"

SCENE_TABLE = "metadata_scene.csv"
CAMERAS_TABLE = "metadata_cameras.csv"
NODES_TABLE = "metadata_nodes.csv"
NODE_STRINGS_TABLE = "metadata_node_strings.csv"

OCTOMAP_TREE = "octomap.bt"
OCTOMAP_FULL_TREE = "octomap.ot"
OCTOMAP_FREE_SPACE_MIN = "octomap_free_space_min.hdf5"
OCTOMAP_FREE_SPACE_MAX = "octomap_free_space_max.hdf5"

CAMERA_TABLE = "metadata_camera.csv"
FRAME_INDICES = "camera_keyframe_frame_indices.hdf5"
POSITIONS = "camera_keyframe_positions.hdf5"
ORIENTATIONS = "camera_keyframe_orientations.hdf5"
LOOK_AT_POSITIONS = "camera_keyframe_look_at_positions.hdf5"

VERTICES = "mesh_vertices.hdf5"
NORMALS = "mesh_normals.hdf5"
TEXCOORDS = "mesh_texcoords.hdf5"
FACES_VERTICES = "mesh_faces_vi.hdf5"
# The exporter swapped the names of these two: each file holds what the other's name says.
FACES_TEXCOORDS = "mesh_faces_vni.hdf5"
FACES_NORMALS = "mesh_faces_vti.hdf5"
FACES_OBJECT = "mesh_faces_oi.hdf5"
FACES_GROUP = "mesh_faces_gi.hdf5"
FACES_MATERIAL = "mesh_faces_mi.hdf5"
OBJECTS_TABLE = "metadata_objects.csv"
GROUPS_TABLE = "metadata_groups.csv"
MATERIALS_TABLE = "metadata_materials.csv"

OBJECT_CLASSES = "mesh_objects_si.hdf5"
OBJECT_INSTANCES = "mesh_objects_sii.hdf5"
CLASS_COLORS = "metadata_semantic_colors.hdf5"
INSTANCE_COLORS = "metadata_semantic_instance_colors.hdf5"
LABEL_FILES = (OBJECT_CLASSES, OBJECT_INSTANCES, CLASS_COLORS, INSTANCE_COLORS)
SESSION_LOG = "metadata_scene_annotation_tool.log"

BOX_COLUMNS = ("positions", "orientations", "extents")

CAMERA_PARAMETERS_TABLE = "metadata_camera_parameters.csv"
TRAJECTORIES_TABLE = "metadata_camera_trajectories.csv"
IMAGES_TABLES = ("metadata_images_split_scene_v1.csv", "metadata_images.csv")

FINAL_HDF5 = "final_hdf5"
FINAL_PREVIEW = "final_preview"
GEOMETRY_HDF5 = "geometry_hdf5"
GEOMETRY_PREVIEW = "geometry_preview"
IMAGE_GROUPS = (FINAL_HDF5, FINAL_PREVIEW, GEOMETRY_HDF5, GEOMETRY_PREVIEW)

MODALITIES: dict[str, tuple[str, ...]] = {
    FINAL_HDF5: ("color", "diffuse_illumination", "diffuse_reflectance", "residual"),
    GEOMETRY_HDF5: (
        "depth_meters",
        "position",
        "normal_cam",
        "normal_world",
        "normal_bump_cam",
        "normal_bump_world",
        "render_entity_id",
        "semantic",
        "semantic_instance",
        "tex_coord",
    ),
    FINAL_PREVIEW: (
        "color",
        "gamma",
        "tonemap",
        "diffuse_reflectance",
        "diffuse_illumination",
        "residual",
        "lambertian",
        "non_lambertian",
        "diff",
    ),
    GEOMETRY_PREVIEW: (
        "color",
        "gamma",
        "depth_meters",
        "normal_cam",
        "normal_world",
        "normal_bump_cam",
        "normal_bump_world",
        "render_entity_id",
        "semantic",
        "semantic_instance",
        "tex_coord",
    ),
}
"""The images of each folder, in the order they are listed to people."""

DEFAULT_IMAGE_SIZE = (1024, 768)  # px

_SCENE_NAME = re.compile(r"ai_\d{3}_\d{3}")
_IMAGE_FOLDER = re.compile(r"scene_(.+)_(final_hdf5|final_preview|geometry_hdf5|geometry_preview)")
_IMAGE_FILE = re.compile(r"frame\.(\d+)\.([^.]+)\.(hdf5|jpe?g|png)", re.IGNORECASE)


def is_scene_name(name: str) -> bool:
    """Whether a folder's name is one of the dataset's scene names, such as `ai_001_001`."""
    return _SCENE_NAME.fullmatch(name) is not None


def detail_folder(scene: Path) -> Path:
    return scene / DETAIL


def mesh_folder(scene: Path) -> Path:
    return scene / DETAIL / MESH


def octomap_folder(scene: Path) -> Path:
    return scene / DETAIL / OCTOMAP


def camera_folder(scene: Path, camera: str) -> Path:
    return scene / DETAIL / camera


def images_folder(scene: Path) -> Path:
    return scene / IMAGES


def image_group_folder(scene: Path, camera: str, group: str) -> Path:
    """Folder of one group (`IMAGE_GROUPS`) of a camera's images."""
    return scene / IMAGES / f"scene_{camera}_{group}"


def parse_image_folder(name: str) -> tuple[str, str] | None:
    """Camera and group that a folder's name says, or None for another folder."""
    match = _IMAGE_FOLDER.fullmatch(name)
    return None if match is None else (match[1], match[2])


def parse_image_file(name: str) -> tuple[int, str, str] | None:
    """Frame, image name and lower-case suffix that a file's name says, or None for another file."""
    match = _IMAGE_FILE.fullmatch(name)
    return None if match is None else (int(match[1]), match[2], match[3].lower())


def modality_key(group: str, image: str) -> str:
    """The key an image is read by: its own name for HDF5 files, `group.name` for previews."""
    return f"{group}.{image}" if group.endswith("_preview") else image


def preview_suffix(group: str, image: str) -> str:
    """File suffix of a preview: photographs are JPEG, maps of values PNG."""
    is_photograph = group == FINAL_PREVIEW or image in {"color", "gamma"}
    return "jpg" if is_photograph else "png"


def image_path(scene: Path, camera: str, frame: int, group: str, image: str) -> Path:
    """Where one image of a frame lies."""
    suffix = preview_suffix(group, image) if group.endswith("_preview") else "hdf5"
    return image_group_folder(scene, camera, group) / f"frame.{frame:04d}.{image}.{suffix}"


def box_file(kind: str, column: str) -> str:
    """File of one column (`positions`, `orientations`, `extents`) of a kind of boxes (`BOX_KINDS`)."""
    return f"metadata_semantic_instance_bounding_box_{kind}_{column}.hdf5"
