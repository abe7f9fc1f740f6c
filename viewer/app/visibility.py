"""How many pixels of every frame show every object, counted once from the images of render nodes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer.errors import FormatError
from viewer.jobs.job import Progress
from viewer.model.frames import FrameId, FrameSource
from viewer.model.scene import NodeTable

ENTITIES = "render_entity_id"


@dataclass(frozen=True, eq=False)
class Visibility:
    """Frames × objects, as the entries that are not 0: by frame, then by object."""

    frames: tuple[FrameId, ...]  # (F,) those that were counted
    object_count: int
    frame_rows: NDArray[np.int32]  # (E,) which of `frames`
    object_ids: NDArray[np.int32]  # (E,)
    pixels: NDArray[np.int32]  # (E,) at least 1

    @cached_property
    def pixels_of_objects(self) -> NDArray[np.int64]:
        """(O,) pixels of each object over all frames; 0 = in no frame, so nobody can judge it by them."""
        return np.bincount(self.object_ids, self.pixels, self.object_count).astype(np.int64)

    def pixels_per_frame(self, object_ids: ArrayLike) -> NDArray[np.int64]:
        """(F,) pixels of some objects, taken together, in each frame."""
        wanted = np.zeros(self.object_count, np.bool_)
        wanted[np.asarray(object_ids, np.int64)] = True
        entries = wanted[self.object_ids]
        return np.bincount(self.frame_rows[entries], self.pixels[entries], len(self.frames)).astype(np.int64)

    def best_frame(self, object_ids: ArrayLike) -> FrameId | None:
        """The frame that shows most of some objects, or None when no frame does."""
        counts = self.pixels_per_frame(object_ids)
        row = int(counts.argmax()) if len(counts) else 0
        return self.frames[row] if counts[row : row + 1].any() else None


def entity_frames(source: FrameSource) -> tuple[FrameId, ...]:
    """The frames that have an image of render nodes, in order."""
    every = (FrameId(name, frame) for name in source.cameras for frame in source.frame_ids(name).tolist())
    return tuple(frame for frame in every if ENTITIES in source.modalities(frame))


def count_visible(
    source: FrameSource,
    nodes: NodeTable,
    object_count: int,
    progress: Progress,
    on_note: Callable[[str], None] | None = None,
) -> Visibility:
    """Count the pixels of every object in every frame. Raises Cancelled.

    Frames that cannot be read are left out; `on_note` hears of each.
    """
    every = entity_frames(source)
    counted: list[FrameId] = []
    rows: list[NDArray[np.int32]] = []
    objects: list[NDArray[np.int32]] = []
    pixels: list[NDArray[np.int32]] = []
    for done, frame in enumerate(every):
        progress.step(done, len(every), f"Counting pixels of {frame.camera}, frame {frame.frame}")
        try:
            counts = objects_in_image(source.read(frame, ENTITIES).pixels, nodes, object_count)
        except FormatError as error:
            if on_note is not None:
                on_note(str(error))
            continue
        seen = np.flatnonzero(counts)
        rows.append(np.full(len(seen), len(counted), np.int32))
        objects.append(seen.astype(np.int32))
        pixels.append(counts[seen].astype(np.int32))
        counted.append(frame)
    progress.step(len(every), len(every), "Pixels counted")
    none: NDArray[np.int32] = np.empty(0, np.int32)
    return Visibility(
        tuple(counted),
        object_count,
        np.concatenate([none, *rows]),
        np.concatenate([none, *objects]),
        np.concatenate([none, *pixels]),
    )


def objects_in_image(
    entity_ids: NDArray[np.integer], nodes: NodeTable, object_count: int
) -> NDArray[np.int64]:
    """(O,) pixels of each object in a `render_entity_id` image; unknown nodes count for nobody."""
    node_count = len(nodes.object_of_node)
    if entity_ids.size and (entity_ids.min() < -1 or entity_ids.max() >= node_count):
        known = (entity_ids >= 0) & (entity_ids < node_count)
        entity_ids = np.where(known, entity_ids, 0)  # node ids start at 1
    # One bin more in front takes the -1 of pixels that show nothing.
    of_nodes = np.bincount(entity_ids.ravel() + np.intp(1), minlength=node_count + 1)[1:]
    owned = (nodes.object_of_node >= 0) & (nodes.object_of_node < object_count)
    owned[:1] = False
    counts = np.bincount(nodes.object_of_node[owned], of_nodes[owned], object_count)
    return counts.astype(np.int64)
