"""How each layer of the 3D view looks, switched from menus and from the layer panel alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from viewer.model.boxes import BoxSets
from viewer.model.frames import Images
from viewer.model.mesh import Mesh
from viewer.model.octomap import Octomap

if TYPE_CHECKING:
    from viewer.ui.actions import ActionSet
    from viewer.ui.main_window import MainWindow

SWITCHES = {
    "wireframe": ("mesh", "wireframe"),
    "toggle_boxes": ("boxes", "visible"),
    "toggle_octomap": ("octomap", "visible"),
    "toggle_cameras": ("cameras", "visible"),
    "toggle_points": ("points", "visible"),
}
_SURFACES = (Mesh, Images)
_INSTEAD_OF_SURFACES = {"octomap": Octomap, "boxes": BoxSets}


class LayerStyles(QObject):
    """The styles in force. `changed` tells which layer's style is another one now."""

    changed = Signal(str)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._session = window.session
        self._view = window.scene_view
        self._shown_instead: set[str] = set()
        self._session.scene_changed.connect(self._show_something)

    def specs(self) -> dict[str, Any]:
        """The layers of the view by key, in drawing order."""
        return dict(self._view.layers)

    def style(self, key: str) -> Any:
        return self._view.layers[key].style

    def apply(self, key: str, style: Any) -> None:
        if style != self.style(key):
            self._view.set_layer_style(key, style)
            self.changed.emit(key)

    def flip(self, key: str, name: str) -> None:
        style = self.style(key)
        self.apply(key, replace(style, **{name: not getattr(style, name)}))

    def is_visible(self, key: str) -> bool:
        return bool(self.style(key).visible)

    def show_switches(self, table: ActionSet) -> None:
        for action, (key, name) in SWITCHES.items():
            table[action].setChecked(bool(getattr(self.style(key), name)))

    def _show_something(self) -> None:
        """Layers that start switched off are on in a scene without surfaces, and off again in the next."""
        scene = self._session.scene
        has_surfaces = scene is None or any(kind in scene.parts for kind in _SURFACES)
        for key, kind in _INSTEAD_OF_SURFACES.items():
            is_wanted = scene is not None and not has_surfaces and kind in scene.parts
            if is_wanted and not self.is_visible(key):
                self._shown_instead.add(key)
                self.flip(key, "visible")
            elif not is_wanted and key in self._shown_instead:
                self._shown_instead.discard(key)
                if self.is_visible(key):
                    self.flip(key, "visible")
