"""A mesh in buffers none of which is large: drivers clear what they make room for, while everything waits.

Every run of objects has a buffer of its own for its vertices, and some for the corners of its triangles.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from viewer.model.mesh import GpuMesh
from viewer.render.background import Background
from viewer.render.detail_choice import Ranges
from viewer.render.gl import GL

UPLOAD_BYTES = 8 << 20
"""What one idle tick may send to the graphics card."""
FACES_PER_BUFFER = 1 << 18
"""Corners of so many triangles share a buffer."""
VERTICES_PER_PIECE = UPLOAD_BYTES // 4 // 16
VERTEX_BYTES = 16
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Numbering:
    """Which vertices of a mesh are in a buffer: those from `first` on, or these, ascending."""

    count: int
    first: int = 0
    ids: NDArray[np.uint32] | None = None

    def which(self, start: int, stop: int) -> slice | NDArray[np.uint32]:
        """The mesh's numbers of some vertices of the buffer."""
        if self.ids is not None:
            return self.ids[start:stop]
        return slice(self.first + start, self.first + min(stop, self.count))

    def inside(self, faces: NDArray[np.uint32]) -> Generator[int, None, NDArray[np.uint32]]:
        """Faces in terms of the buffer; yields 0 while a thread looks them up."""
        ids = self.ids
        if ids is None:
            return faces - np.uint32(self.first) if self.first else faces
        found = yield from _in_thread(lambda: np.searchsorted(ids, faces.reshape(-1)))
        return found.astype(np.uint32).reshape(-1, 3)


def numbered(faces: NDArray[np.uint32]) -> Generator[int, None, Numbering]:
    """How to number the vertices of some faces; yields 0 while a thread looks for them."""
    if not len(faces):
        return Numbering(0)
    low, high = int(faces.min()), int(faces.max())
    if high - low < len(faces):
        # vertices that follow each other, and few but they
        return Numbering(high - low + 1, low)
    ids = yield from _in_thread(lambda: np.unique(faces))
    return Numbering(len(ids), ids=ids)


def _in_thread(work: Callable[[], T]) -> Generator[int, None, T]:
    background = Background(lambda _check: work())
    for _ in background.waits():
        yield 0
    return background.result


def filled(kind: int, size: int, content: NDArray[np.generic] | None) -> int:
    """OpenGL's number of a new buffer of `size` bytes, with this content or room for it."""
    name = GL.new_buffer()
    GL.glBindBuffer(kind, name)
    GL.glBufferData(kind, size, content, GL.GL_STATIC_DRAW)
    GL.glBindBuffer(kind, 0)
    return name


@dataclass(slots=True, eq=False)
class FaceBuffers:
    """Buffers that hold a list of faces in order, each for a part of it that belongs to one run."""

    starts: list[int] = field(default_factory=list)  # the first face of each
    vertices: list[int] = field(default_factory=list)
    corners: list[int] = field(default_factory=list)
    face_count: int = 0

    def send(self, vertices: int, faces: NDArray[np.uint32]) -> int:
        """Put the next faces, in terms of a buffer of vertices, into a buffer; returns its bytes."""
        corners = filled(GL.GL_ELEMENT_ARRAY_BUFFER, faces.nbytes, np.ascontiguousarray(faces))
        self.starts.append(self.face_count)
        self.vertices.append(vertices)
        self.corners.append(corners)
        self.face_count += len(faces)
        return faces.nbytes

    def draw(self, ranges: Ranges, place: int) -> None:
        """Draw ranges of the faces; `place` is the vertex attribute, the rest of OpenGL's state is set."""
        for number, (first, count) in self.cut(ranges):
            corner_counts = np.ascontiguousarray(3 * count, np.int32)
            offsets = np.ascontiguousarray(12 * first, np.uintp)
            GL.glBindBuffer(GL.GL_ARRAY_BUFFER, self.vertices[number])
            GL.glVertexAttribPointer(place, 4, GL.GL_FLOAT, False, VERTEX_BYTES, None)
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


class MeshBuffers:
    """All of a mesh that is on the graphics card: its own faces, and those of its coarser forms."""

    def __init__(self) -> None:
        self.own = FaceBuffers()
        self.coarse = FaceBuffers()
        self._vertices: list[int] = []
        self._numberings: list[Numbering] = []

    def send_mesh(self, mesh: GpuMesh) -> Iterator[int]:
        """Send in small steps, yielding the bytes of each; faces follow when their vertices are there."""
        for start, stop in mesh.rows.runs():
            faces = mesh.faces[mesh.rows.first_face[start] : mesh.rows.first_face[stop]]
            numbering = yield from numbered(faces)
            vertices = filled(GL.GL_ARRAY_BUFFER, VERTEX_BYTES * numbering.count, None)
            self._numberings.append(numbering)
            self._vertices.append(vertices)
            yield 0
            yield from self._send_run(mesh, (yield from numbering.inside(faces)), numbering, vertices)

    def _send_run(
        self, mesh: GpuMesh, faces: NDArray[np.uint32], numbering: Numbering, vertices: int
    ) -> Iterator[int]:
        sent = 0
        for start in range(0, len(faces), FACES_PER_BUFFER):
            piece = faces[start : start + FACES_PER_BUFFER]
            needed = int(piece.max()) + 1
            while sent < needed:
                some = mesh.positions_and_object(numbering.which(sent, sent + VERTICES_PER_PIECE))
                GL.glBindBuffer(GL.GL_ARRAY_BUFFER, vertices)
                GL.glBufferSubData(GL.GL_ARRAY_BUFFER, VERTEX_BYTES * sent, some.nbytes, some)
                GL.glBindBuffer(GL.GL_ARRAY_BUFFER, 0)
                sent += len(some)
                yield some.nbytes
            yield self.own.send(vertices, piece)

    def send_coarse(self, faces: NDArray[np.uint32], first_of_run: NDArray[np.int64]) -> Iterator[int]:
        """Send faces of coarser forms, the n-th run's from `first_of_run[n]` on, likewise."""
        for k, (numbering, vertices) in enumerate(zip(self._numberings, self._vertices, strict=True)):
            of_run = faces[first_of_run[k] : first_of_run[k + 1]]
            for start in range(0, len(of_run), FACES_PER_BUFFER):
                piece = yield from numbering.inside(of_run[start : start + FACES_PER_BUFFER])
                yield self.coarse.send(vertices, piece)
        # nothing more is said in terms of the mesh
        self._numberings.clear()

    def release(self) -> None:
        """Give the graphics memory back."""
        GL.delete_buffers([*self._vertices, *self.own.corners, *self.coarse.corners])
        self.own, self.coarse = FaceBuffers(), FaceBuffers()
        self._vertices, self._numberings = [], []
