"""Rays wait until labelling begins; a stroke that is quicker than they waits for them and is not lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.test_stories import PATIENCE_MS, object_in_view, open_scene, settle
from viewer.app import ray_source
from viewer.app.painting import RayPicker
from viewer.geometry.ray_scene import RayScene
from viewer.model.filters import ALL_FACES
from viewer.model.mesh import Mesh
from viewer.model.stroke import PixelBox
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui
SHIFT, LEFT = Qt.KeyboardModifier.ShiftModifier, Qt.MouseButton.LeftButton
PREPARING = "Preparing precise picking"


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Until this is set, preparing rays takes as long as for the largest mesh."""
    event = threading.Event()

    def prepare(mesh: Mesh) -> RayScene:
        assert event.wait(60)
        return RayScene(mesh)

    monkeypatch.setattr(ray_source, "RayScene", prepare)
    yield event
    event.set()


def titles(window: MainWindow) -> list[str]:
    started: list[str] = []
    window.runner.started.connect(lambda job: started.append(job.title))
    return started


def move_with_shift(canvas: QWidget, to: QPoint) -> None:
    """The pointer, with no button held."""
    none, at = Qt.MouseButton.NoButton, QPointF(to)
    event = QMouseEvent(QEvent.Type.MouseMove, at, canvas.mapToGlobal(at), none, none, SHIFT)
    QApplication.sendEvent(canvas, event)


def test_who_only_looks_never_pays_for_rays(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    started = titles(window)
    open_scene(qtbot, window, make_scene(tmp_path))
    canvas, picking = window.scene_view.native, window.painting.picking
    target, spot = object_in_view(window)
    canvas.setFocus()

    QTest.mouseClick(canvas, LEFT, Qt.KeyboardModifier.NoModifier, spot)
    qtbot.waitUntil(lambda: window.session.selection.tolist() == [target], timeout=PATIENCE_MS)
    QTest.mousePress(canvas, LEFT, Qt.KeyboardModifier.NoModifier, spot)
    QTest.mouseMove(canvas, spot + QPoint(60, 5))
    QTest.mouseRelease(canvas, LEFT, Qt.KeyboardModifier.NoModifier, spot + QPoint(60, 5))
    window.actions_table["next_frame"].trigger()
    pane = window.images_panel.panes[0]
    qtbot.waitUntil(lambda: pane.frame == window.session.frame, timeout=PATIENCE_MS)
    window.images_panel.hover(pane, pane.frame, 10, 10)
    settle(qtbot, window)
    assert PREPARING not in started
    assert picking.rays is None

    QTest.keyPress(canvas, Qt.Key.Key_Shift)
    QTest.keyRelease(canvas, Qt.Key.Key_Shift)
    assert PREPARING not in started, "Shift belongs to many keys"
    move_with_shift(canvas, spot)
    assert PREPARING in started, "the pointer moves with Shift held: a stroke is about to begin"
    qtbot.waitUntil(lambda: picking.rays is not None, timeout=PATIENCE_MS)
    started.clear()
    window.actions_table["tool_pen"].trigger()
    assert PREPARING not in started, "once is enough"


def test_a_stroke_that_is_quicker_than_its_rays_is_kept_as_it_was_drawn(
    qtbot: QtBot,
    window: MainWindow,
    make_scene: Callable[[Path], Path],
    tmp_path: Path,
    go: threading.Event,
) -> None:
    open_scene(qtbot, window, make_scene(tmp_path))
    view, canvas, hint = window.scene_view, window.scene_view.native, window.stroke_hint
    labelling, scene = window.session.labelling, window.session.scene
    assert labelling is not None
    assert scene is not None
    labelling.set_brush(class_id=5, filters=ALL_FACES)
    _, spot = object_in_view(window)
    camera = view.current_camera()
    before = labelling.labels.semantic.copy()

    QTest.mousePress(canvas, LEFT, SHIFT, spot)
    QTest.mouseMove(canvas, spot + QPoint(30, 20))
    qtbot.waitUntil(hint.isVisible, timeout=PATIENCE_MS)
    QTest.mouseRelease(canvas, LEFT, SHIFT, spot + QPoint(30, 20))
    assert hint.isVisible()
    assert hint.heading.text() == PREPARING
    assert np.array_equal(labelling.labels.semantic, before)

    # meanwhile the window is free: the view turns, and what is asked for later comes later
    QTest.mousePress(canvas, LEFT, Qt.KeyboardModifier.NoModifier, spot)
    QTest.mouseMove(canvas, spot + QPoint(200, 30))
    QTest.mouseRelease(canvas, LEFT, Qt.KeyboardModifier.NoModifier, spot + QPoint(200, 30))
    assert not np.allclose(view.current_camera().world_from_cam, camera.world_from_cam)
    window.actions_table["switch_layer"].trigger()
    go.set()
    qtbot.waitUntil(lambda: not window.painting.is_busy, timeout=PATIENCE_MS)

    scale = view.pixel_scale
    x, y = int(spot.x() * scale), int(spot.y() * scale)
    mesh = scene.part(Mesh)
    assert mesh is not None
    box = PixelBox(x, y, x + int(30 * scale), y + int(20 * scale))
    hit = RayPicker(RayScene(mesh), camera).objects_hit(box)
    assert len(hit)
    assert set(np.flatnonzero(labelling.labels.semantic != before)) <= set(hit.tolist())
    assert (labelling.labels.semantic[hit] == 5).all()
    assert not hint.isVisible()


def test_a_scene_is_left_at_once_though_its_rays_are_being_prepared(
    qtbot: QtBot,
    window: MainWindow,
    make_scene: Callable[[Path], Path],
    tmp_path: Path,
    go: threading.Event,
) -> None:
    started = titles(window)
    open_scene(qtbot, window, make_scene(tmp_path))
    window.actions_table["tool_pen"].trigger()
    window.actions_table["tool_line"].trigger()
    assert started.count(PREPARING) == 1
    window.opening.close_scene()
    qtbot.waitUntil(lambda: window.session.scene is None, timeout=PATIENCE_MS)
    go.set()
    settle(qtbot, window)
    assert window.painting.picking.source is None
    assert window.painting.picking.rays is None
