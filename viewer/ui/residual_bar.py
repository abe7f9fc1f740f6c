"""The bar below the 3D view while points are colored by how far positions and distances are apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QComboBox

from viewer.app.session import ColorBy, Session
from viewer.geometry.position_residuals import ResidualSummary, summarize
from viewer.imaging.residual_colors import residual_legend, sampled
from viewer.model.points import PointSource
from viewer.ui.legend_bar import LegendBar
from viewer.ui.narrow_bar import NarrowBar
from viewer.ui.parts import ignore_idle_wheel, listen, push_button, text_label

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

SOURCES = {PointSource.POSITION: "Positions", PointSource.DISTANCE: "Distances"}


class ResidualBar(NarrowBar):
    """The numbers, the scale, and which of the two the points are made from."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("residual_bar")
        self.setAccessibleName("Positions against distances")
        self._session = session
        self._problem = ""
        title = text_label("Positions against distances")
        self.headline = text_label("", "muted")
        self.legend = LegendBar()
        self.source = source_box(session)
        from_word = text_label("Points from", "muted")
        leave = push_button("Done", tip="Color by class again", clicked=self._leave)
        self.row.addWidget(title)
        self.row.addWidget(self.headline, 1)
        for widget in (self.legend, from_word, self.source, leave):
            self.row.addWidget(widget)
        self.set_drops((title,), (from_word,), (self.legend,), (self.source,))
        for signal in (session.scene_changed, session.points_changed, session.color_by_changed):
            listen(self, signal, self._show)
        self._show()

    def show_problem(self, words: str) -> None:
        """Say why there is nothing to compare; nothing = it is being made."""
        self._problem = words
        self._show()

    def _leave(self) -> None:
        self._session.set_color_by(ColorBy.CLASS)

    def _show(self, *_: object) -> None:
        points = self._session.points
        residuals = None if points is None else points.residuals
        is_wanted = self._session.color_by is ColorBy.RESIDUAL and self._session.scene is not None
        self.setVisible(is_wanted)
        if is_wanted:
            self._tell(residuals)
            self._make_room()

    def _tell(self, residuals: NDArray[np.float32] | None) -> None:
        if residuals is None:
            self.headline.setText(self._problem or "Comparing…")
            self.legend.set_legend(None)
            return
        self.headline.setText(in_words(summarize(sampled(residuals))))
        self.legend.set_legend(residual_legend(residuals))


def source_box(session: Session) -> QComboBox:
    """A drop-down that says which images the points are made from."""
    box = QComboBox()
    box.setAccessibleName("Points from")
    box.setToolTip(
        "Positions are stored in the images; distances are laid along each pixel's ray, so they "
        "follow the pose and the lens in use"
    )
    box.addItems(list(SOURCES.values()))
    box.activated.connect(lambda row: session.set_point_source(list(SOURCES)[row]))

    def show(*_: object) -> None:
        box.setCurrentIndex(list(SOURCES).index(session.point_source))

    listen(box, session.scene_changed, show)
    listen(box, session.point_source_changed, show)
    ignore_idle_wheel(box)
    return box


def in_words(found: ResidualSummary) -> str:
    """The headline: how far half of the points, and nearly all, are off."""
    if not found.count:
        return "No point has both."
    return f"Median {length(found.median_m)}, 99 % within {length(found.p99_m)}"


def length(metres: float) -> str:
    """A short length with a unit that suits it."""
    return f"{metres * 1000:.1f} mm" if metres < 0.1 else f"{metres:.2f} m"


def residual_bar_of(window: MainWindow) -> ResidualBar:
    """The bar of a window, below its view."""
    bar = ResidualBar(window.session)
    window.opening.points_missed.connect(bar.show_problem)
    window.column.addWidget(bar)
    return bar
