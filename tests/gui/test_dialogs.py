"""The dialogs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton, QTreeWidgetItem, QWidget
from pytestqt.qtbot import QtBot

from tests.builders import write_scene
from tests.gui.made_sessions import opened
from tests.gui.test_stories import PATIENCE_MS, open_scene, settle
from viewer.app.settings import Settings
from viewer.formats.reader import SceneMatch
from viewer.resources import resource_path
from viewer.ui.commands import COMMANDS
from viewer.ui.dialogs.about import AboutDialog
from viewer.ui.dialogs.choose_scene import ChooseSceneDialog
from viewer.ui.dialogs.dialog import Dialog
from viewer.ui.dialogs.guide import PAGES, GuideDialog
from viewer.ui.dialogs.inventory import InventoryDialog
from viewer.ui.dialogs.settings import SettingsDialog
from viewer.ui.dialogs.shortcuts import ShortcutsDialog, key_rows
from viewer.ui.job_runner import JobRunner
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui


@pytest.fixture
def runner() -> Iterator[JobRunner]:
    runner = JobRunner()
    yield runner
    runner.close()


def press(dialog: QWidget, text: str) -> None:
    next(button for button in dialog.findChildren(QPushButton) if button.text() == text).click()


def items(item: QTreeWidgetItem | None) -> list[QTreeWidgetItem]:
    if item is None:
        return []
    return [item, *(below for k in range(item.childCount()) for below in items(item.child(k)))]


def matches(folder: Path, count: int) -> list[SceneMatch]:
    names = [f"ai_{k // 10:03d}_{k % 10 + 1:03d}" for k in range(count)]
    return [SceneMatch(name, (folder / name,), "hypersim") for name in names]


def test_about_tells_every_version(qtbot: QtBot) -> None:
    dialog = AboutDialog("4.5 made up")
    qtbot.addWidget(dialog)
    press(dialog, "Copy")
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("Hypersim Viewer 0.")
    for part in ("OpenGL: 4.5 made up", "Qt: 6.", "numpy 2.", "Python: 3."):
        assert part in copied


def test_settings_hold_at_once_and_go_back_to_defaults(qtbot: QtBot) -> None:
    dialog = SettingsDialog(Settings(fly_speed_m_per_s=3.0))
    qtbot.addWidget(dialog)
    told: list[Settings] = []
    dialog.changed.connect(told.append)
    combo = dialog.form.control("theme").findChild(QComboBox)
    combo.setCurrentIndex(1)
    assert told == [Settings(theme="dark", fly_speed_m_per_s=3.0)]
    press(dialog, "Defaults")
    assert told[-1] == Settings()


def test_every_command_stands_in_the_shortcut_list(qtbot: QtBot) -> None:
    rows = key_rows(COMMANDS)
    titles = {row.title for row in rows}
    assert {command.title.replace("&", "").rstrip("…") for command in COMMANDS} <= titles
    dialog = ShortcutsDialog(COMMANDS)
    qtbot.addWidget(dialog)
    qtbot.keyClicks(dialog.search, "undo")
    shown = [
        item.text(0)
        for k in range(dialog.tree.topLevelItemCount())
        for item in items(dialog.tree.topLevelItem(k))
    ]
    assert "Undo" in shown
    assert len(shown) < 8


def test_the_inventory_tells_what_is_there_broken_and_missing(qtbot: QtBot) -> None:
    dialog = InventoryDialog(opened().scene)
    qtbot.addWidget(dialog)
    groups = [dialog.tree.topLevelItem(k) for k in range(dialog.tree.topLevelItemCount())]
    assert [group.text(0) for group in groups] == ["Broken", "There", "Missing"]
    assert groups[0].child(0).text(1) == "expected (40, 1), found (3, 1)"
    assert groups[2].child(0).text(2) == "showing free space"
    press(dialog, "Copy as JSON")
    assert '"ai_001_001"' in QGuiApplication.clipboard().text()


def test_a_scene_is_found_by_typing_and_chosen_by_return(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = ChooseSceneDialog(matches(tmp_path, 400))
    qtbot.addWidget(dialog)
    qtbot.keyClicks(dialog.search, "ai_031_004")
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    assert dialog.chosen is not None
    assert dialog.chosen.name == "ai_031_004"


def test_the_arrow_keys_move_in_the_list_while_one_types(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = ChooseSceneDialog(matches(tmp_path, 40))
    qtbot.addWidget(dialog)
    first = dialog.view.selected_items[0]
    for _ in range(2):
        QTest.keyClick(dialog.search, Qt.Key.Key_Down)
    QTest.keyClick(dialog.search, Qt.Key.Key_Up)
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    assert dialog.chosen is dialog.matches[first + 1]


def test_what_each_scene_has_is_filled_in_by_a_worker(
    qtbot: QtBot, runner: JobRunner, tmp_path: Path
) -> None:
    mesh = tmp_path / "ai_000_002" / "_detail" / "mesh"
    mesh.mkdir(parents=True)
    (mesh / "mesh_vertices.hdf5").touch()
    (tmp_path / "ai_000_003" / "images" / "scene_cam_00_final_preview").mkdir(parents=True)
    dialog = ChooseSceneDialog(matches(tmp_path, 60), runner)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: runner.is_idle and dialog._table.index(59, 1).data() == "–")
    icon = Qt.ItemDataRole.DecorationRole
    cells = [
        [dialog._table.index(row, column).data(icon) is not None for column in (1, 2, 3)] for row in range(3)
    ]
    assert cells == [[False, False, False], [True, False, False], [False, False, True]]
    header = dialog.view.horizontalHeader()
    header.setSortIndicator(1, Qt.SortOrder.DescendingOrder)
    assert dialog._table.order[0] == 1


def test_closing_the_chooser_stops_the_looking(qtbot: QtBot, runner: JobRunner, tmp_path: Path) -> None:
    dialog = ChooseSceneDialog(matches(tmp_path, 3000), runner)
    qtbot.addWidget(dialog)
    dialog.reject()
    qtbot.waitUntil(lambda: runner.is_idle)
    assert dialog.chosen is None


def test_the_guide_lists_every_page_and_follows_the_links_between_them(qtbot: QtBot) -> None:
    assert set(PAGES) == {path.stem for path in resource_path("docs").glob("*.md")}
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = GuideDialog("labelling", parent)
    dialog.show()
    assert "Every object of a scene carries one class" in dialog.text.toPlainText()

    where = dialog.pages.visualItemRect(dialog.pages.item(PAGES.index("cameras"))).center()
    QTest.mouseClick(dialog.pages.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert dialog.text.toPlainText().startswith("Cameras")

    dialog.text.setFocus()
    QTest.keyClick(dialog.text, Qt.Key.Key_Tab)  # the first link
    QTest.keyClick(dialog.text, Qt.Key.Key_Return)
    assert dialog.pages.currentItem().text() == "Lenses"
    assert dialog.text.toPlainText().startswith("Lenses")
    dialog.close()


def test_what_is_asked_about_a_scene_is_not_asked_about_the_next(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    open_scene(qtbot, window, write_scene(tmp_path))
    for command in ("film", "screenshot", "export_poses", "generate_octomap"):
        window.actions_table[command].trigger()
    assert len(window.findChildren(Dialog)) == 4
    window.opening.close_scene()
    qtbot.waitUntil(lambda: not window.findChildren(Dialog), timeout=PATIENCE_MS)
    window.opening.open_path(tmp_path)
    qtbot.waitUntil(lambda: window.session.scene is not None, timeout=PATIENCE_MS)
    settle(qtbot, window)
