"""Cubes of several sizes, drawn as those of their faces that can be seen at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from viewer.render.frame import Frame
from viewer.render.gl import GL
from viewer.render.shaders import CLIP, CONSTANTS, DEPTH, GAMMA, PICKED, PLACE, SURFACE, VERSION
from viewer.render.targets import flush, gl_name
from viewer.render.visuals.mesh_buffers import UPLOAD_BYTES
from viewer.render.visuals.voxel_faces import ExposedFaces, Stretches

_FACE_FLOATS = 5
_FACE_BYTES = 4 * _FACE_FLOATS
FACES_PER_BUFFER = UPLOAD_BYTES // _FACE_BYTES


class ColorBy(Enum):
    """What the color of a cube tells."""

    HEIGHT = "height"
    SIZE = "size"
    STATE = "state"


_PLACE_FACE = (
    PLACE
    + CLIP
    + """
in vec2 a_corner;               // 0 or 1 twice
in vec4 a_face;                 // lowest corner of the cube; direction + 8 * log2 of its edge in voxels
in float a_leaf;
uniform float u_voxel;          // edge of the smallest cube, world units
uniform vec2 u_heights;         // lowest, highest
uniform vec2 u_sizes;           // likewise of log2 of the edge in voxels
uniform int u_color_by;         // 0 height, 1 size, 2 state
uniform vec3 u_up;
uniform vec3 u_low_color;
uniform vec3 u_high_color;
flat out vec3 v_normal;
flat out vec3 v_color;
flat out int v_leaf;
out vec2 v_corner;
void main() {
    v_corner = a_corner;
    v_leaf = int(a_leaf + (a_leaf < 0.0 ? -0.5 : 0.5));
    int code = int(a_face.w + 0.5);
    int direction = code & 7;
    float edge = u_voxel * float(1 << (code >> 3));
    int axis = direction >> 1;
    vec3 unit = vec3(0.0);
    unit[axis] = float(direction & 1);
    v_normal = vec3(0.0);
    v_normal[axis] = float(direction & 1) * 2.0 - 1.0;
    unit[(axis + 1) % 3] = a_corner.x;
    unit[(axis + 2) % 3] = a_corner.y;
    vec3 rel = a_face.xyz + unit * edge - u_eye;
    vec2 ends = u_color_by == 0 ? u_heights : u_sizes;
    float value = u_color_by == 0 ? dot(a_face.xyz, u_up) : float(code >> 3);
    float share = u_color_by == 2 ? 1.0 : clamp((value - ends.x) / max(ends.y - ends.x, 1e-9), 0.0, 1.0);
    v_color = mix(u_low_color, u_high_color, share);
    gl_Position = u_clip_from_rel * vec4(rel, 1.0);
    clip_to_box(rel);
}
"""
)
_LIT = (
    GAMMA
    + """
uniform vec3 u_up;
flat in vec3 v_normal;
flat in vec3 v_color;
flat in int v_leaf;
in vec2 v_corner;
vec3 lit() {
    vec3 lamp = normalize(vec3(0.52, 0.34, 0.78));
    float key = dot(v_normal, lamp) * 0.5 + 0.5;
    // a thin line around each face, where faces are large enough to have one
    vec2 slope = max(fwidth(v_corner), 1e-6);
    vec2 border = min(v_corner, 1.0 - v_corner) / slope;
    float large = clamp(1.6 - 8.0 * max(slope.x, slope.y), 0.0, 1.0);
    float line = clamp(1.0 - min(border.x, border.y), 0.0, 1.0) * large;
    return srgb_from_linear(linear_from_srgb(v_color) * (0.28 + 0.72 * key) * (1.0 - 0.45 * line));
}
"""
)
_SOLID = (
    VERSION
    + CONSTANTS
    + SURFACE
    + _LIT
    + "void main() { write_surface(v_leaf, KIND_VOXEL, vec4(lit(), 1.0), 0.0); }\n"
)
_GLASS = (
    VERSION
    + DEPTH
    + _LIT
    + """
uniform float u_opacity;
out vec4 o_color;
void main() { o_color = vec4(lit(), u_opacity); write_depth(0.0); }
"""
)
_PICK = (
    VERSION
    + CONSTANTS
    + PICKED
    + """
flat in int v_leaf;
void main() { write_picked(v_leaf, KIND_VOXEL, 0.0); }
"""
)


@dataclass(frozen=True, slots=True)
class VoxelLook:
    """How a set of cubes is drawn."""

    colors: tuple[tuple[float, ...], tuple[float, ...]]  # sRGB 0..1 of the lowest and the highest
    color_by: ColorBy = ColorBy.HEIGHT
    opacity: float = 1.0  # below 1 the cubes are see-through


class VoxelPrograms:
    """The shaders that all sets of cubes share, compiled when first drawn with."""

    def __init__(self) -> None:
        self._by_source: dict[str, gloo.Program] = {}

    def get(self, source: str) -> gloo.Program:
        if source not in self._by_source:
            self._by_source[source] = gloo.Program(VERSION + _PLACE_FACE, source)
        return self._by_source[source]


class VoxelSet:
    """Exposed faces of some leaves on the graphics card.

    The buffers are OpenGL's own: a gloo program draws a whole buffer, and most of it is out of sight.
    """

    def __init__(self, voxel: float) -> None:
        self._voxel = voxel  # world units
        self._faces: ExposedFaces | None = None
        self._buffers: list[int] = []
        self._corners = 0
        self.face_count = 0

    def upload(self, faces: ExposedFaces | None) -> Iterator[int]:
        """Send the faces, at most `UPLOAD_BYTES` before each yield."""
        if faces is None:
            return
        self.face_count = len(faces.rows)
        self._corners = _buffer(np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32))
        for start in range(0, len(faces.rows), FACES_PER_BUFFER):
            part = faces.rows[start : start + FACES_PER_BUFFER]
            self._buffers.append(_buffer(part))
            yield part.nbytes
        self._faces = replace(faces, rows=faces.rows[:0])  # they are on the graphics card now

    def draw(self, frame: Frame, programs: VoxelPrograms, look: VoxelLook, *, both_sides: bool) -> None:
        """Draw as surfaces, or see-through where the opacity is below 1."""
        faces = self._faces
        if faces is None:
            return
        program = programs.get(_SOLID if look.opacity >= 1 else _GLASS)
        up = frame.up
        ends = sorted((float((faces.low - faces.origin) @ up), float((faces.high - faces.origin) @ up)))
        program["u_heights"] = ends
        program["u_sizes"] = faces.levels
        program["u_color_by"] = list(ColorBy).index(look.color_by)
        program["u_up"] = up
        program["u_low_color"], program["u_high_color"] = look.colors
        if look.opacity < 1:
            program["u_opacity"] = look.opacity
        self._draw(frame, program, both_sides=both_sides or look.opacity < 1)

    def draw_pickable(self, frame: Frame, programs: VoxelPrograms) -> None:
        """Draw ids and depth, the nearest last, for no depth is written that would keep others away."""
        self._draw(frame, programs.get(_PICK), both_sides=True, nearest_last=True)

    def _draw(
        self, frame: Frame, program: gloo.Program, *, both_sides: bool, nearest_last: bool = False
    ) -> None:
        faces = self._faces
        if faces is None:
            return
        # a clip box cuts cubes open, and what is seen then is their far sides from within
        chosen = faces.stretches.seen_from(frame.camera, both_sides=both_sides or frame.clip is not None)
        if not len(chosen):
            return
        if nearest_last:
            chosen = chosen[::-1]
        frame.place_in_box(program, faces.origin)
        program["u_voxel"] = self._voxel
        name = gl_name(frame.context, program)
        flush(frame.context)
        GL.glUseProgram(name)
        GL.glDepthFunc(GL.GL_LESS)
        with frame.clipping():
            self._draw_stretches(name, faces.stretches, chosen)

    def _draw_stretches(self, program: int, stretches: Stretches, chosen: NDArray[np.int64]) -> None:
        corner, face, leaf = (
            GL.glGetAttribLocation(program, name) for name in (b"a_corner", b"a_face", b"a_leaf")
        )
        used = [(face, 4, 0), *([(leaf, 1, 16)] if leaf >= 0 else [])]
        GL.glBindBuffer(GL.GL_ARRAY_BUFFER, self._corners)
        GL.glEnableVertexAttribArray(corner)
        GL.glVertexAttribDivisor(corner, 0)
        GL.glVertexAttribPointer(corner, 2, GL.GL_FLOAT, False, 8, 0)
        for place, _, _ in used:
            GL.glEnableVertexAttribArray(place)
            GL.glVertexAttribDivisor(place, 1)
        bound = -1
        for start, count in zip(
            stretches.starts[chosen].tolist(), stretches.counts[chosen].tolist(), strict=True
        ):
            first, last = start, start + count
            while first < last:  # a stretch may reach over the end of a buffer
                number, offset = divmod(first, FACES_PER_BUFFER)
                faces = min(last - first, FACES_PER_BUFFER - offset)
                if number != bound:
                    GL.glBindBuffer(GL.GL_ARRAY_BUFFER, self._buffers[number])
                    bound = number
                for place, floats, byte in used:
                    at = offset * _FACE_BYTES + byte
                    GL.glVertexAttribPointer(place, floats, GL.GL_FLOAT, False, _FACE_BYTES, at)
                GL.glDrawArraysInstanced(GL.GL_TRIANGLE_STRIP, 0, 4, faces)
                first += faces
        for place, _, _ in used:
            GL.glVertexAttribDivisor(place, 0)
            GL.glDisableVertexAttribArray(place)
        GL.glDisableVertexAttribArray(corner)
        GL.glBindBuffer(GL.GL_ARRAY_BUFFER, 0)

    def release(self) -> None:
        """Give the memory back."""
        GL.delete_buffers([*self._buffers, *([self._corners] if self._corners else [])])
        self._buffers, self._corners = [], 0
        self._faces = None


def _buffer(values: NDArray[np.float32]) -> int:
    """A buffer on the graphics card that holds the values."""
    name = GL.new_buffer()
    GL.glBindBuffer(GL.GL_ARRAY_BUFFER, name)
    GL.glBufferData(GL.GL_ARRAY_BUFFER, values.nbytes, np.ascontiguousarray(values), GL.GL_STATIC_DRAW)
    GL.glBindBuffer(GL.GL_ARRAY_BUFFER, 0)
    return name
