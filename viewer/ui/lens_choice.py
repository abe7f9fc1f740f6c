"""Which lens the scene's cameras have: the best there is, until the user chooses another."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog

from viewer.app.scene_lenses import measurable_frames, off_plain
from viewer.errors import ViewerError
from viewer.model.camera import Lens, LensSource

if TYPE_CHECKING:
    from viewer.app.session import OpenedScene
    from viewer.geometry.lens_fit import LensFit
    from viewer.ui.actions import ActionSet
    from viewer.ui.main_window import MainWindow

COMMANDS = {
    LensSource.TABLE: "lens_table",
    LensSource.MEASURED: "lens_measured",
    LensSource.PINHOLE: "lens_pinhole",
}


class LensChoice(QObject):
    """Measures the lens in the background and uses it where no table has one; tells contradictions once."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._is_chosen = False  # by the user, for this scene
        self._is_measuring = False
        self._is_wanted = False  # the measured lens, by the user, before it is there
        self._told: set[Path] = set()  # scenes whose table and images contradict each other, as was said
        session = window.session
        session.scene_changed.connect(self._take_scene)
        session.lens_changed.connect(self._follow)
        session.lenses_changed.connect(self._judge)

    @property
    def can_measure(self) -> bool:
        """True when there are images to measure with, and nobody has done it yet."""
        session = self._window.session
        if session.scene is None or session.lenses.fit is not None or self._is_measuring:
            return False
        return bool(measurable_frames(session.scene))

    @property
    def is_measuring(self) -> bool:
        return self._is_measuring

    def use(self, source: LensSource) -> None:
        """See through the lens of a source everywhere; what is not measured yet is measured first."""
        session = self._window.session
        lens = session.lenses.get(source)
        if lens is not None:
            self._is_chosen = True
            session.use_lens(lens)
        elif source is LensSource.MEASURED and (self._is_measuring or self.can_measure):
            self._is_wanted = True
            if not self._is_measuring:
                self._measure()
        else:
            self._window.tell(session.lenses.describe(source))
        self.show_state(self._window.actions_table)

    def use_table(self) -> None:
        self.use(LensSource.TABLE)

    def use_measured(self) -> None:
        self.use(LensSource.MEASURED)

    def use_pinhole(self) -> None:
        self.use(LensSource.PINHOLE)

    def show_state(self, table: ActionSet) -> None:
        """Tick the command of the lens in use."""
        lens = self._window.session.lens
        for source, command in COMMANDS.items():
            table[command].setChecked(lens is not None and lens.source is source)

    def ask_table(self) -> None:
        """Ask for a camera table, use its lens, and look into it for every scene from now on."""
        chosen, _ = QFileDialog.getOpenFileName(
            self._window, "A camera table", str(Path.home()), "Camera tables (*.csv);;All files (*)"
        )
        opened, scene = self._window.session.opened, self._window.session.scene
        if not chosen or opened is None or scene is None:
            return
        from viewer.app.lenses import read_table_lens  # nothing that the first picture needs

        path = Path(chosen)
        self._window.runner.start(
            self._window.runner.export_lane,
            partial(read_table_lens, scene, path),
            title="Reading the camera table",
            done=partial(self._take_table, opened, path),
            failed=self._window.opening.explain,
        )

    def _take_table(self, opened: OpenedScene, path: Path, lens: Lens) -> None:
        self._window.change_settings(replace(self._window.settings, camera_table=str(path)))
        session = self._window.session
        if session.opened is opened:
            session.set_lenses(session.lenses.with_table(lens))
            self.use(LensSource.TABLE)

    # measuring

    def _take_scene(self) -> None:
        session = self._window.session
        self._is_chosen = self._is_measuring = self._is_wanted = False
        opened = session.opened
        if opened is None or not self.can_measure:
            return
        if session.lenses.table is None:
            self._measure()  # before anything that the lens decides on
        else:
            # a table is believed; whether it is right can wait until everything else is done
            QTimer.singleShot(0, self, lambda: self._measure() if session.opened is opened else None)

    def _measure(self) -> None:
        session = self._window.session
        opened, scene = session.opened, session.scene
        if opened is None or scene is None:
            return
        from viewer.app.lenses import measure_lens  # nothing that the first picture needs

        self._is_measuring = True
        self._window.runner.start(
            self._window.runner.compute_lane,
            partial(measure_lens, scene),
            title="Measuring the lens",
            done=partial(self._measured, opened),
            failed=partial(self._failed, opened),
            cancelled=partial(self._stopped, opened),
        )
        session.lenses_changed.emit()

    def _measured(self, opened: OpenedScene, fit: LensFit) -> None:
        session = self._window.session
        if session.opened is not opened:
            return
        self._is_measuring = False
        session.set_lenses(session.lenses.with_fit(fit))
        best = fit.lens if self._is_wanted else session.lenses.best
        if best is not None and (self._is_wanted or not self._is_chosen):
            session.use_lens(best)
        if best is fit.lens:
            self._window.tell(f"Measured the lens in the images. {off_plain(fit.lens)}")

    def _failed(self, opened: OpenedScene, error: BaseException) -> None:
        if self._window.session.opened is opened:
            self._is_measuring = False
            if isinstance(error, ViewerError):
                lenses = replace(self._window.session.lenses, why_not_measured=error.sentence)
                self._window.session.set_lenses(lenses)
                return
        self._window.opening.explain(error)

    def _stopped(self, opened: OpenedScene) -> None:
        if self._window.session.opened is opened:
            self._is_measuring = False
            self._window.session.lenses_changed.emit()

    # what follows from it

    def _judge(self) -> None:
        """Say that table and images contradict each other, once per scene."""
        session = self._window.session
        scene, finding = session.scene, session.lenses.finding
        if scene is None or not finding or scene.path in self._told:
            return
        self._told.add(scene.path)
        self._window.banners.show_message(
            "warning",
            finding,
            hint="One of them is wrong; the table's is in use.",
            details=session.lenses.describe(LensSource.MEASURED),
            actions=(("Use the Measured Lens", self.use_measured),),
        )

    def _follow(self) -> None:
        """Points made from distances lie elsewhere with another lens."""
        session = self._window.session
        self.show_state(self._window.actions_table)
        if session.scene is None or session.opened is None:
            return
        from viewer.app.point_cache import points_follow_lens  # nothing that the first picture needs

        is_compared = session.points is not None and session.points.residuals is not None
        if not is_compared and not points_follow_lens(session.scene, session.point_source):
            return
        if session.points is not None or session.opened.gpu_mesh is None:
            self._window.opening.fuse_points()
