"""The 3D view: one canvas, its camera, its layers, and what the pointer does in it.

State flows in through methods; news flows out through signals. All pixels are physical ones, (0, 0) the
centre of the top-left pixel, as everywhere in the program.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from vispy import app

from viewer.errors import GpuError
from viewer.model.boxes import BoxSets
from viewer.model.clip_box import ClipBox
from viewer.model.frames import FrameId
from viewer.model.mesh import GpuMesh
from viewer.model.mesh_detail import MeshDetail
from viewer.model.points import PointSet
from viewer.model.scene import Scene
from viewer.render.bounds import scene_bounds
from viewer.render.canvas_events import CanvasEvents
from viewer.render.compose import COLOR_MODES
from viewer.render.finishing import Finishing
from viewer.render.id_buffer import IdBuffer, PointerHit
from viewer.render.layers.boxes import BoxesLayer
from viewer.render.layers.cameras import CamerasLayer
from viewer.render.layers.grid import GridLayer
from viewer.render.layers.layer import Layer
from viewer.render.layers.mesh import MeshLayer
from viewer.render.layers.points import PointsLayer
from viewer.render.navigator import REACH_METRES
from viewer.render.object_table import Flag, ObjectTable
from viewer.render.picture import Picture
from viewer.render.picture_state import Flat, PictureState
from viewer.render.pointer import Pointer
from viewer.render.renderer import check_context
from viewer.render.shot import Shooter
from viewer.render.theme import Theme, scene_theme
from viewer.render.timers import restart
from viewer.render.turns import Turns
from viewer.render.uploads import UploadQueue
from viewer.render.view_pictures import ViewPictures

WINDOW_PLANES = {"depth_size": 0, "stencil_size": 0}
"""The window only gets finished pictures; what they are drawn with has planes of its own."""

SomeLayer = TypeVar("SomeLayer", bound=Layer)


class SceneView(ViewPictures):
    """A scene on screen. `native` is the widget for a window; vispy's backend must be chosen before."""

    def __init__(self, up: ArrayLike = (0, 0, 1)) -> None:
        self._canvas = app.Canvas(keys=None, size=(1280, 800), dpi=96, autoswap=False, config=WINDOW_PLANES)
        self._state = PictureState()
        self._picture = Picture(self._canvas, self._state)
        self._shooter = Shooter()
        super().__init__(up)
        self.stroke_shape = "rectangle"
        """Preview of a stroke: `rectangle`, `line`, `pen` or `none`."""
        self.show_axes = self.show_scale_bar = True
        self._scene: Scene | None = None
        self._pointer = Pointer(self)
        self._events = CanvasEvents(self._canvas, self._pointer, lambda: self.pixel_scale, self._tell_rest)
        turns = self._turns = Turns()
        make_current, failed = self._picture.make_current, self._upload_failed
        self._uploads = UploadQueue(make_current, failed, self._show_sent, self.upload_finished.emit, turns)
        self._details = UploadQueue(make_current, failed)
        self.finishing = Finishing(
            self._picture, self.current_camera, lambda: self.pixel_scale, self._canvas.update, failed, turns
        )
        # vispy would log what goes wrong in a handler and carry on
        self._canvas.events.ignore_callback_errors = False
        self._canvas.events.draw.connect(self._draw)
        self._canvas.events.resize.connect(self._resized)
        self.upload_finished.connect(self.look_again)
        self.set_scene(None)
        self._uploads.keeps_picture = True  # there is none, and nothing to draw, before the first scene

    # the canvas

    @property
    def native(self) -> Any:
        return self._canvas.native

    @property
    def layers(self) -> dict[str, Layer]:
        """All layers by key, in the order of the registry."""
        return self._state.layers

    @property
    def pixel_scale(self) -> float:
        """Physical pixels per logical one."""
        native = self.native
        return float(native.devicePixelRatioF()) if hasattr(native, "devicePixelRatioF") else 1.0

    @property
    def size(self) -> tuple[int, int]:
        width, height = self._canvas.size
        scale = self.pixel_scale
        # rounded as Qt rounds its frame buffer; vispy truncates
        return max(math.floor(width * scale + 0.5), 1), max(math.floor(height * scale + 0.5), 1)

    @property
    def error(self) -> GpuError | None:
        """Why nothing can be drawn, when that is so."""
        return self._picture.error

    def redraw(self) -> None:
        self._picture.recompose()
        if self._uploads.keeps_picture or not self.finishing.begin_apart(plain=self._is_plain):
            self.redraw_flat()

    def redraw_flat(self) -> None:
        """Ask for a picture whose scene is as it was, with other flat things over it."""
        if self._turns.is_painted:
            restart(self._flat_timer)
        elif not (self._uploads.keeps_picture or self._picture.is_about_to_show):
            self._canvas.update()

    def close(self) -> None:
        """Stop all timers and give the graphics memory back."""
        self._events.stop()
        self._stop_uploads()
        self.finishing.stop()
        self.stop_timers()
        self._turns.stop()
        self.end_pictures()
        if self._picture.make_current():
            self._shooter.release()
        self._picture.release()
        self._canvas.close()

    # what is shown

    def set_scene(self, scene: Scene | None, gpu_mesh: GpuMesh | None = None) -> None:
        """Start over with a scene; its parts appear as they reach the graphics card."""
        self._picture.make_current()
        self._scene = scene
        self._look = self._marker = None
        self._uploads.clear()
        self._details.clear()
        self.finishing.forget()
        self._picture.forget_pass()
        state = self._state
        mesh_objects = 0 if gpu_mesh is None else gpu_mesh.object_count
        state.table = ObjectTable(max(0 if scene is None else scene.object_count, mesh_objects))
        if scene is not None:
            self.camera.set_up(scene.up)
        state.up = self.camera.up
        state.metres_per_unit = 1.0 if scene is None else scene.metres_per_unit
        state.clip = None
        self.navigator.metres_per_unit = state.metres_per_unit
        self.camera.reach = self.navigator.units(REACH_METRES)
        for layer in self.layers.values():
            layer.set_scene(scene)
        self._layer(MeshLayer).set_mesh(gpu_mesh)
        self._uploads.keeps_picture = gpu_mesh is not None
        self._set_bounds(scene_bounds(scene, gpu_mesh, None))
        self._start_view()
        self._is_plain = False  # nothing moves: the first picture is the full one
        if scene is not None:
            self._upload(*self.layers.values())
        self._content_changed()

    def set_mesh(self, gpu_mesh: GpuMesh | None) -> None:
        """Another mesh of the same scene, such as one of fewer triangles; view, colors and marks stay."""
        self._picture.forget_pass()
        self.change_layer(MeshLayer, lambda layer: layer.set_mesh(gpu_mesh))

    def set_points(self, points: PointSet | None) -> None:
        """Show a point set in place of the one before, which stays until the new one is there."""
        self._picture.make_current()
        layer = self._layer(PointsLayer)
        layer.set_points(points)
        if points is not None:
            if points.object_count > self._state.table.object_count:
                self._state.table = ObjectTable(points.object_count)
            self._upload(layer)
            if not self._layer(MeshLayer).is_available:
                self._set_bounds(scene_bounds(self._scene, None, points))
                if not self._has_own_view:
                    self._start_view()
        self._content_changed()

    def set_mesh_detail(self, detail: MeshDetail) -> None:
        """Coarser forms of the mesh that is shown, for a view that moves where full pictures take long."""
        layer = self._layer(MeshLayer)
        layer.set_detail(detail)
        self._upload(layer)

    def _upload(self, *layers: Layer) -> None:
        if self.error is None:
            self._uploads.add(*(layer.upload(self._canvas.context) for layer in layers))

    def _show_sent(self) -> None:
        """More of the scene is on the graphics card."""
        self._content_changed()
        if self._uploads.keeps_picture:  # the window is painted when there is something new to see
            self.finishing.begin()

    def _set_bounds(self, bounds: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
        self._bounds = bounds
        self._layer(GridLayer).set_floor(*bounds, self.camera.up)

    @property
    def is_uploading(self) -> bool:
        return self._uploads.is_busy

    def set_object_colors(self, rows: NDArray[np.uint8]) -> None:
        """Colour of every object, (O, 3 or 4) sRGB; alpha 0 = not known."""
        self.update_object_colors(np.arange(len(rows)), rows)

    def update_object_colors(self, object_ids: ArrayLike, rows: NDArray[np.uint8]) -> None:
        """Colours (K, 3 or 4) of some objects (K,)."""
        self._state.table.set_colors(object_ids, rows)
        self.redraw()

    def set_hidden(self, object_ids: ArrayLike) -> None:
        """Hide exactly these objects, in the picture and for the pointer."""
        if self._state.table.mark(Flag.HIDDEN, object_ids):
            self._content_changed()

    def set_faint(self, object_ids: ArrayLike) -> None:
        """Draw exactly these objects as thin glass through which one sees, points and paints."""
        if self._state.table.mark(Flag.FAINT, object_ids):
            self._content_changed()

    def set_clip(self, clip: ClipBox | None) -> None:
        """Show surfaces only inside a box, for the eye and for the pointer; None = everywhere."""
        self._state.clip = clip
        self._content_changed()

    @property
    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Corners (3,) of the scene, world units, without its far clutter."""
        return self._bounds

    def set_boxes(self, sets: BoxSets | None) -> None:
        """Other boxes of the same scene."""
        self._layer(BoxesLayer).set_boxes(sets)
        self._content_changed()

    def set_shown_boxes(self, instance_ids: ArrayLike | None) -> None:
        """Draw the boxes of these instances only; None = all."""
        if self._layer(BoxesLayer).set_shown(instance_ids):
            self._content_changed()

    def set_hovered_box(self, instance_id: int | None) -> None:
        """Draw one box thicker; None = none."""
        if self._layer(BoxesLayer).set_hovered(instance_id):
            self.redraw()

    def set_box_colors(self, rows: NDArray[np.uint8]) -> None:
        """Colour of the boxes, row = instance id, (K + 1, 3 or 4) sRGB."""
        self._layer(BoxesLayer).set_colors(rows)
        self.redraw()

    def set_box_selection(self, instance_ids: ArrayLike) -> None:
        """Draw exactly these instances' boxes thicker, in the colour of the selection."""
        if self._layer(BoxesLayer).set_selected(instance_ids):
            self.redraw()

    def set_current_frame(self, frame: FrameId | None) -> None:
        """Emphasise the frustum of a keyframe."""
        if self._layer(CamerasLayer).set_current(frame):
            self.redraw()

    def set_misfits(self, frames: frozenset[FrameId]) -> None:
        """Show the frusta of the keyframes that fail the pose check red."""
        if self._layer(CamerasLayer).set_misfits(frames):
            self.redraw()

    def set_cameras(self, scene: Scene | None) -> None:
        """Show the cameras of a scene that differs from the one shown in nothing else."""
        self._scene = scene
        self._layer(CamerasLayer).set_cameras(scene)
        self._content_changed()

    def frame_of_frustum(self, index: int) -> FrameId | None:
        """Which keyframe a picked frustum stands for."""
        return self._layer(CamerasLayer).frame_at(index)

    def set_color_mode(self, mode: str) -> None:
        """`table`: the object colours; `photo`: colours the points carry; `normal`: directions."""
        if mode not in COLOR_MODES:
            raise ValueError(f"expected a color mode of {', '.join(COLOR_MODES)}, found {mode!r}")
        if mode != self._state.color_mode:
            self._state.color_mode = mode
            self._content_changed()

    def set_layer_style(self, key: str, style: Any) -> None:
        """Replace a layer's style, a dataclass of the kind it has now."""
        layer = self.layers[key]
        if not isinstance(style, type(layer.style)):
            raise TypeError(f"expected a {type(layer.style).__name__} for layer {key}, found {style!r}")
        if style != layer.style:
            layer.style = style
            if layer.wants_upload:
                self._upload(layer)
            self._content_changed()

    def change_layer(self, kind: type[SomeLayer], change: Callable[[SomeLayer], None]) -> None:
        """Let `change` give a layer something else to draw, and send that to the graphics card."""
        self._picture.make_current()
        change(self._layer(kind))
        self._upload(self._layer(kind))
        self._content_changed()

    @property
    def theme(self) -> Theme:
        """The colors in force."""
        return self._state.theme

    def set_theme(self, dark: bool) -> None:
        self._state.theme = scene_theme(dark)
        self._content_changed()

    def _content_changed(self) -> None:
        self.finishing.before_change()
        self._picture.changed()
        self.redraw()

    def _layer(self, kind: type[SomeLayer]) -> SomeLayer:
        layer = self.layers[kind.key]
        if not isinstance(layer, kind):
            raise TypeError(f"expected the layer {kind.key} to be a {kind.__name__}, found {layer!r}")
        return layer

    # the picture

    def _resized(self, _event: object) -> None:
        had_own_view = self._has_own_view
        self.camera_moved()
        self._has_own_view = had_own_view
        if not had_own_view:
            self._start_view()
        self._is_plain = self._is_plain and self._picture.is_ready  # the very first picture need not be plain

    def _draw(self, _event: object) -> None:
        picture = self._picture
        if picture.error is not None:
            return
        if not picture.prepare():
            self._tell_failure()
            return
        grid = self._layer(GridLayer)
        flat = Flat(
            self._look,
            self.stroke_shape,
            None if self._pointer.stroke is None else self._pointer.stroke.path,
            self.camera.reach,
            self.show_axes,
            self.show_scale_bar,
            grid.style.step if grid.is_drawn else "",
            self._marker,
        )
        picture.is_growing, picture.is_awaited = self.is_uploading, self._uploads.keeps_picture
        try:
            seconds = picture.draw(self.current_camera(), self.pixel_scale, flat, plain=self._is_plain)
        except GpuError:
            self._tell_failure()
            return
        self._pace_uploads(seconds)
        self._drew()
        self.frame_drawn.emit(seconds * 1e3)

    def _tell_failure(self) -> None:
        """Nothing can be drawn any more."""
        self._stop_uploads()
        self.finishing.stop()
        if self.error is not None:
            self.failed.emit(self.error)

    def _upload_failed(self, error: Exception) -> None:
        self._picture.give_up(error)
        self._tell_failure()

    def gl_info(self) -> str:
        """Version and renderer of OpenGL, or why there is none."""
        if self._picture.make_current():
            return check_context()
        return "no OpenGL yet" if self.error is None else str(self.error)

    def id_buffer(self) -> IdBuffer:
        """What is drawn at every pixel; kept until the camera, the size or what is visible changes."""
        return self._picture.id_buffer(self.current_camera())

    def pick(self, x: int, y: int) -> PointerHit:
        """What lies under a pixel."""
        return self._picture.pick(self.current_camera(), x, y, self.pixel_scale)

    def _world_under(self, x: int, y: int) -> NDArray[np.float64] | None:
        world = self._picture.pick_roughly(self.current_camera(), x, y, self.pixel_scale).world
        return None if world is None else np.array(world)
