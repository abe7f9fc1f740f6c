"""The lens in use, at the end of the status bar; a click opens what every source says about it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QMenu,
    QRadioButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from viewer.app.scene_lenses import LENS_NAMES
from viewer.app.session import Session
from viewer.model.camera import LensSource
from viewer.ui import theme
from viewer.ui.lens_choice import LensChoice
from viewer.ui.parts import listen, push_button, text_label

WIDTH_PX = 380
INDENT_PX = 22  # of the sentences, so that they stand under the title of their button
TITLES = {
    LensSource.TABLE: "Camera table",
    LensSource.MEASURED: "Measured in the images",
    LensSource.PINHOLE: "Plain 60° pinhole",
}
SHORT = {
    LensSource.TABLE: "camera table",
    LensSource.MEASURED: "measured",
    LensSource.PINHOLE: "plain 60° pinhole",
}


class LensChip(QToolButton):
    """`Lens: camera table`; with a warning sign when it is only assumed, or contradicted."""

    def __init__(self, session: Session, choice: LensChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._choice = choice
        self.setObjectName("lens_chip")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setIconSize(QSize(12, 12))
        self.setFixedHeight(self.fontMetrics().height())  # as the labels beside it: the window may be small
        menu = QMenu(self)
        menu.setAccessibleName("Lens of the cameras")
        self.sources = LensSources(session, choice, menu)
        action = QWidgetAction(menu)
        action.setDefaultWidget(self.sources)
        menu.addAction(action)
        menu.aboutToShow.connect(self.sources.show_lenses)
        self.setMenu(menu)
        for signal in (session.scene_changed, session.lens_changed, session.lenses_changed):
            listen(self, signal, self._show)
        theme.NEWS.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        lens, lenses = self._session.lens, self._session.lenses
        self.setVisible(lens is not None)
        if lens is None:
            return
        is_assumed = lens.source is LensSource.PINHOLE and lenses.best is lenses.pinhole
        name = SHORT.get(lens.source, lens.source.value)
        if self._choice.is_measuring and is_assumed:
            name = "being measured…"
        self.setText(f"Lens: {name}{' (assumed)' if is_assumed and not self._choice.is_measuring else ''}")
        is_doubtful = bool(lenses.finding) or lens is not lenses.best or is_assumed
        mark = "warning" if is_doubtful and not self._choice.is_measuring else "camera"
        color = theme.tokens().warning if mark == "warning" else theme.tokens().muted
        self.setIcon(theme.mark(mark, 12, color))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        words = lenses.describe(lens.source) if lens.source in TITLES else ""
        tip = "\n".join(part for part in (lenses.finding, words, "Click to choose another lens.") if part)
        self.setToolTip(tip)
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(tip)


class LensSources(QWidget):
    """A button for every source, and in small print what it says."""

    def __init__(self, session: Session, choice: LensChoice, menu: QMenu) -> None:
        super().__init__(menu)
        self._session = session
        self._choice = choice
        self._menu = menu
        self.setFixedWidth(WIDTH_PX)
        self.setAccessibleName("Where the lens comes from")
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 10)
        column.setSpacing(2)
        column.addWidget(text_label("Lens of the scene's cameras", "heading"))
        column.addSpacing(4)
        self.buttons: dict[LensSource, QRadioButton] = {}
        self._words = {}
        group = QButtonGroup(self)
        for source in LENS_NAMES.values():
            button = QRadioButton(TITLES[source])
            button.clicked.connect(lambda _=False, one=source: self._choose(one))
            group.addButton(button)
            words = text_label("", "muted", wraps=True)
            words.setContentsMargins(INDENT_PX, 0, 0, 4)
            words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)
            self.buttons[source], self._words[source] = button, words
            column.addWidget(button)
            column.addWidget(words)
        self.measure = push_button(
            "Measure It Now",
            tip="Fit the lens to the images that tell where every pixel lies",
            clicked=lambda: self._choose(LensSource.MEASURED),
        )
        self.find_table = push_button(
            "Find a Camera Table…",
            tip="metadata_camera_parameters.csv, from the dataset's public repository, has all lenses",
            clicked=self._find_table,
        )
        buttons = QHBoxLayout()
        buttons.setContentsMargins(INDENT_PX, 2, 0, 2)
        buttons.addWidget(self.measure)
        buttons.addWidget(self.find_table)
        buttons.addStretch(1)
        column.addLayout(buttons)
        self.finding = text_label("", "warning", wraps=True)
        column.addWidget(self.finding)
        for signal in (session.scene_changed, session.lens_changed, session.lenses_changed):
            listen(self, signal, self.show_lenses)
        self.show_lenses()

    def show_lenses(self) -> None:
        lens, lenses = self._session.lens, self._session.lenses
        for source, button in self.buttons.items():
            button.setEnabled(lenses.get(source) is not None)
            button.setChecked(lens is not None and lens.source is source)
            is_coming = source is LensSource.MEASURED and self._choice.is_measuring
            self._words[source].setText("Being measured…" if is_coming else lenses.describe(source))
        self.measure.setVisible(self._choice.can_measure)
        self.find_table.setVisible(lenses.table is None)
        self.finding.setText(lenses.finding)
        self.finding.setVisible(bool(lenses.finding))
        height = self._column.heightForWidth(WIDTH_PX)
        if height != self.height() and self._menu.isVisible():
            self._menu.hide()  # an open menu keeps its size and would cut the words off
        self.setFixedHeight(height)

    def _find_table(self) -> None:
        self._menu.hide()
        QTimer.singleShot(0, self, self._choice.ask_table)  # once the list is gone: it would catch the mouse

    def _choose(self, source: LensSource) -> None:
        self._menu.hide()
        self._choice.use(source)
