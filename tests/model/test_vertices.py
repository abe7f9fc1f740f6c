"""What is kept of vertices, and that embree may read it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.model.vertices import (
    finite_bounds,
    finite_rows,
    kept_form,
    kept_of_blocks,
    robust_bounds,
    shareable,
)

PLACES = np.random.default_rng(3).uniform(-5, 5, (50, 3))


def room_behind(kept: np.ndarray) -> int:
    """Bytes of the same memory that follow the last vertex."""
    owner = kept.base
    assert isinstance(owner, np.ndarray)
    return int(owner.ctypes.data + owner.nbytes - kept.ctypes.data - kept.nbytes)


def test_what_is_kept_is_shared_and_not_copied_once_more() -> None:
    kept = kept_form(PLACES)
    assert room_behind(kept) >= 4
    kept.flags.writeable = False
    assert shareable(kept) is kept
    assert np.shares_memory(shareable(kept[:20]), kept)  # what follows them is there, too


@pytest.mark.parametrize(
    "without_room",
    [PLACES.astype(np.float32), PLACES, np.asfortranarray(PLACES), np.zeros((9, 4), np.float32)[:, :3]],
    ids=["nothing behind", "float64", "by columns", "with gaps"],
)
def test_arrays_that_embree_may_not_read_are_copied(without_room: np.ndarray) -> None:
    copy = shareable(without_room)
    assert not np.shares_memory(copy, without_room)
    assert copy.flags.c_contiguous
    assert room_behind(copy) >= 4
    assert np.array_equal(copy, without_room.astype(np.float32))


@pytest.mark.parametrize(("away", "kind"), [(30, np.float32), (50, np.float64)])
def test_rounding_goes_as_far_as_nobody_can_see_it(away: float, kind: type) -> None:
    assert kept_form(PLACES + away).dtype == kind


def test_no_vertices_are_no_trouble() -> None:
    assert kept_form(np.empty((0, 3))).shape == (0, 3)
    assert kept_form(np.full((2, 3), np.nan)).shape == (2, 3)


@given(
    count=st.integers(0, 1500),
    holes=st.lists(st.tuples(st.integers(0, 1499), st.sampled_from([np.nan, np.inf, -np.inf])), max_size=4),
    is_strided=st.booleans(),
)
def test_bounds_are_those_of_every_finite_point(
    count: int, holes: list[tuple[int, float]], is_strided: bool
) -> None:
    points = np.random.default_rng(count).normal(size=(count, 3)) * (1, 10, 100)
    for row, value in holes:
        points[row : row + 1, row % 3] = value
    points = np.asfortranarray(points) if is_strided else points
    finite = np.isfinite(points).all(axis=1)
    low, high = finite_bounds(points)
    assert finite_rows(points).tolist() == finite.tolist()
    wanted = points[finite] if finite.any() else np.zeros((1, 3))
    np.testing.assert_array_equal([low, high], [wanted.min(axis=0), wanted.max(axis=0)])


def test_far_clutter_does_not_count_as_the_scene() -> None:
    points = np.random.default_rng(0).uniform(-1, 1, (20_000, 3))
    points[:20] = 1e5
    bounds = robust_bounds(points)
    assert bounds is not None
    assert (bounds[1] < 2).all()


def test_points_without_coordinates_have_no_bounds() -> None:
    assert robust_bounds(np.full((5, 3), np.nan)) is None
    found = robust_bounds(np.array([[np.nan, 0, 0], [1, 2, 3], [np.inf, 1, 1]], np.float32))
    assert found is not None
    assert found[0].tolist() == found[1].tolist() == [1, 2, 3]


@given(st.integers(0, 40), st.integers(1, 9), st.sampled_from([0.0, 3.0, 1e6, np.nan, np.inf, -1e19]))
def test_vertices_in_blocks_are_kept_as_all_of_them_are(count: int, rows: int, odd: float) -> None:
    vertices = np.random.default_rng(count).normal(size=(count, 3))
    vertices[count // 2 : count // 2 + 1, 1] += odd
    blocks = (vertices[start : start + rows] for start in range(0, count, rows))

    kept = kept_of_blocks(blocks, count, 1e18)

    if kept is None:
        at_once = kept_form(vertices) if count else vertices
        assert at_once.dtype == np.float64 or not np.abs(vertices).max() <= 1e18
    else:
        assert shareable(kept) is kept
        assert np.array_equal(kept, kept_form(vertices))
        assert np.isfinite(kept).all()


@pytest.mark.parametrize("count", [1, 2, 3, 10, 1001])
def test_room_is_taken_between_numpys_percentiles(count: int) -> None:
    points = np.random.default_rng(count).normal(size=(count, 3))
    bounds = robust_bounds(points)
    assert bounds is not None
    low, high = np.percentile(points, [0.5, 99.5], axis=0)
    margin = 0.25 * (high - low) + 1e-9
    near = points[((points >= low - margin) & (points <= high + margin)).all(axis=1)]
    assert np.allclose(bounds, (near.min(axis=0), near.max(axis=0)))
