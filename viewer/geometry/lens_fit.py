"""The lens of a scene, measured from images of positions and the poses they were taken from.

A pixel whose world position is known has a known direction from its camera. Over all pixels and frames the
directions follow the pixels by one 3x3 matrix, up to its length: a homography, whatever the lens (pinhole,
shifted or tilted) is. It is fitted robustly, for positions are stored coarsely (float16 has steps of a
quarter of a unit at a few hundred units), some pixels are wrong, and so may be the poses of some frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.errors import ViewerError
from viewer.model.camera import Lens, LensSource, pixel_differences
from viewer.model.frames import FrameId, frame_names

PIXELS_PER_FRAME = 3000
LEAST_PIXELS = 200  # of one frame; fewer say nothing
AGREE_PX = 1.5
"""A frame whose pixels miss by more than this in the median, and by more than their numbers' steps explain,
disagrees with the lens."""
DOUBTFUL_PX = 1.0
"""A lens that leaving out a part of the pixels would move by this much is doubtful."""
ONE_DEPTH_RATIO = 1.15

_DRAWS = 50
_PIXELS_PER_DRAW = 12
_ROUNDS = 12
_TUKEY = 4.685  # in standard deviations: the usual 95 % efficiency
_LEAST_SIGMA_PX = 0.05
_FLAT = 1e-9  # volume of the unit cube after a pose's matrix; less is flat and has no view
_GROUPS = 8


@dataclass(frozen=True, slots=True, eq=False)
class LensFit:
    """A measured lens, and how far it can be trusted."""

    lens: Lens
    median_px: float  # distance between a pixel and where the lens shows the pixel's position
    p95_px: float
    pixel_count: int
    frames: tuple[FrameId, ...]  # that agree with the lens
    disagreeing: tuple[FrameId, ...]  # left out: most probably their poses are wrong
    uncertainty_px: (
        float  # how far the lens moves, anywhere in the image, when a part of the pixels is left out
    )
    doubts: tuple[str, ...] = ()  # sentences; none when the lens is sure

    @property
    def is_sure(self) -> bool:
        return not self.doubts


@dataclass(frozen=True, slots=True, eq=False)
class PixelRays:
    """Some pixels of one frame, and the directions in which their positions lie."""

    frame: FrameId
    pixels: NDArray[np.float64]  # (N, 2)
    rays: NDArray[np.float64]  # (N, 3) camera frame, length 1
    noise: NDArray[np.float64]  # (N,) radians: what the steps of the stored numbers leave open
    distances: NDArray[np.float64]  # (N,) world units

    def __len__(self) -> int:
        return len(self.pixels)


def pixel_rays(
    frame: FrameId,
    positions: NDArray[np.floating],
    world_from_cam: NDArray[np.float64],
    count: int = PIXELS_PER_FRAME,
) -> PixelRays:
    """Some of the pixels, `count` if there are as many, of an image (H, W, 3) of world positions.

    Those that hit nothing (not finite) are left out, and all are where the pose (4, 4) is none.
    """
    matrix = world_from_cam[:3, :3]
    is_pose = bool(np.isfinite(world_from_cam).all()) and abs(np.linalg.det(matrix)) > _FLAT
    rows = np.flatnonzero(np.isfinite(positions).all(axis=2)) if is_pose else np.empty(0, np.int64)
    if len(rows) > count:
        rows = np.sort(rows[np.random.default_rng(0).choice(len(rows), count, replace=False, shuffle=False)])
    y, x = np.divmod(rows, positions.shape[1])
    pixels, stored = np.stack([x, y], axis=1).astype(np.float64), positions[y, x]
    offsets = stored.astype(np.float64) - world_from_cam[:3, 3]
    toward = offsets @ np.linalg.inv(matrix).T if len(rows) else offsets
    distances = np.linalg.norm(toward, axis=1)
    there = distances > 0
    toward, distances, stored, pixels = toward[there], distances[there], stored[there], pixels[there]
    steps = np.linalg.norm(np.spacing(np.abs(stored)).astype(np.float64), axis=1) / np.sqrt(12)
    return PixelRays(frame, pixels, toward / distances[:, None], steps / distances, distances)


def fit_lens(samples: Sequence[PixelRays], size: tuple[int, int]) -> LensFit:
    """The lens of images of `size` (width, height) that agrees with most frames.

    Raises ViewerError when there are not enough pixels, or no lens fits them.
    """
    usable = [sample for sample in samples if len(sample) >= LEAST_PIXELS]
    if not usable:
        most = max((len(sample) for sample in samples), default=0)
        raise ViewerError(
            f"expected at least {LEAST_PIXELS} pixels with positions in a frame with a pose, found {most}"
        )
    scaling = _Scaling(size)
    no_lens = ViewerError("no lens shows the positions of any frame where the images have them")
    start = _starting_point(usable, scaling)
    if start is None:
        raise no_lens
    agreeing = _agreeing(usable, start, scaling, slack=2.0)
    matrix = _refine(agreeing, start, scaling)
    agreeing = _agreeing(usable, matrix, scaling) or agreeing
    matrix = _refine(agreeing, matrix, scaling)
    lens = _lens(matrix, scaling)
    if lens is None:
        raise no_lens
    missed = np.concatenate([_residuals(matrix, sample, scaling) for sample in agreeing])
    left_out = tuple(s.frame for s in usable if all(s is not other for other in agreeing))
    fit = LensFit(
        lens,
        float(np.median(missed)),
        float(np.percentile(missed, 95)),
        len(missed),
        tuple(sample.frame for sample in agreeing),
        left_out,
        _uncertainty(agreeing, matrix, lens, scaling),
    )
    return _with_doubts(fit, agreeing)


class _Scaling:
    """Pixels to numbers around -1..1 and back, so that the equations are well conditioned."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self.half = max(size) / 2
        self.middle = np.array([(size[0] - 1) / 2, (size[1] - 1) / 2])

    def small(self, pixels: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray((pixels - self.middle) / self.half)


def _starting_point(samples: Sequence[PixelRays], scaling: _Scaling) -> NDArray[np.float64] | None:
    """The matrix of that frame with which most frames agree; None when not even one agrees with its own."""
    best = (0, -np.inf)
    chosen: NDArray[np.float64] | None = None
    for sample in samples:
        matrix = _refine([sample], _drawn(sample, scaling), scaling)
        if _lens(matrix, scaling) is None:
            continue  # of a frame with a wrong pose
        medians = [float(np.median(_residuals(matrix, other, scaling))) for other in samples]
        agreeing = len(_agreeing(samples, matrix, scaling, slack=2.0))
        score = (agreeing, -float(np.median(medians)))
        if score > best and agreeing:
            best, chosen = score, matrix
        if agreeing > len(samples) / 2:
            break  # no other could have more behind it
    return chosen


def _drawn(sample: PixelRays, scaling: _Scaling) -> NDArray[np.float64]:
    """The best of many matrices from a few pixels each: right although up to half of the pixels are wrong."""
    rng = np.random.default_rng(0)
    judges = sample if len(sample) <= 500 else _some(sample, rng.choice(len(sample), 500, replace=False))
    best, chosen = np.inf, np.eye(3)
    for _ in range(_DRAWS):
        drawn = _some(sample, rng.choice(len(sample), _PIXELS_PER_DRAW, replace=False))
        matrix = _linear(drawn, scaling)
        missed = float(np.median(_residuals(matrix, judges, scaling)))
        if missed < best:
            best, chosen = missed, matrix
    return chosen


def _some(sample: PixelRays, rows: NDArray[np.int64]) -> PixelRays:
    return PixelRays(
        sample.frame, sample.pixels[rows], sample.rays[rows], sample.noise[rows], sample.distances[rows]
    )


def _linear(sample: PixelRays, scaling: _Scaling) -> NDArray[np.float64]:
    """The matrix (3, 3) that turns rays into scaled pixels, by the direct linear transform."""
    place, rays = scaling.small(sample.pixels), sample.rays
    none = np.zeros_like(rays)
    across = np.concatenate([rays, none, -place[:, :1] * rays], axis=1)
    down = np.concatenate([none, rays, -place[:, 1:] * rays], axis=1)
    equations = np.concatenate([across, down])
    _, vectors = np.linalg.eigh(equations.T @ equations)
    matrix = vectors[:, 0].reshape(3, 3)
    return np.asarray(matrix if np.median(rays @ matrix[2]) > 0 else -matrix)


def _residuals(matrix: NDArray[np.float64], sample: PixelRays, scaling: _Scaling) -> NDArray[np.float64]:
    """Distances (N,) in pixels between pixels and where the matrix puts their rays; inf behind the camera."""
    seen = sample.rays @ matrix.T
    ahead = seen[:, 2] > 1e-9
    place = np.divide(seen[:, :2], seen[:, 2:], out=np.full((len(seen), 2), np.inf), where=ahead[:, None])
    return np.asarray(np.linalg.norm(place - scaling.small(sample.pixels), axis=1) * scaling.half)


def _noise_px(matrix: NDArray[np.float64], sample: PixelRays, scaling: _Scaling) -> NDArray[np.float64]:
    """What the steps of the stored positions may move a pixel by, (N,)."""
    pixels_per_radian = (
        scaling.half * np.linalg.norm(matrix[0]) / max(float(np.linalg.norm(matrix[2])), 1e-12)
    )
    return np.asarray(np.hypot(sample.noise * pixels_per_radian, _LEAST_SIGMA_PX))


def _agreeing(
    samples: Sequence[PixelRays], matrix: NDArray[np.float64], scaling: _Scaling, slack: float = 1.0
) -> list[PixelRays]:
    """The frames whose pixels are where the matrix has them."""
    found = []
    for sample in samples:
        allowed = max(AGREE_PX, 3 * float(np.median(_noise_px(matrix, sample, scaling)))) * slack
        if float(np.median(_residuals(matrix, sample, scaling))) <= allowed:
            found.append(sample)
    return found


def _refine(
    samples: Sequence[PixelRays], matrix: NDArray[np.float64], scaling: _Scaling
) -> NDArray[np.float64]:
    """The matrix that misses the pixels least, in pixels; those far off count little or nothing."""
    if not samples:
        return matrix
    rays = np.concatenate([sample.rays for sample in samples])
    place = scaling.small(np.concatenate([sample.pixels for sample in samples]))
    matrix = matrix / np.linalg.norm(matrix)
    for _ in range(_ROUNDS):
        sigma = np.concatenate([_noise_px(matrix, sample, scaling) for sample in samples]) / scaling.half
        seen = rays @ matrix.T
        ahead = seen[:, 2] > 1e-9
        depth = np.where(ahead, seen[:, 2], 1.0)
        error = place - seen[:, :2] / depth[:, None]
        apart = np.linalg.norm(error, axis=1) / sigma
        spread = max(1.4826 * float(np.median(apart[ahead], axis=0)), 1e-9) if ahead.any() else 1.0
        near = np.clip(1 - (apart / (_TUKEY * spread)) ** 2, 0, None)
        weight = np.where(ahead, near**2, 0.0) / sigma**2
        scaled = rays / depth[:, None]
        none = np.zeros_like(scaled)
        column = seen[:, :2] / depth[:, None]
        across = np.concatenate([scaled, none, -column[:, :1] * scaled], axis=1)
        down = np.concatenate([none, scaled, -column[:, 1:] * scaled], axis=1)
        normal = (across * weight[:, None]).T @ across + (down * weight[:, None]).T @ down
        right = across.T @ (weight * error[:, 0]) + down.T @ (weight * error[:, 1])
        # a longer matrix shows the same: its length is held by an equation of its own
        along = matrix.ravel()
        normal += np.outer(along, along) * np.trace(normal) / 9
        step = np.linalg.lstsq(normal, right, rcond=None)[0].reshape(3, 3)
        matrix = matrix + step
        matrix = matrix / np.linalg.norm(matrix)
        if np.abs(step).max() < 1e-8:  # a hundred thousandth of a pixel
            break
    return matrix


def _lens(matrix: NDArray[np.float64], scaling: _Scaling) -> Lens | None:
    """The lens of a matrix; None when it does not look forward in every pixel."""
    width, height = scaling.size
    pixel_from_small = np.array(
        [[scaling.half, 0, scaling.middle[0]], [0, scaling.half, scaling.middle[1]], [0, 0, 1.0]]
    )
    if abs(np.linalg.det(matrix)) < 1e-12:
        return None
    ray_from_pixel = np.linalg.inv(pixel_from_small @ matrix)
    corners = np.array([[x, y, 1.0] for x in (-0.5, width - 0.5) for y in (-0.5, height - 0.5)])
    forward = corners @ ray_from_pixel[2]
    if not (forward > 0).all():
        return None
    middle = np.array([*scaling.middle, 1.0])
    return Lens(width, height, ray_from_pixel / (ray_from_pixel[2] @ middle), LensSource.MEASURED)


def _uncertainty(
    samples: Sequence[PixelRays], matrix: NDArray[np.float64], lens: Lens, scaling: _Scaling
) -> float:
    """How far the lens may be off, in pixels, at the worst place of the image: the jackknife over groups of
    pixels. Groups are frames where there are enough, for the errors of one frame are alike."""
    if len(samples) >= 4:
        groups = [[s for k, s in enumerate(samples) if k % _GROUPS != g] for g in range(_GROUPS)]
        groups = [group for group in groups if 0 < len(group) < len(samples)]
    else:
        groups = [[_without_block(sample, block) for sample in samples] for block in range(_GROUPS)]
    moved = []
    for group in groups:
        other = _lens(_refine(group, matrix, scaling), scaling)
        apart = None if other is None else pixel_differences(lens, other)
        if apart is None:
            return float("inf")
        moved.append(apart)
    count = len(moved)
    return float(np.sqrt((count - 1) / count * (np.array(moved) ** 2).sum(axis=0)).max())


def _without_block(sample: PixelRays, block: int) -> PixelRays:
    """Without one of eight blocks of the part of the image that has pixels, 4 across and 2 down."""
    low, high = sample.pixels.min(axis=0), sample.pixels.max(axis=0)
    across, down = ((sample.pixels - low) / np.maximum(high - low, 1) * (3.999, 1.999)).astype(np.int64).T
    return _some(sample, np.flatnonzero(across + 4 * down != block))


def _with_doubts(fit: LensFit, samples: Sequence[PixelRays]) -> LensFit:
    doubts = []
    distances = np.concatenate([sample.distances for sample in samples])
    near, far = np.percentile(distances, [5, 95])
    if len(fit.frames) <= len(fit.disagreeing):
        doubts.append(
            f"Only {len(fit.frames)} of {len(fit.frames) + len(fit.disagreeing)} frames agree; "
            f"{frame_names(fit.disagreeing)} {'do' if len(fit.disagreeing) > 1 else 'does'} not."
        )
    elif len(fit.frames) == 1:
        doubts.append("It comes from one frame alone: a wrong pose would look like a lens.")
    elif far < ONE_DEPTH_RATIO * near:
        doubts.append("All pixels are at one distance: wrong poses would look like a lens.")
    if fit.uncertainty_px > DOUBTFUL_PX:
        amount = "many" if fit.uncertainty_px > 1000 else f"{fit.uncertainty_px:.1f}"
        doubts.append(f"Its {fit.pixel_count:,} pixels leave it open by {amount} px somewhere in the image.")
    if fit.median_px > 2 * AGREE_PX:
        doubts.append(f"Half of the pixels are more than {fit.median_px:.1f} px from where it has them.")
    return LensFit(
        fit.lens,
        fit.median_px,
        fit.p95_px,
        fit.pixel_count,
        fit.frames,
        fit.disagreeing,
        fit.uncertainty_px,
        tuple(doubts),
    )
