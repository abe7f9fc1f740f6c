"""The pose inspector: where the current camera is, what its lens does, and both for other programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from viewer.app.frame_reasons import no_image_words
from viewer.app.frame_shots import shot_of
from viewer.app.pixel_probe import PixelHit
from viewer.app.pose_facts import (
    LensFacts,
    PoseFacts,
    findings,
    lens_facts,
    look_at_of,
    pose_facts,
)
from viewer.app.pose_formats import POSE_FORMATS, PoseFormat, find_format, prove
from viewer.app.session import Session
from viewer.app.shot import Shot
from viewer.errors import FormatError
from viewer.model.camera import Lens
from viewer.model.frames import FrameId
from viewer.ui import theme
from viewer.ui.lens_picture import LensPicture
from viewer.ui.parts import ElidedLabel, EmptyState, ignore_idle_wheel, listen, push_button, rule, text_label
from viewer.ui.watch import Watch

TITLE_PX: Final = 64
TEXT_LINES: Final = 11
FORMAT_SETTING: Final = "pose/format"


class PosePanel(QWidget):
    """Facts of the current frame's camera. Computes only while somebody looks."""

    copied = Signal(str)  # the title of the format

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self._session = session
        self.probe: Callable[[FrameId, int, int], PixelHit | None] = lambda *_: None
        """What is known of a pixel of a frame; the window says."""
        self._pixel: tuple[FrameId, int, int] | None = None
        self._shot: Shot | None = None
        self._lens: LensFacts | None = None
        self._watch = Watch(self, self.refresh)
        self._build()
        for signal in (session.scene_changed, session.frame_changed, session.lens_changed):
            listen(self, signal, self._changed)
        self._changed()  # the scene may have come before the panel

    # construction

    def _build(self) -> None:
        self._name = ElidedLabel("", "heading")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)
        self.picture = LensPicture()
        self._findings = QVBoxLayout()
        self._findings.setSpacing(4)
        self.format = QComboBox()
        self.format.setAccessibleName("Copy as")
        self.format.setToolTip("The program whose conventions the text follows")
        for known in POSE_FORMATS:
            self.format.addItem(known.title, known.key)
        stored = self.format.findData(QSettings().value(FORMAT_SETTING, POSE_FORMATS[0].key))
        self.format.setCurrentIndex(max(stored, 0))
        ignore_idle_wheel(self.format)
        self.format.activated.connect(self._choose_format)
        self.copy = push_button("Copy", icon="copy", tip="Copy this text", clicked=self.copy_text)
        self.copy.setProperty("compact", "true")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName("Pose as text")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(TEXT_LINES * self.text.fontMetrics().lineSpacing() + 14)
        self.proof = FindingLine()
        self._notes = QVBoxLayout()
        self._notes.setSpacing(2)
        chooser = QHBoxLayout()
        chooser.setSpacing(6)
        chooser.addWidget(text_label("Copy as", "muted"))
        chooser.addWidget(self.format, 1)
        chooser.addWidget(self.copy)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(8, 6, 8, 8)
        column.setSpacing(8)
        column.addWidget(self._name)
        column.addLayout(self._findings)
        column.addLayout(self._grid)
        column.addWidget(self.picture)
        column.addWidget(rule())
        column.addLayout(chooser)
        column.addWidget(self.text)
        column.addWidget(self.proof)
        column.addLayout(self._notes)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(body)
        self._empty = EmptyState("camera")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(scroll)

    # what is shown

    @property
    def rows(self) -> dict[str, str]:
        """What the lines of numbers say, by their titles."""
        found = {}
        for row in range(self._grid.rowCount()):
            cells = [self._grid.itemAtPosition(row, k) for k in (0, 1)]
            labels = [None if cell is None else cell.widget() for cell in cells]
            if isinstance(labels[0], QLabel) and isinstance(labels[1], QLabel):
                found[labels[0].text()] = labels[1].text()
        return found

    @property
    def finding_words(self) -> tuple[str, ...]:
        items = (self._findings.itemAt(k) for k in range(self._findings.count()))
        lines = (None if item is None else item.widget() for item in items)
        return tuple(line.words for line in lines if isinstance(line, FindingLine))

    @property
    def empty_words(self) -> str:
        """Why there is nothing to show; empty while there is."""
        return "" if self._shot is not None else self._empty.words

    def take_pixel(self, frame: FrameId | None, x: int, y: int) -> None:
        """Prove with the point this pixel shows, as long as its frame is the current one."""
        self._pixel = None if frame is None else (frame, x, y)
        if not self._watch.misses():
            self._show_text()

    def pictures_shown(self, *_: object) -> None:
        """The frame's images are decoded now, so distances are known."""
        if not self._watch.misses():
            self._show_text()

    def _changed(self, *_: object) -> None:
        if not self._watch.misses():
            self.refresh()

    def refresh(self) -> None:
        """Show the current frame's camera, or why there is none."""
        session = self._session
        scene, frame = session.scene, session.frame
        self._shot = None if scene is None or frame is None else shot_of(scene, frame)
        self._stack.setCurrentIndex(0 if self._shot is None else 1)
        if self._shot is None or scene is None or frame is None:
            self._lens = None
            self._empty.say(*self._missing())
            return
        lens = self._lens_facts(self._shot.camera.lens)
        facts = pose_facts(self._shot.camera, scene.up, look_at_of(session, frame))
        self._name.setText(self._shot.name)
        self._fill_findings(facts, lens)
        self._fill_numbers(facts, lens)
        self.picture.show_lens(lens)
        self._show_text()

    def _missing(self) -> tuple[str, str]:
        session = self._session
        if session.scene is None:
            return "Nothing is open.", "Open a scene to see the pose and the lens of its cameras."
        if session.frame is None:
            return "This scene has no camera.", "Poses are in the folders _detail/cam_…"
        frame = session.frame
        where = f"{frame.camera} has no pose for frame {frame.frame}."
        return where, "Its trajectory has no such keyframe, or the file of its poses is missing."

    def _lens_facts(self, lens: Lens) -> LensFacts:
        """All frames have the same lens: computed once."""
        if self._lens is None or self._lens.lens is not lens:
            self._lens = lens_facts(lens)
        return self._lens

    def _fill_findings(self, facts: PoseFacts, lens: LensFacts) -> None:
        _clear(self._findings)
        session = self._session
        metres = 1.0 if session.scene is None else session.scene.metres_per_unit
        for finding in findings(facts, lens, metres):
            self._findings.addWidget(FindingLine(finding.words, finding.is_good))
        images = session.images
        frame = session.frame
        if frame is not None and (images is None or not images.source.modalities(frame)):
            self._findings.addWidget(FindingLine(no_image_words(session, frame).rstrip("."), False))

    def _fill_numbers(self, facts: PoseFacts, lens: LensFacts) -> None:
        _clear(self._grid)
        metres = 1.0 if self._session.scene is None else self._session.scene.metres_per_unit
        right, up, backwards = facts.dataset_axes
        shift_x, shift_y = lens.shift_px
        lines = {
            "Position": f"{_vector(facts.position * metres, 3)} m",
            "Units": _vector(facts.position, 2),
            "Looks": f"yaw {_degrees(facts.yaw)}, pitch {_degrees(facts.pitch)}",
            "Roll": _degrees(facts.roll),
            "Right (x)": _vector(right, 3),
            "Down": _vector(-up, 3),
            "Forward": _vector(-backwards, 3),
            "Up (y)": _vector(up, 3),
            "Back (z)": _vector(backwards, 3),
            "Rotation": f"determinant {facts.determinant:.9f}\noff by {facts.orthogonality_error:.1e}",
            "Look-at": self._look_at_words(facts, metres),
            "Lens": f"{lens.words}" + (f"; {lens.mean_px:.1f} px on average" if lens.is_other else ""),
            "View": f"{lens.fov_x:.2f}° × {lens.fov_y:.2f}°\n{lens.lens.width} × {lens.lens.height} px",
        }
        if lens.is_other:
            skew = f"\nskew {lens.skew:.2f} px" if lens.skew else ""
            lines["Axis"] = f"tilted by {lens.tilt:.2f}°\nshift ({shift_x:+.1f}, {shift_y:+.1f}) px{skew}"
        for row, (title, words) in enumerate(lines.items()):
            label = text_label(title, "muted")
            label.setToolTip("An axis of the dataset's own cameras" if title.endswith(")") else "")
            label.setFixedWidth(TITLE_PX)
            self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(text_label(words, wraps=True, selectable=True), row, 1)

    def _look_at_words(self, facts: PoseFacts, metres: float) -> str:
        if facts.look_at is None:
            return "no look-at point"
        away = float(np.linalg.norm(facts.look_at - facts.position)) * metres
        return f"{_vector(facts.look_at * metres, 3)} m\n{away:.2f} m away, {facts.look_at_error:.2f}° off"

    # the text and its proof

    @property
    def _chosen(self) -> PoseFormat:
        return find_format(str(self.format.currentData())) or POSE_FORMATS[0]

    def _choose_format(self) -> None:
        QSettings().setValue(FORMAT_SETTING, self._chosen.key)
        self._show_text()

    def _show_text(self) -> None:
        shot, chosen = self._shot, self._chosen
        _clear(self._notes)
        if shot is None:
            return
        try:
            text = chosen.write(shot)
            pixel, distance_m = self._witness(shot)
            proof = prove(chosen, text, shot, pixel, distance_m)
        except FormatError as error:
            self.text.setPlainText("")
            self.copy.setEnabled(False)
            self.proof.say(error.message, False)
            return
        self.copy.setEnabled(True)
        self.text.setPlainText(text)
        self.proof.say(proof.words, proof.is_good)
        for note in chosen.notes(shot):
            self._notes.addWidget(text_label(note, "muted", wraps=True))

    def _witness(self, shot: Shot) -> tuple[tuple[float, float], float | None]:
        """The pixel to prove with and how far away it sees something, metres; None when not known."""
        lens = shot.camera.lens
        pixel = (float(lens.width // 2), float(lens.height // 2))
        x, y = int(pixel[0]), int(pixel[1])
        if self._pixel is not None and self._pixel[0] == shot.frame:
            _, x, y = self._pixel
            pixel = (float(x), float(y))
        hit = self.probe(shot.frame, x, y)
        if hit is None or hit.point is None:
            return pixel, None
        return pixel, float(np.linalg.norm(hit.point - shot.camera.position)) * shot.metres_per_unit

    def copy_text(self) -> None:
        """Put the current frame's camera, in the chosen format, on the clipboard."""
        if self._watch.misses():
            self.refresh()
        if not self.text.toPlainText():
            return
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copied.emit(self._chosen.title)


class FindingLine(QWidget):
    """A sentence behind a tick or a warning sign."""

    def __init__(self, words: str = "", is_good: bool = True) -> None:
        super().__init__()
        self._is_good = is_good
        self._mark = QLabel()
        self._mark.setFixedWidth(16)
        self._label = text_label("", wraps=True, selectable=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._label, 1)
        theme.NEWS.changed.connect(self._recolor)
        self.say(words, is_good)

    @property
    def words(self) -> str:
        return self._label.text()

    @property
    def is_good(self) -> bool:
        return self._is_good

    def say(self, words: str, is_good: bool) -> None:
        self._is_good = is_good
        self._label.setText(words)
        self.setAccessibleName(words)
        self._recolor()

    def _recolor(self) -> None:
        colors = theme.tokens()
        name, color = ("check", colors.ok) if self._is_good else ("warning", colors.warning)
        self._mark.setPixmap(theme.pixmap(name, 14, color))


def _clear(layout: QVBoxLayout | QGridLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def _vector(values: NDArray[np.floating], digits: int) -> str:
    rounded = np.round(values, digits) + 0.0  # no minus before a zero
    return f"({', '.join(f'{value:.{digits}f}' for value in rounded.tolist())})"


def _degrees(value: float) -> str:
    return "undefined" if np.isnan(value) else f"{round(value, 1) + 0.0:.1f}°"
