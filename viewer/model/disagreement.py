"""Where two images of object ids differ, pixel by pixel."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

AGREES, DIFFERS_AT_BORDER, DIFFERS, UNKNOWN = 0, 1, 2, 3
"""What is known of a pixel; unknown = there is nothing to compare it with."""


@dataclass(frozen=True, slots=True, eq=False)
class DisagreementMap:
    """AGREES, DIFFERS_AT_BORDER, DIFFERS or UNKNOWN for every pixel, packed, for frames may be many."""

    shape: tuple[int, int]  # (H, W)
    packed: bytes

    @classmethod
    def pack(cls, codes: NDArray[np.uint8]) -> DisagreementMap:
        """From codes (H, W)."""
        height, width = codes.shape
        return cls((height, width), zlib.compress(codes.tobytes(), 1))

    def codes(self) -> NDArray[np.uint8]:
        """(H, W)"""
        return np.frombuffer(zlib.decompress(self.packed), np.uint8).reshape(self.shape)
