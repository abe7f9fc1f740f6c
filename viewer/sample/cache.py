"""The sample scene of this user: made once, then found again."""

from __future__ import annotations

import hashlib
from pathlib import Path

import platformdirs

from viewer.errors import SaveError
from viewer.jobs.job import Progress
from viewer.model.camera import Lens
from viewer.sample.writing import SAMPLE_NAME, write_sample

VERSION = 1
"""Raised whenever the scene changes; older ones stay, for somebody may have labelled them."""
_APP = "hypersim-viewer"


def sample_scene_folder(lens: Lens | None = None, cache_root: Path | None = None) -> Path:
    """Where the sample scene of this version, and of a lens when given, is kept."""
    root = cache_root or Path(platformdirs.user_cache_dir(_APP, appauthor=False))
    version = f"v{VERSION}"
    if lens is not None:
        digest = hashlib.sha256(lens.ray_from_pixel.tobytes())
        digest.update(f"{lens.width}x{lens.height}".encode())
        version += f"-lens-{digest.hexdigest()[:10]}"
    return root / "sample" / version / SAMPLE_NAME


def cached_sample(progress: Progress, lens: Lens | None = None) -> Path:
    """The sample scene's folder; written first when it is not there yet. Raises SaveError."""
    folder = sample_scene_folder(lens)
    if not folder.exists():
        try:
            write_sample(folder.parent, lens=lens, progress=progress)
        except SaveError:
            # Another window may have been faster.
            if not folder.exists():
                raise
    return folder
