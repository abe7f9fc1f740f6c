"""Fewer triangles by the original tool's rule: the same ones go, and what stays is as it was."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import cube_scene
from tests.render.scenes import room
from viewer.errors import Cancelled, ViewerError
from viewer.geometry.decimation import DecimationRule, kept_faces, vertex_count, with_faces
from viewer.geometry.uniform_draws import UniformDraws
from viewer.jobs.job import Progress
from viewer.model.mesh import Mesh

EYE = np.array([100.0, 100.0, 100.0])
QUIET = Progress.silent()


def cubes() -> Mesh:
    """Four boxes in a row, each larger than the one before."""
    vertices, faces, owners = cube_scene(4)
    vertices = vertices * np.array([1, 2, 3.0]) * (1 + vertices[:, :1] / 4)
    return Mesh(vertices, faces, owners, 4)


def chosen(mesh: Mesh, rule: DecimationRule, eye: np.ndarray = EYE) -> list[int]:
    return np.flatnonzero(kept_faces(mesh, rule, eye, QUIET)).tolist()


def test_numbers_are_those_of_the_standard() -> None:
    # of the C++ standard, and of libstdc++ with the seed 0
    assert UniformDraws(5489).integers(10_000)[-1] == 9_981_545_732_273_789_042
    drawn = UniformDraws(0).integers(1000)
    assert drawn[[0, 1, 2, 311, 312, 999]].tolist() == [
        2_947_667_278_772_165_694,
        18_301_848_765_998_365_067,
        729_919_693_006_235_833,
        11_228_354_904_504_431_959,
        17_661_967_264_253_682_746,
        13_588_344_625_309_223_635,
    ]
    assert UniformDraws(0).next(3).tolist() == [
        0.15979336337046085,
        0.99214520962982877,
        0.039569025844865664,
    ]


def test_numbers_do_not_depend_on_how_many_are_asked_for_at_once() -> None:
    draws = UniformDraws(0)
    parts = [draws.integers(count) for count in (1, 0, 400, 599)]
    assert np.array_equal(np.concatenate(parts), UniformDraws(0).integers(1000))


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        (
            DecimationRule(1000, 16),
            [29, 32, 33, 34, 35, 36, 37, 39, 40, 41, 42, 43, 44, 45, 46, 47],
        ),
        (
            DecimationRule(1000, 16, distance_half_life=50),
            [29, 30, 32, 34, 35, 36, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47],
        ),
        (DecimationRule(28, 12), [34, 35, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47]),
    ],
)
def test_the_same_triangles_stay_as_with_the_rule_in_c_plus_plus(
    rule: DecimationRule, kept: list[int]
) -> None:
    # computed by a program of its own, with mt19937_64 and uniform_real_distribution of libstdc++
    assert chosen(cubes(), rule) == kept


def test_a_mesh_within_both_limits_stays_whole() -> None:
    mesh = cubes()
    assert kept_faces(mesh, DecimationRule(32, 48), EYE, QUIET).all()
    assert DecimationRule(32, 48).is_kept_by(mesh)
    assert not DecimationRule(31, 48).is_kept_by(mesh)
    assert not DecimationRule(32, 47).is_kept_by(mesh)


@settings(max_examples=25, deadline=None)
@given(
    most_faces=st.integers(40, 900),
    most_vertices=st.integers(400, 2000),
    area=st.sampled_from([None, 0.3, 50.0]),
    distance=st.sampled_from([None, 3.0]),
)
def test_what_stays_is_exactly_as_it_was(
    most_faces: int, most_vertices: int, area: float | None, distance: float | None
) -> None:
    mesh = room(objects=40)
    rule = DecimationRule(most_vertices, most_faces, area, distance)
    try:
        keep = kept_faces(mesh, rule, EYE, QUIET)
    except ViewerError:
        return
    small = with_faces(mesh, keep)
    assert len(small.faces) == np.count_nonzero(keep) <= most_faces
    assert len(mesh.vertices) > most_vertices or len(small.faces) == min(most_faces, len(mesh.faces))
    assert len(small.vertices) <= most_vertices
    assert np.array_equal(small.vertices[small.faces], mesh.vertices[mesh.faces[keep]])
    assert np.array_equal(small.owners.dense(), mesh.owners.dense()[keep])
    assert small.object_count == mesh.object_count
    assert np.array_equal(np.unique(small.faces), np.arange(len(small.vertices)))  # no orphan
    assert len(small.vertices) == vertex_count(mesh, keep)
    assert np.array_equal(keep, kept_faces(mesh, rule, EYE, QUIET))


def triangles(areas: np.ndarray, x: np.ndarray) -> Mesh:
    """A triangle of every area, each at a place of its own along x."""
    side = np.sqrt(2 * areas)
    vertices = np.zeros((len(areas), 3, 3))
    vertices[..., 0] = x[:, None]
    vertices[:, 1, 1], vertices[:, 2, 2] = side, side
    faces = np.arange(3 * len(areas)).reshape(-1, 3)
    return Mesh(vertices.reshape(-1, 3), faces, np.zeros(len(areas), np.int32), 1)


def test_large_triangles_stay_and_the_chance_halves_with_every_half_life() -> None:
    areas = np.repeat([0.5, 1.5, 40.0], 10_000)
    mesh = triangles(areas, np.zeros(len(areas)))
    gone = ~kept_faces(mesh, DecimationRule(most_faces=29_700), EYE, QUIET)
    small, middle, large = (int(gone[areas == area].sum()) for area in (0.5, 1.5, 40.0))
    assert small + middle == 300
    assert large == 0
    assert 1.5 < small / middle < 2.7


def test_far_triangles_go_first_where_that_is_wanted() -> None:
    x = np.repeat([0.0, 50.0, 100.0], 10_000)
    mesh = triangles(np.ones(len(x)), x)
    rule = DecimationRule(most_faces=29_300, distance_half_life=50)
    gone = ~kept_faces(mesh, rule, np.zeros(3), QUIET)
    near, middle, far = (int(gone[x == place].sum()) for place in (0.0, 50.0, 100.0))
    assert near + middle + far == 700
    assert 1.5 < middle / near < 2.7
    assert 1.5 < far / middle < 2.7


def test_areas_and_distances_beyond_the_range_of_powers_still_count() -> None:
    areas = np.linspace(1e6, 1e6 + 5, 2000)
    mesh = triangles(areas, np.full(len(areas), 1e7))
    keep = kept_faces(mesh, DecimationRule(most_faces=1500, distance_half_life=1.0), np.zeros(3), QUIET)
    assert np.count_nonzero(keep) == 1500
    assert areas[keep].mean() > areas[~keep].mean() + 0.5


def test_triangles_that_are_not_finite_stay() -> None:
    mesh = cubes()
    vertices = mesh.vertices.copy()
    vertices[0] = np.nan
    broken = Mesh(vertices, mesh.faces, mesh.owners.dense(), 4)
    keep = kept_faces(broken, DecimationRule(1000, 20, distance_half_life=50), EYE, QUIET)
    assert np.count_nonzero(keep) == 20
    assert keep[(mesh.faces == 0).any(axis=1)].all()


def test_where_all_others_are_too_unlikely_it_says_so() -> None:
    areas = np.r_[np.full(10, 0.1), np.full(10, 5000.0)]
    mesh = triangles(areas, np.zeros(20))
    with pytest.raises(ViewerError, match="15 triangles would have to go, and only 10 are likely") as told:
        kept_faces(mesh, DecimationRule(most_faces=5), EYE, QUIET)
    assert "half-life" in str(told.value.hint)


def test_it_can_be_called_off() -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        kept_faces(cubes(), DecimationRule(1000, 16), EYE, progress)
