"""What follows from an octomap: the state of any place, and which cameras do not stand in free space."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viewer.jobs.job import Progress
from viewer.model.camera import Cameras
from viewer.model.frames import FrameId
from viewer.model.octomap import FREE, NOT_FINITE, OCCUPIED, UNKNOWN, LeafIndex, Octomap
from viewer.model.scene import Scene

OCTOMAP_TITLE, BOUNDS_TITLE = "Octomap", "Bounds of free space"
_STANDS = {
    OCCUPIED: "stands in an occupied cube",
    UNKNOWN: "stands in unknown space",
    NOT_FINITE: "its position is not a finite number",
}


@dataclass(frozen=True, slots=True, eq=False)
class StrayCamera:
    """A keyframe whose camera does not stand in free space."""

    frame: FrameId
    position: NDArray[np.float64]  # (3,) world units
    reasons: tuple[str, ...]

    @property
    def why(self) -> str:
        return "; ".join(self.reasons)


@dataclass(frozen=True, slots=True, eq=False)
class OctomapFacts:
    """Computed once for an octomap and the cameras of its scene."""

    octomap: Octomap
    index: LeafIndex
    strays: tuple[StrayCamera, ...]
    camera_count: int  # keyframes of all trajectories

    def words_at(self, place: NDArray[np.float64], metres_per_unit: float) -> str:
        """State of a place (3,) in world units, and the size of its cube."""
        leaf = int(self.index.leaves_at(place[None])[0])
        if leaf < 0:
            return "unknown space"
        return leaf_words(bool(self.octomap.occupied[leaf]), self.octomap.size_of(leaf) * metres_per_unit)


def leaf_words(is_occupied: bool, size_m: float) -> str:
    """`occupied cube of 0.2 m`."""
    return f"{'occupied' if is_occupied else 'free'} cube of {size_m:.3g} m"


def octomap_facts(scene: Scene, octomap: Octomap, progress: Progress) -> OctomapFacts:
    """For worker threads. Raises Cancelled."""
    progress.step(0, 2, "Sorting the octomap")
    index = LeafIndex(octomap)
    progress.step(1, 2, "Looking where the cameras stand")
    cameras = scene.part(Cameras)
    strays = () if cameras is None else stray_cameras(octomap, index, cameras, scene.metres_per_unit)
    count = 0 if cameras is None else sum(len(trajectory) for trajectory in cameras.trajectories)
    progress.step(2, 2)
    return OctomapFacts(octomap, index, strays, count)


def stray_cameras(
    octomap: Octomap, index: LeafIndex, cameras: Cameras, metres_per_unit: float
) -> tuple[StrayCamera, ...]:
    """The keyframes in occupied or unknown space, or outside the bounds of free space, and why."""
    found = []
    for trajectory in cameras.trajectories:
        states = index.states_at(trajectory.positions)
        beyond = _beyond(octomap, trajectory.positions) * metres_per_unit
        for row in np.flatnonzero((states != FREE) | (beyond > 0)):
            reasons = [_STANDS[int(states[row])]] if states[row] != FREE else []
            if beyond[row] > 0:
                reasons.append(f"{beyond[row]:.2f} m outside the bounds of free space")
            frame = FrameId(trajectory.name, int(trajectory.frame_ids[row]))
            found.append(StrayCamera(frame, trajectory.positions[row], tuple(reasons)))
    return tuple(found)


def _beyond(octomap: Octomap, positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N,) how far outside the bounds of free space each place is, world units; 0 within and without any."""
    bounds = octomap.free_bounds
    if bounds is None:
        return np.zeros(len(positions))
    gap = np.maximum(np.maximum(bounds[0] - positions, positions - bounds[1]), 0)
    return np.asarray(np.nan_to_num(np.linalg.norm(gap, axis=1), nan=0.0, posinf=0.0))


def with_octomap(scene: Scene, octomap: Octomap, source: Path) -> Scene:
    """The scene with another octomap, which came from `source`."""
    filled = {OCTOMAP_TITLE} if octomap.free_bounds is None else {OCTOMAP_TITLE, BOUNDS_TITLE}
    return replace(
        scene,
        parts={**scene.parts, Octomap: octomap},
        gaps=tuple(gap for gap in scene.gaps if gap.what not in filled),
        sources={**scene.sources, OCTOMAP_TITLE: source},
    )
