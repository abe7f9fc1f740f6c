"""Points fused from images, or any cloud whose points belong to objects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vispy.gloo.context import GLContext

from viewer.model.points import PointSet
from viewer.model.scene import Scene
from viewer.render.frame import Frame
from viewer.render.layers.layer import Layer, control
from viewer.render.visuals.object_points import ObjectPoints

FAINT_OPACITY = 0.12


@dataclass(frozen=True, slots=True)
class PointsStyle:
    """How points look."""

    visible: bool = control(True, "Show")
    size_px: float = control(
        2.0, "Size on screen", low=1.0, high=20.0, unit="px", help="Never smaller than this"
    )
    size_mm: float = control(
        26.0, "Size in the room", low=0.0, high=100.0, unit="mm", help="Closes gaps near by"
    )


class PointsLayer(Layer):
    key = "points"
    title = "Points"
    needs = PointSet

    def __init__(self) -> None:
        self.style = PointsStyle()
        self._visual: ObjectPoints | None = None
        self._next: ObjectPoints | None = None

    @property
    def is_available(self) -> bool:
        return self._visual is not None

    def set_scene(self, scene: Scene | None) -> None:
        self.set_points(None)

    def set_points(self, points: PointSet | None) -> None:
        """Show these points; the old ones stay until the new ones are on the graphics card."""
        if self._next is not None:
            self._next.release()
        self._next = None if points is None else ObjectPoints(points)
        if points is None:
            self.release()

    def upload(self, context: GLContext) -> Iterator[int]:
        coming = self._next
        if coming is None:
            return
        for sent in coming.upload(context):
            yield sent
            if coming is not self._next:
                # newer points came while these were on their way
                coming.release()
                return
        self.release()
        self._visual, self._next = coming, None

    def draw_surface(self, frame: Frame) -> None:
        for _ in self.surface_steps(frame):
            pass

    def surface_steps(self, frame: Frame) -> Iterator[None]:
        if self._visual is not None:
            metres = self.style.size_mm / 1000
            yield from self._visual.surface_steps(frame, self.style.size_px, metres / frame.metres_per_unit)

    def draw_faint(self, frame: Frame) -> None:
        if self._visual is not None:
            units = self.style.size_mm / 1000 / frame.metres_per_unit
            self._visual.draw_faint(frame, self.style.size_px, units, FAINT_OPACITY)

    def release(self) -> None:
        if self._visual is not None:
            self._visual.release()
            self._visual = None
