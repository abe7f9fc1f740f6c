"""Instance ids and their colors."""

from __future__ import annotations

import hashlib
import time

import numpy as np
import pytest

from viewer.errors import LabelError
from viewer.model.instances import LARGEST_INSTANCE_ID, InstanceIds, sequence_colors

FIRST_EIGHT = [
    [50, 141, 255],
    [204, 0, 190],
    [0, 52, 204],
    [0, 204, 62],
    [204, 69, 0],
    [74, 204, 0],
    [0, 204, 176],
    [178, 0, 204],
]
DIGEST_OF_4166 = "01053bb30030a4925334c39b01707cdf612bbbf003820a5727e5c5f76a68ff6e"


def test_the_first_colors_are_those_of_the_dataset() -> None:
    assert sequence_colors(8)[1:].tolist() == FIRST_EIGHT


def test_all_4166_colors_are_those_of_the_dataset() -> None:
    rows = InstanceIds(4166).color_rows()
    assert rows[4161].tolist() == [64, 0, 204]
    assert rows[4166].tolist() == [204, 56, 0]
    assert hashlib.sha256(rows[1:].astype("<i8").tobytes()).hexdigest() == DIGEST_OF_4166


def test_published_colors_are_reproduced(shared) -> None:
    import h5py

    names = "*/_detail/mesh/metadata_semantic_instance_colors.hdf5"
    paths = sorted((shared / "hypersim-public/evermotion_dataset/scenes").glob(names))
    assert paths
    for path in paths:
        with h5py.File(path) as file:
            published = file["dataset"][()]
        assert np.array_equal(InstanceIds(len(published) - 1).color_rows(), published), path


def test_row_0_of_the_colors_is_reserved() -> None:
    assert InstanceIds(3).color_rows()[0].tolist() == [-1, -1, -1]


def test_one_id_exists_from_the_start() -> None:
    assert InstanceIds().count == 1


def test_ids_are_counted_up() -> None:
    ids = InstanceIds()
    assert [ids.create(), ids.create(), ids.create(3)] == [2, 3, 6]


def test_rebuilding_starts_the_list_and_its_colors_anew() -> None:
    ids = InstanceIds(9)
    ids.set_color(2, (1, 2, 3))
    ids.set_name(2, "sofa")
    ids.rebuild(2)
    assert ids.count == 2
    assert ids.color_rows()[1:].tolist() == FIRST_EIGHT[:2]
    assert ids.name_of(2) == "instance 2"


def test_an_id_that_was_never_created_has_a_color_as_well() -> None:
    assert InstanceIds(1).color_of(8) == (178, 0, 204)


def test_a_chosen_color_stands_in_every_answer() -> None:
    ids = InstanceIds(4)
    ids.set_color(3, (9, 8, 7))
    assert ids.color_of(3) == (9, 8, 7)
    assert ids.color_rows()[3].tolist() == [9, 8, 7]
    assert ids.colors_of([1, 3, 3]).tolist() == [[50, 141, 255], [9, 8, 7], [9, 8, 7]]


def test_taking_a_chosen_color_back_brings_the_sequence_back() -> None:
    ids = InstanceIds(4)
    ids.set_color(3, (9, 8, 7))
    ids.set_color(3, None)
    assert ids.color_of(3) == (0, 52, 204)


def test_choosing_the_usual_color_is_no_choice() -> None:
    ids = InstanceIds(4)
    ids.set_color(3, (0, 52, 204))
    assert not ids.own_colors


def test_answers_do_not_share_memory_with_the_sequence() -> None:
    InstanceIds(8).color_rows()[:] = 0
    InstanceIds(8).colors_of([1])[:] = 0
    assert sequence_colors(8)[1:].tolist() == FIRST_EIGHT


def test_a_huge_id_is_refused_at_once() -> None:
    started = time.perf_counter()
    with pytest.raises(LabelError, match=f"from 1 to {LARGEST_INSTANCE_ID}, found 5000000000"):
        InstanceIds(5_000_000_000)
    assert time.perf_counter() - started < 0.1


@pytest.mark.parametrize("instance_id", [0, -1])
def test_reserved_ids_have_no_color(instance_id: int) -> None:
    with pytest.raises(LabelError, match=f"found {instance_id}"):
        InstanceIds().color_of(instance_id)
