"""The probe: reads all images of the frame under the pointer, and tells every value of the pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer

from viewer.app.pixel_probe import PixelHit, locate
from viewer.app.pixel_report import FrameImages, pixel_report, read_frame
from viewer.errors import ViewerError
from viewer.jobs.job import Progress
from viewer.jobs.lanes import Job
from viewer.model.frames import FrameId
from viewer.ui.watch import is_seen

if TYPE_CHECKING:
    from viewer.render.id_buffer import PointerHit
    from viewer.ui.main_window import MainWindow

REST_MS = 60
"""A pointer that moves on sooner is not worth reading a frame for."""
Place = tuple[FrameId, int, int]


class Probing(QObject):
    """Follows the pointer while the probe can be seen, unless a pixel is held."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._panel = window.panels.probe
        self._at: Place | None = None
        self._read: FrameImages | None = None
        self._reading: FrameId | None = None
        self._job: Job[FrameImages] | None = None
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.setInterval(REST_MS)
        self._resting.timeout.connect(self._fetch)
        images, session = window.images_panel, window.session
        images.pixel_world.connect(self._follow)
        images.probe_asked.connect(self.hold)
        for pane in images.panes:
            pane.pixel_clicked.connect(self._clicked)
        window.comparing.view.pixel_clicked.connect(self._clicked)
        window.scene_view.pointer_rested.connect(self._follow_3d)
        session.scene_changed.connect(self._forget)
        became_ready = window.painting.picking.became_ready
        for signal in (session.labels_changed, session.instances_changed, session.lens_changed, became_ready):
            signal.connect(self._show)
        self._panel.hold_changed.connect(self._hold_changed)
        window.docks["probe"].visibilityChanged.connect(self._free)

    @property
    def is_watched(self) -> bool:
        """True while the probe is on the screen."""
        return is_seen(self._panel)

    @property
    def is_current(self) -> bool:
        """True when what is asked for is shown."""
        return self._reading is None and not self._resting.isActive()

    def toggle(self) -> None:
        """Bring the probe forward; put it away when it is there."""
        dock = self._window.docks["probe"]
        if self.is_watched and not dock.isFloating():
            self._window.docks["layers"].raise_()
            if self.is_watched:
                dock.hide()
            return
        dock.show()
        dock.raise_()

    def hold(self, frame: FrameId, x: int, y: int) -> None:
        """Show a pixel and keep it."""
        if not self.is_watched:
            self.toggle()
        self._at = (frame, x, y)
        self._fetch()
        self._panel.hold.setEnabled(True)
        self._panel.hold.setChecked(True)

    # who is asked about

    def _follow(self, hit: PixelHit | None) -> None:
        if hit is not None and not self._panel.hold.isChecked() and self.is_watched:
            self._go_to((hit.frame, hit.x, hit.y))

    def _follow_3d(self, hit: PointerHit | None) -> None:
        """The pixel of the current frame that shows what the pointer rests on in 3D."""
        frame = self._window.session.frame
        if hit is None or hit.world is None or frame is None:
            return
        if self._panel.hold.isChecked() or not self.is_watched:
            return
        cache = self._window.images_panel.cache
        pixel = locate(self._window.session, cache, frame, np.array(hit.world), hit.object_id)
        if pixel is not None:
            self._go_to((frame, *pixel))

    def _clicked(self, frame: FrameId | None, x: int, y: int, _keys: object) -> None:
        if frame is not None and self.is_watched:
            self.hold(frame, x, y)

    def _hold_changed(self, is_held: bool) -> None:
        if not is_held and self._at is not None:
            self._show()

    def _go_to(self, place: Place) -> None:
        self._at = place
        if self._read is not None and self._read.frame == place[0]:
            self._resting.stop()
            self._show()
        elif self._reading != place[0]:
            self._resting.start()

    # reading and showing

    def _forget(self) -> None:
        self._at = self._read = self._reading = None
        self._resting.stop()
        self._panel.hold.setChecked(False)
        self._panel.show_report(None)

    def _free(self, is_shown: bool) -> None:
        """All images of a frame take a hundred megabytes: nobody needs them while the probe is away."""
        if not is_shown:
            self._read = None

    def _fetch(self) -> None:
        session, place = self._window.session, self._at
        if place is None or session.images is None:
            return
        frame = place[0]
        if self._read is not None and self._read.frame == frame:
            self._show()
            return
        source, cache, opened = session.images.source, self._window.images_panel.cache, session.opened
        trajectory = session.trajectory(frame.camera)
        lens = None if trajectory is None else trajectory.lens
        if self._job is not None:
            self._job.cancel()
        self._reading = frame
        self._panel.say(f"Reading all images of {frame.camera}, frame {frame.frame}…")

        def work(progress: Progress) -> FrameImages:
            return read_frame(source, cache, frame, lens, progress)

        def done(images: FrameImages) -> None:
            if session.opened is opened and self._reading == frame:
                self._read, self._reading = images, None
                self._show()

        def failed(error: BaseException) -> None:
            if self._reading == frame:
                self._reading = None
            if not isinstance(error, ViewerError):
                raise error
            self._panel.say(str(error))

        runner = self._window.runner
        self._job = runner.start(
            runner.frame_lane,
            work,
            title="Reading all images of a frame",
            is_shown=False,
            key="probe",
            done=done,
            failed=failed,
        )

    def _show(self, *_: object) -> None:
        images, place = self._read, self._at
        if images is None or place is None or images.frame != place[0]:
            return
        session, rays = self._window.session, self._window.painting.picking.rays_for(images.frame)
        context = self._window.images_panel.context_of(images.frame)
        self._panel.show_report(pixel_report(session, context, images, place[1], place[2], rays))
