"""View > Performance, and a moving view in the real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import PATIENCE_MS
from viewer.ui.dialogs.performance import PerformanceDialog
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui


def test_times_of_pictures_and_jobs_are_told_and_a_slow_view_gets_a_lighter_mesh(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    window.opening.open_path(make_scene(tmp_path))
    qtbot.waitUntil(lambda: window.session.scene is not None, timeout=PATIENCE_MS)
    view = window.scene_view
    qtbot.waitUntil(lambda: view.is_full_picture and not view.is_uploading, timeout=PATIENCE_MS)
    window.actions_table["performance"].trigger()
    dialog = window.findChild(PerformanceDialog)
    assert dialog is not None

    # as on a machine where a full picture takes a second
    view.movement.took_full(1.0)
    view.camera_moved()
    mesh = view.layers["mesh"]
    qtbot.waitUntil(lambda: not mesh.lacks_detail, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: view.is_full_picture and window.runner.is_idle, timeout=PATIENCE_MS)

    assert any(not picture.is_full for picture in window.performance.pictures)
    qtbot.waitUntil(lambda: "Last picture" in dialog.summary.text(), timeout=PATIENCE_MS)
    titles = {dialog.jobs.item(row, 0).text() for row in range(dialog.jobs.rowCount())}
    assert {"Making a lighter mesh for moving", "Measuring objects"} <= titles
    assert "MB" in dialog.facts["Memory"].text()
    dialog.copy()
    assert "OpenGL: " in QGuiApplication.clipboard().text()
    dialog.close()
