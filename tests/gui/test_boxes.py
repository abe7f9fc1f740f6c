"""Boxes by real mouse and keys: stale, recomputed, in the view and over the images, listed, written."""

from __future__ import annotations

import csv
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from tests.builders import load, save
from tests.gui.conftest import PATIENCE_MS
from viewer.app.box_table import NO_BOX, OK, STALE
from viewer.geometry.box_fit import object_aligned_2d_box
from viewer.geometry.box_projection import BoxLines
from viewer.jobs.job import Progress
from viewer.model.boxes import BoxSets, OrientedBoxes
from viewer.model.filters import Filter
from viewer.model.labels import LabelLayer
from viewer.model.mesh import Mesh
from viewer.render.id_buffer import KIND_BOX
from viewer.ui import seeing
from viewer.ui.box_overlay import draw_box_lines
from viewer.ui.dialogs.recompute_boxes import RecomputeBoxesDialog
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui
LEFT, NONE, SHIFT = (
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
KIND = "object_aligned_2d"


@pytest.fixture
def opened(
    window: MainWindow, qtbot: QtBot, make_scene: Callable[[Path], Path], tmp_path: Path
) -> MainWindow:
    """The furnished scene in the window, nothing left to be done."""
    window.opening.open_path(make_scene(tmp_path))
    qtbot.waitUntil(lambda: window.session.scene is not None, timeout=PATIENCE_MS)
    settle(window, qtbot)
    return window


def settle(window: MainWindow, qtbot: QtBot) -> None:
    view, images = window.scene_view, window.images_panel
    qtbot.waitUntil(
        lambda: window.runner.is_idle and not view.is_uploading and images.is_current, timeout=PATIENCE_MS
    )
    qtbot.wait(50)
    qtbot.waitUntil(lambda: window.runner.is_idle, timeout=PATIENCE_MS)


def drawn(window: MainWindow, qtbot: QtBot) -> NDArray[np.uint8]:
    """The first image pane as it is on the screen once its boxes are."""
    pane = window.images_panel.panes[0]
    qtbot.waitUntil(
        lambda: pane.frame is not None and window.boxes.overlay.lines_of(pane.frame), timeout=PATIENCE_MS
    )
    return grabbed(pane.canvas)


def grabbed(widget: object) -> NDArray[np.uint8]:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.array(image.constBits()).reshape(image.height(), image.bytesPerLine() // 4, 4)[..., :3]


def box_of(window: MainWindow, instance: int) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Center and extents of an instance's box."""
    boxes = window.session.scene.part(BoxSets).by_kind[KIND]
    rows = np.flatnonzero(boxes.ids == instance)
    return (boxes.centres[rows[0]], boxes.extents[rows[0]]) if len(rows) else None


def test_painting_makes_boxes_stale_and_recomputing_shows_the_new_ones_everywhere(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, session, view = opened, opened.session, opened.scene_view
    QTest.keyClick(view.native, Qt.Key.Key_B)
    before_image = drawn(window, qtbot)
    before_view = view.screenshot(640, 480)
    window.docks["boxes"].raise_()
    table = window.panels.boxes
    qtbot.waitUntil(lambda: table.rows is not None, timeout=PATIENCE_MS)
    assert not table.stale_bar.isVisible()
    assert not (table.rows.states == STALE).any()

    # a real stroke: a new instance over the whole view takes objects from many instances
    labelling = session.labelling
    labelling.set_brush(layer=LabelLayer.INSTANCE, tool="rectangle")
    for which in (Filter.NO_CLASS, Filter.NO_INSTANCE):
        labelling.set_filter(which, False)
    created = labelling.create_instance()
    width, height = view.native.width(), view.native.height()
    start, end = QPoint(width // 3, height // 3), QPoint(2 * width // 3, 2 * height // 3)
    QTest.mousePress(view.native, LEFT, SHIFT, start)
    for share in (0.3, 0.6, 1.0):
        QTest.mouseMove(view.native, start + (end - start) * share)
    QTest.mouseRelease(view.native, LEFT, SHIFT, end)
    qtbot.waitUntil(lambda: created in labelling.labels.instance, timeout=PATIENCE_MS)
    qtbot.waitUntil(table.stale_bar.isVisible, timeout=PATIENCE_MS)
    stale = table.rows.ids[table.rows.states == STALE]
    assert created in stale
    assert len(stale) > 1
    assert box_of(window, created) is None
    offers = [banner for banner in window.banners.shown if "no longer fit" in banner.message]
    assert len(offers) == 1

    # the offer, taken by the mouse
    button = next(each for each in offers[0].findChildren(QPushButton) if each.text() == "Recompute")
    QTest.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: not table.stale_bar.isVisible(), timeout=PATIENCE_MS)
    settle(window, qtbot)
    assert not [banner for banner in window.banners.shown if "no longer fit" in banner.message]
    mesh = session.scene.part(Mesh)
    corners = mesh.faces[np.append(labelling.labels.instance, 0)[mesh.owners.dense()] == created]
    fitted = object_aligned_2d_box(mesh.vertices[corners.reshape(-1)])
    center, extents = box_of(window, created)
    np.testing.assert_allclose(center, fitted.centre, atol=1e-6)
    np.testing.assert_allclose(extents, fitted.extent, atol=1e-6)
    assert (view.screenshot(640, 480) != before_view).any()
    after_image = drawn(window, qtbot)
    assert after_image.shape == before_image.shape
    assert (after_image != before_image).any(axis=2).sum() > 30
    row = created - 1
    assert table.rows.states[row] == OK
    np.testing.assert_allclose(table.rows.sizes_m[row], extents * session.scene.metres_per_unit)

    # listed, searched and written
    table.search.setText(f"#{created}")
    assert row in table.table.order
    QTest.mouseClick(
        table.view.viewport(), LEFT, NONE, table.view.visualRect(table.table.index(0, 1)).center()
    )
    shown = int(table.rows.ids[table.table.order[0]])
    assert session.selection.tolist() == np.flatnonzero(labelling.labels.instance == shown).tolist()
    target = tmp_path / "boxes.csv"
    monkeypatch.setattr("viewer.ui.panels.box_list.QFileDialog.getSaveFileName", lambda *_: (str(target), ""))
    QTest.mouseClick(table.export, LEFT)
    qtbot.waitUntil(target.exists, timeout=PATIENCE_MS)
    with target.open(newline="", encoding="utf-8") as stream:
        lines = list(csv.DictReader(stream))
    assert len(lines) == len(table.table.order)
    written = next(line for line in lines if int(line["instance"]) == created)
    assert written["state"] == "ok"
    assert float(written["volume_m3"]) == pytest.approx(table.rows.volumes_m3[row])
    assert int(written["objects"]) == int((labelling.labels.instance == created).sum())

    # the offer comes once per scene
    window.banners.clear()
    labelling.undo()
    qtbot.waitUntil(table.stale_bar.isVisible, timeout=PATIENCE_MS)
    assert not [banner for banner in window.banners.shown if "no longer fit" in banner.message]


def test_filters_hold_in_the_view_and_over_the_images_alike(opened: MainWindow, qtbot: QtBot) -> None:
    window, session, view = opened, opened.session, opened.scene_view
    layer, display = view.layers["boxes"], window.boxes.display
    QTest.keyClick(view.native, Qt.Key.Key_B)
    everything = drawn(window, qtbot)
    instance = session.labelling.labels.instance
    largest = int(np.bincount(instance[instance > 0]).argmax())

    def use(**changes: object) -> NDArray[np.int64]:
        style = type(display.style)(visible=True, **changes)
        window.layer_styles.apply("boxes", style)
        qtbot.waitUntil(lambda: display.shown_in(session.frame) is not None)
        qtbot.wait(20)
        of_images = display.shown_in(session.frame)[0].ids
        assert layer.shown.ids.tolist() == of_images.tolist()
        return of_images

    all_ids = use()
    session.select(np.flatnonzero(instance == largest))
    assert use(show="selected").tolist() == [largest]
    assert (drawn(window, qtbot) != everything).any()
    qtbot.waitUntil(lambda: session.seen is not None, timeout=PATIENCE_MS)
    seen = session.seen
    in_frame = seen.object_ids[seen.frame_rows == seen.frames.index(session.frame)]
    assert use(show="in this frame").tolist() == np.intersect1d(instance[in_frame], all_ids).tolist()
    sizes = layer.boxes.extents.max(axis=1) * session.scene.metres_per_unit
    assert use(min_size_m=1.0, max_size_m=2.0).tolist() == all_ids[(sizes >= 1) & (sizes <= 2)].tolist()
    chairs = use(class_words="chair")
    assert 0 < len(chairs) < len(all_ids)
    assert use(class_words="no such class").tolist() == []

    # B switches both off; the switch of the panes brings both back, then takes the images alone away
    QTest.keyClick(view.native, Qt.Key.Key_B)
    assert display.shown_in(session.frame) is None
    switch = window.boxes.overlay.switch
    QTest.mouseClick(switch, LEFT)
    assert (display.style.visible, display.style.in_images) == (True, True)
    QTest.mouseClick(switch, LEFT)
    assert (display.style.visible, display.style.in_images) == (True, False)
    qtbot.waitUntil(lambda: window.images_panel.panes[0].canvas.overlay is None)


def test_resting_on_a_box_tells_class_instance_and_size_and_a_click_selects_it(
    opened: MainWindow, qtbot: QtBot
) -> None:
    window, session, view = opened, opened.session, opened.scene_view
    QTest.keyClick(view.native, Qt.Key.Key_B)
    settle(window, qtbot)
    kinds = view.id_buffer().kinds
    y, x = np.argwhere(kinds == KIND_BOX)[len(np.argwhere(kinds == KIND_BOX)) // 2]
    instance = int(view.id_buffer().indices[y, x])
    place = QPoint(int(x), int(y))
    QTest.mouseMove(view.native, place + QPoint(0, 1))
    QTest.mouseMove(view.native, place)
    qtbot.waitUntil(window.boxes.hint.isVisible, timeout=PATIENCE_MS)
    found = int(window.boxes.hint.heading.text().rsplit(" ", 1)[1])
    words = window.boxes.display.words_of(found)
    assert window.boxes.hint.heading.text() == words.title
    assert words.size in window.boxes.hint.remarks.text()
    assert words.title in window.status_line.hit_text.text()
    assert words.size in window.status_line.hit_text.text()

    QTest.mouseClick(view.native, LEFT, NONE, place)
    members = np.flatnonzero(session.labelling.labels.instance == found)
    qtbot.waitUntil(lambda: session.selection.tolist() == members.tolist(), timeout=PATIENCE_MS)
    assert instance in session.labelling.labels.instance


def test_the_dialog_fits_what_is_asked_for_and_writes_the_files(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window, session = opened, opened.session
    session.labelling.assign(
        np.flatnonzero(session.labelling.labels.instance == 2), layer=LabelLayer.INSTANCE
    )
    folder = session.scene.label_folder
    window.actions_table["recompute_boxes"].trigger()
    dialog = next(each for each in QApplication.topLevelWidgets() if isinstance(each, RecomputeBoxesDialog))
    dialog.kinds["axis_aligned"].setChecked(False)
    dialog.kinds["object_aligned_3d"].setChecked(False)
    QTest.mouseClick(dialog.everything, LEFT, NONE, QPoint(10, dialog.everything.height() // 2))
    dialog.writes.setChecked(True)
    stem = folder / f"metadata_semantic_instance_bounding_box_{KIND}_extents.hdf5"
    others = folder / "metadata_semantic_instance_bounding_box_axis_aligned_extents.hdf5"
    kept = others.read_bytes()
    assert np.isfinite(load(stem)[2]).all()
    QTest.mouseClick(dialog.recompute, LEFT)

    qtbot.waitUntil(lambda: np.isinf(load(stem)[2]).all(), timeout=PATIENCE_MS)
    assert others.read_bytes() == kept
    assert box_of(window, 2) is None
    assert 2 in session.scene.part(BoxSets).by_kind["axis_aligned"].ids
    window.docks["boxes"].raise_()
    table = window.panels.boxes
    qtbot.waitUntil(lambda: table.rows is not None and table.rows.states[1] == NO_BOX, timeout=PATIENCE_MS)
    assert isinstance(session.scene.part(BoxSets).by_kind[KIND], OrientedBoxes)


def test_drawing_thousands_of_lines_over_an_image_is_not_felt(qapp: QApplication) -> None:
    rng = np.random.default_rng(1)
    count = 30_000
    ends = rng.uniform(0, 1, (count, 2))
    lines = BoxLines(
        np.hstack([ends, ends + rng.normal(0, 0.01, (count, 2))]),
        np.arange(count) // 8,
        np.arange(count) % 3 == 0,
    )
    colors = rng.integers(0, 256, (count // 8 + 1, 3)).astype(np.uint8)
    picture = QPixmap(800, 600)
    picture.fill(Qt.GlobalColor.black)
    started = time.perf_counter()
    painter = QPainter(picture)
    draw_box_lines(
        painter,
        QRectF(0, 0, 800, 600),
        lines=lines,
        colors=colors,
        selected=np.zeros(len(colors), np.bool_),
        width=1.5,
        hidden_opacity=0.35,
    )
    painter.end()
    assert time.perf_counter() - started < 1  # 0.02 s on an idle machine
    image = picture.toImage().convertToFormat(QImage.Format.Format_RGB32)
    assert (np.array(image.constBits()).reshape(600, 800, 4)[..., :3].max(axis=2) > 0).mean() > 0.2


def test_a_scene_without_boxes_gets_them(window: MainWindow, qtbot: QtBot, either_scene: Path) -> None:
    for path in (either_scene / "_detail" / "mesh").glob("*bounding_box*"):
        path.unlink()
    window.opening.open_path(either_scene)
    qtbot.waitUntil(lambda: window.session.scene is not None, timeout=PATIENCE_MS)
    settle(window, qtbot)
    row = window.panels.layers.row("boxes")
    assert window.boxes.display.boxes is None
    window.boxes.making.make((KIND,), False, None)
    qtbot.waitUntil(lambda: window.boxes.display.boxes is not None, timeout=PATIENCE_MS)
    instance = window.session.labelling.labels.instance
    assert set(window.boxes.display.boxes.ids.tolist()) <= set(instance[instance > 0].tolist())
    assert len(window.boxes.display.boxes) > 10
    assert row.isEnabled()
    QTest.keyClick(window.scene_view.native, Qt.Key.Key_B)
    drawn(window, qtbot)
    assert KIND_BOX in window.scene_view.id_buffer().kinds


def test_boxes_that_are_stale_on_disk_are_noticed(
    window: MainWindow, qtbot: QtBot, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    folder = make_scene(tmp_path)
    path = folder / "_detail" / "mesh" / "mesh_objects_sii.hdf5"
    instance = load(path)
    objects = np.bincount(instance[instance > 0])
    one, other = np.argsort(objects)[-2:].tolist()
    instance[instance == one] = other
    save(path, instance)
    window.opening.open_path(folder)
    qtbot.waitUntil(lambda: window.session.scene is not None, timeout=PATIENCE_MS)
    settle(window, qtbot)
    window.docks["boxes"].raise_()
    table = window.panels.boxes
    qtbot.waitUntil(table.stale_bar.isVisible, timeout=PATIENCE_MS)
    assert set(table.rows.ids[table.rows.states == STALE].tolist()) == {one, other}
    assert not window.session.is_dirty
    assert not window.banners.shown  # there is no box on the screen
    QTest.keyClick(window.scene_view.native, Qt.Key.Key_B)
    qtbot.waitUntil(lambda: bool(window.banners.shown), timeout=PATIENCE_MS)
    assert "Boxes of 2 instances no longer fit" in window.banners.shown[0].message
    QTest.mouseClick(table.recompute, LEFT)
    qtbot.waitUntil(lambda: not table.stale_bar.isVisible(), timeout=PATIENCE_MS)
    assert not window.banners.shown
    assert box_of(window, one) is None
    assert table.rows.states[other - 1] == OK


def test_boxes_of_this_frame_wait_calmly_until_it_is_known_what_it_shows(
    opened: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, session, display = opened, opened.session, opened.boxes.display
    QTest.keyClick(window.scene_view.native, Qt.Key.Key_B)
    row = window.panels.layers.row("boxes")
    qtbot.waitUntil(lambda: session.seen is not None, timeout=PATIENCE_MS)
    frame = session.frame
    may_go_on = threading.Event()

    def slowly(scene: object, *, progress: Progress) -> object:
        while not may_go_on.wait(0.02):
            progress.check()
        return counted(scene, progress=progress)

    counted = seeing.scene_visibility
    monkeypatch.setattr(seeing, "scene_visibility", slowly)
    session.seen = None
    session.seen_changed.emit()
    window.layer_styles.apply("boxes", type(display.style)(visible=True, show="in this frame"))
    qtbot.waitUntil(lambda: row.note == "What this frame shows is not known: all are shown.")
    assert len(display.shown_in(frame)[0]) == len(display.boxes)
    window.seeing.count()
    qtbot.waitUntil(lambda: row.note == "Counting what frames show…", timeout=PATIENCE_MS)
    assert len(display.shown_in(frame)[0]) == 0
    assert len(window.scene_view.layers["boxes"].shown) == 0
    may_go_on.set()
    qtbot.waitUntil(lambda: row.note == "", timeout=PATIENCE_MS)
    assert 0 < len(display.shown_in(frame)[0]) < len(display.boxes)
    assert len(window.scene_view.layers["boxes"].shown) == len(display.shown_in(frame)[0])
