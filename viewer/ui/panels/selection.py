"""The card of what is selected, or of what the pointer rests on while nothing is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from viewer.app.object_card import ObjectCard, card_of
from viewer.app.session import Session
from viewer.ui.parts import ElidedLabel, EmptyState, listen, push_button, text_label, tool_button
from viewer.ui.swatches import SWATCH_PX, swatch
from viewer.ui.watch import Watch

TITLE_PX = 64
SETTLE_MS = 30


class SelectionPanel(QWidget):
    """Facts of one object, or a summary of many."""

    focus_requested = Signal(object)  # (K,) object ids

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self._session = session
        self._watch = Watch(self, self.refresh)
        self._shown: NDArray[np.int64] = np.empty(0, np.int64)
        self._name = ElidedLabel("", "heading")
        self._origin = text_label("", "faint")
        self._copy = tool_button("copy", "Copy name", "Copy the name", clicked=self._copy_name, size=14)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)
        self._focus = push_button(
            "Focus", icon="focus", tip="Fly there (Z)", clicked=lambda: self.focus_requested.emit(self._shown)
        )
        self._hide = push_button("Hide", icon="hide", tip="Hide in the 3D view (H)", clicked=self._hide_them)
        self._isolate = push_button(
            "Isolate", icon="isolate", tip="Hide everything else (I)", clicked=self._isolate_them
        )
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._name, 1)
        head.addWidget(self._origin)
        head.addWidget(self._copy)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for button in (self._focus, self._hide, self._isolate):
            button.setProperty("compact", "true")
            buttons.addWidget(button, 1)
        facts = QWidget()
        inner = QVBoxLayout(facts)
        inner.setContentsMargins(8, 0, 8, 0)
        inner.addLayout(self._grid)
        inner.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(facts)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 6, 0, 8)
        column.setSpacing(6)
        for layout in (head, buttons):
            layout.setContentsMargins(8, 0, 8, 0)
        column.addLayout(head)
        column.addWidget(scroll, 1)
        column.addLayout(buttons)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(
            EmptyState("selection", "Nothing is selected.", "Click an object in the view or a list.")
        )
        self._stack.addWidget(body)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._settling.timeout.connect(self.refresh)
        for signal in (
            session.scene_changed,
            session.selection_changed,
            session.hovered_changed,
            session.facts_changed,
            session.labels_changed,
            session.instances_changed,
            session.brush_changed,
        ):
            listen(self, signal, self._refresh_soon)
        self.refresh()

    @property
    def texts(self) -> dict[str, str]:
        """What the card says, by the titles of its lines."""
        found = {}
        for row in range(self._grid.rowCount()):
            title, value = self._grid.itemAtPosition(row, 0), self._grid.itemAtPosition(row, 1)
            if title is not None and value is not None:
                label, body = title.widget(), value.widget()
                if isinstance(label, QLabel) and body is not None:
                    found[label.text()] = "\n".join(
                        child.text() for child in body.findChildren(QLabel) if child.text()
                    )
        return found

    @property
    def name(self) -> str:
        return self._name.text()

    def refresh(self) -> None:
        """Show what is selected now, else what is hovered."""
        if self._watch.misses():
            return
        session = self._session
        self._shown = session.selection
        is_hover = not len(self._shown) and session.hovered is not None
        if is_hover and session.hovered is not None and 0 <= session.hovered < session.object_count:
            self._shown = np.array([session.hovered])
        self._stack.setCurrentIndex(1 if len(self._shown) else 0)
        if len(self._shown):
            self._origin.setText("under the pointer" if is_hover else "")
            self._fill(card_of(session, self._shown))
            self._hide.setEnabled(not is_hover)
            self._isolate.setEnabled(not is_hover)

    def _refresh_soon(self, *_: object) -> None:
        if not self._settling.isActive():
            self._settling.start()

    def _fill(self, card: ObjectCard) -> None:
        self._name.setText(card.name)
        while (item := self._grid.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for row, line in enumerate(card.lines):
            title = text_label(line.title, "muted")
            title.setFixedWidth(TITLE_PX)
            title.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            self._grid.addWidget(title, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(_values(line.values), row, 1)

    def _copy_name(self) -> None:
        names = self._session.object_names
        QGuiApplication.clipboard().setText("\n".join(names[k] for k in self._shown.tolist()))

    def _hide_them(self) -> None:
        self._session.set_hidden(np.union1d(self._session.hidden, self._shown))

    def _isolate_them(self) -> None:
        self._session.isolate(self._shown)


def _values(values: tuple[tuple[tuple[int, int, int] | None, str], ...]) -> QWidget:
    """The values of a line, each with its color when it has one."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(1)
    for color, text in values:
        row = QHBoxLayout()
        row.setSpacing(4)
        if color is not None:
            square = QLabel()
            square.setPixmap(swatch(color))
            square.setFixedWidth(SWATCH_PX)
            row.addWidget(square, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(text_label(text, wraps=True, selectable=True), 1)
        column.addLayout(row)
    return holder
