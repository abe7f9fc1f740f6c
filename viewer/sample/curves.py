"""Shapes with a round section: turned on a lathe, or swept along a path."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from viewer.sample.shapes import Floats, Point, Shape, grid_faces, join, surface

SHARP_DEGREES = 35.0
"""A bend of a lathe profile above this stays an edge."""


def lathe(profile: ArrayLike, segments: int = 20, at: Point = (0, 0, 0)) -> Shape:
    """A profile (N, 2) of radius and height, from bottom to top on the outside, turned about the z axis."""
    line = np.asarray(profile, np.float64)
    step = np.diff(line, axis=0)
    length = np.maximum(np.linalg.norm(step, axis=1), 1e-12)
    out = np.stack([step[:, 1], -step[:, 0]], axis=1) / length[:, None]
    bend = np.degrees(np.arccos(np.clip((out[1:] * out[:-1]).sum(axis=1), -1, 1)))
    breaks = [0, *(np.flatnonzero(bend > SHARP_DEGREES) + 1), len(line) - 1]
    arc = np.concatenate([[0], np.cumsum(length)])
    parts = []
    for first, last in pairwise(breaks):
        normals = np.zeros((last - first + 1, 2))
        normals[:-1] += out[first:last]
        normals[1:] += out[first:last]
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        parts.append(_turned(line[first : last + 1], normals, arc[first : last + 1], segments))
    return join(*parts).moved(*at)


def _turned(line: Floats, normals: Floats, arc: Floats, segments: int) -> Shape:
    angle = np.linspace(0, 2 * np.pi, segments + 1)
    c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
    height = np.broadcast_to(line[:, 1], (segments + 1, len(line)))
    points = np.stack([c * line[:, 0], s * line[:, 0], height], axis=2)
    up = np.broadcast_to(normals[:, 1], height.shape)
    directions = np.stack([c * normals[:, 0], s * normals[:, 0], up], axis=2)
    girth = angle * max(float(line[:, 0].max()), 1e-3)
    uvs = np.stack(np.broadcast_arrays(arc[None, :], girth[:, None]), axis=2)
    faces = grid_faces(segments + 1, len(line))
    # Cells that touch the axis collapse to a line on one side; keep the half that has an area.
    flat = points.reshape(-1, 3)
    a, b, c3 = (flat[faces[:, k]] for k in range(3))
    solid = np.linalg.norm(np.cross(b - a, c3 - a), axis=1) > 1e-12
    return Shape(flat, directions.reshape(-1, 3), uvs.reshape(-1, 2).copy(), faces[solid])


def cylinder(
    radius: float, height: float, at: Point = (0, 0, 0), segments: int = 16, bevel: float = 0
) -> Shape:
    """A closed cylinder standing on `at`, its rims bevelled when asked."""
    b = min(bevel, 0.45 * height, 0.9 * radius)
    if b <= 0:
        return lathe([(0, 0), (radius, 0), (radius, height), (0, height)], segments, at)
    profile = [(0, 0), (radius - b, 0), (radius - 0.3 * b, 0.3 * b), (radius, b)]
    profile += [(radius, height - b), (radius - 0.3 * b, height - 0.3 * b), (radius - b, height), (0, height)]
    return lathe(profile, segments, at)


def ball(radius: float, at: Point = (0, 0, 0), segments: int = 16) -> Shape:
    """A sphere about `at`."""
    angle = np.linspace(-np.pi / 2, np.pi / 2, segments // 2 + 1)
    profile = np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius
    profile[[0, -1], 0] = 0
    return lathe(profile, segments, at)


def tube(
    path: ArrayLike,
    radius: float | Sequence[float],
    segments: int = 8,
    *,
    closed: bool = False,
    caps: bool = True,
) -> Shape:
    """A round section swept along a path (N, 3); the radius may change along it."""
    points = np.asarray(path, np.float64)
    count = len(points)
    radii = np.broadcast_to(np.asarray(radius, np.float64), (count,))
    if closed:
        tangents = np.roll(points, -1, axis=0) - np.roll(points, 1, axis=0)
    else:
        tangents = np.gradient(points, axis=0)
    tangents /= np.maximum(np.linalg.norm(tangents, axis=1, keepdims=True), 1e-12)
    sides = _carried_sides(tangents)
    if closed:
        points, radii = np.vstack([points, points[:1]]), np.append(radii, radii[0])
        tangents, sides = np.vstack([tangents, tangents[:1]]), np.vstack([sides, sides[:1]])
    others = np.cross(tangents, sides)
    angle = np.linspace(0, 2 * np.pi, segments + 1)
    around = np.cos(angle)[None, :, None] * sides[:, None] + np.sin(angle)[None, :, None] * others[:, None]
    skin = points[:, None] + radii[:, None, None] * around
    arc = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    uvs = np.stack(np.broadcast_arrays(arc[:, None], angle[None, :] * float(radii.mean())), axis=2)
    faces = grid_faces(len(points), segments + 1)[:, ::-1]
    parts = [Shape(skin.reshape(-1, 3), around.reshape(-1, 3), uvs.reshape(-1, 2).copy(), faces)]
    if caps and not closed:
        parts.append(_cap(points[0], -tangents[0], skin[0, :-1]))
        parts.append(_cap(points[-1], tangents[-1], skin[-1, :-1]))
    return join(*parts)


def _carried_sides(tangents: Floats) -> Floats:
    """A unit side vector at every point of a path that turns as little as possible from one to the next."""
    side = np.cross(tangents[0], [0.0, 0, 1])
    if np.linalg.norm(side) < 1e-3:
        side = np.cross(tangents[0], [0.0, 1, 0])
    sides = np.empty_like(tangents)
    for k, tangent in enumerate(tangents):
        side = side - tangent * (side @ tangent)
        side /= max(float(np.linalg.norm(side)), 1e-12)
        sides[k] = side
    return sides


def _cap(centre: Floats, normal: Floats, ring: Floats) -> Shape:
    count = len(ring)
    positions = np.vstack([centre, ring])
    following = np.arange(1, count + 1) % count + 1
    faces = np.stack([np.zeros(count, np.int64), np.arange(1, count + 1), following], axis=1)
    if np.cross(ring[0] - centre, ring[1] - centre) @ normal < 0:
        faces = faces[:, ::-1]
    return Shape(positions, np.tile(normal, (count + 1, 1)), positions[:, :2].copy(), faces)


def rod(start: Point, end: Point, radius: float, end_radius: float | None = None, segments: int = 8) -> Shape:
    """A straight round bar, tapered when a second radius is given."""
    a, b = np.asarray(start, np.float64), np.asarray(end, np.float64)
    last = radius if end_radius is None else end_radius
    return tube([a, b], [radius, last], segments)


def smooth_path(points: ArrayLike, samples: int = 4) -> Floats:
    """A Catmull-Rom curve through points (N, 3), `samples` steps between two of them."""
    knots = np.asarray(points, np.float64)
    padded = np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])
    t = np.linspace(0, 1, samples, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(padded[:-3], padded[1:-2], padded[2:-1], padded[3:], strict=True):
        pieces.append(
            0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        )
    return np.asarray(np.vstack([*pieces, knots[-1:]]))


def ring_path(radius: float, at: Point = (0, 0, 0), steps: int = 32) -> Floats:
    """Points on a level circle, for a closed tube."""
    angle = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle), np.zeros(steps)], axis=1)
    return np.asarray(radius * circle + np.asarray(at))


def loft(sections: Sequence[tuple[float, float, float, float, float]], segments: int = 36) -> Shape:
    """A skin over level sections, each (z, half width, half depth, roundness exponent, y shift).

    Exponent 2 is an ellipse, larger is closer to a rectangle. Sections run so that the outside is on the
    outside when going up, and on the inside when going down.
    """
    angle = np.linspace(0, 2 * np.pi, segments + 1)
    c, s = np.cos(angle), np.sin(angle)
    rings = []
    for z, half_x, half_y, power, shift in sections:
        x = np.sign(c) * np.abs(c) ** (2 / power) * half_x
        y = np.sign(s) * np.abs(s) ** (2 / power) * half_y + shift
        rings.append(np.stack([x, y, np.full_like(x, z)], axis=1))
    return surface(np.stack(rings, axis=1))
