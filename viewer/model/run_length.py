"""Columns of numbers in which the same one mostly stands many times in a row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.model.arrays import frozen_array

_BLOCK_ROWS = 1 << 16
_LEAST_ROWS_PER_RUN = 4
"""With fewer, every number by itself takes less memory, for a run takes a value and where it starts."""


@dataclass(frozen=True, slots=True, eq=False)
class RunLengthArray:
    """Integers (N,), run-length encoded where that is smaller; read-only.

    The object of every face of a mesh takes 20 MB at five million triangles, and some kilobytes as runs.
    """

    _length: int
    _values: NDArray[np.int32]  # (R,) of every run, or (N,) of every row where there are too many runs
    _starts: NDArray[np.int64] | None  # (R + 1,) first row of every run, then N; None: no runs

    @classmethod
    def of(cls, array: NDArray[np.integer]) -> RunLengthArray:
        """The numbers (N,) of an array. Raises FormatError when it has more dimensions."""
        flat = frozen_array("column", array, np.int32, (None,))
        return cls.of_blocks(flat[at : at + _BLOCK_ROWS] for at in range(0, len(flat), _BLOCK_ROWS))

    @classmethod
    def of_blocks(cls, blocks: Iterable[NDArray[np.int32]]) -> RunLengthArray:
        """The numbers of arrays (B,) that follow each other; none of them is kept."""
        starts, values, length = [np.empty(0, np.int64)], [np.empty(0, np.int32)], 0
        last = None
        for block in blocks:
            if not len(block):
                continue
            is_first = np.empty(len(block), np.bool_)
            is_first[0] = last is None or block[0] != last
            np.not_equal(block[1:], block[:-1], out=is_first[1:])
            first = np.flatnonzero(is_first)
            starts.append(first + length)
            values.append(block[first])
            last, length = block[-1], length + len(block)
        starts.append(np.array([length], np.int64))
        return cls._smaller(np.concatenate(values), np.concatenate(starts))

    @classmethod
    def _smaller(cls, values: NDArray[np.int32], starts: NDArray[np.int64]) -> RunLengthArray:
        length = int(starts[-1])
        if _LEAST_ROWS_PER_RUN * len(values) > length:
            values, kept = _rows(values, starts), None
        else:
            kept = frozen_array("starts of runs", starts, np.int64, (None,))
        return cls(length, frozen_array("values of runs", values, np.int32, (None,)), kept)

    def __len__(self) -> int:
        return self._length

    @property
    def values(self) -> NDArray[np.int32]:
        """(R,) every number there is at least once: for the smallest, the largest, or all of them."""
        return self._values

    def runs(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The number (R,) of every run, unlike its neighbours', and its first row (R + 1,), N at the end."""
        if self._starts is not None:
            return self._values, self._starts
        is_first = np.ones(self._length, np.bool_)
        np.not_equal(self._values[1:], self._values[:-1], out=is_first[1:])
        first = np.flatnonzero(is_first)
        return self._values[first], np.append(first, self._length)

    def dense(self) -> NDArray[np.int32]:
        """(N,) all of them, for a while: they take what this class saves."""
        return self._values if self._starts is None else _rows(self._values, self._starts)

    def part(self, start: int, stop: int) -> NDArray[np.int32]:
        """Rows start..stop, fewer where there are not as many."""
        if self._starts is None:
            return self._values[start:stop]
        first = int(np.searchsorted(self._starts, start, side="right")) - 1
        last = int(np.searchsorted(self._starts, stop, side="left"))
        edges = np.clip(self._starts[first : last + 1], start, stop)
        return np.repeat(self._values[first:last], np.diff(edges))

    def take(self, rows: NDArray[np.int64]) -> NDArray[np.int32]:
        """The numbers (K,) of some rows; of any number there is for rows below 0."""
        if self._starts is None:
            return self._values[rows]
        return self._values[np.searchsorted(self._starts, rows, side="right") - 1]

    def with_values(self, values: NDArray[np.integer]) -> RunLengthArray:
        """The same rows with other numbers, `values` being as long as the property of that name."""
        if self._starts is None:
            return RunLengthArray.of(values)
        is_first = np.ones(len(values), np.bool_)
        np.not_equal(values[1:], values[:-1], out=is_first[1:])
        starts = np.append(self._starts[:-1][is_first], self._length)
        return RunLengthArray._smaller(values[is_first].astype(np.int32), starts)

    def bincount(self, lowest: int, length: int) -> NDArray[np.int64]:
        """(length,) how many rows have each number from `lowest` on; all there are must be among these."""
        counts = np.zeros(length, np.int64)
        if self._starts is not None:
            np.add.at(counts, self._values - lowest, np.diff(self._starts))
            return counts
        for at in range(0, self._length, _BLOCK_ROWS):
            counts += np.bincount(self._values[at : at + _BLOCK_ROWS] - lowest, minlength=length)
        return counts

    def count(self, of_value: NDArray[np.bool_]) -> int:
        """How many rows have a number for which `of_value`, as long as `values`, is True."""
        if self._starts is None:
            return int(np.count_nonzero(of_value))
        return int(np.diff(self._starts)[of_value].sum())


def _rows(values: NDArray[np.int32], starts: NDArray[np.int64]) -> NDArray[np.int32]:
    """(N,) every row of some runs: summed up, for NumPy repeats with Python's lock held."""
    rows = np.zeros(int(starts[-1]), np.int32)
    if len(values):
        # differences may overflow and so may the sums that undo it
        rows[starts[:-1]] = np.diff(values, prepend=np.int32(0))
        np.add.accumulate(rows, out=rows)
    return rows
