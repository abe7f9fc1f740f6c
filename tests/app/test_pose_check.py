"""The pose check: sound scenes pass, and every fault made on purpose is called by its name."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests import pose_faults as make
from tests.builders import load, save
from tests.pose_faults import CAMERA, DISTANCES, EVERY_IMAGE, IDS, POSITIONS, read_scene
from viewer.app.lenses import with_chosen_lens
from viewer.app.pose_check import SceneCheck, check_scene
from viewer.app.pose_check_text import to_csv, to_json, to_text
from viewer.cli import main
from viewer.errors import Cancelled, ViewerError
from viewer.formats.hypersim.layout import CAMERA_PARAMETERS_TABLE
from viewer.geometry.pose_check import FrameCheck
from viewer.geometry.pose_faults import Fault
from viewer.jobs.job import Progress
from viewer.model.camera import Lens, pinhole_lens, plain_lens
from viewer.model.frames import FrameId
from viewer.sample import write_sample
from viewer.sample.detail_files import write_camera_parameters

BAD, GOOD = 2, 0
"""The frame of cam_00 that is tampered with, and one that is not."""


def tilt_shift_lens() -> Lens:
    """A tilted and shifted lens, far from a plain one."""
    plain = pinhole_lens(1024, 768, np.radians(60))
    tilt = np.array([[1.0, 0.02, 0.05], [0.0, 1.05, -0.15], [0.02, 0.08, 1.0]])
    return Lens(1024, 768, tilt @ plain.ray_from_pixel)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(tmp_path_factory.mktemp("sound"), progress=Progress.silent(), quality="test")


@pytest.fixture(scope="module")
def tilted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(
        tmp_path_factory.mktemp("tilted"), lens=tilt_shift_lens(), progress=Progress.silent(), quality="test"
    )


@pytest.fixture
def scene(sound: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sound, tmp_path / sound.name)


def check(folder: Path, lens: str | None = None, **options: object) -> SceneCheck:
    scene = with_chosen_lens(read_scene(folder), lens, Progress.silent())
    return check_scene(scene, **options)  # type: ignore[arg-type]


def bad_frame(folder: Path, lens: str | None = "pinhole") -> FrameCheck:
    """The check of the frame tampered with; the other one of its camera must pass."""
    found = check(folder, lens)
    good = found.of(FrameId(CAMERA, GOOD))
    assert good is not None
    assert not good.has_failed, good.diagnosis.reason
    bad = found.of(FrameId(CAMERA, BAD))
    assert bad is not None
    return bad


@pytest.mark.parametrize("which", ["sound", "tilted"])
def test_with_the_right_lens_every_frame_of_a_sound_scene_fits(which, request):
    found = check(request.getfixturevalue(which))
    assert not found.failed, to_text(found)
    for frame in found.frames:
        assert frame.witness == "mesh"
        assert frame.measures.agreement.inner >= 0.995
        assert frame.measures.shift.is_none
        assert frame.measures.distance.median_m < 0.002
        assert frame.measures.position.median_m < 0.002
        assert frame.measures.offset_px < 0.1


@pytest.mark.parametrize("name", ["ai_902_001", "ai_903_001"])
def test_real_geometry_fits(shared, name):
    found = check(shared / "scenes" / name, frame=1)
    assert not found.failed, to_text(found)
    assert found.frames[0].measures.agreement.inner >= 0.995


def test_with_the_plain_pinhole_a_tilt_shift_scene_fails_and_the_lens_is_named(tilted):
    found = check(tilted, "pinhole")
    assert {frame.fault for frame in found.failed} == {Fault.LENS}
    assert len(found.failed) == len(found.frames)
    assert max(frame.measures.agreement.inner for frame in found.frames) < 0.95
    assert "plain 60° pinhole" in found.failed[0].diagnosis.reason
    assert "off by up to" in found.failed[0].diagnosis.reason


def test_without_positions_the_lens_is_named_because_all_frames_fail(tilted, tmp_path):
    scene = shutil.copytree(tilted, tmp_path / tilted.name)
    for path in scene.glob("images/*/*.position.hdf5"):
        path.unlink()
    assert {frame.fault for frame in check(scene, "pinhole").failed} == {Fault.LENS}


@pytest.mark.parametrize("degrees", [1.5, 8.0, 120.0])
def test_a_rotated_pose_is_named_with_its_angle(scene, degrees):
    make.rotate_pose(scene, BAD, degrees)
    found = bad_frame(scene)
    assert found.fault is Fault.TURNED
    assert found.diagnosis.amount == pytest.approx(degrees, rel=0.02)


def test_a_rotated_pose_is_found_by_ids_alone(scene):
    make.rotate_pose(scene, BAD, 4.0)
    for key in (POSITIONS, DISTANCES):
        make.image(scene, BAD, key).unlink()
    found = bad_frame(scene)
    assert found.fault is Fault.TURNED
    assert found.diagnosis.amount == pytest.approx(4.0, abs=0.4)


@pytest.mark.parametrize("keys", [EVERY_IMAGE, (IDS,), (POSITIONS,), (DISTANCES,)], ids="+".join)
def test_shifted_images_are_named_with_their_shift(scene, keys):
    make.shift_images(scene, BAD, 9, -6, *keys)
    found = bad_frame(scene)
    assert found.fault is Fault.SHIFTED, found.diagnosis.reason
    assert "9 px to the right and 6 px up" in found.diagnosis.reason
    if IDS in keys:
        assert (found.measures.shift.dx, found.measures.shift.dy) == (9, -6)
        assert found.measures.shift.inner >= 0.99
    if len(keys) == 1:
        assert keys[0] in found.diagnosis.reason


@pytest.mark.parametrize("keys", [EVERY_IMAGE, (IDS,), (POSITIONS,), (DISTANCES,)], ids="+".join)
def test_swapped_frames_are_named_with_the_other_one(scene, keys):
    make.swap_images(scene, BAD, GOOD, *keys)
    found = check(scene, "pinhole")
    for frame, other in ((BAD, GOOD), (GOOD, BAD)):
        one = found.of(FrameId(CAMERA, frame))
        assert one.fault is Fault.SWAPPED, one.diagnosis.reason
        assert one.diagnosis.other == FrameId(CAMERA, other)
    assert not found.of(FrameId("cam_01", 0)).has_failed


def test_a_wrong_unit_of_the_scene_is_named_with_the_right_one(scene):
    make.set_unit(scene, 0.0254)  # it is 0.01
    found = check(scene, "pinhole")
    assert {frame.fault for frame in found.frames} == {Fault.UNIT}
    assert "the scene's unit is centimetres and not inches" in found.frames[0].diagnosis.reason


def test_poses_in_another_unit_are_named(scene):
    make.change_positions(scene, lambda positions: positions * 0.01)
    found = check(scene, "pinhole").of(FrameId(CAMERA, BAD))
    assert found.fault is Fault.UNIT
    assert (
        "camera's position is 100 times too small: it is in metres where the scene's are in centimetres"
        in found.diagnosis.reason
    )


def test_poses_in_another_unit_are_found_by_ids_alone(scene):
    make.change_positions(scene, lambda positions: positions * 0.01)
    for path in scene.glob(f"images/scene_{CAMERA}*/*"):
        if IDS not in path.name:
            path.unlink()
    assert check(scene, "pinhole").of(FrameId(CAMERA, BAD)).fault is Fault.UNIT


def test_a_mesh_in_another_unit_is_named(scene):
    path = scene / "_detail/mesh/mesh_vertices.hdf5"
    save(path, load(path) / 100)
    found = check(scene, "pinhole").of(FrameId(CAMERA, BAD))
    assert found.fault is Fault.UNIT
    assert "The mesh is 100 times too small" in found.diagnosis.reason


def test_one_frame_with_distances_in_centimetres_is_named(scene):
    make.change_image(scene, BAD, lambda pixels: pixels * np.float16(100), DISTANCES)
    found = bad_frame(scene)
    assert found.fault is Fault.UNIT
    assert "100 times too large" in found.diagnosis.reason
    assert found.diagnosis.reason.endswith("depth_meters is in centimetres.")


def test_planar_depth_in_place_of_distance_is_named(scene):
    lens = pinhole_lens(128, 96, np.radians(60))
    y, x = np.indices((96, 128))
    rays = np.stack([x, y, np.ones_like(x)], axis=2) @ lens.ray_from_pixel.T
    slant = np.linalg.norm(rays, axis=2) / rays[..., 2]
    make.change_image(scene, BAD, lambda pixels: (pixels / slant).astype(np.float16), DISTANCES)
    assert bad_frame(scene).fault is Fault.PLANAR


def test_a_camera_somewhere_else_is_named_with_the_distance(scene):
    row = make.row_of(scene, BAD)

    def move(positions):
        positions[row] += (0.0, 30.0, 0.0)  # cm
        return positions

    make.change_positions(scene, move)
    found = bad_frame(scene)
    assert found.fault is Fault.MOVED
    assert found.diagnosis.amount == pytest.approx(0.3, rel=0.02)


@pytest.mark.parametrize(
    ("change", "word"),
    [(lambda r: r * 1.02, "is no rotation"), (lambda r: r @ np.diag([1, 1, -1]), "mirrors")],
    ids=["stretched", "mirrored"],
)
def test_a_matrix_that_is_no_rotation_is_told_in_numbers(scene, change, word):
    make.change_rotation(scene, BAD, change)
    found = bad_frame(scene)
    assert found.fault is Fault.NOT_A_ROTATION
    assert word in found.diagnosis.reason
    assert found.diagnosis.amount == pytest.approx(np.linalg.det(change(np.eye(3))))


def test_a_pose_of_nan_is_told(scene):
    make.change_rotation(scene, BAD, lambda rotation: rotation * np.nan)
    found = bad_frame(scene)
    assert found.fault is Fault.NAN_POSE
    assert "NaN" in found.diagnosis.reason


def test_a_missing_index_file_is_told_once_and_images_without_a_keyframe_fail(scene):
    path = make.pose_file(scene, "frame_indices")
    path.unlink()
    shutil.copy(make.image(scene, GOOD, IDS), make.image(scene, 99, IDS))
    found = check(scene, "pinhole")
    assert sum("camera_keyframe_frame_indices" in note for note in found.notes) == 1
    stray = found.of(FrameId(CAMERA, 99))
    assert stray.fault is Fault.NO_POSE
    assert stray.diagnosis.reason == "There are images of frame 99, but cam_00 has no such keyframe."


def test_an_image_of_another_size_is_told_with_both_sizes(scene):
    make.change_image(scene, BAD, lambda pixels: pixels[::2, ::2], IDS)
    found = bad_frame(scene)
    assert found.fault is Fault.IMAGE_SIZE
    assert "render_entity_id has 64 × 48 pixels" in found.diagnosis.reason
    assert "128 × 96" in found.diagnosis.reason


@pytest.mark.parametrize(
    ("size", "words"),
    [((1024, 768), "Scaled from 1024 x 768 px"), ((1024, 1024), "1024 x 1024")],
    ids=["alike", "another shape"],
)
def test_images_of_another_size_than_the_table_says_are_told(tilted, tmp_path, size, words):
    scene = shutil.copytree(tilted, tmp_path / tilted.name)
    make.change_sizes(scene / CAMERA_PARAMETERS_TABLE, *size)
    found = check(scene)
    assert not found.failed
    assert sum(words in note for note in found.notes) == 1, found.notes


def test_a_table_with_the_lens_of_another_scene_is_found_out(tilted, tmp_path):
    scene = shutil.copytree(tilted, tmp_path / tilted.name)
    write_camera_parameters(scene / CAMERA_PARAMETERS_TABLE, scene.name, plain_lens(128, 96))
    found = check(scene, "table")
    assert {frame.fault for frame in found.failed} == {Fault.LENS}
    assert "that of the camera table" in found.failed[0].diagnosis.reason


def test_a_damaged_image_is_told(scene):
    make.image(scene, BAD, DISTANCES).write_bytes(b"not HDF5")
    found = bad_frame(scene)
    assert found.fault is Fault.UNREADABLE
    assert "frame.0002.depth_meters.hdf5" in found.diagnosis.reason


def test_a_scene_without_anything_to_compare_says_so(scene):
    for path in scene.glob("images/*/*"):
        if not any(key in path.name for key in ("color", "normal")):
            path.unlink()
    with pytest.raises(ViewerError, match="nothing of ai_000_001 can be checked"):
        check(scene, "pinhole")


def test_it_can_be_cancelled(scene):
    progress = Progress()
    checked = []

    def stop(frame: FrameCheck) -> None:
        checked.append(frame)
        progress.cancel()

    with pytest.raises(Cancelled):
        check_scene(read_scene(scene), progress=progress, on_frame=stop)
    assert len(checked) == 1
    left = SceneCheck.so_far(read_scene(scene), checked)
    assert left.summary == "So far: 1 frame checked: it fits its pose."


# without a mesh


@pytest.fixture(scope="module")
def around(sound: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four frames that see the same, and no mesh."""
    scene = shutil.copytree(sound, tmp_path_factory.mktemp("around") / sound.name)
    make.look_around(scene)
    make.without_mesh(scene)
    return scene


@pytest.fixture
def meshless(around: Path, tmp_path: Path) -> Path:
    return shutil.copytree(around, tmp_path / around.name)


def test_without_a_mesh_the_points_of_other_frames_are_the_witness(around):
    found = check(around, "pinhole", cameras=[CAMERA])
    assert not found.failed, to_text(found)
    assert {frame.witness for frame in found.frames} == {"points of 3 other frames"}
    assert min(frame.measures.agreement.inner for frame in found.frames) >= 0.995


def test_real_geometry_without_its_mesh_fits_too(shared, tmp_path):
    keep = shutil.ignore_patterns("*final*", "*preview*", "*normal*", "*tex_coord*", "*semantic*", "_asset*")
    scene = shutil.copytree(shared / "scenes/ai_903_001", tmp_path / "ai_903_001", ignore=keep)
    for path in (scene, *scene.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    make.without_mesh(scene)
    found = check(scene)
    assert not found.failed, to_text(found)
    assert min(frame.measures.agreement.inner for frame in found.frames) >= 0.995


@pytest.mark.parametrize(
    ("spoil", "fault", "others"),
    [
        (lambda s: make.rotate_pose(s, 1, 2.0), Fault.TURNED, ()),
        (lambda s: make.shift_images(s, 1, 12, 5, IDS), Fault.SHIFTED, ()),
        (lambda s: make.shift_images(s, 1, 12, 5, *EVERY_IMAGE), Fault.SHIFTED, ()),
        (lambda s: make.swap_images(s, 1, 2, IDS), Fault.SWAPPED, (2,)),
        (lambda s: make.swap_images(s, 1, 2, *EVERY_IMAGE), Fault.SWAPPED, (2,)),
        (lambda s: make.change_image(s, 1, lambda d: d * np.float16(100), DISTANCES), Fault.UNIT, ()),
    ],
    ids=["rotated", "shifted ids", "shifted images", "swapped ids", "swapped frames", "unit"],
)
def test_without_a_mesh_faults_are_named_and_sound_frames_pass(meshless, spoil: Callable, fault, others):
    spoil(meshless)
    found = check(meshless, "pinhole", cameras=[CAMERA])
    for frame in found.frames:
        wanted = fault if frame.frame.frame in (1, *others) else Fault.NONE
        assert frame.fault is wanted, to_text(found)


# told


def test_csv_and_json_hold_a_row_per_frame(scene):
    make.rotate_pose(scene, BAD, 3.0)
    found = check(scene, "pinhole")
    rows = list(csv.DictReader(io.StringIO(to_csv(found))))
    told = json.loads(to_json(found))
    assert [(row["camera"], int(row["frame"])) for row in rows] == [f.frame for f in found.frames]
    assert [row["status"] for row in rows] == [frame["status"] for frame in told["frames"]]
    bad = next(row for row in rows if row["status"] == "fails")
    assert bad["fault"] == "rotated pose"
    assert float(bad["agreement"]) < 0.99
    assert told["failed"] == 1
    assert next(f for f in told["frames"] if f["status"] == "fails")["amount"] == pytest.approx(3, abs=0.1)


def test_the_command_tells_by_its_exit_code(scene, tmp_path, capsys):
    table = tmp_path / "check.csv"
    assert main(["check", str(scene), "--camera", CAMERA, "--csv", str(table)]) == 0
    assert "2 frames checked: all fit their poses." in capsys.readouterr().out
    assert table.read_text(encoding="utf-8").count("\n") == 3
    assert main(["check", str(scene), "--camera", CAMERA, "--frame", "0"]) == 0
    assert "1 frame checked: it fits its pose." in capsys.readouterr().out
    make.rotate_pose(scene, BAD, 3.0)
    assert main(["check", str(scene), "--json", "--frame", str(BAD), "--lens", "pinhole"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert [frame["fault"] for frame in told["frames"]] == ["rotated pose"]
    assert main(["check", str(scene), "--camera", "cam_77"]) == 1
    assert "there is no camera 'cam_77'" in capsys.readouterr().err
    assert main(["check", str(scene), "--frame", "77"]) == 1


def test_a_file_that_cannot_be_written_is_told_in_one_line(scene, tmp_path, capsys):
    assert (
        main(["check", str(scene), "--frame", "0", "--csv", str(tmp_path / "no" / "such" / "file.csv")]) == 1
    )
    assert capsys.readouterr().err.count("\n") <= 2
