"""Label images: the class and the instance of every pixel, from render nodes and the labels of objects.

The files are those of the dataset's own script. A pixel shows a node, the node belongs to an object, and the
object has the labels, so neither a mesh nor rendering is needed.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from viewer.app.label_snapshot import LabelSnapshot
from viewer.app.point_cache import ImageFiles
from viewer.app.visibility import ENTITIES, entity_frames
from viewer.errors import FormatError, LabelError, ViewerError
from viewer.formats.atomic_file import removing, replace_all, save_error, temporary_beside, write_bytes
from viewer.formats.hdf5_array import array_file
from viewer.formats.hypersim import layout
from viewer.jobs.job import Progress
from viewer.model.colors import UNKNOWN_CLASS
from viewer.model.frames import FrameId, FrameSource, Images
from viewer.model.instances import InstanceIds
from viewer.model.label_table import LabelTable
from viewer.model.labels import NO_LABEL, ObjectLabels
from viewer.model.saved_labels import SavedLabels
from viewer.model.scene import NodeTable, Scene

THREADS: Final = 2
GZIP_LEVEL: Final = 9  # as the dataset's own images
CANCEL_CHECK_S: Final = 0.1
NOTHING_HIT: Final = -1
LARGEST_LABEL: Final = int(np.iinfo(np.int16).max)


@dataclass(frozen=True, slots=True)
class LabelImagesWritten:
    """What `write_label_images` did."""

    folder: Path  # the `images` folder
    frames: tuple[FrameId, ...]  # whose images were written
    failures: tuple[FormatError, ...]  # one for each frame that was passed over


@dataclass(frozen=True, slots=True, eq=False)
class LabelImageMaker:
    """One layer of labels, ready to be looked up by render node.

    The last row of both tables is that of index -1, because indices wrap: nothing hit, and no label.
    """

    name: str  # of its images: `semantic` or `semantic_instance`
    label_of_node: NDArray[np.int16]  # (M + 2,)
    color_of_label: NDArray[np.uint8]  # (L + 2, 3)

    def image(self, entity_ids: NDArray[np.integer]) -> NDArray[np.int16]:
        """(H, W) the label of each pixel of a `render_entity_id` image that `check_entities` accepts."""
        return np.take(self.label_of_node, entity_ids, mode="wrap")

    def preview(self, labels: NDArray[np.int16]) -> NDArray[np.uint8]:
        """(H, W, 3) the color of each pixel of a label image; black without a label."""
        return np.take(self.color_of_label, labels, axis=0, mode="wrap")


def label_image_makers(nodes: NodeTable, snapshot: LabelSnapshot) -> tuple[LabelImageMaker, LabelImageMaker]:
    """The class and the instance layer. Raises LabelError for ids that an image cannot hold or color."""
    layers = (
        ("semantic", "class", snapshot.labels.semantic, snapshot.class_colors),
        ("semantic_instance", "instance", snapshot.labels.instance, snapshot.instance_colors),
    )
    classes, instances = (_maker(nodes, *layer) for layer in layers)
    return classes, instances


def _maker(
    nodes: NodeTable, name: str, what: str, ids: NDArray[np.int64], colors: NDArray[np.integer]
) -> LabelImageMaker:
    largest = int(ids.max(initial=NO_LABEL))
    if largest > LARGEST_LABEL:
        raise LabelError(f"expected {what} ids up to {LARGEST_LABEL} in label images, found {largest}")
    if largest >= len(colors):
        raise LabelError(f"expected a color for {what} {largest}, found colors up to {len(colors) - 1}")
    by_object = np.append(ids, NO_LABEL)  # the last row is that of object -1
    by_node = np.append(by_object[nodes.object_of_node], NO_LABEL)
    # A color of -1 comes out as 255, as in the dataset's script, which lets numpy wrap it, too.
    palette = np.append(np.asarray(colors), np.zeros((1, 3), np.int64), axis=0).astype(np.uint8)
    return LabelImageMaker(name, by_node.astype(np.int16), palette)


def check_entities(entity_ids: NDArray[np.integer], nodes: NodeTable, path: Path | None = None) -> None:
    """Raises FormatError when an image is empty or holds anything but nodes of the list and -1."""
    if not entity_ids.size:
        raise FormatError(f"expected an image, found one of shape {entity_ids.shape}", path=path)
    last = len(nodes.object_of_node) - 1
    wrong = (entity_ids < NOTHING_HIT) | (entity_ids == 0) | (entity_ids > last)
    if wrong.any():
        raise FormatError(
            f"expected node ids 1 to {last}, or {NOTHING_HIT} for none, found {entity_ids[wrong][0]} "
            f"and others in {np.count_nonzero(wrong)} pixels",
            path=path,
        )


def saved_snapshot(scene: Scene, table: LabelTable) -> LabelSnapshot:
    """The labels that a scene was saved with, in the colors of its files, else in the usual ones.

    Raises FormatError when the scene has no labels.
    """
    saved = scene.part(SavedLabels)
    if saved is None:
        raise _missing(scene, "Labels", "the labels of its objects")
    labels = ObjectLabels(saved.semantic, saved.instance)
    largest_instance = int(saved.instance.max(initial=0))
    return LabelSnapshot(
        labels,
        _extended(saved.class_colors, table.color_rows(), int(saved.semantic.max(initial=0))),
        _extended(saved.instance_colors, InstanceIds(1).color_rows(largest_instance), largest_instance),
    )


def _extended(
    from_file: NDArray[np.int64] | None, usual: NDArray[np.int64], largest: int
) -> NDArray[np.int64]:
    """The rows of a file, followed by the usual ones up to the largest id in use."""
    known = 0 if from_file is None else len(from_file)
    rows = np.full((max(largest + 1, known), 3), UNKNOWN_CLASS[:3], np.int64)
    has_color = np.flatnonzero(usual[: len(rows), 0] >= 0)
    rows[has_color] = usual[has_color]
    if from_file is not None:
        rows[:known] = from_file
    return rows


def write_label_images(
    scene: Scene,
    snapshot: LabelSnapshot,
    out: Path,
    *,
    cameras: Sequence[str] = (),
    progress: Progress,
) -> LabelImagesWritten:
    """Write `semantic` and `semantic_instance` images and previews of all frames, or those of some cameras.

    They go to `out`/images, laid out as in the dataset; folders are made when missing. The four files of a
    frame are written all or none. Frames whose `render_entity_id` cannot be used are passed over.
    Raises ViewerError when the scene lacks what is needed or the disk does not take the files, Cancelled when
    asked to stop.
    """
    images, nodes = scene.part(Images), scene.part(NodeTable)
    if images is None:
        raise _missing(scene, "Images", "images")
    if nodes is None:
        raise _missing(scene, "Render nodes", "the list of render nodes")
    if len(snapshot.labels) <= int(nodes.object_of_node.max(initial=-1)):
        raise LabelError(
            f"expected labels of {nodes.object_of_node.max() + 1} objects or more, as the nodes tell, "
            f"found {len(snapshot.labels)}"
        )
    makers = label_image_makers(nodes, snapshot)
    frames = _frames(scene, images.source, cameras)
    _make_folders(out, frames)

    def work(frame: FrameId) -> None:
        progress.check()
        entity_ids = images.source.read(frame, ENTITIES).pixels
        check_entities(entity_ids, nodes, _file_of(images.source, frame))
        progress.check()
        _write_frame(out, frame, makers, entity_ids)

    failures: dict[FrameId, FormatError] = {}
    done = 0

    def note(frame: FrameId, failure: FormatError | None) -> None:
        nonlocal done
        done += 1
        if failure is not None:
            failures[frame] = failure
        progress.step(done, len(frames), f"Label images of {frame.camera}, frame {frame.frame}")

    _in_threads(work, frames, note, progress)
    return LabelImagesWritten(
        layout.images_folder(out),
        tuple(frame for frame in frames if frame not in failures),
        tuple(failures[frame] for frame in frames if frame in failures),
    )


def _in_threads(
    work: Callable[[FrameId], None],
    frames: Sequence[FrameId],
    note: Callable[[FrameId, FormatError | None], None],
    progress: Progress,
) -> None:
    """Do the work of every frame; `note` hears of each, here, with what was wrong with its file.

    Any other error, and `Cancelled`, ends everything; no thread is left running.
    """
    executor = ThreadPoolExecutor(THREADS, "label-images")
    try:
        pending: dict[Future[None], FrameId] = {executor.submit(work, frame): frame for frame in frames}
        while pending:
            finished, _ = wait(pending, CANCEL_CHECK_S, FIRST_COMPLETED)
            progress.check()
            for future in finished:
                error = future.exception()
                if error is not None and not isinstance(error, FormatError):
                    raise error
                note(pending.pop(future), error)
    finally:
        executor.shutdown(cancel_futures=True)


def _frames(scene: Scene, source: FrameSource, cameras: Sequence[str]) -> tuple[FrameId, ...]:
    """The frames to write, in order. Raises ViewerError when there are none, or none of a wanted camera."""
    every = entity_frames(source)
    usable = tuple(dict.fromkeys(frame.camera for frame in every))
    if not usable:
        raise ViewerError(
            f"expected {ENTITIES} images to make label images from, found none", path=scene.path
        )
    for name in cameras:
        if name not in usable:
            raise ViewerError(
                f"expected a camera with {ENTITIES} images ({', '.join(usable)}), found '{name}'",
                path=scene.path,
            )
    return tuple(frame for frame in every if not cameras or frame.camera in cameras)


def _make_folders(out: Path, frames: Sequence[FrameId]) -> None:
    for camera in {frame.camera for frame in frames}:
        for group in (layout.GEOMETRY_HDF5, layout.GEOMETRY_PREVIEW):
            folder = layout.image_group_folder(out, camera, group)
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise save_error(error, folder) from error


def _write_frame(
    out: Path, frame: FrameId, makers: Sequence[LabelImageMaker], entity_ids: NDArray[np.integer]
) -> None:
    contents: dict[Path, bytes] = {}
    for maker in makers:
        labels = maker.image(entity_ids)
        array = layout.image_path(out, *frame, layout.GEOMETRY_HDF5, maker.name)
        preview = layout.image_path(out, *frame, layout.GEOMETRY_PREVIEW, maker.name)
        # Without a time in it: making the same images again gives the same files.
        contents[array] = array_file(labels, gzip_level=GZIP_LEVEL, track_times=False)
        contents[preview] = _png(maker.preview(labels))
    swaps = [(temporary_beside(path), path) for path in contents]
    at = layout.images_folder(out)
    try:
        with removing(temporary for temporary, _ in swaps):
            for temporary, at in swaps:
                write_bytes(temporary, contents[at])
            at = layout.images_folder(out)
            replace_all(swaps)
    except OSError as error:
        raise save_error(error, at) from error


def _png(rgb: NDArray[np.uint8]) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(rgb).save(stream, "PNG")
    return stream.getvalue()


def _file_of(source: FrameSource, frame: FrameId) -> Path | None:
    return source.path(frame, ENTITIES) if isinstance(source, ImageFiles) else None


def _missing(scene: Scene, title: str, what: str) -> FormatError:
    gap = next((gap for gap in scene.gaps if gap.what == title), None)
    why = "" if gap is None else f": {gap.why}"
    path = scene.path if gap is None or gap.expected_at is None else gap.expected_at
    return FormatError(f"label images need {what}, which the scene has not{why}", path=path)
