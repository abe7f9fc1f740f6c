"""A mesh that OpenGL draws where it lies, in the program's own memory.

Software drawing has no other: a copy would take as much once more, and time before the first picture. It
can be told so (GL_AMD_pinned_memory); a graphics card that can would have to fetch every vertex from afar.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from viewer.model.mesh import GpuMesh
from viewer.model.mesh_detail import MeshDetail
from viewer.render.gl import GL, GLError
from viewer.render.visuals.face_buffers import FaceBuffers, VertexLayout, filled
from viewer.render.visuals.sent_mesh import VERTICES_PER_PIECE

_DRAWS_FROM_MEMORY = "llvmpipe"


def can_share_memory() -> bool:
    """True where the current context draws arrays of the program as well as copies of them."""
    return _can_share(GL.text(GL.GL_RENDERER) or "")


@lru_cache
def _can_share(renderer: str) -> bool:
    if _DRAWS_FROM_MEMORY not in renderer:
        return False
    probe = np.zeros(16, np.float32)
    try:
        name = filled(GL.GL_EXTERNAL_VIRTUAL_MEMORY_BUFFER_AMD, probe.nbytes, probe)
    except GLError:
        return False
    GL.delete_buffers([name])
    return True


class SharedMesh:
    """The arrays of a mesh as buffers; the same, from outside, as `SentMesh`. They must not change."""

    def __init__(self, mesh: GpuMesh) -> None:
        self.own = FaceBuffers()
        self.coarse = FaceBuffers()
        self._kept = mesh.kept_vertices()
        self.origin = mesh.origin if self._kept is None else np.zeros(3)
        self._vertices = VertexLayout.packed(0)
        self._buffers: list[int] = []
        self._arrays: list[NDArray[np.generic]] = []  # alive as long as their buffers

    def send_mesh(self, mesh: GpuMesh) -> Iterator[int]:
        """Share its arrays; vertices are packed first where they are not in memory as they are drawn."""
        if self._kept is not None:
            self._vertices = VertexLayout.apart(self._share(self._kept), self._share(mesh.object_of_vertex))
        else:
            packed = np.empty((mesh.vertex_count, 4), np.float32)
            for start in range(0, mesh.vertex_count, VERTICES_PER_PIECE):
                some = mesh.positions_and_object(slice(start, start + VERTICES_PER_PIECE))
                packed[start : start + len(some)] = some
                yield some.nbytes
            self._vertices = VertexLayout.packed(self._share(packed))
        yield self._add(self.own, mesh.faces)

    def send_coarse(self, detail: MeshDetail) -> Iterator[int]:
        """Share the faces of coarser forms likewise."""
        if len(detail.faces):
            yield self._add(self.coarse, detail.faces)

    def _add(self, to: FaceBuffers, faces: NDArray[np.uint32]) -> int:
        to.add(self._vertices, self._share(np.ascontiguousarray(faces)), len(faces))
        return faces.nbytes

    def _share(self, array: NDArray[np.generic]) -> int:
        name = filled(GL.GL_EXTERNAL_VIRTUAL_MEMORY_BUFFER_AMD, array.nbytes, array)
        self._buffers.append(name)
        self._arrays.append(array)
        return name

    def release(self) -> None:
        """Let go of the arrays."""
        GL.delete_buffers(self._buffers)
        GL.glFinish()  # nothing is read from them any more
        self.own, self.coarse = FaceBuffers(), FaceBuffers()
        self._buffers, self._arrays = [], []
