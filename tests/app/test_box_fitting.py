"""Boxes made anew: equal to the rule, written as the dataset has them, by the command and from points."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.builders import INSTANCE, cube_scene, load, save, write_labels, write_scene
from viewer.app.box_ages import BoxAges
from viewer.app.box_fitting import find_misfits, recompute_boxes, saved_instances, write_scene_boxes
from viewer.cli import main
from viewer.errors import Cancelled, LabelError, SaveError, ViewerError
from viewer.formats.registry import find_scenes
from viewer.geometry.box_fit import object_aligned_2d_box, object_aligned_3d_box
from viewer.geometry.instance_boxes import MeshInstances, PointInstances, fit_boxes
from viewer.jobs.job import Progress, Step
from viewer.model.boxes import BOX_KINDS, BoxSets, OrientedBoxes
from viewer.model.mesh import Mesh
from viewer.model.points import PointSet
from viewer.model.scene import Scene

COLUMNS = ("positions", "orientations", "extents")
SOME_INSTANCES = np.array([1, 3, -1, 3, 5])


def read(folder: Path) -> Scene:
    reader, matches = find_scenes(folder, [])
    return reader.read(matches[0], Progress.silent())


def box_path(folder: Path, kind: str, column: str) -> Path:
    return folder / f"metadata_semantic_instance_bounding_box_{kind}_{column}.hdf5"


def five_cubes() -> Mesh:
    vertices, faces, owners = cube_scene(5)
    return Mesh(vertices, faces, owners, 5)


def bumpy_mesh(count: int) -> Mesh:
    """Objects that share vertices with their neighbours, so that corners and vertices count differently."""
    rng = np.random.default_rng(4)
    vertices = rng.normal(size=(40 * count, 3)) * (5, 3, 1)
    faces = rng.integers(0, len(vertices), (60 * count, 3))
    return Mesh(vertices, faces, rng.integers(-1, count, len(faces)), count)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A complete scene of five cubes; the labels of its builder."""
    return write_scene(tmp_path / "data")


def test_boxes_of_a_scene_equal_fitting_the_face_corners_of_each_instance():
    mesh, instance = bumpy_mesh(20), np.arange(20) // 2 + 1
    found = fit_boxes(MeshInstances(mesh, instance), BOX_KINDS, progress=Progress.silent(), threads=3)

    of_face = np.append(instance, 0)[mesh.owners.dense()]
    for row, k in enumerate(range(1, 11)):
        corners = mesh.vertices[mesh.faces[of_face == k].reshape(-1)]  # duplicates kept
        for kind, fit in (
            ("object_aligned_2d", object_aligned_2d_box),
            ("object_aligned_3d", object_aligned_3d_box),
        ):
            box = fit(corners)
            assert found[kind].ids[row] == k
            np.testing.assert_allclose(found[kind].centres[row], box.centre, atol=1e-9)
            np.testing.assert_allclose(found[kind].extents[row], box.extent, atol=1e-9)
            np.testing.assert_allclose(found[kind].world_from_box[row], box.rotation, atol=1e-9)
        low, high = corners.min(axis=0), corners.max(axis=0)
        np.testing.assert_array_equal(found["axis_aligned"].centres[row], (low + high) / 2)
        np.testing.assert_array_equal(found["axis_aligned"].extents[row], high - low)


def test_the_direction_follows_the_mean_of_face_corners_and_not_of_vertices():
    # Triangles without area at one end of a plate move the mean of corners, not that of places.
    vertices = np.array([[0.0, 0, 0], [4, 0, 0], [4, 1, 0], [0, 1, 0]])
    plate = [(0, 1, 2), (0, 2, 3)]
    light_left = Mesh(vertices, np.array(plate + [(1, 2, 1)] * 5), np.zeros(7, np.int32), 1)
    light_right = Mesh(vertices, np.array(plate + [(0, 3, 0)] * 5), np.zeros(7, np.int32), 1)

    axes = [
        fit_boxes(MeshInstances(mesh, np.array([1])), ["object_aligned_2d"], progress=Progress.silent())[
            "object_aligned_2d"
        ].world_from_box[0, :, 0]
        for mesh in (light_left, light_right)
    ]

    np.testing.assert_allclose(axes[0], [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(axes[1], [-1, 0, 0], atol=1e-12)


def test_only_some_instances_are_fitted_when_asked_and_faces_that_are_not_finite_do_not_count():
    mesh = five_cubes()
    vertices = mesh.vertices.copy()
    vertices[8 * 4] = np.nan
    broken = Mesh(vertices, mesh.faces, mesh.owners.dense(), 5)
    groups = MeshInstances(broken, SOME_INSTANCES)

    found = fit_boxes(groups, ["axis_aligned"], only=np.array([5, 3, 9]), progress=Progress.silent())

    boxes = found["axis_aligned"]
    assert boxes.ids.tolist() == [3, 5]
    np.testing.assert_array_equal(boxes.centres[0], [4.5, 0.5, 0.5])  # cubes 1 and 3, from 2 to 7
    assert np.isfinite(boxes.extents).all()


def test_points_give_boxes_where_there_is_no_mesh():
    places = np.array([[0, 0, 0], [2, 0, 0], [0, 1, 0], [2, 1, 3], [9, 9, 9]], np.float32)
    points = PointSet(places, np.array([100.0, 0, 0]), np.array([0, 0, 0, 0, -1]), 1)

    found = fit_boxes(PointInstances(points, np.array([7])), ["axis_aligned"], progress=Progress.silent())

    boxes = found["axis_aligned"]
    assert boxes.ids.tolist() == [7]
    np.testing.assert_array_equal(boxes.centres, [[101, 0.5, 1.5]])
    np.testing.assert_array_equal(boxes.extents, [[2, 1, 3]])


def test_fitting_stops_when_asked_and_tells_how_far_it_is():
    steps: list[Step] = []
    groups = MeshInstances(bumpy_mesh(20), np.arange(20) + 1)
    fit_boxes(groups, BOX_KINDS, progress=Progress(steps.append))
    assert (steps[-1].done, steps[-1].total) == (20, 20)

    stopped = Progress.silent()
    stopped.cancel()
    with pytest.raises(Cancelled):
        fit_boxes(groups, BOX_KINDS, progress=stopped)


def test_a_scene_without_mesh_and_images_says_what_is_missing(folder):
    shutil.rmtree(folder / "images")
    (folder / "_detail/mesh/mesh_vertices.hdf5").unlink()
    scene = read(folder)

    with pytest.raises(ViewerError, match="boxes need a mesh, or images to make points from"):
        recompute_boxes(scene, np.array(INSTANCE), BOX_KINDS, progress=Progress.silent())


def test_labels_without_any_instance_are_refused(folder):
    write_labels(folder, instance=[-1] * 5)
    with pytest.raises(LabelError, match="no object of the scene has one"):
        saved_instances(read(folder))


def test_files_hold_a_row_per_instance_and_infinity_where_there_is_no_box(tmp_path):
    boxes = OrientedBoxes(np.array([2]), np.ones((1, 3)), np.full((1, 3), 2.0), np.eye(3)[None])

    write_scene_boxes(tmp_path / "new", BoxSets({"axis_aligned": boxes}), 3)

    for column, shape in zip(COLUMNS, ((4, 3), (4, 3, 3), (4, 3)), strict=True):
        array = load(box_path(tmp_path / "new", "axis_aligned", column))
        assert (array.dtype, array.shape) == (np.dtype("<f8"), shape)
        assert np.isinf(array[[0, 1, 3]]).all()
        assert np.isfinite(array[2]).all()


def test_all_files_are_written_or_none(tmp_path):
    boxes = OrientedBoxes(np.array([1]), np.ones((1, 3)), np.ones((1, 3)), np.eye(3)[None])
    old = save(box_path(tmp_path, "axis_aligned", "positions"), np.zeros((2, 3)))
    before = old.read_bytes()
    box_path(tmp_path, "axis_aligned", "extents").mkdir()  # a folder stands where a file has to go

    with pytest.raises(SaveError):
        write_scene_boxes(tmp_path, BoxSets({"axis_aligned": boxes}), 1)

    assert old.read_bytes() == before
    assert not box_path(tmp_path, "axis_aligned", "orientations").exists()
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("kind", [*BOX_KINDS, "all"])
def test_the_command_writes_the_files_of_the_kinds_asked_for(folder, tmp_path, capsys, kind):
    out = tmp_path / "out"

    assert main(["generate", "boxes", str(folder), "--type", kind, "--out", str(out)]) == 0

    kinds = BOX_KINDS if kind == "all" else (kind,)
    wanted = {box_path(out, each, column).name for each in kinds for column in COLUMNS}
    assert {path.name for path in out.iterdir()} == wanted
    assert "instances written to" in capsys.readouterr().out
    centres, extents = (load(box_path(out, kinds[0], column)) for column in ("positions", "extents"))
    instance = np.array(INSTANCE)
    vertices = cube_scene(5)[0].reshape(5, 8, 3)
    for row in range(len(centres)):
        members = np.flatnonzero(instance == row) if row else np.empty(0, np.int64)
        if not len(members):
            assert np.isinf(centres[row]).all()
            continue
        low, high = vertices[members].min(axis=(0, 1)), vertices[members].max(axis=(0, 1))
        np.testing.assert_allclose(centres[row], (low + high) / 2, atol=1e-9)
        assert sorted(extents[row]) == pytest.approx(sorted(high - low))


def test_without_a_folder_the_command_replaces_the_scene_s_own_boxes_and_they_are_read_again(folder):
    assert main(["generate", "boxes", str(folder), "--replace"]) == 0

    scene = read(folder)
    sets = scene.part(BoxSets)
    assert sets is not None
    assert not [gap for gap in scene.gaps if gap.what.startswith("Boxes")]
    instance, _ = saved_instances(scene)
    used = np.unique(instance[instance > 0])
    for kind in BOX_KINDS:
        np.testing.assert_array_equal(sets.by_kind[kind].ids, used)


def test_boxes_that_are_there_are_replaced_only_when_asked(folder, capsys):
    before = {path: path.read_bytes() for path in (folder / "_detail/mesh").iterdir()}

    assert main(["generate", "boxes", str(folder), "--type", "axis_aligned"]) == 1

    assert "boxes are there already (axis_aligned)" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in (folder / "_detail/mesh").iterdir()} == before


def test_the_command_tells_when_labels_are_missing(folder, capsys):
    for name in ("mesh_objects_si", "mesh_objects_sii"):
        (folder / f"_detail/mesh/{name}.hdf5").unlink()

    assert main(["generate", "boxes", str(folder)]) == 1

    assert "no object of the scene has one" in capsys.readouterr().err


@pytest.mark.parametrize("scene", ["ai_903_001", "ai_902_001"])
def test_all_upright_boxes_of_a_real_scene_equal_those_it_came_with(shared, tmp_path, scene):
    source = shared / "scenes" / scene
    assert main(["generate", "boxes", str(source), "--type", BOX_KINDS[1], "--out", str(tmp_path)]) == 0

    theirs = {column: load(box_path(source / "_detail/mesh", BOX_KINDS[1], column)) for column in COLUMNS}
    ours = {column: load(box_path(tmp_path, BOX_KINDS[1], column)) for column in COLUMNS}
    for column in COLUMNS:
        assert ours[column].shape == theirs[column].shape
        np.testing.assert_array_equal(np.isinf(ours[column]), np.isinf(theirs[column]))
    used = np.isfinite(theirs["extents"]).all(axis=1)
    areas = [boxes["extents"][used, :2].prod(axis=1) for boxes in (ours, theirs)]
    np.testing.assert_allclose(areas[0], areas[1], rtol=1e-9)
    np.testing.assert_allclose(ours["extents"][used, 2], theirs["extents"][used, 2], rtol=1e-9)


def test_boxes_that_do_not_fit_the_labels_beside_them_are_found(folder: Path) -> None:
    mesh_folder = folder / "_detail/mesh"
    scene = read(folder)
    instance, count = saved_instances(scene)
    made = recompute_boxes(scene, instance, BOX_KINDS, progress=Progress.silent())
    write_scene_boxes(mesh_folder, made.sets, count)
    assert find_misfits(read(folder), Progress.silent()) == {}

    # an object leaves one instance, and is a new one alone; another instance has nothing any more
    assert INSTANCE == (-1, 1, -1, 3, -1)
    write_labels(folder, instance=(-1, 1, 1, -1, 2))
    found = find_misfits(read(folder), Progress.silent())
    assert {kind: ids.tolist() for kind, ids in found.items()} == {key: [1, 2, 3] for key in BOX_KINDS}

    # what the files say is no box is told already
    path = box_path(mesh_folder, "axis_aligned", "extents")
    extents = load(path)
    extents[1] = -1
    save(path, extents)
    assert find_misfits(read(folder), Progress.silent())["axis_aligned"].tolist() == [2, 3]

    for part in mesh_folder.glob("mesh_objects_s*.hdf5"):
        part.unlink()
    assert find_misfits(read(folder), Progress.silent()) == {}


def test_a_box_may_miss_its_points_by_a_rounding_and_no_more(folder: Path) -> None:
    scene = read(folder)
    instance, count = saved_instances(scene)
    made = recompute_boxes(scene, instance, ("axis_aligned",), progress=Progress.silent())
    boxes = made.sets.by_kind["axis_aligned"]
    for longer, expected in ((1e-3, []), (2e-2, [1])):
        extents = boxes.extents.copy()
        extents[boxes.ids == 1, 0] += longer
        changed = OrientedBoxes(boxes.ids, boxes.centres, extents, boxes.world_from_box)
        write_scene_boxes(folder / "_detail/mesh", BoxSets({"axis_aligned": changed}), count)
        found = find_misfits(read(folder), Progress.silent())
        assert found.get("axis_aligned", np.empty(0)).tolist() == expected


def test_what_did_not_fit_stays_stale_until_boxes_are_made_anew() -> None:
    instance = np.array([1, 2, 3])
    ages = BoxAges(dict.fromkeys(BOX_KINDS, instance)).with_misfits({"axis_aligned": np.array([3])})
    assert ages.stale("axis_aligned", instance).tolist() == [3]
    assert ages.stale("object_aligned_2d", instance).tolist() == []
    assert ages.stale("axis_aligned", np.array([1, 1, 3])).tolist() == [1, 2, 3]
    assert ages.made(["axis_aligned"], instance).stale("axis_aligned", instance).tolist() == []
