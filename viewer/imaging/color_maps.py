"""Color maps computed from a path through OKLCh, where equal steps look equally large."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

ROWS: Final = 256
CHROMA_BISECTIONS: Final = 14
GOLDEN_ANGLE: Final = np.pi * (3 - np.sqrt(5))

_LMS_FROM_LAB: Final = np.array(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
_RGB_FROM_LMS: Final = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


def srgb_from_oklch(
    lightness: NDArray[np.float64], chroma: NDArray[np.float64], hue: NDArray[np.float64]
) -> NDArray[np.uint8]:
    """sRGB (N, 3) of OKLCh colors (hue in radians); chroma is lowered until each one can be shown.

    Source: the definition of the Oklab color space by Björn Ottosson.
    """
    wanted = np.array(chroma, np.float64)
    low, high = np.where(_is_showable(lightness, wanted, hue), wanted, 0.0), wanted
    for _ in range(CHROMA_BISECTIONS):
        middle = (low + high) / 2
        fits = _is_showable(lightness, middle, hue)
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    rgb = np.clip(_linear_rgb(lightness, low, hue), 0, 1)
    encoded = np.where(rgb <= 0.0031308, 12.92 * rgb, 1.055 * rgb ** (1 / 2.4) - 0.055)
    return np.asarray(np.round(255 * encoded), np.uint8)


def _is_showable(
    lightness: NDArray[np.float64], chroma: NDArray[np.float64], hue: NDArray[np.float64]
) -> NDArray[np.bool_]:
    rgb = _linear_rgb(lightness, chroma, hue)
    return np.asarray(((rgb >= -1e-4) & (rgb <= 1 + 1e-4)).all(axis=1))


def _linear_rgb(
    lightness: NDArray[np.float64], chroma: NDArray[np.float64], hue: NDArray[np.float64]
) -> NDArray[np.float64]:
    lab = np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=1)
    return np.asarray((lab @ _LMS_FROM_LAB.T) ** 3 @ _RGB_FROM_LMS.T)


def _path(
    lightness: tuple[float, ...], chroma: tuple[float, ...], hue_degrees: tuple[float, ...]
) -> NDArray[np.uint8]:
    """A map through evenly spaced OKLCh stations."""
    t = np.linspace(0, 1, ROWS)

    def through(stations: tuple[float, ...]) -> NDArray[np.float64]:
        return np.interp(t, np.linspace(0, 1, len(stations)), stations)

    return srgb_from_oklch(through(lightness), through(chroma), np.radians(through(hue_degrees)))


_PATHS: Final[dict[str, Callable[[], NDArray[np.uint8]]]] = {
    # violet, teal, yellow: lightness rises evenly, so it reads in grey and with any color vision
    "dusk": lambda: _path(
        (0.24, 0.93),
        (0.10, 0.11, 0.105, 0.095, 0.10, 0.12, 0.14, 0.16),
        (312, 290, 262, 225, 190, 160, 132, 104),
    ),
    "heat": lambda: _path(
        (0.10, 0.40, 0.62, 0.82, 0.97), (0.05, 0.14, 0.17, 0.15, 0.06), (330, 375, 405, 440, 465)
    ),
    # more distinct hues, for fine steps; lightness peaks in the middle
    "spectrum": lambda: _path(
        (0.36, 0.56, 0.70, 0.82, 0.86, 0.78, 0.66, 0.42),
        (0.14, 0.14, 0.11, 0.14, 0.15, 0.15, 0.17, 0.14),
        (288, 255, 205, 155, 110, 75, 45, 25),
    ),
    "gray": lambda: _path((0.08, 1.0), (0.0, 0.0), (0.0, 0.0)),
}

COLOR_MAPS: Final[tuple[str, ...]] = tuple(_PATHS)


@cache
def color_map(name: str) -> NDArray[np.uint8]:
    """The 256 sRGB rows (256, 3) of a map, small values first."""
    rows = _PATHS[name]()
    rows.flags.writeable = False
    return rows


def id_colors(count: int) -> NDArray[np.uint8]:
    """`count` sRGB colors (count, 3) for ids; neighbouring ids differ clearly, row k never changes."""
    k = np.arange(count, dtype=np.float64)
    lightness = 0.62 + 0.16 * ((k * 0.7548776662) % 1 - 0.35)
    chroma = 0.10 + 0.06 * ((k * 0.5698402910) % 1)
    return srgb_from_oklch(lightness, chroma, (k * GOLDEN_ANGLE) % (2 * np.pi))
