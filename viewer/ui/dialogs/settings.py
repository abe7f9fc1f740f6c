"""Settings: every change holds at once, so there is no OK."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from viewer.app.settings import Settings, settings_file
from viewer.ui.dialogs.dialog import Dialog
from viewer.ui.parts import ElidedLabel, push_button
from viewer.ui.style_form import StyleForm

PATHS = {"also_roots": "folder", "camera_table": "file"}
TITLE_PX = 140


class SettingsDialog(Dialog):
    """Emits `changed` with the whole settings on every change."""

    changed = Signal(object)  # Settings

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__("Settings", parent, size=(600, 640))
        self.form = StyleForm(settings, browse=PATHS, shows_help=True, title_width=TITLE_PX)
        self.form.changed.connect(self.changed)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 12, 0)
        column.addWidget(self.form)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(holder)
        self.body.addWidget(scroll, 1)
        self.body.addWidget(ElidedLabel(f"Kept in {settings_file()}", "faint"))
        self.add_buttons(
            push_button("Defaults", tip="Set everything back to how it came", clicked=self._reset)
        )

    def _reset(self) -> None:
        if self.form.value != Settings():
            self.form.set_value(Settings())
            self.changed.emit(self.form.value)
