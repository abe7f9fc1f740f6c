"""Places one to six image panes so that their pictures are as large as they can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QGridLayout, QToolButton, QWidget

from viewer.ui import theme
from viewer.ui.parts import tool_button

PANE_COUNTS: Final = (1, 2, 3, 4, 6)
PANE_EXTRA_PX: Final = 50
"""Height of a pane's header and value line."""
SPACING_PX: Final = 6
TOOL_SIZE: Final = QSize(26, 23)
TOOL_SPACING_PX: Final = 2
MARGIN_PX: Final = 4
DOWN, ACROSS = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
GLYPH_ROWS: Final = {1: (1,), 2: (2,), 3: (1, 2), 4: (2, 2), 6: (3, 3)}


class PaneCountButton(QToolButton):
    """A small drawing of that many panes."""

    def __init__(self, count: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = GLYPH_ROWS[count]
        self.setCheckable(True)
        self.setAutoRaise(True)
        self.setFixedSize(TOOL_SIZE)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        name = self.tr("One pane") if count == 1 else self.tr("{0} panes").format(count)
        self.setToolTip(name)
        self.setAccessibleName(name)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        colors = theme.tokens()
        painter = QPainter(self)
        painter.setPen(QPen(QColor(colors.accent_text if self.isChecked() else colors.muted), 1))
        place = QRectF((self.width() - 14) // 2 + 0.5, (self.height() - 11) // 2 + 0.5, 14, 11)
        height = place.height() / len(self._rows)
        for row, columns in enumerate(self._rows):
            width = place.width() / columns
            for column in range(columns):
                left, top = place.left() + column * width, place.top() + row * height
                painter.drawRect(QRectF(round(left) - 0.5, round(top) - 0.5, round(width), round(height)))
        painter.end()


class PaneGrid(QWidget):
    """The panes, and beside or above them the tools for all of them."""

    count_chosen = Signal(int)
    link_changed = Signal(bool)
    fit_asked = Signal()
    compare_asked = Signal()

    def __init__(self, panes: Sequence[QWidget], parent: QWidget) -> None:
        super().__init__(parent)
        self._panes = panes
        self._count = 0
        self._placed = (0, 0)
        self._tools = QBoxLayout(DOWN)
        self._counts, self._others = QBoxLayout(DOWN), QBoxLayout(DOWN)
        for part in (self._tools, self._counts, self._others):
            part.setSpacing(TOOL_SPACING_PX)
        self._tools.addLayout(self._counts)
        self._tools.addLayout(self._others)
        self._buttons = QButtonGroup(self)
        for count in PANE_COUNTS:
            button = PaneCountButton(count, self)
            self._buttons.addButton(button, count)
            self._counts.addWidget(button)
        self._buttons.idClicked.connect(self.count_chosen)
        self.link = tool_button(
            "link",
            self.tr("Link panes"),
            self.tr("All panes zoom, pan and point together"),
            is_checkable=True,
        )
        self.link.setChecked(True)
        self.link.toggled.connect(self.link_changed)
        fit = tool_button(
            "fit",
            self.tr("Whole image"),
            self.tr("Show the whole image (double-click)"),
            clicked=self.fit_asked.emit,
        )
        compare = tool_button(
            "compare",
            self.tr("Compare two images"),
            self.tr("Wipe, blink or subtract two images, or the 3D view"),
            shortcut="Shift+I",
            clicked=self.compare_asked.emit,
        )
        self.boxes = tool_button(
            "boxes",
            self.tr("Boxes over the images"),
            self.tr("Draw the boxes into the images, too: which ones, the Scene panel says"),
            is_checkable=True,
        )
        for tool in (self.link, fit, compare, self.boxes):
            tool.setFixedSize(TOOL_SIZE)
            self._others.addWidget(tool)
        for part in (self._counts, self._others):
            self._tools.setAlignment(part, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._tools.addStretch(1)
        self._grid = QGridLayout()
        self._grid.setSpacing(SPACING_PX)
        self._body = QBoxLayout(ACROSS, self)
        self._body.setContentsMargins(4, 2, 4, MARGIN_PX - 2)
        self._body.setSpacing(4)
        self._body.setSizeConstraint(QBoxLayout.SizeConstraint.SetNoConstraint)
        self._body.addLayout(self._tools)
        self._body.addLayout(self._grid, 1)

    def show_count(self, count: int) -> None:
        """Show the first `count` panes."""
        self._count = count
        button = self._buttons.button(count)
        if button is not None:
            button.setChecked(True)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 150)

    def _arrange(self) -> None:
        is_wide = self.width() >= self.height()
        tool_count = self._counts.count() + self._others.count()
        is_high = self.height() >= tool_count * (TOOL_SIZE.height() + TOOL_SPACING_PX) + MARGIN_PX
        self._body.setDirection(ACROSS if is_wide else DOWN)
        self._tools.setDirection(DOWN if is_wide and is_high else ACROSS)  # where it is low, two columns
        for part in (self._counts, self._others):
            part.setDirection(DOWN if is_wide else ACROSS)
        columns = best_columns(self._count, self.width(), self.height())
        if (columns, self._count) == self._placed:
            return
        self._placed = (columns, self._count)
        for pane in self._panes:
            self._grid.removeWidget(pane)
        for number, pane in enumerate(self._panes):
            if number < self._count:
                self._grid.addWidget(pane, number // columns, number % columns)
            pane.setVisible(number < self._count)
        for k in range(len(self._panes)):
            self._grid.setColumnStretch(k, int(k < columns))
            self._grid.setRowStretch(k, int(k < -(-self._count // columns)))


def best_columns(count: int, width: int, height: int) -> int:
    """How many columns make 4:3 pictures largest in a place of this size."""

    def picture_width(columns: int) -> float:
        rows = -(-count // columns)
        return min(width / columns, (height / rows - PANE_EXTRA_PX) * 4 / 3)

    return max(range(1, count + 1), key=lambda columns: (picture_width(columns), -columns))
