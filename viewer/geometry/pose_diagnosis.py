"""Why a frame's images and its camera do not fit, named and measured.

Every explanation is tried out: it counts when with it the images do fit. `position` images tell most, for
each of their pixels says where in the world it lies; without them ids and a mesh have to do.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.spatial.transform import Rotation

from viewer.geometry.expected_view import ExpectedView
from viewer.geometry.pose_faults import (
    UNIT_FACTORS,
    UNIT_TOLERANCE,
    Context,
    Diagnosis,
    Fault,
    ViewOf,
    displaced_pose,
    moved_pose,
    percent_words,
    px_words,
    shifted_image,
    swapped_frames,
    turned_pose,
    unit_of_distances,
    unit_of_place,
    wrong_lens,
)
from viewer.geometry.pose_fit import (
    Sightings,
    fit_centre,
    fit_pose,
    fit_shift,
    fit_turn,
    moved,
    offset_px,
    shifted,
    turned,
)
from viewer.geometry.pose_measures import CheckImages, Measures
from viewer.model.camera import Camera, Lens
from viewer.model.frames import FrameId

EXPLAINED_SHARE = 0.75
"""An explanation has to bring the positions within this share of what is allowed."""
OTHER_PX = 2.0
"""A swapped image shows its positions this near to their pixels in the other frame."""
MOST_DISTANCE_M = 0.02
"""Distances whose median difference is larger do not fit: surfaces seen edge-on are fewer than half."""
COARSE_PX, FINE_PX = 85, 256
"""About as many pixels of a row are looked at when many poses are tried, and to be sure of one."""
MOST_OTHERS = 400
BETTER_TURN = 0.01
"""A rotation must make this share of pixels more agree than the plainer shift."""
ROUGH_PX, ROUGH_SHARE = 4.0, 0.05
"""Second best, an explanation leaves so many pixels and this share of the offset at most."""
LEAST_BY_MESH, LEAST_BY_POINTS = 0.95, 0.9
"""The share of pixels, borders included, that must agree with another frame, or with another unit."""
LEAST_TURN_GAIN = 0.5
"""A turn found by trying must take away at least this share of the disagreement."""


def diagnose_positions(
    camera: Camera, images: CheckImages, measures: Measures, context: Context
) -> Diagnosis:
    """Why the points of a `position` image are seen elsewhere than at their own pixels."""
    assert images.positions is not None
    seen = Sightings.of_image(images.positions)
    before, enough_px = offset_px(camera, seen), EXPLAINED_SHARE * measures.allowed_px
    # Rough images never fit well: what takes nearly all of a large offset away explains it, too.
    rough_px = min(ROUGH_PX, ROUGH_SHARE * before)
    for allowed_px in (enough_px, rough_px) if rough_px > enough_px else (enough_px,):
        found = _explain(camera, seen, measures, allowed_px, context)
        if found is not None:
            return found
    return Diagnosis(
        Fault.UNEXPLAINED,
        f"The points of the position image lie {px_words(before)} from their pixels, and no shift, rotation, "
        "other frame or other place of the camera explains it.",
        before,
        "px",
    )


def _explain(
    camera: Camera, seen: Sightings, measures: Measures, enough_px: float, context: Context
) -> Diagnosis | None:
    """What brings the points within `enough_px` of their pixels; None when nothing does."""
    objects_fit = measures.agreement is not None and measures.agreement.inner >= context.least_agreement
    is_moved = measures.shift is not None and not measures.shift.is_none
    is_all = is_moved or (measures.agreement is not None and not objects_fit)
    what = "the images" if is_all else "the position image"
    lens = context.measured_lens()
    is_usable = lens is not None and (lens.width, lens.height) == (camera.lens.width, camera.lens.height)
    within_px = max(enough_px, measures.allowed_px)
    if lens is not None and is_usable and offset_px(camera.with_lens(lens), seen) <= within_px:
        return wrong_lens(camera.lens, lens, context)
    found: list[tuple[float, Diagnosis]] = []
    # A pose of its own, which nothing is fitted of, may leave more than a fit does.
    other = _pose_of_another(seen, 2 * within_px, context)
    if other is not None:
        found.append((other[1] * 0.5, swapped_frames(what, other[0])))

    def propose(after: float, costs: float, make: Callable[[], Diagnosis]) -> None:
        if after <= enough_px:
            found.append((after * costs, make()))

    by = fit_shift(camera, seen)
    from_inside = seen.without_border(by, camera.lens)
    propose(offset_px(shifted(camera, by), from_inside), 1.0, lambda: shifted_image(what, by[0], by[1]))
    turn = fit_turn(camera, seen)
    propose(offset_px(turned(camera, turn), seen), 1.25, lambda: turned_pose(turn, camera))
    centre = fit_centre(camera, seen)
    propose(
        offset_px(moved(camera, centre), seen),
        1.25,
        lambda: moved_pose(camera, centre, context, objects_fit=objects_fit),
    )
    if not found:
        better = fit_pose(camera, seen)
        propose(offset_px(better, seen), 3.0, lambda: displaced_pose(camera, better, context))
    return min(found, key=lambda entry: entry[0])[1] if found else None


def diagnose_ids(camera: Camera, images: CheckImages, measures: Measures, context: Context) -> Diagnosis:
    """Why the objects of `render_entity_id` are not those the camera should see, its pose being in doubt
    only when there are no positions to prove it."""
    assert images.objects is not None
    assert measures.agreement is not None
    assert measures.shift is not None
    has_proven_pose = measures.offset_px is not None and measures.positions_fit
    shift, share = measures.shift, measures.agreement.inner
    view_of = context.view_of
    is_shifted = not shift.is_none and shift.inner >= context.least_agreement
    if is_shifted and not has_proven_pose and view_of is not None:
        turn = _turn_by_trying(images.objects, camera, shift.dx, shift.dy, context, view_of)
        if turn is not None and turn[1] > shift.overall + BETTER_TURN:
            return turned_pose(turn[0], camera)
    if view_of is not None:
        other = _view_of_another(images.objects, camera, share, context, view_of)
        if other is not None and (not is_shifted or other[1] > shift.overall):
            return swapped_frames("render_entity_id", other[0])
    if is_shifted:
        return shifted_image("render_entity_id", shift.dx, shift.dy)
    if view_of is not None:
        factor = _unit_by_trying(images.objects, camera, context, view_of)
        if factor is not None:
            return unit_of_place("The mesh" if has_proven_pose else "", factor, context)
        if not has_proven_pose:
            turn = _turn_by_trying(images.objects, camera, shift.dx, shift.dy, context, view_of)
            if turn is not None:
                return turned_pose(turn[0], camera)
    proof = " although the position image fits its pose" if has_proven_pose else ""
    return Diagnosis(
        Fault.UNEXPLAINED,
        f"Only {percent_words(share)} of the pixels away from borders show the object that is expected "
        f"there{proof}, and no shift, rotation, other frame or other unit explains it.",
        share,
    )


def diagnose_distances(
    camera: Camera,
    images: CheckImages,
    measures: Measures,
    expected: NDArray[np.float64] | None,
    context: Context,
) -> Diagnosis:
    """Why `depth_meters` holds other distances than those expected (H, W), meters, the pose being right."""
    assert images.distance_m is not None
    assert measures.distance is not None
    ratio = measures.ratio
    if ratio is not None and ratio.spread < UNIT_TOLERANCE and abs(ratio.factor - 1) > UNIT_TOLERANCE:
        return unit_of_distances(ratio.factor, context.metres_per_unit, is_everywhere=None)
    if _is_planar(camera, images):
        return Diagnosis(
            Fault.PLANAR,
            "depth_meters holds depths along the camera's axis where distances from its centre are expected.",
            measures.distance.median_m,
            "m",
        )
    if expected is not None:
        dx, dy, after = _shift_of_distances(images.distance_m, expected)
        if after < LEAST_TURN_GAIN * measures.distance.median_m and after < MOST_DISTANCE_M:
            return shifted_image("depth_meters", dx, dy)
    other = _distances_of_another(images.distance_m, camera, context)
    if other is not None:
        return swapped_frames("depth_meters", other)
    return Diagnosis(
        Fault.UNEXPLAINED,
        f"The distances of depth_meters differ from the expected ones by {measures.distance.median_m:.3g} m "
        "in the median, by no common factor.",
        measures.distance.median_m,
        "m",
    )


# other frames


def _pose_of_another(seen: Sightings, enough_px: float, context: Context) -> tuple[FrameId, float] | None:
    """The frame through whose camera the points lie at their own pixels, and how far from them."""
    few = slice(None, None, max(1, len(seen) // 300))
    some = Sightings(seen.points[few], seen.pixels[few])
    best: tuple[float, FrameId] | None = None
    for frame, camera in context.others[:MOST_OTHERS]:
        away = np.linalg.norm(some.pixels - camera.project(some.points)[0], axis=1)
        median = float(np.median(np.where(np.isfinite(away), away, np.inf)))
        if median <= OTHER_PX + enough_px:
            after = offset_px(camera, seen)
            if after <= enough_px and (best is None or after < best[0]):
                best = after, frame
    return None if best is None else (best[1], best[0])


def _view_of_another(
    objects: NDArray[np.int32], camera: Camera, share: float, context: Context, view_of: ViewOf
) -> tuple[FrameId, float] | None:
    """The frame that should see just these objects, and the share of pixels that agree with it."""
    best: tuple[float, FrameId, Camera] | None = None
    for frame, other in context.others[:MOST_OTHERS]:
        view = view_of(frame, other.with_lens(camera.lens), coarse_step(camera.lens))
        found = _share(objects, view, coarse_step(camera.lens))
        if best is None or found > best[0]:
            best = found, frame, other
    if best is None or best[0] < max(share, 0.8):
        return None
    view = view_of(best[1], best[2].with_lens(camera.lens), _fine_step(camera.lens))
    if view is None:  # few points, and rough at borders
        return (best[1], best[0]) if best[0] >= LEAST_BY_POINTS else None
    fine = _share(objects, view, _fine_step(camera.lens))
    return (best[1], fine) if fine >= LEAST_BY_MESH else None


def coarse_step(lens: Lens) -> int:
    """Every how many-th pixel is looked at when many poses are tried."""
    return max(1, lens.width // COARSE_PX)


def _fine_step(lens: Lens) -> int:
    return max(1, lens.width // FINE_PX)


def _share(objects: NDArray[np.int32], view: ExpectedView | None, step: int) -> float:
    if view is None:
        return 0.0
    known = np.count_nonzero(view.known)
    same = (view.objects == objects[::step, ::step]) & view.known
    return float(np.count_nonzero(same) / known) if known else 0.0


def _distances_of_another(
    distance_m: NDArray[np.float64], camera: Camera, context: Context
) -> FrameId | None:
    if context.view_of is None:
        return None
    found = distance_m[:: coarse_step(camera.lens), :: coarse_step(camera.lens)]
    for frame, other in context.others[:MOST_OTHERS]:
        view = context.view_of(frame, other.with_lens(camera.lens), coarse_step(camera.lens))
        if view is None:
            continue
        expected = view.distance * context.metres_per_unit
        away = np.abs(found - expected) / np.maximum(expected, 1e-9)
        there = away[np.isfinite(away)]
        if len(there) > 100 and np.median(there) < 0.003:
            return frame
    return None


# trying out


def _unit_by_trying(
    objects: NDArray[np.int32], camera: Camera, context: Context, view_of: ViewOf
) -> float | None:
    """The factor by which the camera's place must be multiplied for the objects to be seen as they are."""
    best = (0.0, 1.0)
    for factor in UNIT_FACTORS:
        scaled = view_of(None, moved(camera, camera.position * factor), coarse_step(camera.lens))
        share = _share(objects, scaled, coarse_step(camera.lens))
        best = max(best, (share, factor))
    if best[0] < 0.8:
        return None
    fine = view_of(None, moved(camera, camera.position * best[1]), _fine_step(camera.lens))
    return best[1] if _share(objects, fine, _fine_step(camera.lens)) >= LEAST_BY_MESH else None


def _turn_by_trying(
    objects: NDArray[np.int32], camera: Camera, dx: int, dy: int, context: Context, view_of: ViewOf
) -> tuple[NDArray[np.float64], float] | None:
    """The rotation in world axes that makes most objects agree, from that which the best shift suggests,
    and the share of pixels that agree with it."""
    if view_of(None, camera, coarse_step(camera.lens)) is None:
        return None
    width, height = camera.lens.width, camera.lens.height
    middle = np.array([[(width - 1) / 2, (height - 1) / 2]])
    there = camera.cast_rays(middle)[0]
    seen_at = camera.cast_rays(middle + np.array([[dx, dy]]))[0]
    axis = np.cross(seen_at, there)
    angle = float(np.arctan2(np.linalg.norm(axis), seen_at @ there))
    start = axis / max(float(np.linalg.norm(axis)), 1e-12) * angle

    def misses(step: int) -> Callable[[NDArray[np.float64]], float]:
        def missed(vector: NDArray[np.float64]) -> float:
            turn = Rotation.from_rotvec(vector).as_matrix()
            return 1 - _share(objects, view_of(None, turned(camera, turn), step), step)

        return missed

    def search(step: int, begin: NDArray[np.float64], reach: float) -> tuple[float, NDArray[np.float64]]:
        simplex = np.vstack([begin, begin + reach * np.eye(3)])
        found = minimize(
            misses(step),
            begin,
            method="Nelder-Mead",
            options={"initial_simplex": simplex, "xatol": reach / 100, "fatol": 1e-4, "maxfev": 80},
        )
        return float(found.fun), np.asarray(found.x)

    before = misses(_fine_step(camera.lens))(np.zeros(3))
    rough = min(
        (search(coarse_step(camera.lens), begin, np.radians(3.0)) for begin in (start, np.zeros(3))),
        key=lambda end: end[0],
    )
    after, vector = search(_fine_step(camera.lens), rough[1], np.radians(0.3))
    if after > (1 - context.least_agreement) * 2 + 0.02 or after > before * LEAST_TURN_GAIN:
        return None
    return Rotation.from_rotvec(vector).as_matrix(), 1 - after


def _shift_of_distances(found: NDArray[np.float64], expected: NDArray[np.float64]) -> tuple[int, int, float]:
    """The shift at which distances (H, W) fit best, and the median difference that is left."""

    def left(dx: int, dy: int) -> float:
        height, width = found.shape
        here = expected[max(-dy, 0) : height - max(dy, 0) : 2, max(-dx, 0) : width - max(dx, 0) : 2]
        there = found[max(dy, 0) : height - max(-dy, 0) : 2, max(dx, 0) : width - max(-dx, 0) : 2]
        away = np.abs(here - there)
        away = away[np.isfinite(away)]
        # The mean of what is not far off: the median of a flat wall does not tell one shift from another.
        return float(np.minimum(away, 1.0).mean()) if len(away) else np.inf

    at, best, step = (0, 0), left(0, 0), 16
    while step:
        around = [(at[0] + dx * step, at[1] + dy * step) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
        near = [
            place
            for place in around
            if abs(place[0]) < found.shape[1] // 2 and abs(place[1]) < found.shape[0] // 2
        ]
        score, place = min((left(*place), place) for place in near)
        if score < best:
            at, best = place, score
        else:
            step //= 2
    dx, dy = at
    height, width = found.shape
    away = np.abs(
        expected[max(-dy, 0) : height - max(dy, 0), max(-dx, 0) : width - max(dx, 0)]
        - found[max(dy, 0) : height - max(-dy, 0), max(dx, 0) : width - max(-dx, 0)]
    )
    away = away[np.isfinite(away)]
    return dx, dy, float(np.median(away)) if len(away) else np.inf


def _is_planar(camera: Camera, images: CheckImages) -> bool:
    """Whether the distances are shorter by just what the slant of each ray would make them."""
    if images.positions is None or images.distance_m is None:
        return False
    offset = images.positions - camera.position
    axis = camera.world_from_cam[:3, 2]
    depth = offset @ axis
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = images.distance_m / depth
    ratio = ratio[np.isfinite(ratio) & (depth > 0)]
    if len(ratio) < 100:
        return False
    middle = float(np.median(ratio))
    return float(np.median(np.abs(ratio - middle))) < 0.005 * middle
