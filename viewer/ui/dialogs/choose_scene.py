"""Which of a dataset's scenes to open."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from viewer.app.rows import NameSearch, ordered
from viewer.app.scene_glance import SceneGlance, glance_at
from viewer.formats.reader import SceneMatch
from viewer.jobs.job import Progress
from viewer.ui import theme
from viewer.ui.dialogs.dialog import Dialog
from viewer.ui.job_runner import JobRunner
from viewer.ui.numpy_table import NONE_TEXT, Column, NumpyTable
from viewer.ui.parts import count_text, push_button, search_field, text_label
from viewer.ui.table_view import TableView

LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
HAS = {"mesh": "Mesh", "labels": "Labels", "images": "Images"}


class ChooseSceneDialog(Dialog):
    """A virtual list; what each scene has fills in while one can search already."""

    def __init__(
        self, matches: Sequence[SceneMatch], runner: JobRunner | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__("Choose a scene", parent, size=(720, 560))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)  # it is asked for its choice afterwards
        self.matches = tuple(matches)
        self.chosen: SceneMatch | None = None
        self._names = NameSearch([match.name for match in self.matches])
        # -1 while unknown, else 0 or 1
        self._has = {key: np.full(len(self.matches), -1, np.int8) for key in HAS}
        self._sort = ("name", False)
        self._table = NumpyTable(self._columns())
        self.search = search_field("Search scenes…", "Search scenes")
        self.view = TableView(self._table)
        self.view.setAccessibleName("Scenes")
        self.view.setProperty("role", "field")
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.stretch("place")
        self.view.horizontalHeader().setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self._counts = text_label("", "muted")
        self._open = push_button("Open", kind="primary", clicked=self._accept_selected)
        self.body.addWidget(self.search)
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self._counts)
        self.add_buttons(right=(push_button("Cancel", clicked=self.reject), self._open))
        self.search.textChanged.connect(lambda _text: self._fill())
        self.search.installEventFilter(self)
        self.search.returnPressed.connect(self._accept_selected)
        self.view.activated_items.connect(self._accept)
        self.view.typed.connect(self.search.setText)
        self.view.sort_asked.connect(self._sort_by)
        self.view.selection_made.connect(lambda _items: self._enable())
        self._job = None
        if runner is not None:
            self._job = runner.start(
                runner.compute_lane,
                lambda progress: self._look(progress, runner),
                title="Looking at the scenes",
            )
            self.finished.connect(self._job.cancel)
        else:
            glance_at(self.matches, self._take, Progress.silent())
        self._fill()
        self.search.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys that move in a list do so from the search field too."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.key() in LIST_KEYS:
            if event.type() is QEvent.Type.KeyPress:
                QApplication.sendEvent(self.view, event)
            return event.type() is QEvent.Type.KeyPress
        return super().eventFilter(watched, event)

    def _look(self, progress: Progress, runner: JobRunner) -> None:
        def tell(first: int, found: list[SceneGlance]) -> None:
            runner.post(lambda: None if progress.is_cancelled else self._take(first, found))

        glance_at(self.matches, tell, progress)

    def _take(self, first: int, found: list[SceneGlance]) -> None:
        rows = slice(first, first + len(found))
        self._has["mesh"][rows] = [entry.has_mesh for entry in found]
        self._has["labels"][rows] = [entry.has_labels for entry in found]
        self._has["images"][rows] = [entry.has_images for entry in found]
        if self._sort[0] in HAS:
            self._fill()
        else:
            self._table.items_changed(np.arange(first, first + len(found)))

    def _fill(self) -> None:
        key, is_descending = self._sort
        column = next(column for column in self._table.columns if column.key == key)
        fits = np.flatnonzero(self._names.matching(self.search.text()))
        order = ordered(fits, column.sort_key(), is_descending=is_descending)
        before = self.view.selected_items
        self._table.show(order, len(self.matches))
        kept = before if len(self._table.rows_of(before)) else order[:1]
        self.view.show_selection(kept, scrolls=True)
        self._counts.setText(count_text(len(order), len(self.matches), "scene", "scenes"))
        self._enable()

    def _sort_by(self, key: str, is_descending: bool) -> None:
        self._sort = (key, is_descending)
        self._fill()

    def _enable(self) -> None:
        self._open.setEnabled(len(self.view.selected_items) > 0)

    def _accept_selected(self) -> None:
        self._accept(self.view.selected_items)

    def _accept(self, items: NDArray[np.int64]) -> None:
        if len(items):
            self.chosen = self.matches[int(items[0])]
            self.accept()

    def _columns(self) -> tuple[Column, ...]:
        def place(item: int) -> str:
            folders = self.matches[item].folders
            more = f" and {len(folders) - 1} more" if len(folders) > 1 else ""
            return (str(folders[0].parent) if folders else "") + more

        def tip(item: int) -> str:
            return "\n".join(str(folder) for folder in self.matches[item].folders)

        def has(key: str, title: str) -> Column:
            def picture(item: int) -> QIcon | None:
                colors, state = theme.tokens(), self._has[key][item]
                return theme.mark("check", 14, colors.ok) if state == 1 else None

            def text(item: int) -> str:
                return ("", NONE_TEXT, "")[int(self._has[key][item]) + 1]

            return Column(key, title, text, lambda: self._has[key], picture, width=64)

        return (
            Column(
                "name",
                "Scene",
                lambda item: self._names.names[item],
                lambda: self._names.ranks,
                None,
                tip,
                width=170,
            ),
            *(has(key, title) for key, title in HAS.items()),
            Column("place", "Folder", place, lambda: self._names.ranks, None, tip, width=160),
        )


def choose_scene(parent: QWidget, matches: Sequence[SceneMatch]) -> SceneMatch | None:
    """Ask which scene to open; None when the user changed their mind."""
    runner = getattr(parent, "runner", None)
    dialog = ChooseSceneDialog(matches, runner if isinstance(runner, JobRunner) else None, parent)
    dialog.exec()
    dialog.deleteLater()
    return dialog.chosen
