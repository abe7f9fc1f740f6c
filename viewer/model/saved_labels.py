"""Labels as found on disk with a scene."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class SavedLabels:
    """The label files of a scene; an array that is absent is None."""

    semantic: NDArray[np.int64]  # (O,)
    instance: NDArray[np.int64]  # (O,)
    class_colors: NDArray[np.int64] | None = None  # (L + 1, 3), row 0 = -1
    instance_colors: NDArray[np.int64] | None = None  # (K + 1, 3), row 0 = -1
