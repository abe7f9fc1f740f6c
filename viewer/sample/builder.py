"""Putting shapes together to a scene: named objects, groups, materials, labels and lamps."""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from viewer.model.labels import NO_LABEL
from viewer.sample.shapes import Floats, Point, Shape, rotation_about

Piece = tuple[Shape, str]
"""A shape and the name of its material."""


class Labelled(enum.Enum):
    """How far somebody got with labelling a piece of furniture."""

    BOTH = "class and instance"
    CLASS = "class only"
    INSTANCE = "instance only"
    NOTHING = "not yet"


@dataclass(slots=True, eq=False)
class SceneObject:
    """One low-level object, in world metres."""

    name: str
    group: str
    pieces: list[Piece]
    tint: tuple[float, float, float]
    class_name: str | None
    instance: int
    shares_vertices_in: str | None


@dataclass(frozen=True, slots=True)
class Lamp:
    """A glowing ball that lights its room."""

    position: tuple[float, float, float]  # m
    radius: float  # m
    intensity: tuple[float, float, float]  # radiant intensity, linear RGB


@dataclass(frozen=True, slots=True)
class _Place:
    rotation: Floats
    offset: Floats


@dataclass(frozen=True, slots=True)
class _Item:
    group: str
    class_name: str | None
    instance: int


@dataclass(slots=True, eq=False)
class Builder:
    """Collects what is built. `at` nests places, `item` says what the objects added inside belong to."""

    seed: int = 7
    check: Callable[[], None] = lambda: None
    """Called now and then; raises when the work is to stop."""
    objects: list[SceneObject] = field(default_factory=list)
    lamps: list[Lamp] = field(default_factory=list)
    rng: np.random.Generator = field(init=False)
    _places: list[_Place] = field(init=False)
    _items: list[_Item] = field(init=False)
    _names: dict[str, int] = field(init=False, default_factory=dict)
    _groups: dict[str, int] = field(init=False, default_factory=dict)
    _instances: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)
        self._places = [_Place(np.eye(3), np.zeros(3))]
        self._items = [_Item("default", None, NO_LABEL)]

    @contextlib.contextmanager
    def at(self, x: float, y: float, z: float = 0.0, turn: float = 0.0) -> Iterator[None]:
        """Inside, the origin is at x, y, z of the place outside, turned by degrees about the vertical."""
        outer = self._places[-1]
        offset = outer.offset + outer.rotation @ np.array([x, y, z])
        self._places.append(_Place(outer.rotation @ rotation_about("z", turn), offset))
        try:
            yield
        finally:
            self._places.pop()

    @contextlib.contextmanager
    def item(self, group: str, class_name: str | None, labelled: Labelled = Labelled.BOTH) -> Iterator[str]:
        """Inside, objects form one piece of furniture of a class. Gives the group's name."""
        self.check()
        has_class = labelled in (Labelled.BOTH, Labelled.CLASS) and class_name is not None
        has_instance = labelled in (Labelled.BOTH, Labelled.INSTANCE)
        if has_instance:
            self._instances += 1
        unique = _numbered(group, self._groups)
        instance = self._instances if has_instance else NO_LABEL
        self._items.append(_Item(unique, class_name if has_class else None, instance))
        try:
            yield unique
        finally:
            self._items.pop()

    def add(
        self,
        name: str,
        *pieces: Piece,
        tint: Point = (1.0, 1.0, 1.0),
        shares_vertices_in: str | None = None,
    ) -> None:
        """Add one object made of pieces, each with its material.

        Objects that name the same place in `shares_vertices_in` share the vertices where they touch.
        """
        place, item = self._places[-1], self._items[-1]
        placed = [(_placed(shape, place), material) for shape, material in pieces]
        color = (float(tint[0]), float(tint[1]), float(tint[2]))
        unique = _numbered(name, self._names)
        self.objects.append(
            SceneObject(unique, item.group, placed, color, item.class_name, item.instance, shares_vertices_in)
        )

    def lamp(self, at: Point, radius: float, watts: float, color: Point = (1.0, 0.74, 0.46)) -> None:
        """A light in the present place; `watts` is a relative brightness."""
        place = self._places[-1]
        x, y, z = (float(value) for value in place.offset + place.rotation @ np.asarray(at, np.float64))
        red, green, blue = (watts * float(channel) for channel in color)
        self.lamps.append(Lamp((x, y, z), radius, (red, green, blue)))

    def pick(self, *choices: str) -> str:
        return choices[int(self.rng.integers(len(choices)))]

    def vary(self, color: Point, amount: float = 0.06) -> tuple[float, float, float]:
        """A colour a little lighter or darker than another."""
        factor = 1 + float(self.rng.uniform(-amount, amount))
        return color[0] * factor, color[1] * factor, color[2] * factor


def _placed(shape: Shape, place: _Place) -> Shape:
    positions = shape.positions @ place.rotation.T + place.offset
    return Shape(positions, shape.normals @ place.rotation.T, shape.uvs, shape.faces)


def _numbered(name: str, used: dict[str, int]) -> str:
    """The name, or the name with the next number when it stands already."""
    count = used.get(name, 0)
    used[name] = count + 1
    return name if count == 0 else f"{name}_{count:03d}"


@dataclass(frozen=True, slots=True, eq=False)
class Triangles:
    """All shapes of a scene as one list of triangles; every shape keeps its own vertices. Metres."""

    positions: Floats  # (N, 3)
    normals: Floats  # (N, 3)
    uvs: Floats  # (N, 2)
    faces: NDArray[np.int64]  # (F, 3)
    object_of_face: NDArray[np.int64]  # (F,)
    material_of_face: NDArray[np.int64]  # (F,)


def all_triangles(objects: list[SceneObject], materials: dict[str, int]) -> Triangles:
    """The triangles of objects, in their order. `materials` gives each material's id."""
    shapes = [shape for thing in objects for shape, _ in thing.pieces]
    offsets = np.cumsum([0] + [len(shape.positions) for shape in shapes[:-1]])
    counts = [len(shape.faces) for shape in shapes]
    owners = [index for index, thing in enumerate(objects) for _ in thing.pieces]
    stuff = [materials[name] for thing in objects for _, name in thing.pieces]
    return Triangles(
        np.concatenate([shape.positions for shape in shapes]),
        np.concatenate([shape.normals for shape in shapes]),
        np.concatenate([shape.uvs for shape in shapes]),
        np.concatenate([shape.faces + offset for shape, offset in zip(shapes, offsets, strict=True)]),
        np.repeat(owners, counts),
        np.repeat(stuff, counts),
    )
