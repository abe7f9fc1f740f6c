from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from viewer.errors import FormatError
from viewer.formats.hdf5_array import read_array
from viewer.formats.hdf5_chunks import MOST_THREADS, Cores, read_chunks
from viewer.jobs.cores import core_count

IMAGE = np.random.default_rng(3).normal(size=(70, 90, 3)).astype(np.float16)
SMOOTH = np.add.outer(np.arange(300), np.arange(400)).astype(np.int16)


def _store(path: Path, array: Any, **options: Any) -> Path:
    with h5py.File(path, "w", userblock_size=options.pop("userblock_size", 0)) as file:
        file.create_dataset("dataset", data=array, **options)
    return path


def _by_chunks(path: Path) -> Any:
    with h5py.File(path) as file:
        return read_chunks(file["dataset"], path)


@pytest.mark.parametrize(
    ("array", "options"),
    [
        (IMAGE, {"chunks": (70, 90, 1), "compression": "gzip"}),
        (IMAGE, {"chunks": (16, 32, 1), "compression": "gzip", "shuffle": True}),
        (IMAGE, {"chunks": (7, 9, 2), "compression": "gzip", "compression_opts": 9}),
        (SMOOTH, {"chunks": (10, 16), "compression": "gzip", "shuffle": True}),
        (SMOOTH.astype(np.int32), {"chunks": (10, 16), "compression": "gzip", "shuffle": True}),
        (SMOOTH.astype(np.uint8), {"chunks": (300, 400), "compression": "gzip", "shuffle": True}),
        (SMOOTH.astype(">i2"), {"chunks": (50, 60), "compression": "gzip", "shuffle": True}),
        (SMOOTH.ravel(), {"chunks": (1000,), "compression": "gzip"}),
    ],
    ids=["one-a-channel", "shuffled", "across", "many", "int32", "bytes", "big-endian", "flat"],
)
def test_compressed_arrays_are_what_the_library_reads(tmp_path: Path, array: Any, options: Any) -> None:
    path = _store(tmp_path / "a.hdf5", array, **options)
    found = _by_chunks(path)
    assert found.dtype == array.dtype
    assert found.tobytes() == array.tobytes()
    read = read_array(path)
    assert read.dtype.isnative
    assert np.array_equal(read, array)


def _with_a_hole(path: Path) -> None:
    with h5py.File(path, "w") as file:
        dataset = file.create_dataset(
            "dataset", (300, 400), np.int16, chunks=(100, 100), compression="gzip", fillvalue=7
        )
        dataset[:100, :100] = SMOOTH[:100, :100]


def _with_a_chunk_left_unpacked(path: Path) -> None:
    with h5py.File(path, "w") as file:
        dataset = file.create_dataset("dataset", (2, 4), np.int16, chunks=(2, 2), compression="gzip")
        dataset[...] = 5
        dataset.id.write_direct_chunk((0, 0), np.full((2, 2), 6, np.int16).tobytes(), filter_mask=1)


@pytest.mark.parametrize(
    "write",
    [
        lambda path: _store(path, SMOOTH),
        lambda path: _store(path, SMOOTH, chunks=(50, 50)),
        lambda path: _store(path, SMOOTH, chunks=(50, 50), compression="lzf"),
        lambda path: _store(path, SMOOTH, chunks=(50, 50), compression="gzip", fletcher32=True),
        lambda path: _store(path, SMOOTH, chunks=(50, 50), compression="gzip", userblock_size=512),
        lambda path: _store(path, SMOOTH > 200, chunks=(50, 50), compression="gzip"),
        _with_a_hole,
        _with_a_chunk_left_unpacked,
    ],
    ids=["plain", "uncompressed", "lzf", "checksums", "user-block", "booleans", "hole", "left-unpacked"],
)
def test_whatever_else_is_left_to_the_library(tmp_path: Path, write: Callable[[Path], object]) -> None:
    path = tmp_path / "a.hdf5"
    write(path)
    assert _by_chunks(path) is None
    read = read_array(path, kind="fiub")
    with h5py.File(path) as file:
        assert np.array_equal(read, file["dataset"][...])


@pytest.mark.parametrize("is_cut", [False, True], ids=["other-bytes", "other-length"])
def test_a_damaged_chunk_is_told_in_the_words_of_the_library(tmp_path: Path, is_cut: bool) -> None:
    path = _store(tmp_path / "a.hdf5", SMOOTH, chunks=(50, 50), compression="gzip")
    with h5py.File(path, "r+") as file:
        chunk = file["dataset"].id.get_chunk_info(40)
        if is_cut:
            file["dataset"].id.write_direct_chunk(chunk.chunk_offset, b"\x78\x9c\x03\x00\x00\x00\x00\x01")
    if not is_cut:
        content = bytearray(path.read_bytes())
        content[chunk.byte_offset + 4 : chunk.byte_offset + 40] = bytes(36)
        path.write_bytes(content)
    assert _by_chunks(path) is None
    if not is_cut:
        with pytest.raises(FormatError, match="damaged"):
            read_array(path)


def test_threads_that_unpack_share_the_cores_and_each_dataset_gets_one() -> None:
    cores, most = Cores(), min(core_count(), MOST_THREADS)
    with cores.share(100) as first, cores.share(100) as second:
        assert (first, second) == (most, max(min(core_count() - most, MOST_THREADS), 1))
    with cores.share(1) as alone:
        assert alone == 1, "there are not chunks enough for more"
    with cores.share(100) as again:
        assert again == most, "cores that were given back count"
