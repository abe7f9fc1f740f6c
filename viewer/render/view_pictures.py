"""Pictures of the 3D view that are not for the screen: of any size, from any camera."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.errors import GpuError
from viewer.model.camera import Camera
from viewer.render.layers.mesh import MeshLayer
from viewer.render.picture_state import PictureState
from viewer.render.shot import Shooter, Shot
from viewer.render.still import StillPainter
from viewer.render.turns import Turns
from viewer.render.uploads import UploadQueue
from viewer.render.view_pointer import ViewPointer


class ViewPictures(ViewPointer):
    """The part of `SceneView` that makes screenshots and films."""

    _canvas: Any
    _state: PictureState
    _uploads: UploadQueue
    _shooter: Shooter
    _details: UploadQueue
    _turns: Turns
    _still_painter: StillPainter | None = None

    @property
    def wants_detail(self) -> bool:
        """True while moving pictures take long, and would less with coarser forms of the mesh."""
        mesh = self._state.layers[MeshLayer.key]
        return self._picture.budget.is_quick and isinstance(mesh, MeshLayer) and mesh.lacks_detail

    def _pace_uploads(self, seconds: float) -> None:
        """A picture took so long. Where that is long, have coarser forms made of what lacks them."""
        self._uploads.drew(seconds)
        self._flat_timer.stop()  # what was asked for is in it
        self._turns.painted()
        if self.wants_detail:
            self.detail_wanted.emit()
        lacking = [layer for layer in self._state.layers.values() if layer.lacks_forms]
        if lacking and self._picture.budget.is_quick:
            self._details.add(*(layer.upload_forms(self._canvas.context) for layer in lacking))

    def window_painted(self) -> None:
        """The window around the view was painted, with the view or without."""
        self._turns.painted()

    def _stop_uploads(self) -> None:
        for queue in (self._uploads, self._details):
            queue.stop()

    def screenshot(self, width: int, height: int, transparent: bool = False) -> NDArray[np.uint8]:
        """The view as a picture (H, W, 4) of any size, without the flat things over it.

        Raises GpuError when there is nothing to draw with, or the size is beyond it.
        """
        if self._look is None:
            camera = self.camera.camera(width, height)
        else:
            camera = self._look.window_camera(width, height)
        try:
            return self.picture_from(camera, transparent=transparent)
        finally:
            self.end_pictures()

    def picture_from(
        self,
        camera: Camera,
        *,
        transparent: bool = False,
        marks: bool = True,
        without: Collection[str] = (),
        back_faces: str | None = None,
    ) -> NDArray[np.uint8]:
        """What is shown, seen by any camera, (H, W, 4) of its lens's size.

        `marks` are outlines of what is selected or pointed at; `without` names layers, other than the mesh,
        to leave out; `back_faces` is what becomes of the mesh's, instead of what its style says. Memory is
        kept for the next picture until `end_pictures`. Raises GpuError as `screenshot` does.
        """
        if not self._picture.make_current():
            raise self._picture.error or GpuError("the 3D view has not been shown yet")
        self._uploads.run()
        if self._still_painter is None:
            self._still_painter = StillPainter(self._canvas.context)
        layers = {key: layer for key, layer in self._state.layers.items() if key not in without}
        state, mesh, usual = replace(self._state, layers=layers), layers["mesh"], self._state.mesh_style
        if back_faces is not None:
            mesh.style = replace(usual, back_faces=back_faces)
        try:
            picture = self._still_painter.paint(state, camera, transparent=transparent, marks=marks)
        finally:
            mesh.style = usual
        # the new frame buffers were made in the window's context: its own planes are as they were
        self.redraw()
        return picture

    def end_pictures(self) -> None:
        """Give back the graphics memory that `picture_from` keeps."""
        painter, self._still_painter = self._still_painter, None
        if painter is not None and self._picture.make_current():
            painter.release()

    def shot(self, camera: Camera) -> Shot:
        """What a camera of the scene sees, without what is marked or only leads the eye.

        Raises GpuError when there is nothing to draw with.
        """
        if not self._picture.make_current():
            raise self._picture.error or GpuError("the 3D view has not been shown yet")
        return self._shooter.shoot(self._canvas.context, self._state, camera)
