"""Sessions made in memory for tests of the panels."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from viewer.app.labelling import Labelling
from viewer.app.object_facts import ObjectFacts
from viewer.app.session import OpenedScene, Session
from viewer.model.boxes import BoxSets, OrientedBoxes
from viewer.model.label_table import LabelClass, LabelTable
from viewer.model.saved_labels import SavedLabels
from viewer.model.scene import Gap, NodeTable, ObjectTable, Scene

TABLE = LabelTable(
    (
        LabelClass(1, "wall", (174, 199, 232)),
        LabelClass(5, "chair", (188, 189, 34)),
        LabelClass(7, "table", (255, 152, 150)),
        LabelClass(35, "lamp", (96, 207, 209)),
    )
)
INCH = 0.0254


def a_session(count: int = 40, instances: int = 6, *, has_objects: bool = True) -> Session:
    """Objects `chair_0`, `table_1`, `lamp_2`, …; every second has a class, every third an instance."""
    session = Session()
    session.replace_scene(opened(count, instances, has_objects=has_objects))
    return session


def opened(count: int = 40, instances: int = 6, *, has_objects: bool = True) -> OpenedScene:
    gaps = (
        Gap("Octomap", Path("/scene/octomap.bt"), "the file is not there", "showing free space"),
        Gap("Labels", Path("/scene/mesh_objects_si.hdf5"), "expected (40, 1), found (3, 1)", "", True),
        Gap("Images", None, "not in this folder", "pictures"),
    )
    if not has_objects:
        return OpenedScene(Scene("ai_001_001", Path("/scene"), INCH, gaps=gaps))
    kinds = (("chair", 5), ("table", 7), ("lamp", 35), ("wall", 1))
    names = tuple(f"{kinds[k % 4][0]}_{k}" for k in range(count))
    ids = np.arange(count)
    semantic = np.where(ids % 2 == 0, np.array([kinds[k % 4][1] for k in range(count)]), -1)
    instance = np.where(ids % 3 == 0, ids // 3 % instances + 1, -1)
    boxes = OrientedBoxes(
        np.arange(1, instances + 1),
        np.zeros((instances, 3)),
        np.full((instances, 3), [10.0, 20.0, 40.0]),
        np.tile(np.eye(3), (instances, 1, 1)),
    )
    scene = Scene("ai_001_001", Path("/scene"), INCH, gaps=gaps).with_parts(
        ObjectTable(names, "metadata_objects.csv"),
        NodeTable(np.concatenate([[-1], ids]).astype(np.int32), ("", *names)),
        SavedLabels(semantic, instance),
        BoxSets({"axis_aligned": boxes, "object_aligned_2d": boxes}),
    )
    low = np.zeros((count, 3))
    facts = ObjectFacts(low, low + 100.0, ids.astype(float) * 100, ids + 12)
    return OpenedScene(scene, Labelling.for_scene(scene, TABLE), None, facts)
