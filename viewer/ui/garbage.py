"""Garbage is looked for on the main thread alone."""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

EVERY_MS: Final = 500
MANY_NEW: Final = 700
"""How many new objects make it worth looking among them; Python's own bound."""
LOOKS_UNTIL_OLD: Final = 60
"""After how many looks among the new objects the old ones have their turn."""


class GarbageCollector(QObject):
    """Takes Python's search for cyclic garbage over from whatever thread happens to make objects.

    Qt's objects must end in the thread they live in. A widget, a timer or an item model in a cycle that a
    worker thread finds would end there, and the program with it.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._looks = 0
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Begin to look, the first time no longer among what was made until now: the program keeps it."""
        if not gc.get_freeze_count():
            gc.freeze()
        self._timer.start()

    def look(self) -> None:
        """Look among the new objects where there are many, and now and then among all."""
        if gc.get_count()[0] < MANY_NEW:
            return
        self._looks += 1
        gc.collect(1 if self._looks % LOOKS_UNTIL_OLD else 2)
