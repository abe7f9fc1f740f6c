"""OpenGL's own calls, which the passes make beside vispy's gloo; each is followed by a look for errors.

vispy brings only what OpenGL ES 2 has. A general binding takes a tenth of a second to import and 15 MB.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Sequence
from ctypes import c_char_p, c_double, c_float, c_int, c_ssize_t, c_ubyte, c_uint, c_uint64, c_void_p
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from vispy.gloo.gl import gl2


class GLError(RuntimeError):
    """OpenGL reports an error."""


class _Memory:
    """A parameter that takes a contiguous array, a number of bytes into a buffer, or None."""

    @staticmethod
    def from_param(value: NDArray[Any] | int | None) -> ctypes.c_void_p:
        if isinstance(value, np.ndarray):
            if not value.flags.c_contiguous:
                raise ValueError("expected a contiguous array for OpenGL, found one with gaps")
            return ctypes.c_void_p(value.ctypes.data)
        return ctypes.c_void_p(value)


# result, then parameters, as the standard declares them
_FUNCTIONS: Final[dict[str, tuple[Any, ...]]] = {
    "glBindBuffer": (None, c_uint, c_uint),
    "glBindFramebuffer": (None, c_uint, c_uint),
    "glBindTexture": (None, c_uint, c_uint),
    "glBlendFunc": (None, c_uint, c_uint),
    "glBlendFuncSeparate": (None, c_uint, c_uint, c_uint, c_uint),
    "glBufferData": (None, c_uint, c_ssize_t, _Memory, c_uint),
    "glBufferSubData": (None, c_uint, c_ssize_t, c_ssize_t, _Memory),
    "glCheckFramebufferStatus": (c_uint, c_uint),
    "glClear": (None, c_uint),
    "glClearColor": (None, c_float, c_float, c_float, c_float),
    "glClearDepth": (None, c_double),
    "glClipControl": (None, c_uint, c_uint),
    "glClientWaitSync": (c_uint, c_void_p, c_uint, c_uint64),
    "glDeleteBuffers": (None, c_int, _Memory),
    "glDeleteFramebuffers": (None, c_int, _Memory),
    "glDeleteSync": (None, c_void_p),
    "glDepthFunc": (None, c_uint),
    "glDepthMask": (None, c_ubyte),
    "glDisable": (None, c_uint),
    "glDisableVertexAttribArray": (None, c_uint),
    "glDrawArraysInstanced": (None, c_uint, c_int, c_int, c_int),
    "glDrawBuffers": (None, c_int, _Memory),
    "glEnable": (None, c_uint),
    "glEnableVertexAttribArray": (None, c_uint),
    "glFenceSync": (c_void_p, c_uint, c_uint),
    "glFinish": (None,),
    "glFlush": (None,),
    "glFramebufferRenderbuffer": (None, c_uint, c_uint, c_uint, c_uint),
    "glFramebufferTexture2D": (None, c_uint, c_uint, c_uint, c_uint, c_int),
    "glGenBuffers": (None, c_int, _Memory),
    "glGenFramebuffers": (None, c_int, _Memory),
    "glGetAttribLocation": (c_int, c_uint, c_char_p),
    "glGetError": (c_uint,),
    "glGetIntegerv": (None, c_uint, _Memory),
    "glGetString": (c_char_p, c_uint),
    "glMultiDrawElements": (None, c_uint, _Memory, c_uint, _Memory, c_int),
    "glPixelStorei": (None, c_uint, c_int),
    "glPolygonMode": (None, c_uint, c_uint),
    "glReadBuffer": (None, c_uint),
    "glReadPixels": (None, c_int, c_int, c_int, c_int, c_uint, c_uint, _Memory),
    "glScissor": (None, c_int, c_int, c_int, c_int),
    "glUseProgram": (None, c_uint),
    "glVertexAttribDivisor": (None, c_uint, c_uint),
    "glVertexAttribPointer": (None, c_uint, c_int, c_uint, c_ubyte, c_int, _Memory),
    "glViewport": (None, c_int, c_int, c_int, c_int),
}
_TELL_BY_RESULT: Final = {"glGetError", "glGetString"}
_ERRORS: Final = {
    0x0500: "invalid enumerant",
    0x0501: "invalid value",
    0x0502: "invalid operation",
    0x0505: "out of memory",
    0x0506: "invalid framebuffer operation",
}
_MOST_ERRORS: Final = 8
"""Without a context some drivers never tire of reporting one."""


class OpenGL:
    """Functions and constants under the standard's names; a function is loaded when it is first called.

    Arrays are passed as they are. Every call raises GLError when OpenGL has come upon an error, be it one
    of vispy's calls before it.
    """

    GL_ARRAY_BUFFER = 0x8892
    GL_BLEND = 0x0BE2
    GL_CLIP_DISTANCE0 = 0x3000
    GL_COLOR_ATTACHMENT0 = 0x8CE0
    GL_COLOR_BUFFER_BIT = 0x4000
    GL_CULL_FACE = 0x0B44
    GL_DEPTH_ATTACHMENT = 0x8D00
    GL_DEPTH_BUFFER_BIT = 0x0100
    GL_DEPTH_COMPONENT32F = 0x8CAC
    GL_DEPTH_TEST = 0x0B71
    GL_DITHER = 0x0BD0
    GL_ELEMENT_ARRAY_BUFFER = 0x8893
    GL_EXTERNAL_VIRTUAL_MEMORY_BUFFER_AMD = 0x9160
    GL_FILL = 0x1B02
    GL_FLOAT = 0x1406
    GL_FRAMEBUFFER = 0x8D40
    GL_FRAMEBUFFER_COMPLETE = 0x8CD5
    GL_FRONT_AND_BACK = 0x0408
    GL_GREATER = 0x0204
    GL_INT = 0x1404
    GL_LESS = 0x0201
    GL_LINE = 0x1B01
    GL_LOWER_LEFT = 0x8CA1
    GL_MAJOR_VERSION = 0x821B
    GL_MAX_SAMPLES = 0x8D57
    GL_MAX_TEXTURE_SIZE = 0x0D33
    GL_MAX_VIEWPORT_DIMS = 0x0D3A
    GL_MINOR_VERSION = 0x821C
    GL_ONE = 1
    GL_ONE_MINUS_SRC_ALPHA = 0x0303
    GL_PACK_ALIGNMENT = 0x0D05
    GL_RED = 0x1903
    GL_RENDERBUFFER = 0x8D41
    GL_RENDERER = 0x1F01
    GL_RGBA = 0x1908
    GL_SCISSOR_TEST = 0x0C11
    GL_SHADING_LANGUAGE_VERSION = 0x8B8C
    GL_SRC_ALPHA = 0x0302
    GL_STATIC_DRAW = 0x88E4
    GL_SYNC_FLUSH_COMMANDS_BIT = 0x0001
    GL_SYNC_GPU_COMMANDS_COMPLETE = 0x9117
    GL_TEXTURE_2D = 0x0DE1
    GL_TIMEOUT_EXPIRED = 0x911B
    GL_TRIANGLES = 0x0004
    GL_TRIANGLE_STRIP = 0x0005
    GL_UNSIGNED_BYTE = 0x1401
    GL_UNSIGNED_INT = 0x1405
    GL_VENDOR = 0x1F00
    GL_VERSION = 0x1F02
    GL_ZERO = 0
    GL_ZERO_TO_ONE = 0x935F

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in _FUNCTIONS:
            raise AttributeError(f"{name} is not among the functions of OpenGL that are used")
        native = _loaded(name, *_FUNCTIONS[name])
        call = native if name in _TELL_BY_RESULT else self._checked(name, native)
        setattr(self, name, call)  # found before this method is asked, next time
        return call

    def _checked(self, name: str, native: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            result = native(*arguments)
            self.check(name)
            return result

        return call

    def check(self, after: str) -> None:
        """Raise GLError when OpenGL has come upon an error since it was last asked; `after` is said, too."""
        error = self.glGetError()
        if not error:
            return
        found = [error]
        while len(found) < _MOST_ERRORS and (error := self.glGetError()):
            found.append(error)
        words = dict.fromkeys(_ERRORS.get(number, f"error {number:#06x}") for number in found)
        raise GLError(f"{', '.join(words)} ({after})")

    def integers(self, what: int, count: int) -> tuple[int, ...]:
        """A limit or state of the driver, of so many numbers."""
        values = np.zeros(count, np.int32)
        self.glGetIntegerv(what, values)
        return tuple(values.tolist())

    def text(self, what: int) -> str | None:
        """What the driver says of itself; None without a context."""
        said: bytes | None = self.glGetString(what)
        return None if said is None else said.decode("utf-8", "replace")

    def new_buffer(self) -> int:
        """The name of a new buffer."""
        return self._new(self.glGenBuffers)

    def new_framebuffer(self) -> int:
        """The name of a new frame buffer."""
        return self._new(self.glGenFramebuffers)

    def delete_buffers(self, names: Sequence[int]) -> None:
        """Give the memory of buffers back."""
        if names:
            self.glDeleteBuffers(len(names), np.array(names, np.uint32))

    def delete_framebuffer(self, name: int) -> None:
        """Give a frame buffer back; what is attached to it stays."""
        self.glDeleteFramebuffers(1, np.array([name], np.uint32))

    @staticmethod
    def _new(generate: Callable[..., Any]) -> int:
        name = np.zeros(1, np.uint32)
        generate(1, name)
        return int(name[0])


def _loaded(name: str, result: Any, *parameters: Any) -> Callable[..., Any]:
    """A function of the library that vispy has loaded. Raises GLError where it lacks that."""
    try:
        function = getattr(_library(), name)
    except AttributeError as error:
        address = _windows_address(name)
        if address is None:
            raise GLError(f"the OpenGL library has no {name}") from error
        # called as the library's own functions are
        function = type(_library().glGetError)(address)
    function.restype, function.argtypes = result, parameters
    return function


_opened: list[Any] = []


def _library() -> Any:
    """vispy's library opened once more: function objects are kept with it, and vispy's have other types."""
    if not _opened:
        if gl2._lib is None:
            raise GLError("there is no OpenGL library")
        _opened.append(type(gl2._lib)(gl2._lib._name))
    return _opened[0]


def _windows_address(name: str) -> int | None:
    """Where what is newer than OpenGL 1.1 lies, which Windows's own library does not tell."""
    if sys.platform != "win32":
        return None
    ask = _library().wglGetProcAddress
    ask.restype, ask.argtypes = ctypes.c_void_p, (c_char_p,)
    return ask(name.encode()) or None


GL: Final = OpenGL()
