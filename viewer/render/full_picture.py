"""The picture with every triangle and pixel: made a little at a time where that takes long."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from vispy.gloo import Texture2D
from vispy.gloo.context import GLContext

from viewer.model.camera import Camera
from viewer.render.frame import Frame
from viewer.render.id_buffer import IdBuffer, PointerHit
from viewer.render.movement import MovementBudget
from viewer.render.picture_state import PictureState
from viewer.render.renderer import Renderer
from viewer.render.surface_pass import SurfacePass, Surfaces
from viewer.render.warm_up import WarmUp

Seen = Callable[[], NDArray[np.bool_] | None]
"""Tells by object id + 1 what the last picture showed, about; None = not known."""

PICK_REACH_PX = 3
SLICE_SECONDS = 0.04
"""A full picture that takes long is drawn in slices of about this, so that the window answers in between."""


class FullPicture:
    """Draws a state, doing again only what a change asks for. OpenGL is current in all calls.

    `serial` in the calls counts changes of what is where: camera, size, visibility, geometry.
    """

    def __init__(self, context: GLContext, state: PictureState, budget: MovementBudget) -> None:
        self._context = context
        self._state = state
        self._budget = budget
        self.renderer = Renderer(context)
        self.shown: Frame | None = None
        """Of the colors that `present` shows."""
        self.is_growing = False
        """True while the scene is only partly on the graphics card: what pictures take means nothing."""
        self._pass: SurfacePass | None = None
        self._drawn: Surfaces | None = None
        self._drawn_objects = 0
        self._composed: tuple[object, ...] | None = None
        self._ahead: Frame | None = None
        """The surfaces of this frame are there; its colors follow in a turn of their own."""
        self._is_new_ahead = False
        self._is_coloring = False
        """New colors are being drawn in the background."""
        self._is_to_smooth = False
        """They are to be smoothed in a turn of its own, so that showing them does not take long."""
        self._is_recoloring = False
        """They, or those to come, are of what is shown, which stays so until they are there."""
        self._colors_begun_at = 0.0
        self._pass_seconds = 0.0
        self._is_measuring = False
        self._warm_up = WarmUp()

    # what there is

    @property
    def depths(self) -> Texture2D:
        """Clip w of what is in front; 0 = background."""
        return self.renderer.depths

    @property
    def is_complete(self) -> bool:
        """False while a picture is under way."""
        return self._pass is None and self._ahead is None and not self._is_coloring

    @property
    def is_about_to_show(self) -> bool:
        """True while new colors of what is shown are drawn: showing anything sooner would wait for them."""
        return self._is_recoloring and self._is_coloring

    def is_recoloring(self, serial: int) -> bool:
        """True while what is shown is to get new colors in turns of their own."""
        is_same = self._drawn is not None and self._drawn[0] == serial
        return self._is_recoloring and is_same and not self.is_complete

    def is_up_to_date(self, camera: Camera, serial: int) -> bool:
        """True when there is nothing more to be drawn of a view at rest."""
        size = (camera.lens.width, camera.lens.height)
        return self._composed == (serial, size, False) and self.is_complete

    def has_surfaces(self, camera: Camera, serial: int) -> bool:
        """True when the surfaces are there."""
        wanted = (self._wanted(camera, serial, for_ids=for_ids) for for_ids in (False, True))
        return self._drawn in tuple(wanted)

    def seen(self) -> NDArray[np.bool_] | None:
        """By object id + 1, what the last one showed, about; None = not known."""
        count = self._state.table.object_count
        is_known = count and self._drawn is not None and self._drawn_objects == count
        return self.renderer.seen_objects(count) if is_known else None

    def recompose(self) -> None:
        """Something that is drawn from the same geometry looks another way now."""
        self._composed = None

    def call_off(self) -> None:
        """Whatever the surfaces under way were for is out of date."""
        if self._pass is not None:
            self._budget.took_at_least(self._pass_seconds)
        self._pass = self._drawn = self._ahead = None
        self._is_coloring = self._is_recoloring = False

    # in turns

    def begin(self, frame: Frame, serial: int, seen: Seen) -> None:
        """Begin with the picture of a frame; what is shown stays until it is made."""
        self.draw_surfaces(frame, serial, seen, seconds=0.0)

    def begin_colors(self, frame: Frame, serial: int) -> bool:
        """Make new colors of what is shown in the background; False where painting may as well do it."""
        is_shown = self._drawn == self._wanted(frame.camera, serial, for_ids=False)
        is_long = self._budget.full_seconds > 0 and self._budget.is_long and self._pass is None
        if not (is_shown and is_long):
            return False
        self._ahead, self._is_recoloring = frame, True
        return True

    def advance(self, serial: int) -> bool:
        """Go on with the picture under way; True when all that is left is to show it."""
        current = self._pass
        if self.is_complete:
            return True
        if current is None:
            if not self._is_coloring:  # else what came after those waits until they are shown
                self._compose_ahead(serial)
            return self._colors_ended()
        # while more of the scene is being sent, that takes its part of a turn
        if not self._go_on(SLICE_SECONDS / 2 if self.is_growing else SLICE_SECONDS):
            return False
        if not current.frame.for_ids:
            self._ahead = current.frame
        return self._ahead is None

    def _compose_ahead(self, serial: int) -> None:
        """Make the colors of a picture whose surfaces are there."""
        frame, self._ahead = self._ahead, None
        if frame is None or self._drawn != self._wanted(frame.camera, serial, for_ids=False):
            return
        self._colors_begun_at = time.perf_counter()
        self._is_new_ahead = self.compose(frame, serial, plain=False)
        self.renderer.tell_end()
        self._is_coloring = True
        self._is_to_smooth = self._is_smooth

    def _colors_ended(self) -> bool:
        """True when the colors under way are all drawn, and their edges smoothed."""
        if not self.renderer.has_ended():
            return False
        if self._is_coloring and self._is_to_smooth and self.shown is not None:
            self._is_to_smooth = False
            self.renderer.smooth_ahead(self.shown)
            self.renderer.tell_end()
            return False
        if self._is_coloring and self._is_measuring:
            self._pass_seconds += time.perf_counter() - self._colors_begun_at
        self._is_coloring = False
        return True

    # surfaces

    def _wanted(self, camera: Camera, serial: int, *, for_ids: bool) -> Surfaces:
        for_ids = for_ids and any(layer.is_glass for layer in self._state.layers.values())
        return serial, for_ids, (camera.lens.width, camera.lens.height)

    def seconds_in_one_go(self, *, plain: bool) -> float | None:
        """How long surfaces may be drawn before something is shown; None = until they are all there."""
        if self._budget.full_seconds == 0:
            return 0.0 if self.is_growing and all(self.renderer.size) else SLICE_SECONDS
        # a moving view needs a picture now; what is long is drawn between pictures
        return None if plain or not self._budget.is_long else 0.0

    def draw_surfaces(
        self,
        frame: Frame,
        serial: int,
        seen: Seen,
        *,
        for_ids: bool = False,
        seconds: float | None = None,
    ) -> bool:
        """Go on for about so long, None = to the end; True when the surfaces of a frame are all there.

        See-through things are among them only for the pointer, `for_ids`.
        """
        wanted = self._wanted(frame.camera, serial, for_ids=for_ids)
        if self._drawn == wanted:
            return True
        if self._pass is None or self._pass.what != wanted:
            asks = self._budget.is_worth_asking
            frame.seen = seen() if asks else None
            self.call_off()
            frame.for_ids = wanted[1]
            layers = self._state.layers.values()
            self._pass = SurfacePass(
                self.renderer, frame, layers, wanted, in_slices=self._budget.is_long, asks_what_hides=asks
            )
            self._pass_seconds, self._is_measuring = 0.0, not for_ids
        return self._go_on(seconds)

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
        self._drawn_objects = self._state.table.object_count
        return True

    # into the window

    @property
    def _is_smooth(self) -> bool:
        """True when edges are smoothed at rest; unlit pictures are for looking at exact colors."""
        return self._state.mesh_style.shading != "none"

    def show_nothing(self, frame: Frame, window: int) -> None:
        """Clear the window for a scene that is still to come, and get ready for it."""
        self._composed = self._drawn = None
        self._warm_up.show_nothing(self.renderer, frame, self._state, window)

    def compose(self, frame: Frame, serial: int, *, plain: bool) -> bool:
        """Bring the colors up to date; True when something is new since this was asked last."""
        wanted = (serial, frame.size, plain)
        is_new, self._is_new_ahead, self._ahead = self._is_new_ahead, False, None
        self._is_coloring = False
        if self._composed == wanted:
            return is_new
        self._composed, self.shown = wanted, frame
        style = self._state.mesh_style
        outlined = style.shading == "soft"
        fine = outlined and not plain
        if fine:
            self._warm_up.colors(self.renderer, frame, self._state)
        self.renderer.compose(
            frame,
            self._state.layers.values(),
            shading=style.shading,
            back_faces=style.back_faces,
            occlusion=fine,
            edges=outlined,
            marks=self._state.has_marks,
        )
        return True

    def present(self, frame: Frame, window: int, *, plain: bool) -> None:
        """Show the colors there are, of a frame of the window's size."""
        smooth = not plain and self._is_smooth
        has_picture = self.shown is not None and self.shown.size == frame.size
        self.renderer.present(frame, window, smooth=smooth, has_picture=has_picture)

    def learn(self, seconds: float, *, plain: bool) -> None:
        """Remember what a picture took; `seconds` are those since its surfaces were there."""
        if self._pass is not None or not self._is_measuring:
            return
        if plain:
            # with a driver that only queues, what was queued before is in this time
            self._pass_seconds = max(self._pass_seconds, seconds)
        else:
            self._is_measuring = False
            self._budget.took_full(self._pass_seconds + seconds)

    def learn_nothing(self) -> None:
        """What the picture took was not its own doing."""
        self._is_measuring = False

    # for the pointer

    def read_ids(self, frame: Frame, serial: int, seen: Seen) -> IdBuffer:
        """What is drawn at every pixel."""
        self.draw_surfaces(frame, serial, seen, for_ids=True)
        return self.renderer.read_ids(frame, self._state.layers.values(), serial)

    def pick(self, frame: Frame, serial: int, seen: Seen, x: int, y: int) -> PointerHit:
        """What lies under a pixel."""
        self.draw_surfaces(frame, serial, seen, for_ids=True)
        reach = round(PICK_REACH_PX * frame.pixel_scale)
        return self.renderer.pick(frame, self._state.layers.values(), x, y, reach)
