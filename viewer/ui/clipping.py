"""Cutting the scene open: one key for the ceiling, one for a box around the selection, and a bar."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QSettings

from viewer.app.clipping import box_around, box_from_numbers, ceiling_cut
from viewer.model.clip_box import ClipBox

if TYPE_CHECKING:
    from viewer.ui.actions import ActionSet
    from viewer.ui.main_window import MainWindow


class Clipping(QObject):
    """Switches the clip box of the session.

    Each scene keeps its own cut, also for the next time; the box around a selection is made anew each time.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._is_passing = False
        window.session.clip_changed.connect(self._keep)

    def toggle(self) -> None:
        """Cut below the ceiling, or wherever this scene was cut last; or show it whole again."""
        session = self._window.session
        if session.scene is None:
            return
        if session.clip is not None:
            session.set_clip(None)
            return
        self._is_passing = False
        box = self._kept()
        session.set_clip(ceiling_cut(session.scene, self._window.scene_view.bounds) if box is None else box)
        self._window.tell("Cut open; C shows it whole again")

    def around_selection(self) -> None:
        """Show only what lies in the box around the selected objects."""
        session = self._window.session
        facts, scene, chosen = session.facts, session.scene, session.selection
        if scene is None or not len(chosen):
            return
        if facts is None:
            self._window.tell("Where the objects of this scene are is not known")
            return
        low, high = facts.low[chosen], facts.high[chosen]
        has_place = np.isfinite(low).all(axis=1)
        if not has_place.any():
            self._window.tell("Nothing of these objects has been seen, so there is no box around them")
            return
        self._is_passing = True
        session.set_clip(
            box_around(low[has_place].min(axis=0), high[has_place].max(axis=0), scene.metres_per_unit)
        )

    def whole(self) -> None:
        """Forget where this scene was cut, and show it whole."""
        self._window.session.set_clip(None)
        if self._key:
            QSettings().remove(self._key)

    def show_state(self, table: ActionSet) -> None:
        """Tick the command while the scene is cut."""
        table["cut_ceiling"].setChecked(self._window.session.clip is not None)

    @property
    def _key(self) -> str:
        scene = self._window.session.scene
        return "" if scene is None else f"clip/{scene.name}"

    def _keep(self) -> None:
        box = self._window.session.clip
        if box is not None and self._key and not self._is_passing:
            QSettings().setValue(self._key, json.dumps([*box.low.tolist(), *box.high.tolist()]))

    def _kept(self) -> ClipBox | None:
        text = QSettings().value(self._key, "[]", str)
        try:
            numbers = json.loads(str(text))
        except ValueError:
            return None
        return box_from_numbers(numbers) if isinstance(numbers, list) else None
