"""What to label next: the objects without a label, the biggest first, and how far labelling has come."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.app.object_facts import ObjectFacts
from viewer.app.visibility import Visibility
from viewer.model.labels import NO_LABEL, LabelLayer, ObjectLabels


def size_order(
    object_count: int, visibility: Visibility | None = None, facts: ObjectFacts | None = None
) -> NDArray[np.int64]:
    """(O,) all object ids, biggest first: by pixels over all frames, then by area, then by faces or points.

    What is not known, or does not fit the scene, decides nothing; objects that are equal stand by id.
    """
    keys: list[NDArray[np.floating | np.integer]] = []
    if facts is not None and len(facts.area) == object_count:
        keys += [facts.element_count, np.nan_to_num(facts.area)]
    if visibility is not None and visibility.object_count == object_count:
        keys.append(visibility.pixels_of_objects)
    if not keys:
        return np.arange(object_count)
    return np.lexsort([-key for key in keys]).astype(np.int64)  # the last key counts most


def unlabelled(
    labels: ObjectLabels,
    layer: LabelLayer,
    order: NDArray[np.integer],
    left_out: NDArray[np.bool_] | None = None,
) -> NDArray[np.int64]:
    """The objects of `order` without a label in a layer, in its order.

    `left_out` (O,) marks objects nobody should be led to, such as hidden or locked ones.
    """
    is_open = labels.layer(layer) == NO_LABEL
    if left_out is not None:
        is_open &= ~left_out
    return np.asarray(order[is_open[order]], np.int64)


def next_unlabelled(
    labels: ObjectLabels,
    layer: LabelLayer,
    order: NDArray[np.integer],
    after: int | None = None,
    *,
    left_out: NDArray[np.bool_] | None = None,
    backwards: bool = False,
) -> int | None:
    """The object to label next; None when all of `order` have a label.

    It is the first one without a label behind `after`, which may be labelled by now; the search goes on at
    the other end, so that what was skipped comes again, `after` itself last of all. Without `after`, or when
    `order` does not have it, it is the first of all (the last when going backwards).
    """
    walk = order[::-1] if backwards else order
    if after is not None:
        start = np.flatnonzero(walk == after)
        if len(start):
            walk = np.roll(walk, -int(start[0]) - 1)
    found = unlabelled(labels, layer, walk, left_out)
    return int(found[0]) if len(found) else None


@dataclass(frozen=True, slots=True)
class LabelProgress:
    """How far the labelling of a layer has come."""

    objects: int
    labelled: int
    object_share: float  # 0..1; 1 where there is nothing to label
    pixel_share: float | None
    """Of the pixels that show an object, in all frames; None while nobody has counted them."""

    def __str__(self) -> str:
        """`61 % of objects, 92.4 % of pixels`."""
        words = f"{percent(self.object_share)} of objects"
        return words if self.pixel_share is None else f"{words}, {percent(self.pixel_share)} of pixels"


def label_progress(
    labels: ObjectLabels, layer: LabelLayer, visibility: Visibility | None = None
) -> LabelProgress:
    """Count what has a label in a layer; work in proportion to the number of objects."""
    has_label = labels.layer(layer) != NO_LABEL
    labelled = int(np.count_nonzero(has_label))
    pixel_share = None
    if visibility is not None and visibility.object_count == len(labels):
        pixels = visibility.pixels_of_objects
        pixel_share = _share(int(pixels[has_label].sum()), int(pixels.sum()))
    return LabelProgress(len(labels), labelled, _share(labelled, len(labels)), pixel_share)


def percent(share: float) -> str:
    """A share in words, rounded down to a tenth: only when nothing is left it is 100 %."""
    tenths = math.floor(share * 1000 + 1e-9)
    if tenths == 0 and share > 0:
        return "under 0.1 %"
    return f"{tenths // 10} %" if tenths % 10 == 0 else f"{tenths / 10:.1f} %"


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
