"""Cubes of several sizes, drawn as those of their faces that can be seen at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from vispy import gloo

from viewer.render.depth_test import IN_FRONT
from viewer.render.detail_choice import Ranges, batches, merged_ranges
from viewer.render.frame import Frame, set_uniforms
from viewer.render.gl import GL
from viewer.render.shaders import CLIP, CONSTANTS, DEPTH, GAMMA, PICKED, PLACE, SURFACE, VERSION
from viewer.render.targets import flush, gl_name
from viewer.render.visuals.object_mesh import STEP_FACES
from viewer.render.visuals.voxel_blocks import choose_forms
from viewer.render.visuals.voxel_buffers import FaceRows
from viewer.render.visuals.voxel_faces import ExposedFaces

_TRIANGLES = 2
"""Of a face, by which steps and quick pictures count."""


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
in vec4 a_face;                 // lowest corner of the cube, and as `ExposedFaces.rows` have it
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
out vec2 v_corner;              // counted in cubes of the size that is meant
void main() {
    v_leaf = int(a_leaf + (a_leaf < 0.0 ? -0.5 : 0.5));
    int code = int(a_face.w + 0.5);
    int direction = code & 7;
    int level = code >> 3 & 31;
    int meant = code >> 8;
    float edge = u_voxel * float(1 << level);
    float many = float(1 << max(level - meant, 0));
    v_corner = a_corner * many;
    int axis = direction >> 1;
    vec3 unit = vec3(0.0);
    unit[axis] = float(direction & 1);
    v_normal = vec3(0.0);
    v_normal[axis] = float(direction & 1) * 2.0 - 1.0;
    unit[(axis + 1) % 3] = a_corner.x;
    unit[(axis + 2) % 3] = a_corner.y;
    vec3 rel = a_face.xyz + unit * edge - u_eye;
    vec2 ends = u_color_by == 0 ? u_heights : u_sizes;
    // the mean of the cubes that a larger one stands for
    float height = dot(a_face.xyz + 0.5 * (edge - edge / many), u_up);
    float value = u_color_by == 0 ? height : float(meant);
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
    vec2 within = fract(v_corner);
    vec2 border = min(within, 1.0 - within) / slope;
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
    """Exposed faces of some leaves on the graphics card, and coarser forms of them."""

    def __init__(self, voxel: float) -> None:
        self._voxel = voxel  # world units
        self._forms: list[tuple[ExposedFaces, FaceRows]] = []  # complete ones, the finest first
        self._rows: list[FaceRows] = []  # of all of them, and of one on its way

    @property
    def finest(self) -> ExposedFaces | None:
        """What was sent first, without its rows; None when there is nothing to draw."""
        return self._forms[0][0] if self._forms else None

    def upload(self, faces: ExposedFaces) -> Iterator[int]:
        """Send a form, the finest first, each with the cubes of the one before joined."""
        rows = FaceRows()
        self._rows.append(rows)
        yield from rows.upload(faces.rows)
        self._forms.append((replace(faces, rows=faces.rows[:0]), rows))

    def surface_steps(
        self, frame: Frame, programs: VoxelPrograms, look: VoxelLook, *, both_sides: bool
    ) -> Iterator[None]:
        """Draw as surfaces, in steps; see-through where the opacity is below 1."""
        if self.finest is None:
            return
        program = programs.get(_SOLID if look.opacity >= 1 else _GLASS)
        uniforms = {**self._colors(self.finest, frame, look), "u_opacity": look.opacity}
        is_glass = look.opacity < 1
        inside = both_sides or is_glass
        yield from self._draw(frame, program, uniforms, both_sides=inside, nearest_last=is_glass)

    def draw_pickable(self, frame: Frame, programs: VoxelPrograms) -> None:
        """Draw ids and depth, the nearest last, for no depth is written that would keep others away."""
        for _ in self._draw(frame, programs.get(_PICK), {}, both_sides=True, nearest_last=True):
            pass

    @staticmethod
    def _colors(finest: ExposedFaces, frame: Frame, look: VoxelLook) -> dict[str, Any]:
        up = frame.up
        ends = (float((corner - finest.origin) @ up) for corner in (finest.low, finest.high))
        low_color, high_color = look.colors
        return {
            "u_heights": sorted(ends),
            "u_sizes": finest.levels,
            "u_color_by": list(ColorBy).index(look.color_by),
            "u_up": up,
            "u_low_color": low_color,
            "u_high_color": high_color,
        }

    def _draw(
        self,
        frame: Frame,
        program: gloo.Program,
        uniforms: dict[str, Any],
        *,
        both_sides: bool,
        nearest_last: bool = False,
    ) -> Iterator[None]:
        """Draw in steps; what is drawn in between may use the same program."""
        # a clip box cuts cubes open, and what is seen then is their far sides from within
        inside = both_sides or frame.clip is not None
        most = None if frame.most_faces is None else frame.most_faces // _TRIANGLES
        stretches = [faces.stretches for faces, _ in self._forms]
        edges = [self._voxel * 2.0**faces.smallest for faces, _ in self._forms]
        for k, rows, closed in choose_forms(stretches, edges, frame, most, both_sides=inside):
            some = stretches[k]
            counts = some.counts if closed else some.bare_counts
            ranges = some.starts[rows], counts[rows]
            ranges = (ranges[0][::-1], ranges[1][::-1]) if nearest_last else merged_ranges(*ranges)
            for part in _parts(ranges, frame):
                if not self._forms:
                    return  # released since the last step
                frame.place_in_box(program, self._forms[0][0].origin)
                set_uniforms(program, {**uniforms, "u_voxel": self._voxel})
                name = gl_name(frame.context, program)
                flush(frame.context)
                GL.glUseProgram(name)
                GL.glDepthFunc(IN_FRONT)
                with frame.clipping():
                    self._forms[k][1].draw(name, *part)
                yield

    def release(self) -> None:
        """Give the memory back."""
        for rows in self._rows:
            rows.release()
        self._forms, self._rows = [], []


def _parts(ranges: Ranges, frame: Frame) -> list[Ranges]:
    """Ranges of faces in the same order, as many at a time as a step may draw."""
    step = frame.step_faces if frame.most_faces is None else STEP_FACES
    return [ranges] if step is None else batches(ranges, step // _TRIANGLES)
