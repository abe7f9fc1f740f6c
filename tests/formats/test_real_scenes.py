"""Example data beside the project: real annotation files, and scenes of real geometry."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from viewer.formats.hdf5_array import read_array
from viewer.formats.registry import find_scenes
from viewer.jobs.job import Progress
from viewer.model.boxes import BoxSets, corners
from viewer.model.camera import Cameras, LensSource
from viewer.model.dataset_notes import DatasetNotes, LabellingTime
from viewer.model.frames import FrameId, Images
from viewer.model.mesh import Mesh
from viewer.model.saved_labels import SavedLabels
from viewer.model.scene import NodeTable, ObjectTable, Scene

ROOMS = ("ai_902_001", "ai_903_001")


@pytest.fixture(scope="module")
def rooms(shared: Path) -> dict[str, Scene]:
    reader, matches = find_scenes(shared / "scenes")
    return {match.name: reader.read(match, Progress.silent()) for match in matches}


@pytest.fixture(scope="module")
def published(shared: Path) -> dict[str, Scene]:
    reader, matches = find_scenes(shared / "hypersim-public")
    return {match.name: reader.read(match, Progress.silent()) for match in matches}


@pytest.mark.parametrize(
    ("name", "faces", "objects", "unit"),
    [("ai_902_001", 557_462, 1213, 0.0254), ("ai_903_001", 43_601, 103, 1)],
)
def test_rooms_have_the_sizes_they_are_said_to_have(
    rooms: dict[str, Scene], name: str, faces: int, objects: int, unit: float
) -> None:
    scene = rooms[name]
    mesh, labels = scene.part(Mesh), scene.part(SavedLabels)
    assert mesh is not None
    assert labels is not None
    assert (len(mesh.faces), scene.object_count, len(labels.semantic)) == (faces, objects, objects)
    assert scene.metres_per_unit == pytest.approx(unit)
    assert not any(gap.is_broken for gap in scene.gaps)


def test_odd_names_arrive_whole(rooms: dict[str, Scene]) -> None:
    table, nodes = rooms["ai_902_001"].part(ObjectTable), rooms["ai_902_001"].part(NodeTable)
    assert table is not None
    assert {'"Line,07"', '"quote""d"', "Куб_007", "Ñandú_01", "nan"} <= set(table.names)
    assert nodes is not None
    assert {"Line,07@node_461", 'quote"d@node_898'} <= set(nodes.names)


@pytest.mark.parametrize("name", ROOMS)
def test_images_agree_with_cameras_and_nodes(rooms: dict[str, Scene], name: str) -> None:
    scene = rooms[name]
    images, cameras, nodes = scene.part(Images), scene.part(Cameras), scene.part(NodeTable)
    labels = scene.part(SavedLabels)
    assert images is not None
    assert cameras is not None
    assert nodes is not None
    assert labels is not None
    frame = FrameId("cam_00", 0)
    position = images.source.read(frame, "position").pixels.astype(np.float64)
    entity = images.source.read(frame, "render_entity_id").pixels
    semantic = images.source.read(frame, "semantic").pixels
    hit = entity > 0
    rows, columns = np.nonzero(hit)
    camera = cameras.trajectories[0].camera_at(0)
    pixels, depth = camera.project(position[hit])
    # Positions are stored in half precision: single pixels are off by one or so, all together by nothing.
    error = pixels - np.column_stack([columns, rows])
    assert np.abs(np.median(error, axis=0)).max() < 0.1
    assert np.percentile(np.abs(error), 90) < 1
    assert (depth > 0).all()
    objects = nodes.objects_in(entity)
    assert np.array_equal(semantic, np.where(objects >= 0, labels.semantic[objects], -1))


@pytest.mark.parametrize("name", ROOMS)
def test_boxes_hold_the_vertices_of_their_instances(rooms: dict[str, Scene], name: str) -> None:
    scene = rooms[name]
    mesh, labels, boxes = scene.part(Mesh), scene.part(SavedLabels), scene.part(BoxSets)
    assert mesh is not None
    assert labels is not None
    assert boxes is not None
    found = boxes.by_kind["object_aligned_2d"]
    assert len(found) == len(np.unique(labels.instance[labels.instance > 0]))
    row = 0
    members = np.flatnonzero(labels.instance == found.ids[row])
    points = mesh.vertices[mesh.faces[np.isin(mesh.owners.dense(), members)].ravel()]
    local = (points - found.centres[row]) @ found.world_from_box[row]
    assert np.abs(local / found.extents[row]).max() < 0.5 + 1e-6
    assert np.allclose(corners(found)[row].mean(axis=0), found.centres[row])


def test_every_published_scene_opens_with_its_gaps_explained(published: dict[str, Scene]) -> None:
    assert len(published) == 24
    for scene in published.values():
        assert scene.part(SavedLabels) is not None
        assert scene.part(ObjectTable) is not None
        assert scene.part(LabellingTime) is not None
        assert "Mesh" in {gap.what for gap in scene.gaps}


def test_published_units_and_notes_come_from_the_tables(published: dict[str, Scene]) -> None:
    assert published["ai_001_001"].metres_per_unit == pytest.approx(0.0254)
    notes = published["ai_001_001"].part(DatasetNotes)
    assert notes is not None
    assert notes.trajectories["cam_00"].scene_type == "Bathroom"
    assert published["ai_015_002"].part(DatasetNotes) is None


def test_boxes_without_any_instance_are_empty(published: dict[str, Scene]) -> None:
    boxes = published["ai_015_002"].part(BoxSets)
    assert boxes is not None
    assert [len(kind) for kind in boxes.by_kind.values()] == [0]
    assert not any(gap.is_broken for gap in published["ai_015_002"].gaps)


def test_a_tilted_lens_comes_with_its_depth_and_labels(published: dict[str, Scene]) -> None:
    scene = published["ai_037_002"]
    cameras, images = scene.part(Cameras), scene.part(Images)
    assert cameras is not None
    assert cameras.trajectories[0].lens.source is LensSource.TABLE
    assert len(cameras.trajectories[0]) == 100
    assert images is not None
    depth = images.source.read(FrameId("cam_00", 0), "depth_meters").pixels
    assert (depth.shape, depth.dtype) == ((768, 1024), np.float16)
    assert (depth.min(), depth.max()) == pytest.approx((2.961, 13.234), abs=1e-3)
    # The real scene has planar walls: points from distances along the table's rays lie on planes.
    lens = cameras.trajectories[0].lens
    y, x = np.mgrid[:768, :1024]
    rays = np.stack([x, y, np.ones_like(x)], axis=-1) @ lens.ray_from_pixel.T
    points = rays / np.linalg.norm(rays, axis=-1, keepdims=True) * depth[..., None].astype(np.float64)
    assert np.isfinite(points).all()
    assert (points[..., 2] > 0).all()


def test_the_labelling_time_of_the_longest_log(published: dict[str, Scene]) -> None:
    time = published["ai_021_001"].part(LabellingTime)
    assert time is not None
    assert 0 < time.sessions <= 20


def test_the_recorded_room_opens(shared: Path) -> None:
    reader, matches = find_scenes(shared / "recorded-sessions/scene/_detail/mesh")
    mesh = reader.read(matches[0], Progress.silent()).part(Mesh)
    assert mesh is not None
    assert (len(mesh.faces), mesh.object_count) == (29_332, 64)


def test_counts_of_the_published_labels_are_those_of_their_description(
    shared: Path, published: dict[str, Scene]
) -> None:
    for name, objects, instances in (
        ("ai_034_002", 4195, 4012),
        ("ai_024_009", 10, 0),
        ("ai_053_005", 12_849, 59),
    ):
        labels = published[name].part(SavedLabels)
        assert labels is not None
        assert len(labels.semantic) == objects
        assert len(np.unique(labels.instance[labels.instance > 0])) == instances
    names = shared / "hypersim-public/evermotion_dataset/scenes/ai_042_001/_detail/mesh/metadata_objects.csv"
    with names.open(newline="") as stream:
        table = published["ai_042_001"].part(ObjectTable)
        assert table is not None
        assert list(table.names) == [row[0] for row in csv.reader(stream)][1:]


def test_files_of_a_room_are_read_as_they_are(shared: Path, rooms: dict[str, Scene]) -> None:
    mesh = rooms["ai_903_001"].part(Mesh)
    assert mesh is not None
    stored = read_array(shared / "scenes/ai_903_001/_detail/mesh/mesh_vertices.hdf5")
    assert np.array_equal(mesh.exact_vertices(), stored)
