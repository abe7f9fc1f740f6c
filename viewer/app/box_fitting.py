"""Boxes of a scene's instances, fitted anew to its mesh or, without one, to the points of its images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viewer.app.point_cache import fused_points
from viewer.errors import LabelError, SaveError, ViewerError
from viewer.formats.hypersim.boxes import has_boxes, write_boxes
from viewer.geometry.box_misfits import misfits
from viewer.geometry.instance_boxes import InstancePoints, MeshInstances, PointInstances, fit_boxes
from viewer.jobs.job import Progress
from viewer.model.boxes import BoxSets
from viewer.model.frames import Images
from viewer.model.mesh import Mesh
from viewer.model.points import PointSet
from viewer.model.saved_labels import SavedLabels
from viewer.model.scene import Scene

_STEPS = 100
_GROUPED = 10
_FUSED = 50


@dataclass(frozen=True, slots=True, eq=False)
class FittedBoxes:
    """What `recompute_boxes` made."""

    sets: BoxSets
    fitted_to: str  # "mesh" or "points"
    instance: NDArray[np.int64]  # (O,) the instances it was made for


def can_fit(scene: Scene) -> bool:
    """Whether there is anything to fit boxes to."""
    return _mesh_of(scene) is not None or scene.part(Images) is not None


def recompute_boxes(
    scene: Scene,
    instance: NDArray[np.int64],
    kinds: Sequence[str],
    *,
    only: NDArray[np.int64] | None = None,
    points: PointSet | None = None,
    progress: Progress,
) -> FittedBoxes:
    """Boxes of all instances that `instance` (O,) gives the objects, or of some (`only`) of them.

    Without a mesh they are fitted to `points`, or to those fused from the images; such boxes hold what some
    image shows. For worker threads. Raises ViewerError when there is neither, Cancelled when asked to stop.
    """
    mesh = _mesh_of(scene)
    progress.step(0, _STEPS, "Sorting faces by instance" if mesh is not None else "Looking for points")
    found: InstancePoints
    start = _GROUPED
    if mesh is not None:
        found = MeshInstances(mesh, instance)
    else:
        if points is None:
            if scene.part(Images) is None:
                raise ViewerError(
                    "boxes need a mesh, or images to make points from; the scene has neither", path=scene.path
                )
            points = fused_points(scene, progress=progress.part(0, _FUSED, _STEPS))
            start = _FUSED
        found = PointInstances(points, instance)
    by_kind = fit_boxes(found, kinds, only=only, progress=progress.part(start, _STEPS, _STEPS))
    return FittedBoxes(BoxSets(by_kind), "mesh" if mesh is not None else "points", instance)


def can_compare_boxes(scene: Scene) -> bool:
    """Whether `find_misfits` can tell anything: there are boxes, labels that were read, and a mesh."""
    return (
        _mesh_of(scene) is not None
        and scene.part(BoxSets) is not None
        and scene.part(SavedLabels) is not None
    )


def find_misfits(scene: Scene, progress: Progress) -> dict[str, NDArray[np.int64]]:
    """Instances whose boxes, as read, do not fit their members, as read, by kind; those without any left out.

    For worker threads. Raises Cancelled when asked to stop.
    """
    mesh, sets, saved = _mesh_of(scene), scene.part(BoxSets), scene.part(SavedLabels)
    if mesh is None or sets is None or saved is None:
        return {}
    progress.step(0, 0, "Sorting faces by instance")
    found = misfits(MeshInstances(mesh, saved.instance), sets.by_kind, progress)
    return {kind: ids for kind, ids in found.items() if len(ids)}


def check_box_folder(folder: Path, kinds: Sequence[str]) -> None:
    """Raises SaveError when a folder has boxes of one of these kinds already."""
    found = [kind for kind in kinds if has_boxes(folder, kind)]
    if found:
        raise SaveError(
            f"boxes are there already ({', '.join(found)})",
            path=folder,
            hint="--replace writes over them, --out writes elsewhere",
        )


def write_scene_boxes(folder: Path, sets: BoxSets, instance_count: int) -> tuple[Path, ...]:
    """Write all kinds of boxes into a mesh folder; all files or none. Raises SaveError."""
    return write_boxes(folder, sets.by_kind, instance_count)


def saved_instances(scene: Scene) -> tuple[NDArray[np.int64], int]:
    """The instance of every object (O,) as saved, and how many instances its files count.

    Raises LabelError when there are none.
    """
    saved = scene.part(SavedLabels)
    if saved is None or not (saved.instance > 0).any():
        raise LabelError("boxes are of instances; no object of the scene has one", path=scene.path)
    colored = 0 if saved.instance_colors is None else len(saved.instance_colors) - 1
    return saved.instance, max(colored, int(saved.instance.max()))


def _mesh_of(scene: Scene) -> Mesh | None:
    mesh = scene.part(Mesh)
    return mesh if mesh is not None and len(mesh.faces) else None
