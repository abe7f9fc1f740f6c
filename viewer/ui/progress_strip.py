"""How far the running jobs are, in one line with Cancel."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from viewer.jobs.job import Step
from viewer.jobs.lanes import Job
from viewer.ui import theme
from viewer.ui.calm_bar import CalmBar
from viewer.ui.job_runner import JobRunner
from viewer.ui.parts import ElidedLabel, push_button, text_label

DELAY_MS = 250
"""Jobs shorter than this are never shown, so that stepping through frames does not flicker."""
STEP_MS = 250
"""At most so often what a job reports is shown."""
BAR_STEPS = 1000


class ProgressStrip(QWidget):
    """Shows the job that reported last; takes no room while nothing runs."""

    def __init__(self, runner: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs: dict[int, tuple[Job[Any], Step | None]] = {}
        self._shown: Job[Any] | None = None
        self._title = text_label("", "heading")
        self._text = ElidedLabel("", "muted")
        self._bar = CalmBar()
        self._bar.setFixedWidth(200)
        self._bar.setRange(0, 0)
        self._share = text_label("", "muted")
        self._share.setMinimumWidth(36)
        self._others = text_label("", "faint")
        self._cancel = push_button("Cancel", tip="Stop this; what is open stays as it is", clicked=self._stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self._title)
        row.addWidget(self._text, 1)
        row.addWidget(self._others)
        row.addWidget(self._bar)
        row.addWidget(self._share)
        row.addWidget(self._cancel)
        self.setAccessibleName("Progress")
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(DELAY_MS)
        self._delay.timeout.connect(self._show)
        self._steps_timer = QTimer(self)
        self._steps_timer.setSingleShot(True)
        self._steps_timer.setInterval(STEP_MS)
        self._steps_timer.timeout.connect(self._show_step)
        runner.started.connect(self._add)
        runner.stepped.connect(self._step)
        runner.ended.connect(self._end)
        self.hide()

    @property
    def job(self) -> Job[Any] | None:
        """The job that is shown."""
        return self._shown

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        colors = theme.tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colors.panel))
        painter.fillRect(0, 0, self.width(), 1, QColor(colors.border))
        painter.end()

    def _add(self, job: Job[Any]) -> None:
        if not job.is_shown:
            return
        self._jobs[id(job)] = (job, None)
        if not self.isVisible() and not self._delay.isActive():
            self._delay.start()
        elif self.isVisible():
            self._refresh()

    def _step(self, job: Job[Any], step: Step) -> None:
        if id(job) in self._jobs:
            self._jobs.pop(id(job))
            self._jobs[id(job)] = (job, step)  # the last to report stands last
            # over the 3D view: each change of a letter has the whole window put together again
            if self.isVisible() and not self._steps_timer.isActive():
                self._steps_timer.start()

    def _show_step(self) -> None:
        if self._jobs and self.isVisible():
            self._refresh()

    def _end(self, job: Job[Any]) -> None:
        if self._jobs.pop(id(job), None) is None:
            return
        if not self._jobs:
            self._delay.stop()
            self._shown = None
            self.hide()
        elif self.isVisible():
            self._refresh()

    def _show(self) -> None:
        if self._jobs:
            self._refresh()
            self.show()

    def _refresh(self) -> None:
        reporting = [entry for entry in self._jobs.values() if entry[1] is not None]
        job, step = reporting[-1] if reporting else next(iter(self._jobs.values()))
        self._shown = job
        self._title.setText(job.title)
        self._text.setText("" if step is None or step.text == job.title else step.text)
        is_known = step is not None and step.total > 0
        self._bar.setRange(0, BAR_STEPS if is_known else 0)
        share = 0.0
        if step is not None and is_known:
            share = min(1.0, step.done / step.total)
            self._bar.setValue(round(share * BAR_STEPS))
        self._share.setText(f"{share:.0%}" if is_known else "")
        others = [entry[0].title for entry in self._jobs.values() if entry[0] is not job]
        self._others.setText(f"{len(others)} more" if others else "")
        self._others.setToolTip("\n".join(others))
        is_stopping = job.progress.is_cancelled
        self._cancel.setEnabled(not is_stopping)
        self._cancel.setText("Stopping…" if is_stopping else "Cancel")

    def _stop(self) -> None:
        if self._shown is not None:
            self._shown.cancel()
            self._refresh()
