from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from viewer.cli import main
from viewer.formats.hypersim.octomap_files import write_octomap
from viewer.model.octomap import KEY_ORIGIN, Octomap

POINTS = [[0.5, 0.5, 0.5], [1.5, 0.5, 0.5], [2.5, 0.5, 0.5], [np.nan, 0, 0], [0, np.inf, 0], [1e30, 0, 0]]
STATES = [1, 0, -1, -2, -2, -1]


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """A scene that is nothing but an occupied voxel beside a free one."""
    keys = np.array([[0, 0, 0], [1, 0, 0]]) + KEY_ORIGIN
    folder = tmp_path / "ai_001_001"
    write_octomap(folder / "_detail/octomap", Octomap(1.0, keys, [16, 16], [True, False]))
    return folder


@pytest.fixture
def points(tmp_path: Path) -> Path:
    with h5py.File(tmp_path / "points.hdf5", "w") as file:
        file["dataset"] = np.array(POINTS)
    return tmp_path / "points.hdf5"


@pytest.mark.parametrize("inside", ["", "_detail/octomap/octomap.bt"])
def test_the_states_of_points_are_written_as_the_original_writes_them(
    scene: Path, points: Path, inside: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "states.hdf5"
    assert main(["octomap-samples", str(scene / inside), str(points), "--out", str(out)]) == 0
    with h5py.File(out) as file:
        states = file["dataset"]
        assert (states.shape, states.dtype, states.chunks) == ((6, 1), np.int64, None)
        assert states[:, 0].tolist() == STATES
    assert "1 occupied, 1 free, 2 unknown, 2 not finite" in capsys.readouterr().out


def test_a_scene_without_an_octomap_is_told_how_to_get_one(
    scene: Path, points: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (scene / "_detail/octomap/octomap.bt").unlink()
    (scene / "_detail/metadata_scene.csv").write_text("parameter_name,parameter_value\n")
    assert main(["octomap-samples", str(scene), str(points), "--out", str(tmp_path / "s.hdf5")]) == 1
    error = capsys.readouterr().err
    assert "the scene has no octomap" in error
    assert "generate octomap" in error
    assert not (tmp_path / "s.hdf5").exists()


def test_points_of_another_shape_are_refused(
    scene: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with h5py.File(tmp_path / "flat.hdf5", "w") as file:
        file["dataset"] = np.zeros((5, 2))
    out = str(tmp_path / "s.hdf5")
    assert main(["octomap-samples", str(scene), str(tmp_path / "flat.hdf5"), "--out", out]) == 1
    assert "expected an array of shape (n, 3), found (5, 2)" in capsys.readouterr().err
