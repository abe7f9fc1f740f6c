"""Makes what the first picture does not need, after it: one part in each turn of the event loop."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from importlib import import_module
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from viewer.app.memory import resume_collection
from viewer.ui.late import late_parts
from viewer.ui.window_parts import LateParts

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

PANELS: Final = (
    ("panels.layers", "panels.layers"),
    ("panels.labels", "panels.labels"),
    ("panels.selection", "panels.selection"),
    ("panels.frames", "panels.frames"),
    ("panels.images", "panels.images"),
    ("comparing", "comparing"),
    ("panels.objects", "panels.objects"),
    ("panels.boxes", "panels.box_list"),
    ("panels.pose", "panels.pose"),
    ("panels.seen_in", "panels.seen_in"),
    ("panels.probe", "panels.probe"),
    ("panels.check", "panels.check"),
    ("panels.log", "panels.log"),
)
"""What is to be filled, and its module, in this order: what is on top of the docks of a new user first."""
PATIENCE_MS: Final = 10_000
"""A first picture that takes longer is not waited for."""


class Filling(QObject):
    """Asks for every late part of the window, so that each is there before anybody misses it.

    It begins after the first picture of a scene, or at once in a window that shows none. A thread imports
    what the parts need, so that only making them takes time of the main thread. Whoever needs a part sooner
    asks for it and gets it; `finish` makes all that are left.
    """

    done = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        parts = dict((*PANELS, *late_parts(LateParts)))
        self._modules = tuple(f"viewer.ui.{module}" for module in parts.values())
        self._steps: deque[Callable[[], object]] = deque(partial(attrgetter(part), window) for part in parts)
        self._steps += (window.actions_table.draw_icons, window.refresh_actions)
        self._ready = 0  # steps that need no further import
        self._has_begun = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._turn)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self.begin)
        window.opening.pictured.connect(self.begin)

    @property
    def is_done(self) -> bool:
        return not self._steps

    def wait_for_picture(self) -> None:
        """Begin after the first picture, which is on its way."""
        self._patience.start()

    def begin(self) -> None:
        """Make what is left, part by part, while the window answers."""
        self._patience.stop()
        if not self._has_begun:
            self._has_begun = True
            threading.Thread(target=self._import, name="imports", daemon=True).start()

    def finish(self) -> None:
        """Make what is left now."""
        while self._steps:
            self._step()

    def stop(self) -> None:
        """Nobody will need the rest."""
        self._has_begun = True
        self._patience.stop()
        self._timer.stop()

    def _import(self) -> None:
        post = self._window.runner.post
        try:
            for module in self._modules:
                import_module(module)
                post(partial(self._may_make, 1))
        finally:  # what cannot be imported fails where it is made, and is told there
            post(partial(self._may_make, len(self._steps)))

    def _may_make(self, more: int) -> None:
        self._ready += more
        if self._steps and not self._timer.isActive():
            self._timer.start(0)

    def _turn(self) -> None:
        if self._steps and self._ready:
            self._ready -= 1
            self._step()
        else:
            self._timer.stop()

    def _step(self) -> None:
        step = self._steps.popleft()
        try:
            step()
        finally:
            if not self._steps:
                resume_collection()
                self.done.emit()
