from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viewer.ui.garbage import LOOKS_UNTIL_OLD, MANY_NEW, GarbageCollector
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui


@pytest.fixture(autouse=True)
def _as_python_starts() -> Iterator[None]:
    gc.enable()
    yield
    gc.disable()


@pytest.fixture
def collector(qapp: QApplication) -> Iterator[GarbageCollector]:
    parent = QObject()
    yield GarbageCollector(parent)
    parent.deleteLater()


class Ring(QTimer):
    """A timer that holds itself, as one does whose slot is a closure over it."""

    def __init__(self, ends: list[str]) -> None:
        super().__init__()
        self.me = self
        self.destroyed.connect(lambda: ends.append(threading.current_thread().name))


def _make_many() -> list[list[int]]:
    """More objects than those after which Python looks for garbage, made by a worker."""
    made: list[list[int]] = []
    worker = threading.Thread(target=lambda: made.extend([] for _ in range(40 * MANY_NEW)), name="worker")
    worker.start()
    worker.join()
    return made


def test_what_lives_on_the_main_thread_ends_there(collector: GarbageCollector) -> None:
    ends: list[str] = []
    Ring(ends)
    kept = _make_many()
    assert not ends, "a worker must not find it"
    collector.look()
    assert ends == [threading.main_thread().name]
    assert kept


def test_few_new_objects_are_not_worth_a_look(collector: GarbageCollector) -> None:
    ends: list[str] = []
    gc.collect()
    Ring(ends)
    collector.look()
    assert not ends


def test_what_is_no_longer_new_is_looked_at_now_and_then(collector: GarbageCollector) -> None:
    ends: list[str] = []
    ring = Ring(ends)
    gc.collect()  # survives, and is no longer new
    del ring
    for _ in range(LOOKS_UNTIL_OLD):
        assert not ends
        kept = _make_many()
        collector.look()
        del kept
    assert ends == [threading.main_thread().name]


def test_a_window_that_is_whole_looks_by_itself(window: MainWindow, qtbot: QtBot) -> None:
    assert not gc.isenabled()
    ends: list[str] = []
    Ring(ends)
    kept = _make_many()
    qtbot.waitUntil(lambda: bool(ends), timeout=10_000)
    assert ends == [threading.main_thread().name]
    assert kept
