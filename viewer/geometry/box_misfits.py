"""Boxes that do not fit what they were made for, found by looking and not by dates of files."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.instance_boxes import InstancePoints
from viewer.jobs.job import Progress
from viewer.model.boxes import OrientedBoxes

TIGHT = 2e-3
"""Share of a box's diagonal by which a side may miss the outermost point."""


def misfits(
    instances: InstancePoints, by_kind: Mapping[str, OrientedBoxes], progress: Progress
) -> dict[str, NDArray[np.int64]]:
    """Ascending instances whose box of a kind does not hold their points tightly, or has none to hold.

    Instances without a box are among them, unless the files say why there is none. For worker threads.
    Raises Cancelled when asked to stop.
    """
    fitting: dict[str, list[int]] = {kind: [] for kind in by_kind}
    row_of = {kind: {int(k): row for row, k in enumerate(boxes.ids)} for kind, boxes in by_kind.items()}
    for row, instance in enumerate(instances.ids.tolist()):
        progress.step(row, len(instances.ids), "Comparing boxes with the labels")
        points: NDArray[np.float64] | None = None
        for kind, boxes in by_kind.items():
            if instance in boxes.no_box:
                fitting[kind].append(instance)
            elif instance in row_of[kind]:
                points = instances.take(row)[0] if points is None else points
                if _holds_tightly(boxes, row_of[kind][instance], points):
                    fitting[kind].append(instance)
    return {
        kind: np.setdiff1d(np.union1d(instances.ids, boxes.ids), fitting[kind]).astype(np.int64)
        for kind, boxes in by_kind.items()
    }


def _holds_tightly(boxes: OrientedBoxes, row: int, points: NDArray[np.float64]) -> bool:
    local = (points - boxes.centres[row]) @ boxes.world_from_box[row]
    half = boxes.extents[row] / 2
    off = max(np.abs(local.max(axis=0) - half).max(), np.abs(local.min(axis=0) + half).max())
    return bool(off <= TIGHT * np.linalg.norm(boxes.extents[row]))
