from __future__ import annotations

import time

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from viewer.geometry.box_projection import BoxLines, project_boxes
from viewer.model.boxes import BOX_EDGES, OrientedBoxes, corners
from viewer.model.camera import Camera, Lens, pinhole_lens

WIDTH, HEIGHT = 640, 480


def pinhole() -> Lens:
    return pinhole_lens(WIDTH, HEIGHT, np.pi / 3)


def tilt_shift() -> Lens:
    """A lens whose axis is turned and moved: no pinhole of any angle is equal to it."""
    rays = pinhole().ray_from_pixel
    tilted = Rotation.from_euler("yx", [12, -8], degrees=True).as_matrix() @ rays
    return Lens(WIDTH, HEIGHT, tilted + np.array([[0, 0, 0.08], [0, 0, -0.05], [0, 0, 0]]))


def camera(lens: Lens) -> Camera:
    pose = np.eye(4)
    pose[:3, :3] = Rotation.from_euler("xyz", [10, -20, 5], degrees=True).as_matrix()
    pose[:3, 3] = (30, -20, 10)
    return Camera(lens, pose)


def boxes_at(places: list[tuple[float, float, float]], size: float = 1.0, seed: int = 3) -> OrientedBoxes:
    count = len(places)
    turns = Rotation.random(count, random_state=seed).as_matrix()
    return OrientedBoxes(np.arange(1, count + 1), np.array(places), np.full((count, 3), size), turns)


def ahead(seen_by: Camera, *places: tuple[float, float, float]) -> list[tuple[float, float, float]]:
    """World places of camera-frame ones."""
    m = seen_by.world_from_cam
    return [tuple(m[:3, :3] @ np.array(place) + m[:3, 3]) for place in places]


def pixels(lines: BoxLines) -> NDArray[np.float64]:
    """Both ends (S, 2, 2) in pixels."""
    return np.asarray(lines.ends.reshape(-1, 2, 2) * (WIDTH, HEIGHT) - 0.5)


@pytest.mark.parametrize("lens", [pinhole(), tilt_shift()], ids=["pinhole", "tilt-shift"])
def test_edges_end_where_the_camera_sees_the_corners(lens):
    seen_by = camera(lens)
    boxes = boxes_at(ahead(seen_by, (0, 0, 8), (1.0, 0.5, 12)))

    lines = project_boxes(boxes, seen_by, 1.0)

    expected = seen_by.project(corners(boxes).reshape(-1, 3))[0].reshape(-1, 8, 2)[:, BOX_EDGES]
    assert len(lines.ends) == 24
    np.testing.assert_allclose(pixels(lines), expected.reshape(-1, 2, 2), atol=1e-6)
    assert lines.boxes.tolist() == [0] * 12 + [1] * 12
    assert not lines.is_hidden.any()


@pytest.mark.parametrize("lens", [pinhole(), tilt_shift()], ids=["pinhole", "tilt-shift"])
def test_boxes_around_and_behind_the_camera_are_cut_at_its_plane(lens):
    seen_by = camera(lens)
    boxes = boxes_at(ahead(seen_by, (0, 0, 0.1), (0, 0, -5), (0.2, 0, 1)), size=3.0)

    lines = project_boxes(boxes, seen_by, 1.0)

    assert np.isfinite(lines.ends).all()
    assert (np.abs(lines.ends - 0.5) <= 0.5 + 1e-9).all()
    assert 1 not in lines.boxes  # all of it is behind
    # every piece lies on the true line: points of the edges in front fall on it
    places = corners(boxes)[:, BOX_EDGES]
    share = np.linspace(0, 1, 400)[:, None]
    for row in np.unique(lines.boxes).tolist():
        dense = (places[row, :, 0, None] * (1 - share) + places[row, :, 1, None] * share).reshape(-1, 3)
        spots, depths = seen_by.project(dense)
        inside = (depths > 0.05) & (np.abs((spots + 0.5) / (WIDTH, HEIGHT) - 0.5) < 0.5).all(axis=1)
        pieces = pixels(lines)[lines.boxes == row]
        assert distance_to(pieces, spots[inside]).max() < 1e-6


def distance_to(pieces: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """From every point to the nearest of line pieces (S, 2, 2)."""
    along = pieces[:, 1] - pieces[:, 0]
    offset = points[:, None] - pieces[None, :, 0]
    share = np.clip((offset * along).sum(axis=2) / np.maximum((along**2).sum(axis=1), 1e-12), 0, 1)
    return np.asarray(np.linalg.norm(offset - share[..., None] * along, axis=2).min(axis=1))


@pytest.mark.parametrize("lens", [pinhole(), tilt_shift()], ids=["pinhole", "tilt-shift"])
def test_what_lies_behind_a_surface_is_told_apart_to_a_few_pixels(lens):
    """A wall hides the left half of the picture, two metres away; boxes stand before and behind it."""
    seen_by = camera(lens)
    ray = lens.ray_from_pixel @ np.array([WIDTH / 2, HEIGHT / 2, 1.0])
    ray /= np.linalg.norm(ray)
    far, near = (tuple(ray * away) for away in (5.0, 1.2))
    boxes = OrientedBoxes(
        np.array([1, 2]),
        np.array(ahead(seen_by, far, near)),
        np.array([[2.0, 2, 2], [0.2, 0.2, 0.2]]),
        np.stack([seen_by.world_from_cam[:3, :3]] * 2),
    )
    distances = np.full((HEIGHT // 2, WIDTH // 2), np.nan, np.float16)
    distances[:, : WIDTH // 4] = 2.0

    lines = project_boxes(boxes, seen_by, 0.5, distances * 0.5)

    ends = pixels(lines)
    left = ends[..., 0].max(axis=1) < WIDTH / 2 - 8
    right = ends[..., 0].min(axis=1) > WIDTH / 2 + 8
    behind = lines.boxes == 0
    assert (left & behind).any()
    assert (right & behind).any()
    assert lines.is_hidden[left & behind].all()
    assert not lines.is_hidden[right].any()
    assert not lines.is_hidden[~behind].any()
    across = behind & (ends[..., 0].min(axis=1) < WIDTH / 2) & (ends[..., 0].max(axis=1) > WIDTH / 2)
    assert (np.abs(ends[across & lines.is_hidden, :, 0].max(axis=1) - WIDTH / 2) < 8).all()
    # the pieces of an edge together are the whole edge
    whole = project_boxes(boxes, seen_by, 0.5)
    for row in (0, 1):
        lengths = [
            np.linalg.norm(np.diff(pixels(some)[some.boxes == row], axis=1)[:, 0], axis=1).sum()
            for some in (lines, whole)
        ]
        assert lengths[0] == pytest.approx(lengths[1])


def test_a_line_on_a_surface_is_not_hidden_by_it():
    seen_by = Camera(pinhole(), np.eye(4))
    boxes = boxes_at([(0, 0, 3.0)])
    boxes = OrientedBoxes(boxes.ids, boxes.centres, np.array([[1.0, 1, 0]]), np.eye(3)[None])
    grid = np.stack(np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT)), axis=-1).reshape(-1, 2)
    wall = (3.0 / seen_by.cast_rays(grid)[:, 2]).reshape(HEIGHT, WIDTH)

    assert not project_boxes(boxes, seen_by, 1.0, wall.astype(np.float16)).is_hidden.any()
    assert project_boxes(boxes, seen_by, 1.0, (wall * 0.9).astype(np.float16)).is_hidden.all()


def test_no_boxes_give_no_lines():
    none = project_boxes(OrientedBoxes.none(), camera(pinhole()), 1.0, np.ones((4, 4), np.float16))
    assert len(none.ends) == len(none.boxes) == len(none.is_hidden) == 0


def test_500_boxes_are_projected_in_milliseconds():
    seen_by = Camera(pinhole(), np.eye(4))
    rng = np.random.default_rng(0)
    boxes = boxes_at([tuple(p) for p in rng.uniform((-6, -4, 1), (6, 4, 15), (500, 3))], size=0.6)
    taken = []
    for _ in range(7):
        started = time.perf_counter()
        project_boxes(boxes, seen_by, 1.0)
        taken.append(time.perf_counter() - started)
    assert min(taken) < 0.025  # 2 ms on an idle machine


def test_boxes_of_absurd_size_or_place_do_no_harm():
    seen_by = camera(pinhole())
    boxes = OrientedBoxes(
        np.arange(1, 4),
        np.array([(1e18, 0, 0), (0, 0, 0), (1e-300, 30, 0)]),
        np.array([(1.0, 1, 1), (1e18, 1e17, 1e18), (1e308, 1e308, 1e308)]),
        np.stack([Rotation.from_euler("y", 30, degrees=True).as_matrix()] * 3),
    )
    lines = project_boxes(boxes, seen_by, 1e-9, np.ones((HEIGHT, WIDTH), np.float16))
    assert np.isfinite(lines.ends).all()
    assert (np.abs(lines.ends - 0.5) <= 0.5 + 1e-6).all()
