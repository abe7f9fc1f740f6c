"""Shift and a digit paint with the class that the user gave it to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.gui.made_sessions import a_session
from tests.gui.test_stories import PATIENCE_MS, drag, object_in_view, open_scene
from viewer.model.filters import ALL_FACES
from viewer.model.label_table import LabelClass, LabelTable
from viewer.model.labels import LabelLayer
from viewer.ui.class_keys import ClassKeys
from viewer.ui.main_window import MainWindow
from viewer.ui.panels.class_picker import ClassPicker

pytestmark = pytest.mark.gui
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def _no_keys_kept() -> Iterator[None]:
    QSettings().remove("class_keys")
    yield
    QSettings().remove("class_keys")


def give_key(picker: ClassPicker, row: int, digit: int | None) -> None:
    """By the context menu of a class, with the mouse."""
    at = picker.view.visualRect(picker.table.index(row, 0)).center()

    def pick() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        keys = next(action.menu() for action in menu.actions() if action.text() == "Key")
        wanted = "No key" if digit is None else f"Shift+{digit}"
        next(action for action in keys.actions() if action.text().startswith(wanted)).trigger()
        menu.close()

    QTimer.singleShot(100, pick)
    picker.view.customContextMenuRequested.emit(at)


@pytest.fixture
def picker(qtbot: QtBot) -> ClassPicker:
    session = a_session()
    picker = ClassPicker(session, ClassKeys(session))
    picker.take_classes()
    qtbot.addWidget(picker)
    picker.resize(270, 300)
    picker.show()
    qtbot.waitExposed(picker)
    return picker


def shown_keys(picker: ClassPicker) -> list[str]:
    place = [column.key for column in picker.table.columns].index("key")
    if picker.view.isColumnHidden(place):
        return []
    return [picker.table.data(picker.table.index(row, place)) for row in range(len(picker.table.order))]


def test_a_right_click_gives_a_class_its_key_and_the_list_shows_it(picker: ClassPicker) -> None:
    assert shown_keys(picker) == []
    give_key(picker, 1, 3)
    give_key(picker, 2, 4)
    assert shown_keys(picker) == ["", "⇧3", "⇧4", ""]
    give_key(picker, 2, 3)
    assert shown_keys(picker) == ["", "", "⇧3", ""]
    give_key(picker, 2, None)
    assert shown_keys(picker) == []


def test_every_label_table_keeps_its_own_keys(picker: ClassPicker) -> None:
    labelling = picker._session.labelling
    first = labelling.table
    give_key(picker, 1, 3)
    labelling.set_table(LabelTable((LabelClass(1, "cat", (1, 2, 3)), LabelClass(2, "dog", (3, 2, 1)))))
    picker.show_class(1)
    assert shown_keys(picker) == []
    give_key(picker, 1, 3)
    labelling.set_table(first)
    picker.show_class(1)
    assert shown_keys(picker) == ["", "⇧3", "", ""]
    again = ClassKeys(picker._session)
    assert again.keys == {3: 5}


def test_the_key_paints_with_the_class_only_in_the_view(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    open_scene(qtbot, window, make_scene(tmp_path))
    labelling, canvas = window.session.labelling, window.scene_view.native
    labelling.set_brush(layer=LabelLayer.INSTANCE, filters=ALL_FACES)
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_2, SHIFT)
    assert "no class yet" in window.status_line.currentMessage()
    assert labelling.brush.layer is LabelLayer.INSTANCE

    window.class_keys.assign(2, 7)
    assert window.actions_table["class_key_2"].text() == "table"
    QTest.keyClick(canvas, Qt.Key.Key_2, SHIFT)
    assert (labelling.brush.layer, labelling.brush.class_id) == (LabelLayer.SEMANTIC, 7)
    assert labelling.brush.tool == "rectangle", "without Shift the digits are tools"
    target, spot = object_in_view(window)
    drag(window, spot, spot + QPoint(1, 1), SHIFT)
    qtbot.waitUntil(lambda: labelling.labels.semantic[target] == 7, timeout=PATIENCE_MS)

    labelling.set_brush(class_id=1)
    search = window.panels.labels.classes.search
    search.setFocus()
    QTest.keyClick(search, Qt.Key.Key_2, SHIFT)
    assert labelling.brush.class_id == 1, "typed into a field it is only text"
