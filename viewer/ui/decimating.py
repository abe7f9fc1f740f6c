"""The mesh with fewer triangles, and whole again: asked for in the menu, told in the status bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtWidgets import QToolButton

from viewer.app.decimation import (
    DecimatedMesh,
    Decimation,
    DecimationSettings,
    choose_faces,
    decimate,
    shown_mesh,
)
from viewer.app.session import Session
from viewer.app.strokes import counted
from viewer.errors import ViewerError
from viewer.jobs.lanes import Job
from viewer.model.mesh import Mesh
from viewer.ui import theme
from viewer.ui.parts import listen

if TYPE_CHECKING:
    from viewer.ui.dialogs.decimate import DecimateDialog
    from viewer.ui.main_window import MainWindow


class Decimating(QObject):
    """Chooses triangles in the background, and puts what is left in place of the mesh.

    Labels, selection, visibility and the view stay; so does everything that is computed from the scene, for
    the scene keeps its whole mesh.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.settings = DecimationSettings()
        self.chip = DecimationChip(window.session, self)
        self._counting: Job[Decimation] | None = None
        window.status_line.add_chip(self.chip)
        window.session.mesh_changed.connect(self._show_mesh)

    def ask(self) -> None:
        """Let the user say how many triangles may stay, and see what that leaves."""
        from viewer.ui.dialogs.decimate import DecimateDialog

        session = self._window.session
        mesh = self._mesh
        if session.scene is None or mesh is None:
            return
        dialog = DecimateDialog(
            self.settings, len(mesh.faces), len(mesh.vertices), session.scene.metres_per_unit, self._window
        )
        eye = np.array(self._window.scene_view.current_camera().position, np.float64)
        dialog.count_wanted.connect(lambda settings: self._count(dialog, mesh, settings, eye))
        dialog.accepted_decimation.connect(self._start)
        dialog.finished.connect(self._stop_counting)
        dialog.open_for_scene(session)

    def restore(self) -> None:
        """Show all triangles again."""
        self._window.painting.in_turn(lambda: self._window.session.set_decimated(None))

    @property
    def _mesh(self) -> Mesh | None:
        scene = self._window.session.scene
        return None if scene is None else scene.part(Mesh)

    def _stop_counting(self, *_: object) -> None:
        if self._counting is not None:
            self._counting.cancel()
            self._counting = None

    def _count(
        self, dialog: DecimateDialog, mesh: Mesh, settings: DecimationSettings, eye: np.ndarray
    ) -> None:
        """Choose what would stay; only the last wish is told."""
        self._stop_counting()
        self.settings = settings

        def tell(what: Decimation | BaseException) -> None:
            if self._counting is not job:
                return
            self._counting = None
            if isinstance(what, Decimation):
                dialog.show_decimation(what)
            else:
                dialog.show_problem(what if isinstance(what, ViewerError) else None)
                if not isinstance(what, ViewerError):
                    self._window.opening.explain(what)

        job: Job[Decimation] = self._window.runner.start(
            self._window.runner.export_lane,
            lambda progress: choose_faces(mesh, settings, eye, progress),
            title="Choosing triangles",
            is_shown=False,  # the dialog shows it
            done=tell,
            failed=tell,
        )
        self._counting = job

    def _start(self, decimation: Decimation) -> None:
        window = self._window
        opened, mesh = window.session.opened, self._mesh
        if mesh is None:
            return

        def done(decimated: DecimatedMesh) -> None:
            if window.session.opened is opened:
                window.painting.in_turn(lambda: self._take(decimated))

        window.runner.start(
            window.runner.export_lane,
            lambda progress: decimate(mesh, decimation, progress),
            title="Decimating the mesh",
            done=done,
            failed=window.opening.explain,
        )

    def _take(self, decimated: DecimatedMesh) -> None:
        self._window.session.set_decimated(decimated)
        self._window.tell(in_words(decimated.decimation))

    def _show_mesh(self) -> None:
        session, mesh = self._window.session, self._mesh
        if mesh is not None:
            self._window.scene_view.set_mesh(shown_mesh(session))
            self._window.painting.picking.use_mesh(
                mesh if session.decimated is None else session.decimated.mesh
            )


class DecimationChip(QToolButton):
    """Says in the status bar that triangles are missing; a click brings them back.

    It takes no room from the 3D view, for the picture must not move under the pointer.
    """

    def __init__(self, session: Session, decimating: Decimating) -> None:
        super().__init__()
        self._session = session
        self.setObjectName("decimation_chip")
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setIconSize(QSize(12, 12))
        self.setFixedHeight(self.fontMetrics().height())  # as the labels beside it: the window may be small
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.clicked.connect(lambda *_: decimating.restore())
        for signal in (session.scene_changed, session.mesh_changed):
            listen(self, signal, self._show)
        theme.NEWS.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        decimated = self._session.decimated
        self.setVisible(decimated is not None)
        if decimated is not None:
            self.setIcon(theme.mark("warning", 12, theme.tokens().warning))
            self.setText("Decimated: restore")
            tip = f"{in_words(decimated.decimation)}.\nClick to show the full mesh again."
            self.setToolTip(tip)
            self.setAccessibleName("Decimated mesh: restore the full one")
            self.setAccessibleDescription(tip)


def in_words(decimation: Decimation) -> str:
    """How many triangles are shown, and of how many objects none is."""
    shown = f"{decimation.face_count:,} of {len(decimation.keep):,} triangles are shown"
    lost = len(decimation.lost_objects)
    return f"{shown}, and none of {counted(lost, 'object')}" if lost else shown
