"""Two images compared: what stands on either side, how, and what the difference is in words."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QPainterPath, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from viewer.app.comparison import Comparison
from viewer.errors import FormatError
from viewer.imaging.live import LIVE_MODALITIES
from viewer.imaging.modality import Modality
from viewer.imaging.registry import MODALITIES
from viewer.model.frames import FrameId
from viewer.ui.compare_canvas import CompareCanvas, CompareMode
from viewer.ui.image_view import Readout
from viewer.ui.legend_bar import LegendBar
from viewer.ui.modality_chooser import ModalityChooser
from viewer.ui.parts import push_button, text_label, tool_button
from viewer.ui.pin_button import PinButton

NARROW_PX: Final = 760
"""Below this width the tools stand in a row of their own."""
LEAST_SIZE: Final = QSize(220, 150)
CHOICES: Final = (*LIVE_MODALITIES, *MODALITIES)
TIPS: Final = {
    CompareMode.WIPE: "Left of the handle A, right of it B; drag it, or move it with [ and ]",
    CompareMode.BLINK: "A and B in turn, in the same place",
    CompareMode.DIFFERENCE: "How far A and B are apart, pixel by pixel",
}


class CompareSide(QWidget):
    """What stands on one side: a modality, of the current frame or of one that is pinned."""

    changed = Signal()
    pin_asked = Signal(bool)
    frames_asked = Signal(object)  # QMenu to fill

    def __init__(self, letter: str, modality: Modality[Any]) -> None:
        super().__init__()
        self.modality = modality
        self.chooser = ModalityChooser(self, CHOICES)
        self.chooser.setAccessibleName(self.tr("Side {0} shows").format(letter))
        self.chooser.chosen.connect(self._choose)
        self.pin = PinButton()
        self.pin.clicked.connect(self.pin_asked)
        self.frames = tool_button(
            "down", self.tr("Another frame"), self.tr("Compare with another frame"), size=14
        )
        self.frames.clicked.connect(self._open_frames)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(text_label(letter, "heading"))
        row.addWidget(self.chooser)
        row.addWidget(self.pin)
        row.addWidget(self.frames)
        self.show_modality(modality)

    def show_modality(self, modality: Modality[Any]) -> None:
        self.modality = modality
        self.chooser.set_key(modality)

    def set_pinned(self, frame: FrameId | None) -> None:
        self.pin.set_pinned(frame)

    def _open_frames(self) -> None:
        menu = QMenu(self)
        self.frames_asked.emit(menu)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.frames.mapToGlobal(QPoint(0, self.frames.height())))

    def _choose(self, key: str) -> None:
        self.show_modality(next(modality for modality in CHOICES if modality.key == key))
        self.changed.emit()


class CompareView(QWidget):
    """Says what is wanted through signals, and shows what it is given."""

    wanted = Signal()  # another side, or another way to measure
    mode_changed = Signal(object)  # CompareMode
    pixel_hovered = Signal(object, object, object)  # frame of side A, x | None, y | None
    pixel_clicked = Signal(object, int, int, object)  # frame, x, y, Qt.KeyboardModifier
    close_asked = Signal()

    def __init__(self, first: Modality[Any], second: Modality[Any]) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Comparison of two images"))
        self.sides = (CompareSide("A", first), CompareSide("B", second))
        self.canvas = CompareCanvas(self)
        self.legend = LegendBar(self)
        self.readout = Readout("", "muted")
        self.readout.setAccessibleDescription(self.tr("Values of both under the cursor"))
        self.statistic = QLabel()
        self.statistic.setAccessibleName(self.tr("Difference of A and B"))
        self.shown: Comparison | None = None
        self._frame_size: tuple[int, int] | None = None
        self._lay_out()
        for side in self.sides:
            side.changed.connect(self.wanted)
        self.canvas.hovered.connect(self._tell_hovered)
        self.canvas.clicked.connect(self._tell_clicked)
        self.set_mode(CompareMode.WIPE)

    def _lay_out(self) -> None:
        self._modes = QButtonGroup(self)
        modes = QHBoxLayout()
        modes.setSpacing(0)
        for number, mode in enumerate(CompareMode):
            button = QPushButton(self.tr(mode.value))
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setProperty("compact", "true")
            button.setProperty("segment", ("first", "middle", "last")[number])
            button.setToolTip(self.tr(TIPS[mode]))
            self._modes.addButton(button, number)
            modes.addWidget(button)
        self._modes.idClicked.connect(lambda number: self.set_mode(list(CompareMode)[number]))
        self.rate = QDoubleSpinBox()
        self.rate.setRange(0.2, 10.0)
        self.rate.setSingleStep(0.5)
        self.rate.setDecimals(1)
        self.rate.setValue(1.5)
        self.rate.setSuffix(self.tr(" a second"))
        self.rate.setAccessibleName(self.tr("Changes a second"))
        self.rate.setToolTip(self.tr("How often A and B change places"))
        self.rate.valueChanged.connect(self.canvas.set_rate)
        self.as_shown = push_button(
            self.tr("As shown"), tip=self.tr("Compare the colors on the screen instead of what is measured")
        )
        self.as_shown.setCheckable(True)
        self.as_shown.setProperty("compact", "true")
        self.as_shown.clicked.connect(self.wanted)
        close = tool_button(
            "close", self.tr("Close"), self.tr("Back to the panes"), clicked=self.close_asked.emit
        )
        self._tools = QWidget()
        tools = QHBoxLayout(self._tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(8)
        tools.addLayout(modes)
        for tool in (self.rate, self.as_shown, self.legend):
            tools.addWidget(tool)
        self._head = QGridLayout()
        self._head.setContentsMargins(6, 2, 4, 0)
        self._head.setSpacing(4)
        self._head.setColumnStretch(1, 1)
        self._head.addWidget(self.sides[0], 0, 0)
        self._head.addWidget(self.sides[1], 0, 2)
        self._head.addWidget(close, 0, 3)
        self._is_narrow: bool | None = None
        foot = QHBoxLayout()
        foot.setContentsMargins(6, 0, 8, 2)
        foot.setSpacing(12)
        foot.addWidget(self.readout, 1)
        foot.addWidget(self.statistic)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        column.addLayout(self._head)
        column.addWidget(self.canvas, 1)
        column.addLayout(foot)

    def minimumSizeHint(self) -> QSize:
        return LEAST_SIZE

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < NARROW_PX
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self._head.removeWidget(self._tools)
            place = (1, 0, 1, 4) if is_narrow else (0, 1, 1, 1)
            self._head.addWidget(self._tools, *place, Qt.AlignmentFlag.AlignHCenter)

    # what is shown

    @property
    def mode(self) -> CompareMode:
        return self.canvas.mode

    @property
    def frame(self) -> FrameId | None:
        """The frame of side A: what its pixels are asked about."""
        return None if self.shown is None else self.shown.sides[0].frame

    def set_mode(self, mode: CompareMode) -> None:
        """Wipe, blink, or show the difference."""
        button = self._modes.button(list(CompareMode).index(mode))
        if button is not None:
            button.setChecked(True)
        self.canvas.set_mode(mode)
        self.rate.setVisible(mode is CompareMode.BLINK)
        self.as_shown.setVisible(mode is CompareMode.DIFFERENCE)
        self._show_pictures()
        self.mode_changed.emit(mode)

    def show_comparison(self, comparison: Comparison, frame_size: tuple[int, int] | None) -> None:
        """Show two images; `frame_size` is what the frame's pixels are counted in."""
        self.shown, self._frame_size = comparison, frame_size
        self.statistic.setEnabled(comparison.difference is not None)
        if comparison.difference is not None:
            self.as_shown.setEnabled(comparison.is_of_values or self.as_shown.isChecked())
            kind = self.tr("Values") if comparison.is_of_values else self.tr("Colors")
            self.statistic.setText(f"{kind}: {comparison.difference.words}")
        self._show_pictures()

    def show_message(self, icon: str, text: str, *, is_problem: bool = False) -> None:
        """A sentence instead of a comparison."""
        self.shown = None
        self.legend.set_legend(None)
        self.canvas.show_message(icon, text, is_problem=is_problem)
        self.readout.setText("")
        self.statistic.setText("")

    def _show_pictures(self) -> None:
        if self.shown is None:
            return
        if self.mode is CompareMode.DIFFERENCE:
            if self.shown.heat is None:
                return  # it is being measured
            self.canvas.show_pair(self.shown.heat, None)
            self.legend.set_legend(self.shown.heat.legend)
        else:
            self.canvas.show_pair(*self.shown.pictures)
            self.legend.set_legend(None)

    # as a pane among others

    def set_cursor(self, pixel: tuple[int, int] | None, *, is_own: bool = False) -> None:
        """The pixel of the frame that is asked about; where the pointer itself is, no cross is drawn."""
        at = None if pixel is None else self._in_picture(pixel)
        self.canvas.set_cursor(None if is_own else at)
        words = ""
        if at is not None and self.shown is not None:
            height, width = self.shown.pictures[0].rgba.shape[:2]
            if 0 <= at[0] < width and 0 <= at[1] < height:
                words = self._describe(*at)
        self.readout.setText(words)

    def _describe(self, x: int, y: int) -> str:
        if self.shown is None:
            return ""
        try:
            a, b, apart = self.shown.words_at(x, y)
        except (FormatError, KeyError, IndexError):
            return ""  # images of different sizes: the pictures were made without this one
        words = f"{x}, {y}    A  {a}    B  {b}"
        return f"{words}    {self.tr('difference')}  {apart}" if apart else words

    def set_outlines(self, selected: QPainterPath | None, hovered: QPainterPath | None) -> None:
        """Outlines of objects, in the frame's pixels."""
        self.canvas.set_outlines(selected, hovered, 1 / self._frame_scale())

    def _frame_scale(self) -> float:
        if self._frame_size is None or self.shown is None:
            return 1.0
        return self._frame_size[0] / self.shown.pictures[0].rgba.shape[1]

    def _in_picture(self, pixel: tuple[int, int]) -> tuple[int, int]:
        scale = 1 / self._frame_scale()
        return int((pixel[0] + 0.5) * scale), int((pixel[1] + 0.5) * scale)

    def _in_frame(self, pixel: tuple[int, int]) -> tuple[int, int]:
        scale = self._frame_scale()
        return int((pixel[0] + 0.5) * scale), int((pixel[1] + 0.5) * scale)

    def _tell_hovered(self, pixel: tuple[int, int] | None) -> None:
        x, y = (None, None) if pixel is None else self._in_frame(pixel)
        self.pixel_hovered.emit(self.frame, x, y)

    def _tell_clicked(self, x: int, y: int, keys: Qt.KeyboardModifier) -> None:
        self.pixel_clicked.emit(self.frame, *self._in_frame((x, y)), keys)
