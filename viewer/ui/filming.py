"""Films of the 3D view: drawn picture by picture between everything else, written in the background."""

from __future__ import annotations

import math
import queue
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog

from viewer.errors import GpuError, ViewerError
from viewer.formats.video_file import VideoFile, check_video_size
from viewer.jobs.job import Progress
from viewer.jobs.lanes import Job
from viewer.model.camera import Camera
from viewer.model.camera_path import along_trajectory
from viewer.render.look_through import LookThrough
from viewer.render.turntable import turntable
from viewer.ui.dialogs.film import FilmDialog, FilmPlan

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

PICTURES_AHEAD = 3
WAIT_S = 0.1
BREATH_SHARE = 0.25
"""Between two pictures everything else has this share of the time that the last one took."""
FULL_POLL_MS = 10
FURNITURE = ("cameras", "grid")
"""Layers that explain the scene and are no part of it."""


@dataclass(slots=True, eq=False)
class _Take:
    """A film in the making."""

    plan: FilmPlan
    cameras: tuple[Camera, ...]
    job: Job[Path]
    pictures: queue.Queue[NDArray[np.uint8]]
    drawn: int = 0


class Filming(QObject):
    """One film at a time; the window stays usable, and what is shown while it is made is what it shows."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._take: _Take | None = None
        self._serial = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._draw_next)
        window.session.scene_changed.connect(self.stop)

    @property
    def is_busy(self) -> bool:
        return self._take is not None

    def ask(self) -> None:
        if self.is_busy:
            self._window.tell("A film is being made; it can be stopped at the bottom of the window")
            return
        if not self._window.scene_view.native.isVisible():
            self._window.tell("There is nothing to film: this scene shows nothing in 3D")
            return
        cameras = self._window.session.cameras
        trajectories = () if cameras is None else tuple(t for t in cameras.trajectories if len(t))
        dialog = FilmDialog(trajectories, self._window)
        dialog.chosen.connect(self._ask_where)
        dialog.show_for_scene(self._window.session)

    def _ask_where(self, plan: FilmPlan) -> None:
        scene = self._window.session.scene
        name = "film" if scene is None else f"{scene.name}_{plan.camera or 'turntable'}"
        path, _ = QFileDialog.getSaveFileName(
            self._window, "Write the video to", f"{name}.mp4", "MP4 videos (*.mp4)"
        )
        if path:
            self.start(plan, Path(path).with_suffix(".mp4"))

    def start(self, plan: FilmPlan, path: Path) -> None:
        """Make a film; its progress, and how to stop it, are shown like any job's."""
        window = self._window
        try:
            check_video_size(*plan.size)
        except ViewerError as error:
            window.banners.show_error(error)
            return
        cameras = self._cameras(plan)
        pictures: queue.Queue[NDArray[np.uint8]] = queue.Queue(PICTURES_AHEAD)
        self._serial = serial = self._serial + 1
        job = window.runner.start(
            window.runner.export_lane,
            lambda progress: _write(path, plan, len(cameras), pictures, progress),
            title="Making a video",
            done=partial(self._tell, serial),
            failed=partial(self._fail, serial),
            cancelled=partial(self._cancelled, serial),
        )
        self._take = _Take(plan, cameras, job, pictures)
        self._timer.start(0)

    def stop(self) -> None:
        """Call the film off; no file is left."""
        take = self._take
        if take is not None:
            take.job.progress.cancel()
            self._end()

    def _cameras(self, plan: FilmPlan) -> tuple[Camera, ...]:
        window = self._window
        count = max(math.ceil(plan.seconds * plan.fps), 1)
        trajectory = window.session.trajectory(plan.camera)
        if trajectory is None:
            view = window.scene_view
            return turntable(view.bounds, view.camera.up, plan.size, count)
        path = along_trajectory(trajectory, count)
        return tuple(LookThrough(camera).window_camera(*plan.size) for camera in path)

    def _draw_next(self) -> None:
        take = self._take
        if take is None or take.drawn == len(take.cameras):
            return
        if take.pictures.full():
            self._timer.start(FULL_POLL_MS)
            return
        started = time.perf_counter()
        try:
            picture = self._window.scene_view.picture_from(
                take.cameras[take.drawn],
                marks=False,
                without=() if take.plan.with_furniture else FURNITURE,
                back_faces="hide" if take.plan.sees_inside else None,
            )
        except GpuError as error:
            self.stop()
            self._window.banners.show_error(error)
            return
        take.pictures.put_nowait(picture)
        take.drawn += 1
        if take.drawn == len(take.cameras):
            self._window.scene_view.end_pictures()
        else:
            self._timer.start(round(1000 * BREATH_SHARE * (time.perf_counter() - started)))

    def _end(self) -> None:
        self._take = None
        self._timer.stop()
        self._window.scene_view.end_pictures()

    def _end_of(self, serial: int) -> None:
        if serial == self._serial:  # news come late: another film may have begun
            self._end()

    def _tell(self, serial: int, path: Path) -> None:
        self._end_of(serial)
        self._window.tell(f"Wrote {path}")

    def _fail(self, serial: int, error: BaseException) -> None:
        self._end_of(serial)
        self._window.opening.explain(error)

    def _cancelled(self, serial: int) -> None:
        self._end_of(serial)
        self._window.tell("The video was called off")


def _write(
    path: Path,
    plan: FilmPlan,
    count: int,
    pictures: queue.Queue[NDArray[np.uint8]],
    progress: Progress,
) -> Path:
    """Take pictures as they come, until all are written. Raises ViewerError; Cancelled."""
    with VideoFile(path, plan.size, plan.fps) as video:
        for k in range(count):
            progress.step(k, count, f"Video: picture {k + 1} of {count}")
            video.write(_next(pictures, progress))
    return path


def _next(pictures: queue.Queue[NDArray[np.uint8]], progress: Progress) -> NDArray[np.uint8]:
    while True:
        progress.check()
        try:
            return pictures.get(timeout=WAIT_S)
        except queue.Empty:
            continue
