"""Dark and light: palette, style sheet and icons of the whole application."""

from __future__ import annotations

import logging
from functools import lru_cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QColor, QGuiApplication, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication, QStyleFactory

from viewer.ui.icons import icon_pixmap, make_icon
from viewer.ui.stylesheet import stylesheet
from viewer.ui.tokens import DARK, LIGHT, Tokens

__all__ = ["NEWS", "SIZES", "Tokens", "apply", "icon", "is_dark", "mark", "pixmap", "set_icon", "tokens"]
log = logging.getLogger(__name__)
ICON_NAME = "themeIcon"
SIZES = (16, 20, 24)
"""Logical pixels that menus, buttons and bars show icons in."""


class _News(QObject):
    """Tells that the colors changed; whoever paints with `tokens()` or shows a pixmap draws anew."""

    changed = Signal()


class _State:
    tokens: Tokens = LIGHT
    mode = "system"
    follows_system = False


NEWS = _News()


def tokens() -> Tokens:
    """The colors in use."""
    return _State.tokens


def is_dark() -> bool:
    return _State.tokens.is_dark


def icon(name: str) -> QIcon:
    """An icon in the colors in use. `set_icon` keeps it right when the theme changes."""
    return make_icon(name, _State.tokens, _physical(SIZES))


def set_icon(target: QAction | QAbstractButton, name: str, size: int | None = None) -> None:
    """Give a button or an action an icon that changes its colors with the theme.

    With `size`, in logical pixels, it is drawn sharp in that one only, until it is set once more.
    """
    target.setProperty(ICON_NAME, name)
    sizes = SIZES if size is None else (size,)
    target.setIcon(make_icon(name, _State.tokens, _physical(sizes)))


def pixmap(name: str, size: int, color: str | None = None) -> QPixmap:
    """An icon as a sharp pixmap, `size` logical pixels wide; the text color unless another is given."""
    return icon_pixmap(name, size, _State.tokens.text if color is None else color, _scale())


def mark(name: str, size: int, color: str) -> QIcon:
    """An icon in one color for rows of lists, where selection must not tint it."""
    return _mark(name, size, color, _scale())


@lru_cache(maxsize=256)
def _mark(name: str, size: int, color: str, scale: float) -> QIcon:
    drawn = icon_pixmap(name, size, color, scale)
    made = QIcon(drawn)
    made.addPixmap(drawn, QIcon.Mode.Selected)
    return made


def _scale() -> float:
    app = QApplication.instance()
    return app.devicePixelRatio() if isinstance(app, QApplication) else 1.0


def _physical(sizes: tuple[int, ...]) -> tuple[int, ...]:
    """Sizes in the pixels of every screen there is, ascending."""
    scales = {screen.devicePixelRatio() for screen in QGuiApplication.screens()}
    return tuple(sorted({round(size * scale) for size in sizes for scale in scales or {1.0}}))


def apply(app: QApplication, mode: str) -> None:
    """Dress the application: `mode` is "system", "dark" or "light"."""
    _State.mode = mode
    hints = app.styleHints()
    if not _State.follows_system:
        hints.colorSchemeChanged.connect(lambda _scheme: _follow_system(app))
        app.screenAdded.connect(lambda _screen: _draw_icons(app))
        _State.follows_system = True
    wanted = {"dark": Qt.ColorScheme.Dark, "light": Qt.ColorScheme.Light}
    hints.setColorScheme(wanted.get(mode, Qt.ColorScheme.Unknown))  # title bars and native dialogs
    _dress(app, _is_dark_wanted(app))


def _is_dark_wanted(app: QApplication) -> bool:
    if _State.mode in ("dark", "light"):
        return _State.mode == "dark"
    return app.styleHints().colorScheme() is Qt.ColorScheme.Dark


def _follow_system(app: QApplication) -> None:
    if _State.mode == "system" and _is_dark_wanted(app) != is_dark():
        _dress(app, _is_dark_wanted(app))


def _dress(app: QApplication, dark: bool) -> None:
    wanted = DARK if dark else LIGHT
    if _State.tokens is wanted and app.styleSheet():
        return
    _State.tokens = wanted
    if not app.styleSheet():  # later it would only dress every widget once more
        app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(palette(_State.tokens))
    app.setStyleSheet(stylesheet(_State.tokens))
    _draw_icons(app)
    NEWS.changed.emit()


def _draw_icons(app: QApplication) -> None:
    """In the colors in use, for the screens there are."""
    for widget in app.allWidgets():
        for target in (widget, *widget.actions()):
            name = target.property(ICON_NAME)
            if name and isinstance(target, QAction | QAbstractButton):
                target.setIcon(icon(str(name)))


def palette(colors: Tokens) -> QPalette:
    """Qt's palette in the colors of a theme."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    made = QPalette()
    for name, color in {
        role.Window: colors.panel,
        role.WindowText: colors.text,
        role.Base: colors.base,
        role.AlternateBase: colors.panel,
        role.Text: colors.text,
        role.PlaceholderText: colors.faint,
        role.Button: colors.raised,
        role.ButtonText: colors.text,
        role.BrightText: colors.danger,
        role.ToolTipBase: colors.raised,
        role.ToolTipText: colors.text,
        role.Highlight: colors.accent,
        role.HighlightedText: colors.on_accent,
        role.Accent: colors.accent,
        role.Link: colors.accent_text,
        role.LinkVisited: colors.accent_text,
        role.Light: colors.hover,
        role.Midlight: colors.raised,
        role.Mid: colors.border,
        role.Dark: colors.border,
        role.Shadow: "#000000",
    }.items():
        made.setColor(name, QColor(color))
    for name in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        made.setColor(group.Disabled, name, QColor(colors.faint))
    made.setColor(group.Disabled, role.Highlight, QColor(colors.pressed))
    return made
