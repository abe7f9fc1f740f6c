"""Triangle shapes that furniture is made of.

Flat-sided ones are here, turned and swept ones in `curves`, soft ones in `cloth`.

Lengths are metres, z is up. Texture coordinates are metres too, so that wood grain and weave keep their size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Point = Sequence[float]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """Triangles with a normal and a texture coordinate at every vertex."""

    positions: Floats  # (N, 3)
    normals: Floats  # (N, 3) unit
    uvs: Floats  # (N, 2)
    faces: NDArray[np.int64]  # (T, 3), counter-clockwise seen from outside

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Shape:
        return replace(self, positions=self.positions + np.array([x, y, z]))

    def turned(self, axis: str, degrees: float) -> Shape:
        """Rotated about a world axis through the origin."""
        rotation = rotation_about(axis, degrees)
        return replace(self, positions=self.positions @ rotation.T, normals=self.normals @ rotation.T)

    def scaled(self, x: float, y: float, z: float) -> Shape:
        """Stretched; a negative factor mirrors and keeps the outside outside."""
        factors = np.array([x, y, z])
        normals = self.normals / factors
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        faces = self.faces if factors.prod() > 0 else self.faces[:, ::-1]
        return Shape(self.positions * factors, normals, self.uvs, faces)

    def with_uvs(self, uvs: Floats) -> Shape:
        return replace(self, uvs=uvs)

    def fitted_uvs(self, first: int, second: int) -> Shape:
        """Texture coordinates 0..1 over the extent along two axes: for pictures and carpets."""
        low, size = self.positions.min(axis=0), np.maximum(np.ptp(self.positions, axis=0), 1e-9)
        unit = (self.positions - low) / size
        return replace(self, uvs=unit[:, [first, second]])

    def aligned(self, direction: ArrayLike) -> Shape:
        """Turned so that its z axis points along a direction."""
        rotation = rotation_to(direction)
        return replace(self, positions=self.positions @ rotation.T, normals=self.normals @ rotation.T)


def rotation_about(axis: str, degrees: float) -> Floats:
    """(3, 3) rotation about the x, y or z axis."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrices = {
        "x": [[1, 0, 0], [0, c, -s], [0, s, c]],
        "y": [[c, 0, s], [0, 1, 0], [-s, 0, c]],
        "z": [[c, -s, 0], [s, c, 0], [0, 0, 1]],
    }
    return np.array(matrices[axis], np.float64)


def rotation_to(direction: ArrayLike) -> Floats:
    """(3, 3) rotation that takes +z to a direction."""
    z = np.asarray(direction, np.float64)
    z = z / np.linalg.norm(z)
    helper = np.array([1.0, 0, 0]) if abs(z[0]) < 0.9 else np.array([0, 1.0, 0])
    x = np.cross(helper, z)
    x /= np.linalg.norm(x)
    return np.stack([x, np.cross(z, x), z], axis=1)


def join(*shapes: Shape) -> Shape:
    """One shape of several."""
    offsets = np.cumsum([0] + [len(shape.positions) for shape in shapes[:-1]])
    return Shape(
        np.concatenate([shape.positions for shape in shapes]),
        np.concatenate([shape.normals for shape in shapes]),
        np.concatenate([shape.uvs for shape in shapes]),
        np.concatenate([shape.faces + offset for shape, offset in zip(shapes, offsets, strict=True)]),
    )


@lru_cache(maxsize=256)
def grid_faces(rows: int, columns: int) -> NDArray[np.int64]:
    """Two triangles per cell of a rows x columns grid of vertices; outside is where rows x columns points."""
    corner = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    right, below = corner + 1, corner + columns
    lower = np.stack([corner, below, right], axis=1)
    upper = np.stack([right, below, below + 1], axis=1)
    return np.stack([lower, upper], axis=1).reshape(-1, 3)


def smooth_normals(positions: Floats, faces: NDArray[np.int64]) -> Floats:
    """Unit normals averaged over all faces around a place, also across seams of equal positions."""
    a, b, c = (positions[faces[:, k]] for k in range(3))
    face_normals = np.cross(b - a, c - a)
    _, place = np.unique(np.round(positions, 6), axis=0, return_inverse=True)
    place = place.reshape(-1)
    total = np.zeros((place.max() + 1, 3))
    for k in range(3):
        np.add.at(total, place[faces[:, k]], face_normals)
    normals = total[place]
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    # Where faces cancel out, as on the edge of a folded sheet, any direction will do.
    return np.where(length > 1e-12, normals / np.maximum(length, 1e-12), [0.0, 0.0, 1.0])


def surface(points: Floats, uvs: Floats | None = None) -> Shape:
    """A smooth sheet through a grid of points (R, C, 3); texture coordinates follow arc length."""
    rows, columns = points.shape[:2]
    if uvs is None:
        along = np.linalg.norm(np.diff(points, axis=0), axis=2).mean(axis=1)
        across = np.linalg.norm(np.diff(points, axis=1), axis=2).mean(axis=0)
        v, u = np.concatenate([[0], np.cumsum(along)]), np.concatenate([[0], np.cumsum(across)])
        uvs = np.stack(np.broadcast_arrays(u[None, :], v[:, None]), axis=2)
    positions, faces = points.reshape(-1, 3), grid_faces(rows, columns)
    return Shape(positions, smooth_normals(positions, faces), uvs.reshape(-1, 2).copy(), faces)


def _face_axes(axis: int) -> tuple[int, int]:
    """The two axes of a box face, in the order that makes the face normal point along +axis."""
    return (axis + 1) % 3, (axis + 2) % 3


def _uv_shift(axis: int, sign: int) -> Floats:
    """Keeps the six sides of a box from showing the same piece of a texture."""
    return np.array([0.37 * axis, 0.61 * (axis + sign)])


_BOX_SIGNS = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2
_BOX_QUADS = np.arange(24).reshape(6, 4)
_BOX_FACES = np.concatenate([_BOX_QUADS[:, [0, 1, 2]], _BOX_QUADS[:, [0, 2, 3]]])


def box(size: Point, at: Point = (0, 0, 0)) -> Shape:
    """A sharp box standing on `at`, the middle of its bottom face. Grain runs along the longer side."""
    extent = np.asarray(size, np.float64)
    positions, normals, uvs = np.zeros((24, 3)), np.zeros((24, 3)), np.empty((24, 2))
    for number, (axis, sign) in enumerate((axis, sign) for axis in range(3) for sign in (1, -1)):
        i, j = _face_axes(axis)
        rows = slice(4 * number, 4 * number + 4)
        square = _BOX_SIGNS if sign > 0 else _BOX_SIGNS[::-1]
        positions[rows, axis] = sign * extent[axis] / 2
        positions[rows, i], positions[rows, j] = square[:, 0] * extent[i], square[:, 1] * extent[j]
        normals[rows, axis] = sign
        grain = [i, j] if extent[i] >= extent[j] else [j, i]
        uvs[rows] = positions[rows][:, grain] + _uv_shift(axis, sign)
    return Shape(positions + np.array([at[0], at[1], at[2] + extent[2] / 2]), normals, uvs, _BOX_FACES)


def _rounded_steps(half: float, radius: float, segments: int, cells: int) -> tuple[Floats, Floats, Floats]:
    """Along one axis of a rounded box: inner coordinate, slope of the normal, and arc length."""
    angles = np.linspace(0, np.pi / 4, segments + 1)
    inner = half - radius
    flat = np.linspace(-inner, inner, cells + 1)
    inner_steps = np.concatenate([np.full(segments, -inner), flat, np.full(segments, inner)])
    slope = np.concatenate([-np.tan(angles[:0:-1]), np.zeros(cells + 1), np.tan(angles[1:])])
    arc = np.concatenate([-inner - radius * angles[:0:-1], flat, inner + radius * angles[1:]])
    return inner_steps, slope, arc


def rounded_box(
    size: Point,
    radius: float,
    at: Point = (0, 0, 0),
    segments: int = 1,
    cells: tuple[int, int, int] = (1, 1, 1),
) -> Shape:
    """A box with rounded edges, standing on `at`; `cells` subdivides its flat parts along x, y and z."""
    width, depth, height = (float(side) for side in size)
    body = _rounded_box((width, depth, height), min(radius, 0.499 * min(size)), segments, cells)
    return body.moved(at[0], at[1], at[2] + height / 2)


@lru_cache(maxsize=1024)
def _rounded_box(
    size: tuple[float, float, float], radius: float, segments: int, cells: tuple[int, int, int]
) -> Shape:
    """The same about the origin. Chairs, keys and slats repeat, hence the cache."""
    extent = np.array(size)
    steps = [_rounded_steps(extent[k] / 2, radius, segments, cells[k]) for k in range(3)]
    parts = []
    for axis in range(3):
        i, j = _face_axes(axis)
        (inner_i, slope_i, arc_i), (inner_j, slope_j, arc_j) = steps[i], steps[j]
        shape = (len(inner_i), len(inner_j))
        for sign in (1, -1):
            normal = np.zeros((*shape, 3))
            normal[..., axis], normal[..., i], normal[..., j] = sign, slope_i[:, None], slope_j[None, :]
            normal /= np.linalg.norm(normal, axis=2, keepdims=True)
            place = normal * radius
            place[..., axis] += sign * (extent[axis] / 2 - radius)
            place[..., i] += inner_i[:, None]
            place[..., j] += inner_j[None, :]
            u, v = np.broadcast_arrays(arc_i[:, None], arc_j[None, :])
            grain = (u, v) if extent[i] >= extent[j] else (v, u)
            uvs = np.stack(grain, axis=2).reshape(-1, 2) + _uv_shift(axis, sign)
            faces = grid_faces(*shape)
            faces = faces if sign > 0 else faces[:, ::-1]
            parts.append(Shape(place.reshape(-1, 3), normal.reshape(-1, 3), uvs, faces))
    return join(*parts)


def extrude(outline: ArrayLike, height: float, at: Point = (0, 0, 0)) -> Shape:
    """A convex outline (N, 2), counter-clockwise, raised by a height."""
    ring = np.asarray(outline, np.float64)
    count = len(ring)
    following = np.roll(ring, -1, axis=0)
    edge = following - ring
    out = np.stack([edge[:, 1], -edge[:, 0]], axis=1) / np.linalg.norm(edge, axis=1, keepdims=True)
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(edge, axis=1))])
    sides = np.zeros((count, 4, 3))
    sides[:, 0, :2], sides[:, 1, :2], sides[:, 2, :2], sides[:, 3, :2] = ring, following, following, ring
    sides[:, 2:, 2] = height
    side_normals = np.zeros((count, 4, 3))
    side_normals[..., :2] = out[:, None]
    side_uvs = np.stack([along[:-1], along[1:], along[1:], along[:-1]], axis=1)[..., None]
    side_uvs = np.concatenate([side_uvs, sides[..., 2:]], axis=2)
    quads = np.arange(count * 4).reshape(count, 4)
    walls = Shape(
        sides.reshape(-1, 3),
        side_normals.reshape(-1, 3),
        side_uvs.reshape(-1, 2),
        np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]),
    )
    fan = np.stack([np.zeros(count - 2, np.int64), np.arange(1, count - 1), np.arange(2, count)], axis=1)
    flat = np.column_stack([ring, np.zeros(count)])
    bottom = Shape(flat, np.tile([0.0, 0, -1], (count, 1)), ring.copy(), fan[:, ::-1])
    top = Shape(flat + np.array([0, 0, height]), np.tile([0.0, 0, 1], (count, 1)), ring.copy(), fan)
    return join(walls, bottom, top).moved(*at)


def quad(corners: ArrayLike, cell: float = 0.0) -> Shape:
    """A flat four-sided patch, corners counter-clockwise; split into cells of a given length when asked."""
    a, b, c, d = np.asarray(corners, np.float64)
    width, height = float(np.linalg.norm(b - a)), float(np.linalg.norm(d - a))
    columns = max(1, round(width / cell)) if cell else 1
    rows = max(1, round(height / cell)) if cell else 1
    s = np.linspace(0, 1, rows + 1)[:, None, None]
    t = np.linspace(0, 1, columns + 1)[None, :, None]
    points = (1 - s) * ((1 - t) * a + t * b) + s * ((1 - t) * d + t * c)
    normal = np.cross(b - a, d - a)
    normal /= np.linalg.norm(normal)
    uvs = np.concatenate(np.broadcast_arrays(t * width, s * height), axis=2)
    count = (rows + 1) * (columns + 1)
    faces = grid_faces(rows + 1, columns + 1)[:, ::-1]
    return Shape(points.reshape(-1, 3), np.tile(normal, (count, 1)), uvs.reshape(-1, 2).copy(), faces)
