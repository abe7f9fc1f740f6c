"""Counted pixels, kept on disk until an image or the list of nodes changes."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

import numpy as np
import platformdirs

from viewer.app.kept_arrays import keep_arrays, load_arrays
from viewer.app.point_cache import ImageFiles
from viewer.app.settings import APP
from viewer.app.visibility import ENTITIES, Visibility, count_visible, entity_frames
from viewer.errors import ViewerError
from viewer.jobs.job import Progress
from viewer.model.frames import FrameId, FrameSource, Images
from viewer.model.scene import NodeTable, Scene

log = logging.getLogger(__name__)

FORM = b"1"
"""Changes whenever counting the same images would give something else; old files are then not used."""
MAX_CACHE_BYTES = 64 << 20
NOTES_TOLD = 5
_CHECK_BYTES = 16


def cache_folder() -> Path:
    """Where counts are kept."""
    return Path(platformdirs.user_cache_dir(APP)) / "visibility"


def scene_visibility(scene: Scene, *, progress: Progress, folder: Path | None = None) -> Visibility:
    """Pixels of every object in every frame: from the cache, or counted now and then kept there.

    For worker threads. Images that cannot be read are logged and left out; a cache that cannot be written is
    no error. Raises ViewerError when the scene has no images of render nodes or no list of them, Cancelled
    when asked to stop.
    """
    images, nodes = scene.part(Images), scene.part(NodeTable)
    if images is None or not entity_frames(images.source):
        raise ViewerError(f"expected {ENTITIES} images to count pixels in, found none", path=scene.path)
    if nodes is None:
        raise ViewerError(
            "pixels are counted by render nodes; the scene has no list of them", path=scene.path
        )
    key = _key(scene, images.source, nodes)
    file = None if key is None else (cache_folder() if folder is None else folder) / f"{key}.npz"
    kept = None if file is None else _load(file, scene.object_count)
    if kept is not None:
        progress.step(1, 1, "Pixels counted before")
        return kept

    notes: list[str] = []
    counted = count_visible(images.source, nodes, scene.object_count, progress, notes.append)
    for note in notes[:NOTES_TOLD]:
        log.warning("Counting pixels: %s", note)
    if len(notes) > NOTES_TOLD:
        log.warning("Counting pixels: %d more images could not be used", len(notes) - NOTES_TOLD)
    if file is not None:
        _keep(file, counted)
    return counted


def _key(scene: Scene, source: FrameSource, nodes: NodeTable) -> str | None:
    """A name that changes with anything the counts depend on; None when the images are not files."""
    if not isinstance(source, ImageFiles):
        return None
    digest = hashlib.blake2b(FORM, digest_size=16)
    digest.update(repr((scene.name, scene.object_count)).encode())
    digest.update(nodes.object_of_node.tobytes())
    for frame in entity_frames(source):
        file = source.path(frame, ENTITIES)
        try:
            status = None if file is None else file.stat()
        except OSError:
            status = None  # gone since it was listed; counting tells
        what = None if status is None else (str(file), status.st_mtime_ns, status.st_size)
        digest.update(repr((frame, what)).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _load(file: Path, object_count: int) -> Visibility | None:
    """Counts kept before; None when there are none that can be used."""
    arrays = load_arrays(file)
    if arrays is None:
        return None
    try:
        cameras, numbers = arrays["cameras"].tolist(), arrays["frame_ids"].tolist()
        frames = tuple(FrameId(name, frame) for name, frame in zip(cameras, numbers, strict=True))
        rows, objects, pixels = (arrays[name] for name in ("frame_rows", "object_ids", "pixels"))
    except (KeyError, ValueError) as error:
        log.info("the counts kept in %s are of another kind and are made again: %s", file, error)
        return None
    return Visibility(frames, object_count, rows, objects, pixels)


def _keep(file: Path, counted: Visibility) -> None:
    arrays = {
        "cameras": np.array([frame.camera for frame in counted.frames], np.str_),
        "frame_ids": np.array([frame.frame for frame in counted.frames], np.int64),
        "frame_rows": counted.frame_rows,
        "object_ids": counted.object_ids,
        "pixels": counted.pixels,
    }
    keep_arrays(file, arrays, most_bytes=MAX_CACHE_BYTES, compress=True)
