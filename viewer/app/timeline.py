"""The frames of a camera as a timeline sees them: which exist, which can be shown, where to step."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from viewer.app.frame_reasons import exclusion_of, exclusions_in
from viewer.app.session import Session
from viewer.model.arrays import frozen_array
from viewer.model.dataset_notes import DatasetNotes


class FrameKind(enum.IntEnum):
    """What there is of a frame."""

    POSE_AND_IMAGE = 0
    POSE_ONLY = 1
    IMAGE_ONLY = 2


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """Every frame of one camera with a pose, an image, or both."""

    camera: str
    ids: NDArray[np.int64]  # (N,) ascending, may have gaps
    kinds: NDArray[np.int8]  # (N,) FrameKind
    excluded: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    """Why the authors did not release a frame, by id."""
    exclusion: str = ""
    """Why they left the whole trajectory out; empty when they did not."""

    def __post_init__(self) -> None:
        fix = object.__setattr__
        fix(self, "ids", frozen_array("timeline ids", self.ids, np.int64, (None,)))
        fix(self, "kinds", frozen_array("timeline kinds", self.kinds, np.int8, (len(self.ids),)))

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def pictured(self) -> NDArray[np.int64]:
        """Ids of the frames with an image."""
        return np.asarray(self.ids[self.kinds != FrameKind.POSE_ONLY])

    def kind_of(self, frame: int) -> FrameKind | None:
        row = int(np.searchsorted(self.ids, frame))
        return FrameKind(int(self.kinds[row])) if row < len(self.ids) and self.ids[row] == frame else None

    def reason_for(self, frame: int) -> str:
        """Why a frame is not in the public release; empty when the dataset's tables do not say."""
        return self.excluded.get(frame, "") or self.exclusion

    def steps(self, only_pictured: bool) -> NDArray[np.int64]:
        """The frames that stepping visits; all of them when none has an image."""
        pictured = self.pictured
        return pictured if only_pictured and len(pictured) else self.ids

    def step(self, frame: int, by: int, *, only_pictured: bool = False, loop: bool = False) -> int | None:
        """The frame `by` steps away; the last one reached without `loop`, None when there is no other."""
        ids = self.steps(only_pictured)
        if not len(ids) or not by:
            return None
        row = int(np.searchsorted(ids, frame))
        if by > 0 and (row == len(ids) or ids[row] != frame):
            row -= 1  # between two frames: the next one is one step away
        target = row + by
        target = target % len(ids) if loop else min(max(target, 0), len(ids) - 1)
        found = int(ids[target])
        return None if found == frame else found

    def nearest(self, frame: float, *, only_pictured: bool = False) -> int | None:
        ids = self.steps(only_pictured)
        return int(ids[np.argmin(np.abs(ids - frame))]) if len(ids) else None


NO_TIMELINE = Timeline("", np.empty(0, np.int64), np.empty(0, np.int8))


def timeline_of(session: Session, camera: str) -> Timeline:
    """The timeline of a camera; empty when it has no frame."""
    ids = session.frames_of(camera)
    trajectory = session.trajectory(camera)
    posed = np.empty(0, np.int64) if trajectory is None else trajectory.frame_ids
    pictured = np.empty(0, np.int64) if session.images is None else session.images.source.frame_ids(camera)
    has_pose, has_image = np.isin(ids, posed), np.isin(ids, pictured)
    kinds = np.where(has_image & has_pose, FrameKind.POSE_AND_IMAGE, FrameKind.POSE_ONLY)
    kinds = np.where(has_image & ~has_pose, FrameKind.IMAGE_ONLY, kinds)
    notes = None if session.scene is None else session.scene.part(DatasetNotes)
    return Timeline(camera, ids, kinds, exclusions_in(notes, camera), exclusion_of(notes, camera))
