"""Messages that do not interrupt: bars above the view, with what to do about them."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from viewer.errors import ViewerError
from viewer.ui import theme
from viewer.ui.parts import ElidedLabel, push_button, text_label, tool_button, widgets_in

MOST_SHOWN = 4
EDGE_PX = 3
LINE_PX = 26  # the height of a button, so that one-line messages stand level with them
ICONS = {"info": "info", "ok": "check", "warning": "warning", "error": "error"}
Action = tuple[str, Callable[[], None]]


class Banner(QWidget):
    """One message: what happened, what to do, and the details behind a button."""

    def __init__(
        self,
        level: str,
        message: str,
        *,
        hint: str = "",
        details: str = "",
        path: Path | None = None,
        actions: Sequence[Action] = (),
        closed: Callable[[Banner], None],
    ) -> None:
        super().__init__()
        self.level, self.message, self.hint, self.details, self.path = level, message, hint, details, path
        self.setAccessibleName(f"{level}: {message}")
        self._picture = QLabel()
        self._picture.setFixedSize(20, LINE_PX)
        self._text = text_label(message, wraps=True, selectable=True)
        self._text.setMinimumHeight(LINE_PX)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(self._text)
        if hint:
            column.addWidget(text_label(hint[:1].upper() + hint[1:], "muted", wraps=True, selectable=True))
        if path is not None:
            column.addWidget(_PathLink(path))
        self._more = QPlainTextEdit(details)
        self._more.setReadOnly(True)
        self._more.setMaximumHeight(140)
        self._more.setAccessibleName("Details")
        self._more.hide()
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        top = Qt.AlignmentFlag.AlignTop
        for title, call in actions:
            row.addWidget(push_button(title, clicked=call), 0, top)
        self._details_button = push_button("Details", kind="quiet", clicked=self._toggle_details)
        self._details_button.setCheckable(True)
        self._details_button.setVisible(bool(details))
        row.addWidget(self._details_button, 0, top)
        row.addWidget(tool_button("copy", "Copy", "Copy this message", clicked=self.copy), 0, top)
        row.addWidget(
            tool_button("close", "Close", "Close this message", clicked=lambda: closed(self)), 0, top
        )
        outer = QVBoxLayout(self)
        outer.setContentsMargins(EDGE_PX + 9, 5, 6, 5)
        outer.setSpacing(6)
        outer.addLayout(row)
        outer.addWidget(self._more)
        self._recolor()
        theme.NEWS.changed.connect(self._recolor)

    @property
    def text(self) -> str:
        """All of it, for the clipboard."""
        where = "" if self.path is None else str(self.path)
        return "\n".join(part for part in (self.message, where, self.hint, self.details) if part)

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        colors = theme.tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colors.panel))
        tint = QColor(self._color)
        tint.setAlphaF(0.13 if colors.is_dark else 0.09)
        painter.fillRect(self.rect(), tint)
        painter.fillRect(0, 0, EDGE_PX, self.height(), QColor(self._color))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(colors.border))
        painter.end()

    @property
    def _color(self) -> str:
        colors = theme.tokens()
        by_level = {"error": colors.danger, "warning": colors.warning, "ok": colors.ok}
        return by_level.get(self.level, colors.accent_text)

    def _recolor(self) -> None:
        self._picture.setPixmap(theme.pixmap(ICONS.get(self.level, "info"), 16, self._color))
        self.update()

    def _toggle_details(self) -> None:
        self._more.setVisible(self._details_button.isChecked())


class _PathLink(ElidedLabel):
    """A path that opens the folder it lies in."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), "muted")
        self._folder = path if os.path.isdir(path) else path.parent
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        font = self.font()
        font.setUnderline(True)
        self.setFont(font)

    def mouseReleaseEvent(self, event: object) -> None:
        del event
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))


class Banners(QWidget):
    """The messages shown now, newest on top. Takes no room while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.hide()

    @property
    def shown(self) -> tuple[Banner, ...]:
        """Newest first."""
        return tuple(widgets_in(self._column, Banner))

    def show_message(
        self,
        level: str,
        message: str,
        *,
        hint: str = "",
        details: str = "",
        path: Path | None = None,
        actions: Sequence[Action] = (),
        lasts_ms: int = 0,
    ) -> Banner:
        """Show a message; `level` is "info", "ok", "warning" or "error". One of the same text is replaced."""
        for old in self.shown:
            if old.message == message and old.path == path:
                self.dismiss(old)
        for old in self.shown[MOST_SHOWN - 1 :]:
            self.dismiss(old)
        banner = Banner(
            level, message, hint=hint, details=details, path=path, actions=actions, closed=self.dismiss
        )
        self._column.insertWidget(0, banner)
        self.show()
        if lasts_ms:
            QTimer.singleShot(lasts_ms, banner, lambda: self.dismiss(banner))
        return banner

    def show_error(self, error: ViewerError, actions: Sequence[Action] = ()) -> Banner:
        """An error that we can explain."""
        message = error.message[:1].upper() + error.message[1:]
        cause = "" if error.__cause__ is None else f"{type(error.__cause__).__name__}: {error.__cause__}"
        return self.show_message(
            "error", message, hint=error.hint or "", details=cause, path=error.path, actions=actions
        )

    def show_unexpected(self, error: BaseException) -> Banner:
        """A fault of ours: what it was, and the trace to report it with."""
        trace = "".join(traceback.format_exception(error))
        return self.show_message(
            "error",
            f"Something went wrong in the program: {type(error).__name__}: {error}",
            hint="Your labels are untouched. Please report this with the details.",
            details=trace,
        )

    def clear(self) -> None:
        for banner in self.shown:
            self.dismiss(banner)

    def dismiss(self, banner: Banner) -> None:
        """Take a message away."""
        if banner in self.shown:
            self._column.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
        if not self.shown:
            self.hide()
