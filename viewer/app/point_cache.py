"""Points fused from a scene's images, kept on disk until the images change."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import platformdirs

from viewer.app.kept_arrays import keep_arrays, load_arrays
from viewer.app.settings import APP
from viewer.errors import ViewerError
from viewer.geometry.frame_points import DISTANCE, POSITION, modalities_used
from viewer.geometry.point_fusion import DEFAULT_MAX_POINTS, DEFAULT_VOXEL_M, fuse
from viewer.imaging.residual_colors import residual_colors, residual_legend
from viewer.imaging.tone_mapping import tone_map
from viewer.jobs.job import Progress
from viewer.model.camera import Cameras
from viewer.model.frames import FrameId, Images, covering_order
from viewer.model.points import PointSet, PointSource
from viewer.model.scene import NodeTable, Scene

log = logging.getLogger(__name__)

FORM = b"2"
"""Changes whenever fusing the same images would give other points; old files are then not used."""
MAX_CACHE_BYTES = 1 << 30
NOTES_TOLD = 5


@runtime_checkable
class ImageFiles(Protocol):
    """A frame source whose images are files."""

    def path(self, frame: FrameId, modality: str) -> Path | None: ...


def cache_folder() -> Path:
    """Where fused points are kept."""
    return Path(platformdirs.user_cache_dir(APP)) / "points"


def fused_points(
    scene: Scene,
    *,
    progress: Progress,
    voxel_m: float = DEFAULT_VOXEL_M,
    max_points: int = DEFAULT_MAX_POINTS,
    point_source: PointSource = PointSource.POSITION,
    with_residuals: bool = False,
    on_partial: Callable[[PointSet], None] | None = None,
    folder: Path | None = None,
) -> PointSet:
    """The scene's images as points: from the cache, or fused now and then kept there.

    Images that cannot be used are logged and passed over; a cache that cannot be written is no error.
    Raises ViewerError when the scene has no images, Cancelled when asked to stop.
    """
    images = scene.part(Images)
    if images is None:
        raise ViewerError("the scene has no images to make points from", path=scene.path)
    progress.step(0, 0, "Looking for points made before")
    folder = cache_folder() if folder is None else folder
    how = (voxel_m, max_points, point_source, with_residuals)
    key = _key(scene, images, how)
    file = None if key is None else folder / f"{key}.npz"
    if file is not None:
        points = _load(file)
        if points is not None:
            progress.step(1, 1, "Points loaded")
            return _tinted(points)

    notes: list[str] = []
    points = fuse(
        images.source,
        scene.part(NodeTable),
        object_count=scene.object_count,
        metres_per_unit=scene.metres_per_unit,
        cameras=scene.part(Cameras),
        max_points=max_points,
        voxel_m=voxel_m,
        tone_map=tone_map,
        point_source=point_source,
        with_residuals=with_residuals,
        progress=progress,
        on_partial=None if on_partial is None else lambda points: on_partial(_tinted(points)),
        on_note=notes.append,
    )
    for note in notes[:NOTES_TOLD]:
        log.warning("Fusing points: %s", note)
    if len(notes) > NOTES_TOLD:
        log.warning("Fusing points: %d more images could not be used", len(notes) - NOTES_TOLD)
    if file is not None and len(points.positions):
        _keep(file, points)
    return _tinted(points)


def _tinted(points: PointSet) -> PointSet:
    """The points with the colors of their residuals, if they have any."""
    residuals = points.residuals
    if residuals is None:
        return points
    return replace(points, residual_colors=residual_colors(residuals, residual_legend(residuals)))


def can_compare_points(scene: Scene) -> bool:
    """True when some frame has a pose, positions and distances, so that these can be held together."""
    images, cameras = scene.part(Images), scene.part(Cameras)
    if images is None or cameras is None:
        return False
    posed = (f for f in covering_order(images.source) if _has_pose(cameras, f))
    return any({DISTANCE, POSITION} <= images.source.modalities(frame) for frame in posed)


def _has_pose(cameras: Cameras, frame: FrameId) -> bool:
    trajectory = cameras.get(frame.camera)
    return trajectory is not None and trajectory.index_of(frame.frame) is not None


def points_follow_lens(scene: Scene, point_source: PointSource = PointSource.POSITION) -> bool:
    """True when some of the scene's points are made from distances, and so lie where the lens has them."""
    images = scene.part(Images)
    if images is None or scene.part(Cameras) is None:
        return False
    if point_source is PointSource.DISTANCE:
        return True
    there = (images.source.modalities(frame) for frame in covering_order(images.source))
    return any(DISTANCE in keys and POSITION not in keys for keys in there)


def _key(scene: Scene, images: Images, how: tuple[float, int, PointSource, bool]) -> str | None:
    """A name that changes with anything the points depend on; None when the images are not files."""
    source = images.source
    if not isinstance(source, ImageFiles):
        return None
    digest = hashlib.blake2b(FORM, digest_size=16)
    digest.update(repr((scene.name, scene.metres_per_unit, scene.object_count, how)).encode())
    nodes = scene.part(NodeTable)
    if nodes is not None:
        digest.update(nodes.object_of_node.tobytes())
    cameras = scene.part(Cameras)
    follows_lens = points_follow_lens(scene, how[2]) or how[3]
    for trajectory in () if cameras is None or not follows_lens else cameras.trajectories:
        digest.update(trajectory.name.encode())
        for array in (trajectory.frame_ids, trajectory.world_from_cam, trajectory.lens.ray_from_pixel):
            digest.update(array.tobytes())
    for frame in covering_order(source):
        for modality in modalities_used(source.modalities(frame)):
            file = source.path(frame, modality)
            try:
                status = None if file is None else file.stat()
            except OSError:
                status = None  # gone since it was listed; fusing tells
            when = None if status is None else (status.st_mtime_ns, status.st_size)
            digest.update(repr((frame, modality, when)).encode())
    return digest.hexdigest()


def _load(file: Path) -> PointSet | None:
    """Points kept before; None when there are none that can be used."""
    arrays = load_arrays(file)
    if arrays is None:
        return None
    try:
        return PointSet(
            positions=arrays["positions"],
            origin=arrays["origin"],
            object_of_point=arrays["object_of_point"],
            object_count=int(arrays["object_count"]),
            colors=arrays.get("colors"),
            normals=arrays.get("normals"),
            residuals=arrays.get("residuals"),
        )
    except (KeyError, ViewerError) as error:
        log.info("the points kept in %s are of another kind and are made again: %s", file, error)
        return None


def _keep(file: Path, points: PointSet) -> None:
    arrays: dict[str, Any] = {
        "positions": points.positions,
        "origin": points.origin,
        "object_of_point": points.object_of_point,
        "object_count": np.array(points.object_count),
    }
    if points.colors is not None:
        arrays["colors"] = points.colors
    if points.normals is not None:
        arrays["normals"] = points.normals
    if points.residuals is not None:
        arrays["residuals"] = points.residuals
    keep_arrays(file, arrays, most_bytes=MAX_CACHE_BYTES)
