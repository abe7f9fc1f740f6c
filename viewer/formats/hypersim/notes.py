"""Tables about the whole dataset: what they say about one scene."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from viewer.errors import FormatError
from viewer.formats.hypersim.camera_table import nearby_folders
from viewer.formats.hypersim.layout import IMAGES_TABLES, TRAJECTORIES_TABLE
from viewer.formats.hypersim.tables import read_rows
from viewer.formats.listing import is_file
from viewer.model.dataset_notes import DatasetNotes, TrajectoryNote
from viewer.model.frames import FrameId

_IMAGE_COLUMNS = ("scene_name", "camera_name", "frame_id", "included_in_public_release", "exclude_reason")
_SPLIT_COLUMN = "split_partition_name"
_TRAJECTORY_COLUMNS = ("Animation", "Scene type", "Notes", "Any good views of scene?")


def find_tables(folders: Iterable[Path]) -> tuple[Path | None, Path | None]:
    """The tables of trajectories and of images: beside the folders, up to three above, or in `analysis`.

    A folder whose name begins with `analysis` counts, beside the scenes and in a checkout of the repository.
    """
    trajectories: Path | None = None
    images: Path | None = None
    for place in nearby_folders(folders):
        inside = [
            place,
            *sorted(place.glob("analysis*")),
            *sorted(place.glob("evermotion_dataset/analysis*")),
        ]
        for folder in inside:
            if trajectories is None and is_file(folder / TRAJECTORIES_TABLE):
                trajectories = folder / TRAJECTORIES_TABLE
            for name in IMAGES_TABLES:
                if images is None and is_file(folder / name):
                    images = folder / name
    return trajectories, images


def read_trajectory_notes(path: Path, scene_name: str) -> dict[str, TrajectoryNote]:
    """Notes on the scene's trajectories by camera name. Raises FormatError."""
    prefix = f"{scene_name}_"
    rows = read_rows(path, _TRAJECTORY_COLUMNS, only_lines_with=prefix)
    return {
        animation.removeprefix(prefix): TrajectoryNote(scene_type, notes, good_views != "No")
        for animation, scene_type, notes, good_views in rows
        if animation.startswith(prefix)
    }


def read_image_notes(path: Path, scene_name: str) -> tuple[dict[FrameId, str], str, int]:
    """Why frames are excluded, the scene's split, and how many frames are listed. Raises FormatError."""
    columns = (*_IMAGE_COLUMNS, _SPLIT_COLUMN) if path.name == IMAGES_TABLES[0] else _IMAGE_COLUMNS
    rows = _rows_by_scene(path, path.stat().st_mtime_ns, columns).get(scene_name, [])
    excluded: dict[FrameId, str] = {}
    split = ""
    for _, camera, frame, included, reason, *rest in rows:
        if not frame.isdecimal():
            raise FormatError(f"expected a frame id for {scene_name}, found '{frame}'", path=path)
        if included != "True":
            excluded[FrameId(camera, int(frame))] = reason or "not released"
        split = split or "".join(rest)
    return excluded, split, len(rows)


@lru_cache(maxsize=2)
def _rows_by_scene(path: Path, _changed: int, columns: tuple[str, ...]) -> dict[str, list[tuple[str, ...]]]:
    """Rows by scene name; kept, because the whole dataset has 82,900 and is asked for scene by scene."""
    grouped: dict[str, list[tuple[str, ...]]] = {}
    for row in read_rows(path, columns):
        grouped.setdefault(row[0], []).append(row)
    return grouped


def combine(
    trajectories: dict[str, TrajectoryNote], images: tuple[dict[FrameId, str], str, int]
) -> DatasetNotes | None:
    """Both tables' notes on one scene, or None when neither mentions it."""
    excluded, split, listed = images
    if not trajectories and not listed:
        return None
    return DatasetNotes(trajectories, excluded, split, listed)
