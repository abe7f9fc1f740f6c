"""Cubes of several sizes, drawn as those of their faces that can be seen at all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL
from vispy import gloo
from vispy.gloo.context import GLContext

from viewer.model.octomap import KEY_ORIGIN, TREE_DEPTH, Octomap, morton
from viewer.render.frame import Frame
from viewer.render.shaders import CLIP, CONSTANTS, DEPTH, GAMMA, PLACE, SURFACE, VERSION
from viewer.render.targets import send
from viewer.render.visuals.object_mesh import UPLOAD_BYTES

_PLACE_FACE = (
    PLACE
    + CLIP
    + """
in vec2 a_corner;               // 0 or 1 twice
in vec4 a_face;                 // lowest corner of the cube; direction + 8 * log2 of its edge in voxels
uniform float u_voxel;          // edge of the smallest cube, world units
uniform vec2 u_heights;         // lowest, highest
uniform vec3 u_up;
uniform vec3 u_low_color;
uniform vec3 u_high_color;
flat out vec3 v_normal;
flat out vec3 v_color;
out vec2 v_corner;
void main() {
    v_corner = a_corner;
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
    float height = (dot(a_face.xyz, u_up) - u_heights.x) / max(u_heights.y - u_heights.x, 1e-9);
    v_color = mix(u_low_color, u_high_color, clamp(height, 0.0, 1.0));
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
    + "void main() { write_surface(-1, KIND_VOXEL, vec4(lit(), 1.0), 0.0); }\n"
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


_LEAVES_PER_STEP = 60_000


class FaceSearch:
    """Finds the faces of leaves of one kind with something else behind them, in steps of some milliseconds.

    A face next to smaller leaves counts as covered when the four corners and the middle of it are.
    """

    def __init__(self, octomap: Octomap, occupied: bool) -> None:
        self._chosen = np.flatnonzero(octomap.occupied == occupied)
        self._keys = octomap.keys[self._chosen].astype(np.int64)
        levels = (TREE_DEPTH - octomap.depths[self._chosen].astype(np.int64)).clip(0, TREE_DEPTH)
        self._edges = 1 << levels
        first = morton(self._keys)
        order = np.argsort(first)
        self._starts = first[order]
        self._stops = self._starts + (np.uint64(1) << (3 * levels[order]).astype(np.uint64))
        self._found: list[tuple[NDArray[np.int64], int]] = []

    def steps(self) -> Iterator[None]:
        """Run the search, pausing now and then."""
        for direction in range(6):
            for start in range(0, len(self._chosen), _LEAVES_PER_STEP):
                part = slice(start, start + _LEAVES_PER_STEP)
                open_ones = np.flatnonzero(~self._is_covered(part, direction)) + start
                self._found.append((self._chosen[open_ones], direction))
                yield

    def result(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Leaf and direction (2 * axis, + 1 for up the axis) of every face found."""
        if not self._found:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        directions = [np.full(len(leaves), direction) for leaves, direction in self._found]
        return np.concatenate([leaves for leaves, _ in self._found]), np.concatenate(directions)

    def _is_covered(self, part: slice, direction: int) -> NDArray[np.bool_]:
        axis, upward = direction >> 1, direction & 1
        keys, edges = self._keys[part], self._edges[part]
        covered = np.ones(len(keys), bool)
        for probe in range(5):
            place = keys.copy()
            place[:, axis] += edges if upward else -1
            for k, other in enumerate(((axis + 1) % 3, (axis + 2) % 3)):
                place[:, other] += (edges - 1) * (probe >> k & 1) if probe < 4 else edges // 2
            # a voxel of the smallest size has all five probes in one place
            ask = covered if probe == 0 else covered & (edges > 1)
            covered[ask] = self._is_inside(place[ask])
        return covered

    def _is_inside(self, places: NDArray[np.int64]) -> NDArray[np.bool_]:
        within = ((places >= 0) & (places < 2 * KEY_ORIGIN)).all(axis=1)
        code = morton(places.clip(0, 2 * KEY_ORIGIN - 1))
        leaf = np.searchsorted(self._starts, code, side="right") - 1
        return np.asarray(within & (leaf >= 0) & (code < self._stops[leaf.clip(0)]))


class VoxelSet:
    """Exposed faces of one kind of leaves on the graphics card."""

    def __init__(self, octomap: Octomap, occupied: bool) -> None:
        self._octomap: Octomap | None = octomap
        self._occupied = occupied
        self._voxel = octomap.resolution
        self._origin = np.zeros(3)
        self._low = np.zeros(3)
        self._high = np.zeros(3)
        self._pieces: list[tuple[gloo.Program, gloo.Program]] = []
        self.face_count = 0

    def upload(self, context: GLContext) -> Iterator[int]:
        """Find and send the faces, at most `UPLOAD_BYTES` before each yield."""
        octomap = self._octomap
        if octomap is None:
            return
        search = FaceSearch(octomap, self._occupied)
        for _ in search.steps():
            yield 0
        leaves, directions = search.result()
        lows = (octomap.keys[leaves].astype(np.float64) - KEY_ORIGIN) * octomap.resolution
        levels = TREE_DEPTH - octomap.depths[leaves].astype(np.int64)
        self.face_count = len(leaves)
        self._octomap = None
        if not len(leaves):
            return
        self._low, self._high = lows.min(axis=0), lows.max(axis=0)
        self._origin = (self._low + self._high) / 2
        rows = np.empty((len(leaves), 4), np.float32)
        rows[:, :3] = lows - self._origin
        rows[:, 3] = directions + 8 * levels
        corners = gloo.VertexBuffer(np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32))
        for start in range(0, len(rows), UPLOAD_BYTES // 16):
            faces = gloo.VertexBuffer(rows[start : start + UPLOAD_BYTES // 16], divisor=1)
            programs = (
                gloo.Program(VERSION + _PLACE_FACE, _SOLID),
                gloo.Program(VERSION + _PLACE_FACE, _GLASS),
            )
            for program in programs:
                program["a_corner"] = corners
                program["a_face"] = faces
                send(context, program)
            self._pieces.append(programs)
            yield faces.nbytes

    def draw(
        self, frame: Frame, colors: tuple[tuple[float, ...], tuple[float, ...]], opacity: float | None
    ) -> None:
        """Draw as surfaces, or see-through where an opacity is given."""
        up = frame.up
        ends = sorted((float((self._low - self._origin) @ up), float((self._high - self._origin) @ up)))
        for solid, glass in self._pieces:
            program = solid if opacity is None else glass
            frame.place_in_box(program, self._origin)
            program["u_voxel"] = self._voxel
            program["u_heights"] = ends
            program["u_up"] = up
            program["u_low_color"], program["u_high_color"] = colors
            if opacity is not None:
                program["u_opacity"] = opacity
            GL.glDepthFunc(GL.GL_LESS)
            frame.draw_in_box(program, "triangle_strip")

    def release(self) -> None:
        self._pieces = []
        self._octomap = None
