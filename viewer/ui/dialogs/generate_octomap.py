"""How to generate an octomap, and where to write it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from viewer.app.octomap_making import OctomapSettings
from viewer.ui.dialogs.dialog import Dialog
from viewer.ui.parts import ElidedLabel, push_button, text_label
from viewer.ui.style_form import StyleForm

TITLE_PX = 120
EXPLANATION = (
    "Space is occupied where a surface passes. Rays from camera positions carve free space out of what is "
    "unknown; then rays from places drawn within it. The defaults are the dataset's own."
)


class GenerateOctomapDialog(Dialog):
    """Emits the settings and the folder when the user wants the octomap made."""

    accepted_settings = Signal(object, object)  # OctomapSettings, Path

    def __init__(self, settings: OctomapSettings, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__("Generate octomap", parent, size=(560, 430))
        self.folder = folder
        self.form = StyleForm(settings, title_width=TITLE_PX)
        self._place = ElidedLabel(str(folder))
        self._place.setToolTip(str(folder))
        self.body.addWidget(text_label(EXPLANATION, "muted", wraps=True))
        self.body.addWidget(self.form)
        row = QHBoxLayout()
        row.setSpacing(8)
        title = text_label("Write into", "muted")
        title.setFixedWidth(TITLE_PX)
        row.addWidget(title)
        row.addWidget(self._place, 1)
        row.addWidget(push_button("Choose…", clicked=self._choose))
        self.body.addLayout(row)
        self.body.addStretch(1)
        self.generate_button = push_button("Generate", kind="primary", clicked=self._accept)
        self.add_buttons(
            push_button("Defaults", tip="The dataset's own values", clicked=self._reset),
            right=(push_button("Cancel", clicked=self.close), self.generate_button),
        )
        self.generate_button.setDefault(True)

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Write the octomap into", str(self.folder))
        if chosen:
            self.folder = Path(chosen)
            self._place.setText(chosen)
            self._place.setToolTip(chosen)

    def _reset(self) -> None:
        self.form.set_value(OctomapSettings())

    def _accept(self) -> None:
        self.accepted_settings.emit(self.form.value, self.folder)
        self.close()
