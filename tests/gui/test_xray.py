"""X-ray of the selection, by keys and mouse."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.test_stories import PATIENCE_MS, drag, open_scene, settle
from viewer.model.filters import ALL_FACES
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui
SHIFT = Qt.KeyboardModifier.ShiftModifier


def key(qtbot: QtBot, window: MainWindow, what: Qt.Key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    window.scene_view.native.setFocus()
    QTest.keyClick(window.scene_view.native, what, modifiers)
    QApplication.processEvents()
    settle(qtbot, window)


def test_x_shows_the_selection_through_everything_and_strokes_hit_only_it(
    qtbot: QtBot, window: MainWindow, either_scene: Path
) -> None:
    open_scene(qtbot, window, either_scene)
    session, labelling, view = window.session, window.session.labelling, window.scene_view
    qtbot.waitUntil(lambda: session.facts is not None, timeout=PATIENCE_MS)
    key(qtbot, window, Qt.Key.Key_Home)
    shown = view.id_buffer().object_ids
    hidden_behind = np.setdiff1d(np.arange(session.object_count), shown)
    placed = hidden_behind[np.isfinite(session.facts.low[hidden_behind]).all(axis=1)]
    middles = (session.facts.low[placed] + session.facts.high[placed]) / 2
    pixels, depth = view.current_camera().project(middles)
    height, width = shown.shape
    inside = (depth > 0) & (np.abs(pixels - [width / 2, height / 2]) < [width / 2 - 9, height / 2 - 9]).all(1)
    assert inside.any(), "something in front of the camera is behind something else"

    key(qtbot, window, Qt.Key.Key_X)
    assert session.is_xray
    assert window.actions_table["xray"].isChecked()
    assert np.array_equal(view.id_buffer().object_ids, shown), "with nothing selected all is solid"
    session.select(placed[inside])
    settle(qtbot, window)
    seen = np.unique(view.id_buffer().object_ids)
    assert np.isin(seen[seen >= 0], placed[inside]).all()
    assert len(seen) > 1, "what was behind is seen now"

    labelling.set_brush(class_id=7, filters=ALL_FACES)
    before = labelling.labels.semantic.copy()
    canvas = view.native
    drag(window, QPoint(3, 3), QPoint(canvas.width() - 4, canvas.height() - 4), SHIFT)
    qtbot.waitUntil(lambda: labelling.history.can_undo, timeout=PATIENCE_MS)
    changed = np.flatnonzero(labelling.labels.semantic != before)
    assert len(changed)
    assert np.isin(changed, placed[inside]).all()

    key(qtbot, window, Qt.Key.Key_X)
    assert np.array_equal(view.id_buffer().object_ids, shown)
    key(qtbot, window, Qt.Key.Key_X)
    key(qtbot, window, Qt.Key.Key_H, SHIFT)
    assert not session.is_xray
