"""Occupied, free and unknown space as the octree holds it, each leaf at its own size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vispy.gloo.context import GLContext

from viewer.model.octomap import TREE_DEPTH, Octomap
from viewer.model.scene import Scene
from viewer.render.background import Background
from viewer.render.frame import Frame
from viewer.render.layers.layer import Layer, control
from viewer.render.theme import Rgb, Theme
from viewer.render.visuals.line_set import Lines, LineSet
from viewer.render.visuals.voxel_faces import ExposedFaces, coarser_forms, exposed_faces
from viewer.render.visuals.voxel_set import ColorBy, VoxelLook, VoxelPrograms, VoxelSet

BOUNDS_WIDTH_PX = 1.4
STRAY_WIDTH_PX = 2.2
STRAY_METRES = 0.18  # from a stray camera to the corners of its mark
HIDDEN_OPACITY = 0.35
_COLORS = tuple(color_by.value for color_by in ColorBy)
_DEPTH_HELP = (
    f"{TREE_DEPTH} shows every leaf of the tree; each step down joins cubes to ones twice as large, "
    "occupied where any part is"
)


@dataclass(frozen=True, slots=True)
class OctomapStyle:
    """Which leaves are shown, and how."""

    visible: bool = control(False, "Show")
    occupied: bool = control(True, "Occupied space")
    occupied_opacity: float = control(1.0, "Opacity", low=0.05, high=1.0)
    occupied_depth: int = control(TREE_DEPTH, "Finest level", low=1, high=TREE_DEPTH, help=_DEPTH_HELP)
    occupied_color: str = control("height", "Color", choices=_COLORS)
    free: bool = control(False, "Free space")
    free_opacity: float = control(0.10, "Opacity", low=0.02, high=1.0)
    free_depth: int = control(TREE_DEPTH, "Finest level", low=1, high=TREE_DEPTH, help=_DEPTH_HELP)
    free_color: str = control("size", "Color", choices=_COLORS)
    unknown: bool = control(
        False, "Boundary to the unknown", help="Where free space ends and nothing is known beyond"
    )
    unknown_opacity: float = control(0.35, "Opacity", low=0.02, high=1.0)
    unknown_depth: int = control(TREE_DEPTH, "Finest level", low=1, high=TREE_DEPTH, help=_DEPTH_HELP)
    unknown_color: str = control("state", "Color", choices=_COLORS)
    bounds: bool = control(True, "Bounds of free space", help="The box around all free cubes")
    strays: bool = control(
        True, "Stray cameras", help="Mark cameras that stand in occupied or unknown space, or out of bounds"
    )


KINDS = ("occupied", "free", "unknown")


@dataclass(frozen=True, slots=True)
class LeafFound:
    """A cube under the pointer."""

    is_occupied: bool  # else free
    size: float  # world units
    borders_unknown: bool = False  # picked where nothing is known beyond it


class OctomapLayer(Layer):
    key = "octomap"
    title = "Octomap"
    needs = Octomap
    is_pickable = True

    def __init__(self) -> None:
        self.style = OctomapStyle()
        self._octomap: Octomap | None = None
        self._leaves: dict[tuple[str, int], Octomap] = {}  # of each of the sets below
        self._sets: dict[tuple[str, int], VoxelSet] = {}
        self._coming: VoxelSet | None = None  # on its way to the graphics card
        self._formed: set[tuple[str, int]] = set()  # which of the sets have coarser forms, or get them
        self._programs = VoxelPrograms()
        self._strays: NDArray[np.float64] = np.empty((0, 3))
        self._metres_per_unit = 1.0
        self._lines: LineSet | None = None
        self._lines_for: object = None

    @property
    def is_available(self) -> bool:
        return self._octomap is not None

    def set_scene(self, scene: Scene | None) -> None:
        self._metres_per_unit = 1.0 if scene is None else scene.metres_per_unit
        self.set_octomap(None if scene is None else scene.part(Octomap))

    def set_octomap(self, octomap: Octomap | None) -> None:
        """Show another one from now on."""
        self.release()
        self._octomap = octomap
        self._strays = np.empty((0, 3))

    def set_strays(self, positions: NDArray[np.float64]) -> None:
        """Mark the places (N, 3), world units, of cameras that do not stand in free space."""
        self._strays = positions[np.isfinite(positions).all(axis=1)]
        self._lines_for = None

    def leaf_at(self, index: int) -> LeafFound | None:
        """The cube that a picked number stands for."""
        for (kind, _), leaves in self._leaves.items():
            row = index - self._first_leaf(kind)
            if 0 <= row < len(leaves.keys):
                return LeafFound(kind == "occupied", leaves.size_of(row), kind == "unknown")
        return None

    def _first_leaf(self, kind: str) -> int:
        """Numbers of the cubes of one kind begin here; leaves never grow in number by joining."""
        count = 0 if self._octomap is None else len(self._octomap.keys)
        return KINDS.index(kind) * count

    @property
    def wants_upload(self) -> bool:
        """True when something is to be shown that is not on the graphics card yet."""
        return self.is_drawn and any(key not in self._sets for key in self._wanted())

    def _wanted(self) -> list[tuple[str, int]]:
        """Kind and finest depth of what is to be shown."""
        return [(kind, int(self._of(kind, "depth"))) for kind in KINDS if getattr(self.style, kind)]

    def _of(self, kind: str, what: str) -> Any:
        return getattr(self.style, f"{kind}_{what}")

    def upload(self, context: GLContext) -> Iterator[int]:
        """Send what is shown; the faces are found only when someone wants to see them."""
        octomap = self._octomap
        if octomap is None or not self.style.visible:
            return
        for key in self._wanted():
            if key not in self._sets:
                yield from self._upload_kind(octomap, key)

    def _upload_kind(self, octomap: Octomap, key: tuple[str, int]) -> Iterator[int]:
        kind, depth = key
        first_leaf = self._first_leaf(kind)

        def find(check: Callable[[], None]) -> tuple[Octomap, ExposedFaces | None]:
            leaves = octomap.coarsened(depth)
            return leaves, exposed_faces(leaves, *_chosen(leaves, kind), first_leaf, check)

        search = Background(find)
        for _ in search.waits():
            if self._octomap is not octomap or key not in self._wanted():
                return  # the search ends as well
            yield 0
        leaves, faces = search.result
        self._coming = VoxelSet(octomap.resolution)
        if faces is not None:
            yield from self._coming.upload(faces)
        if self._octomap is octomap and self._coming is not None:
            self._drop(kind)
            self._leaves[key], self._sets[key], self._coming = leaves, self._coming, None

    @property
    def lacks_forms(self) -> bool:
        return self.is_drawn and any(key not in self._formed for key in self._sets)

    def upload_forms(self, context: GLContext) -> Iterator[int]:
        for key in [key for key in self._sets if key not in self._formed]:
            self._formed.add(key)
            yield from self._upload_forms(key, self._leaves[key], self._sets[key])

    def _upload_forms(self, key: tuple[str, int], leaves: Octomap, voxels: VoxelSet) -> Iterator[int]:
        finest = voxels.finest
        if finest is None:
            return
        choose = partial(_chosen, kind=key[0])
        search = Background(partial(coarser_forms, leaves, finest, choose))
        for _ in search.waits():
            if self._sets.get(key) is not voxels:
                return
            yield 0
        for form in search.result:
            for sent in voxels.upload(form):
                yield sent
                if self._sets.get(key) is not voxels:
                    return

    def _drop(self, kind: str) -> None:
        """Give back what shows a kind to another depth."""
        for key in [key for key in self._sets if key[0] == kind]:
            self._sets.pop(key).release()
            del self._leaves[key]
            self._formed.discard(key)

    def _shown(self) -> list[tuple[str, VoxelSet, float]]:
        """Kind, cubes and opacity of what is there; until a new depth has come, the old one is shown."""
        return [
            (kind, voxels, float(self._of(kind, "opacity")))
            for (kind, _), voxels in self._sets.items()
            if getattr(self.style, kind)
        ]

    def _steps(self, frame: Frame, kind: str, voxels: VoxelSet, opacity: float) -> Iterator[None]:
        color_by = ColorBy(self._of(kind, "color"))
        look = VoxelLook(colors_of(frame.theme, kind), color_by, opacity)
        # occupied cubes are seen from outside; free space mostly from within
        return voxels.surface_steps(frame, self._programs, look, both_sides=kind != "occupied")

    def draw_surface(self, frame: Frame) -> None:
        for _ in self.surface_steps(frame):
            pass

    def surface_steps(self, frame: Frame) -> Iterator[None]:
        for kind, voxels, opacity in self._shown():
            if opacity >= 1:
                yield from self._steps(frame, kind, voxels, opacity)

    def draw_blended(self, frame: Frame) -> None:
        for kind, voxels, opacity in self._shown():
            if opacity < 1:
                for _ in self._steps(frame, kind, voxels, opacity):
                    pass
        self._wires(frame.theme).draw_blended(frame, 1.0, HIDDEN_OPACITY)

    def draw_pickable(self, frame: Frame) -> None:
        for _, voxels, opacity in self._shown():
            if opacity < 1:
                voxels.draw_pickable(frame, self._programs)

    def _wires(self, theme: Theme) -> LineSet:
        """The box around free space, and a mark at every stray camera."""
        if self._lines is None:
            self._lines = LineSet()
        state = (self.style.bounds, self.style.strays, theme)
        if self._lines_for != state:
            bounds = self._octomap.free_bounds if self._octomap is not None and self.style.bounds else None
            parts = [] if bounds is None else [_lines(_box_edges(*bounds), theme.free[1], BOUNDS_WIDTH_PX)]
            if self.style.strays and len(self._strays):
                edges = self._strays[:, None, None] + _DIAMOND * (STRAY_METRES / self._metres_per_unit)
                parts.append(_lines(edges.reshape(-1, 2, 3), theme.stray, STRAY_WIDTH_PX))
            self._lines.set_lines(_joined(parts))
            self._lines_for = state
        return self._lines

    def release(self) -> None:
        for voxels in (*self._sets.values(), *([] if self._coming is None else [self._coming])):
            voxels.release()
        self._sets, self._leaves, self._coming = {}, {}, None
        self._formed.clear()
        if self._lines is not None:
            self._lines.release()
        self._lines, self._lines_for = None, None


def _chosen(leaves: Octomap, kind: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which leaves are of a kind, and which hide their faces, (L,) each."""
    chosen = leaves.occupied if kind == "occupied" else ~leaves.occupied
    return chosen, np.ones_like(chosen) if kind == "unknown" else chosen


_CORNER = np.array([[k & 1, k >> 1 & 1, k >> 2] for k in range(8)])
_EDGES = np.array([(a, a | 1 << b) for a in range(8) for b in range(3) if not a >> b & 1])
_TIPS = np.array([[1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], np.float64)
_DIAMOND = _TIPS[[(a, b) for a in range(4) for b in ((a + 1) % 4, 4, 5)]]


def _box_edges(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """(12, 2, 3) ends of the edges of a box."""
    return np.asarray((low + _CORNER * (high - low))[_EDGES])


def _lines(edges: NDArray[np.float64], color: Rgb, width: float) -> Lines:
    """Edges (N, 2, 3) that the pointer does not find."""
    count = len(edges)
    tone = np.tile(np.array([*color, 1.0], np.float32), (count, 1))
    no_index = np.full(count, -1, np.int64)
    return Lines(edges[:, 0], edges[:, 1], tone, np.full(count, width, np.float32), no_index)


def _joined(parts: list[Lines]) -> Lines:
    if not parts:
        return Lines.none()
    return Lines(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("starts", "ends", "colors", "widths", "indices")
        )
    )


def colors_of(theme: Theme, kind: str) -> tuple[Rgb, Rgb]:
    """The colors of the lowest and the highest, or the smallest and the largest, cubes of a kind."""
    return {"occupied": theme.occupied, "free": theme.free, "unknown": theme.unknown}[kind]
