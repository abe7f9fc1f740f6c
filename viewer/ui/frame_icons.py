"""Small pictures of frames for lists, decoded when they come into sight."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap

from viewer.app.thumbnails import thumbnail
from viewer.errors import ViewerError
from viewer.jobs.job import Progress
from viewer.model.frames import FrameId, FrameSource
from viewer.ui.job_runner import JobRunner

ICON_SIZE: Final = QSize(64, 48)
KEPT: Final = 400


class FrameIcons:
    """Asking for a picture that is not there has it decoded; `arrived` hears when it is."""

    def __init__(self, runner: JobRunner, arrived: Callable[[FrameId], None]) -> None:
        self._runner = runner
        self._arrived = arrived
        self._source: FrameSource | None = None
        self._kept: OrderedDict[FrameId, QIcon] = OrderedDict()
        self._empty = QIcon(_place())
        self._wanted: list[FrameId] = []
        self._is_busy = False

    def set_source(self, source: FrameSource | None) -> None:
        """Show another scene's frames from now on."""
        if source is not self._source:
            self._source = source
            self._kept.clear()
            self._wanted.clear()

    def icon(self, frame: FrameId) -> QIcon:
        """The small picture; until it is at hand, and where there is none, its empty place."""
        if frame in self._kept:
            self._kept.move_to_end(frame)
            return self._kept[frame]
        if frame not in self._wanted:
            self._wanted.append(frame)
            self._next()
        return self._empty

    def _next(self) -> None:
        """One at a time, the one asked for last first: what is on the screen now comes before what was."""
        source = self._source
        if self._is_busy or source is None or not self._wanted:
            return
        frame = self._wanted.pop()
        self._is_busy = True

        def work(progress: Progress) -> NDArray[np.uint8] | None:
            return thumbnail(source, frame, ICON_SIZE.width() * 2, progress)

        def done(pixels: NDArray[np.uint8] | None = None) -> None:
            self._is_busy = False
            if source is self._source:
                self._kept[frame] = self._empty if pixels is None else _icon(pixels)
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
                self._arrived(frame)
            self._next()

        def failed(error: BaseException) -> None:
            done()
            if not isinstance(error, ViewerError):
                raise error  # a broken file is told where the frame is shown

        self._runner.start(
            self._runner.frame_lane,
            work,
            title="Small pictures",
            is_shown=False,
            key=("frame icon", id(self)),
            done=done,
            failed=failed,
            cancelled=done,
        )


def _place() -> QPixmap:
    """As large as every icon, so that what stands beside them never moves."""
    place = QPixmap(ICON_SIZE * 2)
    place.fill(Qt.GlobalColor.transparent)
    return place


def _icon(rgb: NDArray[np.uint8]) -> QIcon:
    rgb = np.ascontiguousarray(rgb)
    height, width = rgb.shape[:2]
    image = QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    ways = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    small, place = image.scaled(ICON_SIZE * 2, *ways), _place()
    painter = QPainter(place)
    painter.drawImage((place.width() - small.width()) // 2, (place.height() - small.height()) // 2, small)
    painter.end()
    return QIcon(place)
