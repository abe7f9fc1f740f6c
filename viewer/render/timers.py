"""Timers that do not hide what goes wrong in them."""

from __future__ import annotations

from collections.abc import Callable

from vispy import app


def make_timer(seconds: float, call: Callable[[], None], *, once: bool = False) -> app.Timer:
    """A stopped timer; errors in `call` reach the program's own handler instead of vispy's log.

    One that fires `once` has stopped when it does, so `call` may start it again.
    """

    def fire(_event: object) -> None:
        if once:  # vispy's own count would swallow what is started within
            timer.stop()
        call()

    timer = app.Timer(seconds, fire)
    timer.events.ignore_callback_errors = False
    return timer


def restart(timer: app.Timer) -> None:
    """Let a timer count from now on."""
    timer.stop()
    timer.start()
