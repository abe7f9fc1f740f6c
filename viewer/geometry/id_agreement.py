"""How well two images of object ids agree: away from borders, at them, and moved against each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.expected_view import ExpectedView
from viewer.model.disagreement import AGREES, DIFFERS, DIFFERS_AT_BORDER, UNKNOWN, DisagreementMap

BORDER_PX = 2
"""Pixels this near to another object are counted apart: there, half a pixel decides."""
COARSE_PX = 4
"""Shifts are searched in every fourth pixel first."""
FAR_SHIFTS = 6
"""Candidates of the coarse search that are looked at closely."""
LEAST_GAIN = 0.002
"""A shift must make this share of the pixels more agree: less is chance."""
_CODES = 8
_NEAREST = [(x, y) for y in (-1, 0, 1) for x in (-1, 0, 1)]


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """Shares of pixels whose ids are the same."""

    inner: float  # of the pixels away from borders
    overall: float  # of all pixels compared
    compared: float  # share of the image's pixels that could be compared
    disagreement: DisagreementMap


@dataclass(frozen=True, slots=True)
class Shift:
    """How far an image lies off: it shows at (x + dx, y + dy) what belongs to (x, y)."""

    dx: int  # px
    dy: int  # px
    inner: float  # agreement away from borders once it is moved back
    overall: float

    @property
    def is_none(self) -> bool:
        return self.dx == 0 and self.dy == 0


def borders(ids: NDArray[np.integer], reach: int = BORDER_PX) -> NDArray[np.bool_]:
    """(H, W) pixels within `reach` pixels of one of another id."""
    found = np.zeros(ids.shape, np.bool_)
    across, down = ids[:, 1:] != ids[:, :-1], ids[1:] != ids[:-1]
    found[:, 1:] |= across
    found[:, :-1] |= across
    found[1:] |= down
    found[:-1] |= down
    for _ in range(reach - 1):
        found = _grown(found)
    return found


def _grown(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(H, W) with the eight neighbours of every pixel."""
    wide = mask.copy()
    wide[:, 1:] |= mask[:, :-1]
    wide[:, :-1] |= mask[:, 1:]
    high = wide.copy()
    high[1:] |= wide[:-1]
    high[:-1] |= wide[1:]
    return high


def agreement(view: ExpectedView, ids: NDArray[np.int32], border_px: int = BORDER_PX) -> Agreement | None:
    """Compare the objects an image shows (H, W) with those expected; None when nothing can be compared."""
    at_border = _all_borders(view, ids, border_px)
    compared = np.count_nonzero(view.known)
    inner = view.known & ~at_border
    count = np.count_nonzero(inner)
    if not count:
        return None
    differs = view.known & (view.objects != ids)
    codes = np.full(ids.shape, UNKNOWN, np.uint8)
    codes[view.known] = AGREES
    codes[differs & at_border] = DIFFERS_AT_BORDER
    wrong = differs & ~at_border
    codes[wrong] = DIFFERS
    return Agreement(
        1 - np.count_nonzero(wrong) / count,
        1 - np.count_nonzero(differs) / compared,
        compared / ids.size,
        DisagreementMap.pack(codes),
    )


def _all_borders(view: ExpectedView, ids: NDArray[np.int32], border_px: int) -> NDArray[np.bool_]:
    at_border = borders(ids, border_px)
    if view.known.all():  # where most is unknown, every pixel would stand at a border of it
        at_border |= borders(view.objects, border_px)
    return at_border


def best_shift(
    view: ExpectedView, ids: NDArray[np.int32], border_px: int = BORDER_PX, *, is_far: bool = True
) -> Shift:
    """The whole-pixel shift at which most pixels agree: of all when `is_far`, else of one pixel at most."""
    starts = [(0, 0)]
    if is_far:
        starts += [(dx * COARSE_PX, dy * COARSE_PX) for dx, dy in _coarse_shifts(view, ids)]
    scored = [(_overall(view, ids, *start, step=2), start) for start in starts]
    scored.sort(key=lambda entry: -entry[0])
    best = max((_climb(view, ids, start) for _, start in scored[:2]), key=lambda entry: entry[0])
    standing = _overall(view, ids, 0, 0)
    overall, (dx, dy) = best if best[0] >= standing + LEAST_GAIN else (standing, (0, 0))
    moved_view, moved_ids = _overlap(view, ids, dx, dy)
    found = agreement(moved_view, moved_ids, border_px)
    return Shift(dx, dy, overall if found is None else found.inner, overall)


def _climb(
    view: ExpectedView, ids: NDArray[np.int32], start: tuple[int, int]
) -> tuple[float, tuple[int, int]]:
    """From a start to the neighbour that agrees best, until none does better."""
    known: dict[tuple[int, int], float] = {}
    at = start
    while True:
        around = [(at[0] + dx, at[1] + dy) for dx, dy in _NEAREST]
        for place in around:
            if place not in known:
                known[place] = _overall(view, ids, *place)
        best = max(around, key=lambda place: (known[place], place == at))
        if best == at:
            return known[at], at
        at = best


def _overlap(
    view: ExpectedView, ids: NDArray[np.int32], dx: int, dy: int, step: int = 1
) -> tuple[ExpectedView, NDArray[np.int32]]:
    height, width = ids.shape
    here = (slice(max(-dy, 0), height - max(dy, 0), step), slice(max(-dx, 0), width - max(dx, 0), step))
    there = (slice(max(dy, 0), height - max(-dy, 0), step), slice(max(dx, 0), width - max(-dx, 0), step))
    return ExpectedView(view.objects[here], view.distance[here], view.known[here]), ids[there]


def _overall(view: ExpectedView, ids: NDArray[np.int32], dx: int, dy: int, step: int = 1) -> float:
    if abs(dx) >= ids.shape[1] // 2 or abs(dy) >= ids.shape[0] // 2:
        return 0.0
    expected, found = _overlap(view, ids, dx, dy, step)
    compared = np.count_nonzero(expected.known)
    return np.count_nonzero((expected.objects == found) & expected.known) / compared if compared else 0.0


def _coarse_shifts(view: ExpectedView, ids: NDArray[np.int32]) -> list[tuple[int, int]]:
    """The most promising shifts, in coarse pixels.

    Every id becomes a random direction in the complex plane, so that equal ones add up in a correlation
    and others cancel out; several draws, and taking off the mean, quiet what does not.
    """
    coarse = (slice(COARSE_PX // 2, None, COARSE_PX), slice(COARSE_PX // 2, None, COARSE_PX))
    expected, known, found = view.objects[coarse], view.known[coarse], ids[coarse]
    height, width = found.shape
    size = (2 * height, 2 * width)
    total = np.zeros(size)
    most = int(max(expected.max(initial=-1), found.max(initial=-1))) + 2
    draw = np.random.default_rng(0)
    for _ in range(_CODES):
        code = np.exp(2j * np.pi * draw.random(most))
        a = np.where(known, code[expected + 1], 0)
        b = code[found + 1]
        a = np.where(known, a - a.sum() / max(np.count_nonzero(known), 1), 0)
        spectrum = np.fft.fft2(b - b.mean(), size) * np.conj(np.fft.fft2(a, size))
        total += np.fft.ifft2(spectrum).real
    shifts: list[tuple[int, int]] = []
    for _ in range(FAR_SHIFTS):
        row, column = np.unravel_index(int(total.argmax()), size)
        shifts.append(
            (
                int(column) - (size[1] if column >= width else 0),
                int(row) - (size[0] if row >= height else 0),
            )
        )
        near_rows, near_columns = (
            np.arange(row - 2, row + 3) % size[0],
            np.arange(column - 2, column + 3) % size[1],
        )
        total[np.ix_(near_rows, near_columns)] = -np.inf
    return shifts
