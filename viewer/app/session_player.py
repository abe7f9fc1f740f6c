"""Plays recorded sessions through the very code the window uses, without a window."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.app.deeds import InstancesCounted, StepDone
from viewer.app.label_snapshot import LabelSnapshot
from viewer.app.labelling import Labelling
from viewer.app.original_camera import OriginalCamera, initial_distance
from viewer.app.original_undo import OriginalUndo
from viewer.app.painting import ImagePicker, Picker, RayPicker, visible_mask
from viewer.app.session_file import RecordedSession, RecordedStep
from viewer.errors import FormatError, LabelError
from viewer.geometry.ray_scene import RayScene
from viewer.model.camera import Camera, Lens
from viewer.model.clip_box import ClipBox
from viewer.model.filters import Filter, Prefer
from viewer.model.history import Step
from viewer.model.instances import InstanceIds
from viewer.model.label_table import LabelTable
from viewer.model.labels import LabelEdit, LabelLayer, ObjectLabels
from viewer.model.mesh import Mesh
from viewer.model.stroke import record
from viewer.tools.tool import Gesture

log = logging.getLogger(__name__)

LAYERS = {"si": LabelLayer.SEMANTIC, "sii": LabelLayer.INSTANCE}
PREFERS = {"object": Prefer.OBJECT, "sii": Prefer.INSTANCE, "si": Prefer.CLASS}
FILTERS = {
    "null_sii": Filter.NO_INSTANCE,
    "valid_sii": Filter.WITH_INSTANCE,
    "null_si": Filter.NO_CLASS,
    "valid_si": Filter.WITH_CLASS,
}
NAVIGATION = {"rotate", "translate", "scroll", "key", "reset_lookat"}
SAME_CAMERA_UNITS = 1e-3
"""How far the formulas may be from a recorded camera (4.1e-5 has been seen) before it is worth a warning."""


class SessionPlayer:
    """A labelling session driven by actions instead of a mouse; the state is the original tool's."""

    def __init__(
        self,
        mesh: Mesh,
        table: LabelTable,
        window: tuple[int, int],
        fov_y_degrees: float = 60.0,
        rays: RayScene | None = None,
    ) -> None:
        self.labelling = Labelling(ObjectLabels.none(mesh.object_count), table)
        vertices = mesh.exact_vertices()
        self.view = OriginalCamera.initial(vertices, *window, fov_y_degrees)
        self._far = np.float32(2.0 * initial_distance(vertices, *window, fov_y_degrees))
        self._rays = RayScene(mesh) if rays is None else rays
        self._undo = OriginalUndo()
        self._folders: dict[str, ObjectLabels] = {}
        self._camera: Camera | None = None  # instead of the view's
        self._hidden: NDArray[np.int64] = np.empty(0, np.int64)
        self._clip: ClipBox | None = None

    def run(self, session: RecordedSession) -> list[dict[str, Any]]:
        """Do all steps; the state after each. Raises FormatError for a step that makes no sense."""
        return [self.step(step, number) for number, step in enumerate(session.steps, 1)]

    def step(self, step: RecordedStep, number: int = 1) -> dict[str, Any]:
        """Do one step; the state after it."""
        name, *arguments = step.action
        handler: Callable[..., None] | None = getattr(self, f"_do_{name}", None)
        if handler is None:
            raise FormatError(f"step {number}: expected an action of a recorded session, found {name!r}")
        try:
            handler(*arguments)
        except (TypeError, ValueError, KeyError, IndexError) as error:
            shown = " ".join(str(part) for part in step.action)
            raise FormatError(f"step {number}: these arguments do not fit: {shown:.80}") from error
        if name in NAVIGATION:
            self._take_recorded_camera(step.state, number)
        return self.state

    @property
    def state(self) -> dict[str, Any]:
        """What the original tool would report."""
        labelling, brush = self.labelling, self.labelling.brush
        return {
            "semantic_id": brush.class_id,
            "semantic_instance_id": brush.instance_id,
            "n_instance_descs": labelling.instances.count,
            "can_undo": self._undo.can_undo,
            "can_redo": self._undo.can_redo,
            "eye": _shortest(self.view.eye),
            "center": _shortest(self.view.center),
            "dfar": _shortest(np.array([self._far]))[0],
            "layer": name_in(LAYERS, brush.layer),
            "tool": brush.tool,
            "erase": brush.erase,
            "unique": brush.unique,
            "prefer": name_in(PREFERS, brush.prefer),
            **{f"only_{name}": brush.filters.is_on(which) for name, which in FILTERS.items()},
            "si": labelling.labels.semantic.tolist(),
            "sii": labelling.labels.instance.tolist(),
        }

    def snapshot(self) -> LabelSnapshot:
        """What the original would save: as many instance colors as ids were created, whatever labels use."""
        snapshot = self.labelling.snapshot()
        return LabelSnapshot(snapshot.labels, snapshot.class_colors, self.labelling.instances.color_rows())

    # the view

    def _do_camera(self, ex: float, ey: float, ez: float, cx: float, cy: float, cz: float) -> None:
        self._look(OriginalCamera.at((ex, ey, ez), (cx, cy, cz), *self._window, self.view.fov_y_degrees))

    def _do_rotate(self, *numbers: float) -> None:
        self._look(self.view.rotated(_positions(numbers)))

    def _do_translate(self, *numbers: float) -> None:
        self._look(self.view.translated(_positions(numbers)))

    def _do_scroll(self, *deltas: float) -> None:
        for delta in deltas:
            self._look(self.view.scrolled(float(delta)))

    def _do_key(self, keys: str | int, times: int = 1) -> None:
        """Keys by letter or by character code."""
        letters = chr(keys) if isinstance(keys, int) else str(keys)
        for key in letters * int(times):
            self._look(self.view.key_pressed(key))

    def _do_reset_lookat(self) -> None:
        self._look(self.view.look_at_reset())

    def _do_view(self, width: int, height: int, rays: list[float], pose: list[float]) -> None:
        lens = Lens(int(width), int(height), np.array(rays, np.float64).reshape(3, 3))
        self._camera = Camera(lens, np.array(pose, np.float64).reshape(4, 4))

    def _do_hide(self, *object_ids: int) -> None:
        hidden = np.unique(np.array(object_ids, np.int64))
        self._hidden = hidden[(hidden >= 0) & (hidden < self.labelling.object_count)]

    def _do_clip(self, *corners: float) -> None:
        if corners:
            low, high = np.array(corners, np.float64).reshape(2, 3)
            self._clip = ClipBox(low, high)
        else:
            self._clip = None

    # the brush

    def _do_layer(self, name: str) -> None:
        self.labelling.set_brush(layer=LAYERS[name])

    def _do_tool(self, key: str) -> None:
        self.labelling.set_brush(tool=key)

    def _do_select_si(self, class_id: int) -> None:
        self.labelling.set_brush(class_id=int(class_id))

    def _do_select_sii(self, instance_id: int) -> None:
        self.labelling.set_brush(instance_id=int(instance_id))

    def _do_erase(self, on: int) -> None:
        self.labelling.set_brush(erase=bool(on), unique=False)

    def _do_unique(self, on: int) -> None:
        self.labelling.set_brush(unique=bool(on), erase=False)

    def _do_only(self, name: str, on: int) -> None:
        filters = self.labelling.brush.filters.turned(FILTERS[name], bool(on))
        self.labelling.set_brush(filters=filters)

    def _do_prefer(self, name: str) -> None:
        self.labelling.set_brush(prefer=PREFERS[name])

    def _do_through(self, on: int) -> None:
        self.labelling.set_brush(select_through=bool(on))

    # strokes

    def _do_drag(self, *numbers: float) -> None:
        lens = None if self._camera is None else self._camera.lens
        size = self._window if lens is None else (lens.width, lens.height)
        gesture = Gesture(record(*size, _positions(numbers)), frozenset({"shift"}))
        self._stroke(gesture, self._picker)

    def _do_right_drag(self, *_numbers: float) -> None:
        self.labelling.create_instance_in_layer()

    def _do_space(self) -> None:
        self.labelling.create_instance_in_layer()

    def _do_new_sii(self) -> None:
        self.labelling.create_instance()

    def _do_hit(self, *object_ids: int) -> None:
        """A stroke in an image, of which only what it hit is known."""
        image = np.array([object_ids], np.int32)
        gesture = Gesture(np.array([[0, 0], [max(len(object_ids) - 1, 0), 0]], np.int32))
        self._stroke(gesture, ImagePicker(image))

    def _stroke(self, gesture: Gesture, picker: Picker) -> None:
        before = self.labelling.history.position
        result = self.labelling.stroke(gesture, picker)
        if result.is_stroke:
            self._undo.done(before, self.labelling.history.position)

    def _do_step(self, title: str, instance_count: int, *edits: list[Any]) -> None:
        """Labels given otherwise than by a stroke: of each layer, the objects and what they get."""
        before = self.labelling.history.position
        made = []
        for layer, object_ids, values in edits:
            ids = np.array(object_ids, np.int64)
            edit = LabelEdit.assign(self.labelling.labels, LAYERS[layer], ids, np.array(values, np.int64))
            if edit is not None:
                made.append(edit)
        if made:
            self.labelling.repeat(StepDone(Step.of(str(title), made, int(instance_count))))
        self._undo.done(before, self.labelling.history.position)

    def _do_lock(self, kind: str, *ids: int) -> None:
        if kind == "objects":
            self.labelling.set_locked_objects(np.array(ids, np.int64))
        else:
            self.labelling.set_locked_classes(int(class_id) for class_id in ids)

    # history and files

    def _do_undo(self) -> None:
        position = self._undo.undo()
        if position is not None:
            self.labelling.go_to(position)

    def _do_redo(self) -> None:
        position = self._undo.redo()
        if position is not None:
            self.labelling.go_to(position)

    def _do_go_to(self, position: int) -> None:
        self.labelling.go_to(int(position))
        self._undo.forget()

    def _do_save(self, folder: str = "@alt") -> None:
        self._folders[folder] = self.labelling.labels.copy()

    def _do_load_segmentation(self, folder: str = "@alt") -> None:
        if folder in self._folders:
            self._load(self._folders[folder])

    def _do_labels(self, instance_count: int, si: list[int], sii: list[int]) -> None:
        """With what the recording began."""
        self.labelling.load_labels(ObjectLabels(si, sii), as_command=False)
        self.labelling.adopt_instances(InstanceIds(int(instance_count)))
        # the newest id is the current one, also where no label uses it any more
        self.labelling.set_brush(instance_id=self.labelling.instances.count)
        self._undo.forget()

    def _do_ids(self, instance_count: int) -> None:
        self.labelling.repeat(InstancesCounted(int(instance_count), restarted=True))

    def _load(self, labels: ObjectLabels) -> None:
        before = self.labelling.history.position
        try:
            self.labelling.load_labels(labels)
        except LabelError:
            return  # the original tool prints a message and goes on as if nothing had been asked
        self._undo.done(before, self.labelling.history.position)

    @property
    def _window(self) -> tuple[int, int]:
        return self.view.width, self.view.height

    @property
    def _picker(self) -> Picker:
        camera = self.view.camera if self._camera is None else self._camera
        visible = visible_mask(self.labelling.object_count, self._hidden)
        return RayPicker(self._rays, camera, visible, self._clip)

    def _look(self, view: OriginalCamera) -> None:
        self.view = view
        self._camera = None

    def _take_recorded_camera(self, state: Mapping[str, Any], number: int) -> None:
        """Go on from the camera the tool had, so that last-digit differences do not add up."""
        if "eye" not in state or "center" not in state:
            return
        seen = OriginalCamera.at(state["eye"], state["center"], *self._window, self.view.fov_y_degrees)
        off = max(
            float(np.abs(seen.eye - self.view.eye).max()), float(np.abs(seen.center - self.view.center).max())
        )
        if not off <= SAME_CAMERA_UNITS:
            log.warning("step %d: the recorded camera is %g units from the computed one", number, off)
        self._look(seen)


def _positions(numbers: tuple[float, ...]) -> list[tuple[int, int]]:
    if len(numbers) % 2:
        raise ValueError("positions come in pairs")
    return [(int(x), int(y)) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]


def _shortest(values: NDArray[np.float32]) -> list[float]:
    """Nine digits: enough to give back every float32."""
    return [float(f"{value:.9g}") for value in values.tolist()]


def name_in(names: Mapping[str, Any], value: object) -> str:
    """The word a session file has for a value."""
    return next(name for name, known in names.items() if known is value)
