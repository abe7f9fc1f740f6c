from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from viewer.app.frame_cache import FrameCache, prefetch_order
from viewer.errors import FormatError
from viewer.model.frames import FrameId, ImageArray

KB = 1 << 10


def image(kilobytes: int, modality: str = "color") -> ImageArray:
    return ImageArray(np.zeros((kilobytes, KB), np.uint8), modality)


def frame(number: int) -> FrameId:
    return FrameId("cam_00", number)


def test_what_was_put_is_found_under_its_frame_and_key() -> None:
    cache = FrameCache(1)
    kept = image(4)
    cache.put(frame(1), "color", kept)
    assert cache.image(frame(1), "color") is kept
    assert cache.image(frame(2), "color") is None
    assert cache.image(frame(1), "distance") is None
    assert cache.byte_count == 4 * KB


def test_the_bound_is_kept_and_the_longest_unused_goes_first() -> None:
    cache = FrameCache(100 / KB)
    for number in range(3):
        cache.put(frame(number), "color", image(40))
        cache.get(frame(0), "color")  # a use: it stays
    assert cache.byte_count <= 100 * KB
    assert (frame(0), "color") in cache
    assert (frame(1), "color") not in cache
    assert (frame(2), "color") in cache


def test_one_that_is_larger_than_the_bound_is_not_kept_and_drives_nothing_out() -> None:
    cache = FrameCache(100 / KB)
    cache.put(frame(0), "color", image(40))
    cache.put(frame(1), "color", image(400))
    assert (frame(0), "color") in cache
    assert (frame(1), "color") not in cache


def test_replacing_counts_memory_once() -> None:
    cache = FrameCache(1)
    for _ in range(5):
        cache.put(frame(0), "color", image(40))
    assert cache.byte_count == 40 * KB
    assert len(cache) == 1


def test_a_smaller_bound_takes_effect_at_once() -> None:
    cache = FrameCache(1)
    for number in range(4):
        cache.put(frame(number), "color", image(40))
    cache.set_limit(50 / KB)
    assert len(cache) == 1
    assert (frame(3), "color") in cache


def test_clear_forgets_everything() -> None:
    cache = FrameCache(1)
    cache.put(frame(0), "color", image(40))
    cache.clear()
    assert (len(cache), cache.byte_count) == (0, 0)


def test_threads_that_ask_for_the_same_image_decode_it_once() -> None:
    cache = FrameCache(10)
    loads: list[int] = []
    gate = threading.Event()

    def load() -> ImageArray:
        gate.wait(5)
        loads.append(1)
        return image(4)

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(cache.fetch, frame(0), "color", load) for _ in range(8)]
        gate.set()
        found = {id(answer.result()) for answer in asked}
    assert len(loads) == 1
    assert len(found) == 1


def test_a_failed_load_is_told_and_tried_again_next_time() -> None:
    cache = FrameCache(1)

    def fail() -> ImageArray:
        raise FormatError("broken")

    with pytest.raises(FormatError):
        cache.fetch(frame(0), "color", fail)
    assert cache.fetch(frame(0), "color", lambda: image(1)).size == (KB, 1)


def test_the_bound_holds_while_many_threads_write() -> None:
    cache = FrameCache(256 / KB)

    def work(seed: int) -> None:
        random = np.random.default_rng(seed)
        for number in random.integers(0, 30, 200):
            cache.fetch(frame(int(number)), "color", lambda: image(int(random.integers(1, 64))))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert cache.byte_count <= 256 * KB
    total = sum(cache.get(frame(n), "color").pixels.nbytes for n in range(30) if (frame(n), "color") in cache)  # type: ignore[union-attr]
    assert total == cache.byte_count


@pytest.mark.parametrize(
    ("current", "direction", "expected"),
    [
        (5, 1, (7, 2, 10, 11)),
        (5, -1, (2, 7, 0)),
        (11, 1, (10,)),
        (0, 1, (2, 5, 7, 10)),
        (6, 1, (7, 5, 10, 11)),
    ],
)
def test_prefetch_goes_ahead_then_one_back_then_further_ahead(
    current: int, direction: int, expected: tuple[int, ...]
) -> None:
    assert prefetch_order(np.array([0, 2, 5, 7, 10, 11]), current, direction, 4) == expected


def test_prefetch_of_nothing_is_nothing() -> None:
    assert prefetch_order(np.empty(0, np.int64), 3, 1, 4) == ()
