"""Columns as runs hold what the arrays they were made of hold, however those are cut and changed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from viewer.errors import FormatError
from viewer.model.run_length import RunLengthArray

VALUES = st.integers(-(2**31), 2**31 - 1) | st.integers(-1, 3)
RUNS = st.lists(st.tuples(VALUES, st.integers(1, 12)), max_size=12)


def _array(runs: list[tuple[int, int]]) -> NDArray[np.int32]:
    return np.array([value for value, count in runs for _ in range(count)], np.int32)


@given(RUNS, st.lists(st.integers(0, 150), max_size=4))
def test_every_row_is_found_again(runs: list[tuple[int, int]], cuts: list[int]) -> None:
    array = _array(runs)
    whole = RunLengthArray.of(array)
    pieces = RunLengthArray.of_blocks(np.split(array, sorted(min(cut, len(array)) for cut in cuts)))
    rows = np.arange(len(array))[::-1]
    for column in (whole, pieces):
        assert len(column) == len(array)
        assert np.array_equal(column.dense(), array)
        if len(array):
            assert np.array_equal(column.take(rows), array[rows])
        for start in range(0, len(array), 5):
            for length in (1, 7, 40):
                assert np.array_equal(column.part(start, start + length), array[start : start + length])
        assert set(column.values.tolist()) == set(array.tolist())


@given(RUNS)
def test_runs_are_the_longest_there_are(runs: list[tuple[int, int]]) -> None:
    array = _array(runs)
    values, starts = RunLengthArray.of(array).runs()
    assert (values[1:] != values[:-1]).all()
    assert starts[-1] == len(array)
    assert np.array_equal(np.repeat(values, np.diff(starts)), array)


@given(RUNS)
def test_other_numbers_in_the_same_rows(runs: list[tuple[int, int]]) -> None:
    array = _array(runs)
    column = RunLengthArray.of(array)
    other = column.with_values(np.where(column.values < 0, -1, column.values // 2))
    expected = np.where(array < 0, -1, array // 2)
    assert np.array_equal(other.dense(), expected)
    values, starts = other.runs()
    assert (values[1:] != values[:-1]).all()
    assert np.array_equal(np.repeat(values, np.diff(starts)), expected)
    assert column.count(column.values < 0) == np.count_nonzero(array < 0)


@given(st.lists(st.tuples(st.integers(-1, 4), st.integers(1, 12)), max_size=12))
def test_rows_are_counted_number_by_number(runs: list[tuple[int, int]]) -> None:
    array = _array(runs)
    counts = RunLengthArray.of(array).bincount(-1, 6)
    assert counts.tolist() == [np.count_nonzero(array == number) for number in range(-1, 5)]


def test_runs_take_less_memory_and_single_numbers_no_more() -> None:
    long = RunLengthArray.of(np.repeat(np.arange(10), 1000))
    assert len(long.values) == 10
    mixed = np.arange(1000, dtype=np.int32)
    single = RunLengthArray.of(mixed)
    assert single.dense() is single.values
    assert single.values.nbytes == mixed.nbytes


def test_what_is_kept_cannot_be_written_to() -> None:
    for column in (RunLengthArray.of(np.zeros(9, np.int32)), RunLengthArray.of(np.arange(9))):
        with pytest.raises(ValueError, match="read-only"):
            column.values[0] = 1


def test_a_table_is_no_column() -> None:
    with pytest.raises(FormatError, match="expected shape"):
        RunLengthArray.of(np.zeros((3, 2), np.int32))
