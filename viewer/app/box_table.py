"""The boxes as a table: a row per instance, with or without a box."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.app.box_ages import members_of, needs_box
from viewer.app.box_choice import boxes_of, classes_of
from viewer.app.session import Session
from viewer.formats.atomic_file import replace_file
from viewer.model.boxes import OrientedBoxes
from viewer.model.labels import NO_LABEL

OK, NO_BOX, STALE = 0, 1, 2
STATE_WORDS: Final = ("ok", "no box", "stale")
CSV_COLUMNS: Final = (
    "instance", "class_id", "class", "name", "size_x_m", "size_y_m", "size_z_m", "volume_m3",
    "center_x_m", "center_y_m", "center_z_m", "objects", "state",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class BoxTable:
    """One kind of boxes; row k is instance `ids[k]`, ascending. Numbers are NaN where there is no box."""

    ids: NDArray[np.int64]  # (N,)
    sizes_m: NDArray[np.float64]  # (N, 3)
    centers_m: NDArray[np.float64]  # (N, 3)
    volumes_m3: NDArray[np.float64]  # (N,)
    members: NDArray[np.int64]  # (N,) objects
    class_of: NDArray[np.int64]  # (N,) -1 = none
    states: NDArray[np.int64]  # (N,) OK, NO_BOX or STALE
    names: tuple[str, ...]  # own names of instances, or nothing
    reasons: tuple[str, ...]  # why there is no box, or nothing

    def __len__(self) -> int:
        return len(self.ids)


def box_table(session: Session, kind: str) -> BoxTable:
    """Every instance that is counted, used, or has a box of a kind."""
    sets, labelling, scene = boxes_of(session), session.labelling, session.scene
    boxes = OrientedBoxes.none() if sets is None else sets.by_kind.get(kind, OrientedBoxes.none())
    instance = np.empty(0, np.int64) if labelling is None else labelling.labels.instance
    counted = 0 if labelling is None else labelling.instances.count
    largest = max(counted, *(int(of.max(initial=0)) for of in (instance, boxes.ids)), *boxes.no_box, 0)
    ids = np.arange(1, largest + 1)
    metres = 1.0 if scene is None else scene.metres_per_unit
    sizes, centers = np.full((largest, 3), np.nan), np.full((largest, 3), np.nan)
    sizes[boxes.ids - 1] = boxes.extents * metres
    centers[boxes.ids - 1] = boxes.centres * metres
    states = np.full(largest, NO_BOX)
    states[boxes.ids - 1] = OK
    states[needs_box(boxes, session.box_ages.stale(kind, instance), instance) - 1] = STALE
    members = members_of(instance, largest)[1:]
    own = {} if labelling is None else labelling.instances.own_names
    return BoxTable(
        ids,
        sizes,
        centers,
        sizes.prod(axis=1),
        members,
        classes_of(session, ids),
        states,
        tuple(own.get(k, "") for k in range(1, largest + 1)),
        tuple(_reason(k, boxes, members, states) for k in range(1, largest + 1)),
    )


def _reason(
    instance: int, boxes: OrientedBoxes, members: NDArray[np.int64], states: NDArray[np.int64]
) -> str:
    if states[instance - 1] == STALE:
        return "it does not fit the objects that belong to the instance now"
    if states[instance - 1] == OK:
        return ""
    if instance in boxes.no_box:
        return f"the files have {boxes.no_box[instance]} in its row"
    return "the files have none" if members[instance - 1] else "no object belongs to it"


def box_csv(session: Session, table: BoxTable, rows: Sequence[int]) -> str:
    """Rows of the table as CSV, metres, in the order given; empty where there is no box."""
    names = {} if session.labelling is None else {c.id: c.name for c in session.labelling.table.classes}
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for row in rows:
        numbers = (*table.sizes_m[row], table.volumes_m3[row], *table.centers_m[row])
        entry = int(table.class_of[row])
        writer.writerow(
            (
                int(table.ids[row]),
                "" if entry == NO_LABEL else entry,
                names.get(entry, ""),
                table.names[row],
                *(repr(float(number)) if np.isfinite(number) else "" for number in numbers),
                int(table.members[row]),
                STATE_WORDS[table.states[row]],
            )
        )
    return stream.getvalue()


def write_box_csv(path: Path, text: str) -> None:
    """Write a table in one step. Raises SaveError."""
    replace_file(path, text.encode("utf-8"))
