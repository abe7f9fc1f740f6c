"""Nothing that was painted is left behind unasked, however it comes between."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from tests.gui.test_stories import PATIENCE_MS, open_scene, read, settle
from viewer.app.labelling import Labelling
from viewer.model.labels import NO_LABEL
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui
POLL_MS = 20


class Answering(QObject):
    """Presses a button of every question that comes up, and remembers the questions."""

    def __init__(self, *answers: str) -> None:
        super().__init__()
        self.questions: list[str] = []
        self._answers = list(answers)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(POLL_MS)

    def _look(self) -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            self.questions.append(box.text())
            answer = self._answers.pop(0) if self._answers else "Cancel"
            next(button for button in box.buttons() if button.text() == answer).click()


def paint_something(window: MainWindow) -> Labelling:
    labelling = window.session.labelling
    assert labelling is not None
    free = np.flatnonzero(labelling.labels.semantic == NO_LABEL)
    labelling.assign(free[:1], 7)
    assert window.session.is_dirty
    return labelling


def test_what_is_painted_while_another_scene_opens_is_asked_about(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    first, second = make_scene(tmp_path / "a"), make_scene(tmp_path / "b")
    open_scene(qtbot, window, first)
    answering = Answering("Cancel", "Save")

    # nothing to ask about when the opening starts, but when it ends
    window.opening.open_path(second)
    labelling = paint_something(window)
    qtbot.waitUntil(lambda: len(answering.questions) == 1, timeout=PATIENCE_MS)
    settle(qtbot, window)
    assert window.session.labelling is labelling
    assert window.session.is_dirty

    window.opening.open_path(second)
    qtbot.waitUntil(lambda: window.session.labelling is not labelling, timeout=PATIENCE_MS)
    settle(qtbot, window)
    assert len(answering.questions) == 2
    assert np.array_equal(read(first, "mesh_objects_si.hdf5"), labelling.labels.semantic)


def test_what_was_discarded_once_is_not_asked_about_again(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    open_scene(qtbot, window, make_scene(tmp_path / "a"))
    labelling = paint_something(window)
    answering = Answering("Discard")
    window.opening.open_path(make_scene(tmp_path / "b"))
    qtbot.waitUntil(lambda: window.session.labelling is not labelling, timeout=PATIENCE_MS)
    settle(qtbot, window)
    assert len(answering.questions) == 1


def test_a_key_held_to_fly_starts_no_other_command(window: MainWindow) -> None:
    repeating = {c.key for c in window.actions_table.commands if window.actions_table[c.key].autoRepeat()}
    assert repeating == {"undo", "redo", "next_frame", "previous_frame"}
