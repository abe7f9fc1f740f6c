"""Octomaps by mouse and keys: switches and levels, hover, cameras out of place, generating, loading."""

from __future__ import annotations

import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QMessageBox,
    QPushButton,
    QSpinBox,
)
from pytestqt.qtbot import QtBot

from tests.builders import write_scene
from tests.gui.test_stories import PATIENCE_MS, open_scene, settle
from viewer.app.octomap_making import OctomapSettings
from viewer.app.octomap_samples import octomap_at
from viewer.model.octomap import Octomap
from viewer.render.id_buffer import KIND_VOXEL
from viewer.ui.dialogs.generate_octomap import GenerateOctomapDialog
from viewer.ui.dialogs.stray_cameras import StrayCamerasDialog
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui
LEFT = Qt.MouseButton.LeftButton


def click(box: QCheckBox) -> None:
    QTest.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))


def press(window: MainWindow, key: Qt.Key) -> None:
    window.scene_view.native.setFocus()
    QTest.keyClick(window.scene_view.native, key)
    QApplication.processEvents()


def type_into(qtbot: QtBot, spin: QSpinBox, text: str) -> None:
    spin.setFocus()
    spin.selectAll()
    qtbot.keyClicks(spin, text)
    QTest.keyClick(spin, Qt.Key.Key_Return)


def picture(qtbot: QtBot, window: MainWindow) -> np.ndarray:
    settle(qtbot, window)
    return window.scene_view.screenshot(400, 300)


def dialog(qtbot: QtBot, window: MainWindow, kind: type) -> object:
    qtbot.waitUntil(lambda: window.findChild(kind) is not None, timeout=PATIENCE_MS)
    found = window.findChild(kind)
    qtbot.waitExposed(found)
    return found


def test_each_kind_of_space_has_its_switch_opacity_level_and_color(
    qtbot: QtBot, window: MainWindow, make_scene, tmp_path: Path
) -> None:
    open_scene(qtbot, window, make_scene(tmp_path))
    row = window.panels.layers.row("octomap")
    click(window.panels.layers.row("mesh").check)
    click(window.panels.layers.row("cameras").check)
    click(row.check)
    QTest.mouseClick(row._more, LEFT)
    form = row.form
    assert form is not None
    seen = [picture(qtbot, window)]

    def now_differs() -> None:
        seen.append(picture(qtbot, window))
        assert (seen[-1] != seen[-2]).any()

    ids = window.scene_view.id_buffer()
    assert (ids.kinds == KIND_VOXEL).mean() > 0.3
    layer = window.scene_view.layers["octomap"]
    octomap = window.session.scene.part(Octomap)
    index = int(ids.indices[ids.kinds == KIND_VOXEL][0])
    assert layer.leaf_at(index).size == octomap.sizes[index]

    type_into(qtbot, form.control("occupied_depth").findChild(QSpinBox), "13")
    now_differs()
    index = int(np.max(window.scene_view.id_buffer().indices))
    assert layer.leaf_at(index).size >= 8 * octomap.resolution
    QTest.keyClick(form.control("occupied_color").findChild(QComboBox), Qt.Key.Key_End)
    assert layer.style.occupied_color == "state"
    now_differs()
    click(form.control("occupied").findChild(QCheckBox))
    now_differs()
    assert not (window.scene_view.id_buffer().kinds == KIND_VOXEL).all()
    click(form.control("free").findChild(QCheckBox))
    now_differs()
    click(form.control("free").findChild(QCheckBox))
    click(form.control("unknown").findChild(QCheckBox))
    now_differs()
    click(form.control("bounds").findChild(QCheckBox))
    now_differs()
    press(window, Qt.Key.Key_T)
    assert not row.check.isChecked()
    now_differs()


def test_the_pointer_tells_the_state_and_the_size_of_a_cube(
    qtbot: QtBot, window: MainWindow, make_scene, tmp_path: Path
) -> None:
    open_scene(qtbot, window, make_scene(tmp_path))
    qtbot.waitUntil(lambda: window.session.octomap_facts is not None, timeout=PATIENCE_MS)
    native, words = window.scene_view.native, window.status_line.hit_text
    place = QPoint(native.width() // 2, native.height() // 2)

    def hover(about: str) -> str:
        settle(qtbot, window)

        def look() -> None:
            QTest.mouseMove(native, place + QPoint(1, 0))
            QTest.mouseMove(native, place)
            assert about in words.text()

        qtbot.waitUntil(look, timeout=PATIENCE_MS)
        return words.text()

    assert "cube" not in hover("m away")
    press(window, Qt.Key.Key_T)
    hit = window.scene_view.pick(place.x(), place.y())
    assert "occupied cube of 0." in hover("cube of")
    click(window.panels.layers.row("mesh").check)
    hit = window.scene_view.pick(place.x(), place.y())
    assert hit.kind == "voxel"
    leaf = window.scene_view.layers["octomap"].leaf_at(hit.index)
    size = leaf.size * window.session.scene.metres_per_unit
    assert f"occupied cube of {size:.3g} m" in hover("cube of")
    canvas = window.images_panel.panes[0].canvas

    def look_at_image() -> None:
        for step in (1, 0):
            QTest.mouseMove(canvas, canvas.rect().center() + QPoint(step, 0))
        assert "cube of" in words.text() or "unknown space" in words.text()

    words.clear()
    qtbot.waitUntil(look_at_image, timeout=PATIENCE_MS)


def test_cameras_out_of_free_space_are_listed_and_lead_to_their_frames(
    qtbot: QtBot, window: MainWindow, make_scene, tmp_path: Path
) -> None:
    scene = make_scene(tmp_path)
    octomap = octomap_at(scene)
    with h5py.File(scene / "_detail/cam_00/camera_keyframe_positions.hdf5", "r+") as file:
        positions = file["dataset"]
        positions[1] = octomap.centres[octomap.occupied][0]
        positions[2] = octomap.centres.max(axis=0) + 300
    open_scene(qtbot, window, scene)
    qtbot.waitUntil(lambda: window.session.octomap_facts is not None, timeout=PATIENCE_MS)
    strays = window.session.octomap_facts.strays
    assert [stray.frame.camera for stray in strays] == ["cam_00", "cam_00"]
    frames = [stray.frame.frame for stray in strays]
    assert list(window.frames_panel.bar._strays) == frames
    button = window.panels.layers.row("octomap")._finding
    assert button.text() == "2 cameras not in free space"
    press(window, Qt.Key.Key_T)
    unmarked = window.layer_styles.style("octomap")
    settle(qtbot, window)
    window.scene_view.frame_all()
    with_marks = picture(qtbot, window)
    click_form = window.panels.layers.row("octomap")
    QTest.mouseClick(click_form._more, LEFT)
    click(click_form.form.control("strays").findChild(QCheckBox))
    assert window.layer_styles.style("octomap") != unmarked
    assert (picture(qtbot, window) != with_marks).any()

    QTest.mouseClick(button, LEFT)
    listed = dialog(qtbot, window, StrayCamerasDialog)
    assert "2 of " in listed.summary.text()
    why = [listed.table.columns[2].text(k) for k in range(2)]
    assert why[0].startswith("stands in an occupied cube")
    assert why[1].startswith("stands in unknown space; ")
    assert why[1].endswith("m outside the bounds of free space")
    cell = listed.view.visualRect(listed.table.index(1, 2))
    QTest.mouseClick(listed.view.viewport(), LEFT, pos=cell.center())
    assert window.session.frame.frame == frames[1]
    listed.close()


def test_an_octomap_is_generated_from_the_menu_and_shown_at_once(
    qtbot: QtBot, window: MainWindow, make_scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = make_scene(tmp_path)
    shutil.rmtree(scene / "_detail/octomap")
    open_scene(qtbot, window, scene)
    row = window.panels.layers.row("octomap")
    assert row.reason.startswith("The file is not there")
    QTest.mouseClick(row.findChild(QPushButton), LEFT)
    asked = dialog(qtbot, window, GenerateOctomapDialog)
    type_into(qtbot, asked.form.control("rays").findChild(QSpinBox), "40")
    type_into(qtbot, asked.form.control("starts").findChild(QSpinBox), "3")
    type_into(qtbot, asked.form.control("voxel_size_m").focus_target, "0.2")
    for axis in "xyz":
        type_into(qtbot, asked.form.control(f"extent_{axis}_m").focus_target, "14")
    QTest.mouseClick(asked.generate_button, LEFT)
    qtbot.waitUntil(lambda: window.session.scene.part(Octomap) is not None, timeout=PATIENCE_MS)
    assert len(list((scene / "_detail/octomap").iterdir())) == 3
    assert row.reason == ""
    assert row.check.isChecked()
    assert not any(gap.what == "Octomap" for gap in window.session.scene.gaps)
    settle(qtbot, window)
    first = window.session.scene.part(Octomap)
    assert (window.scene_view.id_buffer().kinds == KIND_VOXEL).any()
    qtbot.waitUntil(lambda: window.session.octomap_facts is not None, timeout=PATIENCE_MS)

    # again: what is there is replaced only when that is wanted
    before = (scene / "_detail/octomap/octomap.bt").read_bytes()
    asked_about: list[str] = []

    def answer(*words: object) -> QMessageBox.StandardButton:
        asked_about.append(str(words[2]))
        return QMessageBox.StandardButton.Cancel

    monkeypatch.setattr(QMessageBox, "question", answer)
    window.actions_table["generate_octomap"].trigger()
    asked = dialog(qtbot, window, GenerateOctomapDialog)
    assert asked.form.value.rays == 40, "what was chosen last is offered again"
    QTest.mouseClick(asked.generate_button, LEFT)
    assert str(scene / "_detail/octomap") in asked_about[0]
    assert (scene / "_detail/octomap/octomap.bt").read_bytes() == before
    assert window.session.scene.part(Octomap) is first


def test_generating_can_be_called_off_and_leaves_nothing(
    qtbot: QtBot, window: MainWindow, make_scene, tmp_path: Path
) -> None:
    scene = make_scene(tmp_path)
    shutil.rmtree(scene / "_detail/octomap")
    open_scene(qtbot, window, scene)
    settle(qtbot, window)
    window.octomaps.generate(OctomapSettings(iterations=100), scene / "_detail/octomap")
    strip = window.progress_strip
    qtbot.waitUntil(lambda: strip.isVisible() and strip._cancel.isEnabled(), timeout=PATIENCE_MS)
    QTest.mouseClick(strip._cancel, LEFT)
    said = window.status_line.currentMessage
    qtbot.waitUntil(lambda: "no octomap was written" in said(), timeout=PATIENCE_MS)
    settle(qtbot, window)
    assert not (scene / "_detail/octomap").exists()
    assert window.session.scene.part(Octomap) is None


def test_an_octomap_of_another_tool_is_loaded_and_a_broken_one_costs_a_sentence(
    qtbot: QtBot, window: MainWindow, make_scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_scene(qtbot, window, make_scene(tmp_path))
    chosen = tmp_path / "other.bt"
    header = b"# Octomap OcTree binary file\nid OcTree\nsize 2\nres 12.5\ndata\n"
    chosen.write_bytes(header + (2 << 14).to_bytes(2, "little"))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(chosen), ""))
    window.actions_table["load_octomap"].trigger()
    qtbot.waitUntil(lambda: window.session.scene.part(Octomap).resolution == 12.5, timeout=PATIENCE_MS)
    loaded = window.session.scene.part(Octomap)
    qtbot.waitUntil(lambda: window.session.octomap_facts is not None, timeout=PATIENCE_MS)
    assert len(window.session.octomap_facts.strays) == window.session.octomap_facts.camera_count

    chosen.write_bytes(header[:-5] + b"data\n")
    window.actions_table["load_octomap"].trigger()
    qtbot.waitUntil(lambda: bool(window.banners.shown), timeout=PATIENCE_MS)
    assert "other.bt" in window.banners.shown[0].text
    assert "found bytes for at most 1" in window.banners.shown[0].text
    assert window.session.scene.part(Octomap) is loaded


def test_an_octomap_is_the_first_thing_to_see_in_a_scene_of_labels(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    scene, tree = write_scene(tmp_path), tmp_path / "octomap.bt"
    shutil.move(scene / "_detail" / "octomap" / "octomap.bt", tree)
    for name in (
        "images",
        "_detail/octomap",
        "_detail/cam_00",
        "_detail/cam_01",
        "_detail/metadata_cameras.csv",
    ):
        shutil.rmtree(scene / name) if (scene / name).is_dir() else (scene / name).unlink()
    for name in ("mesh_[vfn]*", "*bounding_box*"):
        for path in (scene / "_detail" / "mesh").glob(name):
            path.unlink()
    window.opening.open_path(scene)
    qtbot.waitUntil(lambda: window.empty_view.isVisible() and window.runner.is_idle, timeout=PATIENCE_MS)
    window.session.select([0])
    in_3d = ("fit", "cut_ceiling", "toggle_boxes", "film")
    assert not any(window.actions_table[key].isEnabled() for key in in_3d)
    window.octomaps.load(tree)
    qtbot.waitUntil(window.scene_view.native.isVisible, timeout=PATIENCE_MS)
    settle(qtbot, window)
    assert all(window.actions_table[key].isEnabled() for key in in_3d)
    window.actions_table["focus"].trigger()
    assert "not known" in window.status_line.currentMessage()


def test_a_scene_of_nothing_but_an_octomap_shows_it_and_the_next_scene_does_not(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    whole, bare = write_scene(tmp_path / "whole"), tmp_path / "bare" / "ai_001_001"
    shutil.copytree(whole / "_detail" / "octomap", bare / "_detail" / "octomap")
    open_scene(qtbot, window, bare)
    assert window.layer_styles.is_visible("octomap")
    octomap = window.session.scene.part(Octomap)
    occupied = octomap.only(octomap.occupied).centres
    low, high = window.scene_view.bounds
    assert (low <= occupied.mean(axis=0)).all()
    assert (high >= occupied.mean(axis=0)).all()
    assert np.unique(picture(qtbot, window).reshape(-1, 3), axis=0).shape[0] > 50
    open_scene(qtbot, window, whole)
    assert not window.layer_styles.is_visible("octomap")
