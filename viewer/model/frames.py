"""Frames of a camera and the images they carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

_FRAMES_NAMED = 4


class FrameId(NamedTuple):
    """One keyframe of one camera."""

    camera: str
    frame: int


@dataclass(frozen=True, slots=True, eq=False)
class ImageArray:
    """One image as its file holds it."""

    pixels: NDArray[Any]  # (H, W) or (H, W, C), the file's own dtype; row 0 on top
    modality: str  # the key it was read by, such as `depth_meters` or `final_preview.tonemap`

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]


class FrameSource(Protocol):
    """Where a scene's images come from. `read` is for worker threads."""

    @property
    def cameras(self) -> tuple[str, ...]:
        """Names of the cameras with at least one image."""
        ...

    def frame_ids(self, camera: str) -> NDArray[np.int64]:
        """Ascending ids of the frames with at least one image."""
        ...

    def modalities(self, frame: FrameId) -> frozenset[str]:
        """Keys of the images that exist for a frame."""
        ...

    def read(self, frame: FrameId, modality: str) -> ImageArray:
        """Decode one image. Raises FormatError when it is missing or malformed."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Images:
    """A scene's images, as a part of it."""

    source: FrameSource


def covering_order(source: FrameSource) -> list[FrameId]:
    """All frames of a source, each camera's spread ever more finely over its trajectory, cameras in turn."""
    per_camera = [
        [FrameId(camera, int(ids[k])) for k in _bit_reversed(len(ids))]
        for camera in source.cameras
        for ids in [source.frame_ids(camera)]
    ]
    return [frame for turn in zip_longest(*per_camera) for frame in turn if frame is not None]


def _bit_reversed(count: int) -> list[int]:
    """0..count-1 in the order of their reversed bits: start, middle, quarters, …"""
    bits = max(1, (count - 1).bit_length())
    return sorted(range(count), key=lambda k: int(f"{k:0{bits}b}"[::-1], 2))


def frame_names(frames: Sequence[FrameId]) -> str:
    """The first of some frames by name, and how many more there are."""
    named = ", ".join(f"{frame.camera} frame {frame.frame}" for frame in frames[:_FRAMES_NAMED])
    more = len(frames) - _FRAMES_NAMED
    return f"{named} and {more} more" if more > 0 else named
