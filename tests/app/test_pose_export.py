"""Exported trajectories, read back without any of the program's own readers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from tests.builders import FRAMES, load, save, write_camera_table, write_scene, write_text
from viewer.app.pose_export import EXPORT_FORMATS, FORMATS_BY_KEY, PosesWritten, export_poses
from viewer.app.pose_text import rotation_of
from viewer.cli import main
from viewer.errors import FormatError, SaveError, ViewerError
from viewer.formats.registry import find_scenes
from viewer.jobs.job import Progress
from viewer.model.camera import Camera, Cameras
from viewer.model.scene import Scene

KEYFRAMES = sum(map(len, FRAMES.values()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    scene = write_scene(tmp_path)
    write_camera_table(tmp_path / "metadata_camera_parameters.csv", shift=0.1)
    return scene


def read(folder: Path) -> Scene:
    reader, matches = find_scenes(folder)
    return reader.survey(matches[0], Progress.silent())


def export(folder: Path, key: str, out: Path, **options: object) -> PosesWritten:
    return export_poses(read(folder), FORMATS_BY_KEY[key], out, progress=Progress.silent(), **options)


def camera(folder: Path, name: str, row: int) -> Camera:
    return read(folder).part(Cameras).get(name).camera_at(row)


def seen(of: Camera) -> tuple[np.ndarray, np.ndarray]:
    """Pixels and the world points they see at different distances."""
    pixels = np.array([(0.0, 0), (7, 5), (3.5, 2), (1, 4.25)])
    return pixels, of.position + of.cast_rays(pixels) * np.array([[1.0], [20], [300], [4]])


def test_json_has_every_keyframe_its_exact_lens_and_the_name_of_its_image(
    folder: Path, tmp_path: Path
) -> None:
    done = export(folder, "json", tmp_path / "poses.json")
    assert (done.frames, done.cameras) == (KEYFRAMES, 2)
    found = json.loads((tmp_path / "poses.json").read_text())
    listed = {c["name"]: [f["frame"] for f in c["frames"]] for c in found["cameras"]}
    assert listed == {name: list(ids) for name, ids in FRAMES.items()}
    first, second = found["cameras"][0]["frames"][:2]
    assert (folder / first["image"]).is_file()
    assert first["has_image"]
    assert not second["has_image"]
    assert second["image"] == "images/scene_cam_00_final_preview/frame.0001.tonemap.jpg"
    of = camera(folder, "cam_00", 2)
    lens, pose = found["cameras"][0], np.array(found["cameras"][0]["frames"][2]["world_from_cam"])
    pixels, points = seen(of)
    local = (points - pose[:3, 3]) @ np.linalg.inv(pose[:3, :3]).T
    image = local @ (np.array(lens["intrinsics"]) @ np.array(lens["pinhole_from_cam"])).T
    np.testing.assert_allclose(image[:, :2] / image[:, 2:], pixels, atol=1e-9)


def test_colmap_text_projects_every_image_exactly(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "model"
    export(folder, "colmap", out)
    assert sorted(path.name for path in out.iterdir()) == ["cameras.txt", "images.txt", "points3D.txt"]
    lines = [line for line in (out / "cameras.txt").read_text().splitlines() if not line.startswith("#")]
    cameras = {int(line.split()[0]): line.split()[1:] for line in lines}
    assert all(model == "PINHOLE" for model, *_ in cameras.values())
    body = [line for line in (out / "images.txt").read_text().splitlines() if not line.startswith("#")]
    images, points = body[::2], body[1::2]
    assert len(images) == KEYFRAMES
    assert set(points) == {""}
    for row in range(len(FRAMES["cam_00"])):
        words = images[row].split()
        of = camera(folder, "cam_00", row)
        pixels, world = seen(of)
        local = world @ rotation_of(list(map(float, words[1:5]))).T + np.array(words[5:8], float)
        fx, fy, cx, cy = map(float, cameras[int(words[8])][3:])
        found = local[:, :2] / local[:, 2:] * (fx, fy) + (cx, cy)
        np.testing.assert_allclose(found - 0.5, pixels, atol=1e-9)


def test_numpy_arrays_have_one_row_per_keyframe(folder: Path, tmp_path: Path) -> None:
    export(folder, "numpy", tmp_path / "poses.npz", cameras=["cam_01"])
    with np.load(tmp_path / "poses.npz") as found:
        assert found["frame"].tolist() == list(FRAMES["cam_01"])
        assert set(found["camera"].tolist()) == {"cam_01"}
        of = camera(folder, "cam_01", 1)
        pixels, points = seen(of)
        image = (points @ found["R"][1].T + found["t"][1]) @ found["K"][1].T
        np.testing.assert_allclose(image[:, :2] / image[:, 2:], pixels, atol=1e-9)
        np.testing.assert_array_equal(found["world_from_cam"][1], of.world_from_cam)


def test_opencv_json_has_matrices_as_its_file_storage_writes_them(folder: Path, tmp_path: Path) -> None:
    export(folder, "opencv", tmp_path / "poses.json")
    frame = json.loads((tmp_path / "poses.json").read_text())["frames"][3]
    arrays = {}
    for name in ("K", "R", "t"):
        assert frame[name]["type_id"] == "opencv-matrix"
        assert frame[name]["dt"] == "d"
        arrays[name] = np.reshape(frame[name]["data"], (frame[name]["rows"], frame[name]["cols"]))
    of = camera(folder, "cam_00", 3)
    pixels, points = seen(of)
    image = (points @ arrays["R"].T + arrays["t"].T) @ arrays["K"].T
    np.testing.assert_allclose(image[:, :2] / image[:, 2:], pixels, atol=1e-9)


def test_the_blender_script_is_python_that_holds_every_keyframe(folder: Path, tmp_path: Path) -> None:
    export(folder, "blender", tmp_path / "poses.py")
    text = (tmp_path / "poses.py").read_text()
    compile(text, "poses.py", "exec")
    for frames in FRAMES.values():
        for frame in frames:
            assert f"\n {frame}: [[" in text


def test_frames_without_an_image_can_be_left_out(folder: Path, tmp_path: Path) -> None:
    done = export(folder, "json", tmp_path / "poses.json", only_pictured=True)
    assert (done.frames, done.cameras) == (2, 1)


def test_the_reason_for_leaving_a_frame_out_goes_with_it(folder: Path, tmp_path: Path) -> None:
    write_text(
        tmp_path / "analysis/metadata_images.csv",
        "scene_name,camera_name,frame_id,included_in_public_release,exclude_reason\n"
        f"{folder.name},cam_00,1,False,CONTENT FLAGGED FOR REMOVAL\n",
    )
    export(folder, "json", tmp_path / "poses.json")
    frames = json.loads((tmp_path / "poses.json").read_text())["cameras"][0]["frames"]
    assert [frame["excluded"] for frame in frames] == ["", "CONTENT FLAGGED FOR REMOVAL", "", ""]


def test_poses_that_are_no_rotations_make_a_colmap_camera_each(folder: Path, tmp_path: Path) -> None:
    path = folder / "_detail/cam_00/camera_keyframe_orientations.hdf5"
    bent = load(path)
    bent[1] = bent[1] @ np.diag([1.1, 1, 1])
    save(path, bent)
    export(folder, "colmap", tmp_path / "model", cameras=["cam_00"])
    text = (tmp_path / "model/cameras.txt").read_text()
    assert text.count("PINHOLE") == 2
    with pytest.raises(FormatError, match="no rotations"):
        export(folder, "blender", tmp_path / "poses.py")


def test_what_a_format_cannot_hold_is_told_and_written_into_its_files(folder: Path, tmp_path: Path) -> None:
    scene = read(folder)
    lens = scene.part(Cameras).trajectories[0].lens
    sheared = lens.ray_from_pixel @ np.array([[1, 0.2, 0], [0, 1, 0], [0, 0, 1]])
    skewed = scene.with_parts(scene.part(Cameras).with_lens(type(lens)(8, 6, sheared, lens.source)))
    out = tmp_path / "model"
    done = export_poses(skewed, FORMATS_BY_KEY["colmap"], out, progress=Progress.silent())
    assert "skew: up to 0.600 px off" in done.warnings[0]
    assert done.warnings[0] in (out / "cameras.txt").read_text()


@pytest.mark.parametrize("form", EXPORT_FORMATS, ids=lambda form: form.key)
def test_an_export_that_fails_leaves_the_old_file_and_nothing_else(
    form: object, folder: Path, tmp_path: Path
) -> None:
    blocked = tmp_path / "a_file"
    blocked.write_text("kept")
    out = blocked / "out"
    with pytest.raises(SaveError):
        export(folder, form.key, out)
    assert blocked.read_text() == "kept"
    assert not list(tmp_path.glob("*.tmp"))


def test_an_unknown_camera_is_told_with_those_there_are(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ViewerError, match=r"expected a camera with poses \(cam_00, cam_01\), found 'cam_9'"):
        export(folder, "json", tmp_path / "poses.json", cameras=["cam_9"])


def test_the_command_writes_what_the_menu_writes(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "poses.npz"
    assert main(["export-poses", str(folder), "--format", "numpy", "--out", str(out)]) == 0
    assert f"({KEYFRAMES} keyframes of 2 trajectories)" in capsys.readouterr().out
    with np.load(out) as found:
        assert len(found["frame"]) == KEYFRAMES
    assert main(["export-poses", str(folder), "--out", str(out), "--camera", "cam_9"]) == 1
    assert "cam_9" in capsys.readouterr().err


def test_orientations_of_single_precision_stay_one_camera(folder: Path, tmp_path: Path) -> None:
    path = folder / "_detail/cam_00/camera_keyframe_orientations.hdf5"
    turned = Rotation.from_euler("z", [[10], [20], [30], [40]], degrees=True).as_matrix() @ load(path)
    save(path, turned.astype(np.float32).astype(np.float64))
    done = export(folder, "colmap", tmp_path / "model", cameras=["cam_00"])
    assert (tmp_path / "model/cameras.txt").read_text().count("PINHOLE") == 1
    assert not done.warnings
    export(folder, "blender", tmp_path / "poses.py")
