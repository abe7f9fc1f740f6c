"""Which objects are drawn how finely, when a picture may only take so many triangles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer.model.mesh_detail import MeshDetail
from viewer.render.frame import Frame
from viewer.render.object_table import Flag

TOLERANCES_PX = tuple(0.35 * 2 ** (k / 2) for k in range(26))
"""How far a vertex may be off in the picture, finest first; the first that is cheap enough is taken."""
SMALLEST_PX = 0.3
SMALLEST_UNSEEN_PX = 2.0
"""Objects that reach less far from their middle than this are left out of quick pictures."""
NEAREST_METRES = 0.25
"""Distance from which on a nearer eye asks for no more detail."""

Ranges = tuple[NDArray[np.int64], NDArray[np.int64]]
"""First faces and how many, ascending and apart from each other."""


def rows_in_view(detail: MeshDetail, frame: Frame, origin: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(O + 1,) rows of a `MeshDetail` of which something may be in the picture."""
    eye = (frame.camera.position - origin).astype(np.float32)
    wanted = detail.count[:, 0] > 0
    shown = np.flatnonzero(wanted)
    low, high = detail.low[shown] - eye, detail.high[shown] - eye
    clip_from_rel = frame.clip_from_rel.T
    outside = np.zeros(len(shown), np.bool_)
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
    wanted[shown[outside]] = False
    hidden = frame.table.marked(Flag.HIDDEN) + 1
    wanted[hidden[hidden < len(wanted)]] = False
    return wanted


def choose_levels(
    detail: MeshDetail, frame: Frame, origin: NDArray[np.float64], most_faces: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows to draw, ascending, and the level of each: as fine as `most_faces` triangles allow.

    What the picture before did not show, for it was behind something, is drawn as coarsely as there is.
    """
    rows = np.flatnonzero(rows_in_view(detail, frame, origin))
    low, high = detail.low[rows], detail.high[rows]
    eye = (frame.camera.position - origin).astype(np.float32)
    away = np.linalg.norm(np.maximum(np.maximum(low - eye, eye - high), 0), axis=1)
    px_per_unit = frame.pixels_per_slope / np.maximum(away, NEAREST_METRES / frame.metres_per_unit)
    radius_px = np.linalg.norm(high - low, axis=1) / 2 * px_per_unit
    seen = np.ones(len(rows), np.bool_) if frame.seen is None else frame.seen[rows]
    big = radius_px >= np.where(seen, SMALLEST_PX, SMALLEST_UNSEEN_PX)
    rows, px_per_unit, seen = rows[big], px_per_unit[big], seen[big]
    error_px = detail.error[rows] * px_per_unit[:, None]
    count = detail.count[rows]
    within = np.arange(len(rows))

    def levels(tolerance: float) -> NDArray[np.int64]:
        # errors rise with the level, so the coarsest allowed is the number of those allowed
        allowed = (error_px <= tolerance).sum(axis=1) - 1
        return np.where(seen, allowed, detail.level_count - 1)

    first, last = 0, len(TOLERANCES_PX) - 1
    while first < last:
        middle = (first + last) // 2
        if int(count[within, levels(TOLERANCES_PX[middle])].sum()) <= most_faces:
            last = middle
        else:
            first = middle + 1
    return rows, levels(TOLERANCES_PX[first])


def merged_ranges(first: NDArray[np.int64], count: NDArray[np.int64], gap: int = 0) -> Ranges:
    """Ranges in ascending order, those at most `gap` apart made one."""
    if not len(first):
        return first, count
    order = np.argsort(first, kind="stable")
    first, last = first[order], (first + count)[order]
    starts = np.r_[True, first[1:] > np.maximum.accumulate(last)[:-1] + gap]
    begins = np.flatnonzero(starts)
    return first[begins], np.maximum.reduceat(last, begins) - first[begins]


def chosen_faces(
    faces: NDArray[np.uint32], detail: MeshDetail, rows: NDArray[np.int64], levels: NDArray[np.int64]
) -> NDArray[np.uint32]:
    """The faces (N, 3) of some rows at some levels; `faces` are the mesh's own."""
    first, count = detail.first[rows, levels], detail.count[rows, levels]
    # a level that brings nothing new repeats the ranges of the one before, down to the mesh's own
    own = detail.error[rows, levels] == 0
    pieces = [
        source[start : start + many]
        for source, chosen in ((faces, own), (detail.faces, ~own))
        for start, many in zip(
            *(column.tolist() for column in merged_ranges(first[chosen], count[chosen])), strict=True
        )
    ]
    return np.concatenate(pieces) if pieces else np.empty((0, 3), np.uint32)
