"""Waiting for the disk on a thread of its own, so that nobody else has to."""

from __future__ import annotations

import contextlib
import os
import threading


class DiskSync:
    """After every write, asks the system to bring an open file to the disk.

    Writes that come while it does share the next turn.
    """

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._using = threading.Lock()
        self._handle: int | None = None
        self._wanted = 0
        self._done = 0
        self._stopped = False
        self._thread: threading.Thread | None = None

    def sync(self) -> None:
        """Something was written; returns at once."""
        with self._news:
            self._wanted += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="journal-sync", daemon=True)
                self._thread.start()
            self._news.notify_all()

    def use(self, handle: int | None) -> None:
        """From now on, this file; the one before it may be closed when this returns."""
        with self._using:
            self._handle = handle

    def wait(self, timeout_s: float) -> bool:
        """Wait until all that was written by now is on the disk; False when that takes too long."""
        with self._news:
            wanted = self._wanted
            return self._news.wait_for(lambda: self._done >= wanted, timeout_s)

    def stop(self) -> None:
        """End the thread, after what it is doing."""
        with self._news:
            self._stopped = True
            self._news.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _serve(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._stopped or self._done < self._wanted)
                if self._stopped and self._done >= self._wanted:
                    return
                wanted = self._wanted
            # A disk that cannot be synced is still written to: the next write tells if that fails as well.
            with self._using, contextlib.suppress(OSError):
                if self._handle is not None:
                    os.fsync(self._handle)
            with self._news:
                self._done = wanted
                self._news.notify_all()
