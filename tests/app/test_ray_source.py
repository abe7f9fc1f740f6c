"""Rays are prepared when they are needed, and once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests.labelling_builders import a_room
from viewer.app import ray_source
from viewer.app.ray_source import RaySource
from viewer.errors import Cancelled
from viewer.geometry.ray_scene import RayScene
from viewer.jobs.job import Progress
from viewer.model.mesh import Mesh


class Held:
    """Stands in for `RayScene`; preparing takes until `go` is set."""

    def __init__(self) -> None:
        self.go, self.has_begun, self.times = threading.Event(), threading.Event(), 0

    def __call__(self, mesh: Mesh) -> RayScene:
        self.times += 1
        self.has_begun.set()
        assert self.go.wait(30)
        return RayScene(mesh)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    held = Held()
    monkeypatch.setattr(ray_source, "RayScene", held)
    return held


def test_nothing_is_prepared_until_somebody_needs_it(held: Held) -> None:
    assert RaySource(a_room()).ready is None
    assert held.times == 0


def test_all_who_need_rays_at_once_get_the_same(held: Held) -> None:
    source = RaySource(a_room())
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(source.get, Progress.silent()) for _ in range(4)]
        assert held.has_begun.wait(30)
        held.go.set()
        found = {id(one.result(30)) for one in asked}
    assert held.times == 1
    assert found == {id(source.ready)}
    assert source.get(Progress.silent()).first_hits(np.zeros(3), np.eye(3)).shape == (3,)


def test_who_waits_for_another_can_be_called_off(held: Held) -> None:
    source, progress = RaySource(a_room()), Progress.silent()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(source.get, Progress.silent())
        assert held.has_begun.wait(30)
        second = pool.submit(source.get, progress)
        progress.cancel()
        with pytest.raises(Cancelled):
            second.result(30)
        held.go.set()
        assert first.result(30) is source.ready
