from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.builders import METRES_PER_UNIT, write_scene
from viewer.app.octomap_making import camera_starts
from viewer.cli import main
from viewer.formats.hypersim.octomap_files import read_tree
from viewer.model.camera import Cameras, Trajectory, pinhole_lens
from viewer.model.octomap import FREE, OCCUPIED, LeafIndex
from viewer.model.scene import Scene

FILES = ["octomap.bt", "octomap_free_space_max.hdf5", "octomap_free_space_min.hdf5"]
QUICK = ["--voxel-size", "0.01", "--extent", "0.6", "--rays", "48", "--iterations", "2"]


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    return write_scene(tmp_path)


def _generate(scene: Path, *more: str) -> int:
    return main(["generate", "octomap", str(scene), *QUICK, *more])


def test_the_octomap_is_written_where_the_dataset_keeps_it(
    scene: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _generate(scene, "--replace") == 0
    folder = scene / "_detail/octomap"
    assert sorted(path.name for path in folder.iterdir()) == FILES
    octomap = read_tree(folder / "octomap.bt")
    assert octomap.resolution == float(f"{0.01 / METRES_PER_UNIT:g}")
    in_a_face, beside_the_cubes = [2.0, 0.5, 0.5], [1.5, 0.5, 0.5]
    assert LeafIndex(octomap).states_at(np.array([in_a_face, beside_the_cubes])).tolist() == [OCCUPIED, FREE]
    with h5py.File(folder / "octomap_free_space_min.hdf5") as file:
        low = file["dataset"]
        assert (low.shape, low.dtype) == ((3,), np.float64)
        free = octomap.lows[~octomap.occupied].min(axis=0) + octomap.resolution / 2
        assert np.allclose(low[()], free, atol=1e-5)
    assert f"written to {folder}" in capsys.readouterr().out


def test_an_octomap_that_is_there_is_not_replaced_unasked(
    scene: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (scene / "_detail/octomap/octomap.bt").read_bytes()
    assert _generate(scene) == 1
    assert "there is an octomap already (--replace replaces it" in capsys.readouterr().err
    assert (scene / "_detail/octomap/octomap.bt").read_bytes() == before


def test_it_can_be_written_elsewhere_and_from_given_positions(scene: Path, tmp_path: Path) -> None:
    with h5py.File(tmp_path / "starts.hdf5", "w") as file:
        file["dataset"] = np.array([[1.5, 0.5, 3.0]])
    before = (scene / "_detail/octomap/octomap.bt").read_bytes()
    out = tmp_path / "elsewhere"
    assert _generate(scene, "--out", str(out), "--positions", str(tmp_path / "starts.hdf5")) == 0
    assert sorted(path.name for path in out.iterdir()) == FILES
    assert (scene / "_detail/octomap/octomap.bt").read_bytes() == before


@pytest.mark.parametrize(
    ("more", "code", "sentence"),
    [
        (["--voxel-size", "0"], 2, "expected voxel size between 0.01 and 1, found 0"),
        (["--extent", "1", "2"], 2, "--extent takes one number or three, found 2"),
        (["--rays", "4000"], 2, "expected rays per side between 16 and 2048, found 4000"),
        (["--extent", "1", "1", "5000"], 2, "expected extent along z between 0.5 and 1000, found 5000"),
        (["--out", "/dev/null/octomap"], 1, "an octomap could not be saved here: writing is not allowed"),
        (["--positions", "nowhere.hdf5"], 1, "nowhere.hdf5: the file is missing"),
    ],
)
def test_what_makes_no_sense_is_told_in_one_line(
    scene: Path, more: list[str], code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        found = _generate(scene, "--replace", *more)
    except SystemExit as stop:
        found = int(stop.code or 0)
    assert found == code
    assert sentence in capsys.readouterr().err


def test_a_scene_without_a_mesh_is_told_what_is_missing(
    scene: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (scene / "_detail/mesh/mesh_vertices.hdf5").unlink()
    assert _generate(scene, "--replace") == 1
    assert "the scene has no mesh to carve an octomap from" in capsys.readouterr().err


def _scene_with(positions: np.ndarray) -> Scene:
    poses = np.tile(np.eye(4), (len(positions), 1, 1))
    poses[:, :3, 3] = positions
    lens = pinhole_lens(8, 6, 1.0)
    path = Trajectory("cam_00", np.arange(len(positions)), poses, lens)
    return Scene("s", Path("s"), parts={Cameras: Cameras((path,))})


def test_starts_are_distinct_and_far_apart() -> None:
    line = np.column_stack([np.repeat(np.arange(101.0), 2), np.zeros(202), np.zeros(202)])
    starts = camera_starts(_scene_with(line), 3)
    assert sorted(starts[:, 0].tolist()) == [0, 50, 100]
    assert len(camera_starts(_scene_with(line), 1000)) == 101
