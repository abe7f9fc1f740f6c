"""Which of the objects a stroke hits it selects: the four "only" filters and "prefer by".

Source: the order of the original annotation tool, which is also the order of the functions below: filters
look at the labels before the stroke, and what "prefer by" adds is not filtered again.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer.model.labels import NO_LABEL, LabelLayer, ObjectLabels


class Filter(enum.Enum):
    """One of the four filters; the value is the name of its field in `FaceFilters`."""

    NO_INSTANCE = "no_instance"
    WITH_INSTANCE = "with_instance"
    NO_CLASS = "no_class"
    WITH_CLASS = "with_class"

    @property
    def opposite(self) -> Filter:
        return _OPPOSITES[self]


_OPPOSITES = {
    Filter.NO_INSTANCE: Filter.WITH_INSTANCE,
    Filter.WITH_INSTANCE: Filter.NO_INSTANCE,
    Filter.NO_CLASS: Filter.WITH_CLASS,
    Filter.WITH_CLASS: Filter.NO_CLASS,
}


class Prefer(enum.Enum):
    """What a hit object stands for."""

    OBJECT = "object"
    """Itself."""
    INSTANCE = "instance"
    """Every object of its instance."""
    CLASS = "class"
    """Every object of its class."""


@dataclass(frozen=True, slots=True)
class FaceFilters:
    """Select only faces whose object … As after loading a scene: only what has no label at all."""

    no_instance: bool = True
    with_instance: bool = False
    no_class: bool = True
    with_class: bool = False

    def is_on(self, which: Filter) -> bool:
        return bool(getattr(self, which.value))

    def turned(self, which: Filter, on: bool) -> FaceFilters:
        """With a filter turned on or off; either way its opposite is off afterwards."""
        return replace(self, **{which.value: on, which.opposite.value: False})

    def accepts(self, labels: ObjectLabels, object_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(K,) whether each object passes every filter that is on."""
        has_instance = labels.instance[object_ids] != NO_LABEL
        has_class = labels.semantic[object_ids] != NO_LABEL
        passes = np.ones(len(object_ids), np.bool_)
        if self.no_instance:
            passes &= ~has_instance
        if self.with_instance:
            passes &= has_instance
        if self.no_class:
            passes &= ~has_class
        if self.with_class:
            passes &= has_class
        return passes


ALL_FACES = FaceFilters(no_instance=False, no_class=False)
"""No filter on."""


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """What became of the objects a stroke hit. All arrays ascending, without repeats."""

    hit: NDArray[np.int64]  # (H,)
    filtered: NDArray[np.int64]  # hit, but rejected by a filter
    locked: NDArray[np.int64]  # would be selected were they not locked
    selected: NDArray[np.int64]  # (S,)


def select(
    hit_objects: ArrayLike,
    labels: ObjectLabels,
    filters: FaceFilters,
    prefer: Prefer = Prefer.OBJECT,
    locked: NDArray[np.bool_] | None = None,
) -> Selection:
    """Filter the hit objects and expand them; -1 (a face of no object) is dropped.

    `locked` is (O,): True for objects that must not change.
    """
    hit = np.unique(np.asarray(hit_objects, np.int64))
    hit = hit[(hit >= 0) & (hit < len(labels))]
    passes = filters.accepts(labels, hit)
    expanded = expand(hit[passes], labels, prefer)
    frozen = np.zeros(len(expanded), np.bool_) if locked is None else locked[expanded]
    return Selection(hit, hit[~passes], expanded[frozen], expanded[~frozen])


def expand(object_ids: NDArray[np.int64], labels: ObjectLabels, prefer: Prefer) -> NDArray[np.int64]:
    """The objects with all others that share their instance or class, ascending."""
    if prefer is Prefer.OBJECT:
        return object_ids
    layer = LabelLayer.INSTANCE if prefer is Prefer.INSTANCE else LabelLayer.SEMANTIC
    values = labels.layer(layer)
    shared = np.unique(values[object_ids])
    shared = shared[shared != NO_LABEL]
    if not len(shared):
        return object_ids
    return np.union1d(object_ids, np.flatnonzero(np.isin(values, shared)))
