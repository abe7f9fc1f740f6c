"""The rows of the scene tree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from viewer.model.scene import Gap
from viewer.ui import theme
from viewer.ui.parts import ElidedLabel, push_button, text_label, tool_button
from viewer.ui.style_form import StyleForm

ICON_PX = 16
INDENT_PX = 24
FORM_TITLE_PX = 84
ROW_PX = 24
BREAK = "\u200b"  # a space without width
QUIET_PADDING_PX = 7  # of a quiet button, whose text then stands in line with the texts above it
SHORT_DETAIL = 22  # characters that fit beside a title in a narrow panel


class _Picture(QLabel):
    """A small icon that keeps its color right when the theme changes."""

    def __init__(self, icon: str, color: str = "muted") -> None:
        super().__init__()
        self._icon, self._color = icon, color
        self.setFixedWidth(ICON_PX + 2)
        self._draw()
        theme.NEWS.changed.connect(self._draw)

    def set_color(self, color: str) -> None:
        self._color = color
        self._draw()

    def _draw(self) -> None:
        self.setPixmap(theme.pixmap(self._icon, ICON_PX, getattr(theme.tokens(), self._color)))


class LayerRow(QWidget):
    """A layer: shown or not, what it draws, and its style behind a button."""

    def __init__(self, icon: str, title: str, style: Any, apply: Callable[[Any], None]) -> None:
        super().__init__()
        self._style = style
        self._apply = apply
        self._title = title
        self.check = QCheckBox(title)
        self.check.setAccessibleName(f"Show {title.lower()}")
        self.check.setChecked(style.visible)
        self.check.toggled.connect(self._switch)
        self._picture = _Picture(icon)
        self._detail = ElidedLabel("", "muted")
        self._detail.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._reason = text_label("", "faint", wraps=True)
        self._reason.setContentsMargins(INDENT_PX, 0, 0, 4)
        self._note = text_label("", "faint", wraps=True)
        self._note.setContentsMargins(INDENT_PX, 0, 0, 4)
        self._note.hide()
        self._make = push_button("", kind="quiet")
        self._make.hide()
        self._finding = push_button("", icon="warning", kind="quiet")
        self._finding.hide()
        self._more = tool_button("settings", f"How {title.lower()} look", is_checkable=True, size=14)
        self._more.setFixedHeight(ROW_PX)
        self._more.toggled.connect(self._open_form)
        self._form: StyleForm | None = None
        self._form_place = QVBoxLayout()
        self._form_place.setContentsMargins(INDENT_PX, 0, 0, 6)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self._picture)
        row.addWidget(self.check)
        row.addWidget(self._detail, 1)
        row.addWidget(self._more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._reason)
        column.addWidget(self._note)
        makes = QHBoxLayout()
        makes.setContentsMargins(INDENT_PX - QUIET_PADDING_PX, 0, 0, 0)
        makes.addWidget(self._make)
        makes.addWidget(self._finding)
        makes.addStretch(1)
        column.addLayout(makes)
        column.addLayout(self._form_place)
        self._reason.hide()
        self._has_style = len(fields(style)) > 1
        self._more.setVisible(self._has_style)

    @property
    def form(self) -> StyleForm | None:
        """The style's controls, once they were opened."""
        return self._form

    @property
    def reason(self) -> str:
        """Why there is nothing to draw; empty when there is."""
        return self._reason.text().replace(BREAK, "")

    def show_style(self, style: Any) -> None:
        self._style = style
        self.check.setChecked(style.visible and self.check.isEnabled())
        if self._form is not None:
            self._form.set_value(style)

    def offer(self, text: str, make: Callable[[], None]) -> None:
        """A button shown while there is nothing to draw and something could be made."""
        self._make.setText(text)
        self._make.clicked.connect(lambda *_: make())

    def listen_to_finding(self, ask: Callable[[], None], tip: str) -> None:
        """Call `ask`, which does what `tip` says, at a click on what `show_finding` tells."""
        self._finding.setToolTip(tip)
        self._finding.clicked.connect(lambda *_: ask())

    @property
    def note(self) -> str:
        """What is said of the layer's filter."""
        return self._note.text()

    def show_note(self, words: str) -> None:
        """What the layer's filter does, where that is not plain to see; empty for nothing."""
        self._note.setText(words)
        self._note.setVisible(bool(words))

    def show_finding(self, words: str) -> None:
        """Something the user should know of what is there; empty for nothing."""
        self._finding.setText(words)
        self._finding.setVisible(bool(words))

    def show_part(self, detail: str | None, reason: str, *, can_be_made: bool = False) -> None:
        """What there is to draw, or why there is nothing."""
        is_there = detail is not None
        self._detail.setText(detail or "")
        self._reason.setText(breakable(reason))
        self._reason.setVisible(not is_there)
        self._make.setVisible(not is_there and can_be_made)
        self._picture.set_color("text" if is_there else "faint")
        self.check.setEnabled(is_there)
        self.check.setChecked(is_there and self._style.visible)
        self._more.setEnabled(is_there)
        if not is_there:
            self._more.setChecked(False)

    def _switch(self, is_on: bool) -> None:
        if is_on != self._style.visible and self.check.isEnabled():
            self._style = replace(self._style, visible=is_on)
            self._apply(self._style)

    def _restyle(self, style: Any) -> None:
        self._style = style
        self._apply(style)

    def _open_form(self, is_open: bool) -> None:
        if is_open and self._form is None:
            self._form = StyleForm(self._style, skip=("visible",), title_width=FORM_TITLE_PX)
            self._form.changed.connect(self._restyle)
            self._form_place.addWidget(self._form)
        if self._form is not None:
            self._form.setVisible(is_open)


class PartRow(QWidget):
    """A part that is there."""

    def __init__(self, title: str, detail: str, source: Path | None, *, shows_source: bool) -> None:
        super().__init__()
        self.title = title
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(_Picture("check", "ok"))
        row.addWidget(text_label(title))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, 1)
        column.setSpacing(0)
        column.addLayout(row)
        if len(detail) <= SHORT_DETAIL:
            side = ElidedLabel(detail, "muted")
            side.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            row.addWidget(side, 1)
        else:
            row.addStretch(1)
            below = text_label(breakable(detail), "muted", wraps=True)
            below.setContentsMargins(INDENT_PX - 2, 0, 0, 0)
            column.addWidget(below)
        if source is not None:
            self.setToolTip(f"{title}: {detail}\nfrom {source}")
            if shows_source:
                place = ElidedLabel(f"from {source}", "faint")
                place.setContentsMargins(INDENT_PX - 2, 0, 0, 0)
                column.addWidget(place)


class GapRow(QWidget):
    """A part that is missing, or there and broken."""

    def __init__(self, gap: Gap) -> None:
        super().__init__()
        self.gap = gap
        row = QHBoxLayout()
        row.setSpacing(4)
        top = Qt.AlignmentFlag.AlignTop
        broken = gap.is_broken
        row.addWidget(_Picture("warning" if broken else "missing", "warning" if broken else "faint"), 0, top)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(text_label(gap.what, "" if broken else "muted"))
        words.addWidget(text_label(breakable(gap_text(gap)), "muted" if broken else "faint", wraps=True))
        row.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.addLayout(row)
        self.setAccessibleName(f"{gap.what} is {'broken' if broken else 'missing'}")
        if gap.expected_at is not None:
            self.setToolTip(f"Expected at {gap.expected_at}")


def breakable(text: str) -> str:
    """Text whose long file names may be broken over lines."""
    return text.replace("_", f"_{BREAK}").replace("/", f"/{BREAK}")


def gap_text(gap: Gap) -> str:
    """Why something is missing and what it would be good for, in one or two sentences."""
    first = gap.why.split(" ", 1)[0]
    is_name = "_" in first or "." in first.rstrip(".:")  # names of files keep their spelling
    why = gap.why if is_name else gap.why[:1].upper() + gap.why[1:]
    why = why.rstrip(".") + "."
    return f"{why} It would enable {gap.enables.rstrip('.')}." if gap.enables else why
