"""All commands and their keys, found by typing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from viewer.ui.dialogs.dialog import Dialog
from viewer.ui.parts import search_field, text_label

GESTURES: tuple[tuple[str, str, str], ...] = (
    ("3D view", "Orbit", "Left drag"),
    ("3D view", "Pan", "Right drag or middle drag"),
    ("3D view", "Nearer, farther", "Wheel"),
    ("3D view", "Fly", "W A S D, R F"),
    ("3D view", "Select; add to the selection", "Click; Ctrl+click"),
    ("3D view", "Focus that point", "Double click"),
    ("3D view", "Paint", "Shift + left drag"),
    ("3D view", "New instance", "Shift + right click"),
    ("3D view", "Point size; frustum size", "Ctrl + wheel; Alt + wheel"),
)
"""What the mouse does; keys come from the command table."""


class CommandLike(Protocol):
    @property
    def menu(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def shortcuts(self) -> tuple[str, ...]: ...
    @property
    def tip(self) -> str: ...


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One line of the list."""

    group: str
    title: str
    keys: str
    tip: str = ""


def key_rows(commands: Iterable[CommandLike]) -> list[KeyRow]:
    """The lines of the list: the mouse first, then the menus in their order."""
    rows = [KeyRow(group, title, keys) for group, title, keys in GESTURES]
    native = QKeySequence.SequenceFormat.NativeText
    for command in commands:
        keys = ", ".join(QKeySequence(text).toString(native) for text in command.shortcuts)
        title = command.title.replace("&", "").rstrip("…")
        rows.append(KeyRow(command.menu.replace("&", "").replace("/", " › "), title, keys, command.tip))
    return rows


class ShortcutsDialog(Dialog):
    """Groups as in the menus; the search looks at names, explanations and keys."""

    def __init__(self, commands: Sequence[CommandLike], parent: QWidget | None = None) -> None:
        super().__init__("Keyboard shortcuts", parent, size=(560, 640))
        self._rows = key_rows(commands)
        self.search = search_field("Find a command or a key…", "Find a command or a key")
        self.tree = QTreeWidget()
        self.tree.setColumnCount(2)
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(12)
        self.tree.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.tree.setProperty("role", "field")
        self.tree.setAccessibleName("Commands and their keys")
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.body.addWidget(self.search)
        self.body.addWidget(self.tree, 1)
        self.body.addWidget(
            text_label(
                "Keys without Ctrl act while the 3D view or an image has the focus.", "faint", wraps=True
            )
        )
        self.add_buttons()
        self.search.textChanged.connect(self._fill)
        self._fill("")
        self.search.setFocus()

    def _fill(self, query: str) -> None:
        self.tree.clear()
        words = query.casefold().split()
        groups: dict[str, QTreeWidgetItem] = {}
        for row in self._rows:
            text = f"{row.group} {row.title} {row.keys} {row.tip}".casefold()
            if not all(word in text for word in words):
                continue
            if row.group not in groups:
                group = QTreeWidgetItem([row.group])
                font = group.font(0)
                font.setBold(True)
                group.setFont(0, font)
                group.setFlags(Qt.ItemFlag.ItemIsEnabled)
                self.tree.addTopLevelItem(group)
                groups[row.group] = group
            item = QTreeWidgetItem([row.title, row.keys])
            item.setToolTip(0, row.tip)
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            groups[row.group].addChild(item)
        self.tree.expandAll()
