"""A bar of controls that leaves out the less important ones where there is no room."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QWidget

from viewer.ui.parts import widgets_in

SPACING_PX = 8
MARGINS_PX = (12, 6, 12, 6)


class NarrowBar(QWidget):
    """Controls in a row. It never makes its window wider."""

    def __init__(self) -> None:
        super().__init__()
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(*MARGINS_PX)
        self.row.setSpacing(SPACING_PX)
        self.row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._drops: tuple[tuple[QWidget, ...], ...] = ()

    def set_drops(self, *groups: Sequence[QWidget]) -> None:
        """Which controls go first when it gets narrow; those of a group go together."""
        self._drops = tuple(tuple(group) for group in groups)
        self._make_room()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.row.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        widgets = widgets_in(self.row, QWidget)
        kept = {id(widget): widget for widget in widgets}
        for group in self._drops:
            if _needed(list(kept.values())) <= self.width():
                break
            for widget in group:
                kept.pop(id(widget), None)
        for widget in widgets:
            widget.setVisible(id(widget) in kept)


def _needed(widgets: Sequence[QWidget]) -> int:
    widths = [max(widget.minimumSizeHint().width(), widget.minimumWidth()) for widget in widgets]
    return sum(widths) + SPACING_PX * max(len(widths) - 1, 0) + MARGINS_PX[0] + MARGINS_PX[2]
