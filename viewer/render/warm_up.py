"""Getting ready for pictures before there is anything to show: drivers take long to build programs."""

from __future__ import annotations

from viewer.render.frame import Frame
from viewer.render.picture_state import PictureState
from viewer.render.renderer import Renderer


class WarmUp:
    """Has the programs of full pictures built once, by drawing a pixel with each."""

    def __init__(self) -> None:
        self._is_done = False

    def colors(self, renderer: Renderer, frame: Frame, state: PictureState) -> None:
        """Those that color surfaces, outlines among them, which else the first hover would wait for.

        Needs pass 1 of the same frame.
        """
        if self._is_done:
            return
        self._is_done = True
        style = state.mesh_style
        with renderer.one_pixel():
            for marks in (False, True):
                renderer.compose(frame, (), shading=style.shading, back_faces=style.back_faces, marks=marks)

    def show_nothing(self, renderer: Renderer, frame: Frame, state: PictureState, window: int) -> None:
        """Clear one of OpenGL's own frame buffers for a scene that is still to come."""
        if not self._is_done:
            renderer.draw_surfaces(frame, ())
            self.colors(renderer, frame, state)
            with renderer.one_pixel():
                renderer.present(frame, window, smooth=True)
        renderer.present(frame, window, smooth=False, has_picture=False)
