"""What several workers make for one moment comes onto the screen at one moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ParamSpec

from PySide6.QtCore import QObject, QTimer

P = ParamSpec("P")
PATIENCE_MS = 150
"""From then on everything is shown as it comes."""
PAINTED_MS = 10
"""Pictures that have just come are on the screen by then."""


class Together(QObject):
    """Keeps what has arrived until the rest is there, for every change costs a picture of the window."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.waiting: set[int] = set()
        """What is not shown yet, by number."""
        self._arrived: dict[int, Callable[[], None]] = {}
        self._wishes: dict[int, int] = {}
        self._wish_count = 0
        self._is_late = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._run_out)

    def start(self, numbers: Iterable[int]) -> None:
        """Wait for these, and for nothing else any more."""
        self.waiting = set(numbers)
        self._arrived.clear()
        self._wishes.clear()
        self._is_late = False
        self._patience.start()

    def expect(self, number: int) -> None:
        """Wait for one more; what came for it before is out of date, and what is still coming."""
        if not self.waiting:
            self.start(())
        self._arrived.pop(number, None)
        self.waiting.add(number)
        self._wish_count += 1
        self._wishes[number] = self._wish_count

    def arrival(self, number: int, show: Callable[P, None]) -> Callable[P, None]:
        """What to call when that comes which a number was last expected for: `show`, once all are there.

        It has to settle the number, unless what came is out of date.
        """
        wish = self._wishes.get(number)

        def arrive(*args: P.args, **options: P.kwargs) -> None:
            if self._wishes.get(number) != wish:
                return  # workers end in any order: it must not take the place of what is newer
            self._arrived[number] = lambda: show(*args, **options)
            self._show_if_complete()

        return arrive

    def settle(self, number: int) -> None:
        """One is shown."""
        self.waiting.discard(number)
        self._arrived.pop(number, None)
        self._wishes.pop(number, None)
        self._show_if_complete()

    def _run_out(self) -> None:
        self._is_late = True
        self._show_if_complete()

    def _show_if_complete(self) -> None:
        if self._is_late or self.waiting <= self._arrived.keys():
            arrived, self._arrived = self._arrived, {}
            for show in arrived.values():
                show()
