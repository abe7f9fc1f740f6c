"""The scene tree, the selection card and the log."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.gui.made_sessions import a_session, opened
from viewer.app.session import ColorBy, Session
from viewer.model.points import PointSet
from viewer.model.scene import Gap
from viewer.render.layers.registry import LAYERS
from viewer.ui.job_runner import JobRunner
from viewer.ui.panels.layers import LayersPanel
from viewer.ui.panels.log import LogPanel
from viewer.ui.panels.part_rows import gap_text
from viewer.ui.panels.selection import SelectionPanel

pytestmark = pytest.mark.gui


@pytest.fixture
def runner() -> Iterator[JobRunner]:
    runner = JobRunner()
    yield runner
    runner.close()


class Layers:
    """The styles of all layers, as the window keeps them."""

    def __init__(self) -> None:
        self.layers = {layer.key: layer() for layer in LAYERS}
        self.told: list[str] = []

    def apply(self, key: str, style: Any) -> None:
        self.layers[key].style = style
        self.told.append(key)


def tree(qtbot: QtBot, session: Session) -> tuple[LayersPanel, Layers]:
    layers = Layers()
    panel = LayersPanel(session, layers.layers, layers.apply)
    qtbot.addWidget(panel)
    panel.resize(270, 800)
    panel.show()
    qtbot.waitExposed(panel)
    return panel, layers


def test_a_layer_is_switched_by_its_check_box_and_styled_by_its_form(qtbot: QtBot) -> None:
    panel, layers = tree(qtbot, a_session())
    row = panel.row("boxes")
    row.check.click()
    assert layers.layers["boxes"].style.visible
    row._more.click()
    row.form.control("line_width").show_value(1.0)
    row.form.control("line_width").focus_target.setValue(4.0)
    assert layers.layers["boxes"].style.line_width == 4.0
    assert layers.layers["boxes"].style.visible


def test_a_style_changed_elsewhere_is_shown(qtbot: QtBot) -> None:
    panel, layers = tree(qtbot, a_session())
    style = layers.layers["boxes"].style
    layers.layers["boxes"].style = type(style)(visible=True)
    panel.show_layer("boxes")
    assert panel.row("boxes").check.isChecked()
    assert layers.told == []


def test_what_is_missing_is_grey_and_says_why_and_what_for(qtbot: QtBot) -> None:
    panel, _ = tree(qtbot, a_session())
    row = panel.row("octomap")
    assert not row.check.isEnabled()
    assert row.reason == "The file is not there. It would enable showing free space."
    assert [gap.gap.what for gap in panel.gap_rows] == ["Labels", "Images"]
    assert panel.gap_rows[0].gap.is_broken
    assert [part.title for part in panel.part_rows] == ["Object list", "Render nodes", "Labels"]


def test_file_names_keep_their_spelling_in_reasons() -> None:
    assert (
        gap_text(Gap("x", None, "metadata_objects.csv is not there")) == "metadata_objects.csv is not there."
    )
    assert gap_text(Gap("x", None, "not there", "labels")) == "Not there. It would enable labels."


def test_points_that_appear_later_can_be_switched_on(qtbot: QtBot) -> None:
    session = a_session()
    panel, _ = tree(qtbot, session)
    assert not panel.row("points").check.isEnabled()
    positions = np.zeros((3, 3), np.float32)
    session.set_points(PointSet(positions, np.zeros(3), np.zeros(3, np.int32), session.object_count))
    assert panel.row("points").check.isEnabled()
    assert panel.row("points").check.isChecked()


def test_the_color_chooser_follows_and_leads(qtbot: QtBot) -> None:
    session = a_session()
    panel, _ = tree(qtbot, session)
    session.set_color_by(ColorBy.OBJECT)
    assert panel._color_by.currentText() == "Object"
    panel._color_by.setCurrentIndex(1)
    assert session.color_by is ColorBy.INSTANCE
    session.replace_scene(opened(has_objects=False))
    assert not panel._color_by.model().item(0).isEnabled()


def test_the_card_tells_all_about_one_object(qtbot: QtBot) -> None:
    session = a_session()
    panel = SelectionPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    session.select([12])
    qtbot.waitUntil(lambda: panel.name == "chair_12")
    assert panel.texts == {
        "Object": "12",
        "Node": "13",
        "Class": "chair (5)",
        "Instance": "5",
        "Faces": "24",
        "Area": "0.774 m²",
        "Size": "2.54 × 2.54 × 2.54 m",
        "Box": "0.25 × 0.51 × 1.02 m, row 5",
    }


def test_the_card_sums_up_many_objects(qtbot: QtBot) -> None:
    session = a_session()
    panel = SelectionPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    session.select([0, 1, 4])
    qtbot.waitUntil(lambda: panel.name == "3 objects")
    assert panel.texts["Class"] == "chair (5): 2\nnone: 1"
    assert panel.texts["Faces"] == "41"
    session.labelling.assign([1], 7)
    qtbot.waitUntil(lambda: "table (7): 1" in panel.texts["Class"])


def test_the_card_shows_what_is_hovered_while_nothing_is_selected(qtbot: QtBot) -> None:
    session = a_session()
    panel = SelectionPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    session.set_hovered(2)
    qtbot.waitUntil(lambda: panel.name == "lamp_2")
    session.select([3])
    qtbot.waitUntil(lambda: panel.name == "wall_3")
    asked = []
    panel.focus_requested.connect(lambda ids: asked.append(ids.tolist()))
    panel._focus.click()
    panel._isolate.click()
    assert asked == [[3]]
    assert len(session.hidden) == 39


def test_records_of_any_thread_reach_the_log(qtbot: QtBot, runner: JobRunner, caplog: Any) -> None:
    panel = LogPanel(runner)
    qtbot.addWidget(panel)
    panel.show()
    log = logging.getLogger("viewer.somewhere")
    worker = threading.Thread(target=log.warning, args=("a <b> in & out",))
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: "a <b> in & out" in panel.view.toPlainText())
    panel.level.setCurrentText("Errors")
    assert panel.view.toPlainText() == ""
    log.error("worse")
    qtbot.waitUntil(lambda: "worse" in panel.view.toPlainText())
    panel.copy()
    assert QGuiApplication.clipboard().text().endswith("error    viewer.somewhere: worse")
    panel.search.setText("nowhere")
    assert panel.view.toPlainText() == ""


def test_a_log_that_is_gone_listens_no_more(qtbot: QtBot, runner: JobRunner) -> None:
    before = list(logging.getLogger("viewer").handlers)
    panel = LogPanel(runner)
    panel.deleteLater()
    qtbot.waitUntil(lambda: logging.getLogger("viewer").handlers == before)


def test_the_scene_tree_is_empty_without_a_scene(qtbot: QtBot) -> None:
    session = a_session()
    panel, _ = tree(qtbot, session)
    session.replace_scene(None)
    assert panel.part_rows == []
    assert not panel.row("mesh").isVisible()
