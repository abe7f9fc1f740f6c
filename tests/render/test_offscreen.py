"""Pictures without a window and without a display."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.builders import write_scene

ROOT = Path(__file__).parents[2]


def command(*words: str | Path, **environment: str | None) -> subprocess.CompletedProcess[str]:
    """Run the program; a variable that is None is taken away."""
    merged = {**os.environ, **{k: v for k, v in environment.items() if v is not None}}
    for name in (k for k, v in environment.items() if v is None):
        merged.pop(name, None)
    return subprocess.run(
        [sys.executable, "-m", "viewer.cli", *map(str, words)],
        cwd=ROOT,
        env=merged,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


NO_DISPLAY: dict[str, str | None] = {"DISPLAY": None, "WAYLAND_DISPLAY": None}


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    return write_scene(tmp_path / "data")


def drawn(done: subprocess.CompletedProcess[str], path: Path) -> Image.Image:
    if done.returncode == 1 and "no way to draw without a window" in done.stderr:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(path))
    with Image.open(path) as image:
        image.load()
        return image


@pytest.mark.parametrize("coloring", ["class", "instance", "object", "photo", "normal"])
def test_a_scene_is_drawn_without_a_display(scene: Path, tmp_path: Path, coloring: str) -> None:
    out = tmp_path / "new" / "picture.png"
    eye = ("--eye", "400", "-300", "260", "--look-at", "60", "20", "10")
    image = drawn(
        command(
            "render", scene, "--out", out, "--size", "200x120", "--color-by", coloring, *eye, **NO_DISPLAY
        ),
        out,
    )
    assert image.size == (200, 120)
    assert image.mode == "RGB"
    assert np.asarray(image).std() > 5


def test_the_camera_and_the_background_can_be_chosen(scene: Path, tmp_path: Path) -> None:
    out = tmp_path / "picture.png"
    words = (
        "--camera",
        "cam_00",
        "--frame",
        "3",
        "--background",
        "none",
        "--layers",
        "mesh,boxes,cameras,grid",
    )
    image = drawn(command("render", scene, "--out", out, "--size", "320x240", *words, **NO_DISPLAY), out)
    assert image.mode == "RGBA"
    assert image.size == (320, 240)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--size", "0x9"), "expected WIDTHxHEIGHT"),
        (("--layers", "mesh,sky"), "expected some of mesh"),
        (("--color-by", "mood"), "invalid choice"),
        (("--eye", "0", "0", "0"), "--eye and --look-at belong together"),
        (("--eye", "0", "0", "0", "--look-at", "0", "0", "0"), "the same point"),
        (("--frame", "1"), "--frame needs the camera"),
    ],
)
def test_wrong_words_are_usage_errors(scene: Path, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = command("render", scene, "--out", tmp_path / "x.png", *words)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--camera", "cam_77"), "there is no camera 'cam_77' in this scene; it has cam_00, cam_01"),
        (("--camera", "cam_00", "--frame", "2"), "has no frame 2"),
    ],
)
def test_what_cannot_be_drawn_is_told_in_one_line(
    scene: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    done = command("render", scene, "--out", tmp_path / "x.png", *words)
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "x.png").exists()


@pytest.mark.gl
def test_without_egl_a_virtual_display_serves(scene: Path, tmp_path: Path) -> None:
    """EGL told to use a platform that does not exist: Xvfb takes over."""
    out = tmp_path / "picture.png"
    done = command("render", scene, "--out", out, "--size", "80x60", EGL_PLATFORM="nonsense", **NO_DISPLAY)
    assert done.returncode == 0, done.stderr
    assert "OpenGL from" in done.stdout


@pytest.mark.parametrize("way", [("--camera", "cam_00"), ("--turntable",)])
def test_a_scene_is_filmed_without_a_display(scene: Path, tmp_path: Path, way: tuple[str, ...]) -> None:
    import av

    out = tmp_path / "new" / "film.mp4"
    film = ("--size", "160x120", "--fps", "5", "--seconds", "0.8")
    done = command("video", scene, *way, "--out", out, *film, **NO_DISPLAY)
    if done.returncode == 1 and "no way to draw without a window" in done.stderr:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stderr
    with av.open(str(out)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(frames) == 4
    assert frames[0].shape == (120, 160, 3)
    if way == ("--turntable",):
        assert np.ptp(frames[0].astype(int), axis=(0, 1)).max() > 20, "the scene is in the picture"
        assert all((np.abs(frames[0].astype(int) - frame) > 20).any() for frame in frames[1:]), "it turns"


def test_films_of_odd_sizes_and_of_cameras_that_are_not_there_are_refused(
    scene: Path, tmp_path: Path
) -> None:
    out = tmp_path / "film.mp4"
    odd = command("video", scene, "--turntable", "--out", out, "--size", "161x120")
    assert odd.returncode == 1
    assert "even width and height" in odd.stderr
    other = command("video", scene, "--camera", "cam_7", "--out", out)
    assert other.returncode == 2
    assert "(cam_00, cam_01), found 'cam_7'" in other.stderr
    assert not out.exists()
