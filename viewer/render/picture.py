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
from viewer.render.full_picture import FullPicture
from viewer.render.id_buffer import IdBuffer, PointerHit
from viewer.render.marker import MarkerPainter
from viewer.render.movement import MovementBudget
from viewer.render.overlay import Overlay
from viewer.render.picture_state import Flat, PictureState
from viewer.render.quick_picture import TURN_SECONDS, QuickPicture
from viewer.render.rulers import draw_axes, draw_scale_bar
from viewer.render.targets import DRIVER_ERRORS, driver_problem
from viewer.render.text import TextPainter


class Picture:
    """Shows a state in the canvas: its full picture, or a quick one while a view moves too fast for it."""

    def __init__(self, canvas: Any, state: PictureState) -> None:
        self._canvas = canvas
        self.state = state
        self.error: GpuError | None = None
        self.serial = 0
        """Counts changes of what is where: camera, size, visibility, geometry."""
        self.is_awaited = False
        """True while the first picture of a scene is on its way."""
        self.is_growing = False
        """True while the scene is only partly on the graphics card."""
        self.budget = MovementBudget()
        self._composition = Composition(canvas.native)
        self._full: FullPicture | None = None
        self._quick: QuickPicture | None = None
        self._overlay: Overlay | None = None
        self._texts: TextPainter | None = None
        self._markers: MarkerPainter | None = None
        self._ids: IdBuffer | None = None
        self._image: NDArray[np.uint8] | None = None
        self._has_new_image = False
        self._is_flat_ready = False
        self._is_moving = False
        self._shows_quick = False

    @property
    def is_ready(self) -> bool:
        return self._full is not None

    def prepare(self) -> bool:
        """Get ready to draw in the current context; False, with `error` set, where that is impossible."""
        if self._full is None and self.error is None:
            try:
                self._full = FullPicture(self._canvas.context, self.state, self.budget)
                self._overlay, self._texts, self._markers = Overlay(), TextPainter(), MarkerPainter()
            except GpuError as error:
                self.error = error
        return self._full is not None

    def make_current(self) -> bool:
        """Make the canvas's context current; False while there is none."""
        if self._full is None:
            return False
        self._canvas.set_current()
        return True

    def forget_pass(self) -> None:
        """Other triangles are coming: begin the picture under way anew, as if no other had been drawn."""
        for picture in (self._full, self._quick):
            if picture is not None:
                picture.call_off()
        self.budget.reset()

    def changed(self) -> None:
        """Geometry or visibility is another one now."""
        self.serial += 1
        if self._quick is not None:
            self._quick.call_off()

    def moved(self) -> None:
        """The camera is another one now; a quick picture under way is late by a movement, but of use."""
        self.serial += 1

    def recompose(self) -> None:
        """Something that is drawn from the same geometry looks another way now."""
        for picture in (self._full, self._quick):
            if picture is not None:
                picture.recompose()

    def set_image(self, image: NDArray[np.uint8] | None) -> None:
        """The picture (H, W, 3) shown over the scene while looking through a camera."""
        self._image, self._has_new_image = image, True

    def _frame(self, camera: Camera, pixel_scale: float = 1.0) -> Frame:
        return self.state.frame(self._canvas.context, camera, pixel_scale)

    def give_up(self, error: Exception) -> GpuError:
        """Draw nothing any more, for the driver refused."""
        self._full = self._quick = None
        self.error = driver_problem(error)
        return self.error

    def release(self) -> None:
        """Give the graphics memory back."""
        self._composition.stop()
        if self._full is not None and self.make_current():
            for layer in self.state.layers.values():
                layer.release()
            self._full.renderer.release()
            if self._quick is not None:
                self._quick.release()
        self._full = self._quick = None

    # the full picture

    @property
    def is_complete(self) -> bool:
        """False while a full picture is under way."""
        return self._full is None or self._full.is_complete

    @property
    def is_recoloring(self) -> bool:
        """True while what is shown is to get new colors in turns of their own."""
        return self._full is not None and self._full.is_recoloring(self.serial)

    def shows_full(self, camera: Camera) -> bool:
        """True when the window shows a full picture, with all that is known by now."""
        is_new = self._full is not None and self._full.is_up_to_date(camera, self.serial)
        return is_new and not self._shows_quick

    def has_surfaces(self, camera: Camera) -> bool:
        """True when the surfaces of the full picture are there."""
        return self._full is not None and self._full.has_surfaces(camera, self.serial)

    def begin(self, camera: Camera, pixel_scale: float) -> None:
        """Begin with the full picture of a camera; the window keeps what it shows."""
        if self._full is not None and self.make_current():
            self._is_moving = False
            self._full.begin(self._frame(camera, pixel_scale), self.serial, self._seen)

    def begin_colors(self, camera: Camera, pixel_scale: float) -> bool:
        """Make new colors of what is drawn in the background; False where painting may as well do it."""
        if self._full is None or self._shows_quick or not self.make_current():
            return False
        return self._full.begin_colors(self._frame(camera, pixel_scale), self.serial)

    def advance(self) -> bool:
        """Go on with the full picture under way; True when all that is left is to show it."""
        full = self._full
        return full is None or full.is_complete or not self.make_current() or full.advance(self.serial)

    # the moving one

    @property
    def is_quick_under_way(self) -> bool:
        """True while the picture of a moving view is made."""
        return self._quick is not None and self._quick.is_under_way

    @property
    def _has_quick(self) -> bool:
        """True while the window shows a quick picture, or is about to."""
        return self._shows_quick or (self._quick is not None and self._quick.is_new)

    @property
    def is_about_to_show(self) -> bool:
        """True while something new is made for the window: showing anything sooner would wait for it."""
        return self.is_quick_under_way or (
            self.is_recoloring and self._full is not None and self._full.is_about_to_show
        )

    def begin_quick(self, camera: Camera, pixel_scale: float) -> bool:
        """Begin with the picture of a moving view; False where painting has nothing else to show."""
        size = (camera.lens.width, camera.lens.height)
        if not self.budget.is_quick or self._shown(size) is None or not self.make_current():
            return False
        self._follow(camera, pixel_scale)
        return True

    def advance_quick(self) -> bool:
        """Go on with the picture of a moving view; True when all that is left is to show it."""
        return self._quick is None or not self.make_current() or self._quick.advance(TURN_SECONDS)

    def make_ready_to_move(self, camera: Camera) -> None:
        """Have at hand what the first quick picture would wait for, where there will be any."""
        if self.budget.is_quick and self.is_complete and self.make_current():
            self._seen()
            self._quick_picture().make_ready(camera, self.budget)

    def _quick_picture(self) -> QuickPicture:
        if self._quick is None:
            painters = None if self._full is None else self._full.renderer.painters
            self._quick = QuickPicture(self._canvas.context, self.state, painters)
        return self._quick

    def _seen(self) -> NDArray[np.bool_] | None:
        """By object id + 1, what the last picture showed, about; None = not known."""
        if self._shows_quick and self._quick is not None:
            return self._quick.seen
        return None if self._full is None else self._full.seen()

    def _follow(self, camera: Camera, pixel_scale: float) -> None:
        """Have a quick picture made, instead of a full one."""
        quick = self._quick_picture()
        if not (self._is_moving or self._shows_quick):
            quick.follow(self._seen())
        self._is_moving = True
        if self._full is not None:
            self._full.call_off()
        quick.begin(camera, pixel_scale, self.serial, self.budget)

    def _shown(self, size: tuple[int, int]) -> Frame | None:
        """What a window of this size may go on showing while a quick picture is made; None = nothing."""
        quick = None if self._quick is None else self._quick.shown(size)
        if quick is not None or self._shows_quick:
            return quick
        full = None if self._full is None else self._full.shown
        return full if full is not None and full.size == size else None

    # into the window

    def draw(self, camera: Camera, pixel_scale: float, flat: Flat, *, plain: bool) -> float:
        """Draw into the window; returns the seconds it took. Raises GpuError when the driver refuses.

        What takes long is not finished at once: while a full or a quick picture is under way the window keeps
        what it shows, and `advance` or `advance_quick` goes on with it.
        """
        if self._full is None:
            return 0.0
        started = time.perf_counter()
        self._full.is_growing = self.is_growing
        try:
            frame = self._frame(camera, pixel_scale)
            if self.is_awaited and self._full.shown is None:
                self._draw_nothing(self._full, frame, flat)
                return time.perf_counter() - started
            is_moving = plain and self.budget.is_quick
            if is_moving:
                self._follow(camera, pixel_scale)
            is_made = not is_moving and self._has_full_surfaces(self._full, frame, plain=plain)
            if is_moving or (self._has_quick and not is_made):
                return self._draw_quick(self._full, frame, flat)
            self._draw_full(self._full, frame, flat, plain=plain, is_made=is_made)
        except DRIVER_ERRORS as error:
            raise self.give_up(error) from error
        return time.perf_counter() - started

    def _draw_nothing(self, full: FullPicture, frame: Frame, flat: Flat) -> None:
        """Clear the window for a scene to come: nobody knows its axes and its scale yet."""
        full.show_nothing(frame, self._window)
        if not self._is_flat_ready:
            self._is_flat_ready = True
            with full.renderer.one_pixel():  # else the first picture would wait for these programs
                self._draw_flat(frame, flat, full.depths)
        self._end_drawing(full)

    @property
    def _window(self) -> int:
        """OpenGL's name of the frame buffer that is the window's."""
        return int(self._canvas._backend._vispy_get_fb_bind_location())

    def _has_full_surfaces(self, full: FullPicture, frame: Frame, *, plain: bool) -> bool:
        seconds = full.seconds_in_one_go(plain=plain)
        return full.draw_surfaces(frame, self.serial, self._seen, seconds=seconds)

    def _draw_full(self, full: FullPicture, frame: Frame, flat: Flat, *, plain: bool, is_made: bool) -> None:
        started = time.perf_counter()
        self._is_moving = self._shows_quick = False
        is_new = is_made and not self.is_recoloring and full.compose(frame, self.serial, plain=plain)
        full.present(frame, self._window, plain=plain)
        self._end(full, frame, full.depths, flat)
        if self.is_growing:
            full.learn_nothing()
        elif is_new:
            full.learn(time.perf_counter() - started, plain=plain)

    def _draw_quick(self, full: FullPicture, frame: Frame, flat: Flat) -> float:
        """Show a quick picture, or until it is made what was shown before; returns the seconds it took."""
        quick = self._quick_picture()
        # its colors may be others now
        quick.begin(frame.camera, frame.pixel_scale, self.serial, self.budget)
        if self._shown(frame.size) is None:
            quick.advance(None)
        started = time.perf_counter()
        shown, is_new = quick.shown(frame.size), quick.is_new
        if shown is None:
            shown = frame if full.shown is None else full.shown
            full.present(shown, self._window, plain=False)
            self._end(full, shown, full.depths, flat)
        else:
            self._shows_quick = True
            quick.present(self._window)
            self._end(full, shown, quick.depths, flat)
        seconds = time.perf_counter() - started
        if is_new:
            seconds += quick.seconds
            if not self.is_growing:
                self.budget.took_quick(seconds + self._composition.seconds)
        return seconds

    def _end(self, full: FullPicture, frame: Frame, depths: Texture2D, flat: Flat) -> None:
        """What lies flat over a picture; then wait until it is all drawn."""
        self._draw_flat(frame, flat, depths)
        self._end_drawing(full)

    def _end_drawing(self, full: FullPicture) -> None:
        full.renderer.finish()
        self._composition.begins()

    def _draw_flat(self, frame: Frame, flat: Flat, depths: Texture2D) -> None:
        overlay, texts = self._overlay, self._texts
        if overlay is None or texts is None:
            return
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

    # what is where

    def id_buffer(self, camera: Camera) -> IdBuffer:
        """What is drawn at every pixel; kept until the camera, the size or what is visible changes."""
        size = (camera.lens.width, camera.lens.height)
        if self._full is None or not self.make_current():
            return IdBuffer.nothing(camera, self.serial)
        if self._ids is None or self._ids.serial != self.serial or self._ids.size != size:
            self._ids = self._full.read_ids(self._frame(camera), self.serial, self._seen)
        return self._ids

    def pick(self, camera: Camera, x: int, y: int, pixel_scale: float) -> PointerHit:
        """What lies under a pixel."""
        if self._full is None or not self.make_current():
            return PointerHit(x, y)
        return self._full.pick(self._frame(camera, pixel_scale), self.serial, self._seen, x, y)

    def pick_roughly(self, camera: Camera, x: int, y: int, pixel_scale: float) -> PointerHit:
        """What lies about under a pixel, of the moving view where the full picture takes long."""
        if self.budget.is_long and not self.has_surfaces(camera) and self.make_current():
            return self._quick_picture().pick(camera, pixel_scale, self.serial, self.budget, (x, y))
        return self.pick(camera, x, y, pixel_scale)
