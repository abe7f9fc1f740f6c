"""Bookmarked views of a scene, and the way back from a jump."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSettings
from PySide6.QtGui import QAction

from viewer.render.orbit_camera import ViewState

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

HISTORY_LIMIT = 50


class Bookmarks(QObject):
    """Views kept per scene in the user's own settings, and a short history of views."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._menu = window.menus["View"].addMenu("Book&marks")
        self._history: list[ViewState] = []
        self._menu.setToolTipsVisible(True)
        window.session.scene_changed.connect(self._refill)
        self._refill()

    def add(self) -> None:
        """Keep the present view under the next number."""
        views = self._stored()
        views.append(self._window.scene_view.get_view().to_json())
        self._store(views)
        self._window.tell(f"Kept as view {len(views)} in View > Bookmarks")
        self._refill()

    def remember(self) -> None:
        """Note the present view before it jumps, so that `back` returns to it."""
        self._history.append(self._window.scene_view.get_view())
        del self._history[:-HISTORY_LIMIT]

    def back(self) -> None:
        if self._history:
            self._window.scene_view.set_view(self._history.pop())

    def go_to(self, number: int) -> None:
        views = self._stored()
        if 0 <= number < len(views):
            self.remember()
            self._window.scene_view.set_view(ViewState.from_json(views[number]))

    def clear(self) -> None:
        self._store([])
        self._refill()

    @property
    def _key(self) -> str:
        scene = self._window.session.scene
        return "" if scene is None else f"bookmarks/{scene.name}"

    def _stored(self) -> list[dict[str, Any]]:
        if not self._key:
            return []
        text = QSettings().value(self._key, "[]", str)
        return list(json.loads(str(text)))

    def _store(self, views: list[dict[str, Any]]) -> None:
        if self._key:
            QSettings().setValue(self._key, json.dumps(views))

    def _refill(self) -> None:
        self._menu.clear()
        views = self._stored()
        for number in range(len(views)):
            action = QAction(f"View {number + 1}", self._menu)
            action.triggered.connect(lambda _=False, n=number: self.go_to(n))
            self._menu.addAction(action)
        if views:
            self._menu.addSeparator()
            self._menu.addAction("Forget All", self.clear)
        else:
            empty = self._menu.addAction("No bookmarks yet: Ctrl+B keeps this view")
            empty.setEnabled(False)
