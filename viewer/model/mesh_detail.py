"""Coarser forms of a mesh, object by object, for pictures that must be drawn quickly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class MeshDetail:
    """Levels of detail of every object of a `GpuMesh`; level 0 is the mesh itself.

    Coarser faces use vertices of the mesh, so that nothing but indices is added. Rows are those of
    `ObjectRows`.
    """

    faces: NDArray[np.uint32]  # (D, 3) of the coarser levels, vertices of the mesh
    first: NDArray[np.int64]  # (O + 1, L) first face of an object's level; of level 0 in the mesh's own faces
    count: NDArray[np.int64]  # (O + 1, L) faces of it; never 0 where level 0 has some
    first_of_run: NDArray[np.int64]  # (N + 1,) first of `faces` of each of `ObjectRows.runs`, and their end
    error: NDArray[np.float32]
    """(O + 1, L) how far a vertex may have moved, world units; rises with the level; 0 = the mesh itself."""

    @property
    def level_count(self) -> int:
        return int(self.count.shape[1])

    @property
    def face_count(self) -> int:
        """Faces of the mesh itself."""
        return int(self.count[:, 0].sum())
