"""Pictures from the command line through a camera's lens: which one is said, and it matters."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.lens_builders import tilted_lens, write_room_scene
from tests.render.test_offscreen import NO_DISPLAY, command, drawn

LAYERS = ("--layers", "points,grid", "--color-by", "object", "--background", "none")


def test_the_lens_of_a_picture_can_be_chosen_and_is_told(tmp_path: Path) -> None:
    scene = write_room_scene(tmp_path / "data", tilted_lens())
    pictures = {}
    for words, said in (
        ((), "lens: the scene's images"),
        (("--lens", "pinhole"), "lens: plain 60° pinhole"),
    ):
        out = tmp_path / f"picture{len(pictures)}.png"
        done = command("render", scene, "--camera", "cam_00", *LAYERS, *words, "--out", out, **NO_DISPLAY)
        pictures[said] = np.asarray(drawn(done, out)).astype(int)
        assert said in done.stdout
    measured, plain = pictures.values()
    assert measured.shape == plain.shape == (96, 128, 4)
    assert (np.abs(measured - plain).max(axis=2) > 10).mean() > 0.2


def test_a_lens_that_is_not_there_is_refused_in_one_line(tmp_path: Path) -> None:
    scene = write_room_scene(tmp_path / "data", tilted_lens())
    out = tmp_path / "x.png"
    done = command("render", scene, "--camera", "cam_00", "--lens", "table", "--out", out, **NO_DISPLAY)
    assert done.returncode == 1
    assert "No camera table with this scene was found." in done.stderr
    assert "the others are measured, pinhole" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not out.exists()
