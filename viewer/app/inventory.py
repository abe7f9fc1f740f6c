"""What a dataset holds and what it lacks, as plain data, text and JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viewer.app.inventory_parts import UNITS, part_details
from viewer.app.inventory_text import to_text
from viewer.app.lenses import known_lenses
from viewer.app.scene_lenses import LENS_NAMES, SceneLenses
from viewer.formats.reader import Reader, SceneMatch
from viewer.formats.registry import find_scenes
from viewer.jobs.job import Progress
from viewer.model.boxes import BoxSets
from viewer.model.camera import Cameras, Lens, max_pixel_difference, plain_lens
from viewer.model.dataset_notes import DatasetNotes, MeshSize
from viewer.model.frames import FrameId, FrameSource, Images
from viewer.model.labels import NO_LABEL
from viewer.model.mesh import Mesh
from viewer.model.saved_labels import SavedLabels
from viewer.model.scene import NodeTable, ObjectTable, Scene

__all__ = [
    "CameraEntry",
    "Counts",
    "DatasetInventory",
    "LensEntry",
    "LensSourceEntry",
    "MissingEntry",
    "ModalityEntry",
    "PartEntry",
    "SceneInventory",
    "inventory",
    "scene_inventory",
    "survey_scenes",
    "to_json",
    "to_text",
]


@dataclass(frozen=True, slots=True)
class PartEntry:
    """A part that is there, and the folder or table it came from."""

    title: str
    detail: str
    source: str


@dataclass(frozen=True, slots=True)
class MissingEntry:
    """A part that is missing or broken, why, and what it would make possible."""

    what: str
    expected_at: str | None
    why: str
    enables: str
    is_broken: bool


@dataclass(frozen=True, slots=True)
class LensEntry:
    """A lens in numbers."""

    width: int  # px
    height: int  # px
    source: str
    fov_x_degrees: float  # between the outer edges of the left and right pixels, halfway down
    max_difference_px: float | None  # to a plain 60 degree pinhole; None when that sees too little


@dataclass(frozen=True, slots=True)
class ModalityEntry:
    """One kind of image of a camera; frames that have other images but not this one are missing."""

    key: str
    frames: int
    missing_frames: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LensSourceEntry:
    """What one source says about the lens."""

    source: str
    detail: str
    is_used: bool


@dataclass(frozen=True, slots=True)
class CameraEntry:
    """One camera: its keyframes and its images."""

    name: str
    has_poses: bool
    frames: tuple[int, ...]
    frames_with_images: tuple[int, ...]
    frames_without_images: tuple[int, ...]
    frames_without_pose: tuple[int, ...]
    modalities: tuple[ModalityEntry, ...]
    lens: LensEntry | None
    scene_type: str
    excluded: dict[str, tuple[int, ...]]
    """Frames that are not in the public release, by the reason given."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of what; None where it is not known."""

    vertices: int | None
    faces: int | None
    objects: int | None
    nodes: int | None
    labelled_objects: int | None  # with a class
    classes: int | None  # in use
    instances: int | None  # in use
    boxes: int | None
    keyframes: int
    frames_with_images: int


@dataclass(frozen=True, slots=True)
class SceneInventory:
    """All about one scene."""

    name: str
    path: str
    metres_per_unit: float
    is_unit_known: bool  # False: no file tells, and a unit counts as a metre
    counts: Counts
    lens: LensEntry | None
    lens_sources: tuple[LensSourceEntry, ...]
    lens_finding: str
    """That the camera table and the images contradict each other; empty while they do not."""
    cameras: tuple[CameraEntry, ...]
    parts: tuple[PartEntry, ...]
    missing: tuple[MissingEntry, ...]
    label_folder: str | None
    split: str
    is_survey: bool
    """Large files were only measured, not checked."""


@dataclass(frozen=True, slots=True)
class DatasetInventory:
    """All scenes found at a path."""

    path: str
    dataset: str
    overlays: tuple[str, ...]
    scenes: tuple[SceneInventory, ...]


def inventory(path: Path, also: Sequence[Path] = (), progress: Progress | None = None) -> DatasetInventory:
    """What is at a path: a scene, or every scene of a dataset. Raises FormatError when there is none.

    A single scene is read and checked to the last file; of many, large files are only measured.
    """
    reader, matches = find_scenes(path, also)
    scenes = survey_scenes(reader, matches, Progress.silent() if progress is None else progress)
    return DatasetInventory(str(path), reader.title, tuple(str(root) for root in also), scenes)


def survey_scenes(
    reader: Reader, matches: Sequence[SceneMatch], progress: Progress
) -> tuple[SceneInventory, ...]:
    """The inventory of each match. Raises Cancelled."""
    if len(matches) == 1:
        scene = reader.read(matches[0], progress)
        lenses = known_lenses(scene, progress)
        cameras = scene.part(Cameras)
        if cameras is not None and lenses.best is not None:
            scene = scene.with_parts(cameras.with_lens(lenses.best))
        return (scene_inventory(scene, lenses),)
    found = []
    for done, match in enumerate(matches):
        progress.step(done, len(matches), match.name)
        found.append(scene_inventory(reader.survey(match, Progress.silent())))
    return tuple(found)


def scene_inventory(scene: Scene, lenses: SceneLenses | None = None) -> SceneInventory:
    """What a scene holds, from what was read of it and what is known of its lenses; opens no file."""
    lenses = SceneLenses.of(scene) if lenses is None else lenses
    cameras = scene.part(Cameras)
    has_cameras = cameras is not None and bool(cameras.trajectories)
    lens = cameras.trajectories[0].lens if cameras is not None and has_cameras else scene.part(Lens)
    entries = _camera_entries(scene)
    notes = scene.part(DatasetNotes)
    details = part_details(scene)
    return SceneInventory(
        name=scene.name,
        path=str(scene.path),
        metres_per_unit=scene.metres_per_unit,
        is_unit_known=UNITS in scene.sources,
        counts=_counts(scene, entries),
        lens=None if lens is None else _lens_entry(lens),
        lens_sources=_lens_sources(lens, lenses),
        lens_finding=lenses.finding,
        cameras=entries,
        parts=tuple(
            PartEntry(title, details.get(title, ""), str(source)) for title, source in scene.sources.items()
        ),
        missing=tuple(
            MissingEntry(
                gap.what,
                None if gap.expected_at is None else str(gap.expected_at),
                gap.why,
                gap.enables,
                gap.is_broken,
            )
            for gap in scene.gaps
        ),
        label_folder=None if scene.label_folder is None else str(scene.label_folder),
        split="" if notes is None else notes.split,
        is_survey=scene.part(MeshSize) is not None,
    )


def to_json(found: DatasetInventory | SceneInventory) -> str:
    """The same as JSON; the names of the fields are those of the dataclasses."""
    return json.dumps(dataclasses.asdict(found), indent=2, ensure_ascii=False, allow_nan=False)


def _lens_entry(lens: Lens) -> LensEntry:
    plain = plain_lens(lens.width, lens.height)
    middle = (lens.height - 1) / 2
    edges = np.array([[-0.5, middle, 1.0], [lens.width - 0.5, middle, 1.0]]) @ lens.ray_from_pixel.T
    left, right = edges / np.linalg.norm(edges, axis=1, keepdims=True)
    angle = float(np.degrees(np.arccos(np.clip(left @ right, -1, 1))))
    return LensEntry(lens.width, lens.height, lens.source.value, angle, max_pixel_difference(lens, plain))


def _lens_sources(lens: Lens | None, lenses: SceneLenses) -> tuple[LensSourceEntry, ...]:
    if lens is None or lenses.pinhole is None:
        return ()
    return tuple(
        LensSourceEntry(source.value, lenses.describe(source), source is lens.source)
        for source in LENS_NAMES.values()
    )


def _camera_entries(scene: Scene) -> tuple[CameraEntry, ...]:
    cameras, images, notes = scene.part(Cameras), scene.part(Images), scene.part(DatasetNotes)
    source = None if images is None else images.source
    names = () if cameras is None else cameras.names
    with_images = () if source is None else source.cameras
    entries = []
    for name in dict.fromkeys((*names, *with_images)):
        trajectory = None if cameras is None else cameras.get(name)
        posed: NDArray[np.int64] = np.empty(0, np.int64) if trajectory is None else trajectory.frame_ids
        shown: NDArray[np.int64] = np.empty(0, np.int64) if source is None else source.frame_ids(name)
        note = None if notes is None else notes.trajectories.get(name)
        entries.append(
            CameraEntry(
                name=name,
                has_poses=trajectory is not None,
                frames=_ids(posed),
                frames_with_images=_ids(shown),
                frames_without_images=_ids(np.setdiff1d(posed, shown)),
                frames_without_pose=_ids(np.setdiff1d(shown, posed)),
                modalities=() if source is None else _modality_entries(source, name, shown),
                lens=None if trajectory is None else _lens_entry(trajectory.lens),
                scene_type="" if note is None else note.scene_type,
                excluded=_excluded(notes, name),
            )
        )
    return tuple(entries)


def _modality_entries(
    source: FrameSource, camera: str, frames: NDArray[np.int64]
) -> tuple[ModalityEntry, ...]:
    having: dict[str, set[int]] = {}
    for frame in frames.tolist():
        for key in source.modalities(FrameId(camera, frame)):
            having.setdefault(key, set()).add(frame)
    # A dot marks a preview; the images with values come first.
    keys = sorted(having, key=lambda key: ("." in key, key))
    return tuple(
        ModalityEntry(key, len(having[key]), tuple(f for f in frames.tolist() if f not in having[key]))
        for key in keys
    )


def _excluded(notes: DatasetNotes | None, camera: str) -> dict[str, tuple[int, ...]]:
    by_reason: dict[str, list[int]] = {}
    for frame, reason in () if notes is None else notes.excluded.items():
        if frame.camera == camera:
            by_reason.setdefault(reason, []).append(frame.frame)
    return {reason: tuple(sorted(frames)) for reason, frames in by_reason.items()}


def _counts(scene: Scene, cameras: tuple[CameraEntry, ...]) -> Counts:
    mesh, size = scene.part(Mesh), scene.part(MeshSize)
    table, nodes = scene.part(ObjectTable), scene.part(NodeTable)
    labels, boxes = scene.part(SavedLabels), scene.part(BoxSets)
    classes = None if labels is None else labels.semantic[labels.semantic != NO_LABEL]
    instances = None if labels is None else labels.instance[labels.instance != NO_LABEL]
    return Counts(
        vertices=len(mesh.vertices) if mesh is not None else None if size is None else size.vertices,
        faces=len(mesh.faces) if mesh is not None else None if size is None else size.faces,
        objects=None if table is None else len(table),
        nodes=None if nodes is None else len(nodes.object_of_node) - 1,
        labelled_objects=None if classes is None else len(classes),
        classes=None if classes is None else len(np.unique(classes)),
        instances=None if instances is None else len(np.unique(instances)),
        boxes=None if boxes is None else sum(len(kind) for kind in boxes.by_kind.values()),
        keyframes=sum(len(camera.frames) for camera in cameras),
        frames_with_images=sum(len(camera.frames_with_images) for camera in cameras),
    )


def _ids(frames: NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(int(frame) for frame in np.sort(frames))
