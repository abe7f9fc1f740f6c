"""Recorded sessions: what somebody did, action by action, in the format of the original tool's recordings.

Beyond the original's actions there are a few for what it cannot do: `view` (any camera), `hide` (objects
that are not shown), `clip`, `through`, `lock`, `hit` (a stroke in an image), `step` (labels given otherwise
than by a stroke), `go_to` (a jump in the history), `labels` and `ids` (what there was at the beginning).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from viewer.app.original_camera import FOV_Y_DEGREES
from viewer.errors import FormatError
from viewer.formats.atomic_file import replace_file

Action = tuple[Any, ...]
"""A name and its arguments."""


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """An action, and the tool's state after it where that was recorded."""

    action: Action
    state: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordedSession:
    """A session: the window it took place in, and its steps."""

    window: tuple[int, int]  # width, height in physical px
    steps: tuple[RecordedStep, ...]
    fov_y_degrees: float = FOV_Y_DEGREES
    name: str = ""
    description: str = ""
    initial_state: Mapping[str, Any] = field(default_factory=dict)


def read_session(path: Path) -> RecordedSession:
    """A session file. Raises FormatError telling what is wrong with it."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FormatError(f"this session cannot be read: {error.strerror or error}", path=path) from error
    except ValueError as error:
        raise FormatError(f"expected a recorded session (JSON), found {error}", path=path) from error
    if not isinstance(content, dict) or not isinstance(content.get("steps"), list):
        raise FormatError("expected a recorded session with a list of steps", path=path)
    return RecordedSession(
        _window(content, path),
        tuple(_step(entry, number, path) for number, entry in enumerate(content["steps"], 1)),
        float(content.get("fov_y_degrees", FOV_Y_DEGREES)),
        str(content.get("name", path.stem)),
        str(content.get("description", "")),
        content.get("initial_state", {}),
    )


def write_session(path: Path, session: RecordedSession) -> None:
    """Write a session file in one step. Raises SaveError."""
    head = {
        "name": session.name,
        "description": session.description,
        "window": list(session.window),
        "fov_y_degrees": session.fov_y_degrees,
        "initial_state": dict(session.initial_state),
    }
    replace_file(path, (_json_head(head) + _json_steps(session.steps)).encode())


def _json_head(head: Mapping[str, Any]) -> str:
    return json.dumps(head, ensure_ascii=False)[:-1] + ', "steps": [\n'


def _json_steps(steps: Iterable[RecordedStep]) -> str:
    """One step a line, so that a session can be read and compared."""
    lines = (
        json.dumps(
            {"action": list(step.action), **({"state": dict(step.state)} if step.state else {})},
            ensure_ascii=False,
        )
        for step in steps
    )
    return ",\n".join(lines) + "\n]}\n"


def _window(content: Mapping[str, Any], path: Path) -> tuple[int, int]:
    window = content.get("window")
    fits = isinstance(window, list) and len(window) == 2 and all(isinstance(size, int) for size in window)
    if not fits or min(window or [0]) < 1:
        raise FormatError(f"expected the window as [width, height] in pixels, found {window!r}", path=path)
    width, height = window or (0, 0)
    return width, height


def _step(entry: Any, number: int, path: Path) -> RecordedStep:
    action = entry.get("action") if isinstance(entry, dict) else None
    if not isinstance(action, list) or not action or not isinstance(action[0], str):
        raise FormatError(f"step {number}: expected an action with a name, found {entry!r:.80}", path=path)
    state = entry.get("state") or {}
    if not isinstance(state, dict):
        raise FormatError(
            f"step {number}: expected a state with named values, found {state!r:.80}", path=path
        )
    return RecordedStep(tuple(action), state)
