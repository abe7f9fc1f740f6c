"""The mean color of every object in the scene's images, for coloring a mesh that has no textures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer.errors import FormatError
from viewer.jobs.job import Progress
from viewer.model.frames import FrameId, Images
from viewer.model.scene import NodeTable, Scene

MOST_FRAMES = 40
PIXEL_STEP = 4


def object_albedo(scene: Scene, progress: Progress) -> NDArray[np.uint8]:
    """Mean `diffuse_reflectance` of every object over up to 40 frames, (O, 4) sRGB; alpha 0 where unseen.

    Frames that cannot be read are passed over: another part of the program reports them.
    """
    images, nodes = scene.part(Images), scene.part(NodeTable)
    count = scene.object_count
    total = np.zeros((count, 3))
    pixels = np.zeros(count, np.int64)
    frames = [] if images is None or nodes is None else _spread_frames(images)
    for done, frame in enumerate(frames):
        progress.step(done, len(frames), "Photo colors")
        if images is None or nodes is None:
            break
        try:
            color = images.source.read(frame, "diffuse_reflectance").pixels
            entity = images.source.read(frame, "render_entity_id").pixels
        except FormatError:
            continue
        if color.ndim != 3 or color.shape[:2] != entity.shape:
            continue
        objects = nodes.objects_in(entity[::PIXEL_STEP, ::PIXEL_STEP]).ravel()
        rgb = color[::PIXEL_STEP, ::PIXEL_STEP, :3].reshape(-1, 3).astype(np.float64)
        seen = (objects >= 0) & (objects < count) & np.isfinite(rgb).all(axis=1)
        pixels += np.bincount(objects[seen], minlength=count)
        for channel in range(3):
            total[:, channel] += np.bincount(objects[seen], rgb[seen, channel], minlength=count)
    table = np.zeros((count, 4), np.uint8)
    known = pixels > 0
    mean = np.clip(total[known] / pixels[known, None], 0, 1)
    table[known, :3] = np.rint(255 * mean ** (1 / 2.2)).astype(np.uint8)
    table[known, 3] = 255
    return table


def _spread_frames(images: Images) -> list[FrameId]:
    source = images.source
    frames = [
        FrameId(camera, int(frame))
        for camera in source.cameras
        for frame in source.frame_ids(camera)
        if {"diffuse_reflectance", "render_entity_id"} <= source.modalities(FrameId(camera, int(frame)))
    ]
    step = max(1, -(-len(frames) // MOST_FRAMES))
    return frames[::step]
