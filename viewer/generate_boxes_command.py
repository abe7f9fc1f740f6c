"""`generate boxes`: the boxes of all instances, made anew from a scene's mesh and saved labels."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from viewer.cli import PROGRAM, add_also, console_progress, overlay_roots
from viewer.errors import FormatError
from viewer.model.boxes import BOX_KINDS

ALL = "all"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the word understands."""
    parser.add_argument(
        "scene",
        type=Path,
        metavar="SCENE",
        help="a scene folder, its _detail or _detail/mesh; its saved labels are used",
    )
    parser.add_argument(
        "--type",
        choices=(*BOX_KINDS, ALL),
        default=ALL,
        dest="kind",
        help="which boxes: along the world's axes, upright with the smallest base, of the smallest volume, "
        "or all three (the default)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="write the files into DIR and not into the scene's mesh folder",
    )
    parser.add_argument("--replace", action="store_true", help="replace boxes that are there already")
    add_also(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the files; 1 when something about the labels or the mesh was wrong. Raises ViewerError."""
    from viewer.app.box_fitting import check_box_folder, recompute_boxes, saved_instances, write_scene_boxes
    from viewer.formats.registry import find_scene

    progress = console_progress()
    reader, match = find_scene(arguments.scene, overlay_roots(arguments))
    scene = reader.read(match, progress.part(0, 30, 100))
    faults = [
        f"{scene.path if gap.expected_at is None else gap.expected_at}: {gap.why}"
        for gap in scene.gaps
        if gap.is_broken and gap.what in ("Labels", "Mesh", "Objects of faces")
    ]
    instance, count = saved_instances(scene)
    kinds = BOX_KINDS if arguments.kind == ALL else (arguments.kind,)
    folder = arguments.out if arguments.out is not None else scene.label_folder
    if folder is None:
        raise FormatError("expected --out DIR, for the scene has no mesh folder", path=scene.path)
    if not arguments.replace:
        check_box_folder(folder, kinds)
    made = recompute_boxes(scene, instance, kinds, progress=progress.part(30, 100, 100))
    paths = write_scene_boxes(folder, made.sets, count)
    for line in faults:
        print(f"{PROGRAM}: {' '.join(line.split())}", file=sys.stderr)
    boxed = len(next(iter(made.sets.by_kind.values())))
    source = "" if made.fitted_to == "mesh" else " fitted to points of the images, for there is no mesh,"
    print(f"boxes of {boxed:,} of {count:,} instances{source} written to {folder} ({len(paths)} files)")
    return 1 if faults else 0
