"""One array in one HDF5 file: read with a check of its form, written atomically."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import DTypeLike, NDArray

from viewer.errors import FormatError
from viewer.formats.atomic_file import replace_file
from viewer.formats.hdf5_chunks import read_chunks

_KIND_NAMES = {"f": "floats", "i": "integers", "u": "integers", "b": "booleans"}
_serial = itertools.count()
_DAMAGE = (OSError, RuntimeError, KeyError, ValueError, TypeError)
"""What h5py raises on damaged files, depending on what is damaged."""


def read_array(
    path: Path | str,
    *,
    shape: tuple[int | None, ...] | None = None,
    kind: str = "fi",
    name: str = "dataset",
    dtype: DTypeLike | None = None,
) -> NDArray[Any]:
    """The array stored as `name`, in native byte order.

    `shape` is checked when given (None matches any length). `kind` holds the allowed `numpy.dtype.kind`s;
    "i" allows unsigned integers, too. With `dtype` the values are converted while they are read.
    Raises FormatError when the file is missing, damaged or of another form.
    """
    path = Path(path)
    with _open(path) as file:
        dataset = _dataset(file, name, path)
        return _values(dataset, _checked(dataset, shape, kind, path), _target(dataset, dtype), path)


def read_blocks(
    path: Path | str, rows: int, *, shape: tuple[int | None, ...], kind: str = "fi", dtype: DTypeLike
) -> Iterator[NDArray[Any]]:
    """The array of `read_array` in blocks of so many rows; whole where the file holds it in pieces.

    Each is good until the next one comes: it has the same memory. New memory takes longer than reading.
    Raises FormatError as `read_array` does, before or between blocks.
    """
    path = Path(path)
    with _open(path) as file:
        dataset = _dataset(file, "dataset", path)
        found, target = _checked(dataset, shape, kind, path), _target(dataset, dtype)
        if dataset.chunks is not None or found[0] <= rows:
            yield _values(dataset, found, target, path)
            return
        block = np.empty((rows, *found[1:]), target)
        for start in range(0, found[0], rows):
            part = block[: found[0] - start]
            try:
                dataset.read_direct(part, np.s_[start : start + len(part)])
            except _DAMAGE as error:
                raise FormatError(_damage(error), path=path) from error
            yield part


def read_column(path: Path | str, *, length: int | None = None, dtype: DTypeLike = np.int64) -> NDArray[Any]:
    """Integers stored as (N,) or (N, 1), as an array (N,).

    Raises FormatError when there are not `length` of them (if given), or they are of another form.
    """
    path = Path(path)
    array = read_array(path, kind="i", dtype=dtype)
    if array.ndim not in (1, 2) or (array.ndim == 2 and array.shape[1] != 1):
        rows = "n" if length is None else str(length)
        raise FormatError(
            f"expected an array of shape ({rows},) or ({rows}, 1), found {array.shape}", path=path
        )
    if length is not None and len(array) != length:
        raise FormatError(f"expected {length} rows, found {len(array)}", path=path)
    return array.reshape(-1)


def read_form(path: Path | str, *, name: str = "dataset") -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and type of the array, without reading its values. Raises FormatError as `read_array` does."""
    path = Path(path)
    with _open(path) as file:
        dataset = _dataset(file, name, path)
        return () if dataset.shape is None else tuple(dataset.shape), dataset.dtype


def write_array(
    path: Path | str,
    array: NDArray[Any],
    *,
    gzip_level: int | None = None,
    chunks: tuple[int, ...] | None = None,
) -> None:
    """Write the one dataset `dataset` in one step: either the whole new file stands there, or the old one.

    Without `gzip_level` the file is, byte for byte, what the original tools write (contiguous, fixed size, no
    attributes, a modification time). Raises SaveError.
    """
    path = Path(path)
    replace_file(path, array_file(array, gzip_level=gzip_level, chunks=chunks))


def array_file(
    array: NDArray[Any],
    *,
    gzip_level: int | None = None,
    chunks: tuple[int, ...] | None = None,
    track_times: bool = True,
) -> bytes:
    """The content of an HDF5 file that holds `array` as `dataset`.

    Made in memory: HDF5 cannot be closed properly once a write to a full disk has failed. Without
    `track_times` equal arrays give equal bytes.
    """
    array = np.ascontiguousarray(array)
    options: dict[str, Any] = {"track_times": track_times}
    if chunks is not None or gzip_level is not None:
        options["chunks"] = True if chunks is None else chunks
    if gzip_level is not None:
        options |= {"compression": "gzip", "compression_opts": gzip_level}
    # A block as large as the array, for the in-memory file grows by copying itself block by block.
    block = max(1 << 16, array.nbytes)
    # A name of its own: HDF5 opens no second file of the same name, and other threads may be in here, too.
    with h5py.File(
        f"array-{next(_serial)}", "w", driver="core", backing_store=False, block_size=block
    ) as file:
        file.create_dataset("dataset", data=array, **options)
        file.flush()
        return bytes(file.id.get_file_image())


def _open(path: Path) -> h5py.File:
    try:
        with path.open("rb") as stream:
            if not stream.read(1):
                raise FormatError("expected an HDF5 file, found an empty one", path=path)
        if not h5py.is_hdf5(path):
            raise FormatError("expected an HDF5 file, found something else", path=path)
    except FileNotFoundError as error:
        raise FormatError("the file is missing", path=path) from error
    except OSError as error:
        raise FormatError(f"cannot be opened: {error.strerror or error}", path=path) from error
    try:
        # No lock: nobody writes into these files in place, and locks fail on many network disks.
        return h5py.File(path, "r", locking=False)
    except _DAMAGE as error:
        raise FormatError(_damage(error), path=path) from error


def _damage(error: Exception) -> str:
    sizes = re.search(r"truncated file: eof = (\d+), .*stored_eof = (\d+)", str(error))
    if sizes:
        return f"the HDF5 file is cut short: expected {sizes[2]} bytes, found {sizes[1]}"
    return f"the HDF5 file is damaged: {error}"


def _dataset(file: h5py.File, name: str, path: Path) -> h5py.Dataset:
    try:
        item = file.get(name)
        if isinstance(item, h5py.Dataset):
            return item
        found = ", ".join(f"'{key}'" for key in file) or "nothing"
    except _DAMAGE as error:
        raise FormatError(_damage(error), path=path) from error
    raise FormatError(f"expected a dataset named '{name}', found {found}", path=path)


def _checked(
    dataset: h5py.Dataset, shape: tuple[int | None, ...] | None, kind: str, path: Path
) -> tuple[int, ...]:
    """The shape that is found, when it and the type are as they should be."""
    if not _allowed(dataset.dtype, kind):
        raise FormatError(f"expected {_kinds(kind)}, found values of type {dataset.dtype}", path=path)
    found = () if dataset.shape is None else tuple(int(length) for length in dataset.shape)
    if shape is not None and not _fits(found, shape):
        raise FormatError(f"expected an array of shape {_shape(shape)}, found {_shape(found)}", path=path)
    return found


def _target(dataset: h5py.Dataset, dtype: DTypeLike | None) -> np.dtype[Any]:
    return np.dtype(dtype if dtype is not None else dataset.dtype).newbyteorder("=")


def _values(dataset: h5py.Dataset, shape: tuple[int, ...], dtype: np.dtype[Any], path: Path) -> NDArray[Any]:
    try:
        if dtype == dataset.dtype.newbyteorder("="):
            unpacked = read_chunks(dataset, path)
            if unpacked is not None:
                return unpacked.astype(dtype, copy=False)
        values = np.empty(shape, dtype)
        if values.size:
            dataset.read_direct(values)
    except MemoryError as error:
        raise FormatError(f"an array of shape {_shape(shape)} does not fit into memory", path=path) from error
    except _DAMAGE as error:
        raise FormatError(_damage(error), path=path) from error
    return values


def _allowed(dtype: np.dtype[Any], kind: str) -> bool:
    return dtype.kind in kind or (dtype.kind == "u" and "i" in kind)


def _kinds(kind: str) -> str:
    return " or ".join(dict.fromkeys(_KIND_NAMES.get(letter, letter) for letter in kind))


def _fits(found: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(found) == len(wanted) and all(
        want is None or want == length for length, want in zip(found, wanted, strict=True)
    )


def _shape(shape: tuple[int | None, ...]) -> str:
    inside = ", ".join("n" if length is None else str(length) for length in shape)
    return f"({inside},)" if len(shape) == 1 else f"({inside})"
