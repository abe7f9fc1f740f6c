"""The flat itself: rooms, walls with openings, floors, ceilings, skirting, doors and windows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from viewer.sample.builder import Builder, Labelled
from viewer.sample.shapes import Shape, join, quad, rounded_box

CEILING = 2.7  # m
INNER_WALL = 0.12
OUTER_WALL = 0.30
DOOR_HEIGHT = 2.05


@dataclass(frozen=True, slots=True)
class Room:
    """A rectangle of floor; metres."""

    name: str
    x: tuple[float, float]
    y: tuple[float, float]
    floor: str  # material
    floor_turned: bool = False

    @property
    def centre(self) -> tuple[float, float]:
        return sum(self.x) / 2, sum(self.y) / 2


ROOMS = (
    Room("living", (-6.0, 0.4), (-4.2, 0.72), "oak_planks"),
    Room("kitchen", (0.52, 3.5), (-4.2, -0.9), "tile_floor"),
    Room("bathroom", (3.62, 6.0), (-4.2, -0.9), "tile_bath_floor"),
    Room("hall", (0.52, 6.0), (-0.78, 0.72), "oak_planks"),
    Room("bedroom", (1.9, 6.0), (0.84, 4.2), "oak_planks", True),
    Room("study", (-2.2, 1.78), (0.84, 4.2), "oak_planks", True),
    Room("kids", (-6.0, -2.32), (0.84, 4.2), "oak_planks", True),
)


@dataclass(frozen=True, slots=True)
class Opening:
    """A hole in a wall: along it from start to end, from sill to head."""

    start: float
    end: float
    sill: float = 0.0
    head: float = DOOR_HEIGHT


def _panel(
    start: tuple[float, float],
    direction: tuple[float, float],
    length: float,
    openings: tuple[Opening, ...],
    *,
    flip: bool,
) -> Shape:
    """One face of a wall with its openings left out, seen from the right of its direction (or the left)."""
    cuts = sorted({0.0, length, *(o.start for o in openings), *(o.end for o in openings)})
    quads = []
    for a, b in pairwise(cuts):
        hole = next((o for o in openings if o.start <= a and b <= o.end), None)
        bands = [(0.0, CEILING)] if hole is None else [(0.0, hole.sill), (hole.head, CEILING)]
        for low, high in bands:
            if high - low > 1e-6:
                quads.append(_upright(start, direction, (a, b), (low, high), flip))
    return join(*quads)


def _upright(
    start: tuple[float, float],
    direction: tuple[float, float],
    span: tuple[float, float],
    heights: tuple[float, float],
    flip: bool,
) -> Shape:
    along = np.array([*direction, 0.0])
    origin = np.array([*start, 0.0])
    a, b = origin + along * span[0], origin + along * span[1]
    low, high = np.array([0, 0, heights[0]]), np.array([0, 0, heights[1]])
    corners = [a + low, b + low, b + high, a + high]
    shape = quad(corners[::-1] if flip else corners)
    # Wall paint and tiles run on across cells, so measure along the whole wall.
    uvs = np.column_stack([(shape.positions - origin) @ along, shape.positions[:, 2]])
    return shape.with_uvs(uvs)


def _reveals(
    start: tuple[float, float],
    direction: tuple[float, float],
    depth: tuple[float, float],
    openings: tuple[Opening, ...],
    *,
    threshold: bool = False,
) -> Shape | None:
    """The inner sides of openings, from depth[0] to depth[1] left of the wall's line."""
    along, left = np.array([*direction, 0.0]), np.array([-direction[1], direction[0], 0.0])
    origin = np.array([*start, 0.0])
    sides = []
    for o in openings:
        corner = [
            origin + along * s + np.array([0, 0, z]) for s in (o.start, o.end) for z in (o.sill, o.head)
        ]
        low_a, high_a, low_b, high_b = corner
        near, far = left * depth[0], left * depth[1]
        sides.append(quad([low_a + near, low_a + far, high_a + far, high_a + near]))
        sides.append(quad([low_b + near, high_b + near, high_b + far, low_b + far]))
        sides.append(quad([high_a + near, high_a + far, high_b + far, high_b + near]))
        if o.sill > 0 or threshold:
            sides.append(quad([low_a + near, low_b + near, low_b + far, low_a + far]))
    return join(*sides) if sides else None


def inner_wall(
    b: Builder,
    name: str,
    start: tuple[float, float],
    end: tuple[float, float],
    openings: tuple[Opening, ...] = (),
    materials: tuple[str, str] = ("plaster_white", "plaster_white"),
) -> None:
    """A wall of full thickness whose right face runs from start to end; materials of right and left face."""
    vector = np.subtract(end, start)
    length = float(np.linalg.norm(vector))
    direction = (float(vector[0] / length), float(vector[1] / length))
    left = (-direction[1] * INNER_WALL, direction[0] * INNER_WALL)
    other = (start[0] + left[0], start[1] + left[1])
    right_face = _panel(start, direction, length, openings, flip=False)
    left_face = _panel(other, direction, length, openings, flip=True)
    across = np.array([*left, 0.0])
    tops = [np.array([*start, CEILING]), np.array([*end, CEILING])]
    caps = [quad([tops[0], tops[1], tops[1] + across, tops[0] + across])]
    down = np.array([0, 0, CEILING])
    caps.append(quad([tops[0] - down, tops[0], tops[0] + across, tops[0] + across - down]))
    caps.append(quad([tops[1] - down, tops[1] + across - down, tops[1] + across, tops[1]]))
    pieces = [(right_face, materials[0]), (left_face, materials[1]), (join(*caps), "plaster_white")]
    reveals = _reveals(start, direction, (0.0, INNER_WALL), openings)
    if reveals is not None:
        pieces.append((reveals, "plaster_white"))
    with b.item(name, "wall"):
        b.add(name, *pieces, shares_vertices_in="shell")


def outer_wall(
    b: Builder,
    name: str,
    start: tuple[float, float],
    end: tuple[float, float],
    openings: tuple[Opening, ...] = (),
    materials: tuple[tuple[float, str], ...] = ((1e9, "plaster_white"),),
) -> None:
    """An outer wall with the room on its right: inner face, reveals, top and facade.

    `materials` are (up to this length, material) along the wall, for walls that pass several rooms.
    """
    vector = np.subtract(end, start)
    length = float(np.linalg.norm(vector))
    direction = (float(vector[0] / length), float(vector[1] / length))
    left = np.array([-direction[1], direction[0], 0.0]) * OUTER_WALL
    pieces = []
    begin = 0.0
    for until, material in materials:
        stop = min(until, length)
        origin = (start[0] + direction[0] * begin, start[1] + direction[1] * begin)
        inside = tuple(
            Opening(o.start - begin, o.end - begin, o.sill, o.head)
            for o in openings
            if begin <= o.start and o.end <= stop
        )
        pieces.append((_panel(origin, direction, stop - begin, inside, flip=False), material))
        begin = stop
    # The facade goes round the corners.
    beyond = np.array([*direction, 0.0]) * OUTER_WALL
    top_a, top_b = np.array([*start, CEILING]), np.array([*end, CEILING])
    pieces.append((quad([top_a, top_b, top_b + left + beyond, top_a + left - beyond]), "plaster_white"))
    outside = np.array([*start, 0.0]) + left - beyond
    shifted = tuple(Opening(o.start + OUTER_WALL, o.end + OUTER_WALL, o.sill, o.head) for o in openings)
    corner = (float(outside[0]), float(outside[1]))
    facade = _panel(corner, direction, length + 2 * OUTER_WALL, shifted, flip=True)
    pieces.append((facade, "plaster_facade"))
    reveals = _reveals(start, direction, (0.0, OUTER_WALL), openings, threshold=True)
    if reveals is not None:
        pieces.append((reveals, "plaster_white"))
    with b.item(name, "wall"):
        b.add(name, *pieces, shares_vertices_in="shell")


def floors_and_ceilings(b: Builder) -> None:
    lap = 0.06  # into the walls, so that no light and no view slips through the corner
    for room in ROOMS:
        (x0, x1), (y0, y1) = room.x, room.y
        x0, x1, y0, y1 = x0 - lap, x1 + lap, y0 - lap, y1 + lap
        level = quad([(x0, y0, 0), (x1, y0, 0), (x1, y1, 0), (x0, y1, 0)])
        uvs = level.positions[:, [1, 0]] if room.floor_turned else level.positions[:, :2]
        with b.item(f"floor_{room.name}", "floor"):
            b.add(f"floor_{room.name}", (level.with_uvs(uvs.copy()), room.floor), shares_vertices_in="shell")
        over = quad([(x0, y1, CEILING), (x1, y1, CEILING), (x1, y0, CEILING), (x0, y0, CEILING)])
        with b.item(f"ceiling_{room.name}", "ceiling"):
            b.add(f"ceiling_{room.name}", (over, "ceiling_paint"), shares_vertices_in="shell")


def skirting(b: Builder, room: str, start: tuple[float, float], end: tuple[float, float]) -> None:
    """A skirting board along a wall; the room is to the right of its direction."""
    vector = np.subtract(end, start)
    length = float(np.linalg.norm(vector))
    turn = float(np.degrees(np.arctan2(vector[1], vector[0])))
    with b.at(*start, turn=turn), b.item(f"skirting_{room}", "otherstructure", Labelled.CLASS):
        board = rounded_box((length, 0.016, 0.08), 0.005).moved(length / 2, -0.008)
        b.add(f"skirting_{room}_obj", (board, "lacquer_white"))
