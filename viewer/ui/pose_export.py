"""Writing trajectories from the window, with the lens in use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from viewer.app.pose_export import ExportFormat, PosesWritten, export_poses
from viewer.app.strokes import counted
from viewer.ui.dialogs.export_poses import ExportPosesDialog

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow


class PoseExport(QObject):
    """Asks what and where to, writes in the background, and tells what came of it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def ask(self) -> None:
        cameras = self._window.session.cameras
        if cameras is None:
            self._window.tell("This scene has no camera poses to export")
            return
        dialog = ExportPosesDialog(cameras.names, self._window)
        dialog.chosen.connect(self._ask_where)
        dialog.show_for_scene(self._window.session)

    def _ask_where(self, form: ExportFormat, cameras: tuple[str, ...], only_pictured: bool) -> None:
        scene = self._window.session.scene
        name = "poses" if scene is None else f"{scene.name}_poses"
        if form.suffix:
            text, _ = QFileDialog.getSaveFileName(
                self._window, "Write the poses to", f"{name}{form.suffix}", f"{form.title} (*{form.suffix})"
            )
        else:
            text = QFileDialog.getExistingDirectory(self._window, "Write the model's files into")
        if text:
            self.export_to(Path(text), form, cameras, only_pictured=only_pictured)

    def export_to(
        self, out: Path, form: ExportFormat, cameras: tuple[str, ...] = (), *, only_pictured: bool = False
    ) -> None:
        """Write the poses of some cameras, or of all, with the lens in use."""
        window = self._window
        scene = window.session.scene
        if scene is None:
            return
        window.runner.start(
            window.runner.export_lane,
            lambda progress: export_poses(
                scene, form, out, cameras=cameras, only_pictured=only_pictured, progress=progress
            ),
            title="Writing poses",
            done=self._tell,
            failed=window.opening.explain,
        )

    def _tell(self, written: PosesWritten) -> None:
        words = f"Poses of {counted(written.frames, 'keyframe')} written to {written.path}"
        self._window.tell(words)
        if written.warnings:
            self._window.banners.show_message("warning", f"{words}. {' '.join(written.warnings)}")
