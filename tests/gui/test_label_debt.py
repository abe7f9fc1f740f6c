"""N leads from one unlabelled object to the next, and the status bar says how far it has come."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.test_stories import PATIENCE_MS, open_scene, settle
from viewer.model.labels import LabelLayer
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui
SHIFT = Qt.KeyboardModifier.ShiftModifier


def unlabelled_sizes(window: MainWindow) -> np.ndarray:
    """(O,) pixels in all frames of objects without a class that have a place; -1 of all others."""
    labelling, facts, seen = window.session.labelling, window.session.facts, window.session.seen
    assert labelling is not None
    assert facts is not None
    assert seen is not None
    is_open = (labelling.labels.semantic == -1) & np.isfinite(facts.low).all(axis=1)
    return np.where(is_open, seen.pixels_of_objects, -1)


def press_n(qtbot: QtBot, window: MainWindow, *, back: bool = False) -> int:
    canvas = window.scene_view.native
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_N, SHIFT if back else Qt.KeyboardModifier.NoModifier)
    settle(qtbot, window)
    assert len(window.session.selection) == 1
    return int(window.session.selection[0])


def test_n_walks_from_the_biggest_unlabelled_object_down(
    qtbot: QtBot,
    window: MainWindow,
    either_scene: Path,
) -> None:
    open_scene(qtbot, window, either_scene)
    qtbot.waitUntil(lambda: window.session.seen is not None, timeout=PATIENCE_MS)
    settle(qtbot, window)
    sizes = unlabelled_sizes(window)
    window.session.labelling.set_brush(layer=LabelLayer.SEMANTIC)
    seen = [press_n(qtbot, window) for _ in range(4)]
    assert sizes[seen].tolist() == np.sort(sizes)[::-1][:4].tolist()
    assert press_n(qtbot, window, back=True) == seen[2]
    shown = window.scene_view.id_buffer().object_ids
    assert np.count_nonzero(shown == seen[2]) > 50, "the view shows what is selected"
    best = window.session.seen.best_frame([seen[2]])
    assert window.session.frame == best


def test_what_is_labelled_meanwhile_is_not_come_back_to(
    qtbot: QtBot,
    window: MainWindow,
    either_scene: Path,
) -> None:
    open_scene(qtbot, window, either_scene)
    qtbot.waitUntil(lambda: window.session.seen is not None, timeout=PATIENCE_MS)
    labelling = window.session.labelling
    first = press_n(qtbot, window)
    labelling.assign([first], 5, LabelLayer.SEMANTIC)
    second = press_n(qtbot, window)
    assert second != first
    assert press_n(qtbot, window, back=True) != first
    hidden = press_n(qtbot, window)
    window.session.set_hidden([hidden])
    labelling.set_locked_objects([second])
    walk = {press_n(qtbot, window) for _ in range(3)}
    assert not walk & {first, second, hidden}


def test_the_status_bar_counts_objects_and_pixels(
    qtbot: QtBot,
    window: MainWindow,
    either_scene: Path,
) -> None:
    open_scene(qtbot, window, either_scene)
    qtbot.waitUntil(lambda: window.session.seen is not None, timeout=PATIENCE_MS)
    settle(qtbot, window)
    text, labelling = window.status_line.progress_text, window.session.labelling
    assert "of objects, " in text.text()
    assert text.text().endswith("of pixels labelled")
    assert text.isVisible()
    labelling.assign(np.arange(labelling.object_count), 1, LabelLayer.SEMANTIC)
    qtbot.waitUntil(lambda: text.text() == "100 % of objects, 100 % of pixels labelled", timeout=PATIENCE_MS)
    window.session.select([])
    QTest.keyClick(window.scene_view.native, Qt.Key.Key_N)
    assert "Every object has a class" in window.status_line.currentMessage()
    assert not len(window.session.selection)
    window.actions_table["switch_layer"].trigger()
    qtbot.waitUntil(lambda: not text.text().startswith("100 %"), timeout=PATIENCE_MS)
    window.session.replace_scene(None)
    qtbot.waitUntil(lambda: not text.isVisible(), timeout=PATIENCE_MS)
