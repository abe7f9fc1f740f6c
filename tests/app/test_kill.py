"""Killing the process at any moment loses at most the stroke in hand."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.stroking_process import ACKNOWLEDGED, OBJECTS, one_deed
from tests.labelling_builders import a_labelling
from viewer.app.journal import Place
from viewer.app.recovery import find_unsaved
from viewer.model.labels import ObjectLabels

ROOT = Path(__file__).resolve().parents[2]
LONGEST_LIFE_S = 0.1

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the killed processes are forked")


class Victims:
    """Starts labelling processes and kills them."""

    def __init__(self) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.app.stroking_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ,
        )

    def live_and_die(self, seed: int, folder: Path, life_s: float) -> None:
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        print(seed, folder, file=self._parent.stdin, flush=True)
        child = int(self._parent.stdout.readline())
        time.sleep(life_s)
        os.kill(child, signal.SIGKILL)
        assert self._parent.stdout.readline() == "dead\n"

    def close(self) -> None:
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.close()
        self._parent.wait(10)
        self._parent.stdout.close()


@pytest.fixture
def victims(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Victims]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    victims = Victims()
    yield victims
    victims.close()


def states_after(seed: int, done: int) -> list[tuple[ObjectLabels, int, ObjectLabels]]:
    """Labels, ids and saved labels after so many deeds, and after one more."""
    labelling, dice = a_labelling(OBJECTS), random.Random(seed)
    saved = [labelling.labels.copy()]
    labelling.was_saved.connect(lambda snapshot: saved.append(snapshot.labels))
    states = [(labelling.labels.copy(), labelling.instances.count, saved[-1])]
    for _ in range(done + 1):
        one_deed(labelling, dice)
        states.append((labelling.labels.copy(), labelling.instances.count, saved[-1]))
    return states[done : done + 2]


def kill(victims: Victims, tmp_path: Path, times: int) -> int:
    """Kill so many times and compare; how many deeds were done in all."""
    dice = random.Random(times)
    deeds = 0
    for seed in range(times):
        folder = tmp_path / f"scene-{seed}"
        folder.mkdir()
        victims.live_and_die(seed, folder, dice.uniform(0, LONGEST_LIFE_S))
        acknowledged = folder / ACKNOWLEDGED
        done = acknowledged.stat().st_size if acknowledged.exists() else 0
        expected = states_after(seed, done)
        work = find_unsaved(Place("ai_001_001", folder))
        if work:
            assert len(work) == 1
            (found,) = work
            possible = [labels for labels, _, _ in expected if found.labels.equals(labels)]
            assert possible, f"seed {seed}: {done} deeds were acknowledged"
        else:
            # Nothing to bring back: what is there, or was about to be, is what was saved.
            assert any(labels.equals(saved) for labels, _, saved in expected), f"seed {seed}, {done} deeds"
        deeds += done
    return deeds


@pytest.mark.slow
def test_killing_the_process_at_any_moment_loses_at_most_the_stroke_in_hand(
    victims: Victims, tmp_path: Path
) -> None:
    times = int(os.environ.get("KILLS", "150"))
    assert kill(victims, tmp_path, times) > times
