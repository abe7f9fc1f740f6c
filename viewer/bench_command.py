"""The `bench` command: how fast this program is on this machine, with a scene of the user's."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.app.head_start import HeadStart
from viewer.app.memory import give_back_early, put_off_collection
from viewer.cli import console_progress

if TYPE_CHECKING:
    import subprocess

    from viewer.ui.bench_result import BenchResult

DEFAULT_SIZE = "1600x1000"
_USER_FOLDERS = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")
_STEPS = ("open", "orbit", "label", "stroke", "hover", "frames", "save", "full")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    from viewer.drawing_options import picture_size

    parser.add_argument("path", type=Path, metavar="PATH", help="one scene; its files stay as they are")
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    parser.add_argument(
        "--window-size",
        type=picture_size,
        default=picture_size(DEFAULT_SIZE),
        metavar="WxH",
        help=f"size of the whole window in pixels ({DEFAULT_SIZE})",
    )


def run(arguments: argparse.Namespace) -> int:
    """Open the window, measure, print. Raises ViewerError when the scene or the graphics are unusable."""
    progress = console_progress()
    with _own_folders(), _display(*arguments.window_size):
        # as the window's own start does
        give_back_early()
        put_off_collection()
        from viewer.ui.start import make_application

        make_application()
        ahead = HeadStart(arguments.path, ())
        from viewer.ui.bench import Bench

        def tell(step: str) -> None:
            progress.step(_STEPS.index(step), len(_STEPS), f"Measuring: {step}")

        result = Bench(arguments.path, ahead, arguments.window_size, tell).run()
    import json  # like all that the first picture can do without, after it

    print(json.dumps(asdict(result), indent=2) if arguments.json else to_text(result))
    return 0


@contextmanager
def _own_folders() -> Iterator[None]:
    """Leave the user's settings, journals and caches alone, and start as a new user does."""
    before = {name: os.environ.get(name) for name in (*_USER_FOLDERS, "MESA_SHADER_CACHE_DIR")}
    with tempfile.TemporaryDirectory(prefix="hypersim-viewer-bench-", ignore_cleanup_errors=True) as folder:
        # what the driver keeps is the machine's, not ours
        cache = before["XDG_CACHE_HOME"] or str(Path.home() / ".cache")
        os.environ.setdefault("MESA_SHADER_CACHE_DIR", cache)
        for name in _USER_FOLDERS:
            os.environ[name] = str(Path(folder) / name)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


@contextmanager
def _display(width: int, height: int) -> Iterator[None]:
    """A display to open the window on: the one there is, or on Linux a virtual one."""
    server: subprocess.Popen[bytes] | None = None
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        from viewer.render.offscreen import start_virtual_display

        server = start_virtual_display(width, height)
    try:
        yield
    finally:
        if server is not None:
            server.terminate()
            server.wait()
            os.environ.pop("DISPLAY", None)


def to_text(result: BenchResult) -> str:
    """The figures, one a line, for people and for reports."""
    rays = "" if result.rectangle_rays is None else f" ({result.rectangle_rays:,} rays)"
    rows = [
        ("Scene", f"{result.scene}: {result.triangles:,} triangles, {result.objects:,} objects"),
        ("Program and system", f"{result.version}, {result.system}, {result.cores} cores"),
        ("OpenGL", result.graphics),
        ("Window, 3D view", "{}x{}, {}x{}".format(*result.window_px, *result.view_px)),
        ("Start to first whole picture", _number(result.first_frame_s, "s")),
        ("Start until all is computed", _number(result.ready_s, "s")),
        (
            "Moving, per picture",
            _number(result.orbit_ms, "ms", f"95 %: {_number(result.orbit_p95_ms, 'ms')}"),
        ),
        ("Moving, every triangle and pixel", _number(result.orbit_full_ms, "ms")),
        ("Rest to the full picture", _number(result.rest_to_full_s, "s")),
        ("New label to picture", _number(result.relabel_ms, "ms")),
        ("Click, processor time", _number(result.click_cpu_ms, "ms")),
        ("Rectangle over the whole view", _number(result.rectangle_s, "s")),
        (f"  the same rays alone{rays}", _number(result.rays_alone_s, "s")),
        ("Pointer at rest to name", _number(result.hover_ms, "ms")),
        ("Step to a decoded frame", _number(result.step_prefetched_ms, "ms")),
        ("Step to any frame", _number(result.step_cold_ms, "ms")),
        ("  decoding its files alone", _number(result.step_decode_ms, "ms")),
        ("Saving the labels", _number(result.save_s, "s")),
        ("Peak memory, looking", _number(result.peak_looking_mb, "MB")),
        ("Peak memory", _number(result.peak_mb, "MB")),
    ]
    width = max(len(name) for name, _ in rows)
    lines = [f"{name:<{width}}  {value}" for name, value in rows]
    lines.append("Longest time without an answer:")
    for step, gap in result.longest_gaps.items():
        at = f"  in {gap['where']}" if gap["where"] else ""
        lines.append(f"  {step:<{width - 2}}  {gap['ms']:.0f} ms, computing for {gap['cpu_ms']:.0f}{at}")
    return "\n".join(lines)


def _number(value: float | None, unit: str, more: str = "") -> str:
    if value is None:
        return "-"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:.{digits}f} {unit}" + (f" ({more})" if more else "")
