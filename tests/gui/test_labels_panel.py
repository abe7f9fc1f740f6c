"""The label panel by real mouse and keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from tests.gui.made_sessions import TABLE, a_session, opened
from viewer.app.session import Session
from viewer.model.filters import Filter, Prefer
from viewer.model.label_table import LabelClass, LabelTable
from viewer.model.labels import LabelLayer
from viewer.ui.panels.labels import LabelsPanel
from viewer.ui.panels.pick_list import PickList

pytestmark = pytest.mark.gui
LEFT = Qt.MouseButton.LeftButton


def shown(qtbot: QtBot, session: Session, **options: object) -> LabelsPanel:
    panel = LabelsPanel(session, **options)  # type: ignore[arg-type]
    qtbot.addWidget(panel)
    panel.resize(270, 640)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def press(button: QAbstractButton) -> None:
    QTest.mouseClick(button, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(8, button.height() // 2))


def click_row(picker: PickList, row: int) -> None:
    QTest.mouseClick(
        picker.view.viewport(),
        LEFT,
        Qt.KeyboardModifier.NoModifier,
        picker.view.visualRect(picker.table.index(row, 0)).center(),
    )


def test_clicking_a_class_paints_with_it(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    click_row(panel.classes, 1)
    assert session.labelling.brush.class_id == 5
    assert panel.current.text == "chair\nclass 5, 10 objects"
    click_row(panel.classes, 2)
    assert panel.current.text == "table\nclass 7, no object yet"


def test_typing_finds_a_class_and_return_takes_the_best_one(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    qtbot.keyClicks(panel.classes.search, "la")
    QTest.keyClick(panel.classes.search, Qt.Key.Key_Return)
    assert session.labelling.brush.class_id == 35
    assert panel.classes.search.text() == ""
    assert len(panel.classes.table.order) == len(TABLE)


def test_a_class_that_begins_with_the_text_stands_first(qtbot: QtBot) -> None:
    session = a_session()
    session.labelling.set_table(
        LabelTable((LabelClass(1, "night stand", (1, 2, 3)), LabelClass(2, "stand", (3, 2, 1))))
    )
    panel = shown(qtbot, session)
    qtbot.keyClicks(panel.classes.search, "sta")
    assert panel.classes.table.order.tolist() == [1, 0]


def test_classes_used_last_are_at_hand(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    for row in (1, 2, 3):
        click_row(panel.classes, row)
    assert panel.classes.recent == (35, 7, 5)
    chip = next(b for b in panel.classes.findChildren(QAbstractButton) if b.toolTip() == "Paint with chair")
    press(chip)
    assert session.labelling.brush.class_id == 5
    assert panel.classes.recent == (35, 7, 5)


def test_counts_follow_the_labels(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    session.labelling.assign([1, 3], 1, LabelLayer.SEMANTIC)
    assert panel.classes.table.index(0, 2).data() == "2"
    session.labelling.undo()
    assert panel.classes.table.index(0, 2).data() == "–"


def test_another_label_table_is_listed_at_once(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    session.labelling.set_table(LabelTable((LabelClass(5, "seat", (9, 9, 9)),)))
    assert panel.classes.table.index(0, 0).data() == "seat"
    assert panel.current.text.startswith("seat")


def test_the_layer_switch_shows_the_instances(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    press(panel.layer_switch.findChildren(QAbstractButton)[1])
    assert session.labelling.brush.layer is LabelLayer.INSTANCE
    assert panel.instances.isVisible()
    press(panel.instances.new_button)
    assert session.labelling.brush.instance_id == 7
    assert panel.instances.view.selected_items.tolist() == [7]
    assert panel.current.text == "Instance 7\nno object yet"
    click_row(panel.instances, 1)
    assert session.labelling.brush.instance_id == 6


def test_tools_erase_and_unique_are_buttons_that_follow_the_brush(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    labelling = session.labelling
    press(panel.tools.tools["pen"])
    assert labelling.brush.tool == "pen"
    press(panel.tools.erase)
    assert labelling.brush.erase
    assert panel.current.text.startswith("Erase")
    labelling.set_brush(layer=LabelLayer.INSTANCE, unique=True)
    assert not panel.tools.erase.isChecked()
    assert panel.tools.unique.isChecked()
    assert panel.current.text.startswith("Unique instances")
    assert set(panel.tools.tools) == {"pen", "line", "rectangle", "eyedropper", "lasso"}


def test_filters_exclude_their_opposites(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    boxes = panel.options.filters
    assert boxes[Filter.NO_CLASS].isChecked()
    press(boxes[Filter.WITH_CLASS])
    assert session.labelling.brush.filters.with_class
    assert boxes[Filter.WITH_CLASS].isChecked()
    assert not boxes[Filter.NO_CLASS].isChecked()


def test_what_a_hit_takes_can_be_chosen(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    panel.options.prefer.setFocus()
    QTest.keyClick(panel.options.prefer, Qt.Key.Key_Down)
    assert session.labelling.brush.prefer is Prefer.INSTANCE
    press(panel.options.through)
    assert session.labelling.brush.select_through


def test_the_history_names_every_step_and_jumps(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    labelling = session.labelling
    for objects in ([1], [3, 5], [7]):
        labelling.assign(objects, 5, LabelLayer.SEMANTIC)
    press(panel.history.toggle)
    table = panel.history.view.model()
    titles = [table.index(row, 0).data() for row in range(table.rowCount())]
    assert titles == ["As opened", "1 object → chair", "2 objects → chair", "1 object → chair"]
    QTest.mouseClick(
        panel.history.view.viewport(),
        LEFT,
        Qt.KeyboardModifier.NoModifier,
        panel.history.view.visualRect(table.index(1, 0)).center(),
    )
    assert labelling.history.position == 1
    assert labelling.labels.semantic[[1, 3]].tolist() == [5, -1]
    assert panel.history.view.selected_items.tolist() == [1]


def test_undo_and_redo_say_what_they_would_do(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    undo, redo = panel.history.findChildren(QAbstractButton)[:2]
    assert not undo.isEnabled()
    session.labelling.assign([1], 5, LabelLayer.SEMANTIC)
    assert "1 object → chair" in undo.toolTip()
    press(undo)
    assert session.labelling.labels.semantic[1] == -1
    press(redo)
    assert session.labelling.labels.semantic[1] == 5


def test_changes_wait_for_the_strokes_before_them(qtbot: QtBot) -> None:
    session = a_session()
    waiting: list[Callable[[], object]] = []
    panel = shown(qtbot, session, in_turn=waiting.append)
    press(panel.tools.tools["pen"])
    assert session.labelling.brush.tool == "rectangle"
    waiting.pop()()
    assert session.labelling.brush.tool == "pen"


def test_single_letters_are_text_in_the_search_field(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    panel.classes.search.setFocus()
    qtbot.keyClicks(panel.classes.search, "e1 q")
    assert panel.classes.search.text() == "e1 q"
    assert not session.labelling.brush.erase


def test_without_an_object_list_the_panel_says_what_labelling_needs(qtbot: QtBot) -> None:
    session = Session()
    panel = shown(qtbot, session)
    assert not panel.can_label
    session.replace_scene(opened(has_objects=False))
    assert panel.empty.isVisible()
    assert not panel.tools.isVisible()
    session.replace_scene(opened())
    assert panel.tools.isVisible()
    session.replace_scene(None)
    assert panel.empty.isVisible()


def test_locked_classes_are_marked(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    decoration = Qt.ItemDataRole.DecorationRole
    assert panel.classes.table.index(1, 1).data(decoration) is None
    session.labelling.set_locked_classes([5])
    assert panel.classes.table.index(1, 1).data(decoration) is not None
