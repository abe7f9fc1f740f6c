"""Fewer triangles and all of them again, by mouse and keys: what is painted, saved and recorded meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSpinBox
from pytestqt.qtbot import QtBot

from tests.builders import load
from tests.gui.test_stories import PATIENCE_MS, drag, open_scene, settle
from viewer.app.painting import RayPicker, visible_mask
from viewer.app.replay import compare
from viewer.app.session_file import read_session
from viewer.app.session_player import SessionPlayer
from viewer.geometry.ray_scene import RayScene
from viewer.model.filters import ALL_FACES
from viewer.model.mesh import Mesh
from viewer.model.stroke import PixelBox
from viewer.ui.dialogs.decimate import PAUSE_MS, DecimateDialog
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui
LEFT, SHIFT, CONTROL = (
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
FEW = 20_000


def shown_dialog(qtbot: QtBot, window: MainWindow) -> DecimateDialog:
    window.actions_table["decimate"].trigger()
    found = window.findChild(DecimateDialog)
    assert found is not None
    qtbot.waitExposed(found)
    return found


def say(qtbot: QtBot, dialog: DecimateDialog, field: str, text: str) -> None:
    spin = dialog.form.control(field).findChild(QSpinBox)
    spin.setFocus()
    spin.selectAll()
    qtbot.keyClicks(spin, text)
    QTest.keyClick(spin, Qt.Key.Key_Return)


def counted(qtbot: QtBot, dialog: DecimateDialog) -> str:
    qtbot.waitUntil(lambda: not dialog.left.text().startswith("Counting"), timeout=PATIENCE_MS)
    return dialog.left.text()


def decimated(qtbot: QtBot, window: MainWindow, dialog: DecimateDialog) -> Mesh:
    QTest.mouseClick(dialog.decimate_button, LEFT)
    qtbot.waitUntil(lambda: window.session.decimated is not None, timeout=PATIENCE_MS)
    settle(qtbot, window)
    return window.session.decimated.mesh


def seen(window: MainWindow, mesh: Mesh, left: QPoint, right: QPoint) -> NDArray[np.int64]:
    """What a rectangle hits of a mesh, computed apart from the window."""
    session = window.session
    visible = visible_mask(session.object_count, session.hidden)
    picker = RayPicker(RayScene(mesh), window.scene_view.current_camera(), visible)
    return picker.objects_hit(PixelBox(left.x(), left.y(), right.x(), right.y()))


def test_a_dialog_that_is_closed_at_once_has_nothing_counted(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    open_scene(qtbot, window, make_scene(tmp_path))
    wanted: list[object] = []
    for wait_ms in (0, 50):
        window.actions_table["decimate"].trigger()
        dialog = next(found for found in window.findChildren(DecimateDialog) if found.isVisible())
        dialog.count_wanted.connect(wanted.append)
        if wait_ms:
            qtbot.waitUntil(lambda: bool(wanted), timeout=PATIENCE_MS)
            wanted.clear()
            say(qtbot, dialog, "most_faces", "50")
        dialog.close()
        # as if it were still there when its time has come
        assert not dialog._pause.isActive()
        qtbot.wait(PAUSE_MS + wait_ms)
        assert not wanted


def test_painting_on_fewer_triangles_and_the_full_mesh_back(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    actions, view, session = window.actions_table, window.scene_view, window.session
    assert not actions["decimate"].isEnabled()
    folder = make_scene(tmp_path)
    open_scene(qtbot, window, folder)
    labelling, full = session.labelling, session.scene.part(Mesh)
    assert labelling is not None
    labelling.set_brush(class_id=7, filters=ALL_FACES, tool="rectangle")
    assert actions["decimate"].isEnabled()
    assert not actions["restore_mesh"].isEnabled()
    assert not window.decimating.chip.isVisible()
    whole = view.id_buffer().object_ids
    most = np.bincount(whole[whole >= 0], minlength=session.object_count).argsort()[::-1]
    session.select([most[1]])
    session.set_hidden([most[0]])
    settle(qtbot, window)
    whole = view.id_buffer().object_ids
    camera, size, facts = view.current_camera(), view.size, session.facts
    assert most[0] not in whole

    # the dialog tells what is left, or why the limits cannot be kept
    dialog = shown_dialog(qtbot, window)
    assert f"All {len(full.faces):,} triangles stay" in counted(qtbot, dialog)
    assert not dialog.decimate_button.isEnabled()
    say(qtbot, dialog, "most_faces", "100")
    assert "would have to go" in counted(qtbot, dialog)
    assert not dialog.decimate_button.isEnabled()
    say(qtbot, dialog, "most_faces", str(FEW))
    assert dialog.left.text().startswith("Counting")
    assert counted(qtbot, dialog).startswith(f"{FEW:,} of {len(full.faces):,} triangles left")
    assert "would not be shown at all" in dialog.lost.text()
    small = decimated(qtbot, window, dialog)
    assert len(small.faces) == FEW

    # nothing else is another one
    assert view.size == size
    assert np.array_equal(view.current_camera().world_from_cam, camera.world_from_cam)
    assert session.selection.tolist() == [most[1]]
    assert session.hidden.tolist() == [most[0]]
    assert session.scene.part(Mesh) is full
    assert session.facts is facts
    assert window.painting.picking.rays is None
    assert window.decimating.chip.isVisible()
    assert f"{FEW:,} of {len(full.faces):,}" in window.decimating.chip.toolTip()
    shown = view.id_buffer().object_ids
    assert not np.array_equal(shown, whole)
    assert most[0] not in shown

    # a stroke hits what is there, and a recording of it repeats to the same labels
    actions["record"].trigger()
    left, right = QPoint(4, 4), QPoint(view.size[0] - 5, view.size[1] - 5)
    hit, hit_of_full = seen(window, small, left, right), seen(window, full, left, right)
    assert not np.array_equal(hit, hit_of_full)
    before = labelling.labels.semantic.copy()
    drag(window, left, right, SHIFT)
    qtbot.waitUntil(lambda: labelling.history.can_undo and not window.painting.is_busy, timeout=PATIENCE_MS)
    expected = before.copy()
    expected[hit] = 7
    assert np.array_equal(labelling.labels.semantic, expected)
    window.activateWindow()  # without a window manager nobody does it when the dialog has gone
    qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE_MS)
    view.native.setFocus()
    QTest.keyClick(view.native, Qt.Key.Key_Z, CONTROL)
    assert np.array_equal(labelling.labels.semantic, before)
    assert session.decimated is not None
    QTest.keyClick(view.native, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert np.array_equal(labelling.labels.semantic, expected)
    window.recording.write(tmp_path / "session.json")
    actions["record"].trigger()
    recorded = read_session(tmp_path / "session.json")
    player = SessionPlayer(full, labelling.table, recorded.window)
    assert compare(recorded, player.run(recorded)) == []
    assert np.array_equal(player.labelling.labels.semantic, expected)

    # saving writes the labels of all objects
    QTest.keyClick(view.native, Qt.Key.Key_S, CONTROL)
    qtbot.waitUntil(lambda: not session.is_dirty, timeout=PATIENCE_MS)
    written = load(folder / "_detail" / "mesh" / "mesh_objects_si.hdf5")
    assert written.shape == (session.object_count, 1)
    assert np.array_equal(written[:, 0], expected)
    assert len(load(folder / "_detail" / "mesh" / "mesh_faces_vi.hdf5")) == len(full.faces)

    # the full mesh is back as it was
    QTest.mouseClick(window.decimating.chip, LEFT)
    assert session.decimated is None
    settle(qtbot, window)
    assert not window.decimating.chip.isVisible()
    assert not actions["restore_mesh"].isEnabled()
    assert np.array_equal(view.current_camera().world_from_cam, camera.world_from_cam)
    assert np.array_equal(view.id_buffer().object_ids, whole)
    drag(window, left, right, SHIFT)
    qtbot.waitUntil(lambda: session.is_dirty and not window.painting.is_busy, timeout=PATIENCE_MS)
    expected[hit_of_full] = 7
    assert np.array_equal(labelling.labels.semantic, expected)
    labelling.mark_saved()

    # what was asked for last is remembered; from the list of layers it goes back, too; a scene opens whole
    dialog = shown_dialog(qtbot, window)
    assert counted(qtbot, dialog).startswith(f"{FEW:,} of")
    decimated(qtbot, window, dialog)
    finding = window.panels.layers.row("mesh")._finding
    assert finding.isVisible()
    QTest.mouseClick(finding, LEFT)
    assert session.decimated is None
    assert not finding.isVisible()
    dialog = shown_dialog(qtbot, window)
    counted(qtbot, dialog)
    decimated(qtbot, window, dialog)
    assert actions["restore_mesh"].isEnabled()
    opened = session.opened
    actions["reload"].trigger()
    qtbot.waitUntil(lambda: session.opened is not opened, timeout=PATIENCE_MS)
    settle(qtbot, window)
    assert session.decimated is None
    assert not window.decimating.chip.isVisible()
    assert not actions["restore_mesh"].isEnabled()
