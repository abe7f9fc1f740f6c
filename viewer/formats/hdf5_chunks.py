"""Compressed HDF5 arrays, read past the HDF5 library, which unpacks one at a time and places value by value.

The library only says where the chunks lie. They are unpacked by several threads, while Python runs on.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from operator import add
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import h5py
import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

from viewer.jobs.cores import core_count

MOST_THREADS: Final = 4
CHUNKS_A_THREAD: Final = 48
"""Fewer are unpacked sooner than another thread is woken."""
READ_AT_ONCE: Final = 4 << 20
"""Bytes; packed images of the usual size take less."""
_GZIP: Final = (h5py.h5z.FILTER_DEFLATE,)
_SHUFFLED_GZIP: Final = (h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_DEFLATE)
_DAMAGE: Final = (OSError, cast("type[Exception]", isal_zlib.IsalError))  # its stubs say it is an instance


class _Chunk(NamedTuple):
    corner: tuple[int, ...]
    address: int
    size: int


def read_chunks(dataset: h5py.Dataset, path: Path) -> NDArray[Any] | None:
    """All values of a gzip-compressed dataset in their own type; None when the library has to read them.

    That is so when it is too old to say where chunks lie, for other filters, and for chunks that are missing
    (they hold a fill value) or damaged: the library says what is wrong with them.
    """
    shape, chunk_shape = dataset.shape, dataset.chunks
    if not shape or not chunk_shape or dataset.file.userblock_size or not _is_plain(dataset):
        return None
    if not hasattr(dataset.id, "chunk_iter"):
        return None
    settings = dataset.id.get_create_plist()
    filters = tuple(settings.get_filter(k)[0] for k in range(settings.get_nfilters()))
    if filters not in (_GZIP, _SHUFFLED_GZIP):
        return None
    chunks: list[_Chunk] = []
    masks: list[int] = []

    def note(found: Any) -> None:
        chunks.append(_Chunk(found.chunk_offset, found.byte_offset, found.size))
        masks.append(found.filter_mask)

    dataset.id.chunk_iter(note)
    expected = math.prod(-(-length // side) for length, side in zip(shape, chunk_shape, strict=True))
    if len(chunks) != expected or any(masks):
        return None
    values = np.empty(shape, dataset.dtype)
    is_shuffled = filters == _SHUFFLED_GZIP
    chunks.sort(key=lambda chunk: chunk.address)
    unpack = partial(_unpack, path, values=values, chunk_shape=chunk_shape, is_shuffled=is_shuffled)
    with _CORES.share(len(chunks) // CHUNKS_A_THREAD) as count:
        if count == 1:
            return values if unpack(chunks) else None
        edges = [len(chunks) * k // count for k in range(count + 1)]
        parts = [chunks[start:end] for start, end in pairwise(edges)]
        with ThreadPoolExecutor(count - 1) as others:
            rest = others.map(unpack, parts[1:])
            is_whole = unpack(parts[0])
            return values if all(rest) and is_whole else None


class Cores:
    """Counts the threads that unpack: more of them than cores only wait for each other."""

    def __init__(self) -> None:
        self._busy = 0
        self._guard = threading.Lock()

    @contextmanager
    def share(self, most: int) -> Iterator[int]:
        """How many threads may unpack one dataset, the caller's own among them."""
        with self._guard:
            count = max(min(core_count() - self._busy, MOST_THREADS, most), 1)
            self._busy += count
        try:
            yield count
        finally:
            with self._guard:
                self._busy -= count


_CORES: Final = Cores()


def _is_plain(dataset: h5py.Dataset) -> bool:
    """True for numbers whose bytes in the file are those in memory."""
    dtype = dataset.dtype
    return dtype.kind in "fiu" and bool(dataset.id.get_type() == h5py.h5t.py_create(dtype))


def _unpack(
    path: Path, chunks: list[_Chunk], *, values: NDArray[Any], chunk_shape: tuple[int, ...], is_shuffled: bool
) -> bool:
    """Put some chunks where they belong in `values`; False when one of them is not what it should be."""
    size = values.dtype.itemsize
    byte_count = size * math.prod(chunk_shape)
    as_bytes = values.view(np.uint8).reshape(*values.shape, size)
    try:
        for chunk, packed in _packed(path, chunks):
            unpacked = isal_zlib.decompress(packed, bufsize=byte_count)
            if len(unpacked) != byte_count:
                return False
            place = tuple(map(slice, chunk.corner, map(add, chunk.corner, chunk_shape)))
            inside = tuple(map(slice, values[place].shape))  # chunks reach beyond the edges
            if is_shuffled:  # all first bytes of the values, then all second ones
                stored = np.frombuffer(unpacked, np.uint8).reshape(size, *chunk_shape)
                for k in range(size):
                    as_bytes[place][..., k] = stored[k][inside]
            else:
                values[place] = np.frombuffer(unpacked, values.dtype).reshape(chunk_shape)[inside]
    except _DAMAGE:
        return False
    return True


def _packed(path: Path, chunks: list[_Chunk]) -> Iterator[tuple[_Chunk, memoryview]]:
    """Chunks in order of their addresses, with what the file holds of them: all that lie close, read at once.

    Every single read would give Python's lock away, and wait for it again.
    """
    with path.open("rb", buffering=0) as file:
        start = 0
        while start < len(chunks):
            first, end = chunks[start].address, start + 1
            while end < len(chunks) and chunks[end].address + chunks[end].size - first <= READ_AT_ONCE:
                end += 1
            last = chunks[end - 1]
            file.seek(first)
            block = memoryview(file.read(last.address + last.size - first))
            for chunk in chunks[start:end]:
                at = chunk.address - first
                yield chunk, block[at : at + chunk.size]
            start = end
