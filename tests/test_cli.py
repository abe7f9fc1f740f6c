"""The command line, run for real in processes of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np
import pytest

import viewer

PROJECT_ROOT = Path(__file__).resolve().parents[1]
COMMANDS = ("sample", "info", "render", "doctor", "replay")


def run(*words: str | Path, **environment: str | None) -> subprocess.CompletedProcess[str]:
    """`python -m viewer` with these words; an environment variable of None is taken away."""
    merged = {**os.environ, **environment}
    return subprocess.run(
        [sys.executable, "-m", "viewer", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=PROJECT_ROOT,
        env={name: value for name, value in merged.items() if value is not None},
    )


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """A scene with one frame of distances and nothing else."""
    folder = tmp_path / "data" / "ai_001_001"
    images = folder / "images" / "scene_cam_00_geometry_hdf5"
    images.mkdir(parents=True)
    with h5py.File(images / "frame.0000.depth_meters.hdf5", "w") as file:
        file["dataset"] = np.ones((6, 8), np.float16)
    return folder


def test_help_tells_the_options_and_every_command():
    done = run("--help")
    assert done.returncode == 0
    assert done.stderr == ""
    for word in ("PATH", "--camera", "--frame", "--also", *COMMANDS):
        assert word in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command):
    done = run(command, "--help")
    assert done.returncode == 0
    assert f"usage: hypersim-viewer {command}" in done.stdout


def test_help_answers_before_anything_heavy_is_loaded():
    script = (
        "import sys\nfrom viewer.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'numpy', 'h5py', 'scipy', 'PySide6', 'vispy'} & set(sys.modules)), file=sys.stderr)"
    )
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=PROJECT_ROOT
    )
    assert done.stderr.strip() == "[]"
    assert time.monotonic() - start < 3  # 0.08 s on an idle machine


def test_version_is_the_package_s():
    assert run("--version").stdout.strip() == f"hypersim-viewer {viewer.__version__}"


@pytest.mark.parametrize(
    "words",
    [
        ("--frame", "x"),
        ("--frame", "-1"),
        ("--no-such-option",),
        ("a", "b"),
        (".", "--sample"),
        ("info",),
        ("render",),
        ("sample", "somewhere", "--lens", "ai_001_001"),
        ("render", ".", "--out", "x.png", "--eye", "1", "2", "3"),
    ],
)
def test_wrong_usage_ends_with_2_and_the_usage(words):
    done = run(*words)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: hypersim-viewer")
    assert done.stdout == ""


@pytest.mark.parametrize("command", [(), ("info",)])
def test_a_path_that_is_not_there_ends_with_1_and_one_line(command, tmp_path):
    done = run(*command, tmp_path / "nowhere", DISPLAY=":12345")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert str(tmp_path / "nowhere") in done.stderr


def test_a_folder_that_is_no_scene_says_what_was_expected(tmp_path):
    done = run("info", tmp_path)
    assert done.returncode == 1
    assert "expected a scene folder" in done.stderr


def test_without_a_display_the_window_says_so_and_what_works_instead():
    done = run(DISPLAY=None, WAYLAND_DISPLAY=None)
    assert done.returncode == 1
    assert "no display" in done.stderr
    assert "hypersim-viewer render" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_first_word_that_is_no_command_is_a_path(tmp_path):
    done = run(tmp_path / "render", DISPLAY=None, WAYLAND_DISPLAY=None)
    assert str(tmp_path / "render") in done.stderr


def test_info_tells_what_is_there_and_what_is_missing(scene):
    done = run("info", scene)
    assert done.returncode == 0
    assert done.stderr == ""
    assert "depth_meters" in done.stdout
    assert "Missing" in done.stdout
    assert "Mesh" in done.stdout


def test_info_prints_json(scene):
    done = run("info", scene.parent, "--json")
    (found,) = json.loads(done.stdout)["scenes"]
    assert found["name"] == "ai_001_001"
    assert found["metres_per_unit"] > 0


def test_info_lays_other_folders_over_the_scene(scene, tmp_path):
    other = tmp_path / "labels" / "ai_001_001" / "_detail" / "mesh"
    other.mkdir(parents=True)
    (other / "metadata_objects.csv").write_text("object_name\nchair\ntable\n")
    (found,) = json.loads(run("info", scene, "--also", tmp_path / "labels", "--json").stdout)["scenes"]
    assert found["counts"]["objects"] == 2


def test_a_lens_that_the_camera_table_lacks_is_told(tmp_path):
    table = tmp_path / "metadata_camera_parameters.csv"
    table.write_text("scene_name\nai_001_001\nai_001_002\n")
    done = run("sample", tmp_path / "out", "--lens", "ai_009_009", "--camera-table", table)
    assert done.returncode == 1
    assert "there is no scene 'ai_009_009' in this table; it has ai_001_001, ai_001_002" in done.stderr
    assert not (tmp_path / "out").exists()


def test_output_that_nobody_reads_is_no_error(scene):
    done = subprocess.run(
        f"{sys.executable} -m viewer info {scene} --json | true",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT_ROOT,
    )
    assert done.stderr == ""


def test_broken_settings_are_told_in_one_line(scene, tmp_path):
    settings = tmp_path / "config" / "hypersim-viewer" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text("{")
    done = run("info", scene, XDG_CONFIG_HOME=str(tmp_path / "config"))
    assert done.returncode == 1
    assert str(settings) in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.gl
def test_doctor_tells_versions_graphics_and_folders():
    done = run("doctor", "--json")
    report = json.loads(done.stdout)
    assert report["program"]["version"] == viewer.__version__
    assert report["packages"]["numpy"] == np.__version__
    assert report["graphics"]["window"]["largest_texture"] >= 4096
    assert report["graphics"]["offscreen"]["largest_texture"] >= 4096
    assert Path(report["folders"]["cache"].split(" (")[0]).name == "hypersim-viewer"
    assert done.returncode == (1 if any(entry["is_essential"] for entry in report["problems"]) else 0)


def test_doctor_without_a_display_says_how_to_get_one():
    done = run("doctor", DISPLAY=None, WAYLAND_DISPLAY=None)
    assert done.returncode == 1
    assert "there is no display" in done.stdout
    assert "xvfb" in done.stdout
    assert done.stderr == ""
