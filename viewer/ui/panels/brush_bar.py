"""What the next stroke does: layer, current label, tool, erase and unique ids."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from viewer.app.labelling import Labelling
from viewer.model.labels import LabelLayer
from viewer.tools.registry import TOOLS
from viewer.ui import theme
from viewer.ui.parts import ElidedLabel, push_button, tool_button, with_shortcut
from viewer.ui.swatches import swatch

BIG_SWATCH_PX = 32
LAYER_TITLES = {LabelLayer.SEMANTIC: "Class", LabelLayer.INSTANCE: "Instance"}
SetBrush = Callable[..., None]


class LayerSwitch(QWidget):
    """Class or instance, as two halves of one switch."""

    def __init__(self, set_brush: SetBrush) -> None:
        super().__init__()
        self._buttons: dict[LabelLayer, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        group = QButtonGroup(self)
        for layer, title in LAYER_TITLES.items():
            button = push_button(
                title,
                tip=with_shortcut(f"Paint the {title.lower()} of objects", "Y"),
                clicked=lambda layer=layer: set_brush(layer=layer),  # type: ignore[misc]
            )
            button.setCheckable(True)
            button.setProperty("segment", "first" if layer is LabelLayer.SEMANTIC else "last")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            group.addButton(button)
            row.addWidget(button, 1)
            self._buttons[layer] = button

    def show_layer(self, layer: LabelLayer) -> None:
        self._buttons[layer].setChecked(True)


class CurrentLabel(QFrame):
    """What the next stroke gives, large enough to be seen from the corner of the eye."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._swatch = QLabel()
        self._swatch.setFixedSize(BIG_SWATCH_PX, BIG_SWATCH_PX)
        self._name = ElidedLabel("", "heading")
        self._detail = ElidedLabel("", "muted")
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._name)
        words.addWidget(self._detail)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self._swatch)
        row.addLayout(words, 1)

    @property
    def text(self) -> str:
        return f"{self._name.text()}\n{self._detail.text()}"

    def show_label(self, labelling: Labelling) -> None:
        brush = labelling.brush
        colors = theme.tokens()
        if brush.erase:
            what = "class" if brush.layer is LabelLayer.SEMANTIC else "instance"
            self._swatch.setPixmap(theme.pixmap("erase", BIG_SWATCH_PX, colors.danger))
            self._say("Erase", f"strokes remove the {what}")
        elif brush.gives_unique_ids:
            self._swatch.setPixmap(theme.pixmap("unique", BIG_SWATCH_PX, colors.accent_text))
            self._say("Unique instances", "a new one for each object")
        elif brush.layer is LabelLayer.SEMANTIC:
            entry = labelling.table.get(brush.class_id)
            self._swatch.setPixmap(swatch(None if entry is None else entry.color, BIG_SWATCH_PX))
            has = _objects(labelling.labels.semantic, brush.class_id)
            self._say(labelling.table.name_of(brush.class_id), f"class {brush.class_id}, {has}")
        else:
            self._swatch.setPixmap(swatch(labelling.instances.color_of(brush.instance_id), BIG_SWATCH_PX))
            name = labelling.instances.name_of(brush.instance_id)
            has = _objects(labelling.labels.instance, brush.instance_id)
            self._say(name[:1].upper() + name[1:], has)

    def _say(self, name: str, detail: str) -> None:
        self._name.setText(name)
        self._detail.setText(detail)
        self.setAccessibleName(f"Painting with {name}, {detail}")


def _objects(values: NDArray[np.int64], label: int) -> str:
    count = int(np.count_nonzero(values == label))
    return "no object yet" if not count else f"{count:,} object{'s' if count > 1 else ''}"


class ToolRow(QWidget):
    """The tools, and the switches that go with them."""

    def __init__(self, set_brush: SetBrush) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        group = QButtonGroup(self)
        self.tools = {}
        for tool in TOOLS:
            button = tool_button(
                tool.icon,
                tool.title,
                f"{tool.title}: {tool.hint}",
                shortcut=tool.shortcut,
                is_checkable=True,
                size=18,
                clicked=lambda key=tool.key: set_brush(tool=key),  # type: ignore[misc]
            )
            group.addButton(button)
            row.addWidget(button)
            self.tools[tool.key] = button
        row.addStretch(1)
        self.erase = tool_button(
            "erase",
            "Erase",
            "Erase: strokes remove the label",
            shortcut="E",
            is_checkable=True,
            size=18,
            clicked=lambda: set_brush(erase=self.erase.isChecked()),
        )
        self.unique = tool_button(
            "unique",
            "Unique instances",
            "Unique: a stroke gives each object an instance of its own",
            shortcut="U",
            is_checkable=True,
            size=18,
            clicked=lambda: set_brush(unique=self.unique.isChecked()),
        )
        row.addWidget(self.erase)
        row.addWidget(self.unique)
        for button in (*self.tools.values(), self.erase, self.unique):
            button.setFixedSize(QSize(30, 28))

    def show_brush(self, labelling: Labelling) -> None:
        brush = labelling.brush
        button = self.tools.get(brush.tool)
        if button is not None:
            button.setChecked(True)
        self.erase.setChecked(brush.erase)
        self.unique.setChecked(brush.unique)
        self.unique.setEnabled(brush.layer is LabelLayer.INSTANCE)
