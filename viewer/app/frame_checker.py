"""Checks one frame after the other: reads its images, and finds out what its camera should see."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.app.lenses import measure_lens
from viewer.errors import FormatError, ViewerError
from viewer.geometry.expected_view import ExpectedView, mesh_view
from viewer.geometry.point_witness import PointWitness, Sketch, sketch_of, sketch_step
from viewer.geometry.pose_check import (
    LEAST_AGREEMENT_MESH,
    LEAST_AGREEMENT_POINTS,
    FrameCheck,
    check_frame,
    check_rotation,
)
from viewer.geometry.pose_diagnosis import coarse_step
from viewer.geometry.pose_faults import Context, Diagnosis, Fault
from viewer.geometry.pose_fit import Sightings, offset_px
from viewer.geometry.pose_measures import FITS_PX, CheckImages
from viewer.geometry.position_residuals import unproject
from viewer.geometry.ray_scene import RayScene
from viewer.jobs.job import Progress
from viewer.model.camera import Camera, Cameras, Lens, LensSource, Trajectory
from viewer.model.frames import FrameId, Images
from viewer.model.mesh import Mesh
from viewer.model.scene import NodeTable, ObjectTable, Scene

ENTITIES, DISTANCE, POSITION = "render_entity_id", "depth_meters", "position"
CHECKED = (ENTITIES, DISTANCE, POSITION)
SUSPECT = (Fault.SHIFTED, Fault.SWAPPED, Fault.MOVED, Fault.UNEXPLAINED)
"""Frames with these faults may show objects where they are not."""
SKETCH_STEPS, STEPS = 300, 1000
"""How much of the work reading points for witnesses may be, and all of it."""


class FrameChecker:
    """What checking one frame after the other needs."""

    def __init__(self, scene: Scene, rays: RayScene | None, progress: Progress) -> None:
        self._scene = scene
        self._progress = progress
        self._images = scene.part(Images)
        self._nodes = scene.part(NodeTable)
        self._objects = len(scene.part(ObjectTable) or ())
        self._cameras = scene.part(Cameras)
        self._mesh = scene.part(Mesh)
        if self._mesh is not None and not len(self._mesh.faces):
            self._mesh = None
        self._rays = rays
        if self._mesh is not None and rays is None:
            self._rays = RayScene.build(self._mesh, progress)
        self._others = _poses(self._cameras)
        self._witness: PointWitness | None = None
        self._coarse: dict[FrameId, ExpectedView] = {}
        self.steps_before = 0 if self._mesh is not None else SKETCH_STEPS
        """How far the progress is by now."""
        if self._mesh is None:
            self._witness = self._sketch(progress.part(0, SKETCH_STEPS, STEPS))

    def check(self, frame: FrameId, left_out: frozenset[FrameId] = frozenset()) -> FrameCheck:
        """Check one frame, with these frames not as witnesses."""
        trajectory = None if self._cameras is None else self._cameras.get(frame.camera)
        camera = _camera(trajectory, frame)
        if camera is None:
            return FrameCheck(frame, _no_pose(trajectory, frame))
        crooked = check_rotation(camera.world_from_cam[:3, :3])
        try:
            images = self._read(frame, camera)
        except _WrongSize as error:
            return FrameCheck(frame, crooked or Diagnosis(Fault.IMAGE_SIZE, str(error)))
        except FormatError as error:
            return FrameCheck(frame, crooked or Diagnosis(Fault.UNREADABLE, f"{error}."))
        view, witness = self._expected(frame, camera, images, left_out)
        is_mesh = self._mesh is not None
        context = Context(
            self._scene.metres_per_unit,
            [other for other in self._others if other[0] != frame],
            partial(self._view_of, images),
            lambda: self._measured_lens,
            lens_words(camera.lens),
            LEAST_AGREEMENT_MESH if is_mesh else LEAST_AGREEMENT_POINTS,
        )
        return check_frame(frame, camera, images, view, context, witness=witness, is_mesh=is_mesh)

    def checked_again(self, checks: list[FrameCheck], progress: Progress) -> list[FrameCheck]:
        """Without a mesh, one bad frame makes its neighbours look bad: they are judged by better ones."""
        if self._mesh is not None:
            return checks
        found = {check.frame: check for check in checks}
        suspects = {check.frame for check in checks if check.fault in SUSPECT}
        bad = {check.frame for check in checks if _is_bad_witness(check)}
        doubtful = [frame for frame, check in found.items() if _fails_by_ids(check)]
        for frame in sorted(doubtful, key=lambda frame: -_share(found[frame])):
            worse = {other for other in bad if _share(found[other]) < _share(found[frame])}
            for left_out in (worse, suspects - {frame}):
                progress.check()
                again = self.check(frame, frozenset(left_out))
                if not again.has_failed and again.measures.agreement is not None:
                    found[frame] = again
                    bad.discard(frame)
                    suspects.discard(frame)
                    doubtful.remove(frame)
                    break
        # Twice: to tell which are swapped, one must know what each should see by sound frames.
        for frame in (*doubtful, *doubtful):
            progress.check()
            again = self.check(frame, frozenset(bad - {frame}))
            if again.measures.agreement is not None:
                found[frame] = again
        return [found[check.frame] for check in checks]

    def _read(self, frame: FrameId, camera: Camera) -> CheckImages:
        there = frozenset[str]() if self._images is None else self._images.source.modalities(frame)
        size = (camera.lens.height, camera.lens.width)
        found: dict[str, NDArray[Any]] = {}
        for key in CHECKED:
            if self._images is None or key not in there or (key == ENTITIES and self._nodes is None):
                continue
            pixels = self._images.source.read(frame, key).pixels
            if pixels.shape[:2] != size:
                raise _WrongSize(
                    f"{key} has {pixels.shape[1]} × {pixels.shape[0]} pixels, where the images of "
                    f"{frame.camera} have {size[1]} × {size[0]}."
                )
            found[key] = pixels
        objects = None
        if ENTITIES in found and self._nodes is not None:
            objects = self._nodes.objects_in(found[ENTITIES].astype(np.int64))
            objects = np.where(objects < self._objects, objects, np.int32(-1)) if self._objects else objects
        distance, positions = found.get(DISTANCE), found.get(POSITION)
        return CheckImages(
            objects,
            None if distance is None else _finite(distance.astype(np.float64)),
            None if positions is None else _finite(positions.astype(np.float64)),
            None if positions is None or positions.dtype.kind != "f" else positions.dtype,
        )

    def _expected(
        self, frame: FrameId, camera: Camera, images: CheckImages, left_out: frozenset[FrameId]
    ) -> tuple[ExpectedView | None, str]:
        if self._mesh is not None and self._rays is not None:
            return mesh_view(self._rays, self._mesh, camera), "mesh"
        own = self._own_distance(camera, images)
        if self._witness is None or own is None:
            return None, ""
        witnesses = [f for f in self._witness.neighbours(frame, camera, own) if f not in left_out]
        view = self._witness.view(camera, witnesses, own)
        if view is not None:
            every = slice(None, None, coarse_step(camera.lens))
            coarse = (every, every)
            self._coarse[frame] = ExpectedView(
                view.objects[coarse], view.distance[coarse], view.known[coarse]
            )
        count = len(witnesses)
        return view, f"points of {count} other frame{'' if count == 1 else 's'}"

    def _own_distance(self, camera: Camera, images: CheckImages) -> NDArray[np.float64] | None:
        """(H, W) world units: of its positions where these are right, else of its distances."""
        distances = None if images.distance_m is None else images.distance_m / self._scene.metres_per_unit
        if images.positions is None:
            return distances
        seen = Sightings.of_image(images.positions)
        if distances is not None and offset_px(camera, seen) > FITS_PX:
            return distances
        return np.asarray(np.linalg.norm(images.positions - camera.position, axis=2))

    def _view_of(
        self, images: CheckImages, frame: FrameId | None, camera: Camera, step: int
    ) -> ExpectedView | None:
        self._progress.check()  # a diagnosis tries many
        if self._mesh is not None and self._rays is not None:
            return mesh_view(self._rays, self._mesh, camera, step)
        if self._witness is None or frame is None or step != coarse_step(camera.lens):
            return None
        seen = self._coarse.get(frame)
        sketch = self._witness.sketches.get(frame)
        distance = None if sketch is None else sketch.distances(camera, step)
        if distance is None or (seen is not None and distance.shape != seen.objects.shape):
            return seen
        if seen is None:
            return ExpectedView(
                np.full(distance.shape, -1, np.int32), distance, np.zeros(distance.shape, np.bool_)
            )
        return replace(seen, distance=distance)  # the frame's own points, for there are more of them

    @cached_property
    def _measured_lens(self) -> Lens | None:
        """The lens that most frames' positions tell; None when they tell of none for sure."""
        try:
            fit = measure_lens(self._scene, Progress.silent())
        except ViewerError:
            return None
        return fit.lens if fit.is_sure else None

    def _sketch(self, progress: Progress) -> PointWitness | None:
        """Some of the points of every frame that has ids, a pose, and tells where its pixels lie."""
        images, nodes = self._images, self._nodes
        if images is None or nodes is None:
            return None
        posed = dict(self._others)
        frames = [
            FrameId(name, number)
            for name in images.source.cameras
            for number in images.source.frame_ids(name).tolist()
            if FrameId(name, number) in posed
            and ENTITIES in (there := images.source.modalities(FrameId(name, number)))
            and (POSITION in there or DISTANCE in there)
        ]
        sketches: dict[FrameId, Sketch] = {}
        for done, frame in enumerate(frames):
            progress.step(done, len(frames), f"Reading points, frame {done + 1} of {len(frames)}")
            try:
                positions = self._places(images, frame, posed[frame])
                objects = nodes.objects_in(images.source.read(frame, ENTITIES).pixels.astype(np.int64))
            except FormatError:
                continue  # told when the frame is checked
            if positions.shape[:2] == objects.shape:
                size = (positions.shape[1], positions.shape[0])
                sketches[frame] = sketch_of(positions, objects, sketch_step(len(frames), size))
        return PointWitness(sketches)

    def _places(self, images: Images, frame: FrameId, camera: Camera) -> NDArray[np.floating]:
        """(H, W, 3) world units, from positions or else from distances. Raises FormatError."""
        if POSITION in images.source.modalities(frame):
            return images.source.read(frame, POSITION).pixels
        distance = images.source.read(frame, DISTANCE).pixels
        return unproject(camera, distance, self._scene.metres_per_unit)


def _share(check: FrameCheck) -> float:
    found = check.measures.agreement
    return 0.0 if found is None else found.inner


def _fails_by_ids(check: FrameCheck) -> bool:
    """Whether its objects alone speak against it; they may have been judged by bad witnesses."""
    return check.has_failed and _share(check) < LEAST_AGREEMENT_POINTS and check.measures.positions_fit


def _is_bad_witness(check: FrameCheck) -> bool:
    """Whether one of its objects and positions is wrong: when both are, it shows the world from elsewhere."""
    if not check.has_failed or check.measures.agreement is None:
        return False
    return check.measures.positions_fit != (_share(check) >= LEAST_AGREEMENT_POINTS)


class _WrongSize(Exception):
    """An image has not the size of its camera."""


def _finite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isfinite(values), values, np.nan)


def _poses(cameras: Cameras | None) -> list[tuple[FrameId, Camera]]:
    trajectories = () if cameras is None else cameras.trajectories
    return [
        (FrameId(trajectory.name, int(number)), trajectory.camera_at(row))
        for trajectory in trajectories
        for row, number in enumerate(trajectory.frame_ids)
    ]


def _camera(trajectory: Trajectory | None, frame: FrameId) -> Camera | None:
    row = None if trajectory is None else trajectory.index_of(frame.frame)
    return None if trajectory is None or row is None else trajectory.camera_at(row)


def _no_pose(trajectory: Trajectory | None, frame: FrameId) -> Diagnosis:
    if trajectory is None:
        return Diagnosis(Fault.UNCHECKED, f"The poses of {frame.camera} are not there.")
    if frame.frame in trajectory.unusable:
        return Diagnosis(
            Fault.NAN_POSE, "The pose holds numbers that are not finite (NaN), or a flat matrix."
        )
    return Diagnosis(
        Fault.NO_POSE, f"There are images of frame {frame.frame}, but {frame.camera} has no such keyframe."
    )


def lens_words(lens: Lens | None) -> str:
    """Which lens is in use, in words."""
    if lens is None:
        return "none"
    words = {
        LensSource.TABLE: "that of the camera table",
        LensSource.MEASURED: "measured from the scene's images",
        LensSource.PINHOLE: "the plain 60° pinhole",
    }
    return words.get(lens.source, lens.source.value)
