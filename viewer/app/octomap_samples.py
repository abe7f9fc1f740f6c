"""Samples of an octomap: the state of each of many places, as a file the original's sampler would write."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from viewer.errors import FormatError
from viewer.formats.hdf5_array import read_array, write_array
from viewer.formats.hypersim import layout
from viewer.formats.hypersim.octomap_files import read_tree
from viewer.formats.listing import is_file
from viewer.formats.registry import find_scene
from viewer.jobs.job import Progress
from viewer.model.octomap import FREE, NOT_FINITE, OCCUPIED, UNKNOWN, LeafIndex, Octomap

POINTS_PER_STEP = 1 << 20
TREE_SUFFIXES = (".bt", ".ot")


@dataclass(frozen=True, slots=True)
class StateCounts:
    """How many places are in each state."""

    occupied: int
    free: int
    unknown: int
    not_finite: int


def octomap_at(path: Path, also: tuple[Path, ...] = ()) -> Octomap:
    """The octomap of the one scene at a path, or that of a `.bt` or `.ot` file.

    Raises FormatError when there is none, or it is malformed.
    """
    if path.suffix.lower() in TREE_SUFFIXES and is_file(path):
        return read_tree(path)
    _, match = find_scene(path, also)
    folders = [layout.octomap_folder(folder) for folder in match.folders]
    for folder in folders:
        for name in (layout.OCTOMAP_TREE, layout.OCTOMAP_FULL_TREE):
            if is_file(folder / name):
                return read_tree(folder / name)
    raise FormatError(
        "the scene has no octomap: this file is not there",
        path=folders[0] / layout.OCTOMAP_TREE,
        hint="'hypersim-viewer generate octomap' makes one from the mesh",
    )


def write_samples(octomap: Octomap, points_path: Path, out: Path, progress: Progress) -> StateCounts:
    """Write the state of every point of an HDF5 file (N, 3), world units, as int64 (N, 1).

    1 occupied, 0 free, -1 unknown, -2 not a place. Raises FormatError, SaveError; Cancelled, and then nothing
    is written.
    """
    points = read_array(points_path, shape=(None, 3), dtype=np.float64)
    index = LeafIndex(octomap)
    states = np.empty(len(points), np.int64)
    for start in range(0, len(points), POINTS_PER_STEP):
        progress.step(start, len(points), "Looking up points")
        part = slice(start, start + POINTS_PER_STEP)
        states[part] = index.states_at(points[part])
    write_array(out, states.reshape(-1, 1))
    progress.step(1, 1, "Written")
    return StateCounts(
        *(int(np.count_nonzero(states == state)) for state in (OCCUPIED, FREE, UNKNOWN, NOT_FINITE))
    )
