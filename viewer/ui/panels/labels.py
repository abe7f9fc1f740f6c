"""The labelling panel: what to paint with, how, and what was done."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QStackedLayout, QStackedWidget, QVBoxLayout, QWidget

from viewer.app.session import Session
from viewer.model.filters import Filter
from viewer.model.labels import LabelChange, LabelLayer
from viewer.ui import theme
from viewer.ui.class_keys import ClassKeys
from viewer.ui.in_turn import InTurn, at_once
from viewer.ui.panels.brush_bar import CurrentLabel, LayerSwitch, ToolRow
from viewer.ui.panels.class_picker import ClassPicker
from viewer.ui.panels.history_list import HistoryList
from viewer.ui.panels.instance_picker import InstancePicker
from viewer.ui.panels.stroke_options import StrokeOptions
from viewer.ui.parts import EmptyState, listen, rule


class LabelsPanel(QWidget):
    """Shows the brush of the session's labelling and changes it.

    `in_turn` runs a change after the strokes that are still being computed.
    """

    def __init__(
        self, session: Session, in_turn: InTurn = at_once, class_keys: ClassKeys | None = None
    ) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self._session = session
        self._in_turn = in_turn
        self.layer_switch = LayerSwitch(self._set_brush)
        self.current = CurrentLabel()
        self.tools = ToolRow(self._set_brush)
        self.classes = ClassPicker(session, class_keys)
        self.instances = InstancePicker(session)
        self.options = StrokeOptions(self._set_filter, self._set_brush)
        self.history = HistoryList(session, self._go_to)
        self.empty = EmptyState("labels")
        self._pickers = QStackedWidget()
        self._pickers.addWidget(self.classes)
        self._pickers.addWidget(self.instances)
        self.classes.picked.connect(lambda place: self._set_brush(class_id=self.classes.class_at(place).id))
        self.instances.picked.connect(lambda item: self._set_brush(instance_id=item))
        self.instances.new_button.clicked.connect(lambda *_: self._on_labelling("create_instance"))

        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.layer_switch)
        column.addWidget(self.current)
        column.addWidget(self.tools)
        column.addWidget(self._pickers, 1)
        column.addWidget(self.options)
        column.addWidget(rule())
        column.addWidget(self.history)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(body)
        for signal, slot in (
            (session.scene_changed, self._take_scene),
            (session.brush_changed, self._show_brush),
            (session.instances_changed, self._show_current),
            (session.labels_changed, self._take_labels),
        ):
            listen(self, signal, slot)
        theme.NEWS.changed.connect(self._show_current)
        self._take_scene()

    @property
    def can_label(self) -> bool:
        return self._session.labelling is not None

    def focus_search(self) -> None:
        """Put the cursor where a class or an instance is found by typing."""
        picker = self._pickers.currentWidget()
        if picker is not None:
            picker.setFocus()

    # news from the session

    def _take_scene(self) -> None:
        scene = self._session.scene
        if scene is None:
            self.empty.say("Nothing is open.", "Open a scene to label its objects.")
        elif not self.can_label:
            self.empty.say(
                "This scene has no object list, so there is nothing to label.",
                "Labelling needs metadata_objects.csv or metadata_nodes.csv. "
                "Lay a folder that holds one over the scene (File menu).",
            )
        self._stack.setCurrentIndex(1 if self.can_label else 0)
        self.classes.take_classes()
        self.instances.take_instances()
        self.history.refresh()
        self._show_brush()

    def _take_labels(self, _change: LabelChange) -> None:
        self._show_current()

    def _show_brush(self) -> None:
        labelling = self._session.labelling
        if labelling is None:
            return
        brush = labelling.brush
        self.layer_switch.show_layer(brush.layer)
        self.tools.show_brush(labelling)
        self.options.show_brush(labelling)
        self._pickers.setCurrentIndex(0 if brush.layer is LabelLayer.SEMANTIC else 1)
        self.classes.show_class(brush.class_id)
        self.instances.show_current(brush.instance_id)
        self._show_current()

    def _show_current(self) -> None:
        labelling = self._session.labelling
        if labelling is not None:
            self.current.show_label(labelling)

    # gestures

    def _set_brush(self, **changes: Any) -> None:
        self._on_labelling("set_brush", **changes)

    def _set_filter(self, which: Filter, on: bool) -> None:
        self._on_labelling("set_filter", which, on)

    def _go_to(self, position: int) -> None:
        self._on_labelling("go_to", position)

    def _on_labelling(self, method: str, *what: Any, **changes: Any) -> None:
        def call() -> None:
            labelling = self._session.labelling
            if labelling is not None:
                getattr(labelling, method)(*what, **changes)
            self._show_brush()  # a button that was pressed for nothing goes back

        self._in_turn(call)
