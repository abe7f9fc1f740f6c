"""The controls of a form: each shows one value and tells what the user makes of it."""

from __future__ import annotations

import enum
from dataclasses import Field
from math import log
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from viewer.ui.parts import ignore_idle_wheel, push_button, tool_button

SLIDER_STEPS = 1000
LOGARITHMIC_FROM = 50.0
"""Ratio of the limits from which a slider is logarithmic: small values need room too."""
SPIN_PX, LONG_SPIN_PX = 72, 104
LONG_FROM = 1_000_000
"""Whole numbers up to this or more are read in groups of three digits, and need room for them."""


class Control(QWidget):
    """One field of the form."""

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._is_showing = False
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(6)

    @property
    def focus_target(self) -> QWidget:
        raise NotImplementedError

    def show_value(self, value: Any) -> None:
        raise NotImplementedError

    def name_it(self, title: str, tip: str) -> None:
        for child in self.findChildren(QWidget):
            if not child.accessibleName() and not isinstance(child, QLabel):
                child.setAccessibleName(title)
            if not child.toolTip():
                child.setToolTip(tip)


class CheckControl(Control):
    def __init__(self, value: bool) -> None:
        super().__init__()
        self._box = QCheckBox()
        self._box.setChecked(value)
        self._box.toggled.connect(self.edited.emit)
        self.row.addWidget(self._box)
        self.row.addStretch(1)

    @property
    def focus_target(self) -> QWidget:
        return self._box

    def show_value(self, value: Any) -> None:
        self._box.setChecked(bool(value))

    def name_it(self, title: str, tip: str) -> None:
        self._box.setText(title)
        super().name_it(title, tip)


class NumberControl(Control):
    """A slider and a spin box that show one number."""

    def __init__(self, value: float, limits: tuple[float | None, float | None], unit: str) -> None:
        super().__init__()
        low, high = limits
        is_whole = isinstance(value, int)
        self._low, self._high, self._is_whole = low, high, is_whole
        self._spin: QSpinBox | QDoubleSpinBox
        if is_whole:
            whole = QSpinBox()
            whole.setRange(-(2**31) if low is None else int(low), 2**31 - 1 if high is None else int(high))
            self._spin = whole
        else:
            real = QDoubleSpinBox()
            real.setDecimals(_decimals(low, high))
            real.setRange(-1e12 if low is None else low, 1e12 if high is None else high)
            span = 1.0 if low is None or high is None else high - low
            real.setSingleStep(10.0 ** -_decimals(low, high) * (10 if span > 1 else 5))
            self._spin = real
        self._spin.setSuffix(f" {unit}" if unit else "")
        self._spin.setKeyboardTracking(False)
        is_long = is_whole and high is not None and high >= LONG_FROM
        self._spin.setGroupSeparatorShown(is_long)
        self._spin.setFixedWidth(LONG_SPIN_PX if is_long else SPIN_PX)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, SLIDER_STEPS)
        self._slider.setMinimumWidth(32)
        self._slider.setVisible(low is not None and high is not None)
        ignore_idle_wheel(self._spin, self._slider)
        self.show_value(value)
        self._spin.valueChanged.connect(self._take_spin)
        self._slider.valueChanged.connect(self._take_slider)
        self.row.addWidget(self._slider, 1)
        self.row.addWidget(self._spin)
        if low is None or high is None:
            self.row.addStretch(1)

    @property
    def focus_target(self) -> QWidget:
        return self._spin

    def show_value(self, value: Any) -> None:
        self._is_showing = True
        self._set_spin(float(value))
        self._slider.setValue(self._step_of(float(value)))
        self._is_showing = False

    def _set_spin(self, value: float) -> None:
        if isinstance(self._spin, QSpinBox):
            self._spin.setValue(round(value))
        else:
            self._spin.setValue(value)

    def _take_spin(self, value: float) -> None:
        if not self._is_showing:
            self._is_showing = True
            self._slider.setValue(self._step_of(float(value)))
            self._is_showing = False
            self.edited.emit(int(value) if self._is_whole else float(value))

    def _take_slider(self, step: int) -> None:
        if not self._is_showing:
            value = self._value_at(step)
            self._is_showing = True
            self._set_spin(value)
            self._is_showing = False
            self.edited.emit(self._spin.value())

    @property
    def _is_logarithmic(self) -> bool:
        low, high = self._low, self._high
        return low is not None and high is not None and low > 0 and high / low >= LOGARITHMIC_FROM

    def _step_of(self, value: float) -> int:
        if self._low is None or self._high is None or self._high <= self._low:
            return 0
        if self._is_logarithmic:
            share = log(max(value, self._low) / self._low) / log(self._high / self._low)
        else:
            share = (value - self._low) / (self._high - self._low)
        return round(min(max(share, 0.0), 1.0) * SLIDER_STEPS)

    def _value_at(self, step: int) -> float:
        low, high = self._low or 0.0, self._high or 0.0
        share = step / SLIDER_STEPS
        if self._is_logarithmic:
            return float(low * (high / low) ** share)
        return float(low + share * (high - low))


class ChoiceControl(Control):
    def __init__(self, value: Any, choices: tuple[Any, ...]) -> None:
        super().__init__()
        self._choices = choices
        self._combo = QComboBox()
        self._combo.addItems([choice_title(choice) for choice in choices])
        self._combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._combo.setMinimumContentsLength(6)
        ignore_idle_wheel(self._combo)
        self.show_value(value)
        self._combo.currentIndexChanged.connect(self._take)
        self.row.addWidget(self._combo, 1)

    @property
    def focus_target(self) -> QWidget:
        return self._combo

    def show_value(self, value: Any) -> None:
        self._is_showing = True
        self._combo.setCurrentIndex(self._choices.index(value) if value in self._choices else -1)
        self._is_showing = False

    def _take(self, row: int) -> None:
        if not self._is_showing and row >= 0:
            self.edited.emit(self._choices[row])


class TextControl(Control):
    """A line of text; with a Browse button when it is a path."""

    def __init__(self, value: str, browse: str) -> None:
        super().__init__()
        self._line = QLineEdit(value)
        self._line.editingFinished.connect(lambda: self.edited.emit(self._line.text()))
        self.row.addWidget(self._line, 1)
        if browse:
            self._line.setPlaceholderText("none")
            pick = push_button("Browse…", clicked=lambda: self._pick(browse))
            self.row.addWidget(pick)

    @property
    def focus_target(self) -> QWidget:
        return self._line

    def show_value(self, value: Any) -> None:
        self._line.setText(str(value))

    def _pick(self, browse: str) -> None:
        chosen = pick_path(self, browse, self._line.accessibleName(), self._line.text())
        if chosen:
            self._line.setText(chosen)
            self.edited.emit(chosen)


class ListControl(Control):
    """Lines of text that can be added, edited in place and taken away."""

    def __init__(self, value: tuple[str, ...], browse: str) -> None:
        super().__init__()
        self._browse = browse
        self._list = QListWidget()
        self._list.setMaximumHeight(68)
        self._list.setProperty("role", "field")
        self._list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.show_value(value)
        self._list.itemChanged.connect(lambda _item: self._tell())
        self._list.itemSelectionChanged.connect(self._enable)
        buttons = QVBoxLayout()
        buttons.setSpacing(2)
        self._remove = tool_button("minus", "Remove", "Remove the selected lines", clicked=self._take_away)
        buttons.addWidget(tool_button("plus", "Add", "Add a line", clicked=self._add))
        buttons.addWidget(self._remove)
        buttons.addStretch(1)
        self.row.addWidget(self._list, 1)
        self.row.addLayout(buttons)
        self._enable()

    @property
    def focus_target(self) -> QWidget:
        return self._list

    def show_value(self, value: Any) -> None:
        self._is_showing = True
        self._list.clear()
        for text in value:
            self._append(str(text))
        self._is_showing = False

    def _append(self, text: str) -> None:
        self._list.addItem(text)
        item = self._list.item(self._list.count() - 1)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
        item.setToolTip(text)

    def _add(self) -> None:
        if self._browse:
            chosen = pick_path(self, self._browse, self._list.accessibleName(), "")
            if chosen:
                self._append(chosen)
                self._tell()
            return
        self._is_showing = True
        self._append("")
        self._is_showing = False
        self._list.editItem(self._list.item(self._list.count() - 1))

    def _take_away(self) -> None:
        for item in self._list.selectedItems():
            self._list.takeItem(self._list.row(item))
        self._tell()

    def _tell(self) -> None:
        if not self._is_showing:
            lines = [self._list.item(k).text().strip() for k in range(self._list.count())]
            self.edited.emit(tuple(line for line in lines if line))

    def _enable(self) -> None:
        self._remove.setEnabled(bool(self._list.selectedItems()))


def pick_path(parent: QWidget, browse: str, title: str, start: str) -> str:
    """Ask for a file or a folder; empty when the user changed their mind."""
    if browse == "folder":
        return QFileDialog.getExistingDirectory(parent, title, start)
    return QFileDialog.getOpenFileName(parent, title, start)[0]


def choice_title(choice: Any) -> str:
    """How a choice is written for people: `object_aligned_2d` becomes "Object aligned 2D"."""
    text = str(choice.value if isinstance(choice, enum.Enum) else choice).replace("_", " ")
    if text.endswith((" 2d", " 3d")):
        text = text[:-1] + "D"
    return text[:1].upper() + text[1:]


def control_for(entry: Field[Any], value: Any, browse: str) -> Control:
    """The control that fits a field's value and metadata."""
    metadata = entry.metadata
    choices = tuple(metadata.get("choices") or ())
    limits = metadata.get("limits") or (metadata.get("min"), metadata.get("max"))
    if choices:
        return ChoiceControl(value, choices)
    if isinstance(value, enum.Enum):
        return ChoiceControl(value, tuple(type(value)))
    if isinstance(value, bool):
        return CheckControl(value)
    if isinstance(value, int | float):
        return NumberControl(value, (limits[0], limits[1]), str(metadata.get("unit") or ""))
    if isinstance(value, tuple):
        return ListControl(value, browse)
    return TextControl(str(value), browse)


def _decimals(low: float | None, high: float | None) -> int:
    if low is None or high is None:
        return 3
    smallest = low if low > 0 else (high - low) / 100
    return 0 if smallest >= 10 else 1 if smallest >= 1 else 2 if smallest >= 0.01 else 3
