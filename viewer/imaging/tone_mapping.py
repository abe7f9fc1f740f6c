"""The dataset's tone mapping: linear HDR colour to what a screen shows."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from viewer.imaging.halves import ROWS_AT_ONCE, as_floats

GAMMA = 1 / 2.2
PERCENTILE = 90
BRIGHT_TARGET = 0.8
"""The displayed value that the 90th percentile of brightness is brought to."""
DARKEST_PERCENTILE = 1e-4
SAMPLE_STRIDE = 61
SAMPLE_REACH = 0.02
"""What share of a sample, above and below, is taken to hold the percentile of all values."""
BRIGHTNESS_WEIGHTS = np.array([0.3, 0.59, 0.11], np.float32)


def exposure_scale(color: NDArray[np.floating], valid: NDArray[np.bool_] | None = None) -> float:
    """The factor that brings the 90th percentile of brightness to 0.8 after gamma.

    Only pixels with `valid` count (all when None); 1 when there is none, 0 when the image is black.
    Pixels that are not finite are left out, for one of them would make the percentile unusable.
    """
    brightness = _brightness(color, valid)
    if not brightness.size:
        return 1.0
    percentile = _percentile(brightness, PERCENTILE)
    return 0.0 if percentile < DARKEST_PERCENTILE else BRIGHT_TARGET ** (1 / GAMMA) / percentile


def _percentile(values: NDArray[np.float32], percent: float) -> float:
    """The percentile of values (N,), N > 0, exact as NumPy's, in a quarter of its time.

    Only values close to it are put into order; a sample says which ones those are.
    """
    count = len(values)
    rank = (count - 1) * percent / 100
    below, after = math.floor(rank), math.ceil(rank)
    sample = np.sort(values[::SAMPLE_STRIDE])
    place = (len(sample) - 1) * percent / 100
    reach = len(sample) * SAMPLE_REACH
    low, high = (sample[min(max(round(place + way * reach), 0), len(sample) - 1)] for way in (-1, 1))
    close, skipped = values[(values >= low) & (values <= high)], int(np.count_nonzero(values < low))
    if not skipped <= below <= after < skipped + len(close):  # few values, or a sample unlike the rest
        close, skipped = values.copy(), 0
    close.partition((below - skipped, after - skipped))
    first, second = float(close[below - skipped]), float(close[after - skipped])
    return first + (second - first) * (rank - below)


def _brightness(color: NDArray[np.floating], valid: NDArray[np.bool_] | None) -> NDArray[np.float32]:
    """That of every finite pixel with `valid`, (N,)."""
    found = np.empty(math.prod(color.shape[:-1]), np.float32)
    count = 0
    for top in range(0, len(color), ROWS_AT_ONCE):
        rows = slice(top, top + ROWS_AT_ONCE)
        some = as_floats(color[rows]) @ BRIGHTNESS_WEIGHTS
        some = some.reshape(-1) if valid is None else some[valid[rows]]
        is_finite = np.isfinite(some)
        if not is_finite.all():
            some = some[is_finite]
        found[count : count + len(some)] = some
        count += len(some)
    return found[:count]


def encode(color: NDArray[np.floating], scale: float = 1.0) -> NDArray[np.uint8]:
    """Scaled linear colour with gamma 1/2.2 as 8 bits, same shape; black where it is not a number."""
    scaled = np.nan_to_num(color.astype(np.float32, copy=False) * np.float32(scale), nan=0.0, posinf=1.0)
    shown = np.clip(scaled, 0, 1) ** np.float32(GAMMA)
    return np.asarray(np.rint(shown * 255), np.uint8)


def tone_map(color: NDArray[np.floating], valid: NDArray[np.bool_] | None = None) -> NDArray[np.uint8]:
    """The dataset's `tonemap` preview of a linear HDR image (H, W, 3)."""
    return encode(color, exposure_scale(color, valid))
