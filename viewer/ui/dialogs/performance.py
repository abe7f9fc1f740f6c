"""How long pictures and jobs take, and how much memory there is in use; live."""

from __future__ import annotations

import statistics

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from viewer.app.memory import memory_mb, peak_memory_mb
from viewer.render.scene_view import SceneView
from viewer.ui import theme
from viewer.ui.dialogs.dialog import Dialog
from viewer.ui.parts import push_button, text_label
from viewer.ui.performance import MOST_PICTURES, Performance

REFRESH_MS = 250
LINES_MS = (16.7, 100.0)
"""Sixty and ten pictures a second."""
LEAST_TOP_MS = 120.0


class PictureChart(QWidget):
    """One bar per picture, the newest on the right."""

    def __init__(self, performance: Performance) -> None:
        super().__init__()
        self._performance = performance
        self.setMinimumHeight(130)
        self.setAccessibleName("Time of the last pictures")
        self.setToolTip("One bar per picture, the newest on the right")

    def sizeHint(self) -> QSize:
        return QSize(480, 150)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.tokens()
        painter = QPainter(self)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(tokens.border)))
        painter.setBrush(QColor(tokens.base))
        painter.drawRoundedRect(area, 4, 4)
        pictures = list(self._performance.pictures)
        inner = area.adjusted(8, 8, -8, -8)
        top = max([LEAST_TOP_MS, *(picture.ms for picture in pictures)])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        wide = inner.width() / MOST_PICTURES
        for k, picture in enumerate(reversed(pictures)):
            high = max(1.0, inner.height() * picture.ms / top)
            left = inner.right() - (k + 1) * wide
            color = tokens.ok if picture.is_full else tokens.accent_text
            painter.fillRect(QRectF(left, inner.bottom() - high, max(wide - 0.6, 1.0), high), QColor(color))
        painter.setPen(QPen(QColor(tokens.muted), 1, Qt.PenStyle.DotLine))
        for ms in LINES_MS:
            y = inner.bottom() - inner.height() * ms / top
            painter.drawLine(int(inner.left()), int(y), int(inner.right()), int(y))
            if inner.height() * ms / top > painter.fontMetrics().height() / 2:
                painter.drawText(int(inner.left()) + 2, int(y) - 3, f"{ms:.0f} ms")
        if not pictures:
            painter.setPen(QColor(tokens.muted))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "No picture was drawn yet")
        painter.end()


class PerformanceDialog(Dialog):
    """Refreshes a few times a second while it is open."""

    def __init__(self, performance: Performance, view: SceneView, parent: QWidget | None = None) -> None:
        super().__init__("Performance", parent, size=(560, 540))
        self._performance = performance
        self._view = view
        self.chart = PictureChart(performance)
        self.summary = text_label("", "heading")
        legend = text_label("Blue: while the view moves. Green: full pictures.", "muted")
        self.facts = {
            name: text_label("", wraps=True, selectable=True)
            for name in ("Full picture", "Moving view", "Memory", "OpenGL")
        }
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, (name, label) in enumerate(self.facts.items()):
            grid.addWidget(text_label(name, "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label, row, 1)
        self.facts["OpenGL"].setText(view.gl_info())
        self.jobs = QTableWidget(0, 2)
        self.jobs.setAccessibleName("Jobs in the background")
        self.jobs.setHorizontalHeaderLabels(["Work in the background", "Time"])
        self.jobs.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.jobs.verticalHeader().hide()
        self.jobs.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.jobs.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.jobs.setShowGrid(False)
        for part in (self.summary, self.chart, legend):
            self.body.addWidget(part)
        self.body.addLayout(grid)
        self.body.addWidget(self.jobs, 1)
        self.add_buttons(push_button("Copy", icon="copy", tip="Copy all figures", clicked=self.copy))
        self._is_stale = True
        performance.picture_added.connect(self._mark_stale)
        performance.job_added.connect(self._fill_jobs)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._refresh)
        self._timer.start(REFRESH_MS)
        self._fill_jobs()
        self._refresh()

    @property
    def text(self) -> str:
        """All figures, for a report."""
        lines = [self.summary.text(), *(f"{name}: {label.text()}" for name, label in self.facts.items())]
        return "\n".join([*lines, *(f"{job.title}: {_time(job.seconds)}" for job in self._performance.jobs)])

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)

    def _mark_stale(self) -> None:
        self._is_stale = True

    def _refresh(self) -> None:
        now, peak = memory_mb(), peak_memory_mb()
        told = [f"{now:,.0f} MB in use"] if now is not None else []
        told += [f"{peak:,.0f} MB at most"] if peak is not None else []
        self.facts["Memory"].setText(", ".join(told) or "not known on this system")
        if not self._is_stale:
            return
        self._is_stale = False
        times = sorted(picture.ms for picture in self._performance.pictures)
        if times:
            last = self._performance.pictures[-1].ms
            late = times[min(len(times) - 1, int(0.95 * len(times)))]
            middle = statistics.median(times)
            self.summary.setText(f"Last picture {last:.0f} ms   ·   half below {middle:.0f}, 95 % {late:.0f}")
        else:
            self.summary.setText("No picture yet")
        budget = self._view.movement
        full = budget.full_seconds
        self.facts["Full picture"].setText(_time(full) if full else "not measured yet")
        if not budget.is_quick:
            self.facts["Moving view"].setText("drawn with every triangle")
        else:
            width, height = (round(side * budget.share) for side in self._view.size)
            self.facts["Moving view"].setText(
                f"{width} × {height} pixels, about {budget.most_faces:,} triangles, to keep its pace"
            )
        self.chart.update()

    def _fill_jobs(self) -> None:
        jobs = list(reversed(self._performance.jobs))
        self.jobs.setRowCount(len(jobs))
        for row, job in enumerate(jobs):
            self.jobs.setItem(row, 0, QTableWidgetItem(job.title))
            time_item = QTableWidgetItem(_time(job.seconds))
            time_item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.jobs.setItem(row, 1, time_item)


def _time(seconds: float) -> str:
    return f"{seconds * 1e3:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
