"""The picture in the window: what it is drawn from, how well, and what is where in it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.errors import GpuError
from viewer.model.camera import Camera
from viewer.model.clip_box import ClipBox
from viewer.render.frame import Frame
from viewer.render.id_buffer import IdBuffer, PointerHit
from viewer.render.layers.layer import Layer
from viewer.render.layers.mesh import MeshStyle
from viewer.render.layers.registry import LAYERS
from viewer.render.look_through import LookThrough
from viewer.render.marker import Marker, MarkerPainter
from viewer.render.object_table import Flag, ObjectTable
from viewer.render.overlay import Overlay
from viewer.render.renderer import Renderer
from viewer.render.rulers import draw_axes, draw_scale_bar
from viewer.render.targets import DRIVER_ERRORS, driver_problem
from viewer.render.text import TextPainter
from viewer.render.theme import DARK, Theme

SLOW_FRAME_SECONDS = 0.045
"""Pictures that take longer than this are drawn plainer while the camera moves."""
PICK_REACH_PX = 3


@dataclass(slots=True, eq=False)
class PictureState:
    """What is shown, apart from the camera."""

    layers: dict[str, Layer] = field(default_factory=lambda: {layer.key: layer() for layer in LAYERS})
    table: ObjectTable = field(default_factory=ObjectTable)
    theme: Theme = DARK
    color_mode: str = "table"
    up: NDArray[np.float64] = field(default_factory=lambda: np.array([0.0, 0.0, 1.0]))
    metres_per_unit: float = 1.0
    clip: ClipBox | None = None

    @property
    def mesh_style(self) -> MeshStyle:
        style = self.layers["mesh"].style
        if not isinstance(style, MeshStyle):
            raise TypeError(f"expected the mesh layer's style, found {style!r}")
        return style

    @property
    def has_marks(self) -> bool:
        flags = (Flag.SELECTED, Flag.HOVERED, Flag.PREVIEWED)
        return any(len(self.table.marked(flag)) for flag in flags)

    def frame(self, context: Any, camera: Camera, pixel_scale: float = 1.0) -> Frame:
        return Frame(
            context,
            camera,
            self.table,
            self.up,
            self.metres_per_unit,
            pixel_scale,
            self.theme,
            self.color_mode,
            self.clip,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Flat:
    """What lies flat over the picture."""

    look: LookThrough | None = None
    stroke_shape: str = "none"
    stroke: NDArray[np.int32] | None = None
    interest_units: float = 1.0  # depth the scale bar speaks of
    axes: bool = True
    scale_bar: bool = True
    grid_step: str = ""  # of the grid, when it is shown
    marker: Marker | None = None


class Picture:
    """Draws a state into the canvas, doing again only what a change asks for."""

    def __init__(self, canvas: Any, state: PictureState) -> None:
        self._canvas = canvas
        self.state = state
        self.error: GpuError | None = None
        self.serial = 0
        """Counts changes of what is where: camera, size, visibility, geometry."""
        self.full_seconds = 0.0
        """How long the last picture of full quality took."""
        self._renderer: Renderer | None = None
        self._overlay: Overlay | None = None
        self._texts: TextPainter | None = None
        self._markers: MarkerPainter | None = None
        self._drawn: tuple[int, bool] | None = None
        self._ids: IdBuffer | None = None
        self._image: NDArray[np.uint8] | None = None
        self._has_new_image = False
        self._composed: tuple[object, ...] | None = None
        self._is_warm = False

    @property
    def is_ready(self) -> bool:
        return self._renderer is not None

    @property
    def is_slow(self) -> bool:
        """True when a moving camera should get plainer pictures; also before anything was drawn."""
        return not 0 < self.full_seconds < SLOW_FRAME_SECONDS

    def prepare(self) -> bool:
        """Get ready to draw in the current context; False, with `error` set, where that is impossible."""
        if self._renderer is None and self.error is None:
            try:
                self._renderer = Renderer(self._canvas.context)
                self._overlay, self._texts, self._markers = Overlay(), TextPainter(), MarkerPainter()
            except GpuError as error:
                self.error = error
        return self._renderer is not None

    def make_current(self) -> bool:
        """Make the canvas's context current; False while there is none."""
        if self._renderer is None:
            return False
        self._canvas.set_current()
        return True

    def changed(self) -> None:
        """Geometry, visibility or the camera is another one now."""
        self.serial += 1

    def recompose(self) -> None:
        """Something that is drawn from the same geometry looks another way now."""
        self._composed = None

    def set_image(self, image: NDArray[np.uint8] | None) -> None:
        """The picture (H, W, 3) shown over the scene while looking through a camera."""
        self._image, self._has_new_image = image, True

    def draw(self, camera: Camera, pixel_scale: float, flat: Flat, *, plain: bool) -> float:
        """Draw into the window; returns the seconds it took. Raises GpuError when the driver refuses."""
        started = time.perf_counter()
        try:
            self._draw(camera, pixel_scale, flat, plain=plain)
        except DRIVER_ERRORS as error:
            raise self.give_up(error) from error
        seconds = time.perf_counter() - started
        if not plain:
            self.full_seconds = seconds
        return seconds

    def give_up(self, error: Exception) -> GpuError:
        """Draw nothing any more, for the driver refused."""
        self._renderer = None
        self.error = driver_problem(error)
        return self.error

    def _draw(self, camera: Camera, pixel_scale: float, flat: Flat, *, plain: bool) -> None:
        renderer, overlay, texts = self._renderer, self._overlay, self._texts
        if renderer is None or overlay is None or texts is None:
            return
        state = self.state
        frame = state.frame(self._canvas.context, camera, pixel_scale)
        self._draw_surfaces(renderer, frame, for_ids=False)
        style = state.mesh_style
        wanted = (self.serial, frame.size, plain)
        if self._composed != wanted:
            self._compose(renderer, frame, plain=plain)
            self._composed = wanted
        window = self._canvas._backend._vispy_get_fb_bind_location()
        renderer.present(frame, window, smooth=not plain and style.shading != "none")
        overlay.begin()
        if self._has_new_image:
            overlay.set_image(self._image)
            self._image, self._has_new_image = None, False
        if flat.look is not None:
            overlay.draw_look_through(frame, flat.look)
        if flat.marker is not None and self._markers is not None:
            self._markers.draw(frame, flat.marker, renderer.depths)
        if flat.axes:
            draw_axes(frame, overlay, texts)
        if flat.scale_bar:
            draw_scale_bar(frame, overlay, texts, flat.interest_units, flat.grid_step)
        if flat.stroke is not None:
            overlay.draw_stroke(frame, flat.stroke_shape, flat.stroke)
        overlay.end()
        renderer.finish()

    def _compose(self, renderer: Renderer, frame: Frame, *, plain: bool) -> None:
        state = self.state
        style = state.mesh_style
        outlined = style.shading == "soft"
        fine = outlined and not plain
        if fine and not self._is_warm:
            # the program that draws outlines takes long to build; better now than at the first hover
            self._is_warm = True
            with renderer.one_pixel():
                renderer.compose(frame, (), shading=style.shading, back_faces=style.back_faces, marks=True)
        renderer.compose(
            frame,
            state.layers.values(),
            shading=style.shading,
            back_faces=style.back_faces,
            occlusion=fine,
            edges=outlined,
            marks=state.has_marks,
        )

    def _draw_surfaces(self, renderer: Renderer, frame: Frame, *, for_ids: bool) -> None:
        """Bring the surface planes up to date; see-through things are in them only for the pointer."""
        layers = self.state.layers.values()
        frame.for_ids = for_ids and any(layer.is_glass for layer in layers)
        wanted = (self.serial, frame.for_ids)
        if self._drawn != wanted or renderer.size != frame.size:
            renderer.draw_surfaces(frame, layers)
            self._drawn = wanted

    def id_buffer(self, camera: Camera) -> IdBuffer:
        """What is drawn at every pixel; kept until the camera, the size or what is visible changes."""
        renderer = self._renderer
        size = (camera.lens.width, camera.lens.height)
        if renderer is None or not self.make_current():
            nothing = np.full((size[1], size[0]), -1, np.int32)
            kinds = np.zeros(nothing.shape, np.uint8)
            return IdBuffer.of(nothing, kinds, nothing, kinds.astype(np.float32), camera, self.serial)
        if self._ids is None or self._ids.serial != self.serial or self._ids.size != size:
            frame = self.state.frame(self._canvas.context, camera)
            self._draw_surfaces(renderer, frame, for_ids=True)
            self._ids = renderer.read_ids(frame, self.state.layers.values(), self.serial)
        return self._ids

    def pick(self, camera: Camera, x: int, y: int, pixel_scale: float) -> PointerHit:
        """What lies under a pixel."""
        renderer = self._renderer
        if renderer is None or not self.make_current():
            return PointerHit(x, y)
        frame = self.state.frame(self._canvas.context, camera, pixel_scale)
        self._draw_surfaces(renderer, frame, for_ids=True)
        return renderer.pick(frame, self.state.layers.values(), x, y, round(PICK_REACH_PX * pixel_scale))

    def release(self) -> None:
        """Give the graphics memory back."""
        if self.make_current():
            for layer in self.state.layers.values():
                layer.release()
            if self._renderer is not None:
                self._renderer.release()
        self._renderer = None
