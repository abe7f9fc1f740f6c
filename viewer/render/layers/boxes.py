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
from viewer.render.visuals.box_faces import BoxFaces
from viewer.render.visuals.line_set import Lines, LineSet

KINDS_SHOWN = ("object_aligned_2d", "object_aligned_3d", "axis_aligned")
"""The kind a new user sees first."""


@dataclass(frozen=True, slots=True)
class BoxesStyle:
    """Which boxes are shown, and how."""

    visible: bool = control(False, "Show")
    kind: str = control(
        "object_aligned_2d",
        "Kind",
        choices=KINDS_SHOWN,
        help="Where a scene has only one kind, that one is shown",
    )
    form: str = control("wire", "Form", choices=("wire", "solid"))
    color_by: str = control("objects", "Color", choices=("objects", "class", "instance", "plain"))
    show: str = control(
        "all",
        "Which",
        choices=("all", "selected", "in this frame"),
        help="In this frame: boxes of instances of which the current frame shows at least one pixel",
    )
    class_words: str = control("", "Class", help="Part of a class's name, or none; empty shows every class")
    min_size_m: float = control(
        0.0, "Least size", low=0.0, high=5.0, unit="m", help="Longest side of the smallest box shown"
    )
    max_size_m: float = control(
        50.0, "Most size", low=0.0, high=50.0, unit="m", help="Longest side of the largest box; 50 = no limit"
    )
    in_images: bool = control(True, "Over the images, too", help="Draw the same boxes into the image panes")
    line_width: float = control(1.5, "Line width", low=0.5, high=6.0, unit="px")
    opacity: float = control(0.25, "Opacity", low=0.05, high=1.0, help="How solid boxes hide what is in them")
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
        self._colors: NDArray[np.uint8] = np.empty((0, 3), np.uint8)
        self._shown_ids: NDArray[np.int64] | None = None
        self._selected: NDArray[np.int64] = np.empty(0, np.int64)
        self._hovered: int | None = None
        self._lines: LineSet | None = None
        self._faces: BoxFaces | None = None
        self._built_for: object = None

    @property
    def is_available(self) -> bool:
        return self._sets is not None and any(len(kind) for kind in self._sets.by_kind.values())

    def set_scene(self, scene: Scene | None) -> None:
        self.set_boxes(None if scene is None else scene.part(BoxSets))
        self._shown_ids = None
        self._selected = np.empty(0, np.int64)
        self._hovered = None

    def set_boxes(self, sets: BoxSets | None) -> None:
        """Draw these boxes from now on."""
        self._sets = sets
        self._built_for = None

    def set_colors(self, rows: NDArray[np.uint8]) -> None:
        """sRGB of instance ids, (K + 1, 3 or more); row = id."""
        colors = np.asarray(rows)[:, :3].astype(np.uint8)
        if not np.array_equal(colors, self._colors):
            self._colors = colors
            self._built_for = None

    def set_shown(self, instance_ids: ArrayLike | None) -> bool:
        """Draw the boxes of these instances only; None = all. True when that is new."""
        ids = None if instance_ids is None else np.unique(np.asarray(instance_ids, np.int64))
        is_same = (
            ids is self._shown_ids
            if ids is None or self._shown_ids is None
            else np.array_equal(ids, self._shown_ids)
        )
        if is_same:
            return False
        self._shown_ids = ids
        self._built_for = None
        return True

    def set_selected(self, instance_ids: ArrayLike) -> bool:
        """Emphasise these boxes; True when that is new."""
        ids = np.unique(np.asarray(instance_ids, np.int64))
        if np.array_equal(ids, self._selected):
            return False
        self._selected = ids
        self._built_for = None
        return True

    def set_hovered(self, instance_id: int | None) -> bool:
        """Draw one box thicker; True when that is new."""
        if instance_id == self._hovered:
            return False
        self._hovered = instance_id
        self._built_for = None
        return True

    @property
    def boxes(self) -> OrientedBoxes | None:
        """The boxes of the chosen kind, or of the only one; the pointer's index is the instance id."""
        if self._sets is None:
            return None
        kinds = self._sets.by_kind
        return kinds.get(self.style.kind) or next((boxes for boxes in kinds.values() if len(boxes)), None)

    @property
    def shown(self) -> OrientedBoxes | None:
        """Those of `boxes` that are drawn."""
        boxes = self.boxes
        if boxes is None or self._shown_ids is None:
            return boxes
        return boxes.rows(np.isin(boxes.ids, self._shown_ids))

    def upload(self, context: GLContext) -> Iterator[int]:
        return iter(())

    def _prepare(self, frame: Frame) -> tuple[LineSet, BoxFaces]:
        if self._lines is None or self._faces is None:
            self._lines, self._faces = LineSet(), BoxFaces()
        state = (self.style, frame.theme)
        if self._built_for != state:
            boxes = self.shown
            boxes = OrientedBoxes.none() if boxes is None else boxes
            places, colors = corners(boxes), self._colors_of(boxes, frame.theme)
            self._lines.set_lines(self._edges(boxes, places, colors))
            is_solid = self.style.form == "solid"
            self._faces.set_boxes(
                places if is_solid else places[:0], boxes.world_from_box, colors if is_solid else colors[:0]
            )
            self._built_for = state
        return self._lines, self._faces

    def _colors_of(self, boxes: OrientedBoxes, theme: Theme) -> NDArray[np.float32]:
        colors = np.empty((len(boxes), 3), np.float32)
        colors[:] = theme.box
        if self.style.color_by != "plain":
            known = (boxes.ids >= 0) & (boxes.ids < len(self._colors))
            colors[known] = self._colors[boxes.ids[known]] / np.float32(255)
        colors[np.isin(boxes.ids, self._selected)] = theme.selection
        return colors

    def _edges(self, boxes: OrientedBoxes, places: NDArray[np.float64], colors: NDArray[np.float32]) -> Lines:
        if not len(boxes):
            return Lines.none()
        strong = np.isin(boxes.ids, self._selected)
        if self._hovered is not None:
            strong |= boxes.ids == self._hovered
        widths = np.where(strong, 2.0, 1.0) * self.style.line_width
        ends = places[:, BOX_EDGES]
        each = len(BOX_EDGES)
        opaque = np.column_stack([colors, np.ones(len(colors), np.float32)])
        return Lines(
            ends[:, :, 0].reshape(-1, 3),
            ends[:, :, 1].reshape(-1, 3),
            np.repeat(opaque, each, axis=0),
            np.repeat(widths, each).astype(np.float32),
            np.repeat(boxes.ids, each),
        )

    @property
    def is_glass(self) -> bool:
        return bool(self.style.visible) and self.style.form == "solid"

    def draw_glass(self, frame: Frame) -> None:
        if self.is_glass:
            self._prepare(frame)[1].draw_glass(frame, self.style.opacity)

    def draw_blended(self, frame: Frame) -> None:
        self._prepare(frame)[0].draw_blended(frame, 1.0, self.style.hidden_opacity)

    def draw_pickable(self, frame: Frame) -> None:
        self._prepare(frame)[0].draw_pickable(frame, KIND_BOX)

    def release(self) -> None:
        for visual in (self._lines, self._faces):
            if visual is not None:
                visual.release()
        self._lines = self._faces = None
        self._built_for = None
