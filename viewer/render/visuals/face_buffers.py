"""Faces in OpenGL's own buffers, drawn in ranges: vispy's draw all of a buffer, and most is out of sight."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from viewer.render.detail_choice import Ranges
from viewer.render.gl import GL

VERTEX_BYTES = 16


def filled(kind: int, size: int, content: NDArray[np.generic] | None) -> int:
    """OpenGL's number of a new buffer of `size` bytes, with this content or room for it."""
    name = GL.new_buffer()
    GL.glBindBuffer(kind, name)
    GL.glBufferData(kind, size, content, GL.GL_STATIC_DRAW)
    GL.glBindBuffer(kind, 0)
    return name


@dataclass(frozen=True, slots=True)
class VertexLayout:
    """In which buffers the place and the object of every vertex are, and how; strides and offset in bytes."""

    xyz_buffer: int
    xyz_stride: int
    object_buffer: int
    object_stride: int
    object_offset: int
    object_kind: int

    @classmethod
    def packed(cls, buffer: int) -> VertexLayout:
        """Four floats a vertex, the last of which is its object."""
        return cls(buffer, VERTEX_BYTES, buffer, VERTEX_BYTES, 12, GL.GL_FLOAT)

    @classmethod
    def apart(cls, xyz_buffer: int, object_buffer: int) -> VertexLayout:
        """Three floats a vertex in one buffer, and an int32 in the other."""
        return cls(xyz_buffer, 12, object_buffer, 4, 0, GL.GL_INT)

    def bind(self, xyz: int, owner: int) -> None:
        """Have vertex attributes read from here; -1 for the objects where a program does not use them."""
        GL.glBindBuffer(GL.GL_ARRAY_BUFFER, self.xyz_buffer)
        GL.glVertexAttribPointer(xyz, 3, GL.GL_FLOAT, False, self.xyz_stride, 0)
        if owner >= 0:
            GL.glBindBuffer(GL.GL_ARRAY_BUFFER, self.object_buffer)
            GL.glVertexAttribPointer(
                owner, 1, self.object_kind, False, self.object_stride, self.object_offset
            )


@dataclass(slots=True, eq=False)
class FaceBuffers:
    """Buffers that hold a list of faces in order, each a part of it with vertices in one place."""

    starts: list[int] = field(default_factory=list)  # the first face of each
    vertices: list[VertexLayout] = field(default_factory=list)
    corners: list[int] = field(default_factory=list)
    face_count: int = 0

    def add(self, vertices: VertexLayout, corners: int, count: int) -> None:
        """The next faces are in a buffer of `corners`, in terms of these vertices."""
        self.starts.append(self.face_count)
        self.vertices.append(vertices)
        self.corners.append(corners)
        self.face_count += count

    def draw(self, ranges: Ranges, program: int) -> None:
        """Draw ranges of the faces with OpenGL's program; the rest of its state is set."""
        xyz, owner = (GL.glGetAttribLocation(program, name) for name in (b"a_xyz", b"a_object"))
        for number, (first, count) in self.cut(ranges):
            corner_counts = np.ascontiguousarray(3 * count, np.int32)
            offsets = np.ascontiguousarray(12 * first, np.uintp)
            self.vertices[number].bind(xyz, owner)
            GL.glBindBuffer(GL.GL_ELEMENT_ARRAY_BUFFER, self.corners[number])
            GL.glMultiDrawElements(
                GL.GL_TRIANGLES, corner_counts, GL.GL_UNSIGNED_INT, offsets, len(corner_counts)
            )
        GL.glBindBuffer(GL.GL_ELEMENT_ARRAY_BUFFER, 0)
        GL.glBindBuffer(GL.GL_ARRAY_BUFFER, 0)

    def cut(self, ranges: Ranges) -> list[tuple[int, Ranges]]:
        """Ranges cut at the ends of buffers: numbers of buffers, and ranges within each."""
        first, count = ranges
        if not len(first):
            return []
        if len(self.starts) == 1:
            return [(0, ranges)]
        starts = np.array([*self.starts, self.face_count], np.int64)
        last = first + count - 1
        number_of_first = np.searchsorted(starts, first, side="right") - 1
        pieces = np.searchsorted(starts, last, side="right") - number_of_first
        source = np.repeat(np.arange(len(first)), pieces)
        number = number_of_first[source] + np.arange(len(source)) - (np.cumsum(pieces) - pieces)[source]
        begin = np.maximum(first[source], starts[number])
        end = np.minimum(last[source] + 1, starts[number + 1])
        # ascending, like the ranges
        borders = np.flatnonzero(np.diff(number)) + 1
        parts = (np.split(column, borders) for column in (number, begin - starts[number], end - begin))
        return [(int(of[0]), (begins, counts)) for of, begins, counts in zip(*parts, strict=True)]
