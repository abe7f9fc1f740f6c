"""Lanes: small thread pools, each with one rule about what happens to work that waits."""

from __future__ import annotations

import enum
import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from viewer.errors import Cancelled
from viewer.jobs.job import Progress, Step
from viewer.jobs.precedence import step_back

T = TypeVar("T")
log = logging.getLogger(__name__)


class Queueing(enum.Enum):
    """What a lane does with the jobs that wait."""

    IN_ORDER = "in order"
    """First come, first served; nothing is ever dropped (saving)."""
    LATEST_ONLY = "latest only"
    """A new job cancels the running one and drops those waiting (opening a scene)."""
    NEWEST_FIRST = "newest first"
    """The newest waiting job starts first; a job with the key of a waiting one replaces it (frames)."""


@dataclass(eq=False)
class Job(Generic[T]):
    """One piece of work on a lane, and who wants to hear of it. Callbacks run on the worker thread."""

    work: Callable[[Progress], T]
    title: str
    key: object = None
    is_shown: bool = True
    """False for small things that come and go by themselves, of which nobody wants to hear."""
    on_done: Callable[[T], None] | None = None
    on_failed: Callable[[BaseException], None] | None = None
    on_cancelled: Callable[[], None] | None = None
    on_step: Callable[[Step], None] | None = None
    progress: Progress = field(init=False)
    finished: threading.Event = field(init=False, default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.progress = Progress(self.on_step)

    def cancel(self) -> None:
        self.progress.cancel()

    def run(self) -> None:
        """Do the work and tell the outcome; the job boundary, so every exception ends here."""
        try:
            self.progress.check()
            result = self.work(self.progress)
            self.progress.check()
        except Cancelled:
            self._tell(self.on_cancelled)
        except Exception as error:  # noqa: BLE001 the job boundary: whatever it was, someone is told
            self._tell(self.on_failed, error)
        else:
            self._tell(self.on_done, result)
        finally:
            self._let_go()
            self.finished.set()

    def _let_go(self) -> None:
        """Keep nothing of what it was for: listeners that know their job would keep each other alive."""
        self.work = _is_over
        self.on_done = self.on_failed = self.on_cancelled = None

    def _tell(self, listener: Callable[..., None] | None, *what: Any) -> None:
        if listener is not None:
            listener(*what)


def _is_over(_progress: Progress) -> Any:
    raise RuntimeError("a job is run once")


class Lane:
    """A named executor with `workers` daemon threads and a queueing rule.

    Threads of one that `steps_back`, and those that its jobs start, let all others have the processor first.
    """

    def __init__(
        self,
        name: str,
        *,
        workers: int = 1,
        queueing: Queueing = Queueing.IN_ORDER,
        steps_back: bool = False,
    ) -> None:
        self.name = name
        self.queueing = queueing
        self._waiting: deque[Job[Any]] = deque()
        self._running: list[Job[Any]] = []
        self._wake = threading.Condition()
        self._closed = False
        self._steps_back = steps_back
        self._threads = [
            threading.Thread(target=self._serve, name=f"{name}-{k}", daemon=True) for k in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job[T]) -> Job[T]:
        """Queue a job by the lane's rule. After `close` it is cancelled at once."""
        dropped: list[Job[Any]] = []
        with self._wake:
            if self._closed:
                dropped.append(job)
            else:
                dropped += self._make_room(job)
                self._waiting.append(job)
                self._wake.notify()
        for lost in dropped:
            lost.cancel()
            lost.run()
        return job

    def _make_room(self, job: Job[Any]) -> list[Job[Any]]:
        if self.queueing is Queueing.LATEST_ONLY:
            dropped = list(self._waiting)
            self._waiting.clear()
            for running in self._running:
                running.cancel()
            return dropped
        if self.queueing is Queueing.NEWEST_FIRST and job.key is not None:
            dropped = [old for old in self._waiting if old.key == job.key]
            for old in dropped:
                self._waiting.remove(old)
            return dropped
        return []

    @property
    def is_idle(self) -> bool:
        with self._wake:
            return not self._waiting and not self._running

    def cancel_all(self) -> None:
        """Drop what waits and ask what runs to stop."""
        with self._wake:
            dropped = list(self._waiting)
            self._waiting.clear()
            for running in self._running:
                running.cancel()
        for job in dropped:
            job.cancel()
            job.run()

    def close(self, timeout_s: float = 2.0) -> bool:
        """Refuse new jobs, cancel, wait; True when every worker has stopped in time."""
        with self._wake:
            self._closed = True
            self._wake.notify_all()
        if self.queueing is not Queueing.IN_ORDER:
            self.cancel_all()
        for thread in self._threads:
            thread.join(timeout_s)
        return not any(thread.is_alive() for thread in self._threads)

    def _serve(self) -> None:
        if self._steps_back:
            step_back()
        while True:
            with self._wake:
                while not self._waiting and not self._closed:
                    self._wake.wait()
                if not self._waiting:
                    return
                take = self._waiting.pop if self.queueing is Queueing.NEWEST_FIRST else self._waiting.popleft
                job = take()
                self._running.append(job)
            try:
                job.run()
            except Exception:  # a listener's own fault must not end the lane
                log.exception("a listener of job %r failed", job.title)
            finally:
                with self._wake:
                    self._running.remove(job)
            del job  # and all it holds, perhaps a mesh: the next one may be long in coming
