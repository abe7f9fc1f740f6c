"""Checking poses in the window: started, read and followed with the mouse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests import pose_faults as make
from tests.gui.test_stories import PATIENCE_MS, open_scene, settle
from viewer.app.pane_pictures import imaging_context
from viewer.model.camera import plain_lens
from viewer.model.frames import FrameId
from viewer.render.layers.cameras import CamerasLayer
from viewer.render.theme import DARK
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui
LEFT = Qt.MouseButton.LeftButton
BAD, GOOD = FrameId("cam_00", 2), FrameId("cam_00", 0)


@pytest.fixture
def checked(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> MainWindow:
    """A window with a scene whose frame 2 has a rotated pose, checked by a click on the dock's button."""
    scene = make_scene(tmp_path)
    make.rotate_pose(scene, BAD.frame, 4.0)
    open_scene(qtbot, window, scene)
    window.session.use_lens(plain_lens(128, 96))
    dock = window.docks["check"]
    dock.raise_()
    panel = window.panels.check
    qtbot.waitUntil(lambda: panel.empty.words == "Do the images fit the poses?", timeout=PATIENCE_MS)
    assert not window.actions_table["export_check"].isEnabled()
    QTest.mouseClick(panel.check, LEFT)
    assert window.checking.is_running
    qtbot.waitUntil(lambda: not window.checking.is_running and panel.chart is not None, timeout=PATIENCE_MS)
    settle(qtbot, window)
    return window


def test_the_dock_leads_to_what_is_wrong(
    qtbot: QtBot, checked: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, panel, session = checked, checked.panels.check, checked.session
    assert panel.headline.text() == "1 of 3 checked frames fail: rotated pose (1)."
    assert session.misfits == {BAD}
    # a click into the chart shows the frame there
    assert session.frame == GOOD
    at = panel.chart.point_of(BAD.frame).toPoint()
    QTest.mouseClick(panel.chart.plot.viewport(), LEFT, pos=at)
    qtbot.waitUntil(lambda: session.frame == BAD, timeout=PATIENCE_MS)
    assert "The pose is rotated by 4°" in panel.reason.text()
    # so does a click on a row; sorted by agreement the bad frame comes first
    view = panel.view
    QTest.mouseClick(view.viewport(), LEFT, pos=view.visualRect(panel.table.index(0, 1)).center())
    assert session.frame == GOOD
    header = view.horizontalHeader()
    middle = header.sectionViewportPosition(2) + header.sectionSize(2) // 2
    QTest.mouseClick(header.viewport(), LEFT, pos=QPoint(middle, header.height() // 2))
    assert session.pose_check.frames[panel.table.order[0]].frame == BAD
    QTest.mouseClick(header.viewport(), LEFT, pos=QPoint(middle, header.height() // 2))
    assert session.pose_check.frames[panel.table.order[-1]].frame == BAD
    # the frustum is red, and the timeline marks it
    layer = window.scene_view.layers["cameras"]
    assert isinstance(layer, CamerasLayer)
    colors = layer._build(DARK).colors[:, :3]
    assert np.isclose(colors, DARK.misfit, atol=1e-6).all(axis=1).sum() == 11, "the edges of one frustum"
    bar = window.frames_panel.bar
    assert "rotated by 4°" in bar._words(BAD.frame)
    picture = bar.grab().toImage()
    below = [picture.pixelColor(round(bar.x_of(frame)) + 4, 17) for frame in (BAD.frame, GOOD.frame)]
    assert below[0].red() > 2 * below[0].blue()
    assert below[1].red() < below[1].blue()
    # and the table goes to a file
    file = tmp_path / "check.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    QTest.mouseClick(panel.export, LEFT)
    qtbot.waitUntil(file.exists, timeout=PATIENCE_MS)
    settle(qtbot, window)
    assert "rotated pose" in file.read_text(encoding="utf-8")


def test_a_pane_shows_where_objects_differ_and_another_lens_makes_the_check_stale(
    qtbot: QtBot, checked: MainWindow
) -> None:
    window, session = checked, checked.session
    images = window.images_panel
    window.docks["images"].raise_()
    session.show_frame(BAD)
    images.set_modality(0, "pose_check")
    qtbot.waitUntil(
        lambda: images.is_current and images.panes[0].canvas.picture is not None, timeout=PATIENCE_MS
    )
    rgb = images.panes[0].canvas.picture.rgba[..., :3].astype(int)
    is_red = (rgb[..., 0] > 140) & (rgb[..., 0] > rgb[..., 1] + 60)
    differs = session.pose_check.of(BAD).measures.agreement.disagreement.codes() == 2
    assert differs.any()
    assert is_red[differs].mean() > 0.95
    session.show_frame(GOOD)
    qtbot.waitUntil(lambda: images.is_current and images.panes[0].frame == GOOD, timeout=PATIENCE_MS)
    rgb = images.panes[0].canvas.picture.rgba[..., :3].astype(int)
    assert not ((rgb[..., 0] > 140) & (rgb[..., 0] > rgb[..., 1] + 90)).any()
    # another lens
    window.docks["check"].raise_()
    session.use_lens(plain_lens(128, 96))
    assert session.is_pose_check_stale
    assert "The lens has changed since" in imaging_context(session, GOOD).pose_check_words
    assert window.panels.check.reason.isHidden()
    assert not session.misfits
    qtbot.waitUntil(lambda: "check again" in window.panels.check.headline.text(), timeout=PATIENCE_MS)
    window.opening.close_scene()
    qtbot.waitUntil(lambda: session.scene is None, timeout=PATIENCE_MS)
    assert session.pose_check is None
