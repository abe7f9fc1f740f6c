"""Two images beside each other: their pictures and how far they are apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from viewer.app.frame_cache import FrameCache
from viewer.app.pane_pictures import load_images, load_picture, ready_images, ready_picture
from viewer.app.session import Session
from viewer.app.timeline import timeline_of
from viewer.errors import FormatError
from viewer.imaging.difference import Difference, difference, shown_difference, values_of
from viewer.imaging.modality import ImageSet, ImagingContext, Modality, Picture
from viewer.jobs.job import Progress
from viewer.model.frames import FrameId, FrameSource


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One of the two: a modality of a frame, or of what the 3D view draws through that frame's camera."""

    frame: FrameId
    modality: Modality[Any]
    style: Any
    context: ImagingContext
    live: Callable[[], ImageSet] | None = None
    """The images of the 3D view, made when they are needed; None for images on disk."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two sides, decoded."""

    sides: tuple[Side, Side]
    images: tuple[ImageSet, ImageSet]
    pictures: tuple[Picture, Picture]
    difference: Difference | None = None  # None: not measured yet
    heat: Picture | None = None  # of the difference
    is_of_values: bool = False  # False: of the colors on the screen

    def words_at(self, x: int, y: int) -> tuple[str, str, str]:
        """What both sides and their difference are at a pixel of the first picture."""
        size = self.pictures[0].rgba.shape
        words = []
        for side, images, picture in zip(self.sides, self.images, self.pictures, strict=True):
            height, width = picture.rgba.shape[:2]
            at = int((x + 0.5) * width / size[1]), int((y + 0.5) * height / size[0])
            words.append(side.modality.describe_pixel(images, side.context, *at))
        return words[0], words[1], "" if self.difference is None else self.difference.words_at(x, y)


def compare(
    source: FrameSource, cache: FrameCache, sides: tuple[Side, Side], *, as_shown: bool, progress: Progress
) -> Comparison:
    """Decode two sides and measure their difference; for worker threads.

    What they measure is compared where both measure the same kind of thing, else (or `as_shown`) the colors
    on the screen. Raises FormatError when a file is malformed, Cancelled when asked to stop.
    """
    first, second = (_decode(source, cache, side, progress) for side in sides)
    progress.check()
    found, is_of_values = None, False
    if not as_shown:
        values = [
            values_of(side.modality, images, side.context)
            for side, (images, _) in zip(sides, (first, second), strict=True)
        ]
        a, b = values
        is_of_values = a is not None and b is not None and a.kind == b.kind
        if a is not None and b is not None and is_of_values:
            found = difference(a, b)
    if found is None:
        found = shown_difference(first[1], second[1])
    progress.check()
    heat, _ = found.picture(), found.words  # both take time that the main thread has not
    return Comparison(sides, (first[0], second[0]), (first[1], second[1]), found, heat, is_of_values)


def ready(source: FrameSource, cache: FrameCache, sides: tuple[Side, Side]) -> Comparison | None:
    """Both sides without their difference, when they are at hand; reads no file."""
    images: list[ImageSet] = []
    pictures: list[Picture] = []
    for side in sides:
        found = None if side.live is not None else ready_images(source, cache, side.frame, side.modality)
        picture = None
        if found is not None:
            try:
                picture = ready_picture(source, cache, side.frame, side.modality, side.style, side.context)
            except FormatError:
                return None  # `compare` says what is wrong
        if found is None or picture is None:
            return None
        images.append(found)
        pictures.append(picture)
    return Comparison(sides, (images[0], images[1]), (pictures[0], pictures[1]))


def labels_kept(context: ImagingContext) -> ImagingContext:
    """The context with the labels of this moment, for work that goes on while they are edited."""
    return context if context.labels is None else replace(context, labels=context.labels.copy())


def _decode(
    source: FrameSource, cache: FrameCache, side: Side, progress: Progress
) -> tuple[ImageSet, Picture]:
    if side.live is not None:
        images = side.live()
        return images, side.modality.picture(images, side.context, side.style)
    decoded = load_images(source, cache, side.frame, side.modality, progress)
    picture = load_picture(source, cache, side.frame, side.modality, side.style, side.context, progress)
    return decoded, picture


def frames_beside(session: Session) -> list[tuple[str, FrameId]]:
    """Frames with images that the current one may be compared with, and what they are to it.

    The one before, the one after, and of every other camera the one with the nearest number.
    """
    frame = session.frame
    if frame is None:
        return []
    own = timeline_of(session, frame.camera)
    found: list[tuple[str, int | None, str]] = [
        ("Frame before", own.step(frame.frame, -1, only_pictured=True), frame.camera),
        ("Frame after", own.step(frame.frame, 1, only_pictured=True), frame.camera),
    ]
    for camera in session.camera_names:
        other = timeline_of(session, camera)
        if camera != frame.camera and len(other.pictured):
            found.append((camera, other.nearest(frame.frame, only_pictured=True), camera))
    return [(words, FrameId(camera, number)) for words, number, camera in found if number is not None]
