"""The commands as Qt actions: in the menus, on the toolbar, and by their keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from operator import attrgetter
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar, QWidget

from viewer.ui import theme
from viewer.ui.commands import COMMANDS, Command

TOOLBAR_PX = 20
"""Logical size of the toolbar's icons, as the style sheet has it."""
ICONS_AT_ONCE = 12


class ActionSet:
    """The QActions made from the table, and the menus and toolbar they stand in."""

    def __init__(self, window: QWidget, commands: Iterable[Command] = COMMANDS) -> None:
        self.commands = tuple(commands)
        self._actions: dict[str, QAction] = {}
        groups: dict[str, QActionGroup] = {}
        for command in self.commands:
            action = QAction(command.title, window)
            action.setObjectName(command.key)
            if command.icon and command.on_toolbar:
                theme.set_icon(action, command.icon, TOOLBAR_PX)
            keys = [QKeySequence(text) for text in command.shortcuts]
            action.setShortcuts(keys)
            if any(not _has_modifier(text) for text in command.shortcuts):
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            plain = command.title.replace("&", "").rstrip("…")
            tip = command.tip or plain
            if keys:
                tip += f" ({keys[0].toString(QKeySequence.SequenceFormat.NativeText)})"
            action.setToolTip(tip)
            action.setStatusTip(command.tip)
            action.setCheckable(command.is_checkable)
            # W held to fly repeats; with Ctrl or Shift pressed meanwhile it would be another command
            action.setAutoRepeat(command.repeats)
            if command.group:
                group = groups.setdefault(command.group, QActionGroup(window))
                group.addAction(action)
            action.triggered.connect(_caller(window, command.handler))
            self._actions[command.key] = action

    def __getitem__(self, key: str) -> QAction:
        return self._actions[key]

    def icon_steps(self) -> list[Callable[[], None]]:
        """Calls that give commands their icons in all sizes, which until then have one or none."""
        with_icon = [command for command in self.commands if command.icon]
        with_icon.sort(key=lambda command: command.on_toolbar)
        groups = [with_icon[k : k + ICONS_AT_ONCE] for k in range(0, len(with_icon), ICONS_AT_ONCE)]
        return [partial(self._draw_icons, group) for group in groups]

    def _draw_icons(self, commands: Iterable[Command]) -> None:
        for command in commands:
            theme.set_icon(self._actions[command.key], command.icon)

    def fill_menus(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Make the menus in the table's order; returns them by their plain titles."""
        menus: dict[str, QMenu] = {}
        for command in self.commands:
            parent: QMenuBar | QMenu = bar
            path = ""
            for title in command.menu.split("/"):
                path = f"{path}/{title}" if path else title
                if path not in menus:
                    text = title if "&" in title else f"&{title}"
                    menus[path] = parent.addMenu(text)
                parent = menus[path]
            if command.starts_section and parent.actions():
                parent.addSeparator()
            parent.addAction(self._actions[command.key])
        return {path.replace("&", ""): menu for path, menu in menus.items()}

    def fill_toolbar(self, bar: QToolBar) -> None:
        menu = ""
        for command in self.commands:
            if command.on_toolbar:
                if menu and menu != command.menu.split("/")[0]:
                    bar.addSeparator()
                menu = command.menu.split("/")[0]
                bar.addAction(self._actions[command.key])

    def act_on(self, *widgets: QWidget) -> None:
        """Let the keys without a modifier act while one of these widgets (or a child) has the focus."""
        for widget in widgets:
            for action in self._actions.values():
                if action.shortcutContext() is Qt.ShortcutContext.WidgetWithChildrenShortcut:
                    widget.addAction(action)

    def enable(self, is_there: Callable[[str], bool]) -> None:
        """Grey out what cannot be done now; `is_there` answers for each `Command.needs`."""
        for command in self.commands:
            if command.needs:
                self._actions[command.key].setEnabled(is_there(command.needs))


def _has_modifier(shortcut: str) -> bool:
    return "Ctrl" in shortcut or (shortcut.startswith("F") and shortcut[1:].isdigit())


def _caller(window: QWidget, handler: str) -> Callable[..., None]:
    def call(*_: Any) -> None:
        attrgetter(handler)(window)()

    return call
