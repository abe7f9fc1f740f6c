"""Which frames see the selection, those with most of it first."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from viewer.app.rows import ShowOnly
from viewer.app.seen_in import frames_seeing, never_seen, pixels_in_frame
from viewer.app.session import NOTHING, Session
from viewer.jobs.job import Step
from viewer.model.frames import FrameId
from viewer.ui.calm_bar import CalmBar
from viewer.ui.frame_icons import ICON_SIZE, FrameIcons
from viewer.ui.job_runner import JobRunner
from viewer.ui.numpy_table import Column, NumpyTable
from viewer.ui.panels.menu_parts import add_to
from viewer.ui.parts import ElidedLabel, EmptyState, listen, push_button, text_label, tool_button
from viewer.ui.table_view import TableView
from viewer.ui.watch import Watch

ROW_PX = ICON_SIZE.height() + 6


class SeenInPanel(QWidget):
    """Frames ranked by the pixels that show the selection; and what this frame and no frame shows."""

    count_asked = Signal()
    cancel_asked = Signal()
    nearest_asked = Signal()
    best_asked = Signal()
    look_asked = Signal(object)  # FrameId
    pin_asked = Signal(object)  # FrameId
    objects_asked = Signal(object)  # ShowOnly

    def __init__(self, session: Session, runner: JobRunner) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self._session = session
        self._pixels: NDArray[np.int64] = NOTHING  # of the selection, by frame
        self._icons = FrameIcons(runner, self._icon_came)
        self._step: Step | None = None
        self._can_count = False
        self._watch = Watch(self, self.refresh)
        self._problem = ""
        self.table = NumpyTable(self._columns())
        self.view = TableView(self.table)
        self.view.setAccessibleName("Frames that see the selection")
        self.view.setIconSize(ICON_SIZE)
        self.view.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.view.horizontalHeader().hide()
        self.view.stretch("frame")
        self.view.selection_made.connect(self._go_to)
        self.view.activated_items.connect(lambda items: self.look_asked.emit(self._frame(int(items[0]))))
        self.view.customContextMenuRequested.connect(self._open_menu)
        self.headline = ElidedLabel("", "heading")
        self.best = tool_button(
            "focus",
            "Best frame",
            "Show the frame with most of it",
            shortcut="Shift+Z",
            clicked=self.best_asked.emit,
        )
        self.nearest = tool_button(
            "camera",
            "Nearest frame",
            "Show the frame whose camera is nearest to the 3D view",
            shortcut="Shift+O",
            clicked=self.nearest_asked.emit,
        )
        self.in_frame = self._link(ShowOnly.IN_FRAME)
        self.in_no_frame = self._link(ShowOnly.IN_NO_FRAME)
        self.empty = EmptyState("images")
        self._lay_out()
        for signal in (session.scene_changed, session.seen_changed, session.selection_changed):
            listen(self, signal, self.refresh)
        listen(self, session.frame_changed, self._show_frame)
        self.refresh()

    def _link(self, show: ShowOnly) -> QPushButton:
        button = push_button("", kind="quiet", clicked=partial(self.objects_asked.emit, show))
        button.setProperty("compact", "true")
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 6, 8, 0)
        head.setSpacing(4)
        head.addWidget(self.headline, 1)
        for button in (self.best, self.nearest):
            head.addWidget(button)
        self._bar = CalmBar()
        self._bar.setFixedHeight(4)
        self._bar_text = text_label("Counting pixels…", "muted", wraps=True)
        stop = push_button("Cancel", clicked=self.cancel_asked.emit)
        counting = QWidget()
        column = QVBoxLayout(counting)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(self._bar_text)
        column.addWidget(self._bar)
        column.addWidget(stop)
        column.addStretch(2)
        self.count = push_button("Count Now", kind="primary", clicked=self.count_asked.emit)
        idle = QWidget()
        column = QVBoxLayout(idle)
        column.setContentsMargins(16, 0, 16, 16)
        column.addWidget(self.empty, 1)
        column.addWidget(self.count)
        body = QWidget()
        self._stack = QStackedLayout(body)
        for page in (self.view, counting, idle):
            self._stack.addWidget(page)
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 2, 4, 4)
        foot.setSpacing(4)
        self._foot_title = text_label("Objects", "muted")
        foot.addWidget(self._foot_title)
        for link in (self.in_frame, self.in_no_frame):
            foot.addWidget(link, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(body, 1)
        column.addLayout(foot)

    # what is shown

    def show_progress(self, step: Step | None, *, can_count: bool, problem: str) -> None:
        """How far counting is (None: nothing is being counted), and whether it could be."""
        self._step, self._can_count, self._problem = step, can_count, problem
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Rank the frames anew."""
        if self._watch.misses():
            return
        session = self._session
        seen, selection = session.seen, session.selection
        self._icons.set_source(None if session.images is None else session.images.source)
        rows = NOTHING
        if seen is not None and seen.object_count == session.object_count:
            rows, pixels = frames_seeing(seen, selection)
            self._pixels = np.zeros(len(seen.frames), np.int64)
            self._pixels[rows] = pixels
        self.table.show(rows, 0 if seen is None else len(seen.frames))
        self.headline.setText(*self._headline(len(rows)))
        self.best.setEnabled(len(rows) > 0)
        self.nearest.setEnabled(session.cameras is not None)
        self._show_page(len(rows))
        self._show_frame()

    def _headline(self, frames: int) -> tuple[str, str]:
        """What is selected, and in how many frames it is seen."""
        session = self._session
        if session.seen is None or not len(session.selection):
            return "", ""
        one = len(session.selection) == 1
        name = (
            session.object_names[int(session.selection[0])] if one else f"{len(session.selection):,} objects"
        )
        return name, f": {frames:,} of {len(session.seen.frames):,} frames"

    def _show_page(self, frames: int) -> None:
        session = self._session
        self.count.setVisible(False)
        if frames:
            self._stack.setCurrentIndex(0)
            return
        if session.seen is None and self._step is not None:
            self._stack.setCurrentIndex(1)
            self._bar.setRange(0, self._step.total)
            self._bar.setValue(self._step.done)
            self._bar_text.setText(self._step.text or "Waiting to count pixels…")
            return
        self._stack.setCurrentIndex(2)
        if session.scene is None:
            self.empty.say("Nothing is open.", "Open a scene to see which frames show its objects.")
        elif session.seen is not None:
            if len(session.selection):
                self.empty.say("No frame shows it.", "It is hidden, or out of every view.")
            else:
                self.empty.say("Nothing is selected.", "Select an object to see which frames show it.")
        elif not self._can_count:
            self.empty.say(
                "What the frames show cannot be counted.",
                "That takes render_entity_id images, metadata_nodes.csv and a list of objects.",
            )
        else:
            self.empty.say(self._problem or "What the frames show has not been counted.")
            self.count.setVisible(True)

    def _show_frame(self, *_: object) -> None:
        """Mark the current frame, and count what it shows."""
        if self._watch.misses():
            return
        seen, frame = self._session.seen, self._session.frame
        pixels = None if seen is None else pixels_in_frame(seen, frame)
        self._foot_title.setVisible(seen is not None)
        for button, count, words, tip in (
            (self.in_frame, None if pixels is None else np.count_nonzero(pixels), "here", "this frame shows"),
            (
                self.in_no_frame,
                None if seen is None else len(never_seen(seen)),
                "in no frame",
                "no frame shows",
            ),
        ):
            button.setVisible(count is not None)
            button.setText(f"{count or 0:,} {words}")
            button.setToolTip(f"List the objects that {tip}")
        if seen is not None and frame in seen.frames:
            self.view.show_selection(np.array([seen.frames.index(frame)]), scrolls=True)

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column("frame", "Frame", self._name, lambda: self._pixels, self._picture, width=90),
            Column(
                "pixels",
                "Pixels",
                lambda item: f"{self._pixels[item]:,} px",
                lambda: self._pixels,
                is_number=True,
                width=84,
            ),
        )

    def _frame(self, item: int) -> FrameId:
        seen = self._session.seen
        if seen is None:
            raise ValueError("a frame was asked for before any was counted")
        return seen.frames[item]

    def _name(self, item: int) -> str:
        frame = self._frame(item)
        return f"{frame.camera}  {frame.frame:04d}"

    def _picture(self, item: int) -> QIcon:
        return self._icons.icon(self._frame(item))

    def _icon_came(self, frame: FrameId) -> None:
        seen = self._session.seen
        if seen is not None and frame in seen.frames:
            self.table.items_changed(np.array([seen.frames.index(frame)]))

    # gestures

    def _go_to(self, items: NDArray[np.int64]) -> None:
        if len(items) == 1:
            self._session.show_frame(self._frame(int(items[0])))

    def _open_menu(self, at: QPoint) -> None:
        items = self.view.selected_items
        if len(items) != 1:
            return
        frame = self._frame(int(items[0]))
        menu = QMenu(self)
        add_to(menu, "Look Through Its Camera", lambda: self.look_asked.emit(frame), icon="look-through")
        add_to(menu, "Keep in a Pane", lambda: self.pin_asked.emit(frame), icon="pin")
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.view.viewport().mapToGlobal(at))
