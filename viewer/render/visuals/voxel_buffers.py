"""Faces of cubes on the graphics card, a few numbers for each, drawn as instances of one square.

The buffers are OpenGL's own: a gloo program draws a whole buffer, and most of it is out of sight.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from viewer.render.gl import GL
from viewer.render.visuals.face_buffers import filled
from viewer.render.visuals.sent_mesh import UPLOAD_BYTES

FACE_FLOATS = 5
_FACE_BYTES = 4 * FACE_FLOATS
FACES_PER_BUFFER = UPLOAD_BYTES // _FACE_BYTES


class FaceRows:
    """A list of faces in buffers, and the corners of the square that each is drawn as."""

    def __init__(self) -> None:
        self._buffers: list[int] = []
        self._corners = 0

    def upload(self, rows: NDArray[np.float32]) -> Iterator[int]:
        """Send the faces (F, 5), at most `UPLOAD_BYTES` before each yield."""
        square = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32)
        self._corners = filled(GL.GL_ARRAY_BUFFER, square.nbytes, square)
        for start in range(0, len(rows), FACES_PER_BUFFER):
            part = np.ascontiguousarray(rows[start : start + FACES_PER_BUFFER])
            self._buffers.append(filled(GL.GL_ARRAY_BUFFER, part.nbytes, part))
            yield part.nbytes

    def draw(self, program: int, starts: NDArray[np.int64], counts: NDArray[np.int64]) -> None:
        """Draw ranges of the faces in this order, with OpenGL's program; the rest of its state is set."""
        corner, face, leaf = (
            GL.glGetAttribLocation(program, name) for name in (b"a_corner", b"a_face", b"a_leaf")
        )
        used = [(face, 4, 0), *([(leaf, 1, 16)] if leaf >= 0 else [])]
        GL.glBindBuffer(GL.GL_ARRAY_BUFFER, self._corners)
        GL.glEnableVertexAttribArray(corner)
        GL.glVertexAttribDivisor(corner, 0)
        GL.glVertexAttribPointer(corner, 2, GL.GL_FLOAT, False, 8, 0)
        for place, _, _ in used:
            GL.glEnableVertexAttribArray(place)
            GL.glVertexAttribDivisor(place, 1)
        bound = -1
        for start, count in zip(starts.tolist(), counts.tolist(), strict=True):
            first, last = start, start + count
            while first < last:  # a range may reach over the end of a buffer
                number, offset = divmod(first, FACES_PER_BUFFER)
                faces = min(last - first, FACES_PER_BUFFER - offset)
                if number != bound:
                    GL.glBindBuffer(GL.GL_ARRAY_BUFFER, self._buffers[number])
                    bound = number
                for place, floats, byte in used:
                    at = offset * _FACE_BYTES + byte
                    GL.glVertexAttribPointer(place, floats, GL.GL_FLOAT, False, _FACE_BYTES, at)
                GL.glDrawArraysInstanced(GL.GL_TRIANGLE_STRIP, 0, 4, faces)
                first += faces
        for place, _, _ in used:
            GL.glVertexAttribDivisor(place, 0)
            GL.glDisableVertexAttribArray(place)
        GL.glDisableVertexAttribArray(corner)
        GL.glBindBuffer(GL.GL_ARRAY_BUFFER, 0)

    def release(self) -> None:
        """Give the memory back."""
        GL.delete_buffers([*self._buffers, *([self._corners] if self._corners else [])])
        self._buffers, self._corners = [], 0
