"""Points that may each belong to an object, drawn as discs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from vispy import gloo
from vispy.gloo.context import GLContext

from viewer.model.points import PointSet
from viewer.render.frame import Frame
from viewer.render.object_table import NOT_SOLID, Flag
from viewer.render.shaders import CHOICE, CLIP, CONSTANTS, GLASS, PLACE, SURFACE, TABLE, VERSION
from viewer.render.targets import send

POINTS_PER_PIECE = 1 << 17

_VERTEX = (
    VERSION
    + CONSTANTS
    + TABLE
    + PLACE
    + CHOICE
    + CLIP
    + """
in vec4 a_xyzo;
in vec4 a_color;                // sRGB 0..1; a = 0: no photo colour
in vec4 a_normal;               // a = 0: no normal
uniform float u_size_px;        // smallest size on the screen
uniform float u_size_units;     // size in the world
uniform float u_px_per_slope;   // pixels across one unit at depth one
uniform int u_photo;
flat out int v_object;
flat out vec4 v_color;
flat out vec4 v_normal;
flat out float v_bend;
void main() {
    v_object = int(a_xyzo.w + (a_xyzo.w < 0.0 ? -0.5 : 0.5));
    v_color = a_color * float(u_photo);
    v_normal = a_normal;
    vec3 rel = a_xyzo.xyz - u_eye;
    gl_Position = u_clip_from_rel * vec4(rel, 1.0);
    clip_to_box(rel);
    gl_PointSize = clamp(u_size_units * u_px_per_slope / max(gl_Position.w, 1e-20), u_size_px, 64.0);
    // the radius as a share of the depth
    v_bend = 0.5 * gl_PointSize / u_px_per_slope;
    if (!is_chosen(table_flags(table_texel(v_object + 1)))) gl_Position = NOWHERE;
}
"""
)
_FRAGMENT = (
    VERSION
    + CONSTANTS
    + SURFACE
    + """
flat in int v_object;
flat in vec4 v_color;
flat in vec4 v_normal;
flat in float v_bend;
void main() {
    vec2 p = gl_PointCoord * 2.0 - 1.0;
    float away = dot(p, p);
    if (away > 1.0) discard;
    // bent away from the eye, overlapping discs meet half-way instead of hiding each other
    float farther = away * v_bend;
    if (v_color.a > 0.5) write_surface(v_object, KIND_COLORED_POINT, vec4(v_color.rgb, 1.0), farther);
    else if (v_normal.a > 0.5) write_surface(v_object, KIND_OBJECT, pack_normal(v_normal.xyz), farther);
    else write_surface(v_object, KIND_PLAIN_POINT, vec4(0.0), farther);
}
"""
)
_GLASS = (
    VERSION
    + CONSTANTS
    + TABLE
    + GLASS
    + """
flat in int v_object;
flat in vec4 v_color;
uniform float u_opacity;
void main() {
    vec2 p = gl_PointCoord * 2.0 - 1.0;
    if (dot(p, p) > 1.0) discard;
    write_glass(v_color.a > 0.5 ? v_color.rgb : table_texel(v_object + 1).rgb, u_opacity);
}
"""
)
_Value = Any  # a vertex buffer, or one value (a tuple of floats) for all vertices


class _Piece:
    """Some of the points, and the programs that draw them."""

    def __init__(self, columns: dict[str, _Value]) -> None:
        self._columns = columns
        self._programs: dict[str, gloo.Program] = {}

    def program(self, fragment: str) -> gloo.Program:
        if fragment not in self._programs:
            made = self._programs[fragment] = gloo.Program(_VERTEX, fragment)
            for name, values in self._columns.items():
                made[name] = values
        return self._programs[fragment]

    def release(self) -> None:
        for program in self._programs.values():
            program.delete()
        self._programs = {}


class ObjectPoints:
    """A point set on the graphics card."""

    def __init__(self, points: PointSet) -> None:
        self.origin = points.origin
        self.point_count = len(points.positions)
        self._points: PointSet | None = points
        self._pieces: list[_Piece] = []

    def upload(self, context: GLContext) -> Iterator[int]:
        """Send the points in pieces, yielding the bytes of each; every piece is spread over the whole."""
        points = self._points
        if points is None:
            return
        pieces = -(-self.point_count // POINTS_PER_PIECE)
        for start in range(pieces):
            part = slice(start, None, pieces)
            positions = points.positions[part]
            place = np.empty((len(positions), 4), np.float32)
            place[:, :3] = positions
            place[:, 3] = points.object_of_point[part]
            piece = _Piece(
                {
                    "a_xyzo": gloo.VertexBuffer(place),
                    "a_color": self._optional(points.colors, part, 1 / 255),
                    "a_normal": self._optional(points.normals, part, 1.0),
                }
            )
            send(context, piece.program(_FRAGMENT))
            self._pieces.append(piece)
            yield place.nbytes * 3
        self._points = None

    @staticmethod
    def _optional(values: np.ndarray | None, part: slice, scale: float) -> _Value:
        if values is None:
            return (0.0, 0.0, 0.0, 0.0)
        chosen = values[part]
        rows = np.ones((len(chosen), 4), np.float32)
        rows[:, :3] = chosen
        rows[:, :3] *= scale
        return gloo.VertexBuffer(rows)

    def surface_steps(self, frame: Frame, size_px: float, size_units: float) -> Iterator[None]:
        """Draw the points piece by piece; fewer and larger ones in a quick picture."""
        pieces = self._some(frame)
        coarser = math.sqrt(len(self._pieces) / max(len(pieces), 1))
        for piece in pieces:
            self._draw(frame, piece.program(_FRAGMENT), size_px, size_units * coarser, faint=False)
            yield

    def _some(self, frame: Frame) -> list[_Piece]:
        if frame.most_faces is None:
            return self._pieces
        # a disc takes about as long as this many small triangles
        return self._pieces[: max(1, frame.most_faces // (4 * POINTS_PER_PIECE))]

    def draw_faint(self, frame: Frame, size_px: float, size_units: float, opacity: float) -> None:
        """The points of faint objects, see-through."""
        for piece in self._some(frame):
            program = piece.program(_GLASS)
            program["u_opacity"] = opacity
            program["u_metres"] = frame.metres_per_unit
            self._draw(frame, program, size_px, size_units, faint=True)

    def _draw(
        self, frame: Frame, program: gloo.Program, size_px: float, size_units: float, *, faint: bool
    ) -> None:
        frame.place_in_box(program, self.origin)
        program["u_left_out"] = int(Flag.HIDDEN if faint else NOT_SOLID)
        program["u_wanted"] = int(Flag.FAINT if faint else 0)
        program["u_table"] = frame.table.texture
        program["u_size_px"] = size_px * frame.pixel_scale
        program["u_size_units"] = size_units
        program["u_px_per_slope"] = frame.pixels_per_slope
        program["u_photo"] = int(frame.color_mode == "photo")
        frame.draw_in_box(program, "points")

    def release(self) -> None:
        for piece in self._pieces:
            piece.release()
        self._pieces = []
        self._points = None
