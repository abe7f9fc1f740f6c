"""What to label next, and how far labelling has come."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.app.label_debt import label_progress, next_unlabelled, percent, size_order, unlabelled
from viewer.app.object_facts import ObjectFacts
from viewer.app.visibility import Visibility
from viewer.model.frames import FrameId
from viewer.model.labels import LabelLayer, ObjectLabels

CLASS, INSTANCE = LabelLayer.SEMANTIC, LabelLayer.INSTANCE


def seen(*pixels: int) -> Visibility:
    """One frame that shows objects 0, 1, 2, … in so many pixels."""
    counts = np.array(pixels, np.int32)
    ids = np.flatnonzero(counts).astype(np.int32)
    return Visibility((FrameId("cam_00", 0),), len(counts), np.zeros_like(ids), ids, counts[ids])


def facts(area: list[float], elements: list[int]) -> ObjectFacts:
    bounds = np.zeros((len(area), 3))
    return ObjectFacts(bounds, bounds, np.array(area), np.array(elements))


def labels(semantic: list[int], instance: list[int] | None = None) -> ObjectLabels:
    return ObjectLabels(semantic, [-1] * len(semantic) if instance is None else instance)


def test_objects_are_ordered_by_their_pixels():
    assert size_order(4, seen(10, 500, 0, 20), facts([9, 1, 1, 1], [1, 1, 1, 1])).tolist() == [1, 3, 0, 2]


def test_objects_in_no_frame_come_last_and_by_area():
    assert size_order(4, seen(0, 0, 5, 0), facts([1, 3, 0.1, 2], [9, 9, 9, 9])).tolist() == [2, 1, 3, 0]


def test_area_decides_while_no_pixels_are_counted():
    assert size_order(3, None, facts([0.5, np.nan, 2], [7, 8, 9])).tolist() == [2, 0, 1]


def test_points_decide_where_no_area_is_known():
    assert size_order(3, None, facts([0, 0, 0], [7, 90, 8])).tolist() == [1, 2, 0]


def test_nothing_known_leaves_the_order_of_ids():
    assert size_order(3).tolist() == [0, 1, 2]


def test_counts_of_another_scene_decide_nothing():
    assert size_order(3, seen(1, 2), facts([1, 2], [1, 2])).tolist() == [0, 1, 2]


def test_the_biggest_object_without_a_label_comes_first():
    order = np.array([3, 1, 0, 2])
    assert next_unlabelled(labels([-1, -1, -1, 4]), CLASS, order) == 1


def test_the_layers_are_walked_apart():
    both = labels([-1, 4, 4], [2, 2, -1])
    order = np.arange(3)
    assert next_unlabelled(both, CLASS, order) == 0
    assert next_unlabelled(both, INSTANCE, order) == 2


def test_the_walk_goes_on_behind_an_object_that_is_labelled_by_now():
    assert next_unlabelled(labels([-1, 4, -1, -1]), CLASS, np.array([3, 1, 0, 2]), after=1) == 0


def test_the_walk_comes_back_to_what_was_skipped():
    assert next_unlabelled(labels([4, -1, 4, -1]), CLASS, np.array([3, 1, 0, 2]), after=1) == 3


def test_the_last_one_left_is_found_again():
    assert next_unlabelled(labels([4, -1, 4]), CLASS, np.arange(3), after=1) == 1


def test_the_walk_can_go_backwards():
    order = np.array([3, 1, 0, 2])
    none = labels([-1, -1, -1, -1])
    assert next_unlabelled(none, CLASS, order, after=0, backwards=True) == 1
    assert next_unlabelled(none, CLASS, order, backwards=True) == 2


def test_an_object_that_is_not_in_the_order_starts_the_walk_anew():
    assert next_unlabelled(labels([-1, -1]), CLASS, np.array([1]), after=0) == 1


def test_hidden_objects_are_left_out():
    hidden = np.array([False, True, False])
    assert next_unlabelled(labels([-1, -1, -1]), CLASS, np.array([1, 2, 0]), left_out=hidden) == 2


def test_nothing_is_next_when_everything_is_labelled():
    assert next_unlabelled(labels([1, 2]), CLASS, np.arange(2), after=0) is None
    assert next_unlabelled(labels([]), CLASS, np.arange(0)) is None


@given(
    st.lists(st.sampled_from([-1, 1, 2]), min_size=1, max_size=12),
    st.randoms(use_true_random=False),
    st.booleans(),
)
def test_walking_visits_every_unlabelled_object_once_in_order(semantic, random, backwards):
    everything = labels(semantic)
    order = np.array(random.sample(range(len(semantic)), len(semantic)))
    expected = unlabelled(everything, CLASS, order[::-1] if backwards else order).tolist()
    visited: list[int] = []
    at = next_unlabelled(everything, CLASS, order, backwards=backwards)
    while at is not None and at not in visited:
        visited.append(at)
        at = next_unlabelled(everything, CLASS, order, at, backwards=backwards)
    assert visited == expected


def test_progress_tells_objects_and_pixels():
    progress = label_progress(labels([4, -1, 4, -1]), CLASS, seen(90, 5, 0, 5))
    assert (progress.objects, progress.labelled) == (4, 2)
    assert (progress.object_share, progress.pixel_share) == (0.5, 0.9)
    assert str(progress) == "50 % of objects, 90 % of pixels"


def test_progress_tells_objects_alone_while_no_pixels_are_counted():
    progress = label_progress(labels([4, -1, -1]), CLASS)
    assert progress.pixel_share is None
    assert str(progress) == "33.3 % of objects"


def test_nothing_to_label_is_all_done():
    assert label_progress(labels([]), CLASS, seen()).object_share == 1
    assert label_progress(labels([-1]), CLASS, seen(0)).pixel_share == 1


@pytest.mark.parametrize(
    ("share", "words"),
    [(0, "0 %"), (1e-6, "under 0.1 %"), (0.924, "92.4 %"), (0.61, "61 %"), (0.29, "29 %"), (1, "100 %")],
)
def test_shares_are_told_in_tenths_of_percent(share, words):
    assert percent(share) == words


def test_a_hundred_percent_means_that_nothing_is_left():
    assert percent(1 - 1 / 80_000_000) == "99.9 %"
