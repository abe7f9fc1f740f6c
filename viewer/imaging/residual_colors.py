"""Residuals of points as colors: dark where two images agree, bright where they do not."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.imaging.color_maps import ROWS, color_map
from viewer.imaging.modality import Legend

COLOR_MAP: Final = "heat"
UNKNOWN_COLOR: Final = 128
LARGEST_SHARE: Final = 99  # percent of the points that the colors tell apart
LEAST_RANGE_M: Final = 1e-4
MM_BELOW_M: Final = 0.1
SAMPLE: Final = 100_000


def residual_legend(residuals: NDArray[np.float32]) -> Legend:
    """The scale from 0 to what nearly all residuals (N,), metres, are below; millimetres if it is short."""
    known = sampled(residuals)
    high = float(np.percentile(known, LARGEST_SHARE)) if len(known) else LEAST_RANGE_M
    high = max(high, LEAST_RANGE_M)
    scale, unit = (1000.0, "mm") if high < MM_BELOW_M else (1.0, "m")
    return Legend(0.0, high * scale, unit, color_map(COLOR_MAP), is_cut_above=bool((known > high).any()))


def sampled(residuals: NDArray[np.float32]) -> NDArray[np.float32]:
    """Those of the residuals that are known, evenly thinned out: enough for any share of them, and quick."""
    some = residuals[:: max(len(residuals) // SAMPLE, 1)]
    return np.asarray(some[np.isfinite(some)])


def residual_colors(residuals: NDArray[np.float32], legend: Legend) -> NDArray[np.uint8]:
    """sRGB (N, 3) of residuals (N,) in metres; grey where there is none."""
    high = legend.high / (1000.0 if legend.unit == "mm" else 1.0)
    known = np.isfinite(residuals)
    share = np.clip(np.where(known, residuals, 0) / high, 0, 1)
    colors = legend.colors[np.round(share * (ROWS - 1)).astype(np.intp)]
    colors[~known] = UNKNOWN_COLOR
    return np.asarray(colors, np.uint8)
