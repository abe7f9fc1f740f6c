"""Unsaved labels outlive the window, however it ends; recordings replay to the same labels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.gui.test_stories import PATIENCE_MS, drag, object_in_view, open_scene, settle
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui


def paint_something(qtbot: QtBot, window: MainWindow) -> int:
    labelling = window.session.labelling
    assert labelling is not None
    labelling.set_brush(class_id=7)
    target, spot = object_in_view(window)
    drag(window, spot, spot, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: labelling.labels.semantic[target] == 7, timeout=PATIENCE_MS)
    return target


def lose(window: MainWindow) -> None:
    """End a window as a crash does: the journal's file stays, its lock goes."""
    assert window.autosave.journal is not None
    window.autosave.journal.close(keep=True)
    window.autosave.journal = None
    assert window.session.labelling is not None
    window.session.labelling.mark_saved()
    window.close()


def test_strokes_that_were_not_saved_are_offered_and_restored(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    folder = make_scene(tmp_path)
    open_scene(qtbot, window, folder)
    target = paint_something(qtbot, window)
    lose(window)

    second = MainWindow()
    try:
        second.show()
        open_scene(qtbot, second, folder)
        assert second.session.labelling is not None
        assert second.session.labelling.labels.semantic[target] == -1
        qtbot.waitUntil(lambda: bool(second.banners.shown), timeout=PATIENCE_MS)
        banner = second.banners.shown[0]
        assert banner.message.startswith("1 stroke of")
        button = next(b for b in banner.findChildren(QPushButton) if b.text() == "Restore")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert second.session.labelling.labels.semantic[target] == 7
        assert second.session.is_dirty
        assert not second.banners.shown
    finally:
        settle(qtbot, second)
        if second.session.labelling is not None:
            second.session.labelling.mark_saved()
        second.close()


def test_a_second_window_on_one_scene_is_noticed(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    folder = make_scene(tmp_path)
    open_scene(qtbot, window, folder)
    second = MainWindow()
    try:
        second.show()
        open_scene(qtbot, second, folder)
        qtbot.waitUntil(lambda: bool(second.banners.shown), timeout=PATIENCE_MS)
        assert "open in another window" in second.banners.shown[0].message
    finally:
        settle(qtbot, second)
        second.close()


def test_a_file_changed_by_someone_else_is_not_overwritten_unasked(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    folder = make_scene(tmp_path)
    open_scene(qtbot, window, folder)
    paint_something(qtbot, window)
    file = folder / "_detail" / "mesh" / "mesh_objects_si.hdf5"
    before = file.read_bytes()[:-8] + b"\x01" + b"\x00" * 7
    file.write_bytes(before)
    window.actions_table["save"].trigger()
    qtbot.waitUntil(lambda: bool(window.banners.shown), timeout=PATIENCE_MS)
    assert file.read_bytes() == before
    assert window.session.is_dirty
    button = next(b for b in window.banners.shown[0].findChildren(QPushButton) if b.text() == "Overwrite")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.session.is_dirty, timeout=PATIENCE_MS)
    assert file.read_bytes() != before


def test_a_recorded_session_replays_to_the_same_labels(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    from viewer.cli import main
    from viewer.formats.hypersim.labels import read_labels

    folder = make_scene(tmp_path)
    open_scene(qtbot, window, folder)
    window.actions_table["record"].trigger()
    paint_something(qtbot, window)
    paint_something(qtbot, window)
    labelling = window.session.labelling
    assert labelling is not None
    window.recording.write(tmp_path / "sequence.json")
    out = tmp_path / "out"
    assert main(["replay", str(folder), "--session", str(tmp_path / "sequence.json"), "--out", str(out)]) == 0
    mesh_folder = next(out.rglob("mesh_objects_si.hdf5")).parent
    assert (read_labels(mesh_folder, len(labelling.labels)).semantic == labelling.labels.semantic).all()
