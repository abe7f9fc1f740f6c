"""The four label files of a mesh folder."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from viewer.errors import FormatError, LabelError, SaveError
from viewer.formats.atomic_file import removing, replace_all, save_error, temporary_beside, write_bytes
from viewer.formats.hdf5_array import array_file, read_array, read_column
from viewer.formats.hypersim.layout import (
    CLASS_COLORS,
    INSTANCE_COLORS,
    LABEL_FILES,
    OBJECT_CLASSES,
    OBJECT_INSTANCES,
)
from viewer.formats.listing import is_file
from viewer.model.labels import NO_LABEL, ObjectLabels
from viewer.model.saved_labels import SavedLabels

LARGEST_ID = 1_000_000
"""Ids are counted up from 1; published ones reach 4,166. A stray huge one would make as many colors."""


def has_labels(folder: Path) -> bool:
    """Whether a mesh folder holds labels, whole or not."""
    return is_file(folder / OBJECT_CLASSES) or is_file(folder / OBJECT_INSTANCES)


def read_labels(folder: Path, object_count: int | None = None) -> SavedLabels:
    """Labels saved in a mesh folder, as far as they can be used.

    Raises FormatError when a file is malformed or both are missing, LabelError when they hold another number
    of objects than the scene.
    """
    return read_labels_and_faults(folder, object_count)[0]


def read_labels_and_faults(
    folder: Path, object_count: int | None = None
) -> tuple[SavedLabels, tuple[FormatError, ...]]:
    """Labels as `read_labels` gives them, and what is wrong with them that does not stand in the way."""
    faults: list[FormatError] = []
    semantic = _read_layer(folder / OBJECT_CLASSES, object_count, faults)
    instance = _read_layer(folder / OBJECT_INSTANCES, object_count, faults)
    if semantic is None and instance is None:
        raise FormatError(f"expected {OBJECT_CLASSES} and {OBJECT_INSTANCES}, found neither", path=folder)
    if semantic is None and instance is not None:
        faults.append(FormatError("the file is missing: no object has a class", path=folder / OBJECT_CLASSES))
        semantic = np.full_like(instance, NO_LABEL)
    if instance is None and semantic is not None:
        faults.append(
            FormatError("the file is missing: no object has an instance", path=folder / OBJECT_INSTANCES)
        )
        instance = np.full_like(semantic, NO_LABEL)
    if semantic is None or instance is None or len(semantic) != len(instance):
        raise LabelError(
            f"expected a class and an instance for every object, found {_count(semantic)} classes "
            f"and {_count(instance)} instances",
            path=folder,
        )
    colors = [_read_colors(folder / name, faults) for name in (CLASS_COLORS, INSTANCE_COLORS)]
    return SavedLabels(semantic, instance, colors[0], colors[1]), tuple(faults)


def write_labels(
    folder: Path,
    labels: ObjectLabels,
    class_colors: NDArray[np.integer],
    instance_colors: NDArray[np.integer],
    *,
    every_id_has_a_color: bool = True,
) -> tuple[Path, ...]:
    """Write the four files into a mesh folder, which is made when it is missing; all of them or none.

    `class_colors` is (L + 1, 3) and `instance_colors` (K + 1, 3), row 0 being -1. Gives the four paths.
    Each new file is read back before the first of the old ones is replaced. `every_id_has_a_color` is False
    only to repeat the original tool, which does not mind labels without a row of colors.
    Raises LabelError when labels or colors have no form that can be saved, SaveError when they cannot be
    written; the files are then as they were.
    """
    arrays = _checked(labels, class_colors, instance_colors, every_id_has_a_color)
    paths = tuple(folder / name for name in LABEL_FILES)
    temporaries = [temporary_beside(path) for path in paths]
    at = folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with removing(temporaries):
            for at, temporary, array in zip(paths, temporaries, arrays, strict=True):
                write_bytes(temporary, array_file(array))
                _compare(temporary, array, at)
            at = folder
            replace_all(list(zip(temporaries, paths, strict=True)))
    except OSError as error:
        raise save_error(error, at) from error
    return paths


def _checked(
    labels: ObjectLabels,
    class_colors: NDArray[np.integer],
    instance_colors: NDArray[np.integer],
    every_id_has_a_color: bool,
) -> tuple[NDArray[np.int64], ...]:
    """The four arrays in the order of `LABEL_FILES`, of the form in which the original stores them."""
    colors = (np.asarray(class_colors, np.int64), np.asarray(instance_colors, np.int64))
    for ids, rows, what in zip(
        (labels.semantic, labels.instance), colors, ("class", "instance"), strict=True
    ):
        if rows.ndim != 2 or rows.shape[1] != 3 or len(rows) < 1:
            raise LabelError(f"expected {what} colors of shape (n, 3), found {rows.shape}")
        if len(ids) and not (ids[ids != NO_LABEL] >= 1).all():
            raise LabelError(f"expected {what} ids of 1 or more, or -1 for none, found {ids.min()}")
        if every_id_has_a_color and len(ids) and ids.max() >= len(rows):
            raise LabelError(f"expected a color for {what} {ids.max()}, found colors up to {len(rows) - 1}")
    return labels.semantic.reshape(-1, 1), labels.instance.reshape(-1, 1), *colors


def _compare(temporary: Path, array: NDArray[np.int64], path: Path) -> None:
    """Check that a file holds what was to be written. Raises OSError when it cannot be read at all."""
    found: NDArray[Any] | None = None
    content = temporary.read_bytes()
    with (
        contextlib.suppress(OSError, RuntimeError, KeyError, ValueError),
        h5py.File(io.BytesIO(content)) as file,
    ):
        found = file["dataset"][()]
    if found is None or found.dtype != array.dtype or not np.array_equal(found, array):
        raise SaveError(
            "could not be saved: the disk returned something else than was written",
            path=path,
            hint="save to another folder",
        )


def _read_layer(path: Path, object_count: int | None, faults: list[FormatError]) -> NDArray[np.int64] | None:
    if not is_file(path):
        return None
    ids = read_column(path)
    if object_count is not None and len(ids) != object_count:
        raise LabelError(
            f"expected labels of {object_count} objects as the scene has, found {len(ids)}", path=path
        )
    if len(ids) and ids.max() > LARGEST_ID:
        raise FormatError(f"expected ids up to {LARGEST_ID}, found {ids.max()}", path=path)
    reserved = (ids < 1) & (ids != NO_LABEL)
    if reserved.any():
        faults.append(
            FormatError(
                f"expected ids of 1 or more, or -1 for none, found {ids[reserved][0]}: "
                f"{np.count_nonzero(reserved)} objects count as unlabelled",
                path=path,
            )
        )
        ids[reserved] = NO_LABEL
    return ids


def _read_colors(path: Path, faults: list[FormatError]) -> NDArray[np.int64] | None:
    if not is_file(path):
        return None
    try:
        return read_array(path, shape=(None, 3), kind="i", dtype=np.int64)
    except FormatError as error:
        faults.append(error)
        return None


def _count(ids: NDArray[np.int64] | None) -> int:
    return 0 if ids is None else len(ids)
