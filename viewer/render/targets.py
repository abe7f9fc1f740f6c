"""Off-screen pictures with several colour planes, and reading them back.

vispy's FrameBuffer has one colour plane and returns bytes; the id pass needs three planes at once, one of
them in floats. So frame buffers are made with OpenGL's own calls here, in vispy's context, out of vispy's
textures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vispy import gloo
from vispy.gloo.context import GLContext

from viewer.errors import GpuError
from viewer.render.gl import GL

DEPTH_FLOAT32 = GL.GL_DEPTH_COMPONENT32F
RGBA8 = "rgba8"
R32F = "r32f"
RGBA16F = "rgba16f"
Box = tuple[int, int, int, int]
"""Left, top, width and height in pixels."""
_CHANNELS = {RGBA8: 4, R32F: 1, RGBA16F: 4}


DRIVER_ERRORS = (RuntimeError,)
"""What vispy and our own calls (`GLError`) raise when the driver refuses something."""


def driver_problem(error: Exception) -> GpuError:
    """The driver's refusal in a sentence."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = lines[0] if lines else type(error).__name__
    return GpuError(
        f"the graphics driver cannot draw the 3D view: {said}",
        hint="update the graphics driver, or close other programs that use the graphics card",
    )


def flush(context: GLContext) -> None:
    """Run vispy's queued commands now, so that plain OpenGL calls may follow."""
    context.flush_commands()
    GL.check("vispy's commands")


def send(context: GLContext, item: gloo.globject.GLObject) -> None:
    """Create a vispy object, and whatever belongs to it, on the graphics card now."""
    context.glir.associate(item.glir)
    flush(context)


def gl_name(context: GLContext, item: gloo.globject.GLObject) -> int:
    """OpenGL's own number of a vispy object."""
    send(context, item)
    return int(context.shared.parser.get_object(item.id).handle)


class Targets:
    """A frame buffer with colour planes of given formats and, if wanted, a float32 depth buffer."""

    def __init__(
        self,
        context: GLContext,
        formats: Sequence[str],
        depth: gloo.framebuffer.RenderBuffer | bool = False,
        linear: bool = False,
    ) -> None:
        self._context = context
        self._formats = tuple(formats)
        self._linear = linear
        self._own_depth = depth is True
        self.depth = None if isinstance(depth, bool) else depth
        self.planes: tuple[gloo.Texture2D, ...] = ()
        self.size = (0, 0)
        self._frame_buffer = 0
        self._floats: NDArray[np.float32] | None = None

    def resize(self, width: int, height: int) -> bool:
        """Make the planes that big; True when they are new, with undefined content."""
        if self.size == (width, height):
            return False
        self.release()
        shape = (height, width)
        how = "linear" if self._linear else "nearest"
        self.planes = tuple(
            gloo.Texture2D(
                shape=(*shape, _CHANNELS[form]),
                format="red" if form == R32F else "rgba",
                internalformat=form,
                interpolation=how,
            )
            for form in self._formats
        )
        if self._own_depth:
            self.depth = gloo.RenderBuffer(shape, DEPTH_FLOAT32)
        names = [gl_name(self._context, plane) for plane in self.planes]
        self._frame_buffer = GL.new_framebuffer()
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._frame_buffer)
        for k, name in enumerate(names):
            GL.glFramebufferTexture2D(
                GL.GL_FRAMEBUFFER, GL.GL_COLOR_ATTACHMENT0 + k, GL.GL_TEXTURE_2D, name, 0
            )
        if self.depth is not None:
            GL.glFramebufferRenderbuffer(
                GL.GL_FRAMEBUFFER,
                GL.GL_DEPTH_ATTACHMENT,
                GL.GL_RENDERBUFFER,
                gl_name(self._context, self.depth),
            )
        status = GL.glCheckFramebufferStatus(GL.GL_FRAMEBUFFER)
        if status != GL.GL_FRAMEBUFFER_COMPLETE:
            raise GpuError(
                f"the graphics driver refused an off-screen picture of {width} by {height} pixels "
                f"(status {int(status):#x})",
                hint="update the graphics driver, or make the window smaller",
            )
        self.size = (width, height)
        return True

    def bind(self, planes: Sequence[int] | None = None) -> None:
        """Draw into these planes (all of them by default) from now on, over the whole picture."""
        flush(self._context)
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._frame_buffer)
        chosen = range(len(self.planes)) if planes is None else planes
        attachments = np.array([GL.GL_COLOR_ATTACHMENT0 + k for k in chosen], np.uint32)
        GL.glDrawBuffers(len(attachments), attachments)
        GL.glViewport(0, 0, *self.size)

    def read_bytes(
        self, plane: int, box: Box | None = None, *, upside_down: bool = False
    ) -> NDArray[np.uint8]:
        """A plane of RGBA bytes (H, W, 4), row 0 on top unless told; of all pixels or those in a box."""
        pixels = self._read(plane, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, np.dtype(np.uint8), 4, box)
        return (pixels if upside_down else np.ascontiguousarray(pixels[::-1])).view(np.uint8)

    def read_floats(self, plane: int, box: Box | None = None) -> NDArray[np.float32]:
        """A plane of floats (H, W), row 0 on top; of all pixels or those in a box."""
        pixels = self._read(plane, GL.GL_RED, GL.GL_FLOAT, np.dtype(np.float32), 1, box)
        return np.ascontiguousarray(pixels[::-1])[..., 0].view(np.float32)

    def read_floats_again(self, plane: int) -> NDArray[np.float32]:
        """A plane of floats (H, W), row 0 at the bottom, in memory that the next call uses again.

        Memory that is new to the process takes many times as long to write to as the reading itself.
        """
        if self._floats is None or self._floats.shape[:2] != self.size[::-1]:
            self._floats = np.empty((*self.size[::-1], 1), np.float32)
        self._read(plane, GL.GL_RED, GL.GL_FLOAT, self._floats.dtype, 1, None, self._floats)
        return self._floats[..., 0]

    def _read(
        self,
        plane: int,
        layout: int,
        kind: int,
        dtype: np.dtype[Any],
        channels: int,
        box: Box | None,
        into: NDArray[Any] | None = None,
    ) -> NDArray[Any]:
        left, top, width, height = box or (0, 0, *self.size)
        flush(self._context)
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._frame_buffer)
        GL.glReadBuffer(GL.GL_COLOR_ATTACHMENT0 + plane)
        GL.glPixelStorei(GL.GL_PACK_ALIGNMENT, 1)
        pixels = np.empty((height, width, channels), dtype) if into is None else into
        GL.glReadPixels(left, self.size[1] - top - height, width, height, layout, kind, pixels)
        return pixels

    def release(self) -> None:
        """Give the memory back."""
        for plane in self.planes:
            plane.delete()
        if self._own_depth and self.depth is not None:
            self.depth.delete()
            self.depth = None
        if self._frame_buffer:
            GL.delete_framebuffer(self._frame_buffer)
        self.planes, self._frame_buffer, self.size = (), 0, (0, 0)
        self._floats = None
