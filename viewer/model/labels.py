"""What each object is labelled as, and how that changes."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer.errors import LabelError

NO_LABEL = -1


class LabelLayer(enum.Enum):
    """The two labels every object carries."""

    SEMANTIC = "semantic"
    INSTANCE = "instance"


class ObjectLabels:
    """Class (semantic) and instance id of every object, int64, -1 = none.

    The one mutable pair of arrays in the program; changed only by `LabelEdit`s.
    """

    __slots__ = ("instance", "semantic")

    def __init__(self, semantic: ArrayLike, instance: ArrayLike) -> None:
        self.semantic = np.array(semantic, np.int64)
        self.instance = np.array(instance, np.int64)
        if self.semantic.ndim != 1 or self.semantic.shape != self.instance.shape:
            raise LabelError(
                f"expected two label columns of one length, found {self.semantic.shape} "
                f"and {self.instance.shape}"
            )

    @classmethod
    def none(cls, object_count: int) -> ObjectLabels:
        """No object has any label."""
        return cls(np.full(object_count, NO_LABEL), np.full(object_count, NO_LABEL))

    def __len__(self) -> int:
        return len(self.semantic)

    def layer(self, layer: LabelLayer) -> NDArray[np.int64]:
        """The array of one layer, (O,). Write to it only through a `LabelEdit`."""
        return self.semantic if layer is LabelLayer.SEMANTIC else self.instance

    def copy(self) -> ObjectLabels:
        return ObjectLabels(self.semantic, self.instance)

    def equals(self, other: ObjectLabels) -> bool:
        return np.array_equal(self.semantic, other.semantic) and np.array_equal(self.instance, other.instance)


@dataclass(frozen=True, slots=True, eq=False)
class LabelChange:
    """What a listener must redraw, nothing more."""

    layer: LabelLayer
    object_ids: NDArray[np.int64]  # (K,) ascending


@dataclass(frozen=True, slots=True, eq=False)
class LabelEdit:
    """Objects of one layer and their labels before and after; never empty."""

    layer: LabelLayer
    object_ids: NDArray[np.int64]  # (K,) ascending
    before: NDArray[np.int64]  # (K,)
    after: NDArray[np.int64]  # (K,)

    @classmethod
    def assign(
        cls, labels: ObjectLabels, layer: LabelLayer, object_ids: NDArray[np.integer], values: ArrayLike
    ) -> LabelEdit | None:
        """The edit that gives objects (K,) new values (scalar or (K,)); None when nothing would change."""
        ids = np.asarray(object_ids, np.int64)
        after = np.broadcast_to(np.asarray(values, np.int64), ids.shape)
        before = labels.layer(layer)[ids]
        changed = before != after
        if not changed.any():
            return None
        order = np.argsort(ids[changed], kind="stable")
        return cls(layer, ids[changed][order], before[changed][order], after[changed][order])

    def apply(self, labels: ObjectLabels) -> LabelChange:
        labels.layer(self.layer)[self.object_ids] = self.after
        return LabelChange(self.layer, self.object_ids)

    def revert(self, labels: ObjectLabels) -> LabelChange:
        labels.layer(self.layer)[self.object_ids] = self.before
        return LabelChange(self.layer, self.object_ids)

    @property
    def byte_count(self) -> int:
        """Memory the three arrays take."""
        return self.object_ids.nbytes + self.before.nbytes + self.after.nbytes
