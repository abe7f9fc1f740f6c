"""One long piece of work in a turn of the event loop: whoever waits for an answer waits for one only."""

from __future__ import annotations

from collections.abc import Callable

from vispy import app

from viewer.render.timers import make_timer, restart

PAUSE_SECONDS = 0.001


class Turns:
    """Whose turn it is among some timers: those that are due fire in the same turn, one after the other."""

    def __init__(self) -> None:
        self._timers: list[app.Timer] = []
        self._paused: set[app.Timer] = set()
        self._waited: set[app.Timer] = set()  # these gave up their turn to the last painting
        self._next: app.Timer | None = None
        self._is_new = False
        self.is_painted = False
        """True when the window was painted in this turn: another painting belongs into the next one."""
        self._turn_timer = make_timer(PAUSE_SECONDS, self._end_turn, once=True)

    def timer(self, work: Callable[[], None]) -> app.Timer:
        """A stopped timer that does one piece of work after the other, each in a turn of its own."""

        def fire() -> None:
            if not self._may_go(timer):
                return
            try:
                work()
            finally:
                if timer.running:
                    restart(timer)  # it was due again before this piece ended: in this very turn, then

        timer = make_timer(PAUSE_SECONDS, fire)
        self._timers.append(timer)
        return timer

    def painted(self) -> None:
        """The window was painted: that was long, and the timers fire in the same turn.

        They wait for the next one, but not for a painting in each: somebody may be moving the view.
        """
        self._paused.update(timer for timer in self._timers if timer not in self._waited)
        self.is_painted = True
        restart(self._turn_timer)

    def stop(self) -> None:
        """Nothing happens by itself any more."""
        self._turn_timer.stop()

    def _end_turn(self) -> None:
        self.is_painted = False

    def _may_go(self, timer: app.Timer) -> bool:
        if timer in self._paused:
            self._paused.discard(timer)
            self._waited.add(timer)
            return False
        others = [other for other in self._timers if other is not timer and other.running]
        if self._next in others:
            return False
        if others:
            if self._is_new:
                # most likely the one before it went in this very turn
                self._is_new = False
                return False
            self._next, self._is_new = others[0], True
        self._waited.discard(timer)
        return True
