"""Undo as the original annotation tool has it: one level, which every stroke takes.

A stroke replaces what can be undone even when it selected nothing, so this is kept beside the history rather
than derived from it.
"""

from __future__ import annotations


class OriginalUndo:
    """Which two positions of the history the tool's one undo would swap."""

    def __init__(self) -> None:
        self._before = 0
        self._after = 0
        self.can_undo = False
        self.can_redo = False

    def done(self, before: int, after: int) -> None:
        """A stroke, or a loading of labels, led from one position to another (or the same)."""
        self._before, self._after = before, after
        self.can_undo, self.can_redo = True, False

    @property
    def undo_position(self) -> int | None:
        """The position that undo goes to; None when it would do nothing."""
        return self._before if self.can_undo else None

    @property
    def redo_position(self) -> int | None:
        """The position that redo goes to; None when it would do nothing."""
        return self._after if self.can_redo else None

    def undo(self) -> int | None:
        """Undo, where that is possible; the position to go to."""
        position = self.undo_position
        if position is not None:
            self.can_undo, self.can_redo = False, True
        return position

    def redo(self) -> int | None:
        """Redo, where that is possible; the position to go to."""
        position = self.redo_position
        if position is not None:
            self.can_undo, self.can_redo = True, False
        return position

    def forget(self) -> None:
        """Something happened that the tool has no undo for."""
        self.can_undo = self.can_redo = False
