"""Pictures of a moving view are made between paintings, one after the other, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication

from tests.render.conftest import SIZE, Stage
from tests.render.scenes import room, scene_of
from tests.render.test_id_buffer import away_from_edges, objects_by_rays
from tests.render.test_movement import INSIDE, balls
from viewer.geometry.mesh_detail import mesh_detail
from viewer.jobs.job import Progress
from viewer.model.mesh import Mesh, split_at_objects
from viewer.render import quick_picture
from viewer.render.compose import Presenter
from viewer.render.movement import SHARES, MovementBudget
from viewer.render.orbit_camera import ViewState
from viewer.render.picture import Picture
from viewer.render.quick_picture import QuickPicture
from viewer.render.renderer import Renderer

pytestmark = pytest.mark.gl
OTHER = ViewState((2.2, 1.4, 1.4), (-1.0, -0.5, 0.8))


class Watch:
    """What is drawn when, and of which camera the window's pictures are."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, is_painting: Callable[[], bool]) -> None:
        self.made_while_painting = 0
        self.eyes: list[tuple[float, ...]] = []
        present, draw_step, compose = QuickPicture.present, Renderer.keep_pace, Renderer.compose

        def presented(quick: QuickPicture, window: int) -> None:
            shown = quick.shown(SIZE)
            assert shown is not None
            self.eyes.append(tuple(shown.camera.position.tolist()))
            present(quick, window)

        def stepped(*args: Any, **options: Any) -> bool:
            self.made_while_painting += is_painting()
            return draw_step(*args, **options)

        def composed(*args: Any, **options: Any) -> None:
            self.made_while_painting += is_painting()
            compose(*args, **options)

        monkeypatch.setattr(QuickPicture, "present", presented)
        monkeypatch.setattr(Renderer, "keep_pace", stepped)
        monkeypatch.setattr(Renderer, "compose", composed)


@pytest.fixture
def moving(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> tuple[Stage, Mesh]:
    """A view at rest that believes that its full pictures take a second, whatever they do."""
    mesh = balls()
    gpu = split_at_objects(mesh)
    view = stage.view
    view.set_scene(scene_of(mesh), gpu)
    stage.settle()
    view.set_mesh_detail(mesh_detail(gpu, Progress.silent()))
    view.set_view(INSIDE)
    stage.settle()
    monkeypatch.setattr(MovementBudget, "took_full", lambda budget, _: setattr(budget, "full_seconds", 1.0))
    monkeypatch.setattr(MovementBudget, "took_quick", lambda _budget, _: None)
    budget = view._picture.budget
    budget.is_allowed = True
    budget.took_full(1.0)
    stage.wait(lambda: view.is_full_picture and not view._ready_timer.running)
    return stage, mesh


@pytest.fixture
def watch(
    moving: tuple[Stage, Mesh], monkeypatch: pytest.MonkeyPatch, is_painting: Callable[[], bool]
) -> Watch:
    """Watches a view that is at rest by now."""
    return Watch(monkeypatch, is_painting)


def test_nothing_is_made_within_a_painting(moving: tuple[Stage, Mesh], watch: Watch) -> None:
    stage, _ = moving
    view = stage.view
    view.set_view(OTHER)
    stage.wait(lambda: bool(watch.eyes))
    assert watch.eyes[0] == pytest.approx(OTHER.eye)
    stage.wait(lambda: view.is_full_picture)
    assert watch.made_while_painting == 0
    assert set(watch.eyes) == {watch.eyes[0]}


def test_the_full_picture_is_only_shown_by_a_painting_and_its_edges_are_smooth_by_then(
    moving: tuple[Stage, Mesh], monkeypatch: pytest.MonkeyPatch, is_painting: Callable[[], bool]
) -> None:
    stage, mesh = moving
    view = stage.view
    smoothed: list[bool] = []
    smooth = Presenter.draw

    def drawn(presenter: Presenter, *args: Any, **options: Any) -> None:
        if options["smooth"]:
            smoothed.append(is_painting())
        smooth(presenter, *args, **options)

    monkeypatch.setattr(Presenter, "draw", drawn)
    for change in (
        lambda: view.set_view(OTHER),
        lambda: view.set_object_colors(np.full((mesh.object_count, 3), (250, 20, 20), np.uint8)),
    ):
        change()
        stage.wait(lambda: view.is_full_picture)
        view.redraw_flat()
        stage.pause(0.05)
        assert smoothed == [False], "once, and not while the window waits for it"
        smoothed.clear()


def test_two_paintings_never_come_in_the_same_turn(moving: tuple[Stage, Mesh]) -> None:
    """Else whoever moves the pointer waits for both."""
    stage, _ = moving
    view = stage.view
    paintings: list[float] = []
    view.frame_drawn.connect(paintings.append)
    QCoreApplication.sendPostedEvents()
    paintings.clear()
    view.window_painted()
    view.redraw_flat()
    QCoreApplication.sendPostedEvents()
    assert not paintings
    stage.wait(lambda: bool(paintings))


def test_a_view_that_moves_all_the_time_shows_one_picture_after_the_other(
    moving: tuple[Stage, Mesh], monkeypatch: pytest.MonkeyPatch, watch: Watch
) -> None:
    """Movements that come faster than pictures do not keep any from being shown."""
    stage, _ = moving
    view = stage.view
    # as on a machine where each takes long: a step in every turn
    monkeypatch.setattr(quick_picture, "TURN_SECONDS", 1e-6)
    places: list[tuple[float, ...]] = []
    for _ in range(120):
        view.camera.orbit(np.zeros(3), 0.02, 0.0)
        view.camera_moved()
        places.append(tuple(view.current_camera().position.tolist()))
        stage.pause(0.001)
    # several, in the order of the movements, and the last one when it has ended
    assert len(set(watch.eyes)) > 5
    stage.wait(lambda: view.is_full_picture)
    order = [places.index(eye) for eye in watch.eyes]
    assert order == sorted(order)
    assert watch.eyes[-1] == places[-1]
    assert watch.made_while_painting == 0


def test_new_colors_of_a_moving_view_come_with_its_next_picture(
    moving: tuple[Stage, Mesh], watch: Watch
) -> None:
    stage, mesh = moving
    view = stage.view
    stage.wait(lambda: view.is_full_picture)
    view.set_view(OTHER)
    assert view.is_behind
    view.set_object_colors(np.full((mesh.object_count, 3), (250, 20, 20), np.uint8))
    stage.wait(lambda: bool(watch.eyes) and not view.is_behind)
    shown = stage.shown().astype(int)
    assert (shown[..., 0] > 2 * shown[..., 1]).mean() > 0.95


def test_outlines_of_a_moving_view_have_as_much_ink_as_those_at_rest(
    moving: tuple[Stage, Mesh], monkeypatch: pytest.MonkeyPatch, watch: Watch
) -> None:
    """A line of one pixel becomes three wide where a third of the pixels is drawn: it must not flash up."""
    stage, _ = moving
    view = stage.view
    monkeypatch.setattr(MovementBudget, "share", property(lambda _: SHARES[0]))
    view.set_view(INSIDE)
    stage.wait(lambda: bool(watch.eyes))
    moved = stage.shown()
    stage.wait(lambda: view.is_full_picture)
    assert moved.mean() == pytest.approx(stage.shown().mean(), abs=1.0)


def test_a_view_whose_pictures_are_never_painted_comes_to_rest(
    moving: tuple[Stage, Mesh], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a window that is minimized while the view moves."""
    stage, _ = moving
    view = stage.view
    picture = view._picture
    view.set_view(OTHER)
    with monkeypatch.context() as hidden:
        hidden.setattr(view.finishing, "_redraw", lambda: None)
        stage.wait(lambda: not view.is_behind)
        stage.wait(lambda: picture.has_surfaces(view.current_camera()) and picture.is_complete)
    view.redraw_flat()
    stage.wait(lambda: view.is_full_picture)


def test_another_mesh_takes_the_place_of_one_that_a_picture_is_made_of(moving: tuple[Stage, Mesh]) -> None:
    stage, _ = moving
    view = stage.view
    for _ in range(5):
        view.camera.orbit(np.zeros(3), 0.1, 0.0)
        view.camera_moved()
        assert view.is_behind
        view._picture.advance_quick()  # some of it is drawn
        view.set_mesh(split_at_objects(room(objects=10)))
        assert not view.is_behind
        stage.settle()
        view._picture.budget.took_full(1.0)
        stage.wait(lambda: view.is_full_picture)
    ids = view.id_buffer().object_ids
    inner = away_from_edges(expected := objects_by_rays(room(objects=10), view.current_camera()))
    assert np.array_equal(ids[inner], expected[inner])
    assert view.error is None


def test_a_window_of_another_size_gets_a_picture_of_its_own_at_once(
    moving: tuple[Stage, Mesh], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, _ = moving
    view = stage.view
    larger = (SIZE[0] + 60, SIZE[1] + 40)
    sizes: list[tuple[tuple[int, int], tuple[int, int]]] = []
    draw = Picture._draw_flat

    def drawn(picture: Picture, frame: Any, *args: Any) -> None:
        sizes.append((frame.size, view.size))
        draw(picture, frame, *args)

    view.set_view(OTHER)
    monkeypatch.setattr(Picture, "_draw_flat", drawn)
    stage.window.resize(*larger)
    stage.wait(lambda: (larger, larger) in sizes)
    assert all(drawn == wanted for drawn, wanted in sizes), "never enlarged or cut"
    stage.wait(lambda: view.is_full_picture)


def test_what_is_asked_for_while_a_picture_is_made_is_of_the_view_as_it_is(
    moving: tuple[Stage, Mesh], watch: Watch
) -> None:
    stage, mesh = moving
    view = stage.view
    view.set_view(OTHER)
    view._picture.advance_quick()
    view.camera.orbit(np.zeros(3), 0.6, 0.0)
    view.camera_moved()
    camera = view.current_camera()
    expected = objects_by_rays(mesh, camera)
    inner = np.argwhere(
        away_from_edges(expected) & (expected >= 0) & (expected < 6)
    )  # walls: far from coarse
    y, x = (int(v) for v in inner[len(inner) // 2])
    world = view._picture.pick_roughly(camera, x, y, 1.0).world
    assert world is not None
    place, _ = camera.project(np.array([world]))
    assert np.allclose(place[0], (x, y), atol=4)
    stage.wait(lambda: bool(watch.eyes) and not view.is_behind)
    stage.wait(lambda: watch.eyes[-1] == pytest.approx(tuple(camera.position.tolist())))
    stage.wait(lambda: view.is_full_picture)
    ids = view.id_buffer().object_ids
    away = away_from_edges(expected)
    assert np.array_equal(ids[away], expected[away])
