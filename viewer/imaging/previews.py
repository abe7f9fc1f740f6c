"""The ready-made JPEG and PNG previews that come with the dataset."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from viewer.errors import FormatError
from viewer.imaging.modality import ImageSet, ImagingContext, Modality, Picture, opaque
from viewer.imaging.style import PlainStyle

FINAL: Final = {
    "color": "Color",
    "gamma": "Color, gamma only",
    "tonemap": "Color, tone mapped",
    "diffuse_reflectance": "Diffuse reflectance",
    "diffuse_illumination": "Diffuse illumination",
    "residual": "Residual",
    "lambertian": "Lambertian part",
    "non_lambertian": "Non-Lambertian part",
    "diff": "Difference",
}
GEOMETRY: Final = {
    "color": "Geometry pass color",
    "gamma": "Geometry pass color, gamma only",
    "depth_meters": "Distance",
    "normal_cam": "Normals, camera axes",
    "normal_world": "Normals, world axes",
    "normal_bump_cam": "Normals with bumps, camera axes",
    "normal_bump_world": "Normals with bumps, world axes",
    "render_entity_id": "Render entities",
    "semantic": "Class",
    "semantic_instance": "Instance",
    "tex_coord": "Texture coordinates",
}


class Preview(Modality[PlainStyle]):
    """An 8-bit image shown as it is."""

    group = "Previews (8-bit)"
    unit = "of 255"
    default_style = PlainStyle()

    def __init__(self, key: str, title: str) -> None:
        self.key = key
        self.title = title
        self.sources = (key,)

    def picture(self, images: ImageSet, context: ImagingContext, style: PlainStyle) -> Picture:
        pixels = images[self.key].pixels
        if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3):
            raise FormatError(
                f"{self.key}: expected 8-bit pixels, found {pixels.dtype} of shape {pixels.shape}"
            )
        if pixels.ndim == 2 or pixels.shape[2] < 3:
            gray = pixels if pixels.ndim == 2 else pixels[..., 0]
            return opaque(np.repeat(gray[..., None], 3, axis=2), None)
        return opaque(pixels[..., :3], None)

    def describe_pixel(self, images: ImageSet, context: ImagingContext, x: int, y: int) -> str:
        values = np.atleast_1d(images[self.key].pixels[y, x])
        if len(values) < 3:
            return f"gray {int(values[0])} of 255"
        red, green, blue = (int(value) for value in values[:3])
        return f"R {red}  G {green}  B {blue}  of 255"


PREVIEW_MODALITIES: Final[tuple[Modality[Any], ...]] = (
    *(Preview(f"final_preview.{name}", f"Preview: {title}") for name, title in FINAL.items()),
    *(
        Preview(
            f"geometry_preview.{name}",
            f"Preview: {title}" if name in ("color", "gamma") else f"Preview: {title} (geometry)",
        )
        for name, title in GEOMETRY.items()
    ),
)
