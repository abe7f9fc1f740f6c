"""Which of the objects under a stroke it takes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from viewer.app.labelling import Labelling
from viewer.model.filters import Filter, Prefer
from viewer.ui.parts import ignore_idle_wheel, text_label

FILTERS = {
    Filter.NO_CLASS: ("no class", "Only objects that have no class yet"),
    Filter.NO_INSTANCE: ("no instance", "Only objects that have no instance yet"),
    Filter.WITH_CLASS: ("a class", "Only objects that have a class"),
    Filter.WITH_INSTANCE: ("an instance", "Only objects that have an instance"),
}
PREFER = {
    Prefer.OBJECT: "The object alone",
    Prefer.INSTANCE: "All of its instance",
    Prefer.CLASS: "All of its class",
}


class StrokeOptions(QWidget):
    """The four filters, what a hit stands for, and whether strokes go through surfaces."""

    def __init__(self, set_filter: Callable[[Filter, bool], None], set_brush: Callable[..., None]) -> None:
        super().__init__()
        self.filters: dict[Filter, QCheckBox] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        for k, (which, (title, tip)) in enumerate(FILTERS.items()):
            box = QCheckBox(title)
            box.setToolTip(tip)
            box.setAccessibleName(tip)
            box.clicked.connect(lambda on, which=which: set_filter(which, on))
            grid.addWidget(box, k // 2, k % 2)
            self.filters[which] = box
        self.prefer = QComboBox()
        self.prefer.setAccessibleName("A hit takes")
        self.prefer.setToolTip("What a hit object stands for")
        self.prefer.addItems(list(PREFER.values()))
        self.prefer.activated.connect(lambda row: set_brush(prefer=list(PREFER)[row]))
        ignore_idle_wheel(self.prefer)
        self.through = QCheckBox("Through surfaces")
        self.through.setToolTip("Also objects hidden behind others")
        self.through.clicked.connect(lambda on: set_brush(select_through=on))
        takes = QHBoxLayout()
        takes.addWidget(text_label("A hit takes", "muted"))
        takes.addWidget(self.prefer, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(text_label("Only objects with", "section"))
        column.addLayout(grid)
        column.addLayout(takes)
        column.addWidget(self.through)

    def show_brush(self, labelling: Labelling) -> None:
        brush = labelling.brush
        for which, box in self.filters.items():
            box.setChecked(brush.filters.is_on(which))
        self.prefer.setCurrentIndex(list(PREFER).index(brush.prefer))
        self.through.setChecked(brush.select_through)
