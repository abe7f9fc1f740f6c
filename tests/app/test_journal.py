"""The autosave journal and what it brings back."""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.labelling_builders import a_labelling, paint
from viewer.app import journal as journal_module
from viewer.app.journal import Journal, Place
from viewer.app.journal_format import decode
from viewer.app.labelling import Labelling
from viewer.app.recovery import discard, find_unsaved, other_windows, replay_journal, restore
from viewer.errors import FormatError, LabelError, SaveError
from viewer.model.labels import LabelLayer, ObjectLabels

INSTANCE = LabelLayer.INSTANCE


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Place("ai_001_001", tmp_path / "ai_001_001")


@pytest.fixture
def open_journals() -> Iterator[list[Journal]]:
    journals: list[Journal] = []
    yield journals
    for journal in journals:
        journal.close()


@pytest.fixture
def working(place: Place, open_journals: list[Journal]) -> tuple[Labelling, Journal]:
    labelling = a_labelling(6)
    journal = Journal(labelling, place)
    open_journals.append(journal)
    return labelling, journal


def crash(journal: Journal) -> None:
    """End a journal as the death of its process would."""
    journal.close(keep=True)


def recovered(journal: Journal) -> ObjectLabels:
    return replay_journal(journal.path).labels


# following


def test_every_stroke_is_in_the_journal_when_it_is_done(working: tuple[Labelling, Journal]) -> None:
    labelling, journal = working
    for k in range(6):
        paint(labelling, k, class_id=k + 1)
        assert recovered(journal).equals(labelling.labels)


def act(labelling: Labelling, kind: str, number: int) -> None:
    match kind:
        case "class":
            paint(labelling, number, 5, layer=LabelLayer.SEMANTIC, class_id=number + 1)
        case "instance":
            paint(labelling, 0, number, layer=INSTANCE, unique=number % 2 == 0)
        case "erase":
            paint(labelling, number, erase=True)
            labelling.set_brush(erase=False)
        case "go":
            labelling.go_to(labelling.history.position + number - 3)
        case "create":
            labelling.create_instance()
        case "load":
            labelling.load_labels(ObjectLabels([number + 1] * 6, [-1] * 5 + [number + 1]))
        case "color":
            labelling.set_instance_color(1, (number, 0, 0))
        case "replace":
            labelling.load_labels(ObjectLabels([-1] * 6, [number + 1] * 6), as_command=False)
        case "save":
            labelling.mark_saved()
        case "late save":
            snapshot = labelling.snapshot()
            paint(labelling, number, class_id=3)
            labelling.mark_saved(snapshot)
        case "save undone":
            snapshot = labelling.snapshot()
            labelling.undo()
            labelling.mark_saved(snapshot)


KINDS = (
    *("class", "instance", "erase", "go", "go", "create", "load", "color", "replace"),
    *("save", "late save", "save undone"),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 5)), max_size=20))
def test_replaying_the_journal_gives_the_present_state(place: Place, todo: list[tuple[str, int]]) -> None:
    labelling = a_labelling(6)
    journal = Journal(labelling, place)
    saved = [labelling.labels.copy()]
    labelling.was_saved.connect(lambda snapshot: saved.append(snapshot.labels))
    try:
        for kind, number in todo:
            act(labelling, kind, number)
            if kind == "replace":  # what was read from disk
                saved.append(labelling.labels.copy())
            work = replay_journal(journal.path)
            assert work.labels.equals(labelling.labels), kind
            assert work.instances.count == labelling.instances.count, kind
            assert work.instances.own_colors == labelling.instances.own_colors, kind
            # strokes may lead back to what was saved: then there is nothing to bring back
            assert work.has_changes or labelling.labels.equals(saved[-1]), kind
    finally:
        journal.close()


def test_work_for_a_stroke_does_not_grow_with_the_scene_or_the_session(place: Place) -> None:
    labelling = a_labelling(13_000)
    journal = Journal(labelling, place)
    before = journal.path.stat().st_size
    for k in range(50):
        paint(labelling, k, k + 9, class_id=k % 5 + 1)
    added = journal.path.stat().st_size - before
    journal.close()
    assert added < 50 * 200


def test_waiting_brings_everything_to_the_disk(working: tuple[Labelling, Journal]) -> None:
    labelling, journal = working
    paint(labelling, 0)
    assert journal.wait()


def test_the_journal_is_in_the_users_state_folder(working: tuple[Labelling, Journal], tmp_path: Path) -> None:
    assert working[1].path.is_relative_to(tmp_path / "state")


# torn and damaged files


def test_a_record_torn_anywhere_loses_only_itself(working: tuple[Labelling, Journal], tmp_path: Path) -> None:
    labelling, journal = working
    states = [labelling.labels.copy()]
    ends = [journal.path.stat().st_size]
    for k in range(4):
        paint(labelling, 0, k, class_id=k + 1)
        states.append(labelling.labels.copy())
        ends.append(journal.path.stat().st_size)
    whole = journal.path.read_bytes()
    torn = tmp_path / "torn.journal"
    for length in range(ends[0], len(whole) + 1):
        torn.write_bytes(whole[:length])
        done = sum(end <= length for end in ends) - 1
        assert replay_journal(torn).labels.equals(states[done]), length


def test_a_flipped_bit_ends_the_journal_before_it(working: tuple[Labelling, Journal], tmp_path: Path) -> None:
    labelling, journal = working
    start = journal.path.stat().st_size
    paint(labelling, 0, 5)
    whole = bytearray(journal.path.read_bytes())
    for at in random.Random(0).sample(range(start, len(whole)), 20):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << (at % 8)
        (tmp_path / "damaged.journal").write_bytes(damaged)
        assert replay_journal(tmp_path / "damaged.journal").labels.equals(ObjectLabels.none(6))


@pytest.mark.parametrize("content", [b"", b"something else", b"labelling journal 1\n"])
def test_a_file_that_is_no_journal_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.journal").write_bytes(content)
    with pytest.raises(FormatError, match="journal"):
        replay_journal(tmp_path / "x.journal")


def test_a_damaged_journal_does_not_hide_the_others(working: tuple[Labelling, Journal], place: Place) -> None:
    labelling, journal = working
    paint(labelling, 0)
    crash(journal)
    (place.folder / "a.journal").write_bytes(b"nonsense")
    assert len(find_unsaved(place)) == 1


# after a crash


def test_after_a_crash_unsaved_strokes_are_found_with_what_differs(
    working: tuple[Labelling, Journal], place: Place
) -> None:
    labelling, journal = working
    for k in range(3):
        paint(labelling, 0, k, class_id=k + 1)
    crash(journal)
    (work,) = find_unsaved(place)
    assert (work.scene_name, work.strokes) == ("ai_001_001", 3)
    assert work.differing_objects(ObjectLabels.none(6)) == 3


def test_a_journal_in_which_nothing_was_done_is_removed(
    working: tuple[Labelling, Journal], place: Place
) -> None:
    crash(working[1])
    assert find_unsaved(place) == ()
    assert not working[1].path.exists()


def test_strokes_that_were_undone_again_are_not_offered(
    working: tuple[Labelling, Journal], place: Place
) -> None:
    labelling, journal = working
    paint(labelling, 0)
    labelling.undo()
    crash(journal)
    assert find_unsaved(place) == ()


def test_what_was_saved_is_not_offered_again(working: tuple[Labelling, Journal], place: Place) -> None:
    labelling, journal = working
    paint(labelling, 0)
    labelling.mark_saved()
    crash(journal)
    assert find_unsaved(place) == ()


def test_strokes_after_the_save_are_offered(working: tuple[Labelling, Journal], place: Place) -> None:
    labelling, journal = working
    paint(labelling, 0)
    labelling.mark_saved()
    paint(labelling, 1)
    crash(journal)
    (work,) = find_unsaved(place)
    assert work.strokes == 1
    assert work.base.semantic.tolist() == [1, -1, -1, -1, -1, -1]


def test_restoring_brings_the_steps_back_so_that_they_can_be_undone(
    working: tuple[Labelling, Journal], place: Place, open_journals: list[Journal]
) -> None:
    labelling, journal = working
    paint(labelling, 0, 2, class_id=4)
    paint(labelling, 1, 3, layer=INSTANCE, unique=True)
    paint(labelling, 5)
    labelling.undo()
    crash(journal)
    (work,) = find_unsaved(place)
    again = a_labelling(6)
    restore(work, again)
    assert again.labels.equals(labelling.labels)
    assert again.instances.count == labelling.instances.count
    assert again.is_dirty
    again.redo()
    assert again.labels.instance[5] != -1
    again.go_to(0)
    assert again.labels.equals(ObjectLabels.none(6))


def test_restoring_onto_other_labels_is_one_step(working: tuple[Labelling, Journal], place: Place) -> None:
    labelling, journal = working
    paint(labelling, 0, 2, class_id=4)
    paint(labelling, 3, class_id=2)
    crash(journal)
    (work,) = find_unsaved(place)
    other = a_labelling(6, semantic=[9, -1, -1, -1, -1, 9])
    restore(work, other)
    assert other.labels.equals(labelling.labels)
    assert other.history.undo_title == "Restore unsaved labels"
    other.undo()
    assert other.labels.semantic.tolist() == [9, -1, -1, -1, -1, 9]


def test_restored_work_is_safe_before_the_old_journal_goes(
    working: tuple[Labelling, Journal], place: Place, open_journals: list[Journal]
) -> None:
    labelling, journal = working
    paint(labelling, 0, 2)
    crash(journal)
    (work,) = find_unsaved(place)
    again = a_labelling(6)
    open_journals.append(Journal(again, place))
    restore(work, again)
    discard(work)
    assert recovered(open_journals[-1]).equals(labelling.labels)


def test_discarded_work_is_gone(working: tuple[Labelling, Journal], place: Place) -> None:
    paint(working[0], 0)
    crash(working[1])
    discard(find_unsaved(place)[0])
    assert find_unsaved(place) == ()


def test_unsaved_labels_of_another_scene_are_refused(
    working: tuple[Labelling, Journal], place: Place
) -> None:
    paint(working[0], 0)
    crash(working[1])
    with pytest.raises(LabelError, match="expected labels of 5 objects as the scene has, found 6"):
        restore(find_unsaved(place)[0], a_labelling(5))


def test_closing_in_peace_leaves_no_journal(working: tuple[Labelling, Journal], place: Place) -> None:
    paint(working[0], 0)
    working[1].close()
    assert list(place.folder.iterdir()) == []


def test_a_closed_journal_follows_no_more(working: tuple[Labelling, Journal]) -> None:
    labelling, journal = working
    crash(journal)
    paint(labelling, 0)
    assert recovered(journal).equals(ObjectLabels.none(6))


# two windows


def test_another_window_on_the_scene_is_noticed(
    working: tuple[Labelling, Journal], place: Place, open_journals: list[Journal]
) -> None:
    second = Journal(a_labelling(6), place)
    open_journals.append(second)
    (other,) = other_windows(place, second.path)
    assert other.process == os.getpid()


def test_the_work_of_a_living_window_is_not_offered(working: tuple[Labelling, Journal], place: Place) -> None:
    paint(working[0], 0)
    assert find_unsaved(place) == ()


def test_a_window_that_is_gone_is_no_other_window(working: tuple[Labelling, Journal], place: Place) -> None:
    crash(working[1])
    assert other_windows(place) == ()


def test_scenes_of_one_name_at_two_places_have_their_own_journals(place: Place) -> None:
    assert Place(place.name, place.path / "copy" / place.name).folder != place.folder


# a disk that fails


class Disk:
    """Stands between the journal and the system, and fails when told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_full = False
        self.writes_half = False
        real = os.write

        def write(handle: int, content: bytes) -> int:
            if self.is_full:
                if self.writes_half:
                    real(handle, content[: len(content) // 2])
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(handle, content)

        monkeypatch.setattr(journal_module.os, "write", write)


@pytest.mark.parametrize("writes_half", [False, True])
def test_a_full_disk_stops_no_stroke_and_loses_none_once_there_is_room(
    working: tuple[Labelling, Journal],
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    writes_half: bool,
) -> None:
    labelling, journal = working
    told: list[str] = []
    journal.trouble.connect(told.append)
    disk = Disk(monkeypatch)
    disk.writes_half = writes_half
    paint(labelling, 0)
    before = labelling.labels.copy()
    disk.is_full = True
    paint(labelling, 1)
    paint(labelling, 2)
    assert told == [f"Strokes cannot be saved automatically: {os.strerror(errno.ENOSPC)}"]
    assert recovered(journal).equals(before)
    disk.is_full = False
    paint(labelling, 3)
    assert recovered(journal).equals(labelling.labels)
    crash(journal)
    (work,) = find_unsaved(place)
    assert work.strokes >= 4
    again = a_labelling(6)
    restore(work, again)
    assert again.labels.equals(labelling.labels)


def test_a_state_folder_that_cannot_be_written_is_told(place: Place, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(SaveError):
        Journal(a_labelling(6), place)


def test_a_long_journal_is_begun_anew(
    working: tuple[Labelling, Journal], monkeypatch: pytest.MonkeyPatch
) -> None:
    labelling, journal = working
    monkeypatch.setattr(journal_module, "LARGEST_JOURNAL_BYTES", 2000)
    for k in range(200):
        paint(labelling, k % 6, class_id=k % 5 + 1)
        assert journal.path.stat().st_size < 2500
    work = replay_journal(journal.path)
    assert work.labels.equals(labelling.labels)
    assert work.strokes > 0


def test_the_head_tells_where_the_scene_is(working: tuple[Labelling, Journal], place: Place) -> None:
    facts = decode(working[1].path.read_bytes()).head.facts
    assert facts["path"] == str(place.path)
    assert facts["process"] == os.getpid()
