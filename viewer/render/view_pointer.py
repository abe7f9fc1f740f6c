"""The pointer's half of the 3D view: what a press means, and who hears of the pointer at rest."""

from __future__ import annotations

from numpy.typing import ArrayLike

from viewer.render.canvas_events import CanvasEvents
from viewer.render.pointer import Pointer
from viewer.render.view_marks import ViewMarks


class ViewPointer(ViewMarks):
    """Strokes, clicks and hovering. `SceneView` gives it a canvas."""

    _pointer: Pointer
    _events: CanvasEvents

    def __init__(self, up: ArrayLike) -> None:
        super().__init__(up)
        self.sticky_paint = False
        """Paint without Shift held."""

    def paints(self, modifiers: frozenset[str]) -> bool:
        """True when a left press begins a stroke."""
        return "shift" in modifiers or (self.sticky_paint and "control" not in modifiers)

    def begin_stroke(self) -> None:
        """The camera stands still while a stroke lasts."""
        self.navigator.stop()
        self.navigator.release_all()
        self.redraw_flat()

    def end_stroke(self) -> None:
        """Take the outline of a stroke away, which has done what it does or was called off."""
        if self._picture.is_complete:  # else the picture under way comes without it
            self.redraw_flat()

    @property
    def is_held(self) -> bool:
        """True while a button is down: the camera is in the user's hand, or must stand still for a stroke."""
        return self._pointer.is_busy

    def cancel_stroke(self) -> bool:
        """Call a stroke in progress off; True when there was one."""
        return self._pointer.cancel_stroke()

    def pointer_moved(self, at: tuple[int, int]) -> None:
        """The pointer moved with no button held."""
        self.navigator.forget_wheel()
        self._events.wait_for_rest(at)

    def _tell_rest(self, at: tuple[int, int] | None) -> None:
        if at is None:
            self.pointer_rested.emit(None)
        elif not self.navigator.is_moving:
            self.finishing.pick(at, self.pointer_rested.emit, is_lasting=False)
