"""Pen: everything under the line that was drawn."""

from __future__ import annotations

from typing import Final

from viewer.model.stroke import pen_pixels
from viewer.tools.tool import Cover, Gesture, Outcome


class Pen:
    key: Final = "pen"
    title: Final = "Pen"
    shortcut: Final = "1"
    icon: Final = "pen"
    hint: Final = "Draw over the objects."

    def finish(self, gesture: Gesture) -> Outcome:
        return Cover(pen_pixels(gesture.path)) if len(gesture.path) else None
