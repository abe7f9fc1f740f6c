"""Whether the images of a frame fit its camera; if not, why.

A frame fails when any of these is so:

- its pose is missing, holds NaN, or is no rotation: |R Rᵀ - 1| above 1e-3 or a negative determinant;
- an image has another size than the camera;
- less than 99 % of the pixels away from borders (2 px) show the object the mesh has there, or 98 % (4 px)
  where the points of other frames stand in for a mesh;
- another whole-pixel shift agrees clearly better: it takes away a quarter of the disagreement, and that of
  0.5 % of all pixels at least (only with a mesh);
- the points of its `position` image are seen more than 1 px from their pixels, or more than the steps of the
  stored numbers explain (the median in each cell of an 8 × 6 grid, of which 90 % must be below);
- its distances differ from the expected ones by more than 2 cm in the median, or all by more than 2 %.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.expected_view import ExpectedView
from viewer.geometry.pose_diagnosis import (
    MOST_DISTANCE_M,
    diagnose_distances,
    diagnose_ids,
    diagnose_positions,
)
from viewer.geometry.pose_faults import UNIT_TOLERANCE, Context, Diagnosis, Fault
from viewer.geometry.pose_measures import CheckImages, Measures, expected_distance, measure
from viewer.model.camera import Camera
from viewer.model.frames import FrameId

LEAST_AGREEMENT_MESH = 0.99
LEAST_AGREEMENT_POINTS = 0.98
ROTATION_TOLERANCE = 1e-3
LEAST_SHIFT_GAIN = 0.005  # of all pixels
LEAST_SHIFT_SHARE = 0.25  # of the disagreement


@dataclass(frozen=True, slots=True, eq=False)
class FrameCheck:
    """What came of checking one frame."""

    frame: FrameId
    diagnosis: Diagnosis
    measures: Measures = field(default_factory=Measures)
    witness: str = ""  # what the ids were compared with: "mesh" or "points of 5 frames"

    @property
    def fault(self) -> Fault:
        return self.diagnosis.fault

    @property
    def is_checked(self) -> bool:
        return self.fault is not Fault.UNCHECKED

    @property
    def has_failed(self) -> bool:
        return self.fault not in (Fault.NONE, Fault.UNCHECKED)


def check_frame(
    frame: FrameId,
    camera: Camera,
    images: CheckImages,
    view: ExpectedView | None,
    context: Context,
    *,
    witness: str,
    is_mesh: bool,
) -> FrameCheck:
    """Measure a frame against what its camera should see (None = nobody knows), and name what is wrong."""
    measures = measure(
        camera,
        images,
        view,
        context.metres_per_unit,
        is_mesh=is_mesh,
        least_agreement=context.least_agreement,
    )
    found = _find_fault(camera, images, view, measures, context, is_mesh=is_mesh)
    return FrameCheck(frame, found, measures, witness if measures.agreement is not None else "")


def _find_fault(
    camera: Camera,
    images: CheckImages,
    view: ExpectedView | None,
    measures: Measures,
    context: Context,
    *,
    is_mesh: bool,
) -> Diagnosis:
    crooked = check_rotation(camera.world_from_cam[:3, :3])
    if crooked is not None:
        return crooked
    if measures.agreement is None and measures.offset_px is None and measures.distance is None:
        return Diagnosis(Fault.UNCHECKED, "There is nothing to compare the frame's images with.")
    if not measures.positions_fit:
        return diagnose_positions(camera, images, measures, context)
    if not _objects_fit(measures, context, is_mesh=is_mesh):
        return diagnose_ids(camera, images, measures, context)
    if not _distances_fit(measures):
        expected = expected_distance(camera, images, view, is_mesh=is_mesh)
        in_metres = None if expected is None else expected * context.metres_per_unit
        return diagnose_distances(camera, images, measures, in_metres, context)
    return Diagnosis(Fault.NONE, "")


def check_rotation(matrix: NDArray[np.float64]) -> Diagnosis | None:
    """What is wrong with a matrix (3, 3) that should be a rotation; None when nothing is."""
    if not np.isfinite(matrix).all():
        return Diagnosis(Fault.NAN_POSE, "The pose holds numbers that are not finite (NaN).")
    error = float(np.abs(matrix @ matrix.T - np.eye(3)).max())
    determinant = float(np.linalg.det(matrix))
    if error <= ROTATION_TOLERANCE and determinant > 0:
        return None
    what = "mirrors" if determinant < 0 else "is no rotation"
    return Diagnosis(
        Fault.NOT_A_ROTATION,
        f"The pose's matrix {what}: its determinant is {determinant:.4g} (expected 1) and its rows are "
        f"off from right angles and length 1 by up to {error:.2g} (expected at most {ROTATION_TOLERANCE:g}).",
        determinant,
    )


def _objects_fit(measures: Measures, context: Context, *, is_mesh: bool) -> bool:
    found, shift = measures.agreement, measures.shift
    if found is None or shift is None:
        return True
    gain = shift.overall - found.overall
    # Points of other frames are sparse and rough at borders, where one pixel decides.
    is_shifted = is_mesh and gain >= max(LEAST_SHIFT_GAIN, LEAST_SHIFT_SHARE * (1 - found.overall))
    return found.inner >= context.least_agreement and not (is_shifted and not shift.is_none)


def _distances_fit(measures: Measures) -> bool:
    if measures.distance is None:
        return True
    is_off = measures.ratio is not None and abs(measures.ratio.factor - 1) > UNIT_TOLERANCE
    return not is_off and measures.distance.median_m <= MOST_DISTANCE_M
