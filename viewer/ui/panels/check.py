"""The pose check: a chart over the trajectory, and a table of all frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from viewer.app.pose_check_text import agreement_words, difference_words, offset_words, shift_words
from viewer.app.session import NOTHING, Session
from viewer.jobs.job import Step
from viewer.model.frames import FrameId
from viewer.ui import theme
from viewer.ui.chart_library import ChartLibrary
from viewer.ui.numpy_table import Column, NumpyTable
from viewer.ui.parts import ElidedLabel, EmptyState, listen, push_button, text_label, tool_button
from viewer.ui.table_view import TableView
from viewer.ui.watch import Watch

if TYPE_CHECKING:
    from viewer.geometry.pose_check import FrameCheck
    from viewer.ui.check_chart import CheckChart

MARK_PX = 14
MOST_SENTENCES = 2
"""More of what is wrong with files stands in the tool tip."""


class CheckPanel(QWidget):
    """What came of checking each frame. A click shows the frame."""

    check_asked = Signal()
    export_asked = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self._session = session
        self._checks: tuple[FrameCheck, ...] = ()
        self._sorted_by = ("frame", False)
        self._step: Step | None = None
        self._watch = Watch(self, self.refresh)
        self.chart: CheckChart | None = None  # made when there is something to draw: its library loads slowly
        self._library = ChartLibrary(self)
        self._library.loaded.connect(self._show_frame)
        self.table = NumpyTable(self._columns())
        self.view = TableView(self.table)
        self.view.setAccessibleName(self.tr("Checked frames"))
        self.view.stretch("reason")
        self.view.selection_made.connect(self._go_to)
        self.view.sort_asked.connect(self._sort)
        self.headline = ElidedLabel("", "heading")
        self.reason = text_label("", wraps=True, selectable=True)
        self.reason.setContentsMargins(8, 0, 8, 0)
        """What is wrong with the current frame."""
        self.check = push_button(self.tr("Check Poses"), icon="check", clicked=self.check_asked.emit)
        self.export = tool_button(
            "export",
            self.tr("Export CSV…"),
            self.tr("Write the table of all frames as CSV"),
            shows_text=True,
            clicked=self.export_asked.emit,
        )
        self.empty = EmptyState("check")
        self._lay_out()
        for signal in (session.scene_changed, session.pose_check_changed):
            listen(self, signal, self.refresh)
        listen(self, session.frame_changed, self._show_frame)
        theme.NEWS.changed.connect(self.table.all_changed)
        self.refresh()

    def _lay_out(self) -> None:
        self.check.setProperty("compact", "true")
        head = QHBoxLayout()
        head.setContentsMargins(8, 4, 8, 0)
        head.setSpacing(8)
        head.addWidget(self.headline, 1)
        for widget in (self.check, self.export):
            head.addWidget(widget)
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.addWidget(self.view)
        parts.setChildrenCollapsible(False)
        self._parts = parts
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(parts)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.reason)
        column.addWidget(body, 1)

    # what is shown

    def show_progress(self, step: Step | None) -> None:
        """How far the check is; None while none is going on."""
        self._step = step
        self._show_head()

    def refresh(self) -> None:
        """Show what the session knows of the check."""
        if self._watch.misses():
            return
        found = self._session.pose_check
        self._checks = () if found is None else found.frames
        self._stack.setCurrentIndex(0 if self._checks else 1)
        self._order()
        self._show_head()
        self._show_frame()

    def _show_head(self) -> None:
        session = self._session
        found, is_running = session.pose_check, self._step is not None
        self.check.setEnabled(session.scene is not None and not is_running)
        self.export.setEnabled(found is not None and not is_running)
        role = "heading"
        if self._step is not None:
            words = self._step.text or self.tr("Waiting to check the poses…")
        elif found is None:
            words = ""
        elif session.is_pose_check_stale:
            words = self.tr("Checked with another lens ({0}): check again").format(found.lens)
            role = "warning"
        else:
            words = found.summary
        self.headline.setText(words)
        if self.headline.property("role") != role:
            self.headline.setProperty("role", role)
            self.headline.style().polish(self.headline)
        if session.scene is None:
            self.empty.say(self.tr("Nothing is open."))
        else:
            self.empty.say(
                self.tr("Do the images fit the poses?"),
                self.tr(
                    "Checking compares every frame's objects, positions and distances with the mesh, or with "
                    "what other frames show, and says what is wrong."
                ),
            )

    def _show_frame(self, *_: object) -> None:
        if self._watch.misses():
            return
        frame = self._session.frame
        of_camera = [
            check for check in self._checks if frame is not None and check.frame.camera == frame.camera
        ]
        if self._checks and self.chart is None:
            self._library.load()
            self.chart = self._make_chart() if self._library.is_loaded else None
        if self.chart is not None:
            self.chart.show_checks(of_camera, is_stale=self._session.is_pose_check_stale)
            self.chart.set_current(None if frame is None else frame.frame)
        self._show_reason()
        rows = [k for k, check in enumerate(self._checks) if check.frame == frame]
        self.view.show_selection(np.array(rows, np.int64), scrolls=True)

    def _show_reason(self) -> None:
        """What is wrong with the current frame, then with files."""
        frame, found = self._session.frame, self._session.pose_check
        check = None if found is None else found.of(frame)
        is_stale = self._session.is_pose_check_stale
        parts = [] if found is None else list(found.notes)
        if check is not None and check.diagnosis.reason and not is_stale:
            parts.insert(0, f"{check.frame.camera} frame {check.frame.frame}: {check.diagnosis.reason}")
        self.reason.setText("\n".join(parts[:MOST_SENTENCES]))
        self.reason.setToolTip("\n".join(parts))
        self.reason.setVisible(bool(parts))

    def _make_chart(self) -> CheckChart:
        from viewer.ui.check_chart import CheckChart

        chart = CheckChart()
        chart.frame_asked.connect(self._show_number)
        self._parts.insertWidget(0, chart)
        self._parts.setStretchFactor(0, 2)
        self._parts.setStretchFactor(1, 3)
        self._parts.setSizes([320, 680])
        return chart

    # the table

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column(
                "frame",
                self.tr("Frame"),
                lambda item: f"{self._checks[item].frame.camera} {self._checks[item].frame.frame:04d}",
                lambda: np.arange(len(self._checks)),
                self._mark,
                width=116,
            ),
            Column(
                "fault",
                self.tr("Result"),
                lambda item: self._checks[item].fault.value,
                lambda: np.array([check.fault.value for check in self._checks]),
                width=118,
            ),
            self._number(
                "agreement",
                self.tr("Agreement"),
                self.tr("Pixels away from borders that show the object that is expected there"),
                agreement_words,
                lambda check: None if (found := check.measures.agreement) is None else found.inner,
            ),
            self._number(
                "shift",
                self.tr("Best shift"),
                self.tr("The whole-pixel shift at which most pixels agree"),
                shift_words,
                lambda check: (
                    None if (found := check.measures.shift) is None else np.hypot(found.dx, found.dy)
                ),
                width=112,
            ),
            self._number(
                "offset",
                self.tr("Positions off"),
                self.tr("How far from its pixel the camera sees the point that the pixel shows"),
                offset_words,
                lambda check: check.measures.offset_px,
            ),
            self._number(
                "distance",
                self.tr("Distance off"),
                self.tr("Difference of depth_meters to what is expected: median and 99th percentile"),
                lambda check: difference_words(check.measures.distance),
                lambda check: None if (found := check.measures.distance) is None else found.median_m,
                width=126,
            ),
            Column(
                "reason",
                self.tr("Reason"),
                lambda item: self._checks[item].diagnosis.reason,
                lambda: np.array([check.diagnosis.reason for check in self._checks]),
                width=160,
            ),
        )

    def _number(
        self,
        key: str,
        title: str,
        tip: str,
        words: Callable[[FrameCheck], str],
        value: Callable[[FrameCheck], float | None],
        width: int = 92,
    ) -> Column:
        def sort_key() -> NDArray[np.float64]:
            values = [value(check) for check in self._checks]
            return np.array([np.nan if found is None else found for found in values], np.float64)

        return Column(
            key,
            title,
            lambda item: words(self._checks[item]),
            sort_key,
            is_number=True,
            width=width,
            title_tip=tip,
        )

    def _mark(self, item: int) -> QIcon:
        check, colors = self._checks[item], theme.tokens()
        if self._session.is_pose_check_stale or not check.is_checked:
            return theme.mark("minus", MARK_PX, colors.faint)
        if check.has_failed:
            return theme.mark("error", MARK_PX, colors.danger)
        return theme.mark("tick", MARK_PX, colors.ok)

    def _sort(self, key: str, is_descending: bool) -> None:
        self._sorted_by = (key, is_descending)
        self._order()
        self._show_frame()

    def _order(self) -> None:
        key, is_descending = self._sorted_by
        column = next(column for column in self.table.columns if column.key == key)
        order = np.argsort(column.sort_key(), kind="stable") if self._checks else NOTHING
        self.table.show(order[::-1] if is_descending else order, len(self._checks))

    # gestures

    def _go_to(self, items: NDArray[np.int64]) -> None:
        if len(items) == 1:
            self._session.show_frame(self._checks[int(items[0])].frame)

    def _show_number(self, number: int) -> None:
        frame = self._session.frame
        if frame is not None:
            self._session.show_frame(FrameId(frame.camera, number))
