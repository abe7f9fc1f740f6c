from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.builders import (
    CUBE_FACES,
    INSTANCE,
    METRES_PER_UNIT,
    OBJECT_NAMES,
    SCENE,
    SEMANTIC,
    cube_scene,
    load,
    save,
    write_camera_table,
    write_labels,
    write_mesh,
    write_objects,
    write_scene,
    write_text,
)
from viewer.errors import Cancelled, FormatError
from viewer.formats.registry import find_scenes
from viewer.jobs.job import Progress, Step
from viewer.model.boxes import BoxSets
from viewer.model.camera import Cameras, Lens, LensSource
from viewer.model.dataset_notes import DatasetNotes, LabellingTime, MeshSize, NodeStrings, OctomapSize
from viewer.model.face_parts import FaceGroups, FaceMaterials
from viewer.model.frames import FrameId, Images
from viewer.model.mesh import Mesh
from viewer.model.octomap import Octomap
from viewer.model.saved_labels import SavedLabels
from viewer.model.scene import Gap, NodeTable, ObjectTable, Scene

MESH = "_detail/mesh"


def _read(path: Path, *also: Path) -> Scene:
    reader, matches = find_scenes(path, also)
    return reader.read(matches[0], Progress.silent())


def _broken(scene: Scene) -> list[tuple[str, str]]:
    return [(gap.what, gap.why) for gap in scene.gaps if gap.is_broken]


def _gap(scene: Scene, what: str) -> Gap:
    return next(gap for gap in scene.gaps if gap.what == what)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_scene(tmp_path)


def test_a_complete_scene_has_every_part(folder: Path) -> None:
    write_camera_table(folder.parent / "metadata_camera_parameters.csv")
    scene = _read(folder)
    assert set(scene.parts) == {
        BoxSets, Cameras, FaceGroups, FaceMaterials, Images, LabellingTime, Lens, Mesh, NodeStrings,
        NodeTable, ObjectTable, Octomap, SavedLabels,
    }  # fmt: skip
    assert scene.gaps == ()
    assert scene.metres_per_unit == METRES_PER_UNIT


def test_the_parts_hold_what_was_written(folder: Path) -> None:
    scene = _read(folder)
    mesh, labels, nodes = scene.part(Mesh), scene.part(SavedLabels), scene.part(NodeTable)
    boxes, octomap, cameras = scene.part(BoxSets), scene.part(Octomap), scene.part(Cameras)
    materials, time = scene.part(FaceMaterials), scene.part(LabellingTime)
    table = scene.part(ObjectTable)
    assert table is not None
    assert table.names == OBJECT_NAMES
    assert mesh is not None
    assert (mesh.vertices.shape, mesh.faces.shape, mesh.object_count) == ((40, 3), (60, 3), 5)
    assert mesh.owners.dense().tolist() == np.repeat(np.arange(5), 12).tolist()
    assert labels is not None
    assert (labels.semantic.tolist(), labels.instance.tolist()) == (list(SEMANTIC), list(INSTANCE))
    assert nodes is not None
    assert nodes.object_of_node.tolist() == [-1, -1, 4, 3, 2, 1, 0]
    assert nodes.names[4] == 'lamp "tall"@node'
    assert boxes is not None
    assert {kind: found.ids.tolist() for kind, found in boxes.by_kind.items()} == {
        "axis_aligned": [1, 3],
        "object_aligned_2d": [1, 3],
        "object_aligned_3d": [1, 3],
    }
    assert octomap is not None
    assert octomap.free_space_max is not None
    assert octomap.free_space_max.tolist() == [1, 1, 1]
    assert cameras is not None
    assert cameras.names == ("cam_00", "cam_01")
    assert materials is not None
    assert materials.names == ("wood, oiled", "glass")
    assert time is not None
    assert time.seconds == 24 * 3600 + 30


def test_every_part_tells_its_folder(folder: Path) -> None:
    scene = _read(folder)
    assert set(scene.sources.values()) == {folder}
    assert {"Mesh", "Object list", "Labels", "Images", "Camera cam_00", "Octomap", "Units"} <= set(
        scene.sources
    )


ALL_PARTS = (
    ("_detail/metadata_scene.csv", "Units"),
    ("_detail/metadata_nodes.csv", "Render nodes"),
    ("_detail/octomap/octomap.bt", "Octomap"),
    (f"{MESH}/mesh_faces_oi.hdf5", "Objects of faces"),
    (f"{MESH}/metadata_semantic_instance_bounding_box_axis_aligned_positions.hdf5", "Boxes, axis aligned"),
    ("_detail/cam_00/camera_keyframe_positions.hdf5", "Camera cam_00"),
    ("_detail/octomap/octomap_free_space_min.hdf5", "Bounds of free space"),
    ("images/scene_cam_00_geometry_hdf5", "Images of cam_00"),
    ("images", "Images"),
    ("_detail", "Camera cam_00"),
)


@pytest.mark.parametrize(("path", "what"), ALL_PARTS)
def test_what_is_missing_is_a_gap_and_the_rest_opens(folder: Path, path: str, what: str) -> None:
    victim = folder / path
    if victim.is_dir():
        shutil.rmtree(victim)
    else:
        victim.unlink()
    scene = _read(folder)
    gap = _gap(scene, what)
    assert gap.why
    assert gap.expected_at is not None
    assert len(scene.parts) >= 1


def test_no_file_at_all_is_no_error(tmp_path: Path) -> None:
    (tmp_path / SCENE / "_detail").mkdir(parents=True)
    scene = _read(tmp_path)
    assert scene.parts == {}
    assert not any(gap.is_broken for gap in scene.gaps)
    assert {"Mesh", "Object list", "Labels", "Images", "Cameras", "Boxes", "Octomap", "Units"} <= {
        gap.what for gap in scene.gaps
    }


def test_without_any_object_list_labelling_says_what_it_needs(folder: Path) -> None:
    shutil.rmtree(folder / MESH)
    (folder / "_detail/metadata_nodes.csv").unlink()
    scene = _read(folder)
    assert scene.part(ObjectTable) is None
    gap = _gap(scene, "Object list")
    assert "labelling" in gap.enables
    assert gap.why == "neither metadata_objects.csv nor metadata_nodes.csv is there"


def test_a_mesh_without_object_list_still_shows(folder: Path) -> None:
    (folder / MESH / "metadata_objects.csv").unlink()
    (folder / "_detail/metadata_nodes.csv").unlink()
    mesh = _read(folder).part(Mesh)
    assert mesh is not None
    assert mesh.object_count == 5


def test_names_come_from_the_nodes_where_there_is_no_object_list(folder: Path) -> None:
    shutil.rmtree(folder / MESH)
    scene = _read(folder)
    table = scene.part(ObjectTable)
    assert table is not None
    assert table.names == OBJECT_NAMES
    assert table.source == "metadata_nodes.csv"
    assert scene.sources["Object list"] == folder


def test_labels_tell_of_objects_that_have_no_node(folder: Path) -> None:
    (folder / MESH / "metadata_objects.csv").unlink()
    write_labels(folder, [*SEMANTIC, 1], [*INSTANCE, -1])
    scene = _read(folder)
    table = scene.part(ObjectTable)
    assert table is not None
    assert table.names == (*OBJECT_NAMES, "object 5")
    assert scene.part(SavedLabels) is not None


def _replace(path: str, array: Any) -> Callable[[Path], object]:
    return lambda scene: save(scene / path, array)


def _text(path: str, text: str) -> Callable[[Path], object]:
    return lambda scene: write_text(scene / path, text)


def _truncate(path: str, length: int) -> Callable[[Path], object]:
    return lambda scene: (scene / path).write_bytes((scene / path).read_bytes()[:length])


def _edit(path: str, change: Callable[[Any], Any]) -> Callable[[Path], object]:
    return lambda scene: save(scene / path, change(load(scene / path)))


def _put(index: Any, value: Any) -> Callable[[Any], Any]:
    def change(array: Any) -> Any:
        array[index] = value
        return array

    return change


VERTICES, FACES, OWNERS = (f"{MESH}/mesh_{name}.hdf5" for name in ("vertices", "faces_vi", "faces_oi"))
BOX = "metadata_semantic_instance_bounding_box_axis_aligned_extents.hdf5"

BREAKAGES: list[tuple[Callable[[Path], object], str, str, set[type]]] = [
    (
        _truncate(VERTICES, 2500),
        "Mesh",
        "mesh_vertices.hdf5: the HDF5 file is cut short: expected 3008 bytes, found 2500",
        {Mesh, FaceGroups, FaceMaterials},
    ),
    (
        _text(FACES, "hello"),
        "Mesh",
        "mesh_faces_vi.hdf5: expected an HDF5 file, found something else",
        {Mesh, FaceGroups, FaceMaterials},
    ),
    (
        _replace(VERTICES, np.zeros((40, 4))),
        "Mesh",
        "mesh_vertices.hdf5: expected an array of shape (n, 3), found (40, 4)",
        {Mesh, FaceGroups, FaceMaterials},
    ),
    (
        _replace(FACES, CUBE_FACES.astype(float)),
        "Mesh",
        "mesh_faces_vi.hdf5: expected integers, found values of type float64",
        {Mesh, FaceGroups, FaceMaterials},
    ),
    (
        _edit(FACES, _put((3, 1), 40)),
        "Mesh",
        "mesh_faces_vi.hdf5: expected vertex indices 0 to 39, found 40",
        {Mesh, FaceGroups, FaceMaterials},
    ),
    (
        _edit(FACES, _put((3, 1), -1)),
        "Mesh",
        "mesh_faces_vi.hdf5: expected vertex indices 0 to 39, found -1",
        {Mesh, FaceGroups, FaceMaterials},
    ),
    (
        _edit(VERTICES, _put((slice(8, 10), 0), np.nan)),
        "Mesh",
        "mesh_vertices.hdf5: expected finite coordinates, "
        "found 2 vertices without: their faces are not shown",
        set(),
    ),
    (
        _edit(OWNERS, _put(slice(2), 5)),
        "Objects of faces",
        "mesh_faces_oi.hdf5: expected object ids -1 to 4, found 5: 2 faces count as having no object",
        set(),
    ),
    (
        _replace(OWNERS, np.zeros(59, int)),
        "Objects of faces",
        "mesh_faces_oi.hdf5: expected 60 rows, found 59",
        set(),
    ),
    (
        _replace(f"{MESH}/mesh_faces_gi.hdf5", np.full(60, 9)),
        "Groups",
        "mesh_faces_gi.hdf5: expected group ids -1 to 4, found 9: 60 faces count as having no group",
        set(),
    ),
    (
        _text(f"{MESH}/metadata_materials.csv", "name\n"),
        "Materials",
        "metadata_materials.csv: expected the header 'material_name,illum,d,Kd,Tr,Ka,Ks,Tf,Ns', found 'name'",
        {FaceMaterials},
    ),
    (
        _replace(f"{MESH}/mesh_normals.hdf5", np.zeros((3, 3), int)),
        "Mesh normals",
        "mesh_normals.hdf5: expected floats of shape (n, 3), found int64 of shape (3, 3)",
        set(),
    ),
    (
        _replace(f"{MESH}/mesh_texcoords.hdf5", np.zeros(3)),
        "Texture coordinates",
        "mesh_texcoords.hdf5: expected floats of shape (n, 2 or 3), found float64 of shape (3,)",
        set(),
    ),
    (
        _text(f"{MESH}/metadata_objects.csv", ""),
        "Object list",
        "metadata_objects.csv: expected a header line, found an empty file",
        set(),
    ),
    (
        _text("_detail/metadata_nodes.csv", "node_id,node_name,object_id,object_name\n1,a\n"),
        "Render nodes",
        "metadata_nodes.csv: line 2: expected node id, node name, object id, object name, found '1,a'",
        {NodeTable},
    ),
    (
        _text("_detail/metadata_nodes.csv", "node_id,node_name,object_id,object_name\n1,a,5,b\n"),
        "Render nodes",
        "metadata_nodes.csv: expected object ids -1 to 4, found 5: 1 nodes count as having no object",
        set(),
    ),
    (
        _text("_detail/metadata_node_strings.csv", "a\n"),
        "Node strings",
        "metadata_node_strings.csv: expected the header 'node_id,path,string', found 'a'",
        {NodeStrings},
    ),
    (
        _replace(f"{MESH}/mesh_objects_si.hdf5", np.ones((4, 1), int)),
        "Labels",
        "mesh_objects_si.hdf5: expected labels of 5 objects as the scene has, found 4",
        {SavedLabels},
    ),
    (
        _truncate(f"{MESH}/mesh_objects_sii.hdf5", 2060),
        "Labels",
        "mesh_objects_sii.hdf5: the HDF5 file is cut short: expected 2088 bytes, found 2060",
        {SavedLabels},
    ),
    (
        _replace(f"{MESH}/{BOX}", np.ones((3, 3))),
        "Boxes, axis aligned",
        f"{BOX}: expected an array of shape (4, 3), found (3, 3)",
        set(),
    ),
    (
        lambda scene: (scene / MESH / BOX).unlink(),
        "Boxes, axis aligned",
        f"{BOX}: the file is missing",
        set(),
    ),
    (
        lambda scene: (scene / "_detail/cam_01/camera_keyframe_frame_indices.hdf5").unlink(),
        "Camera cam_01",
        "camera_keyframe_frame_indices.hdf5: the file is missing: keyframes are numbered 0 to 1",
        set(),
    ),
    (
        _replace("_detail/cam_01/camera_keyframe_orientations.hdf5", np.zeros((2, 9))),
        "Camera cam_01",
        "camera_keyframe_orientations.hdf5: expected an array of shape (2, 3, 3), found (2, 9)",
        set(),
    ),
    (
        _text("_detail/metadata_cameras.csv", "cam_00\n"),
        "Cameras",
        "metadata_cameras.csv: expected the header 'camera_name', found 'cam_00'",
        set(),
    ),
    (
        _text("metadata_camera_parameters.csv", "a\n"),
        "Lens from the camera table",
        "metadata_camera_parameters.csv: expected a column 'scene_name', found none",
        set(),
    ),
    (
        _text("_detail/octomap/octomap.bt", "hello"),
        "Octomap",
        "octomap.bt: expected '# Octomap OcTree binary file' or '# Octomap OcTree file' on the first line, "
        "found 'hello'",
        {Octomap},
    ),
    (
        _replace("_detail/octomap/octomap_free_space_max.hdf5", np.zeros(2)),
        "Bounds of free space",
        "octomap_free_space_max.hdf5: expected 3 finite numbers, found shape (2,)",
        set(),
    ),
    (
        _text("_detail/metadata_scene.csv", "parameter_name,parameter_value\nmeters_per_asset_unit,0\n"),
        "Units",
        "metadata_scene.csv: expected metres per unit above 0, found 0",
        set(),
    ),
    (
        _text("metadata_camera_trajectories.csv", "Animation\n"),
        "Tables of the dataset",
        "metadata_camera_trajectories.csv: expected a column 'Scene type', found 'Animation'",
        set(),
    ),
]


@pytest.mark.parametrize(
    ("damage", "what", "sentence", "lost"), BREAKAGES, ids=[f"{b[1]}: {b[2][:60]}" for b in BREAKAGES]
)
def test_what_is_broken_has_one_sentence_and_the_rest_opens(
    folder: Path, damage: Callable[[Path], object], what: str, sentence: str, lost: set[type]
) -> None:
    whole = set(_read(folder).parts)
    damage(folder)
    scene = _read(folder)
    assert _broken(scene) == [(what, sentence)]
    assert set(scene.parts) == whole - lost


def test_a_broken_object_list_falls_back_to_the_nodes(folder: Path) -> None:
    write_text(folder / MESH / "metadata_objects.csv", "")
    table = _read(folder).part(ObjectTable)
    assert table is not None
    assert table.names == OBJECT_NAMES


def test_faces_of_unknown_objects_belong_to_none(folder: Path) -> None:
    owners = load(folder / OWNERS)
    owners[:2], owners[2] = 5, -7
    save(folder / OWNERS, owners)
    mesh = _read(folder).part(Mesh)
    assert mesh is not None
    assert mesh.owners.dense()[:4].tolist() == [-1, -1, -1, 0]


def test_faces_of_no_object_are_no_fault(folder: Path) -> None:
    owners = load(folder / OWNERS)
    owners[:2] = -1
    save(folder / OWNERS, owners)
    scene = _read(folder)
    mesh = scene.part(Mesh)
    assert mesh is not None
    assert mesh.owners.dense()[:3].tolist() == [-1, -1, 0]
    assert _broken(scene) == []


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, 1e300, -1e19])
def test_vertices_too_far_to_be_drawn_are_kept_as_none(folder: Path, value: float) -> None:
    vertices = load(folder / VERTICES)
    vertices[3, 1] = value
    save(folder / VERTICES, vertices)
    mesh = _read(folder).part(Mesh)
    assert mesh is not None
    vertices[3, 1] = np.nan
    assert np.array_equal(mesh.vertices, vertices, equal_nan=True)


@pytest.mark.parametrize("dtype", ["<i4", ">i4", ">i8", "u2", "u8"])
def test_indices_of_any_integer_type_are_accepted(folder: Path, dtype: str) -> None:
    save(folder / FACES, load(folder / FACES).astype(dtype))
    save(folder / OWNERS, load(folder / OWNERS).astype(dtype)[:, None])
    scene = _read(folder)
    mesh = scene.part(Mesh)
    assert mesh is not None
    assert np.array_equal(mesh.faces, cube_scene(5)[1])
    assert _broken(scene) == []


@pytest.mark.parametrize("dtype", ["<f4", ">f8", "<i4"])
def test_vertices_of_any_number_type_are_accepted(folder: Path, dtype: str) -> None:
    save(folder / VERTICES, load(folder / VERTICES).astype(dtype))
    mesh = _read(folder).part(Mesh)
    assert mesh is not None
    assert np.array_equal(mesh.vertices, cube_scene(5)[0])


def test_an_empty_mesh_is_a_mesh(folder: Path) -> None:
    save(folder / VERTICES, np.zeros((0, 3)))
    save(folder / FACES, np.zeros((0, 3), int))
    for name in ("oi", "gi", "mi"):
        save(folder / MESH / f"mesh_faces_{name}.hdf5", np.zeros(0, int))
    scene = _read(folder)
    mesh = scene.part(Mesh)
    assert mesh is not None
    assert len(mesh.faces) == 0
    assert _broken(scene) == []


def test_vertices_are_kept_rounded_and_read_again_where_they_must_be_exact(folder: Path) -> None:
    exact = load(folder / VERTICES) + 1 / 3
    exact[7] = np.nan, 0, 1e30
    save(folder / VERTICES, exact)
    mesh = _read(folder).part(Mesh)
    assert mesh is not None
    assert mesh.vertices.dtype == np.float32
    whole = np.delete(np.arange(len(exact)), 7)
    assert np.array_equal(mesh.vertices[whole], exact[whole].astype(np.float32))
    assert np.array_equal(mesh.exact_vertices()[whole], exact[whole])
    assert np.isnan(mesh.exact_vertices()[7]).tolist() == [True, False, True]


def test_vertices_that_changed_on_disk_are_not_taken_for_those_of_the_scene(folder: Path) -> None:
    mesh = _read(folder).part(Mesh)
    assert mesh is not None
    save(folder / VERTICES, load(folder / VERTICES) + 1)
    with pytest.raises(FormatError, match=r"mesh_vertices\.hdf5: expected the vertices that the scene was"):
        mesh.exact_vertices()
    (folder / VERTICES).unlink()
    with pytest.raises(FormatError, match="the file is missing"):
        mesh.exact_vertices()


def test_vertices_so_far_away_that_rounding_could_be_seen_are_kept_exact(folder: Path) -> None:
    far = load(folder / VERTICES) + 1e5 + 1 / 3
    save(folder / VERTICES, far)
    mesh = _read(folder).part(Mesh)
    assert mesh is not None
    (folder / VERTICES).unlink()
    assert np.array_equal(mesh.vertices, far)
    assert np.array_equal(mesh.exact_vertices(), far)


def test_thousands_of_objects_open(tmp_path: Path) -> None:
    names = [f"object, {k}" for k in range(13_000)]
    write_objects(tmp_path / SCENE, names)
    write_labels(tmp_path / SCENE, [1] * len(names), [-1] * len(names))
    scene = _read(tmp_path)
    assert scene.object_count == 13_000
    assert _broken(scene) == []


def test_the_lens_comes_from_the_camera_table(folder: Path) -> None:
    plain = _read(folder)
    write_camera_table(folder.parent / "metadata_camera_parameters.csv", shift=0.1)
    shifted = _read(folder)
    for scene, source in ((plain, LensSource.PINHOLE), (shifted, LensSource.TABLE)):
        cameras = scene.part(Cameras)
        assert cameras is not None
        assert {t.lens.source for t in cameras.trajectories} == {source}
    assert _gap(plain, "Lens from the camera table").why.startswith("the table is not there")
    assert shifted.sources["Lens"] == folder.parent / "metadata_camera_parameters.csv"


def test_the_lens_fits_the_size_of_the_images(tmp_path: Path) -> None:
    folder = write_scene(tmp_path, image_size=(16, 12))
    write_camera_table(tmp_path / "metadata_camera_parameters.csv")
    lens = _read(folder).part(Lens)
    assert lens is not None
    assert (lens.width, lens.height) == (16, 12)


def test_a_camera_without_poses_is_a_gap(folder: Path) -> None:
    shutil.rmtree(folder / "_detail/cam_00")
    scene = _read(folder)
    assert _gap(scene, "Camera cam_00").why == "its poses are not there"
    images = scene.part(Images)
    assert images is not None
    assert images.source.cameras == ("cam_00",)


def test_units_come_from_the_camera_table_where_the_scene_has_none(folder: Path) -> None:
    (folder / "_detail/metadata_scene.csv").unlink()
    assert _read(folder).metres_per_unit == 1.0
    write_camera_table(folder.parent / "metadata_camera_parameters.csv")
    assert _read(folder).metres_per_unit == 0.01


def test_tables_of_the_dataset_are_read(folder: Path) -> None:
    write_text(
        folder.parent / "analysis/metadata_camera_trajectories.csv",
        "Animation,Scene type,Notes,Any good views of scene?\r\n"
        f'{SCENE}_cam_00,Bathroom,"a, b",\r\n{SCENE}_cam_01,OUTSIDE VIEWING AREA (BAD TRAJECTORY),,No\r\n'
        "ai_900_002_cam_00,Office,, ",
    )
    write_text(
        folder.parent / "analysis/metadata_images_split_scene_v1.csv",
        "scene_name,camera_name,frame_id,included_in_public_release,exclude_reason,split_partition_name\n"
        f"{SCENE},cam_00,0,True,,val\n{SCENE},cam_00,1,False,CONTENT FLAGGED FOR REMOVAL,\n"
        "ai_900_002,cam_00,2,False,other,\n",
    )
    notes = _read(folder).part(DatasetNotes)
    assert notes is not None
    assert notes.trajectories["cam_00"].scene_type == "Bathroom"
    assert notes.trajectories["cam_00"].notes == "a, b"
    assert not notes.trajectories["cam_01"].has_good_views
    assert notes.excluded == {FrameId("cam_00", 1): "CONTENT FLAGGED FOR REMOVAL"}
    assert (notes.split, notes.listed_frames) == ("val", 2)


def _spread(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A scene in three folders: images and poses, labels and names, mesh."""
    whole = write_scene(tmp_path / "whole")
    images, labels, bought = (tmp_path / name / SCENE for name in ("images", "labels", "bought"))
    shutil.copytree(whole, images, ignore=shutil.ignore_patterns("mesh"))
    write_labels(labels)
    write_objects(labels)
    write_mesh(bought)
    return images, labels, bought


def test_a_scene_in_several_folders_is_one_scene(tmp_path: Path) -> None:
    images, labels, bought = _spread(tmp_path)
    scene = _read(images, labels.parent, bought.parent)
    assert {Mesh, SavedLabels, ObjectTable, Cameras, Images, NodeTable} <= set(scene.parts)
    assert scene.path == images
    assert scene.sources["Mesh"] == bought
    assert scene.sources["Labels"] == scene.sources["Object list"] == labels
    assert scene.sources["Images"] == scene.sources["Camera cam_00"] == images


def test_labels_are_saved_where_labels_are_else_where_the_mesh_is(tmp_path: Path) -> None:
    images, labels, bought = _spread(tmp_path)
    assert _read(images, labels.parent, bought.parent).label_folder == labels / MESH
    assert _read(images, bought.parent).label_folder == bought / MESH
    assert _read(images).label_folder == images / MESH


def test_an_overlay_that_does_not_exist_is_told(folder: Path, tmp_path: Path) -> None:
    scene = _read(folder, tmp_path / "none")
    assert _gap(scene, "Overlay folder").expected_at == tmp_path / "none"


def test_a_survey_measures_large_parts_and_reads_the_others(folder: Path) -> None:
    reader, matches = find_scenes(folder)
    scene = reader.survey(matches[0], Progress.silent())
    assert scene.part(MeshSize) == MeshSize(40, 60)
    assert scene.part(OctomapSize) == OctomapSize(0.05, 4)
    assert scene.part(Mesh) is None
    assert scene.part(SavedLabels) is not None
    assert scene.gaps == _read(folder).gaps


def test_reading_tells_how_far_it_is(folder: Path) -> None:
    reader, matches = find_scenes(folder)
    steps: list[Step] = []
    reader.read(matches[0], Progress(steps.append))
    assert f"{SCENE}: vertices" in [step.text for step in steps]
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert all(step.done <= step.total for step in steps)


def test_reading_stops_between_files_when_asked(folder: Path) -> None:
    reader, matches = find_scenes(folder)
    progress = Progress(lambda step: progress.cancel() if step.text.endswith("faces") else None)
    with pytest.raises(Cancelled):
        reader.read(matches[0], progress)
