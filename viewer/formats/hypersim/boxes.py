"""Oriented boxes of the instances."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viewer.errors import FormatError
from viewer.formats.atomic_file import removing, replace_all, save_error, temporary_beside, write_bytes
from viewer.formats.hdf5_array import array_file, read_array
from viewer.formats.hypersim.layout import BOX_COLUMNS, box_file
from viewer.formats.listing import is_file
from viewer.model.boxes import OrientedBoxes

_ROTATION_TOLERANCE = 1e-3
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def has_boxes(folder: Path, kind: str) -> bool:
    """Whether a mesh folder holds any file of one kind of boxes."""
    return any(is_file(folder / box_file(kind, column)) for column in BOX_COLUMNS)


def read_boxes(
    folder: Path, kind: str, row_count: int | None = None
) -> tuple[OrientedBoxes, tuple[FormatError, ...]]:
    """The boxes of one kind, and what is wrong with rows that make no box, a sentence each.

    Rows without any finite value are unused instance ids and left out silently. `row_count` is how many rows
    the labels ask for; another number is told and does no harm. Raises FormatError when a file is missing or
    malformed.
    """
    paths = {column: folder / box_file(kind, column) for column in BOX_COLUMNS}
    centres = read_array(paths["positions"], shape=(None, 3), dtype=np.float64)
    count = len(centres)
    extents = read_array(paths["extents"], shape=(count, 3), dtype=np.float64)
    axes = read_array(paths["orientations"], shape=(count, 3, 3), dtype=np.float64)

    faults: list[FormatError] = []
    if row_count is not None and count != row_count:
        effect = "the last ones belong to no instance" if count > row_count else "later instances have no box"
        faults.append(
            FormatError(
                f"expected {row_count} rows, one for id 0 and each instance, found {count}: {effect}",
                path=paths["positions"],
            )
        )
    no_box: dict[int, str] = {}
    for column, expected, found, rows in _wrong_rows(centres, extents, axes):
        ids = np.flatnonzero(rows)
        no_box |= {instance: found for instance in ids.tolist() if instance not in no_box}
        if len(ids):
            who = (
                f"instance {ids[0]}" if len(ids) == 1 else f"{len(ids)} instances, the first of them {ids[0]}"
            )
            faults.append(
                FormatError(f"expected {expected}, found {found} in {who}: no box", path=paths[column])
            )
    used = np.isfinite(centres).any(axis=1) | np.isfinite(extents).any(axis=1)
    used[list(no_box)] = False
    ids = np.flatnonzero(used).astype(np.int64)
    return OrientedBoxes(ids, centres[ids], extents[ids], axes[ids], no_box), tuple(faults)


def _wrong_rows(centres: Floats, extents: Floats, axes: Floats) -> tuple[tuple[str, str, str, Mask], ...]:
    """Column, what is expected there, what is found instead, and in which rows (N,) of the used ones."""
    count = len(centres)
    flat = {"positions": centres, "extents": extents, "orientations": axes.reshape(count, 9)}
    used = np.isfinite(centres).any(axis=1) | np.isfinite(extents).any(axis=1)
    whole = used & np.logical_and.reduce([np.isfinite(values).all(axis=1) for values in flat.values()])
    checked = np.where(np.isfinite(axes), axes, 0.0)
    error = np.abs(checked @ checked.transpose(0, 2, 1) - np.eye(3)).max(axis=(1, 2))
    orthonormal = error < _ROTATION_TOLERANCE
    mirrored = orthonormal & (np.linalg.det(checked) < 0)
    is_zero = np.arange(count) == 0
    return (
        ("positions", "no box in row 0, which is no instance", "one", whole & is_zero),
        *(
            (column, "finite numbers", "NaN or infinity", used & ~np.isfinite(values).all(axis=1))
            for column, values in flat.items()
        ),
        ("extents", "lengths of 0 or more", "a negative one", whole & (extents < 0).any(axis=1)),
        ("orientations", "axes at right angles and of length 1", "others", whole & ~orthonormal),
        ("orientations", "right-handed axes", "left-handed ones", whole & mirrored),
    )


def write_boxes(folder: Path, by_kind: Mapping[str, OrientedBoxes], instance_count: int) -> tuple[Path, ...]:
    """Write the three files of every kind given into a mesh folder; all of them or none. Gives their paths.

    Row k is instance k, 0 to `instance_count`; rows without a box are infinite. The folder is made when it is
    missing. Raises SaveError; the files are then as they were.
    """
    arrays = {
        folder / box_file(kind, column): array
        for kind, boxes in by_kind.items()
        for column, array in box_rows(boxes, instance_count).items()
    }
    temporaries = [temporary_beside(path) for path in arrays]
    at = folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with removing(temporaries):
            for at, temporary in zip(arrays, temporaries, strict=True):
                write_bytes(temporary, array_file(arrays[at]))
            at = folder
            replace_all(list(zip(temporaries, arrays, strict=True)))
    except OSError as error:
        raise save_error(error, at) from error
    return tuple(arrays)


def box_rows(boxes: OrientedBoxes, instance_count: int) -> dict[str, Floats]:
    """The three columns of a file: positions and extents (K + 1, 3), orientations (K + 1, 3, 3)."""
    rows: dict[str, Floats] = {}
    listed = boxes.rows(boxes.ids <= instance_count)
    values = {"positions": listed.centres, "orientations": listed.world_from_box, "extents": listed.extents}
    for column in BOX_COLUMNS:
        rows[column] = np.full((instance_count + 1, *values[column].shape[1:]), np.inf)
        rows[column][listed.ids] = values[column]
    return rows
