"""What the View menu does: where the view goes, what it shows and in which colors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from viewer.app.session import ColorBy
from viewer.model.boxes import BoxSets
from viewer.model.camera import Cameras
from viewer.model.mesh import Mesh
from viewer.model.octomap import Octomap

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow


class Viewing(QObject):
    """Commands about the 3D view and what is selected in it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def escape(self) -> None:
        """Cancel a stroke, else leave look-through, else clear the selection."""
        if self._window.scene_view.cancel_stroke():
            return
        if self._window.looking.is_on:
            self._window.looking.toggle()
            return
        self._window.session.select([])

    def focus_selection(self) -> None:
        """Fly to what is selected."""
        self.focus_on(self._window.session.selection)

    def focus_on(self, object_ids: Any) -> None:
        facts = self._window.session.facts
        if not len(object_ids):
            return
        if facts is None:
            self._window.tell("Where the objects of this scene are is not known")
            return
        low, high = facts.low[object_ids], facts.high[object_ids]
        seen = np.isfinite(low).all(axis=1)
        if not seen.any():
            self._window.tell("Nothing of these objects has been seen, so there is no place to fly to")
            return
        self.focus_box(low[seen].min(axis=0), high[seen].max(axis=0))

    def focus_box(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> None:
        """Fly to where the box between two corners (3,) fills the view."""
        self._window.bookmarks.remember()
        self._window.scene_view.focus_on((low + high) / 2, float(np.linalg.norm(high - low)) / 2)

    def hide_selection(self) -> None:
        self._window.session.set_hidden(
            np.union1d(self._window.session.hidden, self._window.session.selection)
        )

    def isolate_selection(self) -> None:
        self._window.session.isolate(self._window.session.selection)

    def toggle_xray(self) -> None:
        self._window.session.set_xray(not self._window.session.is_xray)
        if self._window.session.is_xray and not len(self._window.session.selection):
            self._window.tell("X-ray is on: select something to see it through everything else")

    def show_all(self) -> None:
        self._window.session.set_hidden([])
        self._window.session.set_xray(False)

    def toggle_wireframe(self) -> None:
        self._flip("mesh", Mesh, "no mesh", "wireframe")

    def toggle_boxes(self) -> None:
        self._flip("boxes", BoxSets, "no boxes")

    def toggle_octomap(self) -> None:
        self._flip("octomap", Octomap, "no octomap")

    def toggle_cameras(self) -> None:
        self._flip("cameras", Cameras, "no cameras")

    def _flip(self, layer: str, kind: type, lack: str, switch: str = "visible") -> None:
        """Flip a switch of a layer, and say so when there is nothing that it could show."""
        self._window.layer_styles.flip(layer, switch)
        scene = self._window.session.scene
        if scene is not None and scene.part(kind) is None:
            self._window.tell(f"This scene has {lack}")

    def toggle_points(self) -> None:
        self._window.layer_styles.flip("points", "visible")
        if self._window.session.points is None and self._window.layer_styles.is_visible("points"):
            self._window.opening.fuse_points()

    def color_by_class(self) -> None:
        self._window.session.set_color_by(ColorBy.CLASS)

    def color_by_instance(self) -> None:
        self._window.session.set_color_by(ColorBy.INSTANCE)

    def color_by_object(self) -> None:
        self._window.session.set_color_by(ColorBy.OBJECT)

    def color_by_photo(self) -> None:
        self._window.session.set_color_by(ColorBy.PHOTO)

    def color_by_normal(self) -> None:
        self._window.session.set_color_by(ColorBy.NORMAL)

    def find_object(self) -> None:
        self._window.docks["objects"].show()
        self._window.docks["objects"].raise_()
        self._window.panels.objects.focus_search()

    def inspect_pose(self) -> None:
        """Bring the pose inspector to the front."""
        self._window.docks["pose"].show()
        self._window.docks["pose"].raise_()

    def copy_pose(self) -> None:
        self._window.panels.pose.copy_text()
