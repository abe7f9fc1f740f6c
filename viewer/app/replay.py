"""The command `replay`: repeat a recorded labelling session on a scene, without a window."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from viewer.app.session_file import RecordedSession, read_session
from viewer.app.session_player import SessionPlayer
from viewer.errors import FormatError
from viewer.formats.atomic_file import replace_file
from viewer.formats.hypersim.label_tables import default_label_table, read_label_table
from viewer.formats.hypersim.labels import write_labels
from viewer.formats.registry import find_scene
from viewer.jobs.job import Progress
from viewer.model.mesh import Mesh

SHOWN_DIFFERENCES = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("scene", type=Path, metavar="SCENE", help="the scene the session took place in")
    parser.add_argument(
        "--session", type=Path, required=True, metavar="FILE", help="the recorded session (sequence.json)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="write the four label files here; the folder is made when missing",
    )
    parser.add_argument(
        "--states",
        type=Path,
        metavar="FILE",
        help="write the state after each step here, one JSON object a line",
    )
    parser.add_argument(
        "--label-table", type=Path, metavar="CSV", help="the classes, where they are not NYU40"
    )
    parser.add_argument(
        "--also",
        action="append",
        default=[],
        type=Path,
        metavar="FOLDER",
        help="a folder with other parts of the same scene, such as its mesh; may be given several times",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="compare with the states in the session and fail when any differs",
    )


def run(arguments: argparse.Namespace) -> int:
    """Replay; 1 when `--check` finds a difference. Raises ViewerError."""
    session = read_session(arguments.session)
    mesh = read_mesh(arguments.scene, arguments.also)
    table = (
        default_label_table() if arguments.label_table is None else read_label_table(arguments.label_table)
    )
    player = SessionPlayer(mesh, table, session.window, session.fov_y_degrees)
    states = player.run(session)
    if arguments.states is not None:
        write_states(arguments.states, states)
    if arguments.out is not None:
        end = player.snapshot()
        write_labels(
            arguments.out, end.labels, end.class_colors, end.instance_colors, every_id_has_a_color=False
        )
    print(f"{len(states)} steps, {player.labelling.instances.count} instance ids")
    if not arguments.check:
        return 0
    differences = compare(session, states)
    for line in differences[:SHOWN_DIFFERENCES]:
        print(line, file=sys.stderr)
    if len(differences) > SHOWN_DIFFERENCES:
        print(f"and {len(differences) - SHOWN_DIFFERENCES} more", file=sys.stderr)
    if not differences:
        print("every recorded state is equal")
    return 1 if differences else 0


def read_mesh(path: Path, also: Sequence[Path] = ()) -> Mesh:
    """The mesh of the one scene at a path. Raises FormatError when there is none, or more than one scene."""
    reader, match = find_scene(path, also)
    scene = reader.read(match, Progress.silent())
    mesh = scene.part(Mesh)
    if mesh is None:
        gaps = [gap.why for gap in scene.gaps if gap.what == "Mesh"]
        why = f": {gaps[0]}" if gaps else ""
        raise FormatError(
            f"a session can only be replayed on a mesh, and this scene has none{why}", path=path
        )
    return mesh


def compare(session: RecordedSession, states: Sequence[Mapping[str, Any]]) -> list[str]:
    """One line for each recorded value that came out differently."""
    lines = []
    for number, (step, state) in enumerate(zip(session.steps, states, strict=True), 1):
        for name, recorded in step.state.items():
            if name in state and state[name] != recorded:
                lines.append(f"step {number} ({step.action[0]}): {_difference(name, recorded, state[name])}")
    return lines


def _difference(name: str, recorded: Any, found: Any) -> str:
    if isinstance(recorded, list) and isinstance(found, list) and len(recorded) == len(found):
        rows = [row for row, (a, b) in enumerate(zip(recorded, found, strict=True)) if a != b]
        shown = ", ".join(f"[{row}] {recorded[row]} recorded, {found[row]} now" for row in rows[:3])
        return f"{name} differs in {len(rows)} places: {shown}"
    return f"{name} was {recorded}, is {found}"


def write_states(path: Path, states: Sequence[Mapping[str, Any]]) -> None:
    """Write states, one JSON object a line. Raises SaveError."""
    replace_file(path, "".join(json.dumps(state) + "\n" for state in states).encode())
