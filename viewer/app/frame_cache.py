"""Decoded frames and pictures made of them: the newest kept, within a memory bound."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Final, Protocol, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from viewer.model.frames import FrameId, ImageArray

BYTES_PER_MB: Final = 1 << 20


class Sized(Protocol):
    """Anything that knows how much memory it takes."""

    @property
    def byte_count(self) -> int: ...


T = TypeVar("T", bound=ImageArray | Sized)
Key = tuple[FrameId, Hashable]


class FrameCache:
    """What was decoded lately, by frame and key; thread-safe.

    One cache serves one scene: jobs of an older scene fill an older cache, which nobody reads any more.
    """

    def __init__(self, limit_mb: float) -> None:
        self._limit = round(limit_mb * BYTES_PER_MB)
        self._kept: OrderedDict[Key, Any] = OrderedDict()  # the least recently used first
        self._bytes = 0
        self._guard = threading.Lock()
        self._loading: dict[Key, threading.Lock] = {}

    @property
    def byte_count(self) -> int:
        with self._guard:
            return self._bytes

    def __len__(self) -> int:
        with self._guard:
            return len(self._kept)

    def __contains__(self, key: Key) -> bool:
        with self._guard:
            return key in self._kept

    def get(self, frame: FrameId, key: Hashable) -> Any | None:
        """What is kept under a key, which counts as a use; None when nothing is."""
        with self._guard:
            value = self._kept.get((frame, key))
            if value is not None:
                self._kept.move_to_end((frame, key))
            return value

    def image(self, frame: FrameId, modality: str) -> ImageArray | None:
        """A decoded image, when it is at hand."""
        return cast("ImageArray | None", self.get(frame, modality))

    def put(self, frame: FrameId, key: Hashable, value: ImageArray | Sized) -> None:
        """Keep a value; the ones not used for longest make room. One larger than the bound is not kept."""
        size = _size(value)
        with self._guard:
            old = self._kept.pop((frame, key), None)
            if old is not None:
                self._bytes -= _size(old)
            if size > self._limit:
                return
            self._kept[frame, key] = value
            self._bytes += size
            self._shrink()

    def fetch(self, frame: FrameId, key: Hashable, load: Callable[[], T]) -> T:
        """The kept value, or what `load` returns, which is then kept.

        Callers that ask for the same key at once wait for the first: nothing is decoded twice.
        """
        found = self.get(frame, key)
        if found is not None:
            return cast(T, found)
        with self._guard:
            turn = self._loading.setdefault((frame, key), threading.Lock())
        try:
            with turn:
                found = self.get(frame, key)
                if found is None:
                    found = load()
                    self.put(frame, key, found)
        finally:
            with self._guard:
                self._loading.pop((frame, key), None)
        return cast(T, found)

    def set_limit(self, limit_mb: float) -> None:
        with self._guard:
            self._limit = round(limit_mb * BYTES_PER_MB)
            self._shrink()

    def clear(self) -> None:
        with self._guard:
            self._kept.clear()
            self._bytes = 0

    def _shrink(self) -> None:
        while self._bytes > self._limit:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= _size(dropped)


def _size(value: ImageArray | Sized) -> int:
    return value.pixels.nbytes if isinstance(value, ImageArray) else value.byte_count


def prefetch_order(ids: NDArray[np.integer], current: int, direction: int, count: int) -> tuple[int, ...]:
    """The frames to decode next, likeliest first: the next one, the one behind, then further ahead.

    `ids` ascend and may have gaps; `direction` is 1 or -1, the way the user is stepping.
    """
    ahead = ids[ids > current] if direction >= 0 else ids[ids < current][::-1]
    behind = ids[ids < current][::-1] if direction >= 0 else ids[ids > current]
    order = [*ahead[:1], *behind[:1], *ahead[1:]]
    return tuple(int(frame) for frame in order[:count])
