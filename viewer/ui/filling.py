"""Makes what the first picture does not need, after it: one part in each turn of the event loop."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from importlib import import_module
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from viewer.ui import docks
from viewer.ui.late import late_parts
from viewer.ui.window_parts import LateParts

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

PANELS: Final = (
    ("octomaps", "octomaps"),
    ("decimating", "decimating"),
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
"""What is to be filled, and its module, in this order: what is on top of the docks of a new user first, each
after what it asks for itself."""
PAUSE_MS: Final = 1
PATIENCE_MS: Final = 10_000
"""A first picture that takes longer is not waited for."""


class Filling(QObject):
    """Asks for every late part of the window, so that each is there before anybody misses it.

    It begins after the first picture of a scene, or at once in a window that shows none. What a part needs is
    imported in a turn of its own, on the main thread as well: Qt's classes come to be when Python first meets
    them, and two threads that meet them at once end the program. Whoever needs a part sooner asks for it and
    gets it; `finish` makes all that are left.
    """

    done = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        parts = dict((*PANELS, *late_parts(LateParts)))
        # NumPy itself imports this when it is first called for, by a new instance
        self._steps: deque[Callable[[], object]] = deque((partial(import_module, "numpy.random"),))
        for part, module in parts.items():
            self._steps += (partial(import_module, f"viewer.ui.{module}"), partial(attrgetter(part), window))
        self._steps += window.actions_table.icon_steps()
        self._steps.append(window.refresh_actions)
        self._has_begun = False
        self._is_stopped = False
        self._timer = QTimer(self)
        # once, again after each step: one that is due before a step has ended fires twice in a turn
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._step)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self.begin)
        self._has_painted = False
        window.painted.connect(self._window_painted)
        window.opening.pictured.connect(self.begin)
        self.done.connect(window.opening.notice_filled)

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
            self._timer.start(PAUSE_MS)

    def finish(self) -> None:
        """Make what is left now."""
        while self._steps:
            self._make_next()

    def stop(self) -> None:
        """Nobody will need the rest."""
        self._has_begun = self._is_stopped = True
        self._patience.stop()
        self._timer.stop()

    def _window_painted(self) -> None:
        self._has_painted = True

    def _step(self) -> None:
        if self._has_painted:
            # painting and a step in one turn would be too long for who waits for an answer
            self._has_painted = False
            self._timer.start(PAUSE_MS)
            return
        try:
            self._make_next()
        finally:
            # one part that cannot be made keeps none of the others from being made
            if self._steps and not self._is_stopped:
                self._timer.start(PAUSE_MS)

    def _make_next(self) -> None:
        step = self._steps.popleft()
        try:
            with docks.put_off() as placing:
                step()
        finally:
            self._steps.extendleft(reversed(placing))
            if not self._steps:
                self._timer.stop()
                self._window.painted.disconnect(self._window_painted)
                self._window.garbage.start()
                self.done.emit()
