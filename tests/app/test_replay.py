"""Recorded sessions of the original tool, and sessions like them."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import save, write_text
from tests.labelling_builders import a_room, a_table
from tests.original_rules import PlainModel
from viewer.app.replay import add_arguments, compare, read_mesh, run
from viewer.app.session_file import RecordedSession, RecordedStep, read_session, write_session
from viewer.app.session_player import SessionPlayer
from viewer.errors import FormatError
from viewer.formats.hypersim.label_tables import default_label_table
from viewer.geometry.ray_scene import RayScene

SESSIONS = (
    "01_rect_si",
    "02_line_si",
    "03_pen_si",
    "04_rect_sii",
    "05_line_sii",
    "06_pen_sii",
    "09_unique",
    "13_eyedropper",
    "15_single_click",
    "19_load_seg",
)
FILES = (
    "mesh_objects_si.hdf5",
    "mesh_objects_sii.hdf5",
    "metadata_semantic_colors.hdf5",
    "metadata_semantic_instance_colors.hdf5",
)
TIME_OF_CHANGE = slice(948, 952)
WINDOW = (160, 120)
ROOM = a_room()
RAYS = RayScene(ROOM)


def replay(*arguments: object) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args([str(argument) for argument in arguments]))


def player() -> SessionPlayer:
    return SessionPlayer(ROOM, a_table(), WINDOW, rays=RAYS)


def do(player: SessionPlayer, *actions: str) -> dict[str, object]:
    """Do actions written as in a session file; the state after the last."""
    state: dict[str, object] = player.state
    for action in actions:
        words = [int(word) if word.lstrip("-").isdigit() else word for word in action.split()]
        state = player.step(RecordedStep(tuple(words)))
    return state


EVERYTHING = "drag 0 0 159 119"


@pytest.mark.parametrize("name", SESSIONS)
def test_every_state_of_a_recorded_session_is_equal(shared: Path, name: str) -> None:
    session = read_session(shared / "recorded-sessions" / name / "sequence.json")
    mesh = read_mesh(shared / "recorded-sessions/scene")
    player = SessionPlayer(mesh, default_label_table(), session.window, session.fov_y_degrees)
    assert player.state == session.initial_state
    for number, step in enumerate(session.steps, 1):
        assert player.step(step, number) == step.state, f"step {number}: {step.action}"


@pytest.mark.parametrize("name", SESSIONS)
def test_the_files_of_a_recorded_session_are_equal_to_the_byte(
    shared: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded = shared / "recorded-sessions" / name
    states = tmp_path / "states.jsonl"
    code = replay(
        shared / "recorded-sessions/scene", "--session", recorded / "sequence.json",
        "--out", tmp_path, "--states", states, "--check",
    )  # fmt: skip
    assert code == 0, capsys.readouterr().err
    for file in FILES:
        ours, theirs = bytearray((tmp_path / file).read_bytes()), bytearray((recorded / file).read_bytes())
        ours[TIME_OF_CHANGE] = theirs[TIME_OF_CHANGE] = bytes(4)
        assert ours == theirs, file
    steps = read_session(recorded / "sequence.json").steps
    assert [json.loads(line) for line in states.read_text().splitlines()] == [dict(s.state) for s in steps]


# the original's one undo


def test_every_stroke_takes_the_one_undo_even_when_it_selects_nothing() -> None:
    state = do(player(), EVERYTHING, EVERYTHING, "undo")
    assert set(state["si"]) != {-1}
    assert (state["can_undo"], state["can_redo"]) == (False, True)


def test_undo_swaps_with_redo_and_does_nothing_twice() -> None:
    tool = player()
    labelled = do(tool, EVERYTHING)["si"]
    assert set(do(tool, "undo", "undo")["si"]) == {-1}
    assert do(tool, "redo", "redo")["si"] == labelled


def test_a_gesture_without_positions_leaves_the_undo_alone() -> None:
    state = do(player(), "drag -5 -5 -9 -9")
    assert not state["can_undo"]


def test_choosing_tools_ids_and_layers_leaves_the_undo_alone() -> None:
    state = do(player(), EVERYTHING, "undo", "tool eyedropper", "drag 80 60", "layer sii", "space")
    assert (state["can_undo"], state["can_redo"]) == (False, True)


def test_undo_restores_both_layers_after_loading() -> None:
    tool = player()
    saved = do(tool, "select_si 3", EVERYTHING, "save @alt")
    before = do(tool, "only null_si 0", "layer sii", EVERYTHING, "layer si", "select_si 2", "drag 80 60")
    assert before["si"] != saved["si"] or before["sii"] != saved["sii"]
    loaded = do(tool, "load_segmentation @alt")
    assert (loaded["si"], loaded["sii"]) == (saved["si"], saved["sii"])
    undone = do(tool, "undo")
    assert (undone["si"], undone["sii"]) == (before["si"], before["sii"])


def test_undo_of_loading_brings_back_the_labels_but_not_the_ids(tmp_path: Path) -> None:
    tool = player()
    do(tool, "save @alt", "layer sii", "unique 1")
    many = do(tool, EVERYTHING)
    assert do(tool, "load_segmentation @alt")["n_instance_descs"] == 1
    undone = do(tool, "undo")
    assert undone["sii"] == many["sii"]
    assert undone["n_instance_descs"] == 1
    assert len(tool.snapshot().instance_colors) == 2, "the original saves colors of the ids it has created"


def test_loading_from_a_folder_that_holds_nothing_changes_nothing() -> None:
    state = do(player(), EVERYTHING, "load_segmentation @alt")
    assert state["can_undo"]
    assert set(state["si"]) != {-1}


# toggles


@pytest.mark.parametrize("on", [0, 1])
def test_setting_erase_or_unique_either_way_clears_the_other(on: int) -> None:
    assert do(player(), "unique 1", f"erase {on}")["unique"] is False
    assert do(player(), "erase 1", f"unique {on}")["erase"] is False


@pytest.mark.parametrize("on", [0, 1])
def test_setting_a_filter_either_way_clears_its_opposite(on: int) -> None:
    assert do(player(), f"only valid_si {on}")["only_null_si"] is False
    assert do(player(), f"only valid_sii {on}")["only_null_sii"] is False


def test_right_drag_and_space_create_an_id_in_the_instance_layer_only() -> None:
    assert do(player(), "space", "right_drag 5 5 9 9")["n_instance_descs"] == 1
    assert do(player(), "layer sii", "space", "right_drag 5 5 9 9")["n_instance_descs"] == 3


# navigation


def test_navigation_is_computed_where_no_camera_was_recorded() -> None:
    tool = player()
    before = tool.state["eye"]
    after = do(tool, "rotate 20 20 60 40", "translate 5 5 9 9", "scroll 3", "key w", "reset_lookat")
    assert after["eye"] != before
    assert np.linalg.norm(np.subtract(after["eye"], after["center"])) == pytest.approx(5, abs=1e-4)


def test_a_recorded_camera_is_gone_on_from(caplog: pytest.LogCaptureFixture) -> None:
    tool = player()
    exact = do(player(), "key w")
    eye = [exact["eye"][0] + 1e-5, *exact["eye"][1:]]
    state = tool.step(RecordedStep(("key", "w"), {"eye": eye, "center": exact["center"]}))
    assert state["eye"] == pytest.approx(eye, abs=2e-5)
    assert not caplog.records


def test_a_recorded_camera_far_from_the_computed_one_is_told(caplog: pytest.LogCaptureFixture) -> None:
    state = player().step(RecordedStep(("key", "w"), {"eye": [1, 2, 3], "center": [4, 5, 6]}), 7)
    assert state["eye"] == [1, 2, 3]
    assert "step 7: the recorded camera is" in caplog.text


# long random sessions keep the rules

words = st.one_of(
    st.builds("drag {} {} {} {}".format, *[st.integers(-9, 170)] * 4),
    st.builds("drag {} {}".format, *[st.integers(0, 119)] * 2),
    st.sampled_from(
        "undo redo space new_sii|layer si|layer sii|tool pen|tool line|tool rectangle|tool eyedropper|"
        "erase 0|erase 1|unique 0|unique 1|prefer si|prefer sii|prefer object|save @alt|"
        "load_segmentation @alt|select_si 2|select_si 4|select_sii 1|undo|redo|only null_si 0|"
        "only valid_si 1|only null_sii 1|only valid_sii 0|key w|scroll 2|rotate 10 10 30 14".replace(
            "undo redo space new_sii", "space|new_sii"
        ).split("|")
    ),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(words, min_size=5, max_size=40))
def test_a_random_session_obeys_the_original_rules(session: list[str]) -> None:
    """Held against a model of the tool in a few lines that shares no code with ours but the rays."""
    tool, model = player(), PlainModel(RAYS, WINDOW)
    for action in session:
        model.do(action, tool.view.camera)
        state = do(tool, action)
        assert {key: state[key] for key in model.state} == model.state, action


# the command


def room_scene(folder: Path) -> Path:
    mesh = folder / "ai_900_009/_detail/mesh"
    save(mesh / "mesh_vertices.hdf5", ROOM.vertices)
    save(mesh / "mesh_faces_vi.hdf5", ROOM.faces.astype(np.int64))
    save(mesh / "mesh_faces_oi.hdf5", ROOM.owners.dense().astype(np.int64))
    names = "".join(f"object {k}\n" for k in range(ROOM.object_count))
    write_text(mesh / "metadata_objects.csv", "object_name\n" + names)
    return folder / "ai_900_009"


def a_session(*actions: str, state: dict[str, object] | None = None) -> RecordedSession:
    def parts(action: str) -> tuple[object, ...]:
        return tuple(int(word) if word.lstrip("-").isdigit() else word for word in action.split())

    steps = [RecordedStep(parts(action)) for action in actions]
    return RecordedSession(WINDOW, (*steps[:-1], RecordedStep(steps[-1].action, state or {})))


def test_the_command_replays_a_session_on_any_scene(tmp_path: Path, capsys) -> None:
    write_session(tmp_path / "s.json", a_session("select_si 7", EVERYTHING))
    out = tmp_path / "out" / "labels"
    assert replay(room_scene(tmp_path), "--session", tmp_path / "s.json", "--out", out) == 0
    with h5py.File(out / "mesh_objects_si.hdf5") as file:
        assert set(np.unique(file["dataset"][()])) == {-1, 7}
    assert "2 steps" in capsys.readouterr().out


def test_checking_fails_and_says_where_a_state_differs(tmp_path: Path, capsys) -> None:
    session = a_session("select_si 7", state={"semantic_id": 8, "si": [3] + [-1] * 39})
    write_session(tmp_path / "s.json", session)
    assert replay(room_scene(tmp_path), "--session", tmp_path / "s.json", "--check") == 1
    told = capsys.readouterr().err
    assert "step 1 (select_si): semantic_id was 8, is 7" in told
    assert "si differs in 1 places: [0] 3 recorded, -1 now" in told


def test_an_unknown_action_is_told_with_its_step(tmp_path: Path) -> None:
    write_session(tmp_path / "s.json", a_session("select_si 7", "explode 3"))
    with pytest.raises(
        FormatError, match="step 2: expected an action of a recorded session, found 'explode'"
    ):
        replay(room_scene(tmp_path), "--session", tmp_path / "s.json")


@pytest.mark.parametrize(
    "action", ["layer up", "drag 1 2 3", "select_si", "camera 1 2", "only null_si", "key"]
)
def test_arguments_that_do_not_fit_are_told(action: str) -> None:
    with pytest.raises(FormatError, match="step 1: these arguments do not fit"):
        do(player(), action)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "expected a recorded session \\(JSON\\)"),
        ("[]", "with a list of steps"),
        ('{"steps": []}', "expected the window as"),
        ('{"window": [0, 5], "steps": []}', "expected the window as"),
        ('{"window": [5, 5], "steps": [3]}', "step 1: expected an action with a name"),
    ],
)
def test_a_file_that_is_no_session_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        read_session(write_text(tmp_path / "s.json", text))


def test_a_scene_without_a_mesh_is_refused_with_the_reason(tmp_path: Path) -> None:
    write_session(tmp_path / "s.json", a_session("select_si 7"))
    scene = room_scene(tmp_path)
    (scene / "_detail/mesh/mesh_vertices.hdf5").unlink()
    with pytest.raises(FormatError, match="can only be replayed on a mesh"):
        replay(scene, "--session", tmp_path / "s.json")


def test_a_session_file_reads_back_as_it_was_written(tmp_path: Path) -> None:
    session = a_session("select_si 7", EVERYTHING, state={"si": [1]})
    write_session(tmp_path / "s.json", session)
    found = read_session(tmp_path / "s.json")
    assert found.steps == session.steps
    assert found.window == session.window
    assert not compare(found, [{}, {"si": [1]}])
