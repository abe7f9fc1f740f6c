"""The pose inspector, the timeline's reasons, screenshots and films, by mouse and keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QWidget
from pytestqt.qtbot import QtBot
from scipy.spatial.transform import Rotation

from tests.builders import load, write_text
from tests.gui.test_stories import PATIENCE_MS, open_scene, settle
from viewer.app.pose_formats import find_format
from viewer.formats.hypersim import layout
from viewer.model.camera import Lens, LensSource
from viewer.model.frames import FrameId
from viewer.ui.dialogs.export_poses import ExportPosesDialog
from viewer.ui.dialogs.film import FilmDialog
from viewer.ui.dialogs.screenshot import ScreenshotDialog
from viewer.ui.main_window import MainWindow
from viewer.ui.panels.pose import PosePanel

pytestmark = pytest.mark.gui
FLAGGED = "CONTENT FLAGGED FOR REMOVAL"


@pytest.fixture
def opened(
    qtbot: QtBot, window: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> MainWindow:
    """A furnished scene of which the list of images flags every frame of cam_00 that has no image."""
    scene = make_scene(tmp_path)
    frames = load(layout.camera_folder(scene, "cam_00") / layout.FRAME_INDICES).tolist()
    pictured = {int(path.name[6:10]) for path in scene.glob("images/scene_cam_00_final_hdf5/*.color.hdf5")}
    rows = (
        f"{scene.name},cam_00,{frame},{frame in pictured},{'' if frame in pictured else FLAGGED}\n"
        for frame in frames
    )
    head = "scene_name,camera_name,frame_id,included_in_public_release,exclude_reason\n"
    write_text(tmp_path / "analysis/metadata_images.csv", head + "".join(rows))
    open_scene(qtbot, window, scene)
    return window


def click(widget: QWidget, at: QPoint | None = None) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=widget.rect().center() if at is None else at)
    QApplication.processEvents()


def choose_by_keys(box: QComboBox, title: str) -> None:
    """Go through a combo box from the top until an entry begins like this."""
    box.setFocus()  # else the keys are those of the view that has it
    QTest.keyClick(box, Qt.Key.Key_Home)
    for _ in range(box.count()):
        if not box.currentText().startswith(title):
            QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText().startswith(title)


def pose_panel(qtbot: QtBot, window: MainWindow) -> PosePanel:
    window.actions_table["pose_inspector"].trigger()
    panel = window.panels.pose
    qtbot.waitUntil(lambda: panel.isVisible() and bool(panel.rows), timeout=PATIENCE_MS)
    return panel


def test_a_clicked_pixel_proves_the_copied_pose_and_frames_say_why_they_have_no_image(
    qtbot: QtBot, opened: MainWindow
) -> None:
    session, panel = opened.session, pose_panel(qtbot, opened)
    frame = session.frame
    assert frame is not None
    assert panel.rows["Lens"] == "plain 60° pinhole"
    assert any("is a rotation" in words for words in panel.finding_words)

    # a pixel of the first image, clicked
    canvas = opened.images_panel.panes[0].canvas
    qtbot.waitUntil(lambda: not canvas.is_stale, timeout=PATIENCE_MS)
    size = canvas.picture.rgba.shape[1::-1]
    spot = canvas.point_of(size[0] // 3, size[1] // 2).toPoint()
    at = canvas.pixel_at(QPointF(spot))
    click(canvas, spot)
    qtbot.waitUntil(lambda: f"Pixel ({at[0]}, {at[1]})" in panel.proof.words, timeout=PATIENCE_MS)
    for form in ("OpenGL", "OpenCV", "COLMAP", "Blender", "NumPy"):
        choose_by_keys(panel.format, form)
        assert "0.000 px off" in panel.proof.words
        assert panel.proof.is_good, (form, panel.proof.words)

    # what is on the clipboard puts the world position that the image itself holds onto that pixel
    click(panel.copy)
    copied = QGuiApplication.clipboard().text()
    assert copied == panel.text.toPlainText()
    point = session.images.source.read(frame, "position").pixels[at[1], at[0]].astype(np.float64)
    found = find_format("numpy").project(copied, point[None])[0]
    np.testing.assert_allclose(found, at, atol=1.0)  # positions are halves: 0.25 units at 500

    # another lens is another text
    lens = session.lens
    turn = Rotation.from_euler("x", 8, degrees=True).as_matrix()
    session.use_lens(Lens(lens.width, lens.height, turn @ lens.ray_from_pixel, LensSource.TABLE))
    assert panel.rows["Lens"].startswith("tilt-shift: up to ")
    assert panel.text.toPlainText() != copied
    assert panel.proof.is_good
    session.use_lens(lens)
    assert panel.text.toPlainText() == copied

    # the timeline: a struck mark, its reason, and looking through it all the same
    bar, timeline = opened.frames_panel.bar, opened.frames_panel.timeline
    without = next(int(k) for k in timeline.ids if timeline.reason_for(int(k)))
    click(bar, QPoint(round(bar.x_of(without)), bar.height() // 3))
    assert session.frame == FrameId("cam_00", without)
    opened.scene_view.native.setFocus()
    QTest.keyClick(opened.scene_view.native, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened.scene_view.is_looking_through, timeout=PATIENCE_MS)
    assert "not in the public release: content flagged for removal" in opened.look_bar.told.text()
    assert not opened.look_bar.slider.isVisible()
    assert any("flagged" in words for words in panel.finding_words)
    assert panel.proof.is_good

    # no frame: what is missing is said
    session.show_frame(FrameId("cam_00", 999))
    assert panel.empty_words == "cam_00 has no pose for frame 999."
    settle(qtbot, opened)


def test_screenshots_films_and_poses_are_written_as_chosen(
    qtbot: QtBot, opened: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save_as(name: str) -> Path:
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(tmp_path / name), ""))
        return tmp_path / name

    def dialog(command: str, kind: type) -> QWidget:
        opened.actions_table[command].trigger()
        found = next(found for found in opened.findChildren(kind) if found.isVisible())
        found.activateWindow()
        qtbot.waitUntil(found.isActiveWindow, timeout=PATIENCE_MS)
        return found

    def told(words: str) -> None:
        qtbot.waitUntil(lambda: words in opened.status_line.currentMessage(), timeout=PATIENCE_MS)

    # a pane in its native size is its picture
    box, path = dialog("screenshot", ScreenshotDialog), save_as("pane.png")
    choose_by_keys(box.subject, "Image: Color")
    click(box.save)
    told("pane.png")
    rgba = opened.images_panel.panes[0].canvas.picture.rgba
    with Image.open(path) as image:
        np.testing.assert_array_equal(np.asarray(image), rgba[..., :3])

    # the 3D view at another size, its background left out
    box, path = dialog("screenshot", ScreenshotDialog), save_as("view.png")
    box.size_fields.width_field.setValue(300)
    box.size_fields.height_field.setValue(200)
    click(box.transparent, QPoint(8, box.transparent.height() // 2))
    click(box.save)
    told("view.png (300 by 200)")
    with Image.open(path) as image:
        assert (image.size, image.mode) == ((300, 200), "RGBA")

    # looking through a camera, the image over the scene is in the picture
    opened.looking.toggle()
    qtbot.waitUntil(lambda: opened.looking.picture is not None, timeout=PATIENCE_MS)
    opened.looking.set_opacity(1.0)
    photo = opened.looking.picture
    subject = opened.screenshots.subjects()[0]
    path = tmp_path / "through.png"
    opened.screenshots.take(subject, photo.shape[1::-1], False, path)
    told("through.png")
    with Image.open(path) as image:
        np.testing.assert_allclose(np.asarray(image).astype(int), photo, atol=1)
    opened.looking.toggle()

    # the window twice as large keeps its shape
    box, path = dialog("screenshot", ScreenshotDialog), save_as("window.png")
    choose_by_keys(box.subject, "Whole window")
    assert not box.transparent.isEnabled()
    click(box.twice)
    click(box.save)
    told("window.png")
    with Image.open(path) as image:
        assert image.size == (2 * opened.width(), 2 * opened.height())

    # a film along the trajectory, and one called off
    box, path = dialog("film", FilmDialog), save_as("film.mp4")
    box.size_fields.width_field.setValue(64)
    box.size_fields.height_field.setValue(48)
    box.fps.setValue(4)
    box.seconds.setValue(1)
    click(box.film)
    told(f"Wrote {path}")
    import av

    with av.open(str(path)) as film:
        assert sum(1 for _ in film.decode(film.streams.video[0])) == 4
    box, path = dialog("film", FilmDialog), save_as("called_off.mp4")
    choose_by_keys(box.way, "Once")
    assert box.plan.sees_inside
    click(box.film)
    qtbot.waitUntil(lambda: opened.filming.is_busy, timeout=PATIENCE_MS)
    opened.filming.stop()
    told("called off")
    settle(qtbot, opened)
    assert not [path.name for path in tmp_path.iterdir() if "called_off" in path.name]

    # poses
    box, path = dialog("export_poses", ExportPosesDialog), save_as("poses.npz")
    choose_by_keys(box.format, "NumPy")
    click(box.export)
    told("poses.npz")
    with np.load(path) as found:
        expected = sum(map(len, opened.session.cameras.trajectories))
        assert len(found["frame"]) == expected
