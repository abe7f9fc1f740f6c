"""Where light comes from in the flat, and how much of it reaches a place.

Irradiance is divided by pi throughout, so that reflected radiance is reflectance times it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from viewer.sample.builder import Lamp
from viewer.sample.rays import LIFT, Floats, Ints, RayTarget, dot, tangents
from viewer.sample.shell import CEILING, ROOMS

SUN_DIRECTION = np.array([-0.33, -0.80, 0.50], np.float32) / np.float32(np.linalg.norm([-0.33, -0.80, 0.50]))
SUN = np.array([1.0, 0.84, 0.64], np.float32) * 9.0
"""Irradiance / pi of a surface facing the sun."""
SKY_IN_WINDOWS = np.array([0.88, 1.0, 1.16], np.float32) * 5.2
"""Mean radiance seen through a window."""
_HILLS = (
    (0.075, ((3, 0.030), (7, 0.016), (15, 0.005)), np.array([2.3, 2.75, 2.95]), np.array([3.2, 3.4, 3.3])),
    (0.025, ((5, 0.020), (11, 0.010), (31, 0.003)), np.array([1.15, 1.55, 1.35]), np.array([1.9, 2.2, 1.8])),
    (
        -0.035,
        ((9, 0.012), (37, 0.009), (83, 0.006), (151, 0.004)),
        np.array([0.42, 0.66, 0.32]),
        np.array([0.75, 0.95, 0.5]),
    ),
    (-0.30, ((4, 0.01),), np.array([0.95, 1.05, 0.70]), np.array([1.1, 1.1, 0.95])),
)
"""Ridges behind each other: height over the horizon, waves (count around, size), colour at top and foot."""
OUTSIDE = len(ROOMS)
"""Room number of everything that is in no room."""
NEAREST_SQUARED = 0.04
"""Square metres; keeps the light of a source from growing without bounds next to it."""
FAINT = 1e-3
"""Irradiance not worth a ray."""
AMBIENT = np.array([0.030, 0.029, 0.028], np.float32)
"""Stands for the light that bounces more often than is followed."""


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A rectangle of sky: a corner, its two sides, and the direction into the room."""

    corner: Floats
    across: Floats
    up: Floats
    inwards: Floats
    rooms: tuple[int, ...]

    @property
    def area(self) -> float:
        return float(np.linalg.norm(np.cross(self.across, self.up)))


def _window(
    x: tuple[float, float],
    y: tuple[float, float],
    z: tuple[float, float],
    inwards: tuple[float, float],
    rooms: tuple[str, ...],
) -> Window:
    numbers = tuple(k for k, room in enumerate(ROOMS) if room.name in rooms)
    f = np.float32
    return Window(
        np.array([x[0], y[0], z[0]], f),
        np.array([x[1] - x[0], y[1] - y[0], 0], f),
        np.array([0, 0, z[1] - z[0]], f),
        np.array([*inwards, 0], f),
        numbers,
    )


# Just outside the frames, so that these cast soft shadows into the room.
WINDOWS = (
    _window((-5.2, -2.8), (-4.42, -4.42), (0.0, 2.3), (0, 1), ("living",)),
    _window((-1.9, -0.4), (-4.42, -4.42), (0.85, 2.25), (0, 1), ("living",)),
    _window((1.3, 2.7), (-4.42, -4.42), (1.05, 2.2), (0, 1), ("kitchen", "living")),
    _window((-6.22, -6.22), (-2.6, -0.9), (0.85, 2.25), (1, 0), ("living",)),
    _window((-6.22, -6.22), (1.6, 3.1), (0.9, 2.2), (1, 0), ("kids",)),
    _window((-1.2, 0.8), (4.42, 4.42), (0.85, 2.2), (0, -1), ("study",)),
    _window((3.1, 4.9), (4.42, 4.42), (0.75, 2.2), (0, -1), ("bedroom",)),
    # Frosted: it glows by itself, so its light starts inside of it.
    _window((4.5, 5.1), (-4.19, -4.19), (1.55, 2.15), (0, 1), ("bathroom",)),
)


def room_of(points: Floats) -> Ints:
    """Number of the room each point is in; points inside walls belong to the room at their side."""
    rooms = np.full(len(points), OUTSIDE, np.int64)
    x, y, z = points[:, 0], points[:, 1], points[:, 2]
    for number, room in enumerate(ROOMS):
        lap = 0.062
        inside = (x > room.x[0] - lap) & (x < room.x[1] + lap) & (y > room.y[0] - lap) & (y < room.y[1] + lap)
        rooms[inside & (z > -0.02) & (z < CEILING + 0.02)] = number
    # Reveals of the outer walls.
    for number, room in enumerate(ROOMS):
        near = (
            (x > room.x[0] - 0.34) & (x < room.x[1] + 0.34) & (y > room.y[0] - 0.34) & (y < room.y[1] + 0.34)
        )
        rooms[near & (rooms == OUTSIDE) & (z > -0.02)] = number
    return rooms


def sky(directions: Floats) -> Floats:
    """Radiance of the surroundings: bright sky, hazy horizon, far trees and ground."""
    x, y, z = directions[:, 0], directions[:, 1], directions[:, 2]
    height = np.clip(z, 0, 1)[:, None] ** 0.55
    horizon, zenith = np.array([6.4, 6.3, 6.0], np.float32), np.array([1.9, 3.1, 5.2], np.float32)
    color = horizon + (zenith - horizon) * height
    facing = np.clip(directions @ SUN_DIRECTION, 0, 1)[:, None]
    color = color + facing**24 * np.array([6.0, 4.6, 3.0], np.float32)
    azimuth = np.arctan2(y, x)
    slope = z / np.maximum(np.hypot(x, y), np.float32(1e-6))
    for base, ridge, top, foot in _HILLS:
        line = np.full_like(azimuth, base)
        for k, size in ridge:
            line += np.float32(size) * np.sin(k * azimuth + 1.7 * k)
        # A soft rim and a lighter foot, as haze makes them.
        cover = np.clip((line - slope) / 0.004, 0, 1)[:, None]
        depth = np.clip((line - slope) / 0.16, 0, 1)[:, None]
        color = color + (top + (foot - top) * depth - color) * cover
    return np.asarray(color, np.float32)


class Lighting:
    """The light sources, and the things that stand in the way."""

    def __init__(self, lamps: list[Lamp], blockers: RayTarget) -> None:
        self._blockers = blockers
        self._positions = np.array([lamp.position for lamp in lamps], np.float32)
        self._radii = np.array([lamp.radius for lamp in lamps], np.float32)
        self._power = np.array([lamp.intensity for lamp in lamps], np.float32)
        rooms = room_of(self._positions)
        self._lamps_of_room = [np.flatnonzero(rooms == number) for number in range(len(ROOMS))]

    def sun(self, points: Floats, normals: Floats) -> Floats:
        """(N, 3) light straight from the sun."""
        cosine = normals @ SUN_DIRECTION
        asked = np.flatnonzero(cosine > 0)
        light = np.zeros((len(points), 3), np.float32)
        start = points[asked] + normals[asked] * LIFT
        directions = np.broadcast_to(SUN_DIRECTION, start.shape)
        lit = asked[~self._blockers.is_blocked(start, directions)]
        light[lit] = cosine[lit, None] * SUN
        return light

    def windows(self, points: Floats, normals: Floats, rooms: Ints, draws: Floats) -> Floats:
        """(N, 3) light of the sky through the windows; `draws` (N, 2) pick the place in each window."""
        light = np.zeros((len(points), 3), np.float32)
        for number, window in enumerate(WINDOWS):
            near = np.flatnonzero(np.isin(rooms, window.rooms))
            if not len(near):
                continue
            shift = np.array([0.37 * number, 0.74 * number], np.float32)
            place = (draws[near] + shift) % 1
            target = window.corner + place[:, :1] * window.across + place[:, 1:] * window.up
            way = target - points[near]
            squared = dot(way, way)
            distance = np.sqrt(squared)
            way /= distance[:, None]
            facing = np.maximum(dot(way, normals[near]), 0) * np.maximum(-(way @ window.inwards), 0)
            amount = facing / np.maximum(squared, NEAREST_SQUARED) * np.float32(window.area / np.pi)
            asked = np.flatnonzero(amount > FAINT)
            start = points[near[asked]] + normals[near[asked]] * LIFT
            free = asked[~self._blockers.is_blocked(start, way[asked], distance[asked] - 2 * LIFT)]
            light[near[free]] += amount[free, None] * SKY_IN_WINDOWS
        outside = rooms == OUTSIDE
        light[outside] += SKY_IN_WINDOWS * np.clip(0.5 + 0.5 * normals[outside, 2:3], 0, 1)
        return light

    def lamps(self, points: Floats, normals: Floats, rooms: Ints, draws: Floats, samples: int = 2) -> Floats:
        """(N, 3) light of the lamps; each point asks a few of them, brighter ones more often."""
        light = np.zeros((len(points), 3), np.float32)
        for number, reach in enumerate(self._lamps_of_room):
            here = np.flatnonzero(rooms == number)
            if not len(here) or not len(reach):
                continue
            strength = np.empty((len(here), len(reach)), np.float32)
            for column, lamp in enumerate(reach):
                way = self._positions[lamp] - points[here]
                squared = np.maximum(dot(way, way), NEAREST_SQUARED)
                facing = np.maximum(dot(way, normals[here]), 0)
                strength[:, column] = facing / (squared * np.sqrt(squared)) * self._power[lamp].mean()
            running = np.cumsum(strength, axis=1)
            total = running[:, -1]
            for k in range(samples):
                wanted = (draws[here, 0] + np.float32(k / samples)) % 1 * total
                choice = np.minimum((running < wanted[:, None]).sum(axis=1), len(reach) - 1)
                light[here] += self._one_lamp(here, reach[choice], points, normals, draws, k, total / samples)
        return light

    def _one_lamp(
        self,
        here: Ints,
        lamp: Ints,
        points: Floats,
        normals: Floats,
        draws: Floats,
        k: int,
        weight: Floats,
    ) -> Floats:
        """Light from one lamp per point, `weight` being the mean intensity that reaches it unhindered."""
        first, second = (
            (draws[here, 0] + np.float32(0.31 * k + 0.5)) % 1,
            (draws[here, 1] + np.float32(0.57 * k)) % 1,
        )
        height, angle = 2 * first - 1, np.float32(2 * np.pi) * second
        ring = np.sqrt(1 - height**2)
        offset = np.stack([ring * np.cos(angle), ring * np.sin(angle), height], axis=1)
        way = self._positions[lamp] + self._radii[lamp, None] * offset - points[here]
        way /= np.maximum(np.sqrt(dot(way, way)), 1e-6)[:, None]
        facing = (dot(way, normals[here]) > 0) & (weight > FAINT)
        asked = np.flatnonzero(facing)
        start = points[here[asked]] + normals[here[asked]] * LIFT
        # Up to the ball around bulb and shade, which would otherwise hide their own light.
        centre = self._positions[lamp[asked]] - start
        room = np.sqrt(dot(centre, centre)) - 1.03 * self._radii[lamp[asked]]
        free = asked[~self._blockers.is_blocked(start, way[asked], np.maximum(room, 0))]
        color = self._power[lamp[free]] / self._power[lamp[free]].mean(axis=1, keepdims=True)
        result = np.zeros((len(here), 3), np.float32)
        result[free] = weight[free, None] / np.float32(np.pi) * color
        return result


def bounce_directions(normals: Floats, draws: Floats) -> Floats:
    """Directions spread about normals as dull surfaces scatter light."""
    first, second = tangents(normals)
    radius, angle = np.sqrt(draws[:, 0]), np.float32(2 * np.pi) * draws[:, 1]
    up = np.sqrt(np.maximum(1 - draws[:, 0], 0))
    return np.asarray(
        (radius * np.cos(angle))[:, None] * first
        + (radius * np.sin(angle))[:, None] * second
        + up[:, None] * normals
    )


def spread_draws(index: Ints) -> Floats:
    """(N, 2) well-spread numbers in 0..1 for running numbers.

    Source: Roberts, "The Unreasonable Effectiveness of Quasirandom Sequences" (R2).
    """
    steps = np.array([0.7548776662466927, 0.5698402909980532])
    return np.asarray((0.5 + index[:, None] * steps) % 1, np.float32)
