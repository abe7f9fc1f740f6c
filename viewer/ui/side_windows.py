"""Opens the windows beside the main one. Each is imported only when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow


class SideWindows(QObject):
    """Inventory, settings, keys, guide, about."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def inventory(self) -> None:
        from viewer.ui.dialogs.inventory import InventoryDialog

        session = self._window.session
        if session.scene is not None:
            InventoryDialog(session.scene, self._window, lenses=session.lenses).show()

    def settings(self) -> None:
        from viewer.ui.dialogs.settings import SettingsDialog

        dialog = SettingsDialog(self._window.settings, self._window)
        dialog.changed.connect(self._window.change_settings)
        dialog.show()

    def shortcuts(self) -> None:
        from viewer.ui.dialogs.shortcuts import ShortcutsDialog

        ShortcutsDialog(self._window.actions_table.commands, self._window).show()

    def guide(self) -> None:
        from viewer.ui.dialogs.guide import GuideDialog

        GuideDialog("labelling", self._window).show()

    def about(self) -> None:
        from viewer.ui.dialogs.about import AboutDialog

        AboutDialog(self._window.scene_view.gl_info(), self._window).show()
