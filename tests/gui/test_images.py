"""Image panes and frames panel by real mouse and keys, over images that are made in memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viewer.app.labelling import Labelling
from viewer.app.pane_pictures import imaging_context
from viewer.app.pixel_probe import PixelHit
from viewer.app.session import OpenedScene, Session
from viewer.app.settings import Settings
from viewer.errors import FormatError
from viewer.imaging.registry import MODALITIES
from viewer.imaging.tone_mapping import tone_map
from viewer.model.camera import Cameras, Trajectory, pinhole_lens
from viewer.model.frames import FrameId, ImageArray, Images
from viewer.model.instances import InstanceIds
from viewer.model.label_table import LabelClass, LabelTable
from viewer.model.labels import LabelEdit, LabelLayer, ObjectLabels
from viewer.model.scene import Gap, NodeTable, ObjectTable, Scene
from viewer.ui import held_painting, pane_loader
from viewer.ui.held_painting import HeldPainting
from viewer.ui.image_canvas import ImageCanvas
from viewer.ui.job_runner import JobRunner
from viewer.ui.pan_zoom import PanZoom
from viewer.ui.pane_grid import best_columns
from viewer.ui.panels.frames import FramesPanel
from viewer.ui.panels.images import ImagesPanel
from viewer.ui.together import Together

pytestmark = pytest.mark.gui

WIDTH, HEIGHT = 64, 48
WAIT_MS = 5000
TABLE = LabelTable((LabelClass(1, "wall", (200, 30, 40)), LabelClass(2, "chair", (20, 180, 60))))
NAMES = ("left wall", "right chair")
DISTANCE_M = 4.0
FRAME_STEP_UNITS = 0.4
"""How far the camera moves to the right from one frame id to the next."""


class MadeImages:
    """Frames 0, 1, 3, 4: the left half shows node 1, the right half node 2, two pixels nothing."""

    def __init__(self, size: tuple[int, int] = (WIDTH, HEIGHT)) -> None:
        self.width, self.height = size
        self.reads: list[tuple[int, str]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.broken: set[str] = set()
        self.lacking: dict[int, set[str]] = {}
        self.wall_m: dict[int, float] = {}
        self.swapped: set[int] = set()

    @property
    def cameras(self) -> tuple[str, ...]:
        return ("cam_00",)

    def frame_ids(self, camera: str) -> NDArray[np.int64]:
        return np.array([0, 1, 3, 4] if camera == "cam_00" else [], np.int64)

    def modalities(self, frame: FrameId) -> frozenset[str]:
        if frame.frame not in self.frame_ids(frame.camera):
            return frozenset()
        keys = {"color", "depth_meters", "render_entity_id", "semantic", "normal_cam"}
        return frozenset(keys - self.lacking.get(frame.frame, set()))

    def read(self, frame: FrameId, modality: str) -> ImageArray:
        self.gate.wait(WAIT_MS / 1000)
        self.reads.append((frame.frame, modality))
        if modality in self.broken:
            raise FormatError(f"frame.{frame.frame:04d}: expected HDF5, found 12 bytes of text")
        shape = (self.height, self.width)
        ids = np.full(shape, 1, np.int16)
        ids[:, self.width // 2 :] = 2
        if frame.frame in self.swapped:
            ids = 3 - ids
        ids[0, :2] = -1
        made: dict[str, Any] = {
            "render_entity_id": ids,
            "semantic": ids,
            "depth_meters": np.where(ids < 0, np.nan, self.distance(frame.frame)).astype(np.float16),
            "color": self.color(frame.frame),
            "normal_cam": np.dstack([np.zeros(shape), np.zeros(shape), np.ones(shape)]).astype(np.float16),
        }
        return ImageArray(made[modality], modality)

    def distance(self, frame: int) -> NDArray[np.float64]:
        """Metres, to a flat wall across the view where there is one."""
        if frame not in self.wall_m:
            return np.full((self.height, self.width), DISTANCE_M)
        lens = pinhole_lens(self.width, self.height, np.pi / 3)
        x, y = np.meshgrid(np.arange(self.width), np.arange(self.height))
        rays = np.stack([x, y, np.ones_like(x)], axis=-1) @ lens.ray_from_pixel.T
        return self.wall_m[frame] * np.asarray(np.linalg.norm(rays, axis=-1))

    def color(self, frame: int) -> NDArray[np.float16]:
        ramp = np.linspace(0.01, 1, self.width)[None, :, None] * np.ones((self.height, 1, 3))
        return (ramp * (1 + frame)).astype(np.float16)


@dataclass
class Desk:
    """Panels on a session with an open scene."""

    session: Session
    runner: JobRunner
    source: MadeImages
    images: ImagesPanel
    frames: FramesPanel
    labelling: Labelling

    @property
    def frame(self) -> int:
        assert self.session.frame is not None
        return self.session.frame.frame

    def settle(self, qtbot: QtBot) -> None:
        strip = self.frames.filmstrip.thumbnails
        QApplication.processEvents()
        qtbot.waitUntil(
            lambda: self.images.is_current and strip.is_idle and self.runner.is_idle, timeout=WAIT_MS
        )
        QApplication.processEvents()

    def picture(self, pane: int) -> NDArray[np.uint8]:
        picture = self.images.panes[pane].canvas.picture
        assert picture is not None
        return picture.rgba


def opened(source: MadeImages, name: str = "made") -> tuple[OpenedScene, Labelling]:
    labelling = Labelling(ObjectLabels([1, -1], [-1, -1]), TABLE, InstanceIds(2))
    frames = np.array([0, 1, 2, 3, 5])
    poses = np.repeat(np.eye(4)[None], len(frames), axis=0)
    poses[:, 0, 3] = frames * FRAME_STEP_UNITS
    trajectory = Trajectory("cam_00", frames, poses, pinhole_lens(source.width, source.height, np.pi / 3))
    other = Trajectory("cam_01", np.array([2, 6]), poses[:2], trajectory.lens)
    parts: dict[type, object] = {
        ObjectTable: ObjectTable(NAMES),
        NodeTable: NodeTable(np.array([-1, 0, 1], np.int32), ("", "a@1", "b@2")),
        Cameras: Cameras((trajectory, other)),
        Images: Images(source),
    }
    return OpenedScene(Scene(name, Path(name), 0.5, parts=parts), labelling), labelling


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    session, runner, source = Session(), JobRunner(), MadeImages()
    images = ImagesPanel(session, runner, Settings())
    frames = FramesPanel(session, runner)
    for panel, size in ((images, (960, 330)), (frames, (960, 130))):
        qtbot.addWidget(panel)
        panel.resize(*size)
        panel.show()
        qtbot.waitExposed(panel)
    scene, labelling = opened(source)
    session.replace_scene(scene)
    made = Desk(session, runner, source, images, frames, labelling)
    made.settle(qtbot)
    yield made
    source.gate.set()
    session.replace_scene(None)
    assert runner.close(5)


def place_of(desk: Desk, pane: int, x: int, y: int) -> QPoint:
    return desk.images.panes[pane].canvas.point_of(x, y).toPoint()


def hover(qtbot: QtBot, desk: Desk, pane: int, x: int, y: int) -> None:
    canvas = desk.images.panes[pane].canvas

    def is_told() -> bool:
        if desk.images.panes[pane].readout.text().startswith(f"{x}, {y}"):
            return True
        # the X server may drop a move that comes while a window is still being placed: nudge again
        qtbot.mouseMove(canvas, place_of(desk, pane, x, y) + QPoint(1, 1))
        qtbot.mouseMove(canvas, place_of(desk, pane, x, y))
        qtbot.wait(50)
        return desk.images.panes[pane].readout.text().startswith(f"{x}, {y}")

    qtbot.waitUntil(is_told, timeout=WAIT_MS)


def wheel(desk: Desk, pane: int, at: QPoint, steps: int) -> None:
    canvas = desk.images.panes[pane].canvas
    event = QWheelEvent(
        QPointF(at), QPointF(canvas.mapToGlobal(at)), QPoint(), QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


# what is shown


def test_the_first_frame_comes_up_in_three_panes(desk: Desk) -> None:
    assert desk.session.frame == FrameId("cam_00", 0)
    titles = [pane.modality.title for pane in desk.images.shown_panes]
    assert titles == ["Color", "Class (live)", "Distance"]
    np.testing.assert_array_equal(
        desk.picture(0)[..., :3], tone_map(desk.source.color(0), np.asarray(desk.picture(1)[..., 3] > 0))
    )
    assert desk.picture(1)[10, 3, :3].tolist() == [200, 30, 40]
    assert desk.picture(1)[0, 0, 3] == 0
    assert desk.picture(2)[0, 0, 3] == 0


def test_the_picture_reaches_the_screen_right_side_up(desk: Desk) -> None:
    canvas = desk.images.panes[1].canvas
    grab = canvas.grab().toImage()
    left, right = place_of(desk, 1, 5, 20), place_of(desk, 1, 60, 20)
    assert QColor(grab.pixel(left)).getRgb()[:3] == (200, 30, 40)
    assert QColor(grab.pixel(right)).getRgb()[:3] != (200, 30, 40)


def test_every_modality_can_be_chosen_and_says_something(desk: Desk, qtbot: QtBot) -> None:
    for modality in MODALITIES:
        desk.images.set_modality(0, modality.key)
        desk.settle(qtbot)
        pane = desk.images.panes[0]
        has_picture = pane.canvas.picture is not None
        lacking = modality.missing(
            desk.source.modalities(FrameId("cam_00", 0)), desk.images.context_of(FrameId("cam_00", 0))
        )
        assert has_picture == (lacking is None), modality.key


def test_a_frame_without_images_says_why(desk: Desk, qtbot: QtBot) -> None:
    desk.session.show_frame(FrameId("cam_00", 2))
    desk.settle(qtbot)
    pane = desk.images.panes[0]
    assert pane.canvas.picture is None
    assert pane.canvas.message == (
        "This frame has no image: the keyframe exists in cam_00 but frame.0002 was not in the download."
    )


def test_a_broken_file_is_told_in_its_pane_and_the_others_go_on(desk: Desk, qtbot: QtBot) -> None:
    desk.source.broken = {"depth_meters"}
    desk.session.show_frame(FrameId("cam_00", 4))
    desk.images.cache.clear()
    desk.session.show_frame(FrameId("cam_00", 3))
    desk.settle(qtbot)
    assert "expected HDF5, found 12 bytes of text" in desk.images.panes[2].canvas.message
    assert desk.images.panes[0].canvas.picture is not None


def test_a_missing_modality_is_told_by_name(desk: Desk, qtbot: QtBot) -> None:
    desk.source.lacking[3] = {"depth_meters"}
    desk.session.show_frame(FrameId("cam_00", 3))
    desk.settle(qtbot)
    assert desk.images.panes[2].canvas.message == "This frame has no depth_meters image."


def test_without_a_scene_and_without_images_there_is_a_sentence(desk: Desk) -> None:
    desk.session.replace_scene(
        OpenedScene(Scene("bare", Path("bare"), gaps=(Gap("Images", None, "no such folder"),)))
    )
    assert desk.images.panes[0].canvas.message == "This scene has no images. Images: no such folder."
    desk.session.replace_scene(None)
    assert desk.images.panes[0].canvas.message == "Open a scene to see its images here."


# workers


def test_neighbours_are_decoded_ahead_so_that_a_step_reads_nothing(desk: Desk, qtbot: QtBot) -> None:
    desk.frames.hide()  # its filmstrip reads frames too
    desk.settle(qtbot)
    reads = len(desk.source.reads)
    desk.session.show_frame(FrameId("cam_00", 1))
    assert desk.images.is_current, "shown at once"
    assert all(pane.frame == FrameId("cam_00", 1) for pane in desk.images.shown_panes)
    desk.settle(qtbot)
    assert all(frame != 1 for frame, _ in desk.source.reads[reads:])


def test_what_was_decoded_of_a_scene_goes_with_it_though_jobs_still_know_it(desk: Desk, qtbot: QtBot) -> None:
    cache = desk.images.cache
    assert cache.byte_count > 0
    desk.session.replace_scene(None)
    assert cache.byte_count == 0
    cache.put(FrameId("cam_00", 0), "color", desk.source.read(FrameId("cam_00", 0), "color"))
    assert cache.byte_count == 0, "a job that ends late fills it anew"


def test_pictures_are_painted_before_neighbours_are_decoded(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pane_loader, "PAINTED_S", 2 * WAIT_MS / 1000)
    desk.frames.hide()  # its filmstrip reads frames too
    desk.settle(qtbot)
    desk.images.forget_decoded()
    desk.source.reads.clear()
    desk.session.show_frame(FrameId("cam_00", 3))
    qtbot.waitUntil(
        lambda: desk.images.is_current and all(pane.canvas.is_painted for pane in desk.images.shown_panes),
        timeout=WAIT_MS,
    )
    assert {frame for frame, _ in desk.source.reads} == {3}
    assert not desk.runner.is_idle, "the neighbours will be decoded"
    desk.session.show_frame(FrameId("cam_00", 0))  # calls that off, without waiting any longer
    qtbot.waitUntil(lambda: desk.images.is_current, timeout=WAIT_MS)
    assert {frame for frame, _ in desk.source.reads} == {3, 0}
    desk.images.loader.stop_prefetch()
    desk.settle(qtbot)


def test_what_waits_for_pictures_is_painted_after_them_or_when_they_are_late(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas = ImageCanvas()
    qtbot.addWidget(canvas)
    with qtbot.waitExposed(canvas):
        canvas.show()
    impatient = HeldPainting([canvas], canvas)
    monkeypatch.setattr(held_painting, "PATIENCE_MS", 10 * WAIT_MS)
    held = HeldPainting([canvas], canvas)

    def is_painted() -> bool:
        return canvas.is_painted

    held.hold()
    canvas.redraw()
    QApplication.processEvents()
    assert not is_painted()
    held.release()
    qtbot.waitUntil(is_painted, timeout=WAIT_MS)

    held.hold()
    held.hold()  # another change, before the pictures of the first have come
    canvas.redraw()
    assert canvas.updatesEnabled()
    qtbot.waitUntil(is_painted, timeout=WAIT_MS)
    held.release()

    held.hold()
    canvas.redraw()
    held.release_soon()
    assert not canvas.updatesEnabled(), "the pictures are painted first"
    qtbot.waitUntil(is_painted, timeout=WAIT_MS)

    impatient.hold()
    canvas.redraw()
    assert not canvas.updatesEnabled()
    qtbot.waitUntil(is_painted, timeout=WAIT_MS)  # though nothing comes


def test_a_late_result_is_kept_but_never_shown(desk: Desk, qtbot: QtBot) -> None:
    desk.images.cache.clear()
    desk.source.gate.clear()
    desk.session.show_frame(FrameId("cam_00", 4))
    QApplication.processEvents()
    assert desk.images.panes[0].canvas.is_stale
    desk.session.show_frame(FrameId("cam_00", 1))
    shown: list[FrameId] = []
    desk.images.frame_shown.connect(shown.append)
    desk.source.gate.set()
    desk.settle(qtbot)
    assert shown == [FrameId("cam_00", 1)]
    assert all(pane.frame == FrameId("cam_00", 1) for pane in desk.images.shown_panes)
    np.testing.assert_array_equal(
        desk.picture(0)[..., :3], tone_map(desk.source.color(1), np.asarray(desk.picture(1)[..., 3] > 0))
    )


def test_results_of_an_old_scene_do_not_show_in_the_new_one(desk: Desk, qtbot: QtBot) -> None:
    desk.images.cache.clear()
    desk.source.gate.clear()
    desk.session.show_frame(FrameId("cam_00", 4))
    other = MadeImages((32, 24))
    desk.session.replace_scene(opened(other, "other")[0])
    desk.source.gate.set()
    desk.settle(qtbot)
    assert desk.picture(0).shape == (24, 32, 4)
    sizes = {desk.images.cache.image(FrameId("cam_00", k), "color").size for k in (0, 1)}  # type: ignore[union-attr]
    assert sizes == {(32, 24)}


def test_in_a_narrow_pane_the_title_keeps_its_room(desk: Desk, qtbot: QtBot) -> None:
    desk.images.set_modality(0, "distance")
    pane = desk.images.panes[0]
    qtbot.mouseClick(pane.pin_button, Qt.MouseButton.LeftButton)
    desk.settle(qtbot)

    def overlap() -> bool:
        head = pane.head
        parts = (pane.chooser, pane.depth_switch, pane.pin_button, pane.legend, head.style_button)
        edges = [(part.geometry().left(), part.geometry().right()) for part in parts if part.isVisible()]
        return any(end >= start for (_, end), (start, _) in pairwise(edges)) or edges[-1][1] > head.width()

    for count in (1, 2, 3, 4, 6):
        desk.images.set_count(count)
        desk.settle(qtbot)
        assert not overlap(), count
        assert pane.pin_button.isVisible()
        is_whole = pane.chooser.width() >= pane.chooser.sizeHint().width()
        assert is_whole or not (pane.depth_switch.isVisible() or pane.legend.isVisible())
        assert pane.readout.text().startswith("cam_00 0000") is not pane.pin_button.is_named
    assert not pane.pin_button.is_named
    assert pane.pin_button.toolTip().startswith("Pinned to cam_00, frame 0")


def test_pictures_of_a_step_come_together_unless_one_takes_long(qtbot: QtBot) -> None:
    parent = QObject()
    together = Together(parent)
    shown: list[int] = []

    def show(number: int) -> None:
        shown.append(number)
        together.settle(number)

    together.start((0, 1, 2))
    together.arrival(2, show)(2)
    together.arrival(0, show)(0)
    assert shown == []
    together.settle(1)  # says that it has none
    assert shown == [2, 0]
    assert not together.waiting

    together.start((0, 1))
    late = together.arrival(1, show)
    together.arrival(0, show)(0)
    qtbot.waitUntil(lambda: shown == [2, 0, 0], timeout=WAIT_MS)
    late(1)
    assert shown == [2, 0, 0, 1]

    together.start((0, 1))
    together.arrival(0, show)(0)
    together.expect(0)  # in another style: what came is out of date
    together.arrival(1, show)(1)
    assert shown == [2, 0, 0, 1]
    together.arrival(0, show)(7)
    assert shown[4:] == [1, 7]


def test_what_is_out_of_date_never_takes_the_place_of_what_came_before_it(qtbot: QtBot) -> None:
    owner = QObject()
    together = Together(owner)
    shown: list[str] = []

    def show(number: int, words: str, *, is_wanted: bool = True) -> None:
        if is_wanted:
            shown.append(words)
            together.settle(number)

    together.start([0, 1])
    arrivals = {}
    for name, number in (("first", 0), ("old", 1), ("new", 1)):
        together.expect(number)
        arrivals[name] = together.arrival(number, show)
    # two workers: the one that was asked later ends sooner
    arrivals["new"](1, "new")
    arrivals["old"](1, "old", is_wanted=False)
    assert shown == []
    arrivals["first"](0, "first")
    assert sorted(shown) == ["first", "new"]
    assert not together.waiting
    arrivals["old"](1, "old")
    assert sorted(shown) == ["first", "new"]
    owner.deleteLater()


def test_a_slow_frame_fades_the_old_picture_and_says_what_is_coming(desk: Desk, qtbot: QtBot) -> None:
    desk.images.cache.clear()
    desk.source.gate.clear()
    desk.session.show_frame(FrameId("cam_00", 3))
    canvas = desk.images.panes[0].canvas
    qtbot.waitUntil(lambda: canvas.message == "Decoding frame 0003…", timeout=WAIT_MS)
    assert canvas.is_stale
    desk.source.gate.set()
    desk.settle(qtbot)
    assert not canvas.is_stale
    assert canvas.message == ""


# labels and selection


def test_a_label_change_recolors_without_decoding(desk: Desk, qtbot: QtBot) -> None:
    desk.frames.hide()  # its filmstrip reads frames too
    desk.settle(qtbot)
    reads = list(desk.source.reads)
    desk.images.set_modality(2, "instance_live")
    edit = LabelEdit.assign(desk.labelling.labels, LabelLayer.SEMANTIC, np.array([1]), 2)
    assert edit is not None
    edit.apply(desk.labelling.labels)
    desk.session.labels_changed.emit(edit)
    qtbot.waitUntil(lambda: desk.picture(1)[10, 60, :3].tolist() == [20, 180, 60], timeout=WAIT_MS)
    desk.settle(qtbot)
    assert desk.source.reads == reads


def test_a_label_given_while_the_panel_was_hidden_shows_in_the_next_frame(desk: Desk, qtbot: QtBot) -> None:
    session, panel = desk.session, desk.images
    before = panel.context_of(session.frame)
    panel.hide()
    edit = LabelEdit.assign(desk.labelling.labels, LabelLayer.SEMANTIC, np.array([1]), 2)
    assert edit is not None
    edit.apply(desk.labelling.labels)
    session.labels_changed.emit(edit)
    desk.settle(qtbot)
    session.show_frame(FrameId("cam_00", 3))
    panel.show()
    desk.settle(qtbot)
    now, fresh = panel.context_of(session.frame), imaging_context(session, session.frame)
    assert not np.array_equal(now.class_rows, before.class_rows)
    for field in ("class_rows", "instance_rows", "object_rows", "instance_colors"):
        assert np.array_equal(getattr(now, field), getattr(fresh, field)), field


def test_colors_of_labels_are_worked_out_once_for_all_frames(desk: Desk, qtbot: QtBot) -> None:
    session, panel = desk.session, desk.images
    first = panel.context_of(session.frame)
    session.show_frame(FrameId("cam_00", 3))
    desk.settle(qtbot)
    assert panel.context_of(session.frame).class_rows is first.class_rows


def test_a_new_label_table_recolors(desk: Desk, qtbot: QtBot) -> None:
    desk.labelling.set_table(LabelTable((LabelClass(1, "wall", (1, 2, 3)),)))
    qtbot.waitUntil(lambda: desk.picture(1)[10, 3, :3].tolist() == [1, 2, 3], timeout=WAIT_MS)


def test_a_click_selects_and_ctrl_click_adds(desk: Desk, qtbot: QtBot) -> None:
    canvas = desk.images.panes[0].canvas
    button = Qt.MouseButton.LeftButton
    qtbot.mouseClick(canvas, button, pos=place_of(desk, 0, 10, 20))
    assert desk.session.selection.tolist() == [0]
    qtbot.mouseClick(canvas, button, Qt.KeyboardModifier.ControlModifier, place_of(desk, 0, 50, 20))
    assert desk.session.selection.tolist() == [0, 1]
    qtbot.mouseClick(canvas, button, Qt.KeyboardModifier.ControlModifier, place_of(desk, 0, 10, 20))
    assert desk.session.selection.tolist() == [1]
    qtbot.mouseClick(canvas, button, pos=place_of(desk, 0, 0, 0))
    assert desk.session.selection.tolist() == [], "a pixel that shows nothing"


def test_the_selection_is_outlined_in_every_pane(desk: Desk) -> None:
    before = desk.images.panes[2].canvas.grab().toImage()
    desk.session.select([1])
    after = desk.images.panes[2].canvas.grab().toImage()
    border = desk.images.panes[2].canvas.point_of(WIDTH / 2 - 0.5, HEIGHT / 2).toPoint()
    near = [border + QPoint(k, 0) for k in range(-2, 3)]
    assert not any(_is_yellow(before.pixelColor(place)) for place in near)
    assert any(_is_yellow(after.pixelColor(place)) for place in near)


def _is_yellow(color: QColor) -> bool:
    return color.red() > 200 and color.green() > 160 and color.blue() < 120


def test_hovering_tells_every_pane_the_object_and_the_place_in_the_world(desk: Desk, qtbot: QtBot) -> None:
    hits: list[PixelHit | None] = []
    words: list[str] = []
    desk.images.pixel_world.connect(hits.append)
    desk.images.pixel_described.connect(words.append)
    hover(qtbot, desk, 0, 50, 20)
    assert desk.session.hovered == 1
    texts = [pane.readout.text() for pane in desk.images.shown_panes]
    assert all(text.startswith("50, 20") for text in texts)
    assert "node 2 → right chair (object 1) → no instance → no class" in texts[1]
    assert "4 m from the camera" in texts[2]
    hit = hits[-1]
    assert hit is not None
    assert hit.point is not None
    assert hit.direction is not None
    assert np.linalg.norm(hit.point) * 0.5 == pytest.approx(DISTANCE_M)
    np.testing.assert_allclose(hit.point / np.linalg.norm(hit.point), hit.direction)
    assert "4.00 m away" in words[-1]
    desk.images.panes[0].canvas.leaveEvent(_leave())
    assert desk.session.hovered is None
    assert hits[-1] is None


def test_a_step_under_a_resting_pointer_points_with_the_new_frame(desk: Desk, qtbot: QtBot) -> None:
    hits: list[PixelHit | None] = []
    hover(qtbot, desk, 0, 50, 20)
    desk.images.pixel_world.connect(hits.append)
    desk.session.show_frame(FrameId("cam_00", 3))
    desk.settle(qtbot)
    assert hits
    hit = hits[-1]
    assert hit is not None
    assert (hit.frame, hit.x, hit.y) == (FrameId("cam_00", 3), 50, 20)
    assert desk.images.panes[1].readout.text().startswith("50, 20")
    desk.images.panes[0].canvas.leaveEvent(_leave())
    hits.clear()
    desk.session.show_frame(FrameId("cam_00", 4))
    desk.settle(qtbot)
    assert not hits


def test_a_world_point_puts_the_crosshair_on_its_pixel_unless_it_is_hidden(desk: Desk, qtbot: QtBot) -> None:
    hover(qtbot, desk, 0, 50, 20)
    camera = desk.session.frame_camera()
    assert camera is not None
    ray = camera.cast_rays(np.array([[33.0, 11.0]]))[0]
    desk.images.marks.show_point(ray * DISTANCE_M / 0.5)
    assert desk.images.panes[0].readout.text().startswith("33, 11")
    desk.images.marks.show_point(ray * 2 * DISTANCE_M / 0.5)
    assert not desk.images.panes[0].readout.text().startswith("33, 11")
    desk.images.marks.show_point(-ray)
    assert desk.images.panes[0].readout.text().startswith(f"{WIDTH} × {HEIGHT}")


def test_a_pinned_pane_keeps_its_frame_and_marks_the_same_place(desk: Desk, qtbot: QtBot) -> None:
    desk.source.wall_m = {0: DISTANCE_M, 3: DISTANCE_M}
    desk.session.replace_scene(opened(desk.source)[0])
    desk.settle(qtbot)
    pane = desk.images.panes[2]
    qtbot.mouseClick(pane.pin_button, Qt.MouseButton.LeftButton)
    assert pane.pin_button.text() == "cam_00 0000"
    desk.session.show_frame(FrameId("cam_00", 3))
    desk.settle(qtbot)
    assert [shown.frame for shown in desk.images.shown_panes] == [
        FrameId("cam_00", 3), FrameId("cam_00", 3), FrameId("cam_00", 0),
    ]  # fmt: skip
    hover(qtbot, desk, 0, 50, 20)
    shift = FRAME_STEP_UNITS * 3 * 0.5 / DISTANCE_M  # sideways, as a slope
    pixel = round(50 + shift * WIDTH / (2 * np.tan(np.pi / 6)))
    assert pane.readout.text().startswith(f"{pixel}, 20"), "where the other camera sees that place"
    desk.source.wall_m[0] = DISTANCE_M / 2
    desk.images.cache.clear()
    desk.images.pin(2, None)
    desk.images.pin(2, FrameId("cam_00", 0))
    desk.settle(qtbot)
    hover(qtbot, desk, 0, 49, 20)
    assert not pane.readout.text().startswith(f"{pixel - 1}, 20"), "a wall stands in front there"
    qtbot.mouseClick(pane.pin_button, Qt.MouseButton.LeftButton)
    desk.settle(qtbot)
    assert pane.frame == FrameId("cam_00", 3)


def test_a_frame_is_kept_in_a_pane_of_its_own(desk: Desk, qtbot: QtBot) -> None:
    desk.images.pin_beside(FrameId("cam_00", 0))
    desk.session.show_frame(FrameId("cam_00", 4))
    desk.settle(qtbot)
    assert desk.images.count == 4
    assert desk.images.panes[3].frame == FrameId("cam_00", 0)
    assert desk.images.panes[3].modality is desk.images.panes[0].modality
    np.testing.assert_array_equal(
        desk.picture(3)[..., :3], tone_map(desk.source.color(0), np.asarray(desk.picture(1)[..., 3] > 0))
    )
    desk.session.replace_scene(opened(MadeImages())[0])
    assert all(pane.pinned is None for pane in desk.images.panes)


def test_what_is_painted_in_a_pinned_pane_is_what_that_frame_shows(desk: Desk, qtbot: QtBot) -> None:
    desk.source.swapped = {3}
    desk.images.cache.clear()
    desk.images.set_modality(2, "class_live")
    desk.images.pin(2, FrameId("cam_00", 3))
    desk.settle(qtbot)
    desk.labelling.set_brush(class_id=2)
    drag(qtbot, desk, 2, (5, 5), (10, 15))
    assert desk.labelling.labels.semantic.tolist() == [1, 2], "the right chair is on the left there"


def _leave() -> Any:
    from PySide6.QtCore import QEvent

    return QEvent(QEvent.Type.Leave)


# zoom and pan


def test_the_wheel_zooms_at_the_cursor_in_all_linked_panes(desk: Desk) -> None:
    canvas = desk.images.panes[0].canvas
    at = place_of(desk, 0, 20, 30)
    before = canvas.pixel_at(QPointF(at))
    wheel(desk, 0, at, 3)
    assert canvas.pan_zoom.zoom == pytest.approx(1.25**3)
    assert canvas.pixel_at(QPointF(at)) == before
    assert desk.images.panes[2].canvas.pan_zoom == canvas.pan_zoom


def test_unlinked_panes_zoom_alone(desk: Desk, qtbot: QtBot) -> None:
    qtbot.mouseClick(desk.images._grid.link, Qt.MouseButton.LeftButton)
    wheel(desk, 0, place_of(desk, 0, 20, 30), 3)
    assert desk.images.panes[1].canvas.pan_zoom == PanZoom()


def test_a_drag_pans_and_does_not_select(desk: Desk, qtbot: QtBot) -> None:
    canvas = desk.images.panes[0].canvas
    wheel(desk, 0, place_of(desk, 0, 32, 24), 6)
    start = canvas.rect().center()
    pixel = canvas.pixel_at(QPointF(start))
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        qtbot.mouseMove(canvas, start + QPoint(8 * step, 4 * step))
    QApplication.processEvents()
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=start + QPoint(40, 20))
    assert canvas.pixel_at(QPointF(start + QPoint(40, 20))) == pixel
    assert len(desk.session.selection) == 0


def test_a_double_click_shows_the_whole_image_again(desk: Desk, qtbot: QtBot) -> None:
    wheel(desk, 0, place_of(desk, 0, 20, 30), 5)
    qtbot.mouseDClick(desk.images.panes[1].canvas, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    assert all(pane.canvas.pan_zoom == PanZoom() for pane in desk.images.shown_panes)


def test_pixels_are_sharp_when_magnified_and_averaged_when_small(desk: Desk) -> None:
    canvas = desk.images.panes[1].canvas
    for _ in range(20):
        canvas.zoom_by(1.5)
    shown = {QColor(p).getRgb()[:3] for p in _pixels(canvas.grab().toImage())}
    assert shown <= {(200, 30, 40), (255, 255, 255)}, "no mixed colors between two pixels"
    canvas.fit()
    canvas.resize(40, 30)
    mixed = {QColor(p).getRgb()[:3] for p in _pixels(canvas.grab().toImage())}
    assert len(mixed) > 3, "a border between two colors has mixed pixels"


def _pixels(image: QImage) -> list[int]:
    return [image.pixel(x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)]


# panes and state


def test_panes_come_and_go(desk: Desk, qtbot: QtBot) -> None:
    for count in (1, 6, 2):
        desk.images.set_count(count)
        desk.settle(qtbot)
        assert [pane.isVisible() for pane in desk.images.panes] == [k < count for k in range(6)]
        assert all(pane.frame is not None or pane.canvas.message for pane in desk.images.shown_panes)


@pytest.mark.parametrize(
    ("count", "size", "columns"),
    [(3, (1200, 250), 3), (3, (300, 900), 1), (4, (800, 700), 2), (6, (1200, 600), 3)],
)
def test_panes_are_placed_so_that_pictures_are_large(count: int, size: tuple[int, int], columns: int) -> None:
    assert best_columns(count, *size) == columns


def test_the_state_comes_back(desk: Desk, qtbot: QtBot) -> None:
    desk.images.set_count(2)
    desk.images.set_modality(0, "distance")
    style = desk.images.panes[0].modality.default_style
    desk.images.panes[0]._set_style(type(style)(color_map="gray", automatic=False, low=1.0, high=2.0))
    state = desk.images.save_state()
    other = ImagesPanel(desk.session, desk.runner, Settings())
    qtbot.addWidget(other)
    other.restore_state(state)
    desk.settle(qtbot)
    assert other.save_state() == state
    assert other.panes[0].style_value.color_map == "gray"


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"count": 99, "panes": "no"},
        {
            "panes": [
                {"modality": "x", "styles": {"distance": {"low": "a", "color_map": "neon", "automatic": 1}}},
                3,
            ]
        },
    ],
)
def test_a_state_of_another_version_does_no_harm(desk: Desk, state: dict[str, Any]) -> None:
    desk.images.restore_state(state)
    assert desk.images.count == 3
    assert desk.images.panes[0].modality.key == "color"
    assert desk.images.panes[0].styles.get("distance", MODALITIES[0]) is not None


def test_typing_in_the_chooser_finds_a_modality(desk: Desk, qtbot: QtBot) -> None:
    chooser = desk.images.panes[0].chooser
    chooser.menu().popup(chooser.mapToGlobal(QPoint(0, 20)))
    qtbot.waitUntil(lambda: chooser.menu().isVisible(), timeout=WAIT_MS)
    search = chooser.search
    qtbot.keyClicks(search, "camera ax")
    qtbot.keyClick(search, Qt.Key.Key_Return)
    desk.settle(qtbot)
    assert desk.images.panes[0].modality.key == "normal_cam"
    assert not chooser.menu().isVisible()


def test_the_style_popover_changes_the_exposure(desk: Desk, qtbot: QtBot) -> None:
    before = desk.picture(0).copy()
    qtbot.mouseClick(desk.images.panes[0].head.style_button, Qt.MouseButton.LeftButton)
    popover = QApplication.activePopupWidget()
    assert popover is not None
    from PySide6.QtWidgets import QDoubleSpinBox

    popover.findChild(QDoubleSpinBox).setValue(-2.0)
    desk.settle(qtbot)
    popover.close()
    assert desk.picture(0).astype(int).sum() < before.astype(int).sum()


# frames panel


def test_keys_on_the_timeline_step_over_frames_with_images(desk: Desk, qtbot: QtBot) -> None:
    bar = desk.frames.bar
    bar.setFocus()
    seen = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Left, Qt.Key.Key_Home):
        qtbot.keyClick(bar, key)
        seen.append(desk.frame)
    assert seen == [1, 3, 4, 3, 0]


def test_stepping_can_visit_frames_without_images(desk: Desk, qtbot: QtBot) -> None:
    qtbot.mouseClick(desk.frames.only_pictured, Qt.MouseButton.LeftButton)
    seen = []
    for _ in range(6):
        desk.frames.next_frame()
        seen.append(desk.frame)
    assert seen == [1, 2, 3, 4, 5, 5]


def test_dragging_on_the_timeline_scrubs(desk: Desk, qtbot: QtBot) -> None:
    bar = desk.frames.bar
    at = {frame: QPoint(round(bar.x_of(frame)), 12) for frame in (0, 3, 5)}
    qtbot.mousePress(bar, Qt.MouseButton.LeftButton, pos=at[3])
    assert desk.frame == 3
    qtbot.mouseMove(bar, at[5])
    qtbot.waitUntil(lambda: desk.frame == 5, timeout=WAIT_MS)
    qtbot.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=at[5])
    assert bar.current == 5


def test_the_timeline_draws_what_there_is_of_each_frame(desk: Desk) -> None:
    bar = desk.frames.bar
    grab = bar.grab().toImage()
    middle = {frame: grab.pixelColor(round(bar.x_of(frame)), 13) for frame in (1, 2, 3)}
    assert middle[1] == middle[3]
    assert middle[2] != middle[1]
    assert desk.frames.timeline.ids.tolist() == [0, 1, 2, 3, 4, 5]


def test_a_typed_number_goes_to_the_nearest_frame(desk: Desk, qtbot: QtBot) -> None:
    number = desk.frames.number
    number.setFocus()
    number.selectAll()
    qtbot.keyClicks(number, "5")
    qtbot.keyClick(number, Qt.Key.Key_Return)
    assert desk.frame == 5
    qtbot.keyClick(number, Qt.Key.Key_Up)
    qtbot.keyClick(number, Qt.Key.Key_Down)
    assert desk.frame == 4


def test_playing_goes_on_and_on_only_when_the_frame_is_on_the_screen(desk: Desk, qtbot: QtBot) -> None:
    is_ready = False
    desk.frames.is_ready = lambda: is_ready
    desk.frames.fps.setValue(30)
    qtbot.mouseClick(desk.frames._play, Qt.MouseButton.LeftButton)
    assert desk.frames.is_playing
    qtbot.wait(150)
    assert desk.frame == 0
    is_ready = True
    qtbot.waitUntil(lambda: desk.frame == 4, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: desk.frame == 0, timeout=WAIT_MS)
    desk.frames.play(False)
    desk.settle(qtbot)


def test_playing_stops_at_the_end_without_loop(desk: Desk, qtbot: QtBot) -> None:
    desk.frames.loop.setChecked(False)
    desk.frames.fps.setValue(30)
    desk.frames.play(True)
    qtbot.waitUntil(lambda: not desk.frames.is_playing, timeout=WAIT_MS)
    assert desk.frame == 4
    desk.frames.play(True)
    qtbot.waitUntil(lambda: desk.frame == 0, timeout=WAIT_MS)
    desk.frames.play(False)
    desk.settle(qtbot)


def test_trajectories_are_changed_by_key_and_by_the_list(desk: Desk, qtbot: QtBot) -> None:
    desk.session.show_frame(FrameId("cam_00", 4))
    desk.frames.next_camera()
    assert desk.session.frame == FrameId("cam_01", 2)
    assert desk.frames.camera.currentText() == "cam_01"
    desk.frames.next_camera()
    assert desk.session.frame == FrameId("cam_00", 1) or desk.session.frame == FrameId("cam_00", 3)
    desk.settle(qtbot)


def test_the_filmstrip_decodes_what_is_in_sight_and_a_click_goes_there(desk: Desk, qtbot: QtBot) -> None:
    strip = desk.frames.filmstrip
    assert strip.isVisible()
    frame = FrameId("cam_00", 3)
    qtbot.waitUntil(lambda: strip.thumbnails.picture(frame) is not None, timeout=WAIT_MS)
    index = strip.thumbnails.index(strip.thumbnails.row_of(3) or 0)
    qtbot.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=strip.visualRect(index).center())
    assert desk.frame == 3
    assert strip.thumbnails.picture(FrameId("cam_00", 2)) is None


def test_the_panels_fit_a_small_window(desk: Desk) -> None:
    assert desk.images.minimumSizeHint().width() <= 300
    assert desk.images.minimumSizeHint().height() <= 160
    assert desk.frames.minimumSizeHint().height() <= 60
    desk.images.set_count(6)
    desk.images.resize(320, 200)
    desk.frames.resize(430, 40)
    assert not desk.frames.filmstrip.isVisible()


def test_everything_that_can_be_used_has_a_name(desk: Desk) -> None:
    from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QWidget

    for panel in (desk.images, desk.frames):
        used = [
            w for kind in (QAbstractButton, QAbstractSpinBox, QComboBox) for w in panel.findChildren(kind)
        ]
        nameless = [w for w in used if w.isVisible() and not _has_name(w)]
        assert nameless == []
        assert isinstance(panel, QWidget)


def _has_name(widget: Any) -> bool:
    return bool(widget.accessibleName() or getattr(widget, "text", str)())


# painting


def drag(
    qtbot: QtBot, desk: Desk, pane: int, start: tuple[int, int], end: tuple[int, int], *, held: bool = False
) -> None:
    """A drag with Shift held, in picture coordinates; the button stays down with `held`."""
    canvas, shift = desk.images.panes[pane].canvas, Qt.KeyboardModifier.ShiftModifier
    places = [canvas.point_of(*start).toPoint(), canvas.point_of(*end).toPoint()]
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, shift, places[0])
    for share in (0.5, 1.0):
        qtbot.mouseMove(canvas, places[0] + (places[1] - places[0]) * share)
        QApplication.processEvents()
    if not held:
        qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, shift, places[1])


def test_a_shift_drag_over_an_image_labels_the_objects_below_it(desk: Desk, qtbot: QtBot) -> None:
    desk.labelling.set_brush(class_id=2)
    drag(qtbot, desk, 0, (40, 10), (60, 30))
    assert desk.labelling.labels.semantic.tolist() == [1, 2]
    qtbot.waitUntil(lambda: desk.picture(1)[10, 60, :3].tolist() == [20, 180, 60], timeout=WAIT_MS)
    assert len(desk.session.selection) == 0
    desk.labelling.undo()
    assert desk.labelling.labels.semantic.tolist() == [1, -1]


def test_a_stroke_is_previewed_and_escape_forgets_it(desk: Desk, qtbot: QtBot) -> None:
    previews: list[list[int]] = []
    desk.images.painting.previewed.connect(
        lambda result: previews.append([] if result is None else result.changed.tolist())
    )
    drag(qtbot, desk, 0, (40, 10), (60, 30), held=True)
    qtbot.waitUntil(lambda: [1] in previews, timeout=WAIT_MS)
    canvas = desk.images.panes[0].canvas
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, QPoint(90, 90))
    assert desk.labelling.labels.semantic.tolist() == [1, -1]
    assert previews[-1] == []


def test_hidden_objects_are_not_painted(desk: Desk, qtbot: QtBot) -> None:
    desk.session.set_hidden([1])
    drag(qtbot, desk, 0, (40, 10), (60, 30))
    assert desk.labelling.labels.semantic.tolist() == [1, -1]


def test_the_eyedropper_takes_the_class_under_the_pointer(desk: Desk, qtbot: QtBot) -> None:
    desk.labelling.set_brush(class_id=2, tool="eyedropper")
    drag(qtbot, desk, 0, (5, 10), (6, 10))
    assert desk.labelling.brush.class_id == 1


# odd sizes and hidden panels


class SmallPreviews(MadeImages):
    """Has a preview of half the size."""

    def modalities(self, frame: FrameId) -> frozenset[str]:
        found = super().modalities(frame)
        return found | {"final_preview.tonemap"} if found else found

    def read(self, frame: FrameId, modality: str) -> ImageArray:
        if modality != "final_preview.tonemap":
            return super().read(frame, modality)
        return ImageArray(np.full((self.height // 2, self.width // 2, 3), 90, np.uint8), modality)


def test_a_smaller_preview_points_at_the_same_places(desk: Desk, qtbot: QtBot) -> None:
    source = SmallPreviews()
    scene, desk.labelling = opened(source)
    desk.session.replace_scene(scene)
    desk.images.set_modality(2, "final_preview.tonemap")
    desk.settle(qtbot)
    canvas = desk.images.panes[2].canvas
    assert canvas.picture is not None
    assert canvas.picture.rgba.shape[:2] == (24, 32)
    qtbot.mouseMove(canvas, canvas.point_of(20, 10).toPoint() + QPoint(1, 0))
    qtbot.mouseMove(canvas, canvas.point_of(20, 10).toPoint())
    qtbot.waitUntil(lambda: desk.images.panes[0].readout.text().startswith("41, 21"), timeout=WAIT_MS)
    assert desk.session.hovered == 1
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.point_of(20, 10).toPoint())
    assert desk.session.selection.tolist() == [1]
    desk.labelling.set_brush(class_id=2)
    drag(qtbot, desk, 2, (20, 5), (30, 15))
    assert desk.labelling.labels.semantic.tolist() == [1, 2]


def test_a_hidden_panel_decodes_nothing_until_it_is_shown(desk: Desk, qtbot: QtBot) -> None:
    desk.images.cache.clear()
    desk.images.hide()
    desk.frames.hide()
    desk.settle(qtbot)
    reads = len(desk.source.reads)
    desk.session.show_frame(FrameId("cam_00", 3))
    desk.settle(qtbot)
    assert len(desk.source.reads) == reads
    desk.images.show()
    desk.settle(qtbot)
    assert desk.images.panes[0].frame == FrameId("cam_00", 3)


def test_neighbours_are_decoded_again_for_another_modality(desk: Desk, qtbot: QtBot) -> None:
    desk.images.set_modality(0, "normal_cam")
    desk.settle(qtbot)
    assert (1, "normal_cam") in desk.source.reads
