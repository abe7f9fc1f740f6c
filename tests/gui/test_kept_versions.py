"""Label > Restore Kept Version, in the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.test_stories import PATIENCE_MS, open_scene, settle
from viewer.model.labels import LabelLayer
from viewer.ui.dialogs.kept_versions import KeptVersionsDialog
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui


def save(qtbot: QtBot, window: MainWindow) -> None:
    QTest.keyClick(window.scene_view.native, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not window.session.is_dirty, timeout=PATIENCE_MS)
    settle(qtbot, window)


def ask(qtbot: QtBot, window: MainWindow) -> KeptVersionsDialog:
    window.actions_table["restore_version"].trigger()
    qtbot.waitUntil(
        lambda: isinstance(QApplication.activeModalWidget(), KeptVersionsDialog), timeout=PATIENCE_MS
    )
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, KeptVersionsDialog)
    qtbot.waitUntil(dialog.isActiveWindow, timeout=PATIENCE_MS)  # keys go nowhere before
    return dialog


def test_a_version_from_before_a_save_comes_back_as_one_step(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    open_scene(qtbot, window, make_scene(tmp_path))
    labelling = window.session.labelling
    published = labelling.labels.copy()
    labelling.assign(np.arange(5), 7, LabelLayer.SEMANTIC)
    save(qtbot, window)
    changed = labelling.labels.copy()
    labelling.assign(np.arange(9), 8, LabelLayer.SEMANTIC)
    save(qtbot, window)
    last = labelling.labels.copy()

    dialog = ask(qtbot, window)
    assert len(dialog.table.order) == 2
    assert dialog.restore.isEnabled()
    dialog.view.show_selection(np.array([1]), scrolls=False)
    QTest.mouseClick(dialog.restore, Qt.MouseButton.LeftButton)
    # it takes its turn behind strokes that are still being found
    qtbot.waitUntil(lambda: labelling.labels.equals(published), timeout=PATIENCE_MS)
    assert window.isWindowModified(), "the files change only when one saves"
    assert labelling.history.undo_title.startswith("Restore version of today")

    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE_MS)
    QTest.keyClick(window.scene_view.native, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: labelling.labels.equals(last), timeout=PATIENCE_MS)
    dialog = ask(qtbot, window)
    QTest.keyClick(dialog.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: labelling.labels.equals(changed), timeout=PATIENCE_MS)


def test_without_any_save_there_is_nothing_to_bring_back(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    open_scene(qtbot, window, make_scene(tmp_path))
    dialog = ask(qtbot, window)
    assert not len(dialog.table.order)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None, timeout=PATIENCE_MS)
