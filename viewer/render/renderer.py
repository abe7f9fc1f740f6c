"""The passes that make a picture, in order. Knows no window: `SceneView` and `offscreen` both drive it.

1. surfaces: layers write id, normal and depth of what is in front
2. compose: light and table colours, outlines of what is selected or hovered
3. blended: see-through things over it, against the same depth
4. present: onto the screen, with edges smoothed when there is time
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from vispy.gloo import Texture2D
from vispy.gloo.context import GLContext

from viewer.errors import GpuError
from viewer.render.compose import Composer, Pane, Presenter
from viewer.render.depth_test import IN_FRONT, fix_depth
from viewer.render.frame import Frame
from viewer.render.gl import GL
from viewer.render.id_buffer import KIND_OBJECT, KIND_VOXEL, IdBuffer, PointerHit, decode_ids, hit_in_patch
from viewer.render.layers.layer import Layer
from viewer.render.occlusion import Occlusion, OcclusionPrograms
from viewer.render.targets import R32F, RGBA8, RGBA16F, Box, Targets, flush

_ID, _SURFACE, _DEPTH = range(3)
_Patch = tuple[NDArray[np.uint8], NDArray[np.int32], NDArray[np.float32]]
LEAST_VERSION = (3, 3)
LONGEST_STEP_NS = 10_000_000_000
FAINT_LIMITS = (0.55, 0.12)
"""How opaque faint things may become together: before the background, and before what is solid."""


def check_context() -> str:
    """Version and renderer of the current context; raises GpuError when it is too old for us."""
    text = GL.text(GL.GL_VERSION)
    if text is None:
        raise GpuError(
            "there is no OpenGL context to draw with",
            hint="update the graphics driver; on Linux, libgl1-mesa-dri draws without a graphics card",
        )
    found = (*GL.integers(GL.GL_MAJOR_VERSION, 1), *GL.integers(GL.GL_MINOR_VERSION, 1))
    if found < LEAST_VERSION:
        raise GpuError(f"expected OpenGL 3.3 or newer, found {text}", hint="update the graphics driver")
    return f"{text}, {GL.text(GL.GL_RENDERER)}"


class Painters:
    """The programs of passes 2 to 4: drivers take long to build them, so renderers of a window share them."""

    def __init__(self) -> None:
        self.pane = Pane()
        self.composer = Composer()
        self.presenter = Presenter()
        self.occlusion = OcclusionPrograms()


class Renderer:
    """Draws layers through a camera. The context it was made in must be current in every call."""

    def __init__(self, context: GLContext, painters: Painters | None = None) -> None:
        flush(context)
        check_context()
        fix_depth()
        self.painters = Painters() if painters is None else painters
        self._context = context
        self._surfaces = Targets(context, (RGBA8, RGBA8, R32F), depth=True)
        self._picture: Targets | None = None
        self._smoothed = Targets(context, (RGBA8,))
        self._times_shown = 0  # of the picture as it is now
        self._thin = Targets(context, (RGBA8, R32F))
        self._glass = Targets(context, (RGBA16F, RGBA16F))
        self._occlusion = Occlusion(context, self.painters.occlusion)
        self._has_occlusion = False
        self._seen: NDArray[np.bool_] | None = None  # in the surfaces as they are
        self._steps_told: list[int] = []  # OpenGL's marks in its queue, of the last steps
        self._end_told: int | None = None

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the last pass 1."""
        return self._surfaces.size

    @property
    def depths(self) -> Texture2D:
        """Clip w of what pass 1 drew last, one float a pixel; 0 = background."""
        return self._surfaces.planes[_DEPTH]

    @staticmethod
    def finish() -> None:
        """Wait until everything is drawn."""
        # vispy's Qt canvas clears the window's alpha plane with this after every picture
        GL.glClearColor(0.0, 0.0, 0.0, 1.0)
        GL.glFinish()

    @contextmanager
    def one_pixel(self) -> Iterator[None]:
        """Draw next to nothing: for the sake of what drivers prepare at the first use of a program."""
        GL.glEnable(GL.GL_SCISSOR_TEST)
        GL.glScissor(0, 0, 1, 1)
        try:
            yield
        finally:
            flush(self._context)
            GL.glDisable(GL.GL_SCISSOR_TEST)
            self._has_occlusion = False  # of one pixel only

    def draw_surfaces(self, frame: Frame, layers: Iterable[Layer]) -> None:
        """Pass 1."""
        for _ in self.surface_steps(frame, layers):
            self.keep_pace()

    def surface_steps(self, frame: Frame, layers: Iterable[Layer]) -> Iterator[None]:
        """Pass 1 in steps; when anything else was drawn between two, call `resume_surfaces`."""
        self._begin_surfaces(frame)
        for layer in layers:
            if layer.is_drawn:
                yield from layer.surface_steps(frame)

    def keep_pace(self, seconds: float | None = None) -> bool:
        """After one of the `surface_steps`: wait for the one before, while this one is being drawn.

        Software drawing takes some 200 bytes a triangle until it is done with them: never more than two.
        False when the one before is still not there after so long: then ask `has_caught_up` before the next.
        """
        self._steps_told.append(GL.glFenceSync(GL.GL_SYNC_GPU_COMMANDS_COMPLETE, 0))
        GL.glFlush()
        return self.has_caught_up(seconds)

    def has_caught_up(self, seconds: float | None = None) -> bool:
        """True when no step but the last is still being drawn; waits for it for so long, None = very long."""
        nanoseconds = LONGEST_STEP_NS if seconds is None else int(max(seconds, 0.0) * 1e9)
        while len(self._steps_told) > 1:
            step = self._steps_told[0]
            state = GL.glClientWaitSync(step, GL.GL_SYNC_FLUSH_COMMANDS_BIT, nanoseconds)
            if state == GL.GL_TIMEOUT_EXPIRED and seconds is not None:
                return False
            GL.glDeleteSync(self._steps_told.pop(0))
        return True

    def tell_end(self) -> None:
        """Let what was drawn until now be drawn in the background; `has_ended` tells when it is."""
        if self._end_told is not None:
            GL.glDeleteSync(self._end_told)
        self._end_told = GL.glFenceSync(GL.GL_SYNC_GPU_COMMANDS_COMPLETE, 0)
        GL.glFlush()

    def has_ended(self) -> bool:
        """True when all is drawn that `tell_end` was called after."""
        if self._end_told is None:
            return True
        if GL.glClientWaitSync(self._end_told, 0, 0) == GL.GL_TIMEOUT_EXPIRED:
            return False
        GL.glDeleteSync(self._end_told)
        self._end_told = None
        return True

    def _begin_surfaces(self, frame: Frame) -> None:
        frame.table.upload()
        self._has_occlusion = False
        if self._surfaces.resize(*frame.size):
            self._thin.release()
            self._glass.release()
            self._smoothed.release()
            self._times_shown = 0
            if self._picture is not None:
                self._picture.release()
            self._picture = Targets(self._context, (RGBA8,), depth=self._surfaces.depth, linear=True)
            self._picture.resize(*frame.size)
        self.resume_surfaces()
        GL.glClearDepth(0.0)
        GL.glClearColor(0.0, 0.0, 0.0, 0.0)
        GL.glClear(GL.GL_COLOR_BUFFER_BIT | GL.GL_DEPTH_BUFFER_BIT)

    def resume_surfaces(self) -> None:
        """After anything else was drawn: set OpenGL up for the next of the `surface_steps`."""
        self._seen = None
        self._surfaces.bind()
        GL.glDisable(GL.GL_BLEND)
        GL.glDisable(GL.GL_DITHER)
        GL.glEnable(GL.GL_DEPTH_TEST)
        GL.glDepthFunc(IN_FRONT)
        GL.glDepthMask(True)

    def compose(
        self,
        frame: Frame,
        layers: Iterable[Layer],
        *,
        shading: str = "soft",
        back_faces: str = "show",
        occlusion: bool = True,
        edges: bool = True,
        marks: bool = True,
    ) -> None:
        """Passes 2 and 3; needs pass 1 of the same frame."""
        if self._picture is None:
            return
        self._times_shown = 0
        frame.table.upload()
        if occlusion and not self._has_occlusion:
            GL.glDisable(GL.GL_DEPTH_TEST)
            self._occlusion.draw(frame, self._surfaces)
            self._has_occlusion = True
        self._picture.bind()
        GL.glDisable(GL.GL_DEPTH_TEST)
        self.painters.composer.draw(
            frame,
            self._surfaces,
            shading=shading,
            back_faces=back_faces,
            openness=self._occlusion.texture if occlusion else None,
            edges=edges,
            marks=marks,
        )
        GL.glEnable(GL.GL_DEPTH_TEST)
        GL.glDepthFunc(IN_FRONT)
        GL.glDepthMask(False)
        GL.glEnable(GL.GL_BLEND)
        layers = [layer for layer in layers if layer.is_drawn]
        if frame.has_faint or any(layer.is_glass for layer in layers):
            self._draw_glass(frame, layers)
        GL.glBlendFuncSeparate(
            GL.GL_SRC_ALPHA, GL.GL_ONE_MINUS_SRC_ALPHA, GL.GL_ONE, GL.GL_ONE_MINUS_SRC_ALPHA
        )
        for layer in layers:
            layer.draw_blended(frame)
        GL.glDisable(GL.GL_BLEND)
        GL.glDepthMask(True)

    def _draw_glass(self, frame: Frame, layers: list[Layer]) -> None:
        """Sum up see-through surfaces apart, then lay their mean over the picture, which stays bound."""
        if self._picture is None:
            return
        glass = self._glass
        glass.depth = self._surfaces.depth
        glass.resize(*self._surfaces.size)
        glass.bind()
        GL.glClearColor(0.0, 0.0, 0.0, 1.0)
        GL.glClear(GL.GL_COLOR_BUFFER_BIT)
        GL.glBlendFuncSeparate(GL.GL_ONE, GL.GL_ONE, GL.GL_ZERO, GL.GL_ONE_MINUS_SRC_ALPHA)
        is_glass = any(layer.is_glass for layer in layers)
        for layer in layers:
            if is_glass:
                layer.draw_glass(frame)
            if frame.has_faint:
                layer.draw_faint(frame)
        self._picture.bind()
        GL.glDisable(GL.GL_DEPTH_TEST)
        GL.glBlendFunc(GL.GL_SRC_ALPHA, GL.GL_ONE_MINUS_SRC_ALPHA)
        # as many as they are, faint things must not hide what is solid
        self.painters.pane.draw(frame, glass, self._surfaces, *((1.0, 1.0) if is_glass else FAINT_LIMITS))
        GL.glEnable(GL.GL_DEPTH_TEST)

    def present(self, frame: Frame, frame_buffer: int, *, smooth: bool, has_picture: bool = True) -> None:
        """Pass 4, onto one of OpenGL's own frame buffers (a window's), which may have another size."""
        flush(self._context)
        GL.glDisable(GL.GL_DEPTH_TEST)
        GL.glDisable(GL.GL_BLEND)
        picture = self._picture if has_picture else None
        enlarged = picture is not None and picture.size != frame.size
        if picture is not None and smooth and not enlarged:
            self._times_shown += 1
            if self._times_shown > 1:
                picture, smooth = self._kept(frame, picture), False
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, frame_buffer)
        GL.glViewport(0, 0, *frame.size)
        if picture is None:
            GL.glClearColor(*frame.theme.ground, 1.0)
            GL.glClear(GL.GL_COLOR_BUFFER_BIT)
            return
        self.painters.presenter.draw(frame, picture.planes[0], smooth=smooth, enlarged=enlarged)

    def smooth_ahead(self, frame: Frame) -> None:
        """After `compose`: smooth the edges now, so that showing the picture does not take long."""
        if self._picture is not None and self._picture.size == frame.size:
            flush(self._context)
            GL.glDisable(GL.GL_DEPTH_TEST)
            GL.glDisable(GL.GL_BLEND)
            self._times_shown = 2
            self._kept(frame, self._picture)

    def _kept(self, frame: Frame, picture: Targets) -> Targets:
        """A picture smoothed; kept when it is shown a second time, with other flat things over it."""
        if self._times_shown == 2:
            self._smoothed.resize(*picture.size)
            self._smoothed.bind()
            self.painters.presenter.draw(frame, picture.planes[0], smooth=True)
        return self._smoothed

    def read_depths(self) -> NDArray[np.float32]:
        """`depths` (H, W), row 0 at the bottom, as far as pass 1 got, until they are read once more."""
        return self._surfaces.read_floats_again(_DEPTH)

    def read_ids(self, frame: Frame, layers: Iterable[Layer], serial: int) -> IdBuffer:
        """What pass 1 has drawn, and the thin things before it."""
        whole = (0, 0, *self._surfaces.size)
        kinds, indices = decode_ids(self._surfaces.read_bytes(_ID))
        depths = self._surfaces.read_floats(_DEPTH)
        object_ids = np.where(kinds == KIND_OBJECT, indices, np.int32(-1))
        kinds, indices, depths = self._with_thin(frame, layers, whole, (kinds, indices, depths))
        return IdBuffer.of(object_ids, kinds, indices, depths, frame.camera, serial)

    def seen_objects(self, object_count: int) -> NDArray[np.bool_]:
        """(O + 1,) by object id + 1: what is in front anywhere in what pass 1 has drawn, specks aside."""
        if self._seen is not None and len(self._seen) == object_count + 1:
            return self._seen
        seen = self._seen = np.zeros(object_count + 1, np.bool_)
        kinds, indices = decode_ids(self._surfaces.read_bytes(_ID, upside_down=True)[::2, ::2])
        rows = np.where(kinds == KIND_OBJECT, indices + 1, 0)  # cubes have numbers of their own
        seen[np.minimum(rows, object_count)] = True
        return seen

    def pick(self, frame: Frame, layers: Iterable[Layer], x: int, y: int, reach: int) -> PointerHit:
        """What is drawn at a pixel, thin things being found within `reach` pixels."""
        width, height = self._surfaces.size
        if not (0 <= x < width and 0 <= y < height):
            return PointerHit(x, y)
        left, top = max(x - reach, 0), max(y - reach, 0)
        box = (left, top, min(x + reach + 1, width) - left, min(y + reach + 1, height) - top)
        solid = (*decode_ids(self._surfaces.read_bytes(_ID, box)), self._surfaces.read_floats(_DEPTH, box))
        kinds, indices, depths = self._with_thin(frame, layers, box, solid)
        return hit_in_patch(kinds, indices, depths, (left, top), (x, y), frame.camera)

    def _with_thin(self, frame: Frame, layers: Iterable[Layer], box: Box, solid: _Patch) -> _Patch:
        """Pixels of a box with the lines that can be picked over them."""
        pickable = [layer for layer in layers if layer.is_pickable and layer.is_drawn]
        if not pickable:
            return solid
        self._thin.depth = self._surfaces.depth
        self._thin.resize(*self._surfaces.size)
        self._thin.bind()
        left, top, width, height = box
        GL.glEnable(GL.GL_SCISSOR_TEST)
        GL.glScissor(left, self._surfaces.size[1] - top - height, width, height)
        GL.glClearColor(0.0, 0.0, 0.0, 0.0)
        GL.glClear(GL.GL_COLOR_BUFFER_BIT)
        GL.glDisable(GL.GL_BLEND)
        GL.glEnable(GL.GL_DEPTH_TEST)
        GL.glDepthFunc(IN_FRONT)
        GL.glDepthMask(False)
        for layer in pickable:
            layer.draw_pickable(frame)
        GL.glDepthMask(True)
        GL.glDisable(GL.GL_SCISSOR_TEST)
        kinds, indices = decode_ids(self._thin.read_bytes(0, box))
        # one looks through see-through cubes at what stands behind them
        thin = (kinds > 0) & ((kinds != KIND_VOXEL) | (solid[0] == 0))
        depths = np.where(thin, self._thin.read_floats(1, box), solid[2])
        return np.where(thin, kinds, solid[0]), np.where(thin, indices, solid[1]), depths

    def read_picture(self) -> NDArray[np.uint8]:
        """The composed picture (H, W, 4), row 0 on top."""
        if self._picture is None:
            return np.zeros((0, 0, 4), np.uint8)
        return self._picture.read_bytes(0)

    def release(self) -> None:
        for mark in (*self._steps_told, self._end_told):
            if mark is not None:
                GL.glDeleteSync(mark)
        self._steps_told, self._end_told = [], None
        self._surfaces.release()
        self._smoothed.release()
        self._thin.release()
        self._glass.release()
        self._occlusion.release()
        if self._picture is not None:
            self._picture.release()
