from __future__ import annotations

import numpy as np

from viewer.render.turntable import ELEVATION_DEGREES, turntable

LOW, HIGH = np.array([-300.0, 100, 0]), np.array([500.0, 400, 250])
UP = np.array([0.0, 0.0, 1.0])


def test_the_whole_scene_is_in_every_picture() -> None:
    corners = np.array([[(LOW, HIGH)[k >> axis & 1][axis] for axis in range(3)] for k in range(8)])
    for camera in turntable((LOW, HIGH), UP, (320, 180), 16):
        pixels, depths = camera.project(corners)
        assert (depths > 0).all()
        assert (pixels > -0.5).all()
        assert (pixels < (319.5, 179.5)).all()


def test_it_goes_round_once_at_one_height_and_one_distance_and_closes() -> None:
    middle = (LOW + HIGH) / 2
    cameras = turntable((LOW, HIGH), UP, (320, 180), 12)
    away = np.array([camera.position - middle for camera in cameras])
    np.testing.assert_allclose(np.linalg.norm(away, axis=1), np.linalg.norm(away[0]))
    np.testing.assert_allclose(
        np.degrees(np.arcsin(away[:, 2] / np.linalg.norm(away[0]))), -ELEVATION_DEGREES
    )
    angles = np.unwrap(np.arctan2(away[:, 1], away[:, 0]))
    np.testing.assert_allclose(np.diff(angles), 2 * np.pi / 12)
