"""Other ways to divide a mesh's faces: groups and materials."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.model.arrays import frozen_array
from viewer.model.run_length import RunLengthArray


@dataclass(frozen=True, slots=True, eq=False)
class FaceGroups:
    """The group of every face, -1 = none."""

    group_of_face: RunLengthArray  # (F,)
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FaceMaterials:
    """The material of every face, -1 = none, and each material's diffuse color."""

    material_of_face: RunLengthArray  # (F,)
    names: tuple[str, ...]
    diffuse: NDArray[np.float32]  # (M, 3) as the file has it, 0..1; NaN where it has none

    def __post_init__(self) -> None:
        fixed = frozen_array("material colors", self.diffuse, np.float32, (len(self.names), 3))
        object.__setattr__(self, "diffuse", fixed)
