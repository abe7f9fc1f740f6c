"""The `render` command: a picture of a scene, without a window and without a display."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from viewer.drawing_options import add_look, look_of, picture_size
from viewer.errors import FormatError, UsageError
from viewer.lens_option import add_lens

if TYPE_CHECKING:
    from viewer.app.session import OpenedScene
    from viewer.model.camera import Camera
    from viewer.model.frames import FrameId
    from viewer.model.points import PointSet


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    from viewer.cli import add_also

    parser.add_argument(
        "path",
        type=Path,
        metavar="PATH",
        help="a scene folder, its _detail or _detail/mesh; of several scenes the first is drawn",
    )
    parser.add_argument(
        "--out", required=True, type=Path, metavar="FILE.png", help="where to write the picture"
    )
    parser.add_argument(
        "--size", type=picture_size, metavar="WxH", help="in pixels (1280x800, or the camera's own)"
    )
    parser.add_argument("--camera", metavar="NAME", help="look through this camera, such as cam_00")
    parser.add_argument("--frame", type=int, metavar="N", help="at this keyframe (the camera's first)")
    parser.add_argument("--eye", nargs=3, type=float, metavar=("X", "Y", "Z"), help="stand here, world units")
    parser.add_argument("--look-at", nargs=3, type=float, metavar=("X", "Y", "Z"), help="and look there")
    parser.add_argument("--fov-y", type=float, metavar="DEG", help="vertical angle of view (60)")
    add_look(parser)
    parser.add_argument(
        "--background", choices=("dark", "light", "none"), default="dark", help="none: transparent"
    )
    add_lens(parser)
    add_also(parser)


@dataclass(frozen=True, slots=True, eq=False)
class _Viewpoint:
    camera: Camera
    frame: FrameId | None = None


def run(arguments: argparse.Namespace) -> int:
    """Draw and write the picture, print its path; returns the exit code."""
    from PIL import Image

    from viewer.app.open_scene import open_scene
    from viewer.cli import console_progress, overlay_roots
    from viewer.formats.hypersim.label_tables import default_label_table
    from viewer.formats.registry import find_scenes
    from viewer.render.offscreen import open_offscreen_context, render_image

    _check_viewpoint(arguments)
    progress = console_progress()
    reader, matches = find_scenes(arguments.path, overlay_roots(arguments))
    opened = open_scene(reader, matches[0], default_label_table(), progress)
    look = look_of(arguments, opened, progress, needs_lens=arguments.eye is None)
    opened = look.opened
    view = _viewpoint(arguments, opened, look.points)
    with open_offscreen_context() as context:
        picture = render_image(
            context,
            opened.scene,
            view.camera,
            current=view.frame,
            dark=arguments.background != "light",
            transparent=arguments.background == "none",
            **look.shown,
        )
        how = str(context)
    image = Image.fromarray(picture if arguments.background == "none" else picture[..., :3])
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    image.save(arguments.out, "PNG")
    lens = "" if view.frame is None else f", lens: {view.camera.lens.source.value}"
    print(f"{arguments.out}  ({image.width} by {image.height}, OpenGL from {how}{lens})")
    return 0


def _check_viewpoint(arguments: argparse.Namespace) -> None:
    if (arguments.eye is None) != (arguments.look_at is None):
        raise UsageError("--eye and --look-at belong together: expected both, found one")
    if arguments.eye is not None and arguments.camera is not None:
        raise UsageError("expected either --camera or --eye with --look-at, found both")
    if arguments.eye is not None and arguments.eye == arguments.look_at:
        raise UsageError("--eye and --look-at are the same point: expected a direction to look in")
    if arguments.frame is not None and arguments.eye is not None:
        raise UsageError("--frame belongs to a camera: expected no --eye with it")
    if arguments.fov_y is not None and not 1 <= arguments.fov_y <= 170:
        raise UsageError(f"expected --fov-y between 1 and 170 degrees, found {arguments.fov_y:g}")
    if arguments.frame is not None and arguments.camera is None:
        raise UsageError("--frame needs the camera it belongs to: expected --camera NAME")


def _viewpoint(arguments: argparse.Namespace, opened: OpenedScene, points: PointSet | None) -> _Viewpoint:
    from viewer.model.camera import Cameras
    from viewer.render.bounds import scene_bounds
    from viewer.render.orbit_camera import FOV_Y_DEGREES, OrbitCamera, ViewState

    scene = opened.scene
    cameras = scene.part(Cameras)
    if arguments.camera is not None:
        return _through(arguments, cameras, scene.path)
    size = arguments.size or (1280, 800)
    free = OrbitCamera(scene.up)
    fov_y = arguments.fov_y or FOV_Y_DEGREES
    if arguments.eye is not None:
        free.set_view(ViewState(tuple(arguments.eye), tuple(arguments.look_at), tuple(scene.up), fov_y))
        return _Viewpoint(free.camera(*size))
    first = next((t for t in cameras.trajectories if len(t)), None) if cameras is not None else None
    if first is not None:
        arguments.camera = first.name
        return _through(arguments, cameras, scene.path)
    free.fov_y = np.radians(fov_y)
    free.azimuth, free.elevation = np.radians(-135), np.radians(-35)
    free.pose = free.frame(*scene_bounds(scene, opened.gpu_mesh, points), size[0] / size[1])
    return _Viewpoint(free.camera(*size))


def _through(arguments: argparse.Namespace, cameras: object, path: Path) -> _Viewpoint:
    """The view of one of the scene's cameras; in a picture of another shape it is carried on at the sides."""
    from viewer.model.camera import Cameras
    from viewer.model.frames import FrameId
    from viewer.render.look_through import LookThrough

    names = cameras.names if isinstance(cameras, Cameras) else ()
    trajectory = cameras.get(arguments.camera) if isinstance(cameras, Cameras) else None
    if trajectory is None or not len(trajectory):
        has = f"it has {', '.join(names)}" if names else "it has no cameras"
        raise FormatError(f"there is no camera '{arguments.camera}' in this scene; {has}", path=path)
    frame = int(trajectory.frame_ids[0]) if arguments.frame is None else arguments.frame
    row = trajectory.index_of(frame)
    if row is None:
        ids = trajectory.frame_ids
        raise FormatError(
            f"camera '{arguments.camera}' has no frame {frame}: expected one of its {len(ids)} keyframes "
            f"from {ids.min()} to {ids.max()}",
            path=path,
        )
    camera = trajectory.camera_at(row)
    if arguments.size is not None:
        camera = LookThrough(camera).window_camera(*arguments.size)
    return _Viewpoint(camera, FrameId(trajectory.name, frame))
