"""Everything about boxes in the window that has no panel of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from viewer.app.box_table import write_box_csv
from viewer.ui.box_display import BoxDisplay
from viewer.ui.box_hint import BoxHint
from viewer.ui.box_making import BoxMaking
from viewer.ui.box_overlay import BoxOverlay
from viewer.ui.panels.box_list import BoxList

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow


class Boxes:
    """What is shown of the boxes, how they are made anew, and the words beside the pointer."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.display = BoxDisplay(window)
        self.making = BoxMaking(window)
        self.hint = BoxHint(window)
        self.overlay = BoxOverlay(window, self.display)  # over the image panes

    def serve(self, panel: BoxList) -> None:
        """Do what the list of boxes asks for, and list the kind that is drawn."""
        window = self._window
        panel.focus_box_requested.connect(window.viewing.focus_box)
        panel.focus_requested.connect(window.viewing.focus_on)
        panel.recompute_asked.connect(self.making.refresh)
        panel.export_asked.connect(self._export)
        window.layer_styles.changed.connect(
            lambda key: panel.show_kind(self.display.style.kind) if key == "boxes" else None
        )

    def _export(self, path: Path, text: str) -> None:
        window = self._window
        window.runner.start(
            window.runner.export_lane,
            lambda _progress: write_box_csv(path, text),
            title="Writing the table of boxes",
            done=lambda _none: window.tell(f"Boxes written to {path}"),
            failed=window.opening.explain,
        )
