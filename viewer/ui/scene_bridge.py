"""Between the session and the 3D view: what changed in one is shown in the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer

from viewer.app.session import ColorBy
from viewer.model.colors import class_color_rows, instance_color_rows, object_color_rows, rows_for
from viewer.model.frames import FrameId
from viewer.model.labels import LabelChange, LabelLayer
from viewer.render.marker import Marker
from viewer.ui.together import PAINTED_MS

if TYPE_CHECKING:
    from viewer.app.pixel_probe import PixelHit
    from viewer.render.id_buffer import PointerHit
    from viewer.render.scene_view import SceneView
    from viewer.ui.main_window import MainWindow

COLOR_MODE = {ColorBy.NORMAL: "normal", ColorBy.PHOTO: "photo", ColorBy.RESIDUAL: "photo"}
UNKNOWN_PHOTO = (150, 150, 150, 255)
AFTER_PANES = -1
"""Priority of listeners that need to know whether the image panes have what they show."""
PICTURES_FIRST_MS = 250
"""How long the 3D view lets the image panes go first, for software OpenGL takes the cores they decode on."""
COLOR_LAYER = {ColorBy.CLASS: LabelLayer.SEMANTIC, ColorBy.INSTANCE: LabelLayer.INSTANCE}


class SceneBridge(QObject):
    """Listens to the session and tells the view, and the other way round. Decides nothing."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._view: SceneView = window.scene_view
        self._has_pointer = False
        self._newest_hit: PointerHit | None = None
        self._shows_residuals = False
        self._frame_soon = QTimer(self)
        self._frame_soon.setSingleShot(True)
        self._frame_soon.timeout.connect(self._emphasize_frame)
        session = window.session
        session.scene_changed.connect(self._show_scene)
        session.points_changed.connect(self._show_points)
        session.labels_changed.connect(self._recolor_some)
        session.instances_changed.connect(self._recolor_if_instances)
        session.color_by_changed.connect(self._color_by_changed)
        session.selection_changed.connect(self._show_selection)
        session.hovered_changed.connect(self._show_hovered)
        session.visibility_changed.connect(self._show_visibility)
        session.clip_changed.connect(self._show_clip)
        session.frame_changed.connect(self._show_frame, priority=AFTER_PANES)
        session.lens_changed.connect(self._show_lens)
        session.pose_check_changed.connect(lambda: self._view.set_misfits(session.misfits))
        self._view.pointer_rested.connect(self._hover)
        self._view.clicked.connect(self._click)
        self._view.frustum_clicked.connect(self._go_to_frame)

    # session → view

    def _show_scene(self) -> None:
        session = self._window.session
        scene = session.scene
        gpu_mesh = None if session.opened is None else session.opened.gpu_mesh
        self._view.set_scene(scene, gpu_mesh)
        self._recolor()

    def _show_points(self) -> None:
        session = self._window.session
        points = session.points
        if points is not None and points.residuals is not None and session.color_by is ColorBy.RESIDUAL:
            points = replace(points, colors=points.residual_colors)
        self._view.set_points(points)

    def _show_frame(self, _: FrameId | None) -> None:
        if self._window.looking.is_on:
            self._emphasize_frame()  # the view moves anyway
        elif not self._frame_soon.isActive():
            panels = self._window.panels
            is_coming = panels.is_made("images") and not panels.images.is_current
            self._frame_soon.start(PICTURES_FIRST_MS if is_coming else PAINTED_MS)

    def pictures_shown(self, _: FrameId) -> None:
        """The image panes show the frame that was stepped to."""
        if self._frame_soon.isActive():
            self._frame_soon.start(PAINTED_MS)

    def _emphasize_frame(self) -> None:
        self._frame_soon.stop()
        self._view.set_current_frame(self._window.session.frame)

    def _show_lens(self) -> None:
        self._view.set_cameras(self._window.session.scene)

    def _color_by_changed(self, color_by: ColorBy) -> None:
        points = self._window.session.points
        is_residual = color_by is ColorBy.RESIDUAL
        if points is not None and points.residuals is not None and is_residual is not self._shows_residuals:
            self._show_points()
        self._shows_residuals = is_residual
        self._recolor()

    def _recolor(self, *_: object) -> None:
        session = self._window.session
        count = session.object_count
        mode = COLOR_MODE.get(session.color_by, "table")
        if count:
            self._view.set_object_colors(self._rows(count))
        self._view.set_color_mode(mode)

    def _rows(self, count: int) -> NDArray[np.uint8]:
        session = self._window.session
        labelling = session.labelling
        if session.color_by in (ColorBy.PHOTO, ColorBy.RESIDUAL):
            rows = np.empty((count, 4), np.uint8)
            rows[:] = UNKNOWN_PHOTO
            if session.albedo is not None and session.color_by is ColorBy.PHOTO:
                known = session.albedo[:, 3] > 0
                rows[known] = session.albedo[known]
            return rows
        if labelling is None or session.color_by in (ColorBy.OBJECT, ColorBy.NORMAL):
            return object_color_rows(count)
        if session.color_by is ColorBy.CLASS:
            return class_color_rows(labelling.labels, labelling.table)
        return instance_color_rows(labelling.labels, labelling.instances)

    def _recolor_some(self, change: LabelChange) -> None:
        session = self._window.session
        layer = COLOR_LAYER.get(session.color_by)
        labelling = session.labelling
        if layer is None or labelling is None:
            return
        rows = rows_for(layer, labelling.labels, labelling.table, labelling.instances, change.object_ids)
        self._view.update_object_colors(change.object_ids, rows)

    def _recolor_if_instances(self) -> None:
        if self._window.session.color_by is ColorBy.INSTANCE:
            self._recolor()

    def _show_selection(self, object_ids: NDArray[np.int64]) -> None:
        self._view.set_selection(object_ids)

    def _show_hovered(self, object_id: int | None) -> None:
        self._view.set_hovered(object_id)

    def _show_visibility(self) -> None:
        self._view.set_hidden(self._window.session.hidden)
        self._view.set_faint(self._window.session.faint)

    def _show_clip(self) -> None:
        self._view.set_clip(self._window.session.clip)

    # view → session

    def pointer_in_images(self, words: str) -> None:
        """The pointer is over an image, of whose pixel this is told."""
        if words:
            self._has_pointer = False

    def mark_pixel(self, hit: PixelHit | None) -> None:
        """Show where the pixel under the pointer lies in the world."""
        is_known = hit is not None and (hit.point is not None or hit.origin is not None)
        marker = Marker(hit.point, hit.origin, hit.direction) if hit is not None and is_known else None
        self._view.set_marker(marker)

    def _hover(self, hit: PointerHit | None) -> None:
        self._newest_hit = hit
        if hit is None and not self._has_pointer:
            return  # news of leaving comes late; what is told by then belongs to an image
        painting = self._window.painting
        if painting.is_busy and painting.picking.rays is not None:
            # a stroke takes moments: its rays go before the light on what the pointer has come to rest on
            painting.in_turn(lambda: self._hover(hit) if hit is self._newest_hit else None)
            return
        self._has_pointer = hit is not None
        self._window.session.set_hovered(None if hit is None else hit.object_id)
        self._window.status_line.show_hit(hit)
        self._window.images_panel.marks.show_point(
            None if hit is None or hit.world is None else np.asarray(hit.world),
            None if hit is None else hit.object_id,
        )

    def _click(self, hit: PointerHit | None, modifiers: frozenset[str]) -> None:
        session = self._window.session
        if hit is None or hit.kind == "background":
            if "control" not in modifiers:
                session.select([])
        elif hit.kind == "box":
            self._select_instance(hit.index)
        elif hit.object_id is not None:
            if "control" in modifiers:
                session.toggle_selected(hit.object_id)
            else:
                session.select([hit.object_id])

    def _select_instance(self, instance_id: int | None) -> None:
        labelling = self._window.session.labelling
        if labelling is not None and instance_id is not None:
            self._window.session.select(np.flatnonzero(labelling.labels.instance == instance_id))

    def _go_to_frame(self, camera: str, frame: int) -> None:
        self._window.session.show_frame(FrameId(camera, frame))
