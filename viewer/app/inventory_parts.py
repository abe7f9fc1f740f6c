"""One line about each part of a scene, by its title."""

from __future__ import annotations

import numpy as np

from viewer.model.boxes import BoxSets
from viewer.model.camera import Cameras, Lens
from viewer.model.dataset_notes import DatasetNotes, LabellingTime, MeshSize, NodeStrings, OctomapSize
from viewer.model.face_parts import FaceGroups, FaceMaterials
from viewer.model.frames import Images
from viewer.model.labels import NO_LABEL
from viewer.model.mesh import Mesh
from viewer.model.octomap import PLAIN_TREE, Octomap
from viewer.model.saved_labels import SavedLabels
from viewer.model.scene import NodeTable, ObjectTable, Scene

_PLURALS = {"vertex": "vertices", "box": "boxes", "class": "classes"}
_UNIT_NAMES = {0.001: "millimetre", 0.01: "centimetre", 0.0254: "inch", 1.0: "metre"}


UNITS = "Units"
"""The title of the part that tells how long a unit is."""


def unit_name(metres_per_unit: float) -> str:
    """The name of a unit of length, or its length in metres."""
    for size, name in _UNIT_NAMES.items():
        if abs(metres_per_unit / size - 1) < 1e-4:  # files hold some of them in single precision
            return name
    return f"{metres_per_unit:g} m"


def unit_text(metres_per_unit: float, *, is_known: bool) -> str:
    """How long a unit is, and whether the dataset says so."""
    length = f"1 unit = {metres_per_unit:.6g} m ({unit_name(metres_per_unit)})"
    return length if is_known else f"{length}, assumed: no file tells the scale"


def count_of(count: int, noun: str) -> str:
    """`1 face`, `2,000 faces`, `3 boxes`."""
    plural = _PLURALS.get(noun, noun + "s")
    return f"{count:,} {noun if count == 1 else plural}"


def part_details(scene: Scene) -> dict[str, str]:
    """What there is to say about each part, by the titles of `Scene.sources`."""
    details = {"Units": unit_text(scene.metres_per_unit, is_known=UNITS in scene.sources)}
    for part in scene.parts.values():
        match part:
            case Mesh() as mesh:
                details["Mesh"] = (
                    f"{count_of(len(mesh.faces), 'face')}, {count_of(len(mesh.vertices), 'vertex')}"
                )
            case MeshSize() as size:
                details["Mesh"] = f"{count_of(size.faces, 'face')}, {count_of(size.vertices, 'vertex')}"
            case ObjectTable() as table:
                details["Object list"] = f"{count_of(len(table), 'object')}, named by {table.source}"
            case NodeTable() as nodes:
                owned = np.count_nonzero(nodes.object_of_node >= 0)
                total = len(nodes.object_of_node) - 1
                details["Render nodes"] = f"{count_of(total, 'node')}, {owned:,} with an object"
            case NodeStrings() as strings:
                details["Node strings"] = count_of(len(strings.rows), "row")
            case FaceGroups() as groups:
                details["Groups"] = count_of(len(groups.names), "group")
            case FaceMaterials() as materials:
                details["Materials"] = count_of(len(materials.names), "material")
            case SavedLabels() as labels:
                details["Labels"] = _labels(labels)
            case BoxSets() as boxes:
                for key, found in boxes.by_kind.items():
                    details[f"Boxes, {key.replace('_', ' ')}"] = count_of(len(found), "box")
            case Images() as images:
                frames = sum(len(images.source.frame_ids(camera)) for camera in images.source.cameras)
                cameras = count_of(len(images.source.cameras), "camera")
                details["Images"] = f"{count_of(frames, 'frame')} of {cameras}"
            case Cameras() as all_cameras:
                for trajectory in all_cameras.trajectories:
                    details[f"Camera {trajectory.name}"] = count_of(len(trajectory), "keyframe")
            case Octomap() as octomap:
                voxel = octomap.resolution * scene.metres_per_unit
                cubes = f"{count_of(len(octomap.keys), 'cube')}, the smallest {voxel:.3g} m"
                details["Octomap"] = cubes + _tree(octomap.tree_kind)
            case Lens() as lens:
                details["Lens"] = f"{lens.width} x {lens.height} px, from {lens.source.value}"
            case OctomapSize() as octree:
                voxel = octree.resolution * scene.metres_per_unit
                counted = "" if octree.nodes is None else f"{count_of(octree.nodes, 'node')}, "
                details["Octomap"] = f"{counted}cubes from {voxel:.3g} m{_tree(octree.tree_kind)}"
            case LabellingTime() as time:
                details["Labelling log"] = _time(time)
            case DatasetNotes() as notes:
                details["Tables of the dataset"] = _notes(notes)
    return details


def _tree(kind: str) -> str:
    """What to say of a tree that is not of the kind that the dataset has."""
    return "" if kind == PLAIN_TREE else f", from a tree of kind {kind}"


def _labels(labels: SavedLabels) -> str:
    classes = labels.semantic[labels.semantic != NO_LABEL]
    instances = np.unique(labels.instance[labels.instance != NO_LABEL])
    return (
        f"{len(classes):,} of {count_of(len(labels.semantic), 'object')} in "
        f"{count_of(len(np.unique(classes)), 'class')}, {count_of(len(instances), 'instance')}"
    )


def _time(time: LabellingTime) -> str:
    hours, minutes = divmod(round(time.seconds / 60), 60)
    text = f"{hours} h {minutes:02d} min in {count_of(time.sessions, 'session')}"
    return f"{text}; {count_of(len(time.warnings), 'line')} without sense" if time.warnings else text


def _notes(notes: DatasetNotes) -> str:
    types = ", ".join(dict.fromkeys(note.scene_type for note in notes.trajectories.values()))
    parts = [types] if types else []
    if notes.listed_frames:
        parts.append(f"{len(notes.excluded):,} of {count_of(notes.listed_frames, 'frame')} not released")
    if notes.split:
        parts.append(f"split {notes.split}")
    return "; ".join(parts)
