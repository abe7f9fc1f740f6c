"""A growing set of points, at most one per voxel and object: the mean of everything that fell into it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer.model.points import PointSet

KEY_BITS = 64
MAX_AXIS_BITS = 20
FIRST_CAPACITY = 1 << 18
UNKNOWN_COLOR = 128
UP = np.array([0.0, 0.0, 1.0], np.float32)

# What is summed over the pixels of a voxel, one float32 column each.
COUNT = slice(0, 1)
POSITION = slice(1, 4)  # about the origin
COLOR_COUNT = slice(4, 5)
COLOR = slice(5, 8)
NORMAL = slice(8, 11)
COLUMNS = 11
# And these two where residuals are asked for.
RESIDUAL_COUNT = slice(11, 12)
RESIDUAL = slice(12, 13)


class VoxelGrid:
    """Points about `origin`, thinned to one per voxel and object.

    The points keep the order in which their voxels were first met, until the grid is coarsened.
    """

    def __init__(
        self,
        origin: NDArray[np.float64],
        voxel: float,
        *,
        object_count: int,
        largest_object: int,
        with_residuals: bool = False,
    ) -> None:
        self.origin = np.asarray(origin, np.float64)
        self.voxel = voxel  # world units
        self.object_count = object_count
        # Objects are keyed as id + 1; what is left of the 64 bits is shared by the three axes.
        self._axis_bits = min(MAX_AXIS_BITS, (KEY_BITS - (largest_object + 2).bit_length()) // 3)
        self._has_colors = False
        self._has_normals = False
        self._has_residuals = with_residuals
        self._columns = RESIDUAL.stop if with_residuals else COLUMNS
        self._clear()

    def _clear(self) -> None:
        self._count = 0
        self._keys: NDArray[np.uint64] = np.empty(0, np.uint64)  # ascending
        self._rows: NDArray[np.int64] = np.empty(0, np.int64)  # row of the arrays below, for every key
        self._objects: NDArray[np.int32] = np.empty(0, np.int32)
        self._sums: NDArray[np.float32] = np.empty((0, self._columns), np.float32)

    def __len__(self) -> int:
        return self._count

    @property
    def reach(self) -> float:
        """How far from the origin a point may lie along an axis, world units."""
        return self.voxel * float(1 << (self._axis_bits - 1))

    @property
    def extent(self) -> float:
        """How far from the origin the farthest point lies along an axis, world units."""
        return float(np.abs(self._positions()).max(initial=0))

    def add(
        self,
        positions: NDArray[np.float32],
        objects: NDArray[np.int32],
        colors: NDArray[np.uint8] | None,
        normals: NDArray[np.float32] | None,
        residuals: NDArray[np.float32] | None = None,
    ) -> int:
        """Take in finite points (n, 3) about the origin with their objects (n,), colors and normals (n, 3).

        A normal or a residual (n,) that is not finite counts as none. Returns how many points were left
        out, being out of reach.
        """
        cells = np.floor(positions / np.float32(self.voxel))
        inside = np.asarray((np.abs(cells + 0.5) < (1 << (self._axis_bits - 1))).all(axis=1))
        if not inside.all():
            cells, positions, objects = cells[inside], positions[inside], objects[inside]
            colors = None if colors is None else colors[inside]
            normals = None if normals is None else normals[inside]
            residuals = None if residuals is None else residuals[inside]
        keys, cell_of_point, cell_objects = self._group(cells, objects)
        sums = np.zeros((len(keys), self._columns), np.float32)
        sums[:, COUNT] = np.bincount(cell_of_point, minlength=len(keys))[:, None]
        sums[:, POSITION] = _sums(cell_of_point, positions, len(keys))
        if colors is not None:
            self._has_colors = True
            sums[:, COLOR_COUNT] = sums[:, COUNT]
            sums[:, COLOR] = _sums(cell_of_point, colors, len(keys))
        if normals is not None:
            self._has_normals = True
            known = np.asarray(np.isfinite(normals).all(axis=1))
            sums[:, NORMAL] = _sums(cell_of_point, np.where(known[:, None], normals, 0), len(keys))
        if residuals is not None and self._has_residuals:
            measured = np.isfinite(residuals)
            both = np.stack([measured, np.where(measured, residuals, 0)], axis=1)
            sums[:, RESIDUAL_COUNT.start : RESIDUAL.stop] = _sums(cell_of_point, both, len(keys))
        self._merge(keys, cell_objects, sums)
        return len(inside) - len(positions)

    def coarsen(self, factor: float) -> None:
        """Make the voxels larger by a factor >= 1 and merge what then falls into one."""
        objects, old_sums = self._objects[: self._count], self._sums[: self._count]
        self.voxel *= factor
        cells = np.floor(self._positions() / np.float32(self.voxel))
        keys, cell_of_point, cell_objects = self._group(cells, objects)
        sums = _sums(cell_of_point, old_sums, len(keys))
        self._clear()
        self._merge(keys, cell_objects, sums)

    def points(self) -> PointSet:
        """The points so far, as a copy that later additions do not touch.

        A point that no color image shows is grey; one that no normal image shows faces up.
        """
        sums = self._sums[: self._count]
        colors = normals = residuals = None
        if self._has_colors:
            colors = np.rint(sums[:, COLOR] / np.maximum(sums[:, COLOR_COUNT], 1)).astype(np.uint8)
            colors[sums[:, COLOR_COUNT][:, 0] == 0] = UNKNOWN_COLOR
        if self._has_normals:
            normals = sums[:, NORMAL].copy()
            length = np.linalg.norm(normals, axis=1, keepdims=True)
            known = length > 1e-6
            normals /= np.where(known, length, 1)
            normals = np.where(known, normals, UP)
        if self._has_residuals:
            measured = sums[:, RESIDUAL_COUNT][:, 0]
            residuals = np.where(measured > 0, sums[:, RESIDUAL][:, 0] / np.maximum(measured, 1), np.nan)
        return PointSet(
            positions=self._positions(),
            origin=self.origin,
            object_of_point=self._objects[: self._count].copy(),
            object_count=self.object_count,
            colors=colors,
            normals=normals,
            residuals=residuals,
        )

    def _positions(self) -> NDArray[np.float32]:
        sums = self._sums[: self._count]
        return np.asarray(sums[:, POSITION] / sums[:, COUNT])

    def _group(
        self, cells: NDArray[np.float32], objects: NDArray[np.int32]
    ) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int32]]:
        """Ascending distinct keys (k,) of points by cell (n, 3) and object; which key each point has, (n,);
        the object of each key, (k,).
        """
        half = 1 << (self._axis_bits - 1)
        keys = (objects + 1).astype(np.uint64)
        for axis in range(3):
            keys <<= np.uint64(self._axis_bits)
            keys |= (cells[:, axis].astype(np.int64) + half).astype(np.uint64)
        order = np.argsort(keys)
        ordered = keys[order]
        is_first = np.ones(len(keys), np.bool_)
        is_first[1:] = ordered[1:] != ordered[:-1]
        group = np.empty(len(keys), np.int64)
        group[order] = np.cumsum(is_first) - 1
        return ordered[is_first], group, objects[order[is_first]]

    def _merge(self, keys: NDArray[np.uint64], objects: NDArray[np.int32], sums: NDArray[np.float32]) -> None:
        """Take in the sums of ascending, distinct keys."""
        at = np.searchsorted(self._keys, keys)
        known = np.zeros(len(keys), np.bool_)
        if len(self._keys):
            known = np.asarray(self._keys[np.minimum(at, len(self._keys) - 1)] == keys)
        fresh = ~known
        old_rows = self._rows[at[known]]
        self._sums[old_rows] += sums[known]

        start, self._count = self._count, self._count + int(fresh.sum())
        self._make_room(self._count)
        self._objects[start : self._count] = objects[fresh]
        self._sums[start : self._count] = sums[fresh]
        self._keys = np.insert(self._keys, at[fresh], keys[fresh])
        self._rows = np.insert(self._rows, at[fresh], np.arange(start, self._count))

    def _make_room(self, rows: int) -> None:
        if rows > len(self._objects):
            more = max(FIRST_CAPACITY, rows + rows // 2) - len(self._objects)
            self._objects = np.concatenate([self._objects, np.zeros(more, np.int32)])
            self._sums = np.concatenate([self._sums, np.zeros((more, self._columns), np.float32)])


def _sums(
    group: NDArray[np.int64], values: NDArray[np.floating] | NDArray[np.uint8], groups: int
) -> NDArray[np.float32]:
    """Sum of values (n, c) per group, (groups, c); added in row order and in double precision."""
    total = np.empty((groups, values.shape[1]), np.float32)
    for column in range(values.shape[1]):
        total[:, column] = np.bincount(group, values[:, column], groups)
    return total
