"""Undo without limit."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.errors import FormatError
from viewer.model.history import History, Step, pack_edit, unpack_edits
from viewer.model.labels import LabelEdit, LabelLayer, ObjectLabels

OBJECTS = 20


def do(history: History, labels: ObjectLabels, layer: LabelLayer, ids: list[int], value: int) -> None:
    edit = LabelEdit.assign(labels, layer, np.array(sorted(set(ids))), value)
    if edit is not None:
        step = Step.of(f"to {value}", (edit,), 1)
        step.apply(labels)
        history.push(step)


def three_steps() -> tuple[History, ObjectLabels]:
    history, labels = History(), ObjectLabels.none(3)
    for value in (1, 2, 3):
        do(history, labels, LabelLayer.SEMANTIC, [0], value)
    return history, labels


def go(history: History, labels: ObjectLabels, position: int) -> int:
    list(history.walk(position, labels))
    return int(labels.semantic[0])


edits = st.tuples(
    st.sampled_from(LabelLayer),
    st.lists(st.integers(0, OBJECTS - 1), min_size=1),
    st.integers(-1, 10**9).filter(bool),
)


@given(st.lists(edits, max_size=10), st.data())
def test_undoing_everything_brings_the_first_state_back(todo, data: st.DataObject) -> None:
    history, labels = History(), ObjectLabels.none(OBJECTS)
    for edit in todo:
        do(history, labels, *edit)
    end = labels.copy()
    for position in data.draw(st.lists(st.integers(0, 10), max_size=5)):
        list(history.walk(position, labels))
    list(history.walk(0, labels))
    assert labels.equals(ObjectLabels.none(OBJECTS))
    list(history.walk(10**6, labels))
    assert labels.equals(end)


def test_a_jump_passes_through_every_step_between() -> None:
    history, labels = three_steps()
    assert [go(history, labels, position) for position in (1, 3, 0, 2)] == [1, 3, -1, 2]


def test_a_new_step_ends_what_could_be_redone() -> None:
    history, labels = three_steps()
    go(history, labels, 1)
    do(history, labels, LabelLayer.SEMANTIC, [0], 9)
    assert not history.can_redo
    assert [step.title for step in history.steps] == ["to 1", "to 9"]


def test_titles_say_what_undo_and_redo_would_do() -> None:
    history, labels = three_steps()
    go(history, labels, 2)
    assert (history.undo_title, history.redo_title) == ("to 2", "to 3")


def test_undoing_to_the_saved_state_is_clean() -> None:
    history, labels = three_steps()
    history.mark_clean()
    do(history, labels, LabelLayer.SEMANTIC, [0], 4)
    assert not history.is_clean
    go(history, labels, 3)
    assert history.is_clean
    go(history, labels, 2)
    assert not history.is_clean


def test_a_saved_state_that_no_redo_reaches_stays_unclean() -> None:
    history, labels = three_steps()
    history.mark_clean()
    go(history, labels, 1)
    do(history, labels, LabelLayer.SEMANTIC, [0], 8)
    do(history, labels, LabelLayer.SEMANTIC, [0], 9)
    assert history.position == 3
    assert not history.is_clean
    assert history.clean_position is None


column = st.lists(st.integers(-(2**62), 2**62), min_size=1, max_size=30)


@given(st.lists(st.tuples(st.sampled_from(LabelLayer), column, st.booleans()), max_size=4))
def test_unpacking_gives_back_what_was_packed(parts) -> None:
    made = []
    for layer, values, is_constant in parts:
        count = len(values)
        before = np.full(count, -1) if is_constant else np.array(values[::-1])
        made.append(LabelEdit(layer, np.arange(7, 7 + count), before, np.array(values)))
    found = unpack_edits(b"".join(pack_edit(edit) for edit in made))
    assert len(found) == len(made)
    for a, b in zip(made, found, strict=True):
        assert a.layer is b.layer
        assert [x.tolist() for x in (a.object_ids, a.before, a.after)] == [
            x.tolist() for x in (b.object_ids, b.before, b.after)
        ]


@pytest.mark.parametrize("data", [b"\x00", b"\x09\x00\x00\x00\x01\x00\x00\x00\x01\x01\x01", b"\xff" * 9])
def test_bytes_that_are_no_edit_are_refused(data: bytes) -> None:
    with pytest.raises(FormatError, match="expected a packed label edit"):
        unpack_edits(data)


MEMORY_OF_A_LONG_DAY = """
import numpy as np, psutil
from viewer.model.history import History, Step
from viewer.model.labels import LabelEdit, LabelLayer, ObjectLabels
random = np.random.default_rng(0)
labels, history = ObjectLabels.none(13_000), History()
before = psutil.Process().memory_info().rss
for k in range(100_000):
    ids = np.unique(random.integers(0, 13_000, random.integers(1, 60)))
    edit = LabelEdit.assign(labels, LabelLayer.SEMANTIC, ids, int(random.integers(1, 41)))
    if edit is not None:
        step = Step.of(f"Rectangle: {len(edit.object_ids)} objects → chair", (edit,), 1)
        step.apply(labels)
        history.push(step)
print((psutil.Process().memory_info().rss - before) / 1e6)
for _ in history.walk(0, labels): pass
assert labels.equals(ObjectLabels.none(13_000))
"""


@pytest.mark.slow
def test_100_000_strokes_on_13_000_objects_stay_under_200_mb() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", MEMORY_OF_A_LONG_DAY],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
    )
    assert float(answer.stdout) < 200
