"""Finding out a scene's lens: measured from its images, or read from a camera table of the user's choice."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import platformdirs

from viewer.app.kept_arrays import keep_arrays, load_arrays
from viewer.app.scene_lenses import LENS_NAMES, NOTHING_TO_MEASURE, POSITION, SceneLenses, measurable_frames
from viewer.app.settings import APP
from viewer.errors import FormatError, ViewerError
from viewer.formats.hypersim.camera_table import read_lens
from viewer.geometry.lens_fit import LensFit, fit_lens, pixel_rays
from viewer.model.camera import Cameras, Lens, LensSource
from viewer.model.frames import FrameId, ImageArray, Images

if TYPE_CHECKING:
    from viewer.jobs.job import Progress
    from viewer.model.scene import Scene

log = logging.getLogger(__name__)

FORM = b"1"
"""Changes whenever measuring the same images would give another lens; old files are then not used."""
MAX_CACHE_BYTES = 8 << 20


def cache_folder() -> Path:
    """Where measured lenses are kept."""
    return Path(platformdirs.user_cache_dir(APP)) / "lenses"


def measure_lens(scene: Scene, progress: Progress, *, folder: Path | None = None) -> LensFit:
    """The lens that a scene's `position` images show: from the cache, or measured now and then kept there.

    For worker threads. Images that cannot be used are logged and passed over. Raises ViewerError when there
    is nothing to measure with, or no lens fits; Cancelled when asked to stop.
    """
    frames = measurable_frames(scene)
    cameras, images = scene.part(Cameras), scene.part(Images)
    if not frames or cameras is None or images is None:
        raise ViewerError(NOTHING_TO_MEASURE.rstrip("."), path=scene.path)
    key = _key(scene, frames)
    file = None if key is None else (cache_folder() if folder is None else folder) / f"{key}.npz"
    kept = None if file is None else _load(file)
    if kept is not None:
        progress.step(1, 1, "Lens measured before")
        return kept
    lens = cameras.trajectories[0].lens
    samples, other_sizes = [], set()
    for done, frame in enumerate(frames):
        progress.step(done, len(frames) + 1, f"Measuring the lens, {frame.camera} frame {frame.frame}")
        trajectory = cameras.get(frame.camera)
        row = None if trajectory is None else trajectory.index_of(frame.frame)
        if trajectory is None or row is None:
            continue
        try:
            image = images.source.read(frame, POSITION)
        except FormatError as error:
            log.info("measuring the lens: %s", error)
            continue
        if not _is_of_positions(image):
            log.info("measuring the lens: expected (n, n, 3) positions, found %s", image.pixels.shape)
        elif image.size != (lens.width, lens.height):
            other_sizes.add(image.size)
        else:
            samples.append(pixel_rays(frame, image.pixels, trajectory.world_from_cam[row]))
    if not samples and other_sizes:
        width, height = min(other_sizes)
        raise ViewerError(
            f"expected position images of {lens.width} x {lens.height} px, found {width} x {height} px"
        )
    progress.step(len(frames), len(frames) + 1, "Measuring the lens")
    fit = fit_lens(samples, (lens.width, lens.height))
    progress.step(len(frames) + 1, len(frames) + 1, "Lens measured")
    if file is not None:
        _keep(file, fit)
    return fit


def read_table_lens(scene: Scene, path: Path, progress: Progress) -> Lens:
    """The lens that a camera table of the user's choice has for a scene. For worker threads.

    Raises FormatError when the table is malformed or its lens does not fit the images, ViewerError when it
    has no row for the scene.
    """
    progress.step(0, 1, f"Reading {path.name}")
    size = SceneLenses.of(scene).pinhole
    lens = read_lens(path, scene.name, None if size is None else (size.width, size.height))
    if lens is None:
        raise ViewerError(f"the table has no row for {scene.name}", path=path)
    return lens


def known_lenses(scene: Scene, progress: Progress) -> SceneLenses:
    """What every source says, measuring included. For worker threads. Raises Cancelled."""
    lenses = SceneLenses.of(scene)
    if lenses.pinhole is None:
        return lenses
    try:
        return lenses.with_fit(measure_lens(scene, progress))
    except ViewerError as error:
        return replace(lenses, why_not_measured=error.sentence)


def with_chosen_lens(scene: Scene, name: str | None, progress: Progress) -> Scene:
    """The scene seen through the lens of a source: "table", "measured" or "pinhole", else the best of them.

    Raises ViewerError when that source says nothing; Cancelled.
    """
    cameras = scene.part(Cameras)
    lenses = SceneLenses.of(scene)
    if cameras is None or lenses.pinhole is None:
        return scene
    if name == "measured" or (name is None and lenses.table is None):
        lenses = known_lenses(scene, progress)
    lens = lenses.best if name is None else lenses.get(LENS_NAMES[name])
    if lens is None:
        source = LENS_NAMES["table" if name is None else name]
        raise ViewerError(
            f"there is no lens from this source: {lenses.describe(source)}",
            path=scene.path,
            hint=f"the others are {', '.join(other for other in LENS_NAMES if other != name)}",
        )
    return scene.with_parts(cameras.with_lens(lens))


def _is_of_positions(image: ImageArray) -> bool:
    return image.pixels.ndim == 3 and image.pixels.shape[2] == 3 and image.pixels.dtype.kind == "f"


def _key(scene: Scene, frames: Sequence[FrameId]) -> str | None:
    """A name that changes with anything the measurement depends on; None when the images are not files."""
    cameras, images = scene.part(Cameras), scene.part(Images)
    find_path = None if images is None else getattr(images.source, "path", None)
    if cameras is None or find_path is None:
        return None
    lens = cameras.trajectories[0].lens
    digest = hashlib.blake2b(FORM, digest_size=16)
    digest.update(repr((scene.name, lens.width, lens.height)).encode())
    for frame in frames:
        trajectory = cameras.get(frame.camera)
        row = None if trajectory is None else trajectory.index_of(frame.frame)
        if trajectory is not None and row is not None:
            digest.update(trajectory.world_from_cam[row].tobytes())
        file = find_path(frame, POSITION)
        try:
            status = None if file is None else file.stat()
        except OSError:
            status = None  # gone since it was listed; measuring tells
        when = None if status is None else (status.st_mtime_ns, status.st_size)
        digest.update(repr((frame, when)).encode())
    return digest.hexdigest()


def _load(file: Path) -> LensFit | None:
    """A lens measured before; None when there is none that can be used."""
    arrays = load_arrays(file)
    if arrays is None:
        return None
    try:
        width, height = (int(side) for side in arrays["size"])
        median, p95, uncertainty = (float(value) for value in arrays["numbers"])
        return LensFit(
            Lens(width, height, arrays["ray_from_pixel"], LensSource.MEASURED),
            median,
            p95,
            int(arrays["pixel_count"]),
            _frames(arrays["frames"].tolist()),
            _frames(arrays["disagreeing"].tolist()),
            uncertainty,
            tuple(arrays["doubts"].tolist()),
        )
    except (KeyError, ValueError, ViewerError) as error:
        log.info("the lens kept in %s is of another kind and is measured again: %s", file, error)
        return None


def _frames(names: Sequence[str]) -> tuple[FrameId, ...]:
    pairs = (name.rpartition("/") for name in names)
    return tuple(FrameId(camera, int(frame)) for camera, _, frame in pairs)


def _keep(file: Path, fit: LensFit) -> None:
    arrays = {
        "size": np.array((fit.lens.width, fit.lens.height)),
        "ray_from_pixel": fit.lens.ray_from_pixel,
        "numbers": np.array((fit.median_px, fit.p95_px, fit.uncertainty_px)),
        "pixel_count": np.array(fit.pixel_count),
        "frames": np.array([f"{frame.camera}/{frame.frame}" for frame in fit.frames], np.str_),
        "disagreeing": np.array([f"{frame.camera}/{frame.frame}" for frame in fit.disagreeing], np.str_),
        "doubts": np.array(fit.doubts, np.str_),
    }
    keep_arrays(file, arrays, most_bytes=MAX_CACHE_BYTES)
