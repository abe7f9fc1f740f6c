"""Sending a scene to the graphics card in small steps, so that nothing else has to wait."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator

from viewer.render.targets import DRIVER_ERRORS
from viewer.render.turns import Turns
from viewer.render.visuals.sent_mesh import UPLOAD_BYTES

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
        turns: Turns | None = None,
    ) -> None:
        self._make_current = make_current
        self._show_progress = show_progress
        self._finished = finished
        self._failed = failed
        self._waiting: deque[Iterator[int]] = deque()
        self._shown_at = 0.0
        self._draw_seconds = 0.0
        self._has_news = False
        self._is_time_to_show = False
        self.keeps_picture = False
        """True until something of what is sent was told of: nothing else is worth a picture till then."""
        self._timer = (Turns() if turns is None else turns).timer(self._step)

    @property
    def is_busy(self) -> bool:
        return bool(self._waiting) or self._is_time_to_show

    def drew(self, seconds: float) -> None:
        """A picture took so long; those in between must not take most of the time."""
        self._draw_seconds = seconds

    def add(self, *uploads: Iterator[int]) -> None:
        self._waiting.extend(uploads)
        if not self._timer.running:
            self._shown_at = time.perf_counter()
            self._timer.start()

    def clear(self) -> None:
        self._waiting.clear()
        self._is_time_to_show = False

    def stop(self) -> None:
        self.clear()
        self._timer.stop()

    def run(self) -> None:
        """Send everything now."""
        for upload in self._waiting:
            for _ in upload:
                pass
        self._waiting.clear()

    def _step(self) -> None:
        if not self._make_current():
            return
        if self._is_time_to_show:
            # apart from sending: the picture that it leads to comes at once
            self._show()
            return
        started = time.perf_counter()
        try:
            self._send(started + STEP_SECONDS)
        except DRIVER_ERRORS as error:
            self.stop()
            self._failed(error)
            return
        pause = max(REDRAW_SECONDS, 4 * self._draw_seconds)
        is_late = self._has_news and started - self._shown_at > pause
        self._is_time_to_show = is_late or not self._waiting

    def _show(self) -> None:
        """Tell how far it got, and when it is done."""
        self._is_time_to_show = self._has_news = False
        self._shown_at = time.perf_counter()
        done = not self._waiting
        if done:
            self._timer.stop()
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
