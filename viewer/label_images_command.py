"""The `label-images` command: class and instance images of all frames, as the dataset has them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.cli import PROGRAM, add_also, console_progress, overlay_roots

if TYPE_CHECKING:
    from viewer.jobs.job import Progress
    from viewer.model.scene import Scene


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument(
        "scene",
        type=Path,
        metavar="SCENE",
        help="a scene folder, its _detail or _detail/mesh; its saved labels are used",
    )
    parser.add_argument(
        "--out",
        required=True,
        type=Path,
        metavar="DIR",
        help="write into DIR/images; the scene's own folder replaces the images it has",
    )
    parser.add_argument(
        "--camera",
        action="append",
        default=[],
        metavar="NAME",
        help="only this camera, such as cam_00; may be given several times",
    )
    add_also(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the images; 1 when some could not be made, each told in one line. Raises ViewerError."""
    from viewer.app.label_images import saved_snapshot, write_label_images
    from viewer.formats.hypersim.label_tables import default_label_table

    progress = console_progress()
    scene = _read_scene(arguments, progress)
    faults = [
        f"{scene.path if gap.expected_at is None else gap.expected_at}: {gap.why}"
        for gap in scene.gaps
        if gap.is_broken and gap.what in ("Labels", "Render nodes")
    ]
    snapshot = saved_snapshot(scene, default_label_table())
    done = write_label_images(scene, snapshot, arguments.out, cameras=arguments.camera, progress=progress)
    for line in [*faults, *map(str, done.failures)]:
        print(f"{PROGRAM}: {' '.join(line.split())}", file=sys.stderr)
    cameras = len({frame.camera for frame in done.frames})
    written = f"{_counted(len(done.frames), 'frame')} of {_counted(cameras, 'camera')}"
    passed_over = f"; {_counted(len(done.failures), 'frame')} could not be made" if done.failures else ""
    print(f"label images of {written} written to {done.folder}{passed_over}")
    return 1 if faults or done.failures else 0


def _read_scene(arguments: argparse.Namespace, progress: Progress) -> Scene:
    """The one scene at the path, without its mesh, which is not needed."""
    from viewer.formats.registry import find_scene

    reader, match = find_scene(arguments.scene, overlay_roots(arguments))
    return reader.survey(match, progress)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
