"""Clip boxes."""

from __future__ import annotations

import json

import numpy as np

from viewer.model.clip_box import ClipBox


def test_a_whole_box_cuts_nothing_and_can_be_written_as_json() -> None:
    box = ClipBox.whole()
    assert box.is_whole
    assert not box.with_range(2, -1, 1).is_whole
    assert json.loads(json.dumps(box.high.tolist())) == box.high.tolist()


def test_a_range_is_measured_along_an_axis_or_against_it() -> None:
    box = ClipBox(np.array([-1.0, -2, -3]), np.array([4.0, 5, 6]))
    assert box.range_along(2) == (-3, 6)
    assert box.range_along(2, -1) == (-6, 3)
    turned = box.with_range(2, -5, 1, -1)
    assert turned.range_along(2, -1) == (-5, 1)
    assert (turned.low[2], turned.high[2]) == (-1, 5)
    assert turned.range_along(0) == (-1, 4)


def test_boxes_are_equal_by_their_corners() -> None:
    assert ClipBox.whole().equals(ClipBox.whole())
    assert not ClipBox.whole().equals(ClipBox.whole().with_range(1, 0, 1))
    assert not ClipBox.whole().equals(None)
