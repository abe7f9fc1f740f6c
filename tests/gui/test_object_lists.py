"""The lists of objects, instances and boxes, by real mouse and keys."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.made_sessions import a_session, opened
from viewer.app.session import Session
from viewer.model.labels import LabelLayer
from viewer.ui.numpy_table import NumpyTable
from viewer.ui.panels.box_list import BoxList
from viewer.ui.panels.list_page import ListPage
from viewer.ui.panels.objects import ObjectsPanel

pytestmark = pytest.mark.gui
LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
MOST_CELLS = 9000
"""Questions about cells for one repaint: 24 rows of 7 columns, some 8 roles each, asked a few times over."""


def shown(qtbot: QtBot, session: Session, page: int = 0) -> ObjectsPanel:
    panel = ObjectsPanel(session)
    qtbot.addWidget(panel)
    panel.resize(640, 480)
    panel.setCurrentIndex(page)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def place_of(page: ListPage, item: int, column: str) -> QPoint:
    row = int(page.table.rows_of(np.array([item]))[0])
    keys = [entry.key for entry in page.table.columns]
    return page.view.visualRect(page.table.index(row, keys.index(column))).center()


def click(page: ListPage, item: int, column: str = "name", modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.mouseClick(page.view.viewport(), LEFT, modifiers, place_of(page, item, column))


def names(page: ListPage, count: int = 4) -> list[str]:
    keys = [entry.key for entry in page.table.columns]
    column = keys.index("name")
    return [page.table.index(row, column).data() for row in range(min(count, len(page.table.order)))]


def test_a_click_selects_the_object_everywhere(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    click(panel.objects, 3)
    assert session.selection.tolist() == [3]


def test_control_click_adds_and_shift_click_takes_a_range(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    click(panel.objects, 3)
    click(panel.objects, 5, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert session.selection.tolist() == [3, 5]
    click(panel.objects, 8)
    click(panel.objects, 10, modifiers=Qt.KeyboardModifier.ShiftModifier)
    assert session.selection.tolist() == [8, 9, 10]


def test_a_range_may_start_at_what_was_selected_elsewhere(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    session.select([4])
    click(panel.objects, 6, modifiers=Qt.KeyboardModifier.ShiftModifier)
    assert session.selection.tolist() == [4, 5, 6]


def test_a_selection_made_elsewhere_is_shown_and_told_only_once(qtbot: QtBot) -> None:
    session = a_session(400)
    panel = shown(qtbot, session)
    told = []
    session.selection_changed.connect(told.append)
    session.select([2, 390])
    assert panel.objects.view.selected_items.tolist() == [2, 390]
    session.select([390])
    assert panel.objects.view.viewport().rect().contains(place_of(panel.objects, 390, "name"))
    assert len(told) == 2


def test_searching_by_name_id_and_class_keeps_the_selection(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    session.select([1, 4])
    qtbot.keyClicks(panel.objects.search, "CHAIR_")
    assert names(panel.objects) == ["chair_0", "chair_4", "chair_8", "chair_12"]
    assert session.selection.tolist() == [1, 4]
    assert panel.objects.view.selected_items.tolist() == [4]
    assert panel.objects.counts.text() == "10 of 40 objects, 50% labelled"
    QTest.keyClick(panel.objects.search, Qt.Key.Key_Escape)
    assert panel.objects.view.selected_items.tolist() == [1, 4]
    qtbot.keyClicks(panel.objects.search, "#17")
    assert names(panel.objects) == ["table_17"]
    panel.objects.search.clear()
    session.labelling.assign([1], 35, LabelLayer.SEMANTIC)
    qtbot.keyClicks(panel.objects.search, "lamp table")
    assert names(panel.objects) == ["table_1"]


def test_typing_in_the_list_starts_a_search(qtbot: QtBot) -> None:
    panel = shown(qtbot, a_session())
    panel.objects.view.setFocus()
    qtbot.keyClicks(panel.objects.view, "w")
    assert panel.focusWidget() is panel.objects.search
    assert panel.objects.search.text() == "w"


def test_a_header_click_sorts_and_another_one_turns_the_order(qtbot: QtBot) -> None:
    panel = shown(qtbot, a_session())
    header = panel.objects.view.horizontalHeader()
    keys = [column.key for column in panel.objects.table.columns]

    def click_header(key: str) -> None:
        section = keys.index(key)
        middle = header.sectionViewportPosition(section) + header.sectionSize(section) // 2
        QTest.mouseClick(header.viewport(), LEFT, NONE, QPoint(middle, header.height() // 2))

    click_header("name")
    assert names(panel.objects) == ["chair_0", "chair_4", "chair_8", "chair_12"]
    click_header("area")
    click_header("area")
    assert names(panel.objects, 2) == ["wall_39", "lamp_38"]
    click_header("class")
    classes = [panel.objects.table.index(row, keys.index("class")).data() for row in (0, 10, 39)]
    assert classes == ["chair", "lamp", "–"]


def test_a_label_change_draws_only_the_rows_it_touches(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    rows: list[int] = []
    panel.objects.table.dataChanged.connect(
        lambda first, last: rows.extend(range(first.row(), last.row() + 1))
    )
    session.labelling.assign([3, 9], 7, LabelLayer.SEMANTIC)
    assert rows == [3, 9]
    assert panel.objects.table.index(3, 2).data() == "table"


def test_a_list_sorted_by_class_sorts_anew_after_a_stroke(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    panel.objects.show_sort("class", is_descending=False)
    session.labelling.assign([39], 5, LabelLayer.SEMANTIC)
    qtbot.waitUntil(lambda: 39 in panel.objects.table.order[:11].tolist())


def test_the_eye_hides_and_shows_an_object(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    click(panel.objects, 2, "eye")
    assert session.hidden.tolist() == [2]
    click(panel.objects, 2, "eye")
    assert session.hidden.tolist() == []


def test_narrowing_to_objects_without_a_class(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    panel.objects.narrowing.setCurrentText("No class")
    assert panel.objects.table.order.tolist() == list(range(1, 40, 2))
    session.labelling.assign([1], 5, LabelLayer.SEMANTIC)
    qtbot.waitUntil(lambda: 1 not in panel.objects.table.order)


def test_double_click_and_return_ask_for_focus(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    asked: list[list[int]] = []
    panel.focus_requested.connect(lambda ids: asked.append(ids.tolist()))
    QTest.mouseDClick(panel.objects.view.viewport(), LEFT, NONE, place_of(panel.objects, 6, "name"))
    QTest.keyClick(panel.objects.view, Qt.Key.Key_Return)
    assert asked[0] == [6]


def test_the_menu_acts_on_all_selected_objects(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    session.select([0, 4])
    menu = panel.objects.menu_for(session.selection)
    actions = {action.text(): action for action in menu.actions()}
    actions["Hide"].trigger()
    assert session.hidden.tolist() == [0, 4]
    actions["Copy names"].trigger()
    assert QGuiApplication.clipboard().text() == "chair_0\nchair_4"
    actions["Select all of the same class"].trigger()
    assert session.selection.tolist() == list(range(0, 40, 4))
    actions["Label as wall"].trigger()
    assert session.labelling.labels.semantic[[0, 4]].tolist() == [1, 1]
    actions["Give each a new instance"].trigger()
    assert session.labelling.labels.instance[[0, 4]].tolist() == [7, 8]
    actions["Lock against strokes"].trigger()
    assert session.labelling.locked_objects.tolist() == [0, 4]
    assert session.labelling.history.position == 2


def test_selecting_an_instance_selects_its_objects_and_back(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session, page=1)
    click(panel.instances, 2, "id")
    members = np.flatnonzero(session.labelling.labels.instance == 2)
    assert session.selection.tolist() == members.tolist()
    session.select([0])
    assert panel.instances.view.selected_items.tolist() == [1]
    session.select([1])
    assert panel.instances.view.selected_items.tolist() == []


def test_instances_of_mixed_classes_can_be_listed_and_merged(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session, page=1)
    assert len(panel.instances.table.order) == 6
    panel.instances.narrowing.setCurrentText("Mixed classes")
    mixed = panel.instances.table.order
    for instance in mixed.tolist():
        classes = session.labelling.labels.semantic[session.labelling.labels.instance == instance]
        assert len(np.unique(classes[classes > 0])) > 1
    panel.instances.narrowing.setCurrentText("All")
    menu = panel.instances.menu_for(np.array([2, 5]))
    next(action for action in menu.actions() if action.text() == "Merge into instance 2").trigger()
    assert not (session.labelling.labels.instance == 5).any()


def test_a_new_instance_appears_in_the_list(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session, page=1)
    panel.instances.narrowing.setCurrentText("Unused")
    assert panel.instances.table.order.tolist() == []
    session.labelling.create_instance()
    qtbot.waitUntil(lambda: panel.instances.table.order.tolist() == [7])


def test_a_box_selects_its_objects_and_tells_where_it_is(qtbot: QtBot) -> None:
    session = a_session()
    page = shown_boxes(qtbot, session)
    where = []
    page.focus_box_requested.connect(lambda low, high: where.append((low.tolist(), high.tolist())))
    click(page, 3, "class")
    assert session.selection.tolist() == np.flatnonzero(session.labelling.labels.instance == 4).tolist()
    QTest.mouseDClick(page.view.viewport(), LEFT, NONE, place_of(page, 3, "class"))
    assert where[0] == ([-5, -10, -20], [5, 10, 20])
    texts = [page.table.index(3, column).data() for column in range(len(page.table.columns))]
    assert texts[:11] == [
        "4",
        texts[1],
        "ok",
        "0.25",
        "0.51",
        "1.02",
        "0.131",
        "0.00",
        "0.00",
        "0.00",
        texts[10],
    ]


def test_boxes_are_searched_sorted_and_marked_stale_at_once_however_many(qtbot: QtBot) -> None:
    session = a_session(13_000, 4_012)
    page = shown_boxes(qtbot, session)
    assert len(page.table.order) == 4_012
    for key in ("size_x", "volume", "center_z", "members", "class", "name", "state", "id"):
        started = time.perf_counter()
        page.show_sort(key, is_descending=True)
        assert time.perf_counter() - started < 1  # 0.03 s on an idle machine
    assert page.table.order[0] == 4_011
    page.search.setText("#4012")
    assert page.table.order.tolist() == [4_011]
    page.search.setText("")

    session.labelling.assign([0], 3, LabelLayer.INSTANCE)  # it belonged to instance 1

    qtbot.waitUntil(page.stale_bar.isVisible)
    page.search.setText("stale")
    assert sorted(page.table.order.tolist()) == [0, 2]
    session.labelling.undo()
    qtbot.waitUntil(lambda: not page.stale_bar.isVisible())
    assert len(page.table.order) == 0
    assert page.empty.words == "No instance fits."


def shown_boxes(qtbot: QtBot, session: Session) -> BoxList:
    page = BoxList(session)
    qtbot.addWidget(page)
    page.resize(900, 500)
    page.show()
    qtbot.waitExposed(page)
    return page


def test_a_page_that_was_not_seen_is_right_when_it_is_shown(qtbot: QtBot) -> None:
    session = a_session()
    panel = shown(qtbot, session)
    session.select([0])
    session.labelling.assign([1], 6, LabelLayer.INSTANCE)
    panel.setCurrentIndex(1)
    assert panel.instances.view.selected_items.tolist() == [1]
    row = int(panel.instances.table.rows_of(np.array([6]))[0])
    count = int((session.labelling.labels.instance == 6).sum())
    assert panel.instances.table.index(row, 2).data() == str(count)


def test_without_objects_the_list_says_what_is_missing(qtbot: QtBot) -> None:
    session = Session()
    panel = shown(qtbot, session)
    assert panel.objects.empty.isVisible()
    session.replace_scene(opened(has_objects=False))
    assert panel.objects.empty.isVisible()
    session.replace_scene(opened())
    assert panel.objects.view.isVisible()
    session.replace_scene(None)
    assert len(panel.objects.table.order) == 0


def test_only_the_rows_on_screen_are_ever_asked_for(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    session = a_session(13_000, 4_012)
    panel = shown(qtbot, session)
    asked = 0
    answer = NumpyTable.data

    def counted(table: NumpyTable, *what: Any) -> Any:
        nonlocal asked
        asked += 1
        return answer(table, *what)

    monkeypatch.setattr(NumpyTable, "data", counted)
    most: dict[str, int] = {}

    def watched(what: str, call: Callable[[], object]) -> None:
        nonlocal asked
        asked = 0
        call()
        QApplication.processEvents()
        most[what] = max(most.get(what, 0), asked)

    for text in ("c", "ch", "cha", "chai", "chair_1", ""):
        watched("search", partial(panel.objects.search.setText, text))
    for key in ("name", "class", "instance", "area", "id"):
        watched("sort", partial(panel.objects.show_sort, key, is_descending=True))
    watched("stroke", partial(session.labelling.assign, np.arange(3000), 7, LabelLayer.SEMANTIC))
    watched("selection", partial(session.select, np.arange(0, 13_000, 2)))
    panel.setCurrentIndex(1)
    watched("instances", partial(panel.instances.search.setText, "40"))
    assert max(most.values()) < MOST_CELLS, most
