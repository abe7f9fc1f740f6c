"""The cameras of frames, with the names of their images: what pose texts and exports are made from."""

from __future__ import annotations

import os
from pathlib import Path

from viewer.app.shot import Shot
from viewer.formats.hypersim import layout
from viewer.formats.hypersim.frames import HypersimFrames
from viewer.model.camera import Cameras
from viewer.model.frames import FrameId, Images
from viewer.model.scene import Scene

_PHOTOGRAPHS = ("final_preview.tonemap", "final_preview.color", "color")


def shot_of(scene: Scene, frame: FrameId) -> Shot | None:
    """The camera of a frame; None when it has no pose."""
    cameras = scene.part(Cameras)
    trajectory = None if cameras is None else cameras.get(frame.camera)
    row = None if trajectory is None else trajectory.index_of(frame.frame)
    if trajectory is None or row is None:
        return None
    return Shot(frame, trajectory.camera_at(row), scene.metres_per_unit, image_name(scene, frame))


def image_name(scene: Scene, frame: FrameId) -> str:
    """The photograph of a frame, relative to its scene's folder; where it is missing, where it would be."""
    images = scene.part(Images)
    source = None if images is None else images.source
    if isinstance(source, HypersimFrames):
        there = source.modalities(frame)
        for key in (*_PHOTOGRAPHS, *sorted(there)):
            path = source.path(frame, key)
            if path is not None:
                return _below_a_scene(path)
    group, _, image = _PHOTOGRAPHS[0].partition(".")
    path = layout.image_path(Path(scene.name), frame.camera, frame.frame, group, image)
    return path.relative_to(scene.name).as_posix()


def _below_a_scene(path: Path) -> str:
    """Images may come from several folders; in each they lie in `images`, folder, file."""
    return os.path.join(*path.parts[-3:]).replace(os.sep, "/")
