"""How much is labelled, and as what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.model.labels import NO_LABEL, ObjectLabels


@dataclass(frozen=True, slots=True, eq=False)
class LabelCounts:
    """Objects per label of one layer; one row per label in use, by id."""

    ids: NDArray[np.int64]  # (L,) ascending
    objects: NDArray[np.int64]  # (L,)
    areas: NDArray[np.float64]  # (L,) sums of the objects' weights


@dataclass(frozen=True, slots=True, eq=False)
class LabelStatistics:
    """Counts of both layers, and how far labelling has come."""

    classes: LabelCounts
    instances: LabelCounts
    instances_per_class: dict[int, int]
    """How many instances have at least one object of a class."""
    object_count: int
    without_class: int
    without_instance: int
    without_any: int
    class_share: float
    """Share of the objects' weight (surface area where known) that has a class, 0..1."""
    instance_share: float
    torn_instances: NDArray[np.int64]
    """Instances whose objects have different classes: most often a mistake."""


def label_statistics(labels: ObjectLabels, areas: NDArray[np.float64] | None = None) -> LabelStatistics:
    """Count labels; `areas` (O,) weighs the objects, each of which counts 1 when no area is known."""
    count = len(labels)
    weights = np.ones(count) if areas is None or not np.nansum(areas) > 0 else np.nan_to_num(areas)
    has_class, has_instance = labels.semantic != NO_LABEL, labels.instance != NO_LABEL
    both = has_class & has_instance
    pairs = np.unique(np.stack([labels.instance[both], labels.semantic[both]], axis=1), axis=0)
    torn, classes_of = np.unique(pairs[:, 0], return_counts=True)
    per_class, instances = np.unique(pairs[:, 1], return_counts=True)
    total = float(weights.sum())
    return LabelStatistics(
        _counts(labels.semantic, weights),
        _counts(labels.instance, weights),
        dict(zip(per_class.tolist(), instances.tolist(), strict=True)),
        count,
        int(np.count_nonzero(~has_class)),
        int(np.count_nonzero(~has_instance)),
        int(np.count_nonzero(~has_class & ~has_instance)),
        float(weights[has_class].sum()) / total if total else 0.0,
        float(weights[has_instance].sum()) / total if total else 0.0,
        torn[classes_of > 1],
    )


def _counts(values: NDArray[np.int64], weights: NDArray[np.float64]) -> LabelCounts:
    used = values != NO_LABEL
    ids, row, objects = np.unique(values[used], return_inverse=True, return_counts=True)
    areas = np.bincount(row.reshape(-1), weights=weights[used], minlength=len(ids))
    return LabelCounts(ids, objects.astype(np.int64), areas.astype(np.float64))


def unlabelled_by_size(
    labels: ObjectLabels, areas: NDArray[np.float64] | None = None, hidden: NDArray[np.bool_] | None = None
) -> NDArray[np.int64]:
    """Objects without a class, the biggest first: what to label next. Hidden ones are left out."""
    open_objects = labels.semantic == NO_LABEL
    if hidden is not None:
        open_objects &= ~hidden
    ids = np.flatnonzero(open_objects)
    if areas is None:
        return ids
    return ids[np.argsort(-np.nan_to_num(areas[ids]), kind="stable")]
