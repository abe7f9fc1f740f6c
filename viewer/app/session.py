"""Session: the one mutable root. What is open, what is selected, what is shown."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from psygnal import Signal, SignalInstance

from viewer.app.box_ages import BoxAges
from viewer.app.object_facts import ObjectFacts
from viewer.app.octomap_facts import OctomapFacts, with_octomap
from viewer.app.scene_lenses import SceneLenses
from viewer.app.visibility import Visibility
from viewer.model.arrays import distinct
from viewer.model.boxes import BoxSets
from viewer.model.camera import Camera, Cameras, Lens, Trajectory
from viewer.model.clip_box import ClipBox
from viewer.model.frames import FrameId, Images
from viewer.model.labels import LabelChange
from viewer.model.mesh import GpuMesh
from viewer.model.octomap import Octomap
from viewer.model.points import PointSet, PointSource
from viewer.model.scene import NodeTable, ObjectTable, Scene

if TYPE_CHECKING:
    from viewer.app.decimation import DecimatedMesh
    from viewer.app.labelling import Labelling
    from viewer.app.pose_check import SceneCheck

NOTHING: NDArray[np.int64] = np.empty(0, np.int64)
NOTHING.flags.writeable = False


class ColorBy(enum.Enum):
    """What the color of an object in the 3D view means."""

    CLASS = "class"
    INSTANCE = "instance"
    OBJECT = "object"
    PHOTO = "photo"
    NORMAL = "normal"
    RESIDUAL = "residual"
    """Points only: how far the images of positions and of distances are apart there."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class OpenedScene:
    """A scene and everything computed from it before it can be shown."""

    scene: Scene
    labelling: Labelling | None = None
    gpu_mesh: GpuMesh | None = None
    facts: ObjectFacts | None = None
    albedo: NDArray[np.uint8] | None = field(
        default=None
    )  # (O, 4) mean photo color per object, alpha 0 = unknown


class Session:
    """State shared by every panel, and news of its changes.

    Lives on the main thread. A setter that receives the value it already has emits nothing.
    """

    scene_changed = Signal()
    points_changed = Signal()
    point_source_changed = Signal(object)  # PointSource
    boxes_changed = Signal()  # boxes were made anew
    mesh_changed = Signal()  # the mesh is shown decimated, or whole again
    facts_changed = Signal()
    octomap_changed = Signal()
    octomap_facts_changed = Signal()
    labels_changed = Signal(LabelChange)
    instances_changed = Signal()
    brush_changed = Signal()
    history_changed = Signal()
    saved_changed = Signal()
    frame_changed = Signal(object)  # FrameId | None
    pose_check_changed = Signal()
    lens_changed = Signal()  # the lens in use is another one: every camera of the scene has it now
    lenses_changed = Signal()  # more is known of the lenses the scene could have
    selection_changed = Signal(object)  # (K,) int64 ascending
    hovered_changed = Signal(object)  # int | None
    seen_changed = Signal()  # the pixels that show each object have been counted, or are no longer known
    visibility_changed = Signal()
    clip_changed = Signal()
    color_by_changed = Signal(object)  # ColorBy

    def __init__(self) -> None:
        self.opened: OpenedScene | None = None
        self.scene: Scene | None = None
        """What is open, its cameras with the lens in use."""
        self.lenses = SceneLenses()
        self.pose_check: SceneCheck | None = None
        """What the last check of the scene's poses found; incomplete while it is going on."""
        self.is_pose_check_stale = False
        """True when the lens has changed since."""
        self.box_ages = BoxAges()  # which boxes are stale
        self.decimated: DecimatedMesh | None = None
        """What stands for the scene's mesh in the 3D view; None = the mesh itself."""
        self.points: PointSet | None = None
        self.point_source = PointSource.POSITION
        self.facts: ObjectFacts | None = None
        self.octomap_facts: OctomapFacts | None = None
        self.albedo: NDArray[np.uint8] | None = None
        self.seen: Visibility | None = None
        """How many pixels of every frame show every object, once that has been counted."""
        self.frame: FrameId | None = None
        self.selection: NDArray[np.int64] = NOTHING
        self.hidden: NDArray[np.int64] = NOTHING
        self.clip: ClipBox | None = None
        self.is_xray = False
        self.hovered: int | None = None
        self.color_by = ColorBy.CLASS

    @property
    def labelling(self) -> Labelling | None:
        """The labels being edited; None while nothing is open or the scene has no object list."""
        return None if self.opened is None else self.opened.labelling

    @property
    def object_count(self) -> int:
        return 0 if self.scene is None else self.scene.object_count

    @property
    def object_names(self) -> tuple[str, ...]:
        table = None if self.scene is None else self.scene.part(ObjectTable)
        return () if table is None else table.names

    @property
    def cameras(self) -> Cameras | None:
        return None if self.scene is None else self.scene.part(Cameras)

    @property
    def images(self) -> Images | None:
        return None if self.scene is None else self.scene.part(Images)

    @property
    def nodes(self) -> NodeTable | None:
        return None if self.scene is None else self.scene.part(NodeTable)

    @property
    def is_dirty(self) -> bool:
        return self.labelling is not None and self.labelling.is_dirty

    def replace_scene(self, opened: OpenedScene | None) -> None:
        """Swap everything at once; the old scene is whole and usable until here."""
        old = self.labelling
        if old is not None:
            self._unfollow(old)
        self.opened = opened
        self.scene = None if opened is None else opened.scene
        self.lenses = SceneLenses() if self.scene is None else SceneLenses.of(self.scene)
        self.pose_check = None
        self.is_pose_check_stale = False
        self.box_ages = BoxAges.of_scene(self.scene, self.labelling)
        self.decimated = None
        self.points = None
        self.point_source = PointSource.POSITION
        self.facts = None if opened is None else opened.facts
        self.octomap_facts = None
        self.albedo = None if opened is None else opened.albedo
        self.seen = None
        self.selection = NOTHING
        self.hidden = NOTHING
        self.clip = None
        self.is_xray = False
        self.hovered = None
        self.frame = self._first_frame()
        if self.labelling is not None:
            self._follow(self.labelling)
        self.scene_changed.emit()
        if self.color_by is ColorBy.RESIDUAL:  # only now: colors are told of the scene that everybody has
            self.set_color_by(ColorBy.CLASS)
        self.frame_changed.emit(self.frame)
        self.selection_changed.emit(self.selection)
        self.saved_changed.emit()

    @property
    def lens(self) -> Lens | None:
        """The lens in use; None where no camera has poses."""
        cameras = self.cameras
        return cameras.trajectories[0].lens if cameras is not None and cameras.trajectories else None

    def use_lens(self, lens: Lens) -> None:
        """See through another lens everywhere: all cameras of the scene get it."""
        if self.scene is None or self.cameras is None or self.lens is None or lens is self.lens:
            return
        self.scene = self.scene.with_parts(self.cameras.with_lens(lens))
        self.is_pose_check_stale = self.pose_check is not None
        self.lens_changed.emit()
        self.pose_check_changed.emit()

    def set_pose_check(self, check: SceneCheck | None) -> None:
        """What is found of the poses with the lens in use."""
        self.pose_check = check
        self.is_pose_check_stale = False
        self.pose_check_changed.emit()

    @property
    def misfits(self) -> frozenset[FrameId]:
        """Frames that fail the pose check, with the lens in use."""
        if self.pose_check is None or self.is_pose_check_stale:
            return frozenset()
        return frozenset(check.frame for check in self.pose_check.failed)

    def set_lenses(self, lenses: SceneLenses) -> None:
        """What is known now of the lenses the scene could have."""
        self.lenses = lenses
        self.lenses_changed.emit()

    def set_boxes(self, boxes: BoxSets, ages: BoxAges) -> None:
        """Boxes made anew, and the labels they were made for."""
        if self.scene is not None:
            self.scene, self.box_ages = self.scene.with_parts(boxes), ages
            self.boxes_changed.emit()

    def set_decimated(self, mesh: DecimatedMesh | None) -> None:
        """Show the scene's mesh with fewer triangles; None = whole."""
        if mesh is not self.decimated:
            self.decimated = mesh
            self.mesh_changed.emit()

    def set_points(self, points: PointSet | None, facts: ObjectFacts | None = None) -> None:
        """Points fused so far, and the shape of the objects as far as these show it."""
        self.points = points
        self.points_changed.emit()
        if facts is not None:
            self.set_facts(facts)

    def set_point_source(self, source: PointSource) -> None:
        """Which images points are to be made from, from now on."""
        if source is not self.point_source:
            self.point_source = source
            self.point_source_changed.emit(source)

    def set_octomap(self, octomap: Octomap, source: Path) -> None:
        """Put another octomap into the scene, and nothing else anew; `source` is where it came from."""
        if self.scene is not None:
            self.scene = with_octomap(self.scene, octomap, source)
            self.octomap_facts = None
            self.octomap_changed.emit()
            self.octomap_facts_changed.emit()

    def set_octomap_facts(self, facts: OctomapFacts) -> None:
        self.octomap_facts = facts
        self.octomap_facts_changed.emit()

    def set_facts(self, facts: ObjectFacts) -> None:
        self.facts = facts
        self.facts_changed.emit()

    def set_albedo(self, albedo: NDArray[np.uint8]) -> None:
        """Mean photo color of every object, (O, 4) uint8, alpha 0 where no image shows it."""
        self.albedo = albedo
        if self.color_by is ColorBy.PHOTO:
            self.color_by_changed.emit(self.color_by)

    def set_seen(self, seen: Visibility) -> None:
        self.seen = seen
        self.seen_changed.emit()

    def show_frame(self, frame: FrameId | None) -> None:
        if frame != self.frame:
            self.frame = frame
            self.frame_changed.emit(frame)

    def select(self, object_ids: ArrayLike) -> None:
        ids = distinct(np.asarray(object_ids, np.int64))
        ids = ids[(ids >= 0) & (ids < self.object_count)]
        if not np.array_equal(ids, self.selection):
            self.selection = ids
            self.selection_changed.emit(ids)
            if self.is_xray:
                self.visibility_changed.emit()

    def toggle_selected(self, object_id: int) -> None:
        """Add an object to the selection, or take it out."""
        self.select(np.setxor1d(self.selection, [object_id]))

    def set_hovered(self, object_id: int | None) -> None:
        if object_id != self.hovered:
            self.hovered = object_id
            self.hovered_changed.emit(object_id)

    def set_hidden(self, object_ids: ArrayLike) -> None:
        ids = distinct(np.asarray(object_ids, np.int64))
        if not np.array_equal(ids, self.hidden):
            self.hidden = ids
            self.visibility_changed.emit()

    def isolate(self, object_ids: ArrayLike) -> None:
        """Hide everything else."""
        self.set_hidden(np.setdiff1d(np.arange(self.object_count), np.asarray(object_ids, np.int64)))

    def set_xray(self, on: bool) -> None:
        """See through everything but the selection."""
        if on != self.is_xray:
            self.is_xray = on
            self.visibility_changed.emit()

    @property
    def faint(self) -> NDArray[np.int64]:
        """(K,) objects one sees through; none while nothing is selected."""
        if not self.is_xray or not len(self.selection):
            return NOTHING
        return np.setdiff1d(np.arange(self.object_count), self.selection, assume_unique=True)

    @property
    def untouchable(self) -> NDArray[np.int64]:
        """(K,) objects that strokes and clicks in the 3D view pass through."""
        faint = self.faint
        return distinct(self.hidden, faint) if len(faint) else self.hidden

    def set_clip(self, clip: ClipBox | None) -> None:
        """Show the 3D scene only inside a box; None = everywhere."""
        is_same = clip is None if self.clip is None else self.clip.equals(clip)
        if not is_same:
            self.clip = clip
            self.clip_changed.emit()

    def set_color_by(self, color_by: ColorBy) -> None:
        if color_by is not self.color_by:
            self.color_by = color_by
            self.color_by_changed.emit(color_by)

    def trajectory(self, camera: str) -> Trajectory | None:
        return None if self.cameras is None else self.cameras.get(camera)

    def frame_camera(self, frame: FrameId | None = None) -> Camera | None:
        """The camera of a frame (the current one when None); None when it has no pose."""
        frame = self.frame if frame is None else frame
        trajectory = None if frame is None else self.trajectory(frame.camera)
        if trajectory is None or frame is None:
            return None
        row = trajectory.index_of(frame.frame)
        return None if row is None else trajectory.camera_at(row)

    def frames_of(self, camera: str) -> NDArray[np.int64]:
        """Ascending ids of every frame with a pose, an image, or both."""
        trajectory, images = self.trajectory(camera), self.images
        posed = NOTHING if trajectory is None else trajectory.frame_ids
        pictured = NOTHING if images is None else images.source.frame_ids(camera)
        return distinct(posed, pictured)

    @property
    def camera_names(self) -> tuple[str, ...]:
        """Cameras with poses or images, posed ones first."""
        posed = () if self.cameras is None else self.cameras.names
        pictured = () if self.images is None else self.images.source.cameras
        return tuple(dict.fromkeys((*posed, *pictured)))

    def _first_frame(self) -> FrameId | None:
        for camera in self.camera_names:
            pictured = NOTHING if self.images is None else self.images.source.frame_ids(camera)
            ids = pictured if len(pictured) else self.frames_of(camera)
            if len(ids):
                return FrameId(camera, int(ids[0]))
        return None

    def _follow(self, labelling: Labelling) -> None:
        for signal, listener in self._relays(labelling):
            signal.connect(listener)

    def _unfollow(self, labelling: Labelling) -> None:
        for signal, listener in self._relays(labelling):
            signal.disconnect(listener)

    def _relays(self, labelling: Labelling) -> tuple[tuple[SignalInstance, Callable[..., None]], ...]:
        return (
            (labelling.labels_changed, self._relay_labels),
            (labelling.instances_changed, self._relay_instances),
            (labelling.brush_changed, self._relay_brush),
            (labelling.history_changed, self._relay_history),
            (labelling.saved_changed, self._relay_saved),
            (labelling.table_changed, self._relay_brush),
            (labelling.locks_changed, self._relay_brush),
        )

    def _relay_labels(self, change: LabelChange) -> None:
        self.labels_changed.emit(change)

    def _relay_instances(self) -> None:
        self.instances_changed.emit()

    def _relay_brush(self) -> None:
        self.brush_changed.emit()

    def _relay_history(self) -> None:
        self.history_changed.emit()

    def _relay_saved(self) -> None:
        self.saved_changed.emit()
