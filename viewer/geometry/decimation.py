"""A mesh with fewer triangles, by the original annotation tool's rule.

Triangles are taken away at random, without replacement: the chance of one halves with every half-life of
area and, where that is wanted, doubles with every half-life of distance from the eye. What is left stays
exactly as it was, so surfaces get holes. The draws are the tool's own: where double precision leaves no
choice, the very same triangles go.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.errors import ViewerError
from viewer.geometry.uniform_draws import UniformDraws
from viewer.jobs.job import Progress
from viewer.model.mesh import BLOCK_FACES, Mesh

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SEED = 0
MOST_ROUNDS = 20
"""The tool draws with replacement, drops what comes twice, and tries again so often before it gives up."""
DRAWS_AT_ONCE = 1 << 20
"""Bounds memory and the time until cancelling; sorted, so that each search begins near the last."""


@dataclass(frozen=True, slots=True)
class DecimationRule:
    """How much may stay, and what goes first. Areas and lengths are in world units."""

    most_vertices: int = 15_000_000
    most_faces: int = 1_500_000
    area_half_life: float | None = 1.0  # None: whatever the area
    distance_half_life: float | None = None  # None: whatever the distance; the tool suggests 50

    def is_kept_by(self, mesh: Mesh) -> bool:
        """True when nothing needs to be taken away."""
        return len(mesh.vertices) <= self.most_vertices and len(mesh.faces) <= self.most_faces


def kept_faces(mesh: Mesh, rule: DecimationRule, eye: Floats, progress: Progress) -> Flags:
    """(F,) True for the faces that stay; `eye` (3,) in world units.

    Deterministic. Faces that are not finite stay, as they are never drawn. For worker threads: about half a
    second a million triangles. Raises ViewerError when the rule finds too few that it may take away,
    Cancelled when asked to stop.
    """
    keep = np.ones(len(mesh.faces), np.bool_)
    if rule.is_kept_by(mesh):
        return keep
    weights = _face_weights(mesh, rule, eye, progress.part(0, 30, 100))
    surplus = len(mesh.vertices) - rule.most_vertices
    if surplus > 0:
        removed = _choose(_vertex_weights(mesh, weights), surplus, "vertices", progress.part(30, 60, 100))
        for part in _blocks(len(mesh.faces)):
            progress.check()
            keep[part] = ~removed[mesh.faces[part]].any(axis=1)
        weights[~keep] = 0
    surplus = int(np.count_nonzero(keep)) - rule.most_faces
    if surplus > 0:
        keep &= ~_choose(weights, surplus, "triangles", progress.part(60, 100, 100))
    return keep


def with_faces(mesh: Mesh, keep: Flags) -> Mesh:
    """Some of the faces, in their order, and no vertex that none of them uses."""
    faces = mesh.faces[keep]
    used = np.zeros(len(mesh.vertices), np.bool_)
    for column in faces.T:
        used[column] = True
    place = np.cumsum(used, dtype=np.int32) - np.int32(1)
    return Mesh(mesh.vertices[used], place[faces], mesh.owners.dense()[keep], mesh.object_count)


def vertex_count(mesh: Mesh, keep: Flags) -> int:
    """How many vertices some faces use."""
    used = np.zeros(len(mesh.vertices), np.bool_)
    for part in _blocks(len(mesh.faces)):
        used[mesh.faces[part][keep[part]]] = True
    return int(np.count_nonzero(used))


def _blocks(count: int) -> Iterator[slice]:
    return (slice(start, start + BLOCK_FACES) for start in range(0, count, BLOCK_FACES))


def _face_weights(mesh: Mesh, rule: DecimationRule, eye: Floats, progress: Progress) -> Floats:
    """(F,) how likely each face is to go, the likeliest 1; only ratios count."""
    weights = np.zeros(len(mesh.faces))
    vertices = mesh.exact_vertices()
    finite = np.asarray(np.isfinite(vertices).all(axis=1))
    if not finite.all():
        vertices = np.where(finite[:, None], vertices, 0)
    far = None
    if rule.distance_half_life is not None:
        far = np.sqrt(((vertices - eye) ** 2).sum(axis=1)) / rule.distance_half_life
    for part in _blocks(len(weights)):
        progress.step(part.start, len(weights), "Measuring triangles")
        faces, doublings = mesh.faces[part], weights[part]
        if far is not None:
            doublings += far[faces].min(axis=1)
        if rule.area_half_life is not None:
            doublings -= _areas(*(vertices[column] for column in faces.T)) / rule.area_half_life
        doublings[~finite[faces].all(axis=1)] = -np.inf
    # taken relative to the likeliest: powers of large areas and distances leave the range of numbers
    likeliest = weights.max()
    if np.isfinite(likeliest):
        weights -= likeliest
    return np.asarray(np.exp2(weights, out=weights))


def _areas(a: Floats, b: Floats, c: Floats) -> Floats:
    x, y, z = (b - a).T
    u, v, w = (c - a).T
    return np.asarray(0.5 * np.sqrt((y * w - z * v) ** 2 + (z * u - x * w) ** 2 + (x * v - y * u) ** 2))


def _vertex_weights(mesh: Mesh, face_weights: Floats) -> Floats:
    """(V,) that of the least likely face at each vertex; 0 for vertices without faces."""
    weights = np.full(len(mesh.vertices), np.inf)
    for part in _blocks(len(mesh.faces)):
        for column in mesh.faces[part].T:
            np.minimum.at(weights, column, face_weights[part])
    weights[np.isinf(weights)] = 0
    return weights


def _choose(weights: Floats, count: int, what: str, progress: Progress) -> Flags:
    """(N,) True for `count` elements drawn without replacement; their weights (N,) become 0."""
    chosen = np.zeros(len(weights), np.bool_)
    draws = UniformDraws(SEED)
    left = count
    for _ in range(MOST_ROUNDS):
        possible = int(np.count_nonzero(weights))
        if possible < left:
            left -= possible
            break
        progress.step(count - left, count, f"Choosing {what} to leave out")
        total = weights.sum()
        reached = np.cumsum(weights)
        reached /= total
        for start in range(0, left, DRAWS_AT_ONCE):
            progress.check()
            drawn = draws.next(min(DRAWS_AT_ONCE, left - start))
            drawn.sort()
            found = np.searchsorted(reached, drawn, side="right")
            chosen[found[found < len(chosen)]] = True
        weights[chosen] = 0
        left = count - int(np.count_nonzero(chosen))
        if not left:
            return chosen
    raise ViewerError(
        f"{count:,} {what} would have to go, and only {count - left:,} are likely enough to",
        hint="raise the half-life of the area, lower that of the distance, or let more stay",
    )
