"""What the C library is told about memory, in processes of their own: it cannot be taken back."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    not (sys.platform.startswith("linux") and hasattr(ctypes.CDLL(None), "gnu_get_libc_version")),
    reason="only glibc can be told how much memory to keep",
)

NEW_PAGES = """
import resource
import numpy as np
from viewer.app import memory

def pages():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

memory.give_back_early()
{before}
began = pages()
frame = [np.ones((768, 1024, 3), np.uint8) for _ in range(6)]
print(pages() - began)
"""


def _answer(program: str) -> int:
    return int(subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout)


def test_the_images_of_a_frame_find_memory_that_was_made_ready() -> None:
    needed = _answer(NEW_PAGES.format(before=""))
    assert needed > 3000, "13 megabytes in pages of 4 kilobytes"
    assert _answer(NEW_PAGES.format(before="memory.make_ready()")) < needed / 10
