"""A scene that is read before anybody asks for it."""

from __future__ import annotations

import time
import weakref
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.builders import write_scene
from viewer.app.head_start import HeadStart
from viewer.app.open_scene import open_scene, recognise
from viewer.errors import Cancelled, FormatError
from viewer.formats.hypersim.label_tables import default_label_table
from viewer.jobs.job import Progress, Step
from viewer.model.mesh import Mesh


def test_what_was_read_ahead_is_what_reading_gives(tmp_path: Path) -> None:
    scene = write_scene(tmp_path)
    ahead = HeadStart(scene, ())
    reader, matches = ahead.recognise(Progress.silent())
    opened = ahead.read(Progress.silent())

    expected_reader, expected_matches = recognise(scene, (), Progress.silent())
    expected = open_scene(expected_reader, expected_matches[0], default_label_table(), Progress.silent())
    assert reader.key == expected_reader.key
    assert matches == expected_matches
    assert opened.scene.name == expected.scene.name
    assert opened.scene.object_count == expected.scene.object_count
    mesh, expected_mesh = opened.scene.part(Mesh), expected.scene.part(Mesh)
    assert mesh is not None
    assert expected_mesh is not None
    np.testing.assert_array_equal(mesh.faces, expected_mesh.faces)
    assert opened.labelling is not None


def test_what_was_handed_over_is_not_kept(tmp_path: Path) -> None:
    ahead = HeadStart(write_scene(tmp_path), ())
    opened = weakref.ref(ahead.read(Progress.silent()))
    deadline = time.monotonic() + 5  # the thread that read it ends meanwhile
    while opened() is not None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert opened() is None
    with pytest.raises(RuntimeError, match="handed over already"):
        ahead.read(Progress.silent())


def test_of_several_scenes_none_is_read_before_one_is_chosen(tmp_path: Path) -> None:
    for name in ("ai_000_001", "ai_000_002"):
        write_scene(tmp_path, name)
    _, matches = HeadStart(tmp_path, ()).recognise(Progress.silent())
    assert [match.name for match in matches] == ["ai_000_001", "ai_000_002"]


def test_why_nothing_can_be_read_is_told_to_whoever_waits(tmp_path: Path) -> None:
    ahead = HeadStart(tmp_path / "nowhere", ())
    for wait in (ahead.recognise, ahead.read):
        with pytest.raises(FormatError, match="does not exist"):
            wait(Progress.silent())


def test_how_far_it_is_reaches_whoever_waits_and_stopping_that_one_stops_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_for_ever(_path: Path, _also: Sequence[Path], progress: Progress) -> None:
        progress.step(1, 4, "Looking")
        while True:
            progress.check()
            time.sleep(0.001)

    monkeypatch.setattr("viewer.app.open_scene.recognise", look_for_ever)
    told: list[Step] = []

    def report(step: Step) -> None:
        told.append(step)
        waiting.cancel()

    waiting = Progress(report)
    with pytest.raises(Cancelled):
        HeadStart(tmp_path, ()).recognise(waiting)
    assert told == [Step(1, 4, "Looking")]
