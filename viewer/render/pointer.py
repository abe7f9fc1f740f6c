"""Mouse and keys of the 3D view, in physical pixels: who is meant, the camera, a click or a stroke."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from viewer.render.id_buffer import PointerHit
from viewer.render.navigator import FLY_KEYS
from viewer.render.strokes import Stroke, StrokeRecorder

if TYPE_CHECKING:
    from viewer.render.scene_view import SceneView

BUTTONS = {1: "left", 2: "right", 3: "middle"}
CLICK_SLACK_PX = 4
"""A press that wanders less than this, in logical pixels, is a click."""


def modifier_names(keys: Iterable[Any]) -> frozenset[str]:
    """`shift`, `control`, `alt`, `meta`."""
    return frozenset(key.name.lower() for key in keys)


class Pointer:
    """Follows one press from down to up and tells the view what it meant."""

    def __init__(self, view: SceneView) -> None:
        self._view = view
        self._press: tuple[int, int] | None = None
        self._button = ""
        self._modifiers: frozenset[str] = frozenset()
        self._is_drag = False
        self._recorder: StrokeRecorder | None = None

    @property
    def is_busy(self) -> bool:
        return self._press is not None

    @property
    def stroke(self) -> StrokeRecorder | None:
        """The stroke in progress."""
        return self._recorder

    def press(self, at: tuple[int, int], button: int, modifiers: frozenset[str]) -> None:
        view = self._view
        if self._press is not None:
            # a second button during a stroke calls it off, as in most drawing programs
            self.cancel_stroke()
            return
        self._press, self._button, self._modifiers = at, BUTTONS.get(button, ""), modifiers
        self._is_drag = False
        if self._button == "left" and view.paints(modifiers):
            self._recorder = StrokeRecorder(at, view.size)
            view.begin_stroke()
            view.stroke_started.emit(self._recorder.path)

    def move(self, at: tuple[int, int]) -> None:
        view = self._view
        if self._recorder is not None:
            if self._recorder.move(at):
                view.stroke_moved.emit(self._recorder.path)
                view.redraw_flat()
            return
        if self._press is None:
            view.pointer_moved(at)
            return
        if not self._is_drag:
            if max(np.abs(np.subtract(at, self._press))) < CLICK_SLACK_PX * view.pixel_scale:
                return
            self._is_drag = True
            view.leave_look_through()
            view.navigator.grab(*self._press)
        if self._button == "left":
            view.navigator.orbit_to(*at)
        else:
            view.navigator.pan_to(*at)
        view.camera_moved()

    def release(self, at: tuple[int, int], button: int) -> None:
        view = self._view
        if self._press is None or BUTTONS.get(button, "") != self._button:
            return
        press, recorder = self._press, self._recorder
        self._press = self._recorder = None
        if recorder is not None:
            view.stroke_finished.emit(Stroke(recorder.path, self._button, self._modifiers))
        elif not self._is_drag:
            self._click(press)
        view.pointer_moved(at)

    def _click(self, at: tuple[int, int]) -> None:
        view = self._view
        if self._button == "right":
            if "shift" in self._modifiers:
                view.new_instance_requested.emit()
            return
        if self._button != "left":
            return
        modifiers = self._modifiers
        view.finishing.pick(at, lambda hit: self._clicked(hit, modifiers), is_lasting=True)

    def _clicked(self, hit: PointerHit, modifiers: frozenset[str]) -> None:
        view = self._view
        if hit.kind == "frustum":
            frame = view.frame_of_frustum(hit.index)
            if frame is not None:
                view.frustum_clicked.emit(frame.camera, frame.frame)
        view.clicked.emit(hit, modifiers)

    def cancel_stroke(self) -> bool:
        """Call the stroke in progress off; True when there was one."""
        if self._recorder is None:
            return False
        self._recorder = self._press = None
        self._view.end_stroke()
        self._view.stroke_cancelled.emit()
        return True

    def double_click(self, at: tuple[int, int], button: int, modifiers: frozenset[str]) -> None:
        """Focus what was hit; where a press would paint, it is a press like any other."""
        view = self._view
        if BUTTONS.get(button) != "left" or view.paints(modifiers):
            self.press(at, button, modifiers)
            return
        view.finishing.pick(at, self._double_clicked, is_lasting=False)

    def _double_clicked(self, hit: PointerHit) -> None:
        view = self._view
        if hit.world is not None:
            view.focus_on(hit.world, None)
        view.double_clicked.emit(hit)

    def wheel(self, at: tuple[int, int], notches: float, modifiers: frozenset[str]) -> bool:
        """Dolly; a wheel with Ctrl or Alt belongs to whoever listens to `wheel_with_modifier`."""
        view = self._view
        if modifiers & {"control", "alt"}:
            view.wheel_with_modifier.emit(notches, modifiers)
            return True
        if self._recorder is None and notches:
            view.leave_look_through()
            view.navigator.dolly(*at, notches)
            view.camera_moved()
        return True

    def key_press(self, name: str, modifiers: frozenset[str]) -> bool:
        """True when the key was meant for the camera, or called a stroke off."""
        view = self._view
        if name == "Escape":
            return self.cancel_stroke()
        if modifiers - {"shift"} or self._recorder is not None:
            return False
        if name in FLY_KEYS:
            view.leave_look_through()
        used = view.navigator.press_key(name, shift="shift" in modifiers)
        if used and name in FLY_KEYS:
            view.start_motion()
        elif used:
            view.speed_changed.emit(view.navigator.speed)
        return used

    def key_release(self, name: str, modifiers: frozenset[str]) -> bool:
        return self._view.navigator.release_key(name, shift="shift" in modifiers)
