"""The lens by mouse: measured where no table has it, named in the status bar, switched there, and told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.builders import write_scene
from tests.gui.test_stories import PATIENCE_MS, open_scene, settle
from tests.lens_builders import tilted_lens
from viewer.app.session import ColorBy
from viewer.app.settings import Settings, save_settings
from viewer.formats.hypersim.layout import CAMERA_PARAMETERS_TABLE
from viewer.jobs.job import Progress
from viewer.model.camera import Lens, LensSource
from viewer.model.points import PointSource
from viewer.render.layers.cameras import frustum_points
from viewer.sample import write_sample
from viewer.sample.detail_files import write_camera_parameters
from viewer.ui.main_window import MainWindow

pytestmark = pytest.mark.gui
LEFT = Qt.MouseButton.LeftButton
LENS = tilted_lens(1024, 768)
ENTITIES = "render_entity_id"


@pytest.fixture(scope="module")
def _tilted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tilted")
    return write_sample(folder, lens=LENS, progress=Progress.silent(), quality="test")


@pytest.fixture
def tilted_scene(_tilted: Path, tmp_path: Path) -> Path:
    """A furnished scene with a tilted lens, in a folder of the test's own, its camera table beside it."""
    return Path(shutil.copytree(_tilted, tmp_path / _tilted.name))


@pytest.fixture
def _settings_kept() -> Iterator[None]:
    """What is written into the settings stays with the test."""
    yield
    save_settings(Settings())


def click(widget: QWidget, at: QPoint | None = None) -> None:
    QTest.mouseClick(widget, LEFT, pos=widget.rect().center() if at is None else at)
    QApplication.processEvents()


def choose_lens(window: MainWindow, source: LensSource) -> None:
    """Click the lens in the status bar, and one of the sources in the list that opens."""
    chip = window.status_line.lens_chip
    button = chip.sources.buttons[source]

    def click_source() -> None:
        if button.isVisible():
            QTest.mouseClick(button, LEFT, pos=QPoint(10, button.height() // 2))
        else:
            QTimer.singleShot(10, click_source)

    QTimer.singleShot(0, click_source)
    QTest.mouseClick(chip, LEFT, pos=chip.rect().center())  # comes back when the list is closed
    QApplication.processEvents()


def agreement(window: MainWindow) -> float:
    """The share of the pixels of the frame's ids where the view, looking through, shows the same object."""
    session, view = window.session, window.scene_view
    camera, images, nodes = session.frame_camera(), session.images, session.nodes
    assert camera is not None
    assert images is not None
    assert nodes is not None
    assert session.frame is not None
    image = nodes.objects_in(images.source.read(session.frame, ENTITIES).pixels)
    shown = view.id_buffer().object_ids
    height, width = image.shape
    scale = min(shown.shape[1] / width, shown.shape[0] / height)
    corner = (np.array(shown.shape[::-1]) - scale * np.array([width, height])) / 2
    x = np.floor(corner[0] + (np.arange(width) + 0.5) * scale).astype(int)
    y = np.floor(corner[1] + (np.arange(height) + 0.5) * scale).astype(int)
    return float((shown[np.ix_(y, x)] == image).mean())


def frusta(window: MainWindow) -> np.ndarray:
    trajectory = window.session.cameras.trajectories[0]
    return frustum_points(trajectory.lens, trajectory.world_from_cam, 1.0)


def test_without_its_table_a_tilted_lens_is_measured_and_can_be_switched_by_mouse(
    qtbot: QtBot, window: MainWindow, tilted_scene: Path
) -> None:
    (tilted_scene / CAMERA_PARAMETERS_TABLE).unlink()
    open_scene(qtbot, window, tilted_scene)
    session, chip = window.session, window.status_line.lens_chip
    qtbot.waitUntil(lambda: session.lens.source is LensSource.MEASURED, timeout=PATIENCE_MS)
    assert chip.text() == "Lens: measured"
    assert "px from a plain 60° pinhole" in chip.toolTip()

    click(window.toolbar.widgetForAction(window.actions_table["look_through"]))
    settle(qtbot, window)
    right, right_frusta = agreement(window), frusta(window)
    planar = window.images_panel.panes[2]
    assert planar.modality.key == "distance"
    click(planar.depth_switch)
    qtbot.waitUntil(lambda: planar.frame == session.frame, timeout=PATIENCE_MS)
    assert planar.modality.key == "planar_depth"
    right_depth = planar.canvas.picture.legend.high
    assert right > 0.97

    choose_lens(window, LensSource.PINHOLE)
    settle(qtbot, window)
    assert session.lens.source is LensSource.PINHOLE
    assert chip.text() == "Lens: plain 60° pinhole"
    assert window.actions_table["lens_pinhole"].isChecked()
    assert agreement(window) < right - 0.1
    assert not np.allclose(frusta(window), right_frusta)
    qtbot.waitUntil(lambda: planar.frame == session.frame, timeout=PATIENCE_MS)
    assert planar.canvas.picture.legend.high != right_depth

    choose_lens(window, LensSource.MEASURED)
    settle(qtbot, window)
    assert chip.text() == "Lens: measured"
    assert agreement(window) == right
    assert np.array_equal(frusta(window), right_frusta)

    click(planar.depth_switch)
    assert planar.modality.key == "distance"


def test_the_measured_lens_can_be_asked_for_before_it_is_there(
    qtbot: QtBot, window: MainWindow, tilted_scene: Path
) -> None:
    session, command = window.session, window.actions_table["lens_measured"]

    def ask() -> None:
        command.trigger()

    session.scene_changed.connect(ask)
    open_scene(qtbot, window, tilted_scene)
    qtbot.waitUntil(lambda: session.lens.source is LensSource.MEASURED, timeout=PATIENCE_MS)
    assert session.lenses.table is not None
    assert session.lenses.finding == ""
    assert command.isChecked()


def test_a_table_that_contradicts_the_images_is_told_once_with_a_way_out(
    qtbot: QtBot, window: MainWindow, tilted_scene: Path
) -> None:
    off = np.array([[1.0, 0, 25], [0, 1, 0], [0, 0, 1]])  # 25 px of 1024
    wrong = Lens(LENS.width, LENS.height, LENS.ray_from_pixel @ off)
    write_camera_parameters(tilted_scene / CAMERA_PARAMETERS_TABLE, tilted_scene.name, wrong)
    open_scene(qtbot, window, tilted_scene)
    session = window.session

    def told() -> list[str]:
        return [banner.message for banner in window.banners.shown if "camera table" in banner.message]

    qtbot.waitUntil(lambda: len(told()) == 1, timeout=PATIENCE_MS)
    assert session.lens.source is LensSource.TABLE
    assert told()[0] == session.lenses.finding
    assert session.lenses.finding in window.status_line.lens_chip.toolTip()
    banner = next(banner for banner in window.banners.shown if banner.message == told()[0])
    buttons = {button.text(): button for button in banner.findChildren(QPushButton)}
    click(buttons["Use the Measured Lens"])
    assert session.lens.source is LensSource.MEASURED
    settle(qtbot, window)

    window.opening.reload()
    qtbot.waitUntil(lambda: session.lens.source is LensSource.TABLE, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: session.lenses.finding != "", timeout=PATIENCE_MS)
    settle(qtbot, window)
    assert told() == []


@pytest.mark.usefixtures("_settings_kept")
def test_a_table_from_elsewhere_is_found_by_hand_and_remembered(
    qtbot: QtBot,
    window: MainWindow,
    tilted_scene: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elsewhere = tmp_path / "tables" / "lenses of 2024.csv"
    elsewhere.parent.mkdir()
    (tilted_scene / CAMERA_PARAMETERS_TABLE).rename(elsewhere)
    for image in tilted_scene.glob("images/*/*.position.hdf5"):
        image.unlink()
    open_scene(qtbot, window, tilted_scene)
    session, chip = window.session, window.status_line.lens_chip
    assert session.lens.source is LensSource.PINHOLE
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(elsewhere), ""))
    chip.menu().popup(QPoint(200, 200))
    qtbot.waitUntil(chip.sources.find_table.isVisible, timeout=PATIENCE_MS)
    click(chip.sources.find_table)
    qtbot.waitUntil(lambda: session.lens.source is LensSource.TABLE, timeout=PATIENCE_MS)
    assert chip.text() == "Lens: camera table"
    assert window.settings.camera_table == str(elsewhere)

    window.opening.reload()
    qtbot.waitUntil(lambda: window.runner.is_idle, timeout=PATIENCE_MS)
    settle(qtbot, window)
    assert session.lens.source is LensSource.TABLE


def test_images_without_positions_leave_the_plain_pinhole_and_the_window_says_assumed(
    qtbot: QtBot, window: MainWindow, tilted_scene: Path
) -> None:
    (tilted_scene / CAMERA_PARAMETERS_TABLE).unlink()
    for image in tilted_scene.glob("images/*/*.position.hdf5"):
        image.unlink()
    open_scene(qtbot, window, tilted_scene)
    chip = window.status_line.lens_chip
    assert chip.text() == "Lens: plain 60° pinhole (assumed)"
    assert not chip.sources.buttons[LensSource.MEASURED].isEnabled()
    assert not chip.sources.measure.isVisibleTo(chip.sources)


def test_a_comparison_that_was_stopped_says_so_until_it_is_asked_for_again(
    qtbot: QtBot, window: MainWindow, tilted_scene: Path
) -> None:
    open_scene(qtbot, window, tilted_scene)
    settle(qtbot, window)
    window.actions_table["color_residual"].trigger()
    bar = window.residual_bar
    assert bar.headline.text() == "Comparing…"
    window.runner.compute_lane.cancel_all()
    qtbot.waitUntil(lambda: bar.headline.text() == "Stopped", timeout=PATIENCE_MS)
    bar.source.setFocus()
    QTest.keyClick(bar.source, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: bar.headline.text().startswith("Median "), timeout=PATIENCE_MS)


def test_points_are_compared_from_the_scene_panel(
    qtbot: QtBot, window: MainWindow, tilted_scene: Path, tmp_path: Path
) -> None:
    session, bar = window.session, window.residual_bar
    open_scene(qtbot, window, write_scene(tmp_path / "fewer objects"))
    window.actions_table["color_residual"].trigger()
    assert bar.isVisible()
    few, few_objects = session.opened, session.object_count
    window.opening.open_path(tilted_scene)
    qtbot.waitUntil(lambda: session.opened is not few, timeout=PATIENCE_MS)
    settle(qtbot, window)
    assert session.object_count > few_objects
    assert session.color_by is ColorBy.CLASS
    assert not bar.isVisible()
    window.actions_table["color_residual"].trigger()
    qtbot.waitUntil(lambda: session.points is not None, timeout=PATIENCE_MS)
    settle(qtbot, window)
    assert session.points.residuals is not None
    assert bar.isVisible()
    assert bar.headline.text().startswith("Median ")
    assert not window.layer_styles.is_visible("mesh")
    from_positions = np.nanmedian(session.points.residuals)
    assert from_positions < 0.005

    choose_lens(window, LensSource.PINHOLE)
    qtbot.waitUntil(lambda: np.nanmedian(session.points.residuals) > 10 * from_positions, timeout=PATIENCE_MS)
    before = session.points
    bar.source.setFocus()
    QTest.keyClick(bar.source, Qt.Key.Key_Down)
    assert session.point_source is PointSource.DISTANCE
    qtbot.waitUntil(lambda: session.points is not before, timeout=PATIENCE_MS)
    settle(qtbot, window)
    click(next(button for button in bar.findChildren(QPushButton) if button.text() == "Done"))
    assert session.color_by is ColorBy.CLASS
    assert not bar.isVisible()
    assert window.layer_styles.is_visible("mesh")

    window.actions_table["color_residual"].trigger()
    assert not window.layer_styles.is_visible("mesh")
    opened = session.opened
    window.opening.reload()
    qtbot.waitUntil(lambda: session.opened is not opened, timeout=PATIENCE_MS)
    assert session.color_by is ColorBy.CLASS
    assert session.point_source is PointSource.POSITION
    assert window.layer_styles.is_visible("mesh")
    settle(qtbot, window)
