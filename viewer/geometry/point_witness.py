"""What frames tell about each other where there is no mesh: the points of some, seen by another's camera."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.expected_view import NEAR_ENOUGH, ExpectedView, points_view
from viewer.model.camera import Camera
from viewer.model.frames import FrameId

MEMORY = 256 << 20  # bytes for the points of all frames
BYTES_PER_POINT = 16
FINEST_STEP = 4
MOST_WITNESSES = 6
PROBES = 200
"""Points of every frame that are tried to find out which frames see the same."""
LEAST_OVERLAP = 0.08
"""A witness must show at least this share of its points to the frame in question."""


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """Every `step`-th pixel of a frame, from the first: where it lies and what it shows."""

    step: int
    grid: NDArray[np.float32]  # (h, w, 3) world units, NaN = nothing there
    objects: NDArray[np.int32]  # (h, w)

    @property
    def there(self) -> NDArray[np.bool_]:
        """(h, w) where there is a point."""
        return np.asarray(np.isfinite(self.grid).all(axis=2))

    def distances(self, camera: Camera, step: int) -> NDArray[np.float64] | None:
        """World units from a camera to every `step`-th pixel's point; None when those were not kept."""
        if step % self.step:
            return None
        every = slice(None, None, step // self.step)
        return np.asarray(np.linalg.norm(self.grid[every, every] - camera.position, axis=2))


def sketch_step(frame_count: int, size: tuple[int, int]) -> int:
    """Every how many-th pixel can be kept of so many frames."""
    whole = frame_count * size[0] * size[1] * BYTES_PER_POINT
    return max(FINEST_STEP, int(np.ceil(np.sqrt(whole / MEMORY))))


def sketch_of(positions: NDArray[np.floating], objects: NDArray[np.int32], step: int) -> Sketch:
    """The sketch of images (H, W, 3) and (H, W)."""
    return Sketch(step, positions[::step, ::step].astype(np.float32), objects[::step, ::step].copy())


class PointWitness:
    """All frames' sketches, and the question what a camera should see by them."""

    def __init__(self, sketches: dict[FrameId, Sketch]) -> None:
        self.sketches = sketches
        self._frames = [frame for frame, sketch in sketches.items() if sketch.there.any()]
        probes = [_some(sketches[f].grid[sketches[f].there], PROBES) for f in self._frames]
        self._probes = np.concatenate(probes) if probes else np.empty((0, 3), np.float32)
        self._owner = np.repeat(np.arange(len(probes)), [len(some) for some in probes])

    def neighbours(self, frame: FrameId, camera: Camera, own_distance: NDArray[np.floating]) -> list[FrameId]:
        """The other frames whose points this camera sees most of, the best first."""
        if not len(self._probes):
            return []
        pixels, depth = camera.project(self._probes)
        with np.errstate(invalid="ignore"):
            x, y = np.rint(pixels[:, 0]), np.rint(pixels[:, 1])
            inside = (depth > 0) & (x >= 0) & (x < camera.lens.width) & (y >= 0) & (y < camera.lens.height)
        rows = np.flatnonzero(inside)
        away = np.linalg.norm(self._probes[rows] - camera.position, axis=1)
        shown = own_distance[y[rows].astype(np.int64), x[rows].astype(np.int64)]
        rows = rows[~(away > NEAR_ENOUGH * shown)]
        seen = np.bincount(self._owner[rows], minlength=len(self._frames))
        total = np.maximum(np.bincount(self._owner, minlength=len(self._frames)), 1)
        order = np.argsort(-seen / total, kind="stable")
        best = [self._frames[k] for k in order if seen[k] >= LEAST_OVERLAP * total[k]]
        return [other for other in best if other != frame][:MOST_WITNESSES]

    def view(
        self, camera: Camera, witnesses: list[FrameId], own_distance: NDArray[np.floating]
    ) -> ExpectedView | None:
        """What the camera should see by the points of some frames."""
        if not witnesses:
            return None
        chosen = [self.sketches[frame] for frame in witnesses]
        points = np.concatenate([sketch.grid[sketch.there] for sketch in chosen])
        objects = np.concatenate([sketch.objects[sketch.there] for sketch in chosen])
        return points_view(camera, points, objects, own_distance)


def _some(points: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    return points[np.linspace(0, len(points) - 1, min(count, len(points))).astype(np.int64)]
