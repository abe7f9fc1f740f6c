"""How long a picture that is drawn takes into the window, where it is laid together with all else."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

_SHARE_OF_LAST = 0.3


class Composition:
    """Measures a canvas's native widget, of toolkits that say when they are done."""

    def __init__(self, native: Any) -> None:
        self.seconds = 0.0
        """What it took lately; 0 = not known."""
        self._began_at: float | None = None
        self._told = getattr(native, "frameSwapped", None)
        if self._told is not None:
            self._told.connect(self._ended)

    def begins(self) -> None:
        """A picture was drawn."""
        self._began_at = time.perf_counter()

    def stop(self) -> None:
        """The widget is about to go."""
        told, self._told = self._told, None
        if told is not None:
            with suppress(RuntimeError):  # it has gone already
                told.disconnect(self._ended)

    def _ended(self) -> None:
        if self._began_at is None:
            return
        took, self._began_at = time.perf_counter() - self._began_at, None
        self.seconds += (took - self.seconds) * (_SHARE_OF_LAST if self.seconds else 1.0)
