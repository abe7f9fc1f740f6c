from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from viewer.model.octomap import (
    FREE,
    KEY_ORIGIN,
    NOT_FINITE,
    OCCUPIED,
    UNKNOWN,
    LeafIndex,
    Octomap,
    keys_of_morton,
    morton,
    voxels_of,
)

RESOLUTION = 3.93701  # 0.1 m in inches, as the dataset's files have it


@st.composite
def octomaps(draw: st.DrawFn) -> Octomap:
    """Leaves of many sizes that do not overlap: a cube is split here and there."""
    leaves: list[tuple[int, int, int, int, bool]] = []
    origin = tuple(draw(st.integers(0, 4095)) * 16 for _ in range(3))

    def split(x: int, y: int, z: int, depth: int) -> None:
        kind = draw(st.sampled_from(["free", "occupied", "unknown", "inner"])) if depth > 12 else "inner"
        if kind == "inner" and depth < 16:
            half = 1 << (15 - depth)
            for child in range(8):
                if draw(st.booleans()):
                    split(
                        x + half * (child & 1),
                        y + half * (child >> 1 & 1),
                        z + half * (child >> 2),
                        depth + 1,
                    )
        elif kind in ("free", "occupied"):
            leaves.append((x, y, z, depth, kind == "occupied"))

    split(*origin, 12)
    rows = np.array(leaves, np.int64).reshape(-1, 5)
    return Octomap(RESOLUTION, rows[:, :3], rows[:, 3], rows[:, 4].astype(bool))


def _state_by_brute_force(octomap: Octomap, point: np.ndarray) -> int:
    """What the original's sampler says, leaf by leaf."""
    if not np.isfinite(point).all():
        return NOT_FINITE
    voxel = [int(np.floor(float(np.float32(c)) * (1.0 / octomap.resolution))) + KEY_ORIGIN for c in point]
    for key, depth, occupied in zip(
        octomap.keys.tolist(), octomap.depths.tolist(), octomap.occupied, strict=True
    ):
        edge = 1 << (16 - depth)
        if all(k <= v < k + edge for k, v in zip(key, voxel, strict=True)):
            return OCCUPIED if occupied else FREE
    return UNKNOWN


@settings(deadline=None, max_examples=60)
@given(octomaps(), st.randoms(use_true_random=False))
def test_samples_are_those_of_a_search_leaf_by_leaf(octomap: Octomap, random: object) -> None:
    rng = np.random.default_rng(random.randrange(1 << 30))  # type: ignore[attr-defined]
    low = octomap.lows.min(axis=0) if len(octomap.keys) else np.zeros(3)
    points = low + rng.uniform(-2, 18, (60, 3)) * RESOLUTION
    points[:20] = low + rng.integers(-1, 18, (20, 3)) * RESOLUTION  # on the borders of voxels
    points[0, 1], points[1, 2] = np.nan, np.inf
    expected = [_state_by_brute_force(octomap, point) for point in points]
    assert LeafIndex(octomap).states_at(points).tolist() == expected


def test_a_place_beyond_the_tree_is_unknown() -> None:
    octomap = Octomap(1.0, [[65535, 0, 0]], [16], [True])
    points = [[32767.5, -32768, -32768], [32768, -32768, -32768], [1e39, 0, 0], [-1e300, 0, 0]]
    assert LeafIndex(octomap).states_at(np.array(points)).tolist() == [OCCUPIED, UNKNOWN, UNKNOWN, UNKNOWN]


def test_coordinates_count_in_single_precision() -> None:
    just_below = np.array([[np.nextafter(2.0, 0.0), 0, 0]])
    assert voxels_of(just_below, 1.0)[0, 0] == KEY_ORIGIN + 2


def test_nothing_is_known_in_an_empty_tree() -> None:
    empty = Octomap(1.0, np.empty((0, 3)), np.empty(0), np.empty(0, bool))
    assert LeafIndex(empty).states_at(np.zeros((2, 3))).tolist() == [UNKNOWN, UNKNOWN]


def test_codes_of_voxels_lead_back_to_them() -> None:
    keys = np.random.default_rng(1).integers(0, 65536, (1000, 3))
    assert np.array_equal(keys_of_morton(morton(keys)), keys)


@settings(deadline=None, max_examples=60)
@given(octomaps(), st.integers(12, 16))
def test_a_coarser_tree_is_occupied_where_any_part_was(octomap: Octomap, depth: int) -> None:
    coarse = octomap.coarsened(depth)
    assert (coarse.depths <= depth).all()
    parents = LeafIndex(coarse).leaves_of(octomap.keys.astype(np.int64))
    assert (parents >= 0).all()
    assert sorted(set(parents.tolist())) == list(range(len(coarse.keys)))
    for row in range(len(coarse.keys)):
        assert coarse.occupied[row] == octomap.occupied[parents == row].any()
