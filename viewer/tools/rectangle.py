"""Rectangle: everything in the box between press and release."""

from __future__ import annotations

from typing import Final

from viewer.model.stroke import rectangle_pixels
from viewer.tools.tool import Cover, Gesture, Outcome


class Rectangle:
    key: Final = "rectangle"
    title: Final = "Rectangle"
    shortcut: Final = "3"
    icon: Final = "rectangle"
    hint: Final = "Drag a box around the objects."

    def finish(self, gesture: Gesture) -> Outcome:
        return Cover(rectangle_pixels(gesture.path)) if len(gesture.path) else None
