"""What color an object has, by its labels. The 3D view, the images and the lists all ask here.

Rows are (R, G, B, A) 0..255. As in the original tool an object without a label in a layer is white when it
has none in the other layer either, else grey. Alpha is 255 throughout.
"""

from __future__ import annotations

import colorsys
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer.model.instances import InstanceIds
from viewer.model.label_table import LabelTable
from viewer.model.labels import NO_LABEL, LabelLayer, ObjectLabels

UNLABELLED = (255, 255, 255, 255)
LABELLED_ELSEWHERE = (76, 76, 76, 255)
"""Grey 0.3 of the original tool, truncated as its colors are."""
UNKNOWN_CLASS = (255, 0, 255, 255)
"""A class id that the label table does not have: nobody should overlook it."""
GOLDEN_TURN = 0.6180339887498949


def class_color_rows(labels: ObjectLabels, table: LabelTable) -> NDArray[np.uint8]:
    """(O, 4) the color of every object's class."""
    return _class_rows(labels.semantic, labels.instance, table)


def instance_color_rows(labels: ObjectLabels, instances: InstanceIds) -> NDArray[np.uint8]:
    """(O, 4) the color of every object's instance."""
    return _instance_rows(labels.semantic, labels.instance, instances)


def rows_for(
    layer: LabelLayer,
    labels: ObjectLabels,
    table: LabelTable,
    instances: InstanceIds,
    object_ids: ArrayLike,
) -> NDArray[np.uint8]:
    """(K, 4) the colors of some objects in one layer; work in proportion to K."""
    ids = np.asarray(object_ids, np.int64)
    semantic, instance = labels.semantic[ids], labels.instance[ids]
    if layer is LabelLayer.SEMANTIC:
        return _class_rows(semantic, instance, table)
    return _instance_rows(semantic, instance, instances)


def object_color_rows(count: int) -> NDArray[np.uint8]:
    """(count, 4) a color for every object: neighbouring ids differ clearly, and it is always the same."""
    return _object_rows(count).copy()


@lru_cache(maxsize=4)
def _object_rows(count: int) -> NDArray[np.uint8]:
    ids = np.arange(count)
    hue = (0.11 + ids * GOLDEN_TURN) % 1.0
    value = 0.92 - 0.09 * (ids % 4)
    saturation = 0.38 + 0.1 * (ids // 4 % 3)
    rows = np.full((count, 4), 255, np.uint8)
    rows[:, :3] = _rgb_from_hsv(hue, saturation, value)
    rows.flags.writeable = False
    return rows


def _rgb_from_hsv(
    hue: NDArray[np.floating], saturation: NDArray[np.floating], value: NDArray[np.floating]
) -> NDArray[np.uint8]:
    steps = (np.array([5.0, 3.0, 1.0]) + hue[:, None] * 6) % 6
    fade = np.clip(np.minimum(steps, 4 - steps), 0, 1)
    rgb = 255 * value[:, None] * (1 - saturation[:, None] * fade)
    return np.asarray(np.round(rgb).astype(np.uint8))


def _class_rows(
    semantic: NDArray[np.int64], instance: NDArray[np.int64], table: LabelTable
) -> NDArray[np.uint8]:
    rows = _base_rows(instance, len(semantic))
    labelled = semantic != NO_LABEL
    palette = _class_palette(table)
    ids = semantic[labelled]
    known = (ids >= 0) & (ids < len(palette) - 1)
    rows[labelled] = palette[np.where(known, ids, len(palette) - 1)]
    return rows


@lru_cache(maxsize=4)
def _class_palette(table: LabelTable) -> NDArray[np.uint8]:
    """(largest id + 2, 4) by class id; the last row stands for ids beyond the table."""
    colors = table.color_rows()
    palette = np.empty((len(colors) + 1, 4), np.uint8)
    palette[:] = UNKNOWN_CLASS
    known = np.flatnonzero(colors[:, 0] >= 0)
    palette[known, :3] = colors[known]
    return palette


def _instance_rows(
    semantic: NDArray[np.int64], instance: NDArray[np.int64], instances: InstanceIds
) -> NDArray[np.uint8]:
    rows = _base_rows(semantic, len(instance))
    labelled = instance > 0
    rows[labelled, :3] = instances.colors_of(instance[labelled])
    return rows


def _base_rows(other_layer: NDArray[np.int64], count: int) -> NDArray[np.uint8]:
    rows = np.empty((count, 4), np.uint8)
    rows[:] = UNLABELLED
    rows[other_layer != NO_LABEL] = LABELLED_ELSEWHERE
    return rows


def readable_on(rgb: tuple[int, int, int]) -> tuple[int, int, int]:
    """Black or white, whichever can be read on a color."""
    red, green, blue = (channel / 255 for channel in rgb)
    luma = colorsys.rgb_to_yiq(red, green, blue)[0]
    return (0, 0, 0) if luma > 0.55 else (255, 255, 255)
