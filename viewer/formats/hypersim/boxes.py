"""Oriented boxes of the instances."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viewer.errors import FormatError
from viewer.formats.hdf5_array import read_array
from viewer.formats.hypersim.layout import BOX_COLUMNS, box_file
from viewer.formats.listing import is_file
from viewer.model.boxes import OrientedBoxes

_ROTATION_TOLERANCE = 1e-3


def has_boxes(folder: Path, kind: str) -> bool:
    """Whether a mesh folder holds any file of one kind of boxes."""
    return any(is_file(folder / box_file(kind, column)) for column in BOX_COLUMNS)


def read_boxes(folder: Path, kind: str) -> tuple[OrientedBoxes, FormatError | None]:
    """The boxes of one kind, and the error that tells of rows left out because they make no box.

    Rows without any finite value are unused instance ids and left out silently. Raises FormatError when a
    file is missing or malformed.
    """
    path = folder / box_file(kind, "positions")
    centres = read_array(path, shape=(None, 3), dtype=np.float64)
    count = len(centres)
    extents = read_array(folder / box_file(kind, "extents"), shape=(count, 3), dtype=np.float64)
    rotations = read_array(folder / box_file(kind, "orientations"), shape=(count, 3, 3), dtype=np.float64)

    values = np.concatenate([centres, extents, rotations.reshape(count, 9)], axis=1)
    finite = np.isfinite(values)
    used = np.isfinite(centres).any(axis=1) | np.isfinite(extents).any(axis=1)
    reasons = {
        "a value that is not finite": used & ~finite.all(axis=1),
        "a negative extent": finite.all(axis=1) & (extents < 0).any(axis=1),
        "axes that are no rotation": finite.all(axis=1) & ~_are_rotations(rotations),
        "the reserved id 0": finite.all(axis=1) & (np.arange(count) == 0),
    }
    wrong = np.logical_or.reduce(list(reasons.values()))
    ids = np.flatnonzero(used & ~wrong).astype(np.int64)
    return OrientedBoxes(ids, centres[ids], extents[ids], rotations[ids]), _told(reasons, path)


def _are_rotations(matrices: NDArray[np.float64]) -> NDArray[np.bool_]:
    finite = np.where(np.isfinite(matrices), matrices, 0.0)
    error = np.abs(finite @ finite.transpose(0, 2, 1) - np.eye(3)).max(axis=(1, 2))
    return np.asarray((error < _ROTATION_TOLERANCE) & (np.linalg.det(finite) > 0))


def _told(reasons: dict[str, NDArray[np.bool_]], path: Path) -> FormatError | None:
    parts = [
        f"{np.count_nonzero(rows)} with {reason} (id {np.flatnonzero(rows)[0]})"
        for reason, rows in reasons.items()
        if rows.any()
    ]
    if not parts:
        return None
    return FormatError(f"expected a box in every used row, found {', '.join(parts)}: left out", path=path)
