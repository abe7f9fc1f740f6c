"""A metric grid on the floor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from viewer.model.scene import Scene
from viewer.render.depth_test import IN_FRONT
from viewer.render.frame import Frame
from viewer.render.gl import GL
from viewer.render.layers.layer import Layer, control
from viewer.render.shaders import DEPTH, PLACE, VERSION

STEPS_M = {"10 cm": 0.1, "50 cm": 0.5, "1 m": 1.0, "5 m": 5.0}

_PROGRAM = (
    VERSION
    + PLACE
    + """
in vec2 a_corner;
uniform vec3 u_east;
uniform vec3 u_north;
uniform float u_reach;          // world units
out vec2 v_place;               // along east and north, from the grid's origin
out vec3 v_rel;
void main() {
    vec2 eye = vec2(dot(u_eye, u_east), dot(u_eye, u_north));
    v_place = eye + a_corner * u_reach;
    vec3 place = v_place.x * u_east + v_place.y * u_north;
    v_rel = place - u_eye;
    gl_Position = u_clip_from_rel * vec4(v_rel, 1.0);
}
""",
    VERSION
    + DEPTH
    + """
in vec2 v_place;
in vec3 v_rel;
uniform float u_step;
uniform float u_reach;
uniform vec3 u_color;
uniform float u_opacity;
out vec4 o_color;
float lines(float step) {
    vec2 p = v_place / step;
    vec2 slope = max(fwidth(p), 1e-9);
    vec2 near = abs(fract(p - 0.5) - 0.5) / slope;
    // lines closer together than a few pixels melt into nothing instead of flickering
    vec2 cover = clamp(1.1 - near, 0.0, 1.0) * clamp(1.4 - slope * 4.0, 0.0, 1.0);
    return max(cover.x, cover.y);
}
void main() {
    float fade = 1.0 - smoothstep(0.25, 1.0, length(v_rel) / u_reach);
    float cover = max(lines(u_step) * 0.45, lines(u_step * 5.0));
    o_color = vec4(u_color, cover * fade * u_opacity);
    write_depth(0.0005);
}
""",
)


@dataclass(frozen=True, slots=True)
class GridStyle:
    """How the grid looks."""

    visible: bool = control(False, "Show")
    step: str = control("1 m", "Step", choices=tuple(STEPS_M))
    opacity: float = control(0.6, "Opacity", low=0.05, high=1.0)


class GridLayer(Layer):
    key = "grid"
    title = "Grid"

    def __init__(self) -> None:
        self.style = GridStyle()
        self._program: gloo.Program | None = None
        self._floor: NDArray[np.float64] = np.zeros(3)
        self._span = 10.0

    def set_scene(self, scene: Scene | None) -> None:
        self._floor = np.zeros(3)

    def set_floor(self, low: NDArray[np.float64], high: NDArray[np.float64], up: NDArray[np.float64]) -> None:
        """Lie at the bottom of a box, lines through the world's origin."""
        height = min(float(low @ up), float(high @ up))
        self._floor = up * height
        self._span = float(np.linalg.norm(high - low))

    def draw_blended(self, frame: Frame) -> None:
        if self._program is None:
            self._program = gloo.Program(*_PROGRAM)
            quad = np.array([[-1, -1], [1, -1], [-1, 1], [1, -1], [1, 1], [-1, 1]], np.float32)
            self._program["a_corner"] = gloo.VertexBuffer(quad)
        program = self._program
        east = frame.east
        above = abs(float((frame.camera.position - self._floor) @ frame.up))
        frame.place(program, self._floor)
        program["u_east"] = east.astype(np.float32)
        program["u_north"] = np.cross(frame.up, east).astype(np.float32)
        program["u_step"] = STEPS_M[self.style.step] / frame.metres_per_unit
        program["u_reach"] = max(self._span * 2.0, above * 4.0, 20.0 / frame.metres_per_unit)
        program["u_color"] = frame.theme.grid
        program["u_opacity"] = self.style.opacity
        GL.glDepthFunc(IN_FRONT)
        frame.draw(program, "triangles")

    def release(self) -> None:
        self._program = None
