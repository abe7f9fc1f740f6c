"""Which rows a list shows and in what order: searching and sorting thousands of names in numpy."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from viewer.app.object_facts import ObjectFacts
from viewer.model.labels import NO_LABEL, ObjectLabels

MOST_DIGITS = 18
_DIGITS = re.compile(r"(\d+)")


class ShowOnly(enum.Enum):
    """What an object list is narrowed to."""

    ALL = "All"
    NO_CLASS = "No class"
    NO_INSTANCE = "No instance"
    SELECTED = "Selected"
    HIDDEN = "Hidden"
    IN_FRAME = "In this frame"
    IN_NO_FRAME = "In no frame"


def natural_ranks(names: Sequence[str]) -> NDArray[np.int64]:
    """Place of every name, (N,), when sorted as people do: case aside, `chair_2` before `chair_10`."""
    keys = [_natural_key(name) for name in names]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    ranks = np.empty(len(keys), np.int64)
    ranks[order] = np.arange(len(keys))
    return ranks


def _natural_key(name: str) -> list[tuple[int, int, str]]:
    parts = _DIGITS.split(name.casefold())
    # Numbers compare by their length first, which needs no int(): it refuses very long ones.
    bare = [part.lstrip("0") if k % 2 else part for k, part in enumerate(parts)]
    return [(1, len(part), part) if k % 2 else (0, 0, part) for k, part in enumerate(bare)]


def ordered(items: NDArray[np.int64], key: NDArray[np.generic], *, is_descending: bool) -> NDArray[np.int64]:
    """Items (K,) sorted by `key[item]`; equal ones keep their order, NaN stands last either way."""
    values = key[items]
    if values.dtype.kind == "f":
        unknown = np.isnan(values)
        if unknown.any():
            known = ordered(items[~unknown], key, is_descending=is_descending)
            return np.concatenate([known, items[unknown]])
    if is_descending:
        return items[len(items) - 1 - np.argsort(values[::-1], kind="stable")[::-1]]
    return items[np.argsort(values, kind="stable")]


class NameSearch:
    """Finds names that contain words, case aside; built once for a list of names."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._folded = [name.casefold() for name in self.names]

    @cached_property
    def ranks(self) -> NDArray[np.int64]:
        return natural_ranks(self.names)

    def containing(self, word: str) -> NDArray[np.bool_]:
        """(N,): True where the name contains the case-folded word."""
        return np.fromiter((word in name for name in self._folded), np.bool_, len(self._folded))

    def matching(
        self,
        query: str,
        class_of: NDArray[np.int64] | None = None,
        class_names: Mapping[int, str] | None = None,
    ) -> NDArray[np.bool_]:
        """(N,): True where every word of the query is in the name or the class name, or is the id.

        `#412` asks for the id alone.
        """
        found = np.ones(len(self.names), np.bool_)
        for word in query.casefold().split():
            found &= self._one_word(word, class_of, class_names or {})
        return found

    def _one_word(
        self, word: str, class_of: NDArray[np.int64] | None, class_names: Mapping[int, str]
    ) -> NDArray[np.bool_]:
        number = word.removeprefix("#")
        is_id = np.zeros(len(self.names), np.bool_)
        if (
            number.isascii()
            and number.isdigit()
            and len(number) < MOST_DIGITS
            and int(number) < len(self.names)
        ):
            is_id[int(number)] = True
        if word.startswith("#"):
            return is_id
        found = self.containing(word) | is_id
        classes = [entry for entry, name in class_names.items() if word in name.casefold()]
        if classes and class_of is not None:
            found |= np.isin(class_of, classes)
        return found


def narrowed(
    show: ShowOnly,
    labels: ObjectLabels,
    hidden: NDArray[np.int64],
    selected: NDArray[np.int64],
    pixels: NDArray[np.int64] | None = None,
) -> NDArray[np.bool_]:
    """(O,): True for the objects that a narrowed list shows.

    `pixels` (O,) show each object: in the current frame for `IN_FRAME`, in all frames for `IN_NO_FRAME`;
    where they are not known, neither lists any.
    """
    if show in (ShowOnly.IN_FRAME, ShowOnly.IN_NO_FRAME):
        if pixels is None:
            return np.zeros(len(labels), np.bool_)
        return np.asarray((pixels > 0) == (show is ShowOnly.IN_FRAME))
    if show is ShowOnly.NO_CLASS:
        return np.asarray(labels.semantic == NO_LABEL)
    if show is ShowOnly.NO_INSTANCE:
        return np.asarray(labels.instance == NO_LABEL)
    mask = np.full(len(labels), show is ShowOnly.ALL)
    if show is ShowOnly.HIDDEN:
        mask[hidden] = True
    elif show is ShowOnly.SELECTED:
        mask[selected] = True
    return mask


@dataclass(frozen=True, slots=True, eq=False)
class InstanceRows:
    """What is known of every instance id; row i is instance i, row 0 is unused."""

    object_count: NDArray[np.int64]  # (K + 1,)
    class_of: NDArray[np.int64]  # (K + 1,) the class most of its objects have; -1 = none
    is_mixed: NDArray[np.bool_]  # (K + 1,) its objects have two or more classes
    area: NDArray[np.float64]  # (K + 1,) square world units; NaN where unknown
    elements: NDArray[np.int64]  # (K + 1,) faces or points


def instance_rows(labels: ObjectLabels, count: int, facts: ObjectFacts | None) -> InstanceRows:
    """Sum up the objects of instances 1 to `count`, or to the largest id in use when that is more."""
    size = max(count, int(labels.instance.max(initial=0))) + 1
    member = np.flatnonzero(labels.instance > 0)
    instance = labels.instance[member]
    objects = np.bincount(instance, minlength=size)
    class_of = np.full(size, NO_LABEL, np.int64)
    is_mixed = np.zeros(size, np.bool_)
    has_class = labels.semantic[member] > 0
    if has_class.any():
        base = int(labels.semantic.max()) + 1
        pairs = instance[has_class] * base + labels.semantic[member][has_class]  # sorts as rows of two would
        found, votes = np.unique(pairs, return_counts=True)
        kinds = np.stack([found // base, found % base], axis=1)
        by_votes = np.argsort(votes, kind="stable")  # the most voted is written last
        class_of[kinds[by_votes, 0]] = kinds[by_votes, 1]
        is_mixed = np.bincount(kinds[:, 0], minlength=size) > 1
    area = np.full(size, np.nan)
    elements = np.zeros(size, np.int64)
    if facts is not None and len(facts.area) == len(labels):
        area = np.bincount(instance, weights=facts.area[member], minlength=size)
        elements = np.bincount(instance, weights=facts.element_count[member], minlength=size).astype(np.int64)
    return InstanceRows(objects.astype(np.int64), class_of, is_mixed, area, elements)


def runs(rows: NDArray[np.int64]) -> list[tuple[int, int]]:
    """First and last of every run of neighbours in ascending row numbers."""
    if not len(rows):
        return []
    breaks = np.flatnonzero(np.diff(rows) != 1)
    first = rows[np.concatenate([[0], breaks + 1])]
    last = rows[np.concatenate([breaks, [len(rows) - 1]])]
    return list(zip(first.tolist(), last.tolist(), strict=True))
