"""Long pieces of work do not add up: each has a turn of the event loop of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise

import pytest
from PySide6.QtCore import QAbstractEventDispatcher, QEvent, QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from vispy import app

from viewer.render.timers import make_timer, restart
from viewer.render.turns import PAUSE_SECONDS, Turns

pytestmark = pytest.mark.gui
PIECE_SECONDS = 0.01
PIECES = 12


class TurnCounter(QObject):
    """Counts the turns of the event loop."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        dispatcher = QAbstractEventDispatcher.instance()
        assert dispatcher is not None
        dispatcher.awake.connect(self._next)

    def _next(self) -> None:
        self.count += 1


@pytest.fixture
def turns_of_loop(qapp: QApplication) -> Iterator[TurnCounter]:
    counter = TurnCounter()
    yield counter
    counter.deleteLater()


Made = list[tuple[str, int]]


def piece(made: Made, name: str, counter: TurnCounter, stop: Callable[[], None]) -> Callable[[], None]:
    def work() -> None:
        made.append((name, counter.count))
        time.sleep(PIECE_SECONDS)
        if sum(one == name for one, _ in made) == PIECES:
            stop()

    return work


def stop(timers: dict[str, app.Timer], name: str) -> None:
    timers[name].stop()


def test_timers_that_are_due_together_work_in_turns_of_their_own(
    qtbot: QtBot, turns_of_loop: TurnCounter
) -> None:
    turns, made, timers = Turns(), list[tuple[str, int]](), dict[str, app.Timer]()
    for name in ("sending", "drawing"):
        timers[name] = turns.timer(piece(made, name, turns_of_loop, partial(stop, timers, name)))
    for timer in timers.values():
        timer.start()
    qtbot.waitUntil(lambda: not any(timer.running for timer in timers.values()), timeout=20_000)

    assert [name for name, _ in made].count("sending") == PIECES
    numbers = [number for _, number in made]
    assert len(set(numbers)) == len(numbers) == 2 * PIECES, made
    names = [name for name, _ in made]
    assert names[::2] == names[:1] * PIECES, "nobody goes twice while the other one waits"


def test_plain_timers_would_work_in_the_same_turn(qtbot: QtBot, turns_of_loop: TurnCounter) -> None:
    made, timers = list[tuple[str, int]](), dict[str, app.Timer]()
    for name in ("sending", "drawing"):
        timers[name] = make_timer(
            PAUSE_SECONDS,
            piece(made, name, turns_of_loop, partial(stop, timers, name)),
        )
    for timer in timers.values():
        timer.start()
    qtbot.waitUntil(lambda: not any(timer.running for timer in timers.values()), timeout=20_000)
    assert len({number for _, number in made}) < 2 * PIECES


def test_a_timer_that_fires_once_may_be_started_again_by_what_it_calls(qtbot: QtBot) -> None:
    calls: list[bool] = []

    def call() -> None:
        calls.append(timer.running)
        if len(calls) < 3:
            restart(timer)

    timer = make_timer(PAUSE_SECONDS, call, once=True)
    timer.start()
    qtbot.waitUntil(lambda: len(calls) == 3)
    qtbot.wait(30)
    assert calls == [False] * 3
    assert not timer.running


def test_one_that_is_alone_goes_on_and_lets_the_painting_of_the_window_go_before_it(
    qtbot: QtBot, turns_of_loop: TurnCounter
) -> None:
    turns, made = Turns(), list[tuple[str, int]]()

    def end() -> None:
        timer.stop()

    timer = turns.timer(piece(made, "alone", turns_of_loop, end))

    class Painting(QObject):
        def event(self, event: QEvent) -> bool:
            if event.type() == QEvent.Type.User:
                turns.painted()
                if timer.running:
                    QApplication.postEvent(self, QEvent(QEvent.Type.User))
            return super().event(event)

    timer.start()
    qtbot.waitUntil(lambda: not timer.running, timeout=20_000)
    assert len({number for _, number in made}) == PIECES

    made.clear()
    painting = Painting()
    timer.start()
    QApplication.postEvent(painting, QEvent(QEvent.Type.User))
    qtbot.waitUntil(lambda: not timer.running, timeout=20_000)
    numbers = [number for _, number in made]
    assert len(numbers) == PIECES, "though the window is painted in every turn, as while it is moved"
    assert all(later - sooner >= 2 for sooner, later in pairwise(numbers)), numbers
    painting.deleteLater()
