"""The frames of a camera: timeline, transport buttons and filmstrip."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from viewer.app.frame_reasons import trajectory_words
from viewer.app.session import Session
from viewer.app.settings import Settings
from viewer.app.thumbnails import ThumbnailKind
from viewer.app.timeline import NO_TIMELINE, Timeline, timeline_of
from viewer.model.colors import class_color_rows, instance_color_rows
from viewer.model.frames import FrameId
from viewer.model.label_table import LabelTable
from viewer.ui import theme
from viewer.ui.filmstrip import Filmstrip
from viewer.ui.held_painting import HeldPainting
from viewer.ui.job_runner import JobRunner
from viewer.ui.parts import listen, tool_button
from viewer.ui.timeline_bar import TimelineBar

SHOWS_SETTING: Final = "frames/thumbnails"
FILMSTRIP_FROM_PX: Final = 40
"""Height that has to be left for the filmstrip to be worth showing."""


class FrameNumber(QSpinBox):
    """A frame id; its arrows go to the next frame that exists."""

    def __init__(self, step: Callable[[int], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._step = step
        self.setKeyboardTracking(False)

    def stepBy(self, steps: int) -> None:
        self._step(steps)


class FramesPanel(QWidget):
    """Steps through the frames of a trajectory. All it does goes through `session.show_frame`."""

    def __init__(
        self,
        session: Session,
        runner: JobRunner,
        settings: Settings | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.timeline: Timeline = NO_TIMELINE
        self.is_ready: Callable[[], bool] = lambda: True
        """Playing waits while this says no: set it to tell that the current frame is on the screen."""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._play_on)
        self._build(runner)
        self.fps.setValue((settings or Settings()).play_fps)
        listen(self, session.scene_changed, self._new_scene)
        listen(self, session.frame_changed, self._show)
        listen(self, session.pose_check_changed, self._show_misfits)
        self._recolor_soon = QTimer(self)
        self._recolor_soon.setSingleShot(True)
        self._recolor_soon.setInterval(0)  # one stroke may tell of several changes
        self._recolor_soon.timeout.connect(self.filmstrip.thumbnails.labels_changed)
        self._table: LabelTable | None = None
        for signal in (session.labels_changed, session.instances_changed):
            listen(self, signal, self._labels_changed)
        listen(self, session.brush_changed, self._brush_changed)
        theme.NEWS.changed.connect(self._mark_trajectories)
        self._new_scene()

    def _build(self, runner: JobRunner) -> None:
        self.setAccessibleName(self.tr("Frames"))
        tr = self.tr
        self._first = tool_button("first", tr("First frame"), shortcut="Home", clicked=self.first_frame)
        self._prev = tool_button("prev", tr("Previous frame"), shortcut="Left", clicked=self.previous_frame)
        self._play = tool_button("play", tr("Play"), shortcut="K", is_checkable=True)
        self._play.clicked.connect(self.play)
        self._next = tool_button("next", tr("Next frame"), shortcut="Right", clicked=self.next_frame)
        self._last = tool_button("last", tr("Last frame"), shortcut="End", clicked=self.last_frame)
        self.loop = tool_button(
            "loop", tr("Loop"), tr("Start over at the end of the trajectory"), is_checkable=True
        )
        self.loop.setChecked(True)
        self.only_pictured = tool_button(
            "image",
            tr("Only frames with images"),
            tr("Step and play only over frames that have an image"),
            is_checkable=True,
        )
        self.only_pictured.setChecked(True)
        self.camera = QComboBox(self)
        self.camera.setAccessibleName(tr("Camera"))
        self.camera.setToolTip(tr("Camera trajectory (Up and Down)"))
        self.camera.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.camera.setMinimumContentsLength(6)
        self.camera.activated.connect(lambda _: self._choose_camera(self.camera.currentText()))
        self.number = FrameNumber(self.step, self)
        self.number.setAccessibleName(tr("Frame"))
        self.number.setToolTip(tr("Frame id; type one and press Return"))
        self.number.editingFinished.connect(self._typed)
        self.fps = QDoubleSpinBox(self)
        self.fps.setRange(0.2, 30.0)
        self.fps.setDecimals(1)
        self.fps.setSuffix(tr(" fps"))
        self.fps.setAccessibleName(tr("Play speed"))
        self.fps.setToolTip(tr("Frames per second while playing"))
        self.fps.valueChanged.connect(self._set_speed)
        self.shows = QComboBox(self)
        self.shows.addItems([kind.value for kind in ThumbnailKind])
        self.shows.setAccessibleName(tr("Small pictures show"))
        self.shows.setToolTip(tr("What the small pictures show: photos, or the labels as they are now"))
        self.shows.setCurrentText(str(QSettings().value(SHOWS_SETTING, ThumbnailKind.PHOTO.value)))
        self.shows.activated.connect(lambda _: self._choose_kind())
        self._total = QLabel(self)
        self._total.setProperty("role", "muted")
        self.bar = TimelineBar(self)
        self.bar.frame_asked.connect(self._go)
        self.bar.step_asked.connect(self.step)
        self.bar.end_asked.connect(self._end)
        self.filmstrip = Filmstrip(runner, self)
        self.filmstrip.frame_asked.connect(self._go)
        self.filmstrip.thumbnails.colors = self._label_colors
        self.held = HeldPainting((self.bar, self.number, self.filmstrip), self)
        """What shows the current frame."""
        self._controls = QHBoxLayout()
        self._controls.setSpacing(2)
        for widget in (self._first, self._prev, self._play, self._next, self._last):
            self._controls.addWidget(widget)
        self._controls.addSpacing(6)
        self._controls.addWidget(self.camera)
        self._controls.addWidget(self.number)
        self._controls.addSpacing(6)
        self._controls.addWidget(self._total)
        self._controls.addSpacing(6)
        self._controls.addWidget(self.bar, 1)
        self._controls.addSpacing(6)
        for option in (self.shows, self.only_pictured, self.loop, self.fps):
            self._controls.addWidget(option)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 2, 4, 2)
        column.setSpacing(2)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)  # what does not fit is left out
        column.addLayout(self._controls)
        column.addWidget(self.filmstrip, 1)

    # what is shown

    def _new_scene(self) -> None:
        self.play(False)
        self.camera.clear()
        self.camera.addItems(list(self._session.camera_names))
        self._mark_trajectories()
        self.timeline = NO_TIMELINE
        self._show_kind()
        self._show(self._session.frame)

    def _mark_trajectories(self) -> None:
        """A warning sign for trajectories the authors left out; tool tips say what they noted."""
        warning = theme.mark("warning", 14, theme.tokens().warning)
        for k, camera in enumerate(self._session.camera_names):
            words = trajectory_words(self._session, camera)
            is_excluded = bool(timeline_of(self._session, camera).exclusion)
            self.camera.setItemIcon(k, warning if is_excluded else QIcon())
            self.camera.setItemData(k, words or None, Qt.ItemDataRole.ToolTipRole)

    def _show(self, frame: FrameId | None) -> None:
        camera = "" if frame is None else frame.camera
        if camera != self.timeline.camera or not len(self.timeline):
            self._show_camera(camera)
        number = None if frame is None else frame.frame
        self.bar.set_current(number)
        self.filmstrip.set_current(number)
        if number is not None:
            self.number.setValue(number)

    def _show_camera(self, camera: str) -> None:
        images = self._session.images
        self.timeline = timeline_of(self._session, camera) if camera else NO_TIMELINE
        self.camera.setCurrentText(camera)
        words = trajectory_words(self._session, camera) if camera else ""
        tip = self.tr("Camera trajectory (Up and Down)")
        self.camera.setToolTip(f"{tip}\n{words}" if words else tip)
        self.bar.set_timeline(self.timeline)
        self._show_misfits()
        self.filmstrip.set_timeline(
            None if images is None else images.source, self.timeline, self._session.nodes
        )
        has_frames = len(self.timeline) > 0
        pictured = len(self.timeline.pictured)
        self.number.setRange(
            int(self.timeline.ids[0]) if has_frames else 0, int(self.timeline.ids[-1]) if has_frames else 0
        )
        self._total.setText(
            self.tr("{0} of {1} with image").format(pictured, len(self.timeline)) if has_frames else ""
        )
        for widget in (
            self._first,
            self._prev,
            self._play,
            self._next,
            self._last,
            self.number,
            self.fps,
            self.loop,
            self.only_pictured,
            self.camera,
            self.bar,
        ):
            widget.setEnabled(has_frames)
        self._make_room()

    def _show_misfits(self) -> None:
        """Mark the frames of this camera that fail the pose check."""
        check, misfits = self._session.pose_check, self._session.misfits
        failed = () if check is None else check.failed
        self.bar.set_misfits(
            {
                found.frame.frame: found.diagnosis.reason
                for found in failed
                if found.frame in misfits and found.frame.camera == self.timeline.camera
            }
        )

    # live labels

    @property
    def _has_labels(self) -> bool:
        return self._session.labelling is not None and self._session.nodes is not None

    def _choose_kind(self) -> None:
        QSettings().setValue(SHOWS_SETTING, self.shows.currentText())
        self._show_kind()

    def _show_kind(self) -> None:
        chosen = next((kind for kind in ThumbnailKind if kind.value == self.shows.currentText()), None)
        is_there = chosen is not None and self._has_labels
        self.filmstrip.thumbnails.set_kind(chosen if is_there and chosen is not None else ThumbnailKind.PHOTO)

    def _label_colors(self, kind: ThumbnailKind) -> NDArray[np.uint8] | None:
        """(O, 4) the colors of all objects in the small pictures."""
        labelling = self._session.labelling
        if labelling is None:
            return None
        if kind is ThumbnailKind.CLASS:
            return class_color_rows(labelling.labels, labelling.table)
        return instance_color_rows(labelling.labels, labelling.instances)

    def _brush_changed(self) -> None:
        """A table of other classes has other colors."""
        labelling = self._session.labelling
        if labelling is not None and labelling.table is not self._table:
            self._table = labelling.table
            self._labels_changed()

    def _labels_changed(self, *_: object) -> None:
        if self.filmstrip.thumbnails.kind is not ThumbnailKind.PHOTO and not self._recolor_soon.isActive():
            self._recolor_soon.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Leave out what does not fit: the filmstrip when low, the rest when narrow."""
        left = self.height() - self.bar.sizeHint().height() - 8
        self.filmstrip.setVisible(left >= FILMSTRIP_FROM_PX and len(self.timeline) > 0)
        self._total.setVisible(self.width() > 900)
        self.fps.setVisible(self.width() > 620)
        self.shows.setVisible(self.width() > 700 and self._has_labels)
        self._first.setVisible(self.width() > 520)
        self._last.setVisible(self.width() > 520)

    def sizeHint(self) -> QSize:
        return QSize(700, self.bar.sizeHint().height() + 76)

    def minimumSizeHint(self) -> QSize:
        return QSize(420, self.bar.sizeHint().height() + 4)

    # stepping

    def step(self, by: int) -> None:
        """Show the frame `by` steps away."""
        frame = self._session.frame
        if frame is None:
            return
        found = self.timeline.step(frame.frame, by, only_pictured=self.only_pictured.isChecked())
        if found is not None:
            self._go(found)

    def next_frame(self) -> None:
        self.step(1)

    def previous_frame(self) -> None:
        self.step(-1)

    def first_frame(self) -> None:
        self._end(-1)

    def last_frame(self) -> None:
        self._end(1)

    def next_camera(self) -> None:
        self._step_camera(1)

    def previous_camera(self) -> None:
        self._step_camera(-1)

    def _step_camera(self, by: int) -> None:
        names = self._session.camera_names
        if self.timeline.camera in names:
            self._choose_camera(names[(names.index(self.timeline.camera) + by) % len(names)])

    def _choose_camera(self, camera: str) -> None:
        """The frame of another camera nearest to the current id."""
        frame = self._session.frame
        timeline = timeline_of(self._session, camera)
        near = timeline.nearest(
            0 if frame is None else frame.frame, only_pictured=self.only_pictured.isChecked()
        )
        if near is not None:
            self._session.show_frame(FrameId(camera, near))

    def _end(self, side: int) -> None:
        ids = self.timeline.steps(self.only_pictured.isChecked())
        if len(ids):
            self._go(int(ids[0] if side < 0 else ids[-1]))

    def _go(self, number: int) -> None:
        self._session.show_frame(FrameId(self.timeline.camera, number))

    def _typed(self) -> None:
        near = self.timeline.nearest(self.number.value())
        if near is not None:
            self._go(near)
        self._show(self._session.frame)

    # playing

    @property
    def is_playing(self) -> bool:
        return self._timer.isActive()

    def play(self, on: bool) -> None:
        """Show frame after frame at the chosen speed, or stop."""
        on = on and len(self.timeline) > 1
        if on and not self.is_playing:
            self._set_speed(self.fps.value())
            self._timer.start()
            if not self.loop.isChecked() and self._next_of_play() is None:
                self.first_frame()  # at the end: from the start
        elif not on:
            self._timer.stop()
        self._play.setChecked(on)
        theme.set_icon(self._play, "pause" if on else "play")
        name = self.tr("Pause") if on else self.tr("Play")
        self._play.setAccessibleName(name)
        self._play.setToolTip(f"{name} (K)")

    def toggle_play(self) -> None:
        self.play(not self.is_playing)

    def _set_speed(self, fps: float) -> None:
        self._timer.setInterval(round(1000 / fps))

    def _next_of_play(self) -> int | None:
        frame = self._session.frame
        if frame is None:
            return None
        return self.timeline.step(
            frame.frame, 1, only_pictured=self.only_pictured.isChecked(), loop=self.loop.isChecked()
        )

    def _play_on(self) -> None:
        if not self.is_ready():
            return
        found = self._next_of_play()
        if found is None:
            self.play(False)
        else:
            self._go(found)
