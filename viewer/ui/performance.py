"""What pictures and jobs took lately, kept for whoever looks."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from viewer.jobs.lanes import Job

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

MOST_PICTURES = 240
MOST_JOBS = 40


@dataclass(frozen=True, slots=True)
class PictureTime:
    """One picture of the 3D view."""

    ms: float
    is_full: bool  # False: of a moving view


@dataclass(frozen=True, slots=True)
class JobTime:
    """One job that has ended."""

    title: str
    seconds: float


class Performance(QObject):
    """Listens to the view and to the job runner."""

    picture_added = Signal()
    job_added = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.pictures: deque[PictureTime] = deque(maxlen=MOST_PICTURES)
        self.jobs: deque[JobTime] = deque(maxlen=MOST_JOBS)
        self._started: dict[Job[Any], float] = {}
        window.scene_view.frame_drawn.connect(self._drawn)
        window.runner.started.connect(self._begun)
        window.runner.ended.connect(self._ended)

    def show(self) -> None:
        """Open the window that tells."""
        from viewer.ui.dialogs.performance import PerformanceDialog

        PerformanceDialog(self, self._window.scene_view, self._window).show()

    def _drawn(self, ms: float) -> None:
        self.pictures.append(PictureTime(ms, self._window.scene_view.is_full_picture))
        self.picture_added.emit()

    def _begun(self, job: Job[Any]) -> None:
        self._started[job] = time.perf_counter()

    def _ended(self, job: Job[Any]) -> None:
        began = self._started.pop(job, None)
        if began is not None and job.title and job.is_shown:
            self.jobs.append(JobTime(job.title, time.perf_counter() - began))
            self.job_added.emit()
