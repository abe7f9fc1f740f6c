"""The picture in the window: what it is drawn from, how well, and what is where in it."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vispy.gloo import Texture2D

from viewer.errors import GpuError
from viewer.model.camera import Camera
from viewer.render.composition import Composition
from viewer.render.frame import Frame
from viewer.render.id_buffer import IdBuffer, PointerHit
from viewer.render.marker import MarkerPainter
from viewer.render.movement import MovementBudget
from viewer.render.overlay import Overlay
from viewer.render.picture_state import Flat, PictureState
from viewer.render.quick_picture import QuickPicture
from viewer.render.renderer import Renderer
from viewer.render.rulers import draw_axes, draw_scale_bar
from viewer.render.surface_pass import SurfacePass, Surfaces
from viewer.render.targets import DRIVER_ERRORS, driver_problem
from viewer.render.text import TextPainter
from viewer.render.warm_up import WarmUp

PICK_REACH_PX = 3
SLICE_SECONDS = 0.04
"""A full picture that takes long is drawn in slices of about this, so that the window answers in between."""


class Picture:
    """Draws a state into the canvas, doing again only what a change asks for."""

    def __init__(self, canvas: Any, state: PictureState) -> None:
        self._canvas = canvas
        self.state = state
        self.error: GpuError | None = None
        self.serial = 0
        """Counts changes of what is where: camera, size, visibility, geometry."""
        self.is_awaited = False
        """True while the first picture of a scene is on its way."""
        self.is_growing = False
        """True while the scene is only partly on the graphics card: what pictures take means nothing."""
        self.budget = MovementBudget()
        self._composition = Composition(canvas.native)
        self._renderer: Renderer | None = None
        self._quick: QuickPicture | None = None
        self._overlay: Overlay | None = None
        self._texts: TextPainter | None = None
        self._markers: MarkerPainter | None = None
        self._drawn: Surfaces | None = None
        self._drawn_objects = 0
        self._pass: SurfacePass | None = None
        self._pass_seconds = 0.0
        self._is_measuring = False
        self._ahead: Frame | None = None
        """The surfaces of this frame are there; its colors follow in a turn of their own."""
        self._is_new_ahead = False
        self._is_coloring = False
        """New colors are being drawn in the background."""
        self._is_recoloring = False
        """They, or those to come, are of what is shown, which stays so until they are there."""
        self._ids: IdBuffer | None = None
        self._image: NDArray[np.uint8] | None = None
        self._has_new_image = False
        self._composed: tuple[object, ...] | None = None
        self._full_size: tuple[int, int] | None = None
        self._shows_quick = False
        self._warm_up = WarmUp()

    @property
    def is_ready(self) -> bool:
        return self._renderer is not None

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

    def forget_pass(self) -> None:
        """Other triangles are coming: begin the picture under way anew, as if no other had been drawn."""
        self._call_off()
        self.budget.reset()

    def changed(self) -> None:
        """Geometry, visibility or the camera is another one now."""
        self.serial += 1

    def recompose(self) -> None:
        """Something that is drawn from the same geometry looks another way now."""
        self._composed = None
        if self._quick is not None:
            self._quick.recompose()

    def set_image(self, image: NDArray[np.uint8] | None) -> None:
        """The picture (H, W, 3) shown over the scene while looking through a camera."""
        self._image, self._has_new_image = image, True

    def draw(self, camera: Camera, pixel_scale: float, flat: Flat, *, plain: bool) -> float:
        """Draw into the window; returns the seconds it took. Raises GpuError when the driver refuses.

        A full picture that takes long is not finished at once: until `is_complete` the window keeps what it
        shows, and `advance` goes on with it.
        """
        started = time.perf_counter()
        try:
            self._draw(camera, pixel_scale, flat, plain=plain)
        except DRIVER_ERRORS as error:
            raise self.give_up(error) from error
        return time.perf_counter() - started

    @property
    def is_complete(self) -> bool:
        """False while a full picture is under way."""
        return self._pass is None and self._ahead is None and not self._is_coloring

    @property
    def is_about_to_show(self) -> bool:
        """True while new colors of what is shown are drawn: showing anything sooner would wait for them."""
        return self.is_recoloring and self._is_coloring

    @property
    def is_recoloring(self) -> bool:
        """True while what is shown is to get new colors in turns of their own."""
        is_same = self._drawn is not None and self._drawn[0] == self.serial
        return self._is_recoloring and is_same and not self.is_complete

    def shows_full(self, camera: Camera) -> bool:
        """True when the window shows a full picture, with all that is known by now."""
        size = (camera.lens.width, camera.lens.height)
        is_new = self._composed == (self.serial, size, False) and self.is_complete
        return is_new and not self._shows_quick

    def has_surfaces(self, camera: Camera) -> bool:
        """True when the surfaces of the full picture are there."""
        return self._drawn in (self._wanted(camera, for_ids=False), self._wanted(camera, for_ids=True))

    def advance(self) -> bool:
        """Go on with the full picture under way; True when all that is left is to show it."""
        renderer, current = self._renderer, self._pass
        if renderer is None or self.is_complete or not self.make_current():
            return True
        if current is None:
            if not self._is_coloring:  # else what came after those waits until they are shown
                self._compose_ahead(renderer)
            self._is_coloring = self._is_coloring and not renderer.has_ended()
            return not self._is_coloring
        # while more of the scene is being sent, that takes its part of a turn
        if not self._go_on(SLICE_SECONDS / 2 if self.is_growing else SLICE_SECONDS):
            return False
        if not current.frame.for_ids:
            self._ahead = current.frame
        return self._ahead is None

    def begin(self, camera: Camera, pixel_scale: float) -> None:
        """Begin with the full picture of a camera; the window keeps what it shows."""
        if self._renderer is not None and self.make_current():
            frame = self.state.frame(self._canvas.context, camera, pixel_scale)
            self._draw_surfaces(self._renderer, frame, for_ids=False, seconds=0.0)

    def begin_colors(self, camera: Camera, pixel_scale: float) -> bool:
        """Make new colors of what is drawn in the background; False where painting may as well do it."""
        is_shown = self._drawn == self._wanted(camera, for_ids=False) and not self._shows_quick
        is_long = self.budget.full_seconds > 0 and self.budget.is_long and self._pass is None
        if not (is_shown and is_long and self.make_current()):
            return False
        self._ahead, self._is_recoloring = self.state.frame(self._canvas.context, camera, pixel_scale), True
        return True

    def make_ready_to_move(self, camera: Camera) -> None:
        """Have at hand what the first quick picture would wait for, where there will be any."""
        if self.budget.is_quick and self.is_complete and self.make_current():
            self._seen()
            self._quick_picture().make_ready(camera, self.budget)

    def give_up(self, error: Exception) -> GpuError:
        """Draw nothing any more, for the driver refused."""
        self._renderer = None
        self.error = driver_problem(error)
        return self.error

    def _draw(self, camera: Camera, pixel_scale: float, flat: Flat, *, plain: bool) -> None:
        renderer, overlay, texts = self._renderer, self._overlay, self._texts
        if renderer is None or overlay is None or texts is None:
            return
        begun = time.perf_counter()
        frame = self.state.frame(self._canvas.context, camera, pixel_scale)
        window = self._canvas._backend._vispy_get_fb_bind_location()
        if self.is_awaited and self._full_size is None:
            self._composed = self._drawn = None
            self._warm_up.show_nothing(renderer, frame, self.state, window)
            self._draw_flat(overlay, texts, frame, flat, renderer.depths)
            renderer.finish()
            return
        wants_quick = plain and self.budget.is_quick
        if wants_quick:
            if not self._shows_quick:
                self._quick_picture().follow(self._seen())
            self._call_off()
        seconds = self._seconds_in_one_go(plain=plain)
        is_done = not wants_quick and self._draw_surfaces(renderer, frame, for_ids=False, seconds=seconds)
        started = time.perf_counter()
        is_new = False
        if wants_quick or (self._shows_quick and not is_done):
            quick = self._quick_picture()
            is_new = quick.draw(frame.camera, frame.pixel_scale, self.serial, self.budget)
            quick.present(frame, window)
        else:
            if is_done and not self.is_recoloring:
                is_new = self._compose(renderer, frame, plain=plain)
            smooth = not plain and self.state.mesh_style.shading != "none"
            renderer.present(frame, window, smooth=smooth, has_picture=self._full_size == frame.size)
        self._shows_quick = wants_quick or (self._shows_quick and not is_done)
        shown = self._quick_picture() if self._shows_quick else renderer
        self._draw_flat(overlay, texts, frame, flat, shown.depths)
        renderer.finish()
        if wants_quick:
            started = begun
        self._learn(time.perf_counter() - started, is_quick=wants_quick, is_new=is_new, plain=plain)
        self._composition.begins()

    def _seconds_in_one_go(self, *, plain: bool) -> float | None:
        """How long surfaces may be drawn before something is shown; None = until they are all there."""
        if self.budget.full_seconds == 0:
            has_planes = self._renderer is not None and all(self._renderer.size)
            return 0.0 if self.is_growing and has_planes else SLICE_SECONDS
        # a moving view needs a picture now; what is long is drawn between pictures
        return None if plain or not self.budget.is_long else 0.0

    def _learn(self, seconds: float, *, is_quick: bool, is_new: bool, plain: bool) -> None:
        """Remember what a picture took."""
        if self.is_growing:
            self._is_measuring = False
        elif is_quick:
            if is_new:
                self.budget.took_quick(seconds + self._composition.seconds)
        elif is_new and self._is_measuring and self._pass is None:
            if plain:
                # with a driver that only queues, what was queued before is in this time
                self._pass_seconds = max(self._pass_seconds, seconds)
            else:
                self._is_measuring = False
                self.budget.took_full(self._pass_seconds + seconds)

    def _quick_picture(self) -> QuickPicture:
        if self._quick is None:
            painters = None if self._renderer is None else self._renderer.painters
            self._quick = QuickPicture(self._canvas.context, self.state, painters)
        return self._quick

    def _draw_flat(
        self, overlay: Overlay, texts: TextPainter, frame: Frame, flat: Flat, depths: Texture2D
    ) -> None:
        overlay.begin()
        if self._has_new_image:
            overlay.set_image(self._image)
            self._image, self._has_new_image = None, False
        if flat.look is not None:
            overlay.draw_look_through(frame, flat.look)
        if flat.marker is not None and self._markers is not None:
            self._markers.draw(frame, flat.marker, depths)
        if flat.axes:
            draw_axes(frame, overlay, texts)
        if flat.scale_bar:
            draw_scale_bar(frame, overlay, texts, flat.interest_units, flat.grid_step)
        if flat.stroke is not None:
            overlay.draw_stroke(frame, flat.stroke_shape, flat.stroke)
        overlay.end()

    def _compose(self, renderer: Renderer, frame: Frame, *, plain: bool) -> bool:
        """Bring the colors of the full picture up to date; True when there was something to do."""
        wanted = (self.serial, frame.size, plain)
        is_new, self._is_new_ahead, self._ahead = self._is_new_ahead, False, None
        self._is_coloring = False
        if self._composed == wanted:
            return is_new
        self._composed, self._full_size = wanted, frame.size
        state = self.state
        style = state.mesh_style
        outlined = style.shading == "soft"
        fine = outlined and not plain
        if fine:
            self._warm_up.colors(renderer, frame, state)
        renderer.compose(
            frame,
            state.layers.values(),
            shading=style.shading,
            back_faces=style.back_faces,
            occlusion=fine,
            edges=outlined,
            marks=state.has_marks,
        )
        return True

    def _compose_ahead(self, renderer: Renderer) -> None:
        """Make the colors of a picture whose surfaces are there."""
        frame, self._ahead = self._ahead, None
        if frame is None or self._drawn != self._wanted(frame.camera, for_ids=False):
            return
        started = time.perf_counter()
        is_new = self._compose(renderer, frame, plain=False)
        if self._is_measuring:
            renderer.finish()
            self._pass_seconds += time.perf_counter() - started
        else:
            renderer.tell_end()
            self._is_coloring = True
        self._is_new_ahead = is_new

    def _wanted(self, camera: Camera, *, for_ids: bool) -> Surfaces:
        for_ids = for_ids and any(layer.is_glass for layer in self.state.layers.values())
        return self.serial, for_ids, (camera.lens.width, camera.lens.height)

    def _draw_surfaces(
        self, renderer: Renderer, frame: Frame, *, for_ids: bool, seconds: float | None = None
    ) -> bool:
        """Bring the surface planes up to date; see-through things are in them only for the pointer."""
        wanted = self._wanted(frame.camera, for_ids=for_ids)
        if self._drawn == wanted:
            return True
        if self._pass is None or self._pass.what != wanted:
            asks = self.budget.is_worth_asking
            frame.seen = self._seen() if asks else None
            self._call_off()
            frame.for_ids = wanted[1]
            layers = self.state.layers.values()
            self._pass = SurfacePass(
                renderer, frame, layers, wanted, in_slices=self.budget.is_long, asks_what_hides=asks
            )
            self._pass_seconds, self._is_measuring = 0.0, not for_ids
        return self._go_on(seconds)

    def _seen(self) -> NDArray[np.bool_] | None:
        """By object id + 1, what the last picture showed, about; None = not known."""
        if self._shows_quick and self._quick is not None:
            return self._quick.seen
        count = self.state.table.object_count
        is_known = count and self._drawn is not None and self._drawn_objects == count
        return self._renderer.seen_objects(count) if is_known and self._renderer is not None else None

    def _go_on(self, seconds: float | None) -> bool:
        """Draw more of the surfaces under way; True when they are all there."""
        current = self._pass
        if current is None:
            return True
        if seconds == 0:
            return False
        started = time.perf_counter()
        is_done = current.advance(seconds)
        self._pass_seconds += time.perf_counter() - started
        if not is_done:
            return False
        self._pass, self._drawn = None, current.what
        self._drawn_objects = self.state.table.object_count
        return True

    def _call_off(self) -> None:
        """Whatever the surfaces under way were for is out of date."""
        if self._pass is not None:
            self.budget.took_at_least(self._pass_seconds)
        self._pass = self._drawn = self._ahead = None
        self._is_coloring = self._is_recoloring = False

    def id_buffer(self, camera: Camera) -> IdBuffer:
        """What is drawn at every pixel; kept until the camera, the size or what is visible changes."""
        renderer = self._renderer
        size = (camera.lens.width, camera.lens.height)
        if renderer is None or not self.make_current():
            return IdBuffer.nothing(camera, self.serial)
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

    def pick_roughly(self, camera: Camera, x: int, y: int, pixel_scale: float) -> PointerHit:
        """What lies about under a pixel, of the moving view where the full picture takes long."""
        if self.budget.is_long and not self.has_surfaces(camera) and self.make_current():
            return self._quick_picture().pick(camera, pixel_scale, self.serial, self.budget, (x, y))
        return self.pick(camera, x, y, pixel_scale)

    def release(self) -> None:
        """Give the graphics memory back."""
        self._composition.stop()
        if self.make_current():
            for layer in self.state.layers.values():
                layer.release()
            for renderer in (self._renderer, self._quick):
                if renderer is not None:
                    renderer.release()
        self._renderer = None
