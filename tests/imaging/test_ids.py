"""Id images: what each pixel's node, object, instance and class are, in colors and in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from viewer.errors import FormatError
from viewer.imaging.ids import look_up_ids, with_alpha
from viewer.imaging.modality import ImagingContext, Modality
from viewer.imaging.outlines import object_mask, outline
from viewer.imaging.registry import find_modality
from viewer.model.frames import ImageArray
from viewer.model.label_table import LabelClass, LabelTable
from viewer.model.labels import ObjectLabels
from viewer.model.scene import NodeTable

NODES = NodeTable(np.array([-1, 2, 0, -1, 1, 0], np.int32), ("", "c@1", "a@2", "light@3", "b@4", "a@5"))
TABLE = LabelTable((LabelClass(5, "chair", (10, 20, 30)), LabelClass(7, "table", (40, 50, 60))))
NAMES = ("stool, left", "desk", "lamp")
CLASS_ROWS = with_alpha(np.array([[1, 1, 1], [2, 2, 2], [3, 3, 3]]))
INSTANCE_ROWS = with_alpha(np.array([[11, 0, 0], [12, 0, 0], [13, 0, 0]]))
IDS = np.array([[-1, 1, 2, 3, 4, 5, 6, 0]], np.int16)


def context(**changes: Any) -> ImagingContext:
    facts: dict[str, Any] = {
        "nodes": NODES,
        "object_names": NAMES,
        "labels": ObjectLabels([5, -1, 7], [118, 2, -1]),
        "class_rows": CLASS_ROWS,
        "instance_rows": INSTANCE_ROWS,
        "table": TABLE,
        "instance_colors": np.array([[-1, -1, -1], [9, 8, 7]]),
    }
    return ImagingContext(**{**facts, **changes})


def shown(key: str) -> Modality[Any]:
    found = find_modality(key)
    assert found is not None
    return found


def arrays(**pixels: Any) -> dict[str, ImageArray]:
    return {key: ImageArray(np.asarray(values), key) for key, values in pixels.items()}


def first_channel(key: str, about: ImagingContext, **pixels: Any) -> tuple[list[int], list[int]]:
    rgba = shown(key).picture(arrays(**pixels), about, shown(key).default_style).rgba
    return rgba[0, :, 0].tolist(), rgba[0, :, 3].tolist()


def test_live_classes_follow_nodes_to_objects() -> None:
    red, alpha = first_channel("class_live", context(), render_entity_id=IDS)
    assert red == [0, 3, 1, 0, 2, 1, 0, 0]
    assert alpha == [0, 255, 255, 0, 255, 255, 0, 0], "no hit, no object, unknown node and 0 have no value"


def test_live_instances_take_the_other_colors() -> None:
    assert first_channel("instance_live", context(), render_entity_id=IDS)[0] == [0, 13, 11, 0, 12, 11, 0, 0]


@pytest.mark.parametrize("kind", [np.int8, np.int16, np.int32, np.int64])
def test_ids_of_any_integer_type_are_shown_alike(kind: type) -> None:
    red, _ = first_channel("class_live", context(), render_entity_id=IDS.astype(kind))
    assert red == [0, 3, 1, 0, 2, 1, 0, 0]


def test_unsigned_ids_and_ids_below_minus_one_are_no_trouble() -> None:
    unsigned = np.array([[0, 1, 65535]], np.uint16)
    assert first_channel("class_live", context(), render_entity_id=unsigned)[1] == [0, 255, 0]
    odd = np.array([[-7, 1]], np.int16)
    assert first_channel("class_live", context(), render_entity_id=odd)[1] == [0, 255]


def test_ids_that_are_no_whole_numbers_are_refused() -> None:
    with pytest.raises(FormatError, match="expected whole numbers, found float16"):
        first_channel("objects", context(), render_entity_id=np.zeros((2, 2), np.float16))


def test_objects_have_one_color_whatever_their_node() -> None:
    rgba = shown("objects").picture(arrays(render_entity_id=IDS), context(), None).rgba[0]
    assert (rgba[2] == rgba[5]).all()
    assert len({tuple(row) for row in rgba[[1, 2, 4]]}) == 3


def test_render_entities_without_a_node_list_are_colored_by_node() -> None:
    rgba = shown("render_entity_id").picture(arrays(render_entity_id=IDS), ImagingContext(), None).rgba[0]
    assert len({tuple(row) for row in rgba[1:7]}) == 6
    assert rgba[[0, 7], 3].tolist() == [0, 0]


def test_saved_classes_take_the_colors_of_the_table() -> None:
    red, alpha = first_channel("class_file", context(), semantic=np.array([[5, 7, -1, 6]], np.int16))
    assert red[:3] == [10, 40, 0]
    assert alpha == [255, 255, 0, 255], "a class the table does not know still has a value"


def test_saved_instances_take_the_colors_of_their_ids() -> None:
    red, alpha = first_channel(
        "instance_file", context(), semantic_instance=np.array([[1, -1, 900]], np.int16)
    )
    assert red[:2] == [9, 0]
    assert alpha == [255, 0, 255]


def test_the_whole_chain_is_told_in_words() -> None:
    live = shown("class_live")
    words = [live.describe_pixel(arrays(render_entity_id=IDS), context(), x, 0) for x in range(7)]
    assert words[0] == "nothing was hit (-1)"
    assert words[2] == "node 2 → stool, left (object 0) → instance 118 → class 5 chair"
    assert words[4] == "node 4 → desk (object 1) → instance 2 → no class"
    assert words[3] == "node 3 light@3 → no object"
    assert words[6] == "node 6, which is not in the list of nodes"


def test_words_without_labels_or_nodes_say_what_is_known() -> None:
    live = shown("objects")
    image = arrays(render_entity_id=IDS)
    assert live.describe_pixel(image, context(labels=None), 2, 0) == "node 2 → stool, left (object 0)"
    assert live.describe_pixel(image, ImagingContext(), 2, 0) == "node 2"


def test_saved_labels_tell_when_they_differ_from_the_live_ones() -> None:
    image = arrays(semantic=np.array([[5, 7]]), render_entity_id=np.array([[2, 2]]))
    saved = shown("class_file")
    assert (
        saved.describe_pixel(image, context(), 0, 0) == "class 5 chair in the file · stool, left (object 0)"
    )
    assert (
        saved.describe_pixel(image, context(), 1, 0)
        == "class 7 table in the file, now class 5 chair · stool, left (object 0)"
    )


@pytest.mark.parametrize(
    ("key", "lacking", "word"),
    [("class_live", "nodes", "metadata_nodes.csv"), ("class_live", "class_rows", "metadata_objects.csv")],
)
def test_what_is_missing_is_named(key: str, lacking: str, word: str) -> None:
    reason = shown(key).missing(frozenset({"render_entity_id"}), context(**{lacking: None}))
    assert reason is not None
    assert word in reason


def test_a_recolor_is_two_look_ups() -> None:
    """Equal to the definition, color = rows[object_of_node[node]], on a full-size image."""
    random = np.random.default_rng(0)
    nodes = NodeTable(random.integers(-1, 900, 1200).astype(np.int32), ("",) * 1200)
    rows = with_alpha(random.integers(0, 256, (900, 3)))
    ids = random.integers(1, 1200, (96, 128)).astype(np.int16)
    about = ImagingContext(nodes=nodes, class_rows=rows)
    rgba = shown("class_live").picture(arrays(render_entity_id=ids), about, None).rgba
    objects = nodes.object_of_node[ids]
    np.testing.assert_array_equal(rgba[objects >= 0], rows[objects[objects >= 0]])
    assert (rgba[objects < 0] == 0).all()


def test_an_empty_image_has_an_empty_picture() -> None:
    assert look_up_ids(CLASS_ROWS, np.empty((0, 4), np.int16)).rgba.shape == (0, 4, 4)


# outlines


def test_a_mask_holds_the_pixels_of_the_objects() -> None:
    mask = object_mask(IDS, NODES, np.array([0]))
    assert mask[0].tolist() == [False, False, True, False, False, True, False, False]


def test_the_outline_of_a_rectangle_is_its_four_sides() -> None:
    mask = np.zeros((6, 8), bool)
    mask[2:5, 3:7] = True
    sides = {tuple(side) for side in outline(mask).tolist()}
    assert sides == {(3, 2, 7, 2), (3, 5, 7, 5), (3, 2, 3, 5), (7, 2, 7, 5)}


def test_an_outline_closes_at_the_image_border() -> None:
    assert {tuple(side) for side in outline(np.ones((2, 3), bool)).tolist()} == {
        (0, 0, 3, 0), (0, 2, 3, 2), (0, 0, 0, 2), (3, 0, 3, 2),
    }  # fmt: skip


def test_the_outline_of_any_mask_is_as_long_as_its_pixel_borders() -> None:
    mask = np.random.default_rng(1).random((40, 50)) > 0.6
    padded = np.pad(mask, 1).astype(int)
    borders = np.abs(np.diff(padded, axis=0)).sum() + np.abs(np.diff(padded, axis=1)).sum()
    segments = outline(mask)
    assert np.abs(segments[:, 2:] - segments[:, :2]).sum() == borders


def test_nothing_has_no_outline() -> None:
    assert len(outline(np.zeros((4, 4), bool))) == 0
