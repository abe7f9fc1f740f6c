"""Which objects are drawn, and how finely when a picture may only take so many triangles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer.model.mesh import ObjectRows
from viewer.model.mesh_detail import MeshDetail
from viewer.render.frame import Frame
from viewer.render.object_table import Flag

TOLERANCES_PX = tuple(0.35 * 2 ** (k / 2) for k in range(26))
"""How far a vertex may be off in the picture, finest first; the first that is cheap enough is taken."""
SMALLEST_PX = 0.3
SMALLEST_UNSEEN_PX = 2.0
"""Objects that reach less far from their middle than this are left out of quick pictures."""
LARGEST_SHAPELESS_PX = 8.0
"""Objects that reach farther are never drawn in their very coarsest form while one sees them."""
SMALLEST_SURPRISE_PX = 12.0
"""Objects that reach farther are looked for in every picture, though the one before did not show them."""
LOOKOUT_FACES = 1 << 14
"""What may be drawn of objects that the picture before did not show, in their coarsest forms."""
NEAREST_METRES = 0.25
"""Distance from which on a nearer eye asks for no more detail."""

_THIN_FACES = 64

Ranges = tuple[NDArray[np.int64], NDArray[np.int64]]
"""First faces and how many, ascending and apart from each other."""


def rows_in_view(
    objects: ObjectRows, frame: Frame, origin: NDArray[np.float64], *, faint: bool = False
) -> NDArray[np.int64]:
    """Rows, ascending, of which something may be in the picture: of solid objects, or of faint ones."""
    wanted = objects.face_counts > 0
    hidden, glass = (frame.table.marked(flag) + 1 for flag in (Flag.HIDDEN, Flag.FAINT))
    if faint:
        is_faint = np.zeros(len(wanted), np.bool_)
        is_faint[glass[glass < len(wanted)]] = True
        wanted &= is_faint
    else:
        wanted[glass[glass < len(wanted)]] = False
    wanted[hidden[hidden < len(wanted)]] = False
    rows = np.flatnonzero(wanted)
    eye = (frame.camera.position - origin).astype(np.float32)
    low, high = objects.low[rows] - eye, objects.high[rows] - eye
    clip_from_rel = frame.clip_from_rel.T
    outside = np.zeros(len(rows), np.bool_)
    for plane in (
        clip_from_rel[3] + clip_from_rel[0],
        clip_from_rel[3] - clip_from_rel[0],
        clip_from_rel[3] + clip_from_rel[1],
        clip_from_rel[3] - clip_from_rel[1],
        clip_from_rel[3],
    ):
        farthest = np.where(plane[:3] > 0, high, low)
        outside |= farthest @ plane[:3] + plane[3] < 0
    if frame.clip is not None:
        box_low, box_high = (
            (corner - frame.camera.position).astype(np.float32)
            for corner in (frame.clip.low, frame.clip.high)
        )
        outside |= ((high < box_low) | (low > box_high)).any(axis=1)
    return rows[~outside]


def distances(
    objects: ObjectRows, rows: NDArray[np.int64], frame: Frame, origin: NDArray[np.float64]
) -> NDArray[np.float32]:
    """From the eye to the boxes around the objects of some rows, world units; 0 inside."""
    eye = (frame.camera.position - origin).astype(np.float32)
    low, high = objects.low[rows], objects.high[rows]
    return np.linalg.norm(np.maximum(np.maximum(low - eye, eye - high), 0), axis=1).astype(np.float32)


class Lookout:
    """Which objects are looked for that the picture before did not show, from picture to picture.

    Those that are large or have come into the view, at once. The rest was behind something, where most of it
    still is: a part of it in each picture, another one in the next.
    """

    def __init__(self) -> None:
        self._turn = 0
        self._was_in_view: NDArray[np.bool_] | None = None

    def choose(
        self,
        row_count: int,
        rows: NDArray[np.int64],
        unseen: NDArray[np.bool_],
        radius_px: NDArray[np.floating],
        faces: NDArray[np.int64],
    ) -> NDArray[np.bool_]:
        """(R,) which of the `rows` in view (R,) to draw, given how many `faces` each unseen one has."""
        was_in_view, self._was_in_view = self._was_in_view, np.zeros(row_count, np.bool_)
        self._was_in_view[rows] = True
        waits = unseen & (radius_px < SMALLEST_SURPRISE_PX)
        if was_in_view is not None:
            is_new = waits & ~was_in_view[rows]
            if faces[is_new].sum() <= LOOKOUT_FACES:
                waits &= ~is_new
        parts = int(faces[waits].sum()) // LOOKOUT_FACES + 1
        self._turn += 1
        return ~waits | ((rows + self._turn) % parts == 0)


def choose_levels(
    objects: ObjectRows,
    detail: MeshDetail,
    frame: Frame,
    origin: NDArray[np.float64],
    most_faces: int,
    *,
    lookout: Lookout | None = None,
    faint: bool = False,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows to draw, ascending, and the level of each: as fine as `most_faces` triangles allow.

    What the picture before did not show is drawn as coarsely as there is, and not counted: hardly any of it
    shows in the next. `lookout` says which of it is drawn at all; None = everything. Rows are of solid
    objects, or of faint ones.
    """
    rows = rows_in_view(objects, frame, origin, faint=faint)
    away = distances(objects, rows, frame, origin)
    px_per_unit = frame.pixels_per_slope / np.maximum(away, NEAREST_METRES / frame.metres_per_unit)
    radius_px = np.linalg.norm(objects.high[rows] - objects.low[rows], axis=1) / 2 * px_per_unit
    seen = np.ones(len(rows), np.bool_) if frame.seen is None else frame.seen[rows]
    wanted = radius_px >= np.where(seen, SMALLEST_PX, SMALLEST_UNSEEN_PX)
    if lookout is not None:
        wanted &= lookout.choose(len(detail.count), rows, wanted & ~seen, radius_px, detail.count[rows, -1])
    rows, px_per_unit, seen, radius_px = (of[wanted] for of in (rows, px_per_unit, seen, radius_px))
    error_px = detail.error[rows] * px_per_unit[:, None]
    count = detail.count[rows]
    within = np.arange(len(rows))
    # the last level takes the shape of what is larger, and few triangles
    coarsest = detail.level_count - np.where(radius_px < LARGEST_SHAPELESS_PX, 1, 2)

    def levels(tolerance: float) -> NDArray[np.int64]:
        # errors rise with the level, so the coarsest allowed is the number of those allowed
        allowed = (error_px <= tolerance).sum(axis=1) - 1
        return np.where(seen, np.minimum(allowed, coarsest), detail.level_count - 1)

    first, last = 0, len(TOLERANCES_PX) - 1
    while first < last:
        middle = (first + last) // 2
        if int(count[within, levels(TOLERANCES_PX[middle])][seen].sum()) <= most_faces:
            last = middle
        else:
            first = middle + 1
    return rows, levels(TOLERANCES_PX[first])


def merged_ranges(first: NDArray[np.int64], count: NDArray[np.int64]) -> Ranges:
    """Ranges in ascending order, those that touch each other made one; the same range may come twice."""
    if not len(first):
        return first, count
    order = np.argsort(first, kind="stable")
    first, last = first[order], (first + count)[order]
    starts = np.r_[True, first[1:] > np.maximum.accumulate(last)[:-1]]
    begins = np.flatnonzero(starts)
    return first[begins], np.maximum.reduceat(last, begins) - first[begins]


def chosen_ranges(
    detail: MeshDetail, rows: NDArray[np.int64], levels: NDArray[np.int64]
) -> tuple[Ranges, Ranges]:
    """Where the faces of some rows at some levels are: among the mesh's own, and among `detail.faces`."""
    first, count = detail.first[rows, levels], detail.count[rows, levels]
    # a level that brings nothing new repeats the ranges of the one before, down to the mesh's own
    own = detail.error[rows, levels] == 0
    return merged_ranges(first[own], count[own]), merged_ranges(first[~own], count[~own])


def batches(ranges: Ranges, most_faces: int) -> list[Ranges]:
    """Ranges in the same order, cut into parts of at most so many faces."""
    first, count = ranges
    if not count.any():
        return []
    # every range ends somewhere, and wherever the sum of faces passes a multiple of the limit
    ends = np.cumsum(count)
    cuts = np.sort(np.concatenate([ends, np.arange(most_faces, ends[-1], most_faces)]))
    cuts = cuts[np.diff(cuts, prepend=0) > 0]
    begins = np.r_[0, cuts[:-1]]
    source = np.searchsorted(ends, begins, side="right")
    starts = first[source] + begins - (ends - count)[source]
    part = begins // most_faces
    where = np.flatnonzero(np.diff(part)) + 1
    return list(zip(np.split(starts, where), np.split(cuts - begins, where), strict=True))


def thinned(ranges: Ranges, most_faces: int) -> Ranges:
    """About `most_faces` of the faces in some ranges, a few here and a few there."""
    first, count = ranges
    total = int(count.sum())
    if total <= most_faces:
        return ranges
    parts = batches(ranges, max(_THIN_FACES * total // most_faces, 1))
    first, count = (np.concatenate(column) for column in zip(*parts, strict=True))
    return first, np.minimum(count, _THIN_FACES)
