"""The bench: it drives a real window through everything and leaves the scene as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viewer.app.head_start import HeadStart
from viewer.bench_command import to_text
from viewer.errors import ViewerError
from viewer.ui import bench
from viewer.ui.heartbeat import Heartbeat

pytestmark = pytest.mark.gui


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_everything_a_scene_has_is_measured_and_nothing_of_it_changes(
    qtbot: QtBot,
    make_scene: Callable[[Path], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, few in (("ORBIT_PICTURES", 4), ("FULL_PICTURES", 2), ("REPEATS", 2), ("STEPS", 2)):
        monkeypatch.setattr(bench, name, few)
    monkeypatch.setattr(bench, "REST_S", 0.1)
    scene = make_scene(tmp_path)
    before = content(scene)
    told: list[str] = []

    result = bench.Bench(scene, HeadStart(scene, ()), (1280, 800), told.append).run()

    assert told == ["open", "orbit", "label", "stroke", "hover", "frames", "save", "full"]
    assert content(scene) == before
    assert result.triangles > 0
    assert result.objects > 0
    assert "OpenGL" in to_text(result)
    times = (
        "first_frame_s",
        "orbit_ms",
        "orbit_full_ms",
        "rest_to_full_s",
        "relabel_ms",
        "click_cpu_ms",
        "rectangle_s",
        "rays_alone_s",
        "hover_ms",
        "step_cold_ms",
        "step_decode_ms",
        "step_prefetched_ms",
        "save_s",
    )
    missing = [name for name in times if not (getattr(result, name) or 0) > 0]
    assert not missing
    assert result.rectangle_objects
    assert result.rectangle_objects > 10
    assert set(result.longest_gaps) == set(told[:-1])
    assert result.longest_gaps["open"]["ms"] > 0


def test_a_folder_without_a_scene_is_told_in_a_sentence(qtbot: QtBot, tmp_path: Path) -> None:
    with pytest.raises(ViewerError, match="could not be opened"):
        bench.Bench(tmp_path, HeadStart(tmp_path, ()), (1000, 700), lambda _: None).run()


def test_a_busy_main_thread_is_noticed_with_the_place_it_was_at(qtbot: QtBot) -> None:
    import time

    heart = Heartbeat()
    heart.start()
    try:
        qtbot.wait(50)
        heart.take()
        until = time.thread_time() + 0.3
        while time.thread_time() < until:
            QApplication.instance()
        gap = heart.take()
    finally:
        heart.stop()
    assert gap.seconds >= 0.3
    assert gap.cpu_seconds == pytest.approx(0.3, abs=0.1)
