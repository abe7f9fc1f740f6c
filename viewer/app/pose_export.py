"""Trajectories for other programs: every keyframe with its exact camera and the name of its image."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from viewer.app.frame_reasons import exclusion_of, exclusions_in
from viewer.app.frame_shots import shot_of
from viewer.app.pose_formats import (
    blender_camera_lines,
    blender_matrix,
    blender_settings,
    colmap_parameters,
    colmap_pose,
    find_format,
)
from viewer.app.pose_text import comment, flat_matrix_text
from viewer.app.shot import Shot, must_not_mirror, without_skew
from viewer.errors import FormatError, ViewerError
from viewer.formats.atomic_file import (
    removing,
    replace_all,
    replace_file,
    save_error,
    temporary_beside,
    write_bytes,
)
from viewer.jobs.job import Progress
from viewer.model.camera import Cameras
from viewer.model.dataset_notes import DatasetNotes
from viewer.model.factored_camera import factor, lens_intrinsics, lens_tilt
from viewer.model.frames import FrameId, Images
from viewer.model.scene import Scene

_SAME_LENS = 1e-3
"""Intrinsics that differ by less, in pixels, are one camera: published orientations are single precision."""


@dataclass(frozen=True, slots=True, eq=False)
class ExportedFrame:
    """A keyframe as exports have it."""

    shot: Shot
    has_image: bool
    excluded: str  # why it is not in the public release; empty when it is


@dataclass(frozen=True, slots=True, eq=False)
class PosesWritten:
    """What came of an export."""

    path: Path  # the file, or the folder of several
    frames: int
    cameras: int
    warnings: tuple[str, ...]  # what the format could not hold


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A kind of file to write trajectories to; `make` gives contents by file name."""

    key: str
    title: str
    suffix: str  # of its one file; empty when it is a folder of files
    about: str
    make: Callable[[Scene, Sequence[ExportedFrame]], dict[str, bytes]]


def export_poses(
    scene: Scene,
    form: ExportFormat,
    out: Path,
    *,
    cameras: Sequence[str] = (),
    only_pictured: bool = False,
    progress: Progress,
) -> PosesWritten:
    """Write all keyframes, or those of some cameras, to a file or, for formats of several, into a folder.

    All files are written or none. Raises ViewerError when there is nothing to write or the format cannot hold
    it, SaveError when the disk does not take it.
    """
    frames = _frames(scene, cameras, only_pictured, progress)
    contents = form.make(scene, frames)
    progress.check()
    if form.suffix:
        replace_file(out, next(iter(contents.values())))
    else:
        _write_folder(out, contents)
    names = {frame.shot.frame.camera for frame in frames}
    return PosesWritten(out, len(frames), len(names), _warnings(form, frames))


def _frames(
    scene: Scene, cameras: Sequence[str], only_pictured: bool, progress: Progress
) -> tuple[ExportedFrame, ...]:
    known, images, notes = scene.part(Cameras), scene.part(Images), scene.part(DatasetNotes)
    if known is None or not known.trajectories:
        raise FormatError("expected camera poses to export, found none", path=scene.path)
    for name in cameras:
        if known.get(name) is None:
            has = ", ".join(known.names)
            raise ViewerError(f"expected a camera with poses ({has}), found '{name}'", path=scene.path)
    found = []
    for trajectory in known.trajectories:
        if cameras and trajectory.name not in cameras:
            continue
        single, whole = exclusions_in(notes, trajectory.name), exclusion_of(notes, trajectory.name)
        for number in trajectory.frame_ids.tolist():
            progress.check()
            frame = FrameId(trajectory.name, number)
            has_image = images is not None and bool(images.source.modalities(frame))
            shot = shot_of(scene, frame)
            if shot is not None and (has_image or not only_pictured):
                found.append(ExportedFrame(shot, has_image, single.get(number, "") or whole))
    if not found:
        raise ViewerError("expected keyframes with images to export, found none", path=scene.path)
    return tuple(found)


def _write_folder(out: Path, contents: dict[str, bytes]) -> None:
    swaps = [(temporary_beside(out / name), out / name) for name in contents]
    try:
        out.mkdir(parents=True, exist_ok=True)
        with removing(temporary for temporary, _ in swaps):
            for temporary, target in swaps:
                write_bytes(temporary, contents[target.name])
            replace_all(swaps)
    except OSError as error:
        raise save_error(error, out) from error


def _warnings(form: ExportFormat, frames: Sequence[ExportedFrame]) -> tuple[str, ...]:
    """What the format's own words about a single pose warn of, for the lenses of the export."""
    text_format = find_format(form.key)
    if text_format is None or form.suffix in (".json", ".npz"):
        return ()
    by_lens = {id(frame.shot.camera.lens): frame.shot for frame in frames}
    notes = (note for shot in by_lens.values() for note in text_format.notes(shot) if "cannot" in note)
    return tuple(dict.fromkeys(notes))


def _by_camera(frames: Sequence[ExportedFrame]) -> dict[str, list[ExportedFrame]]:
    found: dict[str, list[ExportedFrame]] = {}
    for frame in frames:
        found.setdefault(frame.shot.frame.camera, []).append(frame)
    return found


def _json(content: Any) -> bytes:
    return (json.dumps(content, indent=1, allow_nan=False) + "\n").encode()


def _make_json(scene: Scene, frames: Sequence[ExportedFrame]) -> dict[str, bytes]:
    cameras = []
    for name, own in _by_camera(frames).items():
        lens = own[0].shot.camera.lens
        cameras.append(
            {
                "name": name,
                "width": lens.width,
                "height": lens.height,
                "lens_source": lens.source.value,
                "ray_from_pixel": lens.ray_from_pixel.tolist(),
                "intrinsics": lens_intrinsics(lens).tolist(),
                "pinhole_from_cam": lens_tilt(lens).tolist(),
                "frames": [
                    {
                        "frame": frame.shot.frame.frame,
                        "image": frame.shot.file_name,
                        "has_image": frame.has_image,
                        "excluded": frame.excluded,
                        "world_from_cam": frame.shot.camera.world_from_cam.tolist(),
                    }
                    for frame in own
                ],
            }
        )
    conventions = {
        "units": "asset units; times metres_per_unit for metres",
        "camera": "x right, y down, z forward",
        "pixels": "(0, 0) is the centre of the top-left pixel",
        "ray": "ray_cam = ray_from_pixel @ (x, y, 1)",
        "project": "(x, y, 1) ~ intrinsics @ pinhole_from_cam @ p_cam",
    }
    head = {"scene": scene.name, "metres_per_unit": scene.metres_per_unit, "conventions": conventions}
    return {"poses.json": _json({**head, "cameras": cameras})}


def _make_numpy(scene: Scene, frames: Sequence[ExportedFrame]) -> dict[str, bytes]:
    shots = [frame.shot for frame in frames]
    factored = [factor(shot.camera) for shot in shots]
    arrays: dict[str, Any] = {
        "scene": np.array(scene.name),
        "metres_per_unit": np.array(scene.metres_per_unit),
        "camera": np.array([shot.frame.camera for shot in shots]),
        "frame": np.array([shot.frame.frame for shot in shots], np.int64),
        "image": np.array([shot.file_name for shot in shots]),
        "has_image": np.array([frame.has_image for frame in frames]),
        "image_size": np.array([(shot.camera.lens.width, shot.camera.lens.height) for shot in shots]),
        "world_from_cam": np.stack([shot.camera.world_from_cam for shot in shots]),
        "ray_from_pixel": np.stack([shot.camera.lens.ray_from_pixel for shot in shots]),
        "K": np.stack([camera.intrinsics for camera in factored]),
        "R": np.stack([camera.rotation for camera in factored]),
        "t": np.stack([camera.translation for camera in factored]),
    }
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return {"poses.npz": stream.getvalue()}


def _make_opencv(scene: Scene, frames: Sequence[ExportedFrame]) -> dict[str, bytes]:
    """JSON that cv2.FileStorage reads as matrices, and everything else as lists of numbers."""

    def matrix(values: Any) -> dict[str, Any]:
        rows = np.atleast_2d(np.asarray(values, np.float64))
        size = {"rows": rows.shape[0], "cols": rows.shape[1]}
        return {"type_id": "opencv-matrix", **size, "dt": "d", "data": rows.ravel().tolist()}

    listed = []
    for frame in frames:
        camera = factor(frame.shot.camera)
        listed.append(
            {
                "camera": frame.shot.frame.camera,
                "frame": frame.shot.frame.frame,
                "image": frame.shot.file_name,
                "has_image": int(frame.has_image),
                "width": camera.width,
                "height": camera.height,
                "K": matrix(camera.intrinsics),
                "R": matrix(camera.rotation),
                "t": matrix(camera.translation[:, None]),
            }
        )
    head = {"scene": scene.name, "metres_per_unit": scene.metres_per_unit}
    return {"poses.json": _json({**head, "frames": listed})}


def _make_colmap(scene: Scene, frames: Sequence[ExportedFrame]) -> dict[str, bytes]:
    cameras: list[tuple[str, tuple[int, int], np.ndarray]] = []
    camera_lines, image_lines = [], []
    for number, frame in enumerate(frames, 1):
        camera = factor(frame.shot.camera)
        intrinsics = without_skew(camera)
        name, size = frame.shot.frame.camera, (camera.width, camera.height)
        known = next(
            (
                k
                for k, (its_name, its_size, other) in enumerate(cameras, 1)
                if (its_name, its_size) == (name, size) and np.abs(other - intrinsics).max() < _SAME_LENS
            ),
            None,
        )
        if known is None:
            must_not_mirror(intrinsics, "COLMAP")
            cameras.append((name, size, intrinsics))
            known = len(cameras)
            camera_lines.append(f"{known} PINHOLE {size[0]} {size[1]} {colmap_parameters(intrinsics)}\n")
        image_lines.append(f"{number} {colmap_pose(camera)} {known} {frame.shot.file_name}\n\n")
    warned = _warnings(FORMATS_BY_KEY["colmap"], frames)
    about = comment(f"{scene.name}; asset units of {scene.metres_per_unit:.9g} m", *warned)
    return {
        "cameras.txt": (
            about + comment("CAMERA_ID MODEL WIDTH HEIGHT fx fy cx cy") + "".join(camera_lines)
        ).encode(),
        "images.txt": (
            about
            + comment("IMAGE_ID QW QX QY QZ TX TY TZ CAMERA_ID NAME, then an empty line of points")
            + "".join(image_lines)
        ).encode(),
        "points3D.txt": comment("no points").encode(),
    }


def _make_blender(scene: Scene, frames: Sequence[ExportedFrame]) -> dict[str, bytes]:
    text = comment(f"Blender: cameras of {scene.name}; run it in the Text Editor. Asset units")
    text += "import bpy, mathutils\n"
    for name, own in _by_camera(frames).items():
        factored = [factor(frame.shot.camera) for frame in own]
        first = factored[0]
        if any(np.abs(camera.intrinsics - first.intrinsics).max() > _SAME_LENS for camera in factored):
            raise FormatError(
                f"a Blender camera has one lens, and {name} needs several: its poses are no rotations",
                hint="NumPy and OpenCV hold them exactly",
            )
        text += "\n" + blender_camera_lines(name, blender_settings(first))
        text += "thing.rotation_mode = 'QUATERNION'\npose = {\n"
        for frame, camera in zip(own, factored, strict=True):
            rows = flat_matrix_text(blender_matrix(camera))
            text += f" {frame.shot.frame.frame}: {rows},  # {frame.shot.file_name}\n"
        text += (
            "}\nlast = None\nfor number, rows in pose.items():\n"
            "    matrix = mathutils.Matrix(rows)\n"
            "    turn = matrix.to_quaternion()\n"
            "    if last is not None:\n        turn.make_compatible(last)\n"
            "    thing.location, thing.rotation_quaternion, last = matrix.to_translation(), turn, turn\n"
            "    thing.keyframe_insert('location', frame=number)\n"
            "    thing.keyframe_insert('rotation_quaternion', frame=number)\n"
            "bpy.context.scene.camera = thing\n"
        )
    return {"poses.py": text.encode()}


EXPORT_FORMATS: Final[tuple[ExportFormat, ...]] = (
    ExportFormat("json", "JSON", ".json", "Poses and the exact lens, with their conventions", _make_json),
    ExportFormat(
        "colmap", "COLMAP", "", "A folder of cameras.txt, images.txt and an empty points3D.txt", _make_colmap
    ),
    ExportFormat("numpy", "NumPy", ".npz", "One array per quantity, a row per keyframe", _make_numpy),
    ExportFormat(
        "opencv", "OpenCV", ".json", "K, R and t of every keyframe, for cv2.FileStorage", _make_opencv
    ),
    ExportFormat("blender", "Blender", ".py", "A script that makes animated cameras", _make_blender),
)
FORMATS_BY_KEY: Final = {form.key: form for form in EXPORT_FORMATS}
