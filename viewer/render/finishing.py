"""Going on with pictures that take long, and letting those who need a full one wait without blocking."""

from __future__ import annotations

from collections.abc import Callable

from viewer.model.camera import Camera
from viewer.render.id_buffer import PointerHit
from viewer.render.picture import Picture
from viewer.render.targets import DRIVER_ERRORS
from viewer.render.turns import Turns


class Finishing:
    """Draws a slice of the picture under way whenever nothing else is to be done."""

    def __init__(
        self,
        picture: Picture,
        camera: Callable[[], Camera],
        pixel_scale: Callable[[], float],
        redraw: Callable[[], None],
        failed: Callable[[Exception], None],
        turns: Turns,
    ) -> None:
        self._picture = picture
        self._camera = camera
        self._pixel_scale = pixel_scale
        self._redraw = redraw
        self._failed = failed
        self._waiting: list[tuple[Callable[[], None], bool]] = []
        self._is_made = False
        self._timer = turns.timer(self._step)

    def begin(self) -> None:
        """Make the full picture of the view as it is, and show it when it is whole."""
        try:
            self._picture.begin(self._camera(), self._pixel_scale())
        except DRIVER_ERRORS as error:
            self.stop()
            self._failed(error)
            return
        if self._picture.is_complete:
            self._redraw()
        else:
            self._timer.start()

    def begin_apart(self, *, plain: bool) -> bool:
        """Make what is new in turns of its own, `plain` for a moving view; False where painting may do it."""
        begin = self._picture.begin_colors
        if plain and self._picture.budget.is_quick:
            begin = self._picture.begin_quick
        is_begun = begin(self._camera(), self._pixel_scale())
        if is_begun and not self._timer.running:
            self._timer.start()
        return is_begun

    def go_on(self) -> None:
        """A picture was drawn: work on what it still lacks, then tell those who wait for it."""
        picture = self._picture
        lacks = bool(self._waiting) or picture.is_quick_under_way or not picture.is_complete
        if lacks and not self._timer.running:
            self._timer.start()

    def when_exact(self, call: Callable[[], None], *, is_lasting: bool = False) -> None:
        """Call once it is known what lies under every pixel: now, or when the picture is complete.

        When the view changes before that, a lasting call is made in haste, any other one never.
        """
        if self._picture.has_surfaces(self._camera()) or not self._picture.budget.is_long:
            call()
        else:
            self._waiting.append((call, is_lasting))

    def pick(self, at: tuple[int, int], told: Callable[[PointerHit], None], *, is_lasting: bool) -> None:
        """Tell what lies under a pixel of the view as it is now, as soon as that is known."""
        camera, scale = self._camera(), self._pixel_scale()
        self.when_exact(lambda: told(self._picture.pick(camera, *at, scale)), is_lasting=is_lasting)

    def before_change(self) -> None:
        """The view is about to be another one: answer those who asked about this one."""
        waiting, self._waiting = self._waiting, []
        for call, is_lasting in waiting:
            if is_lasting:
                call()

    def forget(self) -> None:
        """Nobody waits any more."""
        self._waiting.clear()

    def stop(self) -> None:
        self.forget()
        self._timer.stop()

    def _step(self) -> None:
        is_made, self._is_made = self._is_made, False
        if self._picture.is_quick_under_way:
            self._go_on_quickly()
            return
        if self._picture.is_complete and not self._picture.has_surfaces(self._camera()):
            self._timer.stop()  # called off by a movement; the next one is begun when that has ended
            return
        if is_made and (self._picture.is_complete or self._picture.is_recoloring):
            self._show()
            return
        is_done = self._tried(self._picture.advance)
        # the last slice and the window's painting in one turn would be too long as well
        self._is_made = is_done

    def _go_on_quickly(self) -> None:
        """A picture of the moving view comes before everything else."""
        if self._tried(self._picture.advance_quick):
            self._redraw()

    def _tried(self, advance: Callable[[], bool]) -> bool:
        """True when a picture is made; where the driver refuses, no more is tried."""
        try:
            return advance()
        except DRIVER_ERRORS as error:
            self.stop()
            self._failed(error)
            return False

    def _show(self) -> None:
        """The picture is made: have it shown, and tell those who waited for it."""
        if self._picture.is_complete:  # else newer colors are wanted already
            self._timer.stop()
        self._redraw()
        if self._picture.has_surfaces(self._camera()):
            waiting, self._waiting = self._waiting, []
            for call, _ in waiting:
                call()
