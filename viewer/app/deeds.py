"""What was done to labels, in a form that can be written down and repeated."""

from __future__ import annotations

from dataclasses import dataclass

from viewer.model.history import Step
from viewer.model.instances import RGB
from viewer.model.labels import LabelEdit


@dataclass(frozen=True, slots=True, eq=False)
class StepDone:
    """A step was added to the history."""

    step: Step


@dataclass(frozen=True, slots=True, eq=False)
class WentTo:
    """Undo, redo or a jump led to this position of the history, and changed these labels in all."""

    position: int
    edits: tuple[LabelEdit, ...]


@dataclass(frozen=True, slots=True)
class InstancesCounted:
    """There are this many instance ids now; `restarted` when the list was begun anew."""

    count: int
    restarted: bool = False


@dataclass(frozen=True, slots=True)
class InstanceStyled:
    """An instance has this color and name now; None = the usual one."""

    instance_id: int
    color: RGB | None
    name: str | None


@dataclass(frozen=True, slots=True)
class LabelsReplaced:
    """Labels, ids and history are others now, and nothing leads back."""


Deed = StepDone | WentTo | InstancesCounted | InstanceStyled | LabelsReplaced
