"""The four stories, told to the real window with a real mouse and real keys."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viewer.app.session import ColorBy
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui
PATIENCE_MS = 60_000
MESH_FILES = ("mesh_vertices.hdf5", "mesh_faces_vi.hdf5", "mesh_faces_oi.hdf5", "mesh_normals.hdf5")


def open_scene(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    window.opening.open_path(folder)
    qtbot.waitUntil(lambda: window.session.scene is not None, timeout=PATIENCE_MS)
    settle(qtbot, window)


def settle(qtbot: QtBot, window: MainWindow, stays_ms: int = 150) -> None:
    """Wait until nothing is being computed, uploaded or flown to, and stays so."""
    view = window.scene_view

    def is_quiet() -> bool:
        return window.runner.is_idle and not view.is_uploading and not view.navigator.is_moving

    size = None
    while size != view.size or not is_quiet():  # docks that come in take their room a little later
        qtbot.waitUntil(is_quiet, timeout=PATIENCE_MS)
        size = view.size
        qtbot.wait(stays_ms)


def drag(
    window: MainWindow,
    start: QPoint,
    end: QPoint,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    canvas = window.scene_view.native
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, modifiers, start)
    for step in range(1, 9):
        QTest.mouseMove(canvas, start + (end - start) * step / 8)
        QApplication.processEvents()
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, modifiers, end)
    QApplication.processEvents()


def object_in_view(window: MainWindow) -> tuple[int, QPoint]:
    """An object without labels that covers many pixels, and a pixel well inside it."""
    labelling = window.session.labelling
    assert labelling is not None
    ids = window.scene_view.id_buffer().object_ids
    counts = np.bincount(ids[ids >= 0], minlength=window.session.object_count)
    free = (labelling.labels.semantic == -1) & (labelling.labels.instance == -1)
    counts[~free] = 0
    target = int(counts.argmax())
    assert counts[target] > 50, "the view shows no unlabelled object"
    from scipy.ndimage import distance_transform_edt

    y, x = np.unravel_index(int(distance_transform_edt(ids == target).argmax()), ids.shape)
    return target, QPoint(int(x), int(y))


def read(folder: Path, name: str) -> np.ndarray:
    with h5py.File(folder / "_detail" / "mesh" / name) as file:
        dataset = file["dataset"]
        assert dataset.dtype == np.dtype("<i8")
        return np.asarray(dataset[:, 0] if "objects" in name else dataset[:])


@pytest.fixture(params=["mesh", "points"])
def folder(request: pytest.FixtureRequest, make_scene: Callable[[Path], Path], tmp_path: Path) -> Path:
    """A furnished scene, as bought with its mesh and as downloaded without."""
    scene = make_scene(tmp_path)
    if request.param == "points":
        for name in MESH_FILES:
            (scene / "_detail" / "mesh" / name).unlink(missing_ok=True)
    return scene


def test_a_chair_is_opened_flown_to_painted_undone_redone_and_saved(
    qtbot: QtBot, window: MainWindow, folder: Path
) -> None:
    open_scene(qtbot, window, folder)
    canvas, session, labelling = window.scene_view.native, window.session, window.session.labelling
    assert labelling is not None

    # fly
    before = window.scene_view.get_view()
    canvas.setFocus()
    QTest.keyPress(canvas, Qt.Key.Key_W)
    qtbot.wait(200)
    QTest.keyRelease(canvas, Qt.Key.Key_W)
    settle(qtbot, window)
    assert window.scene_view.get_view().eye != before.eye

    # hover
    target, spot = object_in_view(window)
    name = session.object_names[target]

    def is_named() -> bool:
        QTest.mouseMove(canvas, spot + QPoint(3, 3))
        QTest.mouseMove(canvas, spot)
        qtbot.wait(300)  # the pointer rests
        return name in window.status_line.hit_text.text()

    qtbot.waitUntil(is_named, timeout=PATIENCE_MS)
    assert " m away" in window.status_line.hit_text.text()

    # click
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    qtbot.waitUntil(lambda: session.selection.tolist() == [target], timeout=PATIENCE_MS)

    # shift-drag
    labelling.set_brush(class_id=5)
    drag(window, spot, spot + QPoint(2, 2), Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: labelling.labels.semantic[target] == 5, timeout=PATIENCE_MS)
    assert window.isWindowModified()
    painted = labelling.labels.copy()

    # undo and redo by keys
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert labelling.labels.semantic[target] == -1
    said = window.status_line.currentMessage
    assert said() == f"Undid {labelling.history.redo_title}"
    QTest.keyClick(
        canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert labelling.labels.equals(painted)
    assert said() == f"Redid {labelling.history.undo_title}"

    # save
    QTest.keyClick(canvas, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not session.is_dirty, timeout=PATIENCE_MS)
    assert not window.isWindowModified()
    assert np.array_equal(read(folder, "mesh_objects_si.hdf5"), painted.semantic)
    assert np.array_equal(read(folder, "mesh_objects_sii.hdf5"), painted.instance)
    colors = read(folder, "metadata_semantic_colors.hdf5")
    assert colors.shape == (41, 3)
    assert (colors[0] == -1).all()


def test_frames_are_stepped_and_looked_through(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    open_scene(qtbot, window, folder)
    canvas, session = window.scene_view.native, window.session
    first = session.frame
    assert first is not None
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert session.frame is not None
    assert session.frame.frame > first.frame
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert window.looking.is_on
    settle(qtbot, window)
    camera = session.frame_camera()
    assert camera is not None
    assert np.allclose(window.scene_view.current_camera().position, camera.position)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert not window.looking.is_on


def test_the_old_scene_stays_when_a_folder_holds_none(
    qtbot: QtBot, window: MainWindow, folder: Path, tmp_path: Path
) -> None:
    open_scene(qtbot, window, folder)
    scene = window.session.scene
    empty = tmp_path / "empty"
    empty.mkdir()
    window.opening.open_path(empty)
    qtbot.waitUntil(lambda: bool(window.banners.shown), timeout=PATIENCE_MS)
    assert window.session.scene is scene


def test_labels_are_colored_by_what_the_user_asks_for(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    open_scene(qtbot, window, folder)
    for color_by in ColorBy:
        window.actions_table[f"color_{color_by.value}"].trigger()
        assert window.session.color_by is color_by
        settle(qtbot, window)
        assert window.scene_view.screenshot(200, 150)[..., :3].std() > 1


def test_letters_typed_into_a_search_field_start_no_command(
    qtbot: QtBot, window: MainWindow, folder: Path
) -> None:
    open_scene(qtbot, window, folder)
    tool = window.session.labelling.brush.tool if window.session.labelling else ""
    window.viewing.find_object()
    field = QApplication.focusWidget()
    assert field is not None
    QTest.keyClicks(field, "h1i2")
    assert window.session.labelling is not None
    assert window.session.labelling.brush.tool == tool
    assert not len(window.session.hidden)


def test_a_read_only_folder_offers_to_save_elsewhere(
    qtbot: QtBot, window: MainWindow, folder: Path, tmp_path: Path
) -> None:
    open_scene(qtbot, window, folder)
    labelling = window.session.labelling
    assert labelling is not None
    blocked = tmp_path / "a_file"
    blocked.write_text("not a folder")
    window.saving.save_to(blocked / "mesh")
    qtbot.waitUntil(lambda: bool(window.banners.shown), timeout=PATIENCE_MS)
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(folder / "_detail" / "mesh", elsewhere)
    window.banners.clear()
    window.saving.save_to(elsewhere)
    qtbot.waitUntil(lambda: window.saving.folder == elsewhere, timeout=PATIENCE_MS)
