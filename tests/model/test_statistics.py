"""Counting labels."""

from __future__ import annotations

import numpy as np
import pytest

from viewer.model.labels import ObjectLabels
from viewer.model.statistics import label_statistics, unlabelled_by_size

LABELS = ObjectLabels([5, 5, 7, -1, 5, -1], [1, 1, 2, 2, -1, -1])
AREAS = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 5.0])


def test_objects_and_areas_are_summed_for_each_label() -> None:
    counts = label_statistics(LABELS, AREAS).classes
    assert counts.ids.tolist() == [5, 7]
    assert counts.objects.tolist() == [3, 1]
    assert counts.areas.tolist() == [8.0, 3.0]


def test_instances_are_counted_for_each_class() -> None:
    assert label_statistics(LABELS).instances_per_class == {5: 1, 7: 1}


def test_shares_are_of_area_where_it_is_known() -> None:
    assert label_statistics(LABELS, AREAS).class_share == pytest.approx(11 / 20)
    assert label_statistics(LABELS).class_share == pytest.approx(4 / 6)


def test_objects_without_labels_are_counted() -> None:
    found = label_statistics(LABELS)
    assert (found.without_class, found.without_instance, found.without_any) == (2, 2, 1)


def test_an_instance_of_two_classes_is_told() -> None:
    torn = ObjectLabels([5, 7, 5], [1, 1, 2])
    assert label_statistics(torn).torn_instances.tolist() == [1]


def test_a_scene_without_objects_has_nothing_labelled() -> None:
    assert label_statistics(ObjectLabels.none(0)).class_share == 0.0


def test_objects_nobody_has_seen_weigh_nothing() -> None:
    areas = np.array([1.0, 1.0, np.nan, np.nan, 2.0, 0.0])
    assert label_statistics(LABELS, areas).class_share == 1.0


def test_the_biggest_unlabelled_object_comes_first() -> None:
    assert unlabelled_by_size(LABELS, AREAS).tolist() == [5, 3]


def test_hidden_objects_are_not_offered() -> None:
    hidden = np.array([False] * 5 + [True])
    assert unlabelled_by_size(LABELS, AREAS, hidden).tolist() == [3]
