"""Which frames see the selection, by mouse and keys in the real window."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.test_stories import PATIENCE_MS, open_scene, settle
from viewer.app.seen_in import frames_seeing, nearest_frame, pixels_in_frame
from viewer.ui.frame_icons import ICON_SIZE
from viewer.ui.main_window import MainWindow
from viewer.ui.watch import is_seen

pytestmark = pytest.mark.gui
SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> None:
    window.scene_view.native.setFocus()
    QTest.keyClick(window.scene_view.native, key, SHIFT)
    settle(qtbot, window)


def click_row(qtbot: QtBot, window: MainWindow, row: int) -> None:
    view = window.panels.seen_in.view
    place = view.visualRect(view.model().index(row, 0)).center()
    qtbot.mouseClick(view.viewport(), LEFT, pos=place)


def test_frames_that_see_the_selection_are_listed_gone_to_and_kept(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    open_scene(qtbot, window, make_scene(tmp_path))
    session, panel = window.session, window.panels.seen_in
    qtbot.waitUntil(lambda: session.seen is not None, timeout=PATIENCE_MS)
    assert not is_seen(panel), "the first look is calm: the selection stands in front"
    window.docks["seen_in"].raise_()
    qtbot.waitUntil(lambda: is_seen(panel), timeout=PATIENCE_MS)
    frames_with = np.array([len(frames_seeing(session.seen, [k])[0]) for k in range(session.object_count)])
    target = int(np.flatnonzero(frames_with >= 2)[-1])
    session.select([target])
    rows, pixels = frames_seeing(session.seen, [target])
    assert panel.table.order.tolist() == rows.tolist()
    assert panel.table.index(0, 1).data() == f"{pixels[0]:,} px"
    icon = panel.table.index(0, 0).data(Qt.ItemDataRole.DecorationRole)
    assert icon.actualSize(ICON_SIZE) == ICON_SIZE, "its place is kept before the picture is there"
    assert panel.headline.text() == (
        f"{session.object_names[target]}: {len(rows)} of {len(session.seen.frames)} frames"
    )
    count = f": {len(rows)} of {len(session.seen.frames)} frames"
    narrow = panel.headline.fontMetrics().horizontalAdvance(count) + 30
    panel.headline.setText("an object with a name that no panel has room for", count)
    assert "…" in panel.headline.shown_in(narrow)
    assert panel.headline.shown_in(narrow).endswith(count), "the number is what one looks for"
    assert panel.headline.shown_in(10_000) == panel.headline.text()

    click_row(qtbot, window, 1)
    assert session.frame == session.seen.frames[rows[1]]
    press(qtbot, window, Qt.Key.Key_Z)
    assert session.frame == session.seen.frames[rows[0]]
    assert panel.view.selected_items.tolist() == [rows[0]], "the current frame is marked"
    press(qtbot, window, Qt.Key.Key_O)
    near = nearest_frame(session, window.scene_view.current_camera())
    assert session.frame == near
    assert "Nearest to this view" in window.status_line.currentMessage()
    settle(qtbot, window)
    icon = panel.table.index(0, 0).data(Qt.ItemDataRole.DecorationRole)
    assert icon is not None, "a small picture"

    qtbot.mouseClick(panel.in_frame, LEFT)
    shown = pixels_in_frame(session.seen, session.frame)
    listed = window.panels.objects.objects.table.order
    assert listed.tolist() == sorted(np.flatnonzero(shown), key=lambda k: (-shown[k], k))
    assert panel.in_frame.text().startswith(f"{len(listed):,} ")
    session.show_frame(session.seen.frames[rows[1]])
    listed = window.panels.objects.objects.table.order
    assert set(listed) == set(np.flatnonzero(pixels_in_frame(session.seen, session.frame)))
    qtbot.mouseClick(panel.in_no_frame, LEFT)
    listed = window.panels.objects.objects.table.order
    assert set(listed) == set(np.flatnonzero(session.seen.pixels_of_objects == 0))

    window.activateWindow()
    click_row(qtbot, window, 0)
    place = panel.view.visualRect(panel.view.model().index(0, 0)).center()
    panel.view.customContextMenuRequested.emit(QPoint(place))
    from PySide6.QtWidgets import QApplication

    menu = QApplication.activePopupWidget()
    keep = next(action for action in menu.actions() if action.text() == "Keep in a Pane")
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(keep).center())
    settle(qtbot, window)
    last = window.images_panel.shown_panes[-1]
    assert last.pinned == last.frame == session.seen.frames[rows[0]]


def test_counting_can_be_stopped_and_asked_for_again(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    window.opening.settled.disconnect(window.seeing._count_new_scene)
    open_scene(qtbot, window, make_scene(tmp_path))
    panel, session = window.panels.seen_in, window.session
    window.docks["seen_in"].raise_()
    qtbot.waitUntil(panel.count.isVisible, timeout=PATIENCE_MS)
    press(qtbot, window, Qt.Key.Key_Z)
    assert session.seen is None, "nothing is selected, so nothing was asked"
    settle(qtbot, window)
    # so that counting this small scene does not end before it is stopped
    may_count = threading.Event()
    window.runner.start(window.runner.compute_lane, lambda _: may_count.wait(60), title="Something before")
    qtbot.mouseClick(panel.count, LEFT)
    window.seeing.cancel()
    may_count.set()
    qtbot.waitUntil(lambda: window.seeing.step is None, timeout=PATIENCE_MS)
    assert session.seen is None
    assert panel.count.isVisible()
    qtbot.mouseClick(panel.count, LEFT)
    qtbot.waitUntil(lambda: session.seen is not None, timeout=PATIENCE_MS)
    assert not panel.count.isVisible()
