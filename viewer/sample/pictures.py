"""What hangs in the frames and glows on the screens: images made once over the whole picture."""

from __future__ import annotations

import numpy as np

from viewer.sample.textures import Color, Image, Texture, mix, noise


def _canvas(shape: tuple[int, int]) -> tuple[Image, Image]:
    """Height v (0 at the bottom) and u of every pixel."""
    v = (np.arange(shape[0], dtype=np.float32) + 0.5) / shape[0]
    u = (np.arange(shape[1], dtype=np.float32) + 0.5) / shape[1]
    v, u = np.meshgrid(v, u, indexing="ij")
    return v, u


def hills(seed: int, sky: tuple[Color, Color], layers: tuple[Color, ...], sun: Color) -> Texture:
    """Misty hills behind each other under a low sun."""
    shape = (256, 384)
    v, u = _canvas(shape)
    image = mix(sky[0], sky[1], v**0.8)
    image = mix(image, sun, np.clip(1 - np.hypot((u - 0.66) * 1.5, v - 0.62) / 0.085, 0, 1) * 8)
    for k, color in enumerate(layers):
        profile = 0.55 - 0.13 * k + 0.16 * noise((1, shape[1]), (1, 3 + k), seed + k, 4)[0]
        inside = v < profile[None, :]
        tone = mix(color, sky[0], np.clip((profile[None, :] - v) * 1.5, 0, 0.5).astype(np.float32))
        image = np.where(inside[..., None], tone, image)
    return _painted(image, seed)


def blocks(seed: int, ground: Color, colors: tuple[Color, ...]) -> Texture:
    """Overlapping arches and discs in flat colours."""
    shape = (320, 256)
    v, u = _canvas(shape)
    rng = np.random.default_rng(seed)
    image = np.broadcast_to(np.asarray(ground, np.float32), (*shape, 3)).copy()
    for k, color in enumerate(colors):
        cu, cv = rng.uniform(0.25, 0.75), rng.uniform(0.2, 0.75)
        r = rng.uniform(0.14, 0.3)
        if k % 2:
            shape_mask = np.hypot(u - cu, (v - cv) * 1.25) < r
        else:
            shape_mask = (np.abs(u - cu) < r) & (v < cv) & (v > cv - 0.45)
            shape_mask |= (np.hypot(u - cu, (v - cv) * 1.25) < r) & (v >= cv)
        image[shape_mask] = color
    return _painted(image, seed)


def brushwork(seed: int, colors: tuple[Color, ...]) -> Texture:
    """Broad swirls of paint."""
    shape = (288, 384)
    v, u = _canvas(shape)
    a, b = noise(shape, (2, 3), seed, 3), noise(shape, (3, 2), seed + 1, 4)
    t = (np.sin(3.2 * (u + 0.7 * a) + 2.4 * (v + 0.6 * b)) * 0.5 + 0.5) * (len(colors) - 1)
    low = np.clip(t.astype(int), 0, len(colors) - 2)
    palette = np.asarray(colors, np.float32)
    image = palette[low] + (palette[low + 1] - palette[low]) * (t - low)[..., None] ** 2
    return _painted(image.astype(np.float32), seed, 0.10)


def botanical(seed: int, paper: Color, ink: Color) -> Texture:
    """A twig with pairs of leaves."""
    shape = (384, 288)
    v, u = _canvas(shape)
    image = np.broadcast_to(np.asarray(paper, np.float32), (*shape, 3)).copy()
    bend = 0.5 + 0.05 * np.sin(3 * v)
    image[(np.abs(u - bend) < 0.006) & (v > 0.1) & (v < 0.9)] = ink
    for k in range(9):
        at = 0.2 + 0.075 * k
        for side in (-1, 1):
            angle = side * (0.9 - 0.05 * k)
            du, dv = u - (0.5 + 0.05 * np.sin(3 * at)), (v - at) * 1.33
            along = du * np.sin(angle) + dv * np.cos(angle)
            across = du * np.cos(angle) - dv * np.sin(angle)
            length = 0.27 - 0.018 * k
            width = 0.055 * np.sin(np.pi * np.clip(along / length, 0, 1)) ** 0.7
            inside = (along > 0) & (along < length) & (np.abs(across) < width)
            image[inside] = np.asarray(ink, np.float32) * (1.0 + 0.25 * (k % 3))
            image[inside & (np.abs(across) < 0.003)] = paper
    return _painted(np.clip(image, 0, 1), seed)


def alphabet_poster(seed: int, ground: Color, colors: tuple[Color, ...]) -> Texture:
    """Rows of simple coloured shapes for a children's room."""
    shape = (384, 288)
    v, u = _canvas(shape)
    image = np.broadcast_to(np.asarray(ground, np.float32), (*shape, 3)).copy()
    for row in range(5):
        for column in range(4):
            cu, cv = (column + 0.5) / 4, 0.08 + (row + 0.5) * 0.17
            du, dv = (u - cu) * 0.75, v - cv
            kind = (row * 4 + column) % 4
            inside = (
                np.hypot(du, dv) < 0.055,
                (np.abs(du) < 0.05) & (np.abs(dv) < 0.05),
                (dv > -0.05) & (np.abs(du) < 0.055 * (0.05 - dv) / 0.1),
                np.abs(du) + np.abs(dv) < 0.065,
            )[kind]
            image[inside] = colors[(row + 2 * column) % len(colors)]
    return _painted(image, seed, 0.02)


def desktop(seed: int) -> Texture:
    """A computer's desktop with windows of text."""
    shape = (256, 448)
    v, u = _canvas(shape)
    image = mix((0.10, 0.22, 0.36), (0.55, 0.42, 0.45), (v * 0.8 + 0.2 * u).astype(np.float32))
    rng = np.random.default_rng(seed)
    for x0, y0, x1, y1, paper in ((0.06, 0.14, 0.55, 0.9, 0.95), (0.5, 0.22, 0.94, 0.8, 0.13)):
        inside = (u > x0) & (u < x1) & (v > y0) & (v < y1)
        image[inside] = paper
        image[inside & (v > y1 - 0.05)] = 0.75 if paper > 0.5 else 0.25
        for line in range(16):
            top = y1 - 0.09 - 0.04 * line
            end = x0 + 0.03 + (x1 - x0 - 0.06) * rng.uniform(0.35, 1)
            stroke = (v < top) & (v > top - 0.015) & (u > x0 + 0.03) & (u < end) & (v > y0 + 0.02)
            image[stroke] = (0.35, 0.38, 0.45) if paper > 0.5 else (0.4, 0.65, 0.5)
    image[v < 0.06] = (0.08, 0.09, 0.11)
    return Texture(image)


def _painted(image: Image, seed: int, grain: float = 0.05) -> Texture:
    shape = image.shape[:2]
    canvas = 1 + grain * noise((shape[0], shape[1]), (90, 120), seed + 9, 2)
    return Texture(np.clip(image * canvas[..., None], 0, 1).astype(np.float32))
