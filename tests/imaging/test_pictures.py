"""Values against formulas on arrays small enough to check by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from viewer.errors import FormatError
from viewer.imaging.color_maps import COLOR_MAPS, color_map, id_colors
from viewer.imaging.halves import (
    EVERY_HALF,
    as_floats,
    finite_pixels,
    look_up_values,
    map_values,
    nonzero_pixels,
    opaque_colors,
)
from viewer.imaging.modality import HATCH_DARK, HATCH_LIGHT, ImagingContext, Modality, Picture
from viewer.imaging.registry import DEFAULT_PANES, MODALITIES, find_modality, groups
from viewer.imaging.style import ExposureStyle, NormalStyle, RangeStyle
from viewer.imaging.tone_mapping import exposure_scale, tone_map
from viewer.model.camera import Lens, pinhole_lens
from viewer.model.frames import ImageArray

NOTHING = ImagingContext()


def images(**arrays: Any) -> dict[str, ImageArray]:
    return {key: ImageArray(np.asarray(pixels), key) for key, pixels in arrays.items()}


def modality(key: str) -> Modality[Any]:
    found = find_modality(key)
    assert found is not None
    return found


def picture(
    key: str, arrays: dict[str, ImageArray], context: ImagingContext = NOTHING, **style: Any
) -> Picture:
    shown = modality(key)
    return shown.picture(arrays, context, replace(shown.default_style, **style))


def half(*values: float) -> NDArray[np.float16]:
    return np.array(values, np.float16)


@pytest.fixture
def color() -> NDArray[np.float16]:
    return np.random.default_rng(3).gamma(1.0, 0.7, (12, 16, 3)).astype(np.float16)


# tone mapping


@pytest.mark.parametrize("height", [1, 7, 400])
@pytest.mark.parametrize("kind", ["random", "rising", "flat", "two values", "in stripes"])
def test_the_exposure_comes_from_the_exact_percentile(kind: str, height: int) -> None:
    random = np.random.default_rng(height)
    count = height * 61  # stripes as wide as the steps of a sample would be
    values = {
        "random": random.gamma(1.0, 0.7, count),
        "rising": np.linspace(0.1, 3, count),
        "flat": np.full(count, 0.5),
        "two values": np.where(random.random(count) < 0.9, 0.25, 2.0),
        "in stripes": np.where(np.arange(count) % 61 == 0, 3.0, random.random(count) + 0.1),
    }[kind].astype(np.float32)
    gray = np.repeat(values.reshape(height, 61, 1), 3, axis=2)
    expected = 0.8**2.2 / np.percentile(values.astype(np.float64), 90)
    assert exposure_scale(gray) == pytest.approx(expected, rel=1e-6)


def by_the_book(color: NDArray[Any], valid: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The rule of the format notes, in double precision."""
    rgb = color.astype(np.float64)
    brightness = 0.3 * rgb[..., 0] + 0.59 * rgb[..., 1] + 0.11 * rgb[..., 2]
    if not valid.any():
        scale = 1.0
    else:
        p90 = np.percentile(brightness[valid], 90)
        scale = 0.0 if p90 < 1e-4 else 0.8**2.2 / p90
    return np.clip(np.maximum(scale * rgb, 0) ** (1 / 2.2), 0, 1)


def test_color_is_tone_mapped_by_the_documented_rule(color: NDArray[np.float16]) -> None:
    shown = picture("color", images(color=color)).rgba[..., :3]
    expected = 255 * by_the_book(color, np.ones((12, 16), bool))
    assert np.abs(shown - expected).max() <= 0.5 + 1e-3


def test_only_pixels_that_hit_something_count_for_the_brightness(color: NDArray[np.float16]) -> None:
    ids = np.where(np.arange(16) < 8, 5, -1) * np.ones((12, 1), np.int16)
    color[:, 8:] *= 30
    shown = picture("color", images(color=color, render_entity_id=ids.astype(np.int16)))
    expected = 255 * by_the_book(color, ids != -1)
    assert np.abs(shown.rgba[..., :3] - expected).max() <= 0.5 + 1e-3
    assert not shown.has_gaps, "a pixel that hit nothing still has a color"


def test_color_equals_the_tone_map_function_for_halves_and_for_floats(color: NDArray[np.float16]) -> None:
    for pixels in (color, color.astype(np.float32)):
        shown = picture("color", images(color=pixels)).rgba[..., :3]
        np.testing.assert_array_equal(shown, tone_map(pixels))


@pytest.mark.parametrize("level", [0.0, 5e-5])
def test_a_black_image_stays_black(level: float) -> None:
    shown = picture("color", images(color=np.full((2, 2, 3), level, np.float16)))
    assert shown.rgba[..., :3].max() == 0


def test_with_nothing_hit_the_scale_is_one() -> None:
    arrays = images(
        color=np.full((2, 2, 3), 0.25, np.float16), render_entity_id=np.full((2, 2), -1, np.int16)
    )
    assert picture("color", arrays).rgba[0, 0, 0] == round(255 * 0.25 ** (1 / 2.2))


def test_a_stop_of_exposure_doubles_the_light() -> None:
    arrays = images(diffuse_reflectance=np.full((1, 1, 3), 0.2, np.float16))
    plain = float(np.float16(0.2))
    for stops in (-1.0, 0.0, 1.0):
        shown = picture("diffuse_reflectance", arrays, exposure_stops=stops).rgba[0, 0, 0]
        assert shown == round(255 * (plain * 2**stops) ** (1 / 2.2))


def test_negative_values_are_black_and_bright_ones_white() -> None:
    arrays = images(residual=half(-1, 0.2, 900).reshape(1, 1, 3))
    assert picture("residual", arrays, automatic=False).rgba[0, 0, :3].tolist() == [0, 123, 255]


def test_colors_that_are_no_numbers_have_no_value_and_are_hatched() -> None:
    color = np.full((1, 3, 3), 0.5, np.float16)
    color[0, 1, 2], color[0, 2, 0] = np.nan, np.inf
    shown = picture("color", images(color=color))
    assert shown.rgba[0, :, 3].tolist() == [255, 0, 0]
    assert shown.rgba[0, 1].tolist() == [0, 0, 0, 0]
    assert shown.has_gaps
    assert shown.gap_share == pytest.approx(2 / 3)
    assert picture("color", images(color=np.zeros((1, 3, 3), np.float16))).gap_share == 0, "black is a value"
    assert tuple(shown.rgb()[0, 1]) in (HATCH_DARK, HATCH_LIGHT)
    words = modality("color").describe_pixel(images(color=color), NOTHING, 1, 0)
    assert words.startswith("no valid color")


def test_the_color_equation_error_is_what_remains() -> None:
    arrays = images(
        color=half(0.5, 0.5, 0.5).reshape(1, 1, 3),
        diffuse_reflectance=half(0.5, 0.5, 0.5).reshape(1, 1, 3),
        diffuse_illumination=half(0.5, 1, 0.5).reshape(1, 1, 3),
        residual=half(0.25, 0, 0).reshape(1, 1, 3),
    )
    words = modality("residual_check").describe_pixel(arrays, NOTHING, 0, 0)
    assert words.startswith("R 0  G 0  B 0.25")


# depth


def tilted_lens() -> Lens:
    return Lens(4, 3, np.array([[0.5, 0.1, -0.9], [0.0, 0.4, -0.3], [0.05, -0.1, 1.0]]))


def test_planar_depth_is_distance_over_the_ray_of_unit_depth() -> None:
    distance = np.linspace(1, 5, 12).reshape(3, 4).astype(np.float32)
    context = ImagingContext(lens=tilted_lens())
    for x, y in ((0, 0), (3, 1), (2, 2)):
        ray = tilted_lens().ray_from_pixel @ np.array([x, y, 1.0])
        expected = distance[y, x] / np.linalg.norm(ray / ray[2])
        words = modality("planar_depth").describe_pixel(images(depth_meters=distance), context, x, y)
        assert float(words.split()[0]) == pytest.approx(expected, rel=5e-3)


def test_a_wall_across_the_view_has_one_planar_depth() -> None:
    lens = pinhole_lens(64, 48, np.pi / 3)
    x, y = np.meshgrid(np.arange(64), np.arange(48))
    rays = np.stack([x, y, np.ones_like(x)], -1) @ lens.ray_from_pixel.T
    distance = 3.0 * np.linalg.norm(rays / rays[..., 2:], axis=-1)
    context = ImagingContext(lens=lens)
    legend = picture("planar_depth", images(depth_meters=distance), context).legend
    assert legend is not None
    assert (legend.low, legend.high) == pytest.approx((3.0, 3.003), abs=1e-4)
    far = picture("distance", images(depth_meters=distance)).legend
    assert far is not None
    assert far.high > 3.5


def test_planar_depth_without_a_lens_says_what_it_needs() -> None:
    reason = modality("planar_depth").missing(frozenset({"depth_meters"}), NOTHING)
    assert reason is not None
    assert "lens" in reason


def test_distances_run_through_the_color_map() -> None:
    distance = half(1, 3, 5, 9, np.nan, np.inf).reshape(1, 6)
    shown = picture("distance", images(depth_meters=distance), automatic=False, low=1.0, high=5.0)
    rows = color_map("dusk")
    assert shown.rgba[0, :4, :3].tolist() == [rows[k].tolist() for k in (0, 128, 255, 255)]
    assert shown.rgba[0, :, 3].tolist() == [255, 255, 255, 255, 0, 0]
    assert shown.legend is not None
    assert not shown.legend.is_cut_below
    assert (shown.legend.low, shown.legend.high, shown.legend.unit) == (1.0, 5.0, "m")


def test_a_legend_tells_of_pixels_beyond_its_ends() -> None:
    distance = np.linspace(0, 10, 900).reshape(30, 30)
    fixed = RangeStyle(automatic=False, low=2.0, high=4.0)
    legend = modality("distance").picture(images(depth_meters=distance), NOTHING, fixed).legend
    assert legend is not None
    assert legend.is_cut_below
    assert legend.is_cut_above


@pytest.mark.parametrize("fill", [np.nan, np.inf, 2.0])
def test_an_image_of_one_value_can_be_shown(fill: float) -> None:
    shown = picture("distance", images(depth_meters=np.full((3, 3), fill, np.float16)))
    assert shown.has_gaps == (not np.isfinite(fill))


def test_words_for_distances() -> None:
    arrays = images(depth_meters=half(2.38, np.nan, np.inf, 1234).reshape(1, 4))
    words = [modality("distance").describe_pixel(arrays, NOTHING, x, 0) for x in range(4)]
    assert words == [
        "2.38 m from the camera",
        "no surface here (NaN)",
        "infinitely far (inf)",
        "1234 m from the camera",
    ]


# normals, positions, texture coordinates, previews


def test_normals_go_from_minus_one_to_one() -> None:
    normals = np.array([[[-1, 0, 1], [0, 0, 0], [np.nan, 0, 1]]], np.float16)
    shown = picture("normal_world", images(normal_world=normals))
    assert shown.rgba[0, 0].tolist() == [0, 128, 255, 255]
    assert shown.rgba[0, :, 3].tolist() == [255, 0, 0], "no length and NaN are no normals"
    words = [
        modality("normal_world").describe_pixel(images(normal_world=normals), NOTHING, x, 0)
        for x in (0, 1, 2)
    ]
    assert words[0] == "x -1.000  y +0.000  z +1.000  (length 1.414, not 1)"
    assert "length 0" in words[1]
    assert "NaN" in words[2]


def test_normals_that_face_away_are_marked_on_request() -> None:
    normals = np.zeros((3, 4, 3), np.float16)
    normals[..., 2] = 1  # towards the camera: the file's z points backwards
    normals[1, 2, 2] = -1
    context = ImagingContext(lens=pinhole_lens(4, 3, np.pi / 3))
    arrays = images(normal_cam=normals)
    marked = modality("normal_cam").picture(arrays, context, NormalStyle(mark_facing_away=True)).rgba
    plain = modality("normal_cam").picture(arrays, context, NormalStyle()).rgba
    assert (marked != plain).any(axis=2).sum() == 1
    assert marked[1, 2, :3].tolist() == [255, 0, 200]


def test_positions_are_told_in_metres_and_in_asset_units() -> None:
    arrays = images(position=half(100, -50, 10).reshape(1, 1, 3))
    inches = ImagingContext(metres_per_unit=0.0254)
    words = modality("position").describe_pixel(arrays, inches, 0, 0)
    assert words == "x 2.54  y -1.27  z 0.25 m  (asset units 100, -50, 10)"
    metres = modality("position").describe_pixel(arrays, NOTHING, 0, 0)
    assert metres == "x 100.00  y -50.00  z 10.00 m"


def test_positions_span_what_the_frame_shows() -> None:
    positions = np.zeros((1, 5, 3), np.float16)
    positions[0, :, 0] = (-10, 0, 0, 0, 10)
    positions[0, 2, 1] = np.nan
    shown = picture("position", images(position=positions)).rgba
    assert shown[0, :, 0].tolist() == [0, 128, 0, 128, 255]
    assert shown[0, 2, 3] == 0


@pytest.mark.parametrize("channels", [2, 3])
def test_texture_coordinates_repeat(channels: int) -> None:
    coordinates = np.zeros((1, 2, channels), np.float16)
    coordinates[0, 1, :2] = (-0.25, 3.5)
    arrays = images(tex_coord=coordinates)
    assert picture("tex_coord", arrays).rgba[0, 1, :2].tolist() == [191, 127]
    assert modality("tex_coord").describe_pixel(arrays, NOTHING, 1, 0) == "u -0.250  v 3.500"


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 1), (2, 3, 3), (2, 3, 4)])
def test_previews_are_shown_as_they_are(shape: tuple[int, ...]) -> None:
    pixels = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    arrays = {"final_preview.tonemap": ImageArray(pixels, "final_preview.tonemap")}
    shown = modality("final_preview.tonemap").picture(arrays, NOTHING, None)
    as_three = np.repeat(pixels.reshape(2, 3, -1)[..., :1], 3, 2) if np.prod(shape) <= 6 else pixels[..., :3]
    np.testing.assert_array_equal(shown.rgba[..., :3], as_three)
    assert "of 255" in modality("final_preview.tonemap").describe_pixel(arrays, NOTHING, 1, 1)


# the same for all


@pytest.mark.parametrize("shown", [m for m in MODALITIES if m.sources], ids=lambda shown: shown.key)
def test_every_modality_refuses_arrays_of_another_kind(shown: Modality[Any]) -> None:
    wrong = {key: ImageArray(np.zeros((2, 2, 7, 2), np.float32), key) for key in shown.sources}
    context = ImagingContext(lens=tilted_lens())
    with pytest.raises(FormatError, match="expected"):
        shown.picture(wrong, context, shown.default_style)


def test_keys_and_titles_are_unique() -> None:
    assert len({shown.key for shown in MODALITIES}) == len(MODALITIES)
    assert len({shown.title for shown in MODALITIES}) == len(MODALITIES)
    assert sum(len(members) for members in groups().values()) == len(MODALITIES)
    assert all(find_modality(key) is not None for key in DEFAULT_PANES)


def test_all_images_of_the_dataset_can_be_shown() -> None:
    shown = {key for entry in MODALITIES for key in entry.sources}
    final = {"color", "diffuse_illumination", "diffuse_reflectance", "residual"}
    normals = {f"normal_{kind}" for kind in ("cam", "world", "bump_cam", "bump_world")}
    ids = {"render_entity_id", "semantic", "semantic_instance"}
    assert final | normals | ids | {"depth_meters", "position", "tex_coord"} <= shown
    assert sum("_preview." in key for key in shown) == 20


def test_a_missing_image_is_told_by_name() -> None:
    reason = modality("residual_check").missing(frozenset({"color", "residual"}), NOTHING)
    assert reason == "This frame has no diffuse_reflectance and no diffuse_illumination image."


def test_halves_by_table_equal_the_function_itself() -> None:
    values = np.random.default_rng(0).permutation(EVERY_HALF)[:3000].reshape(50, 60)

    def shade(numbers: NDArray[np.float32]) -> NDArray[np.uint8]:
        return np.clip(np.nan_to_num(numbers, nan=7.0), 0, 255).astype(np.uint8)

    np.testing.assert_array_equal(map_values(shade, values), shade(values.astype(np.float32)))
    colors = values.reshape(25, 40, 3)
    found = opaque_colors(shade, colors)
    np.testing.assert_array_equal(found, opaque_colors(shade, colors.astype(np.float32)))
    np.testing.assert_array_equal(found[..., :3], map_values(shade, colors))
    assert (found[..., 3] == 255).all()
    np.testing.assert_array_equal(as_floats(values), values.astype(np.float32))


@pytest.mark.parametrize("shape", [(0, 5), (3, 5), (16, 5), (49, 5), (33, 2, 3)])
@pytest.mark.parametrize("dtype", [np.int16, np.uint16, np.int32])
def test_values_are_looked_up_as_indexing_does(shape: tuple[int, ...], dtype: type[np.integer]) -> None:
    table = np.random.default_rng(1).integers(0, 1 << 32, 50, dtype=np.uint32)
    least = 0 if dtype is np.uint16 else -50
    index = np.random.default_rng(2).integers(least, 50, shape).astype(dtype)
    np.testing.assert_array_equal(look_up_values(table, index), table[index])


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_pixels_with_a_channel_that_is_not_finite_are_found_in_every_row(dtype: type[np.floating]) -> None:
    values = np.ones((49, 7, 3), dtype)
    for row, column, channel, value in ((0, 0, 0, np.nan), (16, 3, 1, np.inf), (48, 6, 2, -np.inf)):
        values[row, column, channel] = value
    np.testing.assert_array_equal(finite_pixels(values), np.isfinite(values).all(axis=2))
    assert not finite_pixels(values)[[0, 16, 48], [0, 3, 6]].any()


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_pixels_that_are_not_zero_are_found(dtype: type[np.floating]) -> None:
    values = np.array([[0, 0, 0], [0, -0.0, 0], [0, 6e-8, 0], [-1, 0, 0], [0, 0, np.nan]], dtype)
    assert nonzero_pixels(values[None]).tolist() == [[False, False, True, True, True]]


@pytest.mark.parametrize("name", COLOR_MAPS)
def test_color_maps_have_256_different_rows(name: str) -> None:
    rows = color_map(name)
    assert rows.shape == (256, 3)
    assert len(np.unique(rows, axis=0)) > 200
    steps = np.abs(np.diff(rows.astype(int), axis=0)).max()
    assert steps <= 6, "no visible jump"


def test_the_first_color_map_grows_lighter_all_the_way() -> None:
    luminance = color_map("dusk").astype(float) ** 2.2 @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(luminance) > -1e2).all()
    assert luminance[-1] > 20 * luminance[0]


def test_colors_of_neighbouring_ids_differ() -> None:
    rows = id_colors(500).astype(int)
    assert np.abs(np.diff(rows, axis=0)).sum(axis=1).min() > 60
    np.testing.assert_array_equal(id_colors(10), rows[:10])


def test_exposure_has_limits_a_form_can_use() -> None:
    style = ExposureStyle()
    facts = {entry: field.metadata for entry, field in type(style).__dataclass_fields__.items()}
    assert facts["exposure_stops"]["limits"] == (-10.0, 10.0)
    assert all(fact["title"] for fact in facts.values())
