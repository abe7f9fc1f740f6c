"""Everything about boxes in the window that has no panel of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viewer.ui.box_display import BoxDisplay
from viewer.ui.box_hint import BoxHint
from viewer.ui.box_making import BoxMaking

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow


class Boxes:
    """What is shown of the boxes, how they are made anew, and the words beside the pointer."""

    def __init__(self, window: MainWindow) -> None:
        self.display = BoxDisplay(window)
        self.making = BoxMaking(window)
        self.hint = BoxHint(window)
