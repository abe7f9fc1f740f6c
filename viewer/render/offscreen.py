"""Drawing without a window, and where there is no display either.

OpenGL comes from EGL, which needs neither; where EGL has none to give, from a virtual X server started for
the purpose. Only one kind of context is opened per process, before anything else draws.
"""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from viewer.errors import GpuError
from viewer.model.camera import Camera
from viewer.model.frames import FrameId
from viewer.model.mesh import GpuMesh
from viewer.model.points import PointSet
from viewer.model.scene import Scene

if TYPE_CHECKING:
    from viewer.render.picture_state import PictureState

XVFB_WAIT_SECONDS = 10.0
_HINT = "on Debian and Ubuntu: apt-get install libegl1 libgl1-mesa-dri, or xvfb"


@dataclass(slots=True, eq=False)
class OffscreenContext:
    """An OpenGL context without a window; prints as how it was got."""

    canvas: Any
    how: str

    @property
    def context(self) -> Any:
        """vispy's GLContext."""
        return self.canvas.context

    def __str__(self) -> str:
        return self.how


@contextmanager
def open_offscreen_context() -> Iterator[OffscreenContext]:
    """A context to draw with, current until the block ends.

    Raises GpuError, telling what to install, when there is none to be had.
    """
    problems: list[str] = []
    for attempt in (_egl, _virtual_display):
        try:
            opened, server = attempt()
        except GpuError as error:
            problems.append(error.message)
            continue
        try:
            yield opened
        finally:
            opened.canvas.close()
            if server is not None:
                server.terminate()
                server.wait()
        return
    raise GpuError(f"no way to draw without a window: {'; '.join(problems)}", hint=_HINT)


def _egl() -> tuple[OffscreenContext, None]:
    """A context from EGL: the system's own choice of platform first, then the one without any display."""
    if sys.platform != "linux":
        raise GpuError("EGL is only used on Linux")
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("EGL_PLATFORM", "surfaceless")
    backend = _egl_backend()
    if not backend.available and "EGL_PLATFORM" not in os.environ:
        os.environ["EGL_PLATFORM"] = "surfaceless"
        backend = importlib.reload(backend)
    if not backend.available:
        raise GpuError(f"EGL answers {backend.why_not or 'nothing'}")
    platform = os.environ.get("EGL_PLATFORM", "default platform")
    return OffscreenContext(_canvas("egl", "EGL"), f"EGL ({platform}, {backend.which})"), None


def _egl_backend() -> Any:
    try:
        return importlib.import_module("vispy.app.backends._egl")
    except (ImportError, OSError, RuntimeError) as error:
        raise GpuError(f"EGL cannot be loaded ({error})") from error


def _virtual_display() -> tuple[OffscreenContext, subprocess.Popen[bytes] | None]:
    """A context on an X server: the one there is, or a virtual one of our own."""
    if sys.platform != "linux":
        return OffscreenContext(_canvas("pyside6", "a hidden window", show=True), "a hidden window"), None
    server = None
    if not os.environ.get("DISPLAY"):
        server = start_virtual_display()
    os.environ["QT_QPA_PLATFORM"] = "xcb"
    how = "Xvfb" if server is not None else f"the display {os.environ['DISPLAY']}"
    try:
        return OffscreenContext(_canvas("pyside6", how, show=True), how), server
    except GpuError:
        if server is not None:
            server.terminate()
            server.wait()
        raise


def start_virtual_display(width: int = 1280, height: int = 800) -> subprocess.Popen[bytes]:
    """An X server without a screen, named in `DISPLAY`; who starts it ends it. Raises GpuError."""
    program = shutil.which("Xvfb")
    if program is None:
        raise GpuError("there is no display, and Xvfb is not installed")
    read_end, write_end = os.pipe()
    command = [
        program,
        "-displayfd",
        str(write_end),
        "-screen",
        "0",
        f"{width}x{height}x24",
        "-nolisten",
        "tcp",
    ]
    server = subprocess.Popen(
        command, pass_fds=(write_end,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(write_end)
    with os.fdopen(read_end) as answer:
        number = answer.readline().strip()
    if not number:
        server.wait(XVFB_WAIT_SECONDS)
        raise GpuError(f"Xvfb ended with exit code {server.returncode}")
    os.environ["DISPLAY"] = f":{number}"
    return server


def _canvas(backend: str, how: str, *, show: bool = False) -> Any:
    from vispy import app

    try:
        application = app.Application(backend)
        canvas = app.Canvas(app=application, keys=None, size=(64, 64), dpi=96, show=show, autoswap=False)
        if show:
            application.process_events()
        canvas.set_current()
    except (ImportError, OSError, RuntimeError) as error:
        raise GpuError(f"{how} gives no OpenGL ({error})") from error
    return canvas


@contextmanager
def offscreen_state(
    opened: OffscreenContext,
    scene: Scene,
    *,
    gpu_mesh: GpuMesh | None = None,
    points: PointSet | None = None,
    object_colors: NDArray[np.uint8] | None = None,
    box_colors: NDArray[np.uint8] | None = None,
    layers: Collection[str] = ("mesh", "points"),
    color_mode: str = "table",
    back_faces: str = "show",
    current: FrameId | None = None,
    dark: bool = True,
) -> Iterator[PictureState]:
    """A scene on the graphics card, ready to be painted from anywhere, until the block ends.

    Exactly the named layers are drawn. Raises GpuError when the graphics card cannot.
    """
    from viewer.render.layers.boxes import BoxesLayer
    from viewer.render.layers.cameras import CamerasLayer
    from viewer.render.layers.mesh import MeshLayer
    from viewer.render.layers.points import PointsLayer
    from viewer.render.object_table import ObjectTable
    from viewer.render.picture_state import PictureState
    from viewer.render.renderer import check_context
    from viewer.render.theme import DARK, LIGHT

    opened.canvas.set_current()
    check_context()
    state = PictureState(theme=DARK if dark else LIGHT, color_mode=color_mode)
    state.up = scene.up / np.linalg.norm(scene.up)
    state.metres_per_unit = scene.metres_per_unit
    counts = (
        scene.object_count,
        gpu_mesh.object_count if gpu_mesh else 0,
        points.object_count if points else 0,
    )
    state.table = ObjectTable(max(counts))
    if object_colors is not None:
        state.table.set_colors(np.arange(len(object_colors)), object_colors)
    for key, layer in state.layers.items():
        layer.set_scene(scene)
        layer.style = replace(layer.style, visible=key in layers)
        if isinstance(layer, MeshLayer):
            layer.set_mesh(gpu_mesh)
            layer.style = replace(layer.style, back_faces=back_faces)
        elif isinstance(layer, PointsLayer):
            layer.set_points(points)
        elif isinstance(layer, BoxesLayer) and box_colors is not None:
            layer.set_colors(box_colors)
        elif isinstance(layer, CamerasLayer):
            layer.set_current(current)
        if layer.style.visible:
            for _ in layer.upload(opened.context):
                pass
    try:
        yield state
    finally:
        for layer in state.layers.values():
            layer.release()


def render_image(
    opened: OffscreenContext, scene: Scene, camera: Camera, *, transparent: bool = False, **shown: Any
) -> NDArray[np.uint8]:
    """What a camera sees of a scene, (H, W, 4) of its lens's size; `shown` is as for `offscreen_state`.

    Raises GpuError when the graphics card cannot.
    """
    from viewer.render.still import render_still

    with offscreen_state(opened, scene, **shown) as state:
        return render_still(opened.context, state, camera, transparent=transparent)
