"""The pose check along a trajectory: agreement by frame, and where it fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer.geometry.pose_check import LEAST_AGREEMENT_MESH, LEAST_AGREEMENT_POINTS, FrameCheck
from viewer.geometry.pose_measures import FITS_PX
from viewer.ui import theme

MARK_PX: Final = 9
HIGHEST_PERCENT: Final = 100.0
LEAST_SPAN_PERCENT: Final = 2.0
NO_NUMBER_AT: Final = 0.04
"""Frames that fail without a number stand this share of the height above the bottom."""


class CheckChart(QWidget):
    """Frames of one camera from left to right, their agreement upwards; a click asks for a frame."""

    frame_asked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._checks: tuple[FrameCheck, ...] = ()
        self._current: int | None = None
        self._is_stale = False
        self.plot = pg.PlotWidget()
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.setAccessibleName(self.tr("Agreement along the trajectory"))
        self.plot.setToolTip(self.tr("Click a frame to show it"))
        self._line = self.plot.plot([], [])
        self._marks = pg.ScatterPlotItem(size=MARK_PX, pxMode=True)
        self._limit = pg.InfiniteLine(angle=0, movable=False)
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        for item in (self._limit, self._cursor, self._marks):
            self.plot.addItem(item)
        self.plot.scene().sigMouseClicked.connect(self._click)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot)
        theme.NEWS.changed.connect(self._draw)
        self._draw()

    def show_checks(self, checks: Sequence[FrameCheck], *, is_stale: bool) -> None:
        """Show the frames of one camera."""
        self._checks = tuple(checks)
        self._is_stale = is_stale
        self._draw()

    def set_current(self, frame: int | None) -> None:
        self._current = frame
        self._cursor.setVisible(frame is not None and bool(self._checks))
        if frame is not None:
            self._cursor.setValue(frame)

    def point_of(self, frame: int) -> QPointF:
        """Where a frame's mark stands, in pixels of the plot widget."""
        row = next(k for k, check in enumerate(self._checks) if check.frame.frame == frame)
        x, y = float(self._numbers()[row]), float(self._places()[row])
        return QPointF(self.plot.mapFromScene(self.plot.plotItem.vb.mapViewToScene(QPointF(x, y))))

    def _numbers(self) -> NDArray[np.float64]:
        return np.array([check.frame.frame for check in self._checks], np.float64)

    @property
    def _shows_offsets(self) -> bool:
        """Without ids the offsets of positions are what there is to show."""
        return not any(check.measures.agreement is not None for check in self._checks)

    def _values(self) -> NDArray[np.float64]:
        """(N,) percent, or pixels; NaN = no number."""
        if self._shows_offsets:
            found: list[float | None] = [check.measures.offset_px for check in self._checks]
        else:
            shares = [check.measures.agreement for check in self._checks]
            found = [None if share is None else 100 * share.inner for share in shares]
        values = np.array([np.nan if value is None else value for value in found], np.float64)
        return np.where(np.isfinite(values), values, np.nan)

    def _range(self) -> tuple[float, float]:
        values = self._values()
        there = values[np.isfinite(values)]
        if self._shows_offsets:
            return 0.0, max(float(there.max(initial=0.0)), 2 * FITS_PX) * 1.08
        low = min(float(there.min(initial=HIGHEST_PERCENT)), HIGHEST_PERCENT - LEAST_SPAN_PERCENT)
        room = (HIGHEST_PERCENT - low) * 0.08
        return low - room, HIGHEST_PERCENT + room

    def _places(self) -> NDArray[np.float64]:
        low, high = self._range()
        return np.where(np.isnan(self._values()), low + NO_NUMBER_AT * (high - low), self._values())

    def _draw(self) -> None:
        colors = theme.tokens()
        self.plot.setBackground(QColor(colors.base))
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(QColor(colors.border))
            axis.setTextPen(QColor(colors.muted))
        title = self.tr("Positions off, px") if self._shows_offsets else self.tr("Agreement, %")
        self.plot.setLabel("left", title, color=colors.muted)
        self._line.setPen(pg.mkPen(QColor(colors.faint), width=1))
        self._cursor.setPen(pg.mkPen(QColor(colors.accent_text), width=1))
        self._limit.setPen(pg.mkPen(QColor(colors.faint), width=1, style=Qt.PenStyle.DashLine))
        self._limit.setValue(self._limit_value())
        numbers, values, places = self._numbers(), self._values(), self._places()
        self._line.setData(numbers, values, connect="finite")
        brushes = [pg.mkBrush(QColor(self._color(check, colors))) for check in self._checks]
        symbols = ["x" if np.isnan(value) else "o" for value in values]
        ground = pg.mkPen(QColor(colors.base), width=1)
        self._marks.setData(x=numbers, y=places, brush=brushes, symbol=symbols, pen=ground)
        low, high = self._range()
        self.plot.setYRange(low, high, padding=0)
        first, last = (float(numbers.min()), float(numbers.max())) if len(numbers) else (0.0, 1.0)
        space = max(0.5, (last - first) * 0.02)
        self.plot.setXRange(first - space, last + space, padding=0)
        self.set_current(self._current)

    def _limit_value(self) -> float:
        if self._shows_offsets:
            return FITS_PX
        by_points = any(check.witness.startswith("points") for check in self._checks)
        return 100 * (LEAST_AGREEMENT_POINTS if by_points else LEAST_AGREEMENT_MESH)

    def _color(self, check: FrameCheck, colors: theme.Tokens) -> str:
        if self._is_stale or not check.is_checked:
            return colors.faint
        return colors.danger if check.has_failed else colors.ok

    def _click(self, event: Any) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or not self._checks:
            return
        numbers = self._numbers()
        x = self.plot.plotItem.vb.mapSceneToView(event.scenePos()).x()
        self.frame_asked.emit(int(numbers[np.abs(numbers - x).argmin()]))
