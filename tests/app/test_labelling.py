"""The labels being edited, the brush, and everything that may be done."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.labelling_builders import a_gesture, a_labelling, a_table, paint, strip
from viewer.app.brush import Brush
from viewer.app.labelling import Labelling
from viewer.errors import LabelError
from viewer.model.filters import ALL_FACES, FaceFilters, Filter, Prefer
from viewer.model.instances import sequence_colors
from viewer.model.label_table import LabelClass, LabelTable
from viewer.model.labels import LabelLayer, ObjectLabels
from viewer.model.saved_labels import SavedLabels
from viewer.model.scene import ObjectTable, Scene

INSTANCE = LabelLayer.INSTANCE


def a_scene(saved: SavedLabels | None = None, objects: int = 3) -> Scene:
    parts = (ObjectTable(tuple("abcdef"[:objects])), *(() if saved is None else (saved,)))
    return Scene("ai_001_001", Path("somewhere"), parts={type(part): part for part in parts})


class Heard:
    """How often each signal of a labelling was heard."""

    def __init__(self, labelling: Labelling) -> None:
        self.news: list[str] = []
        for name in ("labels", "instances", "brush", "history", "saved", "locks", "table"):
            getattr(labelling, f"{name}_changed").connect(lambda *_, name=name: self.news.append(name))

    def since(self) -> set[str]:
        heard, self.news = set(self.news), []
        return heard


# after loading


def test_after_loading_the_brush_is_as_in_the_original_tool() -> None:
    brush = Labelling.for_scene(a_scene(), a_table()).brush
    assert brush == Brush(LabelLayer.SEMANTIC, "rectangle", 1, 1, False, False, FaceFilters(), Prefer.OBJECT)
    assert brush.filters == FaceFilters(True, False, True, False)


def test_a_scene_without_labels_has_none_and_one_instance_id() -> None:
    labelling = Labelling.for_scene(a_scene(), a_table())
    assert labelling.labels.equals(ObjectLabels.none(3))
    assert labelling.instances.count == 1


def test_labels_are_loaded_with_the_scene_and_count_as_saved() -> None:
    labelling = Labelling.for_scene(
        a_scene(SavedLabels(np.array([5, -1, 2]), np.array([1, -1, 4]))), a_table()
    )
    assert labelling.labels.semantic.tolist() == [5, -1, 2]
    assert (labelling.instances.count, labelling.brush.instance_id) == (4, 4)
    assert not labelling.is_dirty


def test_ids_that_no_label_uses_are_kept_when_the_file_has_colors_for_them() -> None:
    saved = SavedLabels(np.array([-1] * 3), np.array([2, -1, 4]), None, sequence_colors(7))
    assert Labelling.for_scene(a_scene(saved), a_table()).instances.count == 7


def test_colors_that_are_not_the_sequences_are_kept() -> None:
    colors = sequence_colors(3)
    colors[2] = (1, 2, 3)
    saved = SavedLabels(np.array([-1] * 3), np.array([2, -1, 3]), None, colors)
    labelling = Labelling.for_scene(a_scene(saved), a_table())
    assert labelling.snapshot().instance_colors.tolist() == colors.tolist()
    assert not labelling.is_dirty


def test_saved_labels_of_another_length_are_refused() -> None:
    saved = SavedLabels(np.array([1]), np.array([1]))
    with pytest.raises(LabelError, match="expected labels of 3 objects as the scene has, found 1 classes"):
        Labelling.for_scene(a_scene(saved), a_table())


def test_the_first_class_is_current_when_the_table_has_no_class_1() -> None:
    table = LabelTable((LabelClass(7, "sofa", (1, 2, 3)), LabelClass(9, "lamp", (1, 2, 3))))
    assert Labelling.for_scene(a_scene(), table).brush.class_id == 7


# the brush


@pytest.mark.parametrize("field", ["erase", "unique"])
def test_turning_erase_or_unique_on_clears_the_other(field: str) -> None:
    other = {"erase": "unique", "unique": "erase"}[field]
    brush = Brush().changed(**{other: True}).changed(**{field: True})
    assert getattr(brush, field)
    assert not getattr(brush, other)


def test_a_setter_that_changes_nothing_tells_nothing() -> None:
    labelling = a_labelling()
    heard = Heard(labelling)
    labelling.set_brush(erase=False, class_id=1, tool="rectangle")
    labelling.set_filter(Filter.NO_CLASS, False)
    labelling.set_table(a_table())
    labelling.set_locked_objects([])
    labelling.set_locked_classes([])
    labelling.undo()
    labelling.redo()
    labelling.set_instance_color(1, None)
    assert heard.since() == set()


def test_setting_erase_to_what_it_is_leaves_unique_alone() -> None:
    labelling = a_labelling()
    labelling.set_brush(unique=True)
    labelling.set_brush(erase=False)
    assert labelling.brush.unique


@pytest.mark.parametrize("change", [{"class_id": 0}, {"instance_id": -1}, {"tool": "spray"}])
def test_a_brush_that_makes_no_sense_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(LabelError):
        a_labelling().set_brush(**change)


# strokes


def test_a_stroke_labels_the_objects_it_hits_in_the_current_layer_only() -> None:
    labelling = a_labelling(4)
    paint(labelling, 1, 2, class_id=5)
    assert labelling.labels.semantic.tolist() == [-1, 5, 5, -1]
    assert labelling.labels.instance.tolist() == [-1] * 4


def test_a_stroke_is_one_step_with_a_telling_title() -> None:
    labelling = a_labelling(4)
    paint(labelling, 1, 2, class_id=5)
    assert [step.title for step in labelling.history.steps] == ["Rectangle: 2 objects → chair"]


@pytest.mark.parametrize(
    ("brush", "title"),
    [
        ({"layer": INSTANCE}, "Line: 3 objects → instance 1"),
        ({"layer": INSTANCE, "unique": True}, "Line: 3 objects → 3 instances"),
        ({"class_id": 77}, "Line: 3 objects → unknown class 77"),
    ],
)
def test_titles_say_what_the_objects_became(brush: dict[str, object], title: str) -> None:
    labelling = a_labelling(3)
    assert paint(labelling, 0, 2, tool="line", **brush).title == title


def test_erasing_removes_labels_of_the_layer() -> None:
    labelling = a_labelling(3, semantic=[1, 2, 3], instance=[1, 1, 1])
    result = paint(labelling, 0, 1, erase=True)
    assert labelling.labels.semantic.tolist() == [-1, -1, 3]
    assert labelling.labels.instance.tolist() == [1, 1, 1]
    assert result.title == "Rectangle: 2 objects erased"


def test_unique_ids_are_given_in_ascending_order_and_the_last_stays_current() -> None:
    labelling = a_labelling(5)
    paint(labelling, 3, 1, layer=INSTANCE, unique=True)
    assert labelling.labels.instance.tolist() == [-1, 2, 3, 4, -1]
    assert (labelling.instances.count, labelling.brush.instance_id) == (4, 4)


def test_unique_has_no_effect_on_classes() -> None:
    labelling = a_labelling(3)
    paint(labelling, 0, 2, unique=True, class_id=2)
    assert labelling.labels.semantic.tolist() == [2, 2, 2]
    assert labelling.instances.count == 1


def test_ids_created_by_an_undone_stroke_stay() -> None:
    labelling = a_labelling(2)
    paint(labelling, 0, 1, layer=INSTANCE, unique=True)
    labelling.undo()
    paint(labelling, 0, 1)
    assert labelling.labels.instance.tolist() == [4, 5]


def test_a_stroke_that_changes_nothing_adds_no_step() -> None:
    labelling = a_labelling(3)
    paint(labelling, 0, class_id=2)
    assert paint(labelling, 0).edit is None
    assert len(labelling.history.steps) == 1


def test_a_gesture_without_positions_does_nothing() -> None:
    labelling = a_labelling(3)
    assert not labelling.stroke(a_gesture(), strip(3)).is_stroke
    assert not labelling.history.can_undo


def test_the_result_counts_what_happened() -> None:
    labelling = a_labelling(5, semantic=[3, -1, 4, 2, -1], instance=[-1, -1, -1, 7, -1])
    labelling.set_filter(Filter.NO_INSTANCE, True)
    labelling.set_locked_classes([4])
    result = paint(labelling, 0, 4, class_id=3)
    assert result.selected.tolist() == [0, 1, 4]
    assert result.changed.tolist() == [1, 4]
    assert result.filtered.tolist() == [3]
    assert result.locked.tolist() == [2]
    assert result.summary == "2 objects, 1 filtered out, 1 locked"


def test_overwritten_objects_are_those_that_lose_a_label() -> None:
    labelling = a_labelling(3, semantic=[3, -1, 4])
    assert paint(labelling, 0, 2, class_id=4).overwritten.tolist() == [0]


def test_a_preview_changes_nothing_and_foretells_the_stroke() -> None:
    labelling = a_labelling(4)
    labelling.set_brush(layer=INSTANCE, unique=True)
    heard = Heard(labelling)
    foretold = labelling.preview(a_gesture((0, 0), (3, 0)), strip(4))
    assert heard.since() == set()
    assert labelling.labels.equals(ObjectLabels.none(4))
    done = paint(labelling, 0, 3)
    assert foretold.edit is not None
    assert done.edit is not None
    assert foretold.edit.after.tolist() == done.edit.after.tolist() == [2, 3, 4, 5]
    assert foretold.title == done.title


def test_the_eyedropper_takes_the_label_of_the_layer() -> None:
    labelling = a_labelling(3, semantic=[4, -1, 2], instance=[9, 3, -1])
    paint(labelling, 0, tool="eyedropper")
    assert labelling.brush.class_id == 4
    paint(labelling, 1, layer=INSTANCE)
    assert labelling.brush.instance_id == 3


def test_the_eyedropper_ignores_objects_without_a_label() -> None:
    labelling = a_labelling(3, semantic=[4, -1, 2])
    labelling.set_brush(class_id=5)
    assert paint(labelling, 1, tool="eyedropper").taken is None
    assert labelling.brush.class_id == 5


def test_the_eyedropper_is_no_step_and_pays_no_heed_to_filters() -> None:
    labelling = a_labelling(3, semantic=[4, -1, 2])
    labelling.set_brush(filters=FaceFilters())
    paint(labelling, 0, tool="eyedropper")
    assert labelling.brush.class_id == 4
    assert not labelling.history.can_undo


def test_locked_objects_are_never_changed() -> None:
    labelling = a_labelling(4)
    labelling.set_locked_objects([1])
    paint(labelling, 0, 2, class_id=2)
    labelling.assign([0, 1], 3)
    assert labelling.labels.semantic.tolist() == [3, -1, 2, -1]


# instances


def test_a_new_instance_becomes_current() -> None:
    labelling = a_labelling()
    assert labelling.create_instance() == labelling.brush.instance_id == 2


def test_space_creates_an_instance_in_the_instance_layer_only() -> None:
    labelling = a_labelling()
    assert labelling.create_instance_in_layer() is None
    labelling.set_brush(layer=INSTANCE)
    assert labelling.create_instance_in_layer() == 2


def test_merging_instances_gives_the_smallest_id() -> None:
    labelling = a_labelling(4, instance=[5, 2, 7, -1])
    labelling.merge_instances([7, 5, 2])
    assert labelling.labels.instance.tolist() == [2, 2, 2, -1]
    assert labelling.history.undo_title == "Merge 3 instances → instance 2"


def test_splitting_gives_one_new_id_or_one_each() -> None:
    labelling = a_labelling(4, instance=[1, 1, 1, -1])
    labelling.split_objects([0, 1])
    labelling.split_objects([1, 2], each=True)
    assert labelling.labels.instance.tolist() == [2, 3, 4, -1]


def test_recoloring_an_instance_is_unsaved_until_it_is_saved_or_taken_back() -> None:
    labelling = a_labelling()
    labelling.set_instance_color(1, (1, 2, 3))
    assert labelling.is_dirty
    labelling.set_instance_color(1, None)
    assert not labelling.is_dirty
    labelling.set_instance_color(1, (1, 2, 3))
    labelling.mark_saved()
    assert not labelling.is_dirty


# loading


def test_loading_labels_rebuilds_the_ids_and_is_one_step() -> None:
    labelling = a_labelling(3)
    paint(labelling, 0, 2, layer=INSTANCE, unique=True)
    labelling.load_labels(ObjectLabels([2, 2, -1], [1, 2, -1]))
    assert (labelling.instances.count, labelling.brush.instance_id) == (2, 2)
    labelling.undo()
    assert labelling.labels.instance.tolist() == [2, 3, 4]
    assert labelling.instances.count == 2


def test_loading_labels_of_another_length_changes_nothing() -> None:
    labelling = a_labelling(3)
    paint(labelling, 0)
    with pytest.raises(LabelError, match="expected labels of 3 objects"):
        labelling.load_labels(ObjectLabels([1], [1]))
    assert len(labelling.history.steps) == 1


def test_loaded_labels_with_unknown_classes_are_kept() -> None:
    labelling = a_labelling(2)
    labelling.load_labels(ObjectLabels([99, 1], [-1, -1]))
    assert labelling.labels.semantic.tolist() == [99, 1]
    assert len(labelling.snapshot().class_colors) == 100


def test_reset_removes_every_label_in_one_step() -> None:
    labelling = a_labelling(3, semantic=[1, 2, 3], instance=[1, 5, -1])
    labelling.reset()
    assert labelling.labels.equals(ObjectLabels.none(3))
    assert labelling.instances.count == 1
    labelling.undo()
    assert labelling.labels.semantic.tolist() == [1, 2, 3]


# signals, saving


def test_a_stroke_tells_what_it_changed() -> None:
    labelling = a_labelling(3)
    heard, changes = Heard(labelling), []
    labelling.labels_changed.connect(changes.append)
    paint(labelling, 1, 2)
    assert heard.since() == {"labels", "history", "saved"}
    assert changes[0].object_ids.tolist() == [1, 2]


def test_a_jump_tells_each_object_once() -> None:
    labelling = a_labelling(3)
    for k in range(3):
        paint(labelling, 0, k, class_id=k + 1)
    changes = []
    labelling.labels_changed.connect(changes.append)
    labelling.go_to(0)
    assert [change.object_ids.tolist() for change in changes] == [[0, 1, 2]]


def test_undoing_back_to_the_saved_state_is_saved() -> None:
    labelling = a_labelling(3)
    paint(labelling, 0)
    labelling.mark_saved()
    paint(labelling, 1)
    assert labelling.is_dirty
    labelling.undo()
    assert not labelling.is_dirty


def test_strokes_made_while_a_save_is_running_stay_unsaved() -> None:
    labelling = a_labelling(3)
    paint(labelling, 0)
    snapshot = labelling.snapshot()
    paint(labelling, 1)
    labelling.mark_saved(snapshot)
    assert labelling.is_dirty
    labelling.undo()
    assert not labelling.is_dirty


def test_a_save_whose_state_was_undone_meanwhile_is_not_the_present_one() -> None:
    labelling = a_labelling(3)
    paint(labelling, 0)
    snapshot = labelling.snapshot()
    labelling.undo()
    paint(labelling, 2)
    labelling.mark_saved(snapshot)
    assert labelling.is_dirty


def test_a_snapshot_does_not_follow_later_strokes() -> None:
    labelling = a_labelling(2)
    snapshot = labelling.snapshot()
    paint(labelling, 0, 1)
    assert snapshot.labels.equals(ObjectLabels.none(2))


def test_every_instance_in_use_is_saved_with_a_color() -> None:
    labelling = a_labelling(3)
    paint(labelling, 0, 2, layer=INSTANCE, unique=True)
    labelling.load_labels(ObjectLabels.none(3))
    labelling.undo()
    assert labelling.labels.instance.max() == 4
    assert len(labelling.snapshot().instance_colors) == 5


def test_a_new_table_keeps_the_labels_and_a_possible_class() -> None:
    labelling = a_labelling(2, semantic=[5, -1])
    labelling.set_brush(class_id=5)
    heard = Heard(labelling)
    labelling.set_table(LabelTable((LabelClass(2, "thing", (1, 1, 1)),)))
    assert labelling.labels.semantic.tolist() == [5, -1]
    assert labelling.brush.class_id == 2
    assert heard.since() == {"labels", "table", "brush"}


def test_colors_of_classes_that_only_the_file_knows_are_saved_again() -> None:
    colors = np.full((9, 3), -1)
    colors[8] = (5, 6, 7)
    saved = SavedLabels(np.array([8, -1, 2]), np.array([-1] * 3), colors)
    rows = Labelling.for_scene(a_scene(saved), a_table()).snapshot().class_colors
    assert rows[8].tolist() == [5, 6, 7]
    assert rows[2].tolist() == [20, 40, 60]


# everything at once

actions = st.lists(
    st.one_of(
        st.tuples(st.just("paint"), st.integers(0, 7), st.integers(0, 7)),
        st.tuples(
            st.just("brush"), st.sampled_from(["layer", "erase", "unique", "class"]), st.integers(0, 4)
        ),
        st.tuples(st.just("filter"), st.sampled_from(Filter), st.booleans()),
        st.tuples(st.just("prefer"), st.sampled_from(Prefer)),
        st.tuples(st.just("go"), st.integers(-2, 2)),
        st.tuples(st.just("new")),
    ),
    max_size=25,
)


def act(labelling: Labelling, action: tuple[object, ...]) -> None:
    match action:
        case ("paint", int(first), int(last)):
            paint(labelling, first, last)
        case ("brush", "layer", int(value)):
            labelling.set_brush(layer=list(LabelLayer)[value % 2])
        case ("brush", "class", int(value)):
            labelling.set_brush(class_id=value + 1)
        case ("brush", str(field), int(value)):
            labelling.set_brush(**{field: bool(value % 2)})
        case ("filter", Filter() as which, bool(on)):
            labelling.set_filter(which, on)
        case ("prefer", Prefer() as prefer):
            labelling.set_brush(prefer=prefer)
        case ("go", int(by)):
            labelling.go_to(labelling.history.position + by)
        case ("new",):
            labelling.create_instance()


@given(actions)
def test_whatever_was_done_can_be_undone_and_done_again(todo: list[tuple[object, ...]]) -> None:
    labelling = a_labelling(8)
    for action in todo:
        act(labelling, action)
    end, count = labelling.labels.copy(), labelling.instances.count
    position = labelling.history.position
    labelling.go_to(0)
    assert labelling.labels.equals(ObjectLabels.none(8))
    labelling.go_to(position)
    assert labelling.labels.equals(end)
    assert labelling.instances.count == count


@given(actions)
def test_repeating_the_deeds_gives_the_same_state(todo: list[tuple[object, ...]]) -> None:
    labelling, twin = a_labelling(8), a_labelling(8)
    labelling.deed_done.connect(twin.repeat)
    for action in todo:
        act(labelling, action)
    assert twin.labels.equals(labelling.labels)
    assert twin.instances.count == labelling.instances.count
    assert twin.history.position == labelling.history.position


@given(actions)
def test_filters_and_modes_never_contradict_each_other(todo: list[tuple[object, ...]]) -> None:
    labelling = a_labelling(8)
    for action in todo:
        act(labelling, action)
        brush = labelling.brush
        assert not (brush.erase and brush.unique)
        assert not (brush.filters.no_class and brush.filters.with_class)
        assert not (brush.filters.no_instance and brush.filters.with_instance)


def test_no_filter_is_on_in_all_faces() -> None:
    assert not any(ALL_FACES.is_on(which) for which in Filter)
