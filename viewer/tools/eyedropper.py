"""Eyedropper: the label of the object under the last position becomes the current one."""

from __future__ import annotations

from typing import Final

from viewer.tools.tool import Gesture, Outcome, TakeLabel


class Eyedropper:
    key: Final = "eyedropper"
    title: Final = "Eyedropper"
    shortcut: Final = "4"
    icon: Final = "eyedropper"
    hint: Final = "Click an object to take its label."

    def finish(self, gesture: Gesture) -> Outcome:
        if not len(gesture.path):
            return None
        x, y = gesture.path[-1].tolist()
        return TakeLabel(x, y)
