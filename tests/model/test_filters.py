"""The four filters and "prefer by"."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.model.filters import ALL_FACES, FaceFilters, Filter, Prefer, select
from viewer.model.labels import ObjectLabels

#       object:   0   1   2   3   4   5
SEMANTIC = [-1, -1, 5, 5, 7, 5]
INSTANCE = [-1, 1, -1, 2, 2, 1]


def labels() -> ObjectLabels:
    return ObjectLabels(SEMANTIC, INSTANCE)


def chosen(hit: list[int], filters: FaceFilters = ALL_FACES, prefer: Prefer = Prefer.OBJECT) -> list[int]:
    return select(hit, labels(), filters, prefer).selected.tolist()


EVERYTHING = list(range(6))


def test_after_loading_only_objects_without_any_label_are_selected() -> None:
    assert chosen(EVERYTHING, FaceFilters()) == [0]


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (Filter.NO_INSTANCE, [0, 2]),
        (Filter.WITH_INSTANCE, [1, 3, 4, 5]),
        (Filter.NO_CLASS, [0, 1]),
        (Filter.WITH_CLASS, [2, 3, 4, 5]),
    ],
)
def test_each_filter_keeps_what_it_names(which: Filter, expected: list[int]) -> None:
    assert chosen(EVERYTHING, ALL_FACES.turned(which, True)) == expected


def test_filters_of_both_kinds_work_together() -> None:
    filters = ALL_FACES.turned(Filter.WITH_CLASS, True).turned(Filter.NO_INSTANCE, True)
    assert chosen(EVERYTHING, filters) == [2]


@pytest.mark.parametrize(("which", "on"), list(product(Filter, (True, False))))
def test_turning_a_filter_on_or_off_clears_its_opposite(which: Filter, on: bool) -> None:
    both = ALL_FACES.turned(which.opposite, True)
    turned = both.turned(which, on)
    assert turned.is_on(which) is on
    assert not turned.is_on(which.opposite)


def test_the_other_kind_is_left_alone_when_a_filter_is_turned() -> None:
    assert FaceFilters().turned(Filter.WITH_INSTANCE, True).no_class


def test_prefer_by_instance_takes_all_of_the_instance() -> None:
    assert chosen([3], prefer=Prefer.INSTANCE) == [3, 4]


def test_prefer_by_class_takes_all_of_the_class() -> None:
    assert chosen([3], prefer=Prefer.CLASS) == [2, 3, 5]


def test_an_object_without_the_preferred_id_stands_for_itself() -> None:
    assert chosen([0, 2], prefer=Prefer.INSTANCE) == [0, 2]
    assert chosen([0, 1], prefer=Prefer.CLASS) == [0, 1]


def test_what_prefer_adds_is_not_filtered_again() -> None:
    filters = ALL_FACES.turned(Filter.NO_INSTANCE, True)
    assert chosen([2, 3], filters, Prefer.CLASS) == [2, 3, 5]


def test_what_is_filtered_out_is_not_expanded() -> None:
    filters = ALL_FACES.turned(Filter.NO_CLASS, True)
    assert chosen([1, 3], filters, Prefer.INSTANCE) == [1, 5]


def test_locked_objects_are_left_out_and_told() -> None:
    locked = np.zeros(6, np.bool_)
    locked[4] = True
    result = select([3], labels(), ALL_FACES, Prefer.INSTANCE, locked)
    assert result.selected.tolist() == [3]
    assert result.locked.tolist() == [4]


def test_what_the_filters_reject_is_told() -> None:
    result = select([0, 1, 2], labels(), FaceFilters())
    assert result.filtered.tolist() == [1, 2]


def test_faces_of_no_object_and_repeats_are_dropped() -> None:
    assert chosen([-1, 2, 2, -1, 0]) == [0, 2]


ids = st.integers(-1, 4)


@given(st.data(), st.integers(1, 12))
def test_selection_equals_the_rule_spelled_out(data: st.DataObject, count: int) -> None:
    column = st.lists(ids.map(lambda k: k or -1), min_size=count, max_size=count)
    semantic, instance = data.draw(column), data.draw(column)
    hit = data.draw(st.lists(st.integers(0, count - 1)))
    no_instance, with_instance, no_class, with_class = (data.draw(st.booleans()) for _ in range(4))
    prefer = data.draw(st.sampled_from(Prefer))
    expected = set()
    for k in hit:
        if (no_instance and instance[k] != -1) or (with_instance and instance[k] == -1):
            continue
        if (no_class and semantic[k] != -1) or (with_class and semantic[k] == -1):
            continue
        column_of = {Prefer.OBJECT: None, Prefer.INSTANCE: instance, Prefer.CLASS: semantic}[prefer]
        if column_of is None or column_of[k] == -1:
            expected.add(k)
        else:
            expected |= {other for other in range(count) if column_of[other] == column_of[k]}
    filters = FaceFilters(no_instance, with_instance, no_class, with_class)
    found = select(hit, ObjectLabels(semantic, instance), filters, prefer).selected
    assert found.tolist() == sorted(expected)
