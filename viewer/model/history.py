"""Undo without limit: what was done, step by step, packed so that a day of strokes stays small."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from viewer.errors import FormatError
from viewer.model.labels import LabelChange, LabelEdit, LabelLayer, ObjectLabels


class Command(Protocol):
    """Something done to labels that can be taken back."""

    @property
    def title(self) -> str: ...

    def apply(self, labels: ObjectLabels) -> tuple[LabelChange, ...]:
        """Do it; gives what has to be redrawn."""
        ...

    def revert(self, labels: ObjectLabels) -> tuple[LabelChange, ...]:
        """Take it back."""
        ...


_LAYERS = (LabelLayer.SEMANTIC, LabelLayer.INSTANCE)
_HEADER = struct.Struct("<BBBBI")  # layer, kinds of object_ids, before, after, count
_WIDTHS: tuple[np.dtype[Any], ...] = tuple(np.dtype(f"<i{size}") for size in (1, 2, 4, 8))
_CONSTANT = 4
_RUN = 8


def pack_edit(edit: LabelEdit) -> bytes:
    """An edit in as few bytes as its numbers need; `unpack_edits` is its inverse."""
    columns = [_pack_column(column) for column in (edit.object_ids, edit.before, edit.after)]
    header = _HEADER.pack(_LAYERS.index(edit.layer), *(kind for kind, _ in columns), len(edit.object_ids))
    return header + b"".join(data for _, data in columns)


def _pack_column(column: NDArray[np.int64]) -> tuple[int, bytes]:
    """A column's kind (width, and whether it is one value or a run of 1, 2, 3, …) and its bytes."""
    low, high = int(column.min()), int(column.max())
    width = next(
        k for k, dtype in enumerate(_WIDTHS) if np.iinfo(dtype).min <= low and high <= np.iinfo(dtype).max
    )
    if low == high:
        return width | _CONSTANT, column[:1].astype(_WIDTHS[width]).tobytes()
    if high - low == len(column) - 1 and (np.diff(column) == 1).all():
        return width | _RUN, column[:1].astype(_WIDTHS[width]).tobytes()
    return width, column.astype(_WIDTHS[width]).tobytes()


def unpack_edits(data: bytes) -> tuple[LabelEdit, ...]:
    """The edits of one or several packed ones, one after the other.

    Raises FormatError when the bytes are not what `pack_edit` made.
    """
    edits = []
    at = 0
    try:
        while at < len(data):
            layer, *kinds, count = _HEADER.unpack_from(data, at)
            at += _HEADER.size
            columns = []
            for kind in kinds:
                dtype = _WIDTHS[kind & 3]
                stored = 1 if kind & (_CONSTANT | _RUN) else count
                column = np.frombuffer(data, dtype, stored, at).astype(np.int64)
                at += stored * dtype.itemsize
                if kind & _CONSTANT:
                    column = np.repeat(column, count)
                elif kind & _RUN:
                    column = column[0] + np.arange(count)
                columns.append(column)
            edits.append(LabelEdit(_LAYERS[layer], *columns))
    except (struct.error, ValueError, IndexError) as error:
        raise FormatError(
            f"expected a packed label edit, found {len(data)} bytes of something else"
        ) from error
    return tuple(edits)


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One thing the user did: its title, and the label edits it made, packed."""

    title: str
    packed: bytes
    instance_count: int  # how many instance ids existed afterwards

    @classmethod
    def of(cls, title: str, edits: Sequence[LabelEdit], instance_count: int) -> Step:
        return cls(title, b"".join(pack_edit(edit) for edit in edits), instance_count)

    @property
    def edits(self) -> tuple[LabelEdit, ...]:
        return unpack_edits(self.packed)

    def apply(self, labels: ObjectLabels) -> tuple[LabelChange, ...]:
        return tuple(edit.apply(labels) for edit in self.edits)

    def revert(self, labels: ObjectLabels) -> tuple[LabelChange, ...]:
        return tuple(edit.revert(labels) for edit in reversed(self.edits))


class History:
    """The steps done, and the steps undone that can be done again. Knows which state is the saved one.

    Position 0 is before the first step, position n after n steps.
    """

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._position = 0
        self._clean: int | None = 0

    @property
    def steps(self) -> Sequence[Step]:
        """Done and undone steps, oldest first; must not be changed."""
        return self._steps

    @property
    def position(self) -> int:
        return self._position

    @property
    def can_undo(self) -> bool:
        return self._position > 0

    @property
    def can_redo(self) -> bool:
        return self._position < len(self._steps)

    @property
    def undo_title(self) -> str | None:
        """What the next undo would take back."""
        return self._steps[self._position - 1].title if self.can_undo else None

    @property
    def redo_title(self) -> str | None:
        return self._steps[self._position].title if self.can_redo else None

    @property
    def is_clean(self) -> bool:
        """Whether this is the state that was last saved."""
        return self._clean == self._position

    @property
    def clean_position(self) -> int | None:
        """Where the saved state is; None when no undo or redo leads there any more."""
        return self._clean

    def push(self, step: Step) -> None:
        """Add a step that has just been done; what was undone before it is gone."""
        del self._steps[self._position :]
        if self._clean is not None and self._clean > self._position:
            self._clean = None
        self._steps.append(step)
        self._position += 1

    def mark_clean(self, position: int | None = None) -> None:
        """Say that the state at a position (the present one when None) is the saved one."""
        self._clean = self._position if position is None else position

    def forget_clean(self) -> None:
        """Say that no state is the saved one."""
        self._clean = None

    def walk(self, position: int, labels: ObjectLabels) -> Iterator[LabelChange]:
        """Undo or redo up to a position, telling what has to be redrawn on the way."""
        target = min(max(position, 0), len(self._steps))
        while self._position > target:
            self._position -= 1
            yield from self._steps[self._position].revert(labels)
        while self._position < target:
            step = self._steps[self._position]
            self._position += 1
            yield from step.apply(labels)

    def clear(self) -> None:
        """Forget every step; the present state counts as the saved one."""
        self._steps.clear()
        self._position = 0
        self._clean = 0
