"""A window in which a scene is opened from its start: the picture first, the rest after it, in place."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import without_mesh
from tests.gui.test_stories import PATIENCE_MS, settle
from tests.gui.test_turns import TurnCounter
from viewer.app import point_cache
from viewer.app.head_start import HeadStart
from viewer.errors import ViewerError
from viewer.jobs.job import Progress
from viewer.model.points import PointSet
from viewer.ui import theme
from viewer.ui.docks import Scrolled, Vacancy
from viewer.ui.late import late_parts
from viewer.ui.main_window import MainWindow
from viewer.ui.watch import is_seen
from viewer.ui.window_parts import LateParts

pytestmark = pytest.mark.gui


@pytest.fixture
def starting(qtbot: QtBot) -> Iterator[MainWindow]:
    """A window of which nothing is made yet but what its first picture needs."""
    window = MainWindow(awaits_scene=True)
    window.resize(1024, 700)
    yield window
    window.close()
    window.deleteLater()


def places(window: MainWindow) -> dict[str, tuple[int, int, int, int]]:
    """Where everything stands that can be seen."""
    found = {key: dock.geometry().getRect() for key, dock in window.docks.items() if is_seen(dock)}
    return {"view": window.stack.geometry().getRect(), "window": window.geometry().getRect(), **found}


def open_and_fill(qtbot: QtBot, window: MainWindow, path: Path, ahead: HeadStart | None = None) -> None:
    """Show the window, open a path in it, and wait until all of the window is made."""
    window.show()
    window.opening.open_path(path, ahead=ahead)
    with qtbot.waitSignal(window.filling.done, timeout=PATIENCE_MS):
        pass


def test_the_picture_comes_first_and_nothing_moves_when_the_rest_comes(
    qtbot: QtBot, starting: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    window, scene = starting, make_scene(tmp_path)
    at_picture: list[tuple[bool, dict[str, tuple[int, int, int, int]]]] = []
    window.opening.pictured.connect(
        lambda: at_picture.append((window.panels.is_made("images"), places(window)))
    )
    open_and_fill(qtbot, window, scene, ahead=HeadStart(scene, ()))
    assert window.session.scene is not None
    was_made, before = at_picture[0]
    assert not was_made
    settle(qtbot, window)
    assert places(window) == before
    assert set(before) >= {"layers", "labels", "selection", "images", "frames"}
    assert all(window.is_made(name) for name, _ in late_parts(LateParts))
    assert window.panels.images.is_current
    assert window.panels.frames.camera.count() == len(window.session.camera_names)
    assert window.panels.labels.can_label


def test_where_there_is_no_mesh_the_first_points_come_before_the_panels(
    qtbot: QtBot, starting: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    window, scene = starting, without_mesh(make_scene(tmp_path))
    at_picture: list[tuple[bool, int, bool]] = []
    window.opening.pictured.connect(
        lambda: at_picture.append(
            (
                window.panels.is_made("images"),
                0 if window.session.points is None else len(window.session.points.positions),
                window.scene_view.is_uploading,
            )
        )
    )
    window.opening._patience.setInterval(PATIENCE_MS)
    open_and_fill(qtbot, window, scene, ahead=HeadStart(scene, ()))
    ((was_made, points, was_uploading),) = at_picture
    assert not was_made
    assert points > 0
    assert not was_uploading
    settle(qtbot, window)


def test_points_that_take_long_or_never_come_are_not_waited_for(
    qtbot: QtBot,
    starting: MainWindow,
    make_scene: Callable[[Path], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go_on = threading.Event()

    def slow(*_arguments: object, progress: Progress, **_options: object) -> PointSet:
        while not go_on.wait(0.01):
            progress.check()
        raise ViewerError("the images are of no use")

    monkeypatch.setattr(point_cache, "fused_points", slow)
    window, scene = starting, without_mesh(make_scene(tmp_path))
    window.opening._patience.setInterval(100)
    open_and_fill(qtbot, window, scene, ahead=HeadStart(scene, ()))
    assert window.session.points is None
    # and at once where it turns out that none are coming
    window.opening._patience.setInterval(PATIENCE_MS)
    window.opening.reload()
    with qtbot.waitSignal(window.opening.pictured, timeout=PATIENCE_MS // 2):
        qtbot.wait(200)
        go_on.set()
    settle(qtbot, window)


def test_a_scene_that_is_closed_leaves_memory_at_once(
    qtbot: QtBot, starting: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    """Also one from the start of the program, when what is made counts as kept and is no garbage."""
    window, scene = starting, make_scene(tmp_path)
    window.show()
    window.opening.open_path(scene, ahead=HeadStart(scene, ()))
    for _ in range(2):
        qtbot.waitUntil(lambda: window.session.opened is not None, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: window.filling.is_done, timeout=PATIENCE_MS)
        settle(qtbot, window)
        gc.freeze()  # circles would stay
        try:
            opened = window.session.opened
            left = [weakref.ref(opened), weakref.ref(opened.gpu_mesh), weakref.ref(opened.gpu_mesh.faces)]
            del opened
            window.opening.close_scene()
            qtbot.waitUntil(lambda: window.session.opened is None, timeout=PATIENCE_MS)
            settle(qtbot, window)
            qtbot.waitUntil(lambda left=left: all(part() is None for part in left), timeout=PATIENCE_MS)
        finally:
            gc.unfreeze()
        window.opening.open_path(scene)


def test_a_command_finds_its_part_made_before_its_turn(
    qtbot: QtBot, starting: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    window = starting
    used: list[object] = []

    def use() -> None:
        window.actions_table["find_object"].trigger()
        used.append(window.panels.objects)
        window.actions_table["cut_ceiling"].trigger()

    window.opening.settled.connect(use)
    open_and_fill(qtbot, window, make_scene(tmp_path))
    settle(qtbot, window)
    assert used == [window.panels.objects]
    assert is_seen(window.docks["objects"])
    assert window.session.clip is not None
    assert window.actions_table["cut_ceiling"].isChecked()
    assert window.clip_bar.isVisible()


def test_the_welcome_page_stands_where_the_awaited_scene_cannot_be_opened(
    qtbot: QtBot, starting: MainWindow, tmp_path: Path
) -> None:
    window = starting
    window.show()
    assert window.stack.currentWidget() is window.scene_view.native
    window.opening.open_path(tmp_path, ahead=HeadStart(tmp_path, ()))
    with qtbot.waitSignal(window.filling.done, timeout=PATIENCE_MS):
        pass
    assert window.stack.currentWidget() is window.welcome
    assert window.banners.shown
    assert not any(dock.isVisible() for dock in window.docks.values())


def test_a_window_that_is_closed_at_once_makes_nothing_more(
    qtbot: QtBot, starting: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    window = starting
    window.show()
    window.opening.open_path(make_scene(tmp_path))
    window.close()
    QTest.qWait(50)
    assert not window.panels.is_made("images")
    assert not window.filling.is_done


def test_the_toolbar_has_its_icons_at_once_and_all_sizes_later(starting: MainWindow) -> None:
    toolbar = [action for action in starting.toolbar.actions() if not action.isSeparator()]
    assert {len(action.icon().availableSizes()) for action in toolbar} == {1}
    starting.filling.finish()
    icons = [action.icon() for action in toolbar] + [starting.actions_table["undo"].icon()]
    assert {len(icon.availableSizes()) for icon in icons} == {len(theme.SIZES)}


def test_a_panel_behind_a_tab_shows_the_scene_that_came_before_it(
    qtbot: QtBot, starting: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    window = starting
    open_and_fill(qtbot, window, make_scene(tmp_path))
    settle(qtbot, window)
    panel = window.panels.pose
    assert not is_seen(panel)
    window.docks["pose"].raise_()
    qtbot.waitUntil(lambda: is_seen(panel), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: panel._shot is not None, timeout=PATIENCE_MS)


def test_icons_are_sharp_on_every_screen_also_on_one_that_is_added(
    starting: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    button = starting.panels.frames._first

    def widths() -> set[int]:
        return {size.width() for size in button.icon().availableSizes()}

    here = button.screen().devicePixelRatio()
    assert widths() == {round(16 * here)}
    screens = [SimpleNamespace(devicePixelRatio=lambda scale=scale: scale) for scale in (1.0, 1.5)]
    monkeypatch.setattr(theme, "QGuiApplication", SimpleNamespace(screens=lambda: screens))
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    application.screenAdded.emit(button.screen())
    assert widths() == {16, 20, 24, 30, 36}
    monkeypatch.undo()
    application.screenAdded.emit(button.screen())
    assert widths() == {round(size * here) for size in theme.SIZES}


def test_a_panel_is_made_in_one_step_and_put_into_its_dock_in_the_next(
    qtbot: QtBot, starting: MainWindow
) -> None:
    window, filling = starting, starting.filling
    filling.stop()
    while not window.panels.is_made("labels"):
        filling._make_next()
    assert isinstance(window.docks["labels"].widget(), Vacancy)
    filling._make_next()
    placed = window.docks["labels"].widget()
    assert isinstance(placed, Scrolled)
    assert placed.widget() is window.panels.labels

    panel = window.panels.selection
    assert window.docks["selection"].widget() is panel, "whoever asks for a panel gets it in its place"


def test_a_part_that_cannot_be_made_keeps_no_other_from_being_made(
    qtbot: QtBot, starting: MainWindow
) -> None:
    window, filling = starting, starting.filling

    def broken() -> None:
        raise ValueError("this part is broken")

    filling._steps.insert(3, broken)
    with qtbot.captureExceptions() as told, qtbot.waitSignal(filling.done, timeout=PATIENCE_MS):
        filling.begin()
    assert [str(error) for _, error, _ in told] == ["this part is broken"]
    assert window.panels.is_made("log")
    assert not any(isinstance(dock.widget(), Vacancy) for dock in window.docks.values())


def test_objects_are_measured_when_all_of_the_window_is_there(
    qtbot: QtBot, starting: MainWindow, make_scene: Callable[[Path], Path], tmp_path: Path
) -> None:
    window = starting
    window.opening.pictured.disconnect(window.filling.begin)
    window.show()
    with qtbot.waitSignal(window.opening.pictured, timeout=PATIENCE_MS):
        window.opening.open_path(make_scene(tmp_path))
    qtbot.wait(100)
    assert window.session.facts is None
    window.filling.finish()
    qtbot.waitUntil(lambda: window.session.facts is not None, timeout=PATIENCE_MS)


def test_no_two_steps_of_filling_and_no_painting_are_in_the_same_turn(
    qtbot: QtBot,
    starting: MainWindow,
    make_scene: Callable[[Path], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window, scene = starting, make_scene(tmp_path)
    counter = TurnCounter()
    steps: list[int] = []
    paintings: set[int] = set()
    make_next = window.filling._make_next

    def step() -> None:
        steps.append(counter.count)
        make_next()

    monkeypatch.setattr(window.filling, "_make_next", step)
    window.painted.connect(lambda: paintings.add(counter.count))
    open_and_fill(qtbot, window, scene)
    assert len(steps) > 40
    assert len(set(steps)) == len(steps)
    assert paintings
    assert not paintings.intersection(steps)
