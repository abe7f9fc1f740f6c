"""Images and the 3D view as one: linked cursors and comparisons, by real mouse and keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.gui.test_stories import PATIENCE_MS, object_in_view, open_scene, settle
from viewer.imaging.live import LIVE_MODALITIES
from viewer.model.frames import FrameId
from viewer.model.labels import LabelLayer
from viewer.ui.compare_canvas import CompareMode
from viewer.ui.image_canvas import ImageCanvas
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui
LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier


def point_at(qtbot: QtBot, canvas: ImageCanvas, x: int, y: int, is_told: Callable[[], bool]) -> None:
    """Rest the pointer on a pixel; nudged until it is noticed, for the X server may drop a move."""
    place = canvas.point_of(x, y).toPoint()

    def tried() -> bool:
        QTest.mouseMove(canvas, place + QPoint(2, 2))
        QTest.mouseMove(canvas, place)
        qtbot.wait(40)
        return is_told()

    qtbot.waitUntil(tried, timeout=PATIENCE_MS)


def view_pixels(window: MainWindow) -> NDArray[np.uint8]:
    """What the 3D view shows, (H, W, 3)."""
    window.scene_view.native.repaint()
    QApplication.processEvents()
    image = window.scene_view.native.grabFramebuffer()
    image = image.convertToFormat(image.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def pixel_of(text: str) -> tuple[int, int]:
    """The pixel a readout speaks of: `12, 30    2.3 m ...`."""
    x, y = text.split("    ", maxsplit=1)[0].split(", ")
    return int(x), int(y)


def test_a_pixel_is_shown_in_3d_and_in_other_frames_and_a_place_in_3d_in_all_panes(
    qtbot: QtBot, window: MainWindow, either_scene: Path
) -> None:
    open_scene(qtbot, window, either_scene)
    session, panel, view = window.session, window.images_panel, window.scene_view
    frames = [FrameId("cam_00", int(k)) for k in session.images.source.frame_ids("cam_00")]
    qtbot.mouseClick(panel.panes[2].pin_button, LEFT)
    panel.forget_decoded()
    bar = window.frames_panel.bar
    session.show_frame(frames[1])
    assert not bar.updatesEnabled(), "it is painted with the pictures"
    settle(qtbot, window)
    assert bar.updatesEnabled()
    session.show_frame(frames[0])
    assert panel.is_current, "decoded already"
    assert bar.updatesEnabled()
    session.show_frame(frames[1])
    settle(qtbot, window)
    pinned = panel.panes[2]
    assert (pinned.pinned, pinned.frame) == (frames[0], frames[0])

    # a pixel whose place both frames see
    here, there = session.frame_camera(frames[1]), session.frame_camera(frames[0])
    distances = panel.cache.image(frames[1], "depth_meters").pixels.astype(float)
    beyond = panel.cache.image(frames[0], "depth_meters").pixels.astype(float)
    height, width = distances.shape
    spots = np.stack(np.meshgrid(np.arange(4, width, 8), np.arange(4, height, 8)), axis=-1).reshape(-1, 2)
    along = distances[spots[:, 1], spots[:, 0], None] / session.scene.metres_per_unit
    points = here.position + here.cast_rays(spots) * along
    seen, depths = there.project(points)
    away = np.linalg.norm(points - there.position, axis=1) * session.scene.metres_per_unit
    at = np.round(np.nan_to_num(seen, nan=-1)).astype(int)
    inside = (depths > 0) & (at > 1).all(axis=1) & (at[:, 0] < width - 2) & (at[:, 1] < height - 2)
    surface = np.where(inside, beyond[np.clip(at[:, 1], 0, height - 1), np.clip(at[:, 0], 0, width - 1)], 0)
    both = np.flatnonzero(inside & (np.abs(away / np.maximum(surface, 1e-9) - 1) < 0.003))
    behind = np.flatnonzero(inside & (away > 1.2 * surface) & (surface > 0))
    assert len(both), "the two frames look at different rooms"
    x, y = spots[both[len(both) // 2]].tolist()

    own = panel.panes[0]
    empty = view_pixels(window)
    point_at(qtbot, own.canvas, x, y, lambda: own.readout.text().startswith(f"{x}, {y}"))
    assert panel.panes[1].readout.text().startswith(f"{x}, {y}")
    expected = at[both[len(both) // 2]]
    assert np.abs(np.subtract(pixel_of(pinned.readout.text()), expected)).max() <= 1
    assert np.abs(view_pixels(window).astype(int) - empty).max() > 60, "a ray and a ring in the 3D view"
    marker = view._marker
    assert marker is not None
    np.testing.assert_allclose(marker.point, points[both[len(both) // 2]], atol=0.02 / 0.01)
    if len(behind):
        x, y = spots[behind[0]].tolist()
        point_at(qtbot, own.canvas, x, y, lambda: own.readout.text().startswith(f"{x}, {y}"))
        assert pinned.readout.text().startswith(f"{width} × {height}"), "something stands in front there"

    # and click: selected everywhere
    x, y = spots[both[len(both) // 2]].tolist()
    nodes = panel.cache.image(frames[1], "render_entity_id").pixels
    expected_object = int(session.nodes.objects_in(nodes)[y, x])
    qtbot.mouseClick(own.canvas, LEFT, pos=own.canvas.point_of(x, y).toPoint())
    assert session.selection.tolist() == [expected_object]

    # from 3D into the panes
    session.select([])
    canvas = view.native
    target, spot = object_in_view(window)
    world = view.pick(spot.x(), spot.y()).world
    QTest.mouseMove(canvas, QPoint(3, 3))

    def is_told() -> bool:
        QTest.mouseMove(canvas, spot + QPoint(3, 3))
        QTest.mouseMove(canvas, spot)
        qtbot.wait(300)
        return session.hovered == target

    qtbot.waitUntil(is_told, timeout=PATIENCE_MS)
    assert view._marker is None, "the pointer itself is there"
    for pane in panel.shown_panes:
        camera = session.frame_camera(pane.frame)
        (pixel,), (depth,) = camera.project(np.array([world]))
        crossed = pane.canvas._cursor
        if crossed is not None:
            assert depth > 0
            assert np.abs(np.subtract(crossed, pixel)).max() <= 1
    qtbot.mouseClick(canvas, LEFT, pos=spot)
    qtbot.waitUntil(lambda: session.selection.tolist() == [target], timeout=PATIENCE_MS)


def test_images_are_wiped_blinked_and_subtracted_and_so_is_the_3d_view(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    open_scene(qtbot, window, make_scene(tmp_path))
    session, panel, comparing = window.session, window.images_panel, window.comparing
    view, canvas = comparing.view, comparing.view.canvas

    def settled() -> None:
        qtbot.waitUntil(
            lambda: comparing.is_current and window.runner.is_idle and not comparing._redo_soon.isActive(),
            timeout=PATIENCE_MS,
        )
        QApplication.processEvents()

    def color_at(x: int, y: int) -> tuple[int, ...]:
        return QColor(canvas.grab().toImage().pixel(canvas.point_of(x, y).toPoint())).getRgb()[:3]

    window.scene_view.native.setFocus()
    QTest.keyClick(window.scene_view.native, Qt.Key.Key_I, SHIFT)
    settled()
    assert comparing.is_on
    assert window.actions_table["compare"].isChecked()
    assert [side.modality.key for side in view.sides] == ["color", "class_live"]
    a, b = (picture.rgba for picture in view.shown.pictures)
    assert canvas.pan_zoom == panel.pan_zoom

    # wipe, by dragging the handle
    for _ in range(12):
        canvas.zoom_by(1.5)
    settled()
    assert panel.panes[0].canvas.pan_zoom == canvas.pan_zoom, "the panes follow"
    y, x = a.shape[0] // 2, a.shape[1] // 2
    middle = QPoint(round(canvas.edge), canvas.height() // 2)
    left, right = (
        QPoint(round(canvas.part_seen.left()) + 30, middle.y()),
        QPoint(canvas.width() - 30, middle.y()),
    )
    for end, shown in ((right, a), (left, b)):
        start = QPoint(round(canvas.edge), middle.y())
        QTest.mousePress(canvas, LEFT, Qt.KeyboardModifier.NoModifier, start)
        for step in range(1, 6):
            QTest.mouseMove(canvas, start + (end - start) * step / 5)
            QApplication.processEvents()
        QTest.mouseRelease(canvas, LEFT, Qt.KeyboardModifier.NoModifier, end)
        assert canvas.edge == pytest.approx(end.x(), abs=2)
        assert color_at(x, y) == tuple(shown[y, x, :3].tolist())
    canvas.fit()
    before = canvas.split
    QTest.keyClick(canvas, Qt.Key.Key_BracketRight)
    assert canvas.split == pytest.approx(before + 0.05)

    # blink
    button = view._modes.button(list(CompareMode).index(CompareMode.BLINK))
    qtbot.mouseClick(button, LEFT)
    view.rate.setValue(10.0)
    seen = set()

    def has_seen_both() -> bool:
        seen.add(canvas.shows_second)
        return len(seen) == 2

    qtbot.waitUntil(has_seen_both, timeout=PATIENCE_MS)

    # difference of two kinds is one of colors; of one kind, of values
    qtbot.mouseClick(view._modes.button(list(CompareMode).index(CompareMode.DIFFERENCE)), LEFT)
    assert window.actions_table["compare_difference"].isChecked()
    assert view.statistic.text().startswith("Colors: mean ")
    chooser = view.sides[1].chooser
    chooser.chosen.emit("diffuse_reflectance")
    settled()
    assert view.statistic.text().startswith("Values: mean ")
    found = view.shown.difference.pixels
    first, second = (
        panel.cache.image(session.frame, key).pixels.astype(np.float32)
        for key in ("color", "diffuse_reflectance")
    )
    np.testing.assert_allclose(found, np.abs(first - second).max(axis=2))
    assert f"mean {found.mean():.3g}" in view.statistic.text()
    qtbot.mouseClick(view.as_shown, LEFT)
    settled()
    assert view.statistic.text().startswith("Colors: mean ")
    qtbot.mouseClick(view.as_shown, LEFT)
    settled()

    # the 3D view through this camera: the same distances, the same objects
    view.sides[0].chooser.chosen.emit("distance")
    chooser.chosen.emit(LIVE_MODALITIES[1].key)
    settled()
    apart = view.shown.difference
    assert apart.unit == "mm"
    assert np.nanpercentile(apart.pixels, 95) < 10, "float16 distances at a few metres"
    view.sides[0].chooser.chosen.emit("objects")
    chooser.chosen.emit(LIVE_MODALITIES[2].key)
    settled()
    assert view.shown.difference.pixels.mean() < 0.02
    words = view.shown.words_at(x, y)
    assert words[0].split("→")[1].strip() == words[1]

    # hiding something makes a difference, at once
    target = int(np.bincount(view.shown.images[1]["live.objects"].pixels.clip(0).ravel())[1:].argmax()) + 1
    session.set_hidden([target])
    settled()
    assert view.shown.difference.pixels.mean() > 0.02
    session.set_hidden([])

    # the pointer, a click, another frame, a pin
    view.sides[0].chooser.chosen.emit("color")
    comparing.against_live()
    settled()
    assert view.sides[1].modality is LIVE_MODALITIES[0]
    point_at(qtbot, canvas, x, y, lambda: view.readout.text().startswith(f"{x}, {y}    A  R "))
    assert session.hovered is not None
    assert window.scene_view._marker is not None
    qtbot.mouseClick(canvas, LEFT, pos=canvas.point_of(x, y).toPoint())
    assert session.selection.tolist() == [session.hovered]
    frames = session.images.source.frame_ids("cam_00")
    qtbot.mouseClick(view.sides[1].pin, LEFT)
    session.show_frame(FrameId("cam_00", int(frames[1])))
    settled()
    assert [side.frame.frame for side in view.shown.sides] == [int(frames[1]), int(frames[0])]
    qtbot.mouseClick(view.sides[0].frames, LEFT)
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    menu = view.sides[0].findChildren(QMenu, options=direct)[-1]
    offered = {action.text(): action for action in menu.actions() if action.isEnabled() and action.text()}
    assert f"Frame before: {frames[0]:04d}" in offered
    assert {title.partition(":")[0] for title in offered} <= {"Frame before", "Frame after", "cam_01"}
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    settled()
    assert [side.frame.frame for side in view.shown.sides] == [int(frames[0]), int(frames[0])]
    QTest.keyClick(canvas, Qt.Key.Key_I, SHIFT)
    settle(qtbot, window)
    assert not comparing.is_on
    assert panel.panes[0].frame == session.frame


def test_the_probe_tells_all_values_of_the_pixel_pointed_at_or_held(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    open_scene(qtbot, window, make_scene(tmp_path))
    session, panel, probe = window.session, window.images_panel, window.panels.probe
    canvas = panel.panes[0].canvas

    def points(x: int, y: int) -> None:
        point_at(qtbot, canvas, x, y, lambda: panel.panes[0].readout.text().startswith(f"{x}, {y}"))

    points(30, 20)
    qtbot.wait(100)
    assert probe.report is None, "nobody looks"
    window.scene_view.native.setFocus()
    QTest.keyClick(window.scene_view.native, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: window.probing.is_watched, timeout=PATIENCE_MS)
    points(31, 20)
    qtbot.waitUntil(lambda: probe.report is not None, timeout=PATIENCE_MS)
    nodes = panel.cache.image(session.frame, "render_entity_id").pixels
    assert probe.report.value("Node").startswith(f"{nodes[20, 31]}  ")
    assert probe.headline.text() == f"cam_00 {session.frame.frame:04d}   31, 20"
    points(40, 22)
    assert (probe.report.hit.x, probe.report.hit.y) == (40, 22), "the frame is read: at once"

    qtbot.mouseClick(canvas, LEFT, pos=canvas.point_of(40, 22).toPoint())
    assert probe.hold.isChecked()
    points(50, 30)
    assert (probe.report.hit.x, probe.report.hit.y) == (40, 22), "held"
    qtbot.mouseClick(probe.copy, LEFT)
    assert QApplication.clipboard().text() == probe.report.text()
    item = probe.tree.topLevelItem(0).child(0)
    qtbot.mouseClick(probe.tree.viewport(), LEFT, pos=probe.tree.visualItemRect(item).center())
    QTest.keyClick(probe.tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == f"Node\t{probe.report.value('Node')}"
    object_id = int(probe.report.value("Object").split()[0])
    session.labelling.assign([object_id], 7, LabelLayer.SEMANTIC)
    assert probe.report.value("Class").startswith("7 ")

    qtbot.mouseClick(probe.hold, LEFT)
    place = canvas.point_of(60, 30).toPoint()
    canvas.context_asked.emit((60, 30), canvas.mapToGlobal(place))
    menu = QApplication.activePopupWidget()
    action = next(action for action in menu.actions() if action.text() == "Probe This Pixel")
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
    assert probe.hold.isChecked()
    assert (probe.report.hit.x, probe.report.hit.y) == (60, 30)
    window.scene_view.native.setFocus()
    QTest.keyClick(window.scene_view.native, Qt.Key.Key_P)
    assert not window.probing.is_watched
    session.replace_scene(None)
    assert probe.report is None
    assert not probe.hold.isChecked()
