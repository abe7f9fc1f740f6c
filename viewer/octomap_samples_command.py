"""The `octomap-samples` command: is it occupied there, free or unknown?"""

from __future__ import annotations

import argparse
from pathlib import Path

from viewer.cli import add_also, console_progress, overlay_roots


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument(
        "scene", type=Path, metavar="SCENE", help="a scene folder with an octomap, or a .bt or .ot file"
    )
    parser.add_argument(
        "points",
        type=Path,
        metavar="POINTS.hdf5",
        help="the places to look at: an HDF5 file with numbers (n, 3) in asset units",
    )
    parser.add_argument(
        "--out",
        required=True,
        type=Path,
        metavar="FILE.hdf5",
        help="write one integer per place: 1 occupied, 0 free, -1 unknown, -2 not a finite place",
    )
    add_also(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the samples. Raises ViewerError."""
    from viewer.app.octomap_samples import octomap_at, write_samples

    octomap = octomap_at(arguments.scene, tuple(overlay_roots(arguments)))
    counts = write_samples(octomap, arguments.points, arguments.out, console_progress())
    print(
        f"{counts.occupied:,} occupied, {counts.free:,} free, {counts.unknown:,} unknown, "
        f"{counts.not_finite:,} not finite: written to {arguments.out}"
    )
    return 0
