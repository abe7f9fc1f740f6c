"""A place in the world that is meant elsewhere: a ray and a ring, drawn over the finished picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from viewer.render.frame import Frame
from viewer.render.id_buffer import depth_scale
from viewer.render.overlay import FEATHER, thick_line
from viewer.render.shaders import VERSION

_PROGRAM = (
    VERSION
    + """
in vec2 a_place;                // window px, (0, 0) the top-left corner
in vec4 a_color;
in vec3 a_probe;                // window px that decides whether it is hidden, and 1 / clip w there
uniform vec2 u_size;
out vec4 v_color;
out vec3 v_probe;
void main() {
    v_color = a_color;
    v_probe = a_probe;
    gl_Position = vec4(a_place / u_size * vec2(2.0, -2.0) + vec2(-1.0, 1.0), 0.0, 1.0);
}
""",
    VERSION
    + """
in vec4 v_color;
in vec3 v_probe;
uniform vec2 u_size;
uniform sampler2D u_depths;     // clip w of what is in front, 0 = background
uniform float u_slack;
uniform float u_hidden;
out vec4 o_color;
void main() {
    ivec2 depths = textureSize(u_depths, 0);
    vec2 at = vec2(v_probe.x, u_size.y - v_probe.y) * vec2(depths) / u_size;
    ivec2 p = clamp(ivec2(at), ivec2(0), depths - 1);
    float surface = texelFetch(u_depths, p, 0).r;
    bool hidden = surface > 0.0 && surface * v_probe.z < 1.0 - u_slack;
    o_color = vec4(v_color.rgb, v_color.a * (hidden ? u_hidden : 1.0));
}
""",
)
SLACK: Final = 0.01
"""A place this much (of its depth) behind a surface still counts as lying on it."""
HIDDEN_OPACITY: Final = 0.3
RING_PX: Final = 6.5
RING_CORNERS: Final = 40
BEYOND_METRES: Final = 50.0
"""How far a ray is drawn that hits nothing."""
NEAREST_METRES: Final = 0.01
_INK, _HALO = (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)
_ENDS = np.tile([0, 1, 0, 1, 1, 0], 3)
"""Which end of a segment each vertex of `thick_line` belongs to."""


@dataclass(frozen=True, slots=True, eq=False)
class Marker:
    """A ray from `eye` along `direction`, and the `point` where it ends; either may be missing."""

    point: NDArray[np.float64] | None = None  # (3,) world units
    eye: NDArray[np.float64] | None = None  # (3,) world units
    direction: NDArray[np.float64] | None = None  # (3,) unit

    def segment(self, metres_per_unit: float) -> NDArray[np.float64] | None:
        """Both ends (2, 3) of the ray, world units."""
        if self.eye is None:
            return None
        if self.point is not None:
            return np.stack([self.eye, self.point])
        if self.direction is None:
            return None
        return np.stack([self.eye, self.eye + self.direction * BEYOND_METRES / metres_per_unit])


class MarkerPainter:
    """Draws a marker; what lies behind the scene's surfaces shows through faintly."""

    def __init__(self) -> None:
        self._program = gloo.Program(*_PROGRAM)

    def draw(self, frame: Frame, marker: Marker, depths: gloo.Texture2D) -> None:
        """Over the bound picture; `depths` is the surface pass's plane of clip w, of the same size."""
        scale = frame.pixel_scale
        segment = marker.segment(frame.metres_per_unit)
        ends = None if segment is None else window_places(frame, segment)
        if ends is not None and np.linalg.norm(ends[1, :2] - ends[0, :2]) > 2 * scale:
            for color, width, opacity in ((_HALO, 3.5, 0.35), (_INK, 1.5, 0.9)):
                strip, cover = thick_line(ends[:, :2], width * scale)
                probes = np.column_stack([strip, ends[_ENDS, 2]])
                self._fill(frame, strip, probes, color, cover * opacity, depths)
        place = None if marker.point is None else window_places(frame, marker.point[None])
        if place is None:
            return
        for color, width, opacity in ((_HALO, 4.0, 0.45), (_INK, 2.0, 1.0)):
            for radius in (RING_PX, 0.0):
                corners, cover = ring(radius * scale, width * scale)
                probes = np.repeat(place, len(corners), axis=0)
                self._fill(frame, place[0, :2] + corners, probes, color, cover * opacity, depths)

    def _fill(
        self,
        frame: Frame,
        places: NDArray[np.floating],
        probes: NDArray[np.floating],
        color: tuple[float, float, float],
        opacity: NDArray[np.floating],
        depths: gloo.Texture2D,
    ) -> None:
        colors = np.column_stack([np.tile(color, (len(places), 1)), opacity])
        program = self._program
        program["a_place"] = gloo.VertexBuffer(np.ascontiguousarray(places, np.float32))
        program["a_color"] = gloo.VertexBuffer(np.ascontiguousarray(colors, np.float32))
        program["a_probe"] = gloo.VertexBuffer(np.ascontiguousarray(probes, np.float32))
        program["u_size"] = frame.size
        program["u_depths"] = depths
        program["u_slack"] = SLACK
        program["u_hidden"] = HIDDEN_OPACITY
        frame.draw(program, "triangles")


def ring(radius: float, width: float) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Triangles (T, 2) and coverage (T,) of a circle about the origin, soft at its sides; 0 = a dot."""
    turn = np.linspace(0, 2 * np.pi, RING_CORNERS + 1)
    circle = np.column_stack([np.cos(turn), np.sin(turn)])
    radii = np.maximum(
        radius + np.array([-width / 2 - FEATHER, -width / 2, width / 2, width / 2 + FEATHER]), 0
    )
    corners = radii[:, None, None] * circle
    places, covers = [], []
    for k in range(3):
        inner, outer = corners[k], corners[k + 1]
        quads = [inner[:-1], outer[:-1], inner[1:], outer[:-1], outer[1:], inner[1:]]
        places.append(np.stack(quads, axis=1).reshape(-1, 2))
        covers.append(np.tile(np.array([0.0, 1.0, 1.0, 0.0])[[k, k + 1, k, k + 1, k + 1, k]], RING_CORNERS))
    return np.concatenate(places), np.concatenate(covers)


def window_places(frame: Frame, points: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Window px and 1 / clip w (N, 3) of one world point (1, 3) or of both ends (2, 3) of a line.

    A line is cut short where it passes the eye; None when nothing of it is in front.
    """
    camera = frame.camera
    m = camera.cam_from_world
    homogeneous = (points @ m[:3, :3].T + m[:3, 3]) @ camera.lens.pixel_from_ray.T
    scale = depth_scale(camera)
    least = NEAREST_METRES / frame.metres_per_unit * scale
    is_behind = homogeneous[:, 2] < least
    if is_behind.all():
        return None
    if is_behind.any():
        far, near = homogeneous[~is_behind][0], homogeneous[is_behind][0]
        share = (least - near[2]) / (far[2] - near[2])
        homogeneous[is_behind] = near + share * (far - near)
    places = homogeneous[:, :2] / homogeneous[:, 2:] + 0.5
    return np.column_stack([places, scale / homogeneous[:, 2]])
