"""What is known of the lenses a scene could have: from the camera table, measured, or plainly assumed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from viewer.formats.hypersim.scene_views import LENS_GAP
from viewer.model.camera import Cameras, Lens, LensSource, max_pixel_difference, plain_lens
from viewer.model.frames import FrameId, Images, covering_order, frame_names

if TYPE_CHECKING:
    from viewer.geometry.lens_fit import LensFit
    from viewer.model.scene import Scene

DISAGREEMENT_PX = 1.0
"""Table and measurement further apart than this anywhere in the image are worth telling."""
FRAMES_MEASURED = 8
POSITION = "position"
LENS_NAMES: Final = {
    "table": LensSource.TABLE,
    "measured": LensSource.MEASURED,
    "pinhole": LensSource.PINHOLE,
}
"""What the sources are called on the command line."""
NOTHING_TO_MEASURE = "No frame has both a pose and a position image, which the lens is measured from."


@dataclass(frozen=True, slots=True, eq=False)
class SceneLenses:
    """What each source says about the lens of a scene; None where it says nothing."""

    table: Lens | None = None
    fit: LensFit | None = None
    pinhole: Lens | None = None
    why_not_measured: str = ""
    """A sentence; empty when it was measured, or nobody has tried."""
    why_no_table: str = "No camera table with this scene was found."

    @staticmethod
    def of(scene: Scene) -> SceneLenses:
        """What is known without measuring; nothing for a scene without poses."""
        cameras = scene.part(Cameras)
        if cameras is None or not cameras.trajectories:
            return SceneLenses()
        lens = cameras.trajectories[0].lens
        from_table = lens if lens.source is LensSource.TABLE else None
        why_not = "" if measurable_frames(scene) else NOTHING_TO_MEASURE
        lenses = SceneLenses(from_table, None, plain_lens(lens.width, lens.height), why_not)
        broken = next((gap for gap in scene.gaps if gap.what == LENS_GAP and gap.is_broken), None)
        return lenses if broken is None else replace(lenses, why_no_table=f"{broken.why}.")

    @property
    def measured(self) -> Lens | None:
        return None if self.fit is None else self.fit.lens

    def with_fit(self, fit: LensFit) -> SceneLenses:
        return replace(self, fit=fit, why_not_measured="")

    def with_table(self, table: Lens) -> SceneLenses:
        return replace(self, table=table)

    def get(self, source: LensSource) -> Lens | None:
        """The lens of one source."""
        by_source = {
            LensSource.TABLE: self.table,
            LensSource.MEASURED: self.measured,
            LensSource.PINHOLE: self.pinhole,
        }
        return by_source.get(source)

    @property
    def best(self) -> Lens | None:
        """The table's, else the measured one when it is sure, else the plain pinhole."""
        if self.table is not None:
            return self.table
        return self.fit.lens if self.fit is not None and self.fit.is_sure else self.pinhole

    @property
    def disagreement_px(self) -> float | None:
        """How far table and measurement are apart at most; None while one of them is unknown or unsure."""
        if self.table is None or self.fit is None or not self.fit.is_sure:
            return None
        apart = max_pixel_difference(self.table, self.fit.lens)
        return float("inf") if apart is None else apart

    @property
    def finding(self) -> str:
        """The sentence that table and measurement contradict each other; empty while they do not."""
        apart = self.disagreement_px
        if apart is None or apart <= DISAGREEMENT_PX:
            return ""
        amount = f"up to {apart:,.1f} px" if np.isfinite(apart) else "more than an image"
        return f"The lens of the camera table and that of the images are {amount} apart."

    def describe(self, source: LensSource) -> str:
        """What a source says, or why it says nothing, in a sentence or two."""
        lens = self.get(source)
        if source is LensSource.TABLE:
            if lens is None:
                return self.why_no_table
            return " ".join(part for part in (off_plain(lens), lens.remark) if part)
        if source is LensSource.MEASURED:
            if self.fit is None:
                return self.why_not_measured or "Not measured yet."
            return f"{off_plain(self.fit.lens)} {describe_fit(self.fit)}"
        return "Assumed where nothing better is known; wrong for more than half of the Hypersim scenes."


def off_plain(lens: Lens) -> str:
    """How far a lens is from the plain pinhole, as a sentence."""
    apart = max_pixel_difference(lens, plain_lens(lens.width, lens.height))
    if apart is None:
        return "Sees what a plain 60° pinhole cannot."
    if apart < 0.5:
        return f"The same as a plain 60° pinhole to {max(apart, 0.01):.2f} px."
    return f"Up to {apart:,.0f} px from a plain 60° pinhole."


def describe_fit(fit: LensFit) -> str:
    """How well a measured lens fits, and what is doubtful about it, in sentences."""
    count = len(fit.frames)
    text = (
        f"Half of {fit.pixel_count:,} pixels in {count} {'frame' if count == 1 else 'frames'} are within "
        f"{fit.median_px:.2f} px of it, 95 % within {fit.p95_px:.2f} px."
    )
    if fit.disagreeing:
        poses = "Its pose is" if len(fit.disagreeing) == 1 else "Their poses are"
        text += f" {frame_names(fit.disagreeing)} left out: {poses.lower()} probably wrong."
    return " ".join((text, *(f"Doubtful: {doubt}" for doubt in fit.doubts)))


def measurable_frames(scene: Scene) -> tuple[FrameId, ...]:
    """Frames spread over all trajectories that have a pose and an image of positions, at most a few."""
    cameras, images = scene.part(Cameras), scene.part(Images)
    if cameras is None or images is None:
        return ()
    found: list[FrameId] = []
    for frame in covering_order(images.source):
        trajectory = cameras.get(frame.camera)
        if trajectory is None or trajectory.index_of(frame.frame) is None:
            continue
        if POSITION in images.source.modalities(frame):
            found.append(frame)
            if len(found) == FRAMES_MEASURED:
                break
    return tuple(found)
