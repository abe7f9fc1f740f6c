"""Octomaps where full pictures take long: coarser forms while the view moves, and no gaps between them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.render.conftest import SIZE, Stage
from tests.render.scenes import scene_of, two_cubes
from viewer.model.camera import Camera
from viewer.model.clip_box import ClipBox
from viewer.model.octomap import KEY_ORIGIN, TREE_DEPTH, LeafIndex, Octomap, morton
from viewer.render.frame import Frame
from viewer.render.id_buffer import KIND_VOXEL
from viewer.render.layers.layer import Layer
from viewer.render.layers.octomap import OctomapLayer, OctomapStyle, _chosen
from viewer.render.orbit_camera import ViewState
from viewer.render.renderer import Renderer
from viewer.render.surface_pass import SurfacePass
from viewer.render.visuals.voxel_blocks import MOST_BLOCKS, Blocks, choose_forms
from viewer.render.visuals.voxel_faces import ExposedFaces, coarser_forms, exposed_faces

EDGE = 0.05
RADIUS = 40
SHOWN = OctomapStyle(visible=True, bounds=False)
OUTSIDE = ViewState((-3.8, -2.0, 1.6), (0.0, 0.0, 0.0))
INSIDE = ViewState((0.9, 0.3, 0.1), (-2.0, -0.6, -0.3))


def shell() -> Octomap:
    """A hollow ball of single voxels with holes in it, free space within, and some large leaves."""
    around = np.arange(-RADIUS - 4, RADIUS + 4)
    places = np.stack(np.meshgrid(around, around, around, indexing="ij"), -1).reshape(-1, 3)
    away = np.linalg.norm(places + 0.5, axis=1)
    solid = places[np.abs(away - RADIUS) < 0.9]
    solid = solid[np.random.default_rng(5).random(len(solid)) < 0.9]
    cores = np.stack(np.meshgrid(*3 * [np.arange(-16, 16, 8)], indexing="ij"), -1).reshape(-1, 3)
    free = places[(away < RADIUS - 1) & (away > RADIUS - 8)]
    keys = np.concatenate([solid, free, cores]) + KEY_ORIGIN
    depths = np.repeat([TREE_DEPTH, TREE_DEPTH, TREE_DEPTH - 3], [len(solid), len(free), len(cores)])
    occupied = np.repeat([True, False, True], [len(solid), len(free), len(cores)])
    return Octomap(EDGE, keys.astype(np.uint16), depths.astype(np.uint8), occupied)


@pytest.fixture(scope="module")
def tree() -> Octomap:
    return shell()


def forms_of(tree: Octomap, kind: str) -> list[ExposedFaces]:
    finest = exposed_faces(tree, *_chosen(tree, kind), 0, lambda: None)
    assert finest is not None
    return [finest, *coarser_forms(tree, finest, partial(_chosen, kind=kind), lambda: None)]


def cubes_of(form: ExposedFaces) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Voxels of the lowest corners (F, 3), and edges in voxels, of the cubes whose faces a form has."""
    low = np.round((form.rows[:, :3] + form.origin) / EDGE).astype(np.int64) + KEY_ORIGIN
    return low, 1 << (form.rows[:, 3].astype(np.int64) >> 3 & 31)


def test_each_form_has_fewer_faces_and_larger_cubes_of_the_same_colors(tree: Octomap) -> None:
    forms = forms_of(tree, "occupied")
    counts = [len(form.rows) for form in forms]
    assert len(forms) >= 4
    assert all(fewer < 0.7 * many for many, fewer in pairwise(counts))
    for k, form in enumerate(forms):
        low, edges = cubes_of(form)
        assert edges.min() == 1 << form.smallest == 1 << k
        index = LeafIndex(tree.coarsened(TREE_DEPTH - k))
        rows = index.leaves_of(low)
        assert (rows >= 0).all()
        assert (tree.coarsened(TREE_DEPTH - k).occupied[rows]).all()
        meant = form.rows[:, 3].astype(np.int64) >> 8
        single = edges < 8
        assert (meant[single & (np.abs(low - KEY_ORIGIN).max(axis=1) > 24)] == 0).all(), "of single voxels"
        assert (meant[edges == 8][: k == 0] == 3).all()
    assert (forms[0].rows[:, 4] >= 0).all()
    assert all((form.rows[:, 4] == -1).all() for form in forms[1:]), "only real leaves have numbers"


@pytest.mark.parametrize("depth", [0, 1, TREE_DEPTH])
def test_a_tree_of_one_leaf_has_forms_up_to_its_root(depth: int) -> None:
    one = Octomap(EDGE, np.zeros((1, 3), np.uint16), np.array([depth], np.uint8), np.ones(1, np.bool_))
    assert all(len(form.rows) for form in forms_of(one, "occupied"))


def test_every_face_is_in_the_stretch_of_its_block_and_direction(tree: Octomap) -> None:
    for form in forms_of(tree, "occupied"):
        low, edges = cubes_of(form)
        block = form.blocks.numbers_of(low.astype(np.uint16))
        direction = form.rows[:, 3].astype(np.int64) & 7
        stretches = form.stretches
        assert stretches.counts.sum() == len(form.rows)
        for k, start in enumerate(stretches.starts):
            faces = slice(start, start + stretches.counts[k])
            assert (block[faces] == stretches.blocks[k]).all()
            assert (direction[faces] == stretches.directions[k]).all()
            lows = (low[faces] - KEY_ORIGIN) * EDGE
            assert np.allclose(lows.min(axis=0), stretches.low[k])
            assert np.allclose((lows + EDGE * edges[faces, None]).max(axis=0), stretches.high[k])


def test_blocks_are_as_small_as_their_number_allows(tree: Octomap) -> None:
    blocks = Blocks.of(tree)
    assert blocks.level == 4
    assert len(blocks.codes) == len(np.unique(tree.keys >> 4, axis=0))
    sparse = np.random.default_rng(0).integers(0, 65536, (3000, 3)).astype(np.uint16)
    far = Blocks.of(Octomap(EDGE, sparse, np.full(3000, TREE_DEPTH), np.ones(3000, np.bool_)))
    assert MOST_BLOCKS / 8 < len(far.codes) <= MOST_BLOCKS
    assert np.array_equal(far.codes, np.unique(morton(sparse) >> np.uint64(3 * far.level)))


def frame_of(stage: Stage, most_faces: int | None = None, clip: ClipBox | None = None) -> Frame:
    view = stage.view
    frame: Frame = view._state.frame(view._canvas.context, view.current_camera())
    frame.most_faces, frame.clip = most_faces, clip
    return frame


@pytest.fixture
def ball(stage: Stage, tree: Octomap) -> Stage:
    """A view of the shell, with its coarser forms."""
    stage.show(scene_of(two_cubes(), tree), None)
    stage.view.set_layer_style("octomap", SHOWN)
    stage.view.set_view(OUTSIDE)
    stage.settle()
    make_forms(stage)
    return stage


def make_forms(stage: Stage) -> None:
    """As happens when full pictures take long."""
    view = stage.view
    budget = view._picture.budget
    budget.is_allowed = True
    budget.took_full(1.0)
    view.redraw()
    layer = view.layers["octomap"]
    stage.wait(lambda: not layer.lacks_forms and not view._details.is_busy)
    budget.is_allowed = False
    stage.settle()


def drawn(stage: Stage, frame: Frame) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """Which pixels show a cube, and how far it is."""
    view = stage.view
    view._picture.make_current()
    renderer = Renderer(view._canvas.context)
    renderer.draw_surfaces(frame, [view.layers["octomap"]])
    ids = renderer._surfaces.read_bytes(0)
    depths = renderer._surfaces.read_floats(2)
    renderer.release()
    return ids[..., 3] == KIND_VOXEL, depths


@pytest.mark.gl
@pytest.mark.parametrize("place", [OUTSIDE, INSIDE], ids=["outside", "inside"])
def test_there_is_no_gap_between_blocks_in_different_forms(ball: Stage, place: ViewState) -> None:
    ball.view.set_view(place)
    ball.settle()
    solid, depths = drawn(ball, frame_of(ball))
    assert solid.mean() > 0.3
    voxels = ball.view.layers["octomap"]._sets["occupied", TREE_DEPTH]
    stretches = [faces.stretches for faces, _ in voxels._forms]
    edges = [EDGE * 2**k for k in range(len(stretches))]
    mixed = 0
    for most in (200, 2000, 6000, 12_000, 30_000):
        frame = frame_of(ball, 2 * most)
        mixed += sum(
            len(rows) > 0 for _, rows, _ in choose_forms(stretches, edges, frame, most, both_sides=False)
        )
        coarse, nearer = drawn(ball, frame)
        # larger cubes hold the smaller ones: nothing opens, and one never sees farther
        assert not (solid & ~coarse).any()
        assert (nearer <= depths * 1.001)[solid].mean() > 0.9995
    assert mixed > 8, "there were different forms in one picture"


@pytest.mark.gl
def test_as_many_faces_as_allowed_and_the_finest_where_it_is_near(ball: Stage) -> None:
    voxels = ball.view.layers["octomap"]._sets["occupied", TREE_DEPTH]
    stretches = [faces.stretches for faces, _ in voxels._forms]
    edges = [EDGE * 2**k for k in range(len(stretches))]
    camera = ball.view.current_camera()
    before = 0
    for most in (2000, 4000, 8000, 1_000_000):
        chosen = choose_forms(stretches, edges, frame_of(ball), most, both_sides=False)
        count = sum(int(stretches[k].counts[rows].sum()) for k, rows, _ in chosen)
        assert before < count <= most
        before = count
        middles = [stretches[k].distances(rows, camera) for k, rows, _ in chosen]
        means = [float(away.mean()) for away in middles if len(away)]
        assert means == sorted(means), "what is farther is coarser"
    assert [len(rows) > 0 for _, rows, _ in chosen] == [True, *[False] * (len(stretches) - 1)]
    assert choose_forms(stretches, edges, frame_of(ball), None, both_sides=False)[0][0] == 0
    ((form, rows, closed),) = choose_forms(stretches, edges, frame_of(ball), 3000, both_sides=True)
    assert form > 0
    assert not closed, "what closes blocks would show from within"
    assert stretches[form].bare_counts[rows].sum() <= 3000


@pytest.mark.gl
def test_cut_open_or_see_through_all_blocks_have_one_form(ball: Stage) -> None:
    clip = ClipBox(np.array([-9.0, -9, -9]), np.array([9.0, 9, 0.4]))
    whole, _ = drawn(ball, frame_of(ball, None, clip))
    coarse, _ = drawn(ball, frame_of(ball, 20_000, clip))
    assert 0.2 < whole.mean() < coarse.mean() < 1.3 * whole.mean()
    # free space seen from within: no walls across it where blocks meet
    ball.view.set_layer_style("octomap", OctomapStyle(True, occupied=False, free=True, free_opacity=1.0))
    ball.view.set_view(ViewState((1.6, 0.0, 0.0), (1.7, 1.0, 0.1)))
    ball.settle()
    make_forms(ball)
    _, far = drawn(ball, frame_of(ball))
    _, near = drawn(ball, frame_of(ball, 4000))
    assert np.median(np.abs(near - far)) < 6 * EDGE


@pytest.mark.gl
def test_a_full_picture_in_slices_is_the_one_in_one_go(ball: Stage) -> None:
    view = ball.view
    view._picture.make_current()
    at_once, _ = drawn(ball, frame_of(ball))
    renderer = Renderer(view._canvas.context)
    frame = frame_of(ball)
    layers: list[Layer] = [view.layers["octomap"]]
    slices = SurfacePass(renderer, frame, layers, (0, False, SIZE), in_slices=True, asks_what_hides=False)
    frame.step_faces = 2000
    count = 1
    while not slices.advance(1e-9):
        # something else is drawn in between, with the same programs
        drawn(ball, frame_of(ball, 500))
        count += 1
    assert count > 5
    assert np.array_equal(renderer._surfaces.read_bytes(0)[..., 3] == KIND_VOXEL, at_once)
    renderer.release()


@pytest.mark.gl
def test_a_moving_view_is_coarser_and_a_resting_one_has_every_leaf(ball: Stage, tree: Octomap) -> None:
    view = ball.view
    layer = view.layers["octomap"]
    full = ball.pixels()
    at = tuple(side // 2 for side in SIZE)
    hit = view.pick(*at)
    assert hit.kind == "voxel"
    view._picture.budget.is_allowed = True
    view._picture.budget.took_full(1.0)
    view._picture.budget.most_faces = 4000
    view.camera_moved()
    ball.wait(lambda: view._picture._shows_quick)
    roughly = view._picture.pick_roughly(view.current_camera(), *at, 1.0)
    assert roughly.world == pytest.approx(hit.world, abs=32 * EDGE)
    ball.wait(lambda: not view._picture._shows_quick and view._picture.is_complete)
    assert np.array_equal(ball.pixels(), full)
    again = view.pick(*at)
    assert again.index == hit.index
    assert layer.leaf_at(again.index).size == pytest.approx(tree.sizes[hit.index])


@pytest.mark.gl
def test_forms_are_made_only_where_pictures_take_long_and_follow_what_is_shown(
    stage: Stage, tree: Octomap
) -> None:
    stage.show(scene_of(two_cubes(), tree), None)
    view, layer = stage.view, stage.view.layers["octomap"]
    view.set_layer_style("octomap", SHOWN)
    stage.settle()
    view._picture.budget.is_allowed = True
    view._picture.budget.took_full(0.01)
    view.redraw()
    stage.settle()
    assert layer.lacks_forms
    assert not view._details.is_busy

    def form_counts() -> list[int]:
        return [len(voxels._forms) for voxels in layer._sets.values()]

    assert form_counts() == [1]
    make_forms(stage)
    assert form_counts()[0] >= 4
    # another depth has forms of its own
    view.set_layer_style("octomap", OctomapStyle(True, occupied_depth=15, bounds=False))
    stage.settle()
    assert layer.lacks_forms
    assert form_counts() == [1]
    make_forms(stage)
    assert form_counts()[0] >= 3
    # another octomap while forms of the first are being made
    layer._formed.clear()
    view._details.add(layer.upload_forms(view._canvas.context))
    view.change_layer(OctomapLayer, lambda octomap: octomap.set_octomap(tree.only(tree.occupied)))
    stage.wait(lambda: not view.is_uploading and not view._details.is_busy)
    stage.settle()
    assert form_counts() == [1]


@pytest.mark.gl
def test_cubes_that_go_while_their_picture_is_under_way_are_not_drawn(ball: Stage) -> None:
    view, layer = ball.view, ball.view.layers["octomap"]
    view._picture.make_current()
    renderer = Renderer(view._canvas.context)
    frame = frame_of(ball)
    frame.step_faces = 2000
    steps: Iterator[None] = renderer.surface_steps(frame, [layer])
    next(steps)
    layer.set_octomap(None)
    assert list(steps) == []
    renderer.release()


def test_a_camera_sees_the_distance_to_a_stretch(tree: Octomap) -> None:
    from viewer.model.camera import pinhole_lens

    stretches = forms_of(tree, "occupied")[0].stretches
    pose = np.eye(4)
    pose[:3, 3] = (9.0, 0.0, 0.0)
    away = stretches.distances(np.arange(len(stretches.starts)), Camera(pinhole_lens(64, 48, 0.9), pose))
    nearest = 9.0 - (RADIUS + 1) * EDGE
    assert away.min() == pytest.approx(nearest, abs=2 * EDGE)
    assert away.max() < 9.0 + (RADIUS + 1) * EDGE


def test_cubes_are_not_taken_for_the_objects_with_their_numbers(ball: Stage) -> None:
    picture = ball.view._picture
    assert (ball.view.id_buffer().kinds == KIND_VOXEL).any()
    assert picture.make_current()
    assert picture._full is not None
    assert np.flatnonzero(picture._full.renderer.seen_objects(10**6)).tolist() == [0]
