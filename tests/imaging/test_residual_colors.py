"""Residuals as colors: from 0 to what nearly all are below, grey where nobody knows."""

from __future__ import annotations

import numpy as np

from viewer.imaging.residual_colors import UNKNOWN_COLOR, residual_colors, residual_legend, sampled


def test_short_residuals_are_told_in_millimetres() -> None:
    legend = residual_legend(np.linspace(0, 0.01, 101, dtype=np.float32))
    assert (legend.low, legend.unit, legend.is_cut_above) == (0.0, "mm", True)
    assert np.isclose(legend.high, 9.9)


def test_long_residuals_are_told_in_metres() -> None:
    legend = residual_legend(np.linspace(0, 5, 101, dtype=np.float32))
    assert legend.unit == "m"
    assert np.isclose(legend.high, 4.95)


def test_colors_run_from_the_first_to_the_last_of_the_scale() -> None:
    residuals = np.array([0, 0.005, 0.01, 7, np.nan], np.float32)
    legend = residual_legend(np.linspace(0, 0.01, 2, dtype=np.float32))
    colors = residual_colors(residuals, legend)
    assert np.array_equal(colors[0], legend.colors[0])
    assert np.array_equal(colors[3], legend.colors[-1])
    assert (colors[4] == UNKNOWN_COLOR).all()
    assert not np.array_equal(colors[1], colors[2])


def test_a_scene_without_residuals_still_has_a_scale() -> None:
    legend = residual_legend(np.full(3, np.nan, np.float32))
    assert 0 < legend.high <= 0.2
    assert (residual_colors(np.full(3, np.nan, np.float32), legend) == UNKNOWN_COLOR).all()


def test_the_scale_of_many_points_is_that_of_a_part_of_them() -> None:
    residuals = np.random.default_rng(0).random(700_000, np.float32)
    assert len(sampled(residuals)) < 110_000
    assert abs(residual_legend(residuals).high - 0.99) < 0.005
