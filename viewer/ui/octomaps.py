"""The octomap of the window: made, loaded, looked up, and the cameras that do not stand in free space."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMessageBox

from viewer.app.octomap_facts import OctomapFacts, leaf_words, octomap_facts
from viewer.app.octomap_making import (
    OctomapSettings,
    check_octomap_folder,
    has_octomap,
    load_octomap,
    make_octomap,
    octomap_home,
    save_octomap,
)
from viewer.app.strokes import counted
from viewer.errors import ViewerError
from viewer.geometry.space_carving import Carved
from viewer.jobs.job import Progress
from viewer.model.mesh import Mesh
from viewer.model.octomap import Octomap
from viewer.render.layers.octomap import OctomapLayer

if TYPE_CHECKING:
    from viewer.app.pixel_probe import PixelHit
    from viewer.render.id_buffer import PointerHit
    from viewer.ui.main_window import MainWindow

_FACTS = "octomap facts"


class Octomaps(QObject):
    """Follows the session's octomap; makes and loads others."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.settings = OctomapSettings()
        self._pixel: NDArray[np.float64] | None = None
        session = window.session
        session.scene_changed.connect(self._compute)
        session.octomap_changed.connect(self._show)
        session.octomap_changed.connect(self._compute)
        session.octomap_facts_changed.connect(self._mark_strays)
        session.scene_changed.connect(self._mark_in_timeline)
        session.octomap_facts_changed.connect(self._mark_in_timeline)
        session.frame_changed.connect(self._mark_in_timeline)
        self._compute()

    # what follows from it

    def _compute(self) -> None:
        """Look up where the cameras stand, in the background."""
        window, session = self._window, self._window.session
        scene = session.scene
        octomap = None if scene is None else scene.part(Octomap)
        if scene is None or octomap is None:
            return

        def take(facts: OctomapFacts) -> None:
            if session.scene is not None and session.scene.part(Octomap) is facts.octomap:
                session.set_octomap_facts(facts)

        window.runner.start(
            window.runner.compute_lane,
            lambda progress: octomap_facts(scene, octomap, progress),
            title="Looking up the octomap",
            key=_FACTS,
            done=take,
            failed=window.opening.explain,
        )

    def _show(self) -> None:
        scene = self._window.session.scene
        octomap = None if scene is None else scene.part(Octomap)
        self._change_layer(lambda layer: layer.set_octomap(octomap))

    def _mark_strays(self) -> None:
        facts = self._window.session.octomap_facts
        places = np.array([stray.position for stray in facts.strays]) if facts is not None else np.empty(0)
        self._change_layer(lambda layer: layer.set_strays(places.reshape(-1, 3)))

    def _mark_in_timeline(self, *_: object) -> None:
        session = self._window.session
        strays = () if session.octomap_facts is None else session.octomap_facts.strays
        camera = None if session.frame is None else session.frame.camera
        reasons = {stray.frame.frame: stray.why for stray in strays if stray.frame.camera == camera}
        self._window.frames_panel.bar.set_strays(reasons)

    def _change_layer(self, change: Callable[[OctomapLayer], None]) -> None:
        self._window.scene_view.change_layer(OctomapLayer, change)

    def words_of(self, hit: PointerHit) -> str:
        """State and size of the cube under the pointer, or of the one around what is under it."""
        session = self._window.session
        scene = session.scene
        if scene is None:
            return ""
        layer = self._window.scene_view.layers[OctomapLayer.key]
        if hit.kind == "voxel" and isinstance(layer, OctomapLayer):
            leaf = layer.leaf_at(hit.index)
            if leaf is None:
                return ""
            words = leaf_words(leaf.is_occupied, leaf.size * scene.metres_per_unit)
            return f"{words}, unknown space behind" if leaf.borders_unknown else words
        return "" if hit.world is None else self._words_at(np.asarray(hit.world))

    def take_pixel(self, hit: PixelHit | None) -> None:
        """The pixel under the pointer in an image."""
        self._pixel = None if hit is None else hit.point

    def words_of_pixel(self) -> str:
        """State and size of the cube around what that pixel shows."""
        return "" if self._pixel is None else self._words_at(self._pixel)

    def _words_at(self, place: NDArray[np.float64]) -> str:
        session = self._window.session
        layer = self._window.scene_view.layers[OctomapLayer.key]
        if session.scene is None or session.octomap_facts is None or not layer.is_drawn:
            return ""
        return session.octomap_facts.words_at(place, session.scene.metres_per_unit)

    # making one

    def ask_generate(self) -> None:
        """Ask how, then make one."""
        from viewer.ui.dialogs.generate_octomap import GenerateOctomapDialog

        scene = self._window.session.scene
        if scene is None:
            return
        if scene.part(Mesh) is None:
            self._window.banners.show_error(
                ViewerError(
                    "This scene has no mesh to carve an octomap from.",
                    hint="lay a folder with the mesh over the scene",
                )
            )
            return
        dialog = GenerateOctomapDialog(self.settings, octomap_home(scene), self._window)
        dialog.accepted_settings.connect(self._ask_to_replace)
        dialog.show_for_scene(self._window.session)

    def _ask_to_replace(self, settings: OctomapSettings, folder: Path) -> None:
        self.settings = settings
        if has_octomap(folder):
            answer = QMessageBox.question(
                self._window,
                "Replace the octomap?",
                f"The octomap in {folder} will be replaced.",
                QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel,
                QMessageBox.StandardButton.Cancel,
            )
            if answer is not QMessageBox.StandardButton.Yes:
                return
        self.generate(settings, folder)

    def generate(self, settings: OctomapSettings, folder: Path) -> None:
        """Carve the octomap of the scene that is open, write it and show it."""
        window = self._window
        scene = window.session.scene
        if scene is None:
            return
        try:
            check_octomap_folder(folder, may_replace=True)
        except ViewerError as error:
            window.opening.explain(error)
            return

        def work(progress: Progress) -> Carved:
            carved = make_octomap(scene, settings, progress)
            save_octomap(carved, folder)
            return carved

        def done(carved: Carved) -> None:
            blocked = counted(carved.blocked_starts, "start position")
            left_out = f"; {blocked} inside of things left out" if carved.blocked_starts else ""
            window.tell(f"Octomap written to {folder}{left_out}")
            if window.session.scene is not None and window.session.scene.path == scene.path:
                self._take(carved.octomap, folder)

        window.runner.start(
            window.runner.export_lane,
            work,
            title="Generating the octomap",
            done=done,
            failed=window.opening.explain,
            cancelled=lambda: window.tell("Stopped; no octomap was written"),
        )

    # loading one

    def ask_load(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self._window, "Load an octomap", "", "OctoMap trees (*.bt *.ot);;All files (*)"
        )
        if path:
            self.load(Path(path))

    def load(self, path: Path) -> None:
        """Show the octomap of a file, with the bounds of free space that lie beside it, in this scene."""
        window = self._window
        scene = window.session.scene
        if scene is None:
            return

        def done(octomap: Octomap) -> None:
            if window.session.scene is not None and window.session.scene.path == scene.path:
                self._take(octomap, path.parent)

        window.runner.start(
            window.runner.compute_lane,
            lambda progress: load_octomap(path, progress),
            title="Reading the octomap",
            done=done,
            failed=window.opening.explain,
        )

    def _take(self, octomap: Octomap, source: Path) -> None:
        """Show another octomap from now on."""
        self._window.session.set_octomap(octomap, source)
        if not self._window.layer_styles.is_visible(OctomapLayer.key):
            self._window.layer_styles.flip(OctomapLayer.key, "visible")

    # cameras

    def list_strays(self) -> None:
        """The cameras that do not stand in free space, in a window of their own."""
        from viewer.ui.dialogs.stray_cameras import StrayCamerasDialog

        if self._window.session.scene is not None:
            StrayCamerasDialog(self._window.session, self._window).show()
