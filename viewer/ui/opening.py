"""Opening scenes from the window: ask, find, choose, read in the background, swap in."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QSettings, QTimer, Signal
from PySide6.QtWidgets import QFileDialog

from viewer.app.object_facts import ObjectFacts
from viewer.app.open_scene import facts_of_mesh, facts_of_points, open_scene, recognise
from viewer.app.session import ColorBy, OpenedScene
from viewer.app.settings import overlay_roots
from viewer.errors import ViewerError
from viewer.formats.reader import Reader, SceneMatch
from viewer.jobs.job import Progress
from viewer.model.frames import FrameId
from viewer.model.mesh import Mesh
from viewer.model.points import PointSet

if TYPE_CHECKING:
    from viewer.app.head_start import HeadStart
    from viewer.ui.main_window import MainWindow

T = TypeVar("T")
log = logging.getLogger(__name__)
RECENT_LIMIT = 20
LONGEST_WAIT_SECONDS = 10.0
"""Work that nobody waits for begins when the scene and all of the window are there: until then all cores are
busy with them. But it is not put off for ever."""

FIRST_POINTS_MS = 2000
"""Where a scene has no mesh, its first points come before panels and images, unless they take longer."""


class Opening(QObject):
    """Everything about getting from a path to a scene in the window."""

    recent_changed = Signal()
    points_missed = Signal(str)  # why no points came; nothing while they are on their way
    settled = Signal()  # a scene was swapped in, or opening ended otherwise
    pictured = Signal()  # the scene is on the screen, whole; or there is none to wait for

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._path: Path | None = None
        self._wish = 0  # how often opening was asked for; only the last wish is followed
        self._left_unsaved: object = None  # what was unsaved when the user agreed to leave the scene
        self.extra_roots: list[Path] = []
        self._awaits_picture = False
        self._awaits_points = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(FIRST_POINTS_MS)
        self._patience.timeout.connect(self._stop_awaiting_points)
        self.points_missed.connect(lambda why: self._stop_awaiting_points() if why else None)
        self._is_time = threading.Event()
        """Workers may compute what nobody waits for."""
        window.scene_view.frame_drawn.connect(self._notice_picture)

    # what the menu calls

    def ask_folder(self) -> None:
        start = str(self._path.parent if self._path else Path.home())
        chosen = QFileDialog.getExistingDirectory(self._window, "Open a scene or a folder of scenes", start)
        if chosen:
            self.open_path(Path(chosen))

    def ask_overlay(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self._window, "A folder with other parts of the same scenes"
        )
        if chosen:
            self.extra_roots.append(Path(chosen))
            if self._path is not None:
                self.reload()

    def reload(self) -> None:
        if self._path is not None:
            frame = self._window.session.frame
            start_at = (None, None) if frame is None else (frame.camera, frame.frame)
            self.open_path(self._path, start_at=start_at)

    def close_scene(self) -> None:
        self._window.saving.ask_then(self._close_now)

    def open_sample(self) -> None:
        def make(progress: Progress) -> Path:
            from viewer.sample import cached_sample  # a fifth of a second, in which the window answers

            return cached_sample(progress)

        self._start(make, "Making the sample scene", self.open_path)

    def open_path(
        self,
        path: Path,
        *,
        start_at: tuple[str | None, int | None] = (None, None),
        ahead: HeadStart | None = None,
    ) -> None:
        """Open what is at a path, after asking about unsaved labels; the old scene stays until then.

        `ahead` is reading it already.
        """
        self._window.saving.ask_then(lambda: self._find(Path(path), start_at, ahead))

    # the steps

    def _find(self, path: Path, start_at: tuple[str | None, int | None], ahead: HeadStart | None) -> None:
        self._window.banners.clear()
        self._left_unsaved = self._window.saving.unsaved_state()
        also = (*self.extra_roots, *overlay_roots(self._window.settings))
        self._start(
            partial(recognise, path, also) if ahead is None else ahead.recognise,
            f"Looking for scenes in {path.name or path}",
            lambda found: self._choose(path, start_at, ahead, *found),
        )

    def _start(self, work: Callable[[Progress], T], title: str, done: Callable[[T], None]) -> None:
        """A step of opening; what it brings counts only while nothing else was asked for."""
        self._wish += 1
        wish = self._wish

        def deliver(result: T) -> None:
            if wish == self._wish:
                done(result)

        self._window.runner.start(
            self._window.runner.scene_lane,
            work,
            title=title,
            done=deliver,
            failed=self.explain,
            cancelled=self.settled.emit,
        )

    def _choose(
        self,
        path: Path,
        start_at: tuple[str | None, int | None],
        ahead: HeadStart | None,
        reader: Reader,
        matches: tuple[SceneMatch, ...],
    ) -> None:
        if len(matches) == 1:
            self._read(path, start_at, reader, matches[0], ahead)
            return
        from viewer.ui.dialogs.choose_scene import choose_scene

        chosen = choose_scene(self._window, matches)
        if chosen is not None:
            self._read(path, start_at, reader, chosen)
        else:
            self.settled.emit()

    def _read(
        self,
        path: Path,
        start_at: tuple[str | None, int | None],
        reader: Reader,
        match: SceneMatch,
        ahead: HeadStart | None = None,
    ) -> None:
        folder = match.folders[0] if match.folders else path

        def work(progress: Progress) -> OpenedScene:
            return open_scene(reader, match, self._window.saving.label_table, progress)

        job = work if ahead is None else ahead.read
        self._start(job, f"Opening {match.name}", lambda opened: self._swap_in(folder, start_at, opened))

    def _swap_in(self, folder: Path, start_at: tuple[str | None, int | None], opened: OpenedScene) -> None:
        """Show what was read, unless the old scene was labelled meanwhile: then ask first."""

        def look() -> None:
            if self._window.saving.unsaved_state() == self._left_unsaved:
                self._show(folder, start_at, opened)
            else:
                self._window.saving.ask_then(lambda: self._show(folder, start_at, opened))

        self._window.painting.in_turn(look)

    def _show(self, folder: Path, start_at: tuple[str | None, int | None], opened: OpenedScene) -> None:
        window = self._window
        window.runner.call_off_computing()
        self._path = folder
        self._remember(folder)
        window.session.replace_scene(opened)
        camera, frame = start_at
        self._go_to(camera, frame)
        self._tell_gaps(opened)
        self._compute_the_rest(opened)
        self.settled.emit()

    def _go_to(self, camera: str | None, frame: int | None) -> None:
        session = self._window.session
        if camera is None and frame is None:
            return
        camera = camera if camera is not None else (session.frame.camera if session.frame else None)
        if camera is None or camera not in session.camera_names:
            there = ", ".join(session.camera_names) or "no camera"
            self._window.banners.show_message(
                "warning", f"There is no camera {camera}; the scene has {there}."
            )
            return
        ids = session.frames_of(camera)
        wanted = frame if frame is not None else (int(ids[0]) if len(ids) else None)
        if wanted is None or wanted not in ids:
            self._window.banners.show_message(
                "warning", f"{camera} has no frame {wanted}; it has {len(ids)} frames."
            )
            return
        session.show_frame(FrameId(camera, wanted))

    def _tell_gaps(self, opened: OpenedScene) -> None:
        broken = [gap for gap in opened.scene.gaps if gap.is_broken]
        if broken:
            self._window.banners.show_message(
                "warning",
                f"{len(broken)} part{'s' if len(broken) > 1 else ''} of {opened.scene.name} could not be "
                "read; the rest is shown.",
                details="\n".join(gap.why for gap in broken),
            )

    def _compute_the_rest(self, opened: OpenedScene) -> None:
        """What the first picture does not need: object sizes, fused points, photo colors."""
        window, scene = self._window, opened.scene
        mesh = scene.part(Mesh)
        compute = window.runner.compute_lane
        after = self._after_window()
        if mesh is not None:
            window.painting.picking.use_mesh(mesh)
            window.runner.start(
                compute,
                lambda progress: (after(progress), facts_of_mesh(mesh, progress))[1],
                title="Measuring objects",
                waits=True,
                done=self._if_current(opened, window.session.set_facts),
                failed=self.explain,
            )
        elif window.session.images is not None:
            if self._awaits_picture:
                self._awaits_points = True
                self._patience.start()
            self.fuse_points()
        if mesh is not None and window.session.images is not None and scene.object_count:
            from viewer.geometry.object_albedo import object_albedo  # nothing that the first picture needs

            window.runner.start(
                compute,
                partial(object_albedo, scene),
                title="Photo colors",
                done=self._if_current(opened, window.session.set_albedo),
                failed=self.explain,
            )

    def _after_window(self) -> Callable[[Progress], None]:
        """What a worker calls to wait until the scene that is coming and all of the window are there."""
        self._awaits_points = False
        self._patience.stop()
        is_time = self._is_time = threading.Event()
        self._awaits_picture = self._window.scene_view.native.isVisible()
        if not self._awaits_picture:
            is_time.set()
        until = time.monotonic() + LONGEST_WAIT_SECONDS

        def wait(progress: Progress) -> None:
            while not is_time.wait(0.02) and time.monotonic() < until:
                progress.check()

        return wait

    def _stop_awaiting_points(self) -> None:
        """The first ones are about to be shown, or it takes too long, or none are coming."""
        self._patience.stop()
        if self._awaits_points:
            self._awaits_points = False
            self._notice_picture(0.0)

    def _notice_picture(self, _ms: float) -> None:
        if not self._awaits_picture or self._awaits_points:
            return
        view = self._window.scene_view
        if not view.is_uploading and view.is_full_picture:
            self._awaits_picture = False
            self.pictured.emit()
            self.notice_filled()

    def notice_filled(self) -> None:
        """A scene or the rest of the window is there: when both are, workers have time for other things."""
        if not self._awaits_picture and self._window.filling.is_done:
            self._is_time.set()

    def fuse_points(self) -> None:
        """Start fusing the position images into points; they appear as they come."""
        window = self._window
        opened, settings = window.session.opened, window.settings
        scene = window.session.scene
        if opened is None or scene is None or window.session.images is None:
            return
        from viewer.app.point_cache import fused_points

        self.points_missed.emit("")
        point_source = window.session.point_source
        with_residuals = window.session.color_by is ColorBy.RESIDUAL

        is_measured_by_points = opened.gpu_mesh is None

        def take(points: PointSet, facts: ObjectFacts | None) -> None:
            window.session.set_points(points, facts)
            self._stop_awaiting_points()

        def measured(points: PointSet) -> ObjectFacts | None:
            return facts_of_points(points) if is_measured_by_points else None

        def failed(error: BaseException) -> None:
            self.explain(error)
            self._if_current(opened, self.points_missed.emit)("The points could not be made")

        def take_part(points: PointSet) -> None:
            facts = measured(points) if window.session.facts is None else None
            window.runner.post(lambda: self._if_current(opened, take)(points, facts))

        def make(progress: Progress) -> tuple[PointSet, ObjectFacts | None]:
            points = fused_points(
                scene,
                voxel_m=settings.point_voxel_mm / 1000,
                max_points=int(settings.max_points_millions * 1e6),
                point_source=point_source,
                with_residuals=with_residuals,
                progress=progress,
                on_partial=take_part,
            )
            return points, measured(points)

        window.runner.start(
            window.runner.compute_lane,
            make,
            title="Fusing points from the images",
            done=self._if_current(opened, lambda made: take(*made)),
            failed=failed,
            cancelled=self._if_current(opened, lambda: self.points_missed.emit("Stopped")),
        )

    def _if_current(self, opened: OpenedScene, call: Callable[..., None]) -> Callable[..., None]:
        def deliver(*what: object) -> None:
            if self._window.session.opened is opened:
                call(*what)

        return deliver

    def _close_now(self) -> None:
        self._window.runner.call_off_computing()
        self._path = None
        self._window.session.replace_scene(None)

    def explain(self, error: BaseException) -> None:
        """Tell why a job failed."""
        if isinstance(error, ViewerError):
            log.info("%s", error)
            self._window.banners.show_error(error)
        else:
            log.error("a job failed", exc_info=error)
            self._window.banners.show_unexpected(error)
        self.settled.emit()

    # recent scenes

    def recent(self) -> list[Path]:
        stored = QSettings().value("recent", [], list)
        return [Path(str(entry)) for entry in (stored if isinstance(stored, list) else [])]

    def _remember(self, path: Path) -> None:
        entries = [path, *(old for old in self.recent() if old != path)][:RECENT_LIMIT]
        QSettings().setValue("recent", [str(entry) for entry in entries])
        self.recent_changed.emit()
