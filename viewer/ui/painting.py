"""Painting from the window: strokes of the 3D view become label edits, keys become brush changes."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPoint, QTimer

from viewer.app.painting import FoundObjects, IdPicker, Picker, RayPicker, visible_mask
from viewer.app.ray_source import RaySource
from viewer.app.session import NOTHING
from viewer.errors import ViewerError
from viewer.jobs.job import Progress
from viewer.model.camera import Camera
from viewer.model.clip_box import ClipBox
from viewer.model.labels import LabelLayer
from viewer.model.stroke import PixelSet
from viewer.tools.registry import tool_named
from viewer.tools.tool import Cover, Gesture, Outcome
from viewer.ui.precise_picking import PrecisePicking

if TYPE_CHECKING:
    from viewer.app.labelling import Labelling
    from viewer.render.strokes import Stroke
    from viewer.ui.actions import ActionSet
    from viewer.ui.main_window import MainWindow

log = logging.getLogger(__name__)
PREVIEW_MS = 40
SHAPES = {"rectangle": "rectangle", "line": "line", "pen": "pen", "lasso": "lasso", "eyedropper": "none"}


@dataclass(frozen=True, slots=True, eq=False)
class KnownHits(RayPicker):
    """What rays through the covered pixels have found already, off the main thread."""

    objects: NDArray[np.int64] = field(default_factory=lambda: NOTHING)

    def objects_hit(self, pixels: PixelSet) -> NDArray[np.int64]:
        return self.objects

    def objects_through(self, pixels: PixelSet) -> NDArray[np.int64]:
        return self.objects

    def object_at(self, x: int, y: int) -> int:
        return int(self.objects[0]) if len(self.objects) else -1


@dataclass(frozen=True, slots=True, eq=False)
class Aim:
    """Where a stroke was drawn: what is seen may move on before its turn comes."""

    source: RaySource | None  # None: there is no mesh
    camera: Camera
    visible: NDArray[np.bool_] | None  # (O,)
    clip: ClipBox | None
    is_decimated: bool


class Painting(QObject):
    """Strokes, undo and the brush.

    On a mesh the rays of a stroke are cast by a worker. What the user asks for meanwhile waits for the
    stroke, so that everything happens in the order in which it was asked.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.picking = PrecisePicking(window, self._explain)
        self._pending = 0
        self._waiting: deque[Callable[[], object]] = deque()
        self._previewed: Stroke | None = None
        self._preview_timer = QTimer(self)
        self._preview_timer.setSingleShot(True)
        self._preview_timer.setInterval(PREVIEW_MS)
        self._preview_timer.timeout.connect(self._preview)
        self._path: NDArray[np.int32] | None = None
        self._hint_at: QPoint | None = None
        view, session = window.scene_view, window.session
        view.stroke_started.connect(self._stroke_moved)
        view.stroke_moved.connect(self._stroke_moved)
        view.stroke_finished.connect(self._stroke_finished)
        view.stroke_cancelled.connect(self._end_preview)
        view.new_instance_requested.connect(self.new_instance)
        session.scene_changed.connect(self._forget)
        session.brush_changed.connect(self._show_tool)

    @property
    def is_busy(self) -> bool:
        """True while strokes are being computed."""
        return self._pending > 0

    def close(self) -> None:
        self._preview_timer.stop()
        self._waiting.clear()

    def _forget(self) -> None:
        self._window.runner.paint_lane.cancel_all()
        self.picking.use_mesh(None)
        self._waiting.clear()
        self._end_preview()
        self._show_tool()
        labelling = self._window.session.labelling
        if labelling is not None:
            labelling.history_walked.connect(self._tell_walk)

    # strokes

    def _outcome(self, gesture: Gesture) -> Outcome:
        labelling = self._window.session.labelling
        return None if labelling is None else tool_named(labelling.brush.tool).finish(gesture)

    def _stroke_finished(self, stroke: Stroke) -> None:
        at = self._hint_at
        self._forget_path()
        gesture, aim = Gesture(stroke.path, stroke.modifiers, stroke.button), self._aim()
        self.in_turn(lambda: self._apply(gesture, aim))
        # outline and marks stay until it has changed: one picture instead of three, while rays need the cores
        if not self._pending:
            self._end_preview()
        elif aim.source is not None and aim.source.ready is None:
            self._window.stroke_hint.say("Preparing precise picking", "The stroke follows in a moment", at)

    def _aim(self) -> Aim:
        session = self._window.session
        return Aim(
            self.picking.source,
            self._window.scene_view.current_camera(),
            visible_mask(session.object_count, session.untouchable),
            session.clip,
            session.decimated is not None,
        )

    def _apply(self, gesture: Gesture, aim: Aim) -> None:
        session, source = self._window.session, aim.source
        labelling = session.labelling
        outcome = self._outcome(gesture)
        if labelling is None or outcome is None:
            self._tell_why_not()
            return
        if source is None:
            self._finish(labelling, gesture, IdPicker(self._window.scene_view.id_buffer()))
            return
        through = labelling.brush.select_through

        def work(progress: Progress) -> Picker:
            rays = source.get(progress)
            picker = RayPicker(rays, aim.camera, aim.visible, aim.clip)
            if isinstance(outcome, Cover):
                find = picker.objects_through if through else picker.objects_hit
                objects = find(outcome.pixels)
            else:
                found = picker.object_at(outcome.x, outcome.y)
                objects = np.array([found] if found >= 0 else [], np.int64)
            if aim.is_decimated:
                # a replay has the whole mesh, so a recording must tell what was hit and not from where
                return FoundObjects(objects)
            return KnownHits(rays, aim.camera, aim.visible, aim.clip, objects=objects)

        self._pending += 1

        def done(hits: Picker) -> None:
            if session.labelling is labelling:
                self._finish(labelling, gesture, hits)
            self._settle()

        def failed(error: BaseException) -> None:
            self._explain(error)
            self._settle()

        self._window.runner.start(
            self._window.runner.paint_lane,
            work,
            title="Painting",
            done=done,
            failed=failed,
            cancelled=self._settle,
        )

    def paint(self, labelling: Labelling, gesture: Gesture, picker: Picker) -> None:
        """Apply a stroke made elsewhere, such as over an image, in its turn."""
        self.in_turn(lambda: self._finish(labelling, gesture, picker))

    def _finish(self, labelling: Labelling, gesture: Gesture, picker: Picker) -> None:
        try:
            result = labelling.stroke(gesture, picker)
        except ViewerError as error:
            self._window.banners.show_error(error)
            return
        if result.is_stroke:
            remarks = f", {result.remarks}" if result.remarks else ""
            self._window.tell(f"{result.title}{remarks}" if result.edit else result.summary)

    def in_turn(self, call: Callable[[], object]) -> None:
        """Do it now, or after the strokes that are still being cast."""
        if self._pending:
            self._waiting.append(call)
        else:
            call()

    def _settle(self) -> None:
        self._pending -= 1
        while self._waiting and not self._pending:
            self._waiting.popleft()()
        if not self._pending and self._path is None:
            self._end_preview()

    def _tell_why_not(self) -> None:
        if self._window.session.labelling is None and self._window.session.scene is not None:
            self._window.tell(
                "Labelling needs the list of objects: metadata_objects.csv or metadata_nodes.csv"
            )

    def _explain(self, error: BaseException) -> None:
        if isinstance(error, ViewerError):
            self._window.banners.show_error(error)
        else:
            log.error("painting failed", exc_info=error)
            self._window.banners.show_unexpected(error)

    # preview

    def _stroke_moved(self, path: NDArray[np.int32]) -> None:
        self._path = path
        if not self._preview_timer.isActive():
            self._preview_timer.start()

    def _preview(self) -> None:
        labelling = self._window.session.labelling
        if self._path is None or labelling is None:
            return
        gesture = Gesture(self._path)
        if isinstance(self._outcome(gesture), Cover):
            # where pictures take long, the preview must not ask for one at once
            self._window.scene_view.finishing.when_exact(lambda: self._show_preview(labelling, gesture))

    def _show_preview(self, labelling: Labelling, gesture: Gesture) -> None:
        if self._path is None or labelling is not self._window.session.labelling:
            return
        result = labelling.preview(gesture, IdPicker(self._window.scene_view.id_buffer()))
        self._window.scene_view.set_stroke_preview(result.changed)
        self._window.tell(f"Would change {result.summary}")
        view = self._window.scene_view
        x, y = (round(int(value) / view.pixel_scale) for value in self._path[-1])
        self._hint_at = view.native.mapTo(self._window, QPoint(x, y))
        is_partial = labelling.brush.select_through and self.picking.source is not None
        self._window.stroke_hint.show_preview(result, self._hint_at, is_partial=is_partial)

    def _forget_path(self) -> None:
        self._preview_timer.stop()
        self._path, self._hint_at = None, None

    def _end_preview(self) -> None:
        self._forget_path()
        self._window.stroke_hint.show_preview(None)
        self._window.scene_view.set_stroke_preview(None)
        self._window.scene_view.end_stroke()

    # commands

    def undo(self) -> None:
        self.in_turn(lambda: self._on_labelling(lambda labelling: labelling.undo()))

    def redo(self) -> None:
        self.in_turn(lambda: self._on_labelling(lambda labelling: labelling.redo()))

    def _tell_walk(self, before: int, after: int) -> None:
        labelling = self._window.session.labelling
        if labelling is not None:
            steps = labelling.history.steps[min(before, after) : max(before, after)]
            what = steps[0].title if len(steps) == 1 else f"{len(steps)} steps"
            self._window.tell(f"{'Undid' if after < before else 'Redid'} {what}")

    def new_instance(self) -> None:
        def create(labelling: Labelling) -> None:
            if labelling.brush.layer is LabelLayer.INSTANCE:
                labelling.create_instance()
            else:
                self._window.tell("New instances are made in the instance layer (Y switches the layer)")

        self.in_turn(lambda: self._on_labelling(create))

    def use_pen(self) -> None:
        self._set_brush(tool="pen")

    def use_line(self) -> None:
        self._set_brush(tool="line")

    def use_rectangle(self) -> None:
        self._set_brush(tool="rectangle")

    def use_eyedropper(self) -> None:
        self._set_brush(tool="eyedropper")

    def use_lasso(self) -> None:
        self._set_brush(tool="lasso")

    def toggle_sticky(self) -> None:
        self._window.scene_view.sticky_paint = not self._window.scene_view.sticky_paint
        self.picking.about_to_label()
        self._window.tell(
            "Left drag paints; Q returns to orbiting"
            if self._window.scene_view.sticky_paint
            else "Left drag orbits"
        )

    def toggle_erase(self) -> None:
        self.in_turn(lambda: self._on_labelling(lambda one: one.set_brush(erase=not one.brush.erase)))

    def toggle_unique(self) -> None:
        self.in_turn(lambda: self._on_labelling(lambda one: one.set_brush(unique=not one.brush.unique)))

    def switch_layer(self) -> None:
        def switch(labelling: Labelling) -> None:
            is_class = labelling.brush.layer is LabelLayer.SEMANTIC
            labelling.set_brush(layer=LabelLayer.INSTANCE if is_class else LabelLayer.SEMANTIC)

        self.in_turn(lambda: self._on_labelling(switch))

    def _set_brush(self, **changes: object) -> None:
        self.in_turn(lambda: self._on_labelling(lambda labelling: labelling.set_brush(**changes)))

    def _on_labelling(self, call: Callable[[Labelling], object]) -> None:
        labelling = self._window.session.labelling
        if labelling is None:
            self._tell_why_not()
            return
        try:
            call(labelling)
        except ViewerError as error:
            self._window.banners.show_error(error)

    # what the brush looks like elsewhere

    def _show_tool(self) -> None:
        labelling = self._window.session.labelling
        tool = "none" if labelling is None else labelling.brush.tool
        self._window.scene_view.stroke_shape = SHAPES.get(tool, "pen")

    def show_brush(self, table: ActionSet) -> None:
        """Tick the commands that say what the brush is."""
        labelling = self._window.session.labelling
        table["sticky_paint"].setChecked(self._window.scene_view.sticky_paint)
        if labelling is None:
            return
        brush = labelling.brush
        for tool in ("pen", "line", "rectangle", "eyedropper", "lasso"):
            table[f"tool_{tool}"].setChecked(brush.tool == tool)
        table["erase"].setChecked(brush.erase)
        table["unique"].setChecked(brush.unique)
