"""Fusing generated frames into points."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from viewer.errors import Cancelled, FormatError
from viewer.geometry.point_fusion import fuse
from viewer.geometry.position_residuals import unproject
from viewer.jobs.job import Progress
from viewer.model.camera import Camera, Cameras, Trajectory, pinhole_lens
from viewer.model.frames import FrameId, ImageArray, covering_order
from viewer.model.points import PointSet
from viewer.model.scene import NodeTable

HEIGHT, WIDTH = 24, 32
NODES = NodeTable(np.array([-1, 0, 1, -1, 2], np.int32), ("", "floor", "lamp", "light", "cup"))


class FakeFrames:
    """Frames held in memory: (camera, frame, modality) -> pixels, or the error that reading them raises."""

    def __init__(self, images: dict[tuple[str, int, str], NDArray[Any] | FormatError]) -> None:
        self._images = images

    @property
    def cameras(self) -> tuple[str, ...]:
        return tuple(sorted({camera for camera, _, _ in self._images}))

    def frame_ids(self, camera: str) -> NDArray[np.int64]:
        return np.unique([frame for name, frame, _ in self._images if name == camera])

    def modalities(self, frame: FrameId) -> frozenset[str]:
        return frozenset(key for camera, number, key in self._images if (camera, number) == frame)

    def read(self, frame: FrameId, modality: str) -> ImageArray:
        pixels = self._images[(*frame, modality)]
        if isinstance(pixels, FormatError):
            raise pixels
        return ImageArray(pixels, modality)


def floor(step: float = 0.05, height: float = 0.0, left: float = 0.0) -> NDArray[np.float16]:
    """Positions on a level plane, one pixel every `step` units."""
    y, x = np.indices((HEIGHT, WIDTH))
    return np.stack([left + x * step, y * step, np.full_like(x, height, float)], axis=2).astype(np.float16)


def entities(node: int = 1) -> NDArray[np.int16]:
    return np.full((HEIGHT, WIDTH), node, np.int16)


def fuse_frames(images: dict[tuple[str, int, str], Any], **options: Any) -> PointSet:
    options = {"object_count": 3, "metres_per_unit": 1.0, "voxel_m": 0.01, **options}
    return fuse(FakeFrames(images), options.pop("nodes", NODES), **options)


def world(points: PointSet) -> NDArray[np.float64]:
    return points.positions + points.origin


def test_every_valid_pixel_becomes_a_point_when_voxels_are_small():
    positions = floor()
    positions[0, :5] = np.nan
    positions[1, 0] = np.inf
    points = fuse_frames(
        {("cam_00", 0, "position"): positions, ("cam_00", 0, "render_entity_id"): entities()}
    )
    valid = positions[np.isfinite(positions).all(axis=2)].astype(np.float64)
    assert len(points.positions) == HEIGHT * WIDTH - 6
    np.testing.assert_allclose(np.sort(world(points), axis=0), np.sort(valid, axis=0), atol=1e-5)


def test_points_carry_the_object_of_their_render_entity():
    ids = entities(1)
    ids[:, 10:20] = 2
    ids[:, 20:25] = 3  # a node without an object
    ids[:, 25:] = -1
    points = fuse_frames({("cam_00", 0, "position"): floor(), ("cam_00", 0, "render_entity_id"): ids})
    found, count = np.unique(points.object_of_point, return_counts=True)
    assert dict(zip(found.tolist(), count.tolist(), strict=True)) == {
        -1: 12 * HEIGHT,
        0: 10 * HEIGHT,
        1: 10 * HEIGHT,
    }


def test_an_object_id_beyond_the_object_list_counts_as_none():
    images = {("cam_00", 0, "position"): floor(), ("cam_00", 0, "render_entity_id"): entities(4)}
    assert set(fuse_frames(images, object_count=2).object_of_point.tolist()) == {-1}


@pytest.mark.parametrize("missing", ["nodes", "ids"])
def test_without_nodes_or_entity_images_points_belong_to_no_object(missing):
    images: dict[tuple[str, int, str], Any] = {("cam_00", 0, "position"): floor()}
    if missing == "nodes":
        images["cam_00", 0, "render_entity_id"] = entities()
    points = fuse_frames(images, nodes=None if missing == "nodes" else NODES)
    assert (points.object_of_point == -1).all()


def test_pixels_of_one_voxel_and_object_become_their_mean():
    positions = np.full((1, 4, 3), 0.5, np.float16)
    positions[0, :, 0] = [0.501, 0.502, 0.503, 0.508]
    ids = np.array([[1, 1, 1, 2]], np.int16)
    points = fuse_frames(
        {("cam_00", 0, "position"): positions, ("cam_00", 0, "render_entity_id"): ids}, voxel_m=0.2
    )
    assert points.object_of_point.tolist() == [0, 1]
    x = positions[0, :, 0].astype(np.float64)
    np.testing.assert_allclose(world(points)[:, 0], [x[:3].mean(), x[3]], atol=1e-6)


def test_the_same_surface_in_two_frames_is_kept_once():
    images: dict[tuple[str, int, str], Any] = {}
    for frame in range(3):
        images["cam_00", frame, "position"] = floor()
        images["cam_00", frame, "render_entity_id"] = entities()
    assert len(fuse_frames(images).positions) == HEIGHT * WIDTH


def test_voxels_are_metric_in_a_scene_of_inches():
    metres = floor(step=0.05)
    inches = (metres / np.float16(0.0254)).astype(np.float16)
    in_metres = fuse_frames({("cam_00", 0, "position"): metres}, voxel_m=0.2)
    in_inches = fuse_frames({("cam_00", 0, "position"): inches}, voxel_m=0.2, metres_per_unit=0.0254)
    assert len(in_inches.positions) == pytest.approx(len(in_metres.positions), rel=0.2)


def test_voxels_are_no_finer_than_the_steps_of_the_file():
    far = floor(step=0.01).astype(np.float64) + 3000  # float16 steps of 2 units out there
    points = fuse_frames({("cam_00", 0, "position"): far.astype(np.float16)}, voxel_m=0.001)
    assert len(points.positions) == 1


def test_more_points_than_allowed_make_the_voxels_coarser_and_keep_every_object():
    ids = entities(1)
    ids[5, 5] = 4
    images = {("cam_00", 0, "position"): floor(), ("cam_00", 0, "render_entity_id"): ids}
    points = fuse_frames(images, max_points=100)
    assert 30 < len(points.positions) <= 100
    assert set(points.object_of_point.tolist()) == {0, 2}
    low, high = points.bounds
    assert (high - low)[0] == pytest.approx(WIDTH * 0.05, rel=0.2)


def test_thinning_ends_when_voxels_are_as_large_as_the_scene():
    ids = (np.arange(HEIGHT * WIDTH).reshape(HEIGHT, WIDTH) % 2 + 1).astype(np.int16)
    images = {("cam_00", 0, "position"): floor(), ("cam_00", 0, "render_entity_id"): ids}
    points = fuse_frames(images, max_points=1)
    assert set(points.object_of_point.tolist()) == {0, 1}
    assert len(points.positions) <= 16  # of each object one per octant around the origin


def test_colors_come_from_the_preview_and_are_averaged():
    images: dict[tuple[str, int, str], Any] = {}
    for frame, level in enumerate((100, 200)):
        images["cam_00", frame, "position"] = floor()
        images["cam_00", frame, "final_preview.tonemap"] = np.full((HEIGHT, WIDTH, 3), level, np.uint8)
    points = fuse_frames(images)
    assert points.colors is not None
    assert (points.colors == 150).all()


def test_hdr_color_is_tone_mapped_where_there_is_no_preview():
    hit_pixels = []

    def tone_map(color: NDArray[Any], hit: NDArray[np.bool_] | None) -> NDArray[np.uint8]:
        assert hit is not None
        hit_pixels.append(int(hit.sum()))
        return (color * 255).astype(np.uint8)

    ids = entities()
    ids[0, 0] = -1
    images = {
        ("cam_00", 0, "position"): floor(),
        ("cam_00", 0, "render_entity_id"): ids,
        ("cam_00", 0, "color"): np.ones((HEIGHT, WIDTH, 3), np.float16),
    }
    points = fuse_frames(images, tone_map=tone_map)
    assert points.colors is not None
    assert (points.colors == 255).all()
    assert hit_pixels == [HEIGHT * WIDTH - 1]


def test_points_that_no_color_image_shows_are_grey():
    images = {
        ("cam_00", 0, "position"): floor(),
        ("cam_00", 0, "final_preview.tonemap"): np.full((HEIGHT, WIDTH, 3), 9, np.uint8),
        ("cam_00", 1, "position"): floor(height=1.0),
    }
    points = fuse_frames(images)
    assert points.colors is not None
    upper = world(points)[:, 2] > 0.5
    assert (points.colors[upper] == 128).all()
    assert (points.colors[~upper] == 9).all()


def test_normals_are_unit_even_where_the_file_has_none():
    normals = np.zeros((HEIGHT, WIDTH, 3), np.float16)
    normals[..., 0] = 1
    normals[0] = np.nan
    points = fuse_frames({("cam_00", 0, "position"): floor(), ("cam_00", 0, "normal_world"): normals})
    assert points.normals is not None
    np.testing.assert_allclose(np.linalg.norm(points.normals, axis=1), 1, atol=1e-6)
    assert (points.normals[:, 0] == 1).sum() == (HEIGHT - 1) * WIDTH


def test_fusing_twice_gives_the_same_bits():
    random = np.random.default_rng(5)
    images: dict[tuple[str, int, str], Any] = {}
    for frame in range(5):
        images["cam_00", frame, "position"] = random.normal(size=(HEIGHT, WIDTH, 3)).astype(np.float16)
        images["cam_00", frame, "render_entity_id"] = random.integers(-1, 5, (HEIGHT, WIDTH)).astype(np.int16)
    first, second = (fuse_frames(images, voxel_m=0.1) for _ in range(2))
    np.testing.assert_array_equal(first.positions, second.positions)
    np.testing.assert_array_equal(first.object_of_point, second.object_of_point)


def test_merging_frame_by_frame_equals_merging_all_pixels_at_once():
    random = np.random.default_rng(6)
    frames = random.normal(size=(6, HEIGHT, WIDTH, 3)).astype(np.float16)
    apart = fuse_frames({("cam_00", k, "position"): frames[k] for k in range(6)}, voxel_m=0.2)
    # The origin is chosen from the first frame read, so that one comes first here as well.
    order = [f.frame for f in covering_order(FakeFrames({("c", k, "position"): frames[k] for k in range(6)}))]
    together = fuse_frames({("cam_00", 0, "position"): frames[order].reshape(1, -1, 3)}, voxel_m=0.2)

    def cells(points: PointSet) -> NDArray[np.float64]:
        return np.unique(np.floor(world(points) / 0.2), axis=0)

    assert len(apart.positions) == len(cells(apart))
    np.testing.assert_array_equal(cells(apart), cells(together))


def test_distance_images_stand_in_for_positions():
    camera, distance = a_view_of_a_wall(metres_per_unit=0.1)
    trajectory = Trajectory("cam_00", np.array([7]), camera.world_from_cam[None], camera.lens)
    points = fuse_frames(
        {("cam_00", 7, "depth_meters"): distance},
        cameras=Cameras((trajectory,)),
        metres_per_unit=0.1,
        voxel_m=0.0001,
    )
    assert len(points.positions) == HEIGHT * WIDTH
    np.testing.assert_allclose(world(points)[:, 1], 25, atol=0.02)  # 3 m ahead of y = -5 units


def test_distance_runs_along_the_ray_and_not_along_the_axis():
    camera, distance = a_view_of_a_wall(metres_per_unit=1.0)
    positions = unproject(camera, distance.astype(np.float64), 1.0)
    np.testing.assert_allclose(positions[..., 1], -5 + 3, atol=5e-3)
    away = np.linalg.norm(positions - camera.position, axis=2)
    np.testing.assert_allclose(away, distance, rtol=1e-3)


def test_distance_without_a_pose_gives_no_points():
    points = fuse_frames({("cam_00", 0, "depth_meters"): np.ones((HEIGHT, WIDTH), np.float16)})
    assert len(points.positions) == 0
    assert points.object_count == 3


def test_a_malformed_image_is_noted_and_the_rest_is_fused():
    notes: list[str] = []
    images = {
        ("cam_00", 0, "position"): FormatError("truncated", path="frame.0000.position.hdf5"),
        ("cam_00", 1, "position"): floor(),
        ("cam_00", 1, "render_entity_id"): np.zeros((3, 3), np.int16),
        ("cam_00", 2, "position"): np.zeros((HEIGHT, WIDTH), np.float16),
    }
    points = fuse_frames(images, on_note=notes.append)
    assert len(points.positions) == HEIGHT * WIDTH
    assert (points.object_of_point == -1).all()
    assert sorted(notes) == [
        "cam_00 frame 1 render_entity_id: expected 24×32 pixels, found 3×3 of type int16",
        "cam_00 frame 2 position: expected n×n×3 pixels, found 24×32 of type float16",
        "frame.0000.position.hdf5: truncated",
    ]


def test_pixels_out_of_reach_are_left_out_and_told():
    positions = floor(step=0.001)
    positions[0, 0] = 60_000
    notes: list[str] = []
    points = fuse_frames({("cam_00", 0, "position"): positions}, voxel_m=0.001, on_note=notes.append)
    assert points.bounds[1].max() < 10
    assert notes == ["1 pixels lie more than 524 m from the first frame and were left out"]


def test_the_first_points_come_after_the_first_frame():
    images: dict[tuple[str, int, str], Any] = {
        ("cam_00", frame, "position"): floor(left=2.0 * frame) for frame in range(10)
    }
    sizes: list[int] = []
    points = fuse_frames(images, on_partial=lambda part: sizes.append(len(part.positions)))
    assert sizes[0] == HEIGHT * WIDTH
    assert sizes == sorted(set(sizes))
    assert len(points.positions) == 10 * HEIGHT * WIDTH


def test_a_partial_result_stays_as_it_was():
    images: dict[tuple[str, int, str], Any] = {
        ("cam_00", frame, "position"): floor(left=0.003 * frame) for frame in range(4)
    }
    partial: list[tuple[PointSet, NDArray[np.float32]]] = []
    fuse_frames(images, voxel_m=0.05, on_partial=lambda part: partial.append((part, part.positions.copy())))
    for points, positions in partial:
        np.testing.assert_array_equal(points.positions, positions)


def test_fusing_can_be_cancelled_between_frames():
    progress = Progress.silent()
    images: dict[tuple[str, int, str], Any] = {("cam_00", f, "position"): floor() for f in range(5)}
    with pytest.raises(Cancelled):
        fuse_frames(images, progress=progress, on_partial=lambda _: progress.cancel())


def test_frames_are_taken_so_that_the_scene_is_covered_soon():
    images = {("cam_00", frame, "position"): floor() for frame in range(0, 80, 10)}
    images |= {("cam_01", frame, "position"): floor() for frame in (3, 4)}
    order = covering_order(FakeFrames(images))
    assert len(order) == len(set(order)) == 10
    assert order[:4] == [("cam_00", 0), ("cam_01", 3), ("cam_00", 40), ("cam_01", 4)]
    assert [frame for camera, frame in order if camera == "cam_00"] == [0, 40, 20, 60, 10, 50, 30, 70]


def test_only_the_frames_asked_for_are_fused():
    images = {("cam_00", frame, "position"): floor(left=10.0 * frame) for frame in range(3)}
    points = fuse_frames(images, frames=[FrameId("cam_00", 2)])
    assert points.bounds[0][0] == pytest.approx(20, abs=0.02)


def a_view_of_a_wall(metres_per_unit: float) -> tuple[Camera, NDArray[np.float16]]:
    """A camera at y = -5 units that looks along +y at a wall 3 m ahead, and what it measures."""
    lens = pinhole_lens(WIDTH, HEIGHT, np.radians(60))
    world_from_cam = np.eye(4)
    world_from_cam[:3, :3] = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]])
    world_from_cam[:3, 3] = (2, -5, 1)
    camera = Camera(lens, world_from_cam)
    y, x = np.indices((HEIGHT, WIDTH), np.float64)
    directions = camera.cast_rays(np.stack([x.ravel(), y.ravel()], axis=1))
    return camera, (3 / directions[:, 1]).reshape(HEIGHT, WIDTH).astype(np.float16)
