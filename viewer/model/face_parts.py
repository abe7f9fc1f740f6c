"""Other ways to divide a mesh's faces: groups and materials."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.model.arrays import frozen_array


@dataclass(frozen=True, slots=True, eq=False)
class FaceGroups:
    """The group of every face, -1 = none."""

    group_of_face: NDArray[np.int32]  # (F,)
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        fixed = frozen_array("group of face", self.group_of_face, np.int32, (None,))
        object.__setattr__(self, "group_of_face", fixed)


@dataclass(frozen=True, slots=True, eq=False)
class FaceMaterials:
    """The material of every face, -1 = none, and each material's diffuse color."""

    material_of_face: NDArray[np.int32]  # (F,)
    names: tuple[str, ...]
    diffuse: NDArray[np.float32]  # (M, 3) as the file has it, 0..1; NaN where it has none

    def __post_init__(self) -> None:
        fix = object.__setattr__
        fixed = frozen_array("material of face", self.material_of_face, np.int32, (None,))
        fix(self, "material_of_face", fixed)
        count = len(self.names)
        fix(self, "diffuse", frozen_array("material colors", self.diffuse, np.float32, (count, 3)))
