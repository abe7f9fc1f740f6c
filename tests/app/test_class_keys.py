"""Digits of classes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.labelling_builders import a_table
from viewer.app.class_keys import DIGITS, keys_from_json, table_key, with_key
from viewer.model.label_table import LabelClass, LabelTable

TABLE = a_table()


def test_a_digit_has_one_class_and_a_class_one_digit() -> None:
    keys = with_key(with_key({}, 1, 5), 2, 3)
    assert with_key(keys, 1, 3) == {1: 3}
    assert with_key(keys, 3, 5) == {2: 3, 3: 5}
    assert with_key(keys, 1, None) == {2: 3}


@given(st.lists(st.tuples(st.sampled_from(DIGITS), st.one_of(st.none(), st.integers(1, 12)))))
def test_that_holds_after_any_changes(changes: list[tuple[int, int | None]]) -> None:
    keys: dict[int, int] = {}
    for digit, class_id in changes:
        keys = with_key(keys, digit, class_id)
        assert keys.get(digit) == class_id
    assert len(set(keys.values())) == len(keys)


@pytest.mark.parametrize("stored", [None, [], "x", {"0": 1, "10": 2, "x": 3, "²": 1}, {"1": "5"}, {"1": 99}])
def test_what_is_no_key_is_left_out(stored: object) -> None:
    assert keys_from_json(stored, TABLE) == {}


def test_stored_keys_come_back() -> None:
    assert keys_from_json({"1": 5, "9": 2}, TABLE) == {1: 5, 9: 2}


def test_tables_are_told_apart_by_ids_and_names_and_not_by_colors() -> None:
    def table(class_id: int, name: str, red: int) -> LabelTable:
        return LabelTable((LabelClass(class_id, name, (red, 0, 0)),))

    assert table_key(table(1, "a", 1)) == table_key(table(1, "a", 2))
    assert len({table_key(table(*entry, 1)) for entry in ((1, "a"), (2, "a"), (1, "b"))}) == 3
