"""A first look at many scenes: what each has, told by the names of files alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from viewer.formats.hypersim import layout
from viewer.formats.listing import is_file, is_folder
from viewer.formats.reader import SceneMatch
from viewer.jobs.job import Progress

BATCH = 25
"""Scenes per report: few enough to come at once, many enough not to flood the main thread."""


@dataclass(frozen=True, slots=True)
class SceneGlance:
    """What the folders of a scene seem to hold."""

    has_mesh: bool
    has_labels: bool
    has_images: bool


def glance(match: SceneMatch) -> SceneGlance:
    """Look at a scene's folders without opening a file."""
    meshes = [layout.mesh_folder(folder) for folder in match.folders]
    return SceneGlance(
        any(is_file(folder / layout.VERTICES) for folder in meshes),
        any(is_file(folder / layout.OBJECT_CLASSES) for folder in meshes),
        any(_has_entries(layout.images_folder(folder)) for folder in match.folders),
    )


def glance_at(
    matches: Sequence[SceneMatch], tell: Callable[[int, list[SceneGlance]], None], progress: Progress
) -> None:
    """Look at every scene; `tell(first, found)` gets them in batches, on this thread. Raises Cancelled."""
    for first in range(0, len(matches), BATCH):
        progress.step(first, len(matches), matches[first].name)
        tell(first, [glance(match) for match in matches[first : first + BATCH]])


def _has_entries(folder: Path) -> bool:
    try:
        return any(is_folder(entry) for entry in folder.iterdir())
    except OSError:
        return False
