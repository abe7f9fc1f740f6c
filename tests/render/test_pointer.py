"""Mouse and keys in the real canvas."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.render.conftest import SIZE, Stage
from tests.render.scenes import cameras_in_room, room, scene_of, two_cubes
from viewer.render.id_buffer import PointerHit
from viewer.render.layers.cameras import CamerasStyle
from viewer.render.orbit_camera import ViewState
from viewer.render.strokes import Stroke

pytestmark = pytest.mark.gl
FROM_THE_RIGHT = ViewState((6.0, 0.0, 0.0), (0.0, 0.0, 0.0))
MIDDLE = (SIZE[0] // 2, SIZE[1] // 2)


class Hand:
    """Real mouse and key events."""

    def __init__(self, stage: Stage, qtbot: Any) -> None:
        from PySide6.QtCore import QPoint, Qt
        from PySide6.QtTest import QTest

        self._stage, self._qt, self._point, self._test = stage, Qt, QPoint, QTest
        self.native = stage.view.native

    def _buttons(self, button: str) -> Any:
        return getattr(self._qt.MouseButton, f"{button.capitalize()}Button")

    def _keys(self, modifiers: str) -> Any:
        if not modifiers:
            return self._qt.KeyboardModifier.NoModifier
        return getattr(self._qt.KeyboardModifier, f"{modifiers.capitalize()}Modifier")

    def press(self, x: int, y: int, button: str = "left", modifiers: str = "") -> None:
        self._test.mousePress(self.native, self._buttons(button), self._keys(modifiers), self._point(x, y))

    def move(self, x: int, y: int) -> None:
        self._test.mouseMove(self.native, self._point(x, y))
        self._stage.view._canvas.app.process_events()

    def release(self, x: int, y: int, button: str = "left", modifiers: str = "") -> None:
        self._test.mouseRelease(self.native, self._buttons(button), self._keys(modifiers), self._point(x, y))

    def click(self, x: int, y: int, button: str = "left", modifiers: str = "") -> None:
        self.press(x, y, button, modifiers)
        self.release(x, y, button, modifiers)

    def double_click(self, x: int, y: int) -> None:
        self.click(x, y)
        self._test.mouseDClick(self.native, self._buttons("left"), self._keys(""), self._point(x, y))
        self.release(x, y)

    def drag(self, path: list[tuple[int, int]], button: str = "left", modifiers: str = "") -> None:
        self.press(*path[0], button, modifiers)
        for x, y in path[1:]:
            self.move(x, y)
        self.release(*path[-1], button, modifiers)

    def key(self, name: str, down: bool) -> None:
        (self._test.keyPress if down else self._test.keyRelease)(
            self.native, getattr(self._qt.Key, f"Key_{name}")
        )


@pytest.fixture
def hand(stage: Stage, qtbot: Any) -> Hand:
    mesh = two_cubes()
    stage.show(scene_of(mesh), mesh)
    stage.view.set_view(FROM_THE_RIGHT)
    stage.settle()
    return Hand(stage, qtbot)


def heard(signal: Any) -> list[Any]:
    """Everything a signal says from now on."""
    said: list[Any] = []
    signal.connect(lambda *what: said.append(what[0] if len(what) == 1 else what))
    return said


def test_a_click_tells_what_was_hit_and_where(stage: Stage, hand: Hand) -> None:
    clicks = heard(stage.view.clicked)
    hand.click(*MIDDLE)
    hand.click(3, 3, modifiers="control")
    stage.wait(lambda: len(clicks) == 2)

    (first, held), (second, held_too) = clicks
    assert first.object_id == 1
    assert np.allclose(first.world, (1.5, 0, 0), atol=0.02)
    assert first.distance_units == pytest.approx(4.5, abs=0.02)
    assert held == frozenset()
    assert second.kind == "background"
    assert second.world is None
    assert held_too == {"control"}


def test_a_drag_is_no_click_and_turns_about_the_point_under_it(stage: Stage, hand: Hand) -> None:
    clicks = heard(stage.view.clicked)
    before = stage.view.current_camera()
    hand.drag([MIDDLE, (MIDDLE[0] + 30, MIDDLE[1]), (MIDDLE[0] + 60, MIDDLE[1] + 5)])

    after = stage.view.current_camera()
    assert clicks == []
    assert not np.allclose(before.position, after.position)
    assert np.linalg.norm(after.position - (1.5, 0, 0)) == pytest.approx(4.5, abs=0.03)


def test_a_right_drag_pans_by_what_was_grabbed(stage: Stage, hand: Hand) -> None:
    grabbed = stage.view.pick(*MIDDLE).world
    assert grabbed is not None
    hand.drag([MIDDLE, (MIDDLE[0] - 20, MIDDLE[1] + 10), (MIDDLE[0] - 50, MIDDLE[1] + 30)], "right")

    pixel, _ = stage.view.current_camera().project(np.array([grabbed]))
    assert np.allclose(pixel[0], (MIDDLE[0] - 50, MIDDLE[1] + 30), atol=0.5)


def test_resting_tells_what_is_there_once(stage: Stage, hand: Hand) -> None:
    rests = heard(stage.view.pointer_rested)
    for step in range(5):
        hand.move(MIDDLE[0] + step, MIDDLE[1])
    stage.wait(lambda: bool(rests))
    stage.settle()

    assert isinstance(rests[0], PointerHit)
    assert rests[0].object_id == 1
    assert (rests[0].x, rests[0].y) == (MIDDLE[0] + 4, MIDDLE[1])
    assert sum(hit is not None for hit in rests) == 1


def test_shift_and_left_paint_and_leave_the_camera_alone(stage: Stage, hand: Hand) -> None:
    strokes, moves = heard(stage.view.stroke_finished), heard(stage.view.stroke_moved)
    before = stage.view.current_camera().world_from_cam
    path = [(100, 80), (110, 90), (150, 120), (151, 121), (152, 122)]
    hand.drag(path, modifiers="shift")

    (stroke,) = strokes
    assert isinstance(stroke, Stroke)
    assert stroke.path.tolist() == [list(point) for point in path]
    assert stroke.button == "left"
    assert stroke.modifiers == {"shift"}
    assert len(moves) == 4
    assert np.array_equal(stage.view.current_camera().world_from_cam, before)


def test_moves_in_quick_succession_are_all_recorded(stage: Stage, hand: Hand) -> None:
    strokes = heard(stage.view.stroke_finished)
    path = [(20 + k, 30 + k // 2) for k in range(120)]
    hand.drag(path, modifiers="shift")
    assert strokes[0].path.tolist() == [list(point) for point in path]


def test_sticky_painting_needs_no_shift(stage: Stage, hand: Hand) -> None:
    strokes = heard(stage.view.stroke_finished)
    stage.view.sticky_paint = True
    hand.drag([(100, 80), (110, 90)])
    assert len(strokes) == 1


def test_escape_calls_a_stroke_off(stage: Stage, hand: Hand) -> None:
    strokes, cancelled = heard(stage.view.stroke_finished), heard(stage.view.stroke_cancelled)
    hand.press(100, 80, modifiers="shift")
    hand.move(120, 90)
    hand.key("Escape", down=True)
    hand.release(120, 90, modifiers="shift")
    assert strokes == []
    assert len(cancelled) == 1


def test_shift_and_right_click_ask_for_a_new_instance(stage: Stage, hand: Hand) -> None:
    asked = heard(stage.view.new_instance_requested)
    hand.click(*MIDDLE, "right", "shift")
    hand.click(*MIDDLE, "right")
    assert len(asked) == 1


@pytest.mark.parametrize("shape", ["rectangle", "line", "pen"])
def test_a_stroke_in_progress_can_be_seen(stage: Stage, hand: Hand, shape: str) -> None:
    stage.view.stroke_shape = shape
    before = stage.pixels()
    hand.press(40, 40, modifiers="shift")
    hand.move(60, 90)
    hand.move(120, 100)
    during = stage.pixels()
    hand.release(120, 100, modifiers="shift")

    changed = (before != during).any(axis=2)
    assert changed[35:106, 35:126].sum() > 100
    changed[35:106, 35:126] = False
    assert not changed.any()
    assert np.array_equal(stage.pixels(), before)


def test_a_double_click_goes_to_the_point(stage: Stage, hand: Hand) -> None:
    told = heard(stage.view.double_clicked)
    hit = stage.view.pick(MIDDLE[0] + 15, MIDDLE[1] - 8)
    assert hit.world is not None
    hand.double_click(MIDDLE[0] + 15, MIDDLE[1] - 8)

    pixel, depth = stage.view.current_camera().project(np.array([hit.world]))
    assert np.allclose(pixel[0], ((SIZE[0] - 1) / 2, (SIZE[1] - 1) / 2), atol=0.5)
    assert depth[0] == pytest.approx((hit.distance_units or 0) / 2, rel=0.01)
    assert told[0].object_id == 1


def test_held_keys_fly_until_they_are_let_go(stage: Stage, hand: Hand) -> None:
    stage.window.activateWindow()
    hand.native.setFocus()
    stage.wait(hand.native.hasFocus)
    before = stage.view.camera.eye.copy()
    hand.key("W", down=True)
    stage.wait(lambda: np.linalg.norm(stage.view.camera.eye - before) > 0.1)
    hand.key("W", down=False)
    stage.wait(lambda: not stage.view.navigator.is_moving)
    assert stage.view.camera.eye[0] < before[0]


def test_a_click_on_a_frustum_names_its_frame(stage: Stage, qtbot: Any) -> None:
    mesh = room()
    cameras = cameras_in_room()
    stage.show(scene_of(mesh, cameras), mesh)
    stage.view.set_layer_style("cameras", CamerasStyle(size_m=0.4))
    stage.view.set_view(ViewState((-2.5, 1.8, 1.9), (-1.9, -1.2, 1.4)))
    clicks = heard(stage.view.frustum_clicked)
    place, _ = stage.view.current_camera().project(cameras.trajectories[0].positions)
    x, y = place[1].round().astype(int)

    Hand(stage, qtbot).click(int(x), int(y))
    stage.wait(lambda: len(clicks) > 0)  # a click waits for the full picture

    assert clicks == [("cam_00", 5)]


def test_orbiting_leaves_look_through_where_it_stood(stage: Stage, hand: Hand) -> None:
    camera = cameras_in_room().trajectories[0].camera_at(0)
    left = heard(stage.view.look_through_left)
    stage.view.look_through(camera)
    stage.settle()
    hand.drag([MIDDLE, (MIDDLE[0] + 6, MIDDLE[1])], "middle")

    assert len(left) == 1
    assert not stage.view.is_looking_through
    assert np.linalg.norm(stage.view.camera.eye - camera.position) < 0.2


_HIDPI = """
import json, sys
sys.path.insert(0, {root!r})
from viewer.ui.start import make_application
app = make_application()
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow
from tests.render.scenes import scene_of, two_cubes
from viewer.model.mesh import split_at_objects
from viewer.render.orbit_camera import ViewState
from viewer.render.scene_view import SceneView
view = SceneView()
window = QMainWindow()
window.setCentralWidget(view.native)
window.resize(301, 203)
window.show()
mesh = two_cubes()
view.set_scene(scene_of(mesh), split_at_objects(mesh))
while view.is_uploading or not view._picture.is_ready:
    app.processEvents()
view.set_view(ViewState((6.0, 0.0, 0.0), (0.0, 0.0, 0.0)))
while not view.is_full_picture:
    app.processEvents()
hits, strokes = [], []
view.clicked.connect(lambda hit, held: hits.append(hit))
view.stroke_finished.connect(strokes.append)
native = view.native
QTest.mouseClick(native, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(150, 101))
while not hits:  # a click waits for the picture where that takes long
    app.processEvents()
shift = Qt.KeyboardModifier.ShiftModifier
QTest.mousePress(native, Qt.MouseButton.LeftButton, shift, QPoint(10, 20))
QTest.mouseMove(native, QPoint(300, 202))
QTest.mouseRelease(native, Qt.MouseButton.LeftButton, shift, QPoint(300, 202))
shown = native.grabFramebuffer()
print(json.dumps(dict(
    scale=view.pixel_scale, size=view.size, shown=[shown.width(), shown.height()],
    ids=list(view.id_buffer().object_ids.shape), hit=[hits[0].x, hits[0].y, hits[0].object_id],
    path=strokes[0].path.tolist())))
view.close()
"""


@pytest.mark.parametrize("scale", [2.0, 1.5])
def test_coordinates_are_physical_pixels_on_dense_screens(scale: float, stage: Stage) -> None:
    root = str(Path(__file__).parents[2])
    environment = {
        **os.environ,
        "QT_SCALE_FACTOR": str(scale),
        "QT_ENABLE_HIGHDPI_SCALING": "1",
        "QT_SCALE_FACTOR_ROUNDING_POLICY": "PassThrough",
    }
    done = subprocess.run(
        [sys.executable, "-c", _HIDPI.format(root=root)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])

    assert found["scale"] == scale
    assert found["size"] == found["shown"] == found["ids"][::-1]
    assert found["hit"] == [int(150 * scale), int(101 * scale), 1]
    assert found["path"] == [[int(10 * scale), int(20 * scale)], [int(300 * scale), int(202 * scale)]]


def test_how_far_one_looks_is_known_as_soon_as_there_is_something_to_look_at(stage: Stage) -> None:
    mesh = room()
    stage.show(scene_of(mesh), mesh)
    # large scenes are not there yet when the view comes to rest
    stage.view.camera.reach = 1e6
    stage.view.upload_finished.emit()

    def is_noticed() -> bool:
        world = stage.view.pick(*MIDDLE).world
        camera = stage.view.current_camera()
        assert world is not None
        away = float((np.asarray(world) - camera.position) @ camera.world_from_cam[:3, 2])
        return bool(stage.view.camera.reach == pytest.approx(away, rel=1e-3))

    stage.wait(is_noticed)
