"""Cutting a scene open by keys and by the bar: what is cut away is not there for anyone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.test_stories import PATIENCE_MS, drag, open_scene, settle
from viewer.model.filters import ALL_FACES
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def _no_cut_kept() -> None:
    QSettings().remove("clip")


def key(window: MainWindow, what: Qt.Key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    window.scene_view.native.setFocus()
    QTest.keyClick(window.scene_view.native, what, modifiers)
    QApplication.processEvents()


def from_above(qtbot: QtBot, window: MainWindow) -> np.ndarray:
    """(H, W) what is seen looking straight down."""
    key(window, Qt.Key.Key_7)
    settle(qtbot, window)
    return window.scene_view.id_buffer().object_ids


def test_c_takes_the_ceiling_off_for_the_eye_and_for_strokes(
    qtbot: QtBot, window: MainWindow, either_scene: Path
) -> None:
    open_scene(qtbot, window, either_scene)
    labelling = window.session.labelling
    whole = from_above(qtbot, window)
    key(window, Qt.Key.Key_C)
    assert window.clip_bar.isVisible()
    assert window.actions_table["cut_ceiling"].isChecked()
    settle(qtbot, window)
    cut = from_above(qtbot, window)
    gone = np.setdiff1d(np.unique(whole), np.unique(cut))
    assert len(gone)

    labelling.set_brush(class_id=5, filters=ALL_FACES)
    before = labelling.labels.copy()
    y, x = np.argwhere(cut >= 0).mean(axis=0).astype(int)
    drag(window, QPoint(int(x) - 60, int(y) - 40), QPoint(int(x) + 60, int(y) + 40), SHIFT)
    qtbot.waitUntil(lambda: labelling.history.can_undo, timeout=PATIENCE_MS)
    changed = np.flatnonzero(labelling.labels.semantic != before.semantic)
    painted = np.unique(cut[y - 40 : y + 41, x - 60 : x + 61])
    assert not np.isin(changed, gone).any()
    assert np.isin(changed, painted).mean() > 0.9
    assert np.isin(painted[painted >= 0], np.flatnonzero(labelling.labels.semantic == 5)).mean() > 0.9

    key(window, Qt.Key.Key_C)
    assert not window.clip_bar.isVisible()
    settle(qtbot, window)
    assert window.session.clip is None


def test_the_bar_moves_the_cut_and_the_cut_is_remembered(
    qtbot: QtBot, window: MainWindow, either_scene: Path
) -> None:
    open_scene(qtbot, window, either_scene)
    bar, session = window.clip_bar, window.session
    key(window, Qt.Key.Key_C)
    first = session.clip.high[2]
    bar.high.setFocus()
    QTest.keyClick(bar.high, Qt.Key.Key_PageDown)
    unit = session.scene.metres_per_unit
    assert (first - session.clip.high[2]) * unit == pytest.approx(0.25, abs=0.02)
    QTest.keyClick(bar.high, Qt.Key.Key_End)
    assert session.clip.is_whole, "an end at its limit cuts nothing"
    bar.high_value.setValue(1.0)
    bar.low_value.setValue(0.5)
    assert session.clip.range_along(2) == (pytest.approx(0.5 / unit), pytest.approx(1.0 / unit))
    bar.axis.setCurrentText("x")
    bar.low_value.setValue(bar.low_value.minimum() + 1.0)
    kept = session.clip
    key(window, Qt.Key.Key_C)
    key(window, Qt.Key.Key_C)
    assert session.clip.equals(kept)

    window.opening.reload()
    qtbot.waitUntil(lambda: session.clip is None, timeout=PATIENCE_MS)
    settle(qtbot, window)
    key(window, Qt.Key.Key_C)
    assert session.clip.equals(kept)
    QTest.mouseClick(bar.reset, Qt.MouseButton.LeftButton)
    assert session.clip is None
    key(window, Qt.Key.Key_C)
    assert session.clip.high[2] == pytest.approx(first)


def test_the_box_goes_around_the_selection(qtbot: QtBot, window: MainWindow, either_scene: Path) -> None:
    open_scene(qtbot, window, either_scene)
    session = window.session
    qtbot.waitUntil(lambda: session.facts is not None, timeout=PATIENCE_MS)
    settle(qtbot, window)
    shown = window.scene_view.id_buffer().object_ids
    target = int(np.bincount(shown[shown >= 0]).argmax())
    session.select([target])
    key(window, Qt.Key.Key_C, SHIFT)
    settle(qtbot, window)
    assert (session.clip.low <= session.facts.low[target]).all()
    assert (session.clip.high >= session.facts.high[target]).all()
    left = window.scene_view.id_buffer().object_ids
    assert target in left
    assert len(np.unique(left)) <= len(np.unique(shown))
    around = session.clip
    key(window, Qt.Key.Key_C)
    assert session.clip is None
    key(window, Qt.Key.Key_C)
    assert not session.clip.equals(around), "C takes the ceiling off, whatever was looked at before"
    assert session.clip.range_along(0)[0] < -1e9


def test_a_narrow_window_keeps_its_size_and_the_bar_what_matters_most(
    qtbot: QtBot, window: MainWindow, make_scene, tmp_path: Path
) -> None:
    open_scene(qtbot, window, make_scene(tmp_path))
    bar = window.clip_bar
    window.resize(900, 600)
    QApplication.processEvents()
    width = window.width()
    key(window, Qt.Key.Key_C)
    settle(qtbot, window)
    assert window.width() == width
    assert bar.high.isVisible()
    assert bar.leave.isVisible()
    shown = [child for child in (bar.axis, bar.high_value, bar.high, bar.leave) if child.isVisible()]
    assert all(bar.rect().contains(child.geometry()) for child in shown)
    window.resize(1600, 800)
    settle(qtbot, window)
    assert bar.reset.isVisible()
    assert bar.low.isVisible()
