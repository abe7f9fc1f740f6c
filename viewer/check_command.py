"""The `check` command: whether the images of every frame fit its camera, without a window."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.cli import add_also, console_progress, overlay_roots
from viewer.lens_option import add_lens

if TYPE_CHECKING:
    from viewer.jobs.job import Progress
    from viewer.model.scene import Scene

FRAME_FAILED = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.epilog = (
        "Exit codes: 0 every frame that could be checked fits, 1 nothing could be checked or a file cannot "
        "be written, 2 wrong usage, 3 a frame fails."
    )
    parser.add_argument("path", type=Path, metavar="PATH", help="a scene folder, its _detail or _detail/mesh")
    parser.add_argument(
        "--camera",
        action="append",
        default=[],
        metavar="NAME",
        help="only this camera, such as cam_00; may be given several times",
    )
    parser.add_argument("--frame", type=int, metavar="N", help="only the frames of this number")
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write a table with a row per frame as well")
    add_lens(parser)
    add_also(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check the frames and print what was found; 3 when one fails. Raises ViewerError."""
    from viewer.app.lenses import with_chosen_lens
    from viewer.app.pose_check import check_scene
    from viewer.app.pose_check_text import save_csv, to_json, to_text

    progress = console_progress()
    scene = with_chosen_lens(_read_scene(arguments, progress), arguments.lens, progress)
    found = check_scene(scene, cameras=arguments.camera, frame=arguments.frame, progress=progress)
    print(to_json(found) if arguments.json else to_text(found))
    if arguments.csv is not None:
        save_csv(found, arguments.csv)
    if found.failed:
        return FRAME_FAILED
    return 0 if found.checked_count else 1


def _read_scene(arguments: argparse.Namespace, progress: Progress) -> Scene:
    from viewer.formats.registry import find_scene

    reader, match = find_scene(arguments.path, overlay_roots(arguments))
    return reader.read(match, progress)
