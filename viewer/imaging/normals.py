"""Surface normals as colors."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from viewer.imaging.depth import unit_rays
from viewer.imaging.halves import finite_pixels, nonzero_pixels, opaque_colors
from viewer.imaging.modality import ImageSet, ImagingContext, Modality, Picture, cut_out, pixels_of
from viewer.imaging.style import NormalStyle, PlainStyle

AWAY_COLOR: Final = np.array([255, 0, 200], np.uint8)
ZERO_LENGTH: Final = 1e-3
FILE_FROM_CAM: Final = np.array([1.0, -1.0, -1.0], np.float32)
"""Our camera frame (y down, z forward) to the file's (y up, z backwards)."""


def _encode(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    with np.errstate(invalid="ignore"):
        return np.round(255 * np.nan_to_num(np.clip((values + 1) / 2, 0, 1), nan=0.0)).astype(np.uint8)


class Normals(Modality[Any]):
    """x, y, z of -1..1 as red, green, blue of 0..255; zero-length normals have no value."""

    group = "Geometry"

    def __init__(self, key: str, title: str, is_in_camera_frame: bool) -> None:
        self.key = key
        self.title = title
        self.unit = "x right, y up, z towards the camera" if is_in_camera_frame else "world axes"
        self.sources = (key,)
        self.is_in_camera_frame = is_in_camera_frame
        self.default_style = NormalStyle() if is_in_camera_frame else PlainStyle()

    def picture(self, images: ImageSet, context: ImagingContext, style: Any) -> Picture:
        normals = pixels_of(images, self.key, 3)
        rgba = opaque_colors(_encode, normals)
        valid = finite_pixels(normals) & nonzero_pixels(normals)
        if isinstance(style, NormalStyle) and style.mark_facing_away and context.lens is not None:
            rays = unit_rays(context.lens, normals.shape[1], normals.shape[0])
            facing = np.einsum("hwc,hwc->hw", normals.astype(np.float32), rays * FILE_FROM_CAM)
            rgba[facing > 0, :3] = AWAY_COLOR
        return cut_out(rgba, valid)

    def describe_pixel(self, images: ImageSet, context: ImagingContext, x: int, y: int) -> str:
        normal = pixels_of(images, self.key, 3)[y, x].astype(np.float64)
        length = float(np.linalg.norm(normal))
        if not np.isfinite(length):
            return "no normal here (NaN)"
        if length < ZERO_LENGTH:
            return "no normal here (length 0)"
        words = "  ".join(f"{axis} {value:+.3f}" for axis, value in zip("xyz", normal, strict=True))
        return words if abs(length - 1) < 0.01 else f"{words}  (length {length:.3f}, not 1)"


NORMAL_MODALITIES: Final[tuple[Modality[Any], ...]] = (
    Normals("normal_cam", "Normals, camera axes", True),
    Normals("normal_world", "Normals, world axes", False),
    Normals("normal_bump_cam", "Normals with bumps, camera axes", True),
    Normals("normal_bump_world", "Normals with bumps, world axes", False),
)
