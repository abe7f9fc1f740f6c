"""Banners, progress, the welcome view, theme and icons."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from viewer.errors import FormatError
from viewer.jobs.job import Progress
from viewer.ui import theme
from viewer.ui.banner import MOST_SHOWN, Banners
from viewer.ui.calm_bar import BEAT_MS
from viewer.ui.icons import icon_names
from viewer.ui.job_runner import JobRunner
from viewer.ui.progress_strip import ProgressStrip
from viewer.ui.tokens import DARK, LIGHT, Tokens
from viewer.ui.welcome import Welcome

pytestmark = pytest.mark.gui
LEAST_TEXT_CONTRAST = 4.5
LEAST_MARK_CONTRAST = 3.0


@pytest.fixture
def runner() -> Iterator[JobRunner]:
    runner = JobRunner()
    yield runner
    runner.close()


@pytest.fixture
def _dressed(qapp: QApplication) -> Iterator[None]:
    before = theme.is_dark()
    yield
    theme.apply(qapp, "dark" if before else "light")


def button(widget: object, text: str) -> QPushButton:
    return next(b for b in widget.findChildren(QPushButton) if b.text() == text)  # type: ignore[attr-defined]


def test_an_error_is_told_with_its_hint_and_path_and_can_be_copied(qtbot: QtBot) -> None:
    banners = Banners()
    qtbot.addWidget(banners)
    error = FormatError("expected shape (n, 3), found (12,)", path="/a/mesh.hdf5", hint="download it again")
    banner = banners.show_error(error)
    assert banners.isVisibleTo(None)
    banner.copy()
    assert QGuiApplication.clipboard().text() == "\n".join(
        ["Expected shape (n, 3), found (12,)", "/a/mesh.hdf5", "download it again"]
    )


def test_a_banner_offers_actions_and_details_and_closes(qtbot: QtBot) -> None:
    banners = Banners()
    qtbot.addWidget(banners)
    done: list[str] = []
    banner = banners.show_message(
        "warning",
        "12 strokes were not saved.",
        details="of Tuesday",
        actions=[("Restore", lambda: done.append("r"))],
    )
    banners.show()
    button(banner, "Restore").click()
    assert done == ["r"]
    button(banner, "Details").click()
    assert banner._more.isVisible()
    next(b for b in banner.findChildren(QToolButton) if b.text() == "Close").click()
    assert banners.shown == ()
    assert not banners.isVisible()


def test_the_same_message_stands_once_and_only_a_few_stand_at_all(qtbot: QtBot) -> None:
    banners = Banners()
    qtbot.addWidget(banners)
    for _ in range(3):
        banners.show_message("info", "same")
    assert len(banners.shown) == 1
    for k in range(9):
        banners.show_message("info", f"message {k}")
    assert [banner.message for banner in banners.shown] == [f"message {8 - k}" for k in range(MOST_SHOWN)]
    banners.clear()
    assert banners.shown == ()


def test_a_fault_of_ours_is_told_with_its_trace(qtbot: QtBot) -> None:
    banners = Banners()
    qtbot.addWidget(banners)
    try:
        raise KeyError("nonsense")
    except KeyError as error:
        banner = banners.show_unexpected(error)
    assert "KeyError" in banner.message
    assert "test_window_parts" in banner.details


def test_progress_appears_for_long_jobs_and_cancels_them(qtbot: QtBot, runner: JobRunner) -> None:
    strip = ProgressStrip(runner)
    qtbot.addWidget(strip)
    ended: list[str] = []

    def work(progress: Progress) -> None:
        while True:
            progress.step(30, 120, "Reading faces")
            threading.Event().wait(0.01)

    runner.start(runner.scene_lane, work, title="Opening", cancelled=lambda: ended.append("cancelled"))
    qtbot.waitUntil(lambda: strip.isVisible() and strip._share.text() == "25%")
    assert strip._title.text() == "Opening"
    assert strip._text.text() == "Reading faces"
    button(strip, "Cancel").click()
    qtbot.waitUntil(lambda: ended == ["cancelled"] and not strip.isVisible())


def test_a_job_of_unknown_length_moves_the_bar_without_having_the_window_painted_all_the_time(
    qtbot: QtBot, runner: JobRunner
) -> None:
    strip = ProgressStrip(runner)
    qtbot.addWidget(strip)
    painted = _Paintings(strip._bar)
    ended: list[str] = []

    def work(progress: Progress) -> None:
        while True:
            progress.check()
            threading.Event().wait(0.01)

    job = runner.start(runner.scene_lane, work, title="Opening", cancelled=lambda: ended.append("cancelled"))
    qtbot.waitUntil(strip.isVisible)
    QTest.qWait(100)
    before = strip._bar.grab().toImage()
    painted.count = 0
    QTest.qWait(5 * BEAT_MS)
    assert 1 <= painted.count <= 6
    assert strip._bar.grab().toImage() != before
    job.cancel()
    qtbot.waitUntil(lambda: ended == ["cancelled"])


class _Paintings(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 Qt's name
        self.count += event.type() is QEvent.Type.Paint
        return False


def test_short_jobs_never_flicker(qtbot: QtBot, runner: JobRunner) -> None:
    strip = ProgressStrip(runner)
    qtbot.addWidget(strip)
    done: list[int] = []
    runner.start(runner.frame_lane, lambda progress: 1, title="Frame", done=done.append)
    qtbot.waitUntil(lambda: done == [1])
    QTest.qWait(350)
    assert not strip.isVisible()
    assert strip.job is None


def test_the_welcome_view_offers_the_sample_a_folder_and_recent_ones(
    qtbot: QtBot, runner: JobRunner, tmp_path: Path
) -> None:
    welcome = Welcome(runner)
    qtbot.addWidget(welcome)
    welcome.resize(800, 600)
    welcome.show()
    there, gone = tmp_path / "ai_001_001", tmp_path / "gone"
    there.mkdir()
    welcome.set_recent([there, gone])
    asked: list[object] = []
    welcome.sample_requested.connect(lambda: asked.append("sample"))
    welcome.folder_requested.connect(lambda: asked.append("folder"))
    welcome.path_requested.connect(asked.append)
    qtbot.waitUntil(lambda: welcome.recent_rows[1].is_missing)
    for widget in (welcome._sample, welcome._folder, *welcome.recent_rows):
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
    assert asked == ["sample", "folder", there]
    assert not welcome.recent_rows[0].is_missing


def test_a_folder_can_be_dropped(qtbot: QtBot, tmp_path: Path) -> None:
    welcome = Welcome()
    qtbot.addWidget(welcome)
    asked: list[object] = []
    welcome.dropped.connect(asked.append)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), copy, data, left, none)
    welcome.dragEnterEvent(enter)
    assert enter.isAccepted()
    both = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    dropped = QDropEvent(QPointF(5, 5), both, data, left, none)
    dropped.setDropAction(Qt.DropAction.MoveAction)
    welcome.dropEvent(dropped)
    assert asked == [[tmp_path]]
    assert dropped.dropAction() is Qt.DropAction.CopyAction


@pytest.mark.parametrize("name", icon_names())
def test_every_icon_draws_something_in_the_color_of_the_text(qapp: QApplication, name: str) -> None:
    image = theme.pixmap(name, 24, "#ff0000").toImage()
    colors = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    inked = [color for color in colors if color.alpha() > 200]
    assert inked
    assert all(color.red() > 200 and color.green() < 40 for color in inked)


@pytest.mark.usefixtures("_dressed")
def test_buttons_change_their_icons_with_the_theme(qtbot: QtBot, qapp: QApplication) -> None:
    target = QToolButton()
    qtbot.addWidget(target)
    theme.apply(qapp, "dark")
    theme.set_icon(target, "save")
    dark = target.icon().pixmap(24).toImage()
    theme.apply(qapp, "light")
    assert target.icon().pixmap(24).toImage() != dark
    assert QColor(theme.tokens().text).lightness() < 100
    assert qapp.palette().window().color() == QColor(LIGHT.panel)


@pytest.mark.usefixtures("_dressed")
def test_dressing_twice_alike_costs_nothing(qapp: QApplication) -> None:
    told: list[int] = []
    theme.apply(qapp, "dark")
    theme.NEWS.changed.connect(lambda: told.append(1))
    theme.apply(qapp, "dark")
    assert told == []


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colors as WCAG defines it."""

    def luminance(code: str) -> float:
        channels = [QColor(code).redF(), QColor(code).greenF(), QColor(code).blueF()]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_text_can_be_read_on_every_ground(tokens: Tokens) -> None:
    colors = asdict(tokens)
    for ground in ("window", "panel", "base", "raised"):
        for ink in ("text", "muted", "danger", "warning", "ok", "accent_text"):
            found = contrast(colors[ink], colors[ground])
            assert found >= LEAST_TEXT_CONTRAST, f"{ink} on {ground}: {found:.2f}"
    assert contrast(tokens.text, tokens.selected) >= LEAST_TEXT_CONTRAST
    assert contrast(tokens.on_accent, tokens.accent) >= LEAST_TEXT_CONTRAST
    assert contrast(tokens.faint, tokens.base) >= LEAST_MARK_CONTRAST
