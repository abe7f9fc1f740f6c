"""What every kind of image must be able to do: become a picture, and say what a pixel means."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from viewer.errors import FormatError
from viewer.imaging.halves import look_up_values
from viewer.model.camera import Lens
from viewer.model.frames import ImageArray
from viewer.model.label_table import LabelTable
from viewer.model.labels import ObjectLabels
from viewer.model.scene import NodeTable

Style = TypeVar("Style")
ImageSet = Mapping[str, ImageArray]
"""The images a modality asked for, by their file keys; optional ones may be absent."""

HATCH_PERIOD_PX: Final = 8
HATCH_DARK: Final = (46, 48, 52)
HATCH_LIGHT: Final = (66, 69, 74)


@dataclass(frozen=True, slots=True, eq=False)
class ImagingContext:
    """What a picture may depend on besides its arrays. Built anew whenever any of it changes."""

    lens: Lens | None = None
    metres_per_unit: float = 1.0
    nodes: NodeTable | None = None
    object_names: tuple[str, ...] = ()
    labels: ObjectLabels | None = None  # the live arrays; read on the main thread only
    class_rows: NDArray[np.uint8] | None = None  # (O, 4) live color of every object in the class layer
    instance_rows: NDArray[np.uint8] | None = None  # (O, 4) the same for the instance layer
    object_rows: NDArray[np.uint8] | None = None  # (O, 4) a color of its own for every object
    table: LabelTable | None = None
    instance_colors: NDArray[np.int64] | None = None  # (K + 1, 3) by instance id, -1 = unknown
    pose_check: NDArray[np.uint8] | None = None  # (H, W) the codes of a `DisagreementMap`
    pose_check_words: str = ""  # what came of checking the frame, or why nothing did


@dataclass(frozen=True, slots=True, eq=False)
class Legend:
    """The scale of a picture: `colors` run evenly from `low` to `high`."""

    low: float
    high: float
    unit: str
    colors: NDArray[np.uint8]  # (N, 3)
    is_cut_below: bool = False  # True: some pixels are smaller than `low`
    is_cut_above: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A displayable image. Pixels without a value are (0, 0, 0, 0); all others are opaque."""

    rgba: NDArray[np.uint8]  # (H, W, 4) C-contiguous
    has_gaps: bool  # True: some pixels have no value
    legend: Legend | None = None

    @property
    def byte_count(self) -> int:
        return self.rgba.nbytes

    @property
    def gap_share(self) -> float:
        """The share of pixels without a value, 0 to 1."""
        if not self.has_gaps:
            return 0.0
        pixels = self.rgba.view(np.uint32)  # 0 without a value, and only then
        return 1 - np.count_nonzero(pixels) / pixels.size

    def rgb(self) -> NDArray[np.uint8]:
        """(H, W, 3), pixels without a value hatched."""
        if not self.has_gaps:
            return self.rgba[..., :3]
        rgb = np.ascontiguousarray(self.rgba[..., :3])
        np.copyto(rgb, hatch(*rgb.shape[:2]), where=self.rgba[..., 3:] == 0)
        return rgb


def hatch(height: int, width: int) -> NDArray[np.uint8]:
    """Thin diagonal lines (height, width, 3): the sign for "no value here"."""
    diagonal = (np.arange(height)[:, None] + np.arange(width)) % HATCH_PERIOD_PX
    colors = np.array([HATCH_LIGHT] * 2 + [HATCH_DARK] * (HATCH_PERIOD_PX - 2), np.uint8)
    return np.asarray(colors[diagonal])


class Modality(ABC, Generic[Style]):
    """One way to look at a frame."""

    key: str
    title: str
    unit: str = ""
    group: str
    sources: tuple[str, ...]
    """File keys of the images it cannot do without."""
    optional: tuple[str, ...] = ()
    """File keys it makes use of when the frame has them."""
    default_style: Style
    counterpart: str = ""
    """Key of the modality that shows the same thing measured in another way, offered one click away."""
    follows_labels: ClassVar[bool] = False
    """True when its colors change with the labels being edited, so no picture of it may be kept."""

    @abstractmethod
    def picture(self, images: ImageSet, context: ImagingContext, style: Style) -> Picture:
        """The image as it is shown. Raises FormatError when an array is not what its key promises."""

    @abstractmethod
    def describe_pixel(self, images: ImageSet, context: ImagingContext, x: int, y: int) -> str:
        """What the pixel holds, in plain words with a unit."""

    def missing(self, available: frozenset[str], context: ImagingContext) -> str | None:
        """Why a frame with these images cannot be shown this way, as a sentence; None when it can."""
        lacking = [key for key in self.sources if key not in available]
        if lacking:
            return f"This frame has no {' and no '.join(lacking)} image."
        return None

    def to_rgb(self, images: ImageSet, context: ImagingContext, style: Style) -> NDArray[np.uint8]:
        """(H, W, 3) sRGB, pixels without a value hatched."""
        return self.picture(images, context, style).rgb()


def pixels_of(images: ImageSet, key: str, channels: int | None) -> NDArray[Any]:
    """The array of an image, checked to be (H, W) or, with `channels`, (H, W, channels)."""
    pixels = images[key].pixels
    wanted = "(H, W)" if channels is None else f"(H, W, {channels})"
    if pixels.ndim != (2 if channels is None else 3) or (
        channels is not None and pixels.shape[2] != channels
    ):
        raise FormatError(f"{key}: expected an image of shape {wanted}, found {pixels.shape}")
    return pixels


def id_pixels(images: ImageSet, key: str) -> NDArray[Any]:
    """The (H, W) whole numbers of an id image."""
    pixels = pixels_of(images, key, None)
    if pixels.dtype.kind not in "iu":
        raise FormatError(f"{key}: expected whole numbers, found {pixels.dtype}")
    return pixels


def opaque(rgb: NDArray[np.uint8], valid: NDArray[np.bool_] | None, legend: Legend | None = None) -> Picture:
    """A picture of (H, W, 3) colors, transparent where not `valid` (H, W)."""
    rgba = np.empty((*rgb.shape[:2], 4), np.uint8)
    rgba[..., :3] = rgb
    rgba[..., 3] = 255
    return cut_out(rgba, valid, legend)


def cut_out(
    rgba: NDArray[np.uint8], valid: NDArray[np.bool_] | None, legend: Legend | None = None
) -> Picture:
    """A picture of opaque colors (H, W, 4), which are made transparent where not `valid` (H, W)."""
    has_gaps = valid is not None and not bool(valid.all())
    if valid is not None and has_gaps:
        rgba[~valid] = 0
    return Picture(rgba, has_gaps, legend)


def look_up(rows: NDArray[np.uint8], index: NDArray[Any], legend: Legend | None = None) -> Picture:
    """A picture of index -> row of (N, 4) colors; every index must be a row."""
    packed = np.ascontiguousarray(rows).view(np.uint32).reshape(-1)
    rgba = look_up_values(packed, index).view(np.uint8).reshape(*index.shape, 4)
    has_gaps = bool((rows[:, 3] == 0).any()) and not bool(rgba[..., 3].all())
    return Picture(rgba, has_gaps, legend)


def number(value: float) -> str:
    """A measured value with three or four significant digits."""
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}" if abs(value) >= 100 else f"{value:.3g}"
