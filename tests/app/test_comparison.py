"""Two sides, decoded and measured against each other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.builders import load, save, write_scene
from viewer.app.comparison import Side, compare, labels_kept, ready
from viewer.app.frame_cache import FrameCache
from viewer.errors import Cancelled, FormatError
from viewer.formats.hypersim.frames import HypersimFrames
from viewer.imaging.live import DISTANCES, LIVE_MODALITIES
from viewer.imaging.modality import ImagingContext
from viewer.imaging.registry import find_modality
from viewer.jobs.job import Progress
from viewer.model.camera import pinhole_lens
from viewer.model.frames import FrameId, ImageArray
from viewer.model.labels import ObjectLabels

FRAME = FrameId("cam_00", 0)
FOLDER = "images/scene_cam_00_geometry_hdf5"


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    return write_scene(tmp_path)


def side(key: str, frame: FrameId = FRAME) -> Side:
    modality = find_modality(key)
    assert modality is not None
    context = ImagingContext(lens=pinhole_lens(8, 6, np.pi / 3))
    return Side(frame, modality, modality.default_style, context)


def live_distance(value: float) -> Side:
    made = {DISTANCES: ImageArray(np.full((6, 8), value, np.float32), DISTANCES)}
    return replace(side("distance"), modality=LIVE_MODALITIES[1], live=lambda: made)


def compared(scene: Path, *sides: Side, as_shown: bool = False, cache: FrameCache | None = None):
    pair = (sides[0], sides[1])
    kept = FrameCache(8) if cache is None else cache
    return compare(HypersimFrames([scene]), kept, pair, as_shown=as_shown, progress=Progress.silent())


def test_two_frames_are_compared_in_what_they_measure(scene: Path) -> None:
    later = FrameId("cam_00", 3)
    save(scene / FOLDER / "frame.0003.depth_meters.hdf5", np.full((6, 8), 5.0, np.float16))
    found = compared(scene, side("distance"), side("distance", later))
    first = load(scene / FOLDER / "frame.0000.depth_meters.hdf5").astype(np.float32)
    assert found.is_of_values
    np.testing.assert_allclose(found.difference.pixels, np.abs(first - 5.0))
    a, b, apart = found.words_at(2, 1)
    assert a == f"{first[1, 2]:.3g} m from the camera"
    assert b == "5 m from the camera"
    assert apart.endswith(" m")


def test_other_kinds_and_whoever_asks_for_it_are_compared_as_shown(scene: Path) -> None:
    for pair, as_shown in (((side("color"), side("distance")), False), ((side("distance"),) * 2, True)):
        found = compared(scene, *pair, as_shown=as_shown)
        assert not found.is_of_values
        assert found.difference.unit == "of 255"


def test_the_3d_view_is_a_side_like_any_other(scene: Path) -> None:
    save(scene / FOLDER / "frame.0000.depth_meters.hdf5", np.full((6, 8), 2.0, np.float16))
    found = compared(scene, live_distance(2.25), side("distance"))
    assert found.difference.words == "mean 0.25, 95 % below 0.25 m"
    assert found.words_at(0, 0)[0] == "2.25 m from the camera"


def test_what_is_at_hand_is_shown_before_it_is_measured(scene: Path) -> None:
    source, cache, pair = HypersimFrames([scene]), FrameCache(8), (side("color"), side("distance"))
    assert ready(source, cache, pair) is None
    compared(scene, *pair, cache=cache)
    found = ready(source, cache, pair)
    assert found is not None
    assert found.difference is None
    assert found.words_at(0, 0)[2] == ""
    assert ready(source, cache, (pair[0], live_distance(1.0))) is None, "that takes drawing"


def test_a_broken_image_is_told_by_its_file_and_a_comparison_can_be_stopped(scene: Path) -> None:
    (scene / FOLDER / "frame.0000.depth_meters.hdf5").write_bytes(b"broken")
    with pytest.raises(FormatError, match="HDF5"):
        compared(scene, side("color"), side("distance"))
    progress = Progress.silent()
    progress.cancel()
    pair = (side("color"), side("color"))
    with pytest.raises(Cancelled):
        compare(HypersimFrames([scene]), FrameCache(8), pair, as_shown=False, progress=progress)


def test_labels_edited_meanwhile_do_not_change_a_comparison() -> None:
    labels = ObjectLabels([1, 2], [-1, -1])
    kept = labels_kept(ImagingContext(labels=labels))
    labels.semantic[0] = 9
    assert kept.labels is not None
    assert kept.labels.semantic.tolist() == [1, 2]
    assert labels_kept(ImagingContext()).labels is None
