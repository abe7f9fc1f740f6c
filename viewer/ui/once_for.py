"""What was done once for a scene or a mesh, without keeping that in memory after it was closed."""

from __future__ import annotations

from weakref import ref


class OnceFor:
    """Remembers the last thing that something was done for; that may go meanwhile."""

    def __init__(self) -> None:
        self._last: ref[object] | None = None

    def is_done(self, thing: object) -> bool:
        """True when this very thing was noted last."""
        return self._last is not None and self._last() is thing

    def note(self, thing: object) -> None:
        """It is done for this one, and for no other."""
        self._last = ref(thing)

    def undo(self) -> None:
        """It is done for none."""
        self._last = None
