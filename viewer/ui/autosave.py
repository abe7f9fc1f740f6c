"""Autosave in the window: a journal beside every scene, and the offer to bring back what a crash left."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from viewer.app.journal import Journal, Place
from viewer.app.label_snapshot import LabelSnapshot, class_color_rows, instance_color_rows
from viewer.app.recovery import OtherWindow, UnsavedWork, discard, find_unsaved, other_windows, restore
from viewer.app.saving import mesh_folder_of, save_labels
from viewer.errors import ViewerError
from viewer.jobs.job import Progress

if TYPE_CHECKING:
    from viewer.app.labelling import Labelling
    from viewer.ui.banner import Banner
    from viewer.ui.main_window import MainWindow

log = logging.getLogger(__name__)


class Autosave(QObject):
    """Keeps the journal of the open scene, and looks for journals whose window is gone."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.journal: Journal | None = None
        window.session.scene_changed.connect(self._follow_scene)
        self._follow_scene()

    def close(self) -> None:
        """The scene is left on purpose: what is unsaved was saved or given up."""
        if self.journal is not None:
            self.journal.close()
            self.journal = None

    def _follow_scene(self) -> None:
        self.close()
        session = self._window.session
        scene, labelling = session.scene, session.labelling
        if scene is None or labelling is None:
            return
        place = Place(scene.name, scene.label_folder or scene.path)
        try:
            self.journal = Journal(labelling, place)
        except ViewerError as error:
            self._window.banners.show_error(error)
        else:
            self.journal.trouble.connect(self._tell_trouble)
        own = None if self.journal is None else self.journal.path

        def work(progress: Progress) -> tuple[tuple[UnsavedWork, ...], tuple[OtherWindow, ...]]:
            progress.check()
            return find_unsaved(place), other_windows(place, own)

        self._window.runner.start(
            self._window.runner.save_lane,
            work,
            title="Looking for unsaved labels",
            is_shown=False,
            done=lambda found: self._offer(labelling, *found),
            failed=self._window.opening.explain,
        )

    def _tell_trouble(self, sentence: str) -> None:
        self._window.banners.show_message("warning", sentence)

    def _offer(
        self, labelling: Labelling, unsaved: tuple[UnsavedWork, ...], others: tuple[OtherWindow, ...]
    ) -> None:
        if self._window.session.labelling is not labelling:
            return
        for other in others:
            self._window.banners.show_message(
                "warning",
                f"This scene is open in another window too (process {other.process} on {other.computer}, "
                f"since {other.since:%H:%M}).",
                hint="Whoever saves last is asked before overwriting.",
            )
        for work in unsaved:
            self._offer_one(labelling, work)

    def _offer_one(self, labelling: Labelling, work: UnsavedWork) -> None:
        banners: list[Banner] = []

        def done_with() -> None:
            for banner in banners:
                self._window.banners.dismiss(banner)

        def bring_back() -> None:
            try:
                restore(work, labelling)
            except ViewerError as error:
                self._window.banners.show_error(error)
                return
            discard(work)
            done_with()
            self._window.tell(f"Restored {counted(work.strokes)}; Ctrl+S saves them")

        def give_up() -> None:
            discard(work)
            done_with()

        def save_copy() -> None:
            chosen = QFileDialog.getExistingDirectory(self._window, "Save the unsaved labels in")
            if chosen:
                self._save_copy(work, labelling, mesh_folder_of(Path(chosen)))

        count = work.differing_objects(labelling.labels)
        banners.append(
            self._window.banners.show_message(
                "warning",
                f"{counted(work.strokes).capitalize()} of {work.scene_name} "
                f"{'was' if work.strokes == 1 else 'were'} not saved.",
                hint=f"Last change {work.last_change:%d %B, %H:%M}; {count:,} "
                f"object{'' if count == 1 else 's'} {'is' if count == 1 else 'are'} labelled otherwise now.",
                actions=(("Restore", bring_back), ("Discard", give_up), ("Save a copy…", save_copy)),
            )
        )

    def _save_copy(self, work: UnsavedWork, labelling: Labelling, folder: Path) -> None:
        snapshot = LabelSnapshot(
            work.labels,
            class_color_rows(work.labels, labelling.table, None),
            instance_color_rows(work.labels, work.instances),
        )
        self._window.runner.start(
            self._window.runner.save_lane,
            lambda _: save_labels(snapshot, folder),
            title="Saving a copy",
            done=lambda _: self._window.tell(f"Saved the unsaved labels to {folder}"),
            failed=self._window.opening.explain,
        )


def counted(strokes: int) -> str:
    """ "1 stroke", "12 strokes"."""
    return f"{strokes:,} stroke{'' if strokes == 1 else 's'}"
