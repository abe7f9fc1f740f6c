"""The classes an object can have: ids, names and colors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.errors import LabelError


@dataclass(frozen=True, slots=True)
class LabelClass:
    """One class: id >= 1, name, sRGB color."""

    id: int
    name: str
    color: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class LabelTable:
    """The classes in their file's order; ids are unique and >= 1 but may have holes.

    Raises LabelError for a reserved (<= 0) or repeated id, and for an empty table.
    """

    classes: tuple[LabelClass, ...]

    def __post_init__(self) -> None:
        if not self.classes:
            raise LabelError("expected at least one class in the label table, found none")
        seen: set[int] = set()
        for entry in self.classes:
            if entry.id <= 0:
                raise LabelError(f"class id {entry.id} is reserved; expected ids of 1 or more")
            if entry.id in seen:
                raise LabelError(f"class id {entry.id} stands twice in the label table")
            seen.add(entry.id)

    def __len__(self) -> int:
        return len(self.classes)

    def get(self, class_id: int) -> LabelClass | None:
        return next((entry for entry in self.classes if entry.id == class_id), None)

    def name_of(self, class_id: int) -> str:
        entry = self.get(class_id)
        return entry.name if entry is not None else f"unknown class {class_id}"

    @property
    def largest_id(self) -> int:
        return max(entry.id for entry in self.classes)

    def color_rows(self) -> NDArray[np.int64]:
        """(largest id + 1, 3) RGB 0..255; row i is class i, -1 in row 0 and where no class has the id."""
        rows = np.full((self.largest_id + 1, 3), -1, np.int64)
        for entry in self.classes:
            rows[entry.id] = entry.color
        return rows
