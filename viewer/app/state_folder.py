"""Where this program keeps what must not be lost and does not belong into the dataset."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import platformdirs

from viewer.app.settings import APP


def state_folder() -> Path:
    """The user's own folder for journals and kept versions; not made here."""
    return Path(platformdirs.user_state_dir(APP))


def place_key(path: Path) -> str:
    """A folder name for a place on disk: readable, and different for different places."""
    where = str(path.expanduser().absolute().resolve())
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", path.name)[:40] or "scene"
    return f"{name}-{hashlib.sha256(where.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"
