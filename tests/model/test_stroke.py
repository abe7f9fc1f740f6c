"""From mouse positions to covered pixels."""

from __future__ import annotations

import math
import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.model.stroke import (
    PixelBox,
    PixelList,
    StrokeRecorder,
    lasso_pixels,
    line_pixels,
    pen_pixels,
    record,
    rectangle_pixels,
)

Position = tuple[int, int]


def as_set(pixels: PixelList | PixelBox) -> set[Position]:
    return {(int(x), int(y)) for x, y in pixels.pixels}


def sampled(start: Position, end: Position) -> set[Position]:
    """The rule in plain words and numbers."""
    count = int(4 * math.sqrt((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2) + 1)
    if count == 1:
        return {start}
    dx, dy = (end[0] - start[0]) / (count - 1), (end[1] - start[1]) / (count - 1)
    inner = {(int(start[0] + k * dx), int(start[1] + k * dy)) for k in range(count - 1)}
    return inner | {end}


position = st.tuples(st.integers(0, 300), st.integers(0, 300))
anywhere = st.tuples(st.integers(-4, 13), st.integers(-4, 13))


def test_the_press_and_moves_inside_are_recorded() -> None:
    assert record(10, 10, [(1, 1), (2, 3), (9, 9)]).tolist() == [[1, 1], [2, 3], [9, 9]]


def test_a_press_outside_is_not_recorded_nor_the_first_position_inside() -> None:
    assert record(10, 10, [(-1, 5), (0, 5), (1, 5)]).tolist() == [[1, 5]]


def test_after_leaving_the_window_the_first_position_back_inside_is_not_recorded() -> None:
    path = record(10, 10, [(5, 5), (6, 5), (10, 5), (9, 5), (8, 5)])
    assert path.tolist() == [[5, 5], [6, 5], [8, 5]]


@pytest.mark.parametrize("edge", [(10, 0), (0, 10), (-1, 0), (0, -1)])
def test_the_window_ends_before_its_width_and_height(edge: Position) -> None:
    assert not StrokeRecorder(10, 10).press(*edge)


def test_a_gesture_outside_leaves_an_empty_path() -> None:
    assert record(10, 10, [(-5, -5), (20, 20)]).shape == (0, 2)


@given(st.lists(anywhere, min_size=1, max_size=12))
def test_recording_equals_the_rule_spelled_out(positions: list[Position]) -> None:
    def inside(p: Position) -> bool:
        return 0 <= p[0] < 10 and 0 <= p[1] < 10

    expected = [positions[0]] if inside(positions[0]) else []
    expected += [b for a, b in pairwise(positions) if inside(a) and inside(b)]
    assert [tuple(p) for p in record(10, 10, positions).tolist()] == expected


@given(position, position)
def test_a_line_covers_the_truncated_samples(start: Position, end: Position) -> None:
    assert as_set(line_pixels([start, end])) == sampled(start, end)


@given(st.lists(position, min_size=2, max_size=6))
def test_a_pen_covers_each_of_its_segments(path: list[Position]) -> None:
    expected = set().union(*(sampled(a, b) for a, b in pairwise(path)))
    assert as_set(pen_pixels(path)) == expected


def test_a_line_goes_straight_from_the_first_to_the_last_position() -> None:
    assert as_set(line_pixels([(0, 0), (50, 90), (4, 0)])) == {(k, 0) for k in range(5)}


@given(position)
@pytest.mark.parametrize("cover", [pen_pixels, line_pixels, rectangle_pixels, lasso_pixels])
def test_one_position_covers_its_pixel_with_every_tool(cover, where: Position) -> None:
    assert as_set(cover([where])) == {where}


@pytest.mark.parametrize("cover", [pen_pixels, line_pixels, rectangle_pixels, lasso_pixels])
def test_repeated_positions_cover_their_pixel(cover) -> None:
    assert as_set(cover([(3, 4), (3, 4), (3, 4)])) == {(3, 4)}


@pytest.mark.parametrize("cover", [pen_pixels, line_pixels, rectangle_pixels, lasso_pixels])
def test_no_position_covers_nothing(cover) -> None:
    assert len(cover(np.empty((0, 2)))) == 0


@given(st.lists(position, min_size=1, max_size=5))
def test_a_rectangle_includes_both_ends_whatever_lies_between(path: list[Position]) -> None:
    (x0, y0), (x1, y1) = path[0], path[-1]
    columns, rows = range(min(x0, x1), max(x0, x1) + 1), range(min(y0, y1), max(y0, y1) + 1)
    found = rectangle_pixels(path)
    assert len(found) == len(columns) * len(rows)
    assert as_set(found) == {(x, y) for x in columns for y in rows}


def test_a_rectangle_over_the_whole_window_is_quick() -> None:
    started = time.perf_counter()
    pixels = rectangle_pixels([(0, 0), (1439, 984)]).pixels
    assert pixels.shape == (1_418_400, 2)
    assert time.perf_counter() - started < 0.5


def test_a_lasso_covers_the_inside_and_the_outline() -> None:
    square = as_set(lasso_pixels([(2, 2), (6, 2), (6, 6), (2, 6)]))
    assert square == {(x, y) for x in range(2, 7) for y in range(2, 7)}


def test_a_lasso_leaves_out_what_it_encircles_twice() -> None:
    ring = [(0, 0), (20, 0), (20, 20), (0, 20), (0, 0), (5, 5), (15, 5), (15, 15), (5, 15), (5, 5)]
    assert (10, 10) not in as_set(lasso_pixels(ring))
    assert (2, 10) in as_set(lasso_pixels(ring))


def crossings_to_the_right(path: list[Position], x: float, y: float) -> int:
    count = 0
    for (x0, y0), (x1, y1) in zip(path, path[1:] + path[:1], strict=True):
        if (y0 <= y) != (y1 <= y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            count += 1
    return count


@given(st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)), min_size=3, max_size=8))
def test_a_lasso_is_the_outline_and_what_it_encloses(path: list[Position]) -> None:
    outline = as_set(pen_pixels([*path, path[0]]))
    every = {(x, y) for x in range(26) for y in range(26)}
    enclosed = {(x, y) for x, y in every if crossings_to_the_right(path, x, y) % 2}
    assert as_set(lasso_pixels(path)) == outline | enclosed


def test_values_under_pixels_beside_the_image_are_left_out() -> None:
    image = np.arange(12).reshape(3, 4)
    assert PixelBox(-2, -2, 0, 0).values_in(image).tolist() == [0]
    assert PixelBox(3, 2, 9, 9).values_in(image).tolist() == [11]
    assert PixelList(np.array([[-1, 0], [1, 1], [4, 0]], np.int32)).values_in(image).tolist() == [5]


def test_pixels_do_not_repeat() -> None:
    back_and_forth = pen_pixels([(0, 0), (9, 3), (0, 0)]).pixels
    assert len(np.unique(back_and_forth, axis=0)) == len(back_and_forth)
