"""The picture that stands for a frame: its photo, whatever form of it exists."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.imaging.tone_mapping import tone_map
from viewer.model.frames import FrameId, FrameSource

PHOTOS: Final = (
    "final_preview.tonemap",
    "final_preview.gamma",
    "final_preview.color",
    "geometry_preview.color",
)


def frame_picture(source: FrameSource, frame: FrameId) -> NDArray[np.uint8] | None:
    """The tone-mapped photo of a frame, (H, W, 3) sRGB; None when it has no photo in any form.

    Raises FormatError when the file is malformed. For worker threads.
    """
    there = source.modalities(frame)
    if "color" in there:
        valid = None
        if "render_entity_id" in there:
            valid = source.read(frame, "render_entity_id").pixels != -1
        return tone_map(source.read(frame, "color").pixels, valid)
    for modality in PHOTOS:
        if modality in there:
            return np.ascontiguousarray(source.read(frame, modality).pixels[..., :3])
    return None
