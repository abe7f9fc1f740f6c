"""Jobs of the window: what they say is heard on the main thread, and nothing of them stays."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from viewer.jobs.job import Progress
from viewer.ui.job_runner import JobRunner

pytestmark = pytest.mark.gui
PATIENCE_S = 20.0


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[JobRunner]:
    runner = JobRunner()
    yield runner
    assert runner.close()
    runner.deleteLater()


def test_the_runner_is_idle_when_what_jobs_said_was_heard(runner: JobRunner, qtbot: QtBot) -> None:
    heard: list[tuple[int, bool]] = []
    runner.start(
        runner.compute_lane,
        lambda _progress: 3,
        title="Three",
        done=lambda found: heard.append((found, threading.current_thread() is threading.main_thread())),
    )
    until = time.monotonic() + PATIENCE_S
    while not runner.compute_lane.is_idle and time.monotonic() < until:
        time.sleep(0.002)
    assert runner.compute_lane.is_idle
    assert not heard, "the main thread has not listened yet"
    assert not runner.is_idle
    qtbot.waitUntil(lambda: runner.is_idle, timeout=int(1000 * PATIENCE_S))
    assert heard == [(3, True)]


def test_a_job_that_is_done_keeps_nothing_alive(runner: JobRunner, qtbot: QtBot) -> None:
    mesh = np.zeros(1000)
    alive = weakref.ref(mesh)

    def work(_progress: Progress, of: np.ndarray = mesh) -> int:
        return len(of)

    runner.start(runner.compute_lane, work, title="Counting")
    del mesh, work
    qtbot.waitUntil(lambda: runner.is_idle, timeout=int(1000 * PATIENCE_S))

    def is_gone() -> bool:
        gc.collect()
        return alive() is None

    qtbot.waitUntil(is_gone, timeout=int(1000 * PATIENCE_S))


def test_a_job_that_waits_counts_as_started_when_it_says_something(runner: JobRunner, qtbot: QtBot) -> None:
    heard: list[str] = []
    runner.started.connect(lambda job: heard.append(f"{job.title} starts"))
    runner.ended.connect(lambda job: heard.append(f"{job.title} ends"))
    may_go_on = threading.Event()

    def work(progress: Progress) -> None:
        may_go_on.wait(PATIENCE_S)
        progress.step(0, 1, "now")

    runner.start(runner.compute_lane, work, title="Measuring", waits=True)
    runner.start(runner.export_lane, lambda _progress: None, title="Writing")
    qtbot.waitUntil(
        lambda: runner.export_lane.is_idle and "Writing ends" in heard, timeout=int(1000 * PATIENCE_S)
    )
    assert heard == ["Writing starts", "Writing ends"]
    may_go_on.set()
    qtbot.waitUntil(lambda: runner.is_idle, timeout=int(1000 * PATIENCE_S))
    assert heard[2:] == ["Measuring starts", "Measuring ends"]


def test_nobody_hears_of_a_job_that_was_stopped_while_it_waited(runner: JobRunner, qtbot: QtBot) -> None:
    heard: list[str] = []
    runner.started.connect(lambda job: heard.append(job.title))
    runner.ended.connect(lambda job: heard.append(job.title))
    stopped: list[bool] = []

    def work(progress: Progress) -> None:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            progress.check()
            time.sleep(0.002)

    job = runner.start(
        runner.compute_lane, work, title="Measuring", waits=True, cancelled=lambda: stopped.append(True)
    )
    job.cancel()
    qtbot.waitUntil(lambda: runner.is_idle, timeout=int(1000 * PATIENCE_S))
    assert stopped == [True]
    assert not heard
