"""A lighter form of the mesh for moving views, made when pictures turn out to take long."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from viewer.app.decimation import shown_mesh
from viewer.geometry.mesh_detail import mesh_detail
from viewer.model.mesh_detail import MeshDetail
from viewer.ui.once_for import OnceFor

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow

log = logging.getLogger(__name__)


class Moving(QObject):
    """Starts the work at the view's wish, once per mesh, and hands over what comes of it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._begun = OnceFor()
        window.scene_view.detail_wanted.connect(self._begin)
        if window.scene_view.wants_detail:
            # said before anybody listened; at the first movement it would come too late
            self._begin()

    def _begin(self) -> None:
        mesh = shown_mesh(self._window.session)
        if mesh is None or self._begun.is_done(mesh):
            return
        self._begun.note(mesh)

        def done(detail: MeshDetail) -> None:
            if shown_mesh(self._window.session) is mesh:
                self._window.scene_view.set_mesh_detail(detail)

        def failed(error: BaseException) -> None:
            # the view is slower without, and whole
            log.error("no lighter mesh could be made", exc_info=error)

        def cancelled() -> None:
            if self._begun.is_done(mesh):
                self._begun.undo()

        # not on the lane of opening: there it would call off a scene that is just being read
        self._window.runner.start(
            self._window.runner.detail_lane,
            partial(mesh_detail, mesh),
            title="Making a lighter mesh for moving",
            done=done,
            failed=failed,
            cancelled=cancelled,
        )
