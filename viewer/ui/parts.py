"""Small widgets that many panels are built from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from psygnal import SignalInstance
from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.ui import theme

Kind = TypeVar("Kind", bound=QWidget)
GAP = 4
"""Pixels of the grid that all distances are multiples of."""


def text_label(text: str = "", role: str = "", *, wraps: bool = False, selectable: bool = False) -> QLabel:
    """A label; `role` is one of the style sheet's: title, heading, section, muted, faint, danger, warning."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wraps)
    if role:
        label.setProperty("role", role)
    if selectable:
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        label.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    return label


def tool_button(
    icon: str,
    name: str,
    tip: str = "",
    *,
    shortcut: str = "",
    is_checkable: bool = False,
    shows_text: bool = False,
    size: int = 16,
    clicked: Callable[[], object] | None = None,
) -> QToolButton:
    """A flat button with an icon. `shortcut` is only told in the tool tip; the key belongs to an action."""
    button = QToolButton()
    theme.set_icon(button, icon, size)
    button.setIconSize(QSize(size, size))
    button.setText(name)
    button.setAccessibleName(name)
    button.setCheckable(is_checkable)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAutoRaise(True)
    if shows_text:
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setToolTip(with_shortcut(tip or name, shortcut))
    if clicked is not None:
        button.clicked.connect(lambda *_: clicked())
    return button


def push_button(
    text: str, *, icon: str = "", tip: str = "", kind: str = "", clicked: Callable[[], object] | None = None
) -> QPushButton:
    """A button with text; `kind` is "primary", "quiet" or nothing."""
    button = QPushButton(text)
    if icon:
        theme.set_icon(button, icon)
    if kind:
        button.setProperty(kind, "true")
    button.setToolTip(tip)
    button.setAutoDefault(False)
    if clicked is not None:
        button.clicked.connect(lambda *_: clicked())
    return button


def widgets_in(layout: QBoxLayout, kind: type[Kind]) -> list[Kind]:
    """The widgets of one kind that stand in a layout, in its order."""
    found = []
    for k in range(layout.count()):
        item = layout.itemAt(k)
        widget = None if item is None else item.widget()
        if isinstance(widget, kind):
            found.append(widget)
    return found


class _IdleWheel(QObject):
    """Lets the wheel scroll the panel unless the control under it was clicked first."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def ignore_idle_wheel(*widgets: QWidget) -> None:
    """Keep the wheel from changing sliders, spin boxes and combo boxes that it merely passes over."""
    for widget in widgets:
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        widget.installEventFilter(_IdleWheel(widget))


def listen(widget: QWidget, signal: SignalInstance, slot: Callable[..., object]) -> None:
    """Connect a signal of the session to a widget's method for as long as the widget lives."""
    signal.connect(slot)
    widget.destroyed.connect(lambda *_: signal.disconnect(slot, missing_ok=True))


def with_shortcut(tip: str, shortcut: str) -> str:
    if not shortcut:
        return tip
    keys = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{tip} ({keys})"


def search_field(placeholder: str, name: str) -> QLineEdit:
    """A text field with a magnifying glass and a button that clears it; Esc clears it too."""
    field = SearchField()
    field.setPlaceholderText(placeholder)
    field.setAccessibleName(name)
    return field


class SearchField(QLineEdit):
    """Emits `textChanged` like any line; Esc empties it first and leaves the key alone when it is empty."""

    def __init__(self) -> None:
        super().__init__()
        self.setClearButtonEnabled(True)
        self._glass = self.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self._glass.setProperty(theme.ICON_NAME, "search")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)


def rule() -> QFrame:
    """A thin horizontal line."""
    line = QFrame()
    line.setProperty("role", "rule")
    line.setFixedHeight(1)
    return line


class ElidedLabel(QLabel):
    """One line of text, shortened in the middle when there is no room; the whole text is in the tool tip."""

    def __init__(self, text: str = "", role: str = "") -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setProperty("role", role)
        self._end = ""
        self.setText(text)

    def setText(self, text: str, end: str = "") -> None:
        """Show a text, of which the `end` is never what is left out."""
        self._end = end
        super().setText(text + end)
        self.setAccessibleName(text + end)

    def shown_in(self, width: int) -> str:
        """What there is room for in so many pixels."""
        metrics, text = QFontMetrics(self.font()), self.text()
        if self._end and metrics.horizontalAdvance(text) > width:
            room = width - metrics.horizontalAdvance(self._end)
            text = text.removesuffix(self._end)
            return metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room) + self._end
        return metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, width)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        shown = self.shown_in(self.contentsRect().width())
        self.setToolTip(self.text() if shown != self.text() else "")
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), shown)
        painter.end()


class EmptyState(QWidget):
    """What a panel shows instead of an empty list: a drawing, a sentence, and what would fill it."""

    def __init__(self, icon: str, sentence: str = "", hint: str = "") -> None:
        super().__init__()
        self._icon = icon
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sentence = text_label(sentence, "muted", wraps=True)
        self._hint = text_label(hint, "faint", wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(2 * GAP)
        column.addStretch(1)
        for label in (self._picture, self._sentence, self._hint):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        column.addStretch(2)
        self._recolor()
        theme.NEWS.changed.connect(self._recolor)
        self.say(sentence, hint)

    @property
    def words(self) -> str:
        """The sentence that is shown."""
        return self._sentence.text()

    def say(self, sentence: str, hint: str = "") -> None:
        self._sentence.setText(sentence)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))

    def _recolor(self) -> None:
        self._picture.setPixmap(theme.pixmap(self._icon, 32, theme.tokens().faint))


def count_text(shown: int, total: int, what: str, whats: str) -> str:
    """ "312 of 1,213 objects", or "1,213 objects" when all are shown."""
    noun = what if total == 1 else whats
    return f"{total:,} {noun}" if shown == total else f"{shown:,} of {total:,} {noun}"
