"""The cameras that do not stand in free space, and why."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from viewer.app.octomap_facts import StrayCamera
from viewer.app.session import Session
from viewer.model.octomap import Octomap
from viewer.ui.dialogs.dialog import Dialog
from viewer.ui.numpy_table import Column, NumpyTable
from viewer.ui.parts import EmptyState, listen, push_button, text_label
from viewer.ui.table_view import TableView


class StrayCamerasDialog(Dialog):
    """A row per keyframe; selecting one shows that frame. Follows the session while it is open."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Cameras outside free space", parent, size=(620, 420))
        self._session = session
        self.strays: tuple[StrayCamera, ...] = ()
        self.table = NumpyTable(
            (
                Column(
                    "camera", "Camera", lambda k: self.strays[k].frame.camera, lambda: self._keys("camera")
                ),
                Column(
                    "frame",
                    "Frame",
                    lambda k: str(self.strays[k].frame.frame),
                    lambda: self._keys("frame"),
                    is_number=True,
                    width=64,
                ),
                Column("why", "Why", lambda k: self.strays[k].why, lambda: self._keys("why")),
            )
        )
        self.view = TableView(self.table)
        self.view.setAccessibleName("Cameras outside free space")
        self.view.stretch("why")
        self.view.selection_made.connect(self._go_to)
        self.view.sort_asked.connect(self._sort)
        self.summary = text_label("", wraps=True)
        self.empty = EmptyState("octomap", "", "")
        self.body.addWidget(self.summary)
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self.empty, 1)
        self._copy = push_button("Copy as text", icon="copy", clicked=self._copy_text)
        self.add_buttons(self._copy)
        listen(self, session.octomap_facts_changed, self._fill)
        listen(self, session.scene_changed, self._fill)
        self._fill()

    def _fill(self) -> None:
        facts = self._session.octomap_facts
        self.strays = () if facts is None else facts.strays
        self.table.show(np.arange(len(self.strays)), len(self.strays))
        has_some = bool(self.strays)
        self.view.setVisible(has_some)
        self.summary.setVisible(has_some)
        self._copy.setEnabled(has_some)
        self.empty.setVisible(not has_some)
        if facts is not None and has_some:
            self.summary.setText(
                f"{len(self.strays):,} of {facts.camera_count:,} keyframes do not stand in free space. "
                "A trajectory through walls, another unit or another scene's octomap look like this."
            )
            return
        scene = self._session.scene
        if scene is None or scene.part(Octomap) is None:
            self.empty.say("This scene has no octomap.", "Tools > Generate Octomap makes one from the mesh.")
        elif facts is None:
            self.empty.say("Looking up where the cameras stand…", "")
        elif not facts.camera_count:
            self.empty.say("This scene has no cameras.", "")
        else:
            self.empty.say(f"All {facts.camera_count:,} keyframes stand in free space.", "")

    def _keys(self, name: str) -> NDArray[np.generic]:
        values = {
            "camera": [stray.frame.camera for stray in self.strays],
            "frame": [stray.frame.frame for stray in self.strays],
            "why": [stray.why for stray in self.strays],
        }
        return np.array(values[name])

    def _sort(self, key: str, is_descending: bool) -> None:
        order = np.argsort(self._keys(key), kind="stable")
        self.table.show(order[::-1] if is_descending else order, len(self.strays))

    def _go_to(self, items: NDArray[np.int64]) -> None:
        if len(items):
            self._session.show_frame(self.strays[int(items[0])].frame)

    def _copy_text(self) -> None:
        lines = [f"{stray.frame.camera}\t{stray.frame.frame}\t{stray.why}" for stray in self.strays]
        QGuiApplication.clipboard().setText("\n".join(lines))
