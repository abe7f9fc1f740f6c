"""Drawing the surfaces of a full picture a little at a time."""

from __future__ import annotations

import time
from collections.abc import Iterable

from viewer.render.frame import Frame
from viewer.render.layers.layer import Layer
from viewer.render.renderer import Renderer
from viewer.render.visuals.object_mesh import STEP_FACES

Surfaces = tuple[int, bool, tuple[int, int]]
"""What surface planes show: the serial number, whether for the pointer, and the size."""


class SurfacePass:
    """Pass 1 of a picture, as far as it got. OpenGL is current in all calls."""

    def __init__(
        self,
        renderer: Renderer,
        frame: Frame,
        layers: Iterable[Layer],
        what: Surfaces,
        *,
        in_slices: bool,
        asks_what_hides: bool,
    ) -> None:
        """`asks_what_hides`: look in between what need not be drawn, being behind the rest."""
        frame.step_faces = STEP_FACES if in_slices else None
        frame.read_depths = renderer.read_depths if asks_what_hides else None
        self.frame = frame
        self.what = what
        self._in_slices = in_slices
        self._steps = renderer.surface_steps(frame, layers)
        self._has_begun = False
        self._renderer = renderer

    def advance(self, seconds: float | None) -> bool:
        """Go on for about so long, rather less than more, or to the end; True when all is drawn."""
        started = last = time.perf_counter()
        if self._has_begun:
            if self._in_slices and not self._renderer.has_caught_up(seconds):
                return False
            self._renderer.resume_surfaces()
        self._has_begun = True
        for _ in self._steps:
            if not self._in_slices:
                continue
            # drivers only queue what they are told; the time is spent here or when someone asks
            left = None if seconds is None else seconds - (time.perf_counter() - started)
            if not self._renderer.keep_pace(left):
                return False
            if seconds is None:
                continue
            now = time.perf_counter()
            # the next step takes about as long as this one
            if now - started + (now - last) > seconds:
                return False
            last = now
        return True
