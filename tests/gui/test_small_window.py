"""The window fits a small screen, and the 3D view outlives whatever is done to the docks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStyle
from pytestqt.qtbot import QtBot

from tests.gui.test_stories import open_scene, settle
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui


def test_the_window_can_be_as_small_as_900_by_600(
    qtbot: QtBot, window: MainWindow, either_scene: Path
) -> None:
    open_scene(qtbot, window, either_scene)
    window.resize(900, 600)
    window.session.select([3])
    settle(qtbot, window)
    assert window.minimumSizeHint().width() <= 900
    assert window.minimumSizeHint().height() <= 600


def test_the_first_window_leaves_room_on_the_screen_for_its_frame(qtbot: QtBot) -> None:
    window = MainWindow()
    screen = window.screen().availableGeometry()
    title = window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
    assert title > 0
    assert window.height() <= min(screen.height() - title, 1000)
    assert window.width() < max(screen.width(), 1601)
    assert window.height() > 0.9 * min(screen.height(), 1000), "and takes what else there is"
    window.close()
    window.deleteLater()


def test_docks_float_tab_and_close_without_harm_to_the_view(
    qtbot: QtBot, window: MainWindow, either_scene: Path
) -> None:
    open_scene(qtbot, window, either_scene)
    before = window.scene_view.screenshot(160, 120)
    for key in ("images", "labels"):
        window.docks[key].setFloating(True)
        settle(qtbot, window)
        window.docks[key].setFloating(False)
    window.tabifyDockWidget(window.docks["objects"], window.docks["labels"])
    for dock in window.docks.values():
        dock.close()
    for dock in window.docks.values():
        dock.toggleViewAction().trigger()
    window.reset_layout()
    settle(qtbot, window)
    assert np.array_equal(window.scene_view.screenshot(160, 120), before)


def test_the_hover_of_an_image_outlives_the_late_news_that_the_view_was_left(
    qtbot: QtBot, window: MainWindow, either_scene: Path
) -> None:
    open_scene(qtbot, window, either_scene)
    view = window.scene_view.native
    QTest.mouseMove(view, view.rect().center())
    QTest.mouseMove(view, view.rect().center() + QPoint(2, 0))
    qtbot.waitUntil(lambda: window.status_line.hit_text.text() != "")
    pane = window.images_panel.panes[0].canvas
    with qtbot.waitSignal(window.images_panel.pixel_described, check_params_cb=bool):
        QTest.mouseMove(pane, pane.rect().center())
        QTest.mouseMove(pane, pane.rect().center() + QPoint(2, 2))
    words = window.status_line.hit_text.text()
    assert words
    view.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    window.scene_view.pointer_rested.emit(None)
    assert window.status_line.hit_text.text() == words
