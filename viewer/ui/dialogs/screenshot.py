"""What to take a picture of, and how large."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QSpinBox, QWidget

from viewer.ui.dialogs.dialog import Dialog
from viewer.ui.parts import push_button, text_label

LARGEST_SIDE = 16384


class Subject(Protocol):
    """Something to take a picture of."""

    @property
    def title(self) -> str: ...
    @property
    def size(self) -> tuple[int, int]: ...
    @property
    def keeps_shape(self) -> bool: ...
    @property
    def can_be_transparent(self) -> bool: ...


class SizeFields(QWidget):
    """Width and height in pixels; the height follows the width where a shape is kept."""

    def __init__(self, *, step: int = 1, least: int = 16, largest: int = LARGEST_SIDE) -> None:
        super().__init__()
        self._shape: float | None = None
        self.width_field, self.height_field = QSpinBox(), QSpinBox()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for field, name in ((self.width_field, "Width"), (self.height_field, "Height")):
            field.setRange(least, largest)
            field.setSingleStep(step)
            field.setAccessibleName(f"{name} in pixels")
            field.setMinimumWidth(84)
        row.addWidget(self.width_field)
        row.addWidget(text_label("×", "muted"))
        row.addWidget(self.height_field)
        row.addWidget(text_label("pixels", "muted"))
        row.addStretch(1)
        self.width_field.valueChanged.connect(self._follow)

    @property
    def size_px(self) -> tuple[int, int]:
        return self.width_field.value(), self.height_field.value()

    def show_size(self, size: tuple[int, int], *, keeps_shape: bool) -> None:
        self._shape = None
        self.width_field.setValue(size[0])
        self.height_field.setValue(size[1])
        self._shape = size[1] / size[0] if keeps_shape else None
        self.height_field.setEnabled(not keeps_shape)

    def _follow(self, width: int) -> None:
        if self._shape is not None:
            self.height_field.setValue(round(width * self._shape))


class ScreenshotDialog(Dialog):
    """Emits `chosen` with the subject, the size and whether the background is left out."""

    chosen = Signal(object, object, bool)  # Subject, (width, height), transparent

    def __init__(self, subjects: Sequence[Subject], parent: QWidget | None = None) -> None:
        super().__init__("Screenshot", parent, size=(420, 200))
        self._subjects = tuple(subjects)
        self.subject = QComboBox()
        self.subject.setAccessibleName("Picture of")
        self.subject.addItems([subject.title for subject in self._subjects])
        self.size_fields = SizeFields()
        self.twice = push_button("Twice", tip="Twice as wide and twice as high", clicked=self._double)
        self.transparent = QCheckBox("Leave the background out")
        size_row = QHBoxLayout()
        size_row.addWidget(self.size_fields, 1)
        size_row.addWidget(self.twice)
        self.add_form(("Picture of", self.subject), ("Size", size_row), ("", self.transparent))
        self.save = self.add_deed("Save…", self._choose)
        self.subject.currentIndexChanged.connect(self._show)
        self._show()

    @property
    def _current(self) -> Subject:
        return self._subjects[max(self.subject.currentIndex(), 0)]

    def _show(self) -> None:
        subject = self._current
        self.size_fields.show_size(subject.size, keeps_shape=subject.keeps_shape)
        self.transparent.setEnabled(subject.can_be_transparent)
        if not subject.can_be_transparent:
            self.transparent.setChecked(False)

    def _double(self) -> None:
        width, height = self.size_fields.size_px
        self.size_fields.show_size(
            (min(2 * width, LARGEST_SIDE), min(2 * height, LARGEST_SIDE)),
            keeps_shape=self._current.keeps_shape,
        )

    def _choose(self) -> None:
        self.chosen.emit(self._current, self.size_fields.size_px, self.transparent.isChecked())
        self.close()
