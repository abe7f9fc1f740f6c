"""What color an object has."""

from __future__ import annotations

import numpy as np

from tests.labelling_builders import a_table
from viewer.model.colors import (
    LABELLED_ELSEWHERE,
    UNKNOWN_CLASS,
    UNLABELLED,
    class_color_rows,
    instance_color_rows,
    object_color_rows,
    rows_for,
)
from viewer.model.instances import InstanceIds
from viewer.model.labels import LabelLayer, ObjectLabels

LABELS = ObjectLabels([-1, 2, -1, 99], [-1, -1, 1, 3])


def test_a_class_has_the_color_of_the_table() -> None:
    assert class_color_rows(LABELS, a_table())[1].tolist() == [20, 40, 60, 255]


def test_an_instance_has_its_color() -> None:
    assert instance_color_rows(LABELS, InstanceIds(3))[2].tolist() == [50, 141, 255, 255]


def test_an_object_without_any_label_is_white() -> None:
    assert tuple(class_color_rows(LABELS, a_table())[0].tolist()) == UNLABELLED
    assert tuple(instance_color_rows(LABELS, InstanceIds())[0].tolist()) == UNLABELLED


def test_an_object_labelled_in_the_other_layer_only_is_grey() -> None:
    assert tuple(class_color_rows(LABELS, a_table())[2].tolist()) == LABELLED_ELSEWHERE
    assert tuple(instance_color_rows(LABELS, InstanceIds())[1].tolist()) == LABELLED_ELSEWHERE
    assert LABELLED_ELSEWHERE[0] == int(0.3 * 255)


def test_an_unknown_class_is_shown_not_refused() -> None:
    assert tuple(class_color_rows(LABELS, a_table())[3].tolist()) == UNKNOWN_CLASS


def test_an_instance_that_was_never_created_is_shown_not_refused() -> None:
    assert instance_color_rows(LABELS, InstanceIds(1))[3].tolist() == [0, 52, 204, 255]


def test_rows_of_some_objects_are_those_of_all() -> None:
    ids = np.array([3, 1])
    table, instances = a_table(), InstanceIds(3)
    everything = (class_color_rows(LABELS, table), instance_color_rows(LABELS, instances))
    for layer, rows in zip((LabelLayer.SEMANTIC, LabelLayer.INSTANCE), everything, strict=True):
        assert rows_for(layer, LABELS, table, instances, ids).tolist() == rows[ids].tolist()


def test_neighbouring_objects_have_clearly_different_colors() -> None:
    rows = object_color_rows(500)[:, :3].astype(int)
    assert np.abs(np.diff(rows, axis=0)).max(axis=1).min() > 40


def test_object_colors_are_always_the_same() -> None:
    assert np.array_equal(object_color_rows(20), object_color_rows(300)[:20])
