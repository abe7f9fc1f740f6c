"""Forms made from dataclasses."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QListWidget, QSlider
from pytestqt.qtbot import QtBot

from viewer.app.settings import Settings, option
from viewer.render.layers.registry import LAYERS
from viewer.ui.form_controls import choice_title
from viewer.ui.style_form import StyleForm

pytestmark = pytest.mark.gui


class Mood(enum.Enum):
    CALM = "calm"
    WILD = "wild"


@dataclass(frozen=True)
class Style:
    visible: bool = option(True, "Show")
    size: float = option(1.0, "Size", "How large", limits=(0.01, 100.0))
    count: int = option(3, "Count", limits=(0, 10))
    kind: str = option("soft", "Kind", choices=("soft", "hard_2d"))
    roots: tuple[str, ...] = option((), "Roots")
    note: str = option("", "Note")
    mood: Mood = Mood.CALM


def shown(qtbot: QtBot, value: Any, **options: Any) -> tuple[StyleForm, list[Any]]:
    form = StyleForm(value, **options)
    qtbot.addWidget(form)
    form.resize(320, 300)
    form.show()
    qtbot.waitExposed(form)
    told: list[Any] = []
    form.changed.connect(told.append)
    return form, told


def test_every_kind_of_field_has_its_control_and_tells_the_whole_dataclass(qtbot: QtBot) -> None:
    form, told = shown(qtbot, Style())
    form.control("visible").findChild(QCheckBox).click()
    combo = form.control("kind").findChild(QComboBox)
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Down)
    mood = form.control("mood").findChild(QComboBox)
    QTest.keyClick(mood, Qt.Key.Key_Down)
    note = form.control("note").findChild(QLineEdit)
    qtbot.keyClicks(note, "hello")
    QTest.keyClick(note, Qt.Key.Key_Return)
    assert told[-1] == Style(visible=False, kind="hard_2d", mood=Mood.WILD, note="hello")
    assert combo.currentText() == "Hard 2D"


def test_a_slider_and_its_spin_box_agree_and_wide_ranges_are_logarithmic(qtbot: QtBot) -> None:
    form, told = shown(qtbot, Style())
    slider = form.control("size").findChild(QSlider)
    assert slider.value() == 500
    slider.setValue(750)
    assert told[-1].size == pytest.approx(10.0, rel=0.01)
    spin = form.control("count").focus_target
    spin.setFocus()
    QTest.keyClick(spin, Qt.Key.Key_Up)
    assert told[-1].count == 4
    assert isinstance(told[-1].count, int)


def test_showing_a_value_tells_nobody(qtbot: QtBot) -> None:
    form, told = shown(qtbot, Style())
    form.set_value(Style(size=50.0, kind="hard_2d", roots=("/a",), visible=False))
    assert told == []
    assert form.value.roots == ("/a",)
    assert form.control("roots").findChild(QListWidget).item(0).text() == "/a"


def test_lines_can_be_taken_from_a_list(qtbot: QtBot) -> None:
    form, told = shown(qtbot, Style(roots=("/a", "/b")))
    rows = form.control("roots").findChild(QListWidget)
    rows.setCurrentRow(0)
    form.control("roots").row.itemAt(1).layout().itemAt(1).widget().click()
    assert told[-1].roots == ("/b",)
    rows.item(0).setText("/c")
    assert told[-1].roots == ("/c",)


def test_the_wheel_over_a_control_that_nobody_clicked_changes_nothing(qtbot: QtBot) -> None:
    form, told = shown(qtbot, Style())
    slider = form.control("size").findChild(QSlider)
    middle = QPointF(slider.rect().center())
    wheel = QWheelEvent(
        middle,
        slider.mapToGlobal(middle),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(slider, wheel)
    assert told == []


@pytest.mark.parametrize(
    "value", [Settings(), *(layer().style for layer in LAYERS)], ids=lambda v: type(v).__name__
)
def test_all_settings_and_layer_styles_make_a_form_with_names_for_everything(
    qtbot: QtBot, value: Any
) -> None:
    form, told = shown(qtbot, value)
    assert form.value == value
    assert told == []
    for control in (QComboBox, QCheckBox, QSlider):
        assert all(
            child.accessibleName() or child.text()
            for child in form.findChildren(control)
            if child.isVisible()
        )


def test_choices_are_written_for_people() -> None:
    assert choice_title("object_aligned_3d") == "Object aligned 3D"
    assert choice_title(Mood.WILD) == "Wild"
