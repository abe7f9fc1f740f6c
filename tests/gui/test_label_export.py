"""Label > Export Label Images, in the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from tests.gui.test_stories import PATIENCE_MS, open_scene, settle
from viewer.model.labels import LabelLayer
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui


@pytest.fixture
def opened(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> MainWindow:
    open_scene(qtbot, window, make_scene(tmp_path))
    return window


def choose(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: str(folder))


def test_the_images_show_the_labels_being_edited(
    qtbot: QtBot, opened: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, out = opened.session, tmp_path / "out"
    out.mkdir()
    session.labelling.assign(np.arange(session.object_count), 7, LabelLayer.SEMANTIC)
    choose(monkeypatch, out)
    opened.actions_table["export_label_images"].trigger()
    qtbot.waitUntil(lambda: "written to" in opened.status_line.currentMessage(), timeout=PATIENCE_MS)
    settle(qtbot, opened)
    images = sorted(out.rglob("*.semantic.hdf5"))
    assert images
    with h5py.File(images[0]) as file:
        assert set(np.unique(file["dataset"][:])) <= {-1, 7}
    assert len(list(out.rglob("*.semantic_instance.png"))) == len(images)
    assert not opened.banners.shown
    assert session.is_dirty, "exporting saves no labels"


def test_the_scenes_own_images_are_replaced_only_after_asking(
    qtbot: QtBot, opened: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = opened.session.scene
    before = {path: path.stat().st_mtime_ns for path in scene.path.rglob("*.semantic.hdf5")}
    choose(monkeypatch, scene.path)

    def cancel() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        box.reject()

    QTimer.singleShot(200, cancel)
    opened.actions_table["export_label_images"].trigger()
    settle(qtbot, opened)
    assert {path: path.stat().st_mtime_ns for path in scene.path.rglob("*.semantic.hdf5")} == before


def test_a_folder_that_takes_no_files_is_told(
    qtbot: QtBot, opened: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a_file"
    blocked.write_text("not a folder")
    choose(monkeypatch, blocked)
    opened.actions_table["export_label_images"].trigger()
    qtbot.waitUntil(lambda: bool(opened.banners.shown), timeout=PATIENCE_MS)


def test_a_scene_without_images_of_objects_says_so_and_asks_for_no_folder(
    qtbot: QtBot,
    window: MainWindow,
    make_scene: Callable[[Path], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = make_scene(tmp_path)
    for path in scene.rglob("*.render_entity_id.hdf5"):
        path.unlink()
    open_scene(qtbot, window, scene)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: pytest.fail("asked"))
    window.actions_table["export_label_images"].trigger()
    assert "No frame has a render_entity_id image" in window.status_line.currentMessage()
