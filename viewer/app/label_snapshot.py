"""Labels and colors as they are to be saved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.model.history import Step
from viewer.model.instances import InstanceIds
from viewer.model.label_table import LabelTable
from viewer.model.labels import ObjectLabels


@dataclass(frozen=True, slots=True, eq=False)
class LabelSnapshot:
    """A copy of everything a save writes, so that a worker can write it while labelling goes on."""

    labels: ObjectLabels
    class_colors: NDArray[np.int64]  # (L + 1, 3), row 0 = -1
    instance_colors: NDArray[np.int64]  # (K + 1, 3), row 0 = -1
    position: int = 0  # of the history
    last_step: Step | None = None  # the step that led there


def class_color_rows(
    labels: ObjectLabels, table: LabelTable, from_file: NDArray[np.int64] | None
) -> NDArray[np.int64]:
    """(L + 1, 3) the table's colors; for ids it does not have, those of the file the labels came from.

    Every id in use has a row, -1 where nobody knows its color.
    """
    rows = table.color_rows()
    from_file = rows[:1] if from_file is None else from_file
    padded = np.full(
        (max(len(rows), len(from_file), int(labels.semantic.max(initial=0)) + 1), 3), -1, np.int64
    )
    padded[: len(from_file)] = from_file
    known = np.flatnonzero(rows[:, 0] >= 0)
    padded[known] = rows[known]
    padded[0] = -1
    return padded


def instance_color_rows(labels: ObjectLabels, instances: InstanceIds) -> NDArray[np.int64]:
    """(K + 1, 3) the colors of all ids created, and of those in use: the toolkit looks each of them up."""
    return instances.color_rows(max(instances.count, int(labels.instance.max(initial=0))))
