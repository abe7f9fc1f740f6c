"""What a dataset's own tables and logs say about a scene, beside the scene itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from viewer.model.frames import FrameId


@dataclass(frozen=True, slots=True)
class TrajectoryNote:
    """What the makers of the dataset wrote down about one camera trajectory."""

    scene_type: str  # "Bathroom"; "OUTSIDE VIEWING AREA (BAD TRAJECTORY)" means it was excluded
    notes: str = ""
    has_good_views: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class DatasetNotes:
    """Rows about one scene from the tables of a whole dataset."""

    trajectories: Mapping[str, TrajectoryNote] = field(default_factory=dict)
    """By camera name."""
    excluded: Mapping[FrameId, str] = field(default_factory=dict)
    """Why a frame is not in the public release."""
    split: str = ""  # "train", "val", "test"; empty when none of the scene is released
    listed_frames: int = 0


@dataclass(frozen=True, slots=True)
class LabellingTime:
    """How long people have labelled a scene, from its log."""

    seconds: float
    sessions: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeStrings:
    """Strings attached to render nodes: (node id, path, string) in the file's order."""

    rows: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True, slots=True)
class MeshSize:
    """How large a mesh is that has not been read."""

    vertices: int
    faces: int


@dataclass(frozen=True, slots=True)
class OctomapSize:
    """How large an octree is that has not been read."""

    resolution: float  # world units
    nodes: int | None  # None when the file does not say
    tree_kind: str = "OcTree"
