"""The `video` command: a trajectory, or once around the scene, as MP4, without a window."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.cli import add_also, console_progress, overlay_roots
from viewer.drawing_options import Look, add_look, look_of, picture_size
from viewer.errors import UsageError
from viewer.lens_option import add_lens

if TYPE_CHECKING:
    from viewer.model.camera import Camera

FPS, SECONDS = 24.0, 10.0
TURNTABLE_SIZE = (1280, 720)
LONGEST_S = 3600.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument("scene", type=Path, metavar="SCENE", help="a scene folder")
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--camera", metavar="NAME", help="fly along this trajectory, such as cam_00")
    way.add_argument("--turntable", action="store_true", help="walk once around the scene")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE.mp4", help="the video to write")
    parser.add_argument(
        "--size", type=picture_size, metavar="WxH", help="in pixels, even (the camera's own; 1280x720)"
    )
    parser.add_argument("--fps", type=_rate, default=FPS, metavar="N", help=f"pictures a second ({FPS:g})")
    parser.add_argument(
        "--seconds", type=_duration, default=SECONDS, metavar="S", help=f"how long it lasts ({SECONDS:g})"
    )
    add_look(parser, usual_back_faces="show; with --turntable hide")
    parser.add_argument("--background", choices=("dark", "light"), default="dark")
    add_lens(parser)
    add_also(parser)


def _rate(text: str) -> float:
    value = float(text)
    if not 1 <= value <= 120:
        raise argparse.ArgumentTypeError(f"expected 1 to 120 pictures a second, found {text}")
    return value


def _duration(text: str) -> float:
    value = float(text)
    if not 0 < value <= LONGEST_S:
        raise argparse.ArgumentTypeError(f"expected up to {LONGEST_S:g} seconds, found {text}")
    return value


_rate.__name__, _duration.__name__ = "number", "number"  # argparse names the type in "invalid ... value"


def run(arguments: argparse.Namespace) -> int:
    """Draw and write the video, print its path; returns the exit code. Raises ViewerError."""
    from viewer.app.open_scene import open_scene
    from viewer.formats.hypersim.label_tables import default_label_table
    from viewer.formats.registry import find_scene
    from viewer.formats.video_file import VideoFile, check_video_size
    from viewer.render.offscreen import offscreen_state, open_offscreen_context

    if arguments.size is not None:
        check_video_size(*arguments.size)
    progress = console_progress()
    reader, match = find_scene(arguments.scene, overlay_roots(arguments))
    opened = open_scene(reader, match, default_label_table(), progress)
    is_round = arguments.turntable
    look = look_of(
        arguments,
        opened,
        progress,
        needs_lens=not is_round,
        usual_back_faces="hide" if is_round else "show",
    )
    count = max(math.ceil(arguments.seconds * arguments.fps), 1)
    cameras = _cameras(arguments, look, count)
    size = (cameras[0].lens.width, cameras[0].lens.height)
    is_dark = arguments.background == "dark"
    with open_offscreen_context() as context, VideoFile(arguments.out, size, arguments.fps) as video:
        from viewer.render.still import StillPainter  # OpenGL must not be loaded before its context is chosen

        scene = look.opened.scene
        with offscreen_state(context, scene, dark=is_dark, **look.shown) as state:
            painter = StillPainter(context.context)
            for k, camera in enumerate(cameras):
                video.write(painter.paint(state, camera))
                progress.step(k + 1, count, f"Picture {k + 1} of {count}")
            painter.release()
        how = str(context)
    print(f"{arguments.out}  ({size[0]} by {size[1]}, {count} pictures, OpenGL from {how})")
    return 0


def _cameras(arguments: argparse.Namespace, look: Look, count: int) -> tuple[Camera, ...]:
    from viewer.model.camera import Cameras
    from viewer.model.camera_path import along_trajectory
    from viewer.render.bounds import scene_bounds
    from viewer.render.look_through import LookThrough
    from viewer.render.turntable import turntable

    scene = look.opened.scene
    if arguments.turntable:
        bounds = scene_bounds(scene, look.opened.gpu_mesh, look.points)
        return turntable(bounds, scene.up, arguments.size or TURNTABLE_SIZE, count)
    cameras = scene.part(Cameras)
    trajectory = None if cameras is None else cameras.get(arguments.camera)
    if trajectory is None or not len(trajectory):
        names = ", ".join(cameras.names) if cameras is not None else "none"
        raise UsageError(f"expected --camera to be one of the scene's ({names}), found '{arguments.camera}'")
    path = along_trajectory(trajectory, count)
    size = arguments.size
    return path if size is None else tuple(LookThrough(camera).window_camera(*size) for camera in path)
