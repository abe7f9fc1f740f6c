"""How much memory this process takes."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

_PAGES = Path("/proc/self/statm")
_STATUS = Path("/proc/self/stat")
_MEGABYTE = 1 << 20


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
