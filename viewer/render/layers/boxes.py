"""Oriented boxes of instances."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from vispy.gloo.context import GLContext

from viewer.model.boxes import BOX_EDGES, BoxSets, OrientedBoxes, corners
from viewer.model.scene import Scene
from viewer.render.frame import Frame
from viewer.render.id_buffer import KIND_BOX
from viewer.render.layers.layer import Layer, control
from viewer.render.theme import Theme
from viewer.render.visuals.line_set import Lines, LineSet

BOX_KINDS = ("object_aligned_2d", "object_aligned_3d", "axis_aligned")


@dataclass(frozen=True, slots=True)
class BoxesStyle:
    """Which boxes are shown, and how."""

    visible: bool = control(False, "Show")
    kind: str = control(
        "object_aligned_2d",
        "Kind",
        choices=BOX_KINDS,
        help="Where a scene has only one kind, that one is shown",
    )
    show: str = control("all", "Which", choices=("all", "selected"))
    color_by: str = control("instance", "Colour", choices=("instance", "plain"))
    min_size_m: float = control(
        0.0, "Least size", low=0.0, high=5.0, unit="m", help="Longest side of the smallest box shown"
    )
    line_width: float = control(1.5, "Line width", low=0.5, high=6.0, unit="px")
    hidden_opacity: float = control(
        0.15, "Behind surfaces", low=0.0, high=1.0, help="How strongly hidden lines show"
    )


class BoxesLayer(Layer):
    key = "boxes"
    is_pickable = True
    title = "Boxes"
    needs = BoxSets

    def __init__(self) -> None:
        self.style = BoxesStyle()
        self._sets: BoxSets | None = None
        self._metres_per_unit = 1.0
        self._colors: NDArray[np.uint8] = np.empty((0, 3), np.uint8)
        self._selected: NDArray[np.int64] = np.empty(0, np.int64)
        self._lines: LineSet | None = None
        self._built_for: object = None

    @property
    def is_available(self) -> bool:
        return self._sets is not None and any(len(kind) for kind in self._sets.by_kind.values())

    def set_scene(self, scene: Scene | None) -> None:
        self._sets = None if scene is None else scene.part(BoxSets)
        self._metres_per_unit = 1.0 if scene is None else scene.metres_per_unit
        self._selected = np.empty(0, np.int64)
        self._built_for = None

    def set_colors(self, rows: NDArray[np.uint8]) -> None:
        """sRGB of instance ids, (K + 1, 3 or more); row = id."""
        self._colors = np.asarray(rows)[:, :3].astype(np.uint8)
        self._built_for = None

    def set_selected(self, instance_ids: ArrayLike) -> bool:
        """Emphasise these boxes; True when that is new."""
        ids = np.unique(np.asarray(instance_ids, np.int64))
        if np.array_equal(ids, self._selected):
            return False
        self._selected = ids
        self._built_for = None
        return True

    @property
    def shown(self) -> OrientedBoxes | None:
        """The boxes of the chosen kind, or of the only one; the pointer's index is the instance id."""
        if self._sets is None:
            return None
        kinds = self._sets.by_kind
        return kinds.get(self.style.kind) or next((boxes for boxes in kinds.values() if len(boxes)), None)

    def upload(self, context: GLContext) -> Iterator[int]:
        return iter(())

    def _ready(self, frame: Frame) -> LineSet:
        if self._lines is None:
            self._lines = LineSet()
        state = (self.style, frame.theme)
        if self._built_for != state:
            self._lines.set_lines(self._build(frame.theme))
            self._built_for = state
        return self._lines

    def _build(self, theme: Theme) -> Lines:
        boxes = self.shown
        if boxes is None:
            return Lines.none()
        selected = np.isin(boxes.ids, self._selected)
        keep = boxes.extents.max(axis=1) * self._metres_per_unit >= self.style.min_size_m
        if self.style.show == "selected":
            keep &= selected
        rows = np.flatnonzero(keep)
        colors = np.ones((len(rows), 4), np.float32)
        colors[:, :3] = theme.box
        ids = boxes.ids[rows]
        if self.style.color_by == "instance":
            known = (ids >= 0) & (ids < len(self._colors))
            colors[known, :3] = self._colors[ids[known]] / np.float32(255)
        colors[selected[rows], :3] = theme.selection
        widths = np.where(selected[rows], 2.0, 1.0) * self.style.line_width
        ends = corners(boxes)[rows][:, BOX_EDGES]
        return Lines(
            ends[:, :, 0].reshape(-1, 3),
            ends[:, :, 1].reshape(-1, 3),
            np.repeat(colors, len(BOX_EDGES), axis=0),
            np.repeat(widths, len(BOX_EDGES)).astype(np.float32),
            np.repeat(ids, len(BOX_EDGES)),
        )

    def draw_blended(self, frame: Frame) -> None:
        self._ready(frame).draw_blended(frame, 1.0, self.style.hidden_opacity)

    def draw_pickable(self, frame: Frame) -> None:
        self._ready(frame).draw_pickable(frame, KIND_BOX)

    def release(self) -> None:
        if self._lines is not None:
            self._lines.release()
            self._lines = None
        self._built_for = None
