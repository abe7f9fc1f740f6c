from __future__ import annotations

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.spatial import ConvexHull
from scipy.spatial.transform import Rotation

from viewer.errors import ViewerError
from viewer.geometry.box_fit import (
    FittedBox,
    axis_aligned_box,
    object_aligned_2d_box,
    object_aligned_3d_box,
)

Floats = NDArray[np.float64]

# Multiples of 1/64: rounding stays far below the tolerances, and flat, straight and repeated sets do occur.
coordinates = st.integers(-6400, 6400).map(lambda n: n / 64)
point_sets = st.integers(1, 40).flatmap(lambda n: arrays(np.float64, (n, 3), elements=coordinates))
FITS = [axis_aligned_box, object_aligned_2d_box, object_aligned_3d_box]


def local(points: Floats, box: FittedBox) -> Floats:
    return (points - box.centre) @ box.rotation


def rectangle_areas(points: Floats, steps: int) -> Floats:
    """Base areas of the upright boxes at many angles."""
    angles = np.linspace(0, np.pi / 2, steps, endpoint=False)
    directions = np.stack([np.cos(angles), np.sin(angles)])
    sides = np.stack([-np.sin(angles), np.cos(angles)])
    return np.asarray(np.ptp(points[:, :2] @ directions, axis=0) * np.ptp(points[:, :2] @ sides, axis=0))


def brick(size: tuple[float, float, float], rotation: Rotation, seed: int = 0, count: int = 200) -> Floats:
    rng = np.random.default_rng(seed)
    corners = np.array([(x, y, z) for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
    # More points towards +x and +y, so that the mean tells the directions apart.
    inside = rng.uniform(-0.5, 0.5, (count, 3))
    inside[:, :2] = np.abs(inside[:, :2])
    return np.asarray(np.vstack([corners, inside]) * size @ rotation.as_matrix().T)


@pytest.mark.parametrize("fit", FITS)
@settings(deadline=None, max_examples=60)
@given(points=point_sets)
def test_every_box_holds_all_its_points_and_is_no_larger_than_they_need(fit, points):
    box = fit(points)

    inside = local(points, box)
    scale = max(1.0, float(np.abs(points).max()))
    np.testing.assert_allclose(inside.max(axis=0), box.extent / 2, atol=1e-9 * scale)
    np.testing.assert_allclose(inside.min(axis=0), -box.extent / 2, atol=1e-9 * scale)


@pytest.mark.parametrize("fit", FITS)
@settings(deadline=None, max_examples=60)
@given(points=point_sets)
def test_axes_are_a_right_handed_frame(fit, points):
    rotation = fit(points).rotation

    np.testing.assert_allclose(rotation.T @ rotation, np.eye(3), atol=1e-9)
    assert np.linalg.det(rotation) == pytest.approx(1)


@settings(deadline=None, max_examples=60)
@given(points=point_sets)
def test_no_upright_box_has_a_smaller_base_than_the_2d_fit(points):
    box = object_aligned_2d_box(points)

    smallest = rectangle_areas(points, 360).min()
    assert box.extent[0] * box.extent[1] <= smallest * (1 + 1e-9) + 1e-9


@settings(deadline=None, max_examples=60)
@given(points=point_sets)
def test_the_2d_fit_stands_upright_with_its_longer_side_first_and_towards_the_mean(points):
    box = object_aligned_2d_box(points)

    np.testing.assert_array_equal(box.rotation[:, 2], [0, 0, 1])
    np.testing.assert_allclose(box.rotation[:2, 1], [-box.rotation[1, 0], box.rotation[0, 0]], atol=1e-12)
    assert box.extent[0] >= box.extent[1] - 1e-9
    assert box.rotation[:, 0] @ (points.mean(axis=0) - box.centre) >= -1e-9


@settings(deadline=None, max_examples=40)
@given(points=point_sets)
def test_the_3d_fit_is_no_larger_than_the_upright_box_and_orders_its_axes(points):
    box = object_aligned_3d_box(points)

    assert box.volume <= object_aligned_2d_box(points).volume * (1 + 1e-9) + 1e-6
    assert np.all(np.diff(box.extent) <= 1e-9)
    toward_mean = box.rotation[:, :2].T @ (points.mean(axis=0) - box.centre)
    assert (toward_mean >= -1e-8).all()


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), size=st.tuples(*[st.sampled_from([1.0, 2.5, 4.0])] * 3))
def test_the_3d_fit_finds_a_tilted_brick(seed, size):
    points = brick(size, Rotation.random(random_state=seed), seed)

    box = object_aligned_3d_box(points)

    np.testing.assert_allclose(box.extent, sorted(size, reverse=True), rtol=1e-6)


def test_the_3d_fit_finds_the_axes_of_a_tilted_brick_and_their_directions():
    rotation = Rotation.from_euler("zyx", [0.4, 0.3, -0.8])
    points = brick((4.0, 2.0, 1.0), rotation)

    box = object_aligned_3d_box(points)

    np.testing.assert_allclose(box.rotation, rotation.as_matrix(), atol=1e-6)


def test_repeated_points_count_for_the_direction():
    ends = np.array([[0.0, 0, 0], [4, 0, 0], [4, 1, 0], [0, 1, 0]])
    heavy_left = np.vstack([ends, np.zeros((20, 3))])

    assert object_aligned_2d_box(heavy_left).rotation[0, 0] == pytest.approx(-1)


def flush_volume(points: Floats) -> float:
    """Volume of the smallest box that has a side flush with a face of the hull: every face is tried."""
    hull = ConvexHull(points)
    corners = points[hull.vertices]
    smallest = np.inf
    for normal in hull.equations[:, :3]:
        x_axis = np.cross(normal, np.eye(3)[np.abs(normal).argmin()])
        base = np.stack([x_axis / np.linalg.norm(x_axis), np.cross(normal, x_axis / np.linalg.norm(x_axis))])
        flat = corners @ base.T
        outline = flat[ConvexHull(flat).vertices]
        edges = np.roll(outline, -1, axis=0) - outline
        angles = np.arctan2(edges[:, 1], edges[:, 0])
        along = flat @ np.stack([np.cos(angles), np.sin(angles)])
        across = flat @ np.stack([-np.sin(angles), np.cos(angles)])
        area = (np.ptp(along, axis=0) * np.ptp(across, axis=0)).min()
        smallest = min(smallest, float(np.ptp(corners @ normal) * area))
    return smallest


def stretched(kind: str, count: int, seed: int) -> Floats:
    """Points whose hull is hard: a ball, an egg, a lens, a wedge, or a plate with a slanted handle."""
    rng = np.random.default_rng(seed)
    ball = rng.normal(size=(count, 3))
    ball /= np.linalg.norm(ball, axis=1, keepdims=True)
    shapes = {
        "ball": ball,
        "egg": ball * (3, 2, 1) * (1 + 0.2 * ball[:, :1]),
        "lens": ball * (5, 5, 0.1),
        "wedge": rng.uniform(size=(count, 3)) * rng.uniform(size=(count, 1)) * (4, 1, 2),
        "handle": np.vstack(
            [rng.uniform(-1, 1, (count, 3)) * (4, 2, 0.1), np.linspace(0, 1, 30)[:, None] * (3, 5, 4)]
        ),
    }
    return np.asarray(shapes[kind] @ Rotation.random(random_state=seed).as_matrix().T)


@pytest.mark.parametrize("count", [12, 90, 600])
@pytest.mark.parametrize("kind", ["ball", "egg", "lens", "wedge", "handle"])
def test_the_3d_fit_is_as_small_as_trying_every_face_of_the_hull(kind, count):
    for seed in range(2):
        points = stretched(kind, count, seed)
        assert object_aligned_3d_box(points).volume <= flush_volume(points) * 1.005


@settings(deadline=None, max_examples=60)
@given(points=point_sets, seed=st.integers(0, 1000))
def test_no_box_turned_at_random_is_smaller_than_the_3d_fit(points, seed):
    box = object_aligned_3d_box(points)

    turns = Rotation.random(200, random_state=seed).as_matrix()
    sizes = np.ptp(points @ turns, axis=1).prod(axis=1)
    assert box.volume <= sizes.min() * 1.005 + 1e-6


def test_a_tetrahedron_s_box_rests_on_its_edges():
    corners = np.array([[0.0, 0, 0], [1, 1, 0], [1, 0, 1], [0, 1, 1]])
    turned = corners @ Rotation.from_euler("zyx", [0.3, 0.5, 0.7]).as_matrix().T

    assert flush_volume(turned) > 1.9
    assert object_aligned_3d_box(turned).volume == pytest.approx(1, rel=1e-3)


def test_far_from_the_origin_and_repeated_points_change_nothing():
    points = brick((4.0, 2.0, 1.0), Rotation.from_euler("zyx", [0.4, 0.3, -0.8]))
    far = np.repeat(points, 3, axis=0) + np.array([4e5, -3e5, 1e5])

    box, moved = object_aligned_3d_box(points), object_aligned_3d_box(far)

    np.testing.assert_allclose(moved.extent, box.extent, rtol=1e-6)
    assert (np.abs(local(far, moved)) <= moved.extent / 2 + 1e-9).all()


def test_one_point_gives_a_box_without_extent():
    point = np.array([[3.0, -2.0, 5.0]])

    flat, full = object_aligned_2d_box(point), object_aligned_3d_box(point)

    np.testing.assert_array_equal(flat.centre, point[0])
    np.testing.assert_array_equal(flat.extent, 0)
    np.testing.assert_array_equal(flat.rotation, np.eye(3))
    np.testing.assert_allclose(full.extent, 1e-12)


def test_points_on_a_slanted_line_give_its_length():
    line = np.linspace(0, 1, 7)[:, None] * (3.0, 4.0, 12.0)

    assert object_aligned_2d_box(line).extent == pytest.approx([5, 0, 12], abs=1e-9)
    assert object_aligned_3d_box(line).extent == pytest.approx([13, 0, 0], abs=1e-9)


def test_a_tilted_sheet_has_no_thickness():
    sheet = np.array([[0.0, 0, 0], [2, 0, 0], [2, 1, 0], [0, 1, 0], [1, 0.5, 0]])
    tilted = sheet @ Rotation.from_euler("xyz", [0.3, 0.8, 0.1]).as_matrix().T

    assert object_aligned_3d_box(tilted).extent == pytest.approx([2, 1, 1e-12], abs=1e-9)


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("points", [np.zeros((0, 3)), np.zeros((4, 2)), np.array([[0.0, np.nan, 1.0]])])
def test_points_that_are_none_or_not_numbers_are_refused(fit, points):
    with pytest.raises(ViewerError, match="expected"):
        fit(points)


@pytest.mark.parametrize("scene", ["ai_903_001", "ai_902_001"])
def test_upright_boxes_equal_those_the_original_tools_wrote(shared, scene):
    folder = shared / "scenes" / scene / "_detail" / "mesh"

    def array(name: str) -> NDArray:
        with h5py.File(folder / f"{name}.hdf5") as file:
            return file["dataset"][:]

    prefix = "metadata_semantic_instance_bounding_box_object_aligned_2d_"
    positions, extents = array(prefix + "positions"), array(prefix + "extents")
    orientations, vertices = array(prefix + "orientations"), array("mesh_vertices")
    instance_of_face = array("mesh_objects_sii").reshape(-1)[array("mesh_faces_oi")]
    corners = array("mesh_faces_vi")
    for instance in np.flatnonzero(np.isfinite(positions).all(axis=1)):
        points = vertices[corners[instance_of_face == instance].reshape(-1)]
        box = object_aligned_2d_box(points)
        assert box.extent[:2].prod() == pytest.approx(extents[instance, :2].prod(), rel=1e-9)
        longest, second = extents[instance, 0], extents[instance, 1]
        leaning = abs(orientations[instance][:, 0] @ (points.mean(axis=0) - positions[instance]))
        same_direction = box.rotation[:, 0] @ orientations[instance][:, 0]
        # A symmetric outline can have two rectangles of the same area; which one is found is arbitrary.
        is_tie = abs(same_direction) < 0.9999
        if longest > 1.01 * second and leaning > 1e-4 and not is_tie:
            assert same_direction > 0
            np.testing.assert_allclose(box.centre, positions[instance], atol=1e-6)
