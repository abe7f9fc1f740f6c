"""Procedural textures: wood, tiles, cloth, stone, carpets and pictures as tileable images.

An image is (H, W, 3) in sRGB-like values 0..1; row v, column u. Every function is deterministic.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.floating]
Color = tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """An image, the size in metres of one repeat (u, v), and how deep its relief is."""

    image: Image  # (H, W, 3) 0..1
    size: tuple[float, float] = (1.0, 1.0)
    height: Image | None = None  # (H, W) metres


def seed_of(name: str) -> int:
    """A seed that is the same in every run; `hash` is not."""
    return zlib.crc32(name.encode())


def noise(shape: tuple[int, int], cells: tuple[int, int], seed: int, octaves: int = 1) -> Image:
    """Smooth tileable noise in about -1..1 with a number of cells per side, each octave doubling them."""
    rng = np.random.default_rng(seed)
    total, weight = np.zeros(shape, np.float32), 0.0
    for octave in range(octaves):
        rows, columns = (max(1, min(c << octave, n)) for c, n in zip(cells, shape, strict=True))
        lattice = rng.uniform(-1, 1, (rows, columns)).astype(np.float32)
        total += 0.5**octave * _stretched(_stretched(lattice, shape[0], 0), shape[1], 1)
        weight += 0.5**octave
    return np.asarray(total / np.float32(weight))


def _stretched(lattice: Image, length: int, axis: int) -> Image:
    count = lattice.shape[axis]
    place = np.arange(length, dtype=np.float32) * (count / length)
    low = place.astype(np.int64)
    t = place - low
    t = t * t * (3 - 2 * t)
    t = t[:, None] if axis == 0 else t[None, :]
    first, second = np.take(lattice, low % count, axis), np.take(lattice, (low + 1) % count, axis)
    return np.asarray(first * (1 - t) + second * t)


def mix(a: Color | Image, b: Color | Image, t: Image) -> Image:
    """Blend of two colours by a map (H, W) of 0..1."""
    first, second = np.asarray(a, np.float32), np.asarray(b, np.float32)
    return np.asarray(first + (second - first) * np.clip(t, 0, 1)[..., None])


def _grid(shape: tuple[int, int]) -> tuple[Image, Image]:
    """v and u of every pixel, 0..1."""
    v = (np.arange(shape[0], dtype=np.float32) + 0.5) / shape[0]
    u = (np.arange(shape[1], dtype=np.float32) + 0.5) / shape[1]
    v, u = np.meshgrid(v, u, indexing="ij")
    return v, u


def plain(
    color: Color, seed: int, variation: float = 0.03, size: float = 0.6, relief: float = 0.0
) -> Texture:
    """One colour, a little mottled."""
    pattern = noise((128, 128), (6, 6), seed, 4)
    image = np.clip(np.asarray(color, np.float32) * (1 + variation * pattern[..., None]), 0, 1)
    return Texture(image, (size, size), pattern * relief if relief else None)


def wood(
    light: Color, dark: Color, seed: int, size: tuple[float, float] = (1.2, 0.4), contrast: float = 1.0
) -> Texture:
    """Straight-grained wood, the grain along u."""
    shape = (256, 512)
    bend = noise(shape, (2, 3), seed, 2)
    fine = noise(shape, (96, 6), seed + 1, 2)
    v, _ = _grid(shape)
    rings = 0.5 + 0.5 * np.sin(2 * np.pi * (v * 9 + 0.35 * bend))
    t = 0.35 + contrast * (0.32 * (rings - 0.5) + 0.3 * fine + 0.15 * noise(shape, (20, 2), seed + 2))
    return Texture(mix(light, dark, t), size)


def planks(
    light: Color, dark: Color, seed: int, boards: int = 10, size: tuple[float, float] = (2.4, 1.4)
) -> Texture:
    """A floor of boards along u, each with its own tone, joints staggered."""
    shape = (768, 1024)
    rng = np.random.default_rng(seed)
    v, u = _grid(shape)
    board = np.minimum((v * boards).astype(int), boards - 1)
    shift = rng.uniform(0, 1, boards).astype(np.float32)[board]
    along = (u + shift) % 1.0
    half = (along > 0.5).astype(int)
    tone = rng.normal(0, 1, (boards, 2)).astype(np.float32)[board, half]
    grain = noise(shape, (boards * 14, 5), seed + 1, 2)
    flame = np.sin(2 * np.pi * (v * boards * 1.7 + 1.1 * noise(shape, (boards, 4), seed + 2, 2)))
    t = 0.4 + 0.16 * tone + 0.22 * grain + 0.10 * flame
    image = mix(light, dark, t)
    across = (v * boards) % 1.0
    gap = np.minimum(
        np.minimum(across, 1 - across) * size[1] / boards,
        np.minimum(along % 0.5, 0.5 - along % 0.5) * size[0],
    )
    groove = np.clip(1 - gap / 0.0022, 0, 1)
    image *= 1 - 0.55 * groove[..., None]
    return Texture(np.clip(image, 0, 1), size, (-0.0012 * groove + 0.00006 * grain).astype(np.float32))


def tiles(
    color: Color,
    joint: Color,
    seed: int,
    counts: tuple[int, int],
    tile: tuple[float, float],
    *,
    variation: float = 0.05,
    veins: float = 0.0,
    offset: bool = False,
    width: float = 0.003,
    px: int = 512,
) -> Texture:
    """Tiles of a size in metres (u, v), `counts` of them per repeat; every other row shifted when asked."""
    size = (counts[0] * tile[0], counts[1] * tile[1])
    shape = (px, px)
    rng = np.random.default_rng(seed)
    v, u = _grid(shape)
    row = np.minimum((v * counts[1]).astype(int), counts[1] - 1)
    place = (u * counts[0] + (0.5 * (row % 2) if offset else 0.0)) % counts[0]
    column = np.minimum(place.astype(int), counts[0] - 1)
    tone = rng.normal(0, 1, (counts[1], counts[0])).astype(np.float32)[row, column]
    base = np.asarray(color, np.float32) * (1 + variation * tone[..., None])
    base = base * (1 + 0.03 * noise(shape, (12, 12), seed + 1, 3)[..., None])
    if veins:
        base = base * (1 - veins * _veins(shape, seed + 2)[..., None])
    edge_u = np.minimum(place % 1, 1 - place % 1) * tile[0]
    edge_v = np.minimum((v * counts[1]) % 1, 1 - (v * counts[1]) % 1) * tile[1]
    edge = np.minimum(edge_u, edge_v)
    seam = np.clip(1 - (edge - width / 2) / 0.001, 0, 1).astype(np.float32)
    relief = -0.0012 * np.clip(1 - (edge - width / 2) / 0.003, 0, 1)
    return Texture(mix(np.clip(base, 0, 1), joint, seam), size, relief.astype(np.float32))


def _veins(shape: tuple[int, int], seed: int) -> Image:
    v, u = _grid(shape)
    swirl = noise(shape, (3, 3), seed, 5)
    line = np.abs(np.sin(2 * np.pi * (u + v + 0.9 * swirl)))
    return np.asarray(
        np.clip(1 - line * 5, 0, 1) * (0.4 + 0.6 * np.abs(noise(shape, (4, 4), seed + 1, 3))) * 2
    )


def marble(color: Color, vein: Color, seed: int, size: float = 0.9, strength: float = 0.8) -> Texture:
    shape = (512, 512)
    cloud = 0.5 + 0.5 * noise(shape, (4, 4), seed, 5)
    image = mix(color, vein, strength * (0.25 * cloud + 0.75 * _veins(shape, seed + 1)))
    return Texture(image, (size, size))


def speckled(color: Color, dark: Color, light: Color, seed: int, size: float = 0.5) -> Texture:
    """Terrazzo or granite: grains of two other colours."""
    shape = (512, 512)
    grains = noise(shape, (70, 70), seed, 2)
    image = mix(mix(color, dark, (grains < -0.38) * 0.8), light, (grains > 0.4) * 0.8)
    return Texture(image, (size, size))


def weave(
    color: Color, seed: int, thread: float = 0.0022, contrast: float = 0.22, melange: float = 0.08
) -> Texture:
    """Woven cloth with single threads of slightly different tone."""
    shape, count = (256, 256), 40
    size = 2 * thread * count
    v, u = _grid(shape)
    over = np.cos(2 * np.pi * u * count) * np.cos(2 * np.pi * v * count)
    rng = np.random.default_rng(seed)
    warp = rng.normal(0, 1, count * 2).astype(np.float32)[(u * count * 2).astype(int) % (count * 2)]
    weft = rng.normal(0, 1, count * 2).astype(np.float32)[(v * count * 2).astype(int) % (count * 2)]
    # Single threads differ, but not on average over a few: that would show as a plaid from afar.
    warp, weft = warp - _blurred(warp, 1), weft - _blurred(weft, 0)
    tone = contrast * 0.5 * over + melange * 0.5 * (warp + weft)
    t = 1 + tone + 0.03 * noise(shape, (5, 5), seed + 1, 3)
    image = np.clip(np.asarray(color, np.float32) * t[..., None], 0, 1)
    return Texture(image, (size, size), (0.0003 * over).astype(np.float32))


def _blurred(image: Image, axis: int, width: int = 25) -> Image:
    """The mean over neighbours along one axis, wrapped around."""
    total = sum(np.roll(image, shift, axis) for shift in range(-(width // 2), width // 2 + 1))
    return np.asarray(total / np.float32(width), np.float32)


def knit(color: Color, seed: int, stitch: float = 0.02) -> Texture:
    """Coarse knitting: rows of slanted stitches."""
    shape, count = (256, 256), 8
    v, u = _grid(shape)
    slant = np.abs(((u * count) % 1) - 0.5)
    loop = 0.5 + 0.5 * np.cos(2 * np.pi * (v * count * 1.5 - slant))
    relief = loop * (0.4 + 0.6 * np.sin(np.pi * ((u * count * 2) % 1)))
    t = 0.72 + 0.38 * relief + 0.05 * noise(shape, (16, 16), seed, 2)
    image = np.clip(np.asarray(color, np.float32) * t[..., None], 0, 1)
    return Texture(image, (stitch * count, stitch * count), (0.003 * relief).astype(np.float32))


def stripes(colors: tuple[Color, ...], widths: tuple[float, ...], seed: int) -> Texture:
    """Cloth with stripes that run along v; widths in metres."""
    edges = np.cumsum(widths) / sum(widths)
    shape = (64, 256)
    _, u = _grid(shape)
    index = np.searchsorted(edges, u[0] - 1e-6)
    image = np.asarray(colors, np.float32)[np.minimum(index, len(colors) - 1)][None].repeat(shape[0], axis=0)
    image = image * (1 + 0.05 * noise(shape, (32, 64), seed)[..., None])
    return Texture(np.clip(image, 0, 1), (sum(widths), 0.1))


def basketry(light: Color, dark: Color, seed: int, cell: float = 0.022) -> Texture:
    """Wicker: strands going over and under."""
    shape, count = (256, 256), 8
    v, u = _grid(shape)
    checker = ((u * count).astype(int) + (v * count).astype(int)) % 2
    along = np.where(checker, (u * count) % 1, (v * count) % 1)
    across = np.where(checker, (v * count) % 1, (u * count) % 1)
    bulge = np.sin(np.pi * along) * (0.55 + 0.45 * np.abs(np.sin(3 * np.pi * across)))
    t = 1 - bulge + 0.15 * noise(shape, (32, 32), seed)
    return Texture(
        mix(light, dark, t.astype(np.float32)),
        (cell * count, cell * count),
        (0.003 * bulge).astype(np.float32),
    )


def blade(light: Color, dark: Color, seed: int, bands: float = 0.0) -> Texture:
    """A leaf: u from stalk to tip, v across."""
    shape = (64, 128)
    v, u = _grid(shape)
    rib = np.clip(1 - np.abs(v - 0.5) / 0.025, 0, 1)
    veins = 0.5 + 0.5 * np.cos(2 * np.pi * (u * 9 - 1.6 * np.abs(v - 0.5)))
    t = 0.5 + 0.25 * veins + 0.3 * noise(shape, (4, 8), seed, 2) - 0.6 * rib
    if bands:
        t = t + bands * np.sin(2 * np.pi * (u * 7 + 0.4 * noise(shape, (6, 6), seed + 1, 2)))
    return Texture(mix(light, dark, t), (1.0, 1.0))


def book_cover(seed: int, band: Color, cloth: Color = (0.9, 0.9, 0.9)) -> Texture:
    """Cloth (white to be tinted), with bands and a title block along the spine (u near 0, v up)."""
    shape = (128, 64)
    v, u = _grid(shape)
    image = np.asarray(cloth, np.float32) * (1 + 0.05 * noise(shape, (40, 20), seed)[..., None])
    spine = u < 0.22
    for low, high in ((0.10, 0.12), (0.86, 0.88), (0.62, 0.72)):
        image[spine & (v > low) & (v < high)] = band
    return Texture(np.clip(image, 0, 1), (1.0, 1.0))


def persian(seed: int, ground: Color, field: Color, accent: Color, cream: Color) -> Texture:
    """A carpet with borders, corner pieces and a medallion; once over the whole carpet."""
    shape = (512, 768)
    v, u = _grid(shape)
    x, y = np.abs(u - 0.5) * 2 * 1.5, np.abs(v - 0.5) * 2  # a quarter, mirrored; y reaches 1, x 1.5
    edge = np.minimum(1.5 - x, 1 - y)
    image = np.broadcast_to(np.asarray(field, np.float32), (*shape, 3)).copy()
    lobes = 0.5 * np.sin(14 * x + 3 * np.sin(9 * y)) * np.sin(13 * y + 2.5 * np.sin(8 * x))
    image[lobes > 0.3] = accent
    image[(lobes < -0.36)] = cream
    radius = np.hypot(x / 1.15, y / 0.85) + 0.05 * np.cos(12 * np.arctan2(y, x + 1e-6))
    for outer, color in (
        (0.62, ground),
        (0.56, cream),
        (0.53, accent),
        (0.33, ground),
        (0.27, cream),
        (0.23, field),
    ):
        image[radius < outer] = color
    star = np.cos(8 * np.arctan2(y, x + 1e-6)) * 0.05 + np.hypot(x, y)
    image[star < 0.13] = accent
    corner = np.hypot((1.5 - x) / 0.62, (1 - y) / 0.5)
    image[(corner < 1.0) & (edge > 0.2)] = ground
    image[(corner < 0.85) & (edge > 0.2) & (lobes > 0.1)] = cream
    for low, high, color in (
        (0.0, 0.03, ground),
        (0.03, 0.045, cream),
        (0.045, 0.16, ground),
        (0.16, 0.175, cream),
        (0.175, 0.2, accent),
    ):
        image[(edge >= low) & (edge < high)] = color
    run = np.where(1.5 - x < 1 - y, y, x)
    motif = (np.abs(np.sin(run * 17)) * 0.05 > np.abs(edge - 0.1025)) & (edge > 0.05) & (edge < 0.155)
    image[motif] = accent
    image[motif & (np.abs(np.sin(run * 17)) > 0.85)] = cream
    wool = 1 + 0.09 * noise(shape, (128, 192), seed, 2) + 0.05 * noise(shape, (5, 90), seed + 1)
    return Texture(np.clip(image * wool[..., None], 0, 1))


def ringed_rug(seed: int, colors: tuple[Color, ...], rings: int = 9) -> Texture:
    """Rings around the middle; once over the whole carpet."""
    shape = (384, 384)
    v, u = _grid(shape)
    radius = np.hypot(u - 0.5, v - 0.5) * 2
    index = np.minimum((radius * rings).astype(int), rings - 1)
    image = np.asarray(colors, np.float32)[index % len(colors)]
    wool = 1 + 0.10 * noise(shape, (128, 128), seed, 2)
    return Texture(np.clip(image * wool[..., None], 0, 1))


def dotted_rug(seed: int, ground: Color, spots: tuple[Color, ...]) -> Texture:
    """A children's carpet with large dots; once over the whole carpet."""
    shape = (384, 384)
    v, u = _grid(shape)
    rng = np.random.default_rng(seed)
    image = np.broadcast_to(np.asarray(ground, np.float32), (*shape, 3)).copy()
    for k in range(26):
        cu, cv, r = rng.uniform(0, 1), rng.uniform(0, 1), rng.uniform(0.02, 0.07)
        image[np.hypot(u - cu, v - cv) < r] = spots[k % len(spots)]
    wool = 1 + 0.10 * noise(shape, (128, 128), seed + 1, 2)
    return Texture(np.clip(image * wool[..., None], 0, 1))


def shag(color: Color, seed: int) -> Texture:
    """Thick pile, repeated."""
    pile = noise((256, 256), (64, 64), seed, 2)
    image = np.clip(np.asarray(color, np.float32) * (0.95 + 0.22 * pile[..., None]), 0, 1)
    return Texture(image, (0.5, 0.5), (0.004 * pile).astype(np.float32))
