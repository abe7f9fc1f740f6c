"""How each layer of the 3D view looks, switched from menus and from the layer panel alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

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


class LayerStyles(QObject):
    """The styles in force. `changed` tells which layer's style is another one now."""

    changed = Signal(str)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._view = window.scene_view

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
