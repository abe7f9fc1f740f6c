"""Records what is done in the window as a session that `replay` repeats."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.app.brush import Brush
from viewer.app.deeds import Deed, InstancesCounted, InstanceStyled, LabelsReplaced, StepDone, WentTo
from viewer.app.labelling import Labelling, first_class
from viewer.app.original_camera import FOV_Y_DEGREES
from viewer.app.original_undo import OriginalUndo
from viewer.app.painting import RayPicker
from viewer.app.session_file import Action, RecordedSession, RecordedStep, write_session
from viewer.app.session_player import FILTERS, LAYERS, PREFERS, name_in
from viewer.app.strokes import Stroking
from viewer.model.camera import Camera
from viewer.model.labels import LabelEdit

LOOK_AT_UNITS = 100.0
"""How far in front of the eye the look-at point is written; only the direction matters."""


class SessionRecorder:
    """Follows a labelling from its creation on; `session` is what has happened since.

    A session that the original tool could have made has its actions, but for the camera: that is written as
    the original's and once more with all its digits. What the tool cannot do is written as actions of ours.
    """

    def __init__(self, labelling: Labelling, window: tuple[int, int], name: str = "") -> None:
        self._labelling = labelling
        self._window = window
        self._name = name
        self._actions: list[Action] = []
        self._told: dict[str, Action] = {}  # the last action of a kind, where it describes a state
        self._brush = Brush(class_id=first_class(labelling.table))  # as the replay has it by now
        self._undo = OriginalUndo()
        self._first_position = labelling.history.position
        self._position = 0
        self._in_step = True
        self._stroke_follows = False
        self._begin()
        labelling.stroke_begins.connect(self._note_stroke)
        labelling.deed_done.connect(self._note_deed)

    @property
    def session(self) -> RecordedSession:
        """What was recorded; the last step tells the labels it led to, so that a replay can be checked."""
        labels = self._labelling.labels
        end = {
            "n_instance_descs": self._labelling.instances.count,
            "si": labels.semantic.tolist(),
            "sii": labels.instance.tolist(),
        }
        steps = [RecordedStep(action) for action in self._actions]
        if steps:
            steps[-1] = RecordedStep(steps[-1].action, end)
        return RecordedSession(self._window, tuple(steps), FOV_Y_DEGREES, self._name)

    def write(self, path: Path) -> None:
        """Write what was recorded so far. Raises SaveError."""
        write_session(path, self.session)

    def stop(self) -> None:
        """Record nothing more."""
        self._labelling.stroke_begins.disconnect(self._note_stroke)
        self._labelling.deed_done.disconnect(self._note_deed)

    def _begin(self) -> None:
        labels, count = self._labelling.labels, self._labelling.instances.count
        if count > 1 or (labels.semantic != -1).any() or (labels.instance != -1).any():
            self._begin_with_labels()

    def _note_stroke(self, stroke: Stroking) -> None:
        if not len(stroke.gesture.path):
            return
        self._note_brush()
        self._note_locks()
        result, picker = stroke.result, stroke.picker
        if isinstance(picker, RayPicker):
            self._note_view(picker)
            self._actions.append(("drag", *stroke.gesture.path.reshape(-1).tolist()))
        else:
            self._actions.append(("hit", *result.hit_objects.tolist()))
        if result.taken is not None:
            self._brush = self._brush.with_current_id(result.taken)
        if result.new_instances:
            newest = self._labelling.instances.count + result.new_instances
            self._brush = replace(self._brush, instance_id=newest)
        self._stroke_follows = result.edit is not None
        if result.is_stroke:
            self._undo.done(self._position, self._position + int(self._stroke_follows))

    def _note_deed(self, deed: Deed) -> None:
        match deed:
            case StepDone(step):
                if not self._stroke_follows:
                    self._note_step(step.title, step.instance_count, step.edits)
                    self._undo.done(self._position, self._position + 1)
                self._stroke_follows = False
                self._position += 1
            case WentTo(position, edits):
                self._note_jump(position - self._first_position, edits)
            case InstancesCounted(count, restarted):
                self._actions.append(("ids", count) if restarted else ("new_sii",))
                self._brush = replace(self._brush, instance_id=count)
            case LabelsReplaced():
                self._position, self._first_position = 0, self._labelling.history.position
                self._in_step = True
                self._undo.forget()
                self._begin_with_labels()
            case InstanceStyled():
                pass  # neither the format nor the labels know of colors

    def _begin_with_labels(self) -> None:
        labels = self._labelling.labels
        count = self._labelling.instances.count
        self._actions.append(("labels", count, labels.semantic.tolist(), labels.instance.tolist()))
        self._brush = replace(self._brush, instance_id=count)

    def _note_step(self, title: str, instance_count: int, edits: tuple[LabelEdit, ...]) -> None:
        written = [
            [name_in(LAYERS, edit.layer), edit.object_ids.tolist(), edit.after.tolist()] for edit in edits
        ]
        self._actions.append(("step", title, instance_count, *written))

    def _note_jump(self, position: int, edits: tuple[LabelEdit, ...]) -> None:
        """As undo or redo where the original could have done it."""
        self._in_step = self._in_step and position >= 0
        if not self._in_step:
            # It undid what was done before the recording; the replay has no such steps.
            self._note_step("Undo or redo", self._labelling.instances.count, edits)
            self._position += 1
            return
        for name, slot in (("undo", self._undo.undo_position), ("redo", self._undo.redo_position)):
            if slot == position:
                self._actions.append((name,))
                (self._undo.undo if name == "undo" else self._undo.redo)()
                break
        else:
            self._actions.append(("go_to", position))
            self._undo.forget()
        self._position = position

    def _note_brush(self) -> None:
        """Everything about the brush that has changed since the last stroke."""
        old, new = self._brush, self._labelling.brush
        notes: list[Action] = []
        if new.layer is not old.layer:
            notes.append(("layer", name_in(LAYERS, new.layer)))
        if new.tool != old.tool:
            notes.append(("tool", new.tool))
        if new.class_id != old.class_id:
            notes.append(("select_si", new.class_id))
        if new.instance_id != old.instance_id:
            notes.append(("select_sii", new.instance_id))
        if (new.erase, new.unique) != (old.erase, old.unique):
            notes.append(("erase", int(new.erase)) if not new.unique else ("unique", 1))
        if new.prefer is not old.prefer:
            notes.append(("prefer", name_in(PREFERS, new.prefer)))
        if new.select_through != old.select_through:
            notes.append(("through", int(new.select_through)))
        notes += _filter_notes(old, new)
        self._actions += notes
        self._brush = new

    def _note_locks(self) -> None:
        labelling = self._labelling
        self._tell("objects", ("lock", "objects", *labelling.locked_objects.tolist()))
        self._tell("classes", ("lock", "classes", *sorted(labelling.locked_classes)))

    def _note_view(self, picker: RayPicker) -> None:
        visible = picker.visible
        hidden = [] if visible is None else np.flatnonzero(~visible).tolist()
        self._tell("hide", ("hide", *hidden))
        clip = picker.clip
        self._tell("clip", ("clip",) if clip is None else ("clip", *clip.low.tolist(), *clip.high.tolist()))
        view = _view_action(picker.camera)
        if self._told.get("view") != view:
            self._told["view"] = view
            self._actions += [_camera_action(picker.camera), view]

    def _tell(self, kind: str, action: Action) -> None:
        """Write a state where it is another one than at last."""
        shortest = len(action) == (2 if action[0] == "lock" else 1)
        if self._told.get(kind, None if not shortest else action) != action:
            self._actions.append(action)
        self._told[kind] = action


def _filter_notes(old: Brush, new: Brush) -> list[Action]:
    """Turn off what is on no more, then turn on; so no opposite is cleared by the way."""
    changed = [
        (name, new.filters.is_on(which))
        for name, which in FILTERS.items()
        if new.filters.is_on(which) != old.filters.is_on(which)
    ]
    return [("only", name, int(on)) for name, on in sorted(changed, key=lambda change: change[1])]


def _camera_action(camera: Camera) -> Action:
    eye = camera.position
    forward = camera.world_from_cam[:3, 2]
    center = eye + forward * (LOOK_AT_UNITS / float(np.linalg.norm(forward)))
    return ("camera", *_digits(eye), *_digits(center))


def _view_action(camera: Camera) -> Action:
    lens = camera.lens
    rays: list[Any] = lens.ray_from_pixel.reshape(-1).tolist()
    return ("view", lens.width, lens.height, rays, camera.world_from_cam.reshape(-1).tolist())


def _digits(values: NDArray[np.float64]) -> list[float]:
    return [float(f"{value:.9g}") for value in values.tolist()]
