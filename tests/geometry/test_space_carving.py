from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from viewer.errors import Cancelled, ViewerError
from viewer.geometry.ray_scene import RayScene
from viewer.geometry.space_carving import Carving, carve, carving_box, even_directions, joined_leaves
from viewer.geometry.surface_samples import surface_voxels
from viewer.jobs.job import Progress, Step
from viewer.model.mesh import Mesh
from viewer.model.octomap import FREE, KEY_ORIGIN, OCCUPIED, UNKNOWN, LeafIndex, Octomap, voxels_of

VOXEL = 0.25
QUADS = np.array([[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]])


def _mesh(*boxes: tuple[list[float], list[float]]) -> Mesh:
    """The surfaces of boxes between two corners."""
    vertices, faces = [], []
    for low, high in boxes:
        corner = np.array([[k & 1, k >> 1 & 1, k >> 2] for k in range(8)])
        faces.append(QUADS[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3) + 8 * len(vertices))
        vertices.append(np.array(low) + corner * (np.array(high) - low))
    count = sum(map(len, faces))
    return Mesh(np.concatenate(vertices), np.concatenate(faces), np.zeros(count, np.int32), 1)


ROOM = ([0.1, 0.1, 0.1], [4.1, 3.1, 2.6])
CUPBOARD = ([1.6, 1.1, 0.1], [2.3, 1.8, 1.4])


def _carving(starts: list[list[float]], *, extent: float = 8.0, **more: float) -> Carving:
    low, high = carving_box(np.array(starts), np.full(3, extent))
    options = {"rays": 64 * 64, "iterations": 3, **more}
    return Carving(np.array(starts), low, high, VOXEL, **options)  # type: ignore[arg-type]


def _states(octomap: Octomap, places: object) -> list[int]:
    return LeafIndex(octomap).states_at(np.array(places, float)).tolist()


def test_a_closed_room_is_free_inside_occupied_around_and_unknown_outside() -> None:
    carved = carve(_mesh(ROOM, CUPBOARD), _carving([[0.7, 0.7, 1.5]]), Progress.silent())
    inside, wall, outside, in_cupboard = [3.5, 2.5, 2.0], [4.1, 2.0, 1.0], [4.6, 2.0, 1.0], [1.95, 1.45, 0.7]
    assert _states(carved.octomap, [inside, wall, outside, in_cupboard]) == [FREE, OCCUPIED, UNKNOWN, UNKNOWN]
    assert (carved.used_starts, carved.blocked_starts) == (1, 0)


def test_the_bounds_are_the_centres_of_the_outermost_free_voxels() -> None:
    octomap = carve(_mesh(ROOM), _carving([[0.7, 0.7, 1.5]]), Progress.silent()).octomap
    free = octomap.coarsened(16)
    rows = np.flatnonzero(~free.occupied)
    low = free.lows[rows].min(axis=0) + VOXEL / 2
    high = (free.lows[rows] + free.sizes[rows, None]).max(axis=0) - VOXEL / 2
    assert octomap.free_space_min is not None
    assert octomap.free_space_max is not None
    assert np.allclose(octomap.free_space_min, low)
    assert np.allclose(octomap.free_space_max, high)


def test_equal_seeds_carve_equal_octomaps_and_others_do_not() -> None:
    def leaves(seed: int) -> list[list[int]]:
        few = _carving([[0.7, 0.7, 1.5]], rays=20 * 20, seed=seed)
        octomap = carve(_mesh(ROOM, CUPBOARD), few, Progress.silent()).octomap
        return np.column_stack([octomap.keys, octomap.depths, octomap.occupied]).tolist()

    assert leaves(1) == leaves(1)
    assert leaves(1) != leaves(2)


def test_a_start_in_an_occupied_voxel_moves_to_where_the_longest_rays_lead() -> None:
    beside_the_wall = [0.15, 1.5, 1.3]
    carved = carve(_mesh(ROOM), _carving([beside_the_wall], iterations=1), Progress.silent())
    assert _states(carved.octomap, [beside_the_wall, [3.0, 1.5, 1.3]]) == [OCCUPIED, FREE]
    assert _states(carved.octomap, [[-0.6, 1.5, 1.3]]) == [UNKNOWN]


def test_a_start_without_a_way_out_is_left_out_and_counted() -> None:
    brick = ([3.6, 2.6, 0.6], [3.7, 2.7, 0.7])  # its inside is within one voxel
    carved = carve(_mesh(ROOM, brick), _carving([[0.7, 0.7, 1.5], [3.65, 2.65, 0.65]]), Progress.silent())
    assert (carved.used_starts, carved.blocked_starts) == (1, 1)


def test_no_free_space_at_all_is_explained() -> None:
    brick = ([3.6, 2.6, 0.6], [3.7, 2.7, 0.7])
    with pytest.raises(ViewerError, match="no free space was found"):
        carve(_mesh(brick), _carving([[3.65, 2.65, 0.65]]), Progress.silent())


def test_starts_farther_apart_than_the_extent_are_refused() -> None:
    with pytest.raises(ViewerError, match=r"span 0 x 9 x 0 units, more than the extent of 8 x 8 x 8"):
        _carving([[0, 0, 0], [0, 9, 0]])


@pytest.mark.parametrize(
    ("voxel", "sentence"),
    [(1e-4, "reaches farther from the origin than 32,768 voxels"), (0.0012, "more than fit into memory")],
)
def test_too_many_voxels_are_refused_before_any_work(voxel: float, sentence: str) -> None:
    box = np.full(3, -4.0), np.full(3, 4.0)
    with pytest.raises(ViewerError, match=sentence):
        carve(_mesh(ROOM), Carving(np.ones((1, 3)), *box, voxel), Progress.silent())


def test_carving_tells_how_far_it_is_and_stops_when_asked() -> None:
    steps: list[Step] = []

    def report(step: Step) -> None:
        steps.append(step)
        if step.text.endswith("start 2 of 2"):
            progress.cancel()

    progress = Progress(report)
    with pytest.raises(Cancelled):
        carve(_mesh(ROOM), _carving([[0.7, 0.7, 1.5], [3.7, 2.7, 1.5]]), progress)
    shares = [step.done / step.total for step in steps]
    assert shares == sorted(shares)
    assert len({step.total for step in steps}) == 1


# against the rules, ray by ray


def _ray_voxels(origin: NDArray[np.float64], end: NDArray[np.float64], voxel: float) -> list[tuple[int, ...]]:
    """The voxels of a ray but for the one it ends in, as OctoMap's `computeRayKeys` lists them."""
    at, last = (voxels_of(p[None], voxel)[0].tolist() for p in (origin, end))
    if at == last:
        return []
    found = [tuple(at)]
    length = float(np.linalg.norm(end - origin))
    direction = (end - origin) / length
    step = np.sign(direction).astype(int)
    nearest, gap = [np.inf] * 3, [np.inf] * 3
    for axis in range(3):
        if step[axis]:
            border = (at[axis] - KEY_ORIGIN + 0.5 + step[axis] * 0.5) * voxel
            nearest[axis] = (border - origin[axis]) / direction[axis]
            gap[axis] = voxel / abs(direction[axis])
    while True:
        axis = (
            (0 if nearest[0] < nearest[2] else 2)
            if nearest[0] < nearest[1]
            else (1 if nearest[1] < nearest[2] else 2)
        )
        at[axis] += step[axis]
        nearest[axis] += gap[axis]
        if at == last or min(nearest) > length:
            return found
        found.append(tuple(at))


def test_one_place_frees_what_a_walk_ray_by_ray_frees() -> None:
    mesh, start = _mesh(ROOM, CUPBOARD), np.array([[0.7, 0.8, 1.5]], np.float32).astype(np.float64)
    carving = _carving(start.tolist(), iterations=1, rays=30 * 30)
    octomap = carve(mesh, carving, Progress.silent()).octomap
    box = voxels_of(np.stack([carving.low, carving.high]), VOXEL)
    occupied = {tuple(v) for batch in _surfaces(mesh, carving) for v in batch.tolist()}
    expected: set[tuple[int, ...]] = set()
    rays = even_directions(30 * 30)
    for ray, reach in zip(rays, RayScene(mesh).distances(start[0], rays).astype(float), strict=True):
        for voxel in _ray_voxels(
            start[0], start[0] + ray * min(reach, np.linalg.norm(carving.high - carving.low)), VOXEL
        ):
            inside = all(a <= v <= b for a, v, b in zip(*(box[0], voxel, box[1]), strict=True))
            if not inside or voxel in occupied:
                break
            expected.add(voxel)
    assert _voxels(octomap, occupied=False) == expected
    assert _voxels(octomap, occupied=True) == occupied


def _surfaces(mesh: Mesh, carving: Carving) -> list[NDArray[np.int64]]:
    return list(surface_voxels(mesh, carving.low, carving.high, carving.voxel, Progress.silent()))


def _voxels(octomap: Octomap, *, occupied: bool) -> set[tuple[int, ...]]:
    found: set[tuple[int, ...]] = set()
    for key, depth, is_occupied in zip(
        octomap.keys.astype(int), octomap.depths, octomap.occupied, strict=True
    ):
        if is_occupied == occupied:
            edge = 1 << (16 - int(depth))
            offsets = np.stack(np.meshgrid(*[np.arange(edge)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
            found |= {tuple(row) for row in (key + offsets).tolist()}
    return found


triangle = st.lists(st.tuples(*[st.floats(-2, 2).map(lambda x: round(x, 2))] * 3), min_size=3, max_size=3)


@settings(deadline=None, max_examples=60)
@example([(0.0, 0.0, 0.0), (0.1, 0.1, 0.1), (1.7, 1.7, 1.7)])
@example([(1.0, 1.91, 0.0), (0.0, -0.38, 0.0), (1.0, 1.91, 0.0)])
@given(triangle)
def test_surfaces_are_sampled_on_the_grid_of_each_face(corners: list[tuple[float, float, float]]) -> None:
    v = np.array(corners)
    mesh = Mesh(v, np.array([[0, 1, 2]]), np.zeros(1, np.int32), 1)
    low, high = np.full(3, -1.5), np.full(3, 1.5)
    found = {
        tuple(row)
        for batch in surface_voxels(mesh, low, high, VOXEL, Progress.silent())
        for row in batch.tolist()
    }
    sure, possible = _sampled(v, low, high)
    assert sure <= found <= possible


def _sampled(
    v: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
) -> tuple[set[tuple[int, ...]], set[tuple[int, ...]]]:
    """Voxels that sampling must give, and those it may give where a sample lies on an edge."""
    keys = voxels_of(v, VOXEL)
    if not ((v >= low) & (v <= high)).all(axis=1).any():
        return set(), set()
    if (keys == keys[0]).all():
        return {tuple(keys[0].tolist())}, {tuple(keys[0].tolist())}
    middle = v.mean(axis=0)
    sure, possible = [], []
    (sure if ((middle > low + 1e-9) & (middle < high - 1e-9)).all() else possible).append(middle)
    z = np.cross(v[0] - middle, v[1] - middle)
    if np.linalg.norm(z) > 1e-9:
        x = (v[0] - middle) / np.linalg.norm(v[0] - middle)
        y = np.cross(z / np.linalg.norm(z), x)
        flat = np.stack([(v - middle) @ x, (v - middle) @ y], axis=1)
        basis = np.stack([flat[1] - flat[0], flat[2] - flat[0]], axis=1)
        spacing = VOXEL / 4
        n = int(6 / spacing)
        grid = (
            np.stack(np.meshgrid(np.arange(-n, n + 1), np.arange(-n, n + 1)), axis=-1).reshape(-1, 2)
            * spacing
        )
        weights = np.linalg.solve(basis, (grid - flat[0]).T).T
        least = np.minimum(weights.min(axis=1), 1 - weights.sum(axis=1))
        places = middle + grid @ np.stack([x, y])
        margin = np.minimum(places - low, high - places).min(axis=1)
        sure += list(places[(least > 1e-7) & (margin > 1e-7)])
        possible += list(places[(least > -1e-7) & (margin > -1e-7)])
    nudges = np.array([[a, b, c] for a in (-1, 0, 1) for b in (-1, 0, 1) for c in (-1, 0, 1)]) * 1e-6
    near = np.array([*sure, *possible]).reshape(-1, 1, 3) + nudges
    all_keys = voxels_of(near.reshape(-1, 3), VOXEL)
    stable = {
        tuple(group[0].tolist())
        for group in voxels_of((np.array(sure).reshape(-1, 1, 3) + nudges).reshape(-1, 3), VOXEL).reshape(
            -1, 27, 3
        )
        if (group == group[0]).all()
    }
    return stable, {tuple(row) for row in all_keys.tolist()}


# joining


@settings(deadline=None, max_examples=80)
@given(st.integers(0, 2**32 - 1), st.tuples(*[st.integers(1, 9)] * 3), st.tuples(*[st.integers(0, 40)] * 3))
def test_joined_leaves_say_of_every_voxel_what_the_block_does(
    seed: int, shape: tuple[int, int, int], first: tuple[int, int, int]
) -> None:
    random = np.random.default_rng(seed)
    states = np.kron(random.integers(0, 3, shape), np.ones((2, 2, 2), int)).astype(np.uint8)
    states[random.random(states.shape) < 0.02] = 1
    keys, depths, kinds = joined_leaves(states, np.array(first))
    octomap = Octomap(1.0, keys, depths, kinds == 2)
    places = np.argwhere(states >= 0)
    found = LeafIndex(octomap).leaves_of(places + first)
    told = np.where(found < 0, 0, np.append(kinds, 0)[found])
    assert np.array_equal(told, states[tuple(places.T)])
    assert np.exp2(3 * (16 - depths)).sum() == np.count_nonzero(states)
    parents = {}
    for key, depth, kind in zip(keys.tolist(), depths.tolist(), kinds.tolist(), strict=True):
        edge = 2 << (16 - depth)
        parents.setdefault((depth, *(k // edge for k in key)), []).append(kind)
    assert not any(len(kinds) == 8 and len(set(kinds)) == 1 for kinds in parents.values())


def test_directions_are_unit_and_even() -> None:
    rays = even_directions(5000)
    assert np.allclose(np.linalg.norm(rays, axis=1), 1)
    assert np.abs(rays.mean(axis=0)).max() < 1e-3
    nearest = np.sort(rays @ rays[2500])[-2]
    assert np.degrees(np.arccos(nearest)) < 3
