"""A scene: the parts that were found, and those that were not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Gap:
    """Something a scene could have and has not, or that could not be read."""

    what: str  # "Mesh", "Images of cam_00"
    expected_at: Path | None
    why: str  # "not in the public download", or the sentence of the error
    enables: str = ""  # what it would make possible
    is_broken: bool = False  # True: the file is there and malformed; False: simply absent


@dataclass(frozen=True, slots=True, eq=False)
class ObjectTable:
    """The low-level objects of a scene: object id = position."""

    names: tuple[str, ...]
    source: str = ""  # where the list came from, for the inventory

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True, slots=True, eq=False)
class NodeTable:
    """Render nodes: what `render_entity_id` images count.

    `object_of_node[r]` is the object of node id r, -1 for none; row 0 is unused and -1.
    """

    object_of_node: NDArray[np.int32]  # (M + 1,)
    names: tuple[str, ...]  # (M + 1,)

    def objects_in(self, entity_ids: NDArray[np.integer]) -> NDArray[np.int32]:
        """Object id of every pixel of a `render_entity_id` image, -1 where nothing was hit or known."""
        known = (entity_ids > 0) & (entity_ids < len(self.object_of_node))
        return self.object_of_node[np.where(known, entity_ids, 0)]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Everything read from a scene's folders. Parts are found by their type."""

    name: str
    path: Path
    metres_per_unit: float = 1.0
    up: NDArray[np.float64] = field(default_factory=lambda: np.array([0.0, 0.0, 1.0]))
    parts: Mapping[type, object] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    sources: Mapping[str, Path] = field(default_factory=dict)
    """Which folder each part came from, by the part's title in the inventory."""
    label_folder: Path | None = None
    """Where labels were found, or where they would be saved; None when the dataset has no labels."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", MappingProxyType(dict(self.parts)))

    def part(self, kind: type[Part]) -> Part | None:
        found = self.parts.get(kind)
        return found if isinstance(found, kind) else None

    @property
    def object_count(self) -> int:
        table = self.part(ObjectTable)
        return 0 if table is None else len(table)

    def with_parts(self, *parts: object, gaps: Iterable[Gap] = ()) -> Scene:
        """This scene with more parts, each replacing the one of its type."""
        merged = {**self.parts, **{type(part): part for part in parts}}
        return Scene(
            self.name,
            self.path,
            self.metres_per_unit,
            self.up,
            merged,
            (*self.gaps, *gaps),
            self.sources,
            self.label_folder,
        )
