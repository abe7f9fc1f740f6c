"""Linear high-dynamic-range images: color and the three images it is composed of."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from viewer.imaging.halves import finite_pixels, opaque_colors
from viewer.imaging.modality import (
    ImageSet,
    ImagingContext,
    Modality,
    Picture,
    cut_out,
    id_pixels,
    number,
    pixels_of,
)
from viewer.imaging.scales import color_scale
from viewer.imaging.style import ExposureStyle, RangeStyle, ReflectanceStyle
from viewer.imaging.tone_mapping import encode, exposure_scale

ENTITIES: Final = "render_entity_id"


def shown_colors(linear: NDArray[Any], scale: float) -> NDArray[np.uint8]:
    """The displayed, opaque colors (H, W, 4) of a linear image (H, W, 3), by the dataset's curve."""
    with np.errstate(invalid="ignore", over="ignore"):  # the table of halves holds infinities too
        return opaque_colors(lambda values: encode(values, scale), linear)


class LinearImage(Modality[Any]):
    """One of the linear images, with exposure."""

    group = "Color"
    optional = (ENTITIES,)

    def __init__(self, key: str, title: str, quantity: str, style: ExposureStyle | ReflectanceStyle) -> None:
        self.key = key
        self.title = title
        self.unit = quantity
        self.sources = (key,)
        self.default_style = style

    def picture(self, images: ImageSet, context: ImagingContext, style: Any) -> Picture:
        linear = pixels_of(images, self.key, 3)
        scale = exposure_scale(linear, _hit(images, linear.shape)) if style.automatic else 1.0
        return cut_out(shown_colors(linear, scale * 2.0**style.exposure_stops), finite_pixels(linear))

    def describe_pixel(self, images: ImageSet, context: ImagingContext, x: int, y: int) -> str:
        red, green, blue = (float(value) for value in pixels_of(images, self.key, 3)[y, x])
        if not np.isfinite([red, green, blue]).all():
            return f"no valid color ({red}, {green}, {blue})"
        return f"R {number(red)}  G {number(green)}  B {number(blue)}"


def _hit(images: ImageSet, shape: tuple[int, ...]) -> NDArray[np.bool_] | None:
    """Pixels where something was hit, where that is known."""
    if ENTITIES not in images:
        return None
    entities = id_pixels(images, ENTITIES)
    return None if entities.shape != shape[:2] else np.asarray(entities != -1)


class ResidualCheck(Modality[RangeStyle]):
    """How far color is from reflectance x illumination + residual."""

    key = "residual_check"
    title = "Color equation error"
    unit = "largest channel"
    group = "Color"
    sources = ("color", "diffuse_reflectance", "diffuse_illumination", "residual")
    default_style = RangeStyle(color_map="heat", high=0.05)

    def picture(self, images: ImageSet, context: ImagingContext, style: RangeStyle) -> Picture:
        return color_scale(np.abs(self._difference(images)).max(axis=2), style, "")

    def describe_pixel(self, images: ImageSet, context: ImagingContext, x: int, y: int) -> str:
        red, green, blue = (float(value) for value in self._difference(images, (y, x)))
        words = f"R {number(red)}  G {number(green)}  B {number(blue)}"
        return f"{words}  = color − (reflectance × illumination + residual)"

    def _difference(self, images: ImageSet, at: Any = ...) -> NDArray[np.float32]:
        color, reflectance, illumination, residual = (
            pixels_of(images, key, 3)[at].astype(np.float32) for key in self.sources
        )
        return np.asarray(color - (reflectance * illumination + residual))


COLOR_MODALITIES: Final[tuple[Modality[Any], ...]] = (
    LinearImage("color", "Color", "linear radiance", ExposureStyle()),
    LinearImage("diffuse_illumination", "Diffuse illumination", "linear", ExposureStyle()),
    LinearImage("diffuse_reflectance", "Diffuse reflectance", "0 to 1", ReflectanceStyle()),
    LinearImage("residual", "Residual (non-diffuse)", "linear radiance", ExposureStyle()),
    ResidualCheck(),
)
