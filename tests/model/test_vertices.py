"""What is kept of vertices, and that embree may read it."""

from __future__ import annotations

import numpy as np
import pytest

from viewer.model.vertices import kept_form, shareable

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
