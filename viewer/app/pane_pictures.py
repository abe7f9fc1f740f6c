"""From a frame on disk to a picture: what an image pane asks for."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from viewer.app.frame_cache import FrameCache
from viewer.app.session import Session
from viewer.imaging.modality import ImagingContext, Modality, Picture
from viewer.jobs.job import Progress
from viewer.model.colors import class_color_rows, instance_color_rows, object_color_rows
from viewer.model.frames import FrameId, FrameSource, ImageArray

if TYPE_CHECKING:
    from viewer.geometry.pose_check import FrameCheck


def imaging_context(
    session: Session, frame: FrameId | None, like: ImagingContext | None = None
) -> ImagingContext:
    """Everything a picture of the frame depends on, with the label colors of this moment.

    `like` is one whose colors still hold, for another frame of the same scene.
    """
    scene, labelling = session.scene, session.labelling
    trajectory = None if frame is None else session.trajectory(frame.camera)
    is_stale = session.is_pose_check_stale
    check = None if session.pose_check is None or is_stale else session.pose_check.of(frame)
    compared = None if check is None else check.measures.agreement
    return replace(
        _colors(session) if like is None else like,
        lens=None if trajectory is None else trajectory.lens,
        metres_per_unit=1.0 if scene is None else scene.metres_per_unit,
        nodes=session.nodes,
        object_names=session.object_names,
        labels=None if labelling is None else labelling.labels,
        table=None if labelling is None else labelling.table,
        pose_check=None if compared is None else compared.disagreement.codes(),
        pose_check_words=_check_words(check, is_stale=is_stale),
    )


def _colors(session: Session) -> ImagingContext:
    """The colors of objects and instances, and nothing else."""
    labelling, count = session.labelling, session.object_count
    object_rows = _solid(object_color_rows(count)) if count else None
    if labelling is None:
        return ImagingContext(object_rows=object_rows)
    labels, instances = labelling.labels, labelling.instances
    return ImagingContext(
        class_rows=_solid(class_color_rows(labels, labelling.table)),
        instance_rows=_solid(instance_color_rows(labels, instances)),
        object_rows=object_rows,
        instance_colors=instances.color_rows(),
    )


def _check_words(check: FrameCheck | None, *, is_stale: bool) -> str:
    if check is None:
        return "The lens has changed since the poses were checked: Tools > Check Poses." if is_stale else ""
    return (
        check.diagnosis.reason or "This frame fits its pose, but nothing tells which objects it should show."
    )


def _solid(rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The rows with full opacity: in images, no alpha means that a pixel has no value."""
    solid = np.array(rows)
    solid[:, 3] = 255
    return solid


def wanted_keys(modality: Modality[Any], available: frozenset[str]) -> tuple[str, ...]:
    """The images a modality is made of, those of its optional ones included that exist."""
    return (*modality.sources, *(key for key in modality.optional if key in available))


def load_images(
    source: FrameSource, cache: FrameCache, frame: FrameId, modality: Modality[Any], progress: Progress
) -> dict[str, ImageArray]:
    """The decoded images a modality needs. For worker threads."""
    images: dict[str, ImageArray] = {}
    for key in wanted_keys(modality, source.modalities(frame)):
        progress.check()
        images[key] = cache.fetch(frame, key, partial(source.read, frame, key))
    return images


def load_picture(
    source: FrameSource,
    cache: FrameCache,
    frame: FrameId,
    modality: Modality[Any],
    style: object,
    context: ImagingContext,
    progress: Progress,
) -> Picture:
    """The picture of a frame, kept for next time unless it follows the labels. For worker threads."""
    images = load_images(source, cache, frame, modality, progress)
    progress.check()
    if modality.follows_labels:
        return modality.picture(images, context, style)
    return cache.fetch(
        frame, _picture_key(modality, style, context), lambda: modality.picture(images, context, style)
    )


def ready_images(
    source: FrameSource, cache: FrameCache, frame: FrameId, modality: Modality[Any]
) -> dict[str, ImageArray] | None:
    """The decoded images of a modality when all are at hand; None when any must be read first."""
    images: dict[str, ImageArray] = {}
    for key in wanted_keys(modality, source.modalities(frame)):
        image = cache.image(frame, key)
        if image is None:
            return None
        images[key] = image
    return images


def ready_picture(
    source: FrameSource,
    cache: FrameCache,
    frame: FrameId,
    modality: Modality[Any],
    style: object,
    context: ImagingContext,
) -> Picture | None:
    """The picture when it is at hand or only needs to be recolored; never reads a file."""
    if not modality.follows_labels:
        picture = cache.get(frame, _picture_key(modality, style, context))
        return picture if isinstance(picture, Picture) else None
    images = ready_images(source, cache, frame, modality)
    return None if images is None else modality.picture(images, context, style)


def _picture_key(modality: Modality[Any], style: object, context: ImagingContext) -> object:
    return ("picture", modality.key, style, context.lens)
