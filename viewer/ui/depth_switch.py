"""The switch in an image pane between distance and planar depth: one click apart, never mixed up."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from viewer.imaging.modality import Modality

TIP = (
    "Distance runs along the ray of each pixel, as the files have it. Planar depth runs along the camera's "
    "axis: what most other programs mean by depth. It follows from the lens in use."
)


class DepthSwitch(QToolButton):
    """On while planar depth is shown. Not there for images that are no depths."""

    chosen = Signal(str)  # key of the other modality, by the user's hand

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(self.tr("Planar"))
        self.setCheckable(True)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.tr("Planar depth instead of distance"))
        self.setToolTip(self.tr(TIP))
        self._other = ""
        self._is_narrow = False
        self.clicked.connect(lambda: self.chosen.emit(self._other))

    def set_modality(self, modality: Modality[Any]) -> None:
        self._other = modality.counterpart
        self.setChecked(modality.key == "planar_depth")
        self._show()

    def set_room(self, is_there: bool) -> None:
        """Without room it is not there."""
        self._is_narrow = not is_there
        self._show()

    def _show(self) -> None:
        self.setVisible(bool(self._other) and not self._is_narrow)
