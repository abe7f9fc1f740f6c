"""Straight lines in space, of constant width on screen, that can be picked.

Each segment is a strip of two triangles, widened in the vertex stage. What is hidden behind surfaces may
stay faintly visible; for the pointer only the visible part counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from viewer.render.depth_test import BEHIND, IN_FRONT
from viewer.render.frame import Frame
from viewer.render.gl import GL
from viewer.render.shaders import DEPTH, PICKED, PLACE, VERSION

_VERTEX = (
    VERSION
    + PLACE
    + """
in vec3 a_start;
in vec3 a_end;
in vec4 a_color;                // sRGB and opacity
in vec4 a_shape;                // which end 0/1, which side -1/+1, width in px, index
uniform vec2 u_size;            // of the picture, px
uniform float u_px;             // physical pixels per px of width
uniform float u_least_px;
uniform vec2 u_fade;            // nearer to the eye than the first gone, farther than the second whole
out vec4 v_color;
out float v_fade;
noperspective out float v_across;
flat out float v_half;
flat out int v_index;
void main() {
    vec4 a = u_clip_from_rel * vec4(a_start - u_eye, 1.0);
    vec4 b = u_clip_from_rel * vec4(a_end - u_eye, 1.0);
    // cut off what reaches behind the eye, where the screen has no place for it
    float least = max(a.w, b.w) * 1e-4;
    if (a.w < least) a = mix(a, b, (least - a.w) / (b.w - a.w));
    else if (b.w < least) b = mix(b, a, (least - b.w) / (a.w - b.w));
    vec2 along = (b.xy / b.w - a.xy / a.w) * u_size;
    float size = length(along);
    along = size > 1e-6 ? along / size : vec2(1.0, 0.0);
    vec4 place = a_shape.x < 0.5 ? a : b;
    v_half = max(a_shape.z, u_least_px) * u_px * 0.5;
    float reach = v_half + 1.0;
    vec2 offset = vec2(-along.y, along.x) * a_shape.y * reach;
    v_across = a_shape.y * reach;
    v_color = a_color;
    v_index = int(floor(a_shape.w + 0.5));
    v_fade = smoothstep(u_fade.x, u_fade.y, length((a_shape.x < 0.5 ? a_start : a_end) - u_eye));
    place.xy += offset * 2.0 / u_size * place.w;
    gl_Position = max(a.w, b.w) <= 0.0 ? vec4(2.0, 2.0, 2.0, 1.0) : place;
}
"""
)
_COLOR = (
    VERSION
    + DEPTH
    + """
in vec4 v_color;
in float v_fade;
noperspective in float v_across;
flat in float v_half;
uniform float u_opacity;
uniform float u_nearer;
out vec4 o_color;
void main() {
    float cover = clamp(v_half + 0.5 - abs(v_across), 0.0, 1.0) * min(v_half * 2.0, 1.0);
    o_color = vec4(v_color.rgb, v_color.a * u_opacity * cover * v_fade);
    write_depth(u_nearer);
}
"""
)
_PICK = (
    VERSION
    + PICKED
    + """
in float v_fade;
noperspective in float v_across;
flat in float v_half;
flat in int v_index;
uniform int u_kind;
void main() {
    if (abs(v_across) > v_half || v_index < 0 || v_fade < 0.3) discard;
    write_picked(v_index, u_kind, 0.002);
}
"""
)
NEARER = 0.002
"""Share by which lines count as nearer than they are, so that those on a surface show."""
_PICK_WIDTH_PX = 5.0
_CORNERS = np.array([[0, -1], [0, 1], [1, -1], [1, 1]], np.float32)
_STRIP = np.array([0, 1, 2, 2, 1, 3], np.uint32)


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Segments and how each looks."""

    starts: NDArray[np.float64]  # (S, 3) world units
    ends: NDArray[np.float64]  # (S, 3)
    colors: NDArray[np.float32]  # (S, 4) sRGB and opacity, 0..1
    widths: NDArray[np.float32]  # (S,) logical px
    indices: NDArray[np.int64]  # (S,) what the pointer finds; -1 = nothing

    @classmethod
    def none(cls) -> Lines:
        """No lines at all."""
        place = np.empty((0, 3))
        return cls(place, place, np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty(0, np.int64))


class LineSet:
    """Lines on the graphics card; `set_lines` replaces them all."""

    def __init__(self) -> None:
        self._color = gloo.Program(_VERTEX, _COLOR)
        self._pick = gloo.Program(_VERTEX, _PICK)
        self._elements: gloo.IndexBuffer | None = None
        self._origin = np.zeros(3)
        self.fade = (0.0, 1e-9)
        """World units: lines nearer to the eye than the first vanish, beyond the second they are whole."""

    @property
    def is_empty(self) -> bool:
        return self._elements is None

    def set_lines(self, lines: Lines) -> None:
        count = len(lines.starts)
        if not count:
            self._elements = None
            return
        self._origin = np.asarray(lines.starts.mean(axis=0))
        columns = {
            "a_start": np.repeat(lines.starts - self._origin, 4, axis=0),
            "a_end": np.repeat(lines.ends - self._origin, 4, axis=0),
            "a_color": np.repeat(lines.colors, 4, axis=0),
            "a_shape": np.column_stack(
                [
                    np.tile(_CORNERS, (count, 1)),
                    np.repeat(lines.widths, 4),
                    np.repeat(lines.indices, 4),
                ]
            ),
        }
        for name, values in columns.items():
            buffer = gloo.VertexBuffer(np.ascontiguousarray(values, np.float32))
            self._color[name] = buffer
            if name != "a_color":
                self._pick[name] = buffer
        strips = np.arange(count, dtype=np.uint32)[:, None] * 4 + _STRIP
        self._elements = gloo.IndexBuffer(strips.reshape(-1))

    def _prepare(self, frame: Frame, program: gloo.Program, least_px: float) -> None:
        frame.place(program, self._origin)
        program["u_size"] = frame.size
        program["u_px"] = frame.pixel_scale
        program["u_least_px"] = least_px
        program["u_fade"] = self.fade

    def draw_blended(self, frame: Frame, opacity: float = 1.0, hidden_opacity: float = 0.0) -> None:
        """Draw the lines, and what surfaces hide of them more faintly."""
        if self._elements is None:
            return
        self._prepare(frame, self._color, 0.0)
        self._color["u_nearer"] = NEARER
        if hidden_opacity > 0:
            GL.glDepthFunc(BEHIND)
            self._color["u_opacity"] = opacity * hidden_opacity
            frame.draw(self._color, "triangles", self._elements)
        GL.glDepthFunc(IN_FRONT)
        self._color["u_opacity"] = opacity
        frame.draw(self._color, "triangles", self._elements)

    def draw_pickable(self, frame: Frame, kind: int) -> None:
        if self._elements is None:
            return
        self._prepare(frame, self._pick, _PICK_WIDTH_PX)
        self._pick["u_kind"] = kind
        frame.draw(self._pick, "triangles", self._elements)

    def release(self) -> None:
        self._elements = None
