"""What a box is, in words beside the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QFrame, QVBoxLayout

from viewer.model.boxes import KIND_TITLES
from viewer.ui.parts import text_label

if TYPE_CHECKING:
    from viewer.render.id_buffer import PointerHit
    from viewer.ui.main_window import MainWindow

OFFSET = QPoint(18, 20)
"""From the pointer to the corner of the label."""


class BoxHint(QFrame):
    """Class, instance and size of the box that the pointer rests on in the 3D view."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._over = window
        self.setProperty("role", "hint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.title = text_label("", "heading")
        self.size_words = text_label("", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 5, 8, 5)
        column.setSpacing(1)
        column.addWidget(self.title)
        column.addWidget(self.size_words)
        self.hide()
        view = window.scene_view
        view.pointer_rested.connect(self._show_hit)
        view.view_changed.connect(self._vanish)
        window.session.scene_changed.connect(self._vanish)

    def _vanish(self) -> None:
        self.hide()

    def _show_hit(self, hit: PointerHit | None) -> None:
        window = self._over
        is_box = hit is not None and hit.kind == "box"
        instance = hit.index if hit is not None and is_box else None
        window.scene_view.set_hovered_box(instance)
        words = None if instance is None else window.boxes.display.words_of(instance)
        if words is None:
            self.hide()
            return
        kind = KIND_TITLES.get(window.boxes.display.style.kind, "")
        self.title.setText(words.title)
        self.size_words.setText(f"{words.size}   {kind}".rstrip())
        self.adjustSize()
        place = window.mapFromGlobal(QCursor.pos())
        corner = place + OFFSET
        if corner.x() + self.width() > window.width():
            corner.setX(place.x() - OFFSET.x() - self.width())
        if corner.y() + self.height() > window.height():
            corner.setY(place.y() - OFFSET.y() - self.height())
        self.move(max(corner.x(), 0), max(corner.y(), 0))
        self.show()
        self.raise_()
