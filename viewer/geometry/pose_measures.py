"""Measuring how well one frame's images fit its camera and what is known of the scene."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.expected_view import ExpectedView
from viewer.geometry.id_agreement import (
    BORDER_PX,
    Agreement,
    Shift,
    agreement,
    best_shift,
    borders,
)
from viewer.geometry.pose_fit import Sightings, offset_px, step_px
from viewer.geometry.ray_scene import grid_rays
from viewer.model.camera import Camera

FITS_PX = 1.0
"""Positions that lie within this of their pixels fit, or within what their numbers' steps leave open."""
LEAST_SIGHTINGS = 500
POINTS_BORDER_PX = 4
"""Points of other frames carry their own rounding to 16 bits: more pixels count as border."""


@dataclass(frozen=True, slots=True, eq=False)
class CheckImages:
    """What a frame's own images say; None for those it lacks. All have the camera's size."""

    objects: NDArray[np.int32] | None = None  # (H, W), -1 = none
    distance_m: NDArray[np.float64] | None = None  # (H, W) metres from the camera's centre
    positions: NDArray[np.float64] | None = None  # (H, W, 3) world units
    position_step: np.dtype[np.floating] | None = None  # the type whose steps they were stored in


@dataclass(frozen=True, slots=True)
class Difference:
    """How far the numbers of an image are from what was expected, metres."""

    median_m: float
    p99_m: float
    nan_share: float  # of the image's pixels, those without a number


@dataclass(frozen=True, slots=True)
class Ratio:
    """An image's distances over the expected ones."""

    factor: float  # the median
    spread: float  # median deviation from it, as a share of it


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """All that was measured of a frame; None where images or expectations are missing."""

    agreement: Agreement | None = None
    shift: Shift | None = None
    distance: Difference | None = None
    position: Difference | None = None
    ratio: Ratio | None = None
    offset_px: float | None = None
    """How far the camera sees the points of the `position` image from their own pixels."""
    allowed_px: float = FITS_PX
    """How far they may be: what the steps of the stored numbers leave open at least."""

    @property
    def positions_fit(self) -> bool:
        """True when the points of the `position` image lie at their pixels, or there is none."""
        return self.offset_px is None or self.offset_px <= self.allowed_px


def measure(
    camera: Camera,
    images: CheckImages,
    view: ExpectedView | None,
    metres_per_unit: float,
    *,
    is_mesh: bool,
    least_agreement: float,
) -> Measures:
    """Compare a frame's images with what its camera is expected to see, and with each other."""
    found = shift = None
    border_px = BORDER_PX if is_mesh else POINTS_BORDER_PX
    if images.objects is not None and view is not None:
        found = agreement(view, images.objects, border_px)
        if found is not None:
            shift = best_shift(view, images.objects, border_px, is_far=found.inner < least_agreement)
    seen = None if images.positions is None else Sightings.of_image(images.positions)
    is_placed = seen is not None and len(seen) >= LEAST_SIGHTINGS
    distance = ratio = position = None
    if images.distance_m is not None:
        expected = expected_distance(camera, images, view, is_mesh=is_mesh)
        if expected is not None:
            calm = _calm(images, view)
            distance = _difference(
                np.abs(images.distance_m - expected * metres_per_unit), calm, images.distance_m
            )
            ratio = _ratio(images.distance_m, expected * metres_per_unit, calm)
    if images.positions is not None and view is not None:
        place = _expected_places(camera, view)
        away = np.linalg.norm(images.positions - place, axis=2) * metres_per_unit
        position = _difference(away, _calm(images, view), images.positions[..., 0])
    return Measures(
        found,
        shift,
        distance,
        position,
        ratio,
        offset_px(camera, seen) if seen is not None and is_placed else None,
        max(FITS_PX, step_px(camera, seen, images.position_step)) if seen is not None else FITS_PX,
    )


def expected_distance(
    camera: Camera, images: CheckImages, view: ExpectedView | None, *, is_mesh: bool
) -> NDArray[np.float64] | None:
    """(H, W) world units; points of other frames come last, for they lie beside the pixels' centres."""
    if view is not None and is_mesh:
        return view.distance
    if images.positions is not None:
        return np.asarray(np.linalg.norm(images.positions - camera.position, axis=2))
    return None if view is None else view.distance


def _expected_places(camera: Camera, view: ExpectedView) -> NDArray[np.float64]:
    """(H, W, 3) world units."""
    height, width = view.distance.shape
    rays = grid_rays(camera, np.arange(width), np.arange(height)).reshape(height, width, 3)
    return np.asarray(camera.position + rays * view.distance[..., None])


def _calm(images: CheckImages, view: ExpectedView | None) -> NDArray[np.bool_] | None:
    """(H, W) pixels away from the borders of objects, where distances jump; None = no ids to tell by."""
    if images.objects is None:
        return None
    calm = ~borders(images.objects)
    if view is not None and view.known.all():
        calm &= ~borders(view.objects)
    return calm


def _difference(
    away: NDArray[np.float64], calm: NDArray[np.bool_] | None, pixels: NDArray[np.floating]
) -> Difference | None:
    counted = np.isfinite(away) if calm is None else np.isfinite(away) & calm
    values = away[counted]
    if len(values) < LEAST_SIGHTINGS:
        return None
    median, p99 = np.quantile(values, (0.5, 0.99))
    return Difference(float(median), float(p99), 1 - np.count_nonzero(np.isfinite(pixels)) / pixels.size)


def _ratio(
    found: NDArray[np.float64], expected: NDArray[np.float64], calm: NDArray[np.bool_] | None
) -> Ratio | None:
    usable = np.isfinite(found) & np.isfinite(expected) & (expected > 0)
    if calm is not None:
        usable &= calm
    if np.count_nonzero(usable) < LEAST_SIGHTINGS:
        return None
    ratios = found[usable] / expected[usable]
    middle = float(np.median(ratios))
    if middle <= 0:
        return None
    return Ratio(middle, float(np.median(np.abs(ratios - middle)) / middle))
