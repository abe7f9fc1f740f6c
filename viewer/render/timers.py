"""Timers that do not hide what goes wrong in them."""

from __future__ import annotations

from collections.abc import Callable

from vispy import app


def make_timer(seconds: float, call: Callable[[], None], *, once: bool = False) -> app.Timer:
    """A stopped timer; errors in `call` reach the program's own handler instead of vispy's log."""
    timer = app.Timer(seconds, lambda _event: call(), iterations=1 if once else -1)
    timer.events.ignore_callback_errors = False
    return timer


def restart(timer: app.Timer) -> None:
    """Let a timer count from now on."""
    timer.stop()
    timer.start()
