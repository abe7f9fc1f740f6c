"""Writing the sample scene: everything the dataset's layout knows, made by this program."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from viewer.errors import SaveError
from viewer.formats.atomic_file import save_error
from viewer.formats.hypersim import layout
from viewer.formats.hypersim.label_tables import default_label_table
from viewer.jobs.cores import core_count
from viewer.jobs.job import Progress
from viewer.model.camera import Camera, Lens, pinhole_lens
from viewer.model.instances import sequence_colors
from viewer.sample import detail_files
from viewer.sample.baking import LitFlat, light_up
from viewer.sample.builder import Builder, Triangles, all_triangles
from viewer.sample.camera_work import take_picture
from viewer.sample.flat import build_flat
from viewer.sample.frame_files import IdTables, write_frame
from viewer.sample.materials import Material, all_materials
from viewer.sample.scene_model import METRES_PER_UNIT, indexed, labels_of, nodes_of
from viewer.sample.voxels import octomap_of
from viewer.sample.walk import WALKS, Keyframe, world_from_cam

SAMPLE_NAME = "ai_000_001"
FIELD_OF_VIEW = np.pi / 3
MOST_WORKERS = 4
"""Each frame in work takes about half a gigabyte."""
STEPS = 1000
Quality = Literal["full", "test"]


@dataclass(frozen=True, slots=True)
class _Effort:
    """How much is made of everything."""

    image_size: tuple[int, int]  # px
    rays_per_patch: int
    rays_per_pixel: int
    is_test: bool

    def has_images(self, keyframe: Keyframe) -> bool:
        return keyframe.has_images and (keyframe.is_in_test or not self.is_test)


_EFFORTS: dict[Quality, _Effort] = {
    "full": _Effort(layout.DEFAULT_IMAGE_SIZE, 12, 5, False),
    "test": _Effort((128, 96), 4, 4, True),
}


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """What the steps of writing share."""

    scene: Path
    builder: Builder
    triangles: Triangles
    materials: tuple[Material, ...]
    lens: Lens


def write_sample(
    folder: Path,
    *,
    lens: Lens | None = None,
    progress: Progress | None = None,
    name: str = SAMPLE_NAME,
    quality: Quality = "full",
) -> Path:
    """Write the furnished flat as `folder/name` and give that path; nothing half-made ever stands there.

    `lens` takes the place of the plain 60° pinhole; the scene then holds a camera table that describes it.
    "test" has the same files, with less furniture and few small images. The same call writes the same arrays.
    Raises SaveError when the scene exists already or cannot be written.
    """
    progress = progress or Progress.silent()
    target = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if target.exists():
            raise SaveError(
                "expected no scene of this name, found one",
                path=target,
                hint="remove it, or choose another folder",
            )
        with _temporary_folder(folder) as temporary:
            _write_all(temporary / name, lens, progress, _EFFORTS[quality])
            os.rename(temporary / name, target)
    except OSError as error:
        raise save_error(error, target) from error
    return target


@contextlib.contextmanager
def _temporary_folder(parent: Path) -> Iterator[Path]:
    """A folder beside the target, gone afterwards: only within one disk is renaming atomic."""
    temporary = Path(tempfile.mkdtemp(prefix=".sample-", dir=parent))
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _write_all(scene: Path, lens: Lens | None, progress: Progress, effort: _Effort) -> None:
    progress.step(0, STEPS, "Building the flat")
    with ThreadPoolExecutor(1) as helper:
        painted = helper.submit(all_materials)
        builder = build_flat(only_dining_area=effort.is_test, progress=progress)
        materials = painted.result()
    numbers = {material.name: k for k, material in enumerate(materials)}
    triangles = all_triangles(builder.objects, numbers)
    width, height = effort.image_size
    fitting = pinhole_lens(width, height, FIELD_OF_VIEW) if lens is None else lens.resized(width, height)
    work = _Work(scene, builder, triangles, materials, fitting)
    _make_folders(scene)
    if lens is not None:
        table = scene / layout.CAMERA_PARAMETERS_TABLE
        detail_files.write_camera_parameters(table, scene.name, fitting)
    tints = np.array([thing.tint for thing in builder.objects], np.float32)
    workers = max(2, min(core_count(), MOST_WORKERS))
    progress.step(60, STEPS, "Building the flat")
    with ThreadPoolExecutor(workers) as pool:
        ids = pool.submit(_write_detail, work, progress)
        flat = light_up(
            triangles, tints, builder.lamps, materials, effort.rays_per_patch, progress.part(60, 200, STEPS)
        )
        _write_frames(pool, work, flat, ids, effort, progress.part(200, STEPS, STEPS))


def _make_folders(scene: Path) -> None:
    for folder in (layout.mesh_folder(scene), layout.octomap_folder(scene)):
        folder.mkdir(parents=True)
    for camera in WALKS:
        layout.camera_folder(scene, camera).mkdir()
        for group in layout.IMAGE_GROUPS:
            layout.image_group_folder(scene, camera, group).mkdir(parents=True)


def _write_detail(work: _Work, progress: Progress) -> IdTables:
    """Everything but images, and what the images need to know of it."""
    objects, triangles = work.builder.objects, work.triangles
    table = default_label_table()
    labels = labels_of(objects, table)
    instances = int(labels.instance.max(initial=1))
    nodes = nodes_of(work.builder)
    mesh = indexed(triangles, objects)
    progress.check()
    detail_files.write_tables(work.scene, WALKS, nodes, objects)
    detail_files.write_mesh(work.scene, mesh, triangles, objects, work.materials)
    progress.check()
    detail_files.write_label_files(work.scene, labels, table, instances)
    detail_files.write_cameras(work.scene, WALKS)
    detail_files.write_boxes(work.scene, mesh, triangles, labels, instances, progress)
    progress.check()
    eyes = np.array([keyframe.position for walk in WALKS.values() for keyframe in walk])
    detail_files.write_octomap(work.scene, octomap_of(triangles, eyes, 1 / METRES_PER_UNIT))
    return IdTables(
        triangles.object_of_face,
        nodes.node_of_object(len(objects)),
        labels.semantic,
        labels.instance,
        table.color_rows(),
        sequence_colors(instances),
    )


def _write_frames(
    pool: ThreadPoolExecutor,
    work: _Work,
    flat: LitFlat,
    ids: Future[IdTables],
    effort: _Effort,
    progress: Progress,
) -> None:
    def one_frame(camera: str, keyframe: Keyframe) -> None:
        progress.check()
        pose = world_from_cam(keyframe)
        picture = take_picture(flat, Camera(work.lens, pose), rays=effort.rays_per_pixel, progress=progress)
        write_frame(work.scene, camera, keyframe.frame, picture, pose[:3, :3], ids.result())

    waiting: set[Future[object]] = {ids}  # type: ignore[arg-type]
    for camera, walk in WALKS.items():
        for keyframe in walk:
            if effort.has_images(keyframe):
                waiting.add(pool.submit(one_frame, camera, keyframe))
    total = len(waiting)
    try:
        while waiting:
            done, waiting = wait(waiting, timeout=0.1, return_when=FIRST_COMPLETED)
            for finished in done:
                finished.result()
            progress.step(total - len(waiting), total, "Taking pictures")
    except BaseException:
        for job in waiting:
            job.cancel()
        raise
