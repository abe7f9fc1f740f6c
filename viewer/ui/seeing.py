"""Which frames see what, for the window: counting pixels in the background, and going to a frame."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from viewer.app.seen_in import frames_seeing, nearest_frame
from viewer.app.visibility import Visibility
from viewer.app.visibility_cache import scene_visibility
from viewer.errors import ViewerError
from viewer.jobs.job import Step
from viewer.jobs.lanes import Job
from viewer.model.frames import FrameId
from viewer.ui.once_for import OnceFor

if TYPE_CHECKING:
    from viewer.app.rows import ShowOnly
    from viewer.ui.main_window import MainWindow

log = logging.getLogger(__name__)


class Seeing(QObject):
    """Counts the pixels of every object in every frame, once per scene; leads to frames by what they see."""

    progressed = Signal()  # counting began, went on or ended

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._counted = OnceFor()
        self._job: Job[Visibility] | None = None
        self.step: Step | None = None
        """How far counting is; None while nothing is being counted."""
        self.problem = ""
        """Why nothing could be counted."""
        window.opening.settled.connect(self._count_new_scene)
        window.session.scene_changed.connect(self._forget)
        self._count_new_scene()

    # counting

    @property
    def can_count(self) -> bool:
        """True when the scene has what counting needs."""
        session = self._window.session
        return bool(session.object_count) and session.images is not None and session.nodes is not None

    def _forget(self) -> None:
        self._job = self.step = None
        self.problem = ""
        self.progressed.emit()

    def _count_new_scene(self) -> None:
        """Count in the background, after what the first picture needs."""
        opened = self._window.session.opened
        if opened is not None and not self._counted.is_done(opened):
            self._counted.note(opened)
            self.count()

    def count(self) -> None:
        """Count now, or take the counts that were kept."""
        session, runner, opened = self._window.session, self._window.runner, self._window.session.opened
        if opened is None or not self.can_count or self._job is not None or session.seen is not None:
            return
        scene = opened.scene

        def stepped(step: Step) -> None:
            if self._job is job:
                self.step = step
                self.progressed.emit()

        def ended(*, seen: Visibility | None = None, problem: str = "") -> None:
            if self._job is not job:
                return
            self._job = self.step = None
            self.problem = problem
            if seen is not None and session.opened is opened:
                session.set_seen(seen)
            self.progressed.emit()

        def failed(error: BaseException) -> None:
            """Without counts the size of objects decides what to label next; nothing else stops."""
            ended(problem=str(error))
            if not isinstance(error, ViewerError):
                raise error
            log.info("the pixels of objects could not be counted: %s", error)

        self.step = Step(0, 0, "")
        job: Job[Any] = runner.start(
            runner.compute_lane,
            lambda progress: scene_visibility(scene, progress=progress),
            title="Counting pixels of objects",
            done=lambda seen: ended(seen=seen),
            failed=failed,
            cancelled=ended,
            step=stepped,
        )
        self._job = job
        self.progressed.emit()

    def cancel(self) -> None:
        """Stop counting."""
        if self._job is not None:
            self._job.cancel()

    # going to a frame

    def go_to_nearest(self) -> None:
        """Show the frame whose camera is nearest to where the 3D view stands and looks."""
        found = nearest_frame(self._window.session, self._window.scene_view.current_camera())
        if found is None:
            self._window.tell("No camera of this scene has a pose")
        else:
            self._window.session.show_frame(found)
            self._window.tell(f"Nearest to this view: {_name(found)}")

    def go_to_best(self) -> None:
        """Show the frame that shows most of the selection."""
        session = self._window.session
        if session.seen is None:
            can = self.can_count
            self.count()
            self._window.tell(
                "Pixels are still being counted" if can else "This scene has no images of render nodes"
            )
            return
        rows, pixels = frames_seeing(session.seen, session.selection)
        if not len(rows):
            self._window.tell("No frame shows the selection")
            return
        best = session.seen.frames[int(rows[0])]
        session.show_frame(best)
        others = f"; {len(rows):,} frames show it" if len(rows) > 1 else "; no other frame shows it"
        self._window.tell(f"{_name(best)} shows most of it: {int(pixels[0]):,} pixels{others}")

    def pin_current(self) -> None:
        """Keep the current frame in a pane of its own."""
        if self._window.session.frame is not None:
            self._window.images_panel.pin_beside(self._window.session.frame)

    def look_through(self, frame: FrameId) -> None:
        """Go to a frame and see through its camera."""
        self._window.session.show_frame(frame)
        if not self._window.looking.is_on:
            self._window.looking.toggle()

    def list_objects(self, show: ShowOnly) -> None:
        """List some of the objects, in the list of objects."""
        dock = self._window.docks["objects"]
        dock.show()
        dock.raise_()
        self._window.panels.objects.show_only(show)


def _name(frame: FrameId) -> str:
    return f"{frame.camera}, frame {frame.frame}"
