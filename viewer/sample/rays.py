"""Casting many rays at triangles. One scene may be used by several threads at once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.embree_build import TriangleTree
from viewer.model.vertices import shareable

Floats = NDArray[np.floating]
"""Of 32 bits, for speed."""
Ints = NDArray[np.int64]

Columns = TypeVar("Columns", bound=Any)

NO_FACE = -1
LIFT = 1e-3
"""Metres by which rays start above a surface, so that they do not hit it again."""


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """What each ray meets first."""

    face: Ints  # (N,), -1 = nothing
    u: Floats  # (N,) weight of the face's second corner
    v: Floats  # (N,) weight of its third
    distance: Floats  # (N,) in lengths of the direction

    @property
    def is_hit(self) -> NDArray[np.bool_]:
        return self.face >= 0


def joined(parts: list[Columns]) -> Columns:
    """One dataclass of arrays from several, row after row."""
    names = [field.name for field in fields(parts[0])]
    whole: Columns = type(parts[0])(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in names)
    )
    return whole


class RayTarget:
    """Triangles that rays are cast at; front and back count alike."""

    def __init__(self, positions: NDArray[np.floating], faces: NDArray[np.integer]) -> None:
        # A quarter of a million triangles take half a second, in which a window is to answer.
        self._tree = TriangleTree(shareable(positions), np.ascontiguousarray(faces, np.int32))

    def first_hits(self, origins: Floats, directions: Floats) -> Hits:
        result = self._tree.run(_rows(origins), _rows(directions), output=True)
        face = result["primID"].astype(np.int64)
        return Hits(face, result["u"], result["v"], result["tfar"])

    def first_faces(self, origins: Floats, directions: Floats) -> Ints:
        """Only the face each ray meets first."""
        return np.asarray(self._tree.run(_rows(origins), _rows(directions)), np.int64)

    def is_blocked(
        self, origins: Floats, directions: Floats, distances: Floats | None = None
    ) -> NDArray[np.bool_]:
        """Whether anything stands on each ray, up to a distance when given."""
        far = None if distances is None else np.ascontiguousarray(distances, np.float32)
        found = self._tree.run(_rows(origins), _rows(directions), dists=far, query="OCCLUDED")
        return np.asarray(found >= 0)


def _rows(array: Floats) -> Floats:
    return np.ascontiguousarray(array, np.float32)


def unit(vectors: Floats) -> Floats:
    """The vectors (N, 3) at length 1."""
    length = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return np.asarray(vectors / np.maximum(length, np.float32(1e-12))[:, None])


def dot(a: Floats, b: Floats) -> Floats:
    """Row by row."""
    return np.asarray(np.einsum("ij,ij->i", a, b))


def tangents(normals: Floats) -> tuple[Floats, Floats]:
    """Two unit vectors that make a right-handed frame with each unit normal.

    Source: Duff et al., "Building an Orthonormal Basis, Revisited" (2017).
    """
    x, y, z = normals[:, 0], normals[:, 1], normals[:, 2]
    sign = np.where(z >= 0, np.float32(1), np.float32(-1))
    a = -1 / (sign + z)
    b = x * y * a
    first = np.stack([1 + sign * x * x * a, sign * b, -sign * x], axis=1)
    second = np.stack([b, sign + y * y * a, -y], axis=1)
    return first, second
