"""Measured values as colors, with the legend that goes with them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from viewer.imaging.color_maps import ROWS, color_map
from viewer.imaging.halves import map_values
from viewer.imaging.modality import Legend, Picture
from viewer.imaging.style import RangeStyle

PERCENTILES: Final = (1.0, 99.0)
FLATTEST_SPAN: Final = 1e-3
SAMPLE_STRIDE: Final = 3
"""Percentiles come from every third pixel both ways: 30,000 or more values at the usual sizes."""


def color_scale(values: NDArray[Any], style: RangeStyle, unit: str) -> Picture:
    """(H, W) values through a color map; pixels that are not finite have no value."""
    sample = values[::SAMPLE_STRIDE, ::SAMPLE_STRIDE].astype(np.float32)
    sample = sample[np.isfinite(sample)]
    low, high = value_range(sample, style)
    rows = np.concatenate([color_map(style.color_map), np.full((ROWS, 1), 255, np.uint8)], axis=1)

    def colors(numbers: NDArray[np.float32]) -> NDArray[np.uint8]:
        known = np.isfinite(numbers)
        position = np.clip((np.where(known, numbers, low) - low) / (high - low), 0, 1)
        shown = rows[np.round(position * (ROWS - 1)).astype(np.intp)]
        shown[~known] = 0
        return shown

    rgba = map_values(colors, values)
    below, above = bool((sample < low).any()), bool((sample > high).any())
    legend = Legend(low, high, unit, color_map(style.color_map), below, above)
    return Picture(rgba, not bool(rgba[..., 3].all()), legend)


def value_range(finite_values: NDArray[np.float32], style: RangeStyle) -> tuple[float, float]:
    """The values of the first and the last color; the second is always larger."""
    low, high = style.low, style.high
    if style.automatic and finite_values.size:
        low, high = (float(edge) for edge in np.percentile(finite_values, PERCENTILES))
    # a flat image keeps one color: its rounding noise is not stretched over the whole map
    return low, max(high, low + max(abs(low) * FLATTEST_SPAN, 1e-6))
