"""How many cores this process may use, and what for."""

from __future__ import annotations

import os


def core_count() -> int:
    """At least 1; fewer than the machine has where the process is held to some of them."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def keep_cores_free() -> None:
    """Let linear algebra do with the thread that asks for it; must come before NumPy is imported.

    OpenBLAS, which NumPy brings along, keeps a thread for every further core. After each of its tasks, and at
    the start for a tenth of a second, such a thread looks for the next one without pause, while whatever else
    the core could do waits. Matrices are small here, and what is large is shared out by workers.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
