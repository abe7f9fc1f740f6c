"""How much memory this process takes."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import time
from pathlib import Path

_PAGES = Path("/proc/self/statm")
_STATUS = Path("/proc/self/stat")
_MEGABYTE = 1 << 20
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -2, -3, -8  # of malloc.h
_OWN_PAGES = 16 << 20
"""From what size on an array gets pages of its own, which go back to the system with it, bytes."""
_KEPT_UNTIL, _KEPT = 48 << 20, 32 << 20
"""How much of what smaller ones have freed is kept until some goes back, and after that, bytes."""
_READY, _PIECE = 20 << 20, 4 << 20
"""What the images of a frame and their pictures take at the usual sizes, and the largest of them, bytes."""


def give_back_early() -> None:
    """Have the C library return freed memory to the system soon, where it is glibc; else do nothing.

    Left alone it learns from large arrays to keep as much as 64 MB of freed ones, for each of some threads,
    and what one of them has freed is of no use to the others. Some is kept, for new pages cost time: while a
    mesh is read and for every frame, arrays of the same sizes are made and dropped. Must come before the
    first thread, which would get memory of its own.
    """
    library = _c_library()
    if library is not None:
        library.mallopt(_M_ARENA_MAX, 1)
        library.mallopt(_M_MMAP_THRESHOLD, _OWN_PAGES)
        library.mallopt(_M_TRIM_THRESHOLD, _KEPT_UNTIL)
        library.mallopt(_M_TOP_PAD, _KEPT)


def make_ready() -> None:
    """Have the memory at hand that the images of one more frame need; for worker threads.

    What is new to the process is slow when it is written to for the first time: up to a millisecond a
    megabyte, which decoding would wait for.
    """
    library = _c_library()
    if library is None:
        return
    library.malloc.restype = ctypes.c_void_p
    pieces = [ctypes.c_void_p(library.malloc(_PIECE)) for _ in range(_READY // _PIECE)]
    for piece in pieces:
        if piece:
            ctypes.memset(piece, 0, _PIECE)
    for piece in pieces:
        library.free(piece)


def give_back_now() -> None:
    """Return what lies free between small pieces of memory, too; some milliseconds, for worker threads.

    Pictures that are put together in software leave tens of megabytes of it.
    """
    library = _c_library()
    if library is not None:
        library.malloc_trim(0)


def _c_library() -> ctypes.CDLL | None:
    """The C library where it is glibc, whose memory can be told what to keep; else None."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "gnu_get_libc_version") else None


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
    """Look for no garbage until the window does: what a program makes while it starts, it keeps."""
    gc.disable()
