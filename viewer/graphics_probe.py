"""What OpenGL says of itself, asked in a process of its own: a driver that crashes must not take us along.

`python -m viewer.graphics_probe window` prints JSON; so does `offscreen`, which opens no window.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass

PROBE_TIMEOUT_S = 60
WAYS = ("window", "offscreen")


@dataclass(frozen=True, slots=True)
class Graphics:
    """An OpenGL context, or the sentence why there is none."""

    problem: str = ""
    vendor: str = ""
    renderer: str = ""
    version: str = ""
    shading_language: str = ""
    largest_texture: int = 0  # px
    largest_picture: int = 0  # px, the longer side of what can be drawn at once
    samples: int = 0
    is_software: bool = False
    way: str = ""


def probe(way: str) -> Graphics:
    """The graphics of a way of drawing (`window` or `offscreen`), whatever happens to the process asked."""
    command = [sys.executable, "-m", "viewer.graphics_probe", way]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PROBE_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        return Graphics(problem=f"no answer within {PROBE_TIMEOUT_S} s")
    if done.returncode == 0 and done.stdout.strip():
        return Graphics(**json.loads(done.stdout.strip().splitlines()[-1]))
    said = [line for line in done.stderr.strip().splitlines() if line.strip()]
    reason = f"signal {-done.returncode}" if done.returncode < 0 else f"exit code {done.returncode}"
    return Graphics(problem=f"the probe ended with {reason}" + (f": {said[-1].strip()}" if said else ""))


def read_current(way: str) -> Graphics:
    """The facts of the OpenGL context that is current."""
    from viewer.render.gl import GL

    def text(name: int) -> str:
        return GL.text(name) or ""

    renderer = text(GL.GL_RENDERER)
    return Graphics(
        vendor=text(GL.GL_VENDOR),
        renderer=renderer,
        version=text(GL.GL_VERSION),
        shading_language=text(GL.GL_SHADING_LANGUAGE_VERSION),
        largest_texture=GL.integers(GL.GL_MAX_TEXTURE_SIZE, 1)[0],
        largest_picture=min(GL.integers(GL.GL_MAX_VIEWPORT_DIMS, 2)),
        samples=GL.integers(GL.GL_MAX_SAMPLES, 1)[0],
        is_software=any(word in renderer.lower() for word in ("llvmpipe", "softpipe", "swrast", "software")),
        way=way,
    )


def _window() -> Graphics:
    """A context as the 3D view gets it, on a surface that is never shown."""
    from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext

    application = QGuiApplication([sys.argv[0]])
    context = QOpenGLContext()
    surface = QOffscreenSurface()
    surface.create()
    if not (context.create() and context.makeCurrent(surface)):
        return Graphics(problem="Qt cannot make an OpenGL context on this display")
    found = read_current(f"Qt {application.platformName()}")
    context.doneCurrent()
    return found


def _offscreen() -> Graphics:
    from viewer.errors import GpuError
    from viewer.render.offscreen import open_offscreen_context

    try:
        with open_offscreen_context() as context:
            return read_current(str(context))
    except GpuError as error:
        return Graphics(problem=str(error))


def main() -> int:
    found = _window() if sys.argv[1:] == ["window"] else _offscreen()
    print(json.dumps(asdict(found)), flush=True)
    # Drivers have been seen to crash while a process takes its contexts down; the answer is out by now.
    os._exit(0)


if __name__ == "__main__":
    main()
