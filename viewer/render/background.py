"""Computing beside the main thread what an upload needs, while pictures go on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")
_LOOK_SECONDS = 0.004


class Stopped(Exception):
    """Nobody waits for the result any more."""


class Background(Generic[T]):
    """Runs `work` in a thread of its own; `work` gets a function that raises `Stopped` when asked to end."""

    def __init__(self, work: Callable[[Callable[[], None]], T]) -> None:
        self._work = work
        self._is_stopped = threading.Event()
        self._is_done = threading.Event()
        self._result: T | None = None
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="faces", daemon=True)

    def waits(self) -> Iterator[None]:
        """Start, and yield until the result is there; the thread ends when the iterator is closed."""
        self._thread.start()
        try:
            while not self._is_done.wait(_LOOK_SECONDS):
                yield
        finally:
            self._is_stopped.set()

    @property
    def result(self) -> T:
        """What `work` returned; raises what it raised."""
        if self._error is not None:
            raise self._error
        if self._result is None:
            raise Stopped
        return self._result

    def _run(self) -> None:
        try:
            self._result = self._work(self._check)
        except Stopped:
            pass
        except Exception as error:  # noqa: BLE001 told on the main thread, where `result` is asked for
            self._error = error
        finally:
            self._is_done.set()

    def _check(self) -> None:
        if self._is_stopped.is_set():
            raise Stopped
