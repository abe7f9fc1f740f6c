"""What a box is, in words beside the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viewer.model.boxes import KIND_TITLES
from viewer.ui.pointer_hint import PointerHint

if TYPE_CHECKING:
    from viewer.render.id_buffer import PointerHit
    from viewer.ui.main_window import MainWindow


class BoxHint(PointerHint):
    """Class, instance and size of the box that the pointer rests on in the 3D view."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        view = window.scene_view
        view.pointer_rested.connect(self._show_hit)
        view.view_changed.connect(self._vanish)
        window.session.scene_changed.connect(self._vanish)

    def _vanish(self) -> None:
        self.hide()

    def _show_hit(self, hit: PointerHit | None) -> None:
        window = self._window
        is_box = hit is not None and hit.kind == "box"
        instance = hit.index if hit is not None and is_box else None
        window.scene_view.set_hovered_box(instance)
        words = None if instance is None else window.boxes.display.words_of(instance)
        if words is None:
            self.hide()
            return
        kind = KIND_TITLES.get(window.boxes.display.style.kind, "")
        self.say(words.title, f"{words.size}   {kind}".rstrip())
