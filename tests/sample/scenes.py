"""Writing the small sample scene, and opening it with the program's own reader."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from viewer.formats.registry import find_scenes
from viewer.jobs.job import Progress
from viewer.model.scene import Scene
from viewer.sample import write_sample


def write_and_time(folder: Path, what: str, **options: Any) -> Path:
    """Write it and print how long that took."""
    begin = time.perf_counter()
    scene = write_sample(folder, quality="test", **options)
    print(f"{what}: {time.perf_counter() - begin:.1f} s")
    return scene


def opened(folder: Path) -> Scene:
    reader, matches = find_scenes(folder)
    assert len(matches) == 1
    return reader.read(matches[0], Progress.silent())
