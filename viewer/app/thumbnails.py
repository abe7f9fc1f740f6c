"""Small pictures of frames."""

from __future__ import annotations

import enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.app.visibility import ENTITIES
from viewer.imaging.modality import ImagingContext
from viewer.imaging.registry import find_modality
from viewer.jobs.job import Progress
from viewer.model.frames import FrameId, FrameSource
from viewer.model.scene import NodeTable

# Ready-made pictures decode faster than the linear ones, and look the same at this size.
KEYS: Final = (
    "final_preview.tonemap",
    "final_preview.gamma",
    "final_preview.color",
    "color",
    "geometry_preview.color",
    "geometry_preview.gamma",
    "final_preview.diffuse_reflectance",
    "diffuse_reflectance",
    "geometry_preview.normal_world",
    "normal_world",
    "normal_cam",
    "distance",
    "render_entity_id",
)


class ThumbnailKind(enum.Enum):
    """What small pictures show."""

    PHOTO = "Photo"
    CLASS = "Class"
    INSTANCE = "Instance"


NOTHING_RGB: Final = (30, 32, 36)


def thumbnail(
    source: FrameSource, frame: FrameId, width: int, progress: Progress
) -> NDArray[np.uint8] | None:
    """The best picture of a frame, about `width` pixels wide, (h, w, 3) sRGB; None when it has none.

    Raises FormatError when its file is malformed. For worker threads.
    """
    available = source.modalities(frame)
    context = ImagingContext()
    for key in KEYS:
        modality = find_modality(key)
        if modality is None or modality.missing(available, context) is not None:
            continue
        images = {}
        for file_key in (*modality.sources, *(name for name in modality.optional if name in available)):
            progress.check()
            images[file_key] = source.read(frame, file_key)
        return shrink(modality.to_rgb(images, context, modality.default_style), width)
    return None


def object_thumbnail(
    source: FrameSource, frame: FrameId, nodes: NodeTable, width: int, progress: Progress
) -> NDArray[np.int32] | None:
    """The object at each pixel of a small picture of a frame, about `width` pixels wide, -1 = none.

    None when the frame has no image of render nodes. Raises FormatError when its file is malformed. For
    worker threads.
    """
    if ENTITIES not in source.modalities(frame):
        return None
    progress.check()
    entity_ids = source.read(frame, ENTITIES).pixels
    step = max(entity_ids.shape[1] // max(width, 1), 1)
    # ids cannot be averaged: the pixel in the middle of each block stands for it
    return np.ascontiguousarray(nodes.objects_in(entity_ids[step // 2 :: step, step // 2 :: step]))


def colored_objects(objects: NDArray[np.integer], rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) a picture of object ids (H, W) in the colors (O, 3 or more) of the objects."""
    palette = np.empty((len(rows) + 1, 3), np.uint8)
    palette[:-1] = rows[:, :3]
    palette[-1] = NOTHING_RGB  # what -1 looks up
    known = np.where(objects < len(rows), objects, -1)
    return palette[known]


def shrink(rgb: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    """The image by a whole factor smaller, so that it is at least `width` wide; averages blocks of pixels."""
    factor = max(rgb.shape[1] // max(width, 1), 1)
    height, kept = rgb.shape[0] // factor * factor, rgb.shape[1] // factor * factor
    if factor == 1 or not height:
        return np.ascontiguousarray(rgb)
    blocks = rgb[:height, :kept].reshape(height // factor, factor, kept // factor, factor, 3)
    return np.asarray(blocks.mean(axis=(1, 3)).round(), np.uint8)
