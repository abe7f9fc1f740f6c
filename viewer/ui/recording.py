"""Recording a labelling session from the window, in the format that `hypersim-viewer replay` reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from viewer.app.recorder import SessionRecorder
from viewer.errors import ViewerError

if TYPE_CHECKING:
    from viewer.ui.actions import ActionSet
    from viewer.ui.main_window import MainWindow


class Recording(QObject):
    """One recording at a time; it ends, and asks for a file, when it is stopped."""

    changed = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._recorder: SessionRecorder | None = None
        window.session.scene_changed.connect(self._drop)
        self.changed.connect(window.refresh_actions)

    @property
    def is_on(self) -> bool:
        return self._recorder is not None

    def toggle(self) -> None:
        if self._recorder is not None:
            self.stop()
            return
        labelling, scene = self._window.session.labelling, self._window.session.scene
        if labelling is None or scene is None:
            return
        self._recorder = SessionRecorder(labelling, self._window.scene_view.size, scene.name)
        self.changed.emit()
        self._window.tell("Recording: strokes and labels go into a file when you stop")

    def stop(self) -> None:
        """Ask for a file and write what was recorded."""
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, "Save the recorded session as", "sequence.json", "Sessions (*.json)"
        )
        if chosen:
            self.write(Path(chosen))
        self.changed.emit()

    def write(self, path: Path) -> None:
        if self._recorder is None:
            return
        try:
            self._recorder.write(path)
        except ViewerError as error:
            self._window.banners.show_error(error)
            return
        self._drop()
        self._window.tell(f"Saved the session to {path}")

    def _drop(self) -> None:
        if self._recorder is not None:
            self._recorder.stop()
            self._recorder = None
            self.changed.emit()

    def show_state(self, table: ActionSet) -> None:
        table["record"].setChecked(self.is_on)
