"""What a stroke would do, in words beside the pointer."""

from __future__ import annotations

from PySide6.QtCore import QPoint

from viewer.app.strokes import StrokeResult
from viewer.ui.pointer_hint import PointerHint


class StrokeHint(PointerHint):
    """Follows the pointer while a stroke lasts: what changes, and what stays or is lost."""

    def show_preview(
        self, result: StrokeResult | None, at: QPoint | None = None, *, is_partial: bool = False
    ) -> None:
        """Say what a stroke would do, beside a place of the window; None takes the hint away.

        `at` is where the pointer is unless given. `is_partial`: it will find more than what is seen.
        """
        if result is None:
            self.hide()
            return
        remarks = [result.remarks, "and what lies behind" if is_partial else ""]
        self.say(result.change or "Nothing to change", ", ".join(filter(None, remarks)), at)
