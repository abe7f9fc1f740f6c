"""The scene as it lies on disk, read with the program's own reader and without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.sample.scenes import write_and_time
from viewer.errors import Cancelled, SaveError
from viewer.formats.hypersim import layout
from viewer.geometry.ray_scene import RayScene
from viewer.imaging.tone_mapping import tone_map
from viewer.jobs.job import Progress, Step
from viewer.model.boxes import BOX_KINDS, BoxSets
from viewer.model.camera import Camera, Cameras
from viewer.model.frames import FrameId, Images
from viewer.model.mesh import Mesh
from viewer.model.octomap import Octomap
from viewer.model.saved_labels import SavedLabels
from viewer.model.scene import NodeTable, ObjectTable, Scene
from viewer.sample import SAMPLE_NAME, cache, sample_scene_folder, write_sample

FRAME = FrameId("cam_00", 0)
DETAIL_FILES = (
    layout.SCENE_TABLE,
    layout.CAMERAS_TABLE,
    layout.NODES_TABLE,
    layout.NODE_STRINGS_TABLE,
    *(f"octomap/{name}" for name in (layout.OCTOMAP_TREE, layout.OCTOMAP_FREE_SPACE_MIN)),
    f"octomap/{layout.OCTOMAP_FREE_SPACE_MAX}",
    *(
        f"{camera}/{name}"
        for camera in ("cam_00", "cam_01")
        for name in (
            layout.CAMERA_TABLE,
            layout.FRAME_INDICES,
            layout.POSITIONS,
            layout.ORIENTATIONS,
            layout.LOOK_AT_POSITIONS,
        )
    ),
    *(
        f"mesh/{name}"
        for name in (
            layout.VERTICES,
            layout.NORMALS,
            layout.TEXCOORDS,
            layout.FACES_VERTICES,
            layout.FACES_NORMALS,
            layout.FACES_TEXCOORDS,
            layout.FACES_OBJECT,
            layout.FACES_GROUP,
            layout.FACES_MATERIAL,
            layout.OBJECTS_TABLE,
            layout.GROUPS_TABLE,
            layout.MATERIALS_TABLE,
            *layout.LABEL_FILES,
            layout.SESSION_LOG,
            *(
                layout.box_file(kind, column)
                for kind in BOX_KINDS
                for column in ("positions", "orientations", "extents")
            ),
        )
    ),
)


def part(scene: Scene, kind: type[Any]) -> Any:
    found = scene.part(kind)
    assert found is not None, f"no {kind.__name__}"
    return found


def stored(path: Path) -> NDArray[Any]:
    with h5py.File(path) as file:
        return np.asarray(file["dataset"][()])


def image(scene: Scene, name: str, frame: FrameId = FRAME) -> NDArray[Any]:
    return np.asarray(part(scene, Images).source.read(frame, name).pixels)


def camera_of(scene: Scene, frame: FrameId = FRAME) -> Camera:
    trajectory = part(scene, Cameras).get(frame.camera)
    return trajectory.camera_at(trajectory.index_of(frame.frame))


def test_two_writes_hold_the_same_and_progress_only_grows(sample, tmp_path):
    steps: list[Step] = []
    again = write_and_time(tmp_path, "once more", progress=Progress(steps.append))

    shares = [step.done / step.total for step in steps]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    files = sorted(p.relative_to(sample) for p in sample.rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(again) for p in again.rglob("*") if p.is_file())
    for name in files:
        if name.suffix == ".hdf5":
            np.testing.assert_array_equal(stored(sample / name), stored(again / name), err_msg=str(name))
        else:
            assert (sample / name).read_bytes() == (again / name).read_bytes(), name


def test_every_file_of_the_layout_is_there(sample, scene):
    missing = [name for name in DETAIL_FILES if not (sample / layout.DETAIL / name).is_file()]
    for camera in ("cam_00", "cam_01"):
        for frame in part(scene, Images).source.frame_ids(camera):
            for group, names in layout.MODALITIES.items():
                paths = [layout.image_path(sample, camera, int(frame), group, name) for name in names]
                missing += [str(path) for path in paths if not path.is_file()]

    assert missing == []


def test_the_reader_finds_nothing_broken(scene):
    assert [gap for gap in scene.gaps if gap.is_broken] == []
    assert scene.metres_per_unit == 0.01


def test_images_have_the_published_types(scene):
    for name in layout.MODALITIES[layout.FINAL_HDF5] + layout.MODALITIES[layout.GEOMETRY_HDF5]:
        pixels = image(scene, name)
        is_id = name in ("render_entity_id", "semantic", "semantic_instance")
        assert pixels.dtype == (np.int16 if is_id else np.float16), name
        assert pixels.shape[2:] == (() if is_id or name == "depth_meters" else (3,)), name


def test_some_keyframes_have_no_images_and_frame_ids_have_gaps(scene):
    for trajectory in part(scene, Cameras).trajectories:
        taken = part(scene, Images).source.frame_ids(trajectory.name)
        assert len(trajectory) >= 10
        assert set(taken) < set(trajectory.frame_ids)
        assert trajectory.frame_ids[-1] > len(trajectory) - 1
        assert trajectory.look_at is not None


def test_label_images_follow_from_entities_nodes_and_labels(scene):
    labels: SavedLabels = part(scene, SavedLabels)
    objects = part(scene, NodeTable).objects_in(image(scene, "render_entity_id"))

    assert (objects >= 0).any()
    for name, of_object in (("semantic", labels.semantic), ("semantic_instance", labels.instance)):
        np.testing.assert_array_equal(image(scene, name), np.where(objects >= 0, of_object[objects], -1))


def test_pixels_that_see_nothing_are_marked_in_every_image(scene):
    missed = image(scene, "render_entity_id") == -1

    assert 0 < missed.mean() < 0.3
    np.testing.assert_array_equal(np.isnan(image(scene, "depth_meters")), missed)
    for name in ("position", "normal_cam", "normal_world", "normal_bump_cam", "normal_bump_world"):
        np.testing.assert_array_equal(np.isnan(image(scene, name)).all(axis=2), missed, err_msg=name)
    assert image(scene, "color")[missed].all()


def reprojection_errors(scene: Scene, frame: FrameId) -> NDArray[np.float64]:
    """Pixels by which positions miss their own pixel, beyond what rounding to half floats explains."""
    camera = camera_of(scene, frame)
    position = image(scene, "position", frame)
    rows, columns = np.nonzero(np.isfinite(position[..., 0].astype(np.float32)))
    points = position[rows, columns]
    pixels, _ = camera.project(points.astype(np.float64))
    rounding = np.zeros(len(points))
    step = np.spacing(np.abs(points)).astype(np.float64) / 2
    for axis in range(3):
        moved = points.astype(np.float64)
        moved[:, axis] += step[:, axis]
        rounding += np.linalg.norm(camera.project(moved)[0] - pixels, axis=1)
    missed = np.linalg.norm(pixels - np.stack([columns, rows], axis=1), axis=1)
    return np.asarray(missed - rounding)


@pytest.mark.parametrize("frame", [FRAME, FrameId("cam_00", 2), FrameId("cam_01", 0)])
def test_positions_project_to_their_own_pixels(scene, frame):
    assert reprojection_errors(scene, frame).max() < 0.5


def test_depth_is_the_distance_from_the_camera(scene):
    away = image(scene, "position").astype(np.float64) - camera_of(scene).position
    distance = np.linalg.norm(away, axis=2) * scene.metres_per_unit

    seen = np.isfinite(distance)
    np.testing.assert_allclose(image(scene, "depth_meters")[seen], distance[seen], atol=0.01)


def test_color_is_reflectance_times_light_and_the_rest(scene):
    names = ("color", "diffuse_reflectance", "diffuse_illumination", "residual")
    color, reflectance, light, residual = (image(scene, name).astype(np.float32) for name in names)

    np.testing.assert_allclose(color, reflectance * light + residual, rtol=2e-3, atol=1e-6)
    assert reflectance.max() <= 1
    assert color.max() > 1  # linear and unbounded


def test_normals_of_both_frames_agree_and_face_the_camera(scene):
    world, cam = (image(scene, name).astype(np.float64) for name in ("normal_world", "normal_cam"))
    seen = np.isfinite(world[..., 0])
    turned = world[seen] @ camera_of(scene).world_from_cam[:3, :3] * (1, -1, -1)

    np.testing.assert_allclose(np.linalg.norm(world[seen], axis=1), 1, atol=4e-3)
    np.testing.assert_allclose(turned, cam[seen], atol=4e-3)
    assert (cam[seen][:, 2] > 0).mean() > 0.9


def test_rays_against_the_written_mesh_meet_the_objects_in_the_images(scene):
    camera, mesh = camera_of(scene), part(scene, Mesh)
    entity = image(scene, "render_entity_id")
    rows, columns = np.indices(entity.shape).reshape(2, -1)
    directions = camera.cast_rays(np.stack([columns, rows], axis=1).astype(np.float64))
    rays = RayScene(mesh)
    faces = rays.first_hits(camera.position, directions)
    objects = np.where(faces >= 0, mesh.owners.dense()[faces], -1)

    same = objects == part(scene, NodeTable).objects_in(entity).ravel()
    assert same.mean() > 0.998  # a ray along an edge may fall to either side


def test_previews_show_what_the_images_hold(scene):
    entity, color = image(scene, "render_entity_id"), image(scene, "color").astype(np.float32)
    shown = image(scene, "final_preview.tonemap").astype(np.int64)
    expected = tone_map(color, entity != -1).astype(np.int64)
    labels: SavedLabels = part(scene, SavedLabels)
    assert labels.class_colors is not None
    semantic = image(scene, "semantic")
    class_colors = np.where((semantic >= 0)[..., None], labels.class_colors[semantic], 0)

    assert np.abs(shown - expected).mean() < 4  # JPEG
    np.testing.assert_array_equal(image(scene, "geometry_preview.semantic"), class_colors)


def test_boxes_hold_the_corners_of_their_instances(scene):
    mesh, labels = part(scene, Mesh), part(scene, SavedLabels)
    vertices = mesh.exact_vertices()
    instance_of_face = labels.instance[mesh.owners.dense()]
    for kind in BOX_KINDS:
        boxes = part(scene, BoxSets).by_kind[kind]
        assert len(boxes) > 10
        for row in range(0, len(boxes), 5):
            points = vertices[mesh.faces[instance_of_face == boxes.ids[row]]].reshape(-1, 3)
            local = (points - boxes.centres[row]) @ boxes.world_from_box[row]
            np.testing.assert_allclose(np.ptp(local, axis=0), boxes.extents[row], atol=1e-6)
            assert (np.abs(local) <= boxes.extents[row] / 2 + 1e-6).all()


def test_unused_rows_of_box_files_are_infinite(sample):
    positions = stored(layout.mesh_folder(sample) / layout.box_file("axis_aligned", "positions"))

    assert np.isinf(positions[0]).all()


def octomap_states(octomap: Octomap, points: NDArray[np.float64]) -> list[bool | None]:
    """Whether each point lies in an occupied leaf (True), a free one (False), or in none."""
    low = octomap.centres - octomap.sizes[:, None] / 2
    high = octomap.centres + octomap.sizes[:, None] / 2
    states: list[bool | None] = []
    for point in points:
        leaves = np.flatnonzero(((low <= point) & (point < high)).all(axis=1))
        assert len(leaves) <= 1
        states.append(bool(octomap.occupied[leaves[0]]) if len(leaves) else None)
    return states


def test_the_octomap_is_free_at_the_cameras_occupied_at_surfaces_and_unknown_outside(scene):
    octomap: Octomap = part(scene, Octomap)
    eyes = np.concatenate([t.positions for t in part(scene, Cameras).trajectories])
    mesh: Mesh = part(scene, Mesh)
    corners = mesh.vertices[:: len(mesh.vertices) // 50]

    assert octomap_states(octomap, eyes) == [False] * len(eyes)
    assert octomap_states(octomap, corners + 1e-7) == [True] * len(corners)
    assert octomap_states(octomap, np.array([[5_000.0, 0, 0]])) == [None]
    assert octomap.free_space_min is not None
    assert (octomap.free_space_min < eyes).all()


def test_objects_of_the_tables_and_the_mesh_are_the_same(scene):
    mesh, names = part(scene, Mesh), part(scene, ObjectTable).names

    assert mesh.object_count == len(names) == len(part(scene, SavedLabels).semantic)
    assert set(np.unique(mesh.owners.dense())) == set(range(len(names)))


def test_a_scene_that_exists_is_left_alone(sample):
    with pytest.raises(SaveError, match="found one"):
        write_sample(sample.parent, quality="test")


def test_cancelling_leaves_nothing_behind(tmp_path):
    progress: Progress

    def stop_at_the_light(step: Step) -> None:
        if step.text == "Following the light":
            progress.cancel()

    progress = Progress(stop_at_the_light)
    with pytest.raises(Cancelled):
        write_sample(tmp_path, progress=progress, quality="test")

    assert list(tmp_path.iterdir()) == []


def test_the_sample_of_this_user_is_made_once(monkeypatch):
    made: list[Path] = []

    def write_nothing(folder: Path, **options: Any) -> Path:
        made.append(folder / SAMPLE_NAME)
        made[-1].mkdir(parents=True)
        return made[-1]

    monkeypatch.setattr(cache, "write_sample", write_nothing)

    first, second = cache.cached_sample(Progress.silent()), cache.cached_sample(Progress.silent())

    assert first == second == sample_scene_folder()
    assert first.name == SAMPLE_NAME
    assert made == [first]


def test_previews_are_pictures_of_the_frame_size(sample):
    for name in ("tonemap", "diff"):
        path = layout.image_path(sample, "cam_00", 0, layout.FINAL_PREVIEW, name)
        with Image.open(path) as picture:
            assert picture.size == (128, 96)
