"""Trajectories: the path of every camera and a frustum per keyframe, true to its lens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from viewer.model.arrays import distinct
from viewer.model.camera import Cameras, Lens, Trajectory
from viewer.model.frames import FrameId
from viewer.model.scene import Scene
from viewer.render.depth_test import IN_FRONT
from viewer.render.frame import Frame
from viewer.render.gl import GL
from viewer.render.id_buffer import KIND_FRUSTUM
from viewer.render.layers.layer import Layer, control
from viewer.render.shaders import DEPTH, PLACE, VERSION
from viewer.render.theme import Theme
from viewer.render.visuals.line_set import Lines, LineSet

_EDGES = np.array([[0, 1], [0, 2], [0, 3], [0, 4], [1, 2], [2, 3], [3, 4], [4, 1], [5, 6], [6, 7], [7, 5]])
"""Between the eye (0), the image corners (1..4 clockwise from the top left) and the mark on top (5..7)."""
_TRAIL = _EDGES.shape[0]
MISFIT_WIDTH = 1.6
"""How much wider than others the frusta of keyframes are that fail the pose check."""


@dataclass(frozen=True, slots=True)
class CamerasStyle:
    """How trajectories look."""

    visible: bool = control(True, "Show")
    frusta: bool = control(True, "Frusta")
    path: bool = control(True, "Path")
    size_m: float = control(0.15, "Frustum size", low=0.02, high=2.0, unit="m")
    stride: int = control(1, "Every n-th", low=1, high=100, help="Show only one keyframe in so many")
    line_width: float = control(1.2, "Line width", low=0.5, high=5.0, unit="px")
    hidden_opacity: float = control(
        0.0, "Behind surfaces", low=0.0, high=1.0, help="How strongly hidden lines show"
    )


def frustum_points(lens: Lens, world_from_cam: NDArray[np.float64], size: float) -> NDArray[np.float64]:
    """Eye, four image corners and the mark on top, (N, 8, 3) world units, of cameras (N, 4, 4).

    The corners lie on the rays through the outer corners of the corner pixels; the middle of the image is
    `size` away from the eye.
    """
    w, h = lens.width, lens.height
    corner_pixels = np.array(
        [[0, 0], [w, 0], [w, h], [0, h], [w * 0.4, 0], [w * 0.6, 0], [w * 0.5, -h * 0.16]]
    )
    pixels = np.column_stack([corner_pixels - 0.5, np.ones(7)])
    rays = pixels @ lens.ray_from_pixel.T
    middle = lens.ray_from_pixel @ np.array([(w - 1) / 2, (h - 1) / 2, 1.0])
    local = np.vstack([np.zeros(3), rays * (size / np.linalg.norm(middle))])
    return np.asarray(local @ world_from_cam[:, :3, :3].transpose(0, 2, 1) + world_from_cam[:, None, :3, 3])


class CamerasLayer(Layer):
    key = "cameras"
    is_pickable = True
    title = "Cameras"
    needs = Cameras

    def __init__(self) -> None:
        self.style = CamerasStyle()
        self._cameras: Cameras | None = None
        self._frames: list[FrameId] = []
        self._current: FrameId | None = None
        self._misfits: frozenset[FrameId] = frozenset()
        self._metres_per_unit = 1.0
        self._lines: LineSet | None = None
        self._glass: _Glass | None = None
        self._built_for: object = None

    @property
    def is_available(self) -> bool:
        return bool(self._frames)

    def set_scene(self, scene: Scene | None) -> None:
        self.set_cameras(scene)
        self._current = None
        self._misfits = frozenset()

    def set_cameras(self, scene: Scene | None) -> None:
        """Show the cameras of a scene; the keyframe that is emphasised stays so."""
        self._cameras = None if scene is None else scene.part(Cameras)
        self._metres_per_unit = 1.0 if scene is None else scene.metres_per_unit
        trajectories = () if self._cameras is None else self._cameras.trajectories
        self._frames = [FrameId(t.name, int(frame)) for t in trajectories for frame in t.frame_ids]
        self._built_for = None

    def set_current(self, frame: FrameId | None) -> bool:
        """Emphasise one keyframe; True when it is another one than before."""
        if frame == self._current:
            return False
        self._current = frame
        self._built_for = None
        return True

    def set_misfits(self, frames: frozenset[FrameId]) -> bool:
        """Show the frusta of some keyframes red; True when they are others than before."""
        if frames == self._misfits:
            return False
        self._misfits = frames
        self._built_for = None
        return True

    def frame_at(self, index: int) -> FrameId | None:
        """The keyframe a picked frustum stands for."""
        return self._frames[index] if 0 <= index < len(self._frames) else None

    def _ready(self, frame: Frame) -> tuple[LineSet, _Glass]:
        if self._lines is None or self._glass is None:
            self._lines, self._glass = LineSet(), _Glass()
        state = (self.style, frame.theme)
        if self._built_for != state:
            self._lines.set_lines(self._build(frame.theme))
            self._glass.set_corners(self._current_corners())
            # a frustum one stands in would only be in the way
            size = self.style.size_m / self._metres_per_unit
            self._lines.fade = (1.5 * size, 4.0 * size)
            self._built_for = state
        return self._lines, self._glass

    def _build(self, theme: Theme) -> Lines:
        starts, ends, colors, widths, indices = [], [], [], [], []
        first = 0
        for number, trajectory in enumerate(self._cameras.trajectories if self._cameras else ()):
            tint = along_path(theme, number, len(trajectory))
            shown = self._shown_rows(trajectory)
            if self.style.frusta and len(shown):
                size = self.style.size_m / self._metres_per_unit
                points = frustum_points(trajectory.lens, trajectory.world_from_cam[shown], size)
                frames = [FrameId(trajectory.name, int(f)) for f in trajectory.frame_ids[shown]]
                is_current = np.array([frame == self._current for frame in frames])
                is_misfit = np.array([frame in self._misfits for frame in frames])
                tone = tint[shown].copy()
                tone[is_misfit] = (*theme.misfit, 1.0)
                tone[is_current] = (*theme.current_frustum, 1.0)
                starts.append(points[:, _EDGES[:, 0]].reshape(-1, 3))
                ends.append(points[:, _EDGES[:, 1]].reshape(-1, 3))
                colors.append(np.repeat(tone, _TRAIL, axis=0))
                wide = np.where(is_current, 2.2, np.where(is_misfit, MISFIT_WIDTH, 1.0))
                widths.append(np.repeat(wide * self.style.line_width, _TRAIL))
                indices.append(np.repeat(first + shown, _TRAIL))
            if self.style.path and len(trajectory) > 1:
                starts.append(trajectory.positions[:-1])
                ends.append(trajectory.positions[1:])
                colors.append(tint[:-1])
                widths.append(np.full(len(trajectory) - 1, self.style.line_width * 1.3))
                indices.append(np.full(len(trajectory) - 1, -1))
            first += len(trajectory)
        if not starts:
            return Lines.none()
        return Lines(
            np.concatenate(starts),
            np.concatenate(ends),
            np.concatenate(colors).astype(np.float32),
            np.concatenate(widths).astype(np.float32),
            np.concatenate(indices),
        )

    def _shown_rows(self, trajectory: Trajectory) -> NDArray[np.int64]:
        """Every n-th keyframe, and always the current one and those that fail the pose check."""
        rows = np.arange(0, len(trajectory), max(int(self.style.stride), 1))
        misfits = (frame.frame for frame in self._misfits if frame.camera == trajectory.name)
        also = {trajectory.index_of(frame) for frame in misfits} | {self._row_of_current(trajectory)}
        return distinct(rows, np.array([row for row in also if row is not None], np.int64))

    def _row_of_current(self, trajectory: Trajectory) -> int | None:
        if self._current is None or self._current.camera != trajectory.name:
            return None
        return trajectory.index_of(self._current.frame)

    def _current_corners(self) -> NDArray[np.float64] | None:
        for trajectory in self._cameras.trajectories if self._cameras else ():
            row = self._row_of_current(trajectory)
            if row is not None:
                size = self.style.size_m / self._metres_per_unit
                return frustum_points(trajectory.lens, trajectory.world_from_cam[[row]], size)[0, 1:5]
        return None

    def draw_blended(self, frame: Frame) -> None:
        lines, glass = self._ready(frame)
        if self.style.frusta:
            glass.draw(frame, lines.fade)
        lines.draw_blended(frame, 1.0, self.style.hidden_opacity)

    def draw_pickable(self, frame: Frame) -> None:
        self._ready(frame)[0].draw_pickable(frame, KIND_FRUSTUM)

    def release(self) -> None:
        if self._lines is not None:
            self._lines.release()
        self._lines = self._glass = None
        self._built_for = None


def along_path(theme: Theme, number: int, count: int) -> NDArray[np.float32]:
    """Colours (count, 4) that tell early from late, each trajectory in its own pair of hues."""
    early, late = theme.paths[number % len(theme.paths)]
    share = np.linspace(0, 1, max(count, 1))[:, None]
    colors = np.ones((max(count, 1), 4), np.float32)
    colors[:, :3] = np.array(early) * (1 - share) + np.array(late) * share
    return colors[:count]


_GLASS = (
    VERSION
    + PLACE
    + """
in vec3 a_place;
void main() { gl_Position = u_clip_from_rel * vec4(a_place - u_eye, 1.0); }
""",
    VERSION
    + DEPTH
    + """
uniform vec4 u_color;
out vec4 o_color;
void main() { o_color = u_color; write_depth(0.001); }
""",
)


class _Glass:
    """The image plane of the current frustum, as a pane of tinted glass."""

    def __init__(self) -> None:
        self._program = gloo.Program(*_GLASS)
        self._origin: NDArray[np.float64] | None = None

    def set_corners(self, corners: NDArray[np.float64] | None) -> None:
        self._origin = None if corners is None else corners.mean(axis=0)
        if corners is not None:
            fan = (corners - corners.mean(axis=0))[[0, 1, 2, 0, 2, 3]]
            self._program["a_place"] = gloo.VertexBuffer(fan.astype(np.float32))

    def draw(self, frame: Frame, fade: tuple[float, float]) -> None:
        """Draw, unless the eye is so near that one would look through it."""
        if self._origin is None:
            return
        away = float(np.linalg.norm(frame.camera.position - self._origin))
        whole = float(np.clip((away - fade[0]) / (fade[1] - fade[0]), 0, 1))
        if whole == 0:
            return
        frame.place(self._program, self._origin)
        self._program["u_color"] = (*frame.theme.current_frustum, 0.16 * whole)
        GL.glDepthFunc(IN_FRONT)
        frame.draw(self._program, "triangles")
