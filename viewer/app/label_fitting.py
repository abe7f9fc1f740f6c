"""Labels from elsewhere, made to fit the scene at hand."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from viewer.errors import LabelError
from viewer.model.instances import InstanceIds
from viewer.model.labels import LabelChange, LabelEdit, LabelLayer, ObjectLabels
from viewer.model.saved_labels import SavedLabels


def fitting(labels: SavedLabels | ObjectLabels, object_count: int) -> ObjectLabels:
    """A copy of labels for so many objects. Raises LabelError when they are for another number."""
    if len(labels.semantic) != object_count or len(labels.instance) != object_count:
        raise LabelError(
            f"expected labels of {object_count} objects as the scene has, "
            f"found {len(labels.semantic)} classes and {len(labels.instance)} instances"
        )
    return ObjectLabels(labels.semantic, labels.instance)


def largest_instance(labels: ObjectLabels) -> int:
    """The largest instance id in use, at least 1."""
    return max(1, int(labels.instance.max(initial=0)))


def saved_instances(labels: ObjectLabels, rows: NDArray[np.int64] | None) -> InstanceIds:
    """The ids that labels were saved with: as many as there are colors (K + 1, 3), and in these colors."""
    if rows is None:
        return InstanceIds(largest_instance(labels))
    instances = InstanceIds(max(largest_instance(labels), len(rows) - 1))
    usual = instances.color_rows()[: len(rows)]
    for row in np.flatnonzero((rows != usual).any(axis=1)).tolist():
        if row and (rows[row] >= 0).all():
            red, green, blue = rows[row].tolist()
            instances.set_color(row, (red, green, blue))
    return instances


def edits_between(before: ObjectLabels, after: ObjectLabels) -> tuple[LabelEdit, ...]:
    """The edits that lead from some labels to others."""
    everything = np.arange(len(before))
    edits = (LabelEdit.assign(before, layer, everything, after.layer(layer)) for layer in LabelLayer)
    return tuple(edit for edit in edits if edit is not None)


def net_edits(
    before: ObjectLabels, after: ObjectLabels, changes: Iterable[LabelChange]
) -> tuple[LabelEdit, ...]:
    """What several changes came to; work in proportion to the objects they touched."""
    touched: dict[LabelLayer, list[NDArray[np.int64]]] = {}
    for change in changes:
        touched.setdefault(change.layer, []).append(change.object_ids)
    edits = []
    for layer, parts in touched.items():
        ids = np.unique(np.concatenate(parts))
        edit = LabelEdit.assign(before, layer, ids, after.layer(layer)[ids])
        if edit is not None:
            edits.append(edit)
    return tuple(edits)
