"""Makes what the first picture does not need, after it: one part in each turn of the event loop."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from viewer.ui.late import late_names
from viewer.ui.window_parts import LateParts

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

SEEN_FIRST: Final = (
    "panels.layers",
    "panels.labels",
    "panels.selection",
    "panels.frames",
    "comparing",
    "panels.objects",
    "panels.boxes",
    "panels.pose",
    "panels.seen_in",
    "panels.probe",
    "panels.check",
    "panels.log",
)
"""The panels in the order in which they are filled: those on top of the docks of a new user first."""
PATIENCE_MS: Final = 10_000
"""A first picture that takes longer is not waited for."""


class Filling(QObject):
    """Asks for every late part of the window, so that each is there before anybody misses it.

    It begins after the first picture of a scene, or at once in a window that shows none. Whoever needs a part
    sooner asks for it and gets it; `finish` makes all that are left.
    """

    done = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._steps: deque[Callable[[], object]] = deque(self._all_steps())
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._step)
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
        if self._steps and not self._timer.isActive():
            self._timer.start(0)

    def finish(self) -> None:
        """Make what is left now."""
        while self._steps:
            self._step()

    def stop(self) -> None:
        """Nobody will need the rest."""
        self._patience.stop()
        self._timer.stop()

    def _all_steps(self) -> Iterator[Callable[[], object]]:
        window = self._window
        for name in (*SEEN_FIRST, *late_names(LateParts)):
            yield partial(attrgetter(name), window)
        yield window.actions_table.draw_icons
        yield window.refresh_actions

    def _step(self) -> None:
        step = self._steps.popleft()
        if not self._steps:
            self._timer.stop()
        step()
        if not self._steps:
            self.done.emit()
