"""An inventory as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from viewer.app.inventory_parts import count_of, unit_name, unit_text

if TYPE_CHECKING:
    from viewer.app.inventory import CameraEntry, DatasetInventory, LensEntry, SceneInventory


def to_text(found: DatasetInventory | SceneInventory) -> str:
    """An inventory as lines of text: a single scene in full, several as a table."""
    from viewer.app.inventory import DatasetInventory

    if not isinstance(found, DatasetInventory):
        return "\n".join(_scene(found)) + "\n"
    lines = [f"{found.dataset}: {count_of(len(found.scenes), 'scene')} at {found.path}"]
    lines += [f"with {overlay} laid over it" for overlay in found.overlays]
    lines.append("")
    lines += _scene(found.scenes[0]) if len(found.scenes) == 1 else _table(found.scenes)
    return "\n".join(lines) + "\n"


def frame_ranges(frames: Sequence[int]) -> str:
    """Ascending frame ids in short: `0-3, 7, 9-12`."""
    runs: list[list[int]] = []
    for frame in frames:
        if runs and frame == runs[-1][1] + 1:
            runs[-1][1] = frame
        else:
            runs.append([frame, frame])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def lens_text(lens: LensEntry) -> str:
    """One line about a lens."""
    text = f"{lens.width} x {lens.height} px, {lens.fov_x_degrees:.1f}° wide, from {lens.source}"
    if lens.max_difference_px is None:
        return f"{text}; sees what a plain 60° pinhole cannot"
    if lens.max_difference_px < 0.005:
        return f"{text}; the same as a plain 60° pinhole"
    return f"{text}; up to {lens.max_difference_px:,.2f} px off a plain 60° pinhole"


def _scene(scene: SceneInventory) -> list[str]:
    lines = [f"{scene.name}   {scene.path}"]
    lines.append(f"  {unit_text(scene.metres_per_unit, is_known=scene.is_unit_known)}")
    lines += [f"  Lens: {lens_text(scene.lens)}"] if scene.lens is not None else []
    lines += [
        f"    {entry.source}{' (in use)' if entry.is_used else ''}: {entry.detail}"
        for entry in scene.lens_sources
    ]
    lines += [f"    {scene.lens_finding}"] if scene.lens_finding else []
    lines += [f"  Split: {scene.split}"] if scene.split else []
    lines += [f"  Labels are saved to {scene.label_folder}"] if scene.label_folder else []
    lines += ["", "There"]
    lines += _columns([(part.title, part.detail, part.source) for part in scene.parts]) or ["  nothing"]
    broken = [entry for entry in scene.missing if entry.is_broken]
    absent = [entry for entry in scene.missing if not entry.is_broken]
    for title, entries in (("Broken", broken), ("Missing", absent)):
        if entries:
            lines += ["", title]
        for entry in entries:
            lines.append(f"  {entry.what}: {entry.why}")
            lines += [f"    at {entry.expected_at}"] if entry.expected_at else []
            lines += [f"    for {entry.enables}"] if entry.enables else []
    for camera in scene.cameras:
        lines += ["", *_camera(camera)]
    return lines


def _camera(camera: CameraEntry) -> list[str]:
    lines = [camera.name + (f"   {camera.scene_type}" if camera.scene_type else "")]
    lines.append(f"  keyframes: {_frames(camera.frames)}" if camera.has_poses else "  no poses")
    lines.append(f"  images of: {_frames(camera.frames_with_images)}")
    if camera.frames_with_images and camera.frames_without_images:
        lines.append(f"  no images of: {_frames(camera.frames_without_images)}")
    if camera.has_poses and camera.frames_without_pose:
        lines.append(f"  no pose for: {_frames(camera.frames_without_pose)}")
    lines += [f"  not released: {_frames(frames)}: {reason}" for reason, frames in camera.excluded.items()]
    total = len(camera.frames_with_images)
    rows = [
        (
            entry.key,
            "all" if entry.frames == total else f"{entry.frames} of {total}",
            f"missing {frame_ranges(entry.missing_frames)}" if entry.missing_frames else "",
        )
        for entry in camera.modalities
    ]
    return lines + _columns(rows, indent=4)


def _frames(frames: Sequence[int]) -> str:
    return f"{count_of(len(frames), 'frame')} ({frame_ranges(frames)})" if frames else "none"


def _table(scenes: Iterable[SceneInventory]) -> list[str]:
    rows: list[tuple[str, ...]] = [
        (
            "scene",
            "unit",
            "faces",
            "objects",
            "labelled",
            "instances",
            "cameras",
            "images",
            "broken",
            "missing",
        )
    ]
    for scene in scenes:
        counts = scene.counts
        broken = sum(entry.is_broken for entry in scene.missing)
        rows.append(
            (
                scene.name,
                unit_name(scene.metres_per_unit),
                *map(_count, (counts.faces, counts.objects, counts.labelled_objects, counts.instances)),
                str(len(scene.cameras)),
                f"{counts.frames_with_images:,}",
                str(broken),
                ", ".join(_short_names(entry.what for entry in scene.missing if not entry.is_broken)),
            )
        )
    return _columns(rows, indent=0)


def _short_names(names: Iterable[str]) -> list[str]:
    """Each kind of gap once: `Boxes`, not every kind of boxes."""
    return list(dict.fromkeys(name.split(",")[0] for name in names))


def _count(count: int | None) -> str:
    return "-" if count is None else f"{count:,}"


def _columns(rows: Sequence[Sequence[str]], indent: int = 2) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    return [
        (
            " " * indent + "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
