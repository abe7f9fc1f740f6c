"""The `export-poses` command: trajectories for other programs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from viewer.cli import PROGRAM, add_also, console_progress, overlay_roots
from viewer.lens_option import add_lens

FORMATS = ("json", "colmap", "numpy", "opencv", "blender")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument("scene", type=Path, metavar="SCENE", help="a scene folder")
    parser.add_argument("--format", choices=FORMATS, default="json", help="for which program (json)")
    parser.add_argument(
        "--out", required=True, type=Path, metavar="PATH", help="the file to write; for colmap a folder"
    )
    parser.add_argument(
        "--camera",
        action="append",
        default=[],
        metavar="NAME",
        help="only this camera, such as cam_00; may be given several times",
    )
    parser.add_argument("--only-pictured", action="store_true", help="leave out keyframes that have no image")
    add_lens(parser)
    add_also(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the poses and tell where; returns the exit code. Raises ViewerError."""
    from viewer.app.lenses import with_chosen_lens
    from viewer.app.pose_export import FORMATS_BY_KEY, export_poses
    from viewer.formats.registry import find_scene

    progress = console_progress()
    reader, match = find_scene(arguments.scene, overlay_roots(arguments))
    scene = with_chosen_lens(reader.survey(match, progress), arguments.lens, progress)
    done = export_poses(
        scene,
        FORMATS_BY_KEY[arguments.format],
        arguments.out,
        cameras=arguments.camera,
        only_pictured=arguments.only_pictured,
        progress=progress,
    )
    for warning in done.warnings:
        print(f"{PROGRAM}: {warning}", file=sys.stderr)
    trajectories = "1 trajectory" if done.cameras == 1 else f"{done.cameras} trajectories"
    print(f"{done.path}  ({done.frames} keyframes of {trajectories})")
    return 0
