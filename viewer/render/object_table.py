"""The table texture: one texel per object, holding its colour and what is special about it.

Labels, visibility, selection, hover and stroke preview all live here, so that none of them touches
geometry. Texel 0 stands for "no object"; object o has texel o + 1, which is also the id the surface pass
writes.
"""

from __future__ import annotations

import enum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from vispy import gloo

from viewer.errors import GpuError
from viewer.model.arrays import distinct

TABLE_WIDTH = 1024
MAX_OBJECTS = (1 << 24) - 2
NEUTRAL = (214, 214, 210)
"""Colour of surfaces without an object, or without a known colour."""
_GAP_TEXELS = 32
"""Two changed texels this near each other travel together: a call costs more than a few bytes."""


class Flag(enum.IntFlag):
    """Bits of a texel's fourth byte."""

    HIDDEN = 1
    SELECTED = 2
    HOVERED = 4
    PREVIEWED = 8
    FAINT = 16
    """Drawn as thin glass, and not there for the pointer."""


NOT_SOLID = Flag.HIDDEN | Flag.FAINT


class ObjectTable:
    """Colour and flags of every object, kept here and mirrored in a texture."""

    def __init__(self, object_count: int = 0) -> None:
        if object_count > MAX_OBJECTS:
            raise GpuError(f"expected at most {MAX_OBJECTS} objects, found {object_count}")
        self.object_count = object_count
        rows = object_count // TABLE_WIDTH + 1
        self._texels = np.zeros((rows * TABLE_WIDTH, 4), np.uint8)
        self._texels[:, :3] = NEUTRAL
        self._dirty: NDArray[np.bool_] = np.zeros(len(self._texels), bool)
        self._dirty[: object_count + 1] = True
        self._marked = {flag: np.empty(0, np.int64) for flag in Flag}
        self.texture = gloo.Texture2D(
            shape=(rows, TABLE_WIDTH, 4), format="rgba", internalformat="rgba8", interpolation="nearest"
        )
        self.uploaded_bytes = 0

    @property
    def has_changes(self) -> bool:
        return bool(self._dirty.any())

    def set_colors(self, object_ids: ArrayLike, rows: NDArray[np.uint8]) -> None:
        """Colours (K, 3 or 4) of objects (K,); a fourth byte of 0 means that the colour is not known."""
        ids = np.asarray(object_ids, np.int64)
        colors = np.array(rows[:, :3], np.uint8)
        if rows.shape[1] == 4:
            colors[rows[:, 3] == 0] = NEUTRAL
        texels = self._texels_of(ids)
        changed = (self._texels[texels, :3] != colors).any(axis=1)
        self._texels[texels[changed], :3] = colors[changed]
        self._dirty[texels[changed]] = True

    def mark(self, flag: Flag, object_ids: ArrayLike) -> bool:
        """Set a flag on exactly these objects; True when that changed anything."""
        ids = distinct(np.asarray(object_ids, np.int64))
        before = self._marked[flag]
        if np.array_equal(before, ids):
            return False
        texels = self._texels_of(ids)
        gone = self._texels_of(np.setdiff1d(before, ids, assume_unique=True))
        new = self._texels_of(np.setdiff1d(ids, before, assume_unique=True))
        self._texels[gone, 3] &= np.uint8(255 - flag)
        self._texels[texels, 3] |= np.uint8(flag)
        self._dirty[gone] = self._dirty[new] = True
        self._marked[flag] = ids
        return True

    def marked(self, flag: Flag) -> NDArray[np.int64]:
        """Ids (K,) ascending of the objects that have a flag."""
        return self._marked[flag]

    def color_of(self, object_id: int) -> tuple[int, int, int]:
        r, g, b, _ = self._texels[object_id + 1].tolist()
        return r, g, b

    def _texels_of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        if len(ids) and not (0 <= ids.min() and ids.max() < self.object_count):
            raise GpuError(
                f"expected object ids 0 to {self.object_count - 1}, found {ids.min()} to {ids.max()}"
            )
        return ids + 1

    def upload(self) -> int:
        """Send the texels that changed; returns how many bytes that took."""
        changed = np.flatnonzero(self._dirty)
        if not len(changed):
            return 0
        sent = 0
        for first, last in runs(changed, _GAP_TEXELS):
            for start, stop in _pieces(first, last + 1):
                block = self._texels[start:stop].reshape(-1, min(stop - start, TABLE_WIDTH), 4).copy()
                self.texture.set_data(block, offset=(start // TABLE_WIDTH, start % TABLE_WIDTH))
                sent += block.nbytes
        self._dirty[changed] = False
        self.uploaded_bytes += sent
        return sent


def runs(indices: NDArray[np.int64], gap: int) -> list[tuple[int, int]]:
    """First and last of each stretch of ascending indices with holes of at most `gap`."""
    cuts = np.flatnonzero(np.diff(indices) > gap + 1)
    firsts = indices[np.r_[0, cuts + 1]]
    lasts = indices[np.r_[cuts, len(indices) - 1]]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


def _pieces(start: int, stop: int) -> list[tuple[int, int]]:
    """A range of texels cut into rectangles: the end of a row, whole rows, the start of a row."""
    first_full = -(-start // TABLE_WIDTH) * TABLE_WIDTH
    last_full = stop // TABLE_WIDTH * TABLE_WIDTH
    if first_full >= last_full:
        cut = first_full if start < first_full < stop else stop
        parts = [(start, cut), (cut, stop)]
    else:
        parts = [(start, first_full), (first_full, last_full), (last_full, stop)]
    return [(a, b) for a, b in parts if a < b]
