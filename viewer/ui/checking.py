"""Checking poses in the background, and writing what was found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from viewer.app.pose_check_text import save_csv
from viewer.jobs.job import Progress, Step
from viewer.jobs.lanes import Job

if TYPE_CHECKING:
    from viewer.app.pose_check import SceneCheck
    from viewer.geometry.pose_check import FrameCheck
    from viewer.model.scene import Scene
    from viewer.ui.main_window import MainWindow


class Checking(QObject):
    """Runs the pose check of the open scene; frames are shown as they are done."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._job: Job[SceneCheck] | None = None
        self._so_far: list[FrameCheck] = []
        panel, session = window.panels.check, window.session
        panel.check_asked.connect(self.start)
        panel.export_asked.connect(self.export)
        session.scene_changed.connect(self.cancel)
        session.lens_changed.connect(self._start_over)
        session.pose_check_changed.connect(window.panels.images.recolor)

    @property
    def is_running(self) -> bool:
        return self._job is not None

    def start(self) -> None:
        """Check all frames with the lens in use, and show the dock."""
        window, scene = self._window, self._window.session.scene
        dock = window.docks["check"]
        dock.show()
        dock.raise_()
        if scene is None or self.is_running:
            return
        source = window.painting.picking.whole
        self._so_far = []

        def work(progress: Progress) -> SceneCheck:
            from viewer.app.pose_check import check_scene

            def tell(check: FrameCheck) -> None:
                window.runner.post(lambda: self._add(job, scene, check))

            rays = None if source is None else source.get(progress)
            return check_scene(scene, rays=rays, progress=progress, on_frame=tell)

        job: Job[SceneCheck] = window.runner.start(
            window.runner.export_lane,
            work,
            title="Checking poses",
            done=lambda found: self._end(job, found),
            failed=lambda error: self._fail(job, error),
            cancelled=lambda: self._end(job, None),
            step=lambda step: self._show_step(job, step),
        )
        self._job = job
        window.panels.check.show_progress(Step(0, 0, ""))

    def cancel(self) -> None:
        """Stop checking; the frames that are done stay."""
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
            self._window.panels.check.show_progress(None)

    def _start_over(self) -> None:
        """A check that is going on is one of the lens in use."""
        if self.is_running:
            self.cancel()
            self.start()

    def _add(self, job: Job[SceneCheck], scene: Scene, check: FrameCheck) -> None:
        if job is self._job:
            from viewer.app.pose_check import SceneCheck

            self._so_far.append(check)
            self._window.session.set_pose_check(SceneCheck.so_far(scene, self._so_far))

    def _show_step(self, job: Job[SceneCheck], step: Step) -> None:
        if job is self._job:
            self._window.panels.check.show_progress(step)

    def _end(self, job: Job[SceneCheck], found: SceneCheck | None) -> None:
        if job is not self._job:
            return
        self._job = None
        if found is not None:
            self._window.session.set_pose_check(found)
            self._window.tell(found.summary)
        self._window.panels.check.show_progress(None)

    def _fail(self, job: Job[SceneCheck], error: BaseException) -> None:
        self._end(job, None)
        self._window.opening.explain(error)

    # writing

    def export(self) -> None:
        """Ask for a file and write the table of all frames as CSV."""
        found = self._window.session.pose_check
        if found is None:
            return
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, "Export the pose check", f"{found.scene}_pose_check.csv", "Tables (*.csv)"
        )
        if chosen:
            self.export_to(Path(chosen))

    def export_to(self, path: Path) -> None:
        """Write the table of all frames as CSV."""
        found, window = self._window.session.pose_check, self._window
        if found is None:
            return
        window.runner.start(
            window.runner.save_lane,
            lambda _progress: save_csv(found, path),
            title="Writing the pose check",
            done=lambda _: window.tell(f"The pose check was written to {path}"),
            failed=window.opening.explain,
        )
