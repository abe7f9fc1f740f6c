"""Points from positions and points from distances, and how far they are apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.lens_builders import tilted_lens, write_room_scene
from viewer.app.lenses import with_chosen_lens
from viewer.app.point_cache import (
    can_compare_points,
    fused_points,
    points_follow_lens,
)
from viewer.formats.registry import find_scenes
from viewer.geometry.position_residuals import summarize
from viewer.jobs.job import Progress
from viewer.model.points import PointSource
from viewer.model.scene import Scene

SILENT = Progress.silent()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_room_scene(tmp_path, tilted_lens())


def read(folder: Path, lens: str = "measured") -> Scene:
    reader, matches = find_scenes(folder)
    return with_chosen_lens(reader.read(matches[0], SILENT), lens, SILENT)


def test_with_the_right_lens_points_are_the_same_from_both(folder: Path, tmp_path: Path) -> None:
    scene = read(folder)
    for source in PointSource:
        points = fused_points(
            scene, progress=SILENT, point_source=source, with_residuals=True, folder=tmp_path / "kept"
        )
        assert points.residuals is not None
        assert len(points.residuals) == len(points.positions) > 1000
        found = summarize(points.residuals)
        assert found.count == len(points.positions)
        assert found.p99_m < 0.005


def test_with_the_plain_lens_the_residuals_show_it(folder: Path, tmp_path: Path) -> None:
    points = fused_points(
        read(folder, "pinhole"), progress=SILENT, with_residuals=True, folder=tmp_path / "kept"
    )
    assert points.residuals is not None
    assert summarize(points.residuals).median_m > 0.05


def test_points_from_distances_move_with_the_lens_and_those_from_positions_do_not(
    folder: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"

    def middle(lens: str, source: PointSource) -> np.ndarray:
        points = fused_points(read(folder, lens), progress=SILENT, point_source=source, folder=kept)
        return points.positions.mean(axis=0) + points.origin

    assert np.array_equal(middle("measured", PointSource.POSITION), middle("pinhole", PointSource.POSITION))
    moved = middle("measured", PointSource.DISTANCE) - middle("pinhole", PointSource.DISTANCE)
    assert np.linalg.norm(moved) > 1


def test_residuals_come_back_from_the_cache(folder: Path, tmp_path: Path) -> None:
    scene, kept = read(folder), tmp_path / "kept"
    first = fused_points(scene, progress=SILENT, with_residuals=True, folder=kept)
    steps: list[str] = []
    again = fused_points(
        scene, progress=Progress(lambda step: steps.append(step.text)), with_residuals=True, folder=kept
    )
    assert steps[-1] == "Points loaded"
    assert first.residuals is not None
    assert again.residuals is not None
    assert np.array_equal(first.residuals, again.residuals)
    assert fused_points(scene, progress=SILENT, folder=kept).residuals is None


def test_what_can_be_compared_depends_on_the_images(folder: Path) -> None:
    assert can_compare_points(read(folder))
    assert not points_follow_lens(read(folder))
    assert points_follow_lens(read(folder), PointSource.DISTANCE)
    for image in folder.glob("images/*/*.position.hdf5"):
        image.unlink()
    scene = read(folder, "pinhole")
    assert not can_compare_points(scene)
    assert points_follow_lens(scene)
