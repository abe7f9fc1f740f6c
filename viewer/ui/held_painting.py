"""Widgets that are painted right after pictures about to come, and not before them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from viewer.ui.together import PAINTED_MS, PATIENCE_MS


class HeldPainting(QObject):
    """Holds back how widgets look, not what they know, from `hold` to `release`, where that is soon.

    Painting needs the cores that the pictures are decoded on, most of all where it lays the whole window
    together. Whoever goes on before pictures have come, or waits long for them, sees at once how the widgets
    change.
    """

    def __init__(self, widgets: Sequence[QWidget], parent: QObject) -> None:
        super().__init__(parent)
        self._widgets = tuple(widgets)
        self._is_waiting = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(lambda: self._allow(True))
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PAINTED_MS)
        self._soon.timeout.connect(self.release)

    def hold(self, *_: object) -> None:
        """The widgets are about to change, and pictures may be about to come."""
        self._soon.stop()
        if self._is_waiting:
            self._allow(True)
        else:
            self._is_waiting = True
            self._patience.start()
            self._allow(False)

    def release_soon(self, *_: object) -> None:
        """The pictures have come: they are painted first."""
        self._soon.start()

    def release(self, *_: object) -> None:
        """No pictures are coming, or they are painted."""
        self._is_waiting = False
        self._soon.stop()
        self._patience.stop()
        self._allow(True)

    def _allow(self, on: bool) -> None:
        for widget in self._widgets:
            if widget.updatesEnabled() is not on:
                widget.setUpdatesEnabled(on)
