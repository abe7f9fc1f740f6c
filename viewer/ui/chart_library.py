"""Loads the library that draws charts when the first chart is wanted, in turns too short to be felt."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Final

from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtCore import QObject, QTimer, Signal

CLASSES_A_TURN: Final = 60


class ChartLibrary(QObject):
    """pyqtgraph, which takes a quarter of a second to load.

    Half of that is Python meeting every class of Qt, each of which comes to be at that moment. Two threads
    that do so at once end the program, so it stays on the main thread and is done in parts beforehand.
    """

    loaded = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.is_loaded = False
        self._turns = self._load()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._turn)

    def load(self) -> None:
        """Begin, unless it has begun; `loaded` tells the end."""
        if not self.is_loaded:
            self._timer.start(0)

    def _turn(self) -> None:
        if next(self._turns, None) is None:
            self._timer.stop()
            self.is_loaded = True
            self.loaded.emit()

    def _load(self) -> Iterator[str]:
        for module in (QtCore, QtGui, QtWidgets):
            names = dir(module)
            for start in range(0, len(names), CLASSES_A_TURN):
                for name in names[start : start + CLASSES_A_TURN]:
                    getattr(module, name)
                yield module.__name__
        yield import_module("pyqtgraph").__name__
        yield import_module("viewer.ui.check_chart").__name__
