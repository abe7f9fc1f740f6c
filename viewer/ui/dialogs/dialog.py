"""The frame that all dialogs share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLayout, QPushButton, QVBoxLayout, QWidget

from viewer.ui.parts import listen, push_button

if TYPE_CHECKING:
    from viewer.app.session import Session


class Dialog(QDialog):
    """A window with content above and buttons below. Esc closes it; it is deleted then."""

    def __init__(self, title: str, parent: QWidget | None, *, size: tuple[int, int]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.resize(*size)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 12)
        outer.setSpacing(12)
        outer.addLayout(self.body, 1)
        outer.addLayout(self._buttons)

    def show_for_scene(self, session: Session) -> None:
        """Show it until another scene is opened: what it asks is about the one that is open now."""
        listen(self, session.scene_changed, self._leave)
        self.show()

    def _leave(self) -> None:
        self.close()

    def add_buttons(self, *left: QPushButton, right: tuple[QPushButton, ...] = ()) -> None:
        """Put buttons below; Close stands on the right when nothing else does."""
        for button in left:
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)
        for button in right or (push_button("Close", clicked=self.close),):
            self._buttons.addWidget(button)

    def add_form(self, *rows: tuple[str, QWidget | QLayout]) -> None:
        """Fields below each other, their names before them; the room below them stays free."""
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        for name, field in rows:
            form.addRow(name, field)
        self.body.addLayout(form)
        self.body.addStretch(1)

    def add_deed(self, text: str, clicked: Callable[[], object]) -> QPushButton:
        """Cancel and the button that does what the dialog is for; returns the latter."""
        button = push_button(text, kind="primary", clicked=clicked)
        button.setDefault(True)
        self.add_buttons(right=(push_button("Cancel", clicked=self.close), button))
        return button
