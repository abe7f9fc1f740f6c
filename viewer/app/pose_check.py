"""Check every frame of a scene: do its images fit its camera, and if not, why."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from viewer.app.frame_checker import CHECKED, STEPS, FrameChecker, lens_words
from viewer.errors import ViewerError
from viewer.geometry.pose_check import FrameCheck, check_rotation
from viewer.geometry.pose_faults import UNIT_TOLERANCE, Diagnosis, Fault, unit_of_distances
from viewer.geometry.ray_scene import RayScene
from viewer.jobs.job import Progress
from viewer.model.camera import Cameras, Lens
from viewer.model.frames import FrameId, Images
from viewer.model.scene import Gap, NodeTable, Scene

LENS_SHARE = 0.8
"""When at least this share of the frames fails in one way, no single pose is to blame."""


@dataclass(frozen=True, slots=True, eq=False)
class SceneCheck:
    """What came of checking a scene."""

    scene: str
    lens: str  # which lens was used, in words
    frames: tuple[FrameCheck, ...]
    notes: tuple[str, ...]  # sentences about files, which no single frame is to blame for
    seconds: float
    is_whole: bool = True

    @staticmethod
    def so_far(scene: Scene, frames: Sequence[FrameCheck]) -> SceneCheck:
        """The frames that are done of a check that is still going on, or was called off."""
        return SceneCheck(scene.name, lens_words(_lens(scene)), tuple(frames), (), 0.0, is_whole=False)

    @property
    def failed(self) -> tuple[FrameCheck, ...]:
        return tuple(check for check in self.frames if check.has_failed)

    @property
    def checked_count(self) -> int:
        return sum(check.is_checked for check in self.frames)

    def of(self, frame: FrameId | None) -> FrameCheck | None:
        """The result of one frame."""
        return next((check for check in self.frames if check.frame == frame), None)

    @property
    def summary(self) -> str:
        """How it went, in a sentence."""
        return self._result if self.is_whole else f"So far: {self._result}"

    @property
    def _result(self) -> str:
        unchecked = len(self.frames) - self.checked_count
        left = f", {unchecked} could not be checked" if unchecked else ""
        if not self.checked_count:
            return "No frame could be checked."
        if not self.failed and self.checked_count == 1:
            return f"1 frame checked{left}: it fits its pose."
        if not self.failed:
            return f"{self.checked_count:,} frames checked{left}: all fit their poses."
        if self.checked_count == 1:
            return f"1 frame checked{left}, and it fails: {self.failed[0].fault.value}."
        counts = Counter(check.fault.value for check in self.failed)
        faults = ", ".join(f"{name} ({count})" for name, count in counts.most_common())
        return f"{len(self.failed):,} of {self.checked_count:,} checked frames fail{left}: {faults}."


def frames_to_check(scene: Scene, cameras: Sequence[str] = (), frame: int | None = None) -> list[FrameId]:
    """Frames with an image that can be checked, and those with a pose that is none. Raises ViewerError."""
    images, posed = scene.part(Images), scene.part(Cameras)
    pictured = () if images is None else images.source.cameras
    trajectories = () if posed is None else posed.trajectories
    names = tuple(dict.fromkeys((*(t.name for t in trajectories), *pictured)))
    unknown = [name for name in cameras if name not in names]
    if unknown:
        raise ViewerError(f"there is no camera '{unknown[0]}'; the scene has {', '.join(names) or 'none'}")
    found = []
    for name in cameras or names:
        trajectory = None if posed is None else posed.get(name)
        ids = set()
        if images is not None:
            for number in images.source.frame_ids(name).tolist():
                if images.source.modalities(FrameId(name, number)) & set(CHECKED):
                    ids.add(number)
        if trajectory is not None:
            ids |= set(trajectory.unusable)
            ids |= {
                int(number)
                for number, pose in zip(trajectory.frame_ids, trajectory.world_from_cam, strict=True)
                if check_rotation(pose[:3, :3]) is not None
            }
        found += [FrameId(name, number) for number in sorted(ids) if frame is None or number == frame]
    if frame is not None and not found:
        raise ViewerError(f"there is no frame {frame} that could be checked")
    return found


def check_scene(
    scene: Scene,
    *,
    cameras: Sequence[str] = (),
    frame: int | None = None,
    rays: RayScene | None = None,
    progress: Progress | None = None,
    on_frame: Callable[[FrameCheck], None] | None = None,
) -> SceneCheck:
    """Check the frames of a scene with the lens it has, or those of some cameras, or one frame.

    Ids are compared with the mesh (`rays`: it, prepared for casting, if that is done already), without one
    with points of other frames. `on_frame` hears of each frame as it is done; a few may be judged anew in
    the end. Raises ViewerError when there is nothing to check, Cancelled when asked to stop.
    """
    progress = Progress.silent() if progress is None else progress
    began = time.monotonic()
    wanted = frames_to_check(scene, cameras, frame)
    if not wanted:
        raise ViewerError(
            f"nothing of {scene.name} can be checked: no frame has an image of {', '.join(CHECKED)}",
            path=scene.path,
        )
    checker = FrameChecker(scene, rays, progress)
    checks = []
    for done, number in enumerate(wanted):
        share = checker.steps_before + (STEPS - checker.steps_before) * done // len(wanted)
        progress.step(
            share, STEPS, f"Checking {number.camera}, frame {number.frame} ({done + 1} of {len(wanted)})"
        )
        check = checker.check(number)
        checks.append(check)
        if on_frame is not None:
            on_frame(check)
    progress.step(STEPS, STEPS, "Looking at the frames together")
    checks = _judged_together(checker.checked_again(checks, progress), scene)
    return SceneCheck(
        scene.name, lens_words(_lens(scene)), tuple(checks), tuple(_notes(scene)), time.monotonic() - began
    )


def _judged_together(checks: list[FrameCheck], scene: Scene) -> list[FrameCheck]:
    """What only shows in many frames: whether a lens or a unit is wrong everywhere."""
    return _distances_together(_lens_together(checks, _lens(scene)), scene.metres_per_unit)


def _lens_together(checks: list[FrameCheck], lens: Lens | None) -> list[FrameCheck]:
    """When nearly all frames fail without positions to measure a lens from, it is the lens all the same."""
    judged = [check for check in checks if check.measures.agreement is not None]
    unclear = [c for c in judged if c.fault in (Fault.SHIFTED, Fault.TURNED, Fault.UNEXPLAINED)]
    has_positions = any(check.measures.offset_px is not None for check in judged)
    if len(judged) < 2 or has_positions or lens is None or len(unclear) < LENS_SHARE * len(judged):
        return checks
    diagnosis = Diagnosis(
        Fault.LENS,
        f"{len(unclear)} of {len(judged)} frames see other objects than their cameras should, so no single "
        f"pose is to blame but what they share: the lens in use, {lens_words(lens)}.",
    )
    return [replace(check, diagnosis=diagnosis) if check in unclear else check for check in checks]


def _distances_together(checks: list[FrameCheck], metres_per_unit: float) -> list[FrameCheck]:
    """Distances off by one factor in every frame mean another unit of the scene than those of one frame."""
    factors = [check.measures.ratio.factor for check in checks if check.measures.ratio is not None]
    if len(factors) < 2:
        return checks
    found = []
    for check in checks:
        ratio = check.measures.ratio
        if check.fault is Fault.UNIT and ratio is not None and check.diagnosis.amount == ratio.factor:
            alike = all(abs(other / ratio.factor - 1) < UNIT_TOLERANCE for other in factors)
            told = unit_of_distances(ratio.factor, metres_per_unit, is_everywhere=alike)
            found.append(replace(check, diagnosis=told))
        else:
            found.append(check)
    return found


def _lens(scene: Scene) -> Lens | None:
    cameras = scene.part(Cameras)
    return cameras.trajectories[0].lens if cameras is not None and cameras.trajectories else None


def _place(gap: Gap) -> str:
    """Where the file of a gap lies, to stand before its reason, which may name the file itself."""
    path = gap.expected_at
    if path is None:
        return ""
    return f"{path.parent}/" if gap.why.startswith(f"{path.name}:") else f"{path}: "


def _notes(scene: Scene) -> Iterator[str]:
    """What is wrong with files that poses and images come from."""
    for gap in scene.gaps:
        if gap.is_broken and gap.what.split()[0] in ("Camera", "Cameras", "Images", "Lens", "Mesh", "Render"):
            yield f"{_place(gap)}{gap.why}."
    if scene.part(NodeTable) is None:
        yield "Without the list of render nodes (metadata_nodes.csv) no objects can be compared."
    lens = _lens(scene)
    if lens is not None and lens.remark:
        yield f"Lens: {lens.remark}"
