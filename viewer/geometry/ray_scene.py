"""Rays against a mesh: which face is the first one seen along each.

The engine is embree in its default mode with float32 vertices in world coordinates, for that gives the very
faces the original annotation tool finds; another engine, or coordinates about another origin, would decide
differently where surfaces touch or are seen edge-on.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.embree_build import TriangleTree
from viewer.jobs.cores import core_count
from viewer.jobs.job import Progress
from viewer.jobs.precedence import step_back
from viewer.model.camera import Camera
from viewer.model.clip_box import ClipBox
from viewer.model.mesh import NO_OBJECT, Mesh, face_counts
from viewer.model.run_length import RunLengthArray
from viewer.model.vertices import finite_rows, shareable

MISS = -1
RAYS_PER_BATCH = 1 << 16
"""Bounds the memory of a full-window stroke: about 5 MB for each batch in work."""
THREADS = min(4, core_count())
SMALL_SHARE = 0.25
FEW_FACES = 1 << 21
"""When no more than this share or number of the faces is visible, a tree of just these is cast into.

It costs a third of a second a million, once for what is visible, and is exact. Larger meshes let rays go on
behind what is hidden, and so behind a visible surface in the very same place.
"""
STEP_PAST = 1e-6
"""Fraction of its distance by which a ray goes on behind a hidden surface it has hit."""


class RayScene:
    """A mesh prepared for casting rays. Immutable, and safe to use from several threads."""

    def __init__(self, mesh: Mesh) -> None:
        vertices, faces, kept = _finite_part(mesh)
        self._face_id = kept  # None: as in the mesh
        self.owners = mesh.owners
        self.object_count = mesh.object_count
        self._owners = mesh.owners if kept is None else RunLengthArray.of(mesh.owners.dense()[kept])
        self._face_counts = face_counts(self._owners, mesh.object_count)  # of no object first
        self._tree = _tree(vertices, faces)
        self._part: tuple[bytes, _Part] | None = None

    @classmethod
    def build(cls, mesh: Mesh, progress: Progress | None = None) -> RayScene:
        """Prepare a mesh; for worker threads: 0.4 s a million triangles."""
        if progress is not None:
            progress.step(0, 0, "Preparing the mesh for picking")
        scene = cls(mesh)
        if progress is not None:
            progress.check()
        return scene

    def first_hits(
        self,
        origin: NDArray[np.floating],
        directions: NDArray[np.floating],
        visible: NDArray[np.bool_] | None = None,
        clip: ClipBox | None = None,
    ) -> NDArray[np.int64]:
        """(N,) face ids, -1 where nothing is hit, of rays from one origin (3,) along unit directions (N, 3).

        `visible` is (O,): rays pass through the objects where it is False, and through what lies outside
        `clip`. Faces of no object are hit like others.
        """
        eye = np.asarray(origin, np.float32)
        rays = np.ascontiguousarray(directions, np.float32)
        part = None if visible is None or visible.all() else self._visible_part(visible)
        starts = range(0, len(rays), RAYS_PER_BATCH)

        def cast(start: int) -> NDArray[np.int64]:
            return self._cast(eye, rays[start : start + RAYS_PER_BATCH], part, clip)

        if len(starts) <= 1:
            return cast(0)
        with ThreadPoolExecutor(THREADS, "rays", step_back) as pool:
            return np.concatenate(list(pool.map(cast, starts)))

    def distances(
        self, origin: NDArray[np.floating], directions: NDArray[np.floating]
    ) -> NDArray[np.float32]:
        """(N,) how far the first face is along unit directions (N, 3) from one origin (3,); inf for none."""
        if self._tree is None:
            return np.full(len(directions), np.inf, np.float32)
        eye = np.asarray(origin, np.float32)
        rays = np.ascontiguousarray(directions, np.float32)
        found = self._tree.run(np.broadcast_to(eye, rays.shape), rays, output=1)
        return np.where(found["primID"] >= 0, found["tfar"], np.float32(np.inf))

    def object_hits(
        self,
        camera: Camera,
        pixels: NDArray[np.integer],
        visible: NDArray[np.bool_] | None = None,
        clip: ClipBox | None = None,
    ) -> NDArray[np.int32]:
        """(N,) the object seen at each pixel (N, 2), -1 for none; computed batch by batch."""
        return self.objects_of(self._pixel_hits(camera, pixels, visible, clip))

    def first_point(
        self, origin: NDArray[np.floating], direction: NDArray[np.floating]
    ) -> NDArray[np.float64] | None:
        """Where (3,) a ray first meets the mesh, world units; None where it meets nothing."""
        face = int(self.first_hits(origin, np.asarray(direction)[None])[0])
        if self._tree is None or face < 0:
            return None
        row = face if self._face_id is None else int(np.searchsorted(self._face_id, face))
        a, b, c = self._tree.vertices[self._tree.faces[row]].astype(np.float64)
        normal = np.cross(b - a, c - a)
        facing = float(normal @ direction)
        return None if facing == 0 else np.asarray(origin + direction * (normal @ (a - origin)) / facing)

    def objects_in_box(
        self,
        camera: Camera,
        box: tuple[int, int, int, int],
        visible: NDArray[np.bool_] | None = None,
        clip: ClipBox | None = None,
    ) -> NDArray[np.int64]:
        """Ascending ids of the objects seen in a box of pixels: left, top, right, bottom, all included."""
        left, top, right, bottom = box
        width = right - left + 1
        rows_per_batch = max(1, RAYS_PER_BATCH // max(width, 1))
        eye = np.asarray(camera.position, np.float32)
        part = None if visible is None or visible.all() else self._visible_part(visible)
        starts = range(top, bottom + 1, rows_per_batch)

        def cast(start: int) -> NDArray[np.bool_]:
            rows = np.arange(start, min(start + rows_per_batch, bottom + 1))
            rays = grid_rays(camera, np.arange(left, right + 1), rows)
            return self._seen(self._cast(eye, rays, part, clip))

        if len(starts) <= 1:
            seen = [cast(start) for start in starts]
        else:
            with ThreadPoolExecutor(THREADS, "rays", step_back) as pool:
                seen = list(pool.map(cast, starts))
        return np.flatnonzero(np.logical_or.reduce(seen)) if seen else np.empty(0, np.int64)

    def objects_along(
        self,
        camera: Camera,
        pixels: NDArray[np.integer],
        visible: NDArray[np.bool_] | None = None,
        clip: ClipBox | None = None,
        most_layers: int = 256,
    ) -> NDArray[np.int64]:
        """Ascending ids of every object that any of the pixels' rays passes through, seen or not."""
        found = np.zeros(self.object_count, np.bool_)
        wanted = np.ones(self.object_count, np.bool_) if visible is None else visible.copy()
        for _ in range(most_layers):
            hits = self._pixel_hits(camera, pixels, wanted, clip)
            seen = self._seen(hits)
            if not seen.any():
                break
            pixels = pixels[hits >= 0]
            found |= seen
            wanted &= ~seen
        return np.flatnonzero(found)

    def objects_of(self, faces: NDArray[np.int64]) -> NDArray[np.int32]:
        """(N,) the object of each face, -1 for a miss."""
        if not len(self.owners):
            return np.full(len(faces), NO_OBJECT, np.int32)
        # a click must not cost time proportional to the mesh
        return np.where(faces >= 0, self.owners.take(faces), np.int32(NO_OBJECT))

    def _pixel_hits(
        self,
        camera: Camera,
        pixels: NDArray[np.integer],
        visible: NDArray[np.bool_] | None,
        clip: ClipBox | None,
    ) -> NDArray[np.int64]:
        return self.first_hits(camera.position, pixel_rays(camera, pixels), visible, clip)

    def _seen(self, hits: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(O,) which objects own one of the faces."""
        seen = np.zeros(self.object_count + 1, np.bool_)
        seen[self.owners.take(hits[hits >= 0])] = True  # -1, no object, lands in the last place
        return seen[:-1]

    def _visible_part(self, visible: NDArray[np.bool_]) -> _Part:
        """The faces to be hit. The answer depends on the mask alone, so that a stroke repeats exactly."""
        key = np.packbits(visible).tobytes()
        known = self._part
        if known is not None and known[0] == key:
            return known[1]
        # rays do not pass through faces of no object
        shown = np.append(True, visible)
        part = _Part(self._tree, None, ~np.append(visible, True))
        few = max(SMALL_SHARE * len(self._owners), FEW_FACES)
        if self._tree is not None and self._face_counts @ shown <= few:
            chosen = np.flatnonzero(np.append(visible, True)[self._owners.dense()])
            part = _Part(_tree(self._tree.vertices, self._tree.faces[chosen]), chosen, None)
        self._part = key, part
        return part

    def _cast(
        self, eye: NDArray[np.float32], rays: NDArray[np.float32], part: _Part | None, clip: ClipBox | None
    ) -> NDArray[np.int64]:
        tree = self._tree if part is None else part.tree
        if tree is None or not len(rays):
            return np.full(len(rays), MISS, np.int64)
        if (part is None or part.is_hidden is None) and clip is None:
            hits = tree.run(np.broadcast_to(eye, rays.shape), rays).astype(np.int64)
        else:
            is_hidden = None if part is None else part.is_hidden
            hits = _cast_past(tree, eye, rays, self._owners, is_hidden, clip)
        hits = _renamed(hits, None if part is None else part.face_id)
        return _renamed(hits, self._face_id)


def _finite_part(
    mesh: Mesh,
) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int64] | None]:
    """`shareable` vertices, the faces whose corners are finite, and which ones these are; None = all."""
    vertices = shareable(mesh.vertices)
    finite = finite_rows(vertices)
    if finite.all():
        return vertices, mesh.faces, None
    kept = np.flatnonzero(np.asarray(finite[mesh.faces].all(axis=1)))
    return shareable(np.where(finite[:, None], vertices, np.float32(0))), mesh.faces[kept], kept


def _renamed(hits: NDArray[np.int64], face_id: NDArray[np.int64] | None) -> NDArray[np.int64]:
    return hits if face_id is None else np.where(hits >= 0, face_id[hits], np.int64(MISS))


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """What of a scene can be hit: a tree of its own, or the whole one with objects to pass through."""

    tree: TriangleTree | None
    face_id: NDArray[np.int64] | None  # of each face of `tree`; None = the same
    is_hidden: NDArray[np.bool_] | None  # (O + 1,), the last for faces of no object; None = none is


def _tree(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> TriangleTree | None:
    return TriangleTree(vertices, faces) if len(faces) else None


def _cast_past(
    tree: TriangleTree,
    eye: NDArray[np.float32],
    rays: NDArray[np.float32],
    owners: RunLengthArray,
    is_hidden: NDArray[np.bool_] | None,
    clip: ClipBox | None,
) -> NDArray[np.int64]:
    """First hits when some objects, or what lies outside a box, must be passed through.

    `owners` (F,) are the objects of the faces.
    """
    hits = np.full(len(rays), MISS, np.int64)
    near = np.zeros(len(rays))
    far = np.full(len(rays), np.inf)
    if clip is not None:
        near, far = _clip_range(eye, rays, clip)
    open_rays = np.flatnonzero(near <= far)
    last = np.full(len(rays), MISS, np.int64)
    step = np.full(len(rays), STEP_PAST)
    while len(open_rays):
        directions = rays[open_rays]
        start = near[open_rays]
        origins = (eye + start[:, None] * directions).astype(np.float32)
        found = tree.run(origins, directions, output=1)
        face = found["primID"].astype(np.int64)
        distance = start + found["tfar"]
        inside = (face >= 0) & (distance <= far[open_rays])
        passes = np.zeros(len(face), np.bool_) if is_hidden is None else inside & is_hidden[owners.take(face)]
        final = inside & ~passes
        hits[open_rays[final]] = face[final]
        open_rays, face, distance = open_rays[passes], face[passes], distance[passes]
        # The same face again: the step was lost in rounding, so take a longer one.
        again = last[open_rays] == face
        step[open_rays] = np.where(again, 4 * step[open_rays], STEP_PAST)
        last[open_rays] = face
        near[open_rays] = distance + step[open_rays] * np.maximum(distance, 1.0)
    return hits


def _clip_range(
    eye: NDArray[np.float32], rays: NDArray[np.float32], clip: ClipBox
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(N,) distances at which each ray enters and leaves a box; enters after leaving when it misses it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = 1.0 / rays.astype(np.float64)
        a, b = (clip.low - eye) * inverse, (clip.high - eye) * inverse
    # 0/0: the ray runs in the plane of a side, which bounds nothing.
    low = np.nan_to_num(np.fmin(a, b), nan=-np.inf, posinf=np.inf, neginf=-np.inf)
    high = np.nan_to_num(np.fmax(a, b), nan=np.inf, posinf=np.inf, neginf=-np.inf)
    return np.maximum(low.max(axis=1), 0.0), high.min(axis=1)


def pixel_rays(camera: Camera, pixels: NDArray[np.integer]) -> NDArray[np.float32]:
    """(N, 3) unit directions through pixel centres (N, 2): computed in float64, rounded at the end."""
    rays = np.empty((len(pixels), 3), np.float32)
    for start in range(0, len(pixels), RAYS_PER_BATCH):
        part = slice(start, start + RAYS_PER_BATCH)
        _fill_rays(rays[part], camera, pixels[part, 0], pixels[part, 1])
    return rays


def grid_rays(camera: Camera, columns: NDArray[np.integer], rows: NDArray[np.integer]) -> NDArray[np.float32]:
    """(R * C, 3) the rays of `pixel_rays` for every pixel of a grid, row by row."""
    rays = np.empty((len(rows), len(columns), 3), np.float32)
    _fill_rays(rays, camera, columns[None, :], rows[:, None])
    return rays.reshape(-1, 3)


def _fill_rays(
    rays: NDArray[np.float32], camera: Camera, x: NDArray[np.integer], y: NDArray[np.integer]
) -> None:
    """Write unit directions (..., 3) through the pixels (x, y), of shapes that make up (...) together."""
    homogeneous = camera.world_from_cam[:3, :3] @ camera.lens.ray_from_pixel
    x, y = x.astype(np.float64), y.astype(np.float64)
    # one component after the other: numpy is slow at rows of three
    parts = [x * along_x + y * along_y + ahead for along_x, along_y, ahead in homogeneous]
    length = np.sqrt(parts[0] * parts[0] + parts[1] * parts[1] + parts[2] * parts[2])
    for k, part in enumerate(parts):
        np.divide(part, length, out=part)
        rays[..., k] = part
