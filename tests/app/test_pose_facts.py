from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from viewer.app.pose_facts import findings, lens_facts, pose_facts
from viewer.formats.hypersim.camera_table import list_scenes, read_lens
from viewer.model.camera import Camera, Lens, LensSource, plain_lens

UP = np.array([0.0, 0.0, 1.0])
TABLE = Path(__file__).parents[3] / "shared/hypersim-public/metadata_camera_parameters.csv"


def level_camera(yaw: float, pitch: float = 0.0, roll: float = 0.0) -> Camera:
    """A camera at (1, 2, 3) that looks along +x before it is turned; angles in degrees."""
    pose = np.eye(4)
    forward_x = np.array([[0.0, 0, 1], [-1, 0, 0], [0, -1, 0]])  # columns: right, down, forward
    turned = Rotation.from_euler("ZY", (yaw, -pitch), degrees=True).as_matrix()
    rolled = Rotation.from_euler("z", roll, degrees=True).as_matrix()  # about the view, clockwise
    pose[:3, :3] = turned @ forward_x @ rolled
    pose[:3, 3] = (1, 2, 3)
    return Camera(plain_lens(1024, 768), pose)


@pytest.mark.parametrize(("yaw", "pitch", "roll"), [(0, 0, 0), (120, -30, 0), (-75, 20, 12), (179, 60, -40)])
def test_angles_are_read_back_as_they_were_set(yaw: float, pitch: float, roll: float) -> None:
    facts = pose_facts(level_camera(yaw, pitch, roll), UP)
    assert (facts.yaw, facts.pitch, facts.roll) == pytest.approx((yaw, pitch, roll), abs=1e-9)
    assert facts.determinant == pytest.approx(1)
    assert facts.orthogonality_error < 1e-12


def test_looking_straight_down_has_neither_yaw_nor_roll() -> None:
    facts = pose_facts(level_camera(0, -90), UP)
    assert facts.pitch == pytest.approx(-90)
    assert np.isnan(facts.yaw)
    assert np.isnan(facts.roll)


def test_the_datasets_axes_are_right_up_and_backwards() -> None:
    facts = pose_facts(level_camera(0), UP)
    np.testing.assert_allclose(facts.dataset_axes, [[0, -1, 0], [0, 0, 1], [-1, 0, 0]], atol=1e-12)


def test_the_look_at_point_is_measured_from_the_view_axis() -> None:
    ahead, aside = np.array([5.0, 2, 3]), np.array([5.0, 6, 3])
    assert pose_facts(level_camera(0), UP, ahead).look_at_error == pytest.approx(0, abs=1e-9)
    facts = pose_facts(level_camera(0), UP, aside)
    assert facts.look_at_error == pytest.approx(45)
    assert np.isnan(pose_facts(level_camera(0), UP, np.array([1.0, 2, 3])).look_at_error)
    lens = lens_facts(plain_lens(1024, 768))
    bad = [finding.words for finding in findings(facts, lens, 0.01) if not finding.is_good]
    assert any("0.06 m away, is 45.00° off" in words for words in bad)


def test_what_is_no_rotation_is_told() -> None:
    bent = np.array(level_camera(10).world_from_cam)
    bent[:3, 0] *= -1
    lens = lens_facts(plain_lens(1024, 768))
    mirrored = findings(pose_facts(Camera(lens.lens, bent), UP), lens, 1.0)
    assert any("mirrored" in finding.words and not finding.is_good for finding in mirrored)
    bent[:3, 0] *= -1.5
    stretched = findings(pose_facts(Camera(lens.lens, bent), UP), lens, 1.0)
    assert any("no rotation (determinant 1.5" in finding.words for finding in stretched)


def test_a_plain_pinhole_is_called_so_and_marked_as_assumed() -> None:
    facts = lens_facts(plain_lens(1024, 768))
    assert facts.words == "plain 60° pinhole"
    assert facts.fov_x == pytest.approx(60)
    assert not findings(pose_facts(level_camera(0), UP), facts, 1.0)[0].is_good


def test_a_shifted_and_a_tilted_lens_are_told_apart_with_their_distance_in_pixels() -> None:
    plain = plain_lens(1024, 768)
    shift = np.array([[1.0, 0, -30], [0, 1, 40], [0, 0, 1]])
    shifted = lens_facts(Lens(1024, 768, plain.ray_from_pixel @ shift, LensSource.TABLE))
    assert shifted.shift_px == pytest.approx((30, -40))
    assert shifted.worst_px == pytest.approx(50)
    assert shifted.words == "shifted: up to 50 px from the plain pinhole"
    np.testing.assert_allclose(shifted.plain_pixels - shifted.pixels, [[-30, 40]] * len(shifted.pixels))
    turn = Rotation.from_euler("x", 10, degrees=True).as_matrix()
    tilted = lens_facts(Lens(1024, 768, turn @ plain.ray_from_pixel, LensSource.TABLE))
    assert tilted.tilt == pytest.approx(10)
    assert tilted.words.startswith("tilt-shift: up to ")


@pytest.mark.skipif(not TABLE.is_file(), reason="the published camera table is not there")
def test_the_published_lenses_fall_into_plain_and_others() -> None:
    words = [lens_facts(read_lens(TABLE, name)).words for name in list_scenes(TABLE)]
    assert sum(word == "plain 60° pinhole" for word in words) == 198
    assert sum(word.startswith("tilt-shift") for word in words) > 200
