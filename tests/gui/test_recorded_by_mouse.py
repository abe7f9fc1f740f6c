"""The recorded sessions of the original tool, done again in the window with the mouse: the same labels."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.test_stories import PATIENCE_MS, open_scene, settle
from viewer.model.filters import Filter
from viewer.model.labels import LabelLayer
from viewer.render.orbit_camera import ViewState
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui
LAYERS = {"si": LabelLayer.SEMANTIC, "sii": LabelLayer.INSTANCE}
FILTERS = {
    "null_sii": Filter.NO_INSTANCE,
    "valid_sii": Filter.WITH_INSTANCE,
    "null_si": Filter.NO_CLASS,
    "valid_si": Filter.WITH_CLASS,
}


def give_size(qtbot: QtBot, window: MainWindow, size: tuple[int, int]) -> None:
    """Make the picture of the 3D view exactly that large."""
    for dock in window.docks.values():
        dock.hide()
    for _ in range(4):
        qtbot.wait(100)
        width, height = window.scene_view.size
        if (width, height) == size:
            return
        window.resize(window.width() + size[0] - width, window.height() + size[1] - height)
    pytest.fail(f"the view has {window.scene_view.size} pixels instead of {size}")


def send(canvas: QWidget, kind: QEvent.Type, point: QPointF) -> None:
    """One mouse event with Shift and the left button; QTest takes the point (0, 0) for the middle."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    changed = none if kind is QEvent.Type.MouseMove else left
    held = none if kind is QEvent.Type.MouseButtonRelease else left
    shift = Qt.KeyboardModifier.ShiftModifier
    event = QMouseEvent(kind, point, canvas.mapToGlobal(point), changed, held, shift)
    QApplication.sendEvent(canvas, event)
    QApplication.processEvents()


def act(qtbot: QtBot, window: MainWindow, action: list[Any]) -> None:
    labelling = window.session.labelling
    assert labelling is not None
    canvas = window.scene_view.native
    match action:
        case ["camera", *numbers]:
            window.scene_view.set_view(ViewState(tuple(numbers[:3]), tuple(numbers[3:])))
            qtbot.wait(50)
        case ["drag", *numbers]:
            points = [QPointF(x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
            send(canvas, QEvent.Type.MouseButtonPress, points[0])
            for point in points[1:]:
                send(canvas, QEvent.Type.MouseMove, point)
            send(canvas, QEvent.Type.MouseButtonRelease, points[-1])
            qtbot.waitUntil(lambda: not window.painting.is_busy, timeout=PATIENCE_MS)
        case ["layer", name]:
            labelling.set_brush(layer=LAYERS[name])
        case ["tool", name]:
            window.actions_table[f"tool_{name}"].trigger()
        case ["select_si", number]:
            labelling.set_brush(class_id=number)
        case ["select_sii", number]:
            labelling.set_brush(instance_id=number)
        case ["space"]:
            canvas.setFocus()
            QTest.keyClick(canvas, Qt.Key.Key_Space)
        case ["new_sii"]:
            labelling.create_instance()
        case ["only", name, on]:
            labelling.set_filter(FILTERS[name], bool(on))
        case ["undo" | "redo" as name]:
            window.actions_table[name].trigger()
        case _:
            pytest.fail(f"this test does not know the action {action}")


@pytest.mark.parametrize("name", ["01_rect_si", "02_line_si", "05_line_sii", "06_pen_sii"])
def test_the_mouse_gives_the_labels_of_the_original_tool(
    qtbot: QtBot, window: MainWindow, shared: Path, tmp_path: Path, name: str
) -> None:
    scene = tmp_path / "scene"
    shutil.copytree(shared / "recorded-sessions" / "scene", scene, copy_function=shutil.copyfile)
    session = json.loads((shared / "recorded-sessions" / name / "sequence.json").read_text(encoding="utf-8"))
    open_scene(qtbot, window, scene)
    give_size(qtbot, window, tuple(session["window"]))
    settle(qtbot, window)
    labelling = window.session.labelling
    assert labelling is not None
    for number, step in enumerate(session["steps"]):
        if step["action"][0] in ("save", "load_segmentation"):
            break
        act(qtbot, window, step["action"])
        told = f"step {number}: {step['action']}"
        assert labelling.labels.semantic.tolist() == step["state"]["si"], told
        assert labelling.labels.instance.tolist() == step["state"]["sii"], told
