"""File > Open Recent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from pathlib import Path

    from viewer.ui.main_window import MainWindow


class RecentMenu(QMenu):
    """The scenes that were open last, latest first; those that are gone are grey."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__("Open &Recent", window)
        self._window = window
        window.menus["File"].insertMenu(window.actions_table["open_sample"], self)
        window.opening.recent_changed.connect(self._fill)
        self._fill()

    def _fill(self) -> None:
        self.clear()
        opening = self._window.opening
        recent = opening.recent()
        for path in recent:
            action = self.addAction(str(path))
            action.setData(path)
            action.triggered.connect(lambda _=False, p=path: opening.open_path(p))
        self.setEnabled(bool(recent))

    def grey_out(self, missing: set[Path]) -> None:
        """These are gone."""
        for action in self.actions():
            action.setEnabled(action.data() not in missing)
