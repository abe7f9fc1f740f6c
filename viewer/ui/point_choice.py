"""What points are made from, and their colors by how far positions and distances are apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from viewer.app.point_cache import can_compare_points
from viewer.app.session import ColorBy
from viewer.model.points import PointSource

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow


class PointChoice(QObject):
    """Has points made anew when other ones are asked for."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._hidden_mesh = False  # by us, so that the compared points are seen
        window.session.color_by_changed.connect(self._color_by_changed)
        window.session.point_source_changed.connect(self._source_changed)

    def color_by_residual(self) -> None:
        """Compare positions with distances, if there is anything to compare."""
        scene = self._window.session.scene
        if scene is None or not can_compare_points(scene):
            self._window.tell("No frame has a pose, positions and distances, so these cannot be compared")
            return
        self._window.session.set_color_by(ColorBy.RESIDUAL)

    def use_positions(self) -> None:
        self._window.session.set_point_source(PointSource.POSITION)

    def use_distances(self) -> None:
        self._window.session.set_point_source(PointSource.DISTANCE)

    def _color_by_changed(self, color_by: ColorBy) -> None:
        session = self._window.session
        if color_by is not ColorBy.RESIDUAL:
            self._show_mesh_again()
            return
        self._show_points()
        if session.points is None or session.points.residuals is None:
            self._window.opening.fuse_points()

    def _source_changed(self, _source: PointSource) -> None:
        if self._window.session.scene is not None:
            self._window.opening.fuse_points()

    def _show_points(self) -> None:
        """Points lie in the surfaces of the mesh: one of the two hides the other."""
        styles = self._window.layer_styles
        styles.apply("points", replace(styles.style("points"), visible=True))
        if styles.is_visible("mesh"):
            styles.apply("mesh", replace(styles.style("mesh"), visible=False))
            self._hidden_mesh = True

    def _show_mesh_again(self) -> None:
        styles = self._window.layer_styles
        if self._hidden_mesh:
            styles.apply("mesh", replace(styles.style("mesh"), visible=True))
            self._hidden_mesh = False
