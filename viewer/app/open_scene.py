"""Open a scene: recognise, read, check, and compute what is needed to show it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viewer.app.labelling import Labelling
from viewer.app.object_facts import ObjectFacts
from viewer.app.session import OpenedScene
from viewer.formats.reader import Reader, SceneMatch
from viewer.formats.registry import find_scenes
from viewer.jobs.job import Progress
from viewer.model.label_table import LabelTable
from viewer.model.mesh import Mesh, face_counts, object_areas, object_bounds, split_at_objects
from viewer.model.points import PointSet
from viewer.model.scene import ObjectTable

READING_STEPS = 100
__all__ = ["facts_of_mesh", "facts_of_points", "find_scenes", "open_scene", "recognise"]


def recognise(path: Path, also: Sequence[Path], progress: Progress) -> tuple[Reader, tuple[SceneMatch, ...]]:
    """The reader for a path and the scenes it finds there, overlaid with those of the `also` roots."""
    progress.step(0, 0, f"Looking at {path.name}")
    return find_scenes(path, also)


def open_scene(reader: Reader, match: SceneMatch, table: LabelTable, progress: Progress) -> OpenedScene:
    """Read a scene and prepare it for the graphics card.

    Raises FormatError when the scene as a whole cannot be read, Cancelled when asked to stop.
    """
    scene = reader.read(match, progress.part(0, 80, READING_STEPS))
    gpu_mesh = None
    mesh = scene.part(Mesh)
    if mesh is not None and len(mesh.faces):
        progress.step(80, READING_STEPS, "Preparing the mesh")
        gpu_mesh = split_at_objects(mesh)
    labelling = None
    if scene.part(ObjectTable) is not None:
        progress.step(95, READING_STEPS, "Loading the labels")
        labelling = Labelling.for_scene(scene, table)
    progress.step(READING_STEPS, READING_STEPS, "Ready")
    return OpenedScene(scene, labelling, gpu_mesh)


def facts_of_mesh(mesh: Mesh, progress: Progress) -> ObjectFacts:
    """Extent, area and face count of every object of a mesh."""
    progress.step(0, 3, "Measuring objects")
    low, high = object_bounds(mesh)
    progress.step(1, 3, "Measuring objects")
    area = object_areas(mesh)
    progress.step(2, 3, "Measuring objects")
    return ObjectFacts(low, high, area, face_counts(mesh.owners, mesh.object_count)[1:])


def facts_of_points(points: PointSet) -> ObjectFacts:
    """Extent and point count of every object that the points show."""
    count = points.object_count
    low = np.full((count, 3), np.nan)
    high = np.full((count, 3), np.nan)
    owned = np.flatnonzero(points.object_of_point >= 0)
    order = owned[np.argsort(points.object_of_point[owned], kind="stable")]
    ids, first = np.unique(points.object_of_point[order], return_index=True)
    if len(ids):
        positions = points.positions[order]
        low[ids] = np.minimum.reduceat(positions, first) + points.origin
        high[ids] = np.maximum.reduceat(positions, first) + points.origin
    per_object: NDArray[np.int64] = np.bincount(points.object_of_point[owned], minlength=count).astype(
        np.int64
    )
    return ObjectFacts(low, high, np.zeros(count), per_object, "points")
