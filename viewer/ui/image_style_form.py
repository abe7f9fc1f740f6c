"""Controls for the style of a picture, built from the fields of its dataclass."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from viewer.imaging.color_maps import COLOR_MAPS, color_map

SWATCH = QSize(48, 12)
SLIDER_STEPS_PER_UNIT = 10
SLIDER_REACH_LIMIT = 50.0
"""Ranges wider than this get a number field only; a slider would be too coarse."""


def _swatch(color_map_name: str) -> QIcon:
    rows = color_map(color_map_name).tobytes()
    image = QImage(rows, len(rows) // 3, 1, len(rows), QImage.Format.Format_RGB888)
    return QIcon(QPixmap.fromImage(image.scaled(SWATCH)))


class ImageStyleForm(QWidget):
    """One control per field; tells the new style at every change."""

    changed = Signal(object)

    def __init__(self, style: Any, default: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._default = default
        self._setters: dict[str, Any] = {}
        self._idle: list[tuple[str, QWidget]] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 10)
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        column.addLayout(self._form)
        for entry in fields(style):
            self._add(entry)
        reset = QPushButton(self.tr("Reset"), self)
        reset.setToolTip(self.tr("Back to how this kind of image is shown at first"))
        reset.clicked.connect(self._reset)
        column.addWidget(reset, alignment=Qt.AlignmentFlag.AlignRight)

    @property
    def style_value(self) -> Any:
        return self._style

    def _add(self, entry: Any) -> None:
        facts = entry.metadata
        value = getattr(self._style, entry.name)
        if isinstance(value, bool):
            control: QWidget = self._check_box(entry.name, facts, value)
            self._form.addRow(control)
        elif facts.get("choices"):
            control = self._choice(entry.name, facts, value)
            self._form.addRow(QLabel(facts["title"], self), control)
        else:
            control = self._number(entry.name, facts, float(value))
            self._form.addRow(QLabel(facts["title"], self), control)
        control.setToolTip(facts.get("help", ""))
        if facts.get("unless"):
            self._idle.append((facts["unless"], control))
            control.setEnabled(not getattr(self._style, facts["unless"]))

    def _check_box(self, name: str, facts: Any, value: bool) -> QCheckBox:
        box = QCheckBox(facts["title"], self)
        box.setChecked(value)
        box.toggled.connect(lambda on: self._set(name, on))
        self._setters[name] = box.setChecked
        return box

    def _choice(self, name: str, facts: Any, value: str) -> QComboBox:
        box = QComboBox(self)
        for choice in facts["choices"]:
            box.addItem(choice.capitalize(), choice)
            if choice in COLOR_MAPS:
                box.setItemIcon(box.count() - 1, _swatch(choice))
        box.setIconSize(SWATCH)
        box.setAccessibleName(facts["title"])
        self._setters[name] = lambda choice: box.setCurrentIndex(box.findData(choice))
        self._setters[name](value)
        box.currentIndexChanged.connect(lambda _: self._set(name, box.currentData()))
        return box

    def _number(self, name: str, facts: Any, value: float) -> QWidget:
        low, high = facts.get("limits") or (-1e9, 1e9)
        row = QWidget(self)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        box = QDoubleSpinBox(row)
        box.setRange(low, high)
        box.setDecimals(2)
        box.setSingleStep(0.1)
        box.setKeyboardTracking(False)
        box.setAccessibleName(facts["title"])
        if facts.get("unit"):
            box.setSuffix(f" {facts['unit']}")
        box.setValue(value)
        box.valueChanged.connect(lambda number: self._set(name, number))
        self._setters[name] = box.setValue
        if high - low <= SLIDER_REACH_LIMIT:
            slider = QSlider(Qt.Orientation.Horizontal, row)
            slider.setRange(round(low * SLIDER_STEPS_PER_UNIT), round(high * SLIDER_STEPS_PER_UNIT))
            slider.setValue(round(value * SLIDER_STEPS_PER_UNIT))
            slider.setMinimumWidth(120)
            slider.setAccessibleName(facts["title"])
            slider.valueChanged.connect(lambda steps: box.setValue(steps / SLIDER_STEPS_PER_UNIT))
            box.valueChanged.connect(
                lambda number: (
                    None
                    if abs(slider.value() - number * SLIDER_STEPS_PER_UNIT) < 1
                    else slider.setValue(round(number * SLIDER_STEPS_PER_UNIT))
                )
            )
            line.addWidget(slider, 1)
        line.addWidget(box)
        return row

    def _set(self, name: str, value: Any) -> None:
        if getattr(self._style, name) != value:
            self._style = replace(self._style, **{name: value})
            for unless, control in self._idle:
                control.setEnabled(not getattr(self._style, unless))
            self.changed.emit(self._style)

    def _reset(self) -> None:
        for name, setter in self._setters.items():
            setter(getattr(self._default, name))
