"""The images of many frames as one point set with an object id per point."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

import numpy as np

from viewer.geometry.frame_points import FramePointReader, FramePoints, ToneMap
from viewer.geometry.voxel_grid import VoxelGrid
from viewer.jobs.job import Progress
from viewer.model.camera import Camera, Cameras
from viewer.model.frames import FrameId, FrameSource, covering_order
from viewer.model.points import PointSet, PointSource
from viewer.model.scene import NodeTable

DEFAULT_VOXEL_M = 0.015
DEFAULT_MAX_POINTS = 5_000_000
COARSER = 1.3
"""One step of coarsening: surfaces keep about 60 % of their points."""
PARTIAL_GROWTH = 1.6
"""Frames between two partial results grow by this factor, so that showing them costs little in all."""
FRAMES_AHEAD = 2
"""Decoded frames waiting to be merged, some 40 MB each."""


def fuse(
    source: FrameSource,
    nodes: NodeTable | None,
    *,
    object_count: int,
    metres_per_unit: float,
    cameras: Cameras | None = None,
    frames: Sequence[FrameId] | None = None,
    max_points: int = DEFAULT_MAX_POINTS,
    voxel_m: float = DEFAULT_VOXEL_M,
    tone_map: ToneMap | None = None,
    point_source: PointSource = PointSource.POSITION,
    with_residuals: bool = False,
    progress: Progress | None = None,
    on_partial: Callable[[PointSet], None] | None = None,
    on_note: Callable[[str], None] | None = None,
) -> PointSet:
    """Points of all frames (or of those given), at most one per object and voxel, world units.

    A point is the mean of the pixels that fell into its voxel. Positions come from `position` images, or
    from `depth_meters` and the camera's pose where there is none (or always, by `point_source`); objects
    from `render_entity_id` and the nodes, -1 without; colors from previews, or from HDR color through
    `tone_map`; normals from `normal_world`. Voxels are `voxel_m` metres wide, more where the files' numbers
    are coarser or there would be more than `max_points`. With residuals, each point tells how far its
    position and its distance are apart. Deterministic.

    `on_partial` gets the points so far after the first frame and then ever more rarely; `on_note` gets a
    sentence for every image that could not be used. Raises Cancelled when asked to stop.
    """
    progress = Progress.silent() if progress is None else progress
    reader = FramePointReader(
        source,
        nodes,
        object_count=object_count,
        metres_per_unit=metres_per_unit,
        camera_of=lambda frame: _camera(cameras, frame),
        tone_map=tone_map,
        point_source=point_source,
        with_residuals=with_residuals,
    )
    wanted = [f for f in (covering_order(source) if frames is None else frames) if reader.can_read(f)]
    largest_object = -1 if nodes is None else int(nodes.object_of_node.max(initial=-1))
    grid: VoxelGrid | None = None
    next_partial = 1
    out_of_reach = 0
    for done, found in enumerate(_read_ahead(reader, wanted), start=1):
        progress.step(done - 1, len(wanted), f"Fusing points, frame {done} of {len(wanted)}")
        if on_note is not None:
            for note in found.notes:
                on_note(note)
        if not len(found.positions):
            continue
        if grid is None:
            voxel = max(voxel_m / metres_per_unit, found.position_step)
            origin = np.round(np.median(found.positions[::97].astype(np.float64), axis=0))
            grid = VoxelGrid(
                origin,
                voxel,
                object_count=object_count,
                largest_object=largest_object,
                with_residuals=with_residuals,
            )
        about_origin = (found.positions - grid.origin).astype(np.float32)
        out_of_reach += grid.add(about_origin, found.objects, found.colors, found.normals, found.residuals)
        _thin_out(grid, max_points)
        if on_partial is not None and done >= next_partial and done < len(wanted):
            next_partial = int(np.ceil(done * PARTIAL_GROWTH))
            on_partial(grid.points())
    if out_of_reach and on_note is not None and grid is not None:
        metres = grid.reach * metres_per_unit
        on_note(f"{out_of_reach} pixels lie more than {metres:.0f} m from the first frame and were left out")
    progress.step(len(wanted), len(wanted), "Points fused")
    if grid is None:
        grid = VoxelGrid(
            np.zeros(3),
            voxel_m / metres_per_unit,
            object_count=object_count,
            largest_object=-1,
            with_residuals=with_residuals,
        )
    return grid.points()


def _camera(cameras: Cameras | None, frame: FrameId) -> Camera | None:
    trajectory = None if cameras is None else cameras.get(frame.camera)
    row = None if trajectory is None else trajectory.index_of(frame.frame)
    return None if trajectory is None or row is None else trajectory.camera_at(row)


def _read_ahead(reader: FramePointReader, frames: Sequence[FrameId]) -> Iterator[FramePoints]:
    """The frames in order; one thread decodes while the caller works on the one before."""
    with ThreadPoolExecutor(1, thread_name_prefix="fusion") as pool:
        coming = iter(frames)
        waiting: list[Future[FramePoints]] = [
            pool.submit(reader.read, frame) for frame in islice(coming, FRAMES_AHEAD)
        ]
        try:
            while waiting:
                found = waiting.pop(0).result()
                waiting += [pool.submit(reader.read, frame) for frame in islice(coming, 1)]
                yield found
        finally:
            for future in waiting:
                future.cancel()


def _thin_out(grid: VoxelGrid, max_points: int) -> None:
    """Coarsen until there are at most `max_points`, or until a voxel is as large as the whole scene."""
    while len(grid) > max_points and grid.voxel < grid.extent:
        grid.coarsen(COARSER)
