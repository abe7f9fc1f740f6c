"""Line: everything under the straight line from press to release."""

from __future__ import annotations

from typing import Final

from viewer.model.stroke import line_pixels
from viewer.tools.tool import Cover, Gesture, Outcome


class Line:
    key: Final = "line"
    title: Final = "Line"
    shortcut: Final = "2"
    icon: Final = "line"
    hint: Final = "Drag a straight line across the objects."

    def finish(self, gesture: Gesture) -> Outcome:
        return Cover(line_pixels(gesture.path)) if len(gesture.path) else None
