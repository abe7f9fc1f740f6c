"""What every layer needs to know to draw one picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vispy import gloo
from vispy.gloo.context import GLContext

from viewer.model.camera import Camera, Lens
from viewer.model.clip_box import ClipBox
from viewer.render.gl import GL
from viewer.render.id_buffer import depth_scale
from viewer.render.object_table import Flag, ObjectTable
from viewer.render.shaders import FULL_SCREEN
from viewer.render.targets import flush
from viewer.render.theme import DARK, Theme

NEAR_METRES = 0.002
"""So near that one may stand at a wall."""


def resized(camera: Camera, width: int, height: int) -> Camera:
    """The same view with another number of pixels."""
    lens = camera.lens
    across, down = lens.width / width, lens.height / height
    old_from_new = np.array([[across, 0, across / 2 - 0.5], [0, down, down / 2 - 0.5], [0, 0, 1]])
    return camera.with_lens(Lens(width, height, lens.ray_from_pixel @ old_from_new, lens.source))


def gl_matrix(matrix: NDArray[np.floating]) -> NDArray[np.float32]:
    """Column by column, as OpenGL wants it; contiguous, for vispy hands strides on unseen."""
    return np.ascontiguousarray(matrix.T, np.float32)


@dataclass(slots=True, eq=False)
class Frame:
    """One picture: its camera, whose lens has the size of the picture, and the common state of the layers."""

    context: GLContext
    camera: Camera
    table: ObjectTable
    up: NDArray[np.float64]
    metres_per_unit: float = 1.0
    pixel_scale: float = 1.0
    theme: Theme = DARK
    color_mode: str = "table"
    clip: ClipBox | None = None
    for_ids: bool = False
    """Draw see-through surfaces as solid ones: the pointer means what is in front."""
    most_faces: int | None = None
    """Of large layers, draw about so many triangles or points: a quick picture. None = everything."""
    sharpness: float = 1.0
    """Pixels of this picture per pixel of the window it is shown in, in each direction."""
    seen: NDArray[np.bool_] | None = None
    """By object id + 1, about what the picture before this one showed; None = not known."""
    read_depths: Callable[[], NDArray[np.float32]] | None = None
    """Where asking pays: how far one sees by now, clip w (H, W), row 0 at the bottom, 0 = for ever.
    It is the asker's until the next time."""
    step_faces: int | None = None
    """How many triangles or points to draw at a time, when something else may have to be done in between."""
    clip_from_rel: NDArray[np.float32] = field(init=False)
    ray_from_ndc: NDArray[np.float32] = field(init=False)
    near: float = field(init=False)
    """The least clip w that is drawn, world units."""

    def __post_init__(self) -> None:
        near = self.near = NEAR_METRES / self.metres_per_unit
        cam_from_rel = np.eye(4)
        cam_from_rel[:3, :3] = np.linalg.inv(self.camera.world_from_cam[:3, :3])
        clip_from_cam = self.camera.lens.clip_from_cam(near, 2 * near)
        # divided by w that is how near a place is; nothing is too far away
        clip_from_cam[2] = (0.0, 0.0, 0.0, near)
        self.clip_from_rel = gl_matrix(clip_from_cam @ cam_from_rel)
        lens = self.camera.lens
        half_w, half_h = lens.width / 2, lens.height / 2
        pixel_from_ndc = np.array([[half_w, 0, half_w - 0.5], [0, -half_h, half_h - 0.5], [0, 0, 1]])
        rays = self.camera.world_from_cam[:3, :3] @ lens.ray_from_pixel @ pixel_from_ndc
        self.ray_from_ndc = gl_matrix(rays * depth_scale(self.camera))

    @property
    def size(self) -> tuple[int, int]:
        return self.camera.lens.width, self.camera.lens.height

    @property
    def has_faint(self) -> bool:
        """True when some objects are drawn faint."""
        return len(self.table.marked(Flag.FAINT)) > 0

    @property
    def pixels_per_slope(self) -> float:
        """Pixels that something one unit wide covers at depth one, in the middle of the picture."""
        lens = self.camera.lens
        middle = np.array([lens.width / 2, lens.height / 2, 1.0])
        step = lens.ray_from_pixel[:, 0]
        ray = lens.ray_from_pixel @ middle
        return float(np.linalg.norm(ray) / np.linalg.norm(step))

    @property
    def east(self) -> NDArray[np.float64]:
        """A horizontal direction that belongs to the world."""
        seed = np.eye(3)[int(np.argmin(np.abs(self.up)))]
        level = seed - self.up * (seed @ self.up)
        return np.asarray(level / np.linalg.norm(level))

    @property
    def lamp(self) -> NDArray[np.float32]:
        """Towards the light that stays with the room; askew, so that every wall has its own brightness."""
        way = 0.52 * self.east + 0.34 * np.cross(self.up, self.east) + 0.78 * self.up
        return (way / np.linalg.norm(way)).astype(np.float32)

    def place(self, program: gloo.Program, origin: NDArray[np.float64]) -> None:
        """Set the uniforms of the `PLACE` and `DEPTH` shader parts."""
        program["u_clip_from_rel"] = self.clip_from_rel
        program["u_eye"] = (self.camera.position - origin).astype(np.float32)
        program["u_near"] = self.near

    def pixel_rays(self) -> dict[str, Any]:
        """The uniforms of the `FLAT_NORMAL` shader part."""
        width, height = self.size
        ray_from_pixel = self.ray_from_ndc.T.astype(np.float64) @ np.diag([2 / width, 2 / height, 1.0])
        return {
            "u_ray_from_pixel": gl_matrix(ray_from_pixel),
            "u_normal_from_slope": gl_matrix(-np.linalg.inv(ray_from_pixel).T),
            "u_middle": (width / 2, height / 2),
        }

    def place_in_box(self, program: gloo.Program, origin: NDArray[np.float64]) -> None:
        """As `place`, with the uniforms of the `CLIP` part, where the program has it."""
        self.place(program, origin)
        box = ClipBox.whole() if self.clip is None else self.clip
        corners = {
            "u_box_low": (box.low - self.camera.position).astype(np.float32),
            "u_box_high": (box.high - self.camera.position).astype(np.float32),
        }
        set_uniforms(program, corners)

    def draw_in_box(self, program: gloo.Program, mode: str, indices: gloo.IndexBuffer | None = None) -> None:
        """As `draw`, without what lies outside the clip box; the program must have the `CLIP` part."""
        with self.clipping():
            self.draw(program, mode, indices)

    @contextmanager
    def clipping(self) -> Iterator[None]:
        """Leave out what lies outside the clip box, of programs that have the `CLIP` part."""
        planes = range(GL.GL_CLIP_DISTANCE0, GL.GL_CLIP_DISTANCE0 + 6) if self.clip is not None else ()
        for plane in planes:
            GL.glEnable(plane)
        yield
        for plane in planes:
            GL.glDisable(plane)

    def draw(self, program: gloo.Program, mode: str, indices: gloo.IndexBuffer | None = None) -> None:
        """Draw now: vispy's queue would otherwise run after the OpenGL calls around it."""
        program.draw(mode, indices)
        flush(self.context)


@contextmanager
def culling(hide_back_faces: bool) -> Iterator[None]:
    """Draw only triangles that face the eye, or all."""
    (GL.glEnable if hide_back_faces else GL.glDisable)(GL.GL_CULL_FACE)
    yield
    GL.glDisable(GL.GL_CULL_FACE)


def full_screen_program(fragment: str) -> gloo.Program:
    """A program that runs once per pixel: one triangle that covers the picture."""
    program = gloo.Program(FULL_SCREEN, fragment)
    program["a_corner"] = gloo.VertexBuffer(np.array([[-1, -1], [3, -1], [-1, 3]], np.float32))
    return program


def set_uniforms(program: gloo.Program, values: dict[str, Any]) -> None:
    """Set those uniforms the program has; variants of one source have different ones."""
    known = {name for _, _, name in program.variables}
    for name in known & values.keys():
        program[name] = values[name]
