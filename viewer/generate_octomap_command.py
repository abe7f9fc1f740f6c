"""`generate octomap`: free and occupied space, carved out of a scene's mesh."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from viewer.cli import add_also, console_progress, overlay_roots
from viewer.errors import UsageError

if TYPE_CHECKING:
    from viewer.jobs.job import Progress
    from viewer.model.scene import Scene


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the word understands."""
    parser.add_argument("scene", type=Path, metavar="SCENE", help="a scene folder that has a mesh")
    parser.add_argument(
        "--voxel-size", type=float, metavar="M", help="edge of the smallest cube in metres (0.1)"
    )
    parser.add_argument(
        "--extent",
        type=float,
        nargs="+",
        metavar="M",
        help="metres of space to look at, one number or three for x, y and z (30)",
    )
    parser.add_argument(
        "--rays", type=int, metavar="N", help="the square of this many rays from every place (512)"
    )
    parser.add_argument("--iterations", type=int, metavar="N", help="places per start position (5)")
    parser.add_argument(
        "--starts", type=int, metavar="N", help="start from so many camera positions, spread out (16)"
    )
    parser.add_argument(
        "--positions",
        type=Path,
        metavar="FILE.hdf5",
        help="start from these positions instead: numbers (n, 3) in asset units",
    )
    parser.add_argument("--seed", type=int, metavar="N", help="of the random places (0)")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="write here and not into the scene's _detail/octomap"
    )
    parser.add_argument("--replace", action="store_true", help="replace the octomap that is there already")
    add_also(parser)


def run(arguments: argparse.Namespace) -> int:
    """Carve and write. Raises ViewerError."""
    from viewer.app.octomap_making import check_octomap_folder, make_octomap, octomap_home, save_octomap
    from viewer.formats.hdf5_array import read_array

    settings = _settings(arguments)
    progress = console_progress()
    starts = None
    if arguments.positions is not None:
        starts = read_array(arguments.positions, shape=(None, 3), dtype=np.float64)
    scene = _read_scene(arguments, progress)
    folder = octomap_home(scene) if arguments.out is None else arguments.out
    check_octomap_folder(folder, may_replace=arguments.replace)
    carved = make_octomap(scene, settings, progress, starts)
    save_octomap(carved, folder)
    octomap = carved.octomap
    occupied = int(np.count_nonzero(octomap.occupied))
    blocked = f"; {carved.blocked_starts} inside of things left out" if carved.blocked_starts else ""
    print(
        f"octomap of {occupied:,} occupied and {len(octomap.keys) - occupied:,} free cubes, seen from "
        f"{carved.used_starts} start positions{blocked}, written to {folder}"
    )
    return 0


def _settings(arguments: argparse.Namespace) -> Any:
    """What was asked for, the rest as usual. Raises UsageError for values out of range."""
    from viewer.app.octomap_making import OctomapSettings

    asked: dict[str, Any] = {
        "voxel_size_m": arguments.voxel_size,
        "rays": arguments.rays,
        "iterations": arguments.iterations,
        "starts": arguments.starts,
        "seed": arguments.seed,
    }
    if arguments.extent is not None:
        if len(arguments.extent) not in (1, 3):
            raise UsageError(f"--extent takes one number or three, found {len(arguments.extent)}")
        extent = arguments.extent * 3 if len(arguments.extent) == 1 else arguments.extent
        asked |= {f"extent_{axis}_m": value for axis, value in zip("xyz", extent, strict=True)}
    asked = {name: value for name, value in asked.items() if value is not None}
    for entry in fields(OctomapSettings):
        low, high = entry.metadata["limits"]
        value = asked.get(entry.name, low)
        if not low <= value <= high:
            title = entry.metadata["title"].lower()
            raise UsageError(f"expected {title} between {low:g} and {high:g}, found {value:g}")
    return OctomapSettings(**asked)


def _read_scene(arguments: argparse.Namespace, progress: Progress) -> Scene:
    from viewer.formats.registry import find_scene

    reader, match = find_scene(arguments.scene, overlay_roots(arguments))
    return reader.read(match, progress)
