"""The head of an image pane: what it shows, of which frame, in which colors."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QWidget

from viewer.imaging.modality import Legend, Modality
from viewer.model.frames import FrameId
from viewer.ui.depth_switch import DepthSwitch
from viewer.ui.legend_bar import LegendBar
from viewer.ui.modality_chooser import ModalityChooser
from viewer.ui.parts import tool_button
from viewer.ui.pin_button import PinButton

SPACING_PX: Final = 4


class PaneHead(QWidget):
    """In a narrow pane the title keeps its room, and what can be found elsewhere gives way."""

    name_moved = Signal()  # the name of the pinned frame has room here again, or no more

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.chooser = ModalityChooser(self)
        self.depth_switch = DepthSwitch(self)
        self.pin_button = PinButton()
        self.legend = LegendBar(self)
        self.style_button = tool_button(
            "sun", self.tr("How this pane is shown"), self.tr("Brightness, colors and range of this pane")
        )
        kept = self.style_button.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # heads of one height, so that pictures line up
        self.style_button.setSizePolicy(kept)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 2, 0)
        row.setSpacing(SPACING_PX)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.addWidget(self.chooser)
        row.addWidget(self.depth_switch)
        row.addWidget(self.pin_button)
        row.addStretch(1)
        row.addWidget(self.legend)
        row.addWidget(self.style_button)

    def set_modality(self, modality: Modality[Any], *, has_style: bool) -> None:
        self.chooser.set_key(modality)
        self.depth_switch.set_modality(modality)
        self.style_button.setVisible(has_style)
        self.set_legend(None)

    def set_legend(self, legend: Legend | None) -> None:
        self.legend.set_legend(legend)
        self._make_room()

    def set_pinned(self, frame: FrameId | None) -> None:
        self.pin_button.set_pinned(frame)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Give what is left beside the title to the frame's name, then to the scale, then to the switch."""
        fixed = (self.chooser.sizeHint(), self.style_button.sizeHint())
        room = self.width() - sum(size.width() + SPACING_PX for size in fixed)
        room -= self.pin_button.least_width + 2 * SPACING_PX
        name = self.pin_button.named_width - self.pin_button.least_width
        if self.pin_button.is_named is not (name <= room):
            self.pin_button.set_named(name <= room)
            self.name_moved.emit()
        room -= name if name <= room else 0
        scale = self.legend.minimumSizeHint().width() + SPACING_PX if self.legend.legend is not None else 0
        self.legend.set_room(scale <= room)
        room -= scale if scale <= room else 0
        self.depth_switch.set_room(self.depth_switch.sizeHint().width() + SPACING_PX <= room)
