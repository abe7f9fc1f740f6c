"""From the canvas's events to the pointer's: physical pixels, key names, noticing rest and leaving."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from vispy import app

from viewer.render.pointer import Pointer, modifier_names
from viewer.render.timers import make_timer, restart

REST_SECONDS = 0.03
LEAVE_SECONDS = 0.2


class CanvasEvents:
    """Listens to a canvas on behalf of a pointer."""

    def __init__(
        self,
        canvas: app.Canvas,
        pointer: Pointer,
        pixel_scale: Callable[[], float],
        rested: Callable[[tuple[int, int] | None], None],
    ) -> None:
        self._canvas = canvas
        self._pointer = pointer
        self._pixel_scale = pixel_scale
        self._rested = rested
        self._at: tuple[int, int] | None = None
        self._has_told = False
        self._rest_timer = make_timer(REST_SECONDS, self._rest, once=True)
        self._leave_timer = make_timer(LEAVE_SECONDS, self._watch_leaving)
        events = canvas.events
        events.mouse_press.connect(self._press)
        events.mouse_move.connect(self._move)
        events.mouse_release.connect(self._release)
        events.mouse_double_click.connect(self._double_click)
        events.mouse_wheel.connect(self._wheel)
        events.key_press.connect(self._key_press)
        events.key_release.connect(self._key_release)

    def stop(self) -> None:
        self._rest_timer.stop()
        self._leave_timer.stop()

    def place(self, event: Any) -> tuple[int, int]:
        """The physical pixel of an event; Qt's own position has the fractions that vispy's lacks."""
        native = event.native
        if hasattr(native, "position"):
            x, y = native.position().x(), native.position().y()
        else:
            x, y = event.pos[0], event.pos[1]
        scale = self._pixel_scale()
        return math.floor(x * scale), math.floor(y * scale)

    def wait_for_rest(self, at: tuple[int, int]) -> None:
        """The pointer is there and free; tell when it has stayed."""
        self._at = at
        restart(self._rest_timer)

    def _rest(self) -> None:
        if self._at is not None and not self._pointer.is_busy:
            self._has_told = True
            self._rested(self._at)
            if not self._leave_timer.running:
                self._leave_timer.start()

    def _watch_leaving(self) -> None:
        # vispy has no event for this
        if not self._canvas.native.underMouse() and not self._pointer.is_busy:
            self._leave_timer.stop()
            self._at = None
            if self._has_told:
                self._has_told = False
                self._rested(None)

    def _press(self, event: Any) -> None:
        self._pointer.press(self.place(event), event.button, modifier_names(event.modifiers))
        event.handled = True

    def _move(self, event: Any) -> None:
        # vispy drops moves that follow within 10 ms of another, which would thin out strokes
        self._canvas._backend._last_time = 0.0
        self._pointer.move(self.place(event))
        event.handled = True

    def _release(self, event: Any) -> None:
        self._pointer.release(self.place(event), event.button)
        event.handled = True

    def _double_click(self, event: Any) -> None:
        self._pointer.double_click(self.place(event), event.button, modifier_names(event.modifiers))
        event.handled = True

    def _wheel(self, event: Any) -> None:
        # Alt turns a wheel sideways in Qt
        notches = float(event.delta[1] or event.delta[0])
        event.handled = self._pointer.wheel(self.place(event), notches, modifier_names(event.modifiers))

    def _key_press(self, event: Any) -> None:
        self._handle_key(event, self._pointer.key_press)

    def _key_release(self, event: Any) -> None:
        self._handle_key(event, self._pointer.key_release)

    @staticmethod
    def _handle_key(event: Any, handler: Callable[[str, frozenset[str]], bool]) -> None:
        if event.key is None:
            return
        repeats = hasattr(event.native, "isAutoRepeat") and event.native.isAutoRepeat()
        event.handled = repeats or handler(event.key.name, modifier_names(event.modifiers))
