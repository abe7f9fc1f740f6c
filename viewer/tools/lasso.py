"""Lasso: everything inside the outline that was drawn."""

from __future__ import annotations

from typing import Final

from viewer.model.stroke import lasso_pixels
from viewer.tools.tool import Cover, Gesture, Outcome


class Lasso:
    key: Final = "lasso"
    title: Final = "Lasso"
    shortcut: Final = "5"
    icon: Final = "lasso"
    hint: Final = "Draw around the objects; the outline closes itself."

    def finish(self, gesture: Gesture) -> Outcome:
        return Cover(lasso_pixels(gesture.path)) if len(gesture.path) else None
