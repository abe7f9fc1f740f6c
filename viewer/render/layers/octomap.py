"""Occupied and free space as the octree holds it, each leaf at its own size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vispy.gloo.context import GLContext

from viewer.model.octomap import Octomap
from viewer.model.scene import Scene
from viewer.render.frame import Frame
from viewer.render.layers.layer import Layer, control
from viewer.render.visuals.voxel_set import VoxelSet


@dataclass(frozen=True, slots=True)
class OctomapStyle:
    """Which leaves are shown, and how."""

    visible: bool = control(False, "Show")
    occupied: bool = control(True, "Occupied space")
    free: bool = control(False, "Free space")
    opacity: float = control(1.0, "Opacity", low=0.05, high=1.0)
    free_opacity: float = control(0.10, "Opacity of free space", low=0.02, high=1.0)


class OctomapLayer(Layer):
    key = "octomap"
    title = "Octomap"
    needs = Octomap

    def __init__(self) -> None:
        self.style = OctomapStyle()
        self._octomap: Octomap | None = None
        self._sets: dict[bool, VoxelSet] = {}

    @property
    def is_available(self) -> bool:
        return self._octomap is not None

    def set_scene(self, scene: Scene | None) -> None:
        self.release()
        self._octomap = None if scene is None else scene.part(Octomap)

    @property
    def wants_upload(self) -> bool:
        """True when something is to be shown that is not on the graphics card yet."""
        return self.is_drawn and any(wanted and kind not in self._sets for kind, wanted in self._wanted())

    def _wanted(self) -> tuple[tuple[bool, bool], ...]:
        return (True, self.style.occupied), (False, self.style.free)

    def upload(self, context: GLContext) -> Iterator[int]:
        """Send what is shown; the faces are found only when someone wants to see them."""
        octomap = self._octomap
        if octomap is None or not self.style.visible:
            return
        for kind, wanted in self._wanted():
            if wanted and kind not in self._sets:
                self._sets[kind] = VoxelSet(octomap, kind)
                yield from self._sets[kind].upload(context)

    def draw_surface(self, frame: Frame) -> None:
        if self.style.occupied and self.style.opacity >= 1 and True in self._sets:
            self._sets[True].draw(frame, frame.theme.occupied, None)

    def draw_blended(self, frame: Frame) -> None:
        if self.style.occupied and self.style.opacity < 1 and True in self._sets:
            self._sets[True].draw(frame, frame.theme.occupied, self.style.opacity)
        if self.style.free and False in self._sets:
            self._sets[False].draw(frame, frame.theme.free, self.style.free_opacity)

    def release(self) -> None:
        for voxels in self._sets.values():
            voxels.release()
        self._sets = {}
