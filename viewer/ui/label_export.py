"""Writing label images from the window, of the labels as they are now, saved or not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMessageBox

from viewer.app.label_images import LabelImagesWritten, write_label_images
from viewer.app.strokes import counted
from viewer.imaging.ids import ENTITIES
from viewer.model.frames import FrameId, FrameSource

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

FAILURES_TOLD = 50


def _has_entities(source: FrameSource) -> bool:
    frames = (FrameId(camera, int(k)) for camera in source.cameras for k in source.frame_ids(camera))
    return any(ENTITIES in source.modalities(frame) for frame in frames)


class LabelExport(QObject):
    """Asks where to, writes in the background, and tells what came of it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def ask(self) -> None:
        """Ask for a folder, unless there is no image that tells which objects a frame shows."""
        images = self._window.session.images
        if images is None or not _has_entities(images.source):
            self._window.tell(f"No frame has a {ENTITIES} image, from which label images are made")
            return
        chosen = QFileDialog.getExistingDirectory(
            self._window, "Write label images into a folder named images in"
        )
        if chosen and self._may_replace(Path(chosen)):
            self.export_to(Path(chosen))

    def export_to(self, folder: Path) -> None:
        """Write the images of all frames below `folder`/images."""
        self._window.painting.in_turn(lambda: self._export(folder))

    def _export(self, folder: Path) -> None:
        window = self._window
        scene, labelling = window.session.scene, window.session.labelling
        if scene is None or labelling is None:
            return
        snapshot = labelling.snapshot()
        window.runner.start(
            window.runner.export_lane,
            lambda progress: write_label_images(scene, snapshot, folder, progress=progress),
            title="Writing label images",
            done=self._tell,
            failed=window.opening.explain,
            cancelled=lambda: window.tell(f"Stopped; some label images are in {folder}"),
        )

    def _may_replace(self, folder: Path) -> bool:
        """Ask before the images that came with the scene are replaced."""
        scene = self._window.session.scene
        if scene is None or folder.resolve() != scene.path.resolve():
            return True
        answer = QMessageBox.question(
            self._window,
            "Replace the scene's own images?",
            f"The semantic and semantic_instance images of {scene.name} in this folder will be replaced.",
            QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel,
            QMessageBox.StandardButton.Cancel,
        )
        return answer is QMessageBox.StandardButton.Yes

    def _tell(self, written: LabelImagesWritten) -> None:
        words = f"Label images of {counted(len(written.frames), 'frame')} written to {written.folder}"
        self._window.tell(words)
        if written.failures:
            failures = [str(failure) for failure in written.failures]
            more = len(failures) - FAILURES_TOLD
            self._window.banners.show_message(
                "warning",
                f"{words}; {counted(len(failures), 'frame')} could not be made.",
                details="\n".join(failures[:FAILURES_TOLD] + ([f"and {more} more"] if more > 0 else [])),
            )
