"""A mesh copied into buffers none of which is large: drivers clear what they make room for, while all waits.

Every run of objects has a buffer of its own for its vertices, and some for the corners of its triangles.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from viewer.model.mesh import GpuMesh
from viewer.model.mesh_detail import MeshDetail
from viewer.render.background import Background
from viewer.render.gl import GL
from viewer.render.visuals.face_buffers import VERTEX_BYTES, FaceBuffers, VertexLayout, filled

UPLOAD_BYTES = 8 << 20
"""What one idle tick may send to the graphics card."""
FACES_PER_BUFFER = 1 << 18
"""Corners of so many triangles share a buffer."""
VERTICES_PER_PIECE = UPLOAD_BYTES // 4 // VERTEX_BYTES
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


class SentMesh:
    """Copies of a mesh on the graphics card: of its own faces, and of those of its coarser forms."""

    def __init__(self, mesh: GpuMesh) -> None:
        self.origin = mesh.origin
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
            yield self._send_faces(self.own, vertices, piece)

    def send_coarse(self, detail: MeshDetail) -> Iterator[int]:
        """Send the faces of coarser forms likewise."""
        first = detail.first_of_run
        for k, (numbering, vertices) in enumerate(zip(self._numberings, self._vertices, strict=True)):
            of_run = detail.faces[first[k] : first[k + 1]]
            for start in range(0, len(of_run), FACES_PER_BUFFER):
                piece = yield from numbering.inside(of_run[start : start + FACES_PER_BUFFER])
                yield self._send_faces(self.coarse, vertices, piece)
        # nothing more is said in terms of the mesh
        self._numberings.clear()

    @staticmethod
    def _send_faces(to: FaceBuffers, vertices: int, faces: NDArray[np.uint32]) -> int:
        """Faces in terms of a buffer of vertices; returns their bytes."""
        corners = filled(GL.GL_ELEMENT_ARRAY_BUFFER, faces.nbytes, np.ascontiguousarray(faces))
        to.add(VertexLayout.packed(vertices), corners, len(faces))
        return faces.nbytes

    def release(self) -> None:
        """Give the graphics memory back."""
        GL.delete_buffers([*self._vertices, *self.own.corners, *self.coarse.corners])
        self.own, self.coarse = FaceBuffers(), FaceBuffers()
        self._vertices, self._numberings = [], []
