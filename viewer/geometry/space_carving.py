"""Occupied, free and unknown space of a mesh, found as the dataset's own octomaps were.

Space is occupied where a surface passes. Rays from start positions carve free space out of what is unknown,
up to the first surface; then from places drawn at random within the free space found so far. The rules are
those of the Hypersim toolkit's octomap generator; its result depends on random draws, and so does this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.errors import ViewerError
from viewer.geometry.ray_scene import THREADS, RayScene
from viewer.geometry.surface_samples import surface_voxels
from viewer.jobs.job import Progress
from viewer.model.mesh import Mesh
from viewer.model.octomap import KEY_ORIGIN, TREE_DEPTH, Octomap, morton, voxels_of

Floats = NDArray[np.float64]

POOLED_RAYS = 50
"""A direction is only as open as the least open of so many around it: no start slips out through a hole."""
PERTURBATION = 0.25
"""Step along a ray on the way out of a surface, in voxels."""
MOST_VOXELS = 1 << 30
_UNKNOWN, _FREE, _OCCUPIED, _OUTSIDE = range(4)
_RAYS_PER_BATCH = 1 << 15  # keeps the arrays of a batch in the processor's cache
_DRAWS = 256
_MOST_DRAWS = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Carving:
    """What to carve and how; lengths in world units."""

    starts: Floats  # (S, 3)
    low: Floats  # (3,) corners of the space that is looked at
    high: Floats  # (3,)
    voxel: float
    rays: int = 512 * 512  # from every place
    iterations: int = 5  # places per start: itself, then free places at random
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Carved:
    """An octomap, and how many of the starts were of use."""

    octomap: Octomap
    used_starts: int
    blocked_starts: int
    """Starts in occupied space with no way out of it."""


def carving_box(starts: Floats, extent: Floats) -> tuple[Floats, Floats]:
    """Corners (3,) of a box of an extent (3,) whose middle is that of the starts (S, 3).

    Raises ViewerError when the starts do not fit in.
    """
    low, high = starts.min(axis=0), starts.max(axis=0)
    if (high - low > extent).any():
        raise ViewerError(
            f"the start positions span {_lengths(high - low)} units, more than the extent of "
            f"{_lengths(extent)}",
            hint="choose a larger extent",
        )
    padding = (extent - (high - low)) / 2
    return low - padding, high + padding


def carve(mesh: Mesh, carving: Carving, progress: Progress) -> Carved:
    """The octomap of a mesh with the bounds of its free space.

    Equal input gives an equal result. Raises ViewerError when no free space is found or the voxels are too
    many, Cancelled.
    """
    rounds = len(carving.starts) * carving.iterations
    total = 12 + 8 * rounds
    grid = _Grid(carving)
    progress.step(0, total, "Preparing the mesh for rays")
    scene = RayScene(mesh)
    grid.occupy(surface_voxels(mesh, grid.low, grid.high, grid.voxel, progress.part(2, 10, total)))
    progress.step(10, total, "Carving free space")
    rays = even_directions(carving.rays)
    random = np.random.default_rng(carving.seed)
    around: NDArray[np.int64] | None = None
    used = 0
    for number, start in enumerate(carving.starts):
        place: Floats | None = start
        if grid.is_occupied(start[None])[0]:
            if around is None:
                around = _neighbours(rays)
            place = _way_out(grid, start, rays, scene.distances(start, rays)[around].min(axis=1))
        if place is None:
            continue
        used += 1
        for iteration in range(carving.iterations):
            done = 10 + 8 * (number * carving.iterations + iteration)
            progress.step(done, total, f"Carving free space: start {number + 1} of {len(carving.starts)}")
            grid.carve(place, rays, scene, progress)
            if iteration + 1 < carving.iterations:
                drawn = grid.draw_free(random)
                if drawn is None:
                    break
                place = drawn
    progress.step(10 + 8 * rounds, total, "Joining voxels")
    octomap = grid.octomap()
    progress.step(total, total, "Carved")
    return Carved(octomap, used, len(carving.starts) - used)


def even_directions(count: int) -> Floats:
    """Unit vectors (count, 3) spread evenly over the sphere, on a golden-angle spiral from pole to pole."""
    turn = np.pi * (3 - np.sqrt(5)) * np.arange(count)
    z = np.linspace(1.0 / count - 1, 1 - 1.0 / count, count)
    radius = np.sqrt(1 - z * z)
    directions = np.column_stack([radius * np.cos(turn), radius * np.sin(turn), z])
    return np.asarray(directions / np.linalg.norm(directions, axis=1, keepdims=True))


def _neighbours(rays: Floats) -> NDArray[np.int64]:
    """(R, K) the rays nearest to each, itself among them."""
    from scipy.spatial import cKDTree  # the window starts without scipy

    _, nearest = cKDTree(rays, balanced_tree=False).query(
        rays, k=min(POOLED_RAYS, len(rays)), workers=THREADS
    )
    return np.asarray(nearest, np.int64).reshape(len(rays), -1)


def _way_out(grid: _Grid, start: Floats, rays: Floats, reach: NDArray[np.float32]) -> Floats | None:
    """The first place out of occupied space along the longest ray that leads to one; None without any."""
    step = PERTURBATION * grid.voxel
    longest = np.minimum(reach.astype(np.float64), grid.diagonal)
    for ray in np.argsort(-reach, kind="stable"):
        lengths = np.arange(0.0, longest[ray], step)
        places = start + lengths[:, None] * rays[ray]
        inside = ((places >= grid.low) & (places <= grid.high)).all(axis=1)
        leaves = np.flatnonzero(~inside)
        places = places[: leaves[0]] if len(leaves) else places
        open_ones = np.flatnonzero(~grid.is_occupied(places))
        if len(open_ones):
            return np.asarray(places[open_ones[0]])
    return None


class _Grid:
    """Voxels of a box, one byte each, with a layer around them that stops every ray."""

    def __init__(self, carving: Carving) -> None:
        self.low, self.high = carving.low, carving.high
        # The original takes the size in single precision; surfaces on the border between two voxels tell.
        self.voxel = float(np.float32(carving.voxel))
        self.diagonal = float(np.linalg.norm(carving.high - carving.low))
        corners = voxels_of(np.stack([carving.low, carving.high]), self.voxel)
        if (corners < 0).any():
            raise ViewerError(
                f"the space to carve reaches farther from the origin than {KEY_ORIGIN:,} voxels",
                hint="choose larger voxels or a smaller extent",
            )
        self._first = corners[0] - 1
        self._shape = tuple(int(length) for length in corners[1] - corners[0] + 3)
        if np.prod(np.array(self._shape, np.float64)) > MOST_VOXELS:
            size = " x ".join(f"{length - 2:,}" for length in self._shape)
            raise ViewerError(
                f"the space to carve has {size} voxels, more than fit into memory",
                hint="choose larger voxels or a smaller extent",
            )
        self._states = np.full(self._shape, _OUTSIDE, np.uint8)
        self._states[1:-1, 1:-1, 1:-1] = _UNKNOWN
        self._flat = self._states.reshape(-1)
        self._strides = np.array([self._shape[1] * self._shape[2], self._shape[2], 1], np.int64)

    def occupy(self, batches: Iterator[NDArray[np.int64]]) -> None:
        """Take voxels (N, 3) of the box as occupied."""
        for voxels in batches:
            self._flat[(voxels - self._first) @ self._strides] = _OCCUPIED

    def is_occupied(self, places: Floats) -> NDArray[np.bool_]:
        """(N,) for places within the box."""
        return np.asarray(self._flat[self._cells(places)] == _OCCUPIED)

    def _cells(self, places: Floats) -> NDArray[np.int64]:
        return np.asarray((voxels_of(places, self.voxel) - self._first) @ self._strides)

    def carve(self, place: Floats, rays: Floats, scene: RayScene, progress: Progress) -> None:
        """Free what is unknown along rays from a place up to the first surface or the end of the box."""
        eye = place.astype(np.float32).astype(np.float64)
        cell = int(self._cells(eye[None])[0])
        voxel = voxels_of(eye[None], self.voxel)[0] - KEY_ORIGIN

        def walk(start: int) -> None:
            if progress.is_cancelled:
                return
            part = rays[start : start + _RAYS_PER_BATCH]
            reach = np.minimum(scene.distances(place, part).astype(np.float64), self.diagonal)
            self._walk(eye, voxel, cell, part, reach)

        with ThreadPoolExecutor(THREADS, "carving") as pool:
            for _ in pool.map(walk, range(0, len(rays), _RAYS_PER_BATCH)):
                progress.check()

    def _walk(self, eye: Floats, voxel: NDArray[np.int64], cell: int, rays: Floats, reach: Floats) -> None:
        """From voxel to voxel, all rays (R, 3) at once; the voxel in which a ray ends is left as it is."""
        exits, gaps, steps = [], [], []
        with np.errstate(divide="ignore", invalid="ignore"):
            for axis in range(3):
                along = rays[:, axis]
                border = (voxel[axis] + (along > 0)) * self.voxel
                exits.append(np.where(along != 0, (border - eye[axis]) / along, np.inf))
                gaps.append(np.where(along != 0, self.voxel / np.abs(along), np.inf))
                steps.append(np.where(along > 0, self._strides[axis], -self._strides[axis]))
        cells = np.full(len(rays), cell, np.int64)
        x, y, z = exits
        while len(cells):
            end = np.minimum(np.minimum(x, y), z)
            states = self._flat[cells]
            goes_on = (end <= reach) & (states < _OCCUPIED)
            self._flat[cells[goes_on & (states == _UNKNOWN)]] = _FREE
            by_z = z == end  # through an edge or a corner, OctoMap goes along z first, then y
            by_y = (y == end) & ~by_z
            by_x = ~(by_y | by_z)
            if np.count_nonzero(goes_on) < 0.8 * len(cells):
                kept = np.flatnonzero(goes_on)
                x, y, z, cells, reach = x[kept], y[kept], z[kept], cells[kept], reach[kept]
                by_x, by_y, by_z = by_x[kept], by_y[kept], by_z[kept]
                gaps = [gap[kept] for gap in gaps]
                steps = [step[kept] for step in steps]
            else:
                reach = np.where(goes_on, reach, -1.0)  # one that has ended walks on the spot
                by_x &= goes_on
                by_y &= goes_on
                by_z &= goes_on
            x = np.where(by_x, x + gaps[0], x)
            y = np.where(by_y, y + gaps[1], y)
            z = np.where(by_z, z + gaps[2], z)
            cells = cells + np.where(by_x, steps[0], np.where(by_y, steps[1], np.where(by_z, steps[2], 0)))

    def _free_bounds(self) -> tuple[Floats, Floats] | None:
        """Centres (3,) of the lowest and the highest free voxels."""
        free = self._states == _FREE
        low, high = np.empty(3), np.empty(3)
        for axis in range(3):
            others = tuple(k for k in range(3) if k != axis)
            found = np.flatnonzero(free.any(axis=others))
            if not len(found):
                return None
            ends = found[[0, -1]] + self._first[axis] - KEY_ORIGIN
            # OctoMap tells the centre of a voxel in single precision
            low[axis], high[axis] = ((ends + 0.5) * self.voxel).astype(np.float32)
        return low, high

    def draw_free(self, random: np.random.Generator) -> Floats | None:
        """A place (3,) in free space, drawn evenly from the box around it; None when nothing is free."""
        bounds = self._free_bounds()
        if bounds is None:
            return None
        for _ in range(_MOST_DRAWS // _DRAWS):
            places = random.uniform(*bounds, (_DRAWS, 3))
            free = np.flatnonzero(self._flat[self._cells(places)] == _FREE)
            if len(free):
                return np.asarray(places[free[0]])
        return None

    def octomap(self) -> Octomap:
        """The voxels as a tree: wherever all eight parts of a cube are alike, the cube is one leaf."""
        bounds = self._free_bounds()
        if bounds is None:
            raise ViewerError(
                "no free space was found: every ray from the start positions ends where it begins",
                hint="choose other start positions or smaller voxels",
            )
        self._states[self._states == _OUTSIDE] = _UNKNOWN
        keys, depths, states = joined_leaves(self._states, self._first)
        order = np.argsort(morton(keys), kind="stable")
        return Octomap(
            float(f"{self.voxel:g}"),  # six digits, for so many does OctoMap write into its files
            keys[order].astype(np.uint16),
            depths[order].astype(np.uint8),
            states[order] == _OCCUPIED,
            *bounds,
        )


def joined_leaves(
    states: NDArray[np.uint8], first: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
    """Keys (L, 3), depths (L,) and states (L,) of the fewest leaves that say of every voxel what a block
    (X, Y, Z) does whose lowest voxel is `first`; 0 stands for no leaf.
    """
    keys, depths, found = [], [], []
    level = 0
    while states.any():
        states, first = _cropped(states, first)
        before = first & 1
        after = (before + states.shape) & 1
        padded = np.pad(states, list(zip(before, after, strict=True)))
        first = (first - before) >> 1
        parts = [padded[x::2, y::2, z::2] for x in (0, 1) for y in (0, 1) for z in (0, 1)]
        whole = parts[0] > 0
        for part in parts[1:]:
            whole &= part == parts[0]
        if TREE_DEPTH - level == 1:
            whole[:] = False
        for number, part in enumerate(parts):
            places = np.argwhere((part > 0) & ~whole)
            corner = np.array([number >> 2, number >> 1 & 1, number & 1])
            found.append(part[tuple(places.T)])
            keys.append((2 * (places + first) + corner) << level)
            depths.append(np.full(len(places), TREE_DEPTH - level))
        states = np.where(whole, parts[0], 0).astype(np.uint8)
        level += 1
    if not keys:
        return np.empty((0, 3), np.int64), np.empty(0, np.int64), np.empty(0, np.uint8)
    return np.concatenate(keys), np.concatenate(depths), np.concatenate(found)


def _cropped(
    states: NDArray[np.uint8], first: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Without empty layers around."""
    ends = []
    for axis in range(3):
        found = np.flatnonzero(states.any(axis=tuple(k for k in range(3) if k != axis)))
        ends.append((found[0], found[-1] + 1))
    return states[tuple(slice(*pair) for pair in ends)], first + np.array([pair[0] for pair in ends])


def _lengths(values: Floats) -> str:
    return " x ".join(f"{value:.4g}" for value in values)
