"""Making a scene's octomap from its mesh, and putting it where the dataset keeps it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.app.fields import number
from viewer.errors import SaveError, ViewerError
from viewer.formats.hdf5_array import read_array
from viewer.formats.hypersim import layout
from viewer.formats.hypersim.octomap_files import read_tree, write_octomap
from viewer.formats.listing import exists, is_file, is_folder
from viewer.geometry.space_carving import Carved, Carving, carve, carving_box
from viewer.jobs.job import Progress
from viewer.model.camera import Cameras
from viewer.model.mesh import Mesh
from viewer.model.octomap import Octomap
from viewer.model.scene import Scene

Floats = NDArray[np.float64]

MOST_METRES: Final = 1000.0
_ALONG: Final = "Of the space that is looked at; its middle is that of the start positions"


@dataclass(frozen=True, slots=True)
class OctomapSettings:
    """How an octomap is made; the defaults are the dataset's own."""

    voxel_size_m: float = number(0.1, "Voxel size", 0.01, 1.0, "m", "Edge of the smallest cube")
    extent_x_m: float = number(30.0, "Extent along x", 0.5, MOST_METRES, "m", _ALONG)
    extent_y_m: float = number(30.0, "Extent along y", 0.5, MOST_METRES, "m", _ALONG)
    extent_z_m: float = number(30.0, "Extent along z", 0.5, MOST_METRES, "m", _ALONG)
    starts: int = number(
        16, "Start positions", 1, 256, "", "So many camera positions, spread out, are looked around from"
    )
    rays: int = number(512, "Rays per side", 16, 2048, "", "The square of this many rays from every place")
    iterations: int = number(
        5, "Iterations", 1, 100, "", "Places per start: itself, then free places drawn at random"
    )
    seed: int = number(0, "Seed", 0, 999_999, "", "Equal seeds draw equal places")

    @property
    def extent_m(self) -> tuple[float, float, float]:
        return self.extent_x_m, self.extent_y_m, self.extent_z_m


def camera_starts(scene: Scene, most: int) -> Floats:
    """At most so many of the distinct keyframe positions (S, 3), world units, as far apart as can be.

    Raises ViewerError when the scene has no camera trajectory.
    """
    cameras = scene.part(Cameras)
    paths = [] if cameras is None else [trajectory.positions for trajectory in cameras.trajectories]
    positions = np.concatenate(paths) if paths else np.empty((0, 3))
    positions = np.unique(positions[np.isfinite(positions).all(axis=1)], axis=0)
    if not len(positions):
        raise ViewerError(
            "the scene has no camera positions to look around from", hint="give positions with --positions"
        )
    chosen = [0]
    distance = np.linalg.norm(positions - positions[0], axis=1)
    while len(chosen) < most and distance.max() > 0:
        chosen.append(int(np.argmax(distance)))
        distance = np.minimum(distance, np.linalg.norm(positions - positions[chosen[-1]], axis=1))
    return np.asarray(positions[chosen])


def make_octomap(
    scene: Scene, settings: OctomapSettings, progress: Progress, starts: Floats | None = None
) -> Carved:
    """Carve the octomap of a scene's mesh, from camera positions or from given ones (S, 3), world units.

    Raises ViewerError when the scene lacks what it takes, Cancelled.
    """
    mesh = scene.part(Mesh)
    if mesh is None or not len(mesh.faces):
        raise ViewerError(
            "the scene has no mesh to carve an octomap from",
            path=scene.path,
            hint="lay a folder with the mesh over the scene",
        )
    if starts is None:
        starts = camera_starts(scene, settings.starts)
    elif not len(starts) or not np.isfinite(starts).all():
        raise ViewerError("expected start positions that are finite numbers, and at least one")
    voxel = settings.voxel_size_m / scene.metres_per_unit
    low, high = carving_box(starts, np.array(settings.extent_m) / scene.metres_per_unit)
    carving = Carving(starts, low, high, voxel, settings.rays**2, settings.iterations, settings.seed)
    return carve(mesh, carving, progress)


def load_octomap(path: Path, progress: Progress) -> Octomap:
    """The tree of a file, with the bounds of free space where they lie beside it. Raises FormatError."""
    progress.step(0, 1, f"Reading {path.name}")
    tree = read_tree(path)
    corners = []
    for name in (layout.OCTOMAP_FREE_SPACE_MIN, layout.OCTOMAP_FREE_SPACE_MAX):
        there = is_file(path.parent / name)
        corners.append(read_array(path.parent / name, dtype=np.float64).reshape(-1) if there else None)
    low, high = (None if corner is None or len(corner) != 3 else corner for corner in corners)
    progress.step(1, 1, "Read")
    return replace(tree, free_space_min=low, free_space_max=high)


def octomap_home(scene: Scene) -> Path:
    """Where the dataset keeps the octomap of a scene."""
    return layout.octomap_folder(scene.path)


def has_octomap(folder: Path) -> bool:
    """True when writing there would replace one."""
    return exists(folder / layout.OCTOMAP_TREE)


def check_octomap_folder(folder: Path, *, may_replace: bool) -> None:
    """Tell before the work begins what would fail at its end.

    Raises SaveError when an octomap is there that must not be replaced, or nothing can be written there.
    """
    there = next(place for place in (folder, *folder.absolute().parents) if exists(place))
    if not is_folder(there) or not os.access(there, os.W_OK):
        raise SaveError(
            "an octomap could not be saved here: writing is not allowed",
            path=folder,
            hint="write into another folder",
        )
    if has_octomap(folder) and not may_replace:
        raise SaveError(
            "there is an octomap already", path=folder, hint="--replace replaces it, --out writes elsewhere"
        )


def save_octomap(carved: Carved, folder: Path) -> tuple[Path, ...]:
    """Write tree and bounds into a folder as one unit; returns the files. Raises SaveError."""
    return write_octomap(folder, carved.octomap)
