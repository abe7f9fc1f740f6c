"""Where a frame's objects are not those that its camera should see, over the photograph."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from viewer.imaging.modality import ImageSet, ImagingContext, Modality, Picture
from viewer.imaging.style import PlainStyle
from viewer.model.disagreement import AGREES, DIFFERS, DIFFERS_AT_BORDER, UNKNOWN

PHOTO: Final = "final_preview.tonemap"
WORDS: Final = {
    AGREES: "the object that is expected here",
    DIFFERS_AT_BORDER: "another object than expected, but next to a border, where half a pixel decides",
    DIFFERS: "another object than expected",
    UNKNOWN: "nothing to compare with here",
}
GROUND: Final = 72  # gray, where there is no photograph
PHOTO_SHARE: Final = 0.55
HOT: Final = np.array([255, 64, 40], np.float32)
BORDER: Final = np.array([240, 176, 64], np.float32)
GLOW_SHARE: Final = 1 / 24
"""The glow around what differs reaches this share of the image's width, so that small pictures show it."""
GLOW_GAIN: Final = 6.0
GLOW_MOST: Final = 0.45
SOLID: Final = 0.6
"""How strongly a pixel that differs is covered: what the photograph shows must still be seen."""


class PoseCheck(Modality[PlainStyle]):
    """The check's disagreement: red where objects differ, amber where they do next to borders."""

    key = "pose_check"
    title = "Pose check"
    group = "Geometry"
    sources = ()
    optional = (PHOTO,)
    default_style = PlainStyle()
    follows_labels: ClassVar[bool] = True  # a new check replaces it

    def missing(self, available: frozenset[str], context: ImagingContext) -> str | None:
        if context.pose_check is not None:
            return None
        return context.pose_check_words or "The poses have not been checked: Tools > Check Poses does that."

    def picture(self, images: ImageSet, context: ImagingContext, style: PlainStyle) -> Picture:
        codes = np.full((1, 1), UNKNOWN, np.uint8) if context.pose_check is None else context.pose_check
        rgba = np.empty((*codes.shape, 4), np.uint8)
        rgba[..., :3] = _ground(images, codes.shape)[..., None]
        rgba[..., 3] = 255
        differs = codes == DIFFERS
        if differs.any():
            reach = max(3, round(codes.shape[1] * GLOW_SHARE))
            from scipy.ndimage import uniform_filter  # the window starts without scipy

            share = uniform_filter(differs.astype(np.float32), reach, mode="constant")
            hot = np.minimum(share * GLOW_GAIN, GLOW_MOST)
            glowing = hot > 0.01
            weight = hot[glowing][:, None]
            rgba[..., :3][glowing] = rgba[..., :3][glowing] * (1 - weight) + HOT * weight
            rgba[..., :3][differs] = HOT * SOLID + rgba[..., :3][differs] * (1 - SOLID)
        at_border = codes == DIFFERS_AT_BORDER
        rgba[..., :3][at_border] = BORDER * SOLID + rgba[..., :3][at_border] * (1 - SOLID)
        return Picture(rgba, False)

    def describe_pixel(self, images: ImageSet, context: ImagingContext, x: int, y: int) -> str:
        return WORDS[UNKNOWN if context.pose_check is None else int(context.pose_check[y, x])]


def _ground(images: ImageSet, shape: tuple[int, ...]) -> NDArray[Any]:
    """(H, W) the photograph in dark gray."""
    photo = images.get(PHOTO)
    if photo is None or photo.pixels.shape != (*shape, 3):
        return np.full(shape, GROUND, np.uint8)
    return np.asarray(photo.pixels @ np.array([0.3, 0.59, 0.11], np.float32) * PHOTO_SHARE)


POSE_CHECK_MODALITIES: Final[tuple[Modality[Any], ...]] = (PoseCheck(),)
