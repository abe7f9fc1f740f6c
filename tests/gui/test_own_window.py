"""What lies around the 3D view reaches the screen without it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QCursor, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.gui.conftest import PATIENCE_MS
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui


@pytest.fixture(autouse=True)
def _on_x11(qapp: QApplication) -> None:
    if QGuiApplication.platformName() != "xcb":
        pytest.skip("only windows of X11 have their view in a window of its own")


@pytest.fixture
def quiet_window(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> MainWindow:
    """A window with a scene in which nothing goes on any more, and the pointer on nothing that shows it."""
    window.opening.open_path(make_scene(tmp_path))
    qtbot.waitUntil(lambda: window.session.scene is not None, timeout=PATIENCE_MS)
    view = window.scene_view
    qtbot.waitUntil(
        lambda: view.is_full_picture and not view.is_uploading and window.runner.is_idle, timeout=PATIENCE_MS
    )
    # wherever a test before this one left it; what is under the pointer looks another way
    QCursor.setPos(window.mapToGlobal(QPoint(window.width() - 3, 3)))
    before = None
    while before != (before := on_screen(window, window.rect())):
        qtbot.wait(300)
    return window


def on_screen(window: MainWindow, part: QRect) -> QImage:
    """What the screen shows of a part of the window."""
    corner = window.mapToGlobal(part.topLeft())
    return window.screen().grabWindow(0, corner.x(), corner.y(), part.width(), part.height()).toImage()


def test_a_change_beside_the_view_does_not_lay_the_view_together(
    qtbot: QtBot, quiet_window: MainWindow
) -> None:
    laid_together: list[None] = []
    quiet_window.scene_view.native.frameSwapped.connect(lambda: laid_together.append(None))
    bar = quiet_window.status_line
    part = QRect(bar.mapTo(quiet_window, QPoint(0, 0)), bar.size())
    before = on_screen(quiet_window, part)
    bar.hit_text.setText("a name under the pointer")
    qtbot.waitUntil(lambda: on_screen(quiet_window, part) != before, timeout=PATIENCE_MS)
    assert not laid_together
    quiet_window.scene_view.native.update()
    # it would have been told
    qtbot.waitUntil(lambda: bool(laid_together), timeout=PATIENCE_MS)


def test_a_window_that_awaits_its_scene_is_laid_together_once(qtbot: QtBot) -> None:
    window = MainWindow(awaits_scene=True)
    qtbot.addWidget(window)
    window.resize(1024, 700)
    laid_together: list[None] = []
    window.scene_view.native.frameSwapped.connect(lambda: laid_together.append(None))
    window.show()
    qtbot.waitUntil(lambda: bool(laid_together), timeout=PATIENCE_MS)
    qtbot.wait(300)
    assert len(laid_together) == 1
    view = window.scene_view.native
    shown = on_screen(window, QRect(view.mapTo(window, QPoint(0, 0)), view.size()).adjusted(2, 2, -2, -2))
    colors = {shown.pixel(x, y) for x in range(shown.width()) for y in range(0, shown.height(), 2)}
    assert len(colors) == 1, "nobody knows yet where the scene's axes point, and how large it is"
    # from then on it is painted again whenever something uncovers it
    uncovered(qtbot, window)
    assert len(laid_together) > 1


def test_what_another_window_covered_comes_back(qtbot: QtBot, quiet_window: MainWindow) -> None:
    uncovered(qtbot, quiet_window)


def uncovered(qtbot: QtBot, window: MainWindow) -> None:
    """Cover some of a dock and of the view beside it, and wait until the screen shows them again."""
    view = window.centralWidget()
    dock_and_view = QRect(view.geometry().left() - 100, view.geometry().top() + 20, 200, 100)
    before = on_screen(window, dock_and_view)
    cover = QLabel()
    cover.setWindowFlags(Qt.WindowType.ToolTip)
    cover.setStyleSheet("background: #ff00ff")
    cover.setGeometry(QRect(window.mapToGlobal(dock_and_view.topLeft()), dock_and_view.size()))
    qtbot.addWidget(cover)
    cover.show()
    qtbot.waitUntil(
        lambda: on_screen(window, dock_and_view).pixelColor(5, 50).name() == "#ff00ff",
        timeout=PATIENCE_MS,
    )
    cover.hide()
    qtbot.waitUntil(lambda: on_screen(window, dock_and_view) == before, timeout=PATIENCE_MS)
