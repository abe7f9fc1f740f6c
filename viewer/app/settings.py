"""Settings: a plain dataclass with limits and help, kept on disk as sparse JSON."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import platformdirs

from viewer.errors import ViewerError

APP = "hypersim-viewer"


def option(
    default: Any,
    title: str,
    help_text: str = "",
    *,
    limits: tuple[float, float] | None = None,
    choices: tuple[str, ...] | None = None,
) -> Any:
    """A dataclass field that a form can show: its title, help, limits and choices are in the metadata."""
    metadata = {"title": title, "help": help_text, "limits": limits, "choices": choices}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user prefers. Everything that differs from the defaults is on disk, nothing else."""

    theme: str = option("system", "Theme", "Colors of the window.", choices=("system", "dark", "light"))
    also_roots: tuple[str, ...] = option(
        (), "More dataset folders", "Scenes of the same name in these folders are laid over the one opened."
    )
    camera_table: str = option(
        "", "Camera table", "metadata_camera_parameters.csv with the lens of every scene."
    )
    fly_speed_m_per_s: float = option(1.5, "Fly speed", "Metres per second.", limits=(0.05, 20.0))
    point_voxel_mm: float = option(
        15.0, "Point spacing", "Millimetres between fused points.", limits=(1.0, 200.0)
    )
    max_points_millions: float = option(5.0, "Most points", "Millions of fused points.", limits=(0.1, 50.0))
    frame_cache_mb: int = option(
        1024, "Image memory", "Megabytes of decoded images kept.", limits=(64, 16384)
    )
    play_fps: float = option(4.0, "Play speed", "Frames per second while playing.", limits=(0.2, 30.0))
    reduced_motion: bool = option(False, "Reduced motion", "Jump instead of flying to a view.")


def overlay_roots(settings: Settings) -> tuple[Path, ...]:
    """What to lay over whatever is opened: the folders the user named, and the camera table."""
    roots = tuple(Path(root) for root in settings.also_roots)
    table = settings.camera_table
    return (*roots, Path(table)) if table else roots


def settings_file() -> Path:
    return Path(platformdirs.user_config_dir(APP)) / "settings.json"


def load_settings(path: Path | None = None) -> Settings:
    """Settings from disk; defaults where the file says nothing.

    Raises ViewerError when the file is not JSON or a value is of the wrong type.
    """
    path = settings_file() if path is None else path
    known = {entry.name: entry for entry in fields(Settings)}
    changes: dict[str, Any] = {}
    for key, stored in _stored(path).items():
        if key not in known:
            continue
        value = stored
        default = known[key].default
        wanted = (int, float) if isinstance(default, float) else type(default)
        if isinstance(default, tuple) and isinstance(value, list):
            value = tuple(str(entry) for entry in value)
        if not isinstance(value, wanted) or isinstance(value, bool) != isinstance(default, bool):
            raise ViewerError(
                f"setting {key}: expected {type(default).__name__}, found {value!r}",
                path=path,
                hint="edit or delete the file",
            )
        changes[key] = value
    return replace(Settings(), **changes)


def save_settings(settings: Settings, path: Path | None = None) -> None:
    """Write what differs from the defaults; keys of other versions are kept."""
    path = settings_file() if path is None else path
    try:
        stored = _stored(path)
    except ViewerError:
        stored = {}
    for entry in fields(Settings):
        value = getattr(settings, entry.name)
        if value == entry.default:
            stored.pop(entry.name, None)
        else:
            stored[entry.name] = list(value) if isinstance(value, tuple) else value
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(stored, file, indent=2, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def _stored(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ViewerError("the settings cannot be read", path=path, hint="edit or delete the file") from error
    if not isinstance(stored, dict):
        raise ViewerError("expected a JSON object of settings", path=path, hint="edit or delete the file")
    return stored
