"""Every control has a name for those who cannot see it, and can be reached by the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.gui.made_sessions import a_session
from viewer.app.settings import Settings
from viewer.imaging.registry import MODALITIES
from viewer.model.labels import LabelLayer
from viewer.render.layers.registry import LAYERS
from viewer.ui.banner import Banners
from viewer.ui.compare_view import CompareView
from viewer.ui.dialogs.settings import SettingsDialog
from viewer.ui.job_runner import JobRunner
from viewer.ui.panels.labels import LabelsPanel
from viewer.ui.panels.layers import LayersPanel
from viewer.ui.panels.log import LogPanel
from viewer.ui.panels.objects import ObjectsPanel
from viewer.ui.panels.probe import ProbePanel
from viewer.ui.panels.seen_in import SeenInPanel
from viewer.ui.panels.selection import SelectionPanel
from viewer.ui.welcome import Welcome

pytestmark = pytest.mark.gui
KINDS = (QAbstractButton, QComboBox, QLineEdit, QAbstractItemView, QPlainTextEdit, QSlider)


@pytest.fixture
def runner() -> Iterator[JobRunner]:
    runner = JobRunner()
    yield runner
    runner.close()


def _labels() -> QWidget:
    session = a_session()
    panel = LabelsPanel(session)
    session.labelling.set_brush(layer=LabelLayer.INSTANCE)
    return panel


def _selection() -> QWidget:
    session = a_session()
    session.select([3])
    return SelectionPanel(session)


def _banners() -> QWidget:
    banners = Banners()
    banners.show_message("error", "Something", details="more", actions=[("Retry", lambda: None)])
    return banners


WIDGETS: dict[str, Callable[[], QWidget]] = {
    "objects": lambda: ObjectsPanel(a_session()),
    "labels": _labels,
    "layers": lambda: LayersPanel(a_session(), {one.key: one() for one in LAYERS}, lambda *_: None),
    "selection": _selection,
    "probe": ProbePanel,
    "comparison": lambda: CompareView(MODALITIES[0], MODALITIES[1]),
    "settings": lambda: SettingsDialog(Settings()),
    "welcome": Welcome,
    "banners": _banners,
}


@pytest.mark.parametrize("name", [*WIDGETS, "log", "seen in"])
def test_every_control_has_a_name(qtbot: QtBot, runner: JobRunner, name: str) -> None:
    if name == "seen in":
        widget: QWidget = SeenInPanel(a_session(), runner)
    else:
        widget = LogPanel(runner) if name == "log" else WIDGETS[name]()
    qtbot.addWidget(widget)
    widget.resize(400, 700)
    widget.show()
    qtbot.waitExposed(widget)
    for kind in KINDS:
        for control in widget.findChildren(kind):
            is_inner = control.objectName().startswith("qt_") or isinstance(control.parent(), QComboBox)
            if (
                control.isVisible()
                and control.isEnabled()
                and not is_inner
                and control.focusPolicy() != Qt.FocusPolicy.NoFocus
            ):
                text = control.text() if isinstance(control, QAbstractButton) else ""
                assert control.accessibleName() or text, f"{type(control).__name__} in {name}"


def test_the_tab_key_walks_through_the_label_panel(qtbot: QtBot) -> None:
    panel = LabelsPanel(a_session())
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitExposed(panel)
    panel.classes.search.setFocus()
    reached = set()
    for _ in range(40):
        qtbot.keyClick(panel.focusWidget() or panel, Qt.Key.Key_Tab)
        reached.add(panel.focusWidget())
    for control in (panel.classes.view, panel.tools.erase, panel.options.prefer, panel.history.toggle):
        assert control in reached
