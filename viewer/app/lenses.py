"""The lenses a scene could have: from the camera table, measured from its images, or plainly assumed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from viewer.geometry.lens_fit import LensFit
from viewer.model.camera import Cameras, Lens, LensSource, max_pixel_difference, plain_lens
from viewer.model.scene import Scene

DISAGREEMENT_PX = 1.0
"""Table and measurement further apart than this anywhere in the image are worth telling."""


@dataclass(frozen=True, slots=True, eq=False)
class SceneLenses:
    """What each source says about the lens of a scene; None where it says nothing."""

    table: Lens | None = None
    fit: LensFit | None = None
    pinhole: Lens | None = None

    @staticmethod
    def of(scene: Scene) -> SceneLenses:
        """What is known without measuring; nothing for a scene without poses."""
        cameras = scene.part(Cameras)
        if cameras is None or not cameras.trajectories:
            return SceneLenses()
        lens = cameras.trajectories[0].lens
        from_table = lens if lens.source is LensSource.TABLE else None
        return SceneLenses(from_table, None, plain_lens(lens.width, lens.height))

    @property
    def measured(self) -> Lens | None:
        return None if self.fit is None else self.fit.lens

    def with_fit(self, fit: LensFit) -> SceneLenses:
        return replace(self, fit=fit)

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
        if (self.table.width, self.table.height) != (self.fit.lens.width, self.fit.lens.height):
            return None
        apart = max_pixel_difference(self.table, self.fit.lens)
        return float("inf") if apart is None else apart
