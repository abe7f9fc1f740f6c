"""Searching and sorting the lists, without a window."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.app.object_facts import ObjectFacts
from viewer.app.rows import NameSearch, ShowOnly, instance_rows, narrowed, natural_ranks, ordered, runs
from viewer.model.labels import ObjectLabels

NAMES = ("Chair_10", "chair_2", "Lámpara 1", "sofa, left", "STRASSE", "chair_2")


def test_names_sort_as_people_do_and_equal_ones_keep_their_order() -> None:
    ranks = natural_ranks(NAMES)
    by_rank = [NAMES[k] for k in np.argsort(ranks)]
    assert by_rank[:3] == ["chair_2", "chair_2", "Chair_10"]
    assert ranks[1] < ranks[5]


def test_odd_digits_in_names_do_not_break_sorting() -> None:
    assert len(natural_ranks(("a²", "a٣", "1", "", "7" * 5000))) == 5


def test_every_word_must_be_found_in_name_class_or_id() -> None:
    search = NameSearch(NAMES)
    class_of = np.array([5, 5, 35, 6, -1, 5])
    classes = {5: "chair", 35: "lamp", 6: "sofa"}
    assert np.flatnonzero(search.matching("CHAIR 10", class_of, classes)).tolist() == [0]
    assert np.flatnonzero(search.matching("lamp", class_of, classes)).tolist() == [2]
    assert np.flatnonzero(search.matching("straße", class_of, classes)).tolist() == [4]
    assert search.matching("", class_of, classes).all()


def test_a_number_finds_the_id_and_names_with_it() -> None:
    search = NameSearch(NAMES)
    assert np.flatnonzero(search.matching("2")).tolist() == [1, 2, 5]
    assert np.flatnonzero(search.matching("#2")).tolist() == [2]
    assert not search.matching("#999999999999999999999").any()


@pytest.mark.parametrize("is_descending", [False, True])
def test_unknown_sizes_stand_last(is_descending: bool) -> None:
    key = np.array([np.nan, 3.0, 1.0, np.nan, 2.0])
    order = ordered(np.arange(5), key, is_descending=is_descending)
    assert order.tolist() == ([1, 4, 2, 0, 3] if is_descending else [2, 4, 1, 0, 3])


@given(st.lists(st.integers(0, 4), max_size=30), st.booleans())
def test_sorting_is_stable_in_both_directions(values: list[int], is_descending: bool) -> None:
    key = np.array(values, np.int64)
    order = ordered(np.arange(len(key)), key, is_descending=is_descending).tolist()
    expected = sorted(range(len(key)), key=lambda k: -values[k] if is_descending else values[k])
    assert order == expected


def test_a_list_is_narrowed_to_what_lacks_a_label_is_hidden_or_selected() -> None:
    labels = ObjectLabels([5, -1, 3], [-1, 2, 2])
    hidden, selected = np.array([2]), np.array([0, 1])
    rows = {show: np.flatnonzero(narrowed(show, labels, hidden, selected)).tolist() for show in ShowOnly}
    assert rows == {
        ShowOnly.ALL: [0, 1, 2],
        ShowOnly.NO_CLASS: [1],
        ShowOnly.NO_INSTANCE: [0],
        ShowOnly.SELECTED: [0, 1],
        ShowOnly.HIDDEN: [2],
        ShowOnly.IN_FRAME: [],
        ShowOnly.IN_NO_FRAME: [],
    }


def test_instances_sum_up_their_objects() -> None:
    labels = ObjectLabels([5, 5, 7, -1, 9], [1, 1, 1, 3, -1])
    facts = ObjectFacts(np.zeros((5, 3)), np.ones((5, 3)), np.arange(5.0), np.arange(5))
    rows = instance_rows(labels, 4, facts)
    assert rows.object_count.tolist() == [0, 3, 0, 1, 0]
    assert rows.class_of.tolist() == [-1, 5, -1, -1, -1]
    assert rows.is_mixed.tolist() == [False, True, False, False, False]
    assert rows.area.tolist() == [0, 3, 0, 3, 0]
    assert rows.elements.tolist() == [0, 3, 0, 3, 0]


def test_an_instance_id_beyond_those_created_still_has_a_row() -> None:
    assert len(instance_rows(ObjectLabels([1], [9]), 2, None).object_count) == 10


def test_nothing_labelled_and_nothing_there_are_no_trouble() -> None:
    assert instance_rows(ObjectLabels.none(3), 1, None).object_count.tolist() == [0, 0]
    assert instance_rows(ObjectLabels.none(0), 1, None).object_count.tolist() == [0, 0]


def test_runs_join_neighbouring_rows() -> None:
    assert runs(np.array([1, 2, 3, 7, 9, 10])) == [(1, 3), (7, 7), (9, 10)]
    assert runs(np.empty(0, np.int64)) == []
