"""Odd places to open, and odd ways to get there."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from tests.builders import write_scene
from tests.gui.test_stories import PATIENCE_MS, settle
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui


def wait_for_scene(qtbot: QtBot, window: MainWindow, name: str) -> None:
    def is_open() -> bool:
        return window.session.scene is not None and window.session.scene.name == name

    qtbot.waitUntil(is_open, timeout=PATIENCE_MS)
    settle(qtbot, window)


def drop(window: MainWindow, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    offered = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    event = QDropEvent(QPointF(5, 5), offered, data, left, none)
    event.setDropAction(Qt.DropAction.MoveAction)  # what file managers propose within a disk
    window.dropEvent(event)
    assert event.dropAction() is Qt.DropAction.CopyAction, "they may delete what was moved"


@pytest.mark.parametrize("place", ["/proc", "/dev/null", "a file", "empty", "in circles", "nowhere"])
def test_what_is_no_scene_is_told_in_a_sentence(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, place: str
) -> None:
    (tmp_path / "a file").write_text("not a scene")
    (tmp_path / "empty").mkdir()
    (tmp_path / "in circles").mkdir()
    (tmp_path / "in circles" / "again").symlink_to(tmp_path / "in circles")
    window.opening.open_path(tmp_path / place)
    qtbot.waitUntil(lambda: len(window.banners.shown) == 1, timeout=PATIENCE_MS)
    message = window.banners.shown[0].message
    assert message.startswith(("Expected a scene folder", "This folder does not exist"))
    assert window.session.scene is None


@pytest.mark.parametrize("inside", ["", "_detail", "_detail/mesh", "_detail/cam_00", "images"])
def test_any_folder_of_a_scene_opens_the_scene_under_any_name(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, inside: str
) -> None:
    place = tmp_path / "Ünï cödé, 'quoted' мир 部屋"
    scene = write_scene(place)
    window.opening.open_path(scene / inside)
    wait_for_scene(qtbot, window, scene.name)
    assert not window.banners.shown


def test_the_last_of_many_folders_opened_at_once_is_shown(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    for number in range(6):
        window.opening.open_path(write_scene(tmp_path, f"ai_900_00{number}"))
    wait_for_scene(qtbot, window, "ai_900_005")
    assert not window.banners.shown


def test_the_first_of_two_dropped_folders_is_opened_and_the_user_told(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    drop(window, write_scene(tmp_path, "ai_900_001"), write_scene(tmp_path, "ai_900_002"))
    assert window.statusBar().currentMessage().startswith("Only ai_900_001 is opened.")
    wait_for_scene(qtbot, window, "ai_900_001")


def test_a_file_of_a_scene_can_be_dropped(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    drop(window, write_scene(tmp_path) / "_detail" / "mesh" / "mesh_vertices.hdf5")
    wait_for_scene(qtbot, window, "ai_900_001")


def test_recent_scenes_that_are_gone_are_grey_in_the_menu(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    scene = write_scene(tmp_path)
    window.opening._remember(tmp_path / "gone")
    window.opening._remember(scene)
    qtbot.waitUntil(lambda: not window.recent_menu.actions()[1].isEnabled(), timeout=PATIENCE_MS)
    assert window.recent_menu.actions()[0].isEnabled()
    window.recent_menu.actions()[0].trigger()
    wait_for_scene(qtbot, window, scene.name)


def test_reloading_keeps_the_frame(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.opening.open_path(write_scene(tmp_path))
    wait_for_scene(qtbot, window, "ai_900_001")
    window.frames_panel.next_frame()
    before, scene = window.session.frame, window.session.scene
    window.actions_table["reload"].trigger()
    qtbot.waitUntil(lambda: window.session.scene is not scene, timeout=PATIENCE_MS)
    settle(qtbot, window)
    assert window.session.frame == before


def test_a_view_that_wants_a_lighter_mesh_does_not_call_off_a_scene_that_is_being_opened(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    wanted, begin = window.scene_view.detail_wanted, window.moving._begin
    wanted.disconnect(begin)  # a slow machine wants it at once
    window.opening.open_path(write_scene(tmp_path, "ai_900_001"))
    wait_for_scene(qtbot, window, "ai_900_001")
    begun: list[str] = []
    window.runner.started.connect(lambda job: begun.append(job.title))
    wanted.connect(begin)
    window.opening.open_path(write_scene(tmp_path, "ai_900_002"))
    wanted.emit()
    assert begun == ["Looking for scenes in ai_900_002", "Making a lighter mesh for moving"]
    wait_for_scene(qtbot, window, "ai_900_002")
