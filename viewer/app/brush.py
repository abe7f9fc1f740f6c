"""The brush: what the next stroke will do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from viewer.errors import LabelError
from viewer.model.filters import FaceFilters, Filter, Prefer
from viewer.model.labels import LabelLayer
from viewer.tools.registry import tool_named


@dataclass(frozen=True, slots=True)
class Brush:
    """Layer, tool, current ids and options; the defaults are the state after loading a scene."""

    layer: LabelLayer = LabelLayer.SEMANTIC
    tool: str = "rectangle"
    class_id: int = 1
    instance_id: int = 1
    erase: bool = False
    unique: bool = False
    """A new instance id for each object; has effect in the instance layer only."""
    filters: FaceFilters = field(default_factory=FaceFilters)
    prefer: Prefer = Prefer.OBJECT
    select_through: bool = False
    """Label all objects at the pixels, not only those in front."""

    @property
    def current_id(self) -> int:
        """The id that a stroke in the current layer gives."""
        return self.class_id if self.layer is LabelLayer.SEMANTIC else self.instance_id

    def with_current_id(self, label: int) -> Brush:
        """With another id for the current layer."""
        if self.layer is LabelLayer.SEMANTIC:
            return replace(self, class_id=label)
        return replace(self, instance_id=label)

    @property
    def gives_unique_ids(self) -> bool:
        return self.unique and not self.erase and self.layer is LabelLayer.INSTANCE

    def changed(self, **changes: Any) -> Brush:
        """With some fields changed, by the rule that toggling erase or unique, either way, clears the other.

        The rule is for what is not given: `changed(erase=False, unique=True)` does exactly that. Raises
        LabelError for ids below 1 and unknown tools.
        """
        for name in ("class_id", "instance_id"):
            if changes.get(name, 1) < 1:
                raise LabelError(f"expected {name.replace('_', ' ')} of 1 or more, found {changes[name]}")
        if "tool" in changes:
            tool_named(changes["tool"])
        if changes.get("erase", self.erase) != self.erase:
            changes.setdefault("unique", False)
        if changes.get("unique", self.unique) != self.unique:
            changes.setdefault("erase", False)
        return replace(self, **changes)

    def with_filter(self, which: Filter, on: bool) -> Brush:
        """With a filter turned on or off; a filter that is so already stays, and so does its opposite."""
        return (
            self if self.filters.is_on(which) == on else replace(self, filters=self.filters.turned(which, on))
        )
