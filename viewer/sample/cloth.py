"""Soft shapes: cushions, pillows, blankets, curtains, hanging cloth."""

from __future__ import annotations

import numpy as np

from viewer.sample.shapes import Floats, Point, Shape, join, rounded_box, smooth_normals, surface

Rng = np.random.Generator


def waves(x: Floats, y: Floats, rng: Rng, count: int = 5, shortest: float = 0.25) -> Floats:
    """Gentle random folds, roughly -1..1, as a sum of sines with wavelengths from `shortest` metres up."""
    total = np.zeros(np.broadcast(x, y).shape)
    for _ in range(count):
        angle, phase = rng.uniform(0, 2 * np.pi, 2)
        length = shortest * rng.uniform(1, 3)
        total += np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / length + phase)
    return np.asarray(total / np.sqrt(count))


def cushion(
    size: Point, at: Point, rng: Rng, puff: float = 0.03, radius: float = 0.05, cell: float = 0.07
) -> Shape:
    """A seat or back cushion: a rounded box that bulges, with a little unevenness."""
    cells = tuple(max(2, round((side - 2 * radius) / cell)) for side in size)
    body = rounded_box(size, radius, segments=2, cells=(cells[0], cells[1], cells[2]))
    half = np.asarray(size) / 2
    p = body.positions - (0, 0, half[2])
    unit = np.clip(p / half, -1, 1)
    swell = np.clip(1 - unit**4, 0, 1)
    bulge = np.stack(
        [
            np.sign(p[:, 0]) * (np.abs(unit[:, 0]) ** 6) * swell[:, 1] * swell[:, 2] * 0.4,
            np.sign(p[:, 1]) * (np.abs(unit[:, 1]) ** 6) * swell[:, 0] * swell[:, 2] * 0.4,
            np.sign(p[:, 2]) * (np.abs(unit[:, 2]) ** 3) * (1 - unit[:, 0] ** 2) * (1 - unit[:, 1] ** 2),
        ],
        axis=1,
    )
    uneven = 1 + 0.25 * waves(p[:, 0] + 0.3 * p[:, 2], p[:, 1] - 0.3 * p[:, 2], rng)
    positions = p + puff * bulge * uneven[:, None] + (0, 0, half[2])
    soft = Shape(positions, smooth_normals(positions, body.faces), body.uvs, body.faces)
    return soft.moved(*at)


def pillow(width: float, depth: float, height: float, rng: Rng, steps: int = 17) -> Shape:
    """A pillow lying about the origin: two swollen sheets that meet in a seam, corners drawn in."""
    t = np.linspace(-1, 1, steps)
    a, b = np.meshgrid(t, t, indexing="ij")
    pinch = 1 - 0.10 * (a * b) ** 2 * (a**2 + b**2) / 2
    inset_x, inset_y = 1 - 0.07 * (1 - b**2), 1 - 0.07 * (1 - a**2)
    x = a * (2 - inset_x) * pinch * width / 2 / 1.04
    y = b * (2 - inset_y) * pinch * depth / 2 / 1.04
    swell = np.clip((1 - a**4) * (1 - b**4), 0, 1) ** 0.55
    sheets = []
    for side in (1, -1):
        crease = 1 + 0.06 * waves(x, y, rng, 6, 0.5 * min(width, depth))
        points = np.stack([x, y, side * height / 2 * swell * crease], axis=2)
        sheets.append(surface(points if side > 0 else points[::-1]))
    both = join(*sheets)
    return Shape(both.positions, smooth_normals(both.positions, both.faces), both.uvs, both.faces)


def draped(
    width: float,
    depth: float,
    overhang: tuple[float, float, float, float],
    rng: Rng,
    *,
    thickness: float = 0.02,
    cell: float = 0.035,
    ripple: float = 0.012,
    edge: float = 0.05,
) -> Shape:
    """A cover lying on a top of width x depth (centred, at z = 0) and hanging over its edges.

    `overhang` is how far it hangs at -x, +x, -y, +y. Where it hangs it falls in folds.
    """
    u = _spread(-width / 2 - overhang[0], width / 2 + overhang[1], cell)
    v = _spread(-depth / 2 - overhang[2], depth / 2 + overhang[3], cell)
    s, t = np.meshgrid(u, v, indexing="ij")
    x, drop_x = _bent(s, width / 2, edge)
    y, drop_y = _bent(t, depth / 2, edge)
    drop = np.maximum(drop_x, drop_y)
    hanging = np.clip(drop / 0.15, 0, 1)
    fold = 0.5 + 0.5 * np.sin(
        (np.where(drop_x > drop_y, t, s)) * 2 * np.pi / 0.23 + 2 * waves(s, t, rng, 3, 0.9)
    )
    x = x + np.sign(s) * np.where(drop_x > 0, hanging * 0.03 * fold, 0)
    y = y + np.sign(t) * np.where(drop_y > 0, hanging * 0.03 * fold, 0)
    z = -drop + ripple * waves(s, t, rng, 7, 0.35) * (1 - 0.7 * hanging)
    top = np.stack([x, y, z + thickness + 1.6 * ripple], axis=2)
    sheet = surface(top)
    under = Shape(
        sheet.positions - thickness * sheet.normals, -sheet.normals, sheet.uvs, sheet.faces[:, ::-1]
    )
    return join(sheet, under, _rim(top, under.positions.reshape(top.shape)))


def _spread(low: float, high: float, cell: float) -> Floats:
    return np.linspace(low, high, max(2, round((high - low) / cell)) + 1)


def _bent(s: Floats, half: float, edge: float) -> tuple[Floats, Floats]:
    """Where arc length s from the middle comes to lie on a top of a given half width: sideways and drop."""
    beyond = np.abs(s) - half
    angle = np.clip(beyond / edge, 0, np.pi / 2)
    side = np.minimum(np.abs(s), half) + edge * np.sin(angle)
    drop = edge * (1 - np.cos(angle)) + np.clip(beyond - edge * np.pi / 2, 0, None)
    return np.sign(s) * side, drop


def _rim(top: Floats, under: Floats) -> Shape:
    """Strips that close a sheet and its underside along their four edges."""
    strips = []
    for upper, lower, flip in (
        (top[0], under[0], True),
        (top[-1], under[-1], False),
        (top[:, 0], under[:, 0], False),
        (top[:, -1], under[:, -1], True),
    ):
        pair = np.stack([lower, upper] if flip else [upper, lower])
        strips.append(surface(pair))
    return join(*strips)


def curtain(width: float, height: float, rng: Rng, *, fullness: float = 0.045, fold: float = 0.115) -> Shape:
    """A curtain hanging from z = `height` to the origin's floor, along x from 0 to `width`."""
    columns, rows = max(24, round(width / fold * 9)), 16
    u = np.linspace(0, 1, columns)[None, :]
    z = np.linspace(1, 0, rows)[:, None] * height
    wander = 0.6 * waves(u * width, z * 0.15, rng, 3, 0.5)
    depth = fullness * (0.75 + 0.25 * np.cos(u * 9 + z)) * (1 - 0.25 * z / height)
    y = depth * np.sin(u * width / fold * 2 * np.pi + wander)
    x = u * width + 0.35 * depth * np.sin(2 * (u * width / fold * 2 * np.pi + wander)) * 0.5
    points = np.stack(np.broadcast_arrays(x, y, z + 0 * u), axis=2)
    return surface(points[:, ::-1])


def hanging_cloth(width: float, front: float, back: float, rng: Rng, *, thickness: float = 0.006) -> Shape:
    """A towel folded over a rail along x at the origin: its front falls at -y, its back at +y."""
    cell, bend = 0.03, 0.018
    s = np.linspace(-front, back, max(8, round((front + back) / cell)))[:, None]
    u = np.linspace(-0.5, 0.5, max(6, round(width / cell)))[None, :] * width
    angle = np.clip(s / bend, -np.pi / 2, np.pi / 2)
    y = bend * np.sin(angle)
    z = bend * np.cos(angle) - np.clip(np.abs(s) - bend * np.pi / 2, 0, None)
    low = np.clip(-z / 0.3, 0, 1)
    y = y + np.sign(y) * 0.012 * low * (1 + waves(u, s * 0.3, rng, 4, 0.12))
    x = u * (1 - 0.05 * low) + 0 * s
    points = np.stack(np.broadcast_arrays(x, y + 0 * u, z + 0 * u), axis=2)
    sheet = surface(points[::-1])
    under = Shape(
        sheet.positions - thickness * sheet.normals, -sheet.normals, sheet.uvs, sheet.faces[:, ::-1]
    )
    top = sheet.positions.reshape(points.shape)
    return join(sheet, under, _rim(top, under.positions.reshape(points.shape)))
