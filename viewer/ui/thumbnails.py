"""The small pictures of the filmstrip: photos, or the labels as they are being edited."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from viewer.app.thumbnails import ThumbnailKind, colored_objects, object_thumbnail, thumbnail
from viewer.app.timeline import NO_TIMELINE, FrameKind, Timeline
from viewer.errors import ViewerError
from viewer.jobs.job import Progress
from viewer.jobs.lanes import Job
from viewer.model.frames import FrameId, FrameSource
from viewer.model.scene import NodeTable
from viewer.ui.job_runner import JobRunner

THUMBNAIL_PX: Final = 200
KEPT: Final = 400
Index = QModelIndex | QPersistentModelIndex
Colors = Callable[[ThumbnailKind], NDArray[np.uint8] | None]


class Thumbnails(QAbstractListModel):
    """The frames of a timeline; asking for a picture that is not there has it decoded.

    Of labels the ids of the objects are kept, so that a stroke costs no decoding: what is on the screen is
    colored anew as it is painted, all else when it comes into sight. `colors` gives the colors of all
    objects (O, 4), or None where there are no labels.
    """

    def __init__(self, runner: JobRunner, parent: QWidget) -> None:
        super().__init__(parent)
        self._runner = runner
        self._source: FrameSource | None = None
        self._nodes: NodeTable | None = None
        self.timeline: Timeline = NO_TIMELINE
        self.kind = ThumbnailKind.PHOTO
        self.colors: Colors = lambda _kind: None
        self._photos: OrderedDict[FrameId, QImage | None] = OrderedDict()
        self._objects: OrderedDict[FrameId, NDArray[np.int32] | None] = OrderedDict()
        self._colored: dict[FrameId, QImage] = {}
        self._rows: NDArray[np.uint8] | None = None
        self._wanted: list[FrameId] = []
        self._job: Job[Any] | None = None

    def set_timeline(
        self, source: FrameSource | None, timeline: Timeline, nodes: NodeTable | None = None
    ) -> None:
        self.beginResetModel()
        if source is not self._source or nodes is not self._nodes:
            self._photos.clear()
            self._objects.clear()
            self._forget_colors()
        self._source, self.timeline, self._nodes = source, timeline, nodes
        self._wanted.clear()
        self.endResetModel()

    def set_kind(self, kind: ThumbnailKind) -> None:
        """Show photos, classes or instances."""
        if kind is not self.kind:
            self.kind = kind
            self._wanted.clear()
            self.labels_changed()

    def labels_changed(self) -> None:
        """Color anew what is on the screen."""
        self._forget_colors()
        if len(self.timeline):
            self.dataChanged.emit(self.index(0), self.index(len(self.timeline) - 1))

    def _forget_colors(self) -> None:
        self._rows = None
        self._colored.clear()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 Qt's signature
        return 0 if parent.isValid() else len(self.timeline)

    def frame_of(self, row: int) -> FrameId:
        return FrameId(self.timeline.camera, int(self.timeline.ids[row]))

    def row_of(self, frame: int | None) -> int | None:
        rows = np.flatnonzero(self.timeline.ids == (-1 if frame is None else frame))
        return int(rows[0]) if len(rows) else None

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        frame = self.frame_of(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return str(frame.frame)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.tr("Frame {0}").format(frame.frame)
        if role == Qt.ItemDataRole.DecorationRole:
            return self.picture(frame)
        return None

    @property
    def is_idle(self) -> bool:
        """True when every picture that was asked for is there."""
        return self._job is None and not self._wanted

    def has_image(self, row: int) -> bool:
        return bool(self.timeline.kinds[row] != FrameKind.POSE_ONLY)

    def picture(self, frame: FrameId) -> QImage | None:
        """The small picture when it is at hand; otherwise it is decoded and a change is told."""
        kept = self._photos if self.kind is ThumbnailKind.PHOTO else self._objects
        if frame in kept:
            kept.move_to_end(frame)
            return self._photos[frame] if self.kind is ThumbnailKind.PHOTO else self._of_labels(frame)
        if frame in self._wanted:
            self._wanted.remove(frame)
        self._wanted.append(frame)
        self._next()
        return None

    def _of_labels(self, frame: FrameId) -> QImage | None:
        objects = self._objects[frame]
        if self._rows is None:
            self._rows = self.colors(self.kind)
        if objects is None or self._rows is None:
            return None
        if frame not in self._colored:
            self._colored[frame] = _qimage(colored_objects(objects, self._rows))
        return self._colored[frame]

    def _next(self) -> None:
        """One at a time, and the one asked for last first, so that panes never wait long for a worker."""
        source, nodes, kind = self._source, self._nodes, self.kind
        if self._job is not None or source is None or not self._wanted:
            return
        frame = self._wanted.pop()
        is_photo = kind is ThumbnailKind.PHOTO
        has_none = self.timeline.kind_of(frame.frame) in (None, FrameKind.POSE_ONLY)
        if has_none or (nodes is None and not is_photo):
            self._keep(frame, None, is_photo)
            self._next()
            return

        def work(progress: Progress) -> NDArray[Any] | None:
            if is_photo or nodes is None:
                return thumbnail(source, frame, THUMBNAIL_PX, progress)
            return object_thumbnail(source, frame, nodes, THUMBNAIL_PX, progress)

        def done(pixels: NDArray[Any] | None) -> None:
            self._job = None
            if source is self._source and nodes is self._nodes:
                self._keep(frame, pixels, is_photo)
            self._next()

        def failed(error: BaseException) -> None:
            done(None)
            if not isinstance(error, ViewerError):
                raise error  # a broken file is told where the frame is shown

        self._job = self._runner.start(
            self._runner.frame_lane,
            work,
            title=self.tr("Small pictures"),
            is_shown=False,
            key=("thumbnail", id(self)),
            done=done,
            failed=failed,
            cancelled=lambda: done(None),
        )

    def _keep(self, frame: FrameId, pixels: NDArray[Any] | None, is_photo: bool) -> None:
        kept: OrderedDict[FrameId, Any] = self._photos if is_photo else self._objects
        kept[frame] = _qimage(pixels) if is_photo and pixels is not None else pixels
        while len(kept) > KEPT:
            gone, _ = kept.popitem(last=False)
            self._colored.pop(gone, None)
        row = self.row_of(frame.frame) if frame.camera == self.timeline.camera else None
        if row is not None:
            self.dataChanged.emit(self.index(row), self.index(row))


def _qimage(rgb: NDArray[np.uint8]) -> QImage:
    rgb = np.ascontiguousarray(rgb)
    height, width = rgb.shape[:2]
    return QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )
