"""Distance from the camera, and the planar depth that other programs mean by "depth"."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from viewer.imaging.modality import ImageSet, ImagingContext, Modality, Picture, number, pixels_of
from viewer.imaging.scales import color_scale
from viewer.imaging.style import RangeStyle
from viewer.model.camera import Lens

DISTANCE: Final = "depth_meters"


@lru_cache(maxsize=4)
def unit_rays(lens: Lens, width: int, height: int) -> NDArray[np.float32]:
    """The direction of every pixel (height, width, 3) in the camera frame, length 1.

    An image of another size than the lens is taken to show the same view.
    """
    x = (np.arange(width) + 0.5) * lens.width / width - 0.5
    y = (np.arange(height) + 0.5) * lens.height / height - 0.5
    matrix = lens.ray_from_pixel
    rays = matrix[:, 0] * x[None, :, None] + matrix[:, 1] * y[:, None, None] + matrix[:, 2]
    directions: NDArray[np.float32] = (rays / np.linalg.norm(rays, axis=2, keepdims=True)).astype(np.float32)
    directions.flags.writeable = False
    return directions


class Distance(Modality[RangeStyle]):
    """Metres along the ray, as the file has it."""

    key = "distance"
    title = "Distance"
    unit = "m"
    group = "Geometry"
    counterpart = "planar_depth"
    sources = (DISTANCE,)
    default_style = RangeStyle()

    def picture(self, images: ImageSet, context: ImagingContext, style: RangeStyle) -> Picture:
        return color_scale(pixels_of(images, DISTANCE, None), style, self.unit)

    def describe_pixel(self, images: ImageSet, context: ImagingContext, x: int, y: int) -> str:
        return words_for(float(pixels_of(images, DISTANCE, None)[y, x]), "m from the camera")


class PlanarDepth(Modality[RangeStyle]):
    """Metres along the camera's z axis; needs the lens."""

    key = "planar_depth"
    title = "Planar depth"
    unit = "m"
    group = "Geometry"
    counterpart = "distance"
    sources = (DISTANCE,)
    default_style = RangeStyle()

    def missing(self, available: frozenset[str], context: ImagingContext) -> str | None:
        lacking = super().missing(available, context)
        if lacking is None and context.lens is None:
            return "Planar depth needs the camera's lens, and this camera has no poses."
        return lacking

    def picture(self, images: ImageSet, context: ImagingContext, style: RangeStyle) -> Picture:
        distance = pixels_of(images, DISTANCE, None)
        return color_scale(distance.astype(np.float32) * self._cosines(context, distance), style, self.unit)

    def describe_pixel(self, images: ImageSet, context: ImagingContext, x: int, y: int) -> str:
        distance = pixels_of(images, DISTANCE, None)
        depth = float(distance[y, x]) * float(self._cosines(context, distance)[y, x])
        return words_for(depth, "m in front of the camera (planar)")

    def _cosines(self, context: ImagingContext, distance: NDArray[Any]) -> NDArray[np.float32]:
        if context.lens is None:
            raise ValueError("planar depth asked for without a lens; `missing` says so beforehand")
        return unit_rays(context.lens, distance.shape[1], distance.shape[0])[..., 2]


def words_for(value: float, unit: str) -> str:
    """A measured length, or why there is none."""
    if np.isnan(value):
        return "no surface here (NaN)"
    if np.isinf(value):
        return "infinitely far (inf)"
    return f"{number(value)} {unit}"


DEPTH_MODALITIES: Final[tuple[Modality[Any], ...]] = (Distance(), PlanarDepth())
