"""What surrounds a scene: its octree, its units, tables of the dataset, the labelling log."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viewer.errors import FormatError
from viewer.formats.hdf5_array import read_array
from viewer.formats.hypersim import camera_table, layout, notes, tables
from viewer.formats.hypersim.findings import Findings
from viewer.formats.hypersim.octomap_files import read_tree, read_tree_size
from viewer.formats.hypersim.session_log import labelling_time
from viewer.formats.listing import is_file
from viewer.model.dataset_notes import TrajectoryNote
from viewer.model.frames import FrameId


def add_octomap(seen: Findings) -> None:
    """The octree; a survey notes its size only."""
    seen.step("octomap")
    names = layout.OCTOMAP_TREE, layout.OCTOMAP_FULL_TREE
    scene = seen.with_file(*(f"{layout.DETAIL}/{layout.OCTOMAP}/{name}" for name in names))
    enables = "showing free and occupied space"
    if scene is None:
        path = layout.octomap_folder(seen.match.folders[0]) / layout.OCTOMAP_TREE
        seen.absent("Octomap", path, "the file is not there", enables)
        return
    folder = layout.octomap_folder(scene)
    path = next(folder / name for name in names if is_file(folder / name))
    try:
        if seen.is_survey:
            seen.add("Octomap", read_tree_size(path), scene)
            return
        tree = read_tree(path)
    except FormatError as error:
        seen.broken("Octomap", error, enables)
        return
    low = _free_space(seen, folder / layout.OCTOMAP_FREE_SPACE_MIN)
    high = _free_space(seen, folder / layout.OCTOMAP_FREE_SPACE_MAX)
    seen.add("Octomap", replace(tree, free_space_min=low, free_space_max=high), scene)


def _free_space(seen: Findings, path: Path) -> NDArray[np.float64] | None:
    title = "Bounds of free space"
    if not is_file(path):
        seen.absent(title, path, "the file is not there")
        return None
    try:
        corner = read_array(path, dtype=np.float64)
        if corner.size != 3 or not np.isfinite(corner).all():
            raise FormatError(f"expected 3 finite numbers, found shape {corner.shape}", path=path)
    except FormatError as error:
        seen.broken(title, error)
        return None
    return corner.reshape(3)


def add_notes(seen: Findings) -> None:
    """What the tables of the whole dataset say; they are an extra, so their absence is no gap."""
    seen.step("tables of the dataset")
    trajectories, images = notes.find_tables((*seen.match.folders, *seen.match.roots))
    about_cameras: dict[str, TrajectoryNote] = {}
    about_images: tuple[dict[FrameId, str], str, int] = ({}, "", 0)
    try:
        if trajectories is not None:
            about_cameras = notes.read_trajectory_notes(trajectories, seen.match.name)
        if images is not None:
            about_images = notes.read_image_notes(images, seen.match.name)
    except FormatError as error:
        seen.broken("Tables of the dataset", error, "scene types, and why frames were excluded")
    combined = notes.combine(about_cameras, about_images)
    place = trajectories if about_cameras else images
    if combined is not None and place is not None:
        seen.add("Tables of the dataset", combined, place.parent)


def add_log(seen: Findings) -> None:
    """How long the scene was labelled; without a log it never was."""
    name = f"{layout.DETAIL}/{layout.MESH}/{layout.SESSION_LOG}"
    folder = seen.with_file(name)
    if folder is None:
        return
    try:
        text = (folder / name).read_bytes().decode("utf-8", "replace")
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        seen.broken("Labelling log", FormatError(message, path=folder / name))
        return
    seen.add("Labelling log", labelling_time(text), folder)


def metres_per_unit(seen: Findings, table_path: Path | None) -> float:
    """From the scene's own file, else from the camera table, else 1 with a gap that says so."""
    name = f"{layout.DETAIL}/{layout.SCENE_TABLE}"
    folder = seen.with_file(name)
    enables = "lengths in metres"
    if folder is not None:
        try:
            scale = tables.read_parameter(folder / name, "meters_per_asset_unit")
            if scale <= 0:
                raise FormatError(f"expected metres per unit above 0, found {scale:g}", path=folder / name)
        except FormatError as error:
            seen.broken("Units", error, enables)
        else:
            seen.sources["Units"] = folder
            return scale
    scale_in_table = None
    if table_path is not None:
        try:
            scale_in_table = camera_table.read_table_scale(table_path, seen.match.name)
        except FormatError as error:
            seen.broken("Units", error, enables)
    if table_path is not None and scale_in_table is not None:
        seen.sources["Units"] = table_path
        return scale_in_table
    if folder is None:
        path = seen.first_detail(layout.SCENE_TABLE)
        seen.absent("Units", path, "the file is not there: a unit counts as a metre", enables)
    return 1.0
