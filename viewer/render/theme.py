"""Colours of the 3D view, dark and light."""

from __future__ import annotations

from dataclasses import dataclass

Rgb = tuple[float, float, float]


def rgb(code: str) -> Rgb:
    """sRGB 0..1 of a `#rrggbb` code."""
    r, g, b = (int(code[k : k + 2], 16) / 255 for k in (1, 3, 5))
    return r, g, b


@dataclass(frozen=True, slots=True)
class Theme:
    """One set of colours, sRGB 0..1."""

    sky: Rgb  # background, top of the picture
    ground: Rgb  # background, bottom
    grid: Rgb
    wire: Rgb
    axes: tuple[Rgb, Rgb, Rgb]
    ink: Rgb  # thin lines and text over the background
    selection: Rgb
    hover: Rgb
    preview: Rgb
    paths: tuple[tuple[Rgb, Rgb], ...]  # start and end of each trajectory in turn
    current_frustum: Rgb
    misfit: Rgb  # frusta of keyframes that fail the pose check
    box: Rgb
    occupied: tuple[Rgb, Rgb]  # octomap, lowest to highest
    free: tuple[Rgb, Rgb]
    unknown: tuple[Rgb, Rgb]  # where free space ends and nothing is known
    stray: Rgb  # cameras that do not stand in free space
    edge_strength: float


def scene_theme(dark: bool) -> Theme:
    return DARK if dark else LIGHT


DARK = Theme(
    sky=rgb("#33373e"),
    ground=rgb("#1b1d21"),
    grid=rgb("#8a929e"),
    wire=rgb("#0b0d10"),
    axes=(rgb("#f0625a"), rgb("#66c26a"), rgb("#5ea6ff")),
    ink=rgb("#e6e9ee"),
    selection=rgb("#ffb02e"),
    hover=rgb("#ffffff"),
    preview=rgb("#37d0ff"),
    paths=(
        (rgb("#5b8cff"), rgb("#7ff0d8")),
        (rgb("#c58bff"), rgb("#ff9ac0")),
        (rgb("#9be15d"), rgb("#f3f08a")),
    ),
    current_frustum=rgb("#ffb02e"),
    misfit=rgb("#ff4438"),
    box=rgb("#8fe3c0"),
    occupied=(rgb("#4b6fb5"), rgb("#f0c987")),
    free=(rgb("#5fd38a"), rgb("#9fe8c0")),
    unknown=(rgb("#8a5bd0"), rgb("#c9a2ff")),
    stray=rgb("#ff4fd8"),
    edge_strength=0.45,
)
LIGHT = Theme(
    sky=rgb("#f7f9fb"),
    ground=rgb("#d9dee5"),
    grid=rgb("#7d8794"),
    wire=rgb("#0b0d10"),
    axes=(rgb("#c4332b"), rgb("#2c7f31"), rgb("#1f63c4")),
    ink=rgb("#22262c"),
    selection=rgb("#e07b00"),
    hover=rgb("#1c2430"),
    preview=rgb("#007fc4"),
    paths=(
        (rgb("#1f4fd6"), rgb("#0b9a8d")),
        (rgb("#6c2bd9"), rgb("#d0357d")),
        (rgb("#2f7d12"), rgb("#9a7b00")),
    ),
    current_frustum=rgb("#e07b00"),
    misfit=rgb("#d3140a"),
    box=rgb("#0f8f63"),
    occupied=(rgb("#3f63ac"), rgb("#e2ad5a")),
    free=(rgb("#2fa765"), rgb("#58c58b")),
    unknown=(rgb("#6a3fb8"), rgb("#8d5fd8")),
    stray=rgb("#c4109c"),
    edge_strength=0.45,
)
