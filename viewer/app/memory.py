"""How much memory this process takes."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import time
from functools import cache
from pathlib import Path

_PAGES = Path("/proc/self/statm")
_STATUS = Path("/proc/self/stat")
_MEGABYTE = 1 << 20
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # of malloc.h
_OWN_PAGES, _OWN_PAGES_WITH_IMAGES = 1 << 19, 16 << 20
"""From what size on an array gets pages of its own, which go back to the system with it, bytes."""
_KEPT, _KEPT_WITH_IMAGES = 2 << 20, 32 << 20
"""How much may be kept of freed smaller ones, bytes."""


def give_back_early() -> None:
    """Have the C library return freed memory to the system at once, where it is glibc; else do nothing.

    Left alone it learns from large arrays to keep as much as 64 MB of freed ones, for each of some threads,
    and what one of them has freed is of no use to the others.
    """
    _set_limits({_M_ARENA_MAX: 1, _M_MMAP_THRESHOLD: _OWN_PAGES, _M_TRIM_THRESHOLD: _KEPT})


@cache
def keep_for_images() -> None:
    """Let it keep as much as images need in passing, from now on.

    For every frame arrays of the same sizes are made and dropped; with new pages each time decoding takes
    half as long again.
    """
    _set_limits({_M_MMAP_THRESHOLD: _OWN_PAGES_WITH_IMAGES, _M_TRIM_THRESHOLD: _KEPT_WITH_IMAGES})


def give_back_now() -> None:
    """Return what lies free between small pieces of memory, too; some milliseconds, for worker threads.

    Pictures that are put together in software leave tens of megabytes of it.
    """
    if sys.platform.startswith("linux"):
        library = ctypes.CDLL(None)
        if hasattr(library, "malloc_trim"):
            library.malloc_trim(0)


def _set_limits(limits: dict[int, int]) -> None:
    if not sys.platform.startswith("linux"):
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt") and hasattr(library, "gnu_get_libc_version"):
        for parameter, value in limits.items():
            library.mallopt(parameter, value)


def memory_mb() -> float | None:
    """Memory in use now, megabytes; None where the system does not tell."""
    try:
        pages = int(_PAGES.read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / _MEGABYTE


def peak_memory_mb() -> float | None:
    """The most memory ever in use, megabytes; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # bytes on macOS, kilobytes elsewhere
    return most / _MEGABYTE if sys.platform == "darwin" else most / 1024


def seconds_since_start() -> float:
    """Age of this process; without a system that tells, the time since Python's clock began to run for it."""
    try:
        ticks = int(_STATUS.read_text().rsplit(")", 1)[1].split()[19])
    except (OSError, ValueError, IndexError):
        return time.process_time()
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


def put_off_collection() -> None:
    """Look for no garbage until `resume_collection`: what a program makes while it starts, it keeps."""
    gc.disable()


def resume_collection() -> None:
    """Look for garbage again, but no longer among what was made until now."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
