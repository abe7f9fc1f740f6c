"""Frames of a camera and the images they carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray


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
