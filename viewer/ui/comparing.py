"""The comparison of two images, in place of the panes: who stands against whom, kept up to date."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtWidgets import QMenu, QStackedWidget

from viewer.app.comparison import Comparison, Side, compare, frames_beside, labels_kept, ready
from viewer.app.pane_pictures import imaging_context
from viewer.app.pixel_probe import image_size, support_keys
from viewer.errors import GpuError, ViewerError
from viewer.imaging.live import DISTANCES, LIVE_MODALITIES, OBJECTS, PICTURE, is_live
from viewer.imaging.modality import ImageSet
from viewer.jobs.job import Progress
from viewer.model.frames import FrameId, ImageArray
from viewer.render.shot import Shot
from viewer.ui import docks
from viewer.ui.actions import ActionSet
from viewer.ui.compare_canvas import CompareMode
from viewer.ui.compare_view import CompareSide, CompareView
from viewer.ui.image_absence import Absence, missing_reasons, why_absent
from viewer.ui.panels.menu_parts import add_to
from viewer.ui.watch import Watch

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

LIVE_SETTLE_MS = 60
"""Changes of the 3D view that come faster than this are drawn once."""


class Pages(QStackedWidget):
    """Pages of which only the one on top says how much room is needed."""

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        return super().minimumSizeHint() if page is None else page.minimumSizeHint()


class Comparing(QObject):
    """Owns the comparison and the stack in which it takes the place of the panes."""

    changed = Signal()  # opened, closed, or another mode

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._panel = panel = window.panels.images
        first, second = panel.panes[0].modality, panel.panes[1].modality
        self.view = CompareView(first, second)
        self.stack = Pages()
        self.stack.addWidget(panel)
        self.stack.addWidget(self.view)
        docks.fill(window.docks["images"], self.stack)
        window.actions_table.act_on(self.stack)
        self.changed.connect(window.refresh_actions)
        self._watch = Watch(self.view, self.refresh)
        self._wish = 0
        self._is_waiting = False
        self._shots: dict[FrameId, Shot] = {}
        self._redo_soon = QTimer(self)
        self._redo_soon.setSingleShot(True)
        self._redo_soon.setInterval(LIVE_SETTLE_MS)
        self._redo_soon.timeout.connect(self.refresh)
        self._last: FrameId | None = None
        view = self.view
        view.wanted.connect(self.refresh)
        view.mode_changed.connect(lambda _: self.changed.emit())
        view.close_asked.connect(self.close)
        view.pixel_hovered.connect(partial(panel.hover, view))
        view.pixel_clicked.connect(panel.click)
        view.canvas.pan_zoom_changed.connect(panel.take_pan_zoom)
        for side in view.sides:
            side.pin_asked.connect(partial(self._pin, side))
            side.frames_asked.connect(partial(self._offer_frames, side))
        panel.compare_asked.connect(self.open)
        session = window.session
        session.frame_changed.connect(self._follow_frame)
        session.scene_changed.connect(self._new_scene)
        for signal in (
            session.labels_changed,
            session.instances_changed,
            session.color_by_changed,
            session.visibility_changed,
            session.clip_changed,
            session.points_changed,
            session.lens_changed,
        ):
            signal.connect(self._scene_looks_different)
        window.layer_styles.changed.connect(self._scene_looks_different)
        window.scene_view.upload_finished.connect(self._scene_looks_different)

    # opening and closing

    @property
    def is_on(self) -> bool:
        return self.stack.currentWidget() is self.view

    @property
    def is_current(self) -> bool:
        """True when nothing that was asked for is still to come."""
        return not self.is_on or not self._is_waiting

    def toggle(self) -> None:
        if self.is_on:
            self.close()
        else:
            self.open()

    def open(self) -> None:
        """Compare what the first two panes show; the same twice would be no comparison."""
        if not self.is_on:
            panes = self._panel.panes[:2]
            for side, pane in zip(self.view.sides, panes, strict=True):
                side.show_modality(pane.modality)
                side.set_pinned(pane.pinned)
            is_same = panes[0].modality is panes[1].modality and panes[0].pinned == panes[1].pinned
            if is_same:
                self.view.sides[1].show_modality(LIVE_MODALITIES[0])
            self._show()

    def against_live(self) -> None:
        """Compare side A, or what the first pane shows, with the 3D view through the same camera."""
        if not self.is_on:
            self.open()
        first, second = self.view.sides
        second.show_modality(LIVE_MODALITIES[0])
        second.set_pinned(first.pin.pinned)
        self.refresh()

    def close(self) -> None:
        self.stack.setCurrentWidget(self._panel)
        self._panel.marks.also = ()
        self._shots.clear()
        self.changed.emit()

    def _show(self) -> None:
        self._window.docks["images"].show()
        self._window.docks["images"].raise_()
        self.view.canvas.set_pan_zoom(self._panel.pan_zoom)
        self.stack.setCurrentWidget(self.view)
        self._panel.marks.also = (self.view,)
        self.changed.emit()
        self.refresh()

    def wipe(self) -> None:
        self._use(CompareMode.WIPE)

    def blink(self) -> None:
        self._use(CompareMode.BLINK)

    def show_difference(self) -> None:
        self._use(CompareMode.DIFFERENCE)

    def _use(self, mode: CompareMode) -> None:
        self.view.set_mode(mode)
        self.open()

    def show_state(self, table: ActionSet) -> None:
        """Check the commands that are in use."""
        table["compare"].setChecked(self.is_on)
        for mode, key in (
            (CompareMode.WIPE, "compare_wipe"),
            (CompareMode.BLINK, "compare_blink"),
            (CompareMode.DIFFERENCE, "compare_difference"),
        ):
            table[key].setChecked(self.view.mode is mode)

    # keeping up

    def _pin(self, side: CompareSide, is_wanted: bool) -> None:
        self._keep(side, self._frame_of(side) if is_wanted else None)

    def _offer_frames(self, side: CompareSide, menu: QMenu) -> None:
        """Fill a menu with frames to put on a side."""
        current = self._window.session.frame
        for words, frame in frames_beside(self._window.session):
            is_other = frame != side.pin.pinned
            keep = partial(self._keep, side, frame)
            add_to(menu, f"{words}: {frame.frame:04d}", keep, icon="pin", is_enabled=is_other)
        menu.addSeparator()
        is_enabled = current is not None and side.pin.pinned is not None
        add_to(menu, "Current frame", partial(self._keep, side, None), is_enabled=is_enabled)

    def _keep(self, side: CompareSide, frame: FrameId | None) -> None:
        side.set_pinned(frame)
        self.refresh()

    def _frame_of(self, side: CompareSide) -> FrameId | None:
        return side.pin.pinned or self._window.session.frame

    def _new_scene(self) -> None:
        self._shots.clear()
        self._last = None
        for side in self.view.sides:
            side.set_pinned(None)
        self.refresh()

    def _follow_frame(self, _: object) -> None:
        self.refresh()

    def _scene_looks_different(self, *_: object) -> None:
        self._shots.clear()
        if self.is_on and not self._redo_soon.isActive():
            self._redo_soon.start()

    def refresh(self) -> None:
        """Bring both sides up to date, through a worker."""
        self._wish += 1
        self._is_waiting = False
        if not self.is_on or self._watch.misses():
            return
        session, panel, view = self._window.session, self._panel, self.view
        sides: list[Side] = []
        for side in view.sides:
            found = self._side(side)
            if not isinstance(found, Side):
                view.show_message(found.icon, found.text, is_problem=found.is_problem)
                self._settle()
                return
            sides.append(found)
        if session.images is None:
            return
        source, cache = session.images.source, panel.cache
        pair, as_shown, wish = (sides[0], sides[1]), view.as_shown.isChecked(), self._wish
        support = support_keys(session, pair[0].frame)
        panel.loader.decode_support(source, pair[0].frame, support, panel.marks.show_again, slot="compare")
        self._is_waiting = True
        at_hand = None if view.mode is CompareMode.DIFFERENCE else ready(source, cache, pair)
        if at_hand is None:
            view.canvas.show_stale("")
        else:
            view.show_comparison(at_hand, image_size(cache, pair[0].frame))
            self._is_waiting = False  # the difference may come later

        def work(progress: Progress) -> Comparison:
            return compare(source, cache, pair, as_shown=as_shown, progress=progress)

        def done(comparison: Comparison) -> None:
            if wish == self._wish:
                view.show_comparison(comparison, image_size(cache, pair[0].frame))
                panel.marks.show_again()
                self._settle()

        def failed(error: BaseException) -> None:
            if not isinstance(error, ViewerError):
                raise error
            if wish == self._wish:
                view.show_message("warning", str(error), is_problem=True)
                self._settle()

        runner = self._window.runner
        runner.start(
            runner.frame_lane,
            work,
            title="Comparing images",
            is_shown=False,
            key="compare",
            done=done,
            failed=failed,
        )

    def _settle(self) -> None:
        """Both sides are there: decode the frames that are likely next."""
        self._is_waiting = False
        session, frame = self._window.session, self._window.session.frame
        if frame is None:
            return
        self._panel.frame_shown.emit(frame)
        if session.images is None:
            return
        is_back = self._last is not None and frame.camera == self._last.camera and frame < self._last
        self._last = frame
        looks = tuple(
            (side.modality, self._panel.style_of(side.modality))
            for side in self.view.sides
            if side.pin.pinned is None and not is_live(side.modality)
        )
        support, context = support_keys(session, frame), imaging_context(session, frame)
        source = session.images.source
        self._panel.loader.prefetch(source, frame, -1 if is_back else 1, looks, support, context)

    def _side(self, side: CompareSide) -> Side | Absence:
        """A side as workers need it, or why there is none."""
        session = self._window.session
        frame, modality = self._frame_of(side), side.modality
        context = labels_kept(imaging_context(session, frame))
        if frame is not None and session.images is not None:
            side.chooser.set_missing(missing_reasons(session.images.source.modalities(frame), context))
        if not is_live(modality):
            absence = why_absent(session, frame, modality, context)
            if absence is None and frame is not None:
                return Side(frame, modality, self._panel.style_of(modality), context)
            return absence or Absence("images", "There is no frame to compare.")
        if session.scene is None or frame is None:
            return Absence("images", "Open a scene to compare its images here.")
        if session.images is None:
            return Absence("images", "This scene has no images to compare the 3D view with.")
        try:
            shot = self._shoot(frame)
        except GpuError as error:
            return Absence("warning", str(error), is_problem=True)
        if shot is None:
            return Absence("missing", "This frame has no camera pose to look through.")
        metres = session.scene.metres_per_unit
        return Side(frame, modality, modality.default_style, context, lambda: _live_images(shot, metres))

    def _shoot(self, frame: FrameId) -> Shot | None:
        """What the 3D view draws through a frame's camera; drawn anew once the scene looks different."""
        camera = self._window.session.frame_camera(frame)
        if camera is None:
            return None
        if frame not in self._shots:
            self._shots = {frame: self._window.scene_view.shot(camera)}
        return self._shots[frame]


def _live_images(shot: Shot, metres_per_unit: float) -> ImageSet:
    distances = shot.distances() * np.float32(metres_per_unit)
    return {
        PICTURE: ImageArray(shot.rgb, PICTURE),
        DISTANCES: ImageArray(distances, DISTANCES),
        OBJECTS: ImageArray(shot.ids.object_ids, OBJECTS),
    }
