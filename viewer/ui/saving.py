"""Saving and loading labels from the window, and asking before anything unsaved is left behind."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox

from viewer.app.saving import ChangedOnDisk, FileMarks, mesh_folder_of, read_marks, save_labels
from viewer.app.working_time import WorkingTime
from viewer.errors import SaveError, ViewerError
from viewer.formats.hypersim.label_tables import default_label_table, read_label_table
from viewer.formats.hypersim.labels import read_labels
from viewer.jobs.job import Progress
from viewer.model.label_table import LabelTable
from viewer.model.saved_labels import SavedLabels

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

log = logging.getLogger(__name__)


class Saving(QObject):
    """Save, save elsewhere, load, and the question before closing."""

    saved = Signal(object)  # Path of the folder

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._folder: Path | None = None
        self._marks: dict[Path, FileMarks] = {}
        self._working_time: WorkingTime | None = None
        self.label_table: LabelTable = default_label_table()
        self.last_saved: datetime.datetime | None = None
        window.session.scene_changed.connect(self._follow_scene)

    @property
    def folder(self) -> Path | None:
        """Where Save writes: the scene's own label folder, or the one the user chose instead."""
        return self._folder

    def _follow_scene(self) -> None:
        self.end_work()
        scene = self._window.session.scene
        self._folder = None if scene is None else scene.label_folder
        self._working_time = None if scene is None else WorkingTime()
        self.last_saved = None
        self._marks = {}
        if self._folder is not None and self._window.session.labelling is not None:
            self._remember_files(self._folder)

    def _remember_files(self, folder: Path) -> None:
        """Note what the label files are like now, so that a later change by someone else is noticed."""

        def done(marks: FileMarks) -> None:
            self._marks[folder] = marks

        self._window.runner.start(
            self._window.runner.save_lane,
            lambda _: read_marks(folder),
            title="Looking at the label files",
            is_shown=False,
            done=done,
            failed=partial(self._explain, None, None),
        )

    def end_work(self) -> None:
        """The scene is left: note the end of the work in its log, if labels were saved."""
        if self._working_time is not None:
            self._working_time.end()
            self._working_time = None

    def save(self, then: Callable[[], None] | None = None) -> None:
        if self._folder is None:
            self.save_as(then)
        else:
            self.save_to(self._folder, then)

    def save_as(self, then: Callable[[], None] | None = None) -> None:
        start = str(self._folder or Path.home())
        chosen = QFileDialog.getExistingDirectory(self._window, "Save the four label files in", start)
        if chosen:
            self.save_to(mesh_folder_of(Path(chosen)), then)

    def save_to(
        self, folder: Path, then: Callable[[], None] | None = None, *, overwrite: bool = False
    ) -> None:
        """Write the four files to a folder, the strokes still being computed included.

        What follows happens only when that worked.
        """
        self._window.painting.in_turn(lambda: self._write(folder, then, overwrite))

    def _write(self, folder: Path, then: Callable[[], None] | None, overwrite: bool) -> None:
        labelling = self._window.session.labelling
        if labelling is None:
            return
        snapshot = labelling.snapshot()
        expected = None if overwrite else self._marks.get(folder)
        working_time = self._working_time

        def work(progress: Progress) -> FileMarks:
            progress.step(0, 1, "Writing labels")
            marks = save_labels(snapshot, folder, expected=expected)
            if working_time is not None:
                working_time.saved_to(folder)
            return marks

        def done(marks: FileMarks) -> None:
            labelling.mark_saved(snapshot)
            self._folder = folder
            self._marks[folder] = marks
            self.last_saved = datetime.datetime.now()
            self._window.tell(f"Saved labels to {folder}")
            self.saved.emit(folder)
            self._window.status_line.show_saved()
            if then is not None:
                then()

        self._window.runner.start(
            self._window.runner.save_lane,
            work,
            title="Saving labels",
            done=done,
            failed=partial(self._explain, then, folder),
        )

    def _explain(self, then: Callable[[], None] | None, folder: Path | None, error: BaseException) -> None:
        elsewhere = ("Save elsewhere…", lambda: self.save_as(then))
        banners = self._window.banners
        if isinstance(error, ChangedOnDisk) and folder is not None:
            over = ("Overwrite", lambda: self.save_to(folder, then, overwrite=True))
            banners.show_error(error, actions=(elsewhere, over))
        elif isinstance(error, SaveError):
            banners.show_error(error, actions=(elsewhere,))
        elif isinstance(error, ViewerError):
            banners.show_error(error)
        else:
            log.error("saving failed", exc_info=error)
            banners.show_unexpected(error)

    def load(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self._window, "Load the labels saved in", str(self._folder or Path.home())
        )
        if chosen:
            self.load_from(Path(chosen))

    def load_from(self, chosen: Path) -> None:
        """Replace the labels by those in a folder; one step that can be undone."""
        labelling = self._window.session.labelling
        if labelling is None:
            return
        folder = mesh_folder_of(chosen)
        count = self._window.session.object_count

        def work(progress: Progress) -> SavedLabels:
            progress.step(0, 1, "Reading labels")
            return read_labels(folder, count)

        def take(labels: SavedLabels) -> None:
            if self._window.session.labelling is labelling:
                labelling.load_labels(labels)
                self._window.tell(f"Loaded labels from {folder}")

        def done(labels: SavedLabels) -> None:
            self._window.painting.in_turn(lambda: take(labels))

        self._window.runner.start(
            self._window.runner.save_lane,
            work,
            title="Loading labels",
            done=done,
            failed=partial(self._explain, None, None),
        )

    def load_label_table(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self._window, "Label table", "", "CSV files (*.csv)")
        if not chosen:
            return
        try:
            self.label_table = read_label_table(Path(chosen))
        except ViewerError as error:
            self._window.banners.show_error(error)
            return
        labelling = self._window.session.labelling
        if labelling is not None:
            labelling.set_table(self.label_table)

    def unsaved_state(self) -> object:
        """Something that differs whenever what is unsaved differs; None when all is saved."""
        labelling = self._window.session.labelling
        if labelling is None or not labelling.is_dirty:
            return None
        history = labelling.history
        last = history.steps[history.position - 1] if history.position else None
        return labelling, history.position, last, dict(labelling.instances.own_colors)

    def ask_then(self, go_on: Callable[[], None]) -> None:
        """Go on at once when all is saved; else ask whether to save, discard or stay."""
        self._window.painting.in_turn(lambda: self._ask(go_on))

    def _ask(self, go_on: Callable[[], None]) -> None:
        if not self._window.session.is_dirty:
            go_on()
            return
        name = self._window.session.scene.name if self._window.session.scene else "this scene"
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("Unsaved labels")
        box.setText(f"The labels of {name} have changes that are not saved.")
        save = box.addButton("Save", QMessageBox.ButtonRole.AcceptRole)
        discard = box.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(save)
        box.setEscapeButton(stay)
        box.exec()
        if box.clickedButton() is save:
            self.save(go_on)
        elif box.clickedButton() is discard:
            go_on()
