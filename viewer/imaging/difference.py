"""How far two images are from each other, pixel by pixel: in what they measure, or as they are shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from viewer.imaging.depth import DISTANCE, Distance, PlanarDepth, unit_rays
from viewer.imaging.hdr_color import LinearImage
from viewer.imaging.ids import ENTITIES, LiveLabels, Objects, RenderEntities, SavedLabels
from viewer.imaging.live import DISTANCES as LIVE_DISTANCES
from viewer.imaging.live import OBJECTS as LIVE_OBJECTS
from viewer.imaging.live import LiveDistance, LiveObjects
from viewer.imaging.modality import ImageSet, ImagingContext, Modality, Picture, id_pixels, number, pixels_of
from viewer.imaging.normals import Normals
from viewer.imaging.positions import Positions
from viewer.imaging.scales import color_scale
from viewer.imaging.style import RangeStyle

NOTHING: Final = -1
SHORTEST_NORMAL: Final = 1e-3
HIGH_PERCENTILE: Final = 95.0
SHORT_METRES: Final = 0.02
"""Lengths below this are told in millimetres."""
SAMPLE_STRIDE: Final = 4
SCALE_PERCENTILE: Final = 99.0
IDS: Final = "%"
"""The unit of ids: they are the same or not, and the share of those that differ counts."""
SHOWN: Final = "of 255"


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """What an image measures. Two of them can be compared when their kind is the same."""

    kind: str
    unit: str
    pixels: NDArray[Any]  # (H, W) float32, (H, W, 3) float32, or (H, W) whole numbers; NaN and -1 = none


@dataclass(frozen=True, eq=False)
class Difference:
    """How far two images are from each other."""

    pixels: NDArray[np.float32]  # (H, W) at least 0; NaN where either has no value. Ids: 0 or 1
    unit: str

    @cached_property
    def words(self) -> str:
        """The mean and what 95 % of the pixels stay below; of ids, how many differ."""
        known = self.pixels[np.isfinite(self.pixels)]
        if not known.size:
            return "no pixel has a value in both"
        mean = float(known.mean(dtype=np.float64))
        if self.unit == IDS:
            return f"{100 * mean:.2f} % of pixels differ"
        high = float(np.percentile(known, HIGH_PERCENTILE))
        words = f"mean {number(mean)}, 95 % below {number(high)} {self.unit}".rstrip()
        missing = 1 - known.size / self.pixels.size
        return f"{words}; no value in {100 * missing:.1f} %" if missing > 0 else words

    def words_at(self, x: int, y: int) -> str:
        """The difference at one pixel."""
        value = float(self.pixels[y, x])
        if not np.isfinite(value):
            return "no value in both"
        if self.unit == IDS:
            return "differs" if value else "same"
        return f"{number(value)} {self.unit}".rstrip()

    def picture(self) -> Picture:
        """The difference in heat colors, 0 being dark; the scale ends where 99 % of the pixels do."""
        known = self.pixels[np.isfinite(self.pixels)]
        high = float(np.percentile(known, SCALE_PERCENTILE)) if known.size and self.unit != IDS else 1.0
        style = RangeStyle(color_map="heat", automatic=False, low=0.0, high=max(high, 1e-6))
        picture = color_scale(self.pixels, style, self.unit)
        return replace(picture, legend=None) if self.unit == IDS else picture


def values_of(modality: Modality[Any], images: ImageSet, context: ImagingContext) -> Values | None:
    """What the images measure under this modality; None where it has only colors.

    Raises FormatError when an array is not what its key promises.
    """
    for kind, read in _READERS:
        if isinstance(modality, kind):
            return read(modality, images, context)
    return None


def difference(a: Values, b: Values) -> Difference:
    """How far two images of one kind are apart; the second is taken at the first one's size.

    Numbers: their distance. Linear colors: that of the channel where it is largest. Directions: the angle
    between them. Positions: how far they lie apart. Ids: whether they are not the same.
    """
    if a.kind != b.kind:
        raise ValueError(f"expected values of one kind, found {a.kind} and {b.kind}")
    second = resized(b.pixels, a.pixels.shape[:2])
    if a.unit == IDS:
        return Difference((a.pixels != second).astype(np.float32), IDS)
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        first = a.pixels.astype(np.float32)
        second = second.astype(np.float32)
        if a.kind.startswith("direction"):
            lengths = np.linalg.norm(first, axis=2) * np.linalg.norm(second, axis=2)
            cosines = np.einsum("hwc,hwc->hw", first, second) / lengths
            cosines[lengths < SHORTEST_NORMAL] = np.nan
            apart = np.degrees(np.arccos(np.clip(cosines, -1, 1)))
        elif a.kind == "position":
            apart = np.linalg.norm(first - second, axis=2)
        elif first.ndim == 3:
            apart = _largest(np.abs(first - second))
        else:
            apart = np.abs(first - second)
    apart = np.asarray(apart, np.float32)
    apart[~np.isfinite(apart)] = np.nan
    if a.unit == "m":
        return _length(apart)
    return Difference(apart, a.unit)


def _length(metres: NDArray[np.float32]) -> Difference:
    """Lengths in the unit that fits most of them."""
    sample = metres[::SAMPLE_STRIDE, ::SAMPLE_STRIDE]
    sample = sample[np.isfinite(sample)]
    is_short = bool(sample.size) and float(np.percentile(sample, HIGH_PERCENTILE)) < SHORT_METRES
    return Difference(metres * np.float32(1000), "mm") if is_short else Difference(metres, "m")


def shown_difference(a: Picture, b: Picture) -> Difference:
    """How far two pictures are apart as they are shown: in the channel where it is largest, of 255."""
    second = resized(b.rgba, a.rgba.shape[:2])
    apart = _largest(np.abs(a.rgba[..., :3].astype(np.int16) - second[..., :3])).astype(np.float32)
    apart[(a.rgba[..., 3] == 0) | (second[..., 3] == 0)] = np.nan
    return Difference(apart, SHOWN)


def _largest(channels: NDArray[Any]) -> NDArray[Any]:
    """The largest of three channels (H, W, 3), several times faster than `max` along the last axis."""
    largest = np.maximum(channels[..., 0], channels[..., 1])
    return np.asarray(np.maximum(largest, channels[..., 2]))


def resized(pixels: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """The image (H, W, ...) at another size, each pixel the nearest one."""
    height, width = pixels.shape[:2]
    if (height, width) == tuple(shape):
        return pixels
    rows = ((np.arange(shape[0]) + 0.5) * height / shape[0]).astype(np.intp)
    columns = ((np.arange(shape[1]) + 0.5) * width / shape[1]).astype(np.intp)
    return np.asarray(pixels[rows[:, None], columns])


def _distance(_: Distance, images: ImageSet, context: ImagingContext) -> Values:
    return Values("length", "m", pixels_of(images, DISTANCE, None))


def _planar(_: PlanarDepth, images: ImageSet, context: ImagingContext) -> Values | None:
    distance = pixels_of(images, DISTANCE, None)
    if context.lens is None:
        return None
    cosines = unit_rays(context.lens, distance.shape[1], distance.shape[0])[..., 2]
    return Values("length", "m", distance.astype(np.float32) * cosines)


def _live_distance(_: LiveDistance, images: ImageSet, context: ImagingContext) -> Values:
    return Values("length", "m", pixels_of(images, LIVE_DISTANCES, None))


def _linear(modality: LinearImage, images: ImageSet, context: ImagingContext) -> Values:
    return Values("color", "", pixels_of(images, modality.key, 3))


def _normals(modality: Normals, images: ImageSet, context: ImagingContext) -> Values:
    axes = "camera" if modality.is_in_camera_frame else "world"
    return Values(f"direction, {axes} axes", "°", pixels_of(images, modality.key, 3))


def _positions(modality: Positions, images: ImageSet, context: ImagingContext) -> Values:
    units = pixels_of(images, modality.key, 3).astype(np.float32)
    return Values("position", "m", units * np.float32(context.metres_per_unit))


def _objects(_: Objects, images: ImageSet, context: ImagingContext) -> Values | None:
    if context.nodes is None:
        return None
    return Values("object", IDS, context.nodes.objects_in(id_pixels(images, ENTITIES)))


def _live_objects(_: LiveObjects, images: ImageSet, context: ImagingContext) -> Values:
    return Values("object", IDS, id_pixels(images, LIVE_OBJECTS))


def _entities(_: RenderEntities, images: ImageSet, context: ImagingContext) -> Values:
    return Values("node", IDS, id_pixels(images, ENTITIES))


def _live_labels(modality: LiveLabels, images: ImageSet, context: ImagingContext) -> Values | None:
    if context.nodes is None or context.labels is None:
        return None
    labels = context.labels.semantic if modality.layer == "class" else context.labels.instance
    objects = context.nodes.objects_in(id_pixels(images, ENTITIES))
    objects = np.where(objects < len(labels), objects, NOTHING)
    return Values(modality.layer, IDS, np.append(labels, NOTHING)[objects])


def _saved_labels(modality: SavedLabels, images: ImageSet, context: ImagingContext) -> Values:
    layer = "class" if modality.source == "semantic" else "instance"
    return Values(layer, IDS, id_pixels(images, modality.source))


_Reader = Callable[[Any, ImageSet, ImagingContext], Values | None]
_READERS: Final[tuple[tuple[type[Modality[Any]], _Reader], ...]] = (
    (Distance, _distance),
    (PlanarDepth, _planar),
    (LiveDistance, _live_distance),
    (LinearImage, _linear),
    (Normals, _normals),
    (Positions, _positions),
    (Objects, _objects),
    (LiveObjects, _live_objects),
    (RenderEntities, _entities),
    (LiveLabels, _live_labels),
    (SavedLabels, _saved_labels),
)
