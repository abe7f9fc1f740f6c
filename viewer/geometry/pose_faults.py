"""The faults a frame can have, and the sentences that tell them."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from viewer.geometry.expected_view import ExpectedView
from viewer.geometry.pose_fit import degrees
from viewer.model.camera import Camera, Lens, max_pixel_difference
from viewer.model.frames import FrameId

UNIT_TOLERANCE = 0.02
UNITS = {
    "millimetres": 0.001,
    "centimetres": 0.01,
    "inches": 0.0254,
    "feet": 0.3048,
    "yards": 0.9144,
    "metres": 1.0,
}
UNIT_FACTORS = (0.001, 0.01, 0.0254, 0.3048, 1 / 2.54, 2.54, 1 / 0.3048, 1 / 0.0254, 100.0, 1000.0)
"""What lies between the usual units: millimeter, centimeter, inch, foot, meter."""

ViewOf = Callable[[FrameId | None, Camera, int], ExpectedView | None]
"""What a camera should see in every so many-th pixel; None when nobody knows. The frame is whose pose it has,
None = a pose that is only tried out."""


class Fault(enum.Enum):
    """What can be wrong with a frame; the value is its name in tables."""

    NONE = "fits"
    UNCHECKED = "not checked"
    NO_POSE = "no pose"
    NAN_POSE = "NaN pose"
    NOT_A_ROTATION = "not a rotation"
    UNREADABLE = "unreadable image"
    IMAGE_SIZE = "image size"
    SHIFTED = "shifted image"
    TURNED = "rotated pose"
    MOVED = "displaced pose"
    SWAPPED = "swapped frames"
    UNIT = "wrong unit"
    PLANAR = "planar depth"
    LENS = "wrong lens"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A fault, in a sentence, and how large it is."""

    fault: Fault
    reason: str
    amount: float | None = None  # degrees, pixels, meters or a factor, as `unit` says
    unit: str = ""
    other: FrameId | None = None  # whose pose fits instead


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """What a diagnosis may turn to besides the frame itself."""

    metres_per_unit: float
    others: Sequence[tuple[FrameId, Camera]] = ()
    view_of: ViewOf | None = None
    measured_lens: Callable[[], Lens | None] = lambda: None
    """The lens that the scene's own `position` images tell, where they are sure of it; may take a second."""
    lens_words: str = ""  # which lens is in use, and why
    least_agreement: float = 0.99


def swapped_frames(what: str, other: FrameId) -> Diagnosis:
    fits = "fit" if what == "the images" else "fits"
    return Diagnosis(
        Fault.SWAPPED,
        f"{_begun(what)} {fits} the pose of {other.camera} frame {other.frame} and not this one: "
        "the frames seem to be swapped.",
        other=other,
    )


def shifted_image(what: str, dx: float, dy: float) -> Diagnosis:
    across = f"{_whole(abs(dx))} px to the {'right' if dx > 0 else 'left'}"
    down = f"{_whole(abs(dy))} px {'down' if dy > 0 else 'up'}"
    words = " and ".join(part for part, by in ((across, dx), (down, dy)) if abs(by) >= 0.25)
    is_are = "are" if what == "the images" else "is"
    return Diagnosis(
        Fault.SHIFTED,
        f"{_begun(what)} {is_are} shifted {words} against the pose.",
        float(np.hypot(dx, dy)),
        "px",
    )


def _whole(value: float) -> str:
    """A number of pixels, whole when it nearly is."""
    return f"{round(value)}" if abs(value - round(value)) < 0.1 else f"{value:.1f}"


def _begun(what: str) -> str:
    """What a sentence begins with; names of images keep their spelling."""
    return what[0].upper() + what[1:] if what.startswith("the ") else what


def turned_pose(turn: NDArray[np.float64], camera: Camera) -> Diagnosis:
    angle = degrees(turn)
    vector = camera.world_from_cam[:3, :3].T @ Rotation.from_matrix(turn).as_rotvec()
    axis = ("pitch", "yaw", "roll")[int(np.abs(vector).argmax())]
    return Diagnosis(
        Fault.TURNED,
        f"The pose is rotated by {angle:.3g}° (mostly {axis}) from the one the images were taken from.",
        angle,
        "°",
    )


def moved_pose(
    camera: Camera, centre: NDArray[np.float64], context: Context, *, objects_fit: bool
) -> Diagnosis:
    factor = float(centre @ camera.position / max(float(camera.position @ camera.position), 1e-30))
    beside = float(np.linalg.norm(centre - factor * camera.position))
    is_scaled = beside < UNIT_TOLERANCE * float(np.linalg.norm(centre)) and factor > 0
    if is_scaled and any(abs(factor / usual - 1) < UNIT_TOLERANCE for usual in UNIT_FACTORS):
        return unit_of_place("The position image" if objects_fit else "", factor, context)
    away = float(np.linalg.norm(centre - camera.position)) * context.metres_per_unit
    return Diagnosis(
        Fault.MOVED, f"The images were taken from a place {away:.3g} m away from the pose's.", away, "m"
    )


def displaced_pose(camera: Camera, better: Camera, context: Context) -> Diagnosis:
    turn = better.world_from_cam[:3, :3] @ np.linalg.inv(camera.world_from_cam[:3, :3])
    away = float(np.linalg.norm(better.position - camera.position)) * context.metres_per_unit
    return Diagnosis(
        Fault.MOVED,
        f"The images were taken from a place {away:.3g} m away from the pose's, "
        f"rotated by {degrees(turn):.3g}°.",
        away,
        "m",
    )


def unit_of_place(what: str, factor: float, context: Context) -> Diagnosis:
    """The camera's place would have to be `factor` times what it is, unless `what` it sees is to blame."""
    metres = context.metres_per_unit
    length = metres / factor if what else metres * factor
    share = 1 / factor if what else factor
    what = what or "The camera's position"
    size = f"{share:.4g} times too small" if share > 1 else f"{1 / share:.4g} times too large"
    return Diagnosis(
        Fault.UNIT,
        f"{what} is {size}: it is in {units_words(length)} where the scene's are in {units_words(metres)}.",
        share,
        "×",
    )


def unit_of_distances(factor: float, metres_per_unit: float, *, is_everywhere: bool | None) -> Diagnosis:
    """The distances are `factor` times what pose and unit make them.

    One frame alone (None) cannot tell whether its image or the scene's unit is wrong.
    """
    size = f"{factor:.4g} times too large" if factor > 1 else f"{1 / factor:.4g} times too small"
    images, unit = named_unit(1 / factor), named_unit(metres_per_unit * factor)
    causes = []
    if images:
        causes.append(f"depth_meters is in {images}")
    if unit and is_everywhere is not False:
        causes.append(f"the scene's unit is {unit} and not {units_words(metres_per_unit)}")
    words = f": {' or '.join(causes)}" if causes else ""
    return Diagnosis(
        Fault.UNIT, f"The distances of depth_meters are {size} for the scene's unit{words}.", factor, "×"
    )


def named_unit(metres: float) -> str:
    """The unit of a length, in the plural; empty when it has no name."""
    near = (name for name, size in UNITS.items() if abs(metres / size - 1) < UNIT_TOLERANCE / 2)
    return next(near, "")


def units_words(metres: float) -> str:
    """The unit of a length, in the plural, or its length."""
    return named_unit(metres) or f"units of {metres:.4g} m"


def wrong_lens(lens: Lens, measured: Lens, context: Context) -> Diagnosis:
    apart = max_pixel_difference(lens, measured)
    words = "out of sight" if apart is None else f"by up to {px_words(apart)}"
    return Diagnosis(
        Fault.LENS,
        f"The lens in use, {context.lens_words}, is not the one the images were rendered with: "
        f"it is off {words} from the lens measured from the position images, which fits them.",
        apart,
        "px",
    )


def px_words(value: float) -> str:
    return (
        "out of sight" if not np.isfinite(value) else f"{value:.2g} px" if value < 10 else f"{value:.0f} px"
    )


def percent_words(share: float) -> str:
    return f"{100 * share:.2f} %"
