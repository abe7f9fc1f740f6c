"""What a stroke would do is said beside the pointer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.test_stories import PATIENCE_MS, object_in_view, open_scene, settle
from viewer.app.strokes import StrokeResult
from viewer.geometry.ray_scene import RayScene
from viewer.model.filters import ALL_FACES
from viewer.model.labels import LabelEdit, LabelLayer, ObjectLabels
from viewer.ui.main_window import MainWindow
from viewer.ui.stroke_hint import StrokeHint

pytestmark = pytest.mark.gui
SHIFT, LEFT = Qt.KeyboardModifier.ShiftModifier, Qt.MouseButton.LeftButton


def a_result() -> StrokeResult:
    labels = ObjectLabels([3, -1, -1, -1], [-1] * 4)
    edit = LabelEdit.assign(labels, LabelLayer.SEMANTIC, np.arange(3), 5)
    ids = np.arange(3)
    return StrokeResult(
        edit, ids, ids, np.array([3]), np.array([1, 2]), "Pen: 3 objects → chair", None, 0, True
    )


def test_it_names_what_changes_and_what_does_not(qtbot: QtBot, window: MainWindow) -> None:
    hint: StrokeHint = window.stroke_hint
    hint.show_preview(a_result(), QPoint(300, 200))
    assert hint.isVisible()
    assert hint.heading.text() == "3 objects → chair"
    assert hint.remarks.text() == "1 overwritten, 1 filtered out, 2 locked"
    hint.show_preview(a_result(), QPoint(300, 200), is_partial=True)
    assert hint.remarks.text().endswith(", and what lies behind")
    hint.show_preview(StrokeResult(is_stroke=True), QPoint(300, 200))
    assert hint.heading.text() == "Nothing to change"
    assert not hint.remarks.isVisible()
    hint.show_preview(None)
    assert not hint.isVisible()


def test_it_stays_inside_the_window_and_off_the_pointer(qtbot: QtBot, window: MainWindow) -> None:
    hint = window.stroke_hint
    for x in (0, window.width() // 2, window.width() - 1):
        for y in (0, window.height() // 2, window.height() - 1):
            hint.show_preview(a_result(), QPoint(x, y))
            assert window.rect().contains(hint.geometry())
            assert not hint.geometry().contains(QPoint(x, y))
    hint.show_preview(None)


def test_it_is_there_while_the_button_is_held(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    open_scene(qtbot, window, make_scene(tmp_path))
    labelling, canvas, hint = window.session.labelling, window.scene_view.native, window.stroke_hint
    labelling.set_brush(class_id=5, filters=ALL_FACES)
    target, spot = object_in_view(window)
    QTest.mousePress(canvas, LEFT, SHIFT, spot)
    QTest.mouseMove(canvas, spot + QPoint(1, 1))
    qtbot.waitUntil(hint.isVisible, timeout=PATIENCE_MS)
    assert hint.heading.text() == "1 object → chair"
    at = canvas.mapTo(window, spot)
    assert QRect(at - QPoint(250, 90), at + QPoint(250, 90)).intersects(hint.geometry())
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert not hint.isVisible()
    QTest.mouseRelease(canvas, LEFT, SHIFT, spot)
    assert labelling.labels.semantic[target] != 5 or not labelling.history.can_undo

    QTest.mousePress(canvas, LEFT, SHIFT, spot)
    QTest.mouseMove(canvas, spot + QPoint(1, 1))
    qtbot.waitUntil(hint.isVisible, timeout=PATIENCE_MS)
    QTest.mouseRelease(canvas, LEFT, SHIFT, spot)
    qtbot.waitUntil(lambda: not hint.isVisible(), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: labelling.labels.semantic[target] == 5, timeout=PATIENCE_MS)
    settle(qtbot, window)
    assert window.status_line.currentMessage() == "Rectangle: 1 object → chair"


@pytest.mark.parametrize("leaves", [False, True])
def test_nothing_is_drawn_while_the_rays_of_a_stroke_need_the_processor(
    qtbot: QtBot,
    window: MainWindow,
    make_scene: Callable[[Path], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    leaves: bool,
) -> None:
    open_scene(qtbot, window, make_scene(tmp_path))
    session, view, canvas, hint = (
        window.session,
        window.scene_view,
        window.scene_view.native,
        window.stroke_hint,
    )
    labelling, picking = session.labelling, window.painting.picking
    labelling.set_brush(class_id=5, filters=ALL_FACES)
    target, spot = object_in_view(window)
    picking.wish()
    qtbot.waitUntil(lambda: picking.rays is not None, timeout=PATIENCE_MS)
    may_cast = threading.Event()
    cast = RayScene.objects_in_box

    def held(*what: Any) -> Any:
        assert may_cast.wait(60)
        return cast(*what)

    monkeypatch.setattr(RayScene, "objects_in_box", held)
    QTest.mousePress(canvas, LEFT, SHIFT, spot)
    QTest.mouseMove(canvas, spot + QPoint(3, 3))
    qtbot.waitUntil(hint.isVisible, timeout=PATIENCE_MS)
    settle(qtbot, window)
    drawn: list[float] = []
    view.frame_drawn.connect(drawn.append)
    QTest.mouseRelease(canvas, LEFT, SHIFT, spot + QPoint(3, 3))
    qtbot.wait(400)  # the pointer has come to rest over an object
    assert window.painting.is_busy
    assert not drawn
    assert hint.isVisible()
    assert session.hovered is None

    view._events._leave_timer.stop()  # the pointer of the display is anywhere
    lit: list[int | None] = []
    session.hovered_changed.connect(lit.append)
    hit = view.pick(*(round(side * view.pixel_scale) for side in spot.toTuple()))
    view.pointer_rested.emit(hit)
    if leaves:
        view.pointer_rested.emit(None)
    may_cast.set()
    qtbot.waitUntil(lambda: labelling.labels.semantic[target] == 5, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not window.painting.is_busy and bool(drawn), timeout=PATIENCE_MS)
    assert lit == ([] if leaves else [hit.object_id])
    assert not hint.isVisible()
