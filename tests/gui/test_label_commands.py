"""Labels, instances and locks of the selection, by the keys of the Label menu."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog
from pytestqt.qtbot import QtBot

from tests.gui.made_sessions import a_session
from tests.gui.test_stories import PATIENCE_MS, drag, object_in_view, open_scene
from viewer.model.labels import LabelLayer
from viewer.ui.main_window import MainWindow
from viewer.ui.panels.object_list import ObjectList

pytestmark = pytest.mark.gui
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def key(window: MainWindow, what: Qt.Key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    window.scene_view.native.setFocus()
    QTest.keyClick(window.scene_view.native, what, modifiers)
    QApplication.processEvents()


@pytest.fixture
def opened(qtbot: QtBot, window: MainWindow, make_scene, tmp_path: Path) -> MainWindow:
    open_scene(qtbot, window, make_scene(tmp_path))
    return window


def test_the_selection_is_labelled_and_erased_by_a_key(opened: MainWindow) -> None:
    labelling, session = opened.session.labelling, opened.session
    chosen = np.flatnonzero(labelling.labels.semantic == -1)[:3]
    session.select(chosen)
    labelling.set_brush(layer=LabelLayer.SEMANTIC, class_id=7)
    key(opened, Qt.Key.Key_L)
    assert (labelling.labels.semantic[chosen] == 7).all()
    assert opened.status_line.currentMessage() == "3 objects → table"
    key(opened, Qt.Key.Key_Delete)
    assert (labelling.labels.semantic[chosen] == -1).all()
    key(opened, Qt.Key.Key_Z, CTRL)
    assert (labelling.labels.semantic[chosen] == 7).all()


def test_instances_are_made_split_and_merged_by_keys(opened: MainWindow) -> None:
    labelling, session = opened.session.labelling, opened.session
    before = labelling.labels.instance.copy()
    count = labelling.instances.count
    session.select([2, 3, 5])
    key(opened, Qt.Key.Key_G, CTRL)
    assert labelling.labels.instance[[2, 3, 5]].tolist() == [count + 1] * 3
    key(opened, Qt.Key.Key_G, CTRL | SHIFT)
    assert labelling.labels.instance[[2, 3, 5]].tolist() == [count + 2, count + 3, count + 4]
    session.select([3, 5])
    key(opened, Qt.Key.Key_M, CTRL)
    assert labelling.labels.instance[[2, 3, 5]].tolist() == [count + 2, count + 3, count + 3]
    key(opened, Qt.Key.Key_M, CTRL)
    assert "two or more instances" in opened.status_line.currentMessage()
    for _ in range(3):
        key(opened, Qt.Key.Key_Z, CTRL)
    assert np.array_equal(labelling.labels.instance, before)


def test_f2_names_the_instance_of_the_selection(opened: MainWindow) -> None:
    labelling = opened.session.labelling
    labelling.assign([4], 1, LabelLayer.INSTANCE)
    labelling.create_instance()
    opened.session.select([4])

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QInputDialog)
        dialog.setTextValue("the good chair")
        dialog.accept()

    QTimer.singleShot(200, answer)
    key(opened, Qt.Key.Key_F2)
    assert labelling.instances.name_of(1) == "the good chair"


def test_strokes_leave_locked_objects_alone_and_say_so(qtbot: QtBot, opened: MainWindow) -> None:
    labelling, session = opened.session.labelling, opened.session
    target, spot = object_in_view(opened)
    session.select([target])
    key(opened, Qt.Key.Key_L, CTRL)
    assert labelling.locked_objects.tolist() == [target]
    assert opened.status_line.currentMessage() == "1 object locked"
    drag(opened, spot, spot, SHIFT)
    qtbot.waitUntil(lambda: not opened.painting.is_busy, timeout=PATIENCE_MS)  # the preview speaks likewise
    assert "1 locked" in opened.status_line.currentMessage()
    assert labelling.labels.semantic[target] == -1
    key(opened, Qt.Key.Key_L)
    assert opened.status_line.currentMessage() == "Nothing to change, 1 locked"
    key(opened, Qt.Key.Key_L, CTRL)
    assert not len(labelling.locked_objects)

    labelling.set_brush(class_id=3)
    opened.actions_table["lock_class"].trigger()
    assert labelling.locked_classes == {3}
    opened.actions_table["unlock_all"].trigger()
    assert not labelling.locked_classes


def test_a_locked_object_has_a_lock_in_the_list(qtbot: QtBot) -> None:
    session = a_session()
    page = ObjectList(session)
    qtbot.addWidget(page)
    page.resize(420, 300)
    page.show()
    qtbot.waitExposed(page)
    names = [column.key for column in page.table.columns].index("name")

    def locks() -> list[bool]:
        role = Qt.ItemDataRole.DecorationRole
        return [page.table.data(page.table.index(row, names), role) is not None for row in range(6)]

    assert locks() == [False] * 6
    with qtbot.waitSignal(page.table.dataChanged):
        session.labelling.set_locked_objects([1, 3])
    assert locks() == [False, True, False, True, False, False]
    tip = page.table.data(page.table.index(1, names), Qt.ItemDataRole.ToolTipRole)
    assert tip == "table_1\nLocked against strokes"
    session.labelling.set_locked_objects([])
    session.labelling.set_locked_classes([5])
    assert locks() == [True, False, False, False, True, False], "objects of a locked class as well"
