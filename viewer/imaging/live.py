"""The 3D view through a frame's camera, as images that can stand beside those on disk."""

from __future__ import annotations

from typing import Any, Final

from viewer.imaging.depth import words_for
from viewer.imaging.ids import look_up_ids, object_rows, object_words
from viewer.imaging.modality import ImageSet, ImagingContext, Modality, Picture, id_pixels, opaque, pixels_of
from viewer.imaging.scales import color_scale
from viewer.imaging.style import PlainStyle, RangeStyle

PICTURE: Final = "live.picture"
DISTANCES: Final = "live.distance"
OBJECTS: Final = "live.objects"
GROUP: Final = "3D view through this camera"


class LiveModality(Modality[Any]):
    """Made from what the 3D view draws, not from files."""

    group = GROUP
    default_style: Any = PlainStyle()

    def missing(self, available: frozenset[str], context: ImagingContext) -> str | None:
        """Only a camera is needed, of which a lens tells."""
        return None if context.lens is not None else "This frame has no camera pose to look through."


class LivePicture(LiveModality):
    """The scene in the colors it has in the 3D view."""

    key = PICTURE
    title = "3D view"
    unit = "of 255"
    sources = (PICTURE,)

    def picture(self, images: ImageSet, context: ImagingContext, style: PlainStyle) -> Picture:
        return opaque(pixels_of(images, PICTURE, 3), None)

    def describe_pixel(self, images: ImageSet, context: ImagingContext, x: int, y: int) -> str:
        red, green, blue = (int(value) for value in pixels_of(images, PICTURE, 3)[y, x])
        return f"R {red}  G {green}  B {blue}  of 255"


class LiveDistance(LiveModality):
    """Metres along the ray to what is drawn."""

    key = DISTANCES
    title = "3D distance"
    unit = "m"
    sources = (DISTANCES,)
    default_style = RangeStyle()

    def picture(self, images: ImageSet, context: ImagingContext, style: RangeStyle) -> Picture:
        return color_scale(pixels_of(images, DISTANCES, None), style, self.unit)

    def describe_pixel(self, images: ImageSet, context: ImagingContext, x: int, y: int) -> str:
        return words_for(float(pixels_of(images, DISTANCES, None)[y, x]), "m from the camera")


class LiveObjects(LiveModality):
    """The object that is drawn at each pixel."""

    key = OBJECTS
    title = "3D objects"
    sources = (OBJECTS,)

    def picture(self, images: ImageSet, context: ImagingContext, style: PlainStyle) -> Picture:
        return look_up_ids(object_rows(context), id_pixels(images, OBJECTS))

    def describe_pixel(self, images: ImageSet, context: ImagingContext, x: int, y: int) -> str:
        object_id = int(id_pixels(images, OBJECTS)[y, x])
        return "no object" if object_id < 0 else object_words(object_id, context)


LIVE_MODALITIES: Final[tuple[Modality[Any], ...]] = (LivePicture(), LiveDistance(), LiveObjects())


def is_live(modality: Modality[Any]) -> bool:
    """True when a modality is made from the 3D view."""
    return isinstance(modality, LiveModality)
