"""What to export of the scene's trajectories, and for which program."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSettings, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from viewer.app.pose_export import EXPORT_FORMATS, FORMATS_BY_KEY
from viewer.ui.dialogs.dialog import Dialog
from viewer.ui.parts import text_label

FORMAT_SETTING: Final = "poses/format"


class ExportPosesDialog(Dialog):
    """Emits `chosen` with the format, the cameras' names and whether only frames with images count."""

    chosen = Signal(object, object, bool)  # ExportFormat, tuple[str, ...], only pictured

    def __init__(self, cameras: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__("Export Trajectories", parent, size=(440, 220))
        self.format = QComboBox()
        for form in EXPORT_FORMATS:
            self.format.addItem(form.title, form.key)
        self.format.setCurrentIndex(max(self.format.findData(QSettings().value(FORMAT_SETTING, "json")), 0))
        self.camera = QComboBox()
        self.camera.addItem(f"All ({len(cameras)})" if len(cameras) > 1 else "All", ())
        for name in cameras:
            self.camera.addItem(name, (name,))
        self.only_pictured = QCheckBox("Only keyframes with an image")
        self._about = text_label("", "muted", wraps=True)
        for title, widget in (("For", self.format), ("Trajectories", self.camera)):
            widget.setAccessibleName(title)
        self.add_form(
            ("For", self.format),
            ("", self._about),
            ("Trajectories", self.camera),
            ("", self.only_pictured),
        )
        self.export = self.add_deed("Export…", self._choose)
        self.format.currentIndexChanged.connect(self._describe)
        self._describe()

    def _describe(self) -> None:
        self._about.setText(FORMATS_BY_KEY[self.format.currentData()].about)

    def _choose(self) -> None:
        key = self.format.currentData()
        QSettings().setValue(FORMAT_SETTING, key)
        cameras = tuple(self.camera.currentData())
        self.chosen.emit(FORMATS_BY_KEY[key], cameras, self.only_pictured.isChecked())
        self.close()
