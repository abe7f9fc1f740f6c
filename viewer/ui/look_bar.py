"""The bar below the 3D view while looking through a camera: how opaque the image is, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from viewer.ui.looking import Looking
from viewer.ui.parts import ElidedLabel

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

STEPS = 100


class LookBar(QWidget):
    """Shown only in look-through mode."""

    def __init__(self, looking: Looking) -> None:
        super().__init__()
        self._looking = looking
        self.setObjectName("look_bar")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, STEPS)
        self.slider.setAccessibleName("Opacity of the image over the scene")
        self.slider.setToolTip("Opacity of the image over the scene (O hides and shows it)")
        self.slider.setMaximumWidth(320)
        leave = QPushButton("Leave")
        leave.setToolTip("Back to the free view (Esc)")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        self.told = ElidedLabel("")
        row.addWidget(self.told, 3)
        self._ends = QLabel("Scene"), QLabel("Image")
        row.addWidget(self._ends[0])
        row.addWidget(self.slider, 2)
        row.addWidget(self._ends[1])
        row.addStretch(1)
        row.addWidget(leave)
        self.slider.valueChanged.connect(lambda value: looking.set_opacity(value / STEPS))
        leave.clicked.connect(looking.toggle)
        looking.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.slider.setValue(round(self._looking.opacity * STEPS))
        frame, absence = self._looking.frame, self._looking.absence
        where = "" if frame is None else f"Looking through {frame.camera}"
        number = "" if frame is None else f", frame {frame.frame}"
        self.told.setText(f"{where}. {absence}" if absence else f"{where}{number}")
        for widget in (*self._ends, self.slider):
            widget.setVisible(not absence)  # nothing to fade in
        self.setVisible(self._looking.is_on)


def look_bar_of(window: MainWindow) -> LookBar:
    """The bar of a window, below its view."""
    bar = LookBar(window.looking)
    window.column.addWidget(bar)
    return bar
