"""World positions and texture coordinates as colors."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from viewer.imaging.halves import finite_pixels
from viewer.imaging.modality import ImageSet, ImagingContext, Modality, Picture, number, opaque, pixels_of
from viewer.imaging.style import PlainStyle

SAMPLE_STRIDE: Final = 4


class Positions(Modality[PlainStyle]):
    """x, y, z as red, green, blue, each spanning what the frame shows."""

    key = "position"
    title = "World position"
    unit = "m"
    group = "Geometry"
    sources = ("position",)
    default_style = PlainStyle()

    def picture(self, images: ImageSet, context: ImagingContext, style: PlainStyle) -> Picture:
        positions = pixels_of(images, self.key, 3)
        valid = finite_pixels(positions)
        sample = positions[::SAMPLE_STRIDE, ::SAMPLE_STRIDE][valid[::SAMPLE_STRIDE, ::SAMPLE_STRIDE]]
        if not len(sample):
            return opaque(np.zeros(positions.shape, np.uint8), valid)
        low, high = sample.astype(np.float32).min(axis=0), sample.astype(np.float32).max(axis=0)
        span = np.where(high > low, high - low, np.float32(1))
        shares = (np.where(valid[..., None], positions, low) - low) / span
        return opaque(np.round(255 * np.clip(shares, 0, 1)).astype(np.uint8), valid)

    def describe_pixel(self, images: ImageSet, context: ImagingContext, x: int, y: int) -> str:
        units = pixels_of(images, self.key, 3)[y, x].astype(np.float64)
        if not np.isfinite(units).all():
            return "no surface here (NaN)"
        metres = "  ".join(
            f"{axis} {value:.2f}" for axis, value in zip("xyz", units * context.metres_per_unit, strict=True)
        )
        if context.metres_per_unit == 1.0:
            return f"{metres} m"
        return f"{metres} m  (asset units {', '.join(number(float(value)) for value in units)})"


class TextureCoordinates(Modality[PlainStyle]):
    """u and v, repeating every 1, as red and green."""

    key = "tex_coord"
    title = "Texture coordinates"
    group = "Geometry"
    sources = ("tex_coord",)
    default_style = PlainStyle()

    def picture(self, images: ImageSet, context: ImagingContext, style: PlainStyle) -> Picture:
        coordinates = _first_two(images)
        valid = finite_pixels(coordinates)
        known = np.where(valid[..., None], coordinates, 0).astype(np.float32)
        rgb = np.full((*coordinates.shape[:2], 3), 60, np.uint8)
        rgb[..., :2] = np.floor(255.999 * (known - np.floor(known)))
        return opaque(rgb, valid)

    def describe_pixel(self, images: ImageSet, context: ImagingContext, x: int, y: int) -> str:
        u, v = (float(value) for value in _first_two(images)[y, x])
        if not np.isfinite([u, v]).all():
            return "no surface here (NaN)"
        return f"u {u:.3f}  v {v:.3f}"


def _first_two(images: ImageSet) -> NDArray[Any]:
    channels = images["tex_coord"].pixels.shape[-1]
    return pixels_of(images, "tex_coord", 2 if channels == 2 else 3)[..., :2]


POSITION_MODALITIES: Final[tuple[Modality[Any], ...]] = (Positions(), TextureCoordinates())
