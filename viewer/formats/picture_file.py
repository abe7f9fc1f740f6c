"""Pictures that this program makes, as PNG."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from viewer.formats.atomic_file import replace_file


def write_png(path: Path, picture: NDArray[np.uint8]) -> Path:
    """Write a picture (H, W, 3 or 4) in one step; returns the path. Raises SaveError."""
    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(stream, "PNG")
    replace_file(path, stream.getvalue())
    return path
