"""Starts jobs on lanes and brings what they say back to the main thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from viewer.jobs.job import Progress, Step
from viewer.jobs.lanes import Job, Lane, Queueing

T = TypeVar("T")
log = logging.getLogger(__name__)


class JobRunner(QObject):
    """Owns the lanes of the window.

    `done`, `failed`, `cancelled` and `step` given to `start` are always called on the main thread.
    """

    started = Signal(object)  # Job
    stepped = Signal(object, object)  # Job, Step
    ended = Signal(object)  # Job
    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.scene_lane = Lane("scene", queueing=Queueing.LATEST_ONLY)
        self.detail_lane = Lane("detail", queueing=Queueing.LATEST_ONLY, steps_back=True)
        self.frame_lane = Lane("frames", workers=4, queueing=Queueing.NEWEST_FIRST)
        self.compute_lane = Lane("compute", queueing=Queueing.IN_ORDER, steps_back=True)
        self.paint_lane = Lane("paint", queueing=Queueing.IN_ORDER)
        self.save_lane = Lane("save", queueing=Queueing.IN_ORDER)
        self.export_lane = Lane("export", queueing=Queueing.IN_ORDER, steps_back=True)
        self._lanes = (
            self.scene_lane,
            self.detail_lane,
            self.frame_lane,
            self.compute_lane,
            self.paint_lane,
            self.export_lane,
            self.save_lane,  # the last one to be closed: it may take what time it needs
        )
        self._is_closed = False
        self._undelivered = 0
        self._waiting: set[Job[Any]] = set()
        self._counting = threading.Lock()
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def start(
        self,
        lane: Lane,
        work: Callable[[Progress], T],
        *,
        title: str,
        key: object = None,
        is_shown: bool = True,
        waits: bool = False,
        done: Callable[[T], None] | None = None,
        failed: Callable[[BaseException], None] | None = None,
        cancelled: Callable[[], None] | None = None,
        step: Callable[[Step], None] | None = None,
    ) -> Job[T]:
        """Queue `work` on a lane; the listeners hear of it on the main thread.

        With `waits` the work waits for something first, and counts as started from its first step on.
        """
        job: Job[T] = Job(work, title, key, is_shown)
        job.progress = Progress(lambda now: self._post(lambda: self._tell_step(job, step, now)))
        job.on_done = lambda result: self._post(lambda: self._end(job, done, result))
        job.on_failed = lambda error: self._post(lambda: self._fail(job, failed, error))
        job.on_cancelled = lambda: self._post(lambda: self._end(job, cancelled))
        if waits:
            self._waiting.add(job)
        else:
            self.started.emit(job)
        return lane.submit(job)

    def post(self, call: Callable[[], None]) -> None:
        """Run `call` on the main thread soon; safe from any thread."""
        self._post(call)

    def close(self, timeout_s: float = 2.0) -> bool:
        """Refuse new jobs, cancel what can be cancelled, finish saving; True when all stopped in time."""
        self._is_closed = True
        for lane in self._lanes:
            if lane is not self.save_lane:
                lane.cancel_all()
        stopped = [lane.close(timeout_s) for lane in self._lanes]
        return all(stopped)

    @property
    def is_idle(self) -> bool:
        """True when no job waits or runs, and everything that jobs said has been heard."""
        # in this order: a job ends after what it has to say is on its way
        return all(lane.is_idle for lane in self._lanes) and not self._undelivered

    def call_off_computing(self) -> None:
        """Drop and stop what is computed from the open scene, which is being left."""
        self.compute_lane.cancel_all()
        self.detail_lane.cancel_all()

    def _post(self, call: Callable[[], None]) -> None:
        if not self._is_closed:
            self._count(1)
            self._arrived.emit(call)

    def _count(self, change: int) -> None:
        with self._counting:
            self._undelivered += change

    @Slot(object)
    def _deliver(self, call: Callable[[], None]) -> None:
        self._count(-1)
        if not self._is_closed:
            call()

    def _tell_step(self, job: Job[Any], step: Callable[[Step], None] | None, now: Step) -> None:
        if job in self._waiting:
            self._waiting.remove(job)
            self.started.emit(job)
        self.stepped.emit(job, now)
        if step is not None:
            step(now)

    def _end(self, job: Job[Any], listener: Callable[..., None] | None, *what: Any) -> None:
        self._tell_end(job)
        if listener is not None:
            listener(*what)

    def _fail(
        self, job: Job[Any], failed: Callable[[BaseException], None] | None, error: BaseException
    ) -> None:
        self._tell_end(job)
        if failed is not None:
            failed(error)
        else:
            log.error("%s failed", job.title, exc_info=error)

    def _tell_end(self, job: Job[Any]) -> None:
        if job in self._waiting:
            self._waiting.remove(job)
        else:
            self.ended.emit(job)
