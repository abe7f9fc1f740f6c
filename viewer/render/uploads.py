"""Sending a scene to the graphics card in small steps, so that nothing else has to wait."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator

from viewer.render.targets import DRIVER_ERRORS
from viewer.render.timers import make_timer
from viewer.render.visuals.mesh_buffers import UPLOAD_BYTES

STEP_SECONDS = 0.02
REDRAW_SECONDS = 0.25


def _nothing() -> None:
    """Where nobody needs to know."""


class UploadQueue:
    """Runs upload generators while all is idle; `make_current` says whether there is a context yet.

    A generator yields the bytes it has sent; 0 = it waits for something and is asked again in another turn.
    """

    def __init__(
        self,
        make_current: Callable[[], bool],
        failed: Callable[[Exception], None],
        show_progress: Callable[[], None] = _nothing,
        finished: Callable[[], None] = _nothing,
    ) -> None:
        self._make_current = make_current
        self._show_progress = show_progress
        self._finished = finished
        self._failed = failed
        self._waiting: deque[Iterator[int]] = deque()
        self._shown_at = 0.0
        self._draw_seconds = 0.0
        self._has_drawn = False
        self._has_news = False
        self.keeps_picture = False
        """True until something of what is sent was told of: nothing else is worth a picture till then."""
        self._timer = make_timer(0.001, self._step)

    @property
    def is_busy(self) -> bool:
        return bool(self._waiting)

    def drew(self, seconds: float) -> None:
        """A picture took so long; those in between must not take most of the time."""
        self._draw_seconds, self._has_drawn = seconds, True

    def add(self, *uploads: Iterator[int]) -> None:
        self._waiting.extend(uploads)
        if not self._timer.running:
            self._shown_at = time.perf_counter()
            self._timer.start()

    def clear(self) -> None:
        self._waiting.clear()

    def stop(self) -> None:
        self._waiting.clear()
        self._timer.stop()

    def run(self) -> None:
        """Send everything now."""
        for upload in self._waiting:
            for _ in upload:
                pass
        self._waiting.clear()

    def _step(self) -> None:
        if self._has_drawn:
            # a picture and a step in one turn would be too long for who waits for an answer
            self._has_drawn = False
            return
        if not self._make_current():
            return
        started = time.perf_counter()
        try:
            self._send(started + STEP_SECONDS)
        except DRIVER_ERRORS as error:
            self.stop()
            self._failed(error)
            return
        done = not self._waiting
        if done:
            self._timer.stop()
        pause = max(REDRAW_SECONDS, 4 * self._draw_seconds)
        if done or (self._has_news and started - self._shown_at > pause):
            self._shown_at, self._has_news = started, False
            self._show_progress()
            self.keeps_picture = False
        if done:
            self._finished()

    def _send(self, until: float) -> None:
        sent = 0
        while self._waiting and sent < UPLOAD_BYTES and time.perf_counter() < until:
            step = next(self._waiting[0], None)
            if step is None:
                self._waiting.popleft()
                continue
            if step == 0:
                return
            sent += step
            self._has_news = True
