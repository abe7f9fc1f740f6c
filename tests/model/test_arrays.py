"""Distinct values, against numpy's own."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from viewer.model.arrays import distinct

integers = st.lists(st.integers(-5, 5), max_size=12).map(lambda values: np.array(values, np.int64))


@given(integers, integers)
def test_distinct_values_are_those_of_numpy(some: np.ndarray, others: np.ndarray) -> None:
    assert distinct(some).tolist() == np.unique(some).tolist()
    assert distinct(some, others).tolist() == np.union1d(some, others).tolist()
    assert distinct(some).dtype == some.dtype


def test_arrays_of_any_shape_are_taken() -> None:
    assert distinct(np.array([[3, 1], [1, 2]])).tolist() == [1, 2, 3]
    assert distinct(np.array(7)).tolist() == [7]
