"""Bringing back labels as they were before a save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from viewer.app.kept_versions import VersionSummary, look_at_versions
from viewer.ui.dialogs.kept_versions import KeptVersionsDialog, time_text

if TYPE_CHECKING:
    from viewer.app.labelling import Labelling
    from viewer.ui.main_window import MainWindow


class KeptVersions(QObject):
    """Looks at the versions in the background, offers them, and loads the chosen one as one step."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def offer(self) -> None:
        """Show what is kept of the folder that Save writes to."""
        self._window.painting.in_turn(self._look)

    def _look(self) -> None:
        window = self._window
        labelling, folder = window.session.labelling, window.saving.folder
        if labelling is None:
            return
        if folder is None:
            window.tell("Nothing was saved yet, so no version is kept")
            return
        now = labelling.labels.copy()
        window.runner.start(
            window.runner.save_lane,
            lambda progress: look_at_versions(folder, now, progress),
            title="Reading kept versions",
            done=lambda versions: self._show(labelling, versions),
            failed=window.opening.explain,
        )

    def _show(self, labelling: Labelling, versions: tuple[VersionSummary, ...]) -> None:
        if self._window.session.labelling is not labelling:
            return
        dialog = KeptVersionsDialog(versions, self._window)
        dialog.chosen.connect(
            lambda version: self._window.painting.in_turn(lambda: self._restore(labelling, version))
        )
        dialog.open()

    def _restore(self, labelling: Labelling, version: VersionSummary) -> None:
        if self._window.session.labelling is labelling and version.labels is not None:
            labelling.load_labels(version.labels, title=f"Restore version of {time_text(version.saved)}")
            self._window.tell("Restored; Ctrl+Z takes it back, Ctrl+S saves it")
