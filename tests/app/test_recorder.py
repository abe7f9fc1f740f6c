"""Sessions recorded from the window replay to the same labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.labelling_builders import a_gesture, a_room, a_table, strip
from viewer.app.labelling import Labelling
from viewer.app.original_camera import OriginalCamera
from viewer.app.painting import RayPicker, visible_mask
from viewer.app.recorder import SessionRecorder
from viewer.app.replay import compare
from viewer.app.session_file import RecordedSession, read_session
from viewer.app.session_player import SessionPlayer
from viewer.geometry.ray_scene import RayScene
from viewer.model.camera import Camera, Lens
from viewer.model.clip_box import ClipBox
from viewer.model.filters import ALL_FACES, Filter, Prefer
from viewer.model.labels import LabelLayer, ObjectLabels
from viewer.tools.tool import Gesture

WINDOW = (160, 120)
ROOM = a_room()
RAYS = RayScene(ROOM)
INSTANCE = LabelLayer.INSTANCE


def a_labelling(labels: ObjectLabels | None = None) -> Labelling:
    return Labelling(ObjectLabels.none(ROOM.object_count) if labels is None else labels, a_table())


def a_view(turn: int = 0, **options: object) -> RayPicker:
    view = OriginalCamera.at((260, 220, 150), (90, 70, 20), *WINDOW)
    return RayPicker(RAYS, view.rotated([(40, 40), (40 + turn, 42)]).camera, **options)


def a_box(left: int = 0, top: int = 0, right: int = 159, bottom: int = 119) -> Gesture:
    return a_gesture((left, top), (right, bottom))


def replayed(session: RecordedSession) -> SessionPlayer:
    """The player at the end of a session, which must be what the session says it is."""
    player = SessionPlayer(ROOM, a_table(), session.window, rays=RAYS)
    assert compare(session, player.run(session)) == []
    return player


def names(recorder: SessionRecorder) -> list[str]:
    return [str(step.action[0]) for step in recorder.session.steps]


def test_a_recorded_session_replays_to_the_same_labels(tmp_path: Path) -> None:
    labelling = a_labelling()
    recorder = SessionRecorder(labelling, WINDOW, "a test")
    labelling.set_brush(class_id=4)
    labelling.stroke(a_box(20, 20, 70, 60), a_view())
    labelling.set_brush(layer=INSTANCE, unique=True, filters=ALL_FACES)
    labelling.stroke(a_box(60, 10, 140, 90), a_view(30))
    labelling.set_brush(tool="eyedropper")
    labelling.stroke(a_gesture((80, 60)), a_view())
    labelling.set_brush(tool="line")
    labelling.stroke(a_gesture((5, 100), (150, 20)), a_view())
    recorder.write(tmp_path / "session.json")
    player = replayed(read_session(tmp_path / "session.json"))
    assert player.labelling.labels.equals(labelling.labels)
    assert player.labelling.instances.count == labelling.instances.count > 1


def test_what_the_original_could_do_is_written_as_its_actions() -> None:
    labelling = a_labelling()
    recorder = SessionRecorder(labelling, WINDOW)
    labelling.set_brush(class_id=4, prefer=Prefer.CLASS)
    labelling.set_filter(Filter.NO_CLASS, False)
    labelling.stroke(a_box(), a_view())
    labelling.undo()
    labelling.redo()
    labelling.create_instance()
    assert names(recorder) == [
        *("select_si", "prefer", "only", "camera", "view", "drag"),
        *("undo", "redo", "new_sii"),
    ]


def test_a_view_is_written_once_for_all_strokes_made_in_it() -> None:
    labelling = a_labelling()
    recorder = SessionRecorder(labelling, WINDOW)
    for right in (20, 40):
        labelling.stroke(a_box(0, 0, right), a_view())
    assert names(recorder) == ["camera", "view", "drag", "drag"]


def test_undo_beyond_the_originals_one_level_is_written_as_a_jump() -> None:
    labelling = a_labelling()
    recorder = SessionRecorder(labelling, WINDOW)
    labelling.set_brush(filters=ALL_FACES)
    for class_id in (1, 2, 3):
        labelling.set_brush(class_id=class_id)
        labelling.stroke(a_box(), a_view())
    labelling.undo()
    labelling.undo()
    assert names(recorder)[-2:] == ["undo", "go_to"]
    assert replayed(recorder.session).labelling.labels.equals(labelling.labels)


def test_a_recording_can_begin_in_the_middle_of_the_work() -> None:
    labelling = a_labelling(ObjectLabels([3] * 20 + [-1] * 20, [7] * 10 + [-1] * 30))
    labelling.set_brush(filters=ALL_FACES)
    labelling.stroke(a_box(), a_view())
    recorder = SessionRecorder(labelling, WINDOW)
    labelling.set_brush(class_id=2, erase=True)
    labelling.stroke(a_box(30, 30, 60, 60), a_view())
    labelling.undo()
    labelling.undo()
    labelling.redo()
    assert replayed(recorder.session).labelling.labels.equals(labelling.labels)


def test_hidden_and_clipped_objects_and_locks_are_recorded() -> None:
    labelling = a_labelling()
    recorder = SessionRecorder(labelling, WINDOW)
    labelling.set_brush(filters=ALL_FACES)
    clip = ClipBox(np.array([-9.0, -9, -9]), np.array([999.0, 999, 25]))
    labelling.stroke(a_box(), a_view(visible=visible_mask(40, [0, 3, 5]), clip=clip))
    labelling.set_locked_objects([1, 2])
    labelling.set_locked_classes([4])
    labelling.set_brush(class_id=3, select_through=True)
    labelling.stroke(a_box(70, 50, 80, 60), a_view())
    assert replayed(recorder.session).labelling.labels.equals(labelling.labels)


def test_a_stroke_through_a_tilted_lens_is_recorded() -> None:
    plain = a_view().camera
    rays = plain.lens.ray_from_pixel.copy()
    rays[2] = (0.0003, -0.0005, 1.1)
    tilted = RayPicker(RAYS, Camera(Lens(200, 150, rays), plain.world_from_cam))
    labelling = a_labelling()
    recorder = SessionRecorder(labelling, WINDOW)
    labelling.stroke(a_box(100, 80, 199, 149), tilted)
    assert replayed(recorder.session).labelling.labels.equals(labelling.labels)


def test_strokes_in_images_and_other_edits_are_recorded() -> None:
    labelling = a_labelling()
    recorder = SessionRecorder(labelling, WINDOW)
    labelling.stroke(a_gesture((3, 0), (9, 0)), strip(40))
    labelling.assign([3, 20], 5)
    labelling.set_brush(layer=INSTANCE, filters=ALL_FACES)
    labelling.stroke(a_gesture((2, 0), (12, 0)), strip(40))
    labelling.split_objects([4, 5], each=True)
    labelling.merge_instances([2, 3])
    labelling.set_brush(layer=LabelLayer.SEMANTIC, tool="eyedropper")
    labelling.stroke(a_gesture((3, 0)), strip(40))
    labelling.load_labels(ObjectLabels([2] * 40, [-1] * 39 + [4]))
    labelling.undo()
    player = replayed(recorder.session)
    assert player.labelling.labels.equals(labelling.labels)
    assert player.labelling.brush.class_id == labelling.brush.class_id == 5


def test_nothing_is_recorded_after_the_end() -> None:
    labelling = a_labelling()
    recorder = SessionRecorder(labelling, WINDOW)
    recorder.stop()
    labelling.stroke(a_box(), a_view())
    assert recorder.session.steps == ()


@pytest.mark.parametrize("path", [[], [(5, 5)]])
def test_a_gesture_without_positions_is_not_recorded(path: list[tuple[int, int]]) -> None:
    labelling = a_labelling()
    recorder = SessionRecorder(labelling, WINDOW)
    labelling.stroke(a_gesture(*path), a_view())
    assert bool(recorder.session.steps) is bool(path)


things = st.one_of(
    st.tuples(st.just("stroke"), st.integers(0, 159), st.integers(0, 119), st.integers(-20, 20)),
    st.tuples(st.just("tool"), st.sampled_from(["rectangle", "line", "lasso", "eyedropper"])),
    st.tuples(st.just("layer"), st.sampled_from(LabelLayer)),
    st.tuples(st.just("flag"), st.sampled_from(["erase", "unique", "select_through"]), st.booleans()),
    st.tuples(st.just("filter"), st.sampled_from(Filter), st.booleans()),
    st.tuples(st.just("go"), st.integers(-3, 3)),
    st.tuples(st.just("new")),
    st.tuples(st.just("class"), st.integers(1, 5)),
    st.tuples(st.just("load"), st.integers(1, 5)),
    st.tuples(st.just("reload"), st.integers(1, 5)),
    st.tuples(st.just("lock"), st.integers(0, 39)),
)


def act(labelling: Labelling, thing: tuple[object, ...]) -> None:
    match thing:
        case ("stroke", int(x), int(y), int(turn)):
            labelling.stroke(a_gesture((x, y), (80, 60)), a_view(turn))
        case ("tool", str(tool)):
            labelling.set_brush(tool=tool)
        case ("layer", LabelLayer() as layer):
            labelling.set_brush(layer=layer)
        case ("flag", str(flag), bool(on)):
            labelling.set_brush(**{flag: on})
        case ("filter", Filter() as which, bool(on)):
            labelling.set_filter(which, on)
        case ("go", int(by)):
            labelling.go_to(labelling.history.position + by)
        case ("class", int(number)):
            labelling.set_brush(class_id=number)
        case ("new",):
            labelling.create_instance()
        case ("load", int(label)):
            labelling.load_labels(ObjectLabels([label] * 40, [-1] * 39 + [label]))
        case ("reload", int(label)):
            labelling.load_labels(ObjectLabels([label] * 40, [-1] * 39 + [label]), as_command=False)
        case ("lock", int(number)):
            labelling.set_locked_objects([number])


@settings(max_examples=40, deadline=None)
@given(st.lists(things, max_size=8), st.lists(things, max_size=20))
@example(  # an id that no label uses any more was current when the recording began
    before=[("layer", LabelLayer.INSTANCE), ("load", 2), ("go", -1)], while_recording=[("stroke", 0, 0, 0)]
)
def test_whatever_is_done_replays_to_the_same_labels(
    before: list[tuple[object, ...]], while_recording: list[tuple[object, ...]]
) -> None:
    labelling = a_labelling()
    labelling.set_brush(filters=ALL_FACES)
    for thing in before:
        act(labelling, thing)
    recorder = SessionRecorder(labelling, WINDOW)
    for thing in while_recording:
        act(labelling, thing)
    if recorder.session.steps:
        player = replayed(recorder.session)
        assert player.labelling.labels.equals(labelling.labels)
        assert player.labelling.instances.count == labelling.instances.count
