"""Which boxes are shown, and in which colors: the same in the 3D view and over the images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.app.rows import instance_rows
from viewer.app.session import ColorBy, Session
from viewer.model.boxes import BoxSets, OrientedBoxes
from viewer.model.colors import UNKNOWN_CLASS
from viewer.model.frames import FrameId
from viewer.model.labels import NO_LABEL

ALL, SELECTED, IN_FRAME = "all", "selected", "in this frame"
SHOWN = (ALL, SELECTED, IN_FRAME)
NO_CLASS_COLOR = (150, 150, 150)


@dataclass(frozen=True, slots=True)
class BoxChoice:
    """What a box must be to be shown."""

    show: str = ALL
    class_words: str = ""  # each word is in the name of its class; "none" finds those without one
    least_m: float = 0.0  # longest side, metres
    most_m: float = float("inf")
    is_counting: bool = False  # which objects a frame shows is being found out


def boxes_of(session: Session) -> BoxSets | None:
    """The boxes of the scene that is open."""
    return None if session.scene is None else session.scene.part(BoxSets)


def chosen_boxes(
    session: Session, boxes: OrientedBoxes, choice: BoxChoice, frame: FrameId | None
) -> NDArray[np.bool_]:
    """(B,) which boxes are shown; `frame` is the one that "in this frame" means.

    Whether a frame shows an instance is told by the counted pixels. While they are being counted none is
    shown; where they cannot be, all are.
    """
    labelling, scene = session.labelling, session.scene
    metres = 1.0 if scene is None else scene.metres_per_unit
    longest = boxes.extents.max(axis=1, initial=0.0) * metres
    keep: NDArray[np.bool_] = (longest >= choice.least_m) & (longest <= choice.most_m)
    if labelling is None:
        return keep
    instance = labelling.labels.instance
    if choice.show == SELECTED:
        keep &= np.isin(boxes.ids, instance[session.selection])
    elif choice.show == IN_FRAME:
        seen = objects_in_frame(session, frame)
        if seen is not None:
            keep &= np.isin(boxes.ids, instance[seen])
        elif choice.is_counting:
            keep[:] = False
    words = choice.class_words.casefold().split()
    if words:
        names = {entry.id: entry.name.casefold() for entry in labelling.table.classes} | {NO_LABEL: "none"}
        fitting = [entry for entry, name in names.items() if all(word in name for word in words)]
        keep &= np.isin(classes_of(session, boxes.ids), fitting)
    return keep


def choice_note(session: Session, choice: BoxChoice) -> str:
    """Why not just the boxes of the current frame are shown where only these are wanted, or nothing."""
    if choice.show != IN_FRAME or objects_in_frame(session, session.frame) is not None:
        return ""
    if choice.is_counting:
        return "Counting what frames show…"
    return "What this frame shows is not known: all are shown."


def objects_in_frame(session: Session, frame: FrameId | None) -> NDArray[np.int64] | None:
    """The objects a frame shows by the counted pixels; None when that is not known."""
    seen = session.seen
    if seen is None or frame is None or frame not in seen.frames or seen.object_count != session.object_count:
        return None
    return np.asarray(seen.object_ids[seen.frame_rows == seen.frames.index(frame)], np.int64)


def classes_of(session: Session, instance_ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """(B,) the class that most objects of each instance have; -1 = none."""
    labelling = session.labelling
    found = np.full(len(instance_ids), NO_LABEL, np.int64)
    if labelling is not None:
        rows = instance_rows(labelling.labels, labelling.instances.count, None)
        known = instance_ids < len(rows.class_of)
        found[known] = rows.class_of[instance_ids[known]]
    return found


def box_colors(session: Session, boxes: OrientedBoxes, color_by: str) -> NDArray[np.uint8]:
    """(B, 3) sRGB of boxes, by "class" or "instance"; "objects" has them as the objects are colored."""
    labelling = session.labelling
    if labelling is None:
        return np.full((len(boxes), 3), NO_CLASS_COLOR, np.uint8)
    if color_by == "class" or (color_by == "objects" and session.color_by is ColorBy.CLASS):
        classes = classes_of(session, boxes.ids)
        palette = {entry.id: entry.color for entry in labelling.table.classes}
        palette[NO_LABEL] = NO_CLASS_COLOR
        kinds, which = np.unique(classes, return_inverse=True)
        colors = [palette.get(entry, UNKNOWN_CLASS[:3]) for entry in kinds.tolist()]
        return np.array(colors, np.uint8).reshape(-1, 3)[which.reshape(-1)]
    rows = np.maximum(labelling.instances.color_rows(int(boxes.ids.max(initial=0))), 0).astype(np.uint8)
    return np.asarray(rows[boxes.ids, :3])


@dataclass(frozen=True, slots=True)
class BoxWords:
    """What a box is, in words."""

    title: str  # "chair, instance 12"
    size: str  # "0.46 × 0.51 × 0.88 m"


def box_words(session: Session, boxes: OrientedBoxes, instance_id: int) -> BoxWords | None:
    """Class, instance and size of a box; None when the instance has none."""
    rows = np.flatnonzero(boxes.ids == instance_id)
    scene, labelling = session.scene, session.labelling
    if not len(rows) or scene is None:
        return None
    title = f"instance {instance_id}"
    if labelling is not None:
        name = labelling.instances.own_names.get(instance_id)
        title = title if name is None else f"{name}, {title}"
        entry = int(classes_of(session, boxes.ids[rows])[0])
        title = f"{'no class' if entry == NO_LABEL else labelling.table.name_of(entry)}, {title}"
    return BoxWords(title, size_words(boxes.extents[rows[0]] * scene.metres_per_unit))


def size_words(edges_m: NDArray[np.floating]) -> str:
    """Three lengths in metres."""
    return " × ".join(f"{edge:.2f}" for edge in edges_m.tolist()) + " m"
