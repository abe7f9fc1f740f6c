"""The command line: one parser per command; each calls the same function as the menu.

Nothing heavy is imported before it is known what is wanted: `--help` must answer at once.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from viewer import __version__
from viewer.errors import Cancelled, UsageError, ViewerError
from viewer.jobs.cores import keep_cores_free

if TYPE_CHECKING:
    from viewer.app.head_start import HeadStart
    from viewer.jobs.job import Progress
    from viewer.model.camera import Lens

PROGRAM = "hypersim-viewer"
FAILED, USAGE, INTERRUPTED = 1, 2, 130
SECONDS_BETWEEN_LINES = 2.0


@dataclass(frozen=True, slots=True)
class Command:
    """A word that may stand first on the command line."""

    name: str
    summary: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit code: 0, 1 for a failure told in one line, 2 for wrong usage."""
    keep_cores_free()
    words = list(sys.argv[1:] if argv is None else argv)
    command = next((entry for entry in COMMANDS if words and entry.name == words[0]), None)
    parser = window_parser() if command is None else command_parser(command)
    try:
        arguments = parser.parse_args(words if command is None else words[1:])
        code = (_open_window if command is None else command.run)(arguments)
        sys.stdout.flush()  # here, where a reader that has gone is no surprise
    except UsageError as error:
        parser.error(str(error))
    except ViewerError as error:
        return _fail(str(error))
    except BrokenPipeError:
        # Whoever read our output has enough; Python must not complain about it while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        where = "" if error.filename is None else f"{error.filename}: "
        return _fail(f"{where}{error.strerror or error}")
    except (KeyboardInterrupt, Cancelled):
        return INTERRUPTED
    return code


def window_parser() -> argparse.ArgumentParser:
    """The parser without a command: open the window. Its help lists the commands, too."""
    width = max(len(command.name) for command in COMMANDS)
    listed = "\n".join(f"  {command.name:<{width}}  {command.summary}" for command in COMMANDS)
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        usage=f"{PROGRAM} [PATH] [--camera NAME] [--frame N] [--also FOLDER] [--screenshot FILE]\n"
        f"       {PROGRAM} COMMAND ... (see '{PROGRAM} COMMAND --help')",
        description="Look at an indoor-scene dataset and label its objects, on meshes and on points.",
        epilog=f"commands:\n{listed}\n\n"
        "A folder that is called like a command is opened as ./NAME.\n"
        "Exit codes: 0 all went well, 1 failed (one line on standard error says why), 2 wrong usage.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    parser.add_argument(
        "path",
        nargs="?",
        type=Path,
        metavar="PATH",
        help="a scene folder, its _detail or _detail/mesh, a folder of scenes or a dataset's root; "
        "without it the window offers the sample scene and the recent ones",
    )
    parser.add_argument("--camera", metavar="NAME", help="show this camera first, such as cam_00")
    parser.add_argument(
        "--frame", type=_frame_number, metavar="N", help="show this frame of the camera first"
    )
    add_also(parser)
    parser.add_argument("--sample", action="store_true", help="open the sample scene, made first if need be")
    parser.add_argument(
        "--screenshot",
        type=Path,
        metavar="FILE",
        help="write a picture of the window as PNG as soon as the scene is complete, then quit",
    )
    return parser


def command_parser(command: Command) -> argparse.ArgumentParser:
    """The parser of one command."""
    parser = argparse.ArgumentParser(prog=f"{PROGRAM} {command.name}", description=command.summary)
    command.add_arguments(parser)
    return parser


def add_also(parser: argparse.ArgumentParser) -> None:
    """The option that lays other folders over the one opened."""
    parser.add_argument(
        "--also",
        action="append",
        default=[],
        type=Path,
        metavar="FOLDER",
        help="a folder with other parts of the same scenes (labels, meshes), laid over PATH by the scenes' "
        "names; may be given several times",
    )


def overlay_roots(arguments: argparse.Namespace) -> list[Path]:
    """What to lay over the path: the folders of `--also`, then those of the settings."""
    from viewer.app.settings import load_settings
    from viewer.app.settings import overlay_roots as roots_of

    return [*arguments.also, *roots_of(load_settings())]


def console_progress() -> Progress:
    """Progress on standard error: one line that changes on a terminal, now and then a line otherwise."""
    from viewer.jobs.job import Progress, Step

    on_terminal = sys.stderr.isatty()
    last = ""
    next_line = time.monotonic() + SECONDS_BETWEEN_LINES

    def report(step: Step) -> None:
        nonlocal last, next_line
        share = f"{100 * step.done // step.total:3d} % " if step.total else ""
        if on_terminal:
            line = f"{share}{step.text}"
            if line != last:
                print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
                last = line
            if step.total and step.done >= step.total:
                print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        elif step.text and time.monotonic() >= next_line:
            print(f"{share}{step.text}", file=sys.stderr, flush=True)
            next_line = time.monotonic() + SECONDS_BETWEEN_LINES

    return Progress(report)


def _open_window(arguments: argparse.Namespace) -> int:
    if arguments.path is not None and not arguments.path.exists():
        raise ViewerError("there is no such file or folder", path=arguments.path)
    if arguments.path is not None and arguments.sample:
        raise UsageError("--sample opens the sample scene: expected no PATH with it")
    from viewer.app.memory import give_back_early, put_off_collection

    give_back_early()
    put_off_collection()  # the window begins, once everything in it is made
    _check_display()
    try:
        from viewer.ui.start import run
    except ImportError as error:
        raise _cannot_import(error) from error
    return run(
        arguments.path,
        arguments.also,
        arguments.camera,
        arguments.frame,
        read_ahead=None if arguments.path is None else lambda: _head_start(arguments),
        sample=arguments.sample,
        screenshot=arguments.screenshot,
    )


def _head_start(arguments: argparse.Namespace) -> HeadStart | None:
    """The scene, being read before there is a window."""
    from viewer.app.head_start import HeadStart

    try:
        return HeadStart(arguments.path, overlay_roots(arguments))
    except ViewerError:  # of the settings: the window tells, and reads by itself
        return None


def _check_display() -> None:
    """Qt ends the process when it finds no display; say it in our words before that."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM", "xcb") not in {"xcb", "wayland"}:
        return
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise ViewerError(
            "there is no display to open a window on",
            hint=f"'{PROGRAM} render' needs none; or run it under xvfb-run",
        )


def _cannot_import(error: ImportError) -> ViewerError:
    return ViewerError(
        f"a library the window needs cannot be loaded: {error}",
        hint=f"'{PROGRAM} doctor' tells what is missing and how to get it",
    )


def _frame_number(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"expected 0 or more, found {text}")
    return number


_frame_number.__name__ = "frame number"  # argparse names the type in "invalid ... value"


def _fail(message: str) -> int:
    print(f"{PROGRAM}: {' '.join(message.split())}", file=sys.stderr)
    return FAILED


def _add_sample(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="DIR",
        help="write the scene's folder into this one; without it the scene is kept with this user's caches",
    )
    parser.add_argument(
        "--lens",
        metavar="SCENE",
        help="take the lens of this scene, such as ai_037_002, from the camera table (many are tilt-shift)",
    )
    parser.add_argument(
        "--camera-table",
        type=Path,
        metavar="CSV",
        help="metadata_camera_parameters.csv with the lens of every scene (else that of the settings)",
    )


def _run_sample(arguments: argparse.Namespace) -> int:
    from viewer.sample import cached_sample, write_sample

    lens = None if arguments.lens is None else _lens_of(arguments.lens, arguments.camera_table)
    progress = console_progress()
    if arguments.folder is None:
        print(cached_sample(progress, lens))
    else:
        print(write_sample(arguments.folder, lens=lens, progress=progress))
    return 0


def _lens_of(scene: str, table: Path | None) -> Lens:
    """A scene's row of the camera table given, or of that in the settings."""
    from viewer.app.settings import load_settings
    from viewer.formats.hypersim.camera_table import list_scenes, read_lens

    if table is None and load_settings().camera_table:
        table = Path(load_settings().camera_table)
    if table is None:
        raise UsageError("--lens needs --camera-table, for the settings name no camera table")
    lens = read_lens(table, scene)
    if lens is None:
        some = ", ".join(list_scenes(table)[:3])
        raise ViewerError(f"there is no scene '{scene}' in this table; it has {some}, …", path=table)
    return lens


def _add_info(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path",
        type=Path,
        metavar="PATH",
        help="a scene folder, its _detail or _detail/mesh, a folder of scenes or a dataset's root",
    )
    add_also(parser)
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")


def _run_info(arguments: argparse.Namespace) -> int:
    from viewer.app.inventory import inventory, to_json
    from viewer.app.inventory_text import to_text

    found = inventory(arguments.path, overlay_roots(arguments), console_progress())
    print(to_json(found) if arguments.json else to_text(found))
    return 0


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")


def _run_doctor(arguments: argparse.Namespace) -> int:
    from viewer.doctor_command import run

    return run(arguments)


def _from_file(
    module: str,
) -> tuple[Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], int]]:
    """`add_arguments` and `run` of a command's own file, imported only when that command is asked for."""

    def add(parser: argparse.ArgumentParser) -> None:
        importlib.import_module(module).add_arguments(parser)

    def run(arguments: argparse.Namespace) -> int:
        return int(importlib.import_module(module).run(arguments))

    return add, run


COMMANDS = (
    Command("sample", "Write a furnished sample scene.", _add_sample, _run_sample),
    Command("info", "Tell what a scene or dataset holds and what is missing.", _add_info, _run_info),
    Command(
        "render", "Draw a scene into a PNG without opening a window.", *_from_file("viewer.render_command")
    ),
    Command(
        "doctor",
        "Check versions, graphics, libraries and folders, and tell what is missing.",
        _add_doctor,
        _run_doctor,
    ),
    Command(
        "bench", "Measure how fast this program is here with a scene.", *_from_file("viewer.bench_command")
    ),
    Command("replay", "Repeat a recorded labelling session.", *_from_file("viewer.app.replay")),
    Command(
        "label-images",
        "Write the class and the instance of every pixel, from a scene's labels.",
        *_from_file("viewer.label_images_command"),
    ),
    Command(
        "check", "Check that the images of every frame fit its camera.", *_from_file("viewer.check_command")
    ),
    Command(
        "generate",
        "Make anew what is derived from a scene's mesh: its octomap, its boxes.",
        *_from_file("viewer.generate_command"),
    ),
    Command(
        "octomap-samples",
        "Tell of points whether they are occupied, free or unknown.",
        *_from_file("viewer.octomap_samples_command"),
    ),
    Command(
        "export-poses",
        "Write the cameras' trajectories for other programs.",
        *_from_file("viewer.export_poses_command"),
    ),
    Command(
        "video",
        "Film a trajectory, or once around the scene, into an MP4.",
        *_from_file("viewer.video_command"),
    ),
)


if __name__ == "__main__":
    sys.exit(main())
