"""The dock of lists: objects and instances."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget

from viewer.app.rows import ShowOnly
from viewer.app.session import Session
from viewer.ui.in_turn import InTurn, at_once
from viewer.ui.panels.instance_list import InstanceList
from viewer.ui.panels.object_list import ObjectList


class ObjectsPanel(QTabWidget):
    """Two lists of the same scene, all in step with the selection."""

    focus_requested = Signal(object)  # (K,) object ids

    def __init__(self, session: Session, in_turn: InTurn = at_once) -> None:
        """`in_turn` runs a change of labels after the strokes that are still being computed."""
        super().__init__()
        self.setDocumentMode(True)
        self.objects = ObjectList(session, in_turn)
        self.instances = InstanceList(session, in_turn)
        for page, title in (
            (self.objects, "Objects"),
            (self.instances, "Instances"),
        ):
            self.addTab(page, title)
            page.focus_requested.connect(self.focus_requested)

    def show_only(self, show: ShowOnly) -> None:
        """List these objects only."""
        self.setCurrentWidget(self.objects)
        self.objects.show_only(show)

    def focus_search(self) -> None:
        """Put the cursor into the search field of the objects."""
        self.setCurrentWidget(self.objects)
        self.objects.search.setFocus()
        self.objects.search.selectAll()
