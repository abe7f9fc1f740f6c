"""For which labels the boxes were made, and which of them have become stale since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viewer.model.boxes import BoxSets, OrientedBoxes
from viewer.model.scene import Scene

if TYPE_CHECKING:
    from viewer.app.labelling import Labelling

Ints = NDArray[np.int64]


class BoxAges:
    """The instance of every object when each kind of boxes was made, and what did not fit even then."""

    def __init__(
        self, made_for: Mapping[str, Ints] | None = None, misfits: Mapping[str, Ints] | None = None
    ) -> None:
        self._made_for = {} if made_for is None else dict(made_for)
        self._misfits = {} if misfits is None else dict(misfits)

    @classmethod
    def of_scene(cls, scene: Scene | None, labelling: Labelling | None) -> BoxAges:
        """Those of boxes that were read with the labels."""
        sets = None if scene is None else scene.part(BoxSets)
        if sets is None or labelling is None:
            return cls()
        return cls(dict.fromkeys(sets.by_kind, labelling.labels.instance.copy()))

    def made(self, kinds: Iterable[str], instance: Ints) -> BoxAges:
        """The same, with boxes of these kinds made for `instance` (O,)."""
        made = dict.fromkeys(kinds, np.array(instance, np.int64))
        misfits = {kind: ids for kind, ids in self._misfits.items() if kind not in made}
        return BoxAges(self._made_for | made, misfits)

    def with_misfits(self, misfits: Mapping[str, Ints]) -> BoxAges:
        """The same, with instances whose boxes did not fit already when they were read."""
        return BoxAges(self._made_for, misfits)

    def stale(self, kind: str, instance: Ints) -> Ints:
        """Ascending instances whose members are others now than those the boxes of a kind were made for."""
        misfits = self._misfits.get(kind, np.empty(0, np.int64))
        then = self._made_for.get(kind)
        if then is None or len(then) != len(instance):
            return misfits
        moved = then != instance
        touched = np.unique(np.concatenate([then[moved], instance[moved], misfits]))
        return touched[touched > 0]


def members_of(instance: Ints, count: int) -> Ints:
    """(K + 1,) how many objects each instance 0 to `count` has; row 0 is unused."""
    return np.bincount(instance[instance > 0], minlength=count + 1)[: count + 1].astype(np.int64)


def needs_box(boxes: OrientedBoxes, stale: Ints, instance: Ints) -> Ints:
    """Those of the stale instances whose box is to be fitted or taken away."""
    used = np.isin(stale, instance) | np.isin(stale, boxes.ids)
    return stale[used]
