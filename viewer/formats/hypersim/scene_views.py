"""Images, lens and cameras of a scene."""

from __future__ import annotations

from pathlib import Path

from viewer.errors import FormatError
from viewer.formats.hypersim import camera_table, cameras, layout
from viewer.formats.hypersim.findings import Findings
from viewer.formats.hypersim.frames import HypersimFrames
from viewer.formats.listing import is_folder
from viewer.model.camera import Cameras, Lens, Trajectory, plain_lens
from viewer.model.frames import FrameId, Images

LENS_GAP = "Lens from the camera table"
"""The title of what is said when the camera table does not give a scene its lens."""
_ENABLED_BY_IMAGE = {
    "color": "tone mapping with any exposure",
    "depth_meters": "distances, and points where there is no mesh",
    "position": "points where there is no mesh",
    "render_entity_id": "labels on images, and picking objects in them",
}


def add_images(seen: Findings) -> HypersimFrames:
    """The list of all images."""
    seen.step("list of images")
    frames = HypersimFrames(seen.match.folders)
    seen.faults("Images", frames.faults)
    if frames.cameras:
        seen.add("Images", Images(frames), frames.folders[0].parent)
        _tell_missing_images(seen, frames)
    else:
        path = layout.images_folder(seen.match.folders[0])
        why = "not in this folder; they are a part of the public download"
        seen.absent("Images", path, why, "photographs, depth, and points in place of a mesh")
    return frames


def _tell_missing_images(seen: Findings, frames: HypersimFrames) -> None:
    """The documented images that no frame of a camera has; those of single frames are the inventory's."""
    for camera in frames.cameras:
        keys: set[str] = set()
        for frame in frames.frame_ids(camera).tolist():
            keys |= frames.modalities(FrameId(camera, frame))
        for group in (layout.FINAL_HDF5, layout.GEOMETRY_HDF5):
            lacking = [name for name in layout.MODALITIES[group] if name not in keys]
            if lacking:
                enabled = [_ENABLED_BY_IMAGE[name] for name in lacking if name in _ENABLED_BY_IMAGE]
                seen.absent(
                    f"Images of {camera}",
                    layout.image_group_folder(seen.match.folders[0], camera, group),
                    f"no frame has {', '.join(lacking)}",
                    "; ".join(enabled),
                )


def find_lens(seen: Findings, table_path: Path | None, frames: HypersimFrames) -> Lens:
    """The lens of the scene's cameras: from the camera table, else a plain one."""
    size = next((s for s in map(frames.image_size, frames.cameras) if s is not None), None)
    enables = "the exact lens: many scenes were rendered with a shifted or tilted one"
    try:
        lens = None if table_path is None else camera_table.read_lens(table_path, seen.match.name, size)
    except FormatError as error:
        seen.broken(LENS_GAP, error, enables)
        lens = None
    else:
        if lens is None:
            why = (
                "the table is not there; it is in the dataset's public repository"
                if table_path is None
                else f"the table has no row for {seen.match.name}"
            )
            expected = seen.match.folders[0].parent / layout.CAMERA_PARAMETERS_TABLE
            seen.absent(LENS_GAP, table_path or expected, why, enables)
        elif table_path is not None:
            seen.sources["Lens"] = table_path
    if lens is not None:
        seen.parts[Lens] = lens
        return lens
    width, height = size or layout.DEFAULT_IMAGE_SIZE
    return plain_lens(width, height)


def add_cameras(seen: Findings, lens: Lens, frames: HypersimFrames) -> None:
    """The trajectory of every camera, each from the best folder that has it."""
    seen.step("cameras")
    names: dict[str, Path | None] = {}
    for scene in seen.match.folders:
        try:
            listed = cameras.camera_names(scene)
        except FormatError as error:
            seen.broken("Cameras", error)
            listed = cameras.camera_folders(scene)
        for name in listed:
            has_poses = is_folder(layout.camera_folder(scene, name))
            if names.get(name) is None:
                names[name] = scene if has_poses else None
    for name in frames.cameras:
        names.setdefault(name, None)
    enables = "showing where it was, stepping along its path, looking through it"
    if not names:
        path = seen.first_detail(layout.CAMERAS_TABLE)
        seen.absent("Cameras", path, "no camera is there", enables)
    trajectories = []
    for name, folder in sorted(names.items()):
        if folder is None:
            path = seen.first_detail(name)
            seen.absent(f"Camera {name}", path, "its poses are not there", enables)
            continue
        trajectory = _trajectory(seen, folder, name, lens, enables)
        if trajectory is not None:
            trajectories.append(trajectory)
            seen.sources[f"Camera {name}"] = folder
    if trajectories:
        seen.parts[Cameras] = Cameras(tuple(trajectories))


def _trajectory(seen: Findings, folder: Path, name: str, lens: Lens, enables: str) -> Trajectory | None:
    seen.progress.check()
    try:
        trajectory, faults = cameras.read_trajectory(folder, name, lens)
    except FormatError as error:
        seen.broken(f"Camera {name}", error, enables)
        return None
    seen.faults(f"Camera {name}", faults)
    return trajectory
