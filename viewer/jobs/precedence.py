"""Which threads get the processor first."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress

_NICER = 5
"""So that a busy machine still gets done with it: a third of what others get."""


def step_back() -> None:
    """Let all other threads have the processor before the one that calls this, from now on.

    Only on Linux, where each thread has its own precedence, and can only lower it: for threads that are not
    used for anything else, and that hardly need Python's lock. Where OpenGL is software and cores are few,
    pictures come much sooner for it.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            thread = threading.get_native_id()
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + _NICER)
