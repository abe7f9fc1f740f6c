"""What a running job sees of the world: a place to report to, and a place to be stopped at."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from viewer.errors import Cancelled

__all__ = ["Cancelled", "Progress", "Step"]


@dataclass(frozen=True, slots=True)
class Step:
    """How far a job is: `done` of `total` (0 when unknown) and what it is doing."""

    done: int
    total: int
    text: str


class Progress:
    """Handed to every job; `step` reports and is where cancellation happens.

    Call it at least every 100 ms. Thread-safe.
    """

    def __init__(self, report: Callable[[Step], None] | None = None) -> None:
        self._report = report
        self._stop = threading.Event()

    @classmethod
    def silent(cls) -> Progress:
        """A progress nobody listens to, for tests and scripts."""
        return cls()

    @property
    def is_cancelled(self) -> bool:
        return self._stop.is_set()

    def cancel(self) -> None:
        """Ask the job to stop at its next step."""
        self._stop.set()

    def check(self) -> None:
        """Raise `Cancelled` when asked to stop."""
        if self._stop.is_set():
            raise Cancelled

    def step(self, done: int, total: int = 0, text: str = "") -> None:
        """Report `done` of `total`; raises `Cancelled` when asked to stop."""
        self.check()
        if self._report is not None:
            self._report(Step(done, total, text))

    def quiet(self) -> Progress:
        """A view on this progress that reports nothing; cancelling either cancels both."""
        inner = Progress()
        inner._stop = self._stop
        return inner

    def part(self, first: int, last: int, total: int) -> Progress:
        """A view on this progress for a sub-task that fills the range first..last of total.

        Cancelling either cancels both, for they share one flag.
        """
        outer = self

        def relay(step: Step) -> None:
            share = step.done / step.total if step.total else 0.0
            outer.step(round(first + share * (last - first)), total, step.text)

        inner = Progress(relay)
        inner._stop = self._stop
        return inner
