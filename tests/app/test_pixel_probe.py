from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from viewer.app.frame_cache import FrameCache
from viewer.app.pixel_probe import locate, needs_rays, probe_pixel, probe_words, support_keys
from viewer.app.session import OpenedScene, Session
from viewer.geometry.ray_scene import RayScene
from viewer.imaging.modality import ImagingContext
from viewer.model.camera import Cameras, Lens, Trajectory
from viewer.model.frames import FrameId, ImageArray, Images
from viewer.model.mesh import Mesh
from viewer.model.scene import NodeTable, ObjectTable, Scene

FRAME = FrameId("cam_00", 0)
METRES_PER_UNIT = 0.0254
TILTED = Lens(8, 6, np.array([[0.2, 0.01, -0.7], [0.0, 0.22, -0.5], [0.01, -0.02, 1.0]]))
NODES = NodeTable(np.array([-1, 1, -1, 7], np.int32), ("", "a@1", "light@2", "stray@3"))


def session(*, has_pose: bool = True, images: Images | None = None) -> Session:
    pose = np.eye(4)
    pose[:3, :3] = [[0, 0, 1], [-1, 0, 0], [0, -1, 0]]
    pose[:3, 3] = (10, -20, 30)
    made = Session()
    trajectory = Trajectory("cam_00", np.array([0]), pose[None], TILTED)
    parts: dict[type, object] = {NodeTable: NODES, ObjectTable: ObjectTable(("floor", "chair"))}
    if has_pose:
        parts[Cameras] = Cameras((trajectory,))
    if images is not None:
        parts[Images] = images
    made.replace_scene(OpenedScene(Scene("made", Path("made"), METRES_PER_UNIT, parts=parts)))
    return made


def cache(**images: Any) -> FrameCache:
    made = FrameCache(1)
    for key, pixels in images.items():
        made.put(FRAME, key, ImageArray(np.asarray(pixels), key))
    return made


def flat(value: float) -> np.ndarray[Any, Any]:
    return np.full((6, 8), value)


@pytest.mark.parametrize("scale", [1, 2])
def test_a_pixel_and_its_world_point_lead_to_each_other(scale: int) -> None:
    """Also where the images are larger than the lens's own size."""
    opened = session()
    kept = cache(depth_meters=np.full((6 * scale, 8 * scale), 2.5))
    for pixel in ((0, 0), (5, 3), (7, 5)):
        hit = probe_pixel(opened, kept, FRAME, *pixel)
        assert hit.point is not None
        assert hit.origin is not None
        assert np.linalg.norm(hit.point - hit.origin) * METRES_PER_UNIT == pytest.approx(2.5)
        assert locate(opened, kept, FRAME, hit.point) == pixel


def test_positions_are_believed_and_made_finer_by_the_distance_where_both_agree() -> None:
    opened = session()
    exact = probe_pixel(opened, cache(depth_meters=flat(2.5)), FRAME, 3, 3).point
    assert exact is not None
    rough = np.broadcast_to(exact, (6, 8, 3)).astype(np.float16)
    assert np.abs(rough[3, 3] - exact).max() > 1e-3
    both = cache(depth_meters=flat(2.5), position=rough)
    assert probe_pixel(opened, both, FRAME, 3, 3).point == pytest.approx(exact)
    elsewhere = cache(depth_meters=flat(2.5), position=rough + np.float16(5))
    found = probe_pixel(opened, elsewhere, FRAME, 3, 3).point
    assert found == pytest.approx((rough + np.float16(5))[3, 3]), "the lens is wrong: positions need none"


def test_without_images_the_mesh_tells_where_a_pixel_lies() -> None:
    opened = session()
    camera = opened.frame_camera(FRAME)
    assert camera is not None
    ahead = camera.cast_rays(np.array([[3.0, 3.0]]))[0]
    middle = camera.position + 70 * ahead
    corners = middle + np.array([[0, -90, -90], [0, 90, -90], [0, 0, 90]])
    rays = RayScene(Mesh(corners, np.array([[0, 1, 2]]), np.array([0]), 1))
    assert probe_pixel(opened, cache(), FRAME, 3, 3, rays).point == pytest.approx(middle, abs=1e-3)
    assert probe_pixel(opened, cache(depth_meters=flat(np.nan)), FRAME, 3, 3, rays).point is None, (
        "the image knows that nothing was hit"
    )
    assert rays.first_point(camera.position, -ahead) is None


def test_positions_are_decoded_along_where_the_lens_is_assumed() -> None:
    assert "position" not in support_keys(session(), FRAME)
    assert "position" in support_keys(session(has_pose=False), FRAME)


def test_without_distances_the_object_at_the_pixel_tells_what_is_hidden() -> None:
    opened = session()
    point = probe_pixel(opened, cache(depth_meters=flat(2.5)), FRAME, 5, 3).point
    assert point is not None
    chair = cache(render_entity_id=np.full((6, 8), 1, np.int16))
    assert locate(opened, chair, FRAME, point, 1) == (5, 3)
    assert locate(opened, chair, FRAME, point, 0) is None


def test_positions_serve_where_there_is_no_pose_or_no_distance() -> None:
    positions = np.full((6, 8, 3), 4.0, np.float16)
    for kept in (cache(depth_meters=flat(2.5), position=positions), cache(position=positions)):
        hit = probe_pixel(session(has_pose=False), kept, FRAME, 3, 3)
        assert hit.origin is None
        assert hit.point is not None
        assert hit.point.tolist() == [4, 4, 4]


@pytest.mark.parametrize("distance", [np.nan, np.inf])
def test_where_nothing_was_hit_there_is_a_ray_and_no_point(distance: float) -> None:
    kept = cache(depth_meters=flat(distance), position=np.full((6, 8, 3), np.nan))
    hit = probe_pixel(session(), kept, FRAME, 3, 3)
    assert hit.point is None
    assert hit.direction is not None
    assert np.linalg.norm(hit.direction) == pytest.approx(1)


@pytest.mark.parametrize(
    ("node", "expected"), [(1, 1), (2, None), (0, None), (-1, None), (99, None), (3, None)]
)
def test_objects_come_from_the_node_list(node: int, expected: int | None) -> None:
    kept = cache(render_entity_id=np.full((6, 8), node, np.int16))
    assert probe_pixel(session(), kept, FRAME, 2, 2).object_id == expected


def test_what_stands_behind_a_surface_is_not_located() -> None:
    opened = session()
    near = cache(depth_meters=flat(1.0))
    far = probe_pixel(opened, cache(depth_meters=flat(2.5)), FRAME, 5, 3)
    assert far.point is not None
    assert locate(opened, near, FRAME, far.point) is None
    assert locate(opened, cache(), FRAME, far.point) == (5, 3), "nothing is known to stand in front"


def test_points_behind_the_camera_or_beside_the_image_are_not_located() -> None:
    opened = session()
    camera = opened.frame_camera(FRAME)
    assert camera is not None
    inside = camera.cast_rays(np.array([[4.0, 3.0]]))[0]
    beside = camera.cast_rays(np.array([[40.0, 3.0]]))[0]
    assert locate(opened, cache(), FRAME, camera.position + 5 * inside) == (4, 3)
    assert locate(opened, cache(), FRAME, camera.position - 5 * inside) is None
    assert locate(opened, cache(), FRAME, camera.position + 5 * beside) is None


def test_everything_known_is_told_in_one_line() -> None:
    opened = session()
    kept = cache(render_entity_id=np.full((6, 8), 1, np.int16), depth_meters=flat(2.5))
    context = ImagingContext(nodes=NODES, object_names=("floor", "chair"))
    words = probe_words(opened, kept, context, probe_pixel(opened, kept, FRAME, 3, 2))
    assert words.startswith("cam_00 0000 (3, 2)  |  node 1 → chair (object 1)  |  (")
    assert words.endswith("m  |  2.50 m away")


class Listing:
    """Images of one frame that exist, and that nobody decodes."""

    cameras = ("cam_00",)

    def __init__(self, *keys: str) -> None:
        self._keys = frozenset(keys)

    def frame_ids(self, _camera: str) -> np.ndarray[Any, Any]:
        return np.array([0])

    def modalities(self, _frame: FrameId) -> frozenset[str]:
        return self._keys


@pytest.mark.parametrize(
    ("images", "has_pose", "is_needed"),
    [
        ((), True, True),
        (("color", "render_entity_id"), True, True),
        (("color", "depth_meters"), True, False),
        ((), False, False),
    ],
)
def test_the_mesh_is_asked_only_where_no_image_tells_the_place(
    images: tuple[str, ...], has_pose: bool, is_needed: bool
) -> None:
    opened = session(has_pose=has_pose, images=Images(Listing(*images)))
    assert needs_rays(opened, FRAME) is is_needed
