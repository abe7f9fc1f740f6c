"""Copied poses: what is proved is the text itself."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from viewer.app.pose_formats import (
    EXACT_PX,
    POSE_FORMATS,
    PoseFormat,
    find_format,
    prove,
)
from viewer.app.pose_text import assigned_values
from viewer.app.shot import WORTH_TELLING_PX, Shot, lost_without_skew, skew_warp
from viewer.errors import FormatError
from viewer.formats.hypersim.camera_table import list_scenes, read_lens, read_projection
from viewer.model.camera import Camera, Lens, plain_lens
from viewer.model.factored_camera import factor
from viewer.model.frames import FrameId

TABLE = Path(__file__).parents[3] / "shared/hypersim-public/metadata_camera_parameters.csv"
HOLDING_SKEW = ("numpy", "opengl", "opencv")


def lens(focal: float, tilt: tuple[float, float], shift: tuple[float, float], skew: float = 0.0) -> Lens:
    """A lens like those of the camera table: a pinhole, shifted, turned by degrees, perhaps skewed."""
    width, height = 1024, 768
    intrinsics = np.array([[focal, skew, 511.5 + shift[0]], [0, focal, 383.5 + shift[1]], [0, 0, 1]])
    turn = Rotation.from_euler("xy", tilt, degrees=True).as_matrix()
    return Lens(width, height, np.linalg.inv(intrinsics @ turn))


def shot(of: Lens, turn: tuple[float, float, float] = (30, -20, 100), scale: float = 0.0254) -> Shot:
    pose = np.eye(4)
    pose[:3, :3] = Rotation.from_euler("xyz", turn, degrees=True).as_matrix()
    pose[:3, 3] = (712.25, -33.1, 160.7)
    return Shot(FrameId("cam_00", 7), Camera(of, pose), scale, "images/frame.0007.jpg")


degrees = st.floats(-180, 180)
lenses = st.builds(
    lens,
    st.floats(660, 910),
    st.tuples(st.floats(-25, 25), st.floats(-15, 15)),
    st.tuples(st.floats(-200, 260), st.floats(-260, 580)),
    st.one_of(st.just(0.0), st.floats(-16, 16)),
)


@settings(max_examples=60, deadline=None)
@given(lenses, st.tuples(degrees, degrees, degrees), st.sampled_from([0.001, 0.01, 0.0254, 1.0]))
def test_every_format_projects_as_the_camera_does_or_says_how_far_it_is_off(
    of: Lens, turn: tuple[float, float, float], scale: float
) -> None:
    made = shot(of, turn, scale)
    camera = factor(made.camera)
    for known in POSE_FORMATS:
        proof = prove(known, known.write(made), made, (100.0, 50.0), 2.5)
        if known.key in HOLDING_SKEW or not camera.skew:
            assert proof.worst_px <= EXACT_PX, known.key
        else:
            assert proof.worst_px == pytest.approx(lost_without_skew(camera), abs=1e-6)
            if proof.worst_px >= WORTH_TELLING_PX:
                assert any(f"{proof.worst_px:.3f} px" in note for note in known.notes(made))


def test_images_warped_as_the_colmap_text_says_make_its_pinhole_exact() -> None:
    made = shot(lens(800, (12, 3), (40, 200), skew=11.0))
    colmap = find_format("colmap")
    text = colmap.write(made)
    line = next(line for line in text.splitlines() if line.startswith("# warp"))
    warp = assigned_values(line.removeprefix("# "))["warp"]
    np.testing.assert_allclose(warp, skew_warp(factor(made.camera)), atol=1e-12)
    pixels = np.array([(0.0, 0), (1023, 767), (300, 20)])
    points = made.camera.position + made.camera.cast_rays(pixels) * 90
    warped = np.column_stack([pixels, np.ones(3)]) @ warp.T
    np.testing.assert_allclose(colmap.project(text, points), warped[:, :2] / warped[:, 2:], atol=1e-6)


def test_a_pose_that_is_no_rotation_is_still_exact_where_there_is_a_matrix_for_it() -> None:
    made = shot(lens(886.8, (0, 0), (0, 0)))
    bent = np.array(made.camera.world_from_cam)
    bent[:3, :3] = bent[:3, :3] @ np.array([[1, 0.03, 0], [0, 1.01, 0.02], [0, 0, 0.98]])
    made = Shot(made.frame, Camera(made.camera.lens, bent), 0.01, "a.jpg")
    for key in HOLDING_SKEW:
        known = find_format(key)
        assert prove(known, known.write(made), made, (5.0, 700.0), 1.0).is_exact


def test_a_mirrored_camera_is_refused_by_what_cannot_mirror() -> None:
    made = shot(lens(886.8, (0, 0), (0, 0)))
    flipped = np.array(made.camera.world_from_cam)
    flipped[:3, 0] *= -1
    made = Shot(made.frame, Camera(made.camera.lens, flipped), 0.01, "a.jpg")
    for key in HOLDING_SKEW:
        known = find_format(key)
        assert prove(known, known.write(made), made, (5.0, 700.0), 1.0).is_exact
    for key in ("colmap", "blender"):
        with pytest.raises(FormatError, match="mirrored"):
            find_format(key).write(made)


@pytest.mark.parametrize("known", POSE_FORMATS, ids=lambda known: known.key)
def test_a_wrong_digit_in_the_text_is_found(known: PoseFormat) -> None:
    made = shot(plain_lens(1024, 768))
    text = known.write(made)
    number = re.search(r"-?\d+\.\d{9,}", text)
    wrong = f"{text[: number.start()]}{float(number[0]) * 1.01:.15g}{text[number.end() :]}"
    assert prove(known, wrong, made, (512.0, 384.0), 3.0).worst_px > 0.5


def test_the_proof_says_what_it_measured() -> None:
    made = shot(plain_lens(1024, 768))
    known = find_format("opencv")
    measured = prove(known, known.write(made), made, (12.0, 34.0), 2.5)
    assert measured.words.startswith("Pixel (12, 34), 2.50 m away: 0.000 px off")
    assert "a point 3.00 m away" in prove(known, known.write(made), made, (12.0, 34.0)).words


@pytest.mark.skipif(not TABLE.is_file(), reason="the published camera table is not there")
def test_every_published_lens_is_exact_in_all_formats_but_for_its_skew() -> None:
    skewed = 0
    for name in list_scenes(TABLE):
        made = shot(read_lens(TABLE, name))
        has_skew = bool(factor(made.camera).skew)
        skewed += has_skew
        for known in POSE_FORMATS:
            if known.key in HOLDING_SKEW or not has_skew:
                assert prove(known, known.write(made), made, (0.0, 0.0), 2.0).worst_px <= EXACT_PX
    assert skewed == 31


def test_the_opengl_projection_is_the_datasets_own_but_for_near_and_far() -> None:
    if not TABLE.is_file():
        pytest.skip("the published camera table is not there")
    for name in list_scenes(TABLE):
        made = shot(read_lens(TABLE, name))
        ours = assigned_values(find_format("opengl").write(made))["projection"][[0, 1, 3]]
        theirs = read_projection(TABLE, name)[[0, 1, 3]]
        assert (ours[:, 3] == 0).all()
        np.testing.assert_allclose(ours / ours[2, 2], theirs / theirs[2, 2], atol=2e-6)
