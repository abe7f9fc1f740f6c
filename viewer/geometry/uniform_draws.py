"""Random numbers as the original annotation tool draws them, so that the same triangles are chosen.

Its linear algebra library uses the 64-bit Mersenne Twister of the C++ standard (mt19937_64); NumPy has the
32-bit one only. (Nishimura, Tables of 64-bit Mersenne Twisters, 2000.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_LENGTH, _SHIFT = 312, 156
_UPPER = np.uint64(0xFFFF_FFFF_8000_0000)
_LOWER = np.uint64(0x7FFF_FFFF)
_TWIST = np.array([0, 0xB502_6F5A_A966_19E9], np.uint64)
_SEEDING = 6_364_136_223_846_793_005
_TEMPERING = (
    (29, 0x5555_5555_5555_5555),
    (-17, 0x71D6_7FFF_EDA6_0000),
    (-37, 0xFFF7_EEE0_0000_0000),
    (43, 0xFFFF_FFFF_FFFF_FFFF),
)
"""Shifts, to the right where positive, and what of the shifted bits counts."""
_TO_UNIT = 2.0**-64
_BELOW_ONE = np.nextafter(1.0, 0.0)


class UniformDraws:
    """An endless sequence of numbers 0 <= u < 1; equal seeds give equal sequences."""

    def __init__(self, seed: int) -> None:
        self._state = _seeded(seed)
        self._left = np.empty(0, np.uint64)  # drawn already, and not asked for yet

    def integers(self, count: int) -> NDArray[np.uint64]:
        """The next `count` numbers of 64 bits."""
        blocks = max(-(-(count - len(self._left)) // _LENGTH), 0)
        drawn = np.empty((blocks, _LENGTH), np.uint64)
        for block in drawn:
            _twist(self._state)
            block[:] = self._state
        for shift, mask in _TEMPERING:
            shifted = drawn >> np.uint64(shift) if shift > 0 else drawn << np.uint64(-shift)
            shifted &= np.uint64(mask)
            drawn ^= shifted
        numbers = np.concatenate([self._left, drawn.reshape(-1)])
        self._left = numbers[count:].copy()
        return numbers[:count]

    def next(self, count: int) -> NDArray[np.float64]:
        """The next `count` numbers, (count,)."""
        numbers = self.integers(count).astype(np.float64)
        numbers *= _TO_UNIT
        return np.minimum(numbers, _BELOW_ONE, out=numbers)


def _seeded(seed: int) -> NDArray[np.uint64]:
    word = seed & 0xFFFF_FFFF_FFFF_FFFF
    words = [word]
    for place in range(1, _LENGTH):
        word = (_SEEDING * (word ^ (word >> 62)) + place) & 0xFFFF_FFFF_FFFF_FFFF
        words.append(word)
    return np.array(words, np.uint64)


def _twist(state: NDArray[np.uint64]) -> None:
    """The next state in place of this one: a half at a time, for the second half needs the first."""
    state[:_SHIFT] = state[_SHIFT:] ^ _mixed(state[:_SHIFT], state[1 : _SHIFT + 1])
    state[_SHIFT:-1] = state[: _SHIFT - 1] ^ _mixed(state[_SHIFT:-1], state[_SHIFT + 1 :])
    state[-1:] = state[_SHIFT - 1 : _SHIFT] ^ _mixed(state[-1:], state[:1])


def _mixed(high: NDArray[np.uint64], low: NDArray[np.uint64]) -> NDArray[np.uint64]:
    joined = (high & _UPPER) | (low & _LOWER)
    twisted: NDArray[np.uint64] = (joined >> np.uint64(1)) ^ _TWIST[joined & np.uint64(1)]
    return twisted
