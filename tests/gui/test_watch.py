"""What lies behind the tab of another dock does nothing, and is right when it comes to the front."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QPlainTextEdit, QScrollArea
from pytestqt.qtbot import QtBot

from tests.gui.test_stories import PATIENCE_MS, open_scene, settle
from viewer.app.seen_in import frames_seeing
from viewer.model.frames import FrameId
from viewer.ui.main_window import MainWindow
from viewer.ui.watch import is_seen

pytestmark = pytest.mark.gui


def bring_forward(qtbot: QtBot, window: MainWindow, dock: str) -> None:
    window.docks[dock].raise_()
    qtbot.waitUntil(lambda: is_seen(window.docks[dock].widget()), timeout=PATIENCE_MS)
    settle(qtbot, window)


def test_docks_behind_a_tab_wait_until_they_are_seen(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    open_scene(qtbot, window, make_scene(tmp_path))
    session, panels = window.session, window.panels
    qtbot.waitUntil(lambda: session.seen is not None, timeout=PATIENCE_MS)
    settle(qtbot, window)
    behind = (panels.objects, panels.boxes, panels.pose, panels.seen_in, panels.check)
    assert all(panel.isVisible() and not is_seen(panel) for panel in behind), "Qt calls them visible"
    assert panels.pose.rows == {}
    assert not len(panels.objects.objects.table.order)

    frames_with = np.array([len(frames_seeing(session.seen, [k])[0]) for k in range(session.object_count)])
    target = int(np.flatnonzero(frames_with >= 2)[-1])
    session.select([target])
    assert panels.seen_in.headline.text() == ""
    bring_forward(qtbot, window, "seen_in")
    assert panels.seen_in.headline.text().startswith(f"{session.object_names[target]}: ")
    bring_forward(qtbot, window, "selection")
    session.select([])
    assert panels.seen_in.headline.text() != "", "it is behind again"
    bring_forward(qtbot, window, "seen_in")
    assert panels.seen_in.headline.text() == ""

    session.select([target])
    bring_forward(qtbot, window, "objects")
    assert panels.objects.objects.view.selected_items.tolist() == [target]
    bring_forward(qtbot, window, "pose")
    assert panels.pose.rows["Lens"]
    assert is_seen(panels.pose)
    assert not is_seen(panels.seen_in)


def test_a_panel_that_its_own_parts_cover_is_seen(qtbot: QtBot) -> None:
    page = QScrollArea()
    page.setWidget(QPlainTextEdit())
    page.setWidgetResizable(True)
    with qtbot.waitExposed(page):
        page.show()
    assert is_seen(page)
    assert is_seen(page.widget())
    page.widget().move(0, page.height() + 10)
    assert not is_seen(page.widget())
    page.close()
    page.deleteLater()


def test_images_behind_a_tab_are_not_decoded(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    open_scene(qtbot, window, make_scene(tmp_path))
    settle(qtbot, window)
    session, images = window.session, window.images_panel
    before = session.frame
    assert before is not None
    others = [FrameId(before.camera, int(k)) for k in session.images.source.frame_ids(before.camera)]
    others = [frame for frame in others if frame != before]
    assert images.panes[0].frame == before

    bring_forward(qtbot, window, "check")
    images.forget_decoded()
    session.show_frame(others[0])
    settle(qtbot, window)
    assert images.panes[0].frame == before
    assert images.is_current, "playing does not wait for pictures that nobody sees"
    assert not len(images.cache)
    bring_forward(qtbot, window, "images")
    qtbot.waitUntil(lambda: all(pane.frame == others[0] for pane in images.shown_panes), timeout=PATIENCE_MS)

    # the comparison that takes the panes' place
    comparing = window.comparing
    comparing.against_live()
    qtbot.waitUntil(lambda: comparing.view.frame == others[0], timeout=PATIENCE_MS)
    bring_forward(qtbot, window, "check")
    session.show_frame(before)
    settle(qtbot, window)
    assert comparing.view.frame == others[0]
    assert comparing.is_current
    bring_forward(qtbot, window, "images")
    qtbot.waitUntil(lambda: comparing.view.frame == before, timeout=PATIENCE_MS)
