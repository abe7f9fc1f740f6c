"""A form made from a frozen dataclass: one control per field, described by the field's metadata.

Metadata: `title`, `help`, `unit`, `choices`, and `limits` (low, high) or `min` and `max`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from viewer.ui.form_controls import CheckControl, Control, ListControl, control_for
from viewer.ui.parts import text_label

TITLE_PX = 104


class StyleForm(QWidget):
    """Emits a whole new dataclass on every change; `set_value` shows one and emits nothing."""

    changed = Signal(object)

    def __init__(
        self,
        value: Any,
        *,
        skip: tuple[str, ...] = (),
        browse: Mapping[str, str] | None = None,
        shows_help: bool = False,
        title_width: int = TITLE_PX,
    ) -> None:
        """`browse` says which text fields are paths: name → "file" or "folder"."""
        super().__init__()
        self._value = value
        self._controls: dict[str, Control] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        row = 0
        for entry in fields(value):
            if entry.name in skip:
                continue
            control = control_for(entry, getattr(value, entry.name), (browse or {}).get(entry.name, ""))
            title = str(entry.metadata.get("title") or entry.name.replace("_", " ").capitalize())
            tip = str(entry.metadata.get("help") or "")
            control.name_it(title, tip)
            if isinstance(control, CheckControl):
                grid.addWidget(control, row, 1 if shows_help else 0, 1, 1 if shows_help else 2)
            else:
                label = text_label(title, "muted")
                label.setFixedWidth(title_width)
                label.setWordWrap(True)
                label.setToolTip(tip)
                label.setBuddy(control.focus_target)
                at_top = isinstance(control, ListControl)
                where = Qt.AlignmentFlag.AlignTop if at_top else Qt.AlignmentFlag.AlignVCenter
                grid.addWidget(label, row, 0, where)
                grid.addWidget(control, row, 1)
            row += 1
            if shows_help and tip:
                grid.addWidget(text_label(tip, "faint", wraps=True), row, 1)
                row += 1
            control.edited.connect(lambda new, name=entry.name: self._take(name, new))
            self._controls[entry.name] = control

    @property
    def value(self) -> Any:
        """The dataclass as the controls show it."""
        return self._value

    def set_value(self, value: Any) -> None:
        before, self._value = self._value, value  # first, so that what the controls tell is nothing new
        for name, control in self._controls.items():
            new = getattr(value, name)
            if new != getattr(before, name):
                control.show_value(new)

    def control(self, name: str) -> Control:
        return self._controls[name]

    def _take(self, name: str, new: Any) -> None:
        if new != getattr(self._value, name):
            self._value = replace(self._value, **{name: new})
            self.changed.emit(self._value)
