"""How far two images are apart, in what they measure and as they are shown."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from viewer.imaging.difference import Values, difference, shown_difference, values_of
from viewer.imaging.live import LIVE_MODALITIES
from viewer.imaging.modality import ImagingContext, Picture
from viewer.imaging.registry import MODALITIES, find_modality
from viewer.model.camera import pinhole_lens
from viewer.model.frames import ImageArray
from viewer.model.labels import ObjectLabels
from viewer.model.scene import NodeTable

SHAPE = (4, 6)
CONTEXT = ImagingContext(
    lens=pinhole_lens(6, 4, np.pi / 3),
    metres_per_unit=0.5,
    nodes=NodeTable(np.array([-1, 0, 1, -1], np.int32), ("", "a", "b", "light")),
    labels=ObjectLabels([7, 8], [1, -1]),
)


def images(**pixels: Any) -> dict[str, ImageArray]:
    return {key: ImageArray(np.asarray(value), key) for key, value in pixels.items()}


def values(key: str, pixels: Any, source: str = "") -> Values:
    modality = find_modality(key)
    assert modality is not None
    found = values_of(modality, {source or key: ImageArray(np.asarray(pixels), key)}, CONTEXT)
    assert found is not None
    return found


def test_distances_differ_by_metres_and_small_ones_are_told_in_millimetres() -> None:
    a = values("distance", np.full(SHAPE, 2.0), "depth_meters")
    far = difference(a, values("distance", np.full(SHAPE, 2.5), "depth_meters"))
    assert (far.unit, far.pixels[0, 0]) == ("m", 0.5)
    assert far.words == "mean 0.5, 95 % below 0.5 m"
    near = difference(a, values("distance", np.full(SHAPE, 2.003), "depth_meters"))
    assert near.unit == "mm"
    assert near.pixels[0, 0] == pytest.approx(3, abs=1e-3)


def test_pixels_without_a_value_in_either_are_left_out_of_the_statistic() -> None:
    first, second = np.full(SHAPE, 2.0), np.full(SHAPE, 3.0)
    first[0, 0], second[0, 1], second[1, 1] = np.nan, np.inf, np.nan
    first[0, 1] = np.inf
    found = difference(values("distance", first, "depth_meters"), values("distance", second, "depth_meters"))
    assert np.isnan(found.pixels[[0, 0, 1], [0, 1, 1]]).all()
    assert found.words == "mean 1, 95 % below 1 m; no value in 12.5 %"
    assert found.words_at(0, 0) == "no value in both"
    assert found.words_at(3, 3) == "1 m"
    assert not found.picture().rgba[0, 0].any()


def test_planar_depth_is_shorter_than_distance_towards_the_corners() -> None:
    pixels = np.full(SHAPE, 2.0)
    planar = values("planar_depth", pixels, "depth_meters")
    found = difference(values("distance", pixels, "depth_meters"), planar)
    assert found.pixels[0, 0] > found.pixels[1, 2]


def test_normals_differ_by_an_angle_whatever_their_length() -> None:
    up, aside = np.zeros((*SHAPE, 3)), np.zeros((*SHAPE, 3))
    up[..., 2], aside[..., 0] = 1.0, 3.0
    up[0, 0] = 0
    found = difference(values("normal_cam", up), values("normal_bump_cam", aside))
    assert found.unit == "°"
    assert found.pixels[1, 1] == pytest.approx(90)
    assert np.isnan(found.pixels[0, 0]), "no normal there"


def test_normals_in_other_axes_are_another_kind() -> None:
    flat = np.ones((*SHAPE, 3))
    with pytest.raises(ValueError, match="one kind"):
        difference(values("normal_cam", flat), values("normal_world", flat))


def test_positions_differ_by_metres_in_space() -> None:
    there = np.zeros((*SHAPE, 3))
    there[..., :2] = (6, 8)
    found = difference(values("position", np.zeros((*SHAPE, 3))), values("position", there))
    assert found.pixels[0, 0] == pytest.approx(5), "10 units of half a metre"


def test_colors_differ_in_their_largest_channel() -> None:
    a, b = np.zeros((*SHAPE, 3), np.float16), np.zeros((*SHAPE, 3), np.float16)
    b[..., 1], b[..., 2] = 0.25, -0.5
    assert difference(values("color", a), values("residual", b)).pixels[2, 2] == 0.5


def test_labels_of_the_file_are_compared_with_those_being_edited() -> None:
    nodes = np.array([[1, 2, 3, -1]])
    live = values("class_live", nodes, "render_entity_id")
    assert live.pixels.tolist() == [[7, 8, -1, -1]]
    found = difference(live, values("class_file", np.array([[7, 7, -1, -1]]), "semantic"))
    assert found.pixels.tolist() == [[0, 1, 0, 0]]
    assert found.words == "25.00 % of pixels differ"
    assert [found.words_at(x, 0) for x in (0, 1)] == ["same", "differs"]
    assert values("instance_live", nodes, "render_entity_id").kind != live.kind


def test_the_second_image_is_taken_at_the_size_of_the_first() -> None:
    small = np.array([[1.0, 2.0], [3.0, 4.0]])
    large = np.repeat(np.repeat(small, 3, axis=0), 3, axis=1)
    found = difference(values("distance", large, "depth_meters"), values("distance", small, "depth_meters"))
    assert found.pixels.shape == (6, 6)
    assert not found.pixels.any()


def test_pictures_are_compared_as_they_are_shown() -> None:
    a, b = np.full((2, 2, 4), 255, np.uint8), np.full((2, 2, 4), 255, np.uint8)
    b[0, 0, :3] = (250, 155, 255)
    b[1, 1] = 0
    found = shown_difference(Picture(a, False), Picture(b, True))
    assert found.pixels[0].tolist() == [100, 0]
    assert np.isnan(found.pixels[1, 1])
    assert found.words.endswith("of 255; no value in 25.0 %")


def test_the_heat_scale_starts_at_nothing_and_is_the_darkest_there() -> None:
    a = values("distance", np.arange(24.0).reshape(SHAPE), "depth_meters")
    picture = difference(a, values("distance", np.zeros(SHAPE), "depth_meters")).picture()
    assert picture.legend is not None
    assert (picture.legend.low, picture.legend.unit) == (0.0, "m")
    light = picture.rgba[..., :3].astype(int).sum(axis=2)
    assert light.argmin() == 0
    assert light.argmax() == 23


def test_every_modality_either_measures_something_or_is_compared_by_its_colors() -> None:
    measured = {
        modality.key
        for modality in (*MODALITIES, *LIVE_MODALITIES)
        if values_of_or_none(modality) is not None
    }
    assert {"color", "distance", "planar_depth", "objects", "normal_world", "position"} <= measured
    assert {"live.distance", "live.objects"} <= measured
    assert not {"final_preview.color", "tex_coord", "live.picture"} & measured


def values_of_or_none(modality: Any) -> Values | None:
    flat: dict[str, Any] = {key: np.zeros((*SHAPE, 3)) for key in modality.sources}
    for key in flat:
        if key in ("depth_meters", "live.distance"):
            flat[key] = np.zeros(SHAPE)
        elif key in ("render_entity_id", "semantic", "semantic_instance", "live.objects"):
            flat[key] = np.zeros(SHAPE, np.int16)
    return values_of(modality, images(**flat), CONTEXT)
