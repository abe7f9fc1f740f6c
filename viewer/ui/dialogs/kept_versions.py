"""Which of the kept versions of the labels to bring back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QAbstractItemView, QWidget

from viewer.app.kept_versions import VersionSummary
from viewer.app.saving import KEPT_VERSIONS
from viewer.ui import theme
from viewer.ui.dialogs.dialog import Dialog
from viewer.ui.numpy_table import NONE_TEXT, Column, NumpyTable
from viewer.ui.parts import EmptyState, push_button, text_label
from viewer.ui.table_view import TableView


class KeptVersionsDialog(Dialog):
    """Emits `chosen` with the version to bring back, and closes."""

    chosen = Signal(object)  # VersionSummary

    def __init__(self, versions: Sequence[VersionSummary], parent: QWidget | None = None) -> None:
        super().__init__("Restore a kept version", parent, size=(620, 320))
        self._versions = tuple(versions)
        self.table = NumpyTable(self._columns())
        self.view = TableView(self.table)
        self.view.setAccessibleName("Kept versions")
        self.view.setProperty("role", "field")
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.horizontalHeader().setSortIndicatorShown(False)
        self.view.stretch("differing")
        self.restore = push_button("Restore", kind="primary", clicked=self._choose)
        self.restore.setToolTip("Load this version; one step that can be undone. Nothing is saved by it.")
        cancel = push_button("Cancel", clicked=self.close)
        if self._versions:
            self.body.addWidget(
                text_label(
                    f"Every save keeps what it replaces, the last {KEPT_VERSIONS} times. "
                    "Loading a version is one step that can be undone; the files change only when you save.",
                    "muted",
                    wraps=True,
                )
            )
            self.body.addWidget(self.view, 1)
        else:
            self.body.addWidget(
                EmptyState(
                    "history",
                    "No version is kept yet.",
                    f"Every save keeps what it replaces, the last {KEPT_VERSIONS} times.",
                ),
                1,
            )
        self.add_buttons(right=(cancel, self.restore) if self._versions else ())
        self.table.show(np.arange(len(self._versions)), len(self._versions))
        self.view.selection_made.connect(lambda _items: self._enable())
        self.view.activated_items.connect(lambda _items: self._choose())
        usable = [k for k, version in enumerate(self._versions) if version.labels is not None]
        self.view.show_selection(np.array(usable[:1], np.int64), scrolls=False)
        self.view.setFocus()
        self._enable()

    def _enable(self) -> None:
        self.restore.setEnabled(self._selected() is not None)

    def _selected(self) -> VersionSummary | None:
        items = self.view.selected_items
        version = self._versions[int(items[0])] if len(items) else None
        return version if version is not None and version.labels is not None else None

    def _choose(self) -> None:
        version = self._selected()
        if version is not None:
            self.chosen.emit(version)
            self.close()

    def _columns(self) -> tuple[Column, ...]:
        versions = self._versions

        def count(item: int, name: str) -> str:
            known = versions[item]
            return NONE_TEXT if known.labels is None else f"{getattr(known, name):,}"

        def counts(name: str) -> NDArray[np.int64]:
            return np.array([getattr(version, name) for version in versions], np.int64)

        def differing(item: int) -> str:
            known = versions[item]
            if known.labels is None:
                return f"cannot be used: {known.trouble}"
            if not known.differing:
                return "as it is now"
            return f"{known.differing:,} object{'' if known.differing == 1 else 's'}"

        def mark(item: int) -> QIcon | None:
            broken = versions[item].labels is None
            return theme.mark("warning", 14, theme.tokens().warning) if broken else None

        ages = np.arange(len(versions))
        return (
            Column(
                "saved", "Saved", lambda item: time_text(versions[item].saved), lambda: ages, mark, width=132
            ),
            Column(
                "when",
                "Replaced",
                lambda item: time_text(versions[item].version.when),
                lambda: ages,
                width=116,
            ),
            Column(
                "with_class",
                "With class",
                lambda item: count(item, "with_class"),
                lambda: counts("with_class"),
                is_number=True,
                width=86,
            ),
            Column(
                "with_instance",
                "With instance",
                lambda item: count(item, "with_instance"),
                lambda: counts("with_instance"),
                is_number=True,
                width=106,
            ),
            Column("differing", "Differs in", differing, lambda: counts("differing"), width=120),
        )


def time_text(when: datetime) -> str:
    """ "14:02" of today, else "3 March, 14:02"."""
    if when.date() == datetime.now().date():
        return f"today, {when:%H:%M:%S}"
    return f"{when.day} {when:%B %H:%M}"
