"""What stands in the middle of the window while nothing is open."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QRadialGradient,
)
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from viewer.jobs.job import Progress
from viewer.ui import theme
from viewer.ui.dropping import dropped_paths, take_copy
from viewer.ui.job_runner import JobRunner
from viewer.ui.parts import text_label, widgets_in

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

WIDTH_PX = 640
MOST_RECENT = 6
NAME_TOO_COMMON = {"mesh", "_detail", "images", "scenes"}


class Welcome(QWidget):
    """Offers the sample scene, a folder, the recent scenes, and takes dropped folders."""

    sample_requested = Signal()
    folder_requested = Signal()
    path_requested = Signal(object)  # Path
    dropped = Signal(object)  # list[Path]
    missing_found = Signal(object)  # set of the recent paths that are gone

    def __init__(self, runner: JobRunner | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._is_dropping = False
        self._room: QPixmap | None = None
        self.setAcceptDrops(True)
        self._logo = QLabel()
        title = text_label("Hypersim Viewer", "title")
        subtitle = text_label(
            "Look around indoor scenes and label every object in them.", "muted", wraps=True
        )
        self._sample = BigButton("sample", "Open sample scene", "A furnished flat to try things on")
        self._sample.setProperty("primary", "true")
        self._sample.clicked.connect(self.sample_requested)
        self._folder = BigButton("open", "Open folder…", "A scene, or a folder of scenes")
        self._folder.clicked.connect(self.folder_requested)
        self._recent_title = text_label("Recent", "section")
        self._recent_list = QVBoxLayout()
        self._recent_list.setSpacing(0)
        self._drop_hint = text_label("You can also drop a folder anywhere in this window.", "faint")

        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self._logo, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(title)
        words.addWidget(subtitle)
        head.addLayout(words, 1)
        buttons = QGridLayout()
        buttons.setSpacing(12)
        buttons.addWidget(self._sample, 0, 0)
        buttons.addWidget(self._folder, 0, 1)
        buttons.setColumnStretch(0, 1)
        buttons.setColumnStretch(1, 1)

        self._column = QWidget()
        self._column.setMaximumWidth(WIDTH_PX)
        column = QVBoxLayout(self._column)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(0)
        column.addStretch(2)
        column.addLayout(head)
        column.addSpacing(24)
        column.addLayout(buttons)
        column.addSpacing(28)
        column.addWidget(self._recent_title)
        column.addSpacing(6)
        column.addLayout(self._recent_list)
        column.addSpacing(20)
        column.addWidget(self._drop_hint)
        column.addStretch(3)

        centre = QWidget()
        middle = QHBoxLayout(centre)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addStretch(1)
        middle.addWidget(self._column, 100)
        middle.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(centre)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for transparent in (scroll.viewport(), centre, self._column):
            transparent.setAutoFillBackground(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        self._recolor()
        theme.NEWS.changed.connect(self._recolor)
        self.set_recent([])

    def set_recent(self, paths: Sequence[Path]) -> None:
        """List the folders opened lately, newest first; those that are gone turn grey."""
        for row in self.recent_rows:
            self._recent_list.removeWidget(row)
            row.hide()
            row.deleteLater()
        shown = list(paths)[:MOST_RECENT]
        for path in shown:
            row = RecentRow(path)
            row.clicked.connect(lambda *_, path=path: self.path_requested.emit(path))
            self._recent_list.addWidget(row)
        self._recent_title.setVisible(bool(shown))
        if self._runner is None:
            self._grey_out({path for path in paths if not os.path.exists(path)})
        elif shown:
            # A folder on a sleeping network drive may take seconds to answer.
            self._runner.start(
                self._runner.frame_lane,
                lambda progress: _missing(paths, progress),
                title="",
                is_shown=False,
                done=self._grey_out,
            )

    @property
    def recent_rows(self) -> tuple[RecentRow, ...]:
        return tuple(widgets_in(self._recent_list, RecentRow))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_paths(event):
            take_copy(event)
            self._set_dropping(True)

    def dragLeaveEvent(self, event: object) -> None:
        del event
        self._set_dropping(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._set_dropping(False)
        local = dropped_paths(event)
        if local:
            take_copy(event)
            self.dropped.emit(local)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        colors = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(colors.base if colors.is_dark else colors.panel))
        painter.drawPixmap(0, 0, self._drawn_room())
        if self._is_dropping:
            pen = QPen(QColor(colors.accent_text), 2, Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(8, 8, -8, -8), 8, 8)
        painter.end()

    def _drawn_room(self) -> QPixmap:
        """The room behind the text, fading towards the middle; drawn anew only for another size or theme."""
        scale = self.devicePixelRatioF()
        size = self.size() * scale
        if self._room is None or self._room.size() != size:
            room = QPixmap(size)
            room.setDevicePixelRatio(scale)
            room.fill(Qt.GlobalColor.transparent)
            painter = QPainter(room)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _draw_room(painter, self.size(), QColor(theme.tokens().text))
            # Fading the lines, and not painting ground over them, which rounds to visible rings.
            fade = QRadialGradient(QPointF(self.rect().center()), 0.62 * max(self.width(), self.height()))
            for at, alpha in ((0.0, 0.08), (0.45, 0.25), (1.0, 1.0)):
                fade.setColorAt(at, QColor.fromRgbF(0, 0, 0, alpha))
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
            painter.fillRect(self.rect(), fade)
            painter.end()
            self._room = room
        return self._room

    def _set_dropping(self, is_dropping: bool) -> None:
        self._is_dropping = is_dropping
        self._drop_hint.setText(
            "Drop to open." if is_dropping else "You can also drop a folder anywhere in this window."
        )
        self.update()

    def _grey_out(self, missing: set[Path]) -> None:
        for row in self.recent_rows:
            if row.path in missing:
                row.mark_missing()
        self.missing_found.emit(missing)

    def _recolor(self) -> None:
        self._room = None
        self._logo.setPixmap(theme.pixmap("app", 48, theme.tokens().accent_text))
        self.update()


class BigButton(QPushButton):
    """A button with a large icon, a title and a line that explains it."""

    def __init__(self, icon: str, title: str, subtitle: str) -> None:
        super().__init__()
        self._icon = icon
        self._title, self._subtitle = title, subtitle
        self.setAccessibleName(title)
        self.setAccessibleDescription(subtitle)
        self.setMinimumHeight(64)
        self.setMinimumWidth(200)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)

    def sizeHint(self) -> QSize:
        return QSize(240, 64)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        colors = theme.tokens()
        is_primary = self.property("primary") == "true"
        strong = QColor(colors.on_accent if is_primary else colors.text)
        weak = QColor(strong if is_primary else colors.muted)
        if is_primary:
            weak.setAlphaF(0.85)
        painter = QPainter(self)
        mark = colors.on_accent if is_primary else colors.accent_text
        painter.drawPixmap(16, (self.height() - 28) // 2, theme.pixmap(self._icon, 28, mark))
        text = QRectF(self.rect()).adjusted(60, 0, -12, 0)
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(strong)
        half = text.height() / 2
        top = QRectF(text.x(), text.y(), text.width(), half - 1)
        painter.drawText(top, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, self._title)
        font.setBold(False)
        painter.setFont(font)
        painter.setPen(weak)
        bottom = QRectF(text.x(), text.y() + half + 1, text.width(), half)
        shown = painter.fontMetrics().elidedText(
            self._subtitle, Qt.TextElideMode.ElideRight, int(text.width())
        )
        painter.drawText(bottom, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, shown)
        painter.end()


class RecentRow(QPushButton):
    """One recent folder: the scene's name, and where it is."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.is_missing = False
        self.setProperty("quiet", "true")
        self.setMinimumHeight(28)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"Open {path}")
        self.setToolTip(str(path))

    def mark_missing(self) -> None:
        self.is_missing = True
        self.setEnabled(False)
        self.setToolTip(f"{self.path} is not there any more")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        colors = theme.tokens()
        painter = QPainter(self)
        icon = "missing" if self.is_missing else "folder"
        strong = colors.faint if self.is_missing else colors.text
        size = 16
        painter.drawPixmap(
            8,
            (self.height() - size) // 2,
            theme.pixmap(icon, size, colors.faint if self.is_missing else colors.muted),
        )
        name, place = _name_and_place(self.path)
        metrics = painter.fontMetrics()
        box = self.rect().adjusted(32, 0, -8, 0)
        painter.setPen(QColor(strong))
        centred = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, centred | Qt.AlignmentFlag.AlignLeft, name)
        taken = metrics.horizontalAdvance(name) + 12
        rest = box.adjusted(taken, 0, 0, 0)
        note = "not found" if self.is_missing else place
        painter.setPen(QColor(colors.faint if self.is_missing else colors.muted))
        shown = metrics.elidedText(note, Qt.TextElideMode.ElideMiddle, rest.width())
        painter.drawText(rest, centred | Qt.AlignmentFlag.AlignRight, shown)
        painter.end()


def _missing(paths: Sequence[Path], progress: Progress) -> set[Path]:
    missing = set()
    for done, path in enumerate(paths):
        progress.step(done, len(paths))
        if not os.path.exists(path):
            missing.add(path)
    return missing


def _name_and_place(path: Path) -> tuple[str, str]:
    """What to call a folder, and where it lies; the home folder is written as ~."""
    name = path.name
    for parent in path.parents:
        if name not in NAME_TOO_COMMON or not parent.name:
            break
        name = parent.name
    home = Path.home()
    place = path.parent
    return name, f"~/{place.relative_to(home)}" if place.is_relative_to(home) else str(place)


def _draw_room(painter: QPainter, size: QSize, ink: QColor) -> None:
    """A room in thin lines, seen from above a corner: so faint that it never competes with the text."""
    ink.setAlphaF(0.10)
    painter.setPen(QPen(ink, 1.25))
    unit = max(size.width() / 21, size.height() / 17)
    origin = QPointF(size.width() / 2, size.height() * 0.60)

    def at(x: float, y: float, z: float = 0.0) -> QPointF:
        return origin + QPointF((x - y) * 0.866 * unit, (x + y) * 0.5 * unit - z * unit)

    def box(x: float, y: float, w: float, d: float, low: float, high: float) -> None:
        floor = [at(x, y, low), at(x + w, y, low), at(x + w, y + d, low), at(x, y + d, low)]
        roof = [at(x, y, high), at(x + w, y, high), at(x + w, y + d, high), at(x, y + d, high)]
        painter.drawPolygon(QPolygonF(roof))
        for corner in (1, 2, 3):
            painter.drawLine(floor[corner], roof[corner])
        painter.drawLine(floor[1], floor[2])
        painter.drawLine(floor[2], floor[3])

    for k in range(-6, 7):
        painter.drawLine(at(-6, k), at(6, k))
        painter.drawLine(at(k, -6), at(k, 6))
    ink.setAlphaF(0.20)
    painter.setPen(QPen(ink, 1.5))
    painter.drawPolyline(QPolygonF([at(-6, 6), at(-6, 6, 4.4), at(-6, -6, 4.4), at(6, -6, 4.4), at(6, -6)]))
    painter.drawPolyline(QPolygonF([at(-6, 6), at(-6, -6), at(6, -6)]))
    painter.drawLine(at(-6, -6), at(-6, -6, 4.4))
    box(-5.6, -5.6, 2.2, 5.5, 0, 1.0)
    box(-5.6, -5.6, 0.7, 5.5, 1.0, 1.9)
    box(1.5, -5.8, 3.5, 1.2, 0, 3.2)
    box(-1.2, -2.2, 3.2, 2.0, 0.75, 0.9)
    painter.drawPolygon(QPolygonF([at(-6, 1.0, 1.6), at(-6, 4.6, 1.6), at(-6, 4.6, 3.6), at(-6, 1.0, 3.6)]))
    painter.drawLine(at(-6, 2.8, 1.6), at(-6, 2.8, 3.6))


def welcome_of(window: MainWindow) -> Welcome:
    """The page of a window, wired."""
    page, opening = Welcome(window.runner), window.opening
    window.stack.addWidget(page)
    page.sample_requested.connect(opening.open_sample)
    page.folder_requested.connect(opening.ask_folder)
    page.path_requested.connect(opening.open_path)
    page.dropped.connect(window.open_dropped)
    page.missing_found.connect(window.recent_menu.grey_out)
    opening.recent_changed.connect(lambda: page.set_recent(opening.recent()))
    page.set_recent(opening.recent())
    return page
