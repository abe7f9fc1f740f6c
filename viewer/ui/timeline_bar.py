"""The timeline: one mark per frame at the place of its id, so that gaps show as gaps."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from viewer.app.frame_reasons import sentence_case
from viewer.app.timeline import NO_TIMELINE, FrameKind, Timeline
from viewer.render.theme import scene_theme
from viewer.ui import theme

SIDE_PX: Final = 8
MARKS_TOP_PX: Final = 6
MARKS_HEIGHT_PX: Final = 14
WIDEST_MARK_PX: Final = 26.0
TICK_PX: Final = 5.0
TICK_WIDTH_PX: Final = 14.0
GAP_FROM_PX: Final = 3.0
"""Marks at least this wide are set apart by a gap of 1 px."""
WHEEL_UNITS: Final = 120


class TimelineBar(QWidget):
    """Filled = pose and image, hollow = pose only, hatched = image only, empty = no such frame.

    A stroke through a mark = its frame is not in the public release, and the tool tip says why.
    """

    frame_asked = Signal(int)
    step_asked = Signal(int)
    end_asked = Signal(int)  # -1 first, 1 last

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Timeline"))
        self.timeline: Timeline = NO_TIMELINE
        self.current: int | None = None
        self._misfits: dict[int, str] = {}
        self._strays: dict[int, str] = {}
        self._pointed: int | None = None
        self._is_dragging = False
        self._wheel = 0
        theme.NEWS.changed.connect(self.update)

    def set_timeline(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self._pointed = None
        self.update()

    def set_misfits(self, reasons: dict[int, str]) -> None:
        """Mark frames that fail the pose check; why, by frame id."""
        self._misfits = reasons
        self.update()

    def set_strays(self, reasons: dict[int, str]) -> None:
        """Mark frames whose camera does not stand in free space; why, by frame id."""
        if reasons != self._strays:
            self._strays = reasons
            self.update()

    def set_current(self, frame: int | None) -> None:
        if frame != self.current:
            self.current = frame
            words = "" if frame is None else self._words(frame)
            self.setAccessibleDescription(words)
            self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._small_font())
        return QSize(400, MARKS_TOP_PX + MARKS_HEIGHT_PX + 2 + metrics.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    # geometry

    def _span(self) -> tuple[int, int]:
        ids = self.timeline.ids
        return (int(ids[0]), int(ids[-1])) if len(ids) else (0, 0)

    def _frame_px(self) -> float:
        """Width of one frame id."""
        first, last = self._span()
        return min((self.width() - 2 * SIDE_PX) / (last - first + 1), WIDEST_MARK_PX)

    def x_of(self, frame: int) -> float:
        """Where the middle of a frame's mark is."""
        return SIDE_PX + (frame - self._span()[0] + 0.5) * self._frame_px()

    def frame_at(self, x: float) -> int | None:
        """The existing frame nearest to a place."""
        first, _ = self._span()
        return self.timeline.nearest(first + (x - SIDE_PX) / self._frame_px() - 0.5)

    # drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not len(self.timeline):
            painter.setPen(QColor(colors.faint))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("No frames"))
            return
        first, last = self._span()
        track = QRectF(
            SIDE_PX - 2, MARKS_TOP_PX - 2, self._frame_px() * (last - first + 1) + 4, MARKS_HEIGHT_PX + 4
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.base))
        painter.drawRoundedRect(track, 3, 3)
        self._draw_marks(painter)
        self._draw_ticks(painter, self._misfits, QColor(colors.danger), MARKS_HEIGHT_PX - TICK_PX)
        self._draw_ticks(painter, self._strays, QColor.fromRgbF(*scene_theme(theme.is_dark()).stray), 0.0)
        self._draw_numbers(painter)
        if self._pointed is not None and self._pointed != self.current:
            self._draw_pointer(painter, self._pointed, QColor(colors.muted), is_filled=False)
        if self.current is not None and first <= self.current <= last:
            self._draw_pointer(painter, self.current, QColor(colors.accent_text), is_filled=True)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colors.accent_text), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()

    def _draw_marks(self, painter: QPainter) -> None:
        colors = theme.tokens()
        width = self._frame_px()
        space = 1.0 if width >= GAP_FROM_PX else 0.0
        fills = {
            FrameKind.POSE_AND_IMAGE: QColor(colors.accent),
            FrameKind.POSE_ONLY: QColor(0, 0, 0, 0),
            FrameKind.IMAGE_ONLY: QColor(colors.warning),
        }
        for kind, first, last in self._runs(merge=not space):
            left = self.x_of(first) - width / 2 + space / 2
            mark = QRectF(left, MARKS_TOP_PX, (last - first + 1) * width - space, MARKS_HEIGHT_PX)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fills[kind])
            if kind is FrameKind.IMAGE_ONLY:
                painter.setBrush(QColor(colors.base))
                painter.drawRect(mark)
                painter.setPen(QPen(fills[kind], 1))
                painter.save()
                painter.setClipRect(mark)
                for k in range(int((mark.width() + mark.height()) / 4) + 1):
                    x = mark.left() + 4 * k
                    painter.drawLine(QPointF(x, mark.top()), QPointF(x - mark.height(), mark.bottom()))
                painter.restore()
                continue
            if kind is FrameKind.POSE_ONLY:
                painter.setPen(QPen(QColor(colors.faint), 1))
                mark = mark.adjusted(0.5, 0.5, -0.5, -0.5) if mark.width() > 2 else mark
            painter.drawRoundedRect(mark, min(2.0, mark.width() / 3), 2)
        self._strike_excluded(painter)

    def _strike_excluded(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(theme.tokens().warning), 1.4))
        half = max(min(self._frame_px() / 2 - 1.5, MARKS_HEIGHT_PX / 2 - 3), 1.0)
        middle = MARKS_TOP_PX + MARKS_HEIGHT_PX / 2
        for frame in self.timeline.ids.tolist():
            if self.timeline.reason_for(frame):
                at = self.x_of(frame)
                painter.drawLine(QPointF(at - half, middle + half), QPointF(at + half, middle - half))

    def _draw_ticks(self, painter: QPainter, frames: dict[int, str], color: QColor, down: float) -> None:
        """A tick in the mark of each frame: red below that fails the pose check, another above for strays."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        width = min(max(self._frame_px() - 1, 2.0), TICK_WIDTH_PX)
        for frame in frames:
            painter.drawRect(QRectF(self.x_of(frame) - width / 2, MARKS_TOP_PX + down, width, TICK_PX))

    def _runs(self, *, merge: bool) -> list[tuple[FrameKind, int, int]]:
        """Kind, first and last id of every mark; neighbours of one kind are one mark when `merge` is on."""
        ids, kinds = self.timeline.ids, self.timeline.kinds
        if not merge:
            return [(FrameKind(int(k)), int(f), int(f)) for f, k in zip(ids, kinds, strict=True)]
        starts = np.flatnonzero(np.r_[True, (np.diff(ids) != 1) | (np.diff(kinds) != 0)])
        ends = np.r_[starts[1:] - 1, len(ids) - 1]
        return [
            (FrameKind(int(kinds[a])), int(ids[a]), int(ids[b])) for a, b in zip(starts, ends, strict=True)
        ]

    def _draw_numbers(self, painter: QPainter) -> None:
        first, last = self._span()
        painter.setFont(self._small_font())
        painter.setPen(QColor(theme.tokens().muted))
        metrics = QFontMetrics(self._small_font())
        top = MARKS_TOP_PX + MARKS_HEIGHT_PX + 3
        room = metrics.horizontalAdvance(str(last)) + 14
        step = next(s for s in _round_steps() if s * self._frame_px() >= room or s > last - first)
        for frame in sorted({first, *range(-(-first // step) * step, last + 1, step)}):
            if frame != first and (frame - first) * self._frame_px() < room:
                continue
            at = self.x_of(frame)
            box = QRectF(at - 40, top, 80, metrics.height())
            if at - 40 < 0:
                box.moveLeft(min(0.0, at - metrics.horizontalAdvance(str(frame)) / 2 - 1))
                box.setWidth(2 * (at - box.left()))
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, str(frame))

    def _draw_pointer(self, painter: QPainter, frame: int, color: QColor, *, is_filled: bool) -> None:
        at = self.x_of(frame)
        half = max(self._frame_px() / 2 - 0.5, 2.0)
        top, bottom = MARKS_TOP_PX - 2.0, MARKS_TOP_PX + MARKS_HEIGHT_PX + 2.0
        painter.setPen(QPen(color, 2 if is_filled else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(at - half, top, 2 * half, bottom - top), 2.5, 2.5)
        if is_filled:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawPolygon(QPolygonF([QPointF(at - 4, 0), QPointF(at + 4, 0), QPointF(at, 5)]))

    def _small_font(self) -> QFont:
        font = self.font()
        font.setPointSizeF(max(font.pointSizeF() * 0.85, 6.5))
        return font

    def _words(self, frame: int) -> str:
        kind = self.timeline.kind_of(frame)
        about = {
            FrameKind.POSE_AND_IMAGE: self.tr("pose and image"),
            FrameKind.POSE_ONLY: self.tr("pose only: its image was not in the download"),
            FrameKind.IMAGE_ONLY: self.tr("image only: the trajectory has no such keyframe"),
            None: self.tr("no such frame"),
        }[kind]
        reason = self.timeline.reason_for(frame)
        if reason and kind is FrameKind.POSE_ONLY:
            about = self.tr("pose only: not in the public release: {0}").format(sentence_case(reason))
        elif reason:
            about = self.tr("{0}; not in the public release: {1}").format(about, sentence_case(reason))
        misfit = self._misfits.get(frame)
        told = "" if misfit is None else "\n" + self.tr("Fails the pose check: {0}").format(misfit)
        stray = self._strays.get(frame)
        if stray is not None:
            told += "\n" + self.tr("Its camera is out of free space: {0}").format(stray)
        return self.tr("Frame {0}: {1}").format(frame, about) + told

    # the user's hand

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            frame = self.frame_at(event.pos().x())
            QToolTip.showText(event.globalPos(), "" if frame is None else self._words(frame), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._is_dragging = True
            self._ask(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_dragging:
            self._ask(event.position().x())
        pointed = self.frame_at(event.position().x())
        if pointed != self._pointed:
            self._pointed = pointed
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._is_dragging = False

    def leaveEvent(self, event: QEvent) -> None:
        self._pointed = None
        self.update()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._wheel += event.angleDelta().y() or event.angleDelta().x()
        steps, self._wheel = (
            int(self._wheel / WHEEL_UNITS),
            self._wheel - WHEEL_UNITS * int(self._wheel / WHEEL_UNITS),
        )
        if steps:
            self.step_asked.emit(-steps)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}
        if key in steps:
            self.step_asked.emit(steps[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.end_asked.emit(-1 if key is Qt.Key.Key_Home else 1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _ask(self, x: float) -> None:
        frame = self.frame_at(x)
        if frame is not None:
            self.frame_asked.emit(frame)


def _round_steps() -> list[int]:
    return [base * 10**power for power in range(9) for base in (1, 2, 5)]
