"""Moving where full pictures take long: quick pictures keep the look, and rest brings back every pixel."""

from __future__ import annotations

from collections.abc import Callable, Generator
from types import SimpleNamespace
from typing import Any, TypeVar

import numpy as np
import pytest

from tests.render.conftest import SIZE, Stage
from tests.render.scenes import room, scene_of
from tests.render.test_id_buffer import away_from_edges, objects_by_rays
from viewer.geometry.mesh_detail import FEWEST_FACES as FEWEST_DRAWN
from viewer.geometry.mesh_detail import LEVELS, mesh_detail
from viewer.jobs.job import Progress
from viewer.model import mesh as model_mesh
from viewer.model.mesh import GpuMesh, Mesh, split_at_objects
from viewer.render import composition, detail_choice, surface_pass
from viewer.render.composition import Composition
from viewer.render.detail_choice import (
    LOOKOUT_FACES,
    SMALLEST_SURPRISE_PX,
    Lookout,
    batches,
    choose_levels,
    chosen_ranges,
    merged_ranges,
    rows_in_view,
    thinned,
)
from viewer.render.hidden import DepthPyramid
from viewer.render.id_buffer import PointerHit
from viewer.render.movement import (
    AIM_SECONDS,
    FEW_SHARE,
    FEWEST_FACES,
    FIRST_FACES,
    FIRST_SHARE,
    LONG_SECONDS,
    MOST_FACES,
    QUICK_SECONDS,
    SHARES,
    MovementBudget,
)
from viewer.render.orbit_camera import ViewState
from viewer.render.quick_picture import quick_side
from viewer.render.renderer import Renderer
from viewer.render.visuals import object_mesh, sent_mesh
from viewer.render.visuals.face_buffers import FaceBuffers
from viewer.render.visuals.sent_mesh import numbered

T = TypeVar("T")

INSIDE = ViewState((-2.4, -1.5, 1.7), (2.0, 1.0, 0.4))


def ball(middle: tuple[float, float, float], radius: float, rings: int) -> tuple[np.ndarray, np.ndarray]:
    """Vertices and triangles of a closed ball."""
    u, v = np.meshgrid(np.arange(2 * rings), np.arange(rings + 1), indexing="ij")
    a, b = np.pi * u / rings, np.pi * v / rings
    points = np.stack([np.cos(a) * np.sin(b), np.sin(a) * np.sin(b), np.cos(b)], -1).reshape(-1, 3)
    at = (np.arange(2 * rings)[:, None] * (rings + 1) + np.arange(rings)).reshape(-1)
    beside = (at + rings + 1) % (2 * rings * (rings + 1))
    faces = np.concatenate([np.stack([at, at + 1, beside], -1), np.stack([beside, at + 1, beside + 1], -1)])
    return points * radius + middle, faces


def balls(count: int = 60, rings: int = 24) -> Mesh:
    """A room with many finely modelled balls in it."""
    plain = room(objects=10)
    random = np.random.default_rng(3)
    vertices, faces, objects = [plain.vertices], [plain.faces], [plain.owners.dense()]
    start = len(plain.vertices)
    for k in range(count):
        middle = (random.uniform(-2.5, 2.5), random.uniform(-1.6, 1.6), random.uniform(0.4, 2.2))
        points, triangles = ball(middle, random.uniform(0.05, 0.25), rings)
        vertices.append(points)
        faces.append((triangles + start).astype(np.int32))
        objects.append(np.full(len(triangles), plain.object_count + k, np.int32))
        start += len(points)
    return Mesh(
        np.concatenate(vertices), np.concatenate(faces), np.concatenate(objects), plain.object_count + count
    )


def test_coarser_forms_have_fewer_triangles_and_stay_within_their_error() -> None:
    mesh = split_at_objects(balls(12))
    detail = mesh_detail(mesh, Progress.silent())

    assert detail.count.shape == (mesh.object_count + 1, LEVELS)
    assert detail.face_count == len(mesh.faces)
    assert (np.diff(detail.count, axis=1) <= 0).all()
    assert (np.diff(detail.error, axis=1) >= 0).all()
    xyz, object_of_vertex = mesh.positions_and_object()[:, :3], mesh.object_of_vertex
    for row in range(17, 23):  # balls
        assert detail.count[row, 1] < 0.5 * detail.count[row, 0]
        assert detail.count[row, -1] >= FEWEST_DRAWN
        own = xyz[object_of_vertex == row - 1]
        assert np.array_equal(mesh.rows.low[row], own.min(axis=0))
        assert np.array_equal(mesh.rows.high[row], own.max(axis=0))
        middle, radius = own.mean(axis=0), np.linalg.norm(own - own.mean(axis=0), axis=1).max()
        for level in range(1, LEVELS):
            first, count = detail.first[row, level], detail.count[row, level]
            used = detail.faces[first : first + count]
            assert (object_of_vertex[used.reshape(-1)] == row - 1).all()
            # the coarse ball is about as large as the fine one: nothing collapses
            away = np.linalg.norm(xyz[used.reshape(-1)] - middle, axis=1)
            assert np.allclose(away, radius, rtol=0.02)
            least = 1.2 if level < LEVELS - 1 else 0.8
            assert np.ptp(xyz[used.reshape(-1)], axis=0).min() > least * radius


def test_boxes_and_faces_without_an_object_are_left_as_they_are() -> None:
    plain = room()
    objects = plain.owners.dense().copy()
    objects[:12] = -1
    mesh = split_at_objects(Mesh(plain.vertices, plain.faces, objects, plain.object_count))
    detail = mesh_detail(mesh, Progress.silent())

    assert (detail.count[0] == 12).all()
    assert (detail.count[1] == 0).all()
    assert (detail.error == 0).all()
    every = np.flatnonzero(detail.count[:, 0])
    own, coarse = chosen_ranges(detail, every, np.full(len(every), LEVELS - 1))
    assert [column.tolist() for column in own] == [[0], [len(mesh.faces)]]
    assert not len(coarse[0])


def test_faces_in_another_order_are_refused() -> None:
    mesh = split_at_objects(room())
    with pytest.raises(ValueError, match="object by object"):
        GpuMesh.of(
            room().vertices,
            np.empty(0, np.int32),
            mesh.object_of_vertex,
            mesh.faces[::-1].copy(),
            mesh.object_count,
        )


def test_ranges_that_touch_become_one() -> None:
    first, count = merged_ranges(np.array([50, 0, 10, 40]), np.array([5, 10, 5, 10]))
    assert first.tolist() == [0, 40]
    assert count.tolist() == [15, 15]


def test_ranges_are_cut_into_batches_of_at_most_so_many_faces() -> None:
    ranges = np.array([0, 100, 400, 500]), np.array([50, 250, 10, 40])
    parts = batches(ranges, 100)

    assert [int(count.sum()) for _, count in parts] == [100, 100, 100, 50]
    faces = [np.arange(a, a + n) for first, count in parts for a, n in zip(first, count, strict=True)]
    whole = [np.arange(a, a + n) for a, n in zip(*ranges, strict=True)]
    assert np.array_equal(np.concatenate(faces), np.concatenate(whole))
    assert batches((np.empty(0, np.int64), np.empty(0, np.int64)), 100) == []
    assert batches((np.array([7]), np.array([0])), 100) == []


def test_thinned_ranges_are_spread_over_all_faces() -> None:
    ranges = np.array([0, 50_000]), np.array([40_000, 60_000])
    first, count = thinned(ranges, 10_000)

    assert 9_000 <= count.sum() <= 11_000
    assert (np.diff(first) >= count[:-1]).all()
    assert first[-1] > 108_000
    assert thinned(ranges, 100_000) is ranges


def test_the_budget_follows_what_pictures_take() -> None:
    budget = MovementBudget()
    assert budget.is_plain
    assert not budget.is_quick
    assert budget.is_long

    budget.took_at_least(QUICK_SECONDS / 2)  # called off early: it may yet be a long one
    assert budget.is_long
    assert not budget.is_quick
    budget.took_at_least(2 * QUICK_SECONDS)
    assert budget.is_quick
    budget.reset()

    budget.took_full(0.01)
    assert not budget.is_plain
    assert not budget.is_quick
    assert not budget.is_long
    budget.took_full(LONG_SECONDS)
    assert (budget.most_faces, budget.share) == (FIRST_FACES, SHARES[FIRST_SHARE])
    budget.took_full(10 * QUICK_SECONDS)
    assert budget.is_quick
    assert (budget.most_faces, budget.share) == (FEWEST_FACES, SHARES[FEW_SHARE])
    budget.took_quick(AIM_SECONDS / 2)
    budget.took_full(LONG_SECONDS)  # no longer the first: what was learnt from quick ones counts
    assert FEWEST_FACES < budget.most_faces < FIRST_FACES

    for _ in range(30):
        budget.took_quick(4 * AIM_SECONDS)
    assert (budget.most_faces, budget.share) == (FEWEST_FACES, SHARES[0])
    for _ in range(200):
        budget.took_quick(AIM_SECONDS / 4)
    assert (budget.most_faces, budget.share) == (MOST_FACES, SHARES[-1])
    at_aim = budget.most_faces
    budget.took_quick(AIM_SECONDS)
    assert budget.most_faces == at_aim

    budget.is_allowed = False
    assert not budget.is_quick
    assert budget.is_long


@pytest.fixture
def slow(stage: Stage) -> tuple[Stage, Mesh]:
    """A view that believes that its full pictures take a second."""
    mesh = balls()
    gpu = split_at_objects(mesh)
    stage.view.set_scene(scene_of(mesh), gpu)
    stage.settle()
    stage.view.set_mesh_detail(mesh_detail(gpu, Progress.silent()))
    stage.view.set_view(INSIDE)
    stage.settle()
    stage.view._picture.budget.is_allowed = True
    stage.view._picture.budget.took_full(1.0)
    return stage, mesh


def test_no_side_of_a_quick_picture_is_a_power_of_two() -> None:
    for share in SHARES:
        for side in range(8, 4000):
            pixels = quick_side(side, share)
            assert pixels & (pixels - 1)
            assert abs(pixels - side * share) <= 1.5


@pytest.mark.gl
def test_a_moving_view_is_quick_and_a_resting_one_has_every_pixel(
    slow: tuple[Stage, Mesh], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, _mesh = slow
    # what it learns from pictures here depends on the machine
    monkeypatch.setattr(MovementBudget, "share", property(lambda _: SHARES[2]))
    view = stage.view
    full = stage.pixels()
    view._picture.budget.took_full(1.0)

    # the same view, as if it had just been moved to
    view.camera_moved()
    stage.wait(lambda: view._picture._shows_quick)
    quick = view._picture._quick._renderer
    assert quick.size == tuple(quick_side(side, SHARES[2]) for side in SIZE)
    moving = stage.shown().astype(int)
    # blurred at edges, but it is the same picture
    assert np.median(np.abs(moving - full)) <= 2
    assert np.abs(moving - full).mean() < 12

    stage.wait(lambda: not view._picture._shows_quick and view._picture.is_complete)
    assert np.array_equal(stage.pixels(), full)


@pytest.mark.gl
def test_a_picture_that_a_movement_calls_off_has_nothing_drawn_again(slow: tuple[Stage, Mesh]) -> None:
    stage, _mesh = slow
    view = stage.view
    stage.wait(lambda: not view._settle_timer.running and not view._reach_timer.running)
    view._picture.changed()
    view.finishing.begin()
    assert not view._picture.is_complete
    drawn: list[bool] = []
    view.frame_drawn.connect(lambda _ms: drawn.append(view.is_full_picture))
    view.camera_moved()
    stage.wait(lambda: view.is_full_picture)
    assert drawn == [False, True]


@pytest.mark.gl
def test_new_colors_of_a_resting_view_are_made_in_the_background(
    slow: tuple[Stage, Mesh], monkeypatch: pytest.MonkeyPatch, is_painting: Callable[[], bool]
) -> None:
    stage, mesh = slow
    view = stage.view
    colors = np.random.default_rng(1).integers(0, 256, (mesh.object_count, 3)).astype(np.uint8)
    before = stage.pixels()
    while_painting: list[bool] = []
    compose = Renderer.compose

    def composed(*args: Any, **options: Any) -> None:
        while_painting.append(is_painting())
        compose(*args, **options)

    monkeypatch.setattr(Renderer, "compose", composed)
    stage.wait(lambda: view.is_full_picture)
    view.set_object_colors(colors)
    view.set_selection([30])
    view.set_hovered(31)
    assert not view.is_full_picture
    stage.wait(lambda: view.is_full_picture)
    marked = stage.pixels()
    assert while_painting == [False], "once for all that changed, and not while the window is painted"
    assert (marked != before).any(axis=2).mean() > 0.3

    # the same as painting it in one go
    view.set_selection([])
    view.set_hovered(None)
    stage.wait(lambda: view.is_full_picture)
    assert (stage.pixels() != marked).any()
    view._picture.budget.took_full(0.001)
    while_painting.clear()
    view.set_selection([30])
    view.set_hovered(31)
    stage.wait(lambda: view.is_full_picture)
    assert np.array_equal(stage.pixels(), marked)
    assert while_painting == [True]


@pytest.mark.gl
def test_marks_that_change_all_the_time_are_shown_and_never_made_within_a_painting(
    slow: tuple[Stage, Mesh], monkeypatch: pytest.MonkeyPatch, is_painting: Callable[[], bool]
) -> None:
    """As while a stroke is drawn: with every movement its outline and what it would label are others."""
    stage, _ = slow
    view = stage.view
    stage.wait(lambda: view.is_full_picture)
    made_while_painting: list[bool] = []
    shown: list[int] = []
    wanted = 0
    compose, present = Renderer.compose, Renderer.present

    def composed(*args: Any, **options: Any) -> None:
        made_while_painting.append(is_painting())
        compose(*args, **options)
        made.append(wanted)

    def presented(*args: Any, **options: Any) -> None:
        present(*args, **options)
        shown.append(made[-1])

    made = [wanted]
    monkeypatch.setattr(Renderer, "compose", composed)
    monkeypatch.setattr(Renderer, "present", presented)
    for wanted in range(1, 31):
        view.set_stroke_preview([wanted])
        view.redraw_flat()
        stage.pause(0.01)
    assert len(set(shown)) > 3, "one after the other, as soon as they can be"
    stage.wait(lambda: view.is_full_picture)
    last = stage.pixels()
    assert shown[-1] == wanted
    assert not any(made_while_painting)

    # the same as painting it in one go
    view.set_stroke_preview(())
    stage.wait(lambda: view.is_full_picture)
    assert not np.array_equal(stage.pixels(), last)
    view._picture.budget.took_full(0.001)
    view.set_stroke_preview([wanted])
    assert np.array_equal(stage.pixels(), last)


@pytest.mark.gl
def test_what_is_clicked_in_a_moving_view_is_exact_and_nothing_is_drawn_in_one_go(
    slow: tuple[Stage, Mesh],
) -> None:
    stage, mesh = slow
    view = stage.view
    view.set_view(ViewState((2.2, 1.4, 1.4), (-1.0, -0.5, 0.8)))
    expected = objects_by_rays(mesh, view.current_camera())
    inner = np.argwhere(away_from_edges(expected) & (expected > 20))
    y, x = (int(v) for v in inner[len(inner) // 2])
    told: list[PointerHit] = []

    view.finishing.pick((x, y), told.append, is_lasting=True)
    assert not told  # nothing is known yet, and nobody waits for it
    stage.wait(lambda: bool(told))
    assert told[0].object_id == expected[y, x]

    # moving on in haste, one still gets the object that was clicked
    view.set_view(INSIDE)
    view._picture.budget.took_full(1.0)
    expected = objects_by_rays(mesh, view.current_camera())
    inner = np.argwhere(away_from_edges(expected) & (expected > 20))
    y, x = (int(v) for v in inner[len(inner) // 2])
    told.clear()
    view.finishing.pick((x, y), told.append, is_lasting=True)
    view.finishing.pick(
        (x, y), lambda _: pytest.fail("hovered where the view no longer is"), is_lasting=False
    )
    view.camera.orbit(np.zeros(3), 0.5, 0.0)
    view.camera_moved()
    assert [hit.object_id for hit in told] == [expected[y, x]]
    stage.settle()


@pytest.mark.gl
def test_triangles_are_as_many_as_allowed_and_hidden_objects_are_none(slow: tuple[Stage, Mesh]) -> None:
    stage, mesh = slow
    view = stage.view
    visual = view.layers["mesh"]._visual
    frame = view._state.frame(view._canvas.context, view.current_camera())
    in_view = rows_in_view(visual.objects, frame, visual.origin)
    everything = int(visual._detail.count[in_view, 0].sum())
    counts = []
    for most in (everything, everything // 4, everything // 16, 1):
        rows, levels = choose_levels(visual.objects, visual._detail, frame, visual.origin, most)
        counts.append(int(visual._detail.count[rows, levels].sum()))
    assert counts[0] <= everything
    assert counts[1] <= everything // 4
    assert counts == sorted(counts, reverse=True)
    assert counts[2] < counts[1] < counts[0]

    hidden = np.arange(16, mesh.object_count)
    view.set_hidden(hidden)
    rows, _levels = choose_levels(visual.objects, visual._detail, frame, visual.origin, everything)
    assert not np.isin(rows - 1, hidden).any()
    behind = ViewState((-2.4, -1.5, 1.7), (-6.0, -1.5, 1.7))
    view.set_view(behind)
    frame = view._state.frame(view._canvas.context, view.current_camera())
    assert len(choose_levels(visual.objects, visual._detail, frame, visual.origin, everything)[0]) < len(rows)


@pytest.mark.gl
def test_leaving_out_what_is_out_of_sight_changes_no_pixel(slow: tuple[Stage, Mesh]) -> None:
    stage, mesh = slow
    view = stage.view
    for eye, target in (((2.2, 1.4, 1.4), (-1.0, -0.5, 0.8)), ((0.0, -6.0, 4.0), (0.0, 0.0, 1.0))):
        view.set_view(ViewState(eye, target))
        view._picture.budget.took_full(1.0)
        ids = view.id_buffer().object_ids
        expected = objects_by_rays(mesh, view.current_camera())
        inner = away_from_edges(expected)
        assert np.array_equal(ids[inner], expected[inner])


def walls_and_balls() -> Mesh:
    """A house of four rooms full of balls: from every room, most of it is behind a wall."""
    base = balls(count=80, rings=12)
    shifts = [(dx, dy, 0.0) for dx in (0.0, 6.2) for dy in (0.0, 4.2)]
    vertices = np.concatenate([base.vertices + shift for shift in shifts])
    faces = np.concatenate([base.faces + k * len(base.vertices) for k in range(4)]).astype(np.int32)
    objects = np.concatenate([base.owners.dense() + k * base.object_count for k in range(4)]).astype(np.int32)
    return Mesh(vertices, faces, objects, 4 * base.object_count)


@pytest.mark.gl
def test_leaving_out_what_is_hidden_changes_no_pixel_and_leaves_out_much(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    mesh = walls_and_balls()
    view = stage.view
    stage.show(scene_of(mesh), mesh)
    monkeypatch.setattr(object_mesh, "_WORTH_ASKING_FACES", 1 << 10)
    monkeypatch.setattr(object_mesh, "FRONT_FACES", 1 << 12)
    visual = view.layers["mesh"]._visual
    drawn: list[int] = []
    parts = visual._parts

    def counted(*args: object, **options: object) -> object:
        for indices, ranges in parts(*args, **options):
            drawn.append(int(ranges[1].sum()))
            yield indices, ranges

    visual._parts = counted
    for eye, target, through_walls in (
        ((2.2, 1.4, 1.4), (-1.0, -0.5, 0.8), False),
        ((-2.4, -1.5, 1.7), (8.0, 4.0, 0.4), True),
        ((8.0, -1.0, 2.0), (0.0, 4.0, 0.5), True),
        ((-7.0, -8.0, 9.0), (3.0, 2.0, 1.0), True),
    ):
        view.set_view(ViewState(eye, target))
        for known in (False, True):  # what the picture before showed
            planes = []
            for seconds in (1.0, 1e-3):
                view._picture.budget.took_full(seconds)
                if not known:
                    view._picture._full._drawn = None
                drawn.clear()
                view._picture.changed()
                planes.append((view.id_buffer(), sum(drawn)))
            (culled, few), (whole, many) = planes
            for plane in ("object_ids", "kinds", "depths"):
                assert np.array_equal(getattr(culled, plane), getattr(whole, plane))
            assert few <= many
            if through_walls:
                assert few < 0.6 * many


def test_what_was_not_seen_is_looked_for_in_parts_unless_it_is_large_or_new() -> None:
    count = 1000
    rows = np.arange(1, count)
    faces = np.full(len(rows), LOOKOUT_FACES // 100)
    unseen = rows % 10 > 0
    large = rows % 50 == 7
    radius = np.where(large, SMALLEST_SURPRISE_PX, SMALLEST_SURPRISE_PX - 1)
    lookout = Lookout()
    parts = int(faces[unseen & ~large].sum()) // LOOKOUT_FACES + 1
    assert parts > 5

    times = np.zeros(len(rows), int)
    for _ in range(parts):
        drawn = lookout.choose(count + 20, rows, unseen, radius, faces)
        assert drawn[~unseen | large].all()
        assert faces[drawn & unseen & ~large].sum() <= 1.1 * LOOKOUT_FACES
        times += drawn
    assert (times[unseen & ~large] == 1).all()

    new = np.r_[rows, np.arange(count, count + 20)]
    drawn = lookout.choose(
        count + 20, new, np.ones(len(new), bool), np.ones(len(new)), np.full(len(new), 100)
    )
    assert drawn[-20:].all()
    assert not drawn.all()
    # a view from elsewhere, where all is new, is no picture for everything
    lookout.choose(count + 20, rows[:1], unseen[:1], radius[:1], faces[:1])
    assert not lookout.choose(count + 20, rows, unseen, radius, faces)[unseen & ~large].all()


@pytest.mark.gl
def test_quick_pictures_find_what_comes_into_view(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    mesh = walls_and_balls()
    gpu = split_at_objects(mesh)
    view = stage.view
    view.set_scene(scene_of(mesh), gpu)
    view.set_mesh_detail(mesh_detail(gpu, Progress.silent()))
    view.set_view(ViewState((-2.4, -1.5, 1.7), (8.0, 4.0, 0.4)))
    stage.settle()
    monkeypatch.setattr(detail_choice, "LOOKOUT_FACES", 500)
    monkeypatch.setattr(detail_choice, "SMALLEST_SURPRISE_PX", 1e6)
    picture = view._picture
    picture.budget.took_full(1.0)
    nothing = np.zeros(mesh.object_count + 1, np.bool_)
    quick = picture._quick_picture()
    quick.follow(nothing)
    drawn: list[int] = []
    for turn in range(40):
        quick._drawn = None
        quick.begin(view.current_camera(), 1.0, turn, picture.budget)
        assert quick.advance(None)
        drawn.append(
            sum(
                int(count.sum())
                for _, (_, count) in view.layers["mesh"]._visual._parts(
                    quick._frame, faint=False, whole=False
                )
            )
        )
    there = np.unique(view.id_buffer().object_ids, return_counts=True)
    expected = there[0][(there[0] >= 0) & (there[1] > 200)]
    assert len(expected) > 20
    assert quick.seen is not None
    assert quick.seen[expected + 1].all()
    assert drawn[0] < 0.3 * mesh.object_count * FEWEST_DRAWN


@pytest.mark.gl
def test_of_a_moving_view_only_what_is_faint_is_glass(slow: tuple[Stage, Mesh]) -> None:
    stage, _mesh = slow
    view = stage.view
    faint = np.arange(20, 30)
    view.set_faint(faint)
    visual = view.layers["mesh"]._visual
    frame = view._state.frame(view._canvas.context, view.current_camera())
    drawn = [
        choose_levels(visual.objects, visual._detail, frame, visual.origin, 10_000, faint=glass)[0] - 1
        for glass in (False, True)
    ]
    assert len(drawn[1])
    assert np.isin(drawn[1], faint).all()
    assert not np.isin(drawn[0], faint).any()
    stage.settle()


class Steps:
    """A renderer of seven steps that each take long: first to be told, then to be drawn, one by one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, told_in: float, drawn_in: float) -> None:
        self.now = 0.0
        self.done: list[int] = []
        self._told_in, self._drawn_in = told_in, drawn_in
        self._ends = [0.0]
        monkeypatch.setattr(surface_pass, "time", SimpleNamespace(perf_counter=lambda: self.now))

    def surface_steps(self, *_: object) -> Generator[None, None, None]:
        for k in range(7):
            assert self.now >= self._ends[-2 if k else -1], "never more than two at a time"
            self.done.append(k)
            self.now += self._told_in
            yield

    def resume_surfaces(self) -> None:
        pass

    def keep_pace(self, seconds: float | None) -> bool:
        self._ends.append(max(self.now, self._ends[-1]) + self._drawn_in)
        return self.has_caught_up(seconds)

    def has_caught_up(self, seconds: float | None) -> bool:
        wait = max(self._ends[-2] - self.now, 0.0)
        self.now += wait if seconds is None else min(wait, max(seconds, 0.0))
        return self.now >= self._ends[-2]

    def slices(self, seconds: float) -> list[tuple[int, float]]:
        """After each slice how many steps were told, and how long it took."""
        frame: Any = SimpleNamespace()
        renderer: Any = self
        drawing = surface_pass.SurfacePass(
            renderer, frame, (), (0, False, SIZE), in_slices=True, asks_what_hides=False
        )
        found, is_done = [], False
        while not is_done:
            started = self.now
            is_done = drawing.advance(seconds)
            found.append((len(self.done), self.now - started))
        return found


def test_a_slice_ends_before_it_gets_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    slices = Steps(monkeypatch, told_in=0.015, drawn_in=0.0).slices(0.05)
    assert [steps for steps, _ in slices] == [3, 6, 7]
    assert max(took for _, took in slices) < 0.05


def test_a_slice_does_not_wait_long_for_what_is_still_being_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    slices = Steps(monkeypatch, told_in=0.005, drawn_in=0.12).slices(0.04)
    assert slices[-1][0] == 7
    assert len(slices) > 12, "each step takes three slices to be drawn"
    assert max(took for _, took in slices) < 0.05


def test_what_the_window_needs_after_a_picture_is_known_when_it_tells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    monkeypatch.setattr(composition, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    told: list[Callable[[], None]] = []
    signal = SimpleNamespace(connect=told.append, disconnect=told.remove)
    measured = Composition(SimpleNamespace(frameSwapped=signal))

    told[0]()  # something else was drawn
    assert measured.seconds == 0
    measured.begins()
    now[0] = 0.02
    told[0]()
    now[0] = 5.0
    told[0]()
    assert measured.seconds == pytest.approx(0.02)
    measured.begins()
    now[0] = 5.04
    told[0]()
    assert 0.02 < measured.seconds < 0.04
    measured.stop()
    assert not told
    Composition(SimpleNamespace()).stop()


@pytest.mark.gl
def test_boxes_that_cannot_be_told_apart_from_what_is_drawn_count_as_visible(stage: Stage) -> None:
    mesh = room()
    view = stage.view
    stage.show(scene_of(mesh), mesh)
    view.set_view(INSIDE)
    frame = view._state.frame(view._canvas.context, view.current_camera())
    buffer = view.id_buffer()
    pyramid = DepthPyramid(np.ascontiguousarray(buffer.depths[::-1]))
    eye = view.current_camera().position
    places = np.array([buffer.world_at(x, y) for x, y in ((5, 5), (200, 130), (350, 260), (90, 200))]) - eye
    on_it, small = places.astype(np.float32), np.float32(0.01)

    def hides(low: np.ndarray, high: np.ndarray) -> list[bool]:
        return pyramid.hides(low.astype(np.float32), high.astype(np.float32), frame).tolist()

    assert hides(on_it - small, on_it + small) == [False] * 4
    assert hides(on_it * 0.5, on_it * 0.5 + small) == [False] * 4
    assert hides(on_it * 1.5, on_it * 1.5 + small) == [True] * 4
    # all around the eye
    assert hides(np.minimum(-on_it, on_it), np.maximum(-on_it, on_it)) == [False] * 4


def test_ranges_are_cut_where_buffers_end() -> None:
    buffers = FaceBuffers(starts=[0, 100, 130, 200], face_count=250)
    ranges = np.array([5, 90, 200]), np.array([10, 60, 50])

    found = {k: [column.tolist() for column in some] for k, some in buffers.cut(ranges)}
    assert found == {0: [[5, 90], [10, 10]], 1: [[0], [30]], 2: [[0], [20]], 3: [[0], [50]]}
    assert buffers.cut((ranges[0][:0], ranges[1][:0])) == []


@pytest.mark.parametrize("order", ["as they come", "shuffled"])
def test_vertices_are_numbered_anew_in_every_buffer(order: str) -> None:
    mesh = balls(12)
    vertices, faces = mesh.vertices, mesh.faces
    if order == "shuffled":
        place = np.random.default_rng(1).permutation(len(vertices)).astype(np.int32)
        shuffled = np.empty_like(vertices)
        shuffled[place] = vertices
        vertices, faces = shuffled, place[faces]
    gpu = split_at_objects(Mesh(vertices, faces, mesh.owners.dense(), mesh.object_count))
    some = gpu.faces[gpu.rows.first_face[18] : gpu.rows.first_face[23]]

    numbering = result_of(numbered(some))
    inside = result_of(numbering.inside(some))

    assert (numbering.ids is None) == (order == "as they come")
    assert inside.max() < numbering.count <= len(some)
    of_buffer = gpu.positions_and_object(numbering.which(0, numbering.count))
    assert len(of_buffer) == numbering.count
    assert np.array_equal(of_buffer[inside], gpu.positions_and_object(some.reshape(-1)).reshape(-1, 3, 4))


@pytest.mark.gl
def test_a_mesh_in_many_buffers_looks_like_one_in_few(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    mesh = balls(20, rings=12)
    place = np.random.default_rng(1).permutation(len(mesh.vertices)).astype(np.int32)
    shuffled = np.empty_like(mesh.vertices)
    shuffled[place] = mesh.vertices
    view = stage.view

    other = Mesh(shuffled, place[mesh.faces], mesh.owners.dense(), mesh.object_count)
    few = [stage.full_and_coarse(kind, INSIDE) for kind in (mesh, other)]
    monkeypatch.setattr(model_mesh, "RUN_FACES", 1 << 10)
    monkeypatch.setattr(object_mesh, "can_share_memory", lambda: False)
    monkeypatch.setattr(sent_mesh, "FACES_PER_BUFFER", 300)
    monkeypatch.setattr(sent_mesh, "VERTICES_PER_PIECE", 100)
    for kind, expected in zip((mesh, other), few, strict=True):
        many = stage.full_and_coarse(kind, INSIDE)
        buffers = view.layers["mesh"]._visual._buffers
        assert len(buffers.own.corners) > 20
        assert len(buffers.coarse.corners) > 5
        for one, same in zip(expected, many, strict=True):
            assert np.array_equal(one, same)


def result_of(steps: Generator[int, None, T]) -> T:
    """What a generator returns at last."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
