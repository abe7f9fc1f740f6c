"""Whether anybody can see a widget. Qt calls a dock visible that is behind the tab of another.

It lies beside the window then, and is moved into it when its tab is chosen.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtWidgets import QDockWidget, QWidget


def is_seen(widget: QWidget) -> bool:
    """True when some part of the widget lies within its window; docks behind a tab have none."""
    window = widget.window()
    place = QRect(widget.mapTo(window, QPoint()), widget.size())
    return widget.isVisible() and window.rect().intersects(place)


class Watch(QObject):
    """Spares a widget the work that nobody would see, until somebody would.

    Whoever is about to refresh the widget asks `misses` first; when it does, `catch_up` is called as soon as
    the widget can be seen again.
    """

    _may_be_seen = Signal()

    def __init__(self, widget: QWidget, catch_up: Callable[[], None]) -> None:
        super().__init__(widget)
        self._widget = widget
        self._catch_up = catch_up
        self._is_behind = False
        self._dock: QDockWidget | None = None
        # queued: docks that are shown together lie on top of each other until the window lays them out
        self._may_be_seen.connect(self._look, Qt.ConnectionType.QueuedConnection)
        widget.installEventFilter(self)

    def misses(self) -> bool:
        """True when nobody can see the widget, which is then behind."""
        if is_seen(self._widget):
            return False
        self._is_behind = True
        return True

    def _look(self) -> None:
        if self._is_behind and is_seen(self._widget):
            self._is_behind = False
            self._catch_up()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._widget and event.type() in (QEvent.Type.Show, QEvent.Type.Resize):
            self._find_dock()
            if self._dock is None:
                self._look()
            else:
                self._may_be_seen.emit()
        elif watched is self._dock and event.type() is QEvent.Type.Move:
            self._may_be_seen.emit()
        return False

    def _find_dock(self) -> None:
        parent = self._widget.parentWidget()
        while parent is not None and not isinstance(parent, QDockWidget):
            parent = parent.parentWidget()
        if parent is not None and parent is not self._dock:
            self._dock = parent
            parent.visibilityChanged.connect(self._may_be_seen)
            parent.installEventFilter(self)
