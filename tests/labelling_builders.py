"""Small scenes to label: a strip of objects as an image, and rows of cubes as a mesh."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tests.builders import cube_scene
from viewer.app.labelling import Labelling
from viewer.app.painting import ImagePicker
from viewer.app.strokes import StrokeResult
from viewer.model.filters import ALL_FACES
from viewer.model.label_table import LabelClass, LabelTable
from viewer.model.labels import ObjectLabels
from viewer.model.mesh import Mesh
from viewer.tools.tool import Gesture

CLASSES = ("wall", "floor", "cabinet", "bed", "chair")


def a_table(names: Sequence[str] = CLASSES) -> LabelTable:
    return LabelTable(tuple(LabelClass(k, name, (10 * k, 20 * k, 30 * k)) for k, name in enumerate(names, 1)))


def a_labelling(
    objects: int = 8, semantic: ArrayLike | None = None, instance: ArrayLike | None = None
) -> Labelling:
    """A labelling whose filters accept everything."""
    none = np.full(objects, -1)
    labels = ObjectLabels(none if semantic is None else semantic, none if instance is None else instance)
    labelling = Labelling(labels, a_table())
    labelling.set_brush(filters=ALL_FACES)
    return labelling


def a_gesture(*positions: tuple[int, int]) -> Gesture:
    return Gesture(np.array(positions, np.int32).reshape(-1, 2))


def strip(objects: int) -> ImagePicker:
    """One pixel per object, side by side in one row."""
    return ImagePicker(np.arange(objects, dtype=np.int32)[None])


def paint(labelling: Labelling, first: int, last: int | None = None, **brush: object) -> StrokeResult:
    """Label the objects `first` to `last`, both included."""
    if brush:
        labelling.set_brush(**brush)
    gesture = a_gesture((first, 0), (first if last is None else last, 0))
    return labelling.stroke(gesture, strip(labelling.object_count))


def cubes(count: int = 3) -> Mesh:
    """Unit cubes in a row along x, two units apart; object k fills x from 2k to 2k + 1."""
    vertices, faces, owners = cube_scene(count)
    return Mesh(vertices, faces.astype(np.int32), owners.astype(np.int32), count)


def a_room(objects: int = 40, seed: int = 0) -> Mesh:
    """Boxes of many sizes standing about in a box that is open at the top; object 0 is the room."""
    random = np.random.default_rng(seed)
    unit, faces, _ = cube_scene(1)
    size = np.array([200.0, 160.0, 90.0])
    parts: list[NDArray[np.float64]] = [unit * size]
    kept = [faces[(unit[faces][:, :, 2] < 1).any(axis=1)]]
    for k in range(1, objects):
        extent = random.uniform(4, 40, 3)
        corner = random.uniform(0, 1, 3) * (size - extent) * [1, 1, 0.5]
        parts.append(unit * extent + corner)
        kept.append(faces + 8 * k)
    owners = np.repeat(np.arange(objects), [len(part) for part in kept])
    return Mesh(
        np.concatenate(parts), np.concatenate(kept).astype(np.int32), owners.astype(np.int32), objects
    )
